/* One try of a request: its body made and weighed, sent, and the answer's bytes read as they come. */
#include <math.h>
#include "llm/count.h"
#include "base/log.h"

#define STOPPED_SECONDS 0.2

/* Tokens of a text, a little more rather than less: 3.5 ASCII characters a token, one of other scripts. */
long tokens_estimate(struct text t)
{
	size_t ascii = 0, wide = 0;

	for (size_t i = 0; i < t.len; i++) {
		unsigned char c = (unsigned char)t.at[i];

		ascii += c < 0x80;
		wide += c >= 0xc0;
	}
	return (long)((double)ascii / 3.5) + (long)wide + 4;
}

static bool tools_offered(const struct llm_request *request)
{
	return request->chat->tools.len && !request->options.no_tools && !request->known->rules.no_tools;
}

static long context_of(const struct llm_known *known)
{
	return known->model->context ? known->model->context : known->model->told ? known->model->told : known->facts.context;
}

long attempt_tokens(const struct llm_request *request)
{
	double ratio = request->known->model->ratio;

	return request->counted > 0 ? request->counted : (long)((double)request->estimate * (ratio > 0 ? ratio : 1));
}

/* Tokens that are kept free for the answer. */
static long output_of(const struct llm_request *request)
{
	long output = request->options.max_output ? request->options.max_output : request->known->model->max_output;

	return output ? output : 512;
}

/* Whether an estimate leaves it open if it fits, and the server can tell. */
static bool count_wanted(const struct llm_request *request)
{
	long context = context_of(request->known), tokens = attempt_tokens(request) + output_of(request);

	return !request->counted && !request->llm->config->dry_run && count_offered(request->known->model) && context && tokens > context / 2 &&
	       tokens < context * 2;
}

static int weigh(struct llm_request *request)
{
	const struct llm_known *known = request->known;
	long context = context_of(known), tokens = attempt_tokens(request), output = output_of(request);

	if (!context || tokens + output <= context)
		return 0;
	return answer_fail(&request->answer, FAULT_BUDGET, -E2BIG,
			   "the question is %s%ld tokens, and with %ld for the answer that is more than the %ld that '%s' reads at once; ask about less, or use a model with a longer context%s",
			   request->counted > 0 ? "" : "about ", tokens, output, context, known->model->name,
			   known->model->endpoint->kind == LLM_OLLAMA ? " (Ollama: OLLAMA_CONTEXT_LENGTH or num_ctx)" : "");
}

int attempt_body(struct llm_request *request)
{
	struct llm_known *known = request->known;
	const struct llm_options *options = &request->options;
	const struct llm_model *model = known->model;
	struct exchange exchange = {
		.model = model,
		.chat = request->chat,
		.rules = &known->rules,
		.schema = options->schema,
		.schema_name = options->schema_name ? options->schema_name : "answer",
		.tool_choice = options->tool_choice,
		.effort = options->effort ? options->effort : model->effort,
		.temperature = options->temperature_set ? options->temperature : model->temperature,
		.max_output = options->max_output ? options->max_output : model->max_output,
		.stream = !options->no_stream,
		.no_tools = options->no_tools,
		.misfit = request->misfit,
		.complaint = request->complaint,
	};

	request->ops = known->replay_protocol ? provider_find(known->replay_protocol) : provider_of(model, &known->rules);
	/* Messages has a form only by a forced tool, which leaves the chat's tools out. */
	request->schema_in_words = options->schema &&
				   (known->rules.schema_none || wire_rules_drop(&known->rules, "response_format") ||
				    wire_rules_drop(&known->rules, "text") || (request->ops == &provider_messages && wire_rules_drop(&known->rules, "tool_choice")) ||
				    (tools_offered(request) && (known->rules.schema_alone || request->ops == &provider_messages)));
	exchange.schema_in_words = request->schema_in_words;
	if (request->ops == &provider_messages && exchange.max_output <= 0 && known->facts.output && known->facts.output < 8192)
		exchange.max_output = known->facts.output;
	json_decref(request->body);
	free(request->text);
	request->body = request->ops->request(&exchange);
	wire_rules_apply(&known->rules, request->body);
	request->text = json_dumps(request->body, JSON_COMPACT);
	if (!request->text)
		return answer_fail(&request->answer, FAULT_REQUEST, -EINVAL, "the question could not be written as JSON");
	request->estimate = tokens_estimate(text_of(request->text));
	return 0;
}

