/* Reading data/tools: one keyword a line, mistakes reported with file and line (docs/tools.md). */
#include <dirent.h>
#include <string.h>
#include "base/file.h"
#include "base/mistake.h"
#include "knowledge/tools.h"

#define FILE_MOST (1 << 20)

enum open_block { OPEN_NONE, OPEN_FAMILY, OPEN_TOOL, OPEN_WAY, OPEN_FAILURE, OPEN_SET };
struct reader {
	struct toolbox *box;
	const char *file;
	unsigned line;
	struct build *mistakes;
	struct error *err;
	unsigned wrong;
	enum open_block open;
};

static void complain(void *context, const char *file, unsigned line, const char *format, ...) PRINTF(4, 5);
static void complain(void *context, const char *file, unsigned line, const char *format, ...)
{
	struct reader *r = context;
	va_list args;

	r->wrong++;
	va_start(args, format);
	mistake_tell(r->err, r->mistakes, file, line, format, args);
	va_end(args);
}
#define MISTAKE(...) complain(r, r->file, r->line, __VA_ARGS__)
#define LAST(list)   (&(list).at[(list).len - 1])

static const char *keep(struct reader *r, struct text t)
{
	return arena_text(r->box->arena, text_trim(t));
}

/* Parts between | */
static void list_read(struct reader *r, struct text value, tool_list *list)
{
	struct text part;

	while (text_next(&value, '|', &part)) {
		if (text_trim(part).len == 0)
			MISTAKE("an empty part: remove the extra '|'");
		else
			vec_push(list, keep(r, part));
	}
}

static struct tool_family *family_find(struct reader *r, struct text name)
{
	vec_each(family, &r->box->families)
		if (text_is(name, (*family)->name))
			return *family;
	return NULL;
}

/* The names of a way's program: as the family spells them. */
static void names_make(struct reader *r, struct tool_way *way, struct text name)
{
	vec_each(form, &way->family->names) {
		struct text text = text_of(*form);
		size_t at;

		if (text_find(text, "{name}", &at))
			vec_push(&way->names, arena_fmt(r->box->arena, "%.*s%.*s%.*s", TEXT_ARG(text_until(text, at)),
							TEXT_ARG(name), TEXT_ARG(text_from(text, at + 6))));
		else
			vec_push(&way->names, *form);
	}
}

/* "way FAMILY [NAME | NAME]" */
static void way_open(struct reader *r, struct text value)
{
	struct tool *tool = LAST(r->box->tools);
	struct tool_way *way;
	struct text word, part;
	struct tool_family *family;

	text_word(&value, &word);
	family = family_find(r, word);
	if (!family) {
		MISTAKE("there is no family '%.*s'", TEXT_ARG(word));
		return;
	}
	way = vec_new(&tool->ways);
	way->family = family;
	r->open = OPEN_WAY;
	value = text_trim(value);
	if (value.len == 0)
		names_make(r, way, text_of(tool->name));
	while (text_next(&value, '|', &part))
		if (text_trim(part).len && text_trim(part).at[0] == '/')
			vec_push(&way->names, keep(r, part));
		else if (text_trim(part).len)
			names_make(r, way, text_trim(part));
}

/* "flag TEXT when CONDITION" */
static void flag_read(struct reader *r, struct text value, struct tool_arg *arg)
{
	static const struct {
		const char *word;
		enum tool_when when;
		bool named;
	} conditions[] = {
		{ "failed", WHEN_FAILED, false }, { "each", WHEN_EACH, false },	{ "stacks", WHEN_STACKS, false },
		{ "histogram", WHEN_HISTOGRAM, false }, { "by", WHEN_BY, true }, { "says", WHEN_SAYS, true },
		{ "without", WHEN_WITHOUT, true },
	};
	struct text word;
	size_t at;

	arg->text = "";
	if (!text_find(value, " when ", &at)) {
		MISTAKE("write: flag WORDS when CONDITION");
		return;
	}
	arg->text = keep(r, text_until(value, at));
	value = text_from(value, at + 6);
	text_word(&value, &word);
	for (size_t i = 0; i < COUNT(conditions); i++) {
		if (!text_is(word, conditions[i].word))
			continue;
		arg->when = conditions[i].when;
		arg->name = conditions[i].named ? keep(r, value) : NULL;
		if (conditions[i].named && !*arg->name)
			MISTAKE("'when %s' needs a name after it", conditions[i].word);
		return;
	}
	MISTAKE("'%.*s' is no condition: use failed, each, stacks, histogram, by, says or without", TEXT_ARG(word));
}

