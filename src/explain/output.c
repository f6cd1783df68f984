/* The output of tracing programs: maps and histograms of bpftrace and bcc, and what they say. */
#include "explain/output.h"
#include <ctype.h>
#include <stdarg.h>
#include <string.h>
#include "trace/run/events.h"

enum { MAPS_MOST = 200 };

void output_shows(struct output *output, const char *format, ...)
{
	AUTO_BUILD words = { 0 };
	va_list args;

	va_start(args, format);
	build_vfmt(&words, format, args);
	va_end(args);
	vec_push(&output->explanation->shows, kept_text(output->explanation, &words));
}

bool trailing_number(struct text line, struct text *before, double *number)
{
	size_t at = line.len;

	while (at && !isspace((unsigned char)line.at[at - 1]))
		at--;
	if (!at || !text_real(text_from(line, at), number))
		return false;
	*before = text_trim(text_until(line, at));
	return true;
}

const char *output_unit(struct text name)
{
	static const struct {
		const char *part, *unit;
	} parts[] = { { "usec", "us" }, { "nsec", "ns" }, { "msec", "ms" }, { "byte", "bytes" }, { "latency", "us" }, { "size", "bytes" } };
	static const char *const ends[] = { "us", "ns", "ms" };

	for (size_t i = 0; i < COUNT(parts); i++)
		if (text_has(name, parts[i].part) && strcmp(parts[i].part, "latency") != 0)
			return parts[i].unit;
	for (size_t i = 0; i < COUNT(ends); i++)
		if (text_ends(name, ends[i]) && (name.len < 4 || strchr("@_", name.at[name.len - 3])))
			return ends[i];
	return "";
}

/* ---- maps ---- */

/* "@name[key]: 12", "@name: 12"; without a number it is the head of a histogram. */
static bool map_line(struct text line, struct text *name, struct text *key, struct text *value)
{
	size_t colon = line.len, open;

	if (!text_starts(line, "@"))
		return false;
	while (colon > 1 && !(line.at[colon - 1] == ':' && (colon == line.len || line.at[colon] == ' ')))
		colon--;
	if (colon <= 1)
		return false;
	*value = text_trim(text_from(line, colon));
	*name = text_until(line, colon - 1);
	*key = TEXT("");
	if (text_find(*name, "[", &open) && text_ends(*name, "]")) {
		*key = text_until(text_from(*name, open + 1), name->len - open - 2);
		*name = text_until(*name, open);
	}
	for (size_t i = 1; i < name->len; i++)
		if (!isalnum((unsigned char)name->at[i]) && name->at[i] != '_')
			return false;
	return true;
}

/* The maps are gathered by name first: their lines may be mixed. */
struct gathered {
	struct {
		char name[64];
		json_t *rows, *series, *stacks, *stats;
		const char *unit;
	} maps[MAPS_MOST];
	size_t count;
};

static size_t gathered_find(struct gathered *g, struct text name)
{
	size_t i = 0;

	while (i < g->count && !text_is(name, g->maps[i].name))
		i++;
	if (i == g->count && i < MAPS_MOST) {
		snprintf(g->maps[i].name, sizeof(g->maps[i].name), "%.*s", TEXT_ARG(i + 1 < MAPS_MOST ? name : TEXT("(further maps)")));
		g->maps[i].rows = json_array();
		g->maps[i].series = json_array();
		g->maps[i].stacks = json_array();
		g->maps[i].stats = json_array();
		g->maps[i].unit = output_unit(name);
		g->count++;
	}
	return i < MAPS_MOST ? i : MAPS_MOST - 1;
}

/* "count 10, average 512, total 5120" of stats(). False: it is none. */
static bool stats_read(struct gathered *g, struct text name, struct text key, struct text value)
{
	static const char *const words[] = { "count ", "average ", "total " };
	double numbers[COUNT(words)];
	struct text part;

	for (size_t i = 0; i < COUNT(words); i++) {
		if (!text_next(&value, ',', &part))
			return false;
		part = text_trim(part);
		if (!text_starts(part, words[i]) || !text_real(text_from(part, strlen(words[i])), &numbers[i]))
			return false;
	}
	json_array_append_new(g->maps[gathered_find(g, name)].stats, json_pack("[o, f, f, f]", json_text(key), numbers[0], numbers[1], numbers[2]));
	return true;
}

