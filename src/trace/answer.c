/* The answer in a few sentences. */
#include "trace/answer.h"
#include <math.h>
#include <string.h>
#include "base/figure.h"
#include "trace/plan/planner.h"

struct writing {
	const struct result *r;
	const struct run_report *run;
	const struct vocabulary *vocabulary;
	answer_number *number;
	struct build *out;
};

static const char *noun_of(const struct writing *w, const char *name)
{
	return plan_noun(w->r->plan, w->vocabulary, name);
}

/* "bash (pid 12)"; a stack is named by its first frame. */
static void key_say(const struct writing *w, const json_t *row)
{
	const json_t *key = json_object_get(row, "key"), *cell;
	bool any = false;
	size_t i;

	json_array_foreach(key, i, cell) {
		const char *role = i < w->r->plan->by.len ? w->r->plan->by.at[i] : "";

		build_put(w->out, any ? ", " : "");
		if (json_is_array(cell) && json_array_size(cell))
			build_fmt(w->out, "in %s()", json_string_value(json_array_get(cell, 0)));
		else if (json_is_array(cell))
			build_put(w->out, result_in_user_code(w->r->plan, cell) ? "in the program's own code" : "in an empty stack");
		else if (json_is_string(cell) && json_string_length(cell))
			build_safe(w->out, text_of(json_string_value(cell)), false);
		else if (json_is_string(cell))
			build_fmt(w->out, "no %s", noun_of(w, role));
		else
			build_fmt(w->out, "%s %.15g", noun_of(w, role), json_number_value(cell));
		any = true;
	}
}

static void how(const struct writing *w)
{
	const struct program *program = w->r->program;

	build_fmt(w->out, "Watched %s for ", w->r->plan->subject->what);
	/* A command may be over in a moment; below a second it is told as in the title. */
	w->number(w->run->seconds < 1 ? w->run->seconds : w->run->seconds < 10 ? round(w->run->seconds * 10) / 10 :
		  round(w->run->seconds), "s", w->out);
	if (program->probes.len == 1)
		build_fmt(w->out, " through %s", program->probes.at[0]);
	else if (program->probes.len == 2)
		build_fmt(w->out, " through %s and %s", program->probes.at[0], program->probes.at[1]);
	else
		build_fmt(w->out, " through %zu probes (%s and others)", program->probes.len, program->probes.at[0]);
	if (w->run->stage == RUN_BUSY)
		build_put(w->out, ", when it was stopped to spare the machine");
	build_put(w->out, ".");
}

/* The other half of an amount and its rate. */
static void rate_say(const struct writing *w)
{
	const char *unit = w->r->program->measure == MEASURE_COUNT ? "" : w->r->program->unit;

	if (w->r->plan->per_second && w->r->seconds > 0) {
		build_put(w->out, " (");
		w->number(w->r->amount, w->r->program->unit, w->out);
		build_put(w->out, ")");
	} else if (w->run->seconds >= 0.5) {
		build_put(w->out, ", ");
		w->number(round(w->r->amount / w->run->seconds * 10) / 10, unit, w->out);
		build_put(w->out, " a second");
	}
}

/* How many of the rows, which are sorted, have what the first has. */
static size_t equal_first(const json_t *rows)
{
	double top = json_get_number(json_array_get(rows, 0), "value", 0);
	size_t equal = 0;

	while (equal < json_array_size(rows) && json_get_number(json_array_get(rows, equal), "value", 0) == top)
		equal++;
	return equal;
}

static void shares(const struct writing *w)
{
	const json_t *rows = w->r->rows, *first = json_array_get(rows, 0);
	size_t count = w->r->rows_seen;
	double top = json_get_number(first, "value", 0), three = 0;
	const json_t *row;
	size_t i, equal;
	bool cut;

	build_put(w->out, " In all ");
	w->number(w->r->total, result_unit(w->r), w->out);
	rate_say(w);
	if (w->r->plan->by.len == 0) {
		build_put(w->out, " [1].");
		return;
	}
	build_fmt(w->out, " [1]; ");
	equal = equal_first(rows);
	cut = equal == json_array_size(rows) && equal < count; /* there may be more of them */
	if (equal > 1 && equal == count)
		build_fmt(w->out, "all %zu have the same, ", count);
	else if (equal > 2 || (equal > 1 && cut))
		build_fmt(w->out, "%s%zu of %zu have the most, each ", cut ? "at least " : "", equal, count);
	else
		key_say(w, first);
	if (count == 1) {
		build_put(w->out, " alone.");
		return;
	}
	if (equal == 2 && !cut && count > 2) {
		build_put(w->out, " and ");
		key_say(w, json_array_get(rows, 1));
		build_put(w->out, " have the most, each ");
	} else if (equal == 1) {
		build_put(w->out, " leads with ");
	}
	w->number(top, result_unit(w->r), w->out);
	if (w->r->total > 0)
		build_fmt(w->out, " (%.0f %%)", top / w->r->total * 100);
	if (equal == count) {
		build_put(w->out, " each.");
		return;
	}
	json_array_foreach(rows, i, row)
		if (i < 3)
			three += json_get_number(row, "value", 0);
	if (count > 4 && w->r->total > 0)
		build_fmt(w->out, ", the first three of %zu have %.0f %%", count, three / w->r->total * 100);
	build_put(w->out, ".");
}

