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
		{ 0x00d7, '*' },  { 0x00ab, '"' },  { 0x00bb, '"' },
	};

	if (c < 0x80)
		return c;
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
		!(c >= 0x2000 && c <= 0x2bff) && !(c >= 0x3000 && c <= 0x303f) && c != 0xb0 && c != 0xb7 &&
		!(c >= 0xfe00 && c <= 0xfe0f) && !(c >= 0x1f000 && c <= 0x1faff);
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
/* The units that are written together with a number; others, as in "3rd" or "7zip", make it a name. */
static bool unit_known(const char *unit)
{
	static const char *const units[] = {
		"",	"%",	 "b",	 "k",	  "kb",	   "kib", "m",	 "mb",	  "mib",    "g",      "gb",	"gib",
		"t",	"tb",	 "tib",	 "ns",	  "us",	   "ms",  "s",	    "sec",    "secs",	"second",
		"seconds", "min", "mins", "minute", "minutes", "h", "hr", "hrs", "hour", "hours", "d", "hz", "khz", "mhz",
		"ghz",	"x",	 "byte", "bytes", "pages", "kbps", "mbps",
	};

	for (size_t i = 0; i < COUNT(units); i++)
		if (strcmp(unit, units[i]) == 0)
			return true;
	return false;
}

/* Whether what stands at `at` makes a name of the digits before it: "10.0.0.1", "3-way", "4_x", "5/x". */
static bool name_goes_on(struct text t, size_t at)
{
	size_t len, next_len;
	uint32_t c = peek(t, at, &len), next = peek(t, at + len, &next_len);

	if (letter(c) || digit(c))
		return true;
	if (c == '.' || c == '-' || c == ':')
		return digit(next) || letter(next);
	return c && len == 1 && joins(c) && !strchr("?'+]", (int)c);
}

