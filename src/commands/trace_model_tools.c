/* What a model that writes a program is told of this machine, and the read-only tools it may ask. */
#include <string.h>
#include <sys/stat.h>
#include "base/log.h"
#include "commands/trace_model.h"

#define ROWS_MOST    60
#define RECIPES_MOST 12
#define NEAREST	     4	  /* recipes that it is told of beforehand */
#define PROGRAM_MOST 4000 /* bytes of one that is shown */
#define WORDS_MOST   8 /* of the question, looked up among the tracepoints */
#define A_WORD_MOST  4 /* tracepoints a word */

struct listing {
	struct trace *trace;
	struct build *out;
	size_t shown, total, most;
	bool functions, fields;
};

static void fields_say(struct trace *t, const char *system, const char *name, struct build *out)
{
	const struct tracepoint *tracepoint = kernel_tracepoint(t->kernel, system, name);

	for (size_t i = 0; tracepoint && i < tracepoint->field_count; i++)
		build_fmt(out, "  args%s%s: %s\n", t->dialect.dot ? "." : "->", tracepoint->fields[i].name, tracepoint->fields[i].type);
}

static bool split(struct text name, char system[128], char event[128])
{
	struct text kind, first;

	if (!text_next(&name, ':', &kind) || !text_next(&name, ':', &first) || !name.len || first.len > 127 || name.len > 127)
		return false;
	snprintf(system, 128, "%.*s", TEXT_ARG(first));
	snprintf(event, 128, "%.*s", TEXT_ARG(name));
	return true;
}

static bool row_take(void *context, const struct probe_row *row)
{
	struct listing *listing = context;
	char system[128], event[128];

	if (row->kind == PROBE_SYSCALL || (listing->functions && row->kind != PROBE_FUNCTION) ||
	    (listing->fields && row->kind != PROBE_TRACEPOINT))
		return true;
	if (listing->total++ >= listing->most)
		return !listing->fields;
	listing->shown++;
	build_fmt(listing->out, "%s\n", row->name);
	if (listing->fields && split(text_of(row->name), system, event))
		fields_say(listing->trace, system, event, listing->out);
	return true;
}

static int list(struct trace *t, const char *pattern, const char *object, bool functions, struct build *out, struct error *err)
{
	struct listing listing = { .trace = t, .out = out, .most = ROWS_MOST, .functions = functions };
	int code;

	if (!pattern[0])
		return fail(err, -EINVAL, "'pattern' is empty: give a part of the name");
	code = kernel_list(t->kernel, pattern, object, row_take, &listing, err);
	if (code == 0 && listing.total > listing.shown)
		build_fmt(out, "(shown %zu of %zu: give more of the name)\n", listing.shown, listing.total);
	return code;
}

static struct trace *trace_of(void *context)
{
	return ((struct model_tools *)context)->trace;
}

static int probes_find(void *context, const json_t *arguments, struct build *out, struct error *err)
{
	return list(trace_of(context), json_get_string(arguments, "pattern"), NULL, false, out, err);
}

static int symbols_find(void *context, const json_t *arguments, struct build *out, struct error *err)
{
	const char *object = json_get_string(arguments, "object");
	struct stat info;

	/* A pipe would wait for a writer. */
	if (object[0] && (stat(object, &info) < 0 || !S_ISREG(info.st_mode)))
		return fail(err, -ENOENT, "'%.200s' is no file; give the path of a program or library", object);
	return list(trace_of(context), json_get_string(arguments, "pattern"), object[0] ? object : NULL, !object[0], out, err);
}

static int probe_fields(void *context, const json_t *arguments, struct build *out, struct error *err)
{
	struct trace *t = trace_of(context);
	const char *probe = json_get_string(arguments, "probe"), *last = strrchr(probe, ':');
	char system[128], event[128];

	if (text_starts(text_of(probe), "tracepoint:") && split(text_of(probe), system, event)) {
		if (!kernel_tracepoint(t->kernel, system, event))
			return fail(err, -ENOENT, "this kernel has no tracepoint %.60s:%.60s; look for it with probes_find", system, event);
		fields_say(t, system, event, out);
		return 0;
	}
	return kernel_type_show(t->kernel, last ? last + 1 : probe, out, err);
}

static int types_find(void *context, const json_t *arguments, struct build *out, struct error *err)
{
	return kernel_type_show(trace_of(context)->kernel, json_get_string(arguments, "name"), out, err);
}

/* ---- recipes ---- */

static void program_say(const struct recipe *recipe, struct build *out)
{
	AUTO_BUILD program = { 0 };
	struct text shown;

	if (recipe_program(recipe, &program, NULL) < 0)
		return; /* a compiled tool has no text */
	shown = text_until(build_text(&program), program.len < PROGRAM_MOST ? program.len : PROGRAM_MOST);
	build_fmt(out, "\n%s \"%s\": %s\n%.*s\n%s", recipe->kind == RECIPE_OWN ? "The recipe" :
		  recipe->kind == RECIPE_TOOL ? "The installed tool" : "What answered before,", recipe->name, recipe->title,
		  TEXT_ARG(shown), program.len > PROGRAM_MOST ? "(cut here)\n" : "");
}

