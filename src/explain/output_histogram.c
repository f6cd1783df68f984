/* Histograms in outputs: their buckets, and what they say. */
#include <math.h>
#include <string.h>
#include "explain/output.h"

/* "4K" is 4096, "-1" is -1. */
static bool edge_read(struct text t, double *value)
{
	static const char scales[] = "KMGTPE";
	const char *scale = t.len ? strchr(scales, t.at[t.len - 1]) : NULL;

	t = text_trim(t);
	if (!t.len || !text_real(scale ? text_until(t, t.len - 1) : t, value))
		return false;
	if (scale)
		*value *= pow(1024, (double)(scale - scales + 1));
	return true;
}

/* "[4K, 8K)   12 |@@@  |" of bpftrace, "4 -> 7 : 12 |***  |" of bcc. New reference, or NULL. */
json_t *output_bucket(struct text line)
{
	struct text t = text_trim(line), low, high, count;
	bool open_low, open_high, closed;
	double a = 0, b = 0, n;
	size_t end, arrow;
	json_t *bucket;

	if (text_find(t, "->", &arrow) && text_find(t, ":", &end) && arrow < end) {
		count = text_from(t, end + 1);
		low = text_trim(text_until(t, arrow));
		high = text_trim(text_until(text_from(t, arrow + 2), end - arrow - 2));
		open_low = open_high = false;
		closed = true;
	} else if (t.len && strchr("[(", t.at[0]) && (text_find(t, ")", &end) || text_find(t, "]", &end))) {
		if (text_find(t, "]", &arrow) && arrow < end)
			end = arrow;
		count = text_from(t, end + 1);
		closed = t.at[end] == ']';
		t = text_until(text_from(t, 1), end - 1);
		high = t;
		if (!text_next(&high, ',', &low) || (closed && text_has(t, ",")))
			return NULL;
		high = closed ? low : text_trim(high);
		open_low = text_is(text_trim(low), "...");
		open_high = text_is(high, "...");
	} else {
		return NULL;
	}
	if (text_find(count, "|", &end))
		count = text_until(count, end);
	if (!text_real(text_trim(count), &n) || (!open_low && !edge_read(low, &a)) || (!open_high && !edge_read(high, &b)))
		return NULL;
	bucket = json_pack("{s:f}", "count", n);
	if (!open_low)
		json_object_set_new(bucket, "min", json_real(a));
	if (!open_high)
		json_object_set_new(bucket, "max", json_real(closed ? b : b - 1));
	return bucket;
}

static double bucket_count(const json_t *buckets, size_t i)
{
	return json_get_number(json_array_get(buckets, i), "count", 0);
}

void output_number(const struct output *output, double value, const char *unit, struct build *out)
{
	if (output->explanation->number)
		output->explanation->number(value, unit, out);
	else
		build_fmt(out, "%.15g%s%s", value, unit[0] ? " " : "", unit);
}

static void bucket_say(const struct output *output, const json_t *bucket, const char *unit, struct build *out)
{
	double low = json_get_number(bucket, "min", NAN), high = json_get_number(bucket, "max", NAN);

	if (isnan(low) || isnan(high)) {
		build_put(out, isnan(low) ? "below " : "from ");
		output_number(output, isnan(low) ? high + 1 : low, unit, out);
		build_put(out, isnan(low) ? "" : " on");
		return;
	}
	output_number(output, low, unit, out);
	if (high > low) {
		build_put(out, " to ");
		output_number(output, high + 1, unit, out);
	}
}

/* Below which so much of all lies. */
static void below_say(const struct output *output, const json_t *buckets, double total, double part, const char *words, const char *unit, struct build *out)
{
	double seen = 0;

	for (size_t i = 0; i < json_array_size(buckets); i++) {
		double high = json_get_number(json_array_get(buckets, i), "max", NAN);

		seen += bucket_count(buckets, i);
		if (seen < total * part || isnan(high))
			continue;
		build_put(out, words);
		output_number(output, high + 1, unit, out);
		return;
	}
}

