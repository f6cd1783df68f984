/* Recognising what is frequent in logs without regexes. */
#include "redact/forms.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>

const char *const form_names[FORM_COUNT] = { [FORM_IPV4] = "ipv4", [FORM_IPV6] = "ipv6", [FORM_MAC] = "mac",
					   [FORM_PROMPT] = "prompt", [FORM_EMAIL] = "email", [FORM_LOG_HOST] = "log-host",
					   [FORM_URL_PASSWORD] = "url-password", [FORM_URL_TOKEN] = "url-token",
					   [FORM_NAME] = "name", [FORM_FIELD] = "field" };

#define WORD(literal) { literal, sizeof(literal) - 1 }

static int byte_at(struct text t, size_t at)
{
	return at < t.len ? (unsigned char)t.at[at] : 0;
}

static int byte_before(struct text t, size_t at)
{
	return at ? (unsigned char)t.at[at - 1] : 0;
}

static bool digit(int c)
{
	return c >= '0' && c <= '9';
}

static bool alnum(int c)
{
	return digit(c) || ((c | 32) >= 'a' && (c | 32) <= 'z');
}

/* ---- IPv4 (RFC 791, dotted as in RFC 1123) ---- */

/* The word that ends at `*end`, moved to where it begins. */
static struct text word_before(struct text t, size_t *end)
{
	size_t last = *end;

	while (*end > 0 && last - *end < 16 && isalpha((unsigned char)t.at[*end - 1]))
		--*end;
	return (struct text){ t.at + *end, last - *end };
}

/* The list ends with an empty word. */
static bool word_in(struct text word, const struct text *list, bool beginning)
{
	for (; list->len; list++)
		if ((beginning ? word.len >= list->len : word.len == list->len) && (word.at[0] | 32) == list->at[0] &&
		    strncasecmp(word.at, list->at, list->len) == 0)
			return true;
	return false;
}

static bool private_address(const unsigned octet[4])
{
	return octet[0] == 10 || (octet[0] == 172 && octet[1] >= 16 && octet[1] < 32) || (octet[0] == 192 && octet[1] == 168);
}

/* "version 1.2.3.4", "upgraded libfoo 1.2.3.4", "curl/7.88.1.2", "foo>=1.2.3.4": four numbers that are no address. Where
 * the words are doubtful ("release 10.2.3.4"), what could be an address of a private network is taken for one. */
static bool version_before(struct text t, size_t start, const unsigned octet[4])
{
	static const struct text sure[] = { WORD("version"), WORD("versions"), WORD("ver"), WORD("firmware"), WORD("bios"),
					    WORD("driver"), WORD("") };
	static const struct text doubtful[] = { WORD("release"), WORD("rev"), WORD("revision"), WORD("build"), WORD("oid"),
						WORD("section"), WORD("chapter"), WORD("") };
	static const struct text changes[] = { WORD("upgrad"), WORD("updat"), WORD("install"), WORD("requir"), WORD("") };
	size_t at = start, blanks = 0;
	struct text word;

	if (byte_before(t, at) == '/')
		return at > 1 && (alnum(t.at[at - 2]) || t.at[at - 2] == '_' || t.at[at - 2] == ')');
	if (byte_before(t, at) == '=' && at > 1 && memchr("=~<>", t.at[at - 2], 4))
		return true;
	for (; at > 0 && blanks < 4 && memchr(" :=\"'", t.at[at - 1], 5); blanks++)
		at--;
	if (!blanks)
		return false;
	word = word_before(t, &at);
	if (word_in(word, sure, false) || (word_in(word, doubtful, false) && !private_address(octet)))
		return true;
	/* The word before the one before. */
	at = start;
	if (octet[0] >= 10 || byte_before(t, at) != ' ')
		return false;
	for (at--; at > 0 && start - at < 64 && !isspace((unsigned char)t.at[at - 1]); at--)
		;
	return byte_before(t, at) == ' ' && (at--, word_in(word_before(t, &at), changes, true));
}

