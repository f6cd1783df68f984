/* What a person sees of a trace while it runs: a live table or event lines, and what each interval gathered. */
#include "commands/trace_view.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/utf8.h"

#define LONG_LEAST    1
#define LONG_MOST     8 /* more do not fit any line */
#define NUMBER_LEAST  4
#define INTERVAL_ROWS 10

/* How much room the cells of a window take: wide, narrow (80 columns), very narrow (60), and one of 40, where plain
 * numbers (0: none of them) make room for what says which one it is; the report has them. */
static const struct spacing {
	size_t from, time, process, error, text, amount, pid, number, gap;
} spacings[] = {
	{ 90, 11, 15, 12, 15, 9, 8, 8, 2 },
	{ 70, 8, 12, 8, 10, 9, 7, 7, 2 },
	{ 50, 8, 10, 6, 8, 7, 6, 4, 1 },
	{ 0, 6, 7, 6, 6, 7, 6, 0, 1 },
};

static const struct spacing *spacing_of(size_t width)
{
	const struct spacing *spacing = spacings;

	while (width && width < spacing->from)
		spacing++;
	return spacing;
}

static bool column_plain(const struct column *column)
{
	return !column->text && !column->unit && strcmp(column->role, "process") != 0 && strcmp(column->type, "errno") != 0 &&
	       strcmp(column->type, "pid") != 0 && !strstr(column->role, "pid");
}

/* How wide a column of the live lines is, so that they stand under their heads; 0: as wide as there is room. */
static size_t column_width(const struct column *column, const struct spacing *spacing)
{
	if (strcmp(column->role, "process") == 0)
		return spacing->process;
	if (strcmp(column->type, "errno") == 0)
		return spacing->error;
	if (column->text && column->copied)
		return 0; /* paths and the like go last */
	if (column->text)
		return spacing->text;
	if (column_plain(column))
		return spacing->number ? spacing->number : NUMBER_LEAST;
	return column->unit ? spacing->amount : spacing->pid;
}

/* Left out, where the window is too narrow for the long ones to tell anything. */
static bool column_hidden(const struct view *view, const struct column *column, const struct spacing *spacing)
{
	bool others = false;

	vec_each(one, &view->trace->program.columns)
		others |= one->text && one->copied;
	return !column || (others && spacing->number == 0 && column_plain(column));
}

static const struct column *column_of(const struct view *view, const char *role)
{
	vec_each(one, &view->trace->program.columns)
		if (strcmp(one->role, role) == 0)
			return one;
	return NULL;
}

static void cell_write(const struct column *column, const json_t *event, const char *role, struct build *out)
{
	const json_t *cell = event ? json_object_get(event, role) : NULL;

	if (!event)
		build_put(out, role);
	else if (json_is_number(cell) && column->unit)
		report_number(json_number_value(cell), column->unit, out);
	else if (json_is_number(cell))
		build_fmt(out, "%.15g", json_number_value(cell));
	else if (json_is_string(cell))
		build_safe(out, text_of(json_string_value(cell)), false);
}

/* Each cell is cut to its own column: what stands behind it stays where it belongs. */
static void cells_say(struct view *view, const json_t *event, const struct spacing *spacing, struct build *line)
{
	vec_each(role, &view->trace->plan.show) {
		const struct column *column = column_of(view, *role);
		size_t width = column ? column_width(column, spacing) : 0;
		AUTO_BUILD cell = { 0 };

		if (width == 0 || column_hidden(view, column, spacing))
			continue;
		cell_write(column, event, *role, &cell);
		for (size_t used = utf8_cut(line, build_text(&cell), width); used < width + spacing->gap; used++)
			build_char(line, ' ');
	}
}

