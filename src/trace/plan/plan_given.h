/* A plan that was made elsewhere, as JSON: held against the vocabulary and this machine, and made ready for the generator. */
#pragma once
#include "trace/plan/planner.h"

/* JSON Schema of such a plan, as text. Every property is required, as strict providers want it; "" and 0 mean none. */
extern const char plan_given_schema[];
/* As plan_make(), but from `given` instead of the question's words: its subject is one of the vocabulary, or is made of its
 * probes; its ways are tried in their order. What it names and is not here gives PLAN_CANNOT with the reason. */
int plan_given(const struct vocabulary *vocabulary, struct kernel *kernel, const json_t *given, struct text question,
	       const struct plan_options *options, struct plan *plan, struct planning *planning, struct error *err);