/* What tells nothing of anybody: this host, nobody, everybody, net masks. */
static bool common_address(const unsigned octet[4])
{
	return octet[0] == 127 || (octet[0] == 255 && (octet[1] == 0 || octet[1] == 255)) ||
	       (octet[0] <= 2 && octet[1] == 0 && octet[2] <= 1 && octet[3] == 0);
}

static bool ipv4(struct text t, size_t dot, size_t *start, size_t *end)
{
	unsigned octet[4] = { 0 };
	size_t from = dot, at;
	int before, next;

	while (from > 0 && dot - from < 9 && (digit(t.at[from - 1]) || t.at[from - 1] == '.'))
		from--;
	at = from;
	before = byte_before(t, from);
	if (alnum(before) || (before && memchr("._+~-", before, 5)))
		return false;
	for (int i = 0; i < 4; i++) {
		size_t digits = 0;

		if (i > 0 && byte_at(t, at++) != '.')
			return false;
		for (; digits < 4 && digit(byte_at(t, at)); digits++)
			octet[i] = octet[i] * 10 + (unsigned)(t.at[at++] - '0');
		if (!digits || octet[i] > 255 || digits > 3 || (digits > 1 && t.at[at - digits] == '0'))
			return false;
	}
	next = byte_at(t, at);
	if (alnum(next) || next == '_' || next == '+')
		return false;
	if ((next == '.' || next == '-') && alnum(byte_at(t, at + 1)) && !text_starts(text_from(t, at), ".in-addr.arpa"))
		return false;
	*start = from;
	*end = at;
	return !common_address(octet) && !version_before(t, from, octet);
}

/* ---- IPv6 (RFC 4291) and MAC addresses (EUI-48) ---- */

static bool hex(int c)
{
	return digit(c) || ((c | 32) >= 'a' && (c | 32) <= 'f');
}

/* All the groups in a row; whether they make an address is the rule's check. What begins with "::" is written in programs, and
 * "a:b:c:d:e:f:0::" is not written at all. */
static bool ipv6(struct text t, size_t mark, size_t *start, size_t *end)
{
	size_t first = mark, last = mark, colons = 0;
	int before, next;

	while (first > 0 && mark - first < 46 && (hex(t.at[first - 1]) || t.at[first - 1] == ':'))
		first--;
	while (last < t.len && last - first < 46 && (hex(t.at[last]) || t.at[last] == ':'))
		last++;
	before = byte_before(t, first);
	next = byte_at(t, last);
	if (t.at[first] == ':' || alnum(before) || (before && memchr("_:.", before, 3)) || alnum(next) || next == '_' || next == ':')
		return false;
	*start = first;
	*end = last;
	for (size_t i = first; i < last; i++)
		colons += t.at[i] == ':';
	return t.at[last - 1] != ':' || colons <= 7;
}

/* "52:54:00:ab:cd:ef", "3C-22-FB-01-02-A3" */
static bool mac(struct text t, size_t mark, size_t *start, size_t *end)
{
	char sign = t.at[mark];
	int before, next;

	if (mark < 2 || t.len - mark < 15)
		return false;
	*start = mark - 2;
	*end = *start + 17;
	for (size_t i = *start; i < *end; i++)
		if ((i - *start) % 3 == 2 ? t.at[i] != sign : !hex(t.at[i]) || (sign == '-' && t.at[i] >= 'a'))
			return false;
	before = byte_before(t, *start);
	next = byte_at(t, *end);
	return !alnum(before) && !(before && memchr(":_.-", before, 4)) && !alnum(next) && next != '_' &&
	       !((next == ':' || next == '-') && alnum(byte_at(t, *end + 1)));
}

/* ---- e-mail (RFC 5321) ---- */

static bool local_byte(int c)
{
	return alnum(c) || (c && memchr("._%+-", c, 5));
}

