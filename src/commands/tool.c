/* `syswhy tool`: the ready-made tool that answers a question, with its arguments filled in, and run. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "commands/table.h"
#include "commands/tool.h"

#define TRIES		5
#define SECONDS_DEFAULT 10.0
#define SECONDS_SELF	60.0 /* for tools that end by themselves, beyond what was asked */
#define SECONDS_START	15.0 /* some compile their program first */

struct tool_params {
	struct param_words question, command;
	double seconds, interval;
	long count, pid;
	const char *process;
	bool print, check;
};
static const struct param params[] = {
	{ "question", 0, PARAM_WORDS, offsetof(struct tool_params, question), "QUESTION",
	  "what to look at, in plain words (English or Chinese), or with a tool's name", NULL, false },
	{ "for", 't', PARAM_SECONDS, offsetof(struct tool_params, seconds), "SECONDS",
	  "how long to watch (default: what the question says, else 10)", NULL, false },
	{ "interval", 'i', PARAM_SECONDS, offsetof(struct tool_params, interval), "SECONDS",
	  "between reports, for tools that repeat them", NULL, false },
	{ "count", 'n', PARAM_FROM_ONE, offsetof(struct tool_params, count), "N", "how many reports", NULL, false },
	{ "pid", 'p', PARAM_FROM_ONE, offsetof(struct tool_params, pid), "PID", "only this process", NULL, false },
	{ "comm", 'C', PARAM_TEXT, offsetof(struct tool_params, process), "NAME", "only processes of this name (as ps -C)", NULL, false },
	{ "print", 0, PARAM_BOOL, offsetof(struct tool_params, print), NULL, "show the command line, and run nothing", NULL,
	  false },
	{ "tools-check", 0, PARAM_BOOL, offsetof(struct tool_params, check), NULL,
	  "read the knowledge of tools and report every mistake in it with file and line", NULL, false },
	{ "command", 0, PARAM_REST, offsetof(struct tool_params, command), "COMMAND",
	  "what a tool shall watch from its start (strace, perf stat …)", NULL, false },
	{ 0 },
};

void tool_say_why(struct tool_asking *a, enum tool_status status, const char *format, ...)
{
	va_list args;

	a->status = status;
	va_start(args, format);
	vsnprintf(a->why, sizeof(a->why), format, args);
	va_end(args);
}

static void asking_done(struct tool_asking *a)
{
	tool_choice_done(&a->choice);
	tool_run_done(&a->run);
	tool_values_done(&a->values);
	vec_done(&a->lacking);
	json_decref(a->alternatives);
	json_decref(a->attempts);
}

/* `anew`: the reason is better than one that is there. */
static void alternative_add(struct tool_asking *a, const char *tool, const char *why, bool anew)
{
	json_t *item;
	size_t i;

	json_array_foreach(a->alternatives, i, item)
		if (strcmp(json_get_string(item, "tool"), tool) == 0) {
			if (anew)
				json_object_set_new(item, "why", json_str(why));
			return;
		}
	json_array_append_new(a->alternatives, json_pack("{s:o, s:o}", "tool", json_str(tool), "why", json_str(why)));
}

/* How many of the hits are near enough to the best to stand in for it. */
static size_t hits_near(const struct tool_asking *a)
{
	double top = 0;
	size_t count = 0;

	for (size_t i = 0; i < a->hit_count; i++)
		if (a->hits[i].score < 100 && a->hits[i].score > top)
			top = a->hits[i].score;
	for (; count < a->hit_count; count++)
		if (a->hits[count].score < 0.7 * top)
			break;
	return count;
}

/* The best of the hits that can run here; others go to the alternatives. False: none can. */
static bool choice_find(struct tool_asking *a)
{
	size_t near = hits_near(a);
	bool found = false;

	tool_choice_done(&a->choice);
	for (size_t i = 0; i < near; i++) {
		struct tool_choice choice;

		tool_choose(&a->hits[i], &a->values, a->kernel, &a->lacking, &choice);
		log_detail("tool", "%s (%.2f): %s: %s", a->hits[i].tool->name, a->hits[i].score, choice.ready ? "can run" : "no",
			   choice.why);
		/* Nearly as good in words, and it takes every part of the question. */
		if (choice.ready && (!found || (a->choice.missed.len > choice.missed.len && !a->hits[0].named &&
						a->hits[i].score > 0.85 * a->choice.score && a->choice.score < 100))) {
			if (found)
				alternative_add(a, tool_file_name(&a->choice), a->choice.why, false);
			tool_choice_done(&a->choice);
			a->choice = choice;
			found = true;
			continue;
		}
		alternative_add(a, tool_file_name(&choice), choice.why, false);
		tool_choice_done(&choice);
	}
	return found;
}

