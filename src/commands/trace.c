/* `syswhy trace`: a question in plain words, answered by the kernel. */
#include "trace/trace.h"
#include <math.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>
#include "base/file.h"
#include "commands/command.h"
#include "commands/nearest.h"
#include "commands/tool.h"
#include "commands/trace_libbpf.h"
#include "commands/trace_model.h"
#include "commands/trace_save.h"
#include "commands/trace_view.h"
#include "commands/vocabulary_check.h"
#include "trace/survey/survey.h"

struct trace_params {
	struct param_words question, command;
	double seconds;
	long count, pid, top;
	const char *process, *save, *engine, *model, *as;
	long attempts;
	bool print, unchecked, vocabulary, dry, whole, all, full;
};

static const struct param params[] = {
	{ "question", 0, PARAM_WORDS, offsetof(struct trace_params, question), "QUESTION",
	  "what to watch, in plain words (English or Chinese)", NULL, false },
	{ "for", 't', PARAM_SECONDS, offsetof(struct trace_params, seconds), "SECONDS",
	  "how long to watch (default: as the question says, else until the command ends, else 10); the command outlives it", NULL, false },
	{ "count", 'n', PARAM_COUNT, offsetof(struct trace_params, count), "N", "stop after N events", NULL, false },
	{ "pid", 'p', PARAM_COUNT, offsetof(struct trace_params, pid), "PID", "only this process", NULL, false },
	{ "comm", 'C', PARAM_TEXT, offsetof(struct trace_params, process), "NAME", "only processes of this name (as ps -C)", NULL,
	  false },
	{ "all", 'a', PARAM_BOOL, offsetof(struct trace_params, all), NULL,
	  "with a command: the whole machine while it runs, not only the command and what it starts", NULL, false },
	{ "top", 0, PARAM_FROM_ONE, offsetof(struct trace_params, top), "N", "show the N largest rows", NULL, false },
	{ "full", 0, PARAM_BOOL, offsetof(struct trace_params, full), NULL,
	  "show every histogram and table, not one line of each", NULL, false },
	{ "output", 'o', PARAM_TEXT, offsetof(struct trace_params, save), "FILE.bt",
	  "save the program, commented and runnable, and run nothing; with --as libbpf the folder for it", NULL, false },
	{ "as", 0, PARAM_CHOICE, offsetof(struct trace_params, as), "bpftrace|libbpf",
	  "libbpf: write a C program with CO-RE instead of an answer, compiled and shown to the kernel's verifier", "bpftrace|libbpf", false },
	{ "print", 0, PARAM_BOOL, offsetof(struct trace_params, print), NULL,
	  "show the plan and the program, and run nothing", NULL, false },
	{ "no-check", 0, PARAM_BOOL, offsetof(struct trace_params, unchecked), NULL,
	  "with --print, -o or --as libbpf: do not let the program be checked", NULL, false },
	{ "vocabulary-check", 0, PARAM_BOOL, offsetof(struct trace_params, vocabulary), NULL,
	  "read the vocabulary and report every mistake in it with file and line", NULL, false },
	{ "engine", 'e', PARAM_CHOICE, offsetof(struct trace_params, engine), "auto|offline|model",
	  "who writes the program: the planner, or a model where it leaves words unused (auto, the default)", "auto|offline|model", false },
	{ "model", 'm', PARAM_TEXT, offsetof(struct trace_params, model), "NAME", "the model to ask: an alias, or ENDPOINT/NAME", NULL, false },
	{ "attempts", 0, PARAM_FROM_ONE, offsetof(struct trace_params, attempts), "N",
	  "programs of a model that may be tried (default: 4)", NULL, false },
	{ "no-stream", 0, PARAM_BOOL, offsetof(struct trace_params, whole), NULL, "ask for the model's answer in one piece, for servers that stream badly", NULL, false },
	{ "dry-run", 0, PARAM_BOOL, offsetof(struct trace_params, dry), NULL,
	  "show what would be sent to a model first, and run nothing", NULL, false },
	{ "command", 0, PARAM_REST, offsetof(struct trace_params, command), "COMMAND",
	  "watch this command and all that it starts, from its first instruction to its end", NULL, false },
	{ 0 },
};

/* ---- the report ---- */

