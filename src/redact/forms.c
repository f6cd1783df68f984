/* Recognising what is frequent in logs without regexes. */
#include "redact/forms.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>
#include "redact/form_bytes.h"
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

const char *const form_names[FORM_COUNT] = { [FORM_IPV4] = "ipv4", [FORM_IPV6] = "ipv6", [FORM_MAC] = "mac",
					   [FORM_PROMPT] = "prompt", [FORM_EMAIL] = "email", [FORM_LOG_HOST] = "log-host",
					   [FORM_URL_PASSWORD] = "url-password", [FORM_URL_TOKEN] = "url-token",
					   [FORM_NAME] = "name", [FORM_FIELD] = "field" };

#define WORDS BYTE_GRAPH | BYTE_TAG | BYTE_NAME | BYTE_HOST | BYTE_LOCAL | BYTE_TIED
const unsigned short form_bytes[256] = {
	[' '] = BYTE_BETWEEN,
	['!'] = BYTE_GRAPH | BYTE_TAG,
	['"'] = BYTE_GRAPH | BYTE_TAG | BYTE_BETWEEN,
	['#' ... '$'] = BYTE_GRAPH | BYTE_TAG,
	['&'] = BYTE_GRAPH | BYTE_TAG,
	['\''] = BYTE_GRAPH | BYTE_TAG | BYTE_BETWEEN,
	['(' ... '*'] = BYTE_GRAPH | BYTE_TAG,
	[','] = BYTE_GRAPH | BYTE_TAG,
	['/'] = BYTE_GRAPH | BYTE_TAG,
	[':'] = BYTE_GRAPH | BYTE_BETWEEN,
	[';' ... '<'] = BYTE_GRAPH | BYTE_TAG,
	['='] = BYTE_GRAPH | BYTE_TAG | BYTE_BETWEEN,
	['>' ... '?'] = BYTE_GRAPH | BYTE_TAG,
	['['] = BYTE_GRAPH,
	['\\' ... '^'] = BYTE_GRAPH | BYTE_TAG,
	['`'] = BYTE_GRAPH | BYTE_TAG,
	['{' ... '}'] = BYTE_GRAPH | BYTE_TAG,
	['~'] = BYTE_GRAPH | BYTE_TAG | BYTE_TIED,
	['0' ... '9'] = BYTE_DIGIT | BYTE_HEX | WORDS,
	['a' ... 'f'] = BYTE_LETTER | BYTE_HEX | WORDS,
	['g' ... 'z'] = BYTE_LETTER | WORDS,
	['A' ... 'F'] = BYTE_LETTER | BYTE_HEX | WORDS,
	['G' ... 'Z'] = BYTE_LETTER | WORDS,
	['.'] = BYTE_GRAPH | BYTE_TAG | BYTE_HOST | BYTE_LOCAL | BYTE_TIED,
	['_'] = WORDS,
	['-'] = WORDS,
	['@'] = BYTE_GRAPH | BYTE_TAG | BYTE_NAME,
	['%'] = BYTE_GRAPH | BYTE_TAG | BYTE_LOCAL,
	['+'] = BYTE_GRAPH | BYTE_TAG | BYTE_LOCAL | BYTE_TIED,
};

/* ---- IPv4 (RFC 791, dotted as in RFC 1123) ---- */

/* What tells nothing of anybody: this host, nobody, everybody, net masks. */
static bool common_address(const unsigned octet[4])
{
	return octet[0] == 127 || (octet[0] == 255 && (octet[1] == 0 || octet[1] == 255)) ||
	       (octet[0] <= 2 && octet[1] == 0 && octet[2] <= 1 && octet[3] == 0);
}

/* A number up to 255, without zeros before it; gives how many digits it has, or 0. */
static inline size_t octet_at(const char *at, unsigned *octet)
{
	unsigned first = (unsigned char)at[0] - (unsigned)'0', second, third;

	if (first > 9)
		return 0;
	*octet = first;
	second = (unsigned char)at[1] - (unsigned)'0';
	if (second > 9)
		return 1;
	*octet = first * 10 + second;
	third = (unsigned char)at[2] - (unsigned)'0';
	if (third > 9)
		return first ? 2 : 0;
	*octet = *octet * 10 + third;
	return first && *octet <= 255 && !digit(at[3]) ? 3 : 0;
}

/* The four numbers that begin at `from`; their end, or 0. */
static size_t octets_at(struct text t, size_t from, unsigned octet[4])
{
	enum { LONGEST = 15, READ = LONGEST + 3 };
	char last[READ + 1] = { 0 };
	const char *first = t.at + from, *at;

	if (t.len - from < READ)
		first = memcpy(last, first, t.len - from);
	at = first;
	for (int i = 0; i < 4; i++) {
		size_t digits;

		if (i > 0 && *at++ != '.')
			return 0;
		digits = octet_at(at, &octet[i]);
		if (!digits)
			return 0;
		at += digits;
	}
	return from + (size_t)(at - first);
}