static void first_late(void *context)
{
	struct llm_request *request = context;

	loop_cancel(request->llm->loop, TAKE(request->first));
	http_cancel(TAKE(request->call));
	answer_fail(&request->answer, FAULT_DEADLINE, -ETIMEDOUT, "no word came from '%s' within %g s",
		    request->known->model->name,
		    request->options.first_token > 0 ? request->options.first_token : request->llm->config->first_token);
	request_over(request);
}

/* The protocol said its last word, but the server keeps the line open. */
static void lingered(void *context)
{
	struct llm_request *request = context;
	struct http_end end = { .status = 200, .connected = true };

	loop_cancel(request->llm->loop, TAKE(request->linger));
	attempt_judge(request, &end, request->call);
}

static int take_event(void *context, const struct sse_event *event)
{
	struct llm_request *request = context;
	struct reading *reading = &request->reading;
	AUTO_JSON data = NULL;

	if (text_is(text_trim(event->data), "[DONE]")) {
		reading->closed = true;
		return 0;
	}
	data = sse_json(event->data, NULL);
	if (data) {
		request->ops->event(reading, event->name, data);
	} else if (strcmp(event->name, "error") == 0) {
		AUTO_JSON error = json_pack("{s:o}", "error", json_text(text_until(event->data, 300)));

		reading_error(reading, error);
	} else if (!request->cancelled) { /* who stops it has half an event */
		answer_note(&request->answer, "a piece of the answer was no JSON, and is missing from it");
	}
	return request->answer.error.code ? 1 : 0;
}

int request_bytes(struct llm_request *request, struct text bytes)
{
	struct answer *answer = &request->answer;
	struct text start = bytes;
	int code = 0;

	if (request->cancelled)
		return 1;
	if (request->body_kind == BODY_UNKNOWN) {
		while (start.len && strchr(" \t\r\n\xef\xbb\xbf", start.at[0]))
			start = text_from(start, 1);
		if (!start.len)
			return 0;
		/* A server that does not stream answers in one piece, whatever was asked for. */
		request->body_kind = start.at[0] == '{' || start.at[0] == '[' ? BODY_WHOLE : BODY_EVENTS;
		bytes = start;
	}
	if (request->body_kind == BODY_WHOLE)
		build_add(&request->whole, bytes);
	else
		code = sse_feed(&request->sse, bytes);
	if (code == -EMSGSIZE)
		answer_fail(answer, FAULT_SERVER, code, "the server sent one event of more than 16 MiB");
	if (request->first && (answer->text.len || answer->reasoning.len || request->reading.calls.len || request->reading.held.len))
		loop_cancel(request->llm->loop, TAKE(request->first));
	if (request->reading.closed && request->call && !request->linger && !code)
		request->linger = loop_after(request->llm->loop, 0.5, false, lingered, request);
	return code;
}

static int bytes_come(void *context, struct http_call *call, struct text bytes)
{
	struct llm_request *request = context;
	long status = http_status(call);

	return status >= 200 && status < 300 ? request_bytes(request, bytes) : 0;
}

static void ended(void *context, struct http_call *call, const struct http_end *end)
{
	struct llm_request *request = context;

	request->call = NULL;
	attempt_judge(request, end, call);
}

void attempt_drop(struct llm_request *request)
{
	struct loop_timer **timers[] = { &request->first, &request->pause, &request->linger };

	http_cancel(TAKE(request->call));
	for (size_t i = 0; i < COUNT(timers); i++)
		loop_cancel(request->llm->loop, TAKE(*timers[i]));
	count_cancel(TAKE(request->count));
	reading_done(&request->reading);
	sse_done(&request->sse);
	build_clear(&request->whole);
}

static void reading_begin(struct llm_request *request)
{
	struct answer *answer = &request->answer;

	/* What an earlier try brought was not shown, and is not kept. */
	build_clear(&answer->text);
	build_clear(&answer->reasoning);
	vec_each(call, &answer->calls)
		chat_call_done(call);
	answer->calls.len = 0;
	json_decref(TAKE(answer->native));
	answer->error = (struct error){ 0 };
	answer->fault = FAULT_NONE;
	answer->end = ANSWER_FAILED;
	request->body_kind = BODY_UNKNOWN;
	request->whole.ceiling = LLM_ANSWER_BYTES;
	request->sse = (struct sse){ .take = take_event, .context = request };
	request->reading = (struct reading){
		.answer = answer,
		.watch = &request->watch,
		.context = request->context,
		.chat = request->chat,
		.tools = tools_offered(request) && !request->options.schema,
		.schema_tool = request->ops == &provider_messages && request->options.schema && !request->schema_in_words,
		.schema_name = request->options.schema_name ? request->options.schema_name : "answer",
	};
}