/* The roles that a plan may name for a subject: those of the way that works here. */
static void roles_say(struct trace *t, const struct recipe *recipe, struct build *out)
{
	const struct subject *subject = recipe->kind == RECIPE_OWN ? vocabulary_subject(t->vocabulary, recipe->name) : NULL;

	if (!subject || vocabulary_open(t->vocabulary, subject, NULL) < 0 || !subject->ways.len)
		return;
	build_put(out, "; a subject of plans, with the roles");
	vec_each(role, &subject->ways.at[0].roles) {
		bool again = false; /* one role may stand in several forms, for several kernels */

		for (const struct way_role *before = subject->ways.at[0].roles.at; before < role; before++)
			again |= strcmp(before->name, role->name) == 0;
		if (!again)
			build_fmt(out, " %s", role->name);
	}
	build_put(out, " and those of every process");
}

static int recipes_tell(struct model_tools *tools, struct text words, size_t most, bool programs, struct build *out, struct error *err)
{
	AUTO_ARENA arena = arena_new();
	AUTO_RECIPES found = { 0 };
	int code = knowledge_find(&tools->knowledge, words, RECIPE_OWN | RECIPE_TOOL | RECIPE_PAST, most, arena, &found, err);

	if (code < 0)
		return code;
	vec_each(recipe, &found.items) {
		build_fmt(out, "%s (%s): %s", recipe->name, recipe->kind == RECIPE_OWN ? "recipe" :
			  recipe->kind == RECIPE_TOOL ? "installed tool" : "answered before", recipe->title);
		roles_say(tools->trace, recipe, out);
		build_char(out, '\n');
	}
	for (size_t i = 0; programs && i < found.items.len; i++)
		program_say(&found.items.at[i], out);
	return 0;
}

static int recipes_search(void *context, const json_t *arguments, struct build *out, struct error *err)
{
	struct model_tools *tools = context;
	const char *words = json_get_string(arguments, "words"), *name = json_get_string(arguments, "name");
	AUTO_ARENA arena = arena_new();
	struct recipe recipe;
	int code;

	if (!tools->knowledge.shelf)
		return fail(err, -ENOENT, "there is no index of recipes here");
	if (!name[0])
		return text_trim(text_of(words)).len ? recipes_tell(tools, text_of(words), RECIPES_MOST, false, out, err) :
						       fail(err, -EINVAL, "give words to search for, or the name of a recipe to read");
	code = recipe_named(tools->knowledge.shelf, name, arena, &recipe, err);
	if (code < 0)
		return code;
	program_say(&recipe, out);
	return 0;
}

const struct agent_tool trace_tools[] = {
	{ "probes_find", "Lists the probes of this kernel whose names hold all words of the pattern (wildcards work).",
	  "{\"type\":\"object\",\"properties\":{\"pattern\":{\"type\":\"string\"}},\"required\":[\"pattern\"],\"additionalProperties\":false}",
	  probes_find },
	{ "probe_fields", "Shows the fields of a tracepoint (tracepoint:SYSTEM:NAME), or the declaration of a kernel function.",
	  "{\"type\":\"object\",\"properties\":{\"probe\":{\"type\":\"string\"}},\"required\":[\"probe\"],\"additionalProperties\":false}",
	  probe_fields },
	{ "types_find", "Shows the declaration of a kernel type, such as task_struct, with its members.",
	  "{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"}},\"required\":[\"name\"],\"additionalProperties\":false}",
	  types_find },
	{ "symbols_find", "Lists functions that can be traced: of the kernel, or of the program or library whose path is 'object' (\"\": the kernel).",
	  "{\"type\":\"object\",\"properties\":{\"pattern\":{\"type\":\"string\"},\"object\":{\"type\":\"string\"}},"
	  "\"required\":[\"pattern\",\"object\"],\"additionalProperties\":false}",
	  symbols_find },
	{ "recipes_find", "Lists the recipes and installed tools' programs nearest to some words (in 'words', with 'name' \"\"), or shows the program "
			  "of one by its name. The name of a recipe is a subject that a plan may name.",
	  "{\"type\":\"object\",\"properties\":{\"words\":{\"type\":\"string\"},\"name\":{\"type\":\"string\"}},"
	  "\"required\":[\"words\",\"name\"],\"additionalProperties\":false}",
	  recipes_search },
};
const size_t trace_tool_count = COUNT(trace_tools);

void trace_model_refused(void *context, const char *tool)
{
	struct model_tools *tools = context;
	AUTO_BUILD error = { .ceiling = 400 };

	tools->refused++;
	build_put(&error, "refused: the model asked for the tool '");
	build_safe(&error, text_until(text_of(tool), 100), false);
	build_put(&error, "', which it was not given; nothing was run");
	trace_attempt(tools->trace, TEXT(""), "policy", error.at);
}

