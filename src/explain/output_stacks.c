/* Stacks in outputs: those of bpftrace's maps, folded lines, and perf script; and tallies of names. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "explain/output.h"

enum { FRAMES_MOST = 256, STACKS_SHOWN = 100 };

void tally_add(struct tally *tally, struct text name, double weight)
{
	vec_push(&tally->items, (struct tally_entry){ name, weight });
	tally->total += weight;
}

static int name_order(const void *a, const void *b)
{
	const struct tally_entry *x = a, *y = b;
	size_t len = x->name.len < y->name.len ? x->name.len : y->name.len;
	int order = len ? memcmp(x->name.at, y->name.at, len) : 0;

	return order ? order : (x->name.len > y->name.len) - (x->name.len < y->name.len);
}

static int weight_order(const void *a, const void *b)
{
	const struct tally_entry *x = a, *y = b;

	return x->weight != y->weight ? (x->weight < y->weight) - (x->weight > y->weight) : name_order(a, b);
}

void tally_order(struct tally *tally)
{
	size_t kept = 0;

	if (!tally->items.len)
		return;
	qsort(tally->items.at, tally->items.len, sizeof(*tally->items.at), name_order);
	for (size_t i = 1; i < tally->items.len; i++)
		if (text_same(tally->items.at[kept].name, tally->items.at[i].name))
			tally->items.at[kept].weight += tally->items.at[i].weight;
		else
			tally->items.at[++kept] = tally->items.at[i];
	tally->items.len = kept + 1;
	qsort(tally->items.at, tally->items.len, sizeof(*tally->items.at), weight_order);
}

void tally_say(const struct tally *tally, size_t most, struct build *out)
{
	for (size_t i = 0; i < tally->items.len && i < most; i++) {
		const struct tally_entry *entry = &tally->items.at[i];

		build_fmt(out, "%s%.*s %.15g", i ? ", " : "", TEXT_ARG(entry->name), entry->weight);
		if (tally->total > 0)
			build_fmt(out, " (%.0f %%)", entry->weight / tally->total * 100);
	}
}

/* ---- a map of stacks ---- */

bool stack_map_read(struct output *output, struct text line, json_t *stacks, char name[64])
{
	struct text rest = output->rest, each, before;
	json_t *frames, *keys;
	size_t open;

	if (!text_starts(line, "@") || !text_find(line, "[", &open) || text_trim(text_from(line, open + 1)).len > 60 || text_has(line, "]: "))
		return false;
	snprintf(name, 64, "%.*s", TEXT_ARG(text_until(line, open)));
	frames = json_array();
	keys = json_array();
	before = text_trim(text_from(line, open + 1));
	if (text_ends(before, ","))
		before = text_until(before, before.len - 1);
	if (before.len)
		json_array_append_new(keys, json_text(before));
	for (unsigned i = 0; i < FRAMES_MOST && text_line(&rest, &each); i++) {
		struct text t = text_trim(each);
		size_t close;
		double value;

		if (text_starts(each, "@")) /* another map: this one has no end */
			break;
		if (text_find(t, "]: ", &close) && text_real(text_trim(text_from(t, close + 3)), &value)) {
			t = text_trim(text_until(t, close));
			if (text_starts(t, ","))
				t = text_trim(text_from(t, 1));
			if (t.len)
				json_array_append_new(keys, json_text(t));
			json_array_append_new(stacks, json_pack("{s:o, s:o, s:f}", "key", keys, "frames", frames, "value", value));
			output->rest = rest;
			return true;
		}
		if (t.len && t.at[0] != ',')
			json_array_append_new(frames, json_text(t));
	}
	json_decref(frames);
	json_decref(keys);
	return false;
}

/* ---- what stacks say ---- */

static int stack_order(const void *a, const void *b)
{
	double x = json_get_number(*(json_t *const *)a, "value", 0), y = json_get_number(*(json_t *const *)b, "value", 0);

	return (x < y) - (x > y);
}

/* "vfs_read+21" is vfs_read. */
static struct text frame_name(const json_t *frame)
{
	struct text name = text_of(json_string_value(frame));
	size_t at;

	return text_find(name, "+", &at) && at ? text_until(name, at) : name;
}

