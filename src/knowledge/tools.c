/* Finding installed tools, and what their failures mean. */
#include "knowledge/tools.h"
#include <fcntl.h>
#include <string.h>
#include "base/file.h"

void toolbox_free(struct toolbox *box)
{
	if (!box)
		return;
	vec_each(family, &box->families) {
		vec_done(&(*family)->names);
		vec_done(&(*family)->packages);
		vec_done(&(*family)->needs);
		vec_done(&(*family)->say);
	}
	vec_each(tool, &box->tools) {
		vec_each(way, &tool->ways) {
			vec_done(&way->names);
			vec_done(&way->needs);
			vec_done(&way->wants);
			vec_done(&way->args);
		}
		vec_done(&tool->say);
		vec_done(&tool->asks);
		vec_done(&tool->ways);
	}
	vec_each(failure, &box->failures)
		vec_done(&failure->families);
	vec_each(set, &box->sets)
		vec_done(&set->args);
	vec_done(&box->sets);
	vec_done(&box->families);
	vec_done(&box->tools);
	vec_done(&box->failures);
	vec_done(&box->harmless);
	arena_free(box->arena);
	free(box);
}

const char *tool_cost_name(enum tool_cost cost)
{
	static const char *const names[] = { "low", "medium", "high" };

	return names[cost];
}

bool program_is_elf(const char *path)
{
	AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char magic[4];

	return fd >= 0 && read(fd, magic, 4) == 4 && memcmp(magic, "\177ELF", 4) == 0;
}

/* Some distributions give one name to a script of bcc and to a compiled tool. */
static bool right_kind(const struct tool_way *way, const char *path)
{
	vec_each(need, &way->family->needs)
		if (strcmp(*need, "elf") == 0 && !program_is_elf(path))
			return false;
	return true;
}

char *tool_path(const struct tool_way *way)
{
	vec_each(name, &way->names) {
		AUTO_FREE char *path = NULL;

		if (**name == '/')
			path = access(*name, X_OK) == 0 ? text_copy(text_of(*name)) : NULL;
		else
			path = program_find(*name);
		if (path && right_kind(way, path))
			return TAKE(path);
	}
	return NULL;
}

const char *tool_package(const struct tool_way *way)
{
	vec_each(line, &way->family->packages) {
		struct text rest = text_of(*line), manager;
		AUTO_FREE char *name = NULL;
		AUTO_FREE char *path = NULL;

		text_word(&rest, &manager);
		name = text_copy(manager);
		path = program_find(name);
		if (path)
			return *line;
	}
	return way->family->packages.len ? way->family->packages.at[0] : NULL;
}

const struct tool_failure *tool_failure_find(const struct toolbox *box, const struct tool_way *way,
					     struct text line, bool ended)
{
	vec_each(failure, &box->failures) {
		bool ours = failure->families.len == 0 && ended;

		vec_each(family, &failure->families)
			ours = ours || (way && strcmp(*family, way->family->name) == 0);
		if (ours && text_has(line, failure->pattern))
			return failure;
	}
	return NULL;
}

bool tool_line_harmless(const struct toolbox *box, struct text line)
{
	vec_each(part, &box->harmless)
		if (text_has(line, *part))
			return true;
	return false;
}

bool tool_value_known(struct text name)
{
	static const char *const names[] = {
		"pid",	"pids",	"tid",	    "process",	"user",	  "uid",     "port",	   "interval", "count",  "seconds",
		"ms",	"us",	"bytes",    "kb",	"top",	  "hz",	     "file",	   "disk",     "interface", "cpu",
		"signal", "error", "function", "syscall", "address", "command", "filesystem", "cgroup",
	};

	for (size_t i = 0; i < COUNT(names); i++)
		if (text_is(name, names[i]))
			return true;
	return false;
}

bool tool_value_next(struct text text, size_t *start, size_t *end, struct text *name, struct text *otherwise)
{
	size_t close;

	if (!text_find(text, "{", start))
		return false;
	text = text_from(text, *start + 1);
	if (!text_find(text, "}", &close))
		return false;
	*end = *start + 1 + close + 1;
	text = text_until(text, close);
	*otherwise = (struct text){ NULL, 0 };
	if (text_find(text, ":", &close)) {
		*otherwise = text_from(text, close + 1);
		text = text_until(text, close);
	}
	*name = text;
	return true;
}
