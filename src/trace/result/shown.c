/* What a run measured, as evidence to show and to cite. */
#include <string.h>
#include "trace/result/result.h"

static json_t *key_columns(const struct result *r, const struct vocabulary *vocabulary)
{
	json_t *columns = json_array();

	vec_each(name, &r->plan->by)
		json_array_append_new(columns, evidence_column(plan_noun(r->plan, vocabulary, *name), NULL, true));
	return columns;
}

static json_t *key_names(const struct result *r, const struct vocabulary *vocabulary)
{
	json_t *names = json_array();

	vec_each(name, &r->plan->by)
		json_array_append_new(names, json_str(plan_noun(r->plan, vocabulary, *name)));
	return names;
}

/* A column of the table beside the keys, and the member of a row that fills it. */
struct shown {
	const char *member, *name, *unit;
};

/* The statistics that the rows have, as one reads them: how many, on average, from, to, in all. */
static size_t statistics_shown(const struct result *r, const struct vocabulary *vocabulary, struct shown shown[8])
{
	const struct plan *plan = r->plan;
	enum measure measure = r->program->measure;
	bool stats = measure == MEASURE_AVG, beside = r->program->beside.len > 0;
	const char *unit = result_unit(r);
	size_t count = 0;

	if (stats || (beside && plan_also(plan, MEASURE_COUNT)))
		shown[count++] = (struct shown){ "count", "count", NULL };
	if (measure != MEASURE_MIN && measure != MEASURE_MAX)
		shown[count++] = (struct shown){ "value", stats ? "average" : beside && measure == MEASURE_SUM ? "total" :
						 plan->value ? plan_noun(plan, vocabulary, plan->value) : plan->subject->unit, unit };
	if (measure == MEASURE_MIN || (beside && plan_also(plan, MEASURE_MIN)))
		shown[count++] = (struct shown){ measure == MEASURE_MIN ? "value" : "min", "smallest", unit };
	if (measure == MEASURE_MAX || (beside && plan_also(plan, MEASURE_MAX)))
		shown[count++] = (struct shown){ measure == MEASURE_MAX ? "value" : "max", "largest", unit };
	if (stats)
		shown[count++] = (struct shown){ "total", "total", unit };
	if (plan->rate && result_adds(r) && r->seconds > 0)
		shown[count++] = plan->per_second ? (struct shown){ "amount", "in all", r->program->unit } :
						    (struct shown){ "per_second", "per second", arena_fmt(plan->arena, "%s/s", unit) };
	return count;
}

static json_t *table_data(const struct result *r, const struct vocabulary *vocabulary)
{
	json_t *data = json_object(), *columns = key_columns(r, vocabulary), *rows = json_array();
	struct shown shown[8];
	size_t count = statistics_shown(r, vocabulary, shown), i, k;
	const json_t *row;

	for (i = 0; i < count; i++) {
		json_t *column = evidence_column(shown[i].name, shown[i].unit, false);

		if (result_adds(r) && strcmp(shown[i].member, "value") == 0) {
			json_object_set_new(column, "share", json_true());
			json_object_set_new(column, "total", json_real(r->total));
		}
		json_array_append_new(columns, column);
	}
	json_array_foreach(r->rows, i, row) {
		json_t *cells = json_array(), *cell;

		json_array_foreach(json_object_get(row, "key"), k, cell)
			json_array_append(cells, cell);
		for (k = 0; k < count; k++) {
			cell = json_object_get(row, shown[k].member);
			json_array_append(cells, cell ? cell : json_null());
		}
		json_array_append_new(rows, cells);
	}
	json_object_set_new(data, "columns", columns);
	json_object_set_new(data, "rows", rows);
	if (r->rows_seen > json_array_size(rows))
		json_object_set_new(data, "total_rows", json_integer((json_int_t)r->rows_seen));
	return data;
}

bool result_in_user_code(const struct plan *plan, const json_t *stack)
{
	bool user = false;

	vec_each(name, &plan->by)
		user |= strcmp(*name, "ustack") == 0;
	return json_is_array(stack) && json_array_size(stack) == 0 && !user;
}

/* The key without the stacks, whose frames go one under the other, user's first (they are the leaf's end). */
static json_t *stacks_data(const struct result *r, const struct vocabulary *vocabulary)
{
	json_t *data = json_object(), *keys = json_array(), *stacks = json_array();
	const json_t *row;
	size_t i, k;

	vec_each(name, &r->plan->by)
		if (strcmp(*name, "stack") != 0 && strcmp(*name, "ustack") != 0)
			json_array_append_new(keys, json_str(plan_noun(r->plan, vocabulary, *name)));
	json_array_foreach(r->rows, i, row) {
		json_t *stack = json_object(), *key = json_array(), *kernel = NULL, *user = NULL, *frames = json_array(), *cell;

		json_array_foreach(json_object_get(row, "key"), k, cell) {
			if (k < r->plan->by.len && strcmp(r->plan->by.at[k], "stack") == 0)
				kernel = cell;
			else if (k < r->plan->by.len && strcmp(r->plan->by.at[k], "ustack") == 0)
				user = cell;
			else
				json_array_append(key, cell);
		}
		json_array_extend(frames, kernel);
		json_array_extend(frames, user);
		if (result_in_user_code(r->plan, kernel))
			json_array_append_new(frames, json_str(USER_CODE));
		json_object_set_new(stack, "key", key);
		json_object_set_new(stack, "frames", frames);
		json_object_set(stack, "value", json_object_get(row, "value"));
		json_array_append_new(stacks, stack);
	}
	json_object_set_new(data, "unit", json_str(result_unit(r)));
	json_object_set_new(data, "keys", keys);
	json_object_set_new(data, "stacks", stacks);
	return data;
}

