/* What a run measured. */
#include "trace/result.h"
#include <math.h>
#include <string.h>
#include "trace/decode.h"

#define EVENTS_MOST	 10000
#define EVENT_BYTES_MOST ((size_t)16 << 20)

void result_init(struct result *r, const struct plan *plan, const struct program *program)
{
	*r = (struct result){ .plan = plan, .program = program, .rows = json_array(), .shot = json_array(),
			      .intervals = json_array(), .events = json_array(), .first_time = -1,
			      .text = { .ceiling = 1 << 20 } };
}

void result_done(struct result *r)
{
	json_decref(r->rows);
	json_decref(r->shot);
	json_decref(r->intervals);
	json_decref(r->events);
	build_done(&r->text);
	*r = (struct result){ 0 };
}

const char *result_kind(const struct result *r)
{
	static const char *const kinds[] = { "count", "sum", "stats", "value", "value", "histogram", "events", "count" };

	return r->plan->per_second ? "value" : kinds[r->program->measure];
}

const char *result_unit(const struct result *r)
{
	return r->plan->per_second ? arena_fmt(r->plan->arena, "%s/s", r->program->unit) : r->program->unit;
}

/* ---- taking ---- */

static json_t *row_new(const struct result *r, const char *key)
{
	json_t *row = json_object();

	json_object_set_new(row, "key", key ? decode_key(r->program, text_of(key)) : json_array());
	return row;
}

static void value_take(struct result *r, const char *key, const json_t *value)
{
	json_t *row = row_new(r, key);

	if (json_is_array(value)) {
		json_object_set_new(row, "buckets", json_deep_copy(value));
	} else if (json_is_object(value)) { /* stats */
		json_object_set(row, "count", json_object_get(value, "count"));
		json_object_set(row, "average", json_object_get(value, "average"));
		json_object_set(row, "total", json_object_get(value, "total"));
		json_object_set(row, "value", json_object_get(value, "average"));
	} else if (json_is_string(value)) { /* the newest versions write the largest numbers as text */
		double number = 0;

		text_real(text_of(json_string_value(value)), &number);
		json_object_set_new(row, "value", json_real(number));
	} else {
		json_object_set_new(row, "value", json_deep_copy(value));
	}
	json_array_append_new(r->shot, row);
}

/* ---- whether what comes is of the form that was described; of programs that were written elsewhere it need not be ---- */

static void misfit(struct result *r, const char *format, ...) PRINTF(2, 3);
static void misfit(struct result *r, const char *format, ...)
{
	va_list args;

	if (r->misfit[0])
		return;
	va_start(args, format);
	vsnprintf(r->misfit, sizeof(r->misfit), format, args);
	va_end(args);
}

static void key_hold(struct result *r, const char *key)
{
	size_t parts = 1;
	bool exact = true;

	for (const char *c = key; *c; c++)
		parts += *c == ',';
	/* Text may hold commas of its own. */
	vec_each(column, &r->program->columns)
		exact = exact && !column->text;
	if (parts < r->program->columns.len || (exact && parts > r->program->columns.len))
		misfit(r, "a key of %s is '%.60s', of %zu parts, and %zu columns are described", r->program->map, key, parts,
		       r->program->columns.len);
}

static void value_hold(struct result *r, const json_t *value)
{
	bool buckets = json_is_array(value), wanted = r->program->measure == MEASURE_HISTOGRAM;

	if (buckets != wanted)
		misfit(r, "%s holds %s, and \"shows\" says %s", r->program->map, buckets ? "a histogram" : "numbers",
		       measure_name(r->program->measure));
	else if (json_is_string(value) && !text_real(text_of(json_string_value(value)), &(double){ 0 }))
		misfit(r, "%s holds text: '%.60s'", r->program->map, json_string_value(value));
}

/* {"@m": value} or {"@m": {"key": value}}; of maps that are not ours nothing is taken. */
static void map_take(struct result *r, const struct event *event)
{
	const json_t *map = r->program->map ? json_object_get(event->data, r->program->map) : NULL;
	const char *key;
	json_t *value;

	if (!map) {
		json_object_foreach((json_t *)event->data, key, value)
			snprintf(r->other, sizeof(r->other), "%s", key);
		return;
	}
	/* Every print of a map replaces the last one. */
	json_array_clear(r->shot);
	if (r->program->columns.len == 0 || !json_is_object(map)) {
		if (r->program->columns.len)
			misfit(r, "%s has no key, and %zu columns describe one", r->program->map, r->program->columns.len);
		else if (json_is_object(map) && event->kind != EVENT_STATS)
			misfit(r, "%s has keys, and no column describes them", r->program->map);
		else
			value_hold(r, map);
		value_take(r, NULL, map);
		return;
	}
	json_object_foreach((json_t *)map, key, value) {
		key_hold(r, key);
		value_hold(r, value);
		value_take(r, key, value);
	}
}

