/* Which models there are: what endpoints list, what runs on loopback, and the choice when nobody chose. */
#include <fnmatch.h>
#include "base/json.h"
#include "llm/fetch.h"
#include "llm/probe.h"

#define LIST_SECONDS  10.0
#define LOCAL_SECONDS 0.2

/* An endpoint's names: {"data":[{"id":…}]}, or llama.cpp's and Ollama's {"models":[{"name":…}]}. */
static json_t *names_in(const json_t *body)
{
	const json_t *list = json_object_get(body, "data"), *each;
	json_t *names;
	size_t i;

	if (!json_is_array(list))
		list = json_is_array(body) ? body : json_object_get(body, "models");
	if (!json_is_array(list))
		return NULL;
	names = json_array();
	json_array_foreach(list, i, each) {
		const char *name = json_get_string(each, "id");

		if (!name[0])
			name = json_get_string(each, "name");
		if (name[0])
			json_array_append_new(names, json_string(name));
	}
	return names;
}

json_t *models_list(struct llm_endpoint *endpoint, double seconds, struct error *err)
{
	AUTO_BUILD url = { 0 };
	AUTO_JSON body = NULL;
	struct fetch_spec spec = { .endpoint = endpoint, .seconds = seconds };
	json_t *names;

	if (endpoint->kind == LLM_REPLAY || endpoint->kind == LLM_AZURE_CLASSIC) {
		fail(err, -ENOTSUP, "'%.60s' cannot list its models; name them in the configuration", endpoint->name);
		return NULL;
	}
	if (endpoint->kind == LLM_ANTHROPIC)
		build_fmt(&url, "%s%s/models?limit=1000", endpoint->base, text_ends(text_of(endpoint->base), "/v1") ? "" : "/v1");
	else
		url_join(endpoint->base, "/models", &url);
	spec.url = url.at;
	body = endpoint_fetch(&spec, err);
	names = names_in(body);
	if (body && !names)
		fail(err, -EPROTO, "'%.60s' does not list its models", endpoint->name);
	return names;
}

int models_has(const struct llm_endpoint *endpoint, const json_t *names, const char *name)
{
	const char *variant = strrchr(name, ':');
	bool told = endpoint->kind != LLM_AZURE && endpoint->kind != LLM_AZURE_CLASSIC &&
		    !(endpoint->kind == LLM_LLAMACPP && json_array_size(names) == 1);
	const json_t *each;
	size_t i;

	json_array_foreach(names, i, each) {
		const char *one = json_string_value(each);
		size_t len = strlen(one);

		if (strcmp(one, name) == 0 || (strchr(one, '*') && fnmatch(one, name, 0) == 0) ||
		    (strncmp(one, name, strlen(name)) == 0 && strcmp(one + strlen(name), ":latest") == 0) ||
		    (endpoint->kind != LLM_OLLAMA && variant && len == (size_t)(variant - name) && strncmp(one, name, len) == 0))
			return 1;
	}
	return told && json_is_array(names) ? 0 : -1;
}

/* A slip in an alias becomes the name of a model, and some servers answer to any. */
static void name_check(struct llm_config *config, const struct llm_model *model)
{
	const char *near = llm_config_nearest(config, model->alias);
	char *note;

	if (!near)
		return;
	if (asprintf(&note, "no model is configured as '%.80s', so '%.60s' is asked for one of that name; did you mean '%.60s'?", model->alias,
		     model->endpoint->name, near) < 0)
		abort();
	vec_push(&config->notes, note);
}

void models_detect(struct llm_config *config)
{
	static const struct {
		const char *name, *url;
		enum llm_kind kind;
	} places[] = {
		{ "ollama", "http://127.0.0.1:11434/v1/models", LLM_OLLAMA },
		{ "llamacpp", "http://127.0.0.1:8080/v1/models", LLM_LLAMACPP },
	};
	AUTO_LOOP loop = loop_new(NULL);
	AUTO_HTTP http = loop ? http_new(loop, 2, NULL) : NULL;
	struct fetch fetches[COUNT(places)] = { 0 };
	size_t left = 0;

	if (!http || config->no_local)
		return;
	for (size_t i = 0; i < COUNT(places); i++) {
		struct http_request request = { .url = places[i].url, .connect = LOCAL_SECONDS, .total = LOCAL_SECONDS,
						.limit = FETCH_BYTES, .bytes = fetch_take, .ended = fetch_ended, .context = &fetches[i] };

		fetches[i] = (struct fetch){ .loop = loop, .left = &left, .body = { .ceiling = FETCH_BYTES } };
		if (!llm_config_endpoint(config, places[i].name) && http_start(http, &request, NULL))
			left++;
	}
	if (left)
		loop_run(loop, NULL);
	for (size_t i = 0; i < COUNT(places); i++) {
		AUTO_JSON body = fetches[i].end.status == 200 ? json_parse(build_text(&fetches[i].body), NULL) : NULL;
		AUTO_JSON names = names_in(body);
		const json_t *data = json_array_get(json_object_get(body, "data"), 0);
		/* Many a program listens on 8080. */
		bool ours = names && (places[i].kind == LLM_OLLAMA ||
				      strcmp(json_get_string(data, "owned_by"), "llamacpp") == 0);

		if (ours) {
			AUTO_FREE char *base = text_copy(text_until(text_of(places[i].url), strlen(places[i].url) - 7));

			llm_endpoint_add(config, places[i].name, places[i].kind, base, FROM_DEFAULT)->detected = true;
		}
		build_done(&fetches[i].body);
	}
}

struct llm_model *llm_choose(struct llm_config *config, const char *name, struct error *err)
{
	struct error why = { 0 };
	size_t configured = config->models.len;
	struct llm_model *model = llm_config_model(config, name, &why);
	struct llm_endpoint *endpoint;
	AUTO_JSON names = NULL;
	AUTO_BUILD list = { .ceiling = 250 };
	const json_t *each;
	size_t i;

	if (!model && !config->endpoints.len) {
		models_detect(config);
		if (config->endpoints.len && (name || config->model)) {
			why = (struct error){ 0 };
			model = llm_config_model(config, name, &why);
		}
	}
	if (model && config->models.len > configured)
		name_check(config, model);
	if (model)
		return model;
	if (why.code) {
		fail(err, why.code, "%s", why.text);
		return NULL;
	}
	if (config->endpoints.len != 1) {
		if (config->endpoints.len)
			fail(err, -EINVAL, "several endpoints are configured; choose a model with -m NAME or SYSWHY_MODEL ('syswhy models' lists them)");
		else
			fail(err, -ENOENT, "no model is configured, and none runs on this machine; 'syswhy models' says how to add one");
		return NULL;
	}
	endpoint = config->endpoints.at[0];
	if (endpoint->kind == LLM_REPLAY)
		return llm_config_add(config, endpoint, "", endpoint->base);
	names = models_list(endpoint, LIST_SECONDS, err);
	if (json_array_size(names) == 1)
		return llm_config_add(config, endpoint, "", json_string_value(json_array_get(names, 0)));
	json_array_foreach(names, i, each)
		build_fmt(&list, "%s%s", i ? ", " : "", json_string_value(each));
	if (names)
		fail(err, -EINVAL, json_array_size(names) ? "choose a model with -m NAME or SYSWHY_MODEL; '%.60s' has %s" :
							    "'%.60s' has no model yet%s",
		     endpoint->name, list.len ? list.at : "");
	return NULL;
}
