/* Models: what is configured, whose keys work, what can be reached, and how much each reads. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "base/file.h"
#include "base/loop.h"
#include "commands/doctor.h"
#include "llm/embed.h"
#include "llm/probe.h"
#include "llm/wire_rules.h"

#define REACH_SECONDS  3.0
#define EMBED_SECONDS  10.0
#define CONTEXT_ENOUGH 16384 /* tokens: the machine, some recipes, a few attempts */
#define MODELS_SHOWN   4     /* of a server whose models are not configured one by one */

static const char *quoted(const char *path, char out[300])
{
	snprintf(out, 300, strchr(path, '\'') ? "\"%s\"" : "'%s'", path);
	return out;
}

static void check_configuration(struct doctor *doctor, const struct llm_config *config, const struct error *failure)
{
	char mend[500], path[300];

	if (failure->code) {
		/* "FILE:LINE: …", or a sentence with the file in quotes. */
		AUTO_FREE char *file = text_copy(text_until(text_of(failure->text), strcspn(failure->text, ":")));

		snprintf(mend, sizeof(mend), "${EDITOR:-vi} %s", quoted(file, path));
		if (failure->code == -EACCES && failure->text[0] == '\'')
			snprintf(mend, sizeof(mend), "chmod go-w %.*s", (int)strcspn(failure->text + 1, "'") + 2, failure->text);
		else if (failure->text[0] == '\'')
			snprintf(mend, sizeof(mend), "ls -l %.*s", (int)strcspn(failure->text + 1, "'") + 2, failure->text);
		doctor_check(doctor, REPORT_BAD, "configuration", mend, "%s", failure->text);
		return;
	}
	if (config->user_file && file_exists(config->user_file))
		doctor_check(doctor, REPORT_OK, "configuration", NULL, "%s can be read", config->user_file);
	/* What a project's file may not say: it is the person's to trust it. */
	snprintf(mend, sizeof(mend), "%s %s", config->user_file && file_exists(config->user_file) ? "sed -i \"1i trust = $PWD\"" :
		 "mkdir -p ~/.config/syswhy && echo \"trust = $PWD\" >", config->user_file ? quoted(config->user_file, path) : "");
	vec_each(note, &config->notes)
		doctor_check(doctor, REPORT_WARN, "project_file", strstr(*note, "is left out") ? "chown $(id -u) .syswhy.conf && chmod 644 .syswhy.conf" : mend,
			     "%s", *note);
}

/* A key file, before anything is sent. The other kinds tell when they are used. */
static bool check_key(struct doctor *doctor, struct llm_endpoint *endpoint)
{
	const struct llm_key *key = &endpoint->key;
	struct error err = { 0 };
	char mend[800] = "", path[300];
	struct stat info;

	if (key->from == KEY_NONE)
		return true;
	if (strncmp(endpoint->base, "http:", 5) == 0 && !url_local(endpoint->base))
		doctor_check(doctor, REPORT_WARN, "key_unencrypted", "sed -i 's|http://|https://|' ~/.config/syswhy/config",
			     "%s: its key is sent unencrypted to %s", endpoint->name, endpoint->shown);
	if (llm_key(endpoint, &err)) {
		doctor_check(doctor, REPORT_OK, "key", NULL, "%s: there is a key (%s %s), for %s alone", endpoint->name,
			     key->from == KEY_ENV ? "variable" : key->from == KEY_FILE ? "file" : "command", key->where, key->host);
		return true;
	}
	if (err.code == -EACCES && strstr(err.text, "is not sent to"))
		snprintf(mend, sizeof(mend), "unset OPENAI_BASE_URL OPENAI_API_BASE ANTHROPIC_BASE_URL AZURE_OPENAI_ENDPOINT OLLAMA_HOST");
	else if (key->from == KEY_FILE && stat(key->where, &info) < 0)
		snprintf(mend, sizeof(mend), "install -m 600 /dev/stdin %s", quoted(key->where, path));
	else if (key->from == KEY_FILE)
		snprintf(mend, sizeof(mend), "%schown $(id -u) %s && chmod 600 %s", info.st_uid == geteuid() || geteuid() == 0 ? "" : "sudo ",
			 quoted(key->where, path), path);
	else if (key->from == KEY_ENV)
		snprintf(mend, sizeof(mend), "export %s=KEY", key->where);
	else
		snprintf(mend, sizeof(mend), "%s", key->where);
	doctor_check(doctor, REPORT_BAD, "key", mend, "%s: %s", endpoint->name, err.text);
	return false;
}

