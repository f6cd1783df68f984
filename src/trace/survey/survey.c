/* A survey: its looks are planned one by one, and run as one program. */
#include "trace/survey/survey.h"
#include <ctype.h>
#include <string.h>
#include "base/file.h"
#include "base/log.h"
#include "trace/names/names.h"
#include "trace/script/policy.h"

void survey_free(struct survey *survey)
{
	if (!survey)
		return;
	for (size_t i = 0; i < survey->count; i++) {
		struct look *look = &survey->looks[i];

		if (look->measuring)
			result_done(&look->result);
		program_done(&look->program);
		plan_done(&look->plan);
	}
	arena_free(survey->arena);
	free(survey);
}

/* ---- planning ---- */

/* "@waits_for_a_cpu" */
static const char *map_of(struct arena *arena, const char *name)
{
	AUTO_BUILD out = { 0 };

	build_char(&out, '@');
	for (; *name && out.len < 24; name++)
		build_char(&out, isalnum((unsigned char)*name) ? (char)tolower((unsigned char)*name) : '_');
	return arena_text(arena, build_text(&out));
}

static bool adds_up(const struct plan *plan, enum figure_kind figure)
{
	switch (figure) {
	case FIGURE_TAIL:
		return plan->measure == MEASURE_HISTOGRAM;
	case FIGURE_CPUS:
	case FIGURE_BUSY:
		return plan->measure == MEASURE_SUM && plan->value && strcmp(plan->value, "latency") == 0;
	case FIGURE_RATE:
		break;
	}
	return plan->measure == MEASURE_COUNT || plan->measure == MEASURE_SUM;
}

/* Whether what is much of it is told in what is measured: "1 MiB" of pages would be never. */
static bool comparable(const struct look *look)
{
	bool bytes = look->plan.measure == MEASURE_SUM && strcmp(look->plan.value, "size") == 0;

	return look->figure != FIGURE_RATE || look->above < 0 || bytes == look->bytes;
}

/* The scope of "-- COMMAND" is added to the plan that stands in the trace. */
static int look_write(struct trace *t, const struct trace_request *request, struct look *look, struct error *err)
{
	struct program_options plain = { .dialect = &t->dialect };
	struct plan kept = t->plan;
	AUTO_BUILD why = { 0 };
	int code;

	t->plan = look->plan;
	scope_add(t, request);
	look->plan = t->plan;
	t->plan = kept;
	code = program_write(&look->plan, &look->plan.subject->ways.at[look->plan.way], t->vocabulary, t->kernel, &plain, &look->program,
			     &why);
	if (code < 0)
		fail(err, code, "%s", build_text(&why).at);
	program_done(&look->program);
	look->program = (struct program){ 0 };
	return code;
}

static int look_plan(struct trace *t, const struct trace_request *request, const struct plan_options *options, struct look *look,
		     struct error *err)
{
	AUTO(planning_done) struct planning planning = { 0 };
	struct error wrong = { 0 };
	int code;

	plan_init(&look->plan);
	code = plan_make(t->vocabulary, t->kernel, text_of(look->question), options, &look->plan, &planning, err);
	if (code < 0)
		return code;
	look->planned = planning.verdict == PLAN_READY && adds_up(&look->plan, look->figure) &&
			look_write(t, request, look, &wrong) == 0 && comparable(look);
	look->map = map_of(t->survey->arena, look->name);
	if (!look->planned)
		look->why = arena_text(t->survey->arena, planning.why.len ? build_text(&planning.why) : wrong.text[0] ?
				       text_of(wrong.text) : TEXT("it has no such measurement"));
	log_stage("look", "%s: %s", look->name, look->planned ? look->plan.subject->name : look->why);
	return 0;
}

/* The trace's own plan: that of the first look, under the survey's name. */
static int plan_place(struct trace *t, const struct trace_request *request, const struct plan_options *options,
		      const struct look *look, double seconds, struct error *err)
{
	struct subject *subject;
	int code;

	plan_done(&t->plan);
	plan_init(&t->plan);
	planning_done(&t->planning);
	code = plan_make(t->vocabulary, t->kernel, text_of(look->question), options, &t->plan, &t->planning, err);
	if (code < 0)
		return code;
	subject = arena_alloc(t->plan.arena, sizeof(*subject));
	*subject = *t->plan.subject;
	subject->name = arena_fmt(t->plan.arena, "survey.%s", t->survey->name);
	subject->what = arena_text(t->plan.arena, text_of(t->survey->what));
	t->plan.subject = subject;
	t->plan.question = arena_text(t->plan.arena, request->question);
	t->plan.seconds = seconds;
	t->planned = true;
	return 0;
}

