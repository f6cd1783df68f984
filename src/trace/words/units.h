/* Units of numbers in a question. */
#pragma once
#include "trace/words/question.h"

enum unit_kind { UNIT_NONE, UNIT_TIME, UNIT_SIZE, UNIT_HERTZ };
struct unit {
	enum unit_kind kind;
	double scale; /* to ns or bytes */
	size_t len;   /* tokens after the number that name it */
};
/* The unit of the number at `at`: written together with it, or the next words. `compared`: "m" is of sizes there, and
 * else of minutes. */
struct unit unit_at(const struct question *question, size_t at, bool compared);
/* How many tokens from `at` spell `name` (Chinese takes one a character); 0: they do not. */
size_t tokens_spell(const struct question *question, size_t at, const char *name);
/* The unit of time that the last token, written so after a number, is a slip for; NULL: none. */
const char *unit_slip(const struct question *question, const char *written);
