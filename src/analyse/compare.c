/* Evidence of two times, laid side by side. */
#include "analyse/compare.h"
#include <math.h>
#include <stdlib.h>

/* Any evidence as rows of keys and numbers: what can be compared. */
struct rows {
	json_t *columns;    /* of the keys, then of the measures */
	json_t *rows;	    /* {key as text: [[key cells], [numbers]]}, in their order */
	size_t keys, measures;
};

static void drop_rows(struct rows *rows)
{
	json_decref(rows->columns);
	json_decref(rows->rows);
}

static void column_add(struct rows *rows, const char *name, const char *unit)
{
	json_t *column = json_object();

	json_object_set_new(column, "name", json_str(name));
	if (unit && unit[0])
		json_object_set_new(column, "unit", json_str(unit));
	json_array_append_new(rows->columns, column);
}

/* Rows of the same key (a cut name may stand twice) are added up. Takes both references. */
static void row_add(struct rows *rows, json_t *key, json_t *numbers)
{
	AUTO_FREE char *name = json_dumps(key, JSON_COMPACT | JSON_ENCODE_ANY);
	json_t *known = name ? json_object_get(rows->rows, name) : NULL;

	for (size_t i = 0; known && i < rows->measures; i++) {
		json_t *old = json_array_get(json_array_get(known, 1), i), *more = json_array_get(numbers, i);

		if (json_is_number(old) && json_is_number(more))
			json_array_set_new(json_array_get(known, 1), i, json_real(json_number_value(old) + json_number_value(more)));
	}
	if (known || !name) {
		json_decref(key);
		json_decref(numbers);
		return;
	}
	json_object_set_new(rows->rows, name, json_pack("[o,o]", key, numbers));
}

/* A column is a measure when it is no key and holds numbers. */
static bool measured(const json_t *column, const json_t *rows, size_t place)
{
	const json_t *row;
	bool seen = false;
	size_t i;

	if (json_is_true(json_object_get(column, "key")))
		return false;
	json_array_foreach(rows, i, row) {
		const json_t *cell = json_array_get(row, place);

		if (!json_is_number(cell) && !json_is_null(cell) && cell)
			return false;
		seen = seen || json_is_number(cell);
	}
	return seen;
}

static void table_rows(const json_t *data, struct rows *out)
{
	const json_t *columns = json_object_get(data, "columns"), *rows = json_object_get(data, "rows"), *column, *row;
	AUTO_FREE bool *measure = calloc(json_array_size(columns) + 1, sizeof(*measure));
	size_t i, c;

	if (!measure)
		abort();
	json_array_foreach(columns, c, column) {
		measure[c] = measured(column, rows, c);
		if (!measure[c]) {
			column_add(out, json_get_string(column, "name"), NULL);
			out->keys++;
		}
	}
	json_array_foreach(columns, c, column) {
		if (measure[c]) {
			column_add(out, json_get_string(column, "name"), json_get_string(column, "unit"));
			out->measures++;
		}
	}
	json_array_foreach(rows, i, row) {
		json_t *key = json_array(), *numbers = json_array();

		for (c = 0; c < json_array_size(columns); c++) {
			json_t *cell = json_array_get(row, c);

			json_array_append_new(measure[c] ? numbers : key, cell ? json_incref(cell) : json_null());
		}
		row_add(out, key, numbers);
	}
}

static void keys_add(const json_t *data, struct rows *out)
{
	const json_t *name;
	size_t i;

	json_array_foreach(json_object_get(data, "keys"), i, name) {
		column_add(out, json_string_value(name), NULL);
		out->keys++;
	}
}

static json_t *key_copy(const json_t *item)
{
	const json_t *key = json_object_get(item, "key");

	return json_is_array(key) ? json_copy((json_t *)(uintptr_t)key) : json_array();
}

static void edge_put(const json_t *bucket, const char *edge, struct build *out)
{
	const json_t *value = json_object_get(bucket, edge);

	if (value)
		build_fmt(out, "%.15g", json_number_value(value));
}

