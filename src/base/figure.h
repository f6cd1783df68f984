/* Numbers as people read them: scaled with their unit, grouped by thousands. */
#pragma once
#include "base/text.h"

/* A number split where columns align: "1.4" and " MiB". The unit begins with its blank, if it has one. */
struct figure {
	char number[48], unit[48];
};
void figure_of(double value, const char *unit, struct figure *figure);
/* "1.4 MiB", "3.2 ms", "1,204 calls"; the unit is made safe. */
void figure_write(double value, const char *unit, struct build *out);
/* Whether numbers of this unit change their unit with their size, so that each must carry its own. */
bool unit_scales(const char *unit);
bool unit_is_time(const char *unit); /* "us", and no rate */
/* A rate of things ("calls/s"), which below a column's name is just "/s". */
bool unit_short(const char *unit);
