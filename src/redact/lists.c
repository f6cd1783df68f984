/* Lists of quoted words as the lines that they are: ["mysql", "-u", "root"], as strace, JSON and programs write argv. */
#include "redact/unescape.h"
#include <ctype.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum { WORD_MOST = 4 << 10, LIST_MOST = 64 << 10, BLANKS_MOST = 256, SLASHES_MOST = 7, LANE = 64 };

static int byte_at(struct text t, size_t at)
{
	return at < t.len ? (unsigned char)t.at[at] : 0;
}

/* Behind blanks and ends of lines, also those that are escaped: JSON within a string. */
static size_t blanks(struct text t, size_t at)
{
	size_t from = at;

	while (at < t.len && at - from < BLANKS_MOST) {
		if (isspace((unsigned char)t.at[at]))
			at++;
		else if (t.at[at] == '\\' && (byte_at(t, at + 1) == 'n' || byte_at(t, at + 1) == 't'))
			at += 2;
		else
			break;
	}
	return at;
}

/* What opens and closes a word: as many backslashes as levels of strings around it ask for, and a quote. */
struct quote {
	size_t slashes;
	char sign;
};

static size_t quote_open(struct text t, size_t at, struct quote *quote)
{
	size_t from = at;

	/* b'…' of Python, L"…" of C */
	if (isalpha(byte_at(t, at)) && (byte_at(t, at + 1) == '\'' || byte_at(t, at + 1) == '"'))
		from = ++at;
	while (byte_at(t, at) == '\\' && at - from < SLASHES_MOST)
		at++;
	*quote = (struct quote){ at - from, (char)byte_at(t, at) };
	return quote->sign == '"' || quote->sign == '\'' ? at + 1 : 0;
}

/* What is no part of a line's grammar within a word must not look so: "|" ends no command there, a blank no value. Rules that
 * ask for one of these write [,\x1f]. */
static char word_byte(char c)
{
	return memchr(" \t\r\n|;&,'\"", c, 10) ? '\x1f' : c;
}

/* One word, from behind its quote; gives where the line goes on behind the closing one, or 0: it does not end. */
static size_t word(struct unescaped *u, struct text t, size_t at, struct quote quote)
{
	size_t from = at, slashes = 0;

	while (at < t.len && at - from < WORD_MOST && t.at[at] != '\n') {
		int byte = (unsigned char)t.at[at];
		size_t len = 1;

		if (t.at[at] == quote.sign && slashes == quote.slashes) {
			unescaped_put(u, ' ', at - slashes);
			return at + 1;
		}
		if (quote.slashes == 0 && byte == '\\') {
			len = unescaped_one(t, at, &byte);
			if (!len) /* \d stands for itself */
				len = 1, byte = '\\';
			unescaped_put(u, word_byte((char)byte), at);
		} else if (byte == '\\') {
			slashes++;
			at++;
			continue; /* of the closing quote, perhaps */
		} else {
			for (; slashes; slashes--)
				unescaped_put(u, '\\', at - slashes);
			unescaped_put(u, word_byte((char)byte), at);
		}
		at += len;
	}
	return 0;
}

/* `"command": ["mysql"], "args": ["-pX"]` is one line: where the second list's first word may stand, or 0. */
static size_t more(struct text t, size_t at)
{
	static const struct text names[] = { TEXT("args"), TEXT("Args"), TEXT("Cmd"), TEXT("cmd") };
	struct quote quote;
	size_t open;

	if (byte_at(t, at) != ']')
		return 0;
	at = blanks(t, at + 1);
	at = byte_at(t, at) == ',' ? blanks(t, at + 1) : at;
	open = quote_open(t, at, &quote);
	at = open ? open : at;
	for (size_t i = 0; i < COUNT(names); i++) {
		if (!text_starts(text_from(t, at), names[i].at))
			continue;
		at += names[i].len;
		at += open ? quote.slashes + 1 : 0;
		at = byte_at(t, at) == ':' ? blanks(t, at + 1) : at;
		return byte_at(t, at) == '[' ? blanks(t, at + 1) : 0;
	}
	return 0;
}

/* `"Path": "mysql", "Args": [`: the word before the list, as Docker tells it, begins the line. */
static void path_before(struct unescaped *u, struct text t, size_t bracket)
{
	size_t least = bracket > 512 ? bracket - 512 : 0, from;
	const char *path = memrchr(t.at + least, ',', bracket - least);
	struct text between;

	if (!path)
		return;
	between = text_trim(text_until(text_from(t, (size_t)(path - t.at) + 1), bracket - (size_t)(path - t.at) - 1));
	if (!text_starts(between, "\"Args\":") || path == t.at || path[-1] != '"')
		return;
	for (from = (size_t)(path - t.at) - 1; from > least && t.at[from - 1] != '"'; from--)
		;
	for (size_t at = from; t.at[at] != '"'; at++)
		unescaped_put(u, word_byte(t.at[at]), at);
	unescaped_put(u, ' ', (size_t)(path - t.at) - 1);
}

