/* The configuration put together: defaults, files, environment, flags; and the choice of a model. */
#include "llm/config.h"
#include <fnmatch.h>
#include <math.h>
#include "base/file.h"
#include "base/words.h"
#include "llm/config_file.h"

#define SLIPS_MOST 2 /* letters */

static const char *const kinds[] = { "compatible", "openai", "azure", "azure-classic", "anthropic",
				     "ollama",	   "llamacpp", "vllm", "replay" };

const char *llm_kind_name(enum llm_kind kind)
{
	return kinds[kind];
}

int llm_kind_find(struct text name)
{
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (text_is(name, kinds[i]))
			return (int)i;
	return -EINVAL;
}

const char *llm_kind_base(enum llm_kind kind)
{
	static const char *const bases[] = { [LLM_OPENAI] = "https://api.openai.com/v1",
					     [LLM_ANTHROPIC] = "https://api.anthropic.com",
					     [LLM_OLLAMA] = "http://127.0.0.1:11434/v1",
					     [LLM_LLAMACPP] = "http://127.0.0.1:8080/v1",
					     [LLM_VLLM] = "http://127.0.0.1:8000/v1",
					     [LLM_REPLAY] = "" };

	return (size_t)kind < COUNT(bases) && bases[kind] ? bases[kind] : "";
}

static void endpoint_free(struct llm_endpoint *endpoint)
{
	struct llm_key *key = &endpoint->key;

	if (key->value)
		explicit_bzero(key->value, strlen(key->value));
	free(key->value);
	free(key->where);
	free(key->host);
	vec_each(header, &endpoint->headers)
		free(*header);
	vec_done(&endpoint->headers);
	free(endpoint->name);
	free(endpoint->base);
	free(endpoint->shown);
	free(endpoint->protocol);
	free(endpoint->api_version);
	free(endpoint->organisation);
	free(endpoint->project);
	free(endpoint->place);
	free(endpoint);
}

static void model_free(struct llm_model *model)
{
	free(model->alias);
	free(model->name);
	free(model->effort);
	free(model);
}

void llm_config_done(struct llm_config *config)
{
	vec_each(endpoint, &config->endpoints)
		endpoint_free(*endpoint);
	vec_done(&config->endpoints);
	vec_each(model, &config->models)
		model_free(*model);
	vec_done(&config->models);
	vec_each(note, &config->notes)
		free(*note);
	vec_done(&config->notes);
	free(config->model);
	free(config->embeddings);
	free(config->user_file);
	*config = (struct llm_config){ 0 };
}

void llm_base_set(struct llm_endpoint *endpoint, const char *base, enum llm_source from)
{
	struct text t = text_trim(text_of(base));
	AUTO_BUILD shown = { 0 };

	while (text_ends(t, "/"))
		t = text_until(t, t.len - 1);
	free(endpoint->base);
	endpoint->base = text_copy(t);
	url_show(endpoint->base, &shown);
	free(endpoint->shown);
	endpoint->shown = build_take(&shown);
	endpoint->base_from = from;
}

struct llm_endpoint *llm_endpoint_add(struct llm_config *config, const char *name, enum llm_kind kind,
				      const char *base, enum llm_source from)
{
	struct llm_endpoint *endpoint = calloc(1, sizeof(*endpoint));

	if (!endpoint)
		abort();
	endpoint->name = text_copy(text_of(name));
	endpoint->kind = kind;
	llm_base_set(endpoint, base, from);
	vec_push(&config->endpoints, endpoint);
	return endpoint;
}

struct llm_endpoint *llm_config_endpoint(struct llm_config *config, const char *name)
{
	vec_each(endpoint, &config->endpoints)
		if (strcmp((*endpoint)->name, name) == 0)
			return *endpoint;
	return NULL;
}

struct llm_model *llm_config_add(struct llm_config *config, struct llm_endpoint *endpoint, const char *alias,
				 const char *name)
{
	struct llm_model *model = calloc(1, sizeof(*model));

	if (!model)
		abort();
	model->alias = text_copy(text_of(alias));
	model->name = text_copy(text_of(name));
	model->endpoint = endpoint;
	model->temperature = model->price_input = model->price_output = NAN;
	vec_push(&config->models, model);
	return model;
}

void llm_key_set(struct llm_endpoint *endpoint, int from, const char *where)
{
	struct llm_key *key = &endpoint->key;

	free(key->where);
	key->where = text_copy(text_of(where));
	key->from = from;
	key->fresh = true;
}