/* "12", "4.5", "1,000", "0x1f", "4KiB", "10ms", "5%" at the start of `t`. Gives its length, or 0. */
static size_t number_take(struct words *words, struct text t)
{
	char digits[64], unit[16];
	size_t at = 0, len, used = 0, end, next_len;
	bool grouped = false, hex = t.len > 2 && t.at[0] == '0' && tolower((unsigned char)t.at[1]) == 'x' && isxdigit((unsigned char)t.at[2]);
	struct word *word;
	uint32_t c;

	for (; used + 1 < sizeof(digits); at += len) {
		c = peek(t, at, &len);
		if (digit(c) || (hex && c < 0x80 && isalnum((int)c) && (c == 'x' || c == 'X' || isxdigit((int)c)))) {
			digits[used++] = (char)c;
		} else if (c == ',' && used && (used <= 3 || grouped) && !memchr(digits, '.', used)) {
			/* A thousands mark: exactly three digits follow. */
			size_t one, two, three, more;
			size_t behind = at + len;

			if (!digit(peek(t, behind, &one)) || !digit(peek(t, behind + one, &two)) ||
			    !digit(peek(t, behind + one + two, &three)) ||
			    digit(peek(t, behind + one + two + three, &more)))
				break;
			grouped = true;
		} else if (c == '.' && !hex && used && !memchr(digits, '.', used) &&
			   digit(peek(t, at + len, &next_len))) {
			digits[used++] = '.';
		} else {
			break;
		}
	}
	digits[used] = '\0';
	if (used == 0)
		return 0;
	for (end = at; (c = peek(t, end, &len)) != 0 && letter(c); end += len)
		;
	if (c == '%' && end == at)
		end += len;
	lower(text_from(text_until(t, end), at), unit, sizeof(unit));
	if (strcmp(unit, "\u00b5s") == 0 || strcmp(unit, "\u03bcs") == 0)
		strcpy(unit, "us");
	if (!unit_known(unit) || strlen(unit) + strlen("/s") >= sizeof(word->unit))
		return 0;
	c = peek(t, end, &len);
	if (c == '/' && tolower((int)peek(t, end + len, &next_len)) == 's' && !name_goes_on(t, end + len + next_len)) {
		end += len + next_len;
		strcat(unit, "/s");
	} else if (name_goes_on(t, end)) {
		return 0;
	}
	word = add(words, WORD_NUMBER, text_until(t, end));
	memcpy(word->unit, unit, strlen(unit) + 1);
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

enum shape { SHAPE_LETTERS, SHAPE_DIGITS, SHAPE_MIXED, SHAPE_OTHER };

static enum shape shape_of(struct text t)
{
	bool letters = false, digits = false;
	size_t len;

	for (size_t at = 0; at < t.len; at += len) {
		uint32_t c = peek(t, at, &len);

		if (!letter(c) && !digit(c))
			return SHAPE_OTHER;
		letters = letters || letter(c);
		digits = digits || digit(c);
	}
	return letters && digits ? SHAPE_MIXED : letters ? SHAPE_LETTERS : digits ? SHAPE_DIGITS : SHAPE_OTHER;
}

/* "run-queue" is two words, "x86-64", "my-app_2" and "a-b" are names. */
static bool hyphenated(struct text t)
{
	struct text part;

	while (text_next(&t, '-', &part))
		if (shape_of(part) != SHAPE_LETTERS || part.len < 2)
			return false;
	return true;
}

/* "pid:12", "top-5": a word and its number. */
static bool numbered(struct text t, size_t *mark)
{
	if (!text_find(t, ":", mark) && !(text_find(t, "-", mark) && strncasecmp(t.at, "top-", 4) == 0))
		return false;
	return shape_of(text_until(t, *mark)) == SHAPE_LETTERS && shape_of(text_from(t, *mark + 1)) == SHAPE_DIGITS;
}

static void run_add(struct words *words, struct text t);

/* "read/write" and "ext4/xfs" offer two words, "I/O" is one, all else with a slash is a path. */
static void slash_add(struct words *words, struct text t)
{
	struct text rest = t, part;
	bool words_only = t.len > 1, initials = t.len > 1, mixed = false;
	size_t parts = 0;

	/* "sched_yield/s" */
	if (t.len > 3 && (text_ends(t, "/s") || text_ends(t, "/sec")) && !text_has(text_until(t, t.len - 4), "/")) {
		size_t mark = text_ends(t, "/s") ? t.len - 2 : t.len - 4;

		if (mark)
			run_add(words, text_until(t, mark));
		strcpy(add(words, WORD_PATH, text_from(t, mark))->base, "/s");
		return;
	}
	/* "I/Os" */
	if (t.len > 3 && t.at[t.len - 1] == 's' && t.at[t.len - 3] == '/' && t.at[1] == '/')
		rest = t = text_until(t, t.len - 1);
	while (text_next(&rest, '/', &part)) {
		enum shape shape = shape_of(part);

		words_only = words_only && (shape == SHAPE_LETTERS || (shape == SHAPE_MIXED && !digit((unsigned char)part.at[0])));
		mixed = mixed || shape == SHAPE_MIXED;
		initials = initials && part.len == 1 && shape == SHAPE_LETTERS;
		parts++;
	}
	rest = t;
	if (initials) {
		struct word *word = add(words, WORD_PLAIN, t);
		size_t used = 0;

		while (used + 1 < sizeof(word->base) && text_next(&rest, '/', &part))
			word->base[used++] = (char)tolower((unsigned char)part.at[0]);
		word->base[used] = '\0';
	} else if (words_only && (!mixed || parts == 2)) {
		while (text_next(&rest, '/', &part)) {
			if (shape_of(part) == SHAPE_LETTERS)
				plain_add(words, part);
			else
				add(words, WORD_NAME, part);
		}
	} else {
		add(words, WORD_PATH, t);
	}
}

/* "doesn't" says not, "they're" they, "malloc'ing" malloc. */
static bool contracted(struct words *words, struct text t)
{
	static const char *const endings[] = { "'re", "'ve", "'ll", "'m", "'ing", "'ed" };

	if (t.len > 3 && strncasecmp(t.at + t.len - 3, "n't", 3) == 0) {
		struct word *word = add(words, WORD_PLAIN, t);

		strcpy(word->base, "not");
		return true;
	}
	for (size_t i = 0; i < COUNT(endings); i++) {
		size_t len = strlen(endings[i]);

		if (t.len <= len || strncasecmp(t.at + t.len - len, endings[i], len) != 0)
			continue;
		plain_add(words, text_until(t, t.len - len));
		return true;
	}
	return false;
}

static void run_add(struct words *words, struct text t)
{
	struct text rest = t, part;
	size_t mark;

	if (text_has(t, "'") && contracted(words, t)) {
		return;
	} else if (text_has(t, "/")) {
		slash_add(words, t);
	} else if (shape_of(t) == SHAPE_LETTERS) {
		plain_add(words, t);
	} else if (text_has(t, "-") && hyphenated(t)) {
		while (text_next(&rest, '-', &part)) {
			plain_add(words, part);
			words->list.at[words->list.len - 1].joined = rest.len > 0;
		}
	} else if (numbered(t, &mark)) {
		plain_add(words, text_until(t, mark));
		number_take(words, text_from(t, mark + 1));
	} else {
		add(words, WORD_NAME, t);
	}
}

/* The length of an apostrophe at `at`, and of the s or d after it when that ends the run; else 0. */
static size_t possessive(struct text t, size_t at)
{
	size_t len, next_len;
	uint32_t next;

	if (peek(t, at, &len) != '\'')
		return 0;
	next = peek(t, at + len, &next_len);
	if (next_len && strchr("sSdD", (int)(next & 0x7f)) && next < 0x80 && at + len + next_len == t.len)
		return len + next_len;
	return at + len == t.len ? len : 0;
}

/* The run without the marks at its end that belong to the sentence, and without a possessive ending,
 * which `skip` gets the length of: "nginx's", "open?", "bash:". */
static struct text run_trim(struct text t, size_t *skip)
{
	for (size_t at = 1; at < t.len && !*skip; at++)
		if ((*skip = possessive(t, at)) != 0)
			t = text_until(t, at);
	while (t.len > 1 && strchr(".:-?+#", t.at[t.len - 1]) && !text_ends(t, "++")) {
		t = text_until(t, t.len - 1);
		*skip = 0;
	}
	return t;
}

/* Letters, digits and the marks that join them. Gives the length taken, or 0. */
static size_t run_take(struct words *words, struct text t)
{
	size_t at = 0, len;
	struct text run;
	size_t skip = 0;
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
	run = run_trim(text_until(t, at), &skip);
	while (run.len > 1 && strchr("-'?+#.", run.at[0]) && !text_starts(run, "./") && !text_starts(run, "../"))
		run = text_from(run, 1);
	if (digit((unsigned char)run.at[0]) && run.at > t.at) {
		size_t taken = number_take(words, run);

		if (taken && run.at[-1] == '-')
			words->list.at[words->list.len - 1].number *= -1;
		if (taken)
			return (size_t)(run.at - t.at) + taken;
	}
	if (run.len)
		run_add(words, run);
	return (size_t)(run.at + run.len - t.at) + skip;
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
		     { ">=", ">=" }, { "<=", "<=" }, { "!=", "!=" }, { "≠", "!=" }, { "<>", "!=" } };
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
	/* "process & file" is written in haste; "flags & 0x40" is no "and" */
	if (c == '&' && t.len > 2 && t.at[1] == ' ' && letter((unsigned char)t.at[2])) {
		strcpy(add(words, WORD_PLAIN, text_until(t, 1))->base, "and");
		return 1;
	}
	if (c != '<' && c != '>' && c != '=' && c != '%' && c != '+')
		return 0;
	if ((c == '<' || c == '>') && peek(t, len, &next) == '=') /* in full width */
		len += next;
	add(words, WORD_SIGN, text_until(t, len));
	return len;
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
		if (!taken && digit(c))
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
	if (words->list.len - start > WORDS_MOST) {
		words->list.len = start + WORDS_MOST;
		dropped = true;
	}
	if (cut)
		*cut = dropped;
}

void words_done(struct words *words)
{
	vec_done(&words->list);
}
