/* What the forms ask of single bytes: answers from a table, as most of the time of a form goes there. */
#pragma once
#include "base/text.h"

enum { BYTE_DIGIT = 1, BYTE_LETTER = 2, BYTE_HEX = 4, BYTE_LOCAL = 8, BYTE_GRAPH = 16, BYTE_NAME = 32, BYTE_HOST = 64,
       BYTE_TIED = 128, BYTE_BETWEEN = 256, BYTE_TAG = 512 };
/* LOCAL: in the part of an e-mail address before the "@"; NAME: in a name, beside dots; HOST: in a host's name; TIED: before an
 * address it is a part of something else; BETWEEN: what may stand between a word and its value; TAG: GRAPH, but what ends
 * the tag of a log line. */
extern const unsigned short form_bytes[256];

static inline int byte_at(struct text t, size_t at)
{
	return at < t.len ? (unsigned char)t.at[at] : 0;
}

static inline int byte_before(struct text t, size_t at)
{
	return at ? (unsigned char)t.at[at - 1] : 0;
}

static inline bool byte_is(int c, int kinds)
{
	return form_bytes[(unsigned char)c] & kinds;
}

static inline bool digit(int c)
{
	return c >= '0' && c <= '9';
}

static inline bool alnum(int c)
{
	return byte_is(c, BYTE_DIGIT | BYTE_LETTER);
}

/* The host's name in the head of the line that begins at `from`, or of the one that the field of JSON holds whose name, one of
 * `names`, ends there. */
bool log_host(const struct text *names, size_t count, struct text t, size_t from, size_t *start, size_t *end);
