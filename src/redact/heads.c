/* The head of a log line: RFC 3164, RFC 5424, journalctl -o short-iso, with or without <priority>, or in quotes. Every line is
 * asked for one: what has a fixed place is compared 16 bytes at once. */
#include <ctype.h>
#include <strings.h>
#include "redact/form_bytes.h"

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

enum { OCTETS = 16 };
typedef unsigned char octets __attribute__((vector_size(OCTETS)));

/* Whether each of 16 bytes is between those of `low` and of `high`. */
static inline bool between(const char *at, const char low[OCTETS], const char high[OCTETS])
{
	octets bytes, least, most, out;
	uint64_t halves[2];

	memcpy(&bytes, at, OCTETS);
	memcpy(&least, low, OCTETS);
	memcpy(&most, high, OCTETS);
	out = (octets)(bytes < least) | (octets)(bytes > most);
	memcpy(halves, &out, sizeof(halves));
	return !(halves[0] | halves[1]);
}

#define MONTH(a, b, c) (uint32_t)(a | b << 8 | c << 16)

static bool month(const char *at)
{
	switch (MONTH((unsigned char)at[0], (unsigned char)at[1], (unsigned char)at[2])) {
	case MONTH('J', 'a', 'n'):
	case MONTH('F', 'e', 'b'):
	case MONTH('M', 'a', 'r'):
	case MONTH('A', 'p', 'r'):
	case MONTH('M', 'a', 'y'):
	case MONTH('J', 'u', 'n'):
	case MONTH('J', 'u', 'l'):
	case MONTH('A', 'u', 'g'):
	case MONTH('S', 'e', 'p'):
	case MONTH('O', 'c', 't'):
	case MONTH('N', 'o', 'v'):
	case MONTH('D', 'e', 'c'):
		return true;
	default:
		return false;
	}
}

/* "2024-01-02T03:04:05"; 0: it is none. */
static size_t iso_time(struct text t, size_t at)
{
	const char *first = t.at + at;

	if (t.len - at < 19)
		return 0; /* no name would follow */
	return first[4] == '-' && between(first, "0000-00-00T00:00", "9999-99-99T99:99") && between(first + 3, "0-00-00T00:00:00", "9-99-99T99:99:99")
		       ? at + 19
		       : 0;
}

/* "Jan  2 03:04:05" */
static size_t short_time(struct text t, size_t at)
{
	const char *first = t.at + at;

	if (t.len - at < OCTETS || !between(first, "Aaa  0 00:00:00\0", "Zzz 99 99:99:99\xff"))
		return 0;
	return (first[4] == ' ' || digit(first[4])) && month(first) ? at + 15 : 0;
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
	int sign = byte_at(t, at);
	size_t end;

	if (sign == 'Z')
		return at + 1;
	if (sign != '+' && sign != '-')
		return 0;
	end = shape(t, at + 1, "99:99");
	return end ? end : shape(t, at + 1, "9999");
}

/* A tag, as syslog writes it: "sshd[12]:", "kernel:". Of ISO lines only those with a number and those of a few. */
static bool tag(struct text t, size_t at, bool strict)
{
	static const char *const plain[] = { "kernel", "systemd", "sudo", "cron", "CRON", "su", "dockerd", "containerd",
					     "rsyslogd", "audit", NULL };
	size_t from = at, name, most = t.len - at < 64 ? t.len : at + 64;

	while (at < most && byte_is(t.at[at], BYTE_TAG))
		at++;
	name = at - from;
	if (!name)
		return false;
	if (byte_at(t, at) == '[') {
		for (at++; at - from < 76 && digit(byte_at(t, at)); at++)
			;
		return t.at[at - 1] != '[' && byte_at(t, at) == ']' && byte_at(t, at + 1) == ':';
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

/* Of "msg":"Jan  2 …, where the text begins; 0: it is no string of JSON. `end` is behind the name. */
static size_t quoted_line(struct text t, size_t end)
{
	size_t at = end + (isspace(byte_at(t, end + 1)) ? 2 : 1);

	if (byte_at(t, at++) != ':')
		return 0;
	at += isspace(byte_at(t, at)) ? 1 : 0;
	return byte_at(t, at) == '"' ? at : 0;
}

static bool quoted_name(const struct text *names, size_t count, struct text t, size_t end)
{
	size_t first = end, which = 0;

	while (first > 0 && end - first < 32 && alnum(t.at[first - 1]))
		first--;
	while (which < count && (names[which].len != end - first || strncasecmp(names[which].at, t.at + first, end - first) != 0))
		which++;
	return which < count && byte_before(t, first) == '"';
}

bool log_host(const struct text *names, size_t count, struct text t, size_t from, size_t *start, size_t *end)
{
	bool versioned = false, iso, digits, quoted = from && t.at[from - 1] != '\n';
	size_t at, head = 0, line = from, most;

	if (quoted && (t.at[from] != '"' || !(line = quoted_line(t, from))))
		return false;
	at = priority(t, byte_at(t, line) == '"' ? line + 1 : line, &versioned);
	iso = digit(byte_at(t, at));
	if (iso) {
		head = iso_time(t, at);
		head = head ? zone(t, fraction(t, head)) : 0;
	} else if (at < t.len) {
		head = short_time(t, at);
		head = head ? fraction(t, head) : 0;
	}
	if (!head || byte_at(t, head) != ' ' || !alnum(byte_at(t, head + 1)))
		return false;
	*start = head + 1;
	most = t.len - *start < 253 ? t.len : *start + 253;
	for (at = *start; at < most && byte_is(t.at[at], BYTE_HOST); at++)
		;
	*end = at;
	while (at > *start && digit(t.at[at - 1]))
		at--;
	digits = at == *start;
	at = *end;
	return byte_at(t, at) == ' ' && !digits && (versioned || tag(t, at + 1, iso)) && (!quoted || quoted_name(names, count, t, from));
}