static const json_t *tuple_take(struct result *r, const json_t *tuple)
{
	const struct program *program = r->program;
	double time = json_number_value(json_array_get(tuple, 0)) / 1e9;
	json_t *event;

	if (program->map || json_array_size(tuple) != program->columns.len + 1) {
		if (program->map)
			misfit(r, "tuples were printed, and a map is described: %s", program->map);
		else
			misfit(r, "a tuple of %zu members was printed; nsecs and %zu columns are described", json_array_size(tuple),
			       program->columns.len);
		return NULL;
	}
	r->event_count++;
	if (r->full)
		return NULL;
	if (r->first_time < 0)
		r->first_time = time;
	event = json_object();
	json_object_set_new(event, "time", json_real(round(time * 1e6) / 1e6));
	for (size_t shown = 0; shown < program->columns.len; shown++)
		for (size_t i = 0; i < program->columns.len; i++)
			if (program->columns.at[i].shown == shown)
				json_object_set_new(event, program->columns.at[i].role,
						    decode_value(&program->columns.at[i], json_array_get(tuple, i + 1)));
	r->event_bytes += 64 + 48 * program->columns.len;
	r->full = json_array_size(r->events) + 1 >= (r->events_most ? r->events_most : EVENTS_MOST) ||
		  r->event_bytes > EVENT_BYTES_MOST;
	json_array_append_new(r->events, event);
	return event;
}

static json_t *maps_json(const struct result *r, json_t *rows, const char *kind, const char *unit)
{
	json_t *maps = json_array(), *map = json_object(), *keys = json_array();

	vec_each(name, &r->plan->by)
		json_array_append_new(keys, json_str(*name));
	json_object_set_new(map, "name", json_str(r->program->map));
	json_object_set_new(map, "kind", json_str(kind));
	json_object_set_new(map, "unit", json_str(unit));
	json_object_set_new(map, "keys", keys);
	json_object_set(map, "rows", rows);
	if (rows == r->rows && r->rows_seen > json_array_size(rows))
		json_object_set_new(map, "rows_seen", json_integer((json_int_t)r->rows_seen));
	json_array_append_new(maps, map);
	return maps;
}

static double row_weight(const json_t *row)
{
	const json_t *buckets = json_object_get(row, "buckets"), *bucket;
	double total = 0;
	size_t i;

	json_array_foreach(buckets, i, bucket)
		total += json_get_number(bucket, "count", 0);
	return buckets ? total : json_get_number(row, "value", 0);
}

static int row_order(const void *a, const void *b)
{
	double left = row_weight(*(json_t *const *)a), right = row_weight(*(json_t *const *)b);

	return left < right ? 1 : left > right ? -1 : 0;
}

static void rows_sort(json_t *rows)
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

static double bucket_start(const json_t *bucket)
{
	return json_get_number(bucket, "min", -INFINITY);
}

/* The tracer writes from the first bucket with a count to the last: those of another interval may lie
 * between, before or behind. The order stays. */
static void buckets_add(json_t *into, const json_t *from)
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

static json_t *number_json(double value)
{
	return floor(value) == value && fabs(value) < 9e15 ? json_integer((json_int_t)value) : json_real(value);
}

static void row_add(const struct result *r, json_t *into, const json_t *from)
{
	double old = json_get_number(into, "value", 0), more = json_get_number(from, "value", 0);

	if (json_object_get(into, "buckets")) {
		buckets_add(json_object_get(into, "buckets"), json_object_get((json_t *)from, "buckets"));
	} else if (json_object_get(into, "total")) {
		double count = json_get_number(into, "count", 0) + json_get_number(from, "count", 0);
		double total = json_get_number(into, "total", 0) + json_get_number(from, "total", 0);

		json_object_set_new(into, "count", number_json(count));
		json_object_set_new(into, "total", number_json(total));
		json_object_set_new(into, "average", number_json(count > 0 ? floor(total / count) : 0));
		json_object_set_new(into, "value", number_json(count > 0 ? floor(total / count) : 0));
	} else if (r->program->measure == MEASURE_MAX || r->program->measure == MEASURE_MIN) {
		bool larger = more > old;

		if (larger == (r->program->measure == MEASURE_MAX))
			json_object_set_new(into, "value", number_json(more));
	} else {
		json_object_set_new(into, "value", number_json(old + more));
	}
}

