/* Anthropic Messages: content in blocks, thinking with its signature, marks for the prompt cache. */
#include "llm/provider.h"
#include <math.h>

#define MAX_TOKENS 8192 /* when nobody says; the protocol requires a number */
#define CACHE_MARKS 4

static json_t *mark(json_t *block, bool cache, int *marks)
{
	if (cache && *marks < CACHE_MARKS) {
		json_object_set_new(block, "cache_control", json_pack("{s:s}", "type", "ephemeral"));
		++*marks;
	}
	return block;
}

static json_t *text_block(const char *text)
{
	return json_pack("{s:s, s:o}", "type", "text", "text", json_str(text));
}

static json_t *call_block(const struct chat_call *call)
{
	json_t *input = json_parse(text_of(call->arguments), NULL);

	return json_pack("{s:s, s:o, s:o, s:o}", "type", "tool_use", "id", json_str(call->id), "name",
			 json_str(call->name), "input", input ? input : json_object());
}

/* The blocks of one role stand in one message: roles must alternate. */
static json_t *blocks_for(json_t *messages, const char *role)
{
	json_t *last = json_array_get(messages, json_array_size(messages) - 1);

	if (json_array_size(messages) && strcmp(json_get_string(last, "role"), role) == 0)
		return json_object_get(last, "content");
	json_array_append_new(messages, json_pack("{s:s, s:[]}", "role", role, "content"));
	return json_object_get(json_array_get(messages, json_array_size(messages) - 1), "content");
}

static void add_turn(const struct chat_turn *turn, json_t *messages, int *marks)
{
	json_t *blocks = blocks_for(messages, turn->role == CHAT_ASSISTANT ? "assistant" : "user");

	if (turn->role == CHAT_TOOL) {
		json_t *block = json_pack("{s:s, s:o, s:o}", "type", "tool_result", "tool_use_id",
					  json_str(turn->call_id), "content", json_str(turn->text));

		if (turn->failed)
			json_object_set_new(block, "is_error", json_true());
		json_array_append_new(blocks, mark(block, turn->cache, marks));
	} else if (turn->native && turn->native_of == provider_messages.name) {
		json_array_extend(blocks, turn->native);
	} else {
		if (turn->text[0]) /* an empty text block is refused */
			json_array_append_new(blocks, mark(text_block(turn->text), turn->cache, marks));
		vec_each(call, &turn->calls)
			json_array_append_new(blocks, call_block(call));
		if (!json_array_size(blocks))
			json_array_append_new(blocks, text_block("(nothing)"));
	}
}

static long thinking_tokens(const char *effort, long max)
{
	static const struct {
		const char *effort;
		long tokens;
	} efforts[] = { { "minimal", 1024 }, { "low", 2048 }, { "medium", 8192 }, { "high", 24576 }, { "xhigh", 49152 } };

	for (size_t i = 0; effort && i < COUNT(efforts); i++)
		if (strcmp(effort, efforts[i].effort) == 0)
			return efforts[i].tokens < max - 1024 ? efforts[i].tokens : max > 2048 ? max - 1024 : 0;
	return 0;
}

static void add_tools(const struct exchange *exchange, json_t *body, bool by_tool, int *marks)
{
	json_t *tools = json_array();
	const char *choice = exchange_choice(exchange);

	for (size_t i = 0; exchange_tools(exchange) && i < exchange->chat->tools.len; i++) {
		const struct chat_tool *tool = &exchange->chat->tools.at[i];
		json_t *json = json_pack("{s:o, s:o, s:O}", "name", json_str(tool->name), "description",
					 json_str(tool->description), "input_schema", tool->schema);

		json_array_append_new(tools, mark(json, i == exchange->chat->tools.len - 1, marks));
	}
	if (by_tool)
		json_array_append_new(tools, json_pack("{s:s, s:s, s:O}", "name", exchange->schema_name, "description",
						       "Gives the answer.", "input_schema", exchange->schema));
	if (json_array_size(tools))
		json_object_set(body, "tools", tools);
	json_decref(tools);
	if (by_tool)
		json_object_set_new(body, "tool_choice",
				    json_pack("{s:s, s:s}", "type", "tool", "name", exchange->schema_name));
	else if (choice && strcmp(choice, "required") == 0)
		json_object_set_new(body, "tool_choice", json_pack("{s:s}", "type", "any"));
	else if (choice && strcmp(choice, "none") == 0)
		json_object_set_new(body, "tool_choice", json_pack("{s:s}", "type", "none"));
	else if (choice && strcmp(choice, "auto") != 0)
		json_object_set_new(body, "tool_choice", json_pack("{s:s, s:s}", "type", "tool", "name", choice));
}

