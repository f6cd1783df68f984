/* From the words and a subject to a plan: the buckets of a histogram, in the base unit of what is measured. */
#include <math.h>
#include <string.h>
#include "trace/compose.h"

#define BUCKETS_USUAL 32u /* when only the range was said */
#define BUCKETS_AHEAD 50u /* when only the step was */

/* The next of 1, 2, 5, 10, 20 …; of bytes a power of two. */
static double round_step(double least, bool bytes)
{
	double step = bytes ? exp2(ceil(log2(least))) : pow(10, floor(log10(least)));

	if (!bytes)
		step *= least <= step ? 1 : least <= 2 * step ? 2 : least <= 5 * step ? 5 : 10;
	return step < 1 ? 1 : step;
}

static double scale_of(const char *type, enum unit_kind kind)
{
	static const struct {
		const char *type;
		double ns;
	} times[] = { { "ns", 1 }, { "us", 1e3 }, { "ms", 1e6 } };

	/* Histograms of time are in us, and so is a bound without a unit. */
	for (size_t i = 0; i < COUNT(times); i++)
		if (strcmp(type, times[i].type) == 0)
			return kind == UNIT_TIME ? 1 / times[i].ns : strcmp(type, "ns") == 0 ? 1e3 : 1;
	return 1;
}

static bool kind_fits(const char *type, enum unit_kind kind)
{
	bool time = strcmp(type, "ns") == 0 || strcmp(type, "us") == 0 || strcmp(type, "ms") == 0;

	return kind == UNIT_NONE || (kind == UNIT_TIME ? time : kind == UNIT_SIZE && !time);
}

/* Without bounds there is nothing to divide, and what is usual differs too much to be guessed. */
static void bounds_note(struct plan *plan, const char *type)
{
	const char *example = kind_fits(type, UNIT_TIME) ? "from 0 to 100 ms in steps of 5 ms" :
			      strcmp(type, "bytes") == 0 ? "from 0 to 4096 in steps of 128" : "from 0 to 64 in steps of 4";

	vec_push(&plan->notes, arena_fmt(plan->arena, "Its buckets are powers of two, as a linear histogram needs bounds: "
						      "add for example \"%s\".", example));
}

void linear_choose(struct wish *wish, const struct spot *spot)
{
	const struct linear_wish *linear = &wish->linear;
	struct plan *plan = wish->plan;
	double scale, from, to, step;
	struct bound b;

	if (plan->measure != MEASURE_HISTOGRAM)
		plan->percentiles.len = 0;
	if (!linear->asked || plan->measure != MEASURE_HISTOGRAM || !plan->value)
		return;
	/* "in buckets of 10 ms": a time is measured. */
	if (!bind_role(spot, plan->value, &b, NULL))
		return;
	if (!kind_fits(b.type, linear->kind)) {
		const char *meant = linear->kind == UNIT_TIME ? "latency" : "size";

		if (!bind_role(spot, meant, &b, NULL)) {
			bounds_note(plan, "");
			return;
		}
		if (!kind_fits(b.type, linear->kind)) {
			bounds_note(plan, b.type);
			return;
		}
		plan->value = meant;
	}
	scale = scale_of(b.type, linear->kind);
	from = linear->from * scale;
	to = linear->to * scale;
	step = linear->step * scale;
	if (!linear->ranged && strcmp(b.type, "percent") == 0)
		to = 100;
	else if (!linear->ranged)
		to = step * (linear->count > 0 ? linear->count : BUCKETS_AHEAD);
	if (step <= 0 && to > from)
		step = linear->count > 0 ? (to - from) / linear->count : round_step((to - from) / BUCKETS_USUAL, strcmp(b.type, "bytes") == 0);
	if (step <= 0) {
		bounds_note(plan, b.type);
		return;
	}
	plan->linear = (struct linear){ from, to, step };
}