/* "https://name@host/" is no mail: within a URL. */
static bool within_url(struct text t, size_t at)
{
	size_t least = at > 256 ? at - 256 : 0;

	for (; at > least && isgraph((unsigned char)t.at[at - 1]) && !memchr("\"'<>,;()", t.at[at - 1], 8); at--)
		if (t.at[at - 1] == '/' && at > 2 && t.at[at - 2] == '/' && t.at[at - 3] == ':')
			return true;
	return false;
}

static bool email(struct text t, size_t mark, size_t *start, size_t *end)
{
	size_t first = mark, at = mark + 1, labels = 0, label = 0, top = 0;
	bool letters = true;

	while (first > 0 && mark - first < 64 && local_byte(t.at[first - 1]))
		first--;
	while (first < mark && (t.at[first] == '.' || t.at[first] == '-'))
		first++;
	if (first == mark || byte_before(t, first) == '@')
		return false;
	/* Labels, the last of them of letters. */
	for (;; at++) {
		int c = byte_at(t, at);

		if (alnum(c) || (c == '-' && label)) {
			letters = letters && !digit(c) && c != '-';
			if (++label > 63)
				return false;
			continue;
		}
		if (!label || t.at[at - 1] == '-')
			break;
		labels++;
		top = labels > 1 && letters && label >= 2 && label <= 24 ? at : 0;
		if (c != '.' || !alnum(byte_at(t, at + 1)) || labels > 9)
			break;
		label = 0;
		letters = true;
	}
	if (!top || byte_at(t, top) == '_' || byte_at(t, top) == '@')
		return false;
	*start = first;
	*end = top;
	return !within_url(t, first);
}

/* "bob@db1:~/src$", "[bob@db1 ~]$": at the beginning of a line, or of a string. */
static bool prompt(struct text t, size_t mark, size_t *start, size_t *end)
{
	size_t first = mark, last = mark + 1, before;
	int next;

	while (first > 0 && mark - first < 65 && (alnum(t.at[first - 1]) || memchr("_.-", t.at[first - 1], 3)))
		first--;
	if (first == mark || mark - first > 64 || digit(t.at[first]) || t.at[first] == '.' || t.at[first] == '-' || !alnum(byte_at(t, last)))
		return false;
	before = byte_before(t, first) == '[' ? first - 1 : first;
	if (before > 0 && t.at[before - 1] != '\n' && t.at[before - 1] != '"')
		return false;
	for (last++; last - mark < 254 && (alnum(byte_at(t, last)) || byte_at(t, last) == '.' || byte_at(t, last) == '-'); last++)
		;
	*start = first;
	*end = last;
	next = byte_at(t, last + 1);
	return (byte_at(t, last) == ':' || byte_at(t, last) == ' ') && (next == '~' || next == '/');
}

/* ---- the part of a URL before "@" (RFC 3986, userinfo) ---- */

/* A password may hold "@": it ends at the last one. Without ":" a long name is a token. */
static bool url_userinfo(struct text t, size_t mark, bool password, size_t *start, size_t *end)
{
	size_t first = mark, colon;

	while (first > 0 && mark - first < 512 && isgraph((unsigned char)t.at[first - 1]) && !memchr("/'\"<>", t.at[first - 1], 5))
		first--;
	if (first < 5 || memcmp(t.at + first - 3, "://", 3) != 0 || !alnum(t.at[first - 4]))
		return false;
	for (colon = first; colon < mark && t.at[colon] != ':'; colon++)
		;
	*start = password ? colon + 1 : first;
	*end = mark;
	if (password)
		return colon + 1 < mark && !memchr(t.at + first, '@', colon - first);
	for (size_t i = first; i < mark; i++)
		if (!alnum(t.at[i]) && !memchr("_.~%-", t.at[i], 5))
			return false;
	return mark - first >= 20;
}

/* ---- the head of a line: RFC 3164, RFC 5424, journalctl -o short-iso, with or without <priority>, or in quotes ---- */

