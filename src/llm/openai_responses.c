/* OpenAI Responses, stateless: nothing is stored there, and the model's items go back verbatim. */
#include "llm/provider.h"
#include <math.h>
#include "llm/mend.h"

static json_t *say(const char *role, const char *text)
{
	return json_pack("{s:s, s:o}", "role", role, "content", json_str(text));
}

static void turn_items(const struct chat_turn *turn, json_t *input)
{
	if (turn->role == CHAT_TOOL) {
		json_array_append_new(input, json_pack("{s:s, s:o, s:o}", "type", "function_call_output", "call_id",
						       json_str(turn->call_id), "output", json_str(turn->text)));
		return;
	}
	if (turn->role == CHAT_USER) {
		json_array_append_new(input, say("user", turn->text));
		return;
	}
	if (turn->native && turn->native_of == provider_responses.name) {
		json_array_extend(input, turn->native);
		return;
	}
	if (turn->text[0])
		json_array_append_new(input, say("assistant", turn->text));
	vec_each(call, &turn->calls)
		json_array_append_new(input, json_pack("{s:s, s:o, s:o, s:o}", "type", "function_call", "call_id",
						       json_str(call->id), "name", json_str(call->name), "arguments",
						       json_str(call->arguments)));
}

static json_t *request(const struct exchange *exchange)
{
	AUTO_BUILD system = { 0 };
	json_t *body = json_object(), *input = json_array(), *tools = json_array();
	const char *choice = exchange_choice(exchange);

	exchange_system(exchange, &system);
	json_object_set_new(body, "model", json_str(exchange->model->name));
	if (system.len)
		json_object_set_new(body, "instructions", json_text(build_text(&system)));
	vec_each(turn, &exchange->chat->turns)
		if (turn->role != CHAT_SYSTEM)
			turn_items(turn, input);
	if (exchange->misfit) {
		json_array_append_new(input, say("assistant", exchange->misfit));
		json_array_append_new(input, say("user", exchange->complaint));
	}
	json_object_set_new(body, "input", input);
	vec_each(tool, &exchange->chat->tools)
		json_array_append_new(tools, json_pack("{s:s, s:o, s:o, s:O, s:b}", "type", "function", "name",
						       json_str(tool->name), "description", json_str(tool->description),
						       "parameters", tool->schema, "strict", schema_strict(tool->schema)));
	if (exchange_tools(exchange))
		json_object_set(body, "tools", tools);
	json_decref(tools);
	if (choice && (strcmp(choice, "none") == 0 || strcmp(choice, "required") == 0))
		json_object_set_new(body, "tool_choice", json_string(choice));
	else if (choice && strcmp(choice, "auto") != 0)
		json_object_set_new(body, "tool_choice", json_pack("{s:s, s:s}", "type", "function", "name", choice));
	if (exchange->schema && !exchange->schema_in_words)
		json_object_set_new(body, "text",
				    json_pack("{s:{s:s, s:s, s:b, s:O}}", "format", "type", "json_schema", "name",
					      exchange->schema_name, "strict", schema_strict(exchange->schema), "schema",
					      exchange->schema));
	if (exchange->max_output > 0)
		json_object_set_new(body, "max_output_tokens", json_integer(exchange->max_output));
	if (!isnan(exchange->temperature))
		json_object_set_new(body, "temperature", json_real(exchange->temperature));
	if (exchange->effort)
		json_object_set_new(body, "reasoning", json_pack("{s:o}", "effort", json_str(exchange->effort)));
	json_object_set_new(body, "store", json_false());
	json_object_set_new(body, "include", json_pack("[s]", "reasoning.encrypted_content"));
	json_object_set_new(body, "stream", json_boolean(exchange->stream));
	return body;
}

static long index_of(const json_t *data)
{
	return (long)json_get_number(data, "output_index", -1);
}

/* Text that no delta brought. */
static void read_contents(struct reading *reading, const json_t *item)
{
	const json_t *part;
	size_t i;

	json_array_foreach(json_object_get(item, "content"), i, part) {
		if (strcmp(json_get_string(part, "type"), "refusal") == 0) {
			reading_string(reading, json_object_get(part, "refusal"), false);
			reading->answer->end = ANSWER_REFUSED;
		} else {
			reading_string(reading, json_object_get(part, "text"), false);
		}
	}
}

static void read_summaries(struct reading *reading, const json_t *item)
{
	const json_t *part;
	size_t i;

	json_array_foreach(json_object_get(item, "summary"), i, part)
		reading_string(reading, json_object_get(part, "text"), true);
	json_array_foreach(json_object_get(item, "content"), i, part)
		reading_string(reading, json_object_get(part, "text"), true);
}

