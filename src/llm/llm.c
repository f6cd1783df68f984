/* The queue of requests: a few in flight, each on its own, all on one loop. */
#include "llm/llm.h"
#include <sys/random.h>
#include "llm/count.h"

static void known_free(struct llm_known *known)
{
	wire_rules_done(&known->rules);
	json_decref(known->replay);
	free(known->replay_protocol);
	free(known);
}

static struct llm_known *known_of(struct llm *llm, struct llm_model *model, struct error *err)
{
	struct llm_known *known;
	int code = 0;

	vec_each(each, &llm->known)
		if ((*each)->model == model)
			return *each;
	known = calloc(1, sizeof(*known));
	if (!known)
		abort();
	known->model = model;
	if (model->endpoint->kind == LLM_REPLAY)
		code = replay_open(known, err);
	else
		learned_load(&known->rules, model);
	if (code == 0)
		code = wire_rules_load(&known->rules, model, err);
	if (code == 0)
		code = model_facts(model->name, &known->facts, err);
	if (code < 0) {
		known_free(known);
		return NULL;
	}
	vec_push(&llm->known, known);
	return known;
}

struct llm *llm_new(struct llm_config *config, struct loop *loop, struct error *err)
{
	struct llm *llm = calloc(1, sizeof(*llm));

	(void)err;
	if (!llm)
		abort();
	llm->config = config;
	llm->loop = loop;
	if (getrandom(&llm->chance, sizeof(llm->chance), 0) != sizeof(llm->chance))
		llm->chance = (uint64_t)getpid();
	return llm;
}

double llm_chance(struct llm *llm)
{
	llm->chance = llm->chance * 6364136223846793005u + 1442695040888963407u;
	return (double)(llm->chance >> 40) / (double)(1u << 24);
}

struct http *llm_http(struct llm *llm, struct error *err)
{
	if (!llm->http)
		llm->http = http_new(llm->loop, llm->config->max_concurrent, err);
	return llm->http;
}

static void request_free(struct llm_request *request)
{
	attempt_drop(request);
	probe_cancel(TAKE(request->probe));
	loop_cancel(request->llm->loop, TAKE(request->deadline));
	build_done(&request->whole);
	answer_done(&request->answer);
	json_decref(request->body);
	free(request->text);
	free(request->misfit);
	free(request->complaint);
	free(request);
}

void llm_free(struct llm *llm)
{
	if (!llm)
		return;
	vec_each(request, &llm->requests)
		request_free(*request);
	vec_done(&llm->requests);
	http_free(llm->http);
	loop_cancel(llm->loop, llm->pump);
	vec_each(known, &llm->known)
		known_free(*known);
	vec_done(&llm->known);
	free(llm);
}

static void pump(void *context);

static void pump_soon(struct llm *llm)
{
	if (!llm->pump)
		llm->pump = loop_after(llm->loop, 0, false, pump, llm);
}

void request_over(struct llm_request *request)
{
	struct llm *llm = request->llm;
	struct answer *answer = &request->answer;

	for (size_t i = 0; i < llm->requests.len; i++) {
		if (llm->requests.at[i] != request)
			continue;
		/* In the order they came, so that the queue is one. */
		memmove(&llm->requests.at[i], &llm->requests.at[i + 1], (--llm->requests.len - i) * sizeof(request));
		break;
	}
	llm->running -= request->state != LLM_QUEUED;
	attempt_drop(request);
	if (request->cancelled) {
		answer->end = ANSWER_CANCELLED;
		answer->error = (struct error){ 0 };
		answer->fault = FAULT_NONE;
	}
	if (request->watch.done)
		request->watch.done(request->context, answer);
	request_free(request);
	pump_soon(llm);
}

static void pause_over(void *context)
{
	struct llm_request *request = context;

	loop_cancel(request->llm->loop, TAKE(request->pause));
	attempt_start(request);
}

void request_again(struct llm_request *request, double seconds)
{
	attempt_drop(request);
	request->state = LLM_WAITING;
	request->pause = loop_after(request->llm->loop, seconds, false, pause_over, request);
}

static void total_late(void *context)
{
	struct llm_request *request = context;
	double total = request->options.total > 0 ? request->options.total : request->llm->config->total;

	loop_cancel(request->llm->loop, TAKE(request->deadline));
	if (request->state == LLM_RUNNING && request->ops && (request->reading.began || request->answer.text.len)) {
		http_cancel(TAKE(request->call));
		answer_fail(&request->answer, FAULT_DEADLINE, -ETIMEDOUT, "the answer was not whole after %g s; what came is kept", total);
		reading_end(&request->reading);
		request->answer.end = ANSWER_BROKEN;
	}
	answer_fail(&request->answer, FAULT_DEADLINE, -ETIMEDOUT, "there was no answer from '%s' within %g s",
		    request->known->model->name, total);
	request_over(request);
}

static void probed(void *context, long tokens)
{
	struct llm_request *request = context;

	request->probe = NULL;
	request->known->model->told = tokens;
	request->known->model->asked = true;
	attempt_start(request);
}

