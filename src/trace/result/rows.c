/* Rows of a map: sorted, merged, totalled; what a run measured, when it is over. */
#include <math.h>
#include <string.h>
#include "trace/result/result.h"

static double row_weight(const json_t *row)
{
	const json_t *buckets = json_object_get(row, "buckets"), *bucket;
	double total = 0;
	size_t i;

	json_array_foreach(buckets, i, bucket)
		total += json_get_number(bucket, "count", 0);
	return buckets ? total : json_get_number(row, "value", 0);
}

bool row_whole(const json_t *row)
{
	return json_object_get(row, "value") || json_object_get(row, "buckets");
}

static int row_order(const void *a, const void *b)
{
	double left = row_weight(*(json_t *const *)a), right = row_weight(*(json_t *const *)b);

	return left < right ? 1 : left > right ? -1 : 0;
}

void rows_sort(json_t *rows)
{
	VEC(json_t *) list = { 0 };
	const json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
		vec_push(&list, json_incref((json_t *)row));
	if (list.len)
		qsort(list.at, list.len, sizeof(json_t *), row_order);
	json_array_clear(rows);
	vec_each(one, &list)
		json_array_append_new(rows, *one);
	vec_done(&list);
}

void rows_left(json_t *rows)
{
	const json_t *row;
	bool any = false;
	size_t i;

	json_array_foreach(rows, i, row)
		any |= row_weight(row) != 0;
	for (i = json_array_size(rows); any && i > 0; i--)
		if (row_weight(json_array_get(rows, i - 1)) == 0)
			json_array_remove(rows, i - 1);
}

static double bucket_start(const json_t *bucket)
{
	return json_get_number(bucket, "min", -INFINITY);
}

/* The tracer writes from the first bucket with a count to the last: those of another interval may lie
 * between, before or behind. The order stays. */
void buckets_add(json_t *into, const json_t *from)
{
	const json_t *bucket;
	size_t i;

	json_array_foreach(from, i, bucket) {
		size_t at = 0;
		json_t *same;

		while (at < json_array_size(into) && bucket_start(json_array_get(into, at)) < bucket_start(bucket))
			at++;
		same = json_array_get(into, at);
		if (json_is_object(same) && bucket_start(same) == bucket_start(bucket))
			json_object_set_new(same, "count", json_integer((json_int_t)(json_get_number(same, "count", 0) +
										     json_get_number(bucket, "count", 0))));
		else
			json_array_insert_new(into, at, json_deep_copy(bucket));
	}
}

json_t *number_json(double value)
{
	return floor(value) == value && fabs(value) < 9e15 ? json_integer((json_int_t)value) : json_real(value);
}

enum joining { JOIN_ADDS, JOIN_LARGER, JOIN_SMALLER };

/* What only one of two rows has is kept: the maps of one key are printed one after the other. */
static void field_join(json_t *into, const json_t *from, const char *field, enum joining joining)
{
	json_t *more = json_object_get(from, field), *old = json_object_get(into, field);
	double a = json_number_value(old), b = json_number_value(more);

	if (more && !old)
		json_object_set_new(into, field, json_copy(more));
	else if (more)
		json_object_set_new(into, field, number_json(joining == JOIN_ADDS ? a + b : joining == JOIN_LARGER ? fmax(a, b) : fmin(a, b)));
}

static void row_add(const struct result *r, json_t *into, const json_t *from)
{
	json_t *buckets = json_object_get(into, "buckets"), *more = json_object_get(from, "buckets");
	enum measure measure = r->program->measure;
	double average, count;

	if (more && buckets)
		buckets_add(buckets, more);
	else if (more)
		json_object_set_new(into, "buckets", json_deep_copy(more));
	field_join(into, from, "count", JOIN_ADDS);
	field_join(into, from, "total", JOIN_ADDS);
	field_join(into, from, "max", JOIN_LARGER);
	field_join(into, from, "min", JOIN_SMALLER);
	field_join(into, from, "value", measure == MEASURE_MAX ? JOIN_LARGER : measure == MEASURE_MIN ? JOIN_SMALLER : JOIN_ADDS);
	if (!json_object_get(into, "total"))
		return;
	count = json_get_number(into, "count", 0);
	average = count > 0 ? json_get_number(into, "total", 0) / count : 0;
	/* Whole as the tracer's own, but for what was scaled. */
	average = json_is_integer(json_object_get(into, "total")) ? floor(average) : round(average * 1000) / 1000;
	json_object_set_new(into, "average", number_json(average));
	if (json_object_get(into, "value"))
		json_object_set_new(into, "value", number_json(average));
}

/* Rows of one key become one: decoding may map two raw keys to one name. Keys are looked up as one string. */
void rows_merge(const struct result *r, json_t *into, const json_t *from)
{
	AUTO_JSON index = json_object();
	const json_t *row;
	size_t i;

	json_array_foreach(into, i, row) {
		AUTO_FREE char *key = json_dumps(json_object_get((json_t *)row, "key"), JSON_COMPACT);

		json_object_set(index, key, (json_t *)row);
	}
	json_array_foreach(from, i, row) {
		AUTO_FREE char *key = json_dumps(json_object_get((json_t *)row, "key"), JSON_COMPACT);
		json_t *old = json_object_get(index, key);

		if (old) {
			row_add(r, old, row);
			continue;
		}
		json_t *copy = json_deep_copy(row);

		json_array_append_new(into, copy);
		json_object_set(index, key, copy);
	}
}

