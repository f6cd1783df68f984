/* How a try ended: an answer, a refusal that can be mended, a failure to try again, or a failure. */
#include <time.h>
#include "base/log.h"
#include "llm/internal.h"
#include "llm/retry.h"

#define LEARN_MOST 4
#define LOADING_SECONDS 120
#define WAIT_TOLD 2.0 /* seconds: a shorter wait needs no words */
#define LATE_LEAST 1500 /* tokens: no context is shorter than these */

static struct text header(const struct http_call *call, const char *name)
{
	return call ? http_header(call, name) : (struct text){ "", 0 };
}

/* Waits and tries again when the rules allow it. Never after text was shown. */
static bool retried(struct llm_request *request, const struct retry_facts *facts, const char *why)
{
	struct llm *llm = request->llm;
	double delay;

	if (request->answer.shown || request->cancelled || (long)request->tries >= llm->config->retries ||
	    !retry_wanted(facts))
		return false;
	request->tries++;
	delay = retry_delay(facts, request->tries, llm->config->retry_delay, llm_chance(llm), (double)time(NULL));
	answer_note(&request->answer, "try %u failed (%.120s); tried again after %.1f s", request->tries, why, delay);
	if (delay >= WAIT_TOLD && request->watch.waits)
		request->watch.waits(request->context, delay, why);
	request_again(request, delay);
	return true;
}

static void limits_keep(struct answer *answer, const struct http_call *call)
{
	static const char *const names[][3] = {
		{ "requests", "x-ratelimit-remaining-requests", "x-ratelimit-limit-requests" },
		{ "tokens", "x-ratelimit-remaining-tokens", "x-ratelimit-limit-tokens" },
		{ "requests", "anthropic-ratelimit-requests-remaining", "anthropic-ratelimit-requests-limit" },
		{ "tokens", "anthropic-ratelimit-tokens-remaining", "anthropic-ratelimit-tokens-limit" },
	};

	build_clear(&answer->limits);
	answer->limits.ceiling = 300;
	for (size_t i = 0; i < COUNT(names); i++) {
		struct text left = header(call, names[i][1]), of = header(call, names[i][2]);

		if (left.len && left.len < 20 && of.len < 20)
			build_fmt(&answer->limits, "%s%s %.*s/%.*s", answer->limits.len ? ", " : "", names[i][0],
				  TEXT_ARG(left), TEXT_ARG(of));
	}
}

static void network(struct llm_request *request, const struct http_end *end)
{
	struct retry_facts facts = { .error_type = "", .error_code = "" };
	const struct llm_endpoint *endpoint = request->known->model->endpoint;
	char host[300] = "";

	url_host(endpoint->base, host);
	if (retried(request, &facts, end->reason))
		return;
	if (end->timed_out && end->connected)
		answer_fail(&request->answer, FAULT_DEADLINE, -ETIMEDOUT, "'%.60s' at %.120s did not answer in time", endpoint->name, host);
	else
		answer_fail(&request->answer, FAULT_NETWORK, -ENOTCONN, "'%.60s' at %.120s could not be reached: %.150s%s",
			    endpoint->name, host, end->reason,
			    url_local(endpoint->base) ? "; is the server running?" : "");
	request_over(request);
}

/* What a refusal says that is no JSON: of a page, its title, or its words. */
static void body_say(struct text body, char message[400])
{
	AUTO_FREE char *page = text_copy(text_trim(body));
	AUTO_BUILD words = { .ceiling = 200 }, safe = { .ceiling = 200 };
	const char *title = page[0] == '<' ? strcasestr(page, "<title") : NULL, *at = title ? strchr(title, '>') : NULL;

	if (page[0] != '<')
		build_add(&words, text_until(text_of(page), 150));
	else if (at)
		build_add(&words, text_until((struct text){ at + 1, strcspn(at + 1, "<") }, 150));
	for (at = page; page[0] == '<' && !title && *at && words.len < 150; at++) {
		if (*at == '<')
			at += strcspn(at, ">");
		else
			build_char(&words, *at);
		if (!*at)
			break;
	}
	build_safe(&safe, text_trim(build_text(&words)), false);
	if (page[0] == '<')
		snprintf(message, 400, "a web page%s%s", safe.len ? ": " : "", safe.len ? safe.at : "");
	else
		snprintf(message, 400, "%s", safe.len ? safe.at : "no reason given");
}

