/* Units of numbers in a question. */
#include "trace/words/units.h"
#include <stdio.h>
#include <string.h>
#include "trace/plan/planner.h"

static const struct {
	const char *name;
	enum unit_kind kind;
	double scale;
} unit_names[] = {
	{ "ns", UNIT_TIME, 1 },	      { "nanosecond", UNIT_TIME, 1 },	 { "us", UNIT_TIME, 1e3 },
	{ "usec", UNIT_TIME, 1e3 },   { "microsecond", UNIT_TIME, 1e3 }, { "ms", UNIT_TIME, 1e6 },
	{ "millisec", UNIT_TIME, 1e6 }, { "microsec", UNIT_TIME, 1e3 }, { "nanosec", UNIT_TIME, 1 },
	{ "msec", UNIT_TIME, 1e6 },   { "millisecond", UNIT_TIME, 1e6 }, { "s", UNIT_TIME, 1e9 },
	{ "sec", UNIT_TIME, 1e9 },    { "second", UNIT_TIME, 1e9 },	 { "min", UNIT_TIME, 60e9 },
	{ "minute", UNIT_TIME, 60e9 }, { "h", UNIT_TIME, 3600e9 },	 { "hour", UNIT_TIME, 3600e9 },
	{ "秒", UNIT_TIME, 1e9 },     { "毫秒", UNIT_TIME, 1e6 },	 { "微秒", UNIT_TIME, 1e3 },
	{ "\u00b5s", UNIT_TIME, 1e3 }, { "\u03bcs", UNIT_TIME, 1e3 }, /* the micro sign and the Greek letter */
	{ "纳秒", UNIT_TIME, 1 },     { "分钟", UNIT_TIME, 60e9 },	 { "小时", UNIT_TIME, 3600e9 },
	{ "秒钟", UNIT_TIME, 1e9 },   { "b", UNIT_SIZE, 1 },		 { "byte", UNIT_SIZE, 1 },
	{ "字节", UNIT_SIZE, 1 },     { "k", UNIT_SIZE, 1024 },		 { "kb", UNIT_SIZE, 1024 },
	{ "kib", UNIT_SIZE, 1024 },   { "kilobyte", UNIT_SIZE, 1024 },	 { "mb", UNIT_SIZE, 1 << 20 },
	{ "mib", UNIT_SIZE, 1 << 20 }, { "megabyte", UNIT_SIZE, 1 << 20 }, { "gb", UNIT_SIZE, 1 << 30 },
	{ "gib", UNIT_SIZE, 1 << 30 }, { "gigabyte", UNIT_SIZE, 1 << 30 }, { "g", UNIT_SIZE, 1 << 30 },
	{ "hz", UNIT_HERTZ, 1 },      { "hertz", UNIT_HERTZ, 1 },	 { "赫兹", UNIT_HERTZ, 1 },
};

size_t tokens_spell(const struct question *q, size_t at, const char *name)
{
	size_t used = 0, start = at;

	for (; at < q->tokens.len && name[used]; at++) {
		const char *part = q->tokens.at[at].word.kind == WORD_HAN ? q->tokens.at[at].canonical :
									     q->tokens.at[at].word.base;
		size_t len = strlen(part);

		if (strncmp(name + used, part, len) != 0)
			return 0;
		used += len;
	}
	return name[used] ? 0 : at - start;
}

bool time_unit_at(const struct question *q, size_t at)
{
	for (size_t i = 0; at < q->tokens.len && i < COUNT(unit_names); i++)
		if (unit_names[i].kind == UNIT_TIME && strlen(unit_names[i].name) > 1 && tokens_spell(q, at, unit_names[i].name))
			return true;
	return false;
}

struct unit unit_at(const struct question *q, size_t at, bool compared)
{
	const struct word *word = &q->tokens.at[at].word;
	struct unit best = { 0 };

	if (strcmp(word->unit, "m") == 0)
		return compared ? (struct unit){ UNIT_SIZE, 1 << 20, 0 } : (struct unit){ UNIT_TIME, 60e9, 0 };
	for (size_t i = 0; i < COUNT(unit_names); i++) {
		size_t len = word->unit[0] ? 0 : tokens_spell(q, at + 1, unit_names[i].name);

		if (word->unit[0] ? strcmp(word->unit, unit_names[i].name) == 0 : len > best.len)
			best = (struct unit){ unit_names[i].kind, unit_names[i].scale, len };
	}
	return best;
}

/* "15 secnds", "2 minuts", "20 milisecs": the unit that follows the number before the last token, for which this is a slip. */
const char *unit_slip(const struct question *q, const char *written)
{
	static const char *const units[] = { "second", "minute", "hour", "millisecond", "microsecond", "nanosecond", "millisec", "microsec" };
	size_t at = q->tokens.len - 1, len = strlen(written);

	if (at == 0 || q->tokens.at[at - 1].word.kind != WORD_NUMBER || q->tokens.at[at - 1].word.comma || q->tokens.at[at - 1].word.unit[0])
		return NULL;
	for (size_t i = 0; i < COUNT(units); i++) {
		unsigned most = len < 5 ? 1 : 2;
		char plural[24];

		snprintf(plural, sizeof(plural), "%ss", units[i]);
		if (len >= 4 && written[0] == units[i][0] && (word_distance(written, units[i], most) <= most || word_distance(written, plural, most) <= most))
			return i == 6 ? "millisecond" : i == 7 ? "microsecond" : units[i];
	}
	return NULL;
}
