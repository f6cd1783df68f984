/* An answer while it comes: reasoning kept apart, calls merged, calls printed as text recognised. */
#include "llm/reading.h"
#include "llm/mend.h"
#include "llm/provider.h"

#define ANSWER_BYTES (8 << 20)
#define ARGUMENT_BYTES (1 << 20)
#define CALLS 128

static void call_free(struct reading_call *call)
{
	free(call->id);
	free(call->name);
	build_done(&call->arguments);
}

void reading_done(struct reading *reading)
{
	vec_each(call, &reading->calls)
		call_free(call);
	vec_done(&reading->calls);
	build_done(&reading->held);
	json_decref(reading->items);
	reading->items = NULL;
}

static void emit(struct reading *reading, struct text piece)
{
	struct answer *answer = reading->answer;

	if (!piece.len)
		return;
	answer->text.ceiling = ANSWER_BYTES;
	build_add(&answer->text, piece);
	if (reading->watch && reading->watch->text) {
		answer->shown = true;
		reading->watch->text(reading->context, piece);
	}
}

void reading_reasoning(struct reading *reading, struct text piece)
{
	struct answer *answer = reading->answer;

	if (!piece.len)
		return;
	answer->reasoning.ceiling = ANSWER_BYTES;
	build_add(&answer->reasoning, piece);
	if (reading->watch && reading->watch->reasoning) {
		answer->shown = true;
		reading->watch->reasoning(reading->context, piece);
	}
}

/* Whether `t` begins with the mark (1), may yet (0), or does not (-1). */
static int begins(struct text t, const char *mark)
{
	size_t len = strlen(mark), least = t.len < len ? t.len : len;

	if (memcmp(t.at, mark, least) != 0)
		return -1;
	return t.len >= len;
}

static void flush(struct reading *reading)
{
	emit(reading, build_text(&reading->held));
	build_clear(&reading->held);
}

/* Decides, from the first characters, what the text is. */
static void judge_start(struct reading *reading)
{
	static const char *const calls[] = { "{", "[", "```", "<tool_call", "<function" };
	struct text t = build_text(&reading->held);
	bool open = false;

	while (t.len && strchr(" \t\r\n", t.at[0]))
		t = text_from(t, 1);
	if (!t.len)
		return;
	if (!reading->thought && begins(t, "<think>") >= 0) {
		if (begins(t, "<think>") == 0)
			return;
		t = text_from(t, strlen("<think>"));
		AUTO_FREE char *rest = text_copy(t);
		build_clear(&reading->held);
		build_put(&reading->held, rest);
		reading->state = READING_THINK;
		reading->thought = true;
		return;
	}
	for (size_t i = 0; reading->tools && i < COUNT(calls); i++) {
		if (begins(t, calls[i]) > 0)
			reading->state = READING_HELD;
		open |= begins(t, calls[i]) == 0;
	}
	if (reading->state == READING_HELD || open)
		return;
	reading->state = READING_PLAIN;
	/* Blank lines that stood behind the reasoning are no part of the answer. */
	if (reading->thought)
		emit(reading, t);
	else
		emit(reading, build_text(&reading->held));
	build_clear(&reading->held);
}

/* Inside <think>: gives out all that cannot be the beginning of the closing mark. */
static void think(struct reading *reading)
{
	static const char mark[] = "</think>";
	struct text t = build_text(&reading->held);
	size_t end, keep = 0;
	bool found = text_find(t, mark, &end);

	if (!found) {
		for (size_t n = 1; n < sizeof(mark) - 1 && n <= t.len; n++)
			if (memcmp(t.at + t.len - n, mark, n) == 0)
				keep = n;
		end = t.len - keep;
	}
	reading_reasoning(reading, text_until(t, end));
	AUTO_FREE char *rest = text_copy(text_from(t, found ? end + strlen(mark) : end));
	build_clear(&reading->held);
	build_put(&reading->held, rest);
	if (found) {
		reading->state = READING_START;
		judge_start(reading);
	}
}

void reading_text(struct reading *reading, struct text piece)
{
	reading->began = true;
	if (!piece.len)
		return;
	if (reading->state == READING_PLAIN) {
		emit(reading, piece);
		return;
	}
	reading->held.ceiling = ANSWER_BYTES;
	build_add(&reading->held, piece);
	if (reading->state == READING_START)
		judge_start(reading);
	if (reading->state == READING_THINK)
		think(reading);
}

void reading_string(struct reading *reading, const json_t *text, bool reasoning)
{
	struct text t = { json_string_value(text), json_string_length(text) };

	if (json_is_string(text) && reasoning)
		reading_reasoning(reading, t);
	else if (json_is_string(text))
		reading_text(reading, t);
}

static bool complete(const struct reading_call *call)
{
	AUTO_JSON json = call->arguments.len ? json_parse(build_text(&call->arguments), NULL) : NULL;

	return json_is_object(json);
}

