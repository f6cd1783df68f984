/* OpenAI Chat Completions, and what the many servers that follow it make of it. */
#include "llm/provider.h"
#include <math.h>
#include "llm/mend.h"

static json_t *calls_json(const struct chat_turn *turn)
{
	json_t *list = json_array();

	vec_each(call, &turn->calls)
		json_array_append_new(list, json_pack("{s:o, s:s, s:{s:o, s:o}}", "id", json_str(call->id), "type",
						      "function", "function", "name", json_str(call->name), "arguments",
						      json_str(call->arguments)));
	return list;
}

static json_t *turn_json(const struct exchange *exchange, const struct chat_turn *turn)
{
	json_t *json = json_object();

	if (turn->role == CHAT_TOOL) {
		json_object_set_new(json, "role", json_string("tool"));
		json_object_set_new(json, "tool_call_id", json_str(turn->call_id));
		json_object_set_new(json, "content", json_str(turn->text));
		return json;
	}
	json_object_set_new(json, "role", json_string(turn->role == CHAT_ASSISTANT ? "assistant" : "user"));
	/* A turn that only calls tools has no content. */
	json_object_set_new(json, "content", turn->calls.len && !turn->text[0] ? json_null() : json_str(turn->text));
	if (turn->reasoning && exchange->rules->echo_reasoning && turn->calls.len)
		json_object_set_new(json, "reasoning_content", json_str(turn->reasoning));
	if (turn->calls.len)
		json_object_set_new(json, "tool_calls", calls_json(turn));
	return json;
}

static json_t *say(const char *role, const char *text)
{
	return json_pack("{s:s, s:o}", "role", role, "content", json_str(text));
}

static json_t *messages(const struct exchange *exchange)
{
	AUTO_BUILD system = { 0 };
	json_t *list = json_array();
	bool pending;

	exchange_system(exchange, &system);
	pending = system.len && exchange->rules->no_system;
	if (system.len && !pending)
		json_array_append_new(list, say("system", system.at));
	vec_each(turn, &exchange->chat->turns) {
		if (turn->role == CHAT_SYSTEM)
			continue;
		if (pending && turn->role == CHAT_USER) {
			build_fmt(&system, "\n\n%s", turn->text);
			json_array_append_new(list, say("user", system.at));
			pending = false;
			continue;
		}
		json_array_append_new(list, turn_json(exchange, turn));
	}
	if (exchange->misfit) {
		json_array_append_new(list, say("assistant", exchange->misfit));
		json_array_append_new(list, say("user", exchange->complaint));
	}
	return list;
}

static json_t *request(const struct exchange *exchange)
{
	json_t *body = json_object(), *tools;
	const char *choice = exchange_choice(exchange);

	json_object_set_new(body, "model", json_str(exchange->model->name));
	json_object_set_new(body, "messages", messages(exchange));
	if (exchange_tools(exchange)) {
		tools = json_array();
		vec_each(tool, &exchange->chat->tools)
			json_array_append_new(tools, json_pack("{s:s, s:{s:o, s:o, s:O}}", "type", "function", "function",
							       "name", json_str(tool->name), "description",
							       json_str(tool->description), "parameters", tool->schema));
		json_object_set_new(body, "tools", tools);
	}
	if (choice && (strcmp(choice, "none") == 0 || strcmp(choice, "required") == 0))
		json_object_set_new(body, "tool_choice", json_string(choice));
	else if (choice && strcmp(choice, "auto") != 0)
		json_object_set_new(body, "tool_choice", json_pack("{s:s, s:{s:s}}", "type", "function", "function",
								   "name", choice));
	if (exchange->schema && !exchange->schema_in_words)
		json_object_set_new(body, "response_format",
				    json_pack("{s:s, s:{s:s, s:b, s:O}}", "type", "json_schema", "json_schema", "name",
					      exchange->schema_name, "strict", schema_strict(exchange->schema), "schema",
					      exchange->schema));
	if (exchange->max_output > 0)
		json_object_set_new(body, "max_tokens", json_integer(exchange->max_output));
	if (!isnan(exchange->temperature))
		json_object_set_new(body, "temperature", json_real(exchange->temperature));
	if (exchange->effort)
		json_object_set_new(body, "reasoning_effort", json_str(exchange->effort));
	json_object_set_new(body, "stream", json_boolean(exchange->stream));
	if (exchange->stream)
		json_object_set_new(body, "stream_options", json_pack("{s:b}", "include_usage", true));
	return body;
}

