/* A plan as data: keeping it, and saying it. */
#include "trace/plan/plan.h"
#include <math.h>
#include <string.h>
#include "base/figure.h"

static const char *const signs[] = { "==", "!=", ">", ">=", "<", "<=", "starts with", "does not start with", "is or descends from" };

const char *compare_sign(enum compare compare)
{
	return signs[compare];
}

void plan_init(struct plan *plan)
{
	*plan = (struct plan){ .arena = arena_new() };
}

void plan_done(struct plan *plan)
{
	vec_done(&plan->by);
	vec_done(&plan->show);
	vec_done(&plan->where);
	vec_done(&plan->notes);
	vec_done(&plan->percentiles);
	arena_free(plan->arena);
	*plan = (struct plan){ 0 };
}

static json_t *names_json(const name_list *list)
{
	json_t *array = json_array();

	vec_each(name, list)
		json_array_append_new(array, json_str(*name));
	return array;
}

bool plan_also(const struct plan *plan, enum measure measure)
{
	return plan->also & 1u << measure;
}

double plan_rate_span(const struct plan *plan)
{
	return plan->rate_span > 0 ? plan->rate_span : 1;
}

const char *plan_rate_unit(const struct plan *plan, bool brief)
{
	double span = plan_rate_span(plan);

	if (span >= 86400)
		return "day";
	if (span >= 3600)
		return brief ? "h" : "hour";
	return span >= 60 ? brief ? "min" : "minute" : brief ? "s" : "second";
}

static json_t *number_json(double number)
{
	return floor(number) == number ? json_integer((json_int_t)number) : json_real(number);
}

/* What is kept beside the measure, and how the buckets of a histogram are chosen and read. */
static void statistics_json(const struct plan *plan, json_t *json)
{
	json_t *also = json_array(), *percentiles = json_array();

	for (enum measure measure = MEASURE_COUNT; measure <= MEASURE_STACKS; measure++)
		if (plan_also(plan, measure))
			json_array_append_new(also, json_string(measure_name(measure)));
	vec_each(percentile, &plan->percentiles)
		json_array_append_new(percentiles, number_json(*percentile));
	if (json_array_size(also))
		json_object_set(json, "also", also);
	if (json_array_size(percentiles))
		json_object_set(json, "percentiles", percentiles);
	if (plan->linear.step > 0)
		json_object_set_new(json, "linear", json_pack("{s:o, s:o, s:o}", "from", number_json(plan->linear.from), "to",
							      number_json(plan->linear.to), "step", number_json(plan->linear.step)));
	json_decref(also);
	json_decref(percentiles);
}

json_t *plan_json(const struct plan *plan)
{
	json_t *json = json_object(), *where = json_array(), *show = json_object();

	json_object_set_new(json, "subject", json_str(plan->subject->name));
	json_object_set_new(json, "what", json_str(plan->subject->what));
	json_object_set_new(json, "measure", json_string(measure_name(plan->measure)));
	json_object_set_new(json, "value", json_str(plan->value));
	statistics_json(plan, json);
	json_object_set_new(json, "by", names_json(&plan->by));
	vec_each(condition, &plan->where) {
		json_t *one = json_object();

		json_object_set_new(one, "role", json_str(condition->role));
		json_object_set_new(one, "is", json_string(compare_sign(condition->compare)));
		json_object_set_new(one, "value", condition->text ? json_str(condition->text) :
					  floor(condition->number) == condition->number ?
						    json_integer((json_int_t)condition->number) :
						    json_real(condition->number));
		json_array_append_new(where, one);
	}
	json_object_set_new(json, "where", where);
	if (plan->top)
		json_object_set_new(show, "top", json_integer(plan->top));
	if (plan->interval > 0)
		json_object_set_new(show, "interval", json_real(plan->interval));
	if (plan->per_second)
		json_object_set_new(show, "per_second", json_true());
	if (plan->per_second && plan_rate_span(plan) > 1)
		json_object_set_new(show, "rate_of", json_str(plan_rate_unit(plan, false)));
	if (plan->seconds > 0)
		json_object_set_new(show, "seconds", json_real(plan->seconds));
	if (plan->events)
		json_object_set_new(show, "events", json_integer(plan->events));
	if (plan->hz)
		json_object_set_new(show, "hertz", json_integer(plan->hz));
	if (plan->show.len)
		json_object_set_new(show, "columns", names_json(&plan->show));
	json_object_set_new(json, "show", show);
	return json;
}

