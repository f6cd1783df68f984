/* A program that is checked, or kept in a file, instead of run. */
#include <stdio.h>
#include "base/log.h"
#include "trace/trace.h"

struct checking {
	struct trace *trace;
	bool parsed; /* it showed what it read */
	bool garbled;
};

static void write_shown(void *context, pid_t tracer, pid_t command, struct build *out)
{
	struct trace *t = ((struct checking *)context)->trace;

	(void)tracer;
	(void)command;
	build_add(out, build_text(&t->shown));
	log_stage("program", "%s", build_text(&t->shown).at);
	log_stage("policy", "it only watches: it may run");
}

/* A check writes text, not JSON: bare -d the tree that it has read, a newer dry run next to nothing. */
static void check_event(void *context, const struct event *event)
{
	struct checking *checking = context;
	AUTO_BUILD safe = { 0 };

	build_safe(&safe, text_until(event->line, event->line.len < 400 ? event->line.len : 400), true);
	checking->parsed |= text_starts(event->line, "Program");
	checking->garbled |= !run_readable(build_text(&safe));
}

int trace_check(struct trace *t, struct error *err)
{
	struct checking checking = { .trace = t };
	struct run_spec spec = { .bpftrace = t->bpftrace, .dialect = &t->dialect, .strings = t->program.strings,
				 .check = t->dialect.dry_run ? "--dry-run" : "-d",
				 .check_command = text_has(build_text(&t->shown), "cpid"), .write_program = write_shown,
				 .event = check_event, .context = &checking };
	struct run_report report;
	int code = run_program(&spec, &report, err);

	t->unchecked[0] = '\0';
	if (code < 0)
		return code;
	if (report.hung) {
		snprintf(t->unchecked, sizeof(t->unchecked), "bpftrace hangs: %.900s.", report.error);
	} else if (report.stage != RUN_DONE) {
		trace_attempt(t, build_text(&t->shown), "compile", report.error);
		trace_status_set(t, TRACE_FAILED, "bpftrace does not accept the program: %s", report.error);
	} else if (report.interrupted) {
		snprintf(t->unchecked, sizeof(t->unchecked), "it was interrupted before bpftrace had looked at it.");
	} else if (t->dialect.dry_run ? checking.garbled : !checking.parsed) {
		snprintf(t->unchecked, sizeof(t->unchecked), "bpftrace ended without a complaint, but what it wrote is no check of a "
			 "program. `syswhy doctor` tries it by itself.");
	} else {
		log_stage("check", "bpftrace accepts the program");
	}
	return 0;
}

int trace_keep(struct trace *t, const struct trace_request *request, struct build *out, struct error *err)
{
	struct program_options options = { .dialect = &t->dialect, .person = true };
	AUTO_PROGRAM program = { 0 };
	AUTO_BUILD words = { 0 };
	AUTO_BUILD question = { 0 };
	AUTO_BUILD run = { 0 };
	int code = trace_program(t, &options, &program, err);

	if (code < 0)
		return code;
	trace_words(t, &words);
	build_safe(&question, request->question, false);
	trace_by_hand(t, request, "FILE", &run);
	build_fmt(out, "#!/usr/bin/env bpftrace\n// %s\n//\n// Shows: %s.\n// Written by syswhy for %s on Linux %s.\n"
		  "// Run: %s, and stop it with Ctrl-C; the maps are printed then.\n", question.at, words.at,
		  t->version ? t->version : "bpftrace", kernel_machine(t->kernel)->release, run.at);
	if (t->plan.subject->hint && !t->survey)
		build_fmt(out, "// %s\n", t->plan.subject->hint);
	if (!program.map && !t->survey) {
		build_put(out, "// Columns: microseconds since the start");
		vec_each(column, &program.columns)
			build_fmt(out, ", %s", column->role);
		build_put(out, ".\n");
	}
	build_char(out, '\n');
	build_add(out, build_text(&program.text));
	build_clear(&t->shown);
	build_add(&t->shown, build_text(out));
	return 0;
}