/* The processes whose threads are looked at, too. */
static void watched_find(struct survey *survey, const struct plan_options *options)
{
	double pids[WATCHED_MOST] = { 0 };

	if (!survey->stand)
		return;
	survey->named = !options->pid && options->process;
	if (options->pid)
		survey->pids[survey->pid_count++] = (pid_t)options->pid;
	else if (options->process)
		survey->pid_count = pids_running(text_of(options->process), false, pids, COUNT(pids));
	for (size_t i = 0; i < survey->pid_count && !options->pid; i++)
		survey->pids[i] = (pid_t)pids[i];
}

int survey_plan(struct trace *t, const struct trace_request *request, const struct broad *broad, struct error *err)
{
	struct plan_options options = request->options;
	struct program_options plain = { .dialect = &t->dialect };
	const struct look *first = NULL;
	int code;

	t->survey = survey_read(data_folder(), broad->survey, err);
	if (!t->survey)
		return err->code;
	t->survey->cpus = kernel_machine(t->kernel)->cpus;
	if (broad->pid)
		options.pid = broad->pid;
	if (broad->process[0])
		options.process = broad->process;
	if (options.pid || options.process)
		t->survey->whose = options.pid ? arena_fmt(t->survey->arena, " of pid %ld", options.pid) :
						 arena_fmt(t->survey->arena, " of %s", options.process);
	watched_find(t->survey, &options);
	for (size_t i = 0; i < t->survey->count; i++) {
		struct look *look = &t->survey->looks[i];

		code = look_plan(t, request, &options, look, err);
		if (code < 0)
			return code;
		if (look->planned && !first)
			first = look;
	}
	if (!first) {
		trace_status_set(t, TRACE_CANNOT, "This machine cannot show it: %s.", t->survey->looks[0].why);
		return 0;
	}
	code = plan_place(t, request, &options, first, broad->seconds, err);
	if (code < 0)
		return code;
	t->status = TRACE_OK;
	code = trace_program(t, &plain, &t->program, err);
	build_clear(&t->shown);
	build_add(&t->shown, build_text(&t->program.text));
	if (code == 0) {
		scope_tell(t, request);
		scope_check(t, request);
	}
	return code;
}

/* ---- one program of all ---- */

/* Every map gets the look's name: "@latency" is "@cpu_time", and "@start" is "@cpu_time_start". */
static void maps_rename(struct text text, const char *map, const char *name, struct build *out)
{
	bool quoted = false;

	for (size_t i = 0; i < text.len; i++) {
		size_t len = 1;

		quoted ^= text.at[i] == '"' && (i == 0 || text.at[i - 1] != '\\');
		if (quoted || text.at[i] != '@') {
			build_char(out, text.at[i]);
			continue;
		}
		while (i + len < text.len && (isalnum((unsigned char)text.at[i + len]) || text.at[i + len] == '_'))
			len++;
		build_put(out, name);
		if (!text_is((struct text){ text.at + i, len }, map))
			build_fmt(out, "_%.*s", (int)len - 1, text.at + i + 1);
		i += len - 1;
	}
}

/* The block of a probe of which a program may have one: cut out, its inside added to `inside`. */
static void block_take(struct build *text, const char *probe, struct build *inside)
{
	AUTO_BUILD head = { 0 };
	struct text all = build_text(text), rest;
	AUTO_BUILD left = { 0 };
	size_t at, end;

	build_fmt(&head, "%s\n{\n", probe);
	if (!text_find(all, head.at, &at) || (at > 0 && all.at[at - 1] != '\n'))
		return;
	rest = text_from(all, at + head.len);
	if (!text_find(rest, "\n}\n", &end))
		return;
	build_add(inside, text_until(rest, end + 1));
	build_add(&left, text_until(all, at));
	build_add(&left, text_trim(text_from(rest, end + 3)));
	build_clear(text);
	build_fmt(text, "%.*s\n", TEXT_ARG(text_trim(build_text(&left)))); /* the end of the last block, by which it is found */
}

