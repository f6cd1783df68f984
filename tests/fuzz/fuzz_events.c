/* Fuzzes the reader of bpftrace's output: the same events must come however the stream is cut. What comes
 * goes through a result, as in a run. The first byte chooses dialect and measure. */
#include <stdint.h>
#include "trace/result/result.h"

struct seen {
	struct build words;
	struct result *result;
};

static void take(void *context, const struct event *event)
{
	struct seen *seen = context;
	AUTO_FREE char *data = event->data ? json_dumps(event->data, JSON_ENCODE_ANY | JSON_SORT_KEYS) : NULL;

	if (event->kind != EVENT_GARBLED && event->kind != EVENT_OTHER && event->data && !data)
		abort(); /* what was read can be written */
	build_fmt(&seen->words, "%d %s\n", event->kind, data ? data : "");
	if (seen->result)
		result_take(seen->result, event, 1);
}

static void read_all(const struct dialect *dialect, struct text stream, size_t piece, struct seen *seen)
{
	struct event_reader reader = { .dialect = dialect, .take = take, .context = seen };

	for (; stream.len; stream = text_from(stream, piece))
		event_reader_feed(&reader, text_until(stream, piece));
	event_reader_end(&reader);
	build_put(&seen->words, "");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text stream = text_from((struct text){ (const char *)data, size }, 1);
	struct dialect dialect = { .version = 17, .hex_leak = size && data[0] & 1 };
	struct subject subject = { .name = "x", .what = "x", .unit = "x" };
	struct vocabulary none = { 0 };
	struct plan plan;
	struct program program = { .unit = "x", .measure = size ? (data[0] >> 1) % 8 : 0 };
	struct result result;
	struct seen whole = { .result = &result }, pieces = { 0 };
	struct evidence_list list = { 0 };

	plan_init(&plan);
	plan.subject = &subject;
	plan.measure = program.measure;
	plan.interval = size && data[0] & 64 ? 1 : 0;
	plan.per_second = size && data[0] & 32;
	program.map = program.measure == MEASURE_EVENTS ? NULL : "@";
	vec_push(&program.columns, (struct column){ .role = "pid", .type = "errno" });
	vec_push(&program.columns, (struct column){ .role = "args", .type = "argv", .text = true, .shown = 1 });
	vec_push(&program.columns, (struct column){ .role = "stack", .type = "kstack", .text = true, .shown = 2 });
	vec_each(column, &program.columns)
		vec_push(program.map ? &plan.by : &plan.show, column->role);
	result_init(&result, &plan, &program);

	read_all(&dialect, stream, SIZE_MAX, &whole);
	read_all(&dialect, stream, 1, &pieces);
	if (strcmp(whole.words.at, pieces.words.at) != 0)
		abort();
	result_finish(&result, 2);
	if (!result_empty(&result))
		result_evidence(&result, &none, &list);
	AUTO_JSON json = result_json(&result);
	AUTO_FREE char *written = json_dumps(json, 0);
	if (!written)
		abort();
	evidence_list_done(&list);
	result_done(&result);
	program_done(&program);
	plan_done(&plan);
	build_done(&whole.words);
	build_done(&pieces.words);
	return 0;
}