/* ---- the machine ---- */

static void syntax_say(const struct dialect *dialect, struct build *out)
{
	build_fmt(out, "Syntax: the fields of a tracepoint are %s; typed kernel function probes are called %s.\n",
		  dialect->dot ? "args.NAME" : "args->NAME (args.NAME is an error)", dialect->fentry ? "fentry and fexit" : "kfunc and kretfunc");
	if (!dialect->long_strings)
		build_put(out, "Strings are cut at 64 bytes and live on the BPF stack of 512 bytes: copy few of them.\n");
	if (!dialect->swap)
		build_put(out, "There is no bswap().\n");
}

static void features_say(struct kernel *kernel, struct build *out)
{
	for (int feature = 0; feature < KERNEL_FEATURES; feature++) {
		char why[200] = "";
		bool can = kernel_can(kernel, feature, why);

		build_fmt(out, "%s: %s%s%s\n", kernel_feature_name(feature), can ? "yes" : "no", can || !why[0] ? "" : ", ", can ? "" : why);
	}
}

/* A question of the vocabulary and the program that the planner writes for it here. */
static void example_say(struct trace *t, const char *question, struct build *out)
{
	static const struct plan_options plain = { 0 };
	struct program_options options = { .dialect = &t->dialect };
	struct planning planning = { 0 };
	AUTO_PROGRAM program = { 0 };
	AUTO_BUILD why = { 0 };
	struct error err = { 0 };
	struct plan plan;

	plan_init(&plan);
	if (plan_make(t->vocabulary, t->kernel, text_of(question), &plain, &plan, &planning, &err) == 0 &&
	    planning.verdict == PLAN_READY &&
	    program_write(&plan, &plan.subject->ways.at[plan.way], t->vocabulary, t->kernel, &options, &program, &why) == 0)
		build_fmt(out, "\nA program that works here, for \"%s\":\n%.*s\n", question, TEXT_ARG(build_text(&program.text)));
	planning_done(&planning);
	plan_done(&plan);
}

static void probes_say(struct trace *t, struct text question, struct build *out)
{
	struct text word;
	size_t words = 0;

	build_put(out, "\nTracepoints here whose names hold words of the question, with their fields:\n");
	while (words < WORDS_MOST && text_word(&question, &word)) {
		struct listing listing = { .trace = t, .out = out, .most = A_WORD_MOST, .fields = true };
		AUTO_FREE char *pattern = text_copy(word);
		struct error ignored = { 0 }; /* a word that is no pattern finds nothing */

		if (word.len < 4 || strpbrk(pattern, "*?[]\\/:"))
			continue;
		words++;
		kernel_list(t->kernel, pattern, NULL, row_take, &listing, &ignored);
	}
}

/* What every process has, as a plan names it. */
static void universal_say(const struct vocabulary *vocabulary, struct build *out)
{
	build_put(out, "\nRoles of every process, in plans:");
	vec_each(role, &vocabulary->roles)
		if (role->from)
			build_fmt(out, " %s", role->name);
	build_char(out, '\n');
}

static void recipes_say(struct model_tools *tools, struct text question, struct build *out)
{
	struct error why = { 0 };

	if (!tools->knowledge.shelf)
		return;
	build_put(out, "\nThe nearest recipes and programs of installed tools:\n");
	if (recipes_tell(tools, question, NEAREST, true, out, &why) < 0)
		log_stage("knowledge", "%s", why.text);
}

void trace_model_facts(struct model_tools *tools, const struct trace_request *request, struct build *out)
{
	struct trace *t = tools->trace;
	const struct machine *machine = kernel_machine(t->kernel);

	build_fmt(out, "Linux %s on %s, %d processors. %s.\n", machine->release, machine->arch, machine->cpus, t->version ? t->version : "bpftrace");
	syntax_say(&t->dialect, out);
	build_put(out, "What can be used here:\n");
	features_say(t->kernel, out);
	for (size_t i = 0; i < COUNT(t->planning.nearest) && t->planning.nearest[i]; i++)
		example_say(t, t->planning.nearest[i], out);
	if (t->planned && t->shown.len)
		build_fmt(out, "\nThe nearest program that our own planner has, which leaves words of the question unused:\n%.*s\n",
			  TEXT_ARG(build_text(&t->shown)));
	universal_say(t->vocabulary, out);
	recipes_say(tools, request->question, out);
	probes_say(t, request->question, out);
	if (request->command)
		build_put(out, "\nIt is watched just while a command of the person runs.\n");
	if (request->options.pid)
		build_fmt(out, "\nOnly process %ld is asked about: filter by pid.\n", request->options.pid);
	if (request->options.process)
		build_fmt(out, "\nOnly processes named '%s' are asked about: filter by comm.\n", request->options.process);
}
