/* Undoing escapes, with the place of each byte. */
#include "redact/unescape.h"
#include <ctype.h>
#include <string.h>

enum { BEFORE = 8 << 10, BEHIND = 64 << 10, PARTS_MOST = 96 << 20 };

const struct text unescape_marks = { "%\\\x1b\0", UNESCAPE_MARKS };

void unescaped_done(struct unescaped *u)
{
	build_done(&u->text);
	vec_done(&u->origin);
	vec_done(&u->ends);
}

void unescaped_put(struct unescaped *u, char c, size_t origin)
{
	build_char(&u->text, c);
	vec_push(&u->origin, (uint32_t)origin);
}

static int hex(struct text t, size_t at, size_t digits)
{
	int value = 0;

	for (size_t i = 0; i < digits; i++) {
		unsigned char c = at + i < t.len ? (unsigned char)t.at[at + i] : 0;

		if (!isxdigit(c))
			return -1;
		value = value * 16 + (isdigit(c) ? c - '0' : (c | 32) - 'a' + 10);
	}
	return value;
}

/* A NUL that is written out, as many times escaped as may be: \0, \000, \x00, \\u0000. Its length, or 0. */
static size_t written_nul(struct text t, size_t at)
{
	static const struct text forms[] = { TEXT("u0000"), TEXT("x00"), TEXT("000"), TEXT("0") };
	size_t end = at;

	while (end < t.len && end - at < 4 && t.at[end] == '\\')
		end++;
	for (size_t i = 0; i < COUNT(forms); i++)
		if (text_starts(text_from(t, end), forms[i].at))
			return end - at + forms[i].len;
	return 0;
}

size_t unescaped_one(struct text t, size_t at, int *byte)
{
	static const char letters[] = "nrtbf\"\\/'", values[] = "\n\r\t\b\f\"\\/'";
	size_t end = at + 2, len;
	const char *letter;

	if (at + 1 >= t.len)
		return 0; /* nothing behind it that could be a secret */
	switch (t.at[at]) {
	case '%':
		*byte = hex(t, at + 1, 2);
		return *byte < 0 ? 0 : 3;
	case '\\':
		len = written_nul(t, at);
		if (len) { /* as between the words of a command line */
			*byte = ' ';
			return len;
		}
		letter = t.at[at + 1] ? strchr(letters, t.at[at + 1]) : NULL;
		if (letter) {
			*byte = values[letter - letters];
			return 2;
		}
		*byte = t.at[at + 1] == 'u' ? hex(t, at + 2, 4) : t.at[at + 1] == 'x' ? hex(t, at + 2, 2) : -1;
		if (*byte > 0x7f && t.at[at + 1] == 'u')
			*byte = '?'; /* no letter of any rule */
		return *byte < 0 ? 0 : t.at[at + 1] == 'u' ? 6 : 4;
	case '\x1b':
		if (t.at[at + 1] != '[')
			return 0;
		while (end < t.len && end - at < 24 && (isdigit((unsigned char)t.at[end]) || t.at[end] == ';' || t.at[end] == '?'))
			end++;
		*byte = -1;
		return end < t.len && isalpha((unsigned char)t.at[end]) ? end + 1 - at : 0;
	case '\0': /* between the words of /proc/PID/cmdline and the variables of environ */
		*byte = ' ';
		return 1;
	default:
		return 0;
	}
}

static bool ends_part(char mark, char c)
{
	return mark == '%' ? !isgraph((unsigned char)c) || memchr("\"'<>", c, 4) : c == '\n' || (mark == '\\' && c == '"');
}

/* The part around an escape: of a URL what is not blank, of a string what its quotes hold, of colours the line. */
static size_t part(struct unescaped *u, struct text t, size_t at, size_t done)
{
	char mark = t.at[at];
	size_t start = at, end = at;

	while (start > done && at - start < BEFORE && !ends_part(mark, t.at[start - 1]))
		start--;
	unescaped_put(u, '\n', start);
	for (at = start; at < t.len && at - start < BEHIND;) {
		int byte = 0;
		size_t len = t.at[at] == mark ? unescaped_one(t, at, &byte) : 0;

		if (!len && ends_part(mark, t.at[at]))
			break;
		if (!len || byte >= 0)
			unescaped_put(u, len ? (char)byte : t.at[at], at);
		at += len ? len : 1;
	}
	end = at;
	vec_push(&u->ends, (uint32_t)u->text.len);
	unescaped_put(u, '\n', end);
	return end;
}

/* The next `mark` from *place on; *block counts the blocks that have it. */
static bool next_mark(struct text t, char mark, const struct places *places, size_t *block, size_t *place)
{
	const char *found = NULL;

	if (!places->known && *place < t.len)
		found = memchr(t.at + *place, mark, t.len - *place);
	for (; places->known && *block < places->len && !found; ++*block) {
		size_t from = places->at[*block], end = from + BLOCK < t.len ? from + BLOCK : t.len;

		from = from > *place ? from : *place;
		found = from < end ? memchr(t.at + from, mark, end - from) : NULL;
		if (found)
			break; /* it may have another one */
	}
	*place = found ? (size_t)(found - t.at) : t.len;
	return found;
}

bool unescaped_make(struct unescaped *u, struct text t, const struct places marks[UNESCAPE_MARKS])
{
	u->text.ceiling = PARTS_MOST;
	build_clear(&u->text);
	u->origin.len = u->ends.len = 0;
	for (size_t i = 0; i < UNESCAPE_MARKS; i++) {
		size_t done = 0, block = 0, place = 0;

		while (next_mark(t, unescape_marks.at[i], &marks[i], &block, &place)) {
			int byte;

			if (unescaped_one(t, place, &byte))
				done = part(u, t, place, done);
			place = done > place ? done : place + 1;
		}
	}
	unescaped_lists(u, t);
	vec_push(&u->origin, (uint32_t)t.len);
	return !u->text.cut;
}

bool unescaped_place(const struct unescaped *u, size_t *start, size_t *end)
{
	size_t low = 0, high = u->ends.len;

	/* The first part that ends behind where it starts. */
	while (low < high) {
		size_t middle = (low + high) / 2;

		if (u->ends.at[middle] > *start)
			high = middle;
		else
			low = middle + 1;
	}
	if (low == u->ends.len)
		return false;
	*end = *end > u->ends.at[low] ? u->ends.at[low] : *end;
	if (*start >= *end)
		return false;
	*start = u->origin.at[*start];
	*end = u->origin.at[*end];
	return *start < *end;
}
