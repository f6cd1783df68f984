/* Counting tokens where the server can. */
#include "llm/count.h"
#include "llm/asking.h"

#define COUNT_SECONDS 5.0
#define COUNT_BYTES   (32 << 20) /* older servers give the tokens themselves */

struct count {
	struct asking asking;
	char *url, *older;	  /* of the question, and of the same to an older server */
	char *text, *older_text;
	bool again;
};

bool count_offered(const struct llm_model *model)
{
	return model->endpoint->kind == LLM_LLAMACPP;
}

void count_cancel(struct count *count)
{
	if (!count)
		return;
	asking_done(&count->asking);
	free(count->url);
	free(count->older);
	free(count->text);
	free(count->older_text);
	free(count);
}

static void finish(struct count *count, long tokens)
{
	void (*done)(void *context, long tokens) = count->asking.done;
	void *context = count->asking.context;

	count_cancel(count);
	done(context, tokens);
}

static bool ask(struct count *count);

static void answered(void *context, struct http_call *call, const struct http_end *end)
{
	struct count *count = context;
	AUTO_JSON json = end->status == 200 ? json_parse(build_text(&count->asking.body), NULL) : NULL;
	double tokens = json_get_number(json, "input_tokens", (double)json_array_size(json_object_get(json, "tokens")));

	(void)call;
	count->asking.call = NULL;
	if (tokens >= 1 && tokens < 1e9) {
		finish(count, (long)tokens);
		return;
	}
	if (!count->again && end->status != 0) {
		count->again = true;
		if (ask(count))
			return;
	}
	finish(count, 0);
}

static bool ask(struct count *count)
{
	struct http_request request = { .url = count->again ? count->older : count->url, .post = true,
					.body = text_of(count->again ? count->older_text : count->text), .total = COUNT_SECONDS,
					.limit = COUNT_BYTES, .ended = answered };

	return asking_send(&count->asking, &request);
}

struct count *count_start(struct http *http, const struct llm_request *request, void (*done)(void *context, long tokens),
			  void *context)
{
	struct text root = text_of(request->known->model->endpoint->base);
	AUTO_JSON older = json_pack("{s:o,s:b}", "content", json_text(text_of(request->text)), "add_special", 1);
	AUTO_FREE char *url = request_url(request);
	struct count *count = calloc(1, sizeof(*count));
	AUTO_BUILD asked = { 0 };

	if (!count)
		abort();
	if (text_ends(root, "/v1"))
		root = text_until(root, root.len - 3);
	*count = (struct count){ .asking = { .http = http, .body = { .ceiling = COUNT_BYTES }, .done = done, .context = context },
				 .text = text_copy(text_of(request->text)), .older_text = json_dumps(older, JSON_COMPACT) };
	url_join(url, request->ops == &provider_messages ? "/count_tokens" : "/input_tokens", &asked);
	count->url = build_take(&asked);
	if (asprintf(&count->older, "%.*s/tokenize", TEXT_ARG(root)) < 0 || !count->older_text)
		abort();
	/* A key that cannot be had is told of when the request itself is sent. */
	if (request_headers(request, false, &count->asking.lines, NULL) == 0 && ask(count))
		return count;
	count_cancel(count);
	return NULL;
}

long count_ask(struct loop *loop, const struct llm_request *request)
{
	AUTO_HTTP http = http_new(loop, 1, NULL);
	struct probe_wait asked = { .loop = loop };
	struct count *count = http ? count_start(http, request, probe_told, &asked) : NULL;

	if (count)
		loop_run(loop, NULL);
	if (!asked.told)
		count_cancel(count);
	return asked.tokens;
}
