/* When a failed request is tried again, and how long later: the rules of the reference clients. */
#pragma once
#include "base/text.h"

#define RETRY_HINT_MOST 120.0 /* seconds that a server may ask for */
#define RETRY_DELAY_MOST 8.0

struct retry_facts {
	long status;			 /* 0: the network failed */
	struct text should, after_ms, after; /* x-should-retry, retry-after-ms, retry-after; empty when absent */
	const char *error_type, *error_code; /* of the answer's error object; "" */
};
/* x-should-retry decides; else 408, 409, 429, 500 and above, and failures of the network. No credit is final. */
bool retry_wanted(const struct retry_facts *facts);
/* Seconds to wait before try `number` (1: the first retry). `base` is the first delay (0.5); `chance` 0..1 takes
 * up to a quarter off. `now` is the wall clock, for dates. */
double retry_delay(const struct retry_facts *facts, unsigned number, double base, double chance, double now);
