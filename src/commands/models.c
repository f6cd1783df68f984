/* `syswhy models`: which language models are configured or run here, and whether they answer. */
#include <math.h>
#include <stddef.h>
#include <string.h>
#include "base/log.h"
#include "commands/table.h"
#include "llm/llm.h"
#include "llm/probe.h"

#define LIST_SECONDS 5.0
#define SHOWN	     20 /* names of an endpoint in the text form; --json has all */
#define TEST_TOKENS  64

struct models_params {
	const char *model;
	bool test, dry, whole;
	long concurrent;
};

static const struct param params[] = {
	{ "model", 'm', PARAM_TEXT, offsetof(struct models_params, model), "NAME",
	  "the model to test: an alias, or ENDPOINT/NAME", NULL, false },
	{ "test", 't', PARAM_BOOL, offsetof(struct models_params, test), NULL,
	  "ask each configured model, or the one of --model, for one word", NULL, false },
	{ "no-stream", 0, PARAM_BOOL, offsetof(struct models_params, whole), NULL, "ask for the model's answer in one piece, for servers that stream badly", NULL, false },
	{ "dry-run", 0, PARAM_BOOL, offsetof(struct models_params, dry), NULL, "show what --test would send, and send nothing", NULL, false },
	{ "max-concurrent-queries", 0, PARAM_FROM_ONE, offsetof(struct models_params, concurrent), "N",
	  "requests in flight at once", NULL, false },
	{ 0 },
};

struct test {
	struct loop *loop;
	struct llm *llm;
	struct llm_model *model;
	struct report *report;
	json_t *list;
	double started;
	int code; /* exit code of the worst */
	bool stopped;
};

static json_t *list_of(json_t *object, const char *key)
{
	json_t *list = json_array();

	json_object_set_new(object, key, list);
	return list;
}

static const char *name_of(const struct llm_model *model)
{
	return model->alias[0] ? model->alias : model->name;
}

static void show_endpoint(struct report *report, struct llm_endpoint *endpoint, json_t *list)
{
	static const char *const keys[] = { "none", "env", "file", "command" };
	struct error err = { 0 };
	json_t *names = models_list(endpoint, LIST_SECONDS, &err), *each;
	AUTO_BUILD line = { .ceiling = 4096 };
	size_t i;

	json_array_foreach(names, i, each)
		if (i < SHOWN)
			build_fmt(&line, "%s%s", i ? ", " : "", json_string_value(each));
	if (json_array_size(names) > SHOWN)
		build_fmt(&line, " (shown %d of %zu)", SHOWN, json_array_size(names));
	if (names)
		report_status(report, REPORT_OK, NULL, "%s%s: %s at %s: %s", endpoint->name, endpoint->detected ? " (found here)" : "",
			      llm_kind_name(endpoint->kind), endpoint->shown, line.len ? line.at : "no model yet");
	else
		report_status(report, err.code == -ENOTSUP ? REPORT_OK : REPORT_BAD, NULL, "%s: %s at %s: %s", endpoint->name,
			      llm_kind_name(endpoint->kind), endpoint->shown, err.text);
	json_array_append_new(list, json_pack("{s:o, s:s, s:o, s:o, s:s, s:b, s:b, s:o, s:o}", "name", json_str(endpoint->name),
					      "provider", llm_kind_name(endpoint->kind), "base_url", json_str(endpoint->shown), "protocol",
					      json_str(endpoint->protocol), "key", keys[endpoint->key.from], "detected",
					      (int)endpoint->detected, "reachable", (int)(names != NULL), "error",
					      err.code ? json_str(err.text) : json_null(), "models", names ? names : json_array()));
}

/* What the endpoint's list, shown before, says of the model: true, false, or null where it says nothing. */
static json_t *listed(const struct llm_model *model, const json_t *endpoints)
{
	const json_t *each;
	size_t i;
	int has = -1;

	json_array_foreach(endpoints, i, each)
		if (json_is_true(json_object_get(each, "reachable")) && strcmp(json_get_string(each, "name"), model->endpoint->name) == 0)
			has = models_has(model->endpoint, json_object_get(each, "models"), model->name);
	return has < 0 ? json_null() : json_boolean(has);
}

static bool unlisted(const struct llm_model *model, const json_t *endpoints)
{
	AUTO_JSON has = listed(model, endpoints);

	return json_is_false(has);
}