/* Rows of one key become one: decoding may map two raw keys to one name. Keys are looked up as one string. */
static void rows_merge(const struct result *r, json_t *into, const json_t *from)
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

static void shot_end(struct result *r, double elapsed)
{
	json_t *interval;
	AUTO_JSON rows = NULL;

	if (r->plan->interval <= 0)
		return; /* a live table's snapshot: the next print replaces it */
	rows = json_array();
	rows_merge(r, rows, r->shot);
	rows_sort(rows);
	interval = json_object();
	json_object_set_new(interval, "time", json_real(round(elapsed * 1000) / 1000));
	json_object_set_new(interval, "maps", maps_json(r, rows, result_kind(r), r->program->unit));
	json_array_append_new(r->intervals, interval);
	rows_merge(r, r->rows, r->shot);
	json_array_clear(r->shot);
}

const json_t *result_take(struct result *r, const struct event *event, double elapsed)
{
	switch (event->kind) {
	case EVENT_MAP:
	case EVENT_HISTOGRAM:
	case EVENT_STATS:
		map_take(r, event);
		return NULL;
	case EVENT_TUPLE:
		return tuple_take(r, event->data);
	case EVENT_TICK:
		shot_end(r, elapsed);
		return NULL;
	case EVENT_TEXT:
		build_put(&r->text, json_string_value(event->data));
		return NULL;
	case EVENT_ATTACHED:
	case EVENT_LOST:
	case EVENT_ERROR:
	case EVENT_OTHER:
	case EVENT_GARBLED:
		return NULL;
	}
	return NULL;
}

/* ---- finishing ---- */

void result_finish(struct result *r, double seconds)
{
	json_t *row;
	size_t i;

	rows_merge(r, r->rows, r->shot);
	json_array_clear(r->shot);
	/* A map that is written, but stayed empty, is no wrong one. */
	if (!json_array_size(r->rows) && r->event_count == 0 &&
	    !(r->program->map && text_has(build_text(&r->program->text), r->program->map))) {
		if (r->other[0])
			misfit(r, "%s is described, and the map %s was printed", r->program->map ? r->program->map : "no map", r->other);
		else if (r->text.len)
			misfit(r, "text was printed, and no map and no tuple");
	}
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
		if (r->program->measure != MEASURE_MIN && r->program->measure != MEASURE_MAX && row_weight(json_array_get(r->rows, i)) == 0 && !json_object_get(json_array_get(r->rows, i), "total"))
			json_array_remove(r->rows, i);
	rows_sort(r->rows);
	r->total = 0;
	json_array_foreach(r->rows, i, row) {
		r->total += row_weight(row);
		if (r->plan->per_second && seconds > 0)
			json_object_set_new(row, "value",
					    json_real(round(json_get_number(row, "value", 0) / seconds * 100) / 100));
	}
	if (r->plan->per_second && seconds > 0)
		r->total /= seconds;
	r->rows_seen = json_array_size(r->rows);
	while (r->plan->top > 0 && json_array_size(r->rows) > (size_t)r->plan->top)
		json_array_remove(r->rows, json_array_size(r->rows) - 1);
}

void result_order(struct result *r)
{
	const json_t *row;
	size_t i;

	rows_sort(r->rows);
	r->total = 0;
	r->rows_seen = json_array_size(r->rows);
	json_array_foreach(r->rows, i, row)
		r->total += row_weight(row);
}

bool result_empty(const struct result *r)
{
	return json_array_size(r->rows) == 0 && r->event_count == 0 && r->text.len == 0;
}

json_t *result_json(const struct result *r)
{
	json_t *json = json_object();

	if (r->program && r->program->map)
		json_object_set_new(json, "maps", maps_json(r, r->rows, result_kind(r), result_unit(r)));
	else
		json_object_set_new(json, "maps", json_array());
	if (json_array_size(r->intervals))
		json_object_set(json, "intervals", r->intervals);
	json_object_set(json, "events", r->events);
	if (r->event_count > json_array_size(r->events))
		json_object_set_new(json, "events_seen", json_integer((json_int_t)r->event_count));
	return json;
}
