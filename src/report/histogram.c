/* Histograms as lines of text, in the form that users of bpftrace know. */
#include "report/blocks.h"
#include <math.h>

enum { BAR_ROOM = 52, BAR_PIPE = 40, BAR_NARROW = 4, MOST_WHOLE = 3, MOST_BUCKETS = 1024, STRIP_MOST = 48 };

struct bucket bucket_of(const json_t *json)
{
	struct bucket bucket = {
		.min = json_get_number(json, "min", NAN),
		.max = json_get_number(json, "max", NAN),
		.count = json_get_number(json, "count", 0),
	};

	bucket.has_min = isfinite(bucket.min);
	bucket.has_max = isfinite(bucket.max);
	return bucket;
}

static void edge(double value, const char *unit, struct build *out)
{
	struct figure figure;

	figure_of(value, unit, &figure);
	build_put(out, figure.number);
	if (unit_scales(unit))
		build_put(out, figure.unit);
}

/* The first value above the bucket: counts and sizes are whole numbers. */
static double upper(const struct bucket *bucket)
{
	return bucket->max == floor(bucket->max) ? bucket->max + 1 : bucket->max;
}

void bucket_label(const struct bucket *bucket, const char *unit, struct build *out)
{
	/* Whole numbers, but times are cut: [1 us] would leave out 1.5. */
	if (bucket->has_min && bucket->has_max && bucket->min == bucket->max && !unit_is_time(unit)) {
		build_char(out, '[');
		edge(bucket->min, unit, out);
		build_char(out, ']');
		return;
	}
	build_char(out, bucket->has_min ? '[' : '(');
	if (bucket->has_min)
		edge(bucket->min, unit, out);
	else
		build_put(out, "…");
	build_put(out, ", ");
	if (bucket->has_max)
		edge(upper(bucket), unit, out);
	else
		build_put(out, "…");
	build_char(out, ')');
}

/* "half", "99%" and others, as far as the bounds of buckets tell them. */
static void marks_put(const json_t *buckets, double total, const double *percent, size_t count, const char *unit, struct build *out)
{
	double sum = 0;
	const json_t *item;
	size_t i, mark = 0;

	json_array_foreach(buckets, i, item) {
		struct bucket bucket = bucket_of(item);

		sum += bucket.count;
		for (; mark < count && sum >= percent[mark] / 100 * total; mark++) {
			if (!bucket.has_max)
				continue;
			build_put(out, ", ");
			build_fmt(out, percent[mark] == 50 ? "half" : "%.6g%%", percent[mark]);
			build_put(out, " below ");
			edge(upper(&bucket), unit, out);
		}
	}
}

void buckets_summary(const json_t *series, const json_t *percentiles, const char *unit, struct build *out)
{
	static const char *const others[][2] = { { "average", "average" }, { "min", "smallest" }, { "max", "largest" } };
	const json_t *buckets = json_object_get(series, "buckets"), *item;
	double marks[16] = { 50, 99 }, total = 0;
	size_t count = 0, i;

	json_array_foreach(buckets, i, item)
		total += bucket_of(item).count;
	if (total <= 0)
		return;
	json_array_foreach(percentiles, i, item)
		if (count < COUNT(marks))
			marks[count++] = json_number_value(item);
	report_number(total, "", out);
	build_put(out, " in all");
	marks_put(buckets, total, marks, count ? count : 2, unit, out);
	for (i = 0; i < COUNT(others); i++) {
		const json_t *value = json_object_get(series, others[i][0]);

		if (!value)
			continue;
		build_fmt(out, ", %s ", others[i][1]);
		report_number(json_number_value(value), unit, out);
	}
}