static json_t *request(const struct exchange *exchange)
{
	AUTO_BUILD system = { 0 };
	json_t *body = json_object(), *messages = json_array();
	long max = exchange->max_output > 0 ? exchange->max_output : MAX_TOKENS;
	/* A form of the answer is had by a tool that must be called; with tools of the chat it is asked for in words. */
	bool by_tool = exchange->schema && !exchange->schema_in_words;
	long thinking = by_tool ? 0 : thinking_tokens(exchange->effort, max);
	int marks = 0;

	exchange_system(exchange, &system);
	json_object_set_new(body, "model", json_str(exchange->model->name));
	json_object_set_new(body, "max_tokens", json_integer(max));
	if (system.len)
		json_object_set_new(body, "system", json_pack("[o]", mark(text_block(system.at), true, &marks)));
	add_tools(exchange, body, by_tool, &marks);
	vec_each(turn, &exchange->chat->turns)
		if (turn->role != CHAT_SYSTEM)
			add_turn(turn, messages, &marks);
	if (exchange->misfit) {
		json_array_append_new(blocks_for(messages, "assistant"), text_block(exchange->misfit));
		json_array_append_new(blocks_for(messages, "user"), text_block(exchange->complaint));
	}
	json_object_set_new(body, "messages", messages);
	if (thinking)
		json_object_set_new(body, "thinking", json_pack("{s:s, s:I}", "type", "enabled", "budget_tokens",
								(json_int_t)thinking));
	else if (!isnan(exchange->temperature))
		json_object_set_new(body, "temperature", json_real(exchange->temperature > 1 ? 1 : exchange->temperature));
	json_object_set_new(body, "stream", json_boolean(exchange->stream));
	return body;
}

/* Cumulative: each number replaces the earlier one. */
static void read_usage(struct reading *reading, const json_t *usage)
{
	struct usage *to = &reading->answer->usage;
	long plain = to->input - to->cached - to->cache_written;

	if (!json_is_object(usage))
		return;
	to->known = true;
	plain = (long)json_get_number(usage, "input_tokens", (double)plain);
	to->cached = (long)json_get_number(usage, "cache_read_input_tokens", (double)to->cached);
	to->cache_written = (long)json_get_number(usage, "cache_creation_input_tokens", (double)to->cache_written);
	to->input = plain + to->cached + to->cache_written;
	to->output = (long)json_get_number(usage, "output_tokens", (double)to->output);
}

static void read_model(struct reading *reading, const json_t *message)
{
	const char *model = json_get_string(message, "model");

	if (model[0])
		snprintf(reading->answer->model, sizeof(reading->answer->model), "%s", model);
	read_usage(reading, json_object_get(message, "usage"));
}

/* Pieces are joined once, at the end: a text that comes letter by letter is not copied each time. */
static void append(json_t *block, const char *key, const json_t *piece)
{
	json_t *pieces = json_object_get(block, " pieces"), *list;

	if (!json_is_string(piece) || !block)
		return;
	if (!pieces) {
		pieces = json_object();
		json_object_set_new(block, " pieces", pieces);
	}
	list = json_object_get(pieces, key);
	if (!list) {
		list = json_array();
		json_object_set_new(pieces, key, list);
	}
	json_array_append(list, (json_t *)piece);
}

static void join(json_t *block)
{
	json_t *pieces = json_incref(json_object_get(block, " pieces")), *list;
	const char *key;

	json_object_del(block, " pieces");
	json_object_foreach(pieces, key, list) {
		AUTO_BUILD joined = { 0 };
		const json_t *piece;
		size_t i;

		build_put(&joined, json_get_string(block, key));
		json_array_foreach(list, i, piece)
			build_add(&joined, (struct text){ json_string_value(piece), json_string_length(piece) });
		json_object_set_new(block, key, json_text(build_text(&joined)));
	}
	json_decref(pieces);
}