static void unreachable(struct doctor *doctor, const struct llm_endpoint *endpoint, const struct error *err)
{
	char mend[500], url[350];

	if (err->code == -ENOTSUP) {
		doctor_check(doctor, REPORT_OK, "reach", NULL, "%s: %s", endpoint->name, err->text);
		return;
	}
	snprintf(mend, sizeof(mend), "curl -sS %s", quoted(endpoint->shown, url));
	if (endpoint->kind == LLM_OLLAMA && url_local(endpoint->base))
		snprintf(mend, sizeof(mend), "ollama serve");
	else if (endpoint->kind == LLM_LLAMACPP && url_local(endpoint->base))
		snprintf(mend, sizeof(mend), "llama-server --jinja -c 32768 -m MODEL.gguf");
	else if (err->code == -EACCES && endpoint->key.from == KEY_ENV)
		snprintf(mend, sizeof(mend), "export %s=KEY", endpoint->key.where);
	else if (err->code == -EACCES && endpoint->key.from == KEY_FILE)
		snprintf(mend, sizeof(mend), "install -m 600 /dev/stdin %s", quoted(endpoint->key.where, url));
	else if (err->code == -EACCES && endpoint->key.from == KEY_COMMAND)
		snprintf(mend, sizeof(mend), "%s", endpoint->key.where);
	doctor_check(doctor, REPORT_BAD, "reach", mend, "%s", err->text);
}

/* ---- how much is read ---- */

static void context_mend(const struct llm_model *model, char mend[500])
{
	if (model->endpoint->kind == LLM_OLLAMA)
		snprintf(mend, 500, "OLLAMA_CONTEXT_LENGTH=32768 ollama serve");
	else if (model->endpoint->kind == LLM_LLAMACPP)
		snprintf(mend, 500, "llama-server --jinja -c 32768 -m MODEL.gguf");
	else
		snprintf(mend, 500, "printf '\\n[model %s]\\nendpoint = %s\\nname = %s\\ncontext = 32768\\n' >> ~/.config/syswhy/config",
			 model->alias[0] && !strchr(model->alias, '/') ? model->alias : "mine", model->endpoint->name, model->name);
}

static void check_context(struct doctor *doctor, struct llm_model *model)
{
	struct model_facts facts = { 0 };
	struct error ignored = { 0 }; /* prices are checked where they are used */
	AUTO_LOOP loop = loop_new(NULL);
	long served = loop ? context_ask(loop, model) : 0, said;
	bool ollama = model->endpoint->kind == LLM_OLLAMA;
	char mend[500];

	context_mend(model, mend);
	model_facts(model->name, &facts, &ignored);
	said = model->context ? model->context : facts.context;
	if (ollama && !served)
		doctor_check(doctor, REPORT_WARN, "context", mend, "%s: Ollama does not say how much it reads of it; the default is often 4096 "
			     "tokens, and the rest is cut without an error", model->name);
	else if (served && said && !ollama && served < said && model->context)
		doctor_check(doctor, REPORT_WARN, "context", mend, "%s: the server reads %ld tokens, and the configuration says %ld", model->name,
			     served, said);
	else if (served && served < CONTEXT_ENOUGH)
		doctor_check(doctor, REPORT_WARN, "context", mend, "%s: %s reads %ld tokens of it%s: too few for a program with its attempts (%d)",
			     model->name, model->endpoint->name, served, ollama ? " and cuts the rest without an error" : "", CONTEXT_ENOUGH);
	else if (!served && !said)
		doctor_check(doctor, REPORT_WARN, "context", mend, "%s: how much it reads is not known; say it with 'context = TOKENS'", model->name);
	else if (!served && said < CONTEXT_ENOUGH)
		doctor_check(doctor, REPORT_WARN, "context", mend, "%s: it reads %ld tokens, too few for a program with its attempts (%d)", model->name,
			     said, CONTEXT_ENOUGH);
	else
		doctor_check(doctor, REPORT_OK, "context", NULL, "%s: reads %ld tokens", model->name, served ? served : said);
}