static void read_usage(struct reading *reading, const json_t *usage)
{
	struct usage *to = &reading->answer->usage;
	const json_t *in = json_object_get(usage, "prompt_tokens_details"),
		     *out = json_object_get(usage, "completion_tokens_details");

	if (!json_is_object(usage))
		return;
	to->known = true;
	to->input = (long)json_get_number(usage, "prompt_tokens", (double)to->input);
	to->output = (long)json_get_number(usage, "completion_tokens", (double)to->output);
	to->cached = (long)json_get_number(in, "cached_tokens",
					   json_get_number(usage, "prompt_cache_hit_tokens", (double)to->cached));
	to->reasoning = (long)json_get_number(out, "reasoning_tokens", (double)to->reasoning);
}

static void read_message(struct reading *reading, const json_t *message)
{
	const json_t *calls = json_object_get(message, "tool_calls"), *call, *content = json_object_get(message, "content"),
		     *old = json_object_get(message, "function_call"), *refusal = json_object_get(message, "refusal");
	const json_t *reasoning = json_object_get(message, "reasoning_content");
	size_t i;

	/* Two names for one thing; a server in between may send both. */
	if (!json_is_string(reasoning))
		reasoning = json_object_get(message, "reasoning");
	reading_string(reading, reasoning, true);
	reading_string(reading, content, false);
	json_array_foreach(content, i, call) { /* parts, as some servers send them */
		const json_t *thought;
		size_t k;

		json_array_foreach(json_object_get(call, "thinking"), k, thought)
			reading_string(reading, json_object_get(thought, "text"), true);
		reading_string(reading, json_object_get(call, "text"), false);
	}
	if (json_is_string(refusal) && json_string_length(refusal)) {
		reading_string(reading, refusal, false);
		reading->answer->end = ANSWER_REFUSED;
	}
	json_array_foreach(calls, i, call) {
		const json_t *function = json_object_get(call, "function");
		const json_t *index = json_object_get(call, "index");

		reading_call(reading, json_is_integer(index) ? (long)json_integer_value(index) : -1,
			     json_get_string(call, "id"), json_get_string(function, "name"),
			     json_object_get(function, "arguments"));
	}
	if (json_is_object(old))
		reading_call(reading, 0, "", json_get_string(old, "name"), json_object_get(old, "arguments"));
}

/* A chunk and a whole answer differ only in the name of what they hold. */
static void read_any(struct reading *reading, const json_t *body, const char *holder)
{
	const json_t *choice, *choices = json_object_get(body, "choices");
	const char *model = json_get_string(body, "model");
	size_t i;

	if (json_object_get(body, "error") && !json_is_null(json_object_get(body, "error"))) {
		reading_error(reading, body);
		return;
	}
	if (json_is_array(choices) || json_object_get(body, "usage"))
		reading->began = true;
	if (model[0])
		snprintf(reading->answer->model, sizeof(reading->answer->model), "%s", model);
	read_usage(reading, json_object_get(body, "usage"));
	json_array_foreach(choices, i, choice) {
		const char *reason = json_get_string(choice, "finish_reason");

		if (json_get_number(choice, "index", 0) != 0)
			continue; /* one answer was asked for */
		read_message(reading, json_object_get(choice, holder));
		if (json_is_object(json_object_get(choice, "error"))) {
			reading_error(reading, choice);
			return;
		}
		if (reason[0])
			reading_stop(reading, reason);
	}
}

static void event(struct reading *reading, const char *name, const json_t *data)
{
	if (strcmp(name, "error") == 0)
		reading_error(reading, data);
	else
		read_any(reading, data, "delta");
}

static void whole(struct reading *reading, const json_t *body)
{
	read_any(reading, body, "message");
	reading->closed = reading->began;
}

const struct provider_ops provider_chat = { "chat", "/chat/completions", request, event, whole, NULL };