/* "9" is a digit, "A" a capital letter, "a" a small one; the rest is itself. Gives where it ends, or 0. */
static size_t shape(struct text t, size_t at, const char *like)
{
	for (; *like; like++, at++) {
		int c = byte_at(t, at);

		if (*like == '9' ? !digit(c) : *like == 'A' ? c < 'A' || c > 'Z' : *like == 'a' ? c < 'a' || c > 'z' : c != *like)
			return 0;
	}
	return at;
}

static size_t fraction(struct text t, size_t at)
{
	size_t from = at;

	if (byte_at(t, at) != '.' && byte_at(t, at) != ',')
		return at;
	for (at++; at - from < 11 && digit(byte_at(t, at)); at++)
		;
	return at;
}

static size_t zone(struct text t, size_t at)
{
	size_t end = shape(t, at, "+99:99");

	if (byte_at(t, at) == 'Z')
		return at + 1;
	end = end ? end : shape(t, at, "-99:99");
	end = end ? end : shape(t, at, "+9999");
	return end ? end : shape(t, at, "-9999");
}

static bool month(struct text t, size_t at)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (const char *name = months; *name; name += 3)
		if (memcmp(t.at + at, name, 3) == 0)
			return true;
	return false;
}

/* A tag, as syslog writes it: "sshd[12]:", "kernel:". Of ISO lines only those with a number and those of a few. */
static bool tag(struct text t, size_t at, bool strict)
{
	static const char *const plain[] = { "kernel", "systemd", "sudo", "cron", "CRON", "su", "dockerd", "containerd",
					     "rsyslogd", "audit", NULL };
	size_t from = at, name;

	while (at - from < 64 && isgraph(byte_at(t, at)) && t.at[at] != ':' && t.at[at] != '[')
		at++;
	name = at - from;
	if (!name)
		return false;
	if (byte_at(t, at) == '[') {
		for (at++; at - from < 76 && digit(byte_at(t, at)); at++)
			;
		return t.at[at - 1] != '[' && shape(t, at, "]:");
	}
	if (byte_at(t, at) != ':')
		return false;
	for (size_t i = 0; strict && plain[i]; i++)
		if (strlen(plain[i]) == name && memcmp(t.at + from, plain[i], name) == 0)
			return true;
	return !strict;
}

static size_t priority(struct text t, size_t at, bool *versioned)
{
	size_t from = at;

	if (byte_at(t, at) != '<')
		return at;
	for (at++; at - from < 4 && digit(byte_at(t, at)); at++)
		;
	if (byte_at(t, at) != '>')
		return from;
	*versioned = shape(t, at + 1, "9 ");
	return *versioned ? at + 3 : at + 1;
}

/* Of "msg":"Jan  2 …, where the text begins: `from` is behind the name. False: it is no string of such a name. */
static bool quoted_line(const struct text *names, size_t count, struct text t, size_t *from)
{
	size_t at = *from, first = at, which = 0;

	while (first > 0 && at - first < 32 && alnum(t.at[first - 1]))
		first--;
	while (which < count && (names[which].len != at - first || strncasecmp(names[which].at, t.at + first, at - first) != 0))
		which++;
	if (which == count || byte_before(t, first) != '"')
		return false;
	at += isspace(byte_at(t, at + 1)) ? 2 : 1;
	if (byte_at(t, at++) != ':')
		return false;
	*from = at + (isspace(byte_at(t, at)) ? 1 : 0);
	return byte_at(t, *from) == '"';
}

