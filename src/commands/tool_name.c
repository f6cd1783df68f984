/* The ready-made tools that answer a question, by name: for commands that only mention them. */
#include <stdio.h>
#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "commands/tool.h"

#define HITS 4

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

json_t *tools_named(const struct vocabulary *vocabulary, struct kernel *kernel, struct text question)
{
	json_t *names = json_array();
	AUTO_FREE char *folder = NULL;
	struct error err = { 0 };
	AUTO_TOOLBOX box = NULL;
	AUTO(tool_index_done) struct tool_index index = { 0 };
	AUTO(tool_values_done) struct tool_values values = { 0 };
	struct tool_wish asked = { .question = question };
	struct tool_hit hits[HITS];
	size_t count = 0;

	if (asprintf(&folder, "%s/tools", data_folder()) >= 0)
		box = toolbox_read(folder, NULL, &err);
	if (!box) {
		log_stage("tool", "%s", err.text); /* the trace itself is not in danger */
		return names;
	}
	tool_index_make(&index, box, vocabulary);
	tool_values_read(&values, &asked, vocabulary, &index, kernel, hits, HITS, &count);
	for (size_t i = 0; i < count && hits[i].score >= 0.75 * hits[0].score && hits[i].score >= 0.6; i++) {
		AUTO(tool_choice_done) struct tool_choice choice = { 0 };

		tool_choose(&hits[i], &values, kernel, NULL, &choice);
		if (choice.ready && json_array_size(names) < 2)
			json_array_append_new(names, json_str(base_name(choice.path)));
	}
	return names;
}