static json_t *probes_json(const struct trace *t)
{
	json_t *probes = json_array();

	vec_each(name, &t->program.probes)
		json_array_append_new(probes, json_str(*name));
	return probes;
}

static void json_fill(json_t *json, struct trace *t, const struct trace_request *request, json_t *tools)
{
	json_object_set_new(json, "question", json_text(request->question));
	json_object_set_new(json, "engine", json_string(t->given || t->plan_given ? "model" : "offline"));
	json_object_set_new(json, "status", json_string(trace_status_name(t->status)));
	json_object_set_new(json, "why", json_str(t->why));
	json_object_set_new(json, "plan", t->planned ? plan_json(&t->plan) : json_null());
	json_object_set_new(json, "program", t->shown.len ? json_text(build_text(&t->shown)) : json_null());
	json_object_set_new(json, "command", trace_command_json(t, request));
	json_object_set(json, "tool", tools);
	json_object_set_new(json, "probes", probes_json(t));
	json_object_set_new(json, "attempts", t->attempts ? json_incref(t->attempts) : json_array());
	json_object_set_new(json, "seconds", json_real(t->ran ? (double)(long)(t->run.seconds * 1000) / 1000 : 0));
	json_object_set_new(json, "lost_events", json_integer(t->ran ? (json_int_t)t->run.lost : 0));
	json_object_set_new(json, "result", t->ran ? t->survey ? survey_maps(t->survey) : result_json(&t->result) : json_null());
	if (t->survey)
		json_object_set_new(json, "survey", survey_json(t->survey));
	json_object_set_new(json, "answer", t->answer.len ? json_text(build_text(&t->answer)) : json_null());
	json_t *evidence = json_array();

	vec_each(item, &t->evidence.items)
		json_array_append_new(evidence, evidence_save(*item));
	json_object_set_new(json, "evidence", evidence);
}

void trace_caveat(struct report *report, const char *format, ...)
{
	json_t *notes = json_object_get(report_json(report), "notes");
	AUTO_BUILD text = { 0 };
	va_list args;

	va_start(args, format);
	build_vfmt(&text, format, args);
	va_end(args);
	if (!notes) {
		notes = json_array();
		json_object_set_new(report_json(report), "notes", notes);
	}
	json_array_append_new(notes, json_text(build_text(&text)));
	report_say(report, REPORT_NOTE, "%s", text.at);
}

/* What must not be overlooked: losses, probes that are missing, how words were taken. */
static void notes_say(struct report *report, const struct trace *t)
{
	AUTO_BUILD lost = { 0 };
	AUTO_BUILD fired = { 0 };

	if (t->planned)
		vec_each(note, &t->plan.notes)
			trace_caveat(report, "%s", *note);
	if (t->planned && t->program.note)
		trace_caveat(report, "%s", t->program.note);
	if (!t->ran)
		return;
	report_number((double)t->run.lost, "events", &lost);
	report_number(t->run.seconds > 0 ? floor(t->run.firings / t->run.seconds) : 0, "times", &fired);
	if (t->run.lost)
		trace_caveat(report, "%s were lost because they came faster than they could be read: the "
			   "numbers are too low. Ask for a count or a histogram instead of each event, or filter more.", lost.at);
	if (t->run.watched_ended)
		trace_caveat(report, "What was watched ended after %.1f s, and the watch with it.", t->run.seconds);
	if (t->given && t->run.command_pid)
		trace_caveat(report, "A model wrote the program: whether it is limited to the command, the program shows.");
	if (t->run.garbled && t->status != TRACE_FAILED)
		trace_caveat(report, "%lu lines of bpftrace's output could not be read and are not in the numbers.",
			   t->run.garbled);
	if (t->run.failed_probes)
		trace_caveat(report, "%u of %zu probes could not be attached (%s): what they would have seen is missing.",
			   t->run.failed_probes, t->program.probes.len, t->run.failed_probe);
	if (t->run.interrupted && t->run.stage == RUN_DONE && t->run.seconds > 0)
		trace_caveat(report, "Interrupted after %.1f s; this is what was gathered until then.", t->run.seconds);
	if (t->run.stage == RUN_BUSY)
		trace_caveat(report, "Stopped after %.1f s to spare the machine: the probes fired %s a second, for all "
			   "processes together, and took about %.0f %% of one processor. Ask for something rarer.", t->run.seconds,
			   fired.at, t->run.busy * 100);
}

