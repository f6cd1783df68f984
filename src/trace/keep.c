/* A program that is checked, or kept in a file, instead of run. */
#include "base/log.h"
#include "trace/trace.h"

static void write_shown(void *context, pid_t tracer, pid_t command, struct build *out)
{
	struct trace *t = context;

	(void)tracer;
	(void)command;
	build_add(out, build_text(&t->shown));
	log_stage("program", "%s", build_text(&t->shown).at);
	log_stage("policy", "it only watches: it may run");
}

static void ignore_event(void *context, const struct event *event)
{
	(void)context;
	(void)event;
}

int trace_check(struct trace *t, struct error *err)
{
	struct run_spec spec = { .bpftrace = t->bpftrace, .dialect = &t->dialect, .strings = t->program.strings,
				 .check = t->dialect.dry_run ? "--dry-run" : "-d",
				 .check_command = text_has(build_text(&t->shown), "cpid"), .write_program = write_shown,
				 .event = ignore_event, .context = t };
	struct run_report report;
	int code = run_program(&spec, &report, err);

	if (code < 0)
		return code;
	if (report.stage != RUN_DONE) {
		trace_attempt(t, build_text(&t->shown), "compile", report.error);
		trace_status_set(t, TRACE_FAILED, "bpftrace does not accept the program: %s", report.error);
	}
	if (report.stage == RUN_DONE)
		log_stage("check", "bpftrace accepts the program");
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