static double deadline_of(const struct tool_asking *a, const struct tool_params *p)
{
	const char *count = tool_value(&a->values, TEXT("count")), *interval = tool_value(&a->values, TEXT("interval"));
	double seconds = p->seconds > 0 ? p->seconds : a->values.plan.seconds;

	if (count)
		seconds = fmax(seconds, atof(count) * (interval ? atof(interval) : 1));
	if (a->choice.tool->stop == STOP_SELF)
		return seconds + SECONDS_SELF;
	if (a->choice.timed)
		return (seconds > 0 ? seconds : SECONDS_DEFAULT) + SECONDS_START;
	return seconds > 0 ? seconds : SECONDS_DEFAULT;
}

static struct text last_line(const struct build *text)
{
	struct text rest = build_text(text), line, last = TEXT("it gave no reason");

	while (text_line(&rest, &line))
		if (text_trim(line).len)
			last = text_trim(line);
	return text_until(last, 300);
}

static void attempt_add(struct tool_asking *a, const char *error)
{
	json_t *argv = json_array();

	for (size_t i = 0; a->choice.argv.at[i]; i++)
		json_array_append_new(argv, json_text(text_of(a->choice.argv.at[i])));
	json_array_append_new(a->attempts, json_pack("{s:o, s:o, s:o}", "tool", json_str(tool_file_name(&a->choice)), "argv", argv,
						     "error", json_text(text_of(error))));
	log_stage("tool", "%s: %s", tool_file_name(&a->choice), error);
}

/* Whether what ran gave nothing because it could not. Says why, and remembers what is lacking. */
static bool run_failed(struct tool_asking *a)
{
	const struct tool_failure *failure = a->run.failure;
	char why[700];

	if (failure && failure->need && strcmp(failure->need, "headers") == 0)
		tool_headers_mend(a->kernel, why);
	else if (failure)
		snprintf(why, sizeof(why), "%s%s%s", failure->why, failure->mend ? "; " : "", failure->mend ? failure->mend : "");
	else if (a->run.exit != 0 && !a->run.late && !a->run.interrupted && !a->run.cut &&
		 a->run.errors.len > 0 && a->run.output.len <= a->run.errors.len)
		snprintf(why, sizeof(why), "it ended with exit code %d: %.*s", a->run.exit, TEXT_ARG(last_line(&a->run.errors)));
	else if (a->run.unlive && !a->run.interrupted)
		snprintf(why, sizeof(why), "it had not begun to watch after %.0f s", a->run.seconds);
	else
		return false;
	attempt_add(a, why);
	alternative_add(a, tool_file_name(&a->choice), why, true);
	vec_push(&a->lacking, arena_text(a->values.arena, text_of(a->choice.path)));
	if (failure && failure->need)
		vec_push(&a->lacking, failure->need);
	if (!a->context->quiet && a->context->live) {
		AUTO_BUILD line = { 0 };
		AUTO_BUILD safe = { 0 };

		build_fmt(&line, "%s cannot run here: %s\n", tool_file_name(&a->choice), why);
		build_safe(&safe, build_text(&line), true);
		a->context->live(a->context->door, build_text(&safe));
	}
	return true;
}