static void request_start(struct llm_request *request)
{
	struct llm *llm = request->llm;
	struct llm_known *known = request->known;
	double total = request->options.total > 0 ? request->options.total : llm->config->total;

	llm->running++;
	request->deadline = loop_after(llm->loop, total, false, total_late, request);
	request->state = LLM_PROBING;
	/* How long a context a server at home really reads is asked once, before anything is sent that it would cut. */
	if (!known->model->asked && !llm->config->dry_run && !known->model->context &&
	    context_told(known->model->endpoint->kind) && llm_http(llm, NULL))
		request->probe = probe_start(llm->http, known->model, probed, request);
	if (!request->probe)
		attempt_start(request);
}

static void cancel_now(struct llm_request *request)
{
	struct http_end end = { .status = 200, .connected = true };

	if (request->state != LLM_RUNNING || !request->ops || request->pause) {
		request_over(request);
		return;
	}
	/* What came is made whole as far as it goes. */
	http_cancel(TAKE(request->call));
	attempt_judge(request, &end, NULL);
}

static void pump(void *context)
{
	struct llm *llm = context;
	bool again = true;

	loop_cancel(llm->loop, TAKE(llm->pump));
	/* Each step may change the list. */
	while (again) {
		again = false;
		for (size_t i = 0; i < llm->requests.len && !again; i++) {
			struct llm_request *request = llm->requests.at[i];

			again = true;
			if (request->cancelled)
				cancel_now(request);
			else if (request->state == LLM_QUEUED && (long)llm->running < llm->config->max_concurrent)
				request_start(request);
			else
				again = false;
		}
	}
	if (llm->waiting && !llm->requests.len)
		loop_stop(llm->loop);
}

struct llm_request *llm_send(struct llm *llm, const struct chat *chat, const struct llm_options *options,
			     const struct llm_watch *watch, void *context, struct error *err)
{
	static const struct llm_options none;
	struct llm_request *request;
	struct llm_model *model;
	struct llm_known *known;

	options = options ? options : &none;
	model = options->model ? options->model : llm_config_model(llm->config, NULL, err);
	if (!model) {
		fail(err, -ENOENT, "no model is configured; see 'syswhy models'");
		return NULL;
	}
	known = known_of(llm, model, err);
	if (!known)
		return NULL;
	request = calloc(1, sizeof(*request));
	if (!request)
		abort();
	request->llm = llm;
	request->chat = chat;
	request->options = *options;
	request->options.no_stream |= llm->config->no_stream;
	request->watch = *watch;
	request->context = context;
	request->known = known;
	request->cancelled = llm->stopped;
	vec_push(&llm->requests, request);
	pump_soon(llm);
	return request;
}

void llm_cancel(struct llm_request *request)
{
	request->cancelled = true;
	pump_soon(request->llm);
}

void llm_cancel_all(struct llm *llm)
{
	if (llm->learning) {
		llm->stopped = true;
		loop_stop(llm->loop);
	}
	vec_each(request, &llm->requests)
		llm_cancel(*request);
}

int llm_wait(struct llm *llm, struct error *err)
{
	int code = 0;

	llm->waiting = true;
	while (llm->requests.len && code == 0)
		code = loop_run(llm->loop, err);
	llm->waiting = false;
	return code;
}

long llm_tokens(struct llm *llm, const struct chat *chat, const struct llm_options *options)
{
	struct llm_request request = { .llm = llm, .chat = chat };
	long tokens;

	if (options)
		request.options = *options;
	if (!request.options.model)
		request.options.model = llm_config_model(llm->config, NULL, NULL);
	request.known = request.options.model ? known_of(llm, request.options.model, NULL) : NULL;
	if (!request.known)
		return 0;
	tokens = attempt_body(&request) == 0 ? attempt_tokens(&request) : 0;
	json_decref(request.body);
	free(request.text);
	answer_done(&request.answer);
	return tokens;
}

void llm_learn(struct llm *llm, struct llm_model *model, const struct chat *chat, const struct llm_options *options)
{
	struct llm_request request = { .llm = llm, .chat = chat };

	if (options)
		request.options = *options;
	request.known = llm->config->dry_run ? NULL : known_of(llm, model, NULL);
	if (!request.known)
		return;
	llm->learning = true;
	if (!model->asked && !model->context && context_told(model->endpoint->kind)) {
		model->told = context_ask(llm->loop, model);
		model->asked = !llm->stopped;
	}
	if (!llm->stopped && count_offered(model) && attempt_body(&request) == 0 && llm_context(llm, model) < 2 * attempt_tokens(&request)) {
		long tokens = count_ask(llm->loop, &request);

		if (tokens > 0)
			model->ratio = (double)tokens / (double)request.estimate;
	}
	llm->learning = false;
	json_decref(request.body);
	free(request.text);
	answer_done(&request.answer);
}

long llm_context(struct llm *llm, struct llm_model *model)
{
	struct llm_known *known = model ? known_of(llm, model, NULL) : NULL;

	if (!known)
		return 0;
	return model->context ? model->context : model->told ? model->told : known->facts.context;
}
