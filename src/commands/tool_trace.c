/* The trace in a ready-made tool's place: its question, its options, and what is said of it. */
#include <stdio.h>
#include <string.h>
#include "base/json.h"
#include "commands/tool.h"

static struct plan_options options_of(const struct tool_asking *a)
{
	return (struct plan_options){ .pid = a->asked->pid > 0 ? a->asked->pid : 0, .process = a->asked->process,
				      .command = a->asked->command ? a->asked->command[0] : NULL };
}

/* `general`: of nobody in particular, for no time in particular. */
static bool plannable(const struct tool_asking *a, struct text question, bool general)
{
	struct plan_options options = { 0 };
	struct planning planning = { 0 };
	struct error err = { 0 };
	struct plan plan;
	bool ready;

	if (!general)
		options = options_of(a);
	plan_init(&plan);
	ready = plan_make(a->vocabulary, a->kernel, question, &options, &plan, &planning, &err) == 0 && planning.verdict == PLAN_READY &&
		!(general && (plan.where.len || plan.seconds > 0 || plan.interval > 0));
	planning_done(&planning);
	plan_done(&plan);
	return ready;
}

static bool is_plain(struct text t)
{
	for (size_t i = 0; i < t.len; i++)
		if ((unsigned char)t.at[i] >= 0x80)
			return false;
	return true;
}

static bool question_has(const struct question *q, const char *word)
{
	vec_each(token, &q->tokens)
		if (strcmp(token->canonical, word) == 0 || strcmp(token->word.base, word) == 0)
			return true;
	return false;
}

/* "top processes by memory": of what the tool shows, another thing than what that question asks for. */
static bool asks_other(const struct tool_asking *a, const struct tool *tool, const char *ask)
{
	struct question asked = { 0 }, offered = { 0 };
	bool other = false;

	question_read(&asked, a->vocabulary, a->question, NULL, NULL);
	question_read(&offered, a->vocabulary, text_of(ask), NULL, NULL);
	vec_each(token, &asked.tokens) {
		bool said = false;

		if (!token->known || token->ignored || token->word.kind == WORD_HAN || question_has(&offered, token->canonical) || strcmp(token->word.base, tool->name) == 0)
			continue;
		vec_each(phrase, &tool->say)
			said |= text_has(text_of(*phrase), token->word.base);
		other |= said;
	}
	question_done(&asked);
	question_done(&offered);
	return other;
}

/* Who names a tool asks what that tool shows: the data says it in a question of its own, in either language. */
static bool named_look(struct tool_asking *a)
{
	const struct tool_hit *hit = a->hits;

	if (a->hit_count == 0 || !tool_is_named(hit))
		return false;
	for (int same = 1; same >= 0; same--)
		vec_each(ask, &hit->tool->asks)
			if ((is_plain(text_of(*ask)) == is_plain(a->question)) == same && !asks_other(a, hit->tool, *ask) &&
			    plannable(a, text_of(*ask), true)) {
				a->trace_question = text_of(*ask);
				return true;
			}
	return false;
}

/* What comes nearest to a tool whose questions no plan answers; the question that is traced is told. */
static bool nearest_look(struct tool_asking *a)
{
	const char *nearest = a->hit_count ? a->hits[0].tool->trace : NULL;

	if (!nearest || !plannable(a, text_of(nearest), false))
		return false;
	a->trace_question = text_of(nearest);
	return true;
}

void tool_trace_look(struct tool_asking *a)
{
	a->trace_question = a->question;
	/* "perf stat": the words of a tool's name are no question. */
	a->plan_ready = named_look(a) || (a->hit_count && tool_is_named(a->hits) && nearest_look(a)) || plannable(a, a->question, false) ||
			nearest_look(a);
}

void tool_trace_line(const struct tool_asking *a, struct build *out)
{
	build_fmt(out, "syswhy trace \"%.*s\"", TEXT_ARG(a->trace_question));
	if (a->asked->pid > 0)
		build_fmt(out, " --pid %ld", a->asked->pid);
	if (a->asked->process) {
		build_put(out, " --comm ");
		build_shell(out, a->asked->process);
	}
	if (a->asked->seconds > 0)
		build_fmt(out, " --for %g", a->asked->seconds);
	for (const char *const *word = a->asked->command; word && *word; word++) {
		build_put(out, word == a->asked->command ? " -- " : " ");
		build_shell(out, *word);
	}
}

