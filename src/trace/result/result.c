/* What a run measured. */
#include "trace/result/result.h"
#include <math.h>
#include <string.h>
#include "trace/result/decode.h"

#define EVENTS_MOST	 10000
#define EVENT_BYTES_MOST ((size_t)16 << 20)

void result_init(struct result *r, const struct plan *plan, const struct program *program)
{
	*r = (struct result){ .plan = plan, .program = program, .rows = json_array(), .shot = json_array(),
			      .early = json_array(), .intervals = json_array(), .events = json_array(), .first_time = -1,
			      .text = { .ceiling = 1 << 20 } };
}

void result_done(struct result *r)
{
	json_decref(r->rows);
	json_decref(r->shot);
	json_decref(r->early);
	for (size_t i = 0; i < COUNT(r->prints); i++)
		json_decref(r->prints[i]);
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

bool result_adds(const struct result *r)
{
	return r->program->measure == MEASURE_COUNT || r->program->measure == MEASURE_SUM;
}

const char *result_unit(const struct result *r)
{
	return r->plan->per_second ? arena_fmt(r->plan->arena, "%s/%s", r->program->unit, plan_rate_unit(r->plan, true)) : r->program->unit;
}

/* ---- taking ---- */

static json_t *row_new(const struct result *r, const char *key)
{
	json_t *row = json_object();

	json_object_set_new(row, "key", key ? decode_key(r->program, text_of(key)) : json_array());
	return row;
}

/* The newest versions write the largest numbers as text. */
static double number_taken(const json_t *value)
{
	double number = json_number_value(value);

	if (json_is_string(value))
		text_real(text_of(json_string_value(value)), &number);
	return number;
}

static void value_take(struct result *r, json_t *rows, const char *key, const json_t *value)
{
	json_t *row = row_new(r, key);

	if (json_is_array(value)) {
		json_object_set_new(row, "buckets", json_deep_copy(value));
	} else if (json_is_object(value)) { /* stats */
		json_object_set(row, "count", json_object_get(value, "count"));
		json_object_set(row, "average", json_object_get(value, "average"));
		json_object_set(row, "total", json_object_get(value, "total"));
		json_object_set(row, "value", json_object_get(value, "average"));
	} else if (json_is_string(value)) {
		json_object_set_new(row, "value", json_real(number_taken(value)));
	} else {
		json_object_set_new(row, "value", json_deep_copy(value));
	}
	/* With others beside it, each statistic has its own name. */
	if (r->program->beside.len && (r->program->measure == MEASURE_MAX || r->program->measure == MEASURE_MIN))
		json_object_set(row, measure_name(r->program->measure), json_object_get(row, "value"));
	json_array_append_new(rows, row);
}

static void scaled_set(const struct result *r, json_t *row, const char *field, const json_t *value)
{
	json_object_set_new(row, field, number_json(number_taken(value) / (r->program->beside_scale > 0 ? r->program->beside_scale : 1)));
}

static void beside_take(struct result *r, const struct beside *beside, json_t *rows, const char *key, const json_t *value)
{
	json_t *row = row_new(r, key);

	if (json_is_object(value)) {
		json_object_set(row, "count", json_object_get(value, "count"));
		scaled_set(r, row, "average", json_object_get(value, "average"));
		scaled_set(r, row, "total", json_object_get(value, "total"));
	} else {
		if (beside->measure == MEASURE_COUNT)
			json_object_set_new(row, "count", number_json(number_taken(value)));
		else
			scaled_set(r, row, measure_name(beside->measure), value);
	}
	json_array_append_new(rows, row);
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

/* The rows of all maps by their keys. A key that another map has and the value's own not yet (something happened between
 * two prints) waits for it. */
static void shot_join(struct result *r)
{
	AUTO_JSON joined = json_array();
	const json_t *row;
	size_t i;

	for (i = 0; i < COUNT(r->prints); i++)
		if (r->prints[i])
			rows_merge(r, joined, r->prints[i]);
	json_array_clear(r->shot);
	json_array_clear(r->early);
	json_array_foreach(joined, i, row)
		json_array_append(row_whole(row) ? r->shot : r->early, (json_t *)row);
}

/* Every print of a map replaces the last one. */
static json_t *print_new(struct result *r, size_t at)
{
	json_decref(r->prints[at]);
	r->prints[at] = json_array();
	return r->prints[at];
}

/* The keys of a map, and then those that came once more: their rows are merged. */
static json_t *map_part(const struct event *event, const json_t *map, size_t part)
{
	return part == 0 ? (json_t *)map : json_array_get(event->again, part - 1);
}

static void beside_map_take(struct result *r, size_t at, const struct event *event, const json_t *map)
{
	const struct beside *beside = &r->program->beside.at[at];
	json_t *rows = print_new(r, at + 1), *value, *keys;
	const char *key;

	if (r->program->columns.len == 0 || !json_is_object(map))
		beside_take(r, beside, rows, NULL, map);
	else
		for (size_t part = 0; (keys = map_part(event, map, part)); part++)
			json_object_foreach(keys, key, value)
				beside_take(r, beside, rows, key, value);
	shot_join(r);
}

static void own_map_take(struct result *r, const struct event *event, const json_t *map)
{
	json_t *rows = print_new(r, 0), *value, *keys;
	const char *key;

	if (r->program->columns.len == 0 || !json_is_object(map)) {
		if (r->program->columns.len)
			misfit(r, "%s has no key, and %zu columns describe one", r->program->map, r->program->columns.len);
		else if (json_is_object(map) && event->kind != EVENT_STATS)
			misfit(r, "%s has keys, and no column describes them", r->program->map);
		else
			value_hold(r, map);
		value_take(r, rows, NULL, map);
	} else {
		for (size_t part = 0; (keys = map_part(event, map, part)); part++)
			json_object_foreach(keys, key, value) {
				key_hold(r, key);
				value_hold(r, value);
				value_take(r, rows, key, value);
			}
	}
	shot_join(r);
}

/* {"@m": value} or {"@m": {"key": value}}; of maps that are not ours nothing is taken. */
static void map_take(struct result *r, const struct event *event)
{
	const json_t *map = r->program->map ? json_object_get(event->data, r->program->map) : NULL;
	const char *key;
	json_t *value;

	if (map) {
		own_map_take(r, event, map);
		return;
	}
	for (size_t i = 0; i < r->program->beside.len && i + 1 < COUNT(r->prints); i++) {
		map = json_object_get(event->data, r->program->beside.at[i].map);
		if (map) {
			beside_map_take(r, i, event, map);
			return;
		}
	}
	json_object_foreach((json_t *)event->data, key, value)
		snprintf(r->other, sizeof(r->other), "%s", key);
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
	if (rows == r->rows && r->plan->rate && result_adds(r) && r->seconds > 0) {
		json_object_set_new(map, "amount", json_real(r->amount));
		json_object_set_new(map, "per_second", json_real(round(r->amount / r->seconds * 100) / 100));
	}
	json_array_append_new(maps, map);
	return maps;
}

void shot_add(struct result *r)
{
	/* What is left is told anew each time, and is no part of a sum. */
	if (r->program->kept)
		json_array_clear(r->rows);
	rows_merge(r, r->rows, r->shot);
	rows_merge(r, r->rows, r->early);
	json_array_clear(r->shot);
	json_array_clear(r->early);
	for (size_t i = 0; i < COUNT(r->prints); i++) {
		json_decref(r->prints[i]);
		r->prints[i] = NULL;
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
	shot_add(r);
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

void result_misfit(struct result *r)
{
	/* A map that is written, but stayed empty, is no wrong one. */
	if (!json_array_size(r->rows) && r->event_count == 0 &&
	    !(r->program->map && text_has(build_text(&r->program->text), r->program->map))) {
		if (r->other[0])
			misfit(r, "%s is described, and the map %s was printed", r->program->map ? r->program->map : "no map", r->other);
		else if (r->text.len)
			misfit(r, "text was printed, and no map and no tuple");
	}
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