/* The call that a piece continues, or NULL for a new one. */
static struct reading_call *call_of(struct reading *reading, long index, const char *id, const char *name)
{
	struct reading_call *last = NULL;

	vec_each(call, &reading->calls) {
		if (id[0] && call->id && strcmp(call->id, id) == 0)
			return call;
		if (index < 0 || call->index < 0 || call->index == index)
			last = call;
	}
	if (!last)
		return NULL;
	if (id[0])
		return last->id ? NULL : last; /* another id: another call, even at this index */
	/* A name again is a new call, unless it only repeats what is not finished. */
	if (name[0] && last->name && (strcmp(name, last->name) != 0 || complete(last) || !last->arguments.len))
		return NULL;
	return last;
}

void reading_call(struct reading *reading, long index, const char *id, const char *name, const json_t *arguments)
{
	struct reading_call *call;

	id = id ? id : "";
	name = name ? name : "";
	reading->began = true;
	call = call_of(reading, index, id, name);
	if (!call) {
		if (reading->calls.len >= CALLS)
			return;
		call = vec_new(&reading->calls);
		call->index = index;
		call->arguments.ceiling = ARGUMENT_BYTES;
	}
	if (id[0] && !call->id)
		call->id = text_copy(text_of(id));
	if (name[0] && !call->name)
		call->name = text_copy(text_of(name));
	if (json_is_string(arguments)) {
		build_add(&call->arguments, (struct text){ json_string_value(arguments), json_string_length(arguments) });
	} else if (json_is_object(arguments) || json_is_array(arguments)) {
		AUTO_FREE char *text = json_dumps(arguments, JSON_COMPACT);

		build_put(&call->arguments, text ? text : "");
	}
}

void reading_stop(struct reading *reading, const char *reason)
{
	static const struct {
		const char *word;
		enum answer_end end;
	} words[] = {
		{ "stop", ANSWER_STOP },	     { "end_turn", ANSWER_STOP },	{ "stop_sequence", ANSWER_STOP },
		{ "completed", ANSWER_STOP },	     { "tool_calls", ANSWER_TOOLS },	{ "function_call", ANSWER_TOOLS },
		{ "tool_use", ANSWER_TOOLS },	     { "length", ANSWER_LENGTH },	{ "max_tokens", ANSWER_LENGTH },
		{ "max_output_tokens", ANSWER_LENGTH }, { "content_filter", ANSWER_FILTERED },
		{ "model_context_window_exceeded", ANSWER_LENGTH }, { "refusal", ANSWER_REFUSED },
		{ "max_completion_tokens", ANSWER_LENGTH }, { "content_filtered", ANSWER_FILTERED },
		/* Of Gemini and Bedrock, which some gateways pass on. */
		{ "safety", ANSWER_FILTERED },	     { "recitation", ANSWER_FILTERED },	{ "prohibited_content", ANSWER_FILTERED },
		{ "blocklist", ANSWER_FILTERED },    { "spii", ANSWER_FILTERED },	{ "guardrail_intervened", ANSWER_FILTERED },
	};

	reading->ended = reading->began = true;
	/* A refusal that came as its own kind of text stays one. */
	if (reading->answer->end == ANSWER_REFUSED)
		return;
	/* A failure on its way, of which some servers tell in no other way. */
	if (strcmp(reason, "error") == 0 || strcmp(reason, "insufficient_system_resource") == 0 || strcasestr(reason, "malformed_function_call")) {
		reading->retryable = true;
		answer_fail(reading->answer, FAULT_SERVER, -EREMOTEIO, "the model's server broke the answer off, and gave no reason but '%s'", reason);
		return;
	}
	reading->answer->end = ANSWER_STOP; /* any word that is not known */
	for (size_t i = 0; i < COUNT(words); i++)
		if (strcasecmp(reason, words[i].word) == 0)
			reading->answer->end = words[i].end;
}

void reading_error(struct reading *reading, const json_t *error)
{
	enum answer_fault fault = FAULT_SERVER;
	char message[400], type[80], code[80];
	bool named;
	long status;

	if (!provider_error(error, message, type, code))
		snprintf(message, sizeof(message), "it gave no reason"), type[0] = code[0] = '\0';
	status = strtol(code, NULL, 10);
	snprintf(reading->error_type, sizeof(reading->error_type), "%s", type);
	reading->retryable = status == 408 || status == 409 || status == 429 || status >= 500 ||
			     strstr(type, "overloaded") || strstr(type, "rate_limit") || strstr(type, "server_error") ||
			     strstr(type, "api_error") || strstr(type, "timeout") || strstr(code, "server_error") ||
			     strstr(code, "rate_limit") || strstr(type, "unavailable");
	if (strstr(code, "insufficient_quota") || strstr(type, "insufficient_quota"))
		reading->retryable = false;
	if (provider_context_error(message, type, code))
		reading->retryable = false, fault = FAULT_BUDGET;
	else if (strstr(type, "rate_limit") || strstr(code, "rate_limit"))
		fault = FAULT_RATE;
	/* "error" is the name of the event, and tells nothing. */
	named = type[0] && strcmp(type, "error") != 0;
	answer_fail(reading->answer, fault, fault == FAULT_BUDGET ? -E2BIG : -EREMOTEIO, "the model's server broke the answer off: %s%s%s%s", message,
		    named ? " (" : "", named ? type : "", named ? ")" : "");
}