static void probes_add(struct program *program, const struct program *part)
{
	vec_each(probe, &part->probes) {
		bool known = false;

		vec_each(old, &program->probes)
			known |= strcmp(*old, *probe) == 0;
		if (!known)
			vec_push(&program->probes, *probe);
	}
}

static void block_put(struct build *out, const char *probe, const struct build *inside)
{
	if (inside->len)
		build_fmt(out, "%s%s\n{\n%s}\n", out->len ? "\n" : "", probe, inside->at);
}

int survey_program(struct trace *t, const struct program_options *options, struct program *program, struct error *err)
{
	AUTO_BUILD begin = { 0 };
	AUTO_BUILD end = { 0 };
	AUTO_BUILD middle = { 0 };

	*program = (struct program){ .way = &t->plan.subject->ways.at[t->plan.way], .measure = t->plan.measure };
	for (size_t i = 0; i < t->survey->count; i++) {
		struct look *look = &t->survey->looks[i];
		AUTO_BUILD why = { 0 };
		AUTO_BUILD text = { 0 };

		if (!look->planned)
			continue;
		program_done(&look->program);
		if (program_write(&look->plan, &look->plan.subject->ways.at[look->plan.way], t->vocabulary, t->kernel, options, &look->program,
				  &why) < 0)
			return fail(err, -EOPNOTSUPP, "%s", build_text(&why).at);
		maps_rename(build_text(&look->program.text), look->program.map, look->map, &text);
		look->program.map = look->map;
		block_take(&text, "BEGIN", &begin);
		block_take(&text, "END", &end);
		build_fmt(&middle, "%s// %s: %s\n%.*s\n", middle.len ? "\n" : "", look->name, look->question,
			  TEXT_ARG(text_trim(build_text(&text))));
		probes_add(program, &look->program);
		if (look->program.strings && (!program->strings || look->program.strings < program->strings))
			program->strings = look->program.strings;
	}
	/* One limit holds for all of them. */
	for (size_t i = 0; i < t->survey->count; i++)
		program_strings_set(&t->survey->looks[i].program, program->strings);
	block_put(&program->text, "BEGIN", &begin);
	build_fmt(&program->text, "%s%s", program->text.len ? "\n" : "", build_text(&middle).at);
	block_put(&program->text, "END", &end);
	return policy_check(build_text(&program->text), err);
}

/* ---- while it runs ---- */

void survey_begin(struct survey *survey)
{
	standstill_begin(&survey->standstill, survey->pids, survey->pid_count);
	if (survey->pid_count)
		throttle_read(survey->pids[0], &survey->quota_before);
	for (size_t i = 0; i < survey->count; i++) {
		struct look *look = &survey->looks[i];

		if (look->measuring)
			result_done(&look->result);
		look->measuring = look->planned;
		look->first = look->last = look->coming = (struct snapshot){ 0 };
		if (look->planned)
			result_init(&look->result, &look->plan, &look->program);
	}
}

/* A snapshot is one when a tick follows: what is printed at the end is of no known time. */
static void snapshot_take(struct look *look, const struct event *event, double elapsed)
{
	const json_t *row;
	size_t i;

	if (event->kind == EVENT_TICK && look->coming.at > 0) {
		if (look->first.at <= 0)
			look->first = look->coming;
		look->last = look->coming;
		look->coming.at = 0;
	} else if (event->kind != EVENT_TICK && json_is_object(event->data) && json_object_get(event->data, look->map)) {
		look->coming = (struct snapshot){ .at = elapsed };
		json_array_foreach(look->result.shot, i, row)
			look->coming.total += json_get_number(row, "value", 0);
	}
}

void survey_take(struct survey *survey, const struct event *event, double elapsed)
{
	for (size_t i = 0; i < survey->count; i++)
		if (survey->looks[i].measuring) {
			result_take(&survey->looks[i].result, event, elapsed);
			snapshot_take(&survey->looks[i], event, elapsed);
		}
}

void survey_finish(struct survey *survey, double seconds)
{
	standstill_end(&survey->standstill, survey->pids, survey->pid_count);
	if (survey->pid_count)
		throttle_read(survey->pids[0], &survey->quota);
	for (size_t i = 0; i < survey->count; i++)
		if (survey->looks[i].measuring)
			result_finish(&survey->looks[i].result, seconds);
}