/* Asks, and shows the command line. False: not allowed. */
static bool allowed(struct tool_asking *a)
{
	AUTO_BUILD line = { 0 };
	AUTO_BUILD question = { 0 };

	tool_command_line(&a->choice, &line);
	if (a->context->yes) {
		if (a->context->live) {
			AUTO_BUILD safe = { 0 };

			build_fmt(&question, "$ %s\n", build_text(&line).at);
			build_safe(&safe, build_text(&question), true);
			a->context->live(a->context->door, build_text(&safe));
		}
		return true;
	}
	build_fmt(&question, "%s shows %s.%s%s%s Run it?\n  %s\n", tool_file_name(&a->choice), a->choice.tool->shows,
		  a->choice.tool->caution ? " Note: " : "", a->choice.tool->caution ? a->choice.tool->caution : "",
		  a->choice.tool->caution ? "." : "", build_text(&line).at);
	if (a->context->ask(a->context->door, build_text(&question).at))
		return true;
	tool_say_why(a, TOOL_REFUSED, "Not run, as nobody allowed it: %s (--yes runs it without asking, --print only shows it).",
		build_text(&line).at);
	return false;
}

static int run_tools(struct tool_asking *a, const struct tool_params *p, struct error *err)
{
	for (int tries = 0; tries < TRIES && choice_find(a); tries++) {
		struct context quiet = *a->context;
		int code;

		if (a->choice.passed) {
			tool_say_why(a, TOOL_OK, "%s cannot run here (%s), so %s is taken.", a->choice.passed, a->choice.passed_why,
				tool_file_name(&a->choice));
			alternative_add(a, a->choice.passed, a->choice.passed_why, true);
		}
		if (p->print || !allowed(a))
			return 0;
		if (a->context->html)
			quiet.live = NULL; /* the report shows it at the end */
		tool_run_done(&a->run);
		code = tool_run(&quiet, a->box, &a->choice, deadline_of(a, p), &a->run, err);
		if (code < 0)
			return code;
		a->ran = true;
		if (a->run.interrupted || !run_failed(a)) {
			a->status = TOOL_OK;
			return 0;
		}
		a->ran = false; /* what it said is among the attempts */
	}
	tool_choice_done(&a->choice);
	tool_say_why(a, TOOL_CANNOT, "No ready-made tool for this can run here.");
	return 0;
}

/* ---- no tool in the data ---- */

static void manual_look(struct tool_asking *a)
{
	struct tool_found found[4];
	size_t count = tools_of_manual(&a->values.wish.question, found, COUNT(found));

	for (size_t i = 0; i < count; i++) {
		char why[400];

		snprintf(why, sizeof(why), "installed, by its manual: %s; syswhy does not know its arguments, so it does not run it "
			 "(man %s)", found[i].says, found[i].name);
		alternative_add(a, found[i].name, why, true);
	}
	if (count)
		tool_say_why(a, TOOL_NO_MATCH, "No tool that syswhy knows fits. By its manual, %s may: %s. See man %s.", found[0].name,
			found[0].says, found[0].name);
	else
		tool_say_why(a, TOOL_NO_MATCH, "No ready-made tool was found for this; name what to look at (files, disk, network, a process), "
			"or a tool.");
}

static int exit_of(const struct tool_asking *a)
{
	static const int codes[] = { EXIT_DONE, EXIT_CANNOT, EXIT_REFUSED, EXIT_FAILED, EXIT_FAILED };

	return a->run.interrupted ? EXIT_INTERRUPTED : codes[a->status];
}

static int answer(struct tool_asking *a, const struct tool_params *p, struct error *err)
{
	int code;

	tool_trace_look(a);
	if (a->values.why[0]) {
		tool_say_why(a, TOOL_FAILED, "%s; `ps` shows those that run.", a->values.why);
		return 0;
	}
	if (a->hit_count == 0) {
		manual_look(a);
		if (a->plan_ready && !json_array_size(a->alternatives)) {
			tool_say_why(a, TOOL_CANNOT, "No ready-made tool was found for this.");
			return tool_trace_instead(a, err);
		}
		return 0;
	}
	code = run_tools(a, p, err);
	if (code == 0 && a->status == TOOL_CANNOT && json_array_size(a->alternatives)) {
		const json_t *first = json_array_get(a->alternatives, 0);

		tool_say_why(a, TOOL_CANNOT, "No ready-made tool for this can run here. The nearest is %s: %s.",
			     json_get_string(first, "tool"), json_get_string(first, "why"));
	}
	if (code == 0 && a->status == TOOL_CANNOT && a->plan_ready)
		code = tool_trace_instead(a, err);
	return code;
}