static void paint_buckets(const struct paint *paint, const json_t *buckets, const char *unit)
{
	size_t first = json_array_size(buckets), last = 0, labels = 0, counts = 0, bar, i;
	const json_t *item;
	double most = 0;

	json_array_foreach(buckets, i, item) {
		struct bucket bucket = bucket_of(item);

		if (bucket.count <= 0)
			continue;
		first = i < first ? i : first;
		last = i;
		most = fmax(most, bucket.count);
	}
	if (last - first >= MOST_BUCKETS && last > first)
		last = first + MOST_BUCKETS - 1;
	for (i = first; i <= last && i < json_array_size(buckets); i++) {
		struct bucket bucket = bucket_of(json_array_get(buckets, i));
		AUTO_BUILD label = { 0 }, count = { 0 };

		bucket_label(&bucket, unit, &label);
		report_number(bucket.count, "", &count);
		labels = fmax(labels, utf8_columns(build_text(&label)));
		counts = fmax(counts, count.len);
	}
	bar = BAR_PIPE;
	if (paint->look->width) {
		size_t taken = TEXT_INDENT + labels + 2 + counts + 3;

		bar = paint->look->width > taken + BAR_NARROW ? paint->look->width - taken : BAR_NARROW;
		bar = bar > BAR_ROOM ? BAR_ROOM : bar;
	}
	for (i = first; i <= last && i < json_array_size(buckets); i++) {
		struct bucket bucket = bucket_of(json_array_get(buckets, i));
		AUTO_BUILD label = { 0 }, count = { 0 };
		char line[BAR_ROOM];
		size_t length = (size_t)(bucket.count / most * (double)bar);

		if (bucket.count < 0)
			length = 0;
		bucket_label(&bucket, unit, &label);
		report_number(bucket.count, "", &count);
		paint_pad(paint, TEXT_INDENT);
		build_add(paint->out, build_text(&label));
		paint_pad(paint, labels - utf8_columns(build_text(&label)) + 2 + counts - count.len);
		build_add(paint->out, build_text(&count));
		build_put(paint->out, " |");
		memset(line, '@', length);
		paint_tinted(paint, TINT_BAR, (struct text){ line, length });
		paint_pad(paint, bar - length);
		build_put(paint->out, "|\n");
	}
}

/* ---- many histograms: one line each ---- */

/* Below which value the part of all lies; false when that bucket has no end. */
static bool quantile_of(const json_t *buckets, double part, double *value)
{
	double total = 0, sum = 0;
	const json_t *item;
	size_t i;

	json_array_foreach(buckets, i, item)
		total += bucket_of(item).count;
	json_array_foreach(buckets, i, item) {
		struct bucket bucket = bucket_of(item);

		sum += bucket.count;
		if (bucket.count > 0 && sum >= part * total) {
			*value = upper(&bucket);
			return bucket.has_max;
		}
	}
	return false;
}

/* The starts of all buckets of all series, ascending: what the strips have in common. */
struct scale {
	double starts[STRIP_MOST];
	size_t count;
	double end;
	bool fits;
};

static void scale_of(const json_t *series, struct scale *scale)
{
	const json_t *one, *item;
	size_t s, i;

	*scale = (struct scale){ .fits = true };
	json_array_foreach(series, s, one)
		json_array_foreach(json_object_get(one, "buckets"), i, item) {
			struct bucket bucket = bucket_of(item);
			size_t at = 0;

			if (bucket.count <= 0)
				continue;
			scale->fits = scale->fits && bucket.has_min && bucket.has_max;
			while (at < scale->count && scale->starts[at] < bucket.min)
				at++;
			scale->end = fmax(scale->end, upper(&bucket));
			if (at < scale->count && scale->starts[at] == bucket.min)
				continue;
			if (scale->count == STRIP_MOST) {
				scale->fits = false;
				return;
			}
			memmove(&scale->starts[at + 1], &scale->starts[at], (scale->count - at) * sizeof(double));
			scale->starts[at] = bucket.min;
			scale->count++;
		}
}

/* A character a bucket, the darker the more of the row's own lie there. */
static void strip_of(const json_t *buckets, const struct scale *scale, char strip[STRIP_MOST + 1])
{
	static const char shades[] = ".:-=+*#%@";
	double most = 0;
	const json_t *item;
	size_t i;

	json_array_foreach(buckets, i, item)
		most = fmax(most, bucket_of(item).count);
	memset(strip, ' ', scale->count);
	strip[scale->count] = '\0';
	json_array_foreach(buckets, i, item) {
		struct bucket bucket = bucket_of(item);

		for (size_t at = 0; bucket.count > 0 && at < scale->count; at++)
			if (scale->starts[at] == bucket.min)
				strip[at] = shades[(size_t)(bucket.count / most * (sizeof(shades) - 2))];
	}
	for (size_t len = scale->count; len && strip[len - 1] == ' ';)
		strip[--len] = '\0';
}

