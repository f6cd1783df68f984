/* A question from its words to its answer. */
#include "trace/trace.h"
#include <ctype.h>
#include <string.h>
#include "base/file.h"
#include "base/log.h"
#include "kernel/object.h"
#include "trace/run/failures.h"
#include "trace/plan/plan_given.h"
#include "trace/script/policy.h"
#include "trace/survey/survey.h"

#define SECONDS_DEFAULT 10

const char *trace_status_name(enum trace_status status)
{
	static const char *const names[] = { "ok", "no_events", "cannot", "refused", "failed" };

	return names[status];
}

void trace_done(struct trace *t)
{
	json_decref(t->attempts);
	json_decref(t->plan_given);
	if (t->ran)
		result_done(&t->result);
	survey_free(t->survey);
	program_done(&t->program);
	planning_done(&t->planning);
	plan_done(&t->plan);
	evidence_list_done(&t->evidence);
	build_done(&t->shown);
	build_done(&t->answer);
	vocabulary_free(t->vocabulary);
	kernel_free(t->kernel);
	free(t->bpftrace);
	free(t->version);
	*t = (struct trace){ 0 };
}

void trace_status_set(struct trace *t, enum trace_status status, const char *format, ...)
{
	va_list args;

	t->status = status;
	va_start(args, format);
	vsnprintf(t->why, sizeof(t->why), format, args);
	va_end(args);
}

/* ---- planning ---- */

void trace_words(const struct trace *t, struct build *out)
{
	if (t->survey)
		build_put(out, t->plan.subject->what);
	else
		plan_words(&t->plan, t->vocabulary, out);
}

static void verdict_say(struct trace *t)
{
	static const char *const marks[] = { "", "; or \"", "; or \"" };
	AUTO_BUILD nearest = { 0 };

	for (size_t i = 0; i < COUNT(t->planning.nearest) && t->planning.nearest[i]; i++)
		build_fmt(&nearest, "%s%s\"", i ? marks[i] : "\"", t->planning.nearest[i]);
	build_put(&nearest, "");
	/* Reasons of the vocabulary may end with their own full stop. */
	while (t->planning.why.len && t->planning.why.at[t->planning.why.len - 1] == '.')
		t->planning.why.at[--t->planning.why.len] = '\0';
	switch (t->planning.verdict) {
	case PLAN_READY:
		break;
	case PLAN_CANNOT:
		trace_status_set(t, TRACE_CANNOT, "This machine cannot show it: %s.", build_text(&t->planning.why).at);
		break;
	case PLAN_REFUSED:
		trace_status_set(t, TRACE_REFUSED, "Refused: %s.", build_text(&t->planning.why).at);
		break;
	case PLAN_UNKNOWN:
		trace_status_set(t, TRACE_CANNOT, "Not understood: %s.%s%s%s %s: %s.",
			   build_text(&t->planning.unplaced).at, t->planning.why.len ? " (" : "",
			   t->planning.why.len ? t->planning.why.at : "", t->planning.why.len ? ".)" : "",
			   t->planning.starters ? "No question that works is near it; some to begin with" : "The nearest questions that work",
			   nearest.at);
		break;
	}
}

int trace_program(struct trace *t, const struct program_options *options, struct program *program,
			struct error *err)
{
	AUTO_BUILD why = { 0 };
	const struct way *way = &t->plan.subject->ways.at[t->plan.way];
	int code;

	if (t->survey)
		return survey_program(t, options, program, err);
	code = program_write(&t->plan, way, t->vocabulary, t->kernel, options, program, &why);

	if (code < 0)
		return fail(err, code, "%s", build_text(&why).at);
	return policy_check(build_text(&program->text), err);
}

static int program_scoped(struct trace *t, const struct trace_request *request, const struct program_options *options,
			  struct error *err)
{
	bool scoped = scope_add(t, request);
	int code = trace_program(t, options, &t->program, err);

	if (scoped && code == -EOPNOTSUPP) {
		t->plan.where.len--;
		error_clear(err);
		program_done(&t->program);
		code = trace_program(t, options, &t->program, err);
	}
	scope_tell(t, request);
	return code;
}

