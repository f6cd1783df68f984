/* Forms that are too frequent in logs to be matched by regexes: addresses and the heads of lines. */
#pragma once
#include <stdbool.h>
#include "base/text.h"

enum form { FORM_NONE, FORM_IPV4, FORM_IPV6, FORM_MAC, FORM_EMAIL, FORM_LOG_HOST, FORM_PROMPT, FORM_URL_PASSWORD, FORM_URL_TOKEN,
	    FORM_NAME, FORM_FIELD, FORM_COUNT };
extern const char *const form_names[FORM_COUNT];
/* What of this form stands at `from`: an IPv4 address around one of its dots; an IPv6 address around one of its colons; a MAC
 * address whose first sign that is; an e-mail address around its "@"; what a URL says before that "@", or a shell's prompt; the
 * host's name in the head of the line that begins there, or of the line that the field of JSON holds whose name ends just
 * before; a name that begins there; the value of the field whose name, one of `names`, ends just before. False: none does. */
bool form_find(enum form form, const struct text *names, size_t count, struct text window, size_t from, size_t *start,
	       size_t *end);
/* Whether what stands before the four numbers that begin at `start` tells that they are a version. */
bool version_before(struct text t, size_t start, const unsigned octet[4]);
