/* Retries: whether, and when. */
#include "llm/retry.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

bool retry_wanted(const struct retry_facts *facts)
{
	if (text_is(facts->should, "true"))
		return true;
	if (text_is(facts->should, "false"))
		return false;
	if (strstr(facts->error_type, "insufficient_quota") || strstr(facts->error_code, "insufficient_quota"))
		return false;
	return facts->status == 0 || facts->status == 408 || facts->status == 409 || facts->status == 429 ||
	       facts->status >= 500;
}

/* A date in any of the three forms that RFC 9110 (5.6.7) wants understood: seconds since 1970, or -1. */
static double http_date(struct text t)
{
	static const char *const forms[] = {
		"%a, %d %b %Y %H:%M:%S GMT", /* Sun, 06 Nov 1994 08:49:37 GMT */
		"%A, %d-%b-%y %H:%M:%S GMT", /* Sunday, 06-Nov-94 08:49:37 GMT: RFC 850 */
		"%a %b %d %H:%M:%S %Y",	     /* Sun Nov  6 08:49:37 1994: asctime() */
	};
	char words[64];

	snprintf(words, sizeof(words), "%.*s", (int)(t.len < 63 ? t.len : 63), t.at);
	for (size_t i = 0; i < COUNT(forms); i++) {
		struct tm tm = { 0 };
		const char *end = strptime(words, forms[i], &tm);

		if (end && !*end)
			return (double)timegm(&tm);
	}
	return -1;
}

double retry_delay(const struct retry_facts *facts, unsigned number, double base, double chance, double now)
{
	double delay = -1;

	if (text_real(facts->after_ms, &delay))
		delay /= 1000;
	else if (!text_real(facts->after, &delay))
		delay = facts->after.len && http_date(facts->after) >= 0 ? http_date(facts->after) - now : -1;
	if (delay > 0 && delay <= RETRY_HINT_MOST)
		return delay;
	delay = base;
	for (unsigned i = 1; i < number && delay < RETRY_DELAY_MOST; i++)
		delay *= 2;
	if (delay > RETRY_DELAY_MOST)
		delay = RETRY_DELAY_MOST;
	return delay * (1 - 0.25 * chance);
}