/* The models of one endpoint: those configured, else the first that it lists. */
static void check_models(struct doctor *doctor, struct llm_config *config, struct llm_endpoint *endpoint, const json_t *names)
{
	bool ollama = endpoint->kind == LLM_OLLAMA;
	size_t count = config->models.len, own = 0;
	char mend[400];

	for (size_t i = 0; i < count; i++) {
		struct llm_model *model = config->models.at[i];

		if (model->endpoint != endpoint)
			continue;
		own++;
		snprintf(mend, sizeof(mend), ollama ? "ollama pull %.200s" : "syswhy models", model->name);
		if (names && models_has(endpoint, names, model->name) == 0)
			doctor_check(doctor, REPORT_BAD, "model", mend, "%s has no model '%s'", endpoint->name, model->name);
		else if (!(config->embeddings && strcmp(model->alias, config->embeddings) == 0))
			check_context(doctor, model);
	}
	for (size_t i = 0; !own && i < json_array_size(names) && i < MODELS_SHOWN; i++)
		check_context(doctor, llm_config_add(config, endpoint, "", json_string_value(json_array_get(names, i))));
	if (names && !json_array_size(names))
		doctor_check(doctor, REPORT_BAD, "model", ollama ? "ollama pull qwen3" : "syswhy models", "%s has no model yet", endpoint->name);
}

static void check_embeddings(struct doctor *doctor, struct llm_config *config)
{
	struct error err = { 0 };
	struct llm_model *model = config->embeddings ? llm_config_model(config, config->embeddings, &err) : NULL;
	struct embed_spec spec = { .config = config, .model = model, .seconds = EMBED_SECONDS };
	struct clean word = CLEAN("a word");
	AUTO_FREE float *vector = NULL;
	size_t size = 0;

	if (!config->embeddings)
		return;
	if (model && embed(&spec, &word, 1, &vector, &size, &err) == 0)
		doctor_check(doctor, REPORT_OK, "embeddings", NULL, "%s: gives vectors of %zu numbers", config->embeddings, size);
	else
		doctor_check(doctor, REPORT_BAD, "embeddings", "syswhy models", "vectors: %s; recipes are found by words alone", err.text);
}

void doctor_models(struct doctor *doctor)
{
	AUTO_LLM_CONFIG config = { 0 };
	struct error failure = { 0 };

	doctor_group(doctor, "models", "Models");
	llm_config_load(&config, NULL, &failure);
	check_configuration(doctor, &config, &failure);
	if (failure.code)
		return;
	if (!config.endpoints.len)
		models_detect(&config);
	llm_config_model(&config, NULL, &failure); /* one that no section names is looked at, too */
	if (failure.code && config.endpoints.len)
		doctor_check(doctor, REPORT_BAD, "model", "syswhy models", "%s", failure.text);
	vec_each(at, &config.endpoints) {
		struct llm_endpoint *endpoint = *at;
		struct error err = { 0 };
		AUTO_JSON names = NULL;

		if (!check_key(doctor, endpoint))
			continue;
		names = models_list(endpoint, REACH_SECONDS, &err);
		if (names)
			doctor_check(doctor, REPORT_OK, "reach", NULL, "%s%s: %s at %s answers; %zu model%s", endpoint->name,
				     endpoint->detected ? " (found here)" : "", llm_kind_name(endpoint->kind), endpoint->shown,
				     json_array_size(names), json_array_size(names) == 1 ? "" : "s");
		else
			unreachable(doctor, endpoint, &err);
		if (names || err.code == -ENOTSUP)
			check_models(doctor, &config, endpoint, names);
	}
	check_embeddings(doctor, &config);
	if (!config.endpoints.len)
		doctor_check(doctor, REPORT_OK, "none", NULL, "no model is configured, and none runs on this machine: everything works without one "
			     "('syswhy models' says how to add one)");
}
