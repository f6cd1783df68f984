/* Text: views, and a builder with a ceiling. */
#include "base/text.h"
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include "base/utf8.h"

bool text_same(struct text a, struct text b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

bool text_starts(struct text t, const char *prefix)
{
	size_t len = strlen(prefix);

	return t.len >= len && memcmp(t.at, prefix, len) == 0;
}

bool text_ends(struct text t, const char *suffix)
{
	size_t len = strlen(suffix);

	return t.len >= len && memcmp(t.at + t.len - len, suffix, len) == 0;
}

bool text_find(struct text t, const char *part, size_t *where)
{
	const char *hit = t.len ? memmem(t.at, t.len, part, strlen(part)) : NULL;

	if (!hit)
		return false;
	if (where)
		*where = (size_t)(hit - t.at);
	return true;
}

bool text_has(struct text t, const char *part)
{
	return text_find(t, part, NULL);
}

struct text text_trim(struct text t)
{
	while (t.len && isspace((unsigned char)t.at[0]))
		t.at++, t.len--;
	while (t.len && isspace((unsigned char)t.at[t.len - 1]))
		t.len--;
	return t;
}

struct text text_from(struct text t, size_t start)
{
	if (start > t.len)
		start = t.len;
	return (struct text){ t.at + start, t.len - start };
}

struct text text_until(struct text t, size_t end)
{
	return (struct text){ t.at, end < t.len ? end : t.len };
}

bool text_next(struct text *rest, char mark, struct text *part)
{
	const char *hit;

	*part = (struct text){ rest->at, 0 };
	if (!rest->at || rest->len == 0)
		return false;
	hit = memchr(rest->at, mark, rest->len);
	part->len = hit ? (size_t)(hit - rest->at) : rest->len;
	*rest = text_from(*rest, part->len + (hit ? 1 : 0));
	return true;
}

bool text_line(struct text *rest, struct text *line)
{
	if (!text_next(rest, '\n', line))
		return false;
	if (line->len && line->at[line->len - 1] == '\r')
		line->len--;
	return true;
}

bool text_word(struct text *rest, struct text *word)
{
	while (rest->len && isspace((unsigned char)rest->at[0]))
		*rest = text_from(*rest, 1);
	*word = (struct text){ rest->at, 0 };
	while (word->len < rest->len && !isspace((unsigned char)rest->at[word->len]))
		word->len++;
	*rest = text_from(*rest, word->len);
	return word->len > 0;
}

char *text_copy(struct text t)
{
	char *copy = malloc(t.len + 1);

	if (!copy)
		abort();
	if (t.len)
		memcpy(copy, t.at, t.len);
	copy[t.len] = '\0';
	return copy;
}

/* strto* need a terminated string: numbers are short, so copy into a small array. */
static bool number_copy(struct text t, char copy[64])
{
	if (t.len == 0 || t.len >= 64 || isspace((unsigned char)t.at[0]))
		return false;
	memcpy(copy, t.at, t.len);
	copy[t.len] = '\0';
	return true;
}

bool text_number(struct text t, long long *value)
{
	char copy[64], *end;
	int base;

	if (!number_copy(t, copy))
		return false;
	base = t.len > 2 && copy[0] == '0' && (copy[1] == 'x' || copy[1] == 'X') ? 16 : 10;
	errno = 0;
	*value = strtoll(copy, &end, base);
	return errno == 0 && *end == '\0';
}

bool text_real(struct text t, double *value)
{
	char copy[64], *end;

	if (!number_copy(t, copy) || (!isdigit((unsigned char)copy[0]) && copy[0] != '.' && copy[0] != '-'))
		return false;
	errno = 0;
	*value = strtod(copy, &end);
	return errno == 0 && *end == '\0';
}

void build_done(struct build *b)
{
	free(b->at);
	*b = (struct build){ 0 };
}

void build_clear(struct build *b)
{
	b->len = 0;
	b->cut = false;
	if (b->at)
		b->at[0] = '\0';
}

void build_cut(struct build *b, size_t len)
{
	if (len >= b->len)
		return;
	b->len = len;
	b->at[len] = '\0';
}

/* Makes room for `more` bytes and the NUL; gives back how many of them fit below the ceiling. */
static size_t build_room(struct build *b, size_t more)
{
	size_t ceiling = b->ceiling ? b->ceiling : (size_t)64 << 20;

	if (more > ceiling - (b->len < ceiling ? b->len : ceiling)) {
		more = ceiling - (b->len < ceiling ? b->len : ceiling);
		b->cut = true;
	}
	if (b->len + more + 1 > b->room) {
		size_t room = b->room ? b->room : 64;
		char *at;

		while (room < b->len + more + 1)
			room *= 2;
		at = realloc(b->at, room);
		if (!at) {
			b->cut = true;
			return 0;
		}
		b->at = at;
		b->room = room;
	}
	return more;
}

void build_add(struct build *b, struct text t)
{
	size_t fits = build_room(b, t.len);

	if (!b->at)
		return;
	if (fits)
		memcpy(b->at + b->len, t.at, fits);
	b->len += fits;
	b->at[b->len] = '\0';
}

void build_put(struct build *b, const char *string)
{
	build_add(b, text_of(string));
}

void build_char(struct build *b, char c)
{
	build_add(b, (struct text){ &c, 1 });
}

void build_vfmt(struct build *b, const char *format, va_list args)
{
	AUTO_FREE char *string = NULL;

	if (vasprintf(&string, format, args) < 0) {
		string = NULL;
		b->cut = true;
		return;
	}
	build_put(b, string);
}

void build_fmt(struct build *b, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	build_vfmt(b, format, args);
	va_end(args);
}

/* Characters that reorder or hide text on a terminal: directional marks, overrides, zero width. */
static bool deceptive(uint32_t c)
{
	return (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x2069) || c == 0x061c || c == 0xfeff;
}

void build_safe(struct build *b, struct text foreign, bool lines)
{
	while (foreign.len) {
		uint32_t c;
		size_t len = utf8_next(foreign, &c);

		if (c == UTF8_BAD)
			build_fmt(b, "\\x%02x", (unsigned char)foreign.at[0]);
		else if (lines && (c == '\n' || c == '\t'))
			build_char(b, (char)c);
		else if (c < 0x20 || c == 0x7f)
			build_fmt(b, "\\x%02x", c);
		else if ((c >= 0x80 && c < 0xa0) || deceptive(c))
			build_fmt(b, "\\u%04x", c);
		else
			build_add(b, text_until(foreign, len));
		foreign = text_from(foreign, len);
	}
	build_add(b, TEXT("")); /* terminated even when nothing was added */
}

struct text build_text(const struct build *b)
{
	return (struct text){ b->at ? b->at : "", b->len };
}

char *build_take(struct build *b)
{
	char *string = b->at ? b->at : text_copy(TEXT(""));

	*b = (struct build){ 0 };
	return string;
}

void build_shell(struct build *b, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./=,:+@%";

	if (*word && strspn(word, plain) == strlen(word)) {
		build_put(b, word);
		return;
	}
	build_char(b, '\'');
	for (; *word; word++)
		if (*word == '\'')
			build_put(b, "'\\''");
		else
			build_char(b, *word);
	build_char(b, '\'');
}