/* "A ready-made tool for this: opensnoop, opensnoop.bt." */
static void tools_say(struct report *report, const json_t *tools)
{
	AUTO_BUILD names = { 0 };
	json_t *name;
	size_t i;

	json_array_foreach(tools, i, name)
		build_fmt(&names, "%s%s", i ? ", " : "", json_string_value(name));
	if (names.len)
		report_say(report, REPORT_PARAGRAPH, "A ready-made tool for this: %s.", names.at);
}

/* Events that went over the screen one by one are not shown again. */
static void command_say(struct report *report, const struct trace *t, const struct trace_request *request)
{
	const struct run_report *run = &t->run;
	char words[64];

	if (!t->ran || !request->command || !run->command_pid)
		return;
	if (run->command_left)
		report_say(report, REPORT_NOTE, "The command (%s, pid %d) still runs; it was left alone.", request->command[0],
			   run->command_pid);
	else if (run->command_status >= 0)
		report_say(report, REPORT_PARAGRAPH, "The command %s (pid %d) ended: %s.", request->command[0], run->command_pid,
			   child_verdict(run->command_status, words));
}

static void text_fill(struct report *report, struct trace *t, const struct trace_request *request, bool lines_shown, bool full,
		      const json_t *tools)
{
	if (!lines_shown || t->plan.measure != MEASURE_EVENTS)
		vec_each(item, &t->evidence.items)
			if (item == t->evidence.items.at || full || !t->survey || (*item)->number == t->survey->stands)
				report_show(report, *item);
	if (full)
		report_full(report);
	report_marked(report, t->given || t->plan_given); /* a model's claims stand behind our own */
	if (t->answer.len && t->status == TRACE_OK)
		report_say(report, REPORT_PARAGRAPH, "%s", build_text(&t->answer).at);
	report_marked(report, false);
	if (t->status != TRACE_OK)
		report_say(report, REPORT_PARAGRAPH, "%s", t->why);
	if (t->status == TRACE_OK || t->status == TRACE_CANNOT)
		tools_say(report, tools);
	command_say(report, t, request);
	notes_say(report, t);
}

static int exit_of(const struct trace *t)
{
	if (t->stopped || (t->ran && t->run.interrupted))
		return EXIT_INTERRUPTED;
	switch (t->status) {
	case TRACE_OK:
		return t->ran && t->run.stage == RUN_BUSY ? EXIT_BUDGET : EXIT_DONE;
	case TRACE_CANNOT:
		return EXIT_CANNOT;
	case TRACE_REFUSED:
		return EXIT_REFUSED;
	case TRACE_NO_EVENTS:
	case TRACE_FAILED:
		return EXIT_FAILED;
	}
	return EXIT_FAILED;
}

/* ---- printing and saving ---- */

static int program_show(struct context *context, struct trace *t, const struct trace_request *request,
			const struct trace_params *p, struct error *err)
{
	AUTO_BUILD words = { 0 };
	AUTO_BUILD kept = { 0 };
	AUTO_BUILD run = { 0 };
	int code = p->save ? trace_save_place(context, p->save, err) : 0;

	if (code < 0)
		return code;
	if (t->given)
		build_fmt(&kept, "#!/usr/bin/env bpftrace\n// Written by a model.\n%.*s\n", TEXT_ARG(text_trim(build_text(&t->shown))));
	else
		code = trace_keep(t, request, &kept, err);
	if (code < 0)
		return code;
	if (!t->given && !p->unchecked && !t->unchecked[0]) {
		code = trace_check(t, err);
		if (code < 0)
			return code;
	}
	if (t->status != TRACE_OK)
		return 0;
	if (p->save) {
		code = trace_save(p->save, build_text(&kept), err);
		if (code < 0)
			return code;
		json_object_set_new(report_json(context->report), "saved", json_str(p->save));
		trace_by_hand(t, request, p->save, &run);
		report_say(context->report, REPORT_PARAGRAPH, "Saved %s%s. Run it with: %s", p->save,
			   p->unchecked || t->unchecked[0] ? "" : ", which bpftrace accepts", run.at);
	} else {
		trace_words(t, &words);
		report_say(context->report, REPORT_PARAGRAPH, "Plan: %s.", words.at);
		report_say(context->report, REPORT_CODE, "%s", kept.at);
	}
	if (t->unchecked[0] && !p->unchecked)
		trace_caveat(context->report, "The program was not checked: %s", t->unchecked);
	return 0;
}