void llm_key_bind(struct llm_endpoint *endpoint, const char *base)
{
	char host[300] = "";

	if (!endpoint->key.fresh)
		return;
	free(endpoint->key.host);
	url_host(base, host);
	endpoint->key.host = text_copy(text_of(host));
	endpoint->key.fresh = false;
}

/* ---- environment ---- */
static const char *set(const char *name)
{
	const char *value = getenv(name);

	return value && value[0] ? value : NULL;
}

static void copy(char **to, const char *from)
{
	if (!from)
		return;
	free(*to);
	*to = text_copy(text_of(from));
}

/* The endpoint of that name, made when it is not there. A base URL of the environment goes before one of a file, and
 * then a key of a file, which was for the file's host, is no longer sent. */
static struct llm_endpoint *known(struct llm_config *config, const char *name, enum llm_kind kind, const char *base)
{
	struct llm_endpoint *endpoint = llm_config_endpoint(config, name);

	if (!endpoint)
		return llm_endpoint_add(config, name, kind, base ? base : llm_kind_base(kind), FROM_ENVIRONMENT);
	if (base)
		llm_base_set(endpoint, base, FROM_ENVIRONMENT);
	return endpoint;
}

/* A key of the environment is for the host that the environment names, or for the provider's own. What a file
 * made of the base URL does not draw it elsewhere. */
static void environment_key(struct llm_endpoint *endpoint, const char *name, const char *base)
{
	char theirs[300] = "", ours[300] = "";

	url_host(base, theirs);
	url_host(endpoint->base, ours);
	if (!set(name) || strcmp(theirs, ours) != 0)
		return;
	llm_key_set(endpoint, KEY_ENV, name);
	llm_key_bind(endpoint, base);
}

static void from_azure(struct llm_config *config)
{
	const char *base = set("AZURE_OPENAI_ENDPOINT"), *version = set("OPENAI_API_VERSION"),
		   *deployment = set("AZURE_OPENAI_DEPLOYMENT"), *key = set("AZURE_OPENAI_AD_TOKEN");
	struct llm_endpoint *endpoint;
	AUTO_BUILD url = { 0 };

	if (!base)
		return;
	build_put(&url, base);
	while (url.len && url.at[url.len - 1] == '/')
		url.at[--url.len] = '\0';
	if (!version && !text_ends(build_text(&url), "/openai/v1"))
		build_put(&url, "/openai/v1");
	endpoint = known(config, "azure", version ? LLM_AZURE_CLASSIC : LLM_AZURE, url.at);
	endpoint->kind = version ? LLM_AZURE_CLASSIC : LLM_AZURE;
	copy(&endpoint->api_version, version);
	environment_key(endpoint, key ? "AZURE_OPENAI_AD_TOKEN" :
				  set("AZURE_OPENAI_API_KEY") ? "AZURE_OPENAI_API_KEY" : "AZURE_OPENAI_KEY", url.at);
	endpoint->key.bearer = key != NULL;
	if (deployment && !config->model)
		config->model = text_copy(text_of(deployment));
}

static void from_ollama(struct llm_config *config)
{
	const char *host = set("OLLAMA_HOST");
	struct text t = text_of(host);
	AUTO_BUILD url = { 0 };
	char place[300];

	if (!host)
		return;
	if (!text_has(t, "://"))
		build_put(&url, "http://");
	/* The address to listen on is not the one to call. */
	if (text_starts(t, ":")) /* a port alone */
		build_fmt(&url, "127.0.0.1%s", host);
	else if (text_starts(t, "0.0.0.0"))
		build_fmt(&url, "127.0.0.1%.*s", TEXT_ARG(text_from(t, 7)));
	else
		build_add(&url, t);
	while (url.len && url.at[url.len - 1] == '/')
		url.at[--url.len] = '\0';
	if (url_host(url.at, place) && !strchr(strstr(place, "://") + 3, ':') && strncmp(place, "http:", 5) == 0 &&
	    !text_has(t, "://"))
		build_put(&url, ":11434");
	if (!text_ends(build_text(&url), "/v1"))
		build_put(&url, "/v1");
	known(config, "ollama", LLM_OLLAMA, url.at);
}