static json_t *lines_row(const json_t *one, const struct scale *scale, bool strips)
{
	static const double parts[] = { 0.5, 0.99, 1 };
	const json_t *buckets = json_object_get(one, "buckets"), *item;
	json_t *row = json_deep_copy(json_object_get(one, "key"));
	double count = 0, value;
	size_t i;

	json_array_foreach(buckets, i, item)
		count += bucket_of(item).count;
	json_array_append_new(row, json_real(count));
	for (i = 0; i < COUNT(parts); i++)
		json_array_append_new(row, quantile_of(buckets, parts[i], &value) ? json_real(value) : json_null());
	if (strips) {
		char strip[STRIP_MOST + 1];

		strip_of(buckets, scale, strip);
		json_array_append_new(row, json_string(strip));
	}
	return row;
}

/* Each series as one line: how many, where they lie, and a strip on a scale that all lines share. */
static void paint_lines(const struct paint *paint, const json_t *data, const json_t *series)
{
	const char *unit = json_get_string(data, "unit");
	AUTO_JSON table = json_object();
	json_t *columns = json_array(), *rows = json_array(), *name;
	struct evidence lines = { .kind = EVIDENCE_TABLE, .data = table };
	AUTO_BUILD head = { 0 };
	struct scale scale;
	const json_t *one;
	bool strips;
	size_t i, keys = 0;

	scale_of(series, &scale);
	/* What the other columns take is not known yet: on a narrow window they are all that there is room for. */
	strips = scale.fits && scale.count > 1 && (!paint->look->width || paint->look->width >= scale.count + 60);
	edge(scale.count ? scale.starts[0] : 0, unit, &head);
	build_put(&head, " … ");
	edge(scale.end, unit, &head);
	json_array_foreach(json_object_get(data, "keys"), i, name) {
		json_array_append_new(columns, evidence_column(json_string_value(name), NULL, true));
		keys++;
	}
	/* Saved ones may have no names for their keys. */
	for (i = json_array_size(json_object_get(json_array_get(series, 0), "key")); keys < i; keys++)
		json_array_append_new(columns, evidence_column("key", NULL, true));
	json_array_append_new(columns, evidence_column("count", NULL, false));
	json_array_append_new(columns, evidence_column("half below", unit, false));
	json_array_append_new(columns, evidence_column("99% below", unit, false));
	json_array_append_new(columns, evidence_column("all below", unit, false));
	if (strips)
		json_array_append_new(columns, evidence_column(head.at, NULL, false));
	json_array_foreach(series, i, one)
		json_array_append_new(rows, lines_row(one, &scale, strips));
	json_object_set_new(table, "columns", columns);
	json_object_set_new(table, "rows", rows);
	paint_table(paint, &lines);
	paint_note(paint, "one line for each of %zu histograms; --full draws them", json_array_size(series));
}

void paint_histogram(const struct paint *paint, const struct evidence *evidence)
{
	const json_t *series = json_object_get(evidence->data, "series"), *item;
	const char *unit = json_get_string(evidence->data, "unit");
	size_t count = json_array_size(series), i;

	if (count == 0)
		paint_note(paint, "no values");
	if (count > MOST_WHOLE && !paint->full) {
		paint_lines(paint, evidence->data, series);
		return;
	}
	json_array_foreach(series, i, item) {
		const json_t *buckets = json_object_get(item, "buckets");
		AUTO_BUILD key = { 0 }, summary = { 0 };

		key_line(json_object_get(item, "key"), &key);
		buckets_summary(item, json_object_get(evidence->data, "percentiles"), unit, &summary);
		if (i)
			build_char(paint->out, '\n');
		if (key.len) {
			paint_pad(paint, TEXT_INDENT);
			paint_cut(paint, build_text(&key), paint->look->width ? paint->look->width - TEXT_INDENT : 0);
			build_char(paint->out, '\n');
		}
		if (summary.len == 0) {
			paint_note(paint, "no values");
			continue;
		}
		paint_buckets(paint, buckets, unit);
		paint_note(paint, "%.*s", TEXT_ARG(build_text(&summary)));
	}
}