static bool log_host(const struct text *names, size_t count, struct text t, size_t from, size_t *start, size_t *end)
{
	bool versioned = false, iso, digits = true;
	size_t at, head = 0;

	if (from && t.at[from - 1] != '\n' && (t.at[from] != '"' || !quoted_line(names, count, t, &from)))
		return false;
	at = priority(t, byte_at(t, from) == '"' ? from + 1 : from, &versioned);
	iso = digit(byte_at(t, at));
	if (iso) {
		head = shape(t, at, "9999-99-99T99:99:99");
		head = head ? zone(t, fraction(t, head)) : 0;
	} else if (shape(t, at, "Aaa ") && month(t, at)) {
		size_t day = byte_at(t, at + 4) == ' ' ? shape(t, at + 5, "9 99:99:99") : shape(t, at + 4, "99 99:99:99");

		head = day ? fraction(t, day) : 0;
	}
	if (!head || byte_at(t, head) != ' ' || !alnum(byte_at(t, head + 1)))
		return false;
	for (at = *start = head + 1; at - *start < 253; at++) {
		int c = byte_at(t, at);

		if (!alnum(c) && c != '.' && c != '-' && c != '_')
			break;
		digits = digits && digit(c);
	}
	*end = at;
	return byte_at(t, at) == ' ' && !digits && (versioned || tag(t, at + 1, iso));
}

/* ---- names of users and hosts ---- */

static size_t name_end(struct text t, size_t at)
{
	while (at < t.len && (alnum((unsigned char)t.at[at]) || memchr("_-@", t.at[at], 3) || (t.at[at] == '.' && alnum(byte_at(t, at + 1)))))
		at++;
	return at;
}

static bool name(struct text t, size_t from, size_t *start, size_t *end)
{
	int before = byte_before(t, from), next;

	*start = from;
	*end = name_end(t, from);
	next = byte_at(t, *end);
	return *end - from >= 2 && *end - from <= 253 && !digit(t.at[from]) && t.at[from] != '-' && !alnum(before) && before != '_' &&
	       before != '-' && (!next || strchr(" \t\r\n.,;:()'\"\\]", next));
}

static size_t quotes(struct text t, size_t at)
{
	for (size_t i = 0; i < 3 && byte_at(t, at) == '\\'; i++)
		at++;
	return byte_at(t, at) == '"' || byte_at(t, at) == '\'' ? at + 1 : at;
}

/* name=value, "name": "value", \"name\":\"value\" */
static bool field(const struct text *names, size_t count, struct text t, size_t from, size_t *start, size_t *end)
{
	size_t first = from, at, which = 0;
	int next;

	while (first > 0 && from - first < 32 && (alnum((unsigned char)t.at[first - 1]) || memchr("_-", t.at[first - 1], 2)))
		first--;
	while (which < count && (names[which].len != from - first || strncasecmp(names[which].at, t.at + first, from - first) != 0))
		which++;
	if (which == count)
		return false;
	at = quotes(t, from);
	if (byte_at(t, at) != '=' && byte_at(t, at) != ':')
		return false;
	at++;
	if (t.at[at - 1] == ':' && byte_at(t, at) == ' ')
		at++;
	*start = quotes(t, at);
	*end = name_end(t, *start);
	next = byte_at(t, *end);
	return *end - *start >= 2 && *end - *start <= 253 && !digit(t.at[*start]) && t.at[*start] != '-' && next != '(' && next != '/' &&
	       next != ':' && (next != '\\' || byte_at(t, *end + 1) == '"' || byte_at(t, *end + 1) == '\'');
}

bool form_find(enum form form, const struct text *names, size_t count, struct text window, size_t from, size_t *start,
	       size_t *end)
{
	switch (form) {
	case FORM_NAME:
		return name(window, from, start, end);
	case FORM_FIELD:
		return field(names, count, window, from, start, end);
	case FORM_IPV4:
		return ipv4(window, from, start, end);
	case FORM_EMAIL:
		return email(window, from, start, end);
	case FORM_LOG_HOST:
		return log_host(names, count, window, from, start, end);
	case FORM_IPV6:
		return ipv6(window, from, start, end);
	case FORM_MAC:
		return mac(window, from, start, end);
	case FORM_PROMPT:
		return prompt(window, from, start, end);
	case FORM_URL_PASSWORD:
	case FORM_URL_TOKEN:
		return url_userinfo(window, from, form == FORM_URL_PASSWORD, start, end);
	default:
		return false;
	}
}
