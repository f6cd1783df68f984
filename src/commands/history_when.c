/* Points in time, as people write and read them. */
#include <math.h>
#include <stdio.h>
#include <time.h>
#include "commands/history.h"

static bool ago_read(struct text t, double *seconds)
{
	static const struct {
		const char *unit;
		double factor;
	} units[] = { { "min", 60 }, { "s", 1 }, { "m", 60 }, { "h", 3600 }, { "d", 86400 }, { "w", 7 * 86400 }, { "y", 365.25 * 86400 } };

	for (size_t i = 0; i < COUNT(units); i++)
		if (text_ends(t, units[i].unit) && text_real(text_until(t, t.len - strlen(units[i].unit)), seconds) && isfinite(*seconds) &&
		    *seconds >= 0) {
			*seconds *= units[i].factor;
			return true;
		}
	return false;
}

/* Local midnight, `days` before today. */
static double midnight(int days)
{
	time_t today = time(NULL);
	struct tm parts;

	localtime_r(&today, &parts);
	parts.tm_hour = parts.tm_min = parts.tm_sec = 0;
	parts.tm_mday -= days;
	parts.tm_isdst = -1;
	return (double)mktime(&parts);
}

int when_read(const char *words, double *when, struct error *err)
{
	struct tm parts = { .tm_isdst = -1 };
	double ago;
	const char *rest;

	if (ago_read(text_trim(text_of(words)), &ago)) {
		*when = (double)time(NULL) - ago;
		return 0;
	}
	if (strcmp(words, "today") == 0 || strcmp(words, "yesterday") == 0) {
		*when = midnight(words[0] == 'y');
		return 0;
	}
	rest = strptime(words, "%Y-%m-%d", &parts);
	if (rest && *rest)
		rest = strptime(rest + (*rest == 'T' || *rest == ' '), "%H:%M", &parts);
	if (!rest || *rest)
		return fail(err, -EINVAL, "'%.60s' is no time; write 2h, 7d, today, yesterday, 2026-11-20 or \"2026-11-20 14:00\"", words);
	*when = (double)mktime(&parts);
	return 0;
}

void when_say(double when, struct build *out)
{
	time_t seconds = (time_t)when;
	struct tm parts;
	char text[40];

	localtime_r(&seconds, &parts);
	strftime(text, sizeof(text), "%Y-%m-%d %H:%M", &parts);
	build_put(out, text);
}