/* The long ones share what is left of the line; what a later one does not need an earlier one may take, and shifts it. */
static void long_cells_say(struct view *view, const json_t *event, const struct spacing *spacing, size_t width, struct build *line)
{
	struct build cells[LONG_MOST] = { 0 };
	/* The last column of a window stays free. */
	size_t count = 0, used = utf8_columns(build_text(line)) + 1, left = width > used ? width - used : 0, later = 0;

	vec_each(role, &view->trace->plan.show) {
		const struct column *column = column_of(view, *role);

		if (column && column_width(column, spacing) == 0 && count < LONG_MOST)
			cell_write(column, event, *role, &cells[count++]);
	}
	for (size_t i = 1; i < count; i++)
		later += utf8_columns(build_text(&cells[i])) + spacing->gap;
	for (size_t i = 0; i < count; i++) {
		size_t share = left / (count - i), room = left > later + share ? left - later : share, taken;

		if (i + 1 < count) {
			share = share > LONG_LEAST + spacing->gap ? share - spacing->gap : LONG_LEAST;
			room = room > LONG_LEAST + spacing->gap ? room - spacing->gap : LONG_LEAST;
			later -= utf8_columns(build_text(&cells[i + 1])) + spacing->gap;
		}
		taken = utf8_cut(line, build_text(&cells[i]), !width ? SIZE_MAX : room > LONG_LEAST ? room : LONG_LEAST);
		for (size_t end = (taken > share ? taken : share) + spacing->gap; i + 1 < count && taken < end; taken++)
			build_char(line, ' ');
		left = left > taken ? left - taken : 0;
	}
	for (size_t i = 0; i < count; i++)
		build_done(&cells[i]);
}

static void view_line(struct view *view, const json_t *event)
{
	size_t width = report_look_of(STDOUT_FILENO).width;
	const struct spacing *spacing = spacing_of(width);
	AUTO_BUILD line = { 0 };

	if (event)
		build_fmt(&line, "%*.*f%*s", (int)spacing->time, spacing->time > 8 ? 6 : 3, json_get_number(event, "time", 0),
			  (int)spacing->gap, "");
	else
		build_fmt(&line, "%*s%*s", (int)spacing->time, spacing->time < 8 ? "time" : "time (s)", (int)spacing->gap, "");
	cells_say(view, event, spacing, &line);
	long_cells_say(view, event, spacing, width, &line);
	while (line.len && line.at[line.len - 1] == ' ')
		line.at[--line.len] = '\0';
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
	struct report *report;
	AUTO_BUILD text = { 0 };
	AUTO_BUILD head = { 0 };
	struct text rest, line;

	build_fmt(&head, "after %.1f s", time);
	if (view->live) {
		live_show(view->live, head.at, evidence, INTERVAL_ROWS);
		return;
	}
	if (!view->context->live)
		return;
	report = report_new();
	look.rows = INTERVAL_ROWS;
	report_show(report, evidence);
	report_text(report, &look, &text);
	report_free(report);
	rest = build_text(&text);
	text_line(&rest, &line); /* its title is the same every time */
	build_fmt(&head, "\n%.*s\n", TEXT_ARG(rest));
	view->context->live(view->context->door, build_text(&head));
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

/* On stderr: it is no part of the result, and a person who waits wants to know for what. */
static void view_slow(void *context, double seconds, bool attaching)
{
	struct view *view = context;

	if (!view->context->quiet)
		fprintf(stderr, "syswhy trace: after %.0f s bpftrace %s; still waiting (Ctrl-C ends it)\n", seconds,
			attaching ? "is still attaching its probes" : "has attached nothing yet");
}

static void view_update(void *context, const struct trace_so_far *far)
{
	struct view *view = context;
	AUTO_BUILD status = { 0 };

	live_status(far->elapsed, far->left, far->seen, far->unit, far->lost, &status);
	live_update(view->live, far->evidence, status.at);
}

void view_open(struct view *view, struct trace_request *request)
{
	struct context *context = view->context;

	request->watch = (struct trace_watch){ .slow = view_slow, .context = view };
	if (context->json)
		return;
	request->watch = (struct trace_watch){ .interval = view_interval, .slow = view_slow, .waiting = view_waiting, .context = view };
	if (!context->terminal)
		return;
	view->live = live_new(STDOUT_FILENO);
	request->live = view->live ? 1 : 0;
	request->watch.ready = view_ready;
	request->watch.event = view_event;
	request->watch.update = view_update;
}