/* Bucket lines from here on, as one more series. False: there was none. */
static bool series_read(struct output *output, struct gathered *g, struct text name, struct text key)
{
	json_t *buckets = json_array(), *bucket;
	struct text rest = output->rest, line;
	size_t at;

	while (text_line(&rest, &line) && (bucket = output_bucket(line))) {
		json_array_append_new(buckets, bucket);
		output->rest = rest;
	}
	if (!json_array_size(buckets)) {
		json_decref(buckets);
		return false;
	}
	at = gathered_find(g, name);
	json_array_append_new(g->maps[at].series, json_pack("{s:o, s:o}", "key", key.len ? json_pack("[o]", json_text(key)) : json_array(), "buckets", buckets));
	return true;
}

/* "     usecs               : count     distribution" of bcc: its first word is the unit. */
static bool bcc_head(struct text line, struct text *unit)
{
	struct text t = text_trim(line);

	return text_has(t, ": count") && text_has(t, "distribution") && text_word(&t, unit);
}

static void bcc_series(struct output *output, struct gathered *g, struct text unit, struct text before)
{
	static const char *const units[][2] = { { "usecs", "us" }, { "msecs", "ms" }, { "nsecs", "ns" }, { "kbytes", "KiB" }, { "bytes", "bytes" } };
	size_t at = gathered_find(g, unit), mark;
	struct text key = TEXT("");

	for (size_t i = 0; i < COUNT(units); i++)
		if (text_is(unit, units[i][0]))
			g->maps[at].unit = units[i][1];
	if (text_find(before, "=", &mark))
		key = text_trim(text_from(before, mark + 1));
	series_read(output, g, unit, key);
}

static void lost_read(struct output *output, struct text line)
{
	struct text word;

	while (text_word(&line, &word)) {
		long long number;

		if (text_number(word, &number) && number > 0)
			output->lost += (unsigned long)number;
	}
}

static void lines_read(struct output *output, struct gathered *g)
{
	struct text line, name, key, value, unit, before = TEXT("");
	char stack_name[64];
	double number;

	while (text_line(&output->rest, &line)) {
		json_t *stacks = json_array();

		if (stack_map_read(output, line, stacks, stack_name)) {
			json_array_extend(g->maps[gathered_find(g, text_of(stack_name))].stacks, stacks);
		} else if (text_starts(line, "Attach") && text_has(line, "probe")) {
			output->attached = arena_text(output->explanation->arena, line);
		} else if ((text_starts(line, "Lost ") || text_has(line, "possibly lost")) && text_has(line, "ost ")) {
			lost_read(output, line);
		} else if (bcc_head(line, &unit)) {
			bcc_series(output, g, unit, before);
		} else if (map_line(line, &name, &key, &value) && stats_read(g, name, key, value)) {
			;
		} else if (map_line(line, &name, &key, &value) && (value.len ? text_real(value, &number) : series_read(output, g, name, key))) {
			if (value.len && text_starts(key, ",")) /* a stack without a frame */
				json_array_append_new(g->maps[gathered_find(g, name)].stacks,
						      json_pack("{s:[o], s:[s], s:f}", "key", json_text(text_trim(text_from(key, 1))), "frames", "(no frame)", "value", number));
			else if (value.len)
				json_array_append_new(g->maps[gathered_find(g, name)].rows, json_pack("[o, f]", json_text(key), number));
		} else if (text_trim(line).len) {
			vec_push(&output->others, line);
		}
		json_decref(stacks);
		before = line;
	}
}

/* ---- JSON of bpftrace ---- */

struct json_reading {
	struct output *output;
	struct gathered *g;
};

static void value_take(struct json_reading *r, const char *name, const char *key, json_t *value)
{
	size_t at = gathered_find(r->g, text_of(name));

	if (json_is_array(value))
		json_array_append_new(r->g->maps[at].series, json_pack("{s:o, s:O}", "key", key[0] ? json_pack("[s]", key) : json_array(), "buckets", value));
	else if (json_is_number(value))
		json_array_append_new(r->g->maps[at].rows, json_pack("[s, O]", key, value));
	else if (json_is_object(value) && json_object_get(value, "average"))
		json_array_append_new(r->g->maps[at].stats, json_pack("[s, f, f, f]", key, json_get_number(value, "count", 0), json_get_number(value, "average", 0),
								      json_get_number(value, "total", 0)));
}