/* "use NAME": the arguments of a set, here. */
static void set_use(struct reader *r, struct tool_way *way, struct text name)
{
	vec_each(set, &r->box->sets) {
		if (!text_is(name, set->name))
			continue;
		vec_each(arg, &set->args)
			vec_push(&way->args, *arg);
		return;
	}
	MISTAKE("there is no set '%.*s'", TEXT_ARG(name));
}

static void set_line(struct reader *r, struct text key, struct text value)
{
	struct tool_set *set = LAST(r->box->sets);
	struct text part;

	if (text_is(key, "flag"))
		flag_read(r, value, vec_new(&set->args));
	else if (!text_is(key, "arg"))
		MISTAKE("'%.*s' is no keyword of a set", TEXT_ARG(key));
	else
		while (text_next(&value, '|', &part))
			vec_push(&set->args, (struct tool_arg){ .text = keep(r, part) });
}

static void way_line(struct reader *r, struct text key, struct text value)
{
	struct tool_way *way = LAST(LAST(r->box->tools)->ways);
	struct text part;

	if (text_is(key, "arg")) {
		while (text_next(&value, '|', &part))
			vec_push(&way->args, (struct tool_arg){ .text = keep(r, part) });
	} else if (text_is(key, "flag")) {
		flag_read(r, value, vec_new(&way->args));
	} else if (text_is(key, "use")) {
		set_use(r, way, value);
	} else if (text_is(key, "needs")) {
		list_read(r, value, &way->needs);
	} else if (text_is(key, "wants")) {
		list_read(r, value, &way->wants);
	} else {
		MISTAKE("'%.*s' is no keyword of a way", TEXT_ARG(key));
	}
}

static void cost_read(struct reader *r, struct tool *tool, struct text value)
{
	struct text word;

	text_word(&value, &word);
	for (enum tool_cost cost = COST_LOW; cost <= COST_HIGH; cost++)
		if (text_is(word, tool_cost_name(cost))) {
			tool->cost = cost;
			if (text_trim(value).len)
				tool->caution = keep(r, value);
			return;
		}
	MISTAKE("cost is low, medium or high, and why");
}

static void tool_line(struct reader *r, struct text key, struct text value)
{
	static const char *const outputs[] = { "stream", "table", "histogram", "report" };
	struct tool *tool = LAST(r->box->tools);

	if (text_is(key, "shows")) {
		tool->shows = keep(r, value);
	} else if (text_is(key, "say")) {
		list_read(r, value, &tool->say);
	} else if (text_is(key, "ask")) {
		vec_push(&tool->asks, keep(r, value));
	} else if (text_is(key, "trace")) {
		tool->trace = keep(r, value);
	} else if (text_is(key, "cost")) {
		cost_read(r, tool, value);
	} else if (text_is(key, "stop")) {
		tool->stop = text_is(value, "self") ? STOP_SELF : STOP_INTERRUPT;
		if (!text_is(value, "self") && !text_is(value, "interrupt"))
			MISTAKE("stop is 'self' or 'interrupt'");
	} else if (text_is(key, "output")) {
		tool->output = NULL;
		for (size_t i = 0; i < COUNT(outputs); i++)
			if (text_is(value, outputs[i]))
				tool->output = outputs[i];
		if (!tool->output) {
			MISTAKE("output is stream, table, histogram or report");
			tool->output = "stream";
		}
	} else {
		MISTAKE("'%.*s' is no keyword of a tool", TEXT_ARG(key));
	}
}

static void family_line(struct reader *r, struct text key, struct text value)
{
	struct tool_family *family = *LAST(r->box->families);

	if (text_is(key, "name"))
		list_read(r, value, &family->names);
	else if (text_is(key, "package"))
		list_read(r, value, &family->packages);
	else if (text_is(key, "needs"))
		list_read(r, value, &family->needs);
	else if (text_is(key, "say"))
		list_read(r, value, &family->say);
	else if (text_is(key, "live") && text_is(value, "probes"))
		family->probes = true;
	else if (text_is(key, "live"))
		MISTAKE("live is 'probes', or the line is left out");
	else
		MISTAKE("'%.*s' is no keyword of a family", TEXT_ARG(key));
}