const char *plan_noun(const struct plan *plan, const struct vocabulary *vocabulary, const char *name)
{
	const struct role *role = vocabulary_role(vocabulary, name);
	const char *timed = plan->subject->timed;

	if (timed && strcmp(name, "latency") == 0)
		return strcmp(timed, "itself") == 0 ? "time" : timed;
	return role ? role->noun : name;
}

void plan_condition_value(const struct condition *condition, const struct vocabulary *vocabulary, struct build *out)
{
	const struct role *role = vocabulary_role(vocabulary, condition->role);

	if (condition->text)
		build_safe(out, text_of(condition->text), false);
	else if (role && role->kind == ROLE_NUMBER && role->unit && unit_scales(role->unit))
		figure_write(condition->number, role->unit, out);
	else
		build_fmt(out, "%.15g", condition->number);
}

/* "number of", "average, least and largest" */
static void verbs_write(const struct plan *plan, struct build *out)
{
	static const char *const verbs[] = { "count of", "total", "average", "least", "largest", "distribution of",
					     "", "stacks of" };
	static const char *const joined[] = { "number", "total", "average", "least", "largest", "distribution" };
	static const enum measure order[] = { MEASURE_COUNT, MEASURE_SUM, MEASURE_HISTOGRAM, MEASURE_AVG, MEASURE_MIN, MEASURE_MAX };
	unsigned set = plan->also | 1u << plan->measure;

	if (!plan->also)
		build_put(out, verbs[plan->measure]);
	for (size_t i = 0; plan->also && i < COUNT(order); i++) {
		bool first = set == (plan->also | 1u << plan->measure);

		if (!(set & 1u << order[i]))
			continue;
		set &= ~(1u << order[i]);
		build_fmt(out, "%s%s", first ? "" : set ? ", " : " and ", joined[order[i]]);
	}
}

void plan_words(const struct plan *plan, const struct vocabulary *vocabulary, struct build *out)
{
	if (plan->measure == MEASURE_EVENTS) {
		build_put(out, plan->subject->what);
		build_put(out, ", one by one");
	} else {
		verbs_write(plan, out);
		if (plan->value && !(plan->subject->timed && strcmp(plan->subject->timed, "itself") == 0 &&
				     strcmp(plan->value, "latency") == 0))
			build_fmt(out, " %s of", plan_noun(plan, vocabulary, plan->value));
		build_fmt(out, " %s", plan->subject->what);
	}
	for (size_t i = 0; plan->measure != MEASURE_EVENTS && i < plan->by.len; i++) {
		const char *const *name = &plan->by.at[i];

		build_fmt(out, "%s %s", name == plan->by.at ? ", by" : i + 1 < plan->by.len ? "," : " and", plan_noun(plan, vocabulary, *name));
	}
	vec_each(condition, &plan->where) {
		bool again = condition > plan->where.at && condition->compare == COMPARE_EQUAL &&
			     strcmp(condition[-1].role, condition->role) == 0;

		if (condition->compare == COMPARE_TREE) {
			build_fmt(out, "%s %s and what it starts", condition == plan->where.at ? ", of" : " and of", condition->text);
			continue;
		}
		build_fmt(out, "%s %s %s ", condition == plan->where.at ? ", where" : again ? " or" : " and",
			  plan_noun(plan, vocabulary, condition->role), compare_sign(condition->compare));
		plan_condition_value(condition, vocabulary, out);
	}
	if (plan->per_second)
		build_fmt(out, ", per %s", plan_rate_unit(plan, false));
	if (plan->interval > 0)
		build_fmt(out, ", every %g s", plan->interval);
}