/* A refusal as JSON, also where a stream was wanted and it came as one. */
static json_t *refusal_read(struct text body)
{
	json_t *json = json_parse(body, NULL);
	struct text line;

	while (!json && text_line(&body, &line))
		if (text_starts(line, "data:"))
			json = json_parse(text_trim(text_from(line, 5)), NULL);
	return json;
}

static void refused(struct llm_request *request, const struct http_end *end, struct http_call *call)
{
	char message[400], type[80], code[80], why[500], what[160];
	AUTO_JSON body = refusal_read(end->body_start);
	struct retry_facts facts = { end->status, header(call, "x-should-retry"), header(call, "retry-after-ms"),
				     header(call, "retry-after"), type, code };
	const char *name = request->known->model->endpoint->name, *hint = "";
	enum answer_fault fault = FAULT_SERVER;
	bool learns;

	if (!provider_error(body, message, type, code))
		body_say(end->body_start, message);
	request_key_mask(request, message, sizeof(message));
	snprintf(why, sizeof(why), "HTTP %ld: %s", end->status, message);
	limits_keep(&request->answer, call);
	/* Some versions of llama.cpp call a form beside tools, or tools, an error of their own; for OpenRouter there is no such model then. */
	learns = end->status == 400 || end->status == 422 ||
		 (end->status == 500 && wire_rules_form_refused(&request->known->rules, request->body, body)) ||
		 ((end->status == 500 || end->status == 501 || end->status == 404) && wire_rules_tools_refused(&request->known->rules, request->body, body));
	if (learns && body && !request->answer.shown && request->learned < LEARN_MOST &&
	    wire_rules_learn(&request->known->rules, request->body, body, what)) {
		request->learned++;
		learned_save(&request->known->rules, request->known->model);
		answer_note(&request->answer, "%s", what);
		request_again(request, 0);
		return;
	}
	/* llama.cpp says so while it reads the model from the disk, which may take minutes. */
	if (end->status == 503 && text_has(text_of(message), "oading model")) {
		if (!request->loading_until)
			request->loading_until = now() + LOADING_SECONDS;
		answer_note(&request->answer, "the server was still loading the model; waited for it");
		if (now() < request->loading_until && !request->cancelled) {
			request_again(request, request->llm->config->retry_delay * 2);
			return;
		}
	}
	/* The model wrote a call or a form that the server could not read: another try may be better. */
	if (strcmp(code, "tool_use_failed") == 0 || strcmp(code, "json_validate_failed") == 0)
		facts.status = 502;
	if (retried(request, &facts, why))
		return;
	if (end->status == 401 || end->status == 403)
		fault = FAULT_AUTH;
	else if (end->status == 429 || strstr(code, "rate_limit") || strstr(type, "rate_limit"))
		fault = FAULT_RATE;
	else if (provider_context_error(message, type, code))
		fault = FAULT_BUDGET;
	else if (end->status < 500)
		fault = FAULT_REQUEST;
	if (end->status >= 300 && end->status < 400) {
		AUTO_BUILD place = { .ceiling = 200 };

		AUTO_FREE char *location = text_copy(header(call, "location"));
		AUTO_BUILD shown = { .ceiling = 300 };

		url_show(location, &shown);
		build_safe(&place, build_text(&shown), false);
		answer_fail(&request->answer, FAULT_CONFIG, -EREMCHG, "'%.60s' sends us on to '%s'; nothing was sent there: if it is right, make it the base-url",
			    name, place.len ? place.at : "nowhere");
	}
	if (fault == FAULT_AUTH && request->known->model->endpoint->key.from == KEY_NONE)
		hint = " (no key is configured for it)";
	else if (end->status == 404)
		hint = body && text_has(text_of(message), "model") ? " ('syswhy models' lists those that it has)" : "; is its base-url right ('…/v1')?";
	answer_fail(&request->answer, fault, fault == FAULT_AUTH ? -EACCES : fault == FAULT_BUDGET ? -E2BIG : -EREMOTEIO,
		    "'%.60s' refused: %.340s%s", name, why, hint);
	request_over(request);
}

