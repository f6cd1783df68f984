/* `syswhy completion`: scripts that complete commands, options and choices in bash, zsh and fish. */
#include "base/json.h"
#include "commands/table.h"

/* What a value can be completed with, told by its name in the help. */
static bool takes_file(const struct param *param)
{
	return param->value && strncmp(param->value, "FILE", 4) == 0;
}
static bool takes_command(const struct param *param)
{
	return param->kind == PARAM_WORDS && param->value && strcmp(param->value, "COMMAND") == 0;
}

static void command_names(struct build *out)
{
	for (const struct command *const *command = command_table; *command; command++)
		if (!((*command)->flags & COMMAND_HIDDEN))
			build_fmt(out, "%s%s", command == command_table ? "" : " ", (*command)->name);
}

static void choices_write(const struct param *param, struct build *out)
{
	struct text rest = text_of(param->choices), choice;

	for (bool first = true; text_next(&rest, '|', &choice); first = false)
		build_fmt(out, "%s%.*s", first ? "" : " ", TEXT_ARG(choice));
}

/* In single quotes, for every shell; the zsh form also needs its own marks escaped. */
static void quoted(const char *string, bool zsh, struct build *out)
{
	for (; *string; string++) {
		if (*string == '\'')
			build_put(out, "'\\''");
		else if (zsh && strchr("[]:\\", *string))
			build_fmt(out, "\\%c", *string);
		else
			build_char(out, *string);
	}
}

/* ---- bash ---- */
static void bash_values(const struct param *params, struct build *out)
{
	for (const struct param *param = params; param && param->name; param++) {
		if (!param_takes_value(param))
			continue;
		build_fmt(out, "\t\t--%s", param->name);
		if (param->letter)
			build_fmt(out, "|-%c", param->letter);
		build_put(out, ") ");
		if (param->choices) {
			build_put(out, "COMPREPLY=($(compgen -W '");
			choices_write(param, out);
			build_put(out, "' -- \"$now\"));");
		} else if (takes_file(param)) {
			build_put(out, "COMPREPLY=($(compgen -f -- \"$now\"));");
		}
		build_put(out, " return ;;\n");
	}
}

static void bash_options(const struct param *params, struct build *out)
{
	for (const struct param *param = params; param && param->name; param++)
		if (param->kind != PARAM_WORDS && param->kind != PARAM_REST)
			build_fmt(out, " --%s", param->name);
}

static void bash_command(const struct command *command, struct build *out)
{
	build_fmt(out, "\t%s)\n\t\tcase $before in\n", command->name);
	bash_values(command->params, out);
	bash_values(common_params, out);
	build_put(out, "\t\tesac\n\t\tif [[ $now == -* ]]; then\n\t\t\tCOMPREPLY=($(compgen -W '");
	bash_options(command->params, out);
	bash_options(common_params, out);
	build_put(out, "' -- \"$now\"))\n\t\t\treturn\n\t\tfi\n");
	for (const struct param *param = command->params; param && param->name; param++) {
		if (!takes_command(param) && !(param->kind == PARAM_WORDS && param->choices))
			continue;
		build_put(out, "\t\tCOMPREPLY=($(compgen -W '");
		if (param->choices)
			choices_write(param, out);
		else
			command_names(out);
		build_put(out, "' -- \"$now\"))\n");
	}
	build_put(out, "\t\t;;\n");
}

static void bash_write(struct build *out)
{
	build_put(out, "# bash completion for syswhy; load it with: source <(syswhy completion bash)\n_syswhy()\n{\n"
		       "\tlocal now=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} i\n\tCOMPREPLY=()\n"
		       "\t# After -- comes another program and its arguments.\n"
		       "\tfor ((i = 2; i < COMP_CWORD; i++)); do\n\t\tif [[ ${COMP_WORDS[i]} == -- ]]; then\n"
		       "\t\t\tif ((i + 1 == COMP_CWORD)); then\n\t\t\t\tCOMPREPLY=($(compgen -c -- \"$now\"))\n"
		       "\t\t\telse\n\t\t\t\tCOMPREPLY=($(compgen -f -- \"$now\"))\n\t\t\tfi\n\t\t\treturn\n\t\tfi\n\tdone\n"
		       "\tif ((COMP_CWORD == 1)); then\n\t\tCOMPREPLY=($(compgen -W '");
	command_names(out);
	build_put(out, " --version --help' -- \"$now\"))\n\t\treturn\n\tfi\n\tcase ${COMP_WORDS[1]} in\n");
	for (const struct command *const *command = command_table; *command; command++)
		bash_command(*command, out);
	build_put(out, "\tesac\n}\ncomplete -o filenames -F _syswhy syswhy\n");
}

/* ---- zsh ---- */
static void zsh_params(const struct param *params, struct build *out)
{
	for (const struct param *param = params; param && param->name; param++) {
		if (param->kind == PARAM_REST)
			continue;
		build_put(out, " \\\n\t\t\t'");
		if (param->kind == PARAM_WORDS)
			build_put(out, "*");
		else if (param->letter)
			build_fmt(out, "(-%c --%s)'{-%c,--%s}'[", param->letter, param->name, param->letter, param->name);
		else
			build_fmt(out, "--%s[", param->name);
		if (param->kind != PARAM_WORDS) {
			quoted(param->help, true, out);
			build_char(out, ']');
		}
		if (param_takes_value(param) || param->kind == PARAM_WORDS) {
			build_char(out, ':');
			quoted(param->value ? param->value : param->name, true, out);
			build_char(out, ':');
			if (takes_file(param))
				build_put(out, "_files");
			else if (param->choices || takes_command(param))
				build_char(out, '(');
			if (param->choices)
				choices_write(param, out);
			else if (takes_command(param))
				command_names(out);
			if (param->choices || takes_command(param))
				build_char(out, ')');
		}
		build_char(out, '\'');
	}
}