static void words_join(const struct param_words *words, struct build *out)
{
	for (size_t i = 0; i < words->len; i++)
		build_fmt(out, "%s%s", i ? " " : "", words->at[i]);
}

static enum model_outcome model_ask(struct context *context, const struct trace_params *p, struct trace *t, const struct trace_request *request,
		     int *exit_code, struct error *err)
{
	struct model_wish wish = { .engine = p->engine, .model = p->model, .attempts = p->attempts, .dry = p->dry, .whole = p->whole,
				   .check_only = p->print || p->save };
	enum model_outcome outcome = trace_model(context, t, request, &wish, exit_code, err);

	if (outcome == MODEL_UNUSED && p->dry) {
		report_say(context->report, REPORT_PARAGRAPH, "Nothing would be sent: no model is needed for this question.");
		return MODEL_SHOWN;
	}
	return outcome;
}

/* `exit_code` is what the model's failure means, when it is that. */
static int trace_all(struct context *context, const struct trace_params *p, struct trace *t,
		     struct trace_request *request, int *exit_code, struct error *err)
{
	bool show = p->print || p->save;
	enum model_outcome outcome = MODEL_UNUSED;
	struct view view = { .context = context, .trace = t };
	int code;

	context->only_looked = show || p->dry;
	if (p->as && strcmp(p->as, "libbpf") == 0) {
		struct libbpf_wish wish = { .folder = p->save, .print = p->print, .unchecked = p->unchecked, .top = p->top, .engine = p->engine,
					    .model = p->model, .attempts = p->attempts, .dry = p->dry, .whole = p->whole };

		return trace_libbpf(context, t, request, &wish, exit_code, err);
	}
	code = trace_tracer(t, err);
	/* The plan can be shown without a tracer; nothing can run. */
	if (!code && (t->status == TRACE_OK || show)) {
		char why[sizeof(t->why)];
		enum trace_status status = t->status;

		memcpy(why, t->why, sizeof(why));
		t->status = TRACE_OK;
		t->why[0] = '\0';
		_Static_assert(sizeof(t->unchecked) >= sizeof(why), "one holds the other");
		if (status != TRACE_OK)
			memcpy(t->unchecked, why, sizeof(why));
		code = trace_plan(t, request, err);
		if (!code && t->status == TRACE_OK && !show && status != TRACE_OK) {
			t->status = status;
			memcpy(t->why, why, sizeof(why));
		}
	}
	/* A model that is asked for by name plans by itself. */
	if (code == 0 && t->survey && p->engine && strcmp(p->engine, "model") == 0)
		code = trace_plan_again(t, request, err);
	if (code == 0 && t->bpftrace && geteuid() == 0)
		outcome = model_ask(context, p, t, request, exit_code, err);
	if (outcome == MODEL_FAILED)
		return err->code ? err->code : -EIO;
	if (code < 0 || t->status != TRACE_OK || outcome == MODEL_SHOWN)
		return code;
	if (p->top > 0)
		t->plan.top = p->top;
	if (show)
		return program_show(context, t, request, p, err);
	if (outcome == MODEL_DECIDED)
		return 0;
	/* Only a list ends after so many. */
	if (p->count > 0 && t->plan.measure != MEASURE_EVENTS)
		trace_caveat(context->report, "--count ends a list of events (\"show each …\"); this adds them up, so it was not used.");
	view_open(&view, request);
	code = trace_run(t, request, err);
	live_free(view.live);
	return code;
}

