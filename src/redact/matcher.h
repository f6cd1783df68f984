/* The matcher: confirms with PCRE2 and the rule's checks that what was found is a secret. */
#pragma once
#include "redact/rules.h"

struct span {
	size_t start, end;
	unsigned rule;
	unsigned name; /* its entry in the private map + 1, when that was looked up; 0: it was not */
};
struct matcher;
struct matcher *matcher_new(const struct rules *rules);
void matcher_free(struct matcher *matcher);
/* The first secret of this rule, which has a regex, whose match starts in `from` .. `to` of the window; looks at most the rule's
 * `ahead` bytes behind `to`. 1: in `span`, 0: none, < 0: it could not be told (fail closed). */
int matcher_find(struct matcher *matcher, unsigned rule, struct text window, size_t from, size_t to,
		 struct span *span, struct error *err);
/* Whether a span, which the form of its rule found, is a secret: the same answers. */
int matcher_judge(struct matcher *matcher, struct text window, const struct span *span, struct error *err);
/* Compiles every regex, so that mistakes in the rules show. */
int matcher_check(struct matcher *matcher, struct error *err);

/* Checks of values. */
bool value_luhn(struct text value);    /* ISO/IEC 7812-1, 13 to 19 digits among separators */
bool value_iban(struct text value);    /* ISO 13616: the country's length, and the remainder 1 */
bool value_ipv6(struct text value);
bool value_jwt(struct text value);     /* RFC 7519: the first part is the base64url of a JSON object */
bool value_mixed(struct text value);   /* letters and digits, not 0x… */
double value_entropy(struct text value); /* bits a byte (Shannon) */
/* Whether the value is made of placeholders and nothing else. */
bool value_placeholder(struct text value);
/* The length of a placeholder that the text starts with: "<API_KEY_12>"; 0: none. */
size_t placeholder_len(struct text t);
