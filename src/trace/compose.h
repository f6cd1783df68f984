/* From the words and a subject to a plan. */
#pragma once
#include "trace/bind.h"
#include "trace/planner.h"

/* One probe of a way, for binding roles before anything is written. */
struct spot spot_of(struct wish *wish, const struct way *way);
/* Fills measure, value, keys, conditions and columns of wish->plan for one way of a subject. `spot` is a
 * probe of that way. Roles that cannot be bound stay in the plan when they were asked for: writing the
 * program then says what is missing. */
void plan_compose(struct wish *wish, const struct subject *subject, const struct way *way,
		  const struct spot *spot);