static int plan_again(struct trace *t, const struct trace_request *request, const struct plan_options *options,
		      struct error *err)
{
	struct program_options plain = { .dialect = &t->dialect };
	struct plan plan;
	int code;

	planning_done(&t->planning);
	plan_init(&plan);
	code = t->plan_given ? plan_given(t->vocabulary, t->kernel, t->plan_given, request->question, options, &plan, &t->planning, err) :
			       plan_make(t->vocabulary, t->kernel, request->question, options, &plan, &t->planning, err);
	if (code < 0 || t->planning.verdict != PLAN_READY) {
		plan_done(&plan);
		verdict_say(t);
		return code;
	}
	/* What ran before belongs to the plan that it was made from. */
	if (t->ran)
		result_done(&t->result);
	t->ran = false;
	plan_done(&t->plan);
	t->plan = plan;
	t->planned = true;
	t->status = TRACE_OK;
	program_done(&t->program);
	code = program_scoped(t, request, &plain, err);
	if (code == -EACCES) {
		trace_status_set(t, TRACE_REFUSED, "Refused by policy: %s.", err->text);
		error_clear(err);
		return 0;
	}
	build_clear(&t->shown);
	build_add(&t->shown, build_text(&t->program.text));
	if (code == 0)
		scope_check(t, request);
	return code;
}

int trace_plan_again(struct trace *t, const struct trace_request *request, struct error *err)
{
	survey_free(TAKE(t->survey));
	return plan_again(t, request, &request->options, err);
}

static int plan_first(struct trace *t, const struct trace_request *request, struct error *err)
{
	AUTO_FREE char *folder = NULL;
	struct broad broad;
	int code;

	t->attempts = json_array();
	t->kernel = kernel_new();
	if (t->dialect.version == 0)
		t->dialect.version = 17; /* until trace_tracer() knows better */
	if (asprintf(&folder, "%s/vocabulary", data_folder()) < 0)
		return fail(err, -ENOMEM, "out of memory");
	t->vocabulary = vocabulary_read(folder, NULL, err);
	if (!t->vocabulary)
		return err->code;
	broad_read(t->vocabulary, t->kernel, request, &broad);
	code = broad.survey[0] && !t->plan_given && kernel_tracefs(t->kernel, err) ? survey_plan(t, request, &broad, err) :
		plan_again(t, request, &request->options, err);
	if (code < 0) {
		trace_status_set(t, TRACE_CANNOT, "%s", err->text);
		error_clear(err);
		return 0;
	}
	if (t->planned) {
		AUTO_BUILD words = { 0 };

		trace_words(t, &words);
		if (t->plan.words)
			log_stage("words", "%s", t->plan.words);
		log_stage("plan", "%s (%s)", words.at, t->plan.subject->name);
	}
	return 0;
}

int trace_plan(struct trace *t, const struct trace_request *request, struct error *err)
{
	int code;

	objects_keep(true);
	code = plan_first(t, request, err);
	objects_keep(false);
	return code;
}

/* ---- running ---- */

/* Only a program that the policy lets pass comes to be run. */
static void program_log(const struct trace *t)
{
	log_stage("program", "%s", build_text(&t->program.text).at);
	log_stage("policy", "it only watches: it may run");
}

static void write_program(void *context, pid_t tracer, pid_t command, struct build *out)
{
	struct trace *t = context;
	struct error err = { 0 };
	struct program_options options = { .dialect = &t->dialect, .self = { tracer, getpid() }, .tree = command,
					   .live = t->request->live };

	if (t->given) {
		build_add(out, build_text(&t->program.text));
		program_log(t);
		return;
	}
	if (t->survey) /* which needs snapshots, shown or not */
		options.live = t->plan.seconds > 0 && t->plan.seconds < 4 ? 0.5 : 1;
	/* In another pid namespace our numbers are not the kernel's. */
	if (!kernel_machine(t->kernel)->initial_pid_ns)
		options.self[0] = options.self[1] = 0;
	/* Neither of them descends from the command. */
	vec_each(condition, &t->plan.where)
		if (condition->compare == COMPARE_TREE)
			options.self[0] = options.self[1] = 0;
	program_done(&t->program);
	if (trace_program(t, &options, &t->program, &err) < 0)
		log_stage("program", "%s", err.text); /* cannot happen: the same plan was written before */
	else
		program_log(t);
	build_add(out, build_text(&t->program.text));
}