static void show_models(struct report *report, const struct llm_config *config, const struct llm_model *chosen, const json_t *endpoints, json_t *list)
{
	vec_each(at, &config->models) {
		struct llm_model *model = *at;
		json_t *has = listed(model, endpoints);

		report_say(report, REPORT_LIST, "%s: %s at %s%s%s", name_of(model), model->name, model->endpoint->name,
			   model == chosen ? " (chosen)" : "", json_is_false(has) ? "; that endpoint lists no such model" : "");
		json_array_append_new(list, json_pack("{s:o, s:o, s:o, s:o, s:b, s:o}", "alias", json_str(model->alias[0] ? model->alias : NULL),
						      "name", json_str(model->name), "endpoint", json_str(model->endpoint->name), "context",
						      model->context ? json_integer(model->context) : json_null(), "chosen",
						      (int)(model == chosen), "listed", has));
	}
}

/* Of a dry run. */
static void request_show(struct test *test, const struct answer *answer)
{
	json_t *json = report_json(test->report);
	AUTO_BUILD all = { 0 };

	report_say(test->report, REPORT_EXACT, "%s", answer->text.at);
	build_fmt(&all, "%s%s", json_get_string(json, "request"), answer->text.at);
	json_object_set_new(json, "request", json_text(build_text(&all)));
}

static void tested(void *context, struct answer *answer)
{
	struct test *test = context;
	double seconds = now() - test->started;
	bool fine = !answer->error.code && answer->end != ANSWER_CANCELLED;
	json_t *notes = json_array();

	if (answer->end == ANSWER_DRY) {
		json_decref(notes);
		request_show(test, answer);
		return;
	}
	vec_each(note, &answer->notes) {
		json_array_append_new(notes, json_str(*note));
		report_say(test->report, REPORT_NOTE, "%s: %s", name_of(test->model), *note);
	}
	if (answer->limits.len)
		report_say(test->report, REPORT_NOTE, "%s: left of the server's limits: %s", name_of(test->model), answer->limits.at);
	if (fine)
		report_status(test->report, REPORT_OK, NULL, "%s answered in %.1f s: %.60s", name_of(test->model), seconds,
			      answer->text.len ? answer->text.at : "(no text)");
	else
		report_status(test->report, REPORT_BAD, NULL, "%s: %s", name_of(test->model),
			      answer->error.code ? answer->error.text : "stopped");
	json_array_append_new(test->list, json_pack("{s:o, s:b, s:f, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "model", json_str(name_of(test->model)),
						    "answered", (int)fine, "seconds", seconds, "text",
						    json_text(build_text(&answer->text)), "error",
						    answer->error.code ? json_str(answer->error.text) : json_null(), "notes", notes,
						    "input_tokens", answer->usage.known ? json_integer(answer->usage.input) : json_null(),
						    "output_tokens", answer->usage.known ? json_integer(answer->usage.output) : json_null(),
						    "cost", answer->usage.known && !isnan(answer->usage.cost) ? json_real(answer->usage.cost) : json_null(),
						    "limits", answer->limits.len ? json_text(build_text(&answer->limits)) : json_null()));
	if (!fine)
		test->code = answer->end == ANSWER_CANCELLED ? EXIT_INTERRUPTED : fault_exit_code(answer->fault);
}

static void interrupted(void *context)
{
	struct llm *llm = context;

	llm_cancel_all(llm);
}

/* All at once, as many as may be in flight. */
static int test_models(struct llm_config *config, struct llm_model *only, struct report *report, json_t *list, struct error *err)
{
	static const struct llm_watch watch = { .done = tested };
	AUTO_LOOP loop = loop_new(err);
	AUTO_LLM llm = loop ? llm_new(config, loop, err) : NULL;
	AUTO_CHAT chat = chat_new();
	size_t count = only ? 1 : config->models.len;
	AUTO_FREE struct test *tests = calloc(count + 1, sizeof(*tests));
	int code = EXIT_DONE;

	if (!llm || !tests || loop_interrupts(loop, interrupted, llm, err) < 0)
		return EXIT_FAILED;
	chat_say(chat, CHAT_USER, CLEAN("Answer with the one word: ready"));
	for (size_t i = 0; i < count; i++) {
		struct llm_options options = { .model = only ? only : config->models.at[i] };

		/* One that gives vectors does not answer. */
		if (!only && config->embeddings && strcmp(config->embeddings, options.model->alias) == 0)
			continue;
		if (!options.model->max_output) /* enough for a model that thinks first */
			options.max_output = TEST_TOKENS * 8;
		tests[i] = (struct test){ .loop = loop, .llm = llm, .model = options.model, .report = report, .list = list,
					  .started = now() };
		if (!llm_send(llm, chat, &options, &watch, &tests[i], err))
			return EXIT_CONFIG;
	}
	if (llm_wait(llm, err) < 0)
		return EXIT_FAILED;
	for (size_t i = 0; i < count; i++)
		code = tests[i].code ? tests[i].code : code;
	if (code != EXIT_DONE)
		fail(err, -EIO, count == 1 ? "the model did not answer" : "not all models answered");
	return code;
}

