/* `syswhy help`: usage, options and examples, made from the table of commands. */
#include "base/json.h"
#include "base/utf8.h"
#include "commands/table.h"

enum { OPTION_INDENT = 2, USAGE_INDENT = 7, EXAMPLE_INDENT = 6, HELP_WIDTH = 80, HELP_MOST = 100 };

/* `t` wrapped at blanks to `width`; every line but the first gets `indent` blanks. */
static void wrap(struct text t, unsigned width, unsigned indent, struct build *out)
{
	size_t room = width > indent + 20 ? width - indent : 20, used = 0;
	struct text word;

	while (text_word(&t, &word)) {
		size_t columns = utf8_columns(word);

		if (used && used + 1 + columns > room) {
			build_fmt(out, "\n%*s", (int)indent, "");
			used = 0;
		}
		build_fmt(out, "%s%.*s", used ? " " : "", TEXT_ARG(word));
		used += columns + (used ? 1 : 0);
	}
	build_char(out, '\n');
}

static void wrap_paragraphs(const char *paragraphs, unsigned width, struct build *out)
{
	struct text rest = text_of(paragraphs);
	size_t end;

	while (rest.len) {
		struct text paragraph = rest;

		if (text_find(rest, "\n\n", &end))
			paragraph = text_until(rest, end);
		rest = text_from(rest, paragraph.len + 2);
		wrap(paragraph, width, 0, out);
		build_char(out, '\n');
	}
}

void command_usage(const struct command *command, struct build *out)
{
	build_fmt(out, "syswhy %s", command->name);
	build_put(out, " [OPTION]...");
	for (const struct param *param = command->params; param && param->name; param++) {
		const char *name = param->value ? param->value : param->name;

		if (param->kind == PARAM_WORDS)
			build_fmt(out, param->required ? " %s..." : " [%s...]", name);
		else if (param->kind == PARAM_REST)
			build_fmt(out, param->required ? " -- %s..." : " [-- %s...]", name);
	}
}

static void option_label(const struct param *param, struct build *label)
{
	if (param->kind == PARAM_WORDS || param->kind == PARAM_REST) {
		build_fmt(label, "%s%s...", param->kind == PARAM_REST ? "-- " : "",
			  param->value ? param->value : param->name);
		return;
	}
	if (param->letter)
		build_fmt(label, "-%c, --%s", param->letter, param->name);
	else
		build_fmt(label, "    --%s", param->name);
	if (param_takes_value(param))
		build_fmt(label, " %s", param->value ? param->value : "VALUE");
}

static unsigned label_column(const struct param *params, unsigned column)
{
	for (const struct param *param = params; param && param->name; param++) {
		AUTO_BUILD label = { 0 };

		option_label(param, &label);
		if (label.len + OPTION_INDENT + 2 > column)
			column = (unsigned)label.len + OPTION_INDENT + 2;
	}
	return column > 34 ? 34 : column;
}

static void options_help(const struct param *params, unsigned column, unsigned width, struct build *out)
{
	for (const struct param *param = params; param && param->name; param++) {
		AUTO_BUILD label = { 0 };
		AUTO_BUILD help = { 0 };

		option_label(param, &label);
		build_fmt(&help, "%s%s", param->help, param->required ? " (needed)" : "");
		if (param->choices) {
			struct text rest = text_of(param->choices), choice;

			build_put(&help, ": ");
			for (bool first = true; text_next(&rest, '|', &choice); first = false)
				build_fmt(&help, "%s%.*s", first ? "" : ", ", TEXT_ARG(choice));
		}
		build_fmt(out, "%*s%s", OPTION_INDENT, "", label.at);
		if (label.len + OPTION_INDENT + 2 > column)
			build_fmt(out, "\n%*s", (int)column, "");
		else
			build_fmt(out, "%*s", (int)(column - label.len - OPTION_INDENT), "");
		wrap(build_text(&help), width, column, out);
	}
}