/* The list whose bracket that is. Gives where it ends; one without two words is none. */
static size_t list(struct unescaped *u, struct text t, size_t bracket)
{
	size_t before = u->text.len, at = blanks(t, bracket + 1), words = 0, end;
	struct quote first, quote;

	if (!quote_open(t, at, &first))
		return bracket + 1;
	unescaped_put(u, '\n', bracket);
	if (t.at[bracket] == '[')
		path_before(u, t, bracket);
	words += u->text.len > before + 1;
	for (end = at; at - bracket < LIST_MOST; at = blanks(t, at)) {
		size_t open = quote_open(t, at, &quote), next;

		next = open && quote.slashes == first.slashes ? word(u, t, open, quote) : 0;
		if (!next)
			break;
		words++;
		if (text_starts(text_from(t, next), "..."))
			next += 3; /* strace shortens */
		end = blanks(t, next);
		/* Go's %q parts them with blanks alone. */
		if (byte_at(t, end) != ',' && (t.at[bracket] != '[' || end == next || byte_at(t, end) == ']')) {
			at = more(t, end);
			if (!at)
				break;
			continue;
		}
		at = byte_at(t, end) == ',' ? end + 1 : end;
	}
	if (words < 2) {
		build_cut(&u->text, before);
		u->origin.len = before;
		return end > bracket ? end : bracket + 1;
	}
	vec_push(&u->ends, (uint32_t)u->text.len);
	unescaped_put(u, '\n', end);
	return end;
}

/* Whether a bracket there stands before what may begin a word. */
static bool opens(struct text t, size_t at)
{
	int next = byte_at(t, at + 1);

	if (t.at[at] != '[' && t.at[at] != '(' && (t.at[at] != '{' || !at || !memchr("] ", t.at[at - 1], 2)))
		return false; /* an object of JSON is no list; what a program writes is: new String[]{"a", "b"} */
	if (next == ' ' || next == 'b' || next == 'u') /* "[    1.234567] " begins each line of the kernel */
		next = byte_at(t, at + 2);
	return next == '"' || next == '\'' || next == '\\' || next == '\n';
}

/* From `at` on in steps of 64 bytes, up to those that have a bracket before what `opens` may take, as bits in *found. */
typedef size_t skip_way(struct text t, size_t at, uint64_t *found);

#if defined(__x86_64__)
/* By the lower half of a byte, the one that is looked for; "b" is another. */
#define MARKS ' ', -1, '"', -1, -1, 'u', -1, '\'', -1, -1, '\n', -1, '\\', -1, -1, -1

__attribute__((target("avx2"))) static inline uint32_t opening_256(const char *at)
{
	const __m256i marks = _mm256_broadcastsi128_si256(_mm_setr_epi8(MARKS));
	const __m256i round = _mm256_set1_epi8('('), other = _mm256_set1_epi8('{'), small = _mm256_set1_epi8(32), b = _mm256_set1_epi8('b');
	const __m256i bytes = _mm256_loadu_si256((const __m256i *)at), next = _mm256_loadu_si256((const __m256i *)(at + 1));
	const __m256i open = _mm256_or_si256(_mm256_cmpeq_epi8(bytes, round), _mm256_cmpeq_epi8(_mm256_or_si256(bytes, small), other));
	const __m256i mark = _mm256_or_si256(_mm256_cmpeq_epi8(next, _mm256_shuffle_epi8(marks, next)), _mm256_cmpeq_epi8(next, b));

	return (uint32_t)_mm256_movemask_epi8(_mm256_and_si256(open, mark));
}

__attribute__((target("avx2"))) static size_t skip_256(struct text t, size_t at, uint64_t *found)
{
	for (; t.len - at > LANE; at += LANE) {
		*found = opening_256(t.at + at) | (uint64_t)opening_256(t.at + at + LANE / 2) << LANE / 2;
		if (*found)
			return at;
	}
	*found = UINT64_MAX;
	return at;
}

__attribute__((target("avx512bw"))) static size_t skip_512(struct text t, size_t at, uint64_t *found)
{
	const __m512i marks = _mm512_broadcast_i32x4(_mm_setr_epi8(MARKS));
	const __m512i round = _mm512_set1_epi8('('), other = _mm512_set1_epi8('{'), small = _mm512_set1_epi8(32), b = _mm512_set1_epi8('b');

	for (; t.len - at > LANE; at += LANE) {
		const __m512i bytes = _mm512_loadu_si512(t.at + at), next = _mm512_loadu_si512(t.at + at + 1);
		const __mmask64 mark = _mm512_cmpeq_epi8_mask(next, _mm512_shuffle_epi8(marks, next)) | _mm512_cmpeq_epi8_mask(next, b);

		*found = mark & (_mm512_cmpeq_epi8_mask(bytes, round) | _mm512_cmpeq_epi8_mask(_mm512_or_si512(bytes, small), other));
		if (*found)
			return at;
	}
	*found = UINT64_MAX;
	return at;
}
#endif

static size_t skip_none(struct text t, size_t at, uint64_t *found)
{
	(void)t;
	*found = UINT64_MAX;
	return at;
}

static skip_way *skip_quick(void)
{
#if defined(__x86_64__)
	if (__builtin_cpu_supports("avx2"))
		return __builtin_cpu_supports("avx512bw") ? skip_512 : skip_256;
#endif
	return skip_none;
}

void unescaped_lists(struct unescaped *u, struct text t)
{
	skip_way *quick = skip_quick();

	for (size_t at = 0; at < t.len;) {
		uint64_t found;
		size_t start = quick(t, at, &found), end = t.len - start > LANE ? start + LANE : t.len;

		for (at = end; found && start + (unsigned)__builtin_ctzll(found) < end; found &= found - 1) {
			size_t place = start + (unsigned)__builtin_ctzll(found), behind = opens(t, place) ? list(u, t, place) : place + 1;

			if (behind > place + 1) {
				at = behind;
				break;
			}
		}
	}
}