static void from_environment(struct llm_config *config)
{
	const char *base = set("OPENAI_BASE_URL") ? set("OPENAI_BASE_URL") : set("OPENAI_API_BASE");
	struct llm_endpoint *endpoint;

	if (base || set("OPENAI_API_KEY")) {
		const char *own = llm_kind_base(LLM_OPENAI);
		bool other = base && strncmp(base, own, strlen(own)) != 0;

		endpoint = known(config, "openai", other ? LLM_COMPATIBLE : LLM_OPENAI, base);
		if (base)
			endpoint->kind = other ? LLM_COMPATIBLE : LLM_OPENAI;
		environment_key(endpoint, "OPENAI_API_KEY", base ? base : own);
		copy(&endpoint->organisation, set("OPENAI_ORG_ID"));
		copy(&endpoint->project, set("OPENAI_PROJECT_ID"));
	}
	base = set("ANTHROPIC_BASE_URL");
	if (base || set("ANTHROPIC_API_KEY")) {
		endpoint = known(config, "anthropic", LLM_ANTHROPIC, base);
		environment_key(endpoint, "ANTHROPIC_API_KEY", base ? base : llm_kind_base(LLM_ANTHROPIC));
	}
	from_azure(config);
	from_ollama(config);
	if (set("SYSWHY_MODEL")) {
		copy(&config->model, set("SYSWHY_MODEL"));
		config->model_from = FROM_ENVIRONMENT;
	}
	copy(&config->embeddings, set("SYSWHY_EMBEDDINGS"));
	config->no_local |= set("SYSWHY_NO_LOCAL_MODEL") != NULL;
}

/* Ollama by its port, however it was named: it cuts a question without an error, and has to be asked what it reads. */
static void ollama_find(struct llm_config *config)
{
	char host[300];

	vec_each(endpoint, &config->endpoints)
		if ((*endpoint)->kind == LLM_COMPATIBLE && url_host((*endpoint)->base, host) && text_ends(text_of(host), ":11434"))
			(*endpoint)->kind = LLM_OLLAMA;
}

/* An endpoint without an address: a mistake, or what is left of a project's that may not give one; then its models go with it. */
static int bases_check(struct llm_config *config, struct error *err)
{
	for (size_t i = 0; i < config->endpoints.len; i++) {
		struct llm_endpoint *endpoint = config->endpoints.at[i];
		size_t kept = 0;
		char *note;

		if (endpoint->base[0] || endpoint->kind == LLM_REPLAY)
			continue;
		if (endpoint->base_from != FROM_PROJECT)
			return fail(err, -EINVAL, "%s: [endpoint %.60s] has no base-url", endpoint->place, endpoint->name);
		if (!endpoint->refused) {
			if (asprintf(&note, "%s: [endpoint %.60s] and its models are left out: it has no base-url", endpoint->place, endpoint->name) < 0)
				abort();
			vec_push(&config->notes, note);
		}
		for (size_t k = 0; k < config->models.len; k++) {
			if (config->models.at[k]->endpoint == endpoint)
				model_free(config->models.at[k]);
			else
				config->models.at[kept++] = config->models.at[k];
		}
		config->models.len = kept;
		memmove(&config->endpoints.at[i], &config->endpoints.at[i + 1], (--config->endpoints.len - i) * sizeof(endpoint));
		endpoint_free(endpoint);
		i--;
	}
	return 0;
}

int llm_config_load(struct llm_config *config, const struct llm_flags *flags, struct error *err)
{
	static const struct llm_flags none;
	AUTO_BUILD user = { 0 };
	const char *home = getenv("HOME"), *xdg = getenv("XDG_CONFIG_HOME");
	int code;

	flags = flags ? flags : &none;
	*config = (struct llm_config){ .max_concurrent = 4, .retries = 2, .retry_delay = 0.5, .connect = 5,
				       .first_token = 300, .total = 600, .history_days = -1, .history_mib = -1 };
	if (flags->user_file)
		build_put(&user, flags->user_file);
	else if (xdg && xdg[0] == '/')
		build_fmt(&user, "%s/syswhy/config", xdg);
	else if (home && home[0])
		build_fmt(&user, "%s/.config/syswhy/config", home);
	config->user_file = user.len ? text_copy(build_text(&user)) : NULL;
	code = user.len ? config_file_read(config, user.at, FROM_USER, err) : 0;
	if (code == 0)
		code = config_file_read(config, flags->project_file ? flags->project_file : "./.syswhy.conf", FROM_PROJECT,
					err);
	if (code < 0) {
		llm_config_done(config);
		return code;
	}
	from_environment(config);
	ollama_find(config);
	code = bases_check(config, err);
	if (code < 0) {
		llm_config_done(config);
		return code;
	}
	if (flags->model) {
		copy(&config->model, flags->model);
		config->model_from = FROM_FLAG;
	}
	if (flags->max_concurrent > 0)
		config->max_concurrent = flags->max_concurrent;
	config->dry_run = flags->dry_run;
	config->no_stream = flags->no_stream;
	return 0;
}

