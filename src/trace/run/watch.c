/* What is told of a run while it goes on. */
#include "base/log.h"
#include "trace/survey/survey.h"

/* The rows as evidence that only lives for the call; `seconds` is what they were gathered in. */
static void rows_show(struct trace *t, const json_t *rows, double seconds,
		      void (*show)(struct trace *t, const struct evidence *evidence, const struct result *view))
{
	struct evidence_list list = { 0 };
	struct result view;

	result_view(&t->result, rows, seconds, &view);
	show(t, result_evidence(&view, t->vocabulary, &list), &view);
	evidence_list_done(&list);
	json_decref(view.rows);
}

static void interval_show(struct trace *t, const struct evidence *evidence, const struct result *view)
{
	const json_t *last = json_array_get(t->result.intervals, json_array_size(t->result.intervals) - 1);

	(void)view;
	t->request->watch.interval(t->request->watch.context, evidence, json_get_number(last, "time", 0));
}

static double interval_end(const struct trace *t, size_t at)
{
	return json_get_number(json_array_get(t->result.intervals, at), "time", 0);
}

void watch_event(void *context, const struct event *event)
{
	struct trace *t = context;
	const struct trace_watch *watch = &t->request->watch;
	size_t intervals = json_array_size(t->result.intervals);
	double elapsed = now() - t->live_at;
	const json_t *taken = result_take(&t->result, event, elapsed);

	if (t->survey)
		survey_take(t->survey, event, elapsed);

	if (event->kind == EVENT_TICK)
		t->shot_at = elapsed;
	if (watch->interval && json_array_size(t->result.intervals) > intervals) {
		const json_t *maps = json_object_get(json_array_get(t->result.intervals, intervals), "maps");

		rows_show(t, json_object_get(json_array_get(maps, 0), "rows"),
			  interval_end(t, intervals) - (intervals ? interval_end(t, intervals - 1) : 0), interval_show);
	}
	if (taken && watch->event)
		watch->event(watch->context, taken);
}

void watch_ready(void *context)
{
	struct trace *t = context;
	struct error err = { 0 };

	if (program_names_user_code(&t->program) && !t->mappings) {
		t->mappings = mappings_open(&err);
		if (!t->mappings)
			log_stage("names", "functions of programs that end meanwhile stay numbers: %s", err.text);
	}
	t->live_at = now();
	if (t->request->watch.ready)
		t->request->watch.ready(t->request->watch.context);
}

static void update_show(struct trace *t, const struct evidence *evidence, const struct result *view)
{
	const struct trace_watch *watch = &t->request->watch;
	double limit = t->plan.seconds, elapsed = now() - t->live_at;
	struct trace_so_far far = { .evidence = evidence, .elapsed = elapsed, .left = limit > 0 ? limit - elapsed : 0,
				    .lost = t->run.lost, .seen = -1, .unit = t->plan.subject->unit };

	if (!t->program.map && !t->survey)
		far.seen = (double)t->result.event_count;
	else if (view && t->program.measure == MEASURE_HISTOGRAM)
		far.seen = view->total;
	else if (view && result_adds(view)) {
		far.seen = view->total;
		far.unit = result_unit(view);
	}
	watch->update(watch->context, &far);
}

static void survey_show(struct trace *t)
{
	struct evidence_list list = { 0 };

	update_show(t, t->shot_at > 0 ? survey_evidence(t->survey, t->shot_at, false, t->vocabulary, &list) : NULL, NULL);
	evidence_list_done(&list);
}

bool watch_tick(void *context, double elapsed, double firings)
{
	struct trace *t = context;

	(void)firings;
	mappings_read(t->mappings);
	/* The last snapshot of the map is a moment old: a rate is of what was gathered until then. */
	if (t->request->watch.update && t->survey)
		survey_show(t);
	else if (t->request->watch.update && t->program.map && json_array_size(t->result.shot))
		rows_show(t, t->result.shot, t->shot_at > 0 ? t->shot_at : elapsed, update_show);
	else if (t->request->watch.update)
		update_show(t, NULL, NULL);
	return t->plan.events > 0 && t->result.event_count >= (unsigned long)t->plan.events;
}

void watch_waiting(void *context, pid_t command)
{
	struct trace *t = context;

	log_stage("run", "the watch is over; waiting for the command %d", command);
	if (t->request->watch.waiting)
		t->request->watch.waiting(t->request->watch.context, command);
}

void watch_slow(void *context, double seconds, bool attaching)
{
	struct trace *t = context;

	if (t->request->watch.slow)
		t->request->watch.slow(t->request->watch.context, seconds, attaching);
}
