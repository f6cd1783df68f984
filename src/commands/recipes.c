/* `syswhy recipes`: programs that answer questions, ours and those of installed tools, found by words. */
#include "knowledge/recipes.h"
#include <stddef.h>
#include <string.h>
#include "base/file.h"
#include "commands/knowledge.h"
#include "commands/table.h"
#include "knowledge/history.h"

#define EMBED_SECONDS 60.0 /* the first search makes the vectors of all recipes */

struct recipes_params {
	struct param_words search;
	const char *show, *kind;
	long limit;
	bool dry;
};

static const struct param params[] = {
	{ "search", 0, PARAM_WORDS, offsetof(struct recipes_params, search), "SEARCH",
	  "words, or a question, in English or Chinese (default: list all)", NULL, false },
	{ "show", 's', PARAM_TEXT, offsetof(struct recipes_params, show), "NAME", "print the program of this name", NULL, false },
	{ "kind", 'k', PARAM_CHOICE, offsetof(struct recipes_params, kind), "KIND",
	  "only syswhy's own recipes, only tools that are installed here, or only programs that answered before", "own|tool|past", false },
	{ "limit", 'n', PARAM_FROM_ONE, offsetof(struct recipes_params, limit), "N", "show N at most (default: 10 of a search)", NULL,
	  false },
	{ "dry-run", 0, PARAM_BOOL, offsetof(struct recipes_params, dry), NULL,
	  "show the requests for vectors that a search would send, and send nothing", NULL, false },
	{ 0 },
};

static json_t *lines_json(const char *lines)
{
	json_t *array = json_array();
	struct text rest = text_of(lines), line;

	while (text_line(&rest, &line))
		json_array_append_new(array, json_text(line));
	return array;
}

static json_t *recipe_json(const struct recipe *recipe)
{
	json_t *object = json_object();

	json_object_set_new(object, "name", json_text(text_of(recipe->name)));
	json_object_set_new(object, "kind", json_string(recipe_kind_name(recipe->kind)));
	json_object_set_new(object, "title", json_text(text_of(recipe->title)));
	json_object_set_new(object, "path", json_text(text_of(recipe->path)));
	json_object_set_new(object, "asks", lines_json(recipe->asks));
	json_object_set_new(object, "needs", lines_json(recipe->needs));
	return object;
}

static int show(struct context *context, struct shelf *shelf, const char *name, struct error *err)
{
	AUTO_ARENA arena = arena_new();
	AUTO_BUILD program = { 0 };
	struct recipe recipe;
	int code = recipe_named(shelf, name, arena, &recipe, err);

	if (!code)
		code = recipe_program(&recipe, &program, err);
	if (code < 0)
		return code == -ENOENT ? EXIT_USAGE : EXIT_FAILED;
	json_object_set_new(report_json(context->report), "recipes", json_pack("[o]", recipe_json(&recipe)));
	json_object_set_new(report_json(context->report), "program", json_text(build_text(&program)));
	report_say(context->report, REPORT_CODE, "%s", program.at);
	if (program.cut)
		report_say(context->report, REPORT_NOTE, "The program is longer than this; all of it is in %s.", recipe.path);
	return EXIT_DONE;
}

static unsigned kinds_of(const char *name)
{
	for (unsigned kind = RECIPE_OWN; name && kind <= RECIPE_PAST; kind <<= 1)
		if (strcmp(name, recipe_kind_name((enum recipe_kind)kind)) == 0)
			return kind;
	return RECIPE_OWN | RECIPE_TOOL | RECIPE_PAST;
}

static void list_say(struct report *report, const struct recipe_list *found)
{
	json_t *rows = json_array();

	vec_each(recipe, &found->items)
		json_array_append_new(rows, json_pack("[o,o,s]", json_text(text_of(recipe->name)), json_text(text_of(recipe->title)),
						      recipe->kind == RECIPE_OWN ? "recipe" :
						      recipe->kind == RECIPE_TOOL ? "installed tool" : "asked before"));
	struct evidence_list list = { 0 };

	evidence_add(&list, EVIDENCE_TABLE, "programs that answer questions",
		     json_pack("{s:[{s:s,s:b},{s:s},{s:s}],s:o,s:I}", "columns", "name", "name", "key", 1, "name", "shows", "name",
			       "kind", "rows", rows, "total_rows", (json_int_t)found->items.len + (json_int_t)found->more));
	report_show(report, list.items.at[0]);
	report_own(report, &list);
}