/* ---- the choice ---- */
static void names_of(struct llm_config *config, struct build *out)
{
	vec_each(model, &config->models)
		if ((*model)->alias[0])
			build_fmt(out, "%s%s", out->len ? ", " : "", (*model)->alias);
	vec_each(endpoint, &config->endpoints)
		build_fmt(out, "%s%s/NAME", out->len ? ", " : "", (*endpoint)->name);
}

/* The only one that answers; the model for vectors does not. */
static struct llm_model *only_model(const struct llm_config *config)
{
	struct llm_model *found = NULL;

	vec_each(model, &config->models) {
		if (config->embeddings && strcmp((*model)->alias, config->embeddings) == 0)
			continue;
		if (found)
			return NULL;
		found = *model;
	}
	return found;
}

/* The one endpoint whose provider makes models that are called so; NULL: there is none, or several. */
static struct llm_endpoint *family_endpoint(const struct llm_config *config, const char *name)
{
	static const struct {
		enum llm_kind kind;
		const char *patterns[5];
	} families[] = { { LLM_ANTHROPIC, { "claude-*" } }, { LLM_OPENAI, { "gpt-*", "chatgpt-*", "o[134]", "o[134]-*", "text-embedding-*" } } };
	struct llm_endpoint *found = NULL;

	for (size_t i = 0; i < COUNT(families); i++) {
		bool fits = false;

		for (size_t k = 0; k < COUNT(families[i].patterns) && families[i].patterns[k]; k++)
			fits |= fnmatch(families[i].patterns[k], name, 0) == 0;
		vec_each(endpoint, &config->endpoints) {
			if (!fits || (*endpoint)->kind != families[i].kind)
				continue;
			if (found)
				return NULL;
			found = *endpoint;
		}
	}
	return found;
}

const char *llm_config_nearest(const struct llm_config *config, const char *name)
{
	const char *found = NULL;
	unsigned best = SLIPS_MOST + 1;

	vec_each(model, &config->models) {
		unsigned far = word_distance((*model)->alias, name, SLIPS_MOST);

		if (far && far < best && far < strlen(name) / 2 + 1)
			best = far, found = (*model)->alias;
	}
	return found;
}

struct llm_model *llm_config_model(struct llm_config *config, const char *name, struct error *err)
{
	AUTO_BUILD names = { .ceiling = 300 };
	const char *slash, *near;

	name = name ? name : config->model;
	if (!name)
		return only_model(config);
	vec_each(model, &config->models)
		if (strcmp((*model)->alias, name) == 0)
			return *model;
	if (strncmp(name, "replay:", 7) == 0)
		return llm_config_add(config, llm_endpoint_add(config, name, LLM_REPLAY, name + 7, FROM_FLAG), name, name + 7);
	slash = strchr(name, '/');
	if (slash) {
		AUTO_FREE char *head = text_copy((struct text){ name, (size_t)(slash - name) });
		struct llm_endpoint *endpoint = llm_config_endpoint(config, head);

		if (endpoint && slash[1])
			return llm_config_add(config, endpoint, name, slash + 1);
	}
	vec_each(model, &config->models)
		if (strcmp((*model)->name, name) == 0)
			return *model;
	if (config->endpoints.len == 1)
		return llm_config_add(config, config->endpoints.at[0], name, name);
	if (family_endpoint(config, name))
		return llm_config_add(config, family_endpoint(config, name), name, name);
	names_of(config, &names);
	near = llm_config_nearest(config, name);
	if (!config->endpoints.len)
		fail(err, -ENOENT, "the model '%.80s' has no endpoint: set OPENAI_BASE_URL, OPENAI_API_KEY, ANTHROPIC_API_KEY or OLLAMA_HOST, or write ~/.config/syswhy/config", name);
	else
		fail(err, -ENOENT, "there is no model '%.80s'; there are: %s%s%.60s%s", name, names.len ? names.at : "none",
		     near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
	return NULL;
}