/* A finished item: kept verbatim, and read when its deltas did not come. */
static void read_item(struct reading *reading, const json_t *item, long index)
{
	const char *type = json_get_string(item, "type");
	struct answer *answer = reading->answer;

	if (!reading->items)
		reading->items = json_array();
	json_array_append(reading->items, (json_t *)item);
	if (strcmp(type, "message") == 0 && (long)(answer->text.len + reading->held.len) == reading->whole_item)
		read_contents(reading, item);
	if (strcmp(type, "reasoning") == 0 && !answer->reasoning.len)
		read_summaries(reading, item);
	if (strcmp(type, "function_call") == 0) {
		const char *id = json_get_string(item, "call_id");

		vec_each(call, &reading->calls)
			if (call->id && strcmp(call->id, id) == 0)
				build_clear(&call->arguments); /* the whole stands in the item */
		reading_call(reading, index, id, json_get_string(item, "name"), json_object_get(item, "arguments"));
	}
	reading->whole_item = (long)(answer->text.len + reading->held.len);
}

static void read_usage(struct reading *reading, const json_t *usage)
{
	struct usage *to = &reading->answer->usage;

	if (!json_is_object(usage))
		return;
	to->known = true;
	to->input = (long)json_get_number(usage, "input_tokens", 0);
	to->output = (long)json_get_number(usage, "output_tokens", 0);
	to->cached = (long)json_get_number(json_object_get(usage, "input_tokens_details"), "cached_tokens", 0);
	to->reasoning = (long)json_get_number(json_object_get(usage, "output_tokens_details"), "reasoning_tokens", 0);
}

static void read_response(struct reading *reading, const json_t *response)
{
	const char *status = json_get_string(response, "status"), *model = json_get_string(response, "model");
	const json_t *item;
	size_t i;

	if (model[0])
		snprintf(reading->answer->model, sizeof(reading->answer->model), "%s", model);
	/* The encrypted reasoning differs here from what the items had: one of them only. */
	if (!reading->items)
		json_array_foreach(json_object_get(response, "output"), i, item)
			read_item(reading, item, (long)i);
	read_usage(reading, json_object_get(response, "usage"));
	reading->closed = true;
	if (strcmp(status, "failed") == 0 || json_is_object(json_object_get(response, "error"))) {
		reading_error(reading, response);
		return;
	}
	if (strcmp(status, "incomplete") == 0)
		reading_stop(reading,
			     json_get_string(json_object_get(response, "incomplete_details"), "reason"));
	else
		reading_stop(reading, "completed");
}

static void event(struct reading *reading, const char *name, const json_t *data)
{
	const char *type = json_get_string(data, "type");
	const json_t *item = json_object_get(data, "item"), *delta = json_object_get(data, "delta");

	if (!type[0])
		type = name;
	if (strcmp(type, "error") == 0 || (!json_is_null(json_object_get(data, "error")) && json_object_get(data, "error"))) {
		reading_error(reading, data);
		return;
	}
	if (!text_starts(text_of(type), "response."))
		return;
	type += strlen("response.");
	reading->began = true;
	if (strcmp(type, "output_text.delta") == 0) {
		reading_string(reading, delta, false);
	} else if (strcmp(type, "refusal.delta") == 0) {
		reading_string(reading, delta, false);
		reading->answer->end = ANSWER_REFUSED;
	} else if (strcmp(type, "reasoning_summary_text.delta") == 0 || strcmp(type, "reasoning_text.delta") == 0) {
		reading_string(reading, delta, true);
	} else if (strcmp(type, "output_item.added") == 0 && strcmp(json_get_string(item, "type"), "function_call") == 0) {
		reading_call(reading, index_of(data), json_get_string(item, "call_id"), json_get_string(item, "name"), NULL);
	} else if (strcmp(type, "function_call_arguments.delta") == 0) {
		reading_call(reading, index_of(data), NULL, NULL, delta);
	} else if (strcmp(type, "output_item.done") == 0 && item) {
		read_item(reading, item, index_of(data));
	} else if (strcmp(type, "completed") == 0 || strcmp(type, "incomplete") == 0 || strcmp(type, "failed") == 0) {
		read_response(reading, json_object_get(data, "response"));
	}
}

static void whole(struct reading *reading, const json_t *body)
{
	if (!json_object_get(body, "output") && !json_object_get(body, "status")) {
		if (json_object_get(body, "error"))
			reading_error(reading, body);
		return;
	}
	reading->began = true;
	read_response(reading, body);
}

static void end(struct reading *reading)
{
	reading->answer->native = TAKE(reading->items);
	reading->answer->native_of = provider_responses.name;
}

const struct provider_ops provider_responses = { "responses", "/responses", request, event, whole, end };