static int run(struct context *context, const void *values, struct error *err)
{
	const struct models_params *asked = values;
	struct llm_flags flags = { .model = asked->model, .max_concurrent = asked->concurrent, .dry_run = asked->dry,
				   .no_stream = asked->whole };
	AUTO_LLM_CONFIG config = { 0 };
	struct report *report = context->report;
	json_t *json = report_json(report), *endpoints = list_of(json, "endpoints"), *models = list_of(json, "models"),
	       *tests = list_of(json, "tests"), *notes = list_of(json, "notes");
	struct llm_model *chosen;
	struct error why = { 0 };
	const char *near;

	if (asked->concurrent > LLM_CONCURRENT_MOST) {
		fail(err, -EINVAL, "--max-concurrent-queries is at most %d", LLM_CONCURRENT_MOST);
		return EXIT_USAGE;
	}
	if (llm_config_load(&config, &flags, err) < 0)
		return EXIT_CONFIG;
	vec_each(note, &config.notes) {
		report_say(report, REPORT_NOTE, "%s", *note);
		json_array_append_new(notes, json_str(*note));
	}
	/* A dry run asks nobody for a list, either. */
	if (!config.endpoints.len && !asked->dry)
		models_detect(&config);
	chosen = asked->dry || config.model ? llm_config_model(&config, NULL, &why) : llm_choose(&config, NULL, &why);
	vec_each(endpoint, &config.endpoints)
		if (!asked->dry)
			show_endpoint(report, *endpoint, endpoints);
	show_models(report, &config, chosen, endpoints, models);
	json_object_set_new(json, "chosen", json_str(chosen ? name_of(chosen) : NULL));
	if (!config.endpoints.len) {
		report_say(report, REPORT_PARAGRAPH, "No model is configured, and none runs on this machine. Everything but free-form "
						     "questions works without one. To add one, set OPENAI_API_KEY, ANTHROPIC_API_KEY, OPENAI_BASE_URL or "
						     "OLLAMA_HOST, or describe it in ~/.config/syswhy/config (syswhy models --help).");
	} else if (!chosen) {
		report_say(report, REPORT_NOTE, "%s", why.text);
	}
	if (!chosen && (asked->model || ((asked->test || asked->dry) && !config.models.len))) {
		fail(err, why.code ? why.code : -ENOENT, "%s", why.code ? why.text : "there is no model to test");
		return EXIT_CONFIG;
	}
	if (asked->model && !asked->test && !asked->dry && unlisted(chosen, endpoints)) {
		near = llm_config_nearest(&config, asked->model);
		fail(err, -ENOENT, "'%.60s' lists no model '%.80s'%s%.60s%s", chosen->endpoint->name, chosen->name, near ? "; did you mean '" : "",
		     near ? near : "", near ? "'?" : "");
		return EXIT_CONFIG;
	}
	return asked->test || asked->dry ? test_models(&config, asked->model || !config.models.len ? chosen : NULL, report, tests, err) : EXIT_DONE;
}

const struct command command_models = {
	.name = "models",
	.summary = "List the language models that are configured or run here, and test them",
	.details = "Lists each endpoint with the models it offers, and the models that the configuration names. Nothing but "
		   "the list is asked for; --test sends one short question to each configured model, or to the one of --model.\n\n"
		   "Models come from OPENAI_API_KEY and OPENAI_BASE_URL, ANTHROPIC_API_KEY and ANTHROPIC_BASE_URL, "
		   "AZURE_OPENAI_ENDPOINT, OLLAMA_HOST, from ./.syswhy.conf and ~/.config/syswhy/config; with none of them, "
		   "an Ollama or llama.cpp server on this machine is looked for. SYSWHY_MODEL chooses one. A key is read from a "
		   "variable, a private file or a command, and goes to its own endpoint only.",
	.examples = "syswhy models  # what there is\n"
		    "syswhy models --test  # whether each answers\n"
		    "OPENAI_BASE_URL=http://127.0.0.1:8080/v1 syswhy models -m openai/qwen3 --test",
	.flags = COMMAND_READS | COMMAND_MODEL,
	.params = params,
	.params_size = sizeof(struct models_params),
	.run = run,
};
