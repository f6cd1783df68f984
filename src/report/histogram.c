/* Histograms as lines of text, in the form that users of bpftrace know. */
#include "report/blocks.h"
#include <math.h>

enum { BAR_ROOM = 52, BAR_PIPE = 40, BAR_NARROW = 4, MOST_SERIES = 10, MOST_BUCKETS = 1024 };

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
	if (bucket->has_min && bucket->has_max && bucket->min == bucket->max) {
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

void paint_histogram(const struct paint *paint, const struct evidence *evidence)
{
	const json_t *series = json_object_get(evidence->data, "series"), *item;
	const char *unit = json_get_string(evidence->data, "unit");
	size_t count = json_array_size(series), i;

	if (count == 0)
		paint_note(paint, "no values");
	json_array_foreach(series, i, item) {
		const json_t *buckets = json_object_get(item, "buckets");
		AUTO_BUILD key = { 0 }, summary = { 0 };

		if (i == MOST_SERIES) {
			paint_note(paint, "shown %zu of %zu histograms", i, count);
			break;
		}
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