static int run(struct context *context, const void *params_, struct error *err)
{
	const struct trace_params *p = params_;
	AUTO(trace_done) struct trace t = { 0 };
	AUTO_BUILD question = { 0 };
	AUTO_JSON tools = NULL;
	struct trace_request request = { .seconds = p->seconds > 0 ? p->seconds : 0, .events = p->count > 0 ? p->count : 0,
					 .number = report_number };
	int code, exit_code = EXIT_FAILED;

	if (p->vocabulary)
		return vocabulary_check(context, err);
	words_join(&p->question, &question);
	if (text_trim(build_text(&question)).len == 0) {
		fail(err, -EINVAL, "ask something, for example: syswhy trace \"count page faults by process\"");
		return EXIT_USAGE;
	}
	if (p->pid == 0 || p->seconds == 0 || p->count == 0) {
		fail(err, -EINVAL, "%s", p->pid == 0 ? "--pid wants the number of a process, from 1 on" :
		     p->seconds == 0 ? "--for wants a time above 0; without it the default is watched" :
				       "--count wants a number above 0");
		return EXIT_USAGE;
	}
	request.question = build_text(&question);
	if (p->as && strcmp(p->as, "libbpf") == 0 && p->command.len) {
		fail(err, -EINVAL, "--as libbpf writes a program and runs nothing: leave out '-- %s', or name it with --comm", p->command.at[0]);
		return EXIT_USAGE;
	}
	request.options = (struct plan_options){ .pid = p->pid > 0 ? p->pid : 0, .process = p->process };
	if (p->command.len) {
		request.command = p->command.at;
		request.options.command = p->command.at[0];
		request.command_aside = context->json;
		request.whole = p->all;
	}
	code = trace_all(context, p, &t, &request, &exit_code, err);
	/* Beside an answer, not beside a program: it takes as long as planning does. */
	tools = t.vocabulary && !p->print && !p->save && !p->dry ? tools_named(t.vocabulary, t.kernel, request.question) : json_array();
	if (code < 0 && t.status == TRACE_OK)
		t.status = TRACE_FAILED;
	if (code < 0 && !t.why[0])
		snprintf(t.why, sizeof(t.why), "%s", err->text);
	json_fill(report_json(context->report), &t, &request, tools);
	if (code < 0)
		return exit_code;
	if (p->dry)
		return EXIT_DONE;
	text_fill(context->report, &t, &request, request.live > 0 && !context->html, p->full || context->html, tools);
	if (t.planning.verdict == PLAN_UNKNOWN && !t.given)
		nearest_past_say(request.question, context->report);
	/* The report is rendered by the door after this: what it shows must outlive the trace. */
	report_own(context->report, &t.evidence);
	return exit_of(&t);
}

const struct command command_trace = {
	.name = "trace",
	.summary = "Answer a question in plain words from the running kernel",
	.details = "Understands counting, sums, averages, rates, histograms, latencies, each event, and stacks; grouped by "
		   "process, pid, thread, user, file, system call, error, device, address, stack and more; filtered by "
		   "process, pid, user, size, time, port, file name or failure. The question becomes a plan, the plan a "
		   "bpftrace program, and the program runs for the time asked. What this machine cannot show is said, never "
		   "replaced by something else.\n\n"
		   "With '-- COMMAND' the command is held until the probes are live, and what it and all that it starts do is "
		   "measured; with --all, or \"on the whole machine\" in the question, everything meanwhile. With --for or --count the "
		   "watch may end first: the command is left running, also when syswhy is killed; else it dies with it. Ctrl-C reaches it as "
		   "in a shell.\n\n"
		   "With --as libbpf the plan becomes a C program for libbpf with CO-RE instead (NAME.bpf.c, NAME.h, NAME.c, Makefile), in a "
		   "folder of its own. It is compiled, and this kernel's verifier must take it; nothing is attached, and of the program "
		   "nothing is run.\n\n"
		   "Where the planner leaves words of the question unused and a model is configured ('syswhy models'), the model "
		   "writes the program. It passes the same policy and checks, is corrected by its failures at most --attempts times, "
		   "and nothing is sent that was not cleaned of secrets first; --dry-run shows the request.",
	.examples = "syswhy trace \"count page faults by process\"  # a table of the counts\n"
		    "syswhy trace \"histogram of read sizes of nginx\"  # a distribution, one process\n"
		    "syswhy trace \"show each file opened under /etc with the error\"  # one line an event\n"
		    "syswhy trace \"disk I/O latency by device for 30 seconds\"  # latencies\n"
		    "syswhy trace \"count system calls\" -- make  # of a command and all that it starts\n"
		    "syswhy trace --as libbpf \"histogram of read sizes\"  # a C program, which the verifier takes\n"
		    "syswhy trace -o faults.bt \"count page faults by process\"  # save the program",
	.flags = COMMAND_READS | COMMAND_ROOT | COMMAND_LONG | COMMAND_MODEL | COMMAND_KEPT,
	.params = params,
	.params_size = sizeof(struct trace_params),
	.run = run,
};
