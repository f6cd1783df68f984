/* Words of a question: cutting it into words and signs of known kinds. */
#include "base/words.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include "base/utf8.h"

enum { WORDS_MOST = 256, QUESTION_MOST = 4096 };

/* Full-width forms (U+FF01 … U+FF5E) stand for ASCII; Chinese punctuation for its ASCII relative. */
static uint32_t plain(uint32_t c)
{
	static const struct {
		uint32_t from;
		char to;
	} marks[] = {
		{ 0x3000, ' ' },  { 0x00a0, ' ' },  { 0x3001, ',' },  { 0x3002, '.' },  { 0x300a, '"' },
		{ 0x300b, '"' },  { 0x300c, '"' },  { 0x300d, '"' },  { 0x300e, '"' },  { 0x300f, '"' },
		{ 0x201c, '"' },  { 0x201d, '"' },  { 0x201e, '"' },  { 0x2018, '\'' }, { 0x2019, '\'' },
		{ 0x2013, '-' },  { 0x2014, ';' },  { 0x2026, '.' },  { 0x2010, '-' },  { 0x2011, '-' },
		{ 0x00d7, '*' },
	};

	if (c >= 0xff01 && c <= 0xff5e)
		return c - 0xff01 + '!';
	if ((c >= 0x2000 && c <= 0x200a) || c == 0x202f || c == 0x205f)
		return ' ';
	for (size_t i = 0; i < COUNT(marks); i++)
		if (marks[i].from == c)
			return (uint32_t)marks[i].to;
	return c;
}

static bool han(uint32_t c)
{
	return (c >= 0x3400 && c <= 0x9fff) || (c >= 0xf900 && c <= 0xfaff) || (c >= 0x20000 && c <= 0x3ffff) ||
	       (c >= 0x3040 && c <= 0x30ff) || (c >= 0xac00 && c <= 0xd7af) || c == 0x3005;
}

/* A letter of any script that is written with blanks. */
static bool letter(uint32_t c)
{
	return c < 0x80 ? isalpha((int)c) != 0 : c != UTF8_BAD && c >= 0xaa && !han(c) && c != 0xd7 && c != 0xf7 &&
		!(c >= 0x2000 && c <= 0x2bff) && !(c >= 0x3000 && c <= 0x303f) && c != 0xb0 && c != 0xb7;
}

static bool digit(uint32_t c)
{
	return c >= '0' && c <= '9';
}

/* Marks that may stand inside a name: "libssl.so.3", "sched:sched_switch", "my-app_2", "std::vector". */
static bool joins(uint32_t c)
{
	return c == '_' || c == '.' || c == ':' || c == '-' || c == '*' || c == '/' || c == '@' || c == '~' || c == '\'' ||
	       c == '?' || c == '$' || c == '+' || c == '[' || c == ']' || c == '#';
}

/* The character at `at`, in its plain form, and its length; 0 at the end. */
static uint32_t peek(struct text t, size_t at, size_t *len)
{
	uint32_t c;

	*len = 0;
	if (at >= t.len)
		return 0;
	*len = utf8_next(text_from(t, at), &c);
	return plain(c);
}

/* Lower case and plain forms of `t`; what does not fit is dropped at a character's border. */
static void lower(struct text t, char *out, size_t room)
{
	size_t used = 0, len;

	for (size_t at = 0; at < t.len; at += len) {
		uint32_t c = peek(t, at, &len);

		if (used + (c < 0x80 ? 1 : len) >= room)
			break;
		if (c < 0x80) {
			out[used++] = (char)tolower((int)c);
		} else {
			memcpy(out + used, t.at + at, len);
			used += len;
		}
	}
	out[used] = '\0';
}

static struct word *add(struct words *words, enum word_kind kind, struct text t)
{
	struct word *word = vec_new(&words->list);

	word->kind = kind;
	word->text = t;
	lower(t, word->base, sizeof(word->base));
	return word;
}