static int tools_check(struct context *context, struct error *err)
{
	AUTO_FREE char *folder = NULL;
	AUTO_BUILD mistakes = { 0 };
	AUTO_TOOLBOX box = NULL;

	if (asprintf(&folder, "%s/tools", data_folder()) < 0)
		return EXIT_FAILED;
	box = toolbox_read(folder, &mistakes, err);
	if (!box)
		return EXIT_CONFIG;
	json_object_set_new(report_json(context->report), "tools", json_integer((json_int_t)box->tools.len));
	if (mistakes.len) {
		error_clear(err);
		report_say(context->report, REPORT_CODE, "%s", mistakes.at);
		json_object_set_new(report_json(context->report), "mistakes", json_text(build_text(&mistakes)));
		return EXIT_CONFIG;
	}
	report_say(context->report, REPORT_PARAGRAPH, "%zu tools and %zu kinds of failure in %s, without a mistake.", box->tools.len,
		   box->failures.len, folder);
	return EXIT_DONE;
}

static int run(struct context *context, const void *params_, struct error *err)
{
	const struct tool_params *p = params_;
	AUTO_BUILD question = { 0 };
	AUTO_FREE char *words = NULL;
	AUTO_FREE char *tools = NULL;
	AUTO_VOCABULARY vocabulary = NULL;
	AUTO_TOOLBOX box = NULL;
	AUTO_KERNEL kernel = kernel_new();
	AUTO(tool_index_done) struct tool_index index = { 0 };
	AUTO(asking_done) struct tool_asking a = { .context = context, .kernel = kernel, .print = p->print };
	struct tool_wish asked = { .pid = p->pid, .process = p->process, .seconds = p->seconds, .interval = p->interval,
				   .count = p->count, .command = p->command.len ? p->command.at : NULL };
	int code;

	if (p->check)
		return tools_check(context, err);
	for (size_t i = 0; i < p->question.len; i++)
		build_fmt(&question, "%s%s", i ? " " : "", p->question.at[i]);
	asked.question = a.question = text_trim(build_text(&question));
	if (a.question.len == 0) {
		fail(err, -EINVAL, "ask something, for example: syswhy tool \"which files does nginx open\"");
		return EXIT_USAGE;
	}
	if (asprintf(&words, "%s/vocabulary", data_folder()) < 0 || asprintf(&tools, "%s/tools", data_folder()) < 0)
		return EXIT_FAILED;
	vocabulary = vocabulary_read(words, NULL, err);
	box = vocabulary ? toolbox_read(tools, NULL, err) : NULL;
	if (!box)
		return EXIT_CONFIG;
	a.asked = &asked;
	a.vocabulary = vocabulary;
	a.box = box;
	a.alternatives = json_array();
	a.attempts = json_array();
	tool_index_make(&index, box, vocabulary);
	tool_values_read(&a.values, &asked, vocabulary, &index, kernel, a.hits, TOOL_HITS, &a.hit_count);
	code = answer(&a, p, err);
	tool_tell(&a);
	return code < 0 ? EXIT_FAILED : exit_of(&a);
}

const struct command command_tool = {
	.name = "tool",
	.summary = "Find the ready-made tool for a question, and run it",
	.details = "Chooses among the tools that are installed here (of bpftrace, bcc and libbpf, perf, strace, sysstat, procps, "
		   "iproute2 and others), fills in its arguments from the question (process, interval, count, port, disk, function, "
		   "what failed …), shows the command line, asks, and runs it. A tool that cannot run on this kernel is said so and "
		   "replaced by the next, or by a trace.",
	.examples = "syswhy tool \"which files does nginx fail to open\"  # opensnoop with the right arguments\n"
		    "syswhy tool --yes \"disk utilisation every 2 seconds 5 times\"  # iostat, without asking\n"
		    "syswhy tool --print \"who listens on port 80\"  # the command line only\n"
		    "syswhy tool \"count system calls\" -- make  # strace or perf, of a command",
	.flags = COMMAND_READS | COMMAND_LONG | COMMAND_KEPT, /* which tools need root, their data says */
	.params = params,
	.params_size = sizeof(struct tool_params),
	.run = run,
};