/* `stacks` is taken over. */
void stacks_show(struct output *output, const char *title, json_t *stacks, const char *unit)
{
	size_t count = json_array_size(stacks), i;
	AUTO_FREE json_t **order = calloc(count + 1, sizeof(*order));
	json_t *sorted = json_array(), *stack;
	struct tally leaves = { 0 }, keys = { 0 };
	AUTO_BUILD words = { 0 };
	size_t most_keys = 0;

	if (!order)
		abort();
	json_array_foreach(stacks, i, stack) {
		const json_t *frames = json_object_get(stack, "frames"), *key = json_object_get(stack, "key");
		double value = json_get_number(stack, "value", 0);

		order[i] = stack;
		tally_add(&leaves, json_array_size(frames) ? frame_name(json_array_get(frames, 0)) : TEXT("(no frame)"), value);
		if (json_array_size(key))
			tally_add(&keys, text_of(json_string_value(json_array_get(key, 0))), value);
		most_keys = json_array_size(key) > most_keys ? json_array_size(key) : most_keys;
	}
	qsort(order, count, sizeof(*order), stack_order);
	for (i = 0; i < count && i < STACKS_SHOWN; i++)
		json_array_append(sorted, order[i]);
	tally_order(&leaves);
	tally_order(&keys);
	build_fmt(&words, "%s: %zu different stacks, seen %.15g %s. Where they end most often: ", title, count, leaves.total, unit);
	tally_say(&leaves, 5, &words);
	if (keys.items.len) {
		build_put(&words, ". By whom: ");
		tally_say(&keys, 5, &words);
	}
	output_shows(output, "%s.", words.at);
	evidence_add(&output->explanation->evidence, EVIDENCE_STACKS, title,
		     json_pack("{s:s, s:o, s:o}", "unit", unit, "keys", most_keys ? json_pack("[s]", "key") : json_array(), "stacks", sorted));
	vec_done(&leaves.items);
	vec_done(&keys.items);
	json_decref(stacks);
	output->read++;
}

/* ---- folded lines: "root;…;leaf 12" ---- */

bool folded_read(struct output *output)
{
	json_t *stacks;
	size_t fit = 0;

	vec_each(line, &output->others) {
		struct text before;
		double number;

		fit += trailing_number(*line, &before, &number) && text_has(before, ";") && number >= 0;
	}
	if (fit < 1 || fit * 10 < output->others.len * 8)
		return false;
	stacks = json_array();
	vec_each(line, &output->others) {
		json_t *frames = json_array();
		struct text before, frame;
		double number;

		if (trailing_number(*line, &before, &number))
			while (json_array_size(frames) < FRAMES_MOST && text_next(&before, ';', &frame))
				if (frame.len)
					json_array_insert_new(frames, 0, json_text(frame)); /* leaf first */
		if (json_array_size(frames))
			json_array_append_new(stacks, json_pack("{s:[], s:o, s:f}", "key", "frames", frames, "value", number));
		else
			json_decref(frames);
	}
	stacks_show(output, "folded stacks", stacks, "times");
	return true;
}

/* ---- perf script ---- */

/* "bash  1234 [001] 12.345678:  10101010 cpu-clock: …": who, and which event. */
static bool perf_head(struct text line, struct text *comm, struct text *event)
{
	struct text rest = line, word, before = TEXT("");
	bool timed = false;

	if (!line.len || line.at[0] == '\t')
		return false;
	while (text_word(&rest, &word)) {
		double number;

		if (!timed && text_ends(word, ":") && word.len > 2 && isdigit((unsigned char)word.at[0]) && text_real(text_until(word, word.len - 1), &number)) {
			timed = true;
		} else if (!timed) {
			struct text id = word, pid;
			long long n;

			text_next(&id, '/', &pid);
			if (before.len && text_number(pid, &n) && !comm->len)
				*comm = text_trim(text_until(line, (size_t)(word.at - line.at)));
			before = word;
		} else if (text_ends(word, ":") && !isdigit((unsigned char)word.at[0])) {
			*event = text_until(word, word.len - 1);
			return comm->len > 0;
		}
	}
	return false;
}

bool perf_read(struct output *output)
{
	struct tally comms = { 0 }, events = { 0 };
	json_t *stacks = json_array(), *frames = NULL;
	size_t heads = 0, framed = 0;
	AUTO_BUILD words = { 0 };

	vec_each(line, &output->others) {
		struct text comm = TEXT(""), event, t = text_trim(*line), word;
		char *end;

		if (perf_head(*line, &comm, &event)) {
			heads++;
			tally_add(&comms, comm, 1);
			tally_add(&events, event, 1);
			frames = json_array();
			json_array_append_new(stacks, json_pack("{s:[o], s:o, s:i}", "key", json_text(comm), "frames", frames, "value", 1));
		} else if (frames && isspace((unsigned char)line->at[0]) && text_word(&t, &word) && json_array_size(frames) < FRAMES_MOST) {
			AUTO_FREE char *address = text_copy(word);

			strtoull(address, &end, 16);
			framed += *end == '\0';
			if (*end == '\0' && text_word(&t, &word))
				json_array_append_new(frames, json_text(word));
		}
	}
	if (!heads || (heads + framed) * 10 < output->others.len * 8) {
		json_decref(stacks);
	} else {
		tally_order(&comms);
		tally_order(&events);
		build_fmt(&words, "perf saw %zu events: ", heads);
		tally_say(&events, 5, &words);
		build_put(&words, ". By process: ");
		tally_say(&comms, 5, &words);
		output_shows(output, "%s.", words.at);
		if (framed)
			stacks_show(output, "stacks of perf", stacks, "samples");
		else
			json_decref(stacks);
		output->read++;
	}
	vec_done(&comms.items);
	vec_done(&events.items);
	return heads && output->read;
}