/* ---- numbers ---- */
/* The units that are written together with a number. Longer ones, such as "3rd" or "2nd", are names. */
static bool unit_known(const char *unit)
{
	static const char *const units[] = {
		"",	"%",	 "b",	 "k",	  "kb",	   "kib", "m",	 "mb",	  "mib",    "g",      "gb",	"gib",
		"t",	"tb",	 "tib",	 "ns",	  "us",	   "μs",  "µs",	 "ms",	  "s",	    "sec",    "secs",	"second",
		"seconds", "min", "mins", "minute", "minutes", "h", "hr", "hrs", "hour", "hours", "d", "hz", "khz", "mhz",
		"ghz",	"x",	 "byte", "bytes", "pages", "/s", "kbps", "mbps",
	};

	for (size_t i = 0; i < COUNT(units); i++)
		if (strcmp(unit, units[i]) == 0)
			return true;
	return false;
}

/* "12", "4.5", "1,000", "0x1f", "4KiB", "10ms", "5%" at the start of `t`. Gives its length, or 0. */
static size_t number_take(struct words *words, struct text t)
{
	char digits[64], unit[16];
	size_t at = 0, len, used = 0, end, fraction;
	bool hex = t.len > 2 && t.at[0] == '0' && tolower((unsigned char)t.at[1]) == 'x' && isxdigit((unsigned char)t.at[2]);
	struct word *word;
	uint32_t c;

	for (; used + 1 < sizeof(digits); at += len) {
		c = peek(t, at, &len);
		if (digit(c) || (hex && c < 0x80 && isalnum((int)c) && (c == 'x' || c == 'X' || isxdigit((int)c)))) {
			digits[used++] = (char)c;
		} else if (c == ',' && used && used <= 3 + 4 * 4) {
			/* A thousands mark: exactly three digits follow. */
			size_t one, two, three, more;
			size_t behind = at + len;

			if (!digit(peek(t, behind, &one)) || !digit(peek(t, behind + one, &two)) ||
			    !digit(peek(t, behind + one + two, &three)) ||
			    digit(peek(t, behind + one + two + three, &more)))
				break;
		} else if (c == '.' && !hex && used && !memchr(digits, '.', used) &&
			   digit(peek(t, at + len, &fraction))) {
			digits[used++] = '.';
		} else {
			break;
		}
	}
	digits[used] = '\0';
	if (used == 0)
		return 0;
	for (end = at; (c = peek(t, end, &len)) != 0 && (letter(c) || c == '%'); end += len)
		if (c == '%') {
			end += len;
			break;
		}
	/* "5/s"; and no number: "2nd", "7zip", "10.0.0.1", "3-way", "4_x". */
	c = peek(t, end, &len);
	if (c == '/' && end == at) {
		size_t s, after;

		if (tolower((int)peek(t, end + len, &s)) == 's' && !letter(peek(t, end + len + s, &after)))
			end += len + s;
	} else if (len && (digit(c) || (joins(c) && c != '.' && c != '?' && c != '\'' && c != '-' && c != '+' && c != ':'))) {
		return 0;
	} else if (c == '.' || c == '-' || c == ':' || c == '\'') {
		uint32_t next = peek(t, end + len, &fraction);

		if (digit(next) || (letter(next) && c != '\''))
			return 0;
	}
	lower(text_from(text_until(t, end), at), unit, sizeof(unit));
	if (!unit_known(unit) || strlen(unit) >= sizeof(word->unit))
		return 0;
	word = add(words, WORD_NUMBER, text_until(t, end));
	snprintf(word->unit, sizeof(word->unit), "%s", unit);
	word->number = hex ? (double)strtoull(digits, NULL, 16) : strtod(digits, NULL);
	return end;
}

/* ---- words ---- */
/* Adds one alphabetic word, folded. */
static void plain_add(struct words *words, struct text t)
{
	struct word *word = add(words, WORD_PLAIN, t);
	char folded[64];

	word_fold(text_of(word->base), folded);
	memcpy(word->base, folded, sizeof(folded));
}

