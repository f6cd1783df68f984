/* Embeddings. */
#include "llm/embed.h"
#include <math.h>
#include "llm/fetch.h"
#include "llm/internal.h"

#define SIZE_MOST 16384 /* numbers of one vector */

void embed_source(const struct llm_model *model, struct build *out)
{
	build_fmt(out, "%s %s", model->endpoint->base, model->name);
}

static void url_of(const struct llm_model *model, struct build *url)
{
	const struct llm_endpoint *endpoint = model->endpoint;
	struct text base = text_of(endpoint->base);

	if (endpoint->kind == LLM_OLLAMA)
		build_fmt(url, "%.*s/api/embed", TEXT_ARG(text_until(base, base.len - (text_ends(base, "/v1") ? 3 : 0))));
	else if (endpoint->kind == LLM_AZURE_CLASSIC)
		build_fmt(url, "%s%s/deployments/%s/embeddings?api-version=%s", endpoint->base, text_ends(base, "/openai") ? "" : "/openai",
			  model->name, endpoint->api_version ? endpoint->api_version : "2024-10-21");
	else
		url_join(endpoint->base, "/embeddings", url);
}

static json_t *body_of(const struct llm_model *model, const struct clean *texts, size_t count)
{
	json_t *body = json_object(), *input = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(input, json_text(texts[i].text));
	json_object_set_new(body, "model", json_str(model->name));
	json_object_set_new(body, "input", input);
	if (model->endpoint->kind != LLM_OLLAMA)
		json_object_set_new(body, "encoding_format", json_string("float"));
	return body;
}

/* One vector into its place. False: it is none, or of another size. */
static bool take(const json_t *list, float *to, size_t size)
{
	const json_t *each;
	double length = 0;
	size_t i;

	if (json_array_size(list) != size)
		return false;
	json_array_foreach(list, i, each) {
		if (!json_is_number(each))
			return false;
		to[i] = (float)json_number_value(each);
		length += json_number_value(each) * json_number_value(each);
	}
	length = sqrt(length);
	for (i = 0; i < size && length > 0; i++)
		to[i] = (float)(to[i] / length);
	return isfinite(length) && length > 0;
}

/* {"data":[{"index":0,"embedding":[…]}]}, or Ollama's {"embeddings":[[…]]}. */
static int read_vectors(const struct llm_model *model, const json_t *body, size_t count, float **out, size_t *size, struct error *err)
{
	const json_t *data = json_object_get(body, "data"), *plain = json_object_get(body, "embeddings"), *each;
	const json_t *list = plain ? plain : data;
	const json_t *first = plain ? json_array_get(plain, 0) : json_object_get(json_array_get(data, 0), "embedding");
	AUTO_FREE char *seen = calloc(count, 1);
	AUTO_FREE float *vectors = NULL;
	size_t i;

	*size = json_array_size(first);
	if (json_array_size(list) != count || *size == 0 || *size > SIZE_MOST)
		return fail(err, -EPROTO, "'%.60s' gave %zu vectors of %zu numbers for %zu texts; is '%.80s' a model for embeddings?",
			    model->endpoint->name, json_array_size(list), *size, count, model->name);
	vectors = calloc(count * *size, sizeof(*vectors));
	if (!seen || !vectors)
		abort();
	json_array_foreach(list, i, each) {
		double at = plain ? (double)i : json_get_number(each, "index", (double)i);

		if (!(at >= 0 && at < (double)count) || seen[(size_t)at] ||
		    !take(plain ? each : json_object_get(each, "embedding"), vectors + (size_t)at * *size, *size))
			return fail(err, -EPROTO, "'%.60s' gave a vector that cannot be used (number %zu)", model->endpoint->name, i + 1);
		seen[(size_t)at] = 1;
	}
	*out = TAKE(vectors);
	return 0;
}

static int show(const struct embed_spec *spec, const char *url, const char *text, struct error *err)
{
	struct llm_known known = { .model = spec->model };
	struct llm_request request = { .known = &known, .options = { .no_stream = true }, .ops = &provider_chat };
	int code;

	build_put(spec->dry, "POST ");
	url_show(url, spec->dry);
	build_char(spec->dry, '\n');
	code = request_headers(&request, true, spec->dry, err);
	build_fmt(spec->dry, "\n%s\n", text);
	return code < 0 ? code : -ECANCELED;
}

int embed(const struct embed_spec *spec, const struct clean *texts, size_t count, float **out, size_t *size, struct error *err)
{
	struct llm_endpoint *endpoint = spec->model->endpoint;
	AUTO_JSON body = body_of(spec->model, texts, count);
	AUTO_FREE char *text = json_dumps(body, JSON_COMPACT);
	AUTO_BUILD url = { 0 };
	AUTO_JSON answer = NULL;
	struct fetch_spec fetch = { .endpoint = endpoint, .seconds = spec->seconds, .retries = spec->config->retries,
				    .retry_delay = spec->config->retry_delay };

	*out = NULL;
	if (endpoint->kind == LLM_ANTHROPIC || endpoint->kind == LLM_REPLAY)
		return fail(err, -ENOTSUP, "%s offers no embeddings; name a model of another endpoint", llm_kind_name(endpoint->kind));
	if (!text || !count || count > EMBED_MOST)
		return fail(err, -EINVAL, "%zu texts cannot be embedded at once", count);
	url_of(spec->model, &url);
	if (spec->dry)
		return show(spec, url.at, text, err);
	fetch.url = url.at;
	fetch.body = text_of(text);
	answer = endpoint_fetch(&fetch, err);
	return answer ? read_vectors(spec->model, answer, count, out, size, err) : err->code;
}
