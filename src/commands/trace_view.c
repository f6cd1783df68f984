/* What a person sees of a trace while it runs: a live table or event lines, and what each interval gathered. */
#include "commands/trace_view.h"
#include <string.h>
#include <unistd.h>
#include "base/utf8.h"

/* How wide a column of the live lines is, so that they stand under their heads. */
static size_t column_width(const struct column *column)
{
	if (strcmp(column->role, "process") == 0)
		return 15;
	if (column->text && column->copied)
		return 0; /* paths and the like go last, as long as they are */
	return column->text ? 15 : column->unit ? 9 : 8;
}

/* Texts of any length come last, whatever the order of the plan: the rest lines up. */
static void cells_say(struct view *view, const json_t *event, bool long_ones, struct build *out)
{
	const struct plan *plan = &view->trace->plan;

	vec_each(role, &plan->show) {
		const struct column *column = NULL;
		size_t before, width, columns;
		json_t *cell;

		vec_each(one, &view->trace->program.columns)
			if (strcmp(one->role, *role) == 0)
				column = one;
		if (!column || (column_width(column) == 0) != long_ones)
			continue;
		before = out->len;
		cell = event ? json_object_get(event, *role) : NULL;
		if (!event)
			build_put(out, *role);
		else if (json_is_number(cell) && column->unit)
			report_number(json_number_value(cell), column->unit, out);
		else if (json_is_number(cell))
			build_fmt(out, "%.15g", json_number_value(cell));
		else if (json_is_string(cell))
			build_safe(out, text_of(json_string_value(cell)), false);
		width = column_width(column);
		for (columns = utf8_columns(text_from(build_text(out), before)); columns < width; columns++)
			build_char(out, ' ');
		build_put(out, "  ");
	}
}

static void view_line(struct view *view, const json_t *event)
{
	AUTO_BUILD line = { 0 };

	if (event)
		build_fmt(&line, "%11.6f  ", json_get_number(event, "time", 0));
	else
		build_put(&line, "   time (s)  ");
	cells_say(view, event, false, &line);
	cells_say(view, event, true, &line);
	live_line(view->live, build_text(&line));
}

static void view_ready(void *context)
{
	struct view *view = context;

	if (view->trace->plan.measure == MEASURE_EVENTS)
		view_line(view, NULL);
}

static void view_event(void *context, const json_t *event)
{
	view_line(context, event);
}

/* One interval's numbers, as they would stand in the report, cut to what a glance takes. */
static void view_interval(void *context, const struct evidence *evidence, double time)
{
	struct view *view = context;
	struct report_look look = report_look_of(STDOUT_FILENO);
	AUTO_BUILD text = { 0 };
	AUTO_BUILD head = { 0 };
	struct report *report = report_new();
	struct text rest, line;

	look.rows = 10;
	report_show(report, evidence);
	report_text(report, &look, &text);
	report_free(report);
	build_fmt(&head, "after %.1f s", time);
	rest = build_text(&text);
	text_line(&rest, &line); /* its title is the same every time */
	if (view->live) {
		live_line(view->live, build_text(&head));
		while (text_line(&rest, &line))
			live_line(view->live, line);
	} else if (view->context->live) {
		build_fmt(&head, "\n%.*s\n", TEXT_ARG(rest));
		view->context->live(view->context->door, build_text(&head));
	}
}

static void view_waiting(void *context, pid_t command)
{
	struct view *view = context;
	AUTO_BUILD line = { 0 };

	build_fmt(&line, "The watch is over; the command (pid %d) still runs and is waited for. Ctrl-C ends it.%s", command,
		  view->live ? "" : "\n");
	if (view->live)
		live_line(view->live, build_text(&line));
	else if (view->context->live)
		view->context->live(view->context->door, build_text(&line));
}

static void view_update(void *context, const struct evidence *evidence, double elapsed, double left,
			unsigned long events, unsigned long lost)
{
	struct view *view = context;
	AUTO_BUILD status = { 0 };

	live_status(elapsed, left, events, lost, &status);
	live_update(view->live, evidence, status.at);
}

void view_open(struct view *view, struct trace_request *request)
{
	struct context *context = view->context;

	if (context->json)
		return;
	request->watch = (struct trace_watch){ .interval = view_interval, .waiting = view_waiting, .context = view };
	if (!context->terminal)
		return;
	view->live = live_new(STDOUT_FILENO);
	request->live = view->live ? 1 : 0;
	request->watch.ready = view_ready;
	request->watch.event = view_event;
	request->watch.update = view_update;
}