static void histogram_rows(const json_t *data, struct rows *out)
{
	const json_t *series, *bucket;
	const char *unit = json_get_string(data, "unit");
	AUTO_BUILD title = { 0 };
	size_t i, b;

	build_fmt(&title, unit[0] ? "%s from - to" : "%sfrom - to", unit);
	keys_add(data, out);
	column_add(out, title.at, NULL);
	out->keys++;
	column_add(out, "count", NULL);
	out->measures = 1;
	json_array_foreach(json_object_get(data, "series"), i, series) {
		json_array_foreach(json_object_get(series, "buckets"), b, bucket) {
			json_t *key = key_copy(series);
			AUTO_BUILD edges = { 0 };

			edge_put(bucket, "min", &edges);
			build_put(&edges, " - ");
			edge_put(bucket, "max", &edges);
			json_array_append_new(key, json_text(build_text(&edges)));
			row_add(out, key, json_pack("[f]", json_get_number(bucket, "count", 0)));
		}
	}
}

static void stack_rows(const json_t *data, struct rows *out)
{
	const json_t *stack, *frame;
	const char *unit = json_get_string(data, "unit");
	size_t i, f;

	keys_add(data, out);
	column_add(out, "stack", NULL);
	out->keys++;
	column_add(out, unit[0] ? unit : "count", unit);
	out->measures = 1;
	json_array_foreach(json_object_get(data, "stacks"), i, stack) {
		json_t *key = key_copy(stack);
		AUTO_BUILD frames = { .ceiling = 16 << 10 };

		json_array_foreach(json_object_get(stack, "frames"), f, frame)
			build_fmt(&frames, "%s%s", f ? " < " : "", json_string_value(frame) ? json_string_value(frame) : "?");
		json_array_append_new(key, json_text(build_text(&frames)));
		row_add(out, key, json_pack("[f]", json_get_number(stack, "value", 0)));
	}
}

/* What has no rows to pair is compared by how much there is of it. */
static void lines_rows(const struct evidence *evidence, struct rows *out)
{
	struct text rest = text_of(json_get_string(evidence->data, "text")), line;
	size_t count = 0;

	if (evidence->kind == EVIDENCE_EVENTS)
		count = (size_t)json_get_number(evidence->data, "total_rows",
						(double)json_array_size(json_object_get(evidence->data, "rows")));
	else
		while (text_line(&rest, &line))
			count++;
	column_add(out, "what", NULL);
	column_add(out, evidence->kind == EVIDENCE_EVENTS ? "events" : "lines", NULL);
	out->keys = out->measures = 1;
	row_add(out, json_pack("[s]", evidence->kind == EVIDENCE_EVENTS ? "events" : "lines of text"), json_pack("[f]", (double)count));
}

static void rows_of(const struct evidence *evidence, struct rows *out)
{
	*out = (struct rows){ .columns = json_array(), .rows = json_object() };
	switch (evidence->kind) {
	case EVIDENCE_TABLE:
		table_rows(evidence->data, out);
		break;
	case EVIDENCE_HISTOGRAM:
		histogram_rows(evidence->data, out);
		break;
	case EVIDENCE_STACKS:
		stack_rows(evidence->data, out);
		break;
	case EVIDENCE_TEXT:
	case EVIDENCE_EVENTS:
		lines_rows(evidence, out);
		break;
	}
}

/* ---- side by side ---- */

static void columns_beside(const struct rows *rows, json_t *columns)
{
	for (size_t i = 0; i < rows->keys + rows->measures; i++) {
		static const char *const parts[] = { "before", "now", "change" };
		const json_t *column = json_array_get(rows->columns, i);
		const char *name = json_get_string(column, "name"), *unit = json_get_string(column, "unit");

		if (i < rows->keys) {
			json_array_append_new(columns, json_pack("{s:o,s:b}", "name", json_str(name), "key", 1));
			continue;
		}
		for (size_t p = 0; p < COUNT(parts); p++) {
			json_t *beside = json_object();
			AUTO_BUILD title = { 0 };

			build_fmt(&title, "%s%s%s", rows->measures > 1 ? name : "", rows->measures > 1 ? " " : "", parts[p]);
			json_object_set_new(beside, "name", json_text(build_text(&title)));
			if (unit[0])
				json_object_set_new(beside, "unit", json_str(unit));
			json_array_append_new(columns, beside);
		}
		json_array_append_new(columns, json_pack("{s:s,s:s}", "name", "in %", "unit", "%"));
	}
}

