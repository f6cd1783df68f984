/* Mistakes in the knowledge of tools that single lines do not show. */
#include <string.h>
#include "knowledge/tools.h"

/* A need is a word, with a name for some. Commands check what they mean. */
static bool need_known(const char *need)
{
	static const char *const words[] = { "root", "bpf", "headers", "kprobes", "functions", "tp_btf", "uprobes", "pmu", "btf",
					     "elf", "bpf", "tracefs", "debugfs" };
	static const char *const named[] = { "mount ", "path ", "program ", "tracepoint ", "module " };

	for (size_t i = 0; i < COUNT(words); i++)
		if (strcmp(need, words[i]) == 0)
			return true;
	for (size_t i = 0; i < COUNT(named); i++)
		if (strncmp(need, named[i], strlen(named[i])) == 0 && need[strlen(named[i])])
			return true;
	return false;
}

static void values_check(const struct tool *tool, const char *text, toolbox_complain *complain, void *context)
{
	struct text rest = text_of(text), name, otherwise;
	size_t start, end;

	while (tool_value_next(rest, &start, &end, &name, &otherwise)) {
		if (!tool_value_known(name))
			complain(context, tool->file, tool->line, "tool %s: there is no value {%.*s}", tool->name, TEXT_ARG(name));
		rest = text_from(rest, end);
	}
	if (text_has(rest, "{") || text_has(rest, "}"))
		complain(context, tool->file, tool->line, "tool %s: a brace without its other in '%s'", tool->name, text);
}

static void way_check(const struct tool *tool, const struct tool_way *way, toolbox_complain *complain, void *context)
{
	vec_each(need, &way->needs)
		if (!need_known(*need))
			complain(context, tool->file, tool->line, "tool %s: '%s' is no need", tool->name, *need);
	vec_each(want, &way->wants)
		if (!tool_value_known(text_of(*want)))
			complain(context, tool->file, tool->line, "tool %s: '%s' is no value that it can want", tool->name, *want);
	vec_each(arg, &way->args) {
		values_check(tool, arg->text, complain, context);
		if (arg->when == WHEN_WITHOUT && !tool_value_known(text_of(arg->name)))
			complain(context, tool->file, tool->line, "tool %s: '%s' is no value", tool->name, arg->name);
	}
}

void toolbox_check(const struct toolbox *box, toolbox_complain *complain, void *context)
{
	vec_each(family, &box->families)
		vec_each(need, &(*family)->needs)
			if (!need_known(*need))
				complain(context, "families", 0, "family %s: '%s' is no need", (*family)->name, *need);
	vec_each(tool, &box->tools) {
		if (!tool->shows)
			complain(context, tool->file, tool->line, "tool %s: 'shows' is missing", tool->name);
		if (tool->say.len == 0)
			complain(context, tool->file, tool->line, "tool %s: no 'say': no question finds it", tool->name);
		if (tool->ways.len == 0)
			complain(context, tool->file, tool->line, "tool %s: no 'way' to run it", tool->name);
		for (const struct tool *other = box->tools.at; other < tool; other++)
			if (strcmp(other->name, tool->name) == 0)
				complain(context, tool->file, tool->line, "tool %s stands in %s:%u too", tool->name, other->file,
					 other->line);
		vec_each(way, &tool->ways)
			way_check(tool, way, complain, context);
	}
}