static int list(struct context *context, struct shelf *shelf, const struct recipes_params *asked, struct error *err)
{
	AUTO_ARENA arena = arena_new();
	AUTO_RECIPES found = { 0 };
	AUTO_BUILD search = { 0 };
	unsigned kinds = kinds_of(asked->kind);
	json_t *json = report_json(context->report), *array = json_array();
	AUTO_LLM_CONFIG config = { 0 };
	struct error config_failure = { 0 };
	AUTO_BUILD requests = { 0 };
	struct knowledge knowledge = { .shelf = shelf, .config = &config, .seconds = EMBED_SECONDS, .dry = asked->dry ? &requests : NULL };
	size_t limit;
	int code;

	if (llm_config_load(&config, NULL, &config_failure) < 0) {
		knowledge.config = NULL;
		snprintf(knowledge.note, sizeof(knowledge.note), "The configuration of models cannot be read: %.500s.", config_failure.text);
	}
	for (size_t i = 0; i < asked->search.len; i++)
		build_fmt(&search, "%s%s", i ? " " : "", asked->search.at[i]);
	limit = asked->limit > 0 ? (size_t)asked->limit : search.len ? 10 : SIZE_MAX;
	code = knowledge_find(&knowledge, build_text(&search), kinds, limit, arena, &found, err);
	if (code < 0)
		return EXIT_FAILED;
	if (asked->dry) {
		json_decref(array);
		json_object_set_new(json, "request", json_text(build_text(&requests)));
		report_say(context->report, requests.len ? REPORT_EXACT : REPORT_PARAGRAPH, "%s",
			   requests.len ? requests.at : "Nothing would be sent: no model for embeddings is configured.");
		return EXIT_DONE;
	}
	vec_each(recipe, &found.items)
		json_array_append_new(array, recipe_json(recipe));
	json_object_set_new(json, "notes", knowledge.note[0] ? json_pack("[o]", json_str(knowledge.note)) : json_array());
	json_object_set_new(json, "search", json_text(build_text(&search)));
	json_object_set_new(json, "recipes", array);
	json_object_set_new(json, "more", json_integer((json_int_t)found.more));
	if (found.items.len) {
		list_say(context->report, &found);
		report_say(context->report, REPORT_PARAGRAPH, "Read one with: syswhy recipes --show %s", found.items.at[0].name);
	} else {
		report_say(context->report, REPORT_PARAGRAPH, "No program is known for these words; syswhy recipes lists all.");
	}
	if (knowledge.note[0])
		report_say(context->report, REPORT_NOTE, "%s", knowledge.note);
	return found.items.len ? EXIT_DONE : EXIT_FAILED;
}

static int run(struct context *context, const void *values, struct error *err)
{
	const struct recipes_params *asked = values;
	AUTO_SHELF shelf = shelf_open(data_folder(), cache_folder(), err);
	struct error why = { 0 };
	AUTO_HISTORY history = shelf ? history_open(NULL, data_folder(), true, &why) : NULL;

	if (!shelf)
		return EXIT_CONFIG;
	if (why.code && why.code != -ENOENT)
		report_say(context->report, REPORT_NOTE, "What was asked before is not searched: %s.", why.text);
	shelf_history(shelf, history);
	return asked->show ? show(context, shelf, asked->show, err) : list(context, shelf, asked, err);
}

const struct command command_recipes = {
	.name = "recipes",
	.summary = "Find and read programs that answer a question: our own and those of installed tools",
	.details = "Every recipe is a commented bpftrace program that runs as it is. The words of a search are folded and their synonyms "
		   "known, as in questions; the best comes first. Where a model for embeddings is configured ('embeddings = MODEL', "
		   "docs/models.md), nearness of meaning counts too. docs/recipes.md tells how to add one.",
	.examples = "syswhy recipes slow disk writes  # the nearest programs, best first\n"
		    "syswhy recipes --show file.open > open.bt  # the program itself\n"
		    "syswhy recipes --kind tool dropped packets  # only what is installed on this machine",
	.flags = COMMAND_READS | COMMAND_MODEL,
	.params = params,
	.params_size = sizeof(struct recipes_params),
	.run = run,
};