void trace_attempt(struct trace *t, struct text program, const char *stage, const char *error)
{
	json_t *attempt = json_object();
	AUTO_BUILD class = { .ceiling = 64 };
	struct error ignored = { 0 }; /* a table that cannot be read classifies nothing */

	if (strcmp(stage, "done") != 0)
		failure_class(data_folder(), t->tool ? t->tool : "bpftrace", stage, text_of(error), &class, NULL, &ignored);
	json_object_set_new(attempt, "program", json_text(program));
	json_object_set_new(attempt, "stage", json_str(stage));
	json_object_set_new(attempt, "class", json_text(build_text(&class)));
	json_object_set_new(attempt, "error", json_str(error));
	json_array_append_new(t->attempts, attempt);
	log_stage(stage, "%s", error);
}

static void attempt_add(struct trace *t, const char *stage, const char *error)
{
	trace_attempt(t, build_text(&t->shown), stage, error);
}

/* A probe in a program traps into the kernel at each firing, which costs far more than what it then runs; the
 * figure is of the right size for x86-64 and arm64, and errs on the side of the machine. */
static double firing_cost(const struct program *program)
{
	vec_each(probe, &program->probes)
		if (strncmp(*probe, "uprobe:", 7) == 0 || strncmp(*probe, "uretprobe:", 10) == 0 ||
		    strncmp(*probe, "usdt:", 5) == 0)
			return 1000;
	return 50;
}

static bool address_name(void *context, unsigned long long address, struct build *out)
{
	return mappings_name(context, address, out);
}

static int run_once(struct trace *t, const struct trace_request *request, struct error *err)
{
	struct run_report report;
	pid_t watched[8] = { 0 };
	struct run_spec spec = { .bpftrace = t->bpftrace, .dialect = &t->dialect, .strings = t->program.strings, .keys = t->program.keys,
				 .seconds = t->plan.seconds, .watched = watched,
				 .command_survives = t->plan.seconds > 0 || t->plan.events > 0,
				 .guard = 0.3 * kernel_machine(t->kernel)->cpus, .cpus = kernel_machine(t->kernel)->cpus,
				 .extra_ns = firing_cost(&t->program), .command = request->command,
				 .command_aside = request->command_aside,
				 .write_program = write_program, .ready = watch_ready, .event = watch_event,
				 .tick = watch_tick, .slow = watch_slow, .waiting = watch_waiting, .context = t };
	int code;

	scope_pids(t, watched, COUNT(watched));
	if (t->ran)
		result_done(&t->result);
	result_init(&t->result, &t->plan, &t->program);
	t->result.events_most = t->plan.events > 0 ? (unsigned long)t->plan.events : 0;
	if (t->survey)
		survey_begin(t->survey);
	t->ran = true;
	t->run = (struct run_report){ 0 };
	t->live_at = now();
	code = run_program(&spec, &report, err);
	t->run = report;
	if (t->mappings) {
		mappings_read(t->mappings);
		result_rename(&t->result, address_name, t->mappings);
		mappings_free(TAKE(t->mappings));
	}
	result_finish(&t->result, report.seconds);
	if (t->survey)
		survey_finish(t->survey, report.seconds);
	return code;
}

static void failure_say(struct trace *t)
{
	AUTO_BUILD why = { 0 };
	bool allowed = run_failure(&t->run, &why);

	why.at[0] = (char)(text_starts(build_text(&why), "bpftrace") ? why.at[0] : toupper((unsigned char)why.at[0]));
	trace_status_set(t, allowed ? TRACE_FAILED : TRACE_CANNOT, "%s", why.at);
}