/* The tops that are parted from the highest by a deep valley, and weigh something. */
static void peaks_say(const struct output *output, const json_t *buckets, double total, const char *unit, struct build *out)
{
	size_t count = json_array_size(buckets), tops[8], found = 0;
	double low = 0;

	for (size_t i = 0; i < count && found < COUNT(tops); i++) {
		double here = bucket_count(buckets, i);

		/* Buckets that are left out are empty. */
		if (found && json_get_number(json_array_get(buckets, i), "min", 0) > json_get_number(json_array_get(buckets, i - 1), "max", 0) + 1)
			low = 0;
		if (!found) {
			if (here >= total * 0.03 && here >= bucket_count(buckets, i + 1)) {
				tops[found++] = i;
				low = here;
			}
			continue;
		}
		low = here < low ? here : low;
		if (here > bucket_count(buckets, tops[found - 1]) && low > 0.5 * bucket_count(buckets, tops[found - 1]))
			tops[found - 1] = i;
		else if (here >= total * 0.03 && here >= bucket_count(buckets, i + 1) && low < 0.5 * here && low < 0.5 * bucket_count(buckets, tops[found - 1])) {
			tops[found++] = i;
			low = here;
		}
	}
	if (found < 2)
		return;
	build_put(out, ". There are separate groups, around ");
	for (size_t i = 0; i < found; i++) {
		build_put(out, i ? i + 1 == found ? " and " : ", " : "");
		bucket_say(output, json_array_get(buckets, tops[i]), unit, out);
	}
	build_put(out, ": most likely different things happen, such as a cache that is hit or missed");
}

static void histogram_say(struct output *output, struct text name, const char *key, const json_t *buckets, const char *unit)
{
	AUTO_BUILD words = { 0 };
	double total = 0, most = 0;
	size_t top = 0;

	for (size_t i = 0; i < json_array_size(buckets); i++) {
		total += bucket_count(buckets, i);
		if (bucket_count(buckets, i) > most) {
			most = bucket_count(buckets, i);
			top = i;
		}
	}
	build_fmt(&words, "%.*s%s%s%s", TEXT_ARG(name), key[0] ? "[" : "", key, key[0] ? "]" : "");
	if (total <= 0) {
		output_shows(output, "%s is a histogram without any value.", words.at);
		return;
	}
	build_fmt(&words, " is a histogram of %.0f value%s", total, total == 1 ? "" : "s");
	below_say(output, buckets, total, 0.5, ": half lie below ", unit, &words);
	below_say(output, buckets, total, 0.99, ", 99 % below ", unit, &words);
	build_put(&words, "; most common is ");
	bucket_say(output, json_array_get(buckets, top), unit, &words);
	build_fmt(&words, " (%.0f %%)", most / total * 100);
	peaks_say(output, buckets, total, unit, &words);
	output_shows(output, "%s.", words.at);
	if (json_get_number(json_array_get(buckets, 0), "min", 0) <= -2147483648.0)
		risk_add(output->explanation, RISK_WARNING, 0, "bpftrace before 0.20 puts all values from 2^31 on into one bucket below 0 in JSON: what stands there may be large.");
}

void histograms_show(struct output *output, const char *name, json_t *series, const char *unit)
{
	json_t *one;
	size_t i;

	json_array_foreach(series, i, one) {
		const char *key = json_string_value(json_array_get(json_object_get(one, "key"), 0));

		if (i < 8)
			histogram_say(output, text_of(name), key ? key : "", json_object_get(one, "buckets"), unit);
	}
	if (json_array_size(series) > 8)
		output_shows(output, "%s has %zu more histograms.", name, json_array_size(series) - 8);
	evidence_add(&output->explanation->evidence, EVIDENCE_HISTOGRAM, name,
		     json_pack("{s:s, s:o, s:o}", "unit", unit, "keys", json_array_size(json_object_get(json_array_get(series, 0), "key")) ? json_pack("[s]", "key") : json_array(),
			       "series", series));
	output->read++;
}