/* Where the digits and dots around a dot begin; at most 9 of them are looked at. */
static size_t octets_from(struct text t, size_t dot)
{
	size_t from = dot;

	while (from > 0 && dot - from < 9 && (digit(t.at[from - 1]) || t.at[from - 1] == '.'))
		from--;
	return from;
}

#if defined(__SSE2__)
/* Bits of the digits among 16 bytes, and of the dots. */
static inline unsigned digits_16(const char *at, unsigned *dots)
{
	const __m128i bytes = _mm_loadu_si128((const __m128i *)at);
	const __m128i over = _mm_sub_epi8(bytes, _mm_set1_epi8('0'));

	*dots = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('.')));
	return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(over, _mm_set1_epi8(9)), over));
}

/* The number whose last digit is right before `end`, of up to three digits: all are read, and those that are none dropped. */
static inline unsigned octet_before(const char *end, unsigned digits)
{
	uint32_t bytes;

	memcpy(&bytes, end - sizeof(bytes), sizeof(bytes));
	bytes = bytes >> (32 - 8 * digits) << (32 - 8 * digits) & 0x0f0f0f0f;
	return (bytes >> 24) + (bytes >> 16 & 15) * 10 + (bytes >> 8 & 15) * 100;
}

/* The same as octets_from() and octets_at(), without a branch for each digit: they differ from address to address. */
static size_t address_around(struct text t, size_t dot, size_t *from, unsigned octet[4])
{
	unsigned dots, second, digits, before, ends[4], wrong = 0;
	const char *at;

	if (dot < 16 || t.len - dot < 32)
		return octets_at(t, *from = octets_from(t, dot), octet);
	digits = digits_16(t.at + dot - 16, &dots);
	before = (unsigned)__builtin_clz(~((digits | dots) << 16));
	*from = dot - (before < 9 ? before : 9);
	at = t.at + *from;
	digits = digits_16(at, &dots);
	second = dots & (dots - 1);
	if (!(second & (second - 1)))
		return 0; /* there are no three of them */
#pragma GCC unroll 4
	for (int i = 0; i < 3; i++, dots &= dots - 1)
		ends[i] = (unsigned)__builtin_ctz(dots);
	ends[3] = (unsigned)__builtin_ctz(~(digits >> (ends[2] + 1))) + ends[2] + 1;
	if (ends[3] > 15)
		return 0; /* longer than an address can be */
#pragma GCC unroll 4
	for (int i = 0; i < 4; i++) {
		unsigned first = i ? ends[i - 1] + 1 : 0, count = ends[i] - first;

		unsigned least = count == 2 ? 10 : count == 3 ? 100 : 0, all = (1U << (count & 15)) - 1;

		wrong |= (unsigned)(count - 1 > 2) | ((digits >> first & all) ^ all);
		octet[i] = octet_before(at + ends[i], count & 3 ? count & 3 : 1);
		wrong |= (unsigned)(octet[i] < least) | /* no zeros before it */
			  (unsigned)(octet[i] > 255);
	}
	return wrong ? 0 : *from + ends[3];
}
#else
static size_t address_around(struct text t, size_t dot, size_t *from, unsigned octet[4])
{
	return octets_at(t, *from = octets_from(t, dot), octet);
}
#endif

static bool ipv4(struct text t, size_t dot, size_t *start, size_t *end)
{
	unsigned octet[4] = { 0 };
	int next;

	*end = address_around(t, dot, start, octet);
	if (!*end || byte_is(byte_before(t, *start), BYTE_TIED))
		return false;
	next = byte_at(t, *end);
	if (alnum(next) || next == '_' || next == '+')
		return false;
	if ((next == '.' || next == '-') && alnum(byte_at(t, *end + 1)) && !text_starts(text_from(t, *end), ".in-addr.arpa"))
		return false;
	return !common_address(octet) && !version_before(t, *start, octet);
}

/* ---- IPv6 (RFC 4291) and MAC addresses (EUI-48) ---- */

static bool hex(int c)
{
	return byte_is(c, BYTE_HEX);
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
	return byte_is(c, BYTE_LOCAL);
}

/* "https://name@host/" is no mail: within a URL. */
static bool within_url(struct text t, size_t at)
{
	size_t least = at > 256 ? at - 256 : 0;

	for (; at > least && byte_is(t.at[at - 1], BYTE_GRAPH) && !memchr("\"'<>,;()", t.at[at - 1], 8); at--)
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

	while (first > 0 && mark - first < 512 && byte_is(t.at[first - 1], BYTE_GRAPH) && !memchr("/'\"<>", t.at[first - 1], 5))
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

/* ---- names of users and hosts ---- */

static size_t name_end(struct text t, size_t at)
{
	while (at < t.len && (byte_is(t.at[at], BYTE_NAME) || (t.at[at] == '.' && alnum(byte_at(t, at + 1)))))
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
