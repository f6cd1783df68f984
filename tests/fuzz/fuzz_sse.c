/* Fuzzes the reader of event streams: however the bytes are cut, the events are the same; and each protocol reads them. */
#include <stdint.h>
#include "llm/provider.h"
#include "llm/sse.h"

struct seen {
	struct build events;
	const struct provider_ops *ops;
	struct reading *reading;
};

static int take(void *context, const struct sse_event *event)
{
	struct seen *seen = context;

	build_fmt(&seen->events, "%s %zu ", event->name, event->data.len);
	build_add(&seen->events, event->data);
	build_char(&seen->events, '\n');
	if (seen->reading && !seen->reading->answer->error.code) {
		AUTO_JSON data = sse_json(event->data, NULL);

		if (data)
			seen->ops->event(seen->reading, event->name, data);
	}
	return 0;
}

static void feed(struct seen *seen, const uint8_t *data, size_t size, size_t piece)
{
	struct sse sse = { .take = take, .context = seen, .limit = 1 << 20 };
	struct text rest = { (const char *)data, size };

	while (rest.len) {
		size_t len = rest.len < piece ? rest.len : piece;

		if (sse_feed(&sse, text_until(rest, len)) < 0)
			break;
		rest = text_from(rest, len);
	}
	sse_end(&sse);
	sse_done(&sse);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct provider_ops *const all[] = { &provider_chat, &provider_responses, &provider_messages };
	struct seen whole = { 0 }, cut = { 0 };
	AUTO_CHAT chat = chat_new();
	AUTO_JSON schema = json_object();

	chat_tool(chat, "look", "Looks.", schema);
	feed(&whole, data, size, size ? size : 1);
	feed(&cut, data, size, 1);
	if (!text_same(build_text(&whole.events), build_text(&cut.events)))
		abort();
	build_done(&whole.events);
	build_done(&cut.events);
	for (size_t i = 0; i < COUNT(all); i++) {
		AUTO_ANSWER answer = { 0 };
		struct reading reading = { .answer = &answer, .chat = chat, .tools = true };
		struct seen seen = { .ops = all[i], .reading = &reading };

		feed(&seen, data, size, 7);
		reading_end(&reading);
		if (all[i]->end)
			all[i]->end(&reading);
		vec_each(call, &answer.calls) {
			AUTO_JSON arguments = json_parse(text_of(call->arguments), NULL);

			if (!json_is_object(arguments) || !call->id || !call->name)
				abort();
		}
		chat_answer(chat, &answer);
		reading_done(&reading);
		build_done(&seen.events);
		chat_cut(chat, 0);
	}
	return 0;
}