static json_t *series_of(const json_t *rows)
{
	static const char *const statistics[] = { "average", "min", "max" };
	json_t *series = json_array();
	const json_t *row;
	size_t i;

	json_array_foreach(rows, i, row) {
		json_t *one = json_object();

		json_object_set(one, "key", json_object_get(row, "key"));
		json_object_set(one, "buckets", json_object_get(row, "buckets"));
		for (size_t s = 0; s < COUNT(statistics); s++)
			if (json_object_get(row, statistics[s]))
				json_object_set(one, statistics[s], json_object_get(row, statistics[s]));
		json_array_append_new(series, one);
	}
	return series;
}

static json_t *histogram_data(const struct result *r, const struct vocabulary *vocabulary)
{
	json_t *data = json_object(), *over_time = json_array();
	const json_t *interval, *row;
	size_t i, k;

	json_object_set_new(data, "unit", json_str(result_unit(r)));
	json_object_set_new(data, "keys", key_names(r, vocabulary));
	json_object_set_new(data, "series", series_of(r->rows));
	if (r->plan->percentiles.len) {
		json_t *percentiles = json_array();

		vec_each(percentile, &r->plan->percentiles)
			json_array_append_new(percentiles, json_real(*percentile));
		json_object_set_new(data, "percentiles", percentiles);
	}
	/* One heat map over all keys: every interval's buckets together. */
	json_array_foreach(r->intervals, i, interval) {
		json_t *column = json_object(), *buckets = json_array();

		json_array_foreach(json_object_get(json_array_get(json_object_get(interval, "maps"), 0), "rows"), k, row)
			buckets_add(buckets, json_object_get(row, "buckets"));
		json_object_set(column, "time", json_object_get(interval, "time"));
		json_object_set_new(column, "buckets", buckets);
		json_array_append_new(over_time, column);
	}
	if (json_array_size(over_time))
		json_object_set(data, "over_time", over_time);
	json_decref(over_time);
	return data;
}

static json_t *events_data(const struct result *r, const struct vocabulary *vocabulary)
{
	json_t *data = json_object(), *columns = json_array(), *rows = json_array();
	const json_t *event;
	size_t i;

	json_array_append_new(columns, evidence_column("time", "s", false));
	vec_each(name, &r->plan->show) {
		const char *unit = NULL;

		vec_each(column, &r->program->columns)
			if (strcmp(column->role, *name) == 0)
				unit = column->unit;
		json_array_append_new(columns, evidence_column(plan_noun(r->plan, vocabulary, *name), unit, false));
	}
	json_array_foreach(r->events, i, event) {
		json_t *cells = json_array();

		json_array_append(cells, json_object_get(event, "time"));
		vec_each(name, &r->plan->show) {
			json_t *cell = json_object_get(event, *name);

			json_array_append(cells, cell ? cell : json_null());
		}
		json_array_append_new(rows, cells);
	}
	json_object_set_new(data, "columns", columns);
	json_object_set_new(data, "rows", rows);
	json_object_set_new(data, "total_rows", json_integer((json_int_t)r->event_count));
	return data;
}

static bool by_stack(const struct plan *plan)
{
	vec_each(name, &plan->by)
		if (strcmp(*name, "stack") == 0 || strcmp(*name, "ustack") == 0)
			return true;
	return false;
}

struct evidence *result_evidence(const struct result *r, const struct vocabulary *vocabulary,
				 struct evidence_list *list)
{
	AUTO_BUILD title = { 0 };
	enum evidence_kind kind = EVIDENCE_TABLE;
	json_t *data;

	plan_words(r->plan, vocabulary, &title);
	if (!r->program->map) {
		kind = EVIDENCE_EVENTS;
		data = events_data(r, vocabulary);
	} else if (r->program->measure == MEASURE_HISTOGRAM) {
		kind = EVIDENCE_HISTOGRAM;
		data = histogram_data(r, vocabulary);
	} else if (by_stack(r->plan)) {
		kind = EVIDENCE_STACKS;
		data = stacks_data(r, vocabulary);
	} else {
		data = table_data(r, vocabulary);
	}
	return evidence_add(list, kind, title.at, data);
}