static void conclude(struct trace *t, const struct trace_request *request)
{
	struct next_from from = { t->vocabulary, t->kernel, &t->plan };
	struct evidence *evidence;
	struct next next;
	AUTO_BUILD command = { 0 };

	if (t->run.seconds <= 0) {
		trace_status_set(t, TRACE_FAILED, "%s before the probes were live: nothing was watched.",
				 t->run.interrupted ? "Interrupted" : "What was to be watched ended");
		return;
	}
	if (t->survey) {
		t->status = TRACE_OK;
		t->why[0] = '\0';
		evidence_command(survey_evidence(t->survey, t->run.seconds, true, t->vocabulary, &t->evidence), "bpftrace", 0, t->run.seconds);
		survey_stand(t->survey, t->kernel, &t->evidence);
		survey_answer(t->survey, &t->run, &from, request->number, &t->answer);
		return;
	}
	if (t->given && t->result.misfit[0]) {
		trace_status_set(t, TRACE_FAILED, "What the program printed is not of the form that was described: %s.", t->result.misfit);
		attempt_add(t, "keys", t->result.misfit);
		return;
	}
	if (result_empty(&t->result)) {
		AUTO_BUILD nothing = { 0 };

		answer_nothing(&t->result, &t->run, t->vocabulary, &nothing);
		trace_status_set(t, TRACE_NO_EVENTS, "%s", nothing.at);
		build_put(&t->answer, nothing.at);
		return;
	}
	t->status = TRACE_OK;
	t->why[0] = '\0'; /* of a way that did not run */
	evidence = result_evidence(&t->result, t->vocabulary, &t->evidence);
	build_fmt(&command, "bpftrace, %zu probes", t->program.probes.len);
	evidence_command(evidence, command.at, 0, t->run.seconds);
	log_stage("evidence", "[%u] %s", evidence->number, evidence->title);
	answer_write(&t->result, &t->run, t->vocabulary, request->number, &t->answer);
	log_stage("answer", "written from [%u]", evidence->number);
	next_find(&from, &next);
	for (size_t i = 0; i < next.count; i++)
		build_fmt(&t->answer, "%s\"%s\"%s", i ? " or " : " Ask next: ", next.questions[i], i + 1 < next.count ? "" : ".");
}

bool trace_next_way(struct trace *t, const struct trace_request *request, struct plan_options *options, struct error *err)
{
	const struct way *failed = &t->plan.subject->ways.at[t->plan.way];
	size_t count = 0;
	struct run_report report = t->run;
	enum trace_status status = t->status;
	char why[sizeof(t->why)];

	if (t->survey || !vocabulary_subject(t->vocabulary, t->plan.subject->name))
		return false;
	while (count + 1 < COUNT(options->failed) && options->failed[count])
		count++;
	if (count + 1 >= COUNT(options->failed))
		return false;
	options->failed[count] = failed;
	memcpy(why, t->why, sizeof(why));
	if (plan_again(t, request, options, err) < 0 || t->status != TRACE_OK) {
		error_clear(err);
		t->run = report;
		t->status = status == TRACE_CANNOT ? status : TRACE_FAILED;
		memcpy(t->why, why, sizeof(why));
		return false;
	}
	return true;
}

int trace_run(struct trace *t, const struct trace_request *request, struct error *err)
{
	struct plan_options options = request->options;

	t->request = request;
	for (;;) {
		int code;

		if (request->seconds > 0)
			t->plan.seconds = request->seconds;
		if (request->events > 0)
			t->plan.events = request->events;
		if (t->plan.seconds <= 0 && !request->command)
			t->plan.seconds = SECONDS_DEFAULT;
		code = run_once(t, request, err);
		if (code < 0)
			return code;
		if (t->run.stage == RUN_DONE || t->run.stage == RUN_BUSY || t->run.interrupted)
			break;
		attempt_add(t, run_stage_name(t->run.stage), t->run.error);
		failure_say(t);
		/* What died while it was watching was no wrong way, nor is one that hangs; and the command shall not run twice. */
		if (t->status == TRACE_CANNOT || t->run.seconds > 0 || t->run.hung || !trace_next_way(t, request, &options, err)) {
			if (t->status == TRACE_OK)
				t->status = TRACE_FAILED;
			return 0;
		}
	}
	conclude(t, request);
	if (t->status == TRACE_NO_EVENTS)
		attempt_add(t, "empty", "the probes were live, and nothing passed");
	return 0;
}
