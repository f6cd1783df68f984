/* What a server says about itself: context and models. */
#include "llm/probe.h"
#include "base/json.h"
#include "llm/asking.h"
#include "llm/fetch.h"
#include "llm/internal.h"

#define PROBE_SECONDS 3.0
#define PROBE_BYTES   (4 << 20)

struct probe {
	struct asking asking;
	const struct llm_model *model;
	char *root, *ask; /* base without /v1; the body of a question */
	unsigned step;
};

static bool next(struct probe *probe);

void probe_cancel(struct probe *probe)
{
	if (!probe)
		return;
	asking_done(&probe->asking);
	free(probe->root);
	free(probe->ask);
	free(probe);
}

static void finish(struct probe *probe, long tokens)
{
	void (*done)(void *context, long tokens) = probe->asking.done;
	void *context = probe->asking.context;

	probe_cancel(probe);
	done(context, tokens);
}

bool context_told(enum llm_kind kind)
{
	return kind == LLM_OLLAMA || kind == LLM_LLAMACPP || kind == LLM_VLLM;
}

/* "num_ctx    8192" in the parameters that Ollama shows as lines. */
static long line_number(const char *lines, const char *name)
{
	struct text rest = text_of(lines), line, word, value;
	long long number;

	while (text_line(&rest, &line))
		if (text_word(&line, &word) && text_is(word, name) && text_word(&line, &value) && text_number(value, &number))
			return (long)number;
	return 0;
}

static bool same_model(const char *a, const char *b)
{
	size_t len = strlen(b);

	return strcmp(a, b) == 0 || (strncmp(a, b, len) == 0 && strcmp(a + len, ":latest") == 0);
}

static long context_in(const struct probe *probe, const json_t *json)
{
	const json_t *each;
	size_t i;

	if (probe->model->endpoint->kind == LLM_LLAMACPP)
		return (long)json_get_number(json_object_get(json, "default_generation_settings"), "n_ctx",
					     json_get_number(json, "n_ctx", 0));
	if (probe->model->endpoint->kind == LLM_VLLM) {
		json_array_foreach(json_object_get(json, "data"), i, each)
			if (strcmp(json_get_string(each, "id"), probe->model->name) == 0)
				return (long)json_get_number(each, "max_model_len", 0);
		return 0;
	}
	if (probe->step == 2)
		return line_number(json_get_string(json, "parameters"), "num_ctx");
	json_array_foreach(json_object_get(json, "models"), i, each)
		if (same_model(json_get_string(each, "name"), probe->model->name))
			return (long)json_get_number(each, "context_length", 0);
	return 0;
}

static void answered(void *context, struct http_call *call, const struct http_end *end)
{
	struct probe *probe = context;
	AUTO_JSON json = end->status == 200 ? json_parse(build_text(&probe->asking.body), NULL) : NULL;
	long tokens = context_in(probe, json);

	(void)call;
	probe->asking.call = NULL;
	if (tokens > 0 || end->status == 0 || probe->step >= 2 || probe->model->endpoint->kind != LLM_OLLAMA)
		finish(probe, tokens > 0 ? tokens : 0);
	else if (!next(probe))
		finish(probe, 0);
}

static bool next(struct probe *probe)
{
	enum llm_kind kind = probe->model->endpoint->kind;
	bool ollama = kind == LLM_OLLAMA;
	AUTO_BUILD url = { 0 };
	struct http_request request = { .total = PROBE_SECONDS, .limit = PROBE_BYTES, .ended = answered };

	probe->step++;
	build_fmt(&url, "%s%s", kind == LLM_VLLM ? probe->model->endpoint->base : probe->root,
		  kind == LLM_VLLM ? "/models" : !ollama ? "/props" : probe->step == 1 ? "/api/ps" : "/api/show");
	request.url = url.at;
	if (probe->step == 2) {
		AUTO_JSON ask = json_pack("{s:o}", "model", json_str(probe->model->name));

		probe->ask = json_dumps(ask, JSON_COMPACT);
		request.post = true;
		request.body = text_of(probe->ask);
	}
	return asking_send(&probe->asking, &request);
}

struct probe *probe_start(struct http *http, const struct llm_model *model, void (*done)(void *context, long tokens), void *context)
{
	struct probe *probe = calloc(1, sizeof(*probe));
	struct text root = text_of(model->endpoint->base);

	if (!probe)
		abort();
	if (text_ends(root, "/v1"))
		root = text_until(root, root.len - 3);
	*probe = (struct probe){ .asking = { .http = http, .body = { .ceiling = PROBE_BYTES }, .done = done, .context = context },
				 .model = model, .root = text_copy(root) };
	/* A key that cannot be had is told of when the request itself is sent. */
	if (endpoint_headers(model->endpoint, &probe->asking.lines, NULL) == 0 && next(probe))
		return probe;
	probe_cancel(probe);
	return NULL;
}

void probe_told(void *context, long tokens)
{
	struct probe_wait *wait = context;

	wait->tokens = tokens;
	wait->told = true;
	loop_stop(wait->loop);
}

long context_ask(struct loop *loop, const struct llm_model *model)
{
	AUTO_HTTP http = context_told(model->endpoint->kind) ? http_new(loop, 1, NULL) : NULL;
	struct probe_wait asked = { .loop = loop };
	struct probe *probe = http ? probe_start(http, model, probe_told, &asked) : NULL;

	if (probe)
		loop_run(loop, NULL);
	if (!asked.told)
		probe_cancel(probe);
	return asked.tokens;
}