/* The function that was running: the kernel's when it was in the kernel, else the program's. */
static const char *leaf_of(const struct writing *w, const json_t *row)
{
	static const char *const order[] = { "stack", "ustack" };
	const json_t *key = json_object_get(row, "key");

	for (size_t i = 0; i < COUNT(order); i++)
		for (size_t k = 0; k < w->r->plan->by.len; k++) {
			const json_t *frames = json_array_get(key, k);

			if (strcmp(w->r->plan->by.at[k], order[i]) != 0)
				continue;
			if (json_array_size(frames))
				return json_string_value(json_array_get(frames, 0));
			if (result_in_user_code(w->r->plan, frames))
				return USER_CODE;
		}
	return "code without a name";
}

static void add_up(json_t *sums, const char *name, double value)
{
	json_object_set_new(sums, name, json_real(json_get_number(sums, name, 0) + value));
}

static const char *largest(const json_t *sums, double *value)
{
	const char *name, *found = "";
	json_t *number;

	*value = 0;
	json_object_foreach((json_t *)sums, name, number)
		if (json_number_value(number) > *value) {
			*value = json_number_value(number);
			found = name;
		}
	return found;
}

/* Single stacks are many and small: who and which function tell more. */
static void stacks_say(const struct writing *w)
{
	AUTO_JSON owners = json_object();
	AUTO_JSON leaves = json_object();
	const json_t *row;
	double value;
	const char *name;
	size_t i;

	json_array_foreach(w->r->rows, i, row) {
		const char *owner = json_string_value(json_array_get(json_object_get(row, "key"), 0));

		value = json_get_number(row, "value", 0);
		add_up(owners, owner ? owner : "", value);
		add_up(leaves, leaf_of(w, row), value);
	}
	build_put(w->out, " In all ");
	w->number(w->r->total, result_unit(w->r), w->out);
	build_put(w->out, " [1]");
	name = largest(owners, &value);
	if (name[0] && w->r->total > 0) {
		build_put(w->out, "; ");
		build_safe(w->out, text_of(name), false);
		build_fmt(w->out, " has %.0f %%", value / w->r->total * 100);
	}
	name = largest(leaves, &value);
	if (w->r->total > 0 && strcmp(name, USER_CODE) == 0) {
		build_fmt(w->out, "; most often the program's own code ran, whose stack was not asked for (%.0f %%)", value / w->r->total * 100);
	} else if (w->r->total > 0) {
		build_put(w->out, "; most often on top of the stack: ");
		build_safe(w->out, text_of(name), false);
		build_fmt(w->out, " (%.0f %%)", value / w->r->total * 100);
	}
	build_fmt(w->out, w->r->rows_seen == 1 ? ", all in one stack." : ", of %zu different stacks.", w->r->rows_seen);
}

static bool is_time(const struct writing *w)
{
	const char *unit = w->r->program->unit;

	return strcmp(unit, "us") == 0 || strcmp(unit, "ns") == 0 || strcmp(unit, "ms") == 0;
}

/* Times are cut to whole units: what is counted as 7 us took less than 8. */
static void below_say(const struct writing *w, const json_t *only, double part)
{
	bool ended;
	double edge = result_quantile(w->r->rows, only, part, &ended);

	if (ended && is_time(w) && edge == floor(edge))
		edge += 1;
	build_put(w->out, !ended ? "" : is_time(w) ? "less than " : "at most ");
	w->number(edge, result_unit(w->r), w->out);
	build_put(w->out, ended ? "" : " or more");
}

