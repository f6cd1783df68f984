/* Where a request goes and with which headers. */
#include "llm/internal.h"

char *request_url(const struct llm_request *request)
{
	const struct llm_endpoint *endpoint = request->known->model->endpoint;
	const char *path = request->ops->path;
	struct text base = text_until(text_of(endpoint->base), strcspn(endpoint->base, "?#"));
	AUTO_BUILD url = { 0 };

	if (endpoint->kind == LLM_AZURE_CLASSIC) {
		build_fmt(&url, "%s%s/deployments/%s%s?api-version=%s", endpoint->base,
			  text_ends(base, "/openai") ? "" : "/openai", request->known->model->name, path,
			  endpoint->api_version ? endpoint->api_version : "2024-10-21");
		return build_take(&url);
	}
	/* The path of Messages has its version in it, and so has many a base URL. */
	if (text_starts(text_of(path), "/v1") && text_ends(base, "/v1"))
		path += 3;
	url_join(endpoint->base, path, &url);
	return build_take(&url);
}

static void key_header(const struct llm_request *request, const char *key, struct build *lines)
{
	const struct llm_endpoint *endpoint = request->known->model->endpoint;

	if (endpoint->kind == LLM_AZURE_CLASSIC && !endpoint->key.bearer)
		build_fmt(lines, "api-key: %s\n", key);
	else if (request->ops == &provider_messages && !endpoint->key.bearer)
		build_fmt(lines, "x-api-key: %s\n", key);
	else
		build_fmt(lines, "Authorization: Bearer %s\n", key);
}

void request_lines(char *lines, const char *headers[HEADERS_MOST])
{
	size_t count = 0;

	for (char *at = lines, *end; *at && count + 1 < HEADERS_MOST && (end = strchr(at, '\n')); at = end + 1) {
		*end = '\0';
		headers[count++] = at;
	}
	headers[count] = NULL;
}

int request_headers(const struct llm_request *request, bool dry, struct build *lines, struct error *err)
{
	struct llm_endpoint *endpoint = request->known->model->endpoint;
	const char *key = NULL;
	struct error why = { 0 };

	build_put(lines, "Content-Type: application/json\n");
	build_fmt(lines, "Accept: %s\n", request->options.no_stream ? "application/json" : "text/event-stream");
	if (request->ops == &provider_messages)
		build_put(lines, "anthropic-version: 2023-06-01\n");
	if (endpoint->organisation)
		build_fmt(lines, "OpenAI-Organization: %s\n", endpoint->organisation);
	if (endpoint->project)
		build_fmt(lines, "OpenAI-Project: %s\n", endpoint->project);
	vec_each(header, &endpoint->headers)
		if (dry) /* people put keys there */
			build_fmt(lines, "%.*s: (the value is not shown)\n", (int)strcspn(*header, ":"), *header);
		else
			build_fmt(lines, "%s\n", *header);
	if (dry) {
		if (endpoint->key.from != KEY_NONE)
			key_header(request, "(the key is not shown)", lines);
		return 0;
	}
	key = llm_key(endpoint, &why);
	if (why.code)
		return fail(err, why.code, "%s", why.text);
	if (key)
		key_header(request, key, lines);
	return 0;
}

/* Servers quote what they refuse; a person's terminal and log need not have it. */
void request_key_mask(const struct llm_request *request, char *text, size_t size)
{
	endpoint_mask(request->known->model->endpoint, text, size);
}