static void examples_help(const struct command *command, unsigned width, struct build *out)
{
	struct text rest = text_of(command->examples), line;
	size_t mark;

	build_put(out, "\nExamples:\n");
	while (text_line(&rest, &line)) {
		bool told = text_find(line, "  # ", &mark);

		build_fmt(out, "  %.*s\n", TEXT_ARG(told ? text_until(line, mark) : line));
		if (told) {
			build_fmt(out, "%*s", EXAMPLE_INDENT, "");
			wrap(text_from(line, mark + 4), width, EXAMPLE_INDENT, out);
		}
	}
}

static void overview(unsigned width, struct build *out)
{
	wrap(TEXT("syswhy answers \"why?\" on a Linux machine: ask in plain words, and it measures the running kernel."), width, 0, out);
	build_char(out, '\n');
	wrap(TEXT("Usage: syswhy COMMAND [OPTION]... [WORD]..."), width, USAGE_INDENT, out);
	build_put(out, "\nCommands:\n");
	for (const struct command *const *command = command_table; *command; command++) {
		if ((*command)->flags & COMMAND_HIDDEN)
			continue;
		build_fmt(out, "  %-12s", (*command)->name);
		wrap(text_of((*command)->summary), width, 14, out);
	}
	build_put(out, "\nFor every command:\n");
	options_help(common_params, label_column(common_params, 14), width, out);
	/* A command is not wrapped: it is there to be pasted. */
	build_fmt(out, "\nThe first question:\n  syswhy trace \"%spage faults by process\"\n\n", width < 48 ? "" : "count ");
	wrap(TEXT("'syswhy help COMMAND' tells more, 'syswhy doctor' what this machine allows."), width, 0, out);
}

void command_help(const struct command *command, unsigned width, struct build *out)
{
	AUTO_BUILD usage = { 0 };
	unsigned column;

	width = width == 0 ? HELP_WIDTH : width > HELP_MOST ? HELP_MOST : width;
	if (!command) {
		overview(width, out);
		return;
	}
	column = label_column(command->params, label_column(common_params, 14));
	if (column + 20 > width)
		column = width > 40 ? width - 20 : 20;
	build_put(&usage, "Usage: ");
	command_usage(command, &usage);
	wrap(build_text(&usage), width, USAGE_INDENT, out);
	build_char(out, '\n');
	wrap(text_of(command->summary), width, 0, out);
	build_char(out, '\n');
	if (command->details)
		wrap_paragraphs(command->details, width, out);
	if (command->params && command->params->name) {
		build_put(out, "Options:\n");
		options_help(command->params, column, width, out);
		build_char(out, '\n');
	}
	build_put(out, "For every command:\n");
	options_help(common_params, column, width, out);
	if (command->examples)
		examples_help(command, width, out);
}

struct help_params {
	struct param_words command;
};
static const struct param help_params[] = {
	{ "command", 0, PARAM_WORDS, offsetof(struct help_params, command), "COMMAND", "the command to tell about",
	  NULL, false },
	{ 0 },
};

int verbatim_of(struct context *context, const struct param_words *names,
		void (*write)(const struct command *command, struct build *out), struct error *err)
{
	const struct command *command = names->len ? command_find(names->at[0]) : NULL;
	AUTO_BUILD out = { 0 };

	if (names->len > 1) {
		fail(err, -EINVAL, "one command at a time");
		return EXIT_USAGE;
	}
	if (names->len && !command) {
		command_unknown(names->at[0], err);
		return EXIT_USAGE;
	}
	write(command, &out);
	json_object_set_new(report_json(context->report), "text", json_text(build_text(&out)));
	if (context->live)
		context->live(context->door, build_text(&out));
	return EXIT_DONE;
}

static void help_write(const struct command *command, struct build *out)
{
	command_help(command, report_look_of(STDOUT_FILENO).width, out);
}

static int run(struct context *context, const void *params, struct error *err)
{
	return verbatim_of(context, &((const struct help_params *)params)->command, help_write, err);
}

const struct command command_help_command = {
	.name = "help",
	.summary = "Tell what the commands do",
	.flags = COMMAND_READS,
	.params = help_params,
	.params_size = sizeof(struct help_params),
	.run = run,
};