/* A call that a model without a tool parser printed: {"name": …, "arguments": {…}}, perhaps several, in fences
 * or <tool_call> marks. True when all of the text is calls of tools that were offered. */
static bool printed_call(struct reading *reading, const json_t *json)
{
	static const char *const names[] = { "arguments", "parameters", "input", "args" };
	const json_t *inner = json_object_get(json, "function"), *arguments = NULL;
	const char *name;

	if (json_is_object(inner))
		json = inner;
	name = json_get_string(json, "name");
	if (!name[0])
		name = json_get_string(json, "tool");
	if (!name[0] || !reading->chat || !chat_tool_find(reading->chat, name))
		return false;
	for (size_t i = 0; i < COUNT(names) && !arguments; i++)
		arguments = json_object_get(json, names[i]);
	if (!arguments)
		return false;
	struct reading_call *call = vec_new(&reading->calls);
	call->index = -1;
	call->arguments.ceiling = ARGUMENT_BYTES;
	call->name = text_copy(text_of(name));
	AUTO_FREE char *text = json_is_string(arguments) ? text_copy(text_of(json_string_value(arguments))) :
							   json_dumps(arguments, JSON_COMPACT);
	build_put(&call->arguments, text ? text : "{}");
	return true;
}

static bool printed_calls(struct reading *reading)
{
	struct text t = text_trim(build_text(&reading->held));
	bool any = false;
	size_t end;

	while (t.len && reading->calls.len < CALLS) {
		struct text part = t;
		AUTO_JSON json = NULL;

		if (text_starts(t, "<tool_call>")) {
			t = part = text_from(t, strlen("<tool_call>"));
			if (text_find(t, "</tool_call>", &end)) {
				part = text_until(t, end);
				t = text_trim(text_from(t, end + strlen("</tool_call>")));
			} else {
				t = text_from(t, t.len);
			}
		} else {
			t = text_from(t, t.len);
		}
		json = json_mend(part, NULL);
		if (json_is_array(json)) {
			const json_t *each;
			size_t i;

			json_array_foreach(json, i, each)
				any |= printed_call(reading, each);
		} else if (json) {
			any |= printed_call(reading, json);
		}
	}
	return any;
}

static void calls_settle(struct reading *reading)
{
	struct answer *answer = reading->answer;
	bool cut = answer->end == ANSWER_LENGTH || !reading->ended;
	size_t number = 0;

	vec_each(call, &reading->calls) {
		struct chat_call *whole;

		if (!call->name)
			continue; /* a fragment of nothing */
		number++;
		whole = vec_new(&answer->calls);
		whole->name = text_copy(text_of(call->name));
		if (call->id) {
			whole->id = text_copy(text_of(call->id));
		} else if (asprintf(&whole->id, "call_%u_%zu", (unsigned)reading->chat->turns.len, number) < 0) {
			abort();
		}
		whole->arguments = arguments_read(build_text(&call->arguments), cut && number == reading->calls.len,
						  &whole->broken);
		if (reading->watch && reading->watch->tool_call && !answer->error.code) {
			answer->shown = true;
			reading->watch->tool_call(reading->context, whole);
		}
	}
	if (answer->calls.len && answer->end == ANSWER_STOP)
		answer->end = ANSWER_TOOLS;
	if (!answer->calls.len && answer->end == ANSWER_TOOLS)
		answer->end = ANSWER_STOP;
}

/* The answer by schema came as a tool's arguments: it is text again. */
static void schema_settle(struct reading *reading)
{
	vec_each(call, &reading->calls) {
		if (!call->name || !reading->schema_name || strcmp(call->name, reading->schema_name) != 0)
			continue;
		emit(reading, build_text(&call->arguments));
		build_clear(&call->arguments);
		free(call->name);
		call->name = NULL;
		if (reading->answer->end == ANSWER_TOOLS)
			reading->answer->end = ANSWER_STOP;
	}
}

void reading_end(struct reading *reading)
{
	struct answer *answer = reading->answer;

	if (reading->closed && !reading->ended && !answer->error.code)
		reading_stop(reading, "stop");
	if (reading->state == READING_THINK)
		reading_reasoning(reading, build_text(&reading->held));
	else if (reading->state != READING_HELD || reading->calls.len || !printed_calls(reading))
		flush(reading);
	build_clear(&reading->held);
	if (reading->schema_tool)
		schema_settle(reading);
	if (answer->text.cut || answer->reasoning.cut)
		answer_note(answer, "the answer was longer than %d MiB; the rest was dropped", ANSWER_BYTES >> 20);
	calls_settle(reading);
}