/* One printf may print several lines. */
static void printed_take(struct output *output, struct text text)
{
	struct text rest = text_of(arena_text(output->explanation->arena, text)), line;

	while (text_line(&rest, &line))
		if (text_trim(line).len)
			vec_push(&output->others, line);
}

static void event_take(void *context, const struct event *event)
{
	struct json_reading *r = context;
	const char *name, *key;
	json_t *map, *value;
	size_t at;

	if (event->kind == EVENT_LOST)
		r->output->lost += (unsigned long)json_get_number(event->data, "events", 0);
	if (event->kind == EVENT_ATTACHED)
		r->output->attached = arena_text(r->output->explanation->arena, event->line);
	if (event->kind == EVENT_TEXT || event->kind == EVENT_ERROR)
		printed_take(r->output, text_of(json_string_value(event->data)));
	if (event->kind == EVENT_TUPLE) {
		AUTO_FREE char *values = json_dumps(event->data, JSON_COMPACT);

		printed_take(r->output, text_of(values));
	}
	if (event->kind != EVENT_MAP && event->kind != EVENT_HISTOGRAM && event->kind != EVENT_STATS)
		return;
	json_object_foreach((json_t *)event->data, name, map) {
		if (!json_is_object(map) || json_object_get(map, "average")) {
			value_take(r, name, "", map);
			continue;
		}
		json_object_foreach(map, key, value)
			value_take(r, name, key, value);
		json_array_foreach(event->again, at, map)
			json_object_foreach(map, key, value)
				value_take(r, name, key, value);
	}
}

static bool json_read(struct output *output, struct gathered *g)
{
	struct json_reading reading = { output, g };
	struct dialect dialect = { .version = 17 };
	struct event_reader reader = { .dialect = &dialect, .take = event_take, .context = &reading };

	if (!text_starts(text_trim(output->rest), "{\"type\":"))
		return false;
	event_reader_feed(&reader, output->rest);
	event_reader_end(&reader);
	return true;
}

bool output_explain(struct explanation *e, struct text text)
{
	struct output output = { .explanation = e, .rest = text };
	AUTO_FREE struct gathered *g = calloc(1, sizeof(*g));
	bool json;

	if (!g)
		abort();
	e->what = "the output of a tracing program";
	json = json_read(&output, g);
	if (!json)
		lines_read(&output, g);
	for (size_t i = 0; i < g->count; i++) {
		if (json_array_size(g->maps[i].series))
			histograms_show(&output, g->maps[i].name, json_incref(g->maps[i].series), g->maps[i].unit);
		if (json_array_size(g->maps[i].rows))
			map_show(&output, g->maps[i].name, json_incref(g->maps[i].rows));
		if (json_array_size(g->maps[i].stats))
			stats_show(&output, g->maps[i].name, json_incref(g->maps[i].stats));
		if (json_array_size(g->maps[i].stacks))
			stacks_show(&output, g->maps[i].name, json_incref(g->maps[i].stacks), "times");
		json_decref(g->maps[i].series);
		json_decref(g->maps[i].rows);
		json_decref(g->maps[i].stacks);
		json_decref(g->maps[i].stats);
	}
	if (output.others.len && !perf_read(&output) && !folded_read(&output) && !columns_read(&output)) {
		bool known = output.read || output.attached || output.lost || json;

		/* One line beside maps is the greeting of the program. */
		if ((!output.read || output.others.len > 1) && lines_explain(&output, known) && !known)
			e->what = "lines that are built alike, as a program prints them";
	}
	if (output.lost)
		risk_add(e, RISK_WARNING, 0, "%lu events were lost because they came faster than they could be read: the numbers are too low.", output.lost);
	if (output.attached && !output.read) {
		if (output.lost)
			output_shows(&output, "It attached its probes, and all that it showed was lost.");
		else
			output_shows(&output, "It attached its probes and showed nothing: nothing of what it watches happened, or a filter left it out.");
		output.read++;
	}
	vec_done(&output.others);
	return output.read > 0;
}