/* Of several, the one whose 99 % reach furthest, among those with enough to tell. */
static void tail_say(const struct writing *w)
{
	const json_t *row, *found = NULL;
	double highest = 0;
	bool ended;
	size_t i;

	json_array_foreach(w->r->rows, i, row) {
		double edge = result_count(row) < fmax(5, w->r->total / 100) ? -1 : result_quantile(w->r->rows, row, 0.99, &ended);

		if (edge > highest || (!found && edge >= 0)) {
			highest = edge;
			found = row;
		}
	}
	if (!found)
		return;
	build_fmt(w->out, "; the %s are those of ", is_time(w) ? "longest" : "largest");
	key_say(w, found);
	build_fmt(w->out, ": 99 %% %s ", is_time(w) ? "took" : "are");
	below_say(w, found, 0.99);
}

/* What was asked for, or half and 99 %. A bucket tells no more than its bounds. */
static void percentiles_say(const struct writing *w)
{
	static const double usual[] = { 50, 99 };
	const struct plan *plan = w->r->plan;
	const double *list = plan->percentiles.len ? plan->percentiles.at : usual;
	size_t count = plan->percentiles.len ? plan->percentiles.len : COUNT(usual);

	for (size_t i = 0; i < count; i++) {
		build_put(w->out, i ? ", " : "");
		if (list[i] == 50)
			build_fmt(w->out, "half%s", plan->percentiles.len ? " (the median)" : "");
		else
			build_fmt(w->out, "%.6g %%", list[i]);
		build_put(w->out, i ? " " : is_time(w) ? " took " : " had ");
		below_say(w, NULL, list[i] / 100);
	}
	if (plan->percentiles.len)
		build_put(w->out, " (bounds of buckets: a histogram tells no percentile more closely)");
}

static void distribution(const struct writing *w)
{
	const json_t *first = json_array_get(w->r->rows, 0);
	size_t rows = json_array_size(w->r->rows);

	build_put(w->out, " In all ");
	w->number(w->r->total, w->r->plan->subject->unit, w->out);
	build_put(w->out, " [1]; ");
	if (rows == 1 && w->r->plan->by.len) {
		build_put(w->out, "of ");
		key_say(w, first);
		build_put(w->out, " (");
		w->number(result_count(first), "", w->out);
		build_put(w->out, ") ");
	}
	percentiles_say(w);
	if (rows > 1)
		tail_say(w);
	build_put(w->out, ".");
}

static void extremes(const struct writing *w)
{
	const json_t *first = json_array_get(w->r->rows, 0);
	static const char *const words[] = { [MEASURE_AVG] = "the highest average", [MEASURE_MIN] = "the highest minimum",
					     [MEASURE_MAX] = "the largest value" };

	build_put(w->out, " ");
	if (w->r->plan->by.len) {
		size_t equal = equal_first(w->r->rows);

		key_say(w, first);
		if (equal > 1)
			build_fmt(w->out, " and %zu other%s have", equal - 1, equal > 2 ? "s" : "");
		build_fmt(w->out, "%s %s, ", equal > 1 ? "" : " has", words[w->r->program->measure]);
	} else {
		build_put(w->out, "It is ");
	}
	w->number(json_get_number(first, "value", 0), result_unit(w->r), w->out);
	if (w->r->program->measure == MEASURE_AVG) {
		build_put(w->out, " over ");
		w->number(json_get_number(first, "count", 0), w->r->plan->subject->unit, w->out);
	}
	build_put(w->out, " [1].");
}

/* The row that goes furthest in one statistic; NULL: no row has it. */
static const json_t *furthest(const struct writing *w, const char *field, bool least)
{
	const json_t *row, *found = NULL;
	size_t i;

	json_array_foreach(w->r->rows, i, row) {
		double value = json_get_number(row, field, 0), best = json_get_number(found, field, 0);

		if (json_object_get(row, field) && (!found || (least ? value < best : value > best)))
			found = row;
	}
	return found;
}

static void furthest_say(const struct writing *w, enum measure measure)
{
	const char *field = measure_name(measure);
	const json_t *row = furthest(w, field, measure == MEASURE_MIN);

	if (!row)
		return;
	build_put(w->out, measure == MEASURE_MIN ? " The smallest of all is " : " The largest of all is ");
	w->number(json_get_number(row, field, 0), result_unit(w->r), w->out);
	if (w->r->plan->by.len) {
		build_put(w->out, " (");
		key_say(w, row);
		build_put(w->out, ")");
	}
	build_put(w->out, " [1].");
}

