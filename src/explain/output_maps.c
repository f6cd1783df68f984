/* Maps in the output of tracing programs: what is in them, when they were printed more than once, and stats(). */
#include <stdlib.h>
#include "explain/output.h"

enum { ROWS_SHOWN = 40, ROWS_SAID = 3 };

static double number_at(const json_t *row, size_t at)
{
	return json_number_value(json_array_get(row, at));
}

static int first_order(const void *a, const void *b)
{
	double x = number_at(*(json_t *const *)a, 1), y = number_at(*(json_t *const *)b, 1);

	return (x < y) - (x > y);
}

static int total_order(const void *a, const void *b)
{
	double x = number_at(*(json_t *const *)a, 3), y = number_at(*(json_t *const *)b, 3);

	return (x < y) - (x > y);
}

/* The largest rows, as many as are shown; new reference. */
static json_t *largest(const json_t *rows, int (*order_of)(const void *, const void *))
{
	size_t count = json_array_size(rows), i;
	AUTO_FREE json_t **order = calloc(count + 1, sizeof(*order));
	json_t *sorted = json_array(), *row;

	if (!order)
		abort();
	json_array_foreach(rows, i, row)
		order[i] = row;
	qsort(order, count, sizeof(*order), order_of);
	for (i = 0; i < count && i < ROWS_SHOWN; i++)
		json_array_append(sorted, order[i]);
	return sorted;
}

/* A key that comes again tells that the map was printed again. Where a value falls the map was emptied in between, and what was printed
 * adds up; else the last printing holds all. Gives how often; the rows become one for each key. */
static size_t printings(json_t **rows, bool *adds)
{
	AUTO_JSON seen = json_object();
	AUTO_JSON sums = json_object();
	AUTO_JSON latest = json_object();
	json_t *row, *one = json_array(), *sum;
	size_t times = 1, start = 0, i;
	const char *key;

	*adds = false;
	json_array_foreach(*rows, i, row) {
		double value = number_at(row, 1);

		key = json_string_value(json_array_get(row, 0));
		key = key ? key : "";
		if (json_object_get(seen, key)) {
			times++;
			start = i;
			json_object_clear(seen);
		}
		*adds |= json_object_get(latest, key) && value < json_number_value(json_object_get(latest, key));
		json_object_set_new(seen, key, json_true());
		json_object_set_new(latest, key, json_real(value));
		json_object_set_new(sums, key, json_real(value + json_number_value(json_object_get(sums, key))));
	}
	if (times == 1) {
		json_decref(one);
		return 1;
	}
	if (*adds)
		json_object_foreach(sums, key, sum)
			json_array_append_new(one, json_pack("[s, O]", key, sum));
	else
		for (i = start; i < json_array_size(*rows); i++)
			json_array_append(one, json_array_get(*rows, i));
	json_decref(*rows);
	*rows = one;
	return times;
}

static void printed_say(size_t times, bool adds, const char *name, struct build *out)
{
	if (times == 1)
		build_put(out, name);
	else
		build_fmt(out, "%s was printed %zu times; %s it", name, times, adds ? "over all of them" : "the last time");
}

void map_show(struct output *output, const char *name, json_t *rows)
{
	const char *unit = output_unit(text_of(name));
	bool adds;
	size_t times = printings(&rows, &adds), count = json_array_size(rows), i;
	AUTO_JSON sorted = largest(rows, first_order);
	AUTO_BUILD words = { 0 };
	json_t *row;
	double total = 0;

	json_array_foreach(rows, i, row)
		total += number_at(row, 1);
	printed_say(times, adds, name, &words);
	if (count == 1 && !json_string_length(json_array_get(json_array_get(rows, 0), 0))) {
		build_put(&words, times == 1 ? " is " : " came to ");
		output_number(output, total, unit, &words);
	} else {
		build_fmt(&words, " %s %zu %s, ", times == 1 ? "has" : "had", count, count == 1 ? "entry" : "entries");
		output_number(output, total, unit, &words);
		build_put(&words, " in all");
		for (i = 0; i < count && i < ROWS_SAID; i++) {
			row = json_array_get(sorted, i);
			build_fmt(&words, "%s%s (", i ? ", " : "; the largest: ", json_string_value(json_array_get(row, 0)));
			output_number(output, number_at(row, 1), unit, &words);
			if (total > 0)
				build_fmt(&words, ", %.0f %%", number_at(row, 1) / total * 100);
			build_put(&words, ")");
		}
	}
	output_shows(output, "%s.", words.at);
	output->read++;
	if (count > 1) /* of one the sentence says it all */
		evidence_add(&output->explanation->evidence, EVIDENCE_TABLE, name,
			     json_pack("{s:[{s:s, s:b}, {s:s, s:s, s:b, s:f}], s:O, s:I}", "columns", "name", "key", "key", 1, "name", "value", "unit",
				       unit, "share", 1, "total", total, "rows", sorted, "total_rows", (json_int_t)count));
	json_decref(rows);
}

void stats_show(struct output *output, const char *name, json_t *rows)
{
	const char *unit = output_unit(text_of(name));
	AUTO_JSON sorted = largest(rows, total_order);
	AUTO_BUILD words = { 0 };
	size_t count = json_array_size(rows);

	build_fmt(&words, "%s holds number, average and total", name);
	for (size_t i = 0; i < count && i < ROWS_SAID; i++) {
		const json_t *row = json_array_get(sorted, i);
		const char *key = json_string_value(json_array_get(row, 0));

		build_put(&words, i ? ", " : count > 1 ? "; the largest totals: " : ": ");
		if (key && key[0])
			build_fmt(&words, "%s (", key);
		output_number(output, number_at(row, 1), "", &words);
		build_fmt(&words, " value%s, ", number_at(row, 1) == 1 ? "" : "s");
		output_number(output, number_at(row, 2), unit, &words);
		build_put(&words, " on average, ");
		output_number(output, number_at(row, 3), unit, &words);
		build_put(&words, key && key[0] ? " in all)" : " in all");
	}
	output_shows(output, "%s.", words.at);
	output->read++;
	if (count > 1)
		evidence_add(&output->explanation->evidence, EVIDENCE_TABLE, name,
			     json_pack("{s:[{s:s, s:b}, {s:s}, {s:s, s:s}, {s:s, s:s}], s:O, s:I}", "columns", "name", "key", "key", 1, "name", "number",
				       "name", "average", "unit", unit, "name", "total", "unit", unit, "rows", sorted, "total_rows", (json_int_t)count));
	json_decref(rows);
}