/* Status 200, but no answer came of it. */
static void unusable(struct llm_request *request, const struct http_end *end)
{
	struct answer *answer = &request->answer;
	struct text start = text_trim(end->body_start);
	struct retry_facts facts = { .status = 502, .error_type = "", .error_code = "" };
	AUTO_BUILD safe = { .ceiling = 160 };

	build_safe(&safe, text_until(start, 100), false);
	if (start.len && start.at[0] == '<') {
		answer_fail(answer, FAULT_SERVER, -EPROTO, "'%.60s' answered with a web page, not as a model does; is the base-url right ('…/v1')?",
			    request->known->model->endpoint->name);
	} else {
		if (retried(request, &facts, start.len ? "the answer was not understood" : "the answer was empty"))
			return;
		answer_fail(answer, FAULT_SERVER, -EPROTO, "'%.60s' answered, but not as the protocol '%s' says%s%s",
			    request->known->model->endpoint->name, request->ops->name, safe.len ? ": " : " (an empty answer)",
			    safe.len ? safe.at : "");
	}
	request_key_mask(request, answer->error.text, sizeof(answer->error.text));
	request_over(request);
}

static void read_whole(struct llm_request *request)
{
	AUTO_JSON body = sse_json(build_text(&request->whole), NULL);

	/* Some servers put the one object into an array. */
	if (json_is_array(body))
		request->ops->whole(&request->reading, json_array_get(body, 0));
	else if (body)
		request->ops->whole(&request->reading, body);
}

static void told_late(void *context, long tokens)
{
	struct llm_request *request = context;

	request->probe = NULL;
	request->known->model->told = tokens;
	if (answer_settle(request))
		request_over(request);
}

/* Ollama says how much it reads of a model that is loaded only, as this answer has done. True: it is asked, and the answer waits. */
static bool context_late(struct llm_request *request)
{
	struct llm_model *model = request->known->model;

	if (model->endpoint->kind != LLM_OLLAMA || model->context || model->told || model->asked_late || request->estimate < LATE_LEAST)
		return false;
	model->asked_late = true;
	request->probe = probe_start(request->llm->http, model, told_late, request);
	if (!request->probe)
		return false;
	request->state = LLM_PROBING;
	loop_cancel(request->llm->loop, TAKE(request->deadline)); /* the answer is here */
	return true;
}

static void answered(struct llm_request *request, const struct http_end *end, struct http_call *call)
{
	struct reading *reading = &request->reading;
	struct answer *answer = &request->answer;
	struct retry_facts facts = { .status = 502, .error_type = reading->error_type, .error_code = "" };

	if (request->body_kind == BODY_EVENTS && !answer->error.code)
		sse_end(&request->sse);
	if (request->body_kind == BODY_WHOLE)
		read_whole(request);
	limits_keep(answer, call);
	request_key_mask(request, answer->error.text, sizeof(answer->error.text));
	if (answer->error.code && !request->cancelled) {
		facts.status = reading->retryable ? 502 : 400;
		if (retried(request, &facts, answer->error.text))
			return;
	} else if (!reading->began && !request->cancelled) {
		if (end->reason[0])
			network(request, end);
		else
			unusable(request, end);
		return;
	} else if (!reading->ended && !reading->closed && !request->cancelled) {
		const char *why = end->timed_out ? "the deadline came" : "the stream ended early";

		if (!end->timed_out && retried(request, &facts, why))
			return;
		answer_fail(answer, end->timed_out ? FAULT_DEADLINE : FAULT_NETWORK, end->timed_out ? -ETIMEDOUT : -EPIPE,
			    "%s, before the answer was whole; what came is kept", why);
		answer->end = ANSWER_BROKEN;
	}
	reading_end(reading);
	if (request->ops->end)
		request->ops->end(reading);
	if (!request->cancelled && !answer->error.code && context_late(request))
		return;
	if (request->cancelled || answer->error.code || answer_settle(request))
		request_over(request);
}

void attempt_judge(struct llm_request *request, const struct http_end *end, struct http_call *call)
{
	loop_cancel(request->llm->loop, TAKE(request->first));
	loop_cancel(request->llm->loop, TAKE(request->linger));
	if (request->cancelled)
		answered(request, end, call);
	else if (end->status == 0)
		network(request, end);
	else if (end->status >= 200 && end->status < 300)
		answered(request, end, call);
	else
		refused(request, end, call);
}