struct pair {
	json_t *row;
	double change; /* of the first measure, without its sign */
	size_t place;
};

static int pair_compare(const void *a, const void *b)
{
	const struct pair *one = a, *other = b;

	if (one->change != other->change)
		return one->change > other->change ? -1 : 1;
	return one->place < other->place ? -1 : 1;
}

/* Either may be NULL: a row that is new, or gone. */
static struct pair pair_of(const struct rows *shape, const json_t *before, const json_t *after, bool *changed)
{
	struct pair pair = { .row = json_copy(json_array_get(before ? before : after, 0)) };

	*changed = false;
	for (size_t i = 0; i < shape->measures; i++) {
		const json_t *old = json_array_get(json_array_get(before, 1), i), *new = json_array_get(json_array_get(after, 1), i);
		double was = json_is_number(old) ? json_number_value(old) : 0, is = json_is_number(new) ? json_number_value(new) : 0;

		json_array_append_new(pair.row, json_is_number(old) ? json_real(was) : json_null());
		json_array_append_new(pair.row, json_is_number(new) ? json_real(is) : json_null());
		json_array_append_new(pair.row, json_real(is - was));
		json_array_append_new(pair.row, was != 0 && json_is_number(new) ? json_real(round((is - was) / fabs(was) * 1000) / 10) : json_null());
		*changed = *changed || was != is;
		if (i == 0)
			pair.change = fabs(is - was);
	}
	return pair;
}

static bool shapes_same(const struct rows *one, const struct rows *other)
{
	return one->keys == other->keys && one->measures == other->measures && json_equal(one->columns, other->columns);
}

static void pairs_make(const struct rows *before, const struct rows *after, json_t *rows, struct comparison *sum)
{
	VEC(struct pair) pairs = { 0 };
	const char *name;
	json_t *row;
	bool changed;

	json_object_foreach(after->rows, name, row) {
		const json_t *old = json_object_get(before->rows, name);
		struct pair pair = pair_of(after, old, row, &changed);

		pair.place = pairs.len;
		vec_push(&pairs, pair);
		sum->fresh += !old;
		sum->changed += old && changed;
		sum->same += old && !changed;
	}
	json_object_foreach(before->rows, name, row) {
		struct pair pair;

		if (json_object_get(after->rows, name))
			continue;
		pair = pair_of(before, row, NULL, &changed);
		pair.place = pairs.len;
		vec_push(&pairs, pair);
		sum->gone++;
	}
	if (pairs.len)
		qsort(pairs.at, pairs.len, sizeof(*pairs.at), pair_compare);
	vec_each(pair, &pairs)
		json_array_append_new(rows, pair->row);
	vec_done(&pairs);
}

void evidence_compare(const struct evidence_list *before, const struct evidence_list *after, struct evidence_list *out,
		      struct comparison *sum)
{
	*sum = (struct comparison){ 0 };
	for (size_t i = 0; i < before->items.len || i < after->items.len; i++) {
		const struct evidence *old = i < before->items.len ? before->items.at[i] : NULL;
		const struct evidence *new = i < after->items.len ? after->items.at[i] : NULL;
		AUTO(drop_rows) struct rows was = { 0 };
		AUTO(drop_rows) struct rows is = { 0 };
		json_t *columns, *rows;

		if (old && new && old->kind == new->kind) {
			rows_of(old, &was);
			rows_of(new, &is);
		}
		/* An empty table has no measures: it takes the shape of the other. */
		if (!old || !new || old->kind != new->kind ||
		    (!shapes_same(&was, &is) && json_object_size(was.rows) && json_object_size(is.rows))) {
			sum->unlike++;
			continue;
		}
		columns = json_array();
		rows = json_array();
		columns_beside(json_object_size(is.rows) ? &is : &was, columns);
		pairs_make(&was, &is, rows, sum);
		evidence_add(out, EVIDENCE_TABLE, new->title, json_pack("{s:o,s:o}", "columns", columns, "rows", rows));
	}
}