/* ---- finishing ---- */

static double cents(double value)
{
	return round(value * 100) / 100;
}

static void rate_set(json_t *row, const struct plan *plan, double seconds)
{
	double amount = json_get_number(row, "value", 0);

	json_object_set_new(row, "amount", number_json(amount));
	json_object_set_new(row, "per_second", number_json(cents(amount / seconds)));
	if (plan->per_second)
		json_object_set_new(row, "value", json_real(cents(amount * plan_rate_span(plan) / seconds)));
}

void result_order(struct result *r, double seconds)
{
	const struct plan *plan = r->plan;
	bool adds = result_adds(r);
	json_t *row;
	size_t i;

	rows_sort(r->rows);
	if (r->program->kept)
		rows_left(r->rows);
	r->total = 0;
	r->seconds = seconds;
	json_array_foreach(r->rows, i, row) {
		r->total += row_weight(row);
		if (seconds <= 0)
			continue;
		if (plan->rate && adds)
			rate_set(row, plan, seconds);
		else if (plan->per_second)
			json_object_set_new(row, "value", json_real(cents(json_get_number(row, "value", 0) * plan_rate_span(plan) / seconds)));
	}
	r->amount = r->total;
	if (plan->per_second && seconds > 0)
		r->total *= plan_rate_span(plan) / seconds;
	r->rows_seen = json_array_size(r->rows);
	while (plan->top > 0 && json_array_size(r->rows) > (size_t)plan->top)
		json_array_remove(r->rows, json_array_size(r->rows) - 1);
}

void result_view(const struct result *r, const json_t *rows, double seconds, struct result *view)
{
	*view = *r;
	view->rows = json_array();
	rows_merge(r, view->rows, rows);
	result_order(view, seconds);
}

void result_finish(struct result *r, double seconds)
{
	json_t *row;
	size_t i;

	shot_add(r);
	result_misfit(r);
	/* Buckets without any count tell nothing at the ends. */
	json_array_foreach(r->rows, i, row) {
		json_t *buckets = json_object_get(row, "buckets");

		while (json_array_size(buckets) && json_get_number(json_array_get(buckets, 0), "count", 0) == 0)
			json_array_remove(buckets, 0);
		while (json_array_size(buckets) &&
		       json_get_number(json_array_get(buckets, json_array_size(buckets) - 1), "count", 0) == 0)
			json_array_remove(buckets, json_array_size(buckets) - 1);
	}
	/* A key without an occurrence is no row; but a least or largest value may well be 0. */
	for (i = json_array_size(r->rows); i-- > 0;)
		if (!row_whole(json_array_get(r->rows, i)))
			json_array_remove(r->rows, i);
		else if (r->program->measure != MEASURE_MIN && r->program->measure != MEASURE_MAX && row_weight(json_array_get(r->rows, i)) == 0 && !json_object_get(json_array_get(r->rows, i), "total"))
			json_array_remove(r->rows, i);
	result_order(r, seconds);
}

/* ---- distributions ---- */

double result_count(const json_t *row)
{
	const json_t *buckets = json_object_get(row, "buckets"), *bucket;
	double total = 0;
	size_t i;

	json_array_foreach(buckets, i, bucket)
		total += json_get_number(bucket, "count", 0);
	return total;
}

/* The upper edge of a bucket, or the lower one of the last, which has none. */
static double bucket_edge(const json_t *bucket, bool *ended)
{
	*ended = json_object_get(bucket, "max") != NULL;
	return json_get_number(bucket, *ended ? "max" : "min", 0);
}

double result_quantile(const json_t *rows, const json_t *only, double part, bool *ended)
{
	double total = 0, edge = 0, low = -INFINITY;
	const json_t *row, *bucket;
	size_t i, k;

	json_array_foreach(rows, i, row)
		total += !only || only == row ? result_count(row) : 0;
	/* The least edge below which enough lie. */
	for (;;) {
		double next = INFINITY, below = 0;
		bool closed;

		*ended = true;
		json_array_foreach(rows, i, row)
			json_array_foreach(json_object_get(row, "buckets"), k, bucket) {
				double here = bucket_edge(bucket, &closed);

				if ((only && only != row) || here <= low || here > next || json_get_number(bucket, "count", 0) <= 0)
					continue;
				*ended = here < next ? closed : *ended && closed;
				next = here;
			}
		if (!isfinite(next))
			return edge;
		json_array_foreach(rows, i, row)
			json_array_foreach(json_object_get(row, "buckets"), k, bucket)
				if ((!only || only == row) && bucket_edge(bucket, &closed) <= next)
					below += json_get_number(bucket, "count", 0);
		edge = low = next;
		if (below >= part * total)
			return edge;
	}
}