static double sum_of(const struct writing *w, const char *field)
{
	double sum = 0;
	const json_t *row;
	size_t i;

	json_array_foreach(w->r->rows, i, row)
		sum += json_get_number(row, field, 0);
	return sum;
}

/* The statistics that were asked for beside the one that the rows are sorted by. */
static void beside_say(const struct writing *w)
{
	double count = sum_of(w, "count");

	vec_each(beside, &w->r->program->beside) {
		if (beside->measure == MEASURE_MIN || beside->measure == MEASURE_MAX) {
			furthest_say(w, beside->measure);
		} else if (count > 0) {
			bool average = beside->measure == MEASURE_AVG;
			double value = average ? round(sum_of(w, "total") / count * 1000) / 1000 : count;

			build_put(w->out, average ? " The average of all is " : " They were ");
			w->number(value, average ? result_unit(w->r) : w->r->plan->subject->unit, w->out);
			build_put(w->out, " [1].");
		}
	}
}

static void events_say(const struct writing *w)
{
	build_put(w->out, " Saw ");
	w->number((double)w->r->event_count, w->r->plan->subject->unit, w->out);
	build_put(w->out, " [1]");
	if (w->r->event_count > json_array_size(w->r->events))
		build_fmt(w->out, "; the first %zu were kept, the rest was only counted", json_array_size(w->r->events));
	build_put(w->out, ".");
}

static bool stacks_listed(const struct plan *plan)
{
	vec_each(name, &plan->by)
		if (strcmp(*name, "stack") == 0 || strcmp(*name, "ustack") == 0)
			return true;
	return false;
}

void answer_write(const struct result *result, const struct run_report *run, const struct vocabulary *vocabulary,
		  answer_number *number, struct build *out)
{
	struct writing w = { result, run, vocabulary, number, out };

	how(&w);
	if (!result->program->map)
		events_say(&w);
	else if (result->program->measure == MEASURE_HISTOGRAM)
		distribution(&w);
	else if (result->program->measure != MEASURE_HISTOGRAM && stacks_listed(result->plan))
		stacks_say(&w);
	else if (result->program->measure == MEASURE_COUNT || result->program->measure == MEASURE_SUM ||
		 result->program->measure == MEASURE_STACKS)
		shares(&w);
	else
		extremes(&w);
	beside_say(&w);
	if (result->plan->subject->hint)
		build_fmt(out, " %s", result->plan->subject->hint);
}

void answer_nothing(const struct result *result, const struct run_report *run, const struct vocabulary *vocabulary,
		    struct build *out)
{
	const struct plan *plan = result->plan;

	build_fmt(out, "Nothing was seen: %zu probe%s (%s%s) %s live for %.1f s and no occurrence of %s %s",
		  result->program->probes.len, result->program->probes.len == 1 ? "" : "s",
		  result->program->probes.len ? result->program->probes.at[0] : "", result->program->probes.len > 1 ? ", …" : "",
		  result->program->probes.len == 1 ? "was" : "were", run->seconds, plan->subject->what,
		  plan->where.len ? "passed the filter" : "came from any process but the tracer's own");
	if (run->firings > 0) {
		build_put(out, "; the probes fired ");
		figure_write(run->firings, "times", out);
	}
	else if (run->firings == 0)
		build_put(out, "; the probes did not fire at all");
	build_put(out, run->stage == RUN_BUSY ? ". It was stopped to spare the machine." : ".");
	vec_each(condition, &plan->where) {
		bool prefix;

		if (strcmp(condition->role, "process") == 0 && condition->text && condition->compare == COMPARE_EQUAL &&
		    !name_of_process(text_of(condition->text), &prefix))
			build_fmt(out, " No process is named '%s' now.", condition->text);
		else if (condition->compare == COMPARE_TREE)
			build_fmt(out, " Only what %s and its descendants did was looked at (--all: the whole machine meanwhile).",
				  condition->text);
		else {
			build_fmt(out, " Only those were looked for whose %s %s ", plan_noun(plan, vocabulary, condition->role),
				  compare_sign(condition->compare));
			plan_condition_value(condition, vocabulary, out);
			build_put(out, ".");
		}
	}
	build_put(out, " Try a longer time (--for 60)");
	build_put(out, plan->where.len ? ", fewer conditions, or cause the activity while it watches." :
					 ", or cause the activity while it watches.");
}
