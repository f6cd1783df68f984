/* `syswhy man`: manual pages in roff, man(7), made from the table of commands. */
#include "base/json.h"
#include "commands/table.h"

/* Text that roff shall print as it is: a backslash, a leading dot or quote, and a hyphen that people
 * will copy have meanings of their own. */
static void roff(struct text t, struct build *out)
{
	for (size_t i = 0; i < t.len; i++) {
		bool start = i == 0 || t.at[i - 1] == '\n';

		if (start && (t.at[i] == '.' || t.at[i] == '\''))
			build_put(out, "\\&");
		if (t.at[i] == '\\')
			build_put(out, "\\e");
		else if (t.at[i] == '-')
			build_put(out, "\\-");
		else
			build_char(out, t.at[i]);
	}
}

static void roff_line(const char *macro, const char *string, struct build *out)
{
	build_put(out, macro);
	roff(text_of(string), out);
	build_char(out, '\n');
}

static void paragraphs(const char *string, struct build *out)
{
	struct text rest = text_of(string), line;

	while (text_line(&rest, &line)) {
		if (line.len)
			roff(line, out);
		else
			build_put(out, ".PP");
		build_char(out, '\n');
	}
}

static void param_label(const struct param *param, struct build *out)
{
	build_put(out, ".TP\n");
	if (param->kind == PARAM_WORDS || param->kind == PARAM_REST) {
		build_fmt(out, "%s\\fI%s\\fR...\n", param->kind == PARAM_REST ? "\\fB\\-\\-\\fR " : "",
			  param->value ? param->value : param->name);
		return;
	}
	if (param->letter)
		build_fmt(out, "\\fB\\-%c\\fR, ", param->letter);
	build_put(out, "\\fB\\-\\-");
	roff(text_of(param->name), out);
	build_put(out, "\\fR");
	if (param_takes_value(param))
		build_fmt(out, " \\fI%s\\fR", param->value ? param->value : "VALUE");
	build_char(out, '\n');
}

static void params_man(const struct param *params, struct build *out)
{
	for (const struct param *param = params; param && param->name; param++) {
		struct text rest = text_of(param->choices), choice;

		param_label(param, out);
		roff(text_of(param->help), out);
		for (bool first = true; text_next(&rest, '|', &choice); first = false) {
			build_put(out, first ? ": " : ", ");
			roff(choice, out);
		}
		build_put(out, ".\n");
	}
}

static void exit_codes(struct build *out)
{
	static const struct {
		enum exit_code code;
		const char *means;
	} codes[] = {
		{ EXIT_DONE, "done" },
		{ EXIT_FAILED, "failed" },
		{ EXIT_USAGE, "wrong usage" },
		{ EXIT_CONFIG, "wrong configuration" },
		{ EXIT_REMOTE, "a model or host refused us" },
		{ EXIT_NETWORK, "the network failed" },
		{ EXIT_REFUSED, "refused by policy" },
		{ EXIT_BUDGET, "the budget or deadline was reached" },
		{ EXIT_CANNOT, "this machine cannot do it" },
		{ EXIT_INTERRUPTED, "interrupted" },
	};

	build_put(out, ".SH EXIT STATUS\n");
	for (size_t i = 0; i < COUNT(codes); i++)
		build_fmt(out, ".TP\n%d\n%s.\n", codes[i].code, codes[i].means);
}

static void environment(struct build *out)
{
	build_put(out, ".SH ENVIRONMENT\n.TP\nNO_COLOR\nNo colours when set and not empty.\n.TP\nSYSWHY_DATA\nThe folder "
		       "of the data files (vocabulary and the like).\n.TP\nXDG_CACHE_HOME\nWhere the catalogue of probes "
		       "is kept between runs.\n");
}

static void head(const char *name, const char *summary, struct build *out)
{
	build_fmt(out, ".TH SYSWHY%s", name ? "\\-" : "");
	for (const char *c = name; c && *c; c++)
		build_char(out, *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c);
	build_fmt(out, " 1 \"\" \"syswhy %s\" \"User Commands\"\n.SH NAME\nsyswhy%s%s \\- ", SYSWHY_VERSION,
		  name ? "\\-" : "", name ? name : "");
	roff(text_of(summary), out);
	build_char(out, '\n');
}

static void overview(struct build *out)
{
	head(NULL, "answer \"why?\" on a Linux machine", out);
	build_put(out, ".SH SYNOPSIS\n\\fBsyswhy\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR]... [\\fIWORD\\fR]...\n"
		       ".SH DESCRIPTION\nAsk in plain words; syswhy measures the running kernel and answers with evidence.\n"
		       ".SH COMMANDS\n");
	for (const struct command *const *command = command_table; *command; command++) {
		if ((*command)->flags & COMMAND_HIDDEN)
			continue;
		build_fmt(out, ".TP\n\\fBsyswhy\\-%s\\fR(1)\n", (*command)->name);
		roff(text_of((*command)->summary), out);
		build_put(out, ".\n");
	}
	build_put(out, ".SH OPTIONS\n");
	params_man(common_params, out);
	exit_codes(out);
	environment(out);
}

void command_man(const struct command *command, struct build *out)
{
	AUTO_BUILD usage = { 0 };

	if (!command) {
		overview(out);
		return;
	}
	head(command->name, command->summary, out);
	command_usage(command, &usage);
	roff_line(".SH SYNOPSIS\n", usage.at, out);
	build_put(out, ".SH DESCRIPTION\n");
	roff(text_of(command->summary), out);
	build_put(out, ".\n");
	if (command->details) {
		build_put(out, ".PP\n");
		paragraphs(command->details, out);
	}
	build_put(out, ".SH OPTIONS\n");
	params_man(command->params, out);
	params_man(common_params, out);
	if (command->examples) {
		struct text rest = text_of(command->examples), line;
		size_t mark;

		build_put(out, ".SH EXAMPLES\n");
		while (text_line(&rest, &line)) {
			bool told = text_find(line, "  # ", &mark);

			build_put(out, ".TP\n");
			roff(told ? text_until(line, mark) : line, out);
			build_char(out, '\n');
			roff(told ? text_from(line, mark + 4) : TEXT(""), out);
			build_put(out, told ? "\n" : "\\&\n");
		}
	}
	exit_codes(out);
	environment(out);
	build_put(out, ".SH SEE ALSO\n\\fBsyswhy\\fR(1), \\fBbpftrace\\fR(8)\n");
}

struct man_params {
	struct param_words command;
};
static const struct param man_params[] = {
	{ "command", 0, PARAM_WORDS, offsetof(struct man_params, command), "COMMAND",
	  "the command whose page is wanted (none: that of syswhy itself)", NULL, false },
	{ 0 },
};

static int run(struct context *context, const void *params, struct error *err)
{
	return verbatim_of(context, &((const struct man_params *)params)->command, command_man, err);
}

const struct command command_man_command = {
	.name = "man",
	.summary = "Print a manual page",
	.details = "Prints the page as roff text, as 'man' reads it.",
	.examples = "syswhy man trace | man -l -  # read the page of one command",
	.flags = COMMAND_READS,
	.params = man_params,
	.params_size = sizeof(struct man_params),
	.run = run,
};
