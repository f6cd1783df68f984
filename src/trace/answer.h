/* The answer in a few sentences, from measured numbers only. */
#pragma once
#include "trace/result/result.h"
#include "trace/run/run.h"

/* Writes a number with its unit as people read it; report_number() is one. */
typedef void answer_number(double value, const char *unit, struct build *out); /* a callback's type */

/* Two to six sentences: what was watched and how, what stands out with its share, how to read it, what to
 * ask next. [1] cites the evidence. */
void answer_write(const struct result *result, const struct run_report *run, const struct vocabulary *vocabulary,
		  answer_number *number, struct build *out);
/* Why nothing was seen, and what to try. */
void answer_nothing(const struct result *result, const struct run_report *run, const struct vocabulary *vocabulary,
		    struct build *out);