static void dry(struct llm_request *request, const char *url)
{
	const struct llm_model *model = request->known->model;
	AUTO_BUILD lines = { 0 }, shown = { 0 };

	if (context_told(model->endpoint->kind) && !model->context)
		answer_note(&request->answer, "before this, the server is asked how much '%s' reads at once", model->name);
	if (count_offered(model))
		answer_note(&request->answer, "when the question comes near that, the server is asked to count it first, with the same body");
	request_headers(request, true, &lines, NULL);
	url_show(url, &shown);
	build_fmt(&request->answer.text, "POST %s\n%s\n%s\n", shown.at, lines.at, request->text);
	request->answer.end = ANSWER_DRY;
	request_over(request);
}

static void stopped(void *context)
{
	struct llm_request *request = context;

	request->cancelled = true;
	request_over(request);
}

static void send_it(struct llm_request *request, const char *url)
{
	struct llm *llm = request->llm;
	const struct llm_options *options = &request->options;
	struct error err = { 0 };
	AUTO_BUILD lines = { 0 };
	const char *headers[HEADERS_MOST];
	double first = options->first_token > 0 ? options->first_token : llm->config->first_token;
	struct http_request http = { .url = url, .headers = headers, .post = true, .body = text_of(request->text),
				     .connect = options->connect > 0 ? options->connect : llm->config->connect,
				     .total = options->total > 0 ? options->total : llm->config->total,
				     .limit = LLM_ANSWER_BYTES, .bytes = bytes_come, .ended = ended, .context = request };

	if (request_headers(request, false, &lines, &err) == 0 && llm_http(llm, &err)) {
		request_lines(lines.at, headers);
		request->call = http_start(llm->http, &http, &err);
	}
	if (lines.at) /* the key stood there */
		explicit_bzero(lines.at, lines.len);
	if (!request->call && err.code == -EINTR) { /* the signal waits for the loop, which tells who cancels this; else it ends here */
		request->pause = loop_after(llm->loop, STOPPED_SECONDS, false, stopped, request);
		return;
	}
	if (!request->call) {
		answer_fail(&request->answer, FAULT_CONFIG, err.code, "%s", err.text);
		request_over(request);
		return;
	}
	if (request->known->model->endpoint->key.value && text_starts(text_of(url), "http:") && !url_local(url))
		answer_note(&request->answer, "the key and the question travel unencrypted: the base-url of '%.60s' is http, not https",
			    request->known->model->endpoint->name);
	request->answer.attempts++;
	request->first = loop_after(llm->loop, first, false, first_late, request);
	log_detail("model", "asking %s: %zu bytes, about %ld tokens", request->known->model->name, strlen(request->text),
		   request->estimate);
}

static void attempt_go(struct llm_request *request);
static void counted(void *context, long tokens);

void attempt_start(struct llm_request *request)
{
	attempt_drop(request);
	request->state = LLM_RUNNING;
	request->ops = NULL;
	request->answer.error = (struct error){ 0 };
	if (attempt_body(request) < 0) {
		request_over(request);
		return;
	}
	request->state = LLM_PROBING;
	if (count_wanted(request) && llm_http(request->llm, NULL))
		request->count = count_start(request->llm->http, request, counted, request);
	if (!request->count)
		attempt_go(request);
}

static void counted(void *context, long tokens)
{
	struct llm_request *request = context;

	request->count = NULL;
	request->counted = tokens > 0 ? tokens : -1;
	if (tokens > 0)
		request->known->model->ratio = (double)tokens / (double)request->estimate;
	attempt_go(request);
}

static void attempt_go(struct llm_request *request)
{
	AUTO_FREE char *url = NULL;

	request->state = LLM_RUNNING;
	if (weigh(request) < 0) {
		request_over(request);
		return;
	}
	reading_begin(request);
	url = request_url(request);
	if (request->llm->config->dry_run)
		dry(request, url);
	else if (request->known->model->endpoint->kind == LLM_REPLAY)
		replay_start(request);
	else
		send_it(request, url);
}