static bool all_letters(struct text t)
{
	size_t len;

	for (size_t at = 0; at < t.len; at += len)
		if (!letter(peek(t, at, &len)))
			return false;
	return t.len > 0;
}

/* "run-queue" is two words, "my-app_2" and "x86-64" are names. */
static bool hyphenated(struct text t)
{
	struct text part;

	while (text_next(&t, '-', &part))
		if (!all_letters(part) || part.len < 2)
			return false;
	return true;
}

static void run_add(struct words *words, struct text t)
{
	struct text rest = t, part;

	if (text_has(t, "/") && t.len > 1) {
		/* "read/write" offers two words; a path starts like one or holds more than letters. */
		bool pair = true;

		while (text_next(&rest, '/', &part))
			pair = pair && all_letters(part);
		if (!pair) {
			add(words, WORD_PATH, t);
			return;
		}
		rest = t;
		while (text_next(&rest, '/', &part))
			plain_add(words, part);
	} else if (all_letters(t)) {
		plain_add(words, t);
	} else if (text_has(t, "-") && hyphenated(t)) {
		while (text_next(&rest, '-', &part))
			plain_add(words, part);
	} else {
		add(words, WORD_NAME, t);
	}
}

/* A mark at the end of a run belongs to the sentence, not to the name: "nginx's", "open?", "bash:". */
static struct text run_trim(struct text t)
{
	for (;;) {
		size_t len = t.len;

		if (text_ends(t, "'s") || text_ends(t, "'S"))
			t = text_until(t, len - 2);
		else if (text_ends(t, "\xe2\x80\x99s"))
			t = text_until(t, len - 4);
		while (t.len && strchr(".:'-?+#", t.at[t.len - 1]) && t.len > 1 && !text_ends(t, "++"))
			t = text_until(t, t.len - 1);
		if (t.len == len)
			return t;
	}
}

/* Letters, digits and the marks that join them. Gives the length taken, or 0. */
static size_t run_take(struct words *words, struct text t)
{
	size_t at = 0, len;
	struct text run;
	uint32_t c;
	bool body = false;

	while ((c = peek(t, at, &len)) != 0 && (letter(c) || digit(c) || joins(c))) {
		/* Full-width punctuation never is a part of a name. */
		if (len > 1 && joins(c) && c != '\'' && c != '-')
			break;
		body = body || letter(c) || digit(c) || c == '/' || c == '*' || c == '_';
		at += len;
	}
	if (!body)
		return 0;
	run = run_trim(text_until(t, at));
	while (run.len > 1 && strchr("-'?+#.", run.at[0]) && !text_starts(run, "./") && !text_starts(run, "../"))
		run = text_from(run, 1);
	if (run.len)
		run_add(words, run);
	return (size_t)(run.at + run.len - t.at);
}

static size_t han_take(struct words *words, struct text t)
{
	size_t at = 0, len;

	while (han(peek(t, at, &len)))
		at += len;
	if (at)
		add(words, WORD_HAN, text_until(t, at));
	return at;
}

/* What stands between quotes, when they open at the start of a word and close. */
static size_t quoted_take(struct words *words, struct text t)
{
	size_t at, len, open;
	uint32_t c, quote = peek(t, 0, &open);

	if (quote != '"' && quote != '\'' && quote != '`')
		return 0;
	for (at = open; (c = peek(t, at, &len)) != 0; at += len) {
		size_t after;

		if (c != quote)
			continue;
		/* An apostrophe within the text closes nothing: 'nginx's'. */
		if (quote == '\'' && letter(peek(t, at + len, &after)))
			continue;
		if (at == open)
			return 0;
		add(words, WORD_QUOTED, text_from(text_until(t, at), open));
		return at + len;
	}
	return 0;
}