static void zsh_write(struct build *out)
{
	build_put(out, "#compdef syswhy\n# zsh completion for syswhy; put it as _syswhy into a folder of $fpath\n"
		       "_syswhy() {\n\tlocal -a commands\n\tcommands=(\n");
	for (const struct command *const *command = command_table; *command; command++) {
		if ((*command)->flags & COMMAND_HIDDEN)
			continue;
		build_fmt(out, "\t\t'%s:", (*command)->name);
		quoted((*command)->summary, true, out);
		build_put(out, "'\n");
	}
	build_put(out, "\t)\n\tif ((CURRENT == 2)); then\n\t\t_describe 'command' commands\n\t\treturn\n\tfi\n"
		       "\tlocal at=${words[(i)--]}\n\tif ((at < CURRENT)); then\n\t\twords=(\"${(@)words[at+1,-1]}\")\n"
		       "\t\t((CURRENT -= at))\n\t\t_normal\n\t\treturn\n\tfi\n\tlocal name=$words[2]\n\tshift words\n"
		       "\t((CURRENT--))\n\tcase $name in\n");
	for (const struct command *const *command = command_table; *command; command++) {
		build_fmt(out, "\t\t%s) _arguments", (*command)->name);
		zsh_params((*command)->params, out);
		zsh_params(common_params, out);
		build_put(out, " ;;\n");
	}
	build_put(out, "\tesac\n}\n_syswhy \"$@\"\n");
}

/* ---- fish ---- */
static void fish_params(const char *command, const struct param *params, struct build *out)
{
	for (const struct param *param = params; param && param->name; param++) {
		if (param->kind == PARAM_REST)
			continue;
		if (param->kind == PARAM_WORDS && !param->choices && !takes_command(param))
			continue;
		build_put(out, "complete -c syswhy");
		if (command)
			build_fmt(out, " -n '__fish_seen_subcommand_from %s'", command);
		if (param->kind != PARAM_WORDS)
			build_fmt(out, " -l %s", param->name);
		if (param->letter && param->kind != PARAM_WORDS)
			build_fmt(out, " -s %c", param->letter);
		if (param_takes_value(param))
			build_put(out, takes_file(param) ? " -r -F" : " -x");
		if (param->choices || takes_command(param)) {
			build_put(out, " -a '");
			if (param->choices)
				choices_write(param, out);
			else
				command_names(out);
			build_char(out, '\'');
		}
		build_put(out, " -d '");
		quoted(param->help, false, out);
		build_put(out, "'\n");
	}
}

static void fish_write(struct build *out)
{
	build_put(out, "# fish completion for syswhy; load it with: syswhy completion fish | source\n"
		       "complete -c syswhy -f\n");
	for (const struct command *const *command = command_table; *command; command++) {
		if (!((*command)->flags & COMMAND_HIDDEN)) {
			build_fmt(out, "complete -c syswhy -n '__fish_use_subcommand' -a %s -d '", (*command)->name);
			quoted((*command)->summary, false, out);
			build_put(out, "'\n");
		}
		fish_params((*command)->name, (*command)->params, out);
	}
	fish_params(NULL, common_params, out);
}

void command_completion(const char *shell, struct build *out)
{
	if (strcmp(shell, "zsh") == 0)
		zsh_write(out);
	else if (strcmp(shell, "fish") == 0)
		fish_write(out);
	else
		bash_write(out);
}

struct completion_params {
	struct param_words shell;
};
static const struct param completion_params[] = {
	{ "shell", 0, PARAM_WORDS, offsetof(struct completion_params, shell), "SHELL", "the shell that will read the script",
	  "bash|zsh|fish", true },
	{ 0 },
};

static int run(struct context *context, const void *params, struct error *err)
{
	const struct param_words *shell = &((const struct completion_params *)params)->shell;
	AUTO_BUILD out = { 0 };

	if (shell->len != 1) {
		fail(err, -EINVAL, "one shell at a time");
		return EXIT_USAGE;
	}
	command_completion(shell->at[0], &out);
	json_object_set_new(report_json(context->report), "text", json_text(build_text(&out)));
	if (context->live)
		context->live(context->door, build_text(&out));
	return EXIT_DONE;
}

const struct command command_completion_command = {
	.name = "completion",
	.summary = "Print a script that completes commands and options in a shell",
	.examples = "source <(syswhy completion bash)  # complete in this bash\n"
		    "syswhy completion zsh > ~/.zfunc/_syswhy  # for zsh, when ~/.zfunc is in $fpath\n"
		    "syswhy completion fish > ~/.config/fish/completions/syswhy.fish  # for fish",
	.flags = COMMAND_READS,
	.params = completion_params,
	.params_size = sizeof(struct completion_params),
	.run = run,
};