static void failure_line(struct reader *r, struct text key, struct text value)
{
	struct tool_failure *failure = LAST(r->box->failures);

	if (text_is(key, "why"))
		failure->why = keep(r, value);
	else if (text_is(key, "mend"))
		failure->mend = keep(r, value);
	else if (text_is(key, "lacks"))
		failure->need = keep(r, value);
	else if (text_is(key, "families"))
		list_read(r, value, &failure->families);
	else
		MISTAKE("'%.*s' is no keyword of a failure", TEXT_ARG(key));
}

static bool block_open(struct reader *r, struct text key, struct text value)
{
	if (text_is(key, "tool")) {
		*vec_new(&r->box->tools) = (struct tool){ .name = keep(r, value), .output = "stream",
							  .file = r->file, .line = r->line };
		r->open = OPEN_TOOL;
	} else if (text_is(key, "family")) {
		struct tool_family *family = arena_alloc(r->box->arena, sizeof(*family));

		family->name = keep(r, value);
		if (family_find(r, value))
			MISTAKE("the family '%s' is there already", family->name);
		vec_push(&r->box->families, family);
		r->open = OPEN_FAMILY;
	} else if (text_is(key, "set")) {
		vec_new(&r->box->sets)->name = keep(r, value);
		r->open = OPEN_SET;
	} else if (text_is(key, "failure")) {
		*vec_new(&r->box->failures) = (struct tool_failure){ .pattern = keep(r, value), .why = keep(r, value) };
		r->open = OPEN_FAILURE;
	} else if (text_is(key, "harmless")) {
		list_read(r, value, &r->box->harmless);
	} else if (text_is(key, "way")) {
		if (r->open != OPEN_TOOL && r->open != OPEN_WAY)
			MISTAKE("'way' belongs to a tool");
		else
			way_open(r, value);
		return true;
	} else {
		return false;
	}
	if (text_trim(value).len == 0)
		MISTAKE("a name must follow '%.*s'", TEXT_ARG(key));
	return true;
}

static void line_read(struct reader *r, struct text line)
{
	struct text key, value = text_trim(line);

	if (value.len == 0 || value.at[0] == '#')
		return;
	text_word(&value, &key);
	value = text_trim(value);
	if (block_open(r, key, value))
		return;
	switch (r->open) {
	case OPEN_NONE:
		MISTAKE("'%.*s' stands before any tool, family or failure", TEXT_ARG(key));
		break;
	case OPEN_FAMILY:
		family_line(r, key, value);
		break;
	case OPEN_TOOL:
		tool_line(r, key, value);
		break;
	case OPEN_WAY:
		way_line(r, key, value);
		break;
	case OPEN_FAILURE:
		failure_line(r, key, value);
		break;
	case OPEN_SET:
		set_line(r, key, value);
		break;
	}
}

static int file_take(struct reader *r, const char *folder, const char *name, struct error *err)
{
	AUTO_BUILD content = { 0 };
	struct text rest, line;
	const char *path = arena_fmt(r->box->arena, "%s/%s", folder, name);
	int code = file_read(path, FILE_MOST, &content, err);

	if (code < 0)
		return code;
	r->file = path;
	r->line = 0;
	r->open = OPEN_NONE;
	if (content.cut)
		MISTAKE("the file is longer than 1 MiB");
	rest = build_text(&content);
	while (text_line(&rest, &line)) {
		r->line++;
		line_read(r, line);
	}
	return 0;
}

static int is_tools(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && text_ends(text_of(entry->d_name), ".tools");
}

struct toolbox *toolbox_read(const char *folder, struct build *mistakes, struct error *err)
{
	struct reader r = { .mistakes = mistakes, .err = err };
	struct dirent **list = NULL;
	AUTO_TOOLBOX box = calloc(1, sizeof(*box));
	int count, code = 0;

	if (!box)
		abort();
	box->arena = arena_new();
	r.box = box;
	count = scandir(folder, &list, is_tools, alphasort);
	if (count <= 0) {
		free(list);
		fail(err, count < 0 ? -errno : -ENOENT, "no knowledge of tools in '%s'", folder);
		return NULL;
	}
	/* Families first: every file may use them. */
	for (int pass = 0; pass < 2; pass++)
		for (int i = 0; i < count && code == 0; i++)
			if ((strcmp(list[i]->d_name, "families.tools") == 0) == (pass == 0))
				code = file_take(&r, folder, list[i]->d_name, err);
	for (int i = 0; i < count; i++)
		free(list[i]);
	free(list);
	if (code < 0)
		return NULL;
	toolbox_check(box, complain, &r);
	if (r.wrong && !mistakes)
		return NULL;
	return TAKE(box);
}