static size_t sign_take(struct words *words, struct text t)
{
	static const struct {
		const char *written, *sign;
	} wide[] = { { "≥", ">=" }, { "≤", "<=" }, { "=>", ">=" }, { "=<", "<=" }, { "==", "=" },
		     { ">=", ">=" }, { "<=", "<=" } };
	size_t len, next;
	uint32_t c = peek(t, 0, &len);
	struct word *word;

	for (size_t i = 0; i < COUNT(wide); i++) {
		if (!text_starts(t, wide[i].written))
			continue;
		word = add(words, WORD_SIGN, text_until(t, strlen(wide[i].written)));
		snprintf(word->base, sizeof(word->base), "%s", wide[i].sign);
		return word->text.len;
	}
	if (c != '<' && c != '>' && c != '=' && c != '%' && c != '+')
		return 0;
	if ((c == '<' || c == '>') && peek(t, len, &next) == '=') {
		word = add(words, WORD_SIGN, text_until(t, len + next));
	} else {
		word = add(words, WORD_SIGN, text_until(t, len));
	}
	return word->text.len;
}

void words_split(struct text question, struct words *words, bool *cut)
{
	struct text rest = text_until(question, QUESTION_MOST);
	size_t start = words->list.len, len;
	bool dropped = rest.len < question.len;

	while (rest.len) {
		uint32_t c = peek(rest, 0, &len);
		size_t taken;

		if (words->list.len - start >= WORDS_MOST) {
			dropped = true;
			break;
		}
		taken = quoted_take(words, rest);
		if (!taken && (digit(c)))
			taken = number_take(words, rest);
		if (!taken)
			taken = han_take(words, rest);
		if (!taken && c != '<' && c != '>' && c != '=')
			taken = run_take(words, rest);
		if (!taken)
			taken = sign_take(words, rest);
		if (!taken) {
			if ((c == ',' || c == ';' || c == '.' || c == '?' || c == '!' || c == ':') && words->list.len > start)
				words->list.at[words->list.len - 1].comma = true;
			taken = len;
		}
		rest = text_from(rest, taken);
	}
	if (cut)
		*cut = dropped;
}

void words_done(struct words *words)
{
	vec_done(&words->list);
}

/* ---- distance ---- */
enum { DISTANCE_LETTERS = 64 };

static size_t characters(const char *string, uint32_t out[DISTANCE_LETTERS], bool *whole)
{
	struct text t = text_of(string);
	size_t count = 0;

	while (t.len && count < DISTANCE_LETTERS)
		t = text_from(t, utf8_next(t, &out[count++]));
	*whole = t.len == 0;
	return count;
}

unsigned word_distance(const char *a, const char *b, unsigned most)
{
	uint32_t x[DISTANCE_LETTERS], y[DISTANCE_LETTERS];
	unsigned rows[3][DISTANCE_LETTERS + 1];
	unsigned *before = rows[0], *last = rows[1], *row = rows[2];
	bool whole_a, whole_b;
	size_t m = characters(a, x, &whole_a), n = characters(b, y, &whole_b);

	if (!whole_a || !whole_b)
		return strcmp(a, b) == 0 ? 0 : most + 1;
	if ((m > n ? m - n : n - m) > most)
		return most + 1;
	for (size_t j = 0; j <= n; j++)
		last[j] = (unsigned)j;
	for (size_t i = 1; i <= m; i++) {
		unsigned least = row[0] = (unsigned)i;
		unsigned *spare = before;

		for (size_t j = 1; j <= n; j++) {
			unsigned best = last[j - 1] + (x[i - 1] != y[j - 1]);

			if (last[j] + 1 < best)
				best = last[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			/* Two letters that changed places are one mistake. */
			if (i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1] && before[j - 2] + 1 < best)
				best = before[j - 2] + 1;
			row[j] = best;
			if (best < least)
				least = best;
		}
		if (least > most)
			return most + 1;
		before = last;
		last = row;
		row = spare;
	}
	return last[n] > most ? most + 1 : last[n];
}