static inline void drop_report(struct report **report)
{
	report_free(*report);
}

/* What the trace's question leaves out of the tool's: who or what it was about, beyond what options say. */
static void left_out_note(const struct tool_asking *a, struct report *report)
{
	AUTO_BUILD left = { 0 };

	if (a->trace_question.at == a->question.at)
		return;
	vec_each(value, &a->values.list) {
		bool carried = strcmp(value->name, "command") == 0 || (a->asked->pid > 0 && strcmp(value->name, "pid") == 0) ||
			       (a->asked->process && strcmp(value->name, "process") == 0);

		if (value->told && !carried)
			build_fmt(&left, "%s%s %s", left.len ? ", " : "", value->name, value->text);
	}
	if (left.len)
		report_say(report, REPORT_NOTE, "The trace takes no account of: %s.", left.at);
}

/* `syswhy trace` with that question, in the same report; under --json its object is "trace". */
static int run_trace(struct tool_asking *a, struct error *err)
{
	const struct command *trace = command_find("trace");
	AUTO(drop_report) struct report *own = a->context->json ? report_new() : NULL;
	AUTO(command_words_done) struct command_words words = { 0 };
	AUTO_FREE void *trace_params = calloc(1, trace ? trace->params_size + 1 : 1);
	AUTO_FREE char *question = text_copy(a->trace_question);
	VEC(const char *) argv = { 0 };
	char seconds[40], pid[40], status[20];
	struct context context = *a->context;
	struct common common = { 0 };
	AUTO_BUILD why = { 0 };
	int code;

	if (!trace || !trace_params)
		return fail(err, -ENOSYS, "this build cannot trace");
	snprintf(seconds, sizeof(seconds), "--for=%.3f", a->asked->seconds);
	snprintf(pid, sizeof(pid), "--pid=%ld", a->asked->pid);
	if (a->asked->seconds > 0)
		vec_push(&argv, (const char *)seconds);
	if (a->asked->pid > 0)
		vec_push(&argv, (const char *)pid);
	if (a->asked->process) {
		vec_push(&argv, "--comm");
		vec_push(&argv, a->asked->process);
	}
	vec_push(&argv, (const char *)question);
	if (a->asked->command)
		vec_push(&argv, "--");
	for (const char *const *word = a->asked->command; word && *word; word++)
		vec_push(&argv, *word);
	vec_push(&argv, (const char *)NULL);
	code = command_parse(trace, (int)argv.len - 1, argv.at, trace_params, &common, &words, err);
	if (own)
		context.report = own;
	if (code >= 0)
		code = trace->run(&context, trace_params, err);
	vec_done(&argv);
	if (code < 0)
		return code;
	snprintf(status, sizeof(status), "%s", json_get_string(report_json(context.report), "status"));
	if (own)
		json_object_set(report_json(a->context->report), "trace", report_json(own));
	else
		json_object_clear(report_json(a->context->report));
	left_out_note(a, a->context->report);
	/* Nothing seen is an answer too. */
	if (code == EXIT_CANNOT || code == EXIT_REFUSED)
		build_fmt(&why, "%s Tracing \"%.*s\" is not possible here either.", a->why, TEXT_ARG(a->trace_question));
	else
		build_fmt(&why, "%s So \"%.*s\" was traced instead.%s", a->why, TEXT_ARG(a->trace_question),
			  strcmp(status, "no_events") == 0 ? " The trace saw nothing of the kind." : "");
	tool_say_why(a, code == EXIT_CANNOT    ? TOOL_CANNOT :
			code == EXIT_REFUSED ? TOOL_REFUSED :
			code == EXIT_DONE || code == EXIT_INTERRUPTED || strcmp(status, "no_events") == 0 ? TOOL_OK : TOOL_FAILED,
		     "%s", why.at);
	a->run.interrupted = code == EXIT_INTERRUPTED;
	return 0;
}

int tool_trace_instead(struct tool_asking *a, struct error *err)
{
	AUTO_BUILD line = { 0 };
	AUTO_BUILD question = { 0 };

	tool_trace_line(a, &line);
	build_fmt(&question, "%s Run this instead: %s?", a->why, line.at);
	if (!a->print && a->context->ask(a->context->door, question.at))
		return run_trace(a, err);
	build_clear(&question);
	build_fmt(&question, "%s The kernel can be asked itself: %s", a->why, line.at);
	tool_say_why(a, TOOL_CANNOT, "%s", question.at);
	return 0;
}