static void block_start(struct reading *reading, long index, const json_t *block)
{
	const char *type = json_get_string(block, "type");
	const json_t *input = json_object_get(block, "input");

	if (!reading->items)
		reading->items = json_array();
	/* The place in the list is not the index: servers skip numbers. */
	json_t *kept = json_copy((json_t *)block);
	json_object_set_new(kept, " index", json_integer(index));
	json_array_append_new(reading->items, kept);
	if (strcmp(type, "text") == 0)
		reading_string(reading, json_object_get(block, "text"), false);
	else if (strcmp(type, "thinking") == 0)
		reading_string(reading, json_object_get(block, "thinking"), true);
	else if (strcmp(type, "tool_use") == 0)
		reading_call(reading, index, json_get_string(block, "id"), json_get_string(block, "name"),
			     json_object_size(input) ? input : NULL);
}

static json_t *block_at(struct reading *reading, long index)
{
	json_t *block;
	size_t i;

	json_array_foreach(reading->items, i, block)
		if (json_get_number(block, " index", -1) == (double)index)
			return block;
	return NULL;
}

static void block_delta(struct reading *reading, long index, const json_t *delta)
{
	const char *type = json_get_string(delta, "type");
	json_t *block = block_at(reading, index);

	if (strcmp(type, "text_delta") == 0) {
		append(block, "text", json_object_get(delta, "text"));
		reading_string(reading, json_object_get(delta, "text"), false);
	} else if (strcmp(type, "thinking_delta") == 0) {
		append(block, "thinking", json_object_get(delta, "thinking"));
		reading_string(reading, json_object_get(delta, "thinking"), true);
	} else if (strcmp(type, "signature_delta") == 0) {
		append(block, "signature", json_object_get(delta, "signature"));
	} else if (strcmp(type, "input_json_delta") == 0) {
		reading_call(reading, index, NULL, NULL, json_object_get(delta, "partial_json"));
	}
}

static void event(struct reading *reading, const char *name, const json_t *data)
{
	const char *type = json_get_string(data, "type");
	const json_t *delta = json_object_get(data, "delta");
	long index = (long)json_get_number(data, "index", -1);

	if (!type[0])
		type = name;
	if (strcmp(type, "error") == 0) {
		reading_error(reading, data);
	} else if (strcmp(type, "message_start") == 0) {
		reading->began = true;
		read_model(reading, json_object_get(data, "message"));
	} else if (strcmp(type, "content_block_start") == 0) {
		block_start(reading, index, json_object_get(data, "content_block"));
	} else if (strcmp(type, "content_block_delta") == 0) {
		block_delta(reading, index, delta);
	} else if (strcmp(type, "message_delta") == 0) {
		read_usage(reading, json_object_get(data, "usage"));
		if (json_get_string(delta, "stop_reason")[0])
			reading_stop(reading, json_get_string(delta, "stop_reason"));
	} else if (strcmp(type, "message_stop") == 0) {
		reading->closed = true;
	} /* ping, and events that are not known yet */
}

static void whole(struct reading *reading, const json_t *body)
{
	const json_t *block;
	size_t i;

	if (strcmp(json_get_string(body, "type"), "error") == 0 || json_is_object(json_object_get(body, "error"))) {
		reading_error(reading, body);
		return;
	}
	if (!json_is_array(json_object_get(body, "content")))
		return;
	reading->began = reading->closed = true;
	read_model(reading, body);
	json_array_foreach(json_object_get(body, "content"), i, block)
		block_start(reading, (long)i, block);
	if (json_get_string(body, "stop_reason")[0])
		reading_stop(reading, json_get_string(body, "stop_reason"));
}

/* The blocks to send back: without empty text, with each call's arguments as they were understood. */
static void end(struct reading *reading)
{
	json_t *kept = json_array(), *block;
	struct answer *answer = reading->answer;
	size_t i;

	json_array_foreach(reading->items, i, block) {
		const char *type = json_get_string(block, "type");

		json_object_del(block, " index");
		join(block);
		if (strcmp(type, "text") == 0 && !json_get_string(block, "text")[0])
			continue;
		vec_each(call, &answer->calls)
			if (strcmp(type, "tool_use") == 0 && strcmp(json_get_string(block, "id"), call->id) == 0)
				json_object_set_new(block, "input", json_parse(text_of(call->arguments), NULL));
		json_array_append(kept, block);
	}
	/* Thinking is what needs the blocks; an answer by schema is text. */
	if (json_array_size(kept) && !reading->schema_tool)
		answer->native = json_incref(kept);
	answer->native_of = provider_messages.name;
	json_decref(kept);
}

const struct provider_ops provider_messages = { "messages", "/v1/messages", request, event, whole, end };
