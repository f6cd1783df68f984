/* Evidence as HTML: real tables that can be read without a script, and the data that plots are drawn from. */
#include "report/html.h"
#include <stdio.h>
#include <time.h>

enum { HTML_ROWS = 5000, HTML_SERIES = 40, HTML_STACKS = 50, HTML_FRAMES = 64 };

/* JSON inside a script element: no '<' that could end it, and none of the other signs of markup. */
static void data_add(struct build *out, const json_t *data)
{
	AUTO_FREE char *plain = json_dumps(data, JSON_COMPACT);

	build_put(out, "<script type=\"application/json\">");
	for (const char *at = plain ? plain : "null"; *at; at++) {
		if (*at == '<' || *at == '>' || *at == '&')
			build_fmt(out, "\\u%04x", *at);
		else
			build_char(out, *at);
	}
	build_put(out, "</script>\n");
}

static void cut_note(struct build *out, size_t shown, size_t total, const char *what)
{
	struct figure a, b;

	if (shown >= total)
		return;
	figure_of((double)shown, "", &a);
	figure_of((double)total, "", &b);
	build_fmt(out, "<p class=\"meta\">Shown %s of %s %s.</p>\n", a.number, b.number, what);
}

static void scroll_open(struct build *out, const char *title)
{
	build_put(out, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"");
	html_text(out, text_of(title), false);
	build_put(out, "\">\n<table>\n<thead><tr>");
}

static void head_cell(struct build *out, const struct column *column)
{
	AUTO_BUILD classes = { 0 };

	if (column->number)
		build_put(&classes, "n");
	if (column->key)
		build_put(&classes, classes.len ? " key" : "key");
	build_put(out, "<th scope=\"col\"");
	if (classes.len)
		build_fmt(out, " class=\"%s\"", classes.at);
	if (column->unit && column->unit[0]) {
		build_put(out, " data-unit=\"");
		html_text(out, text_of(column->unit), false);
		build_char(out, '"');
	}
	build_char(out, '>');
	html_text(out, text_of(column->name), false);
	build_put(out, "</th>");
}

/* Which column of the page's table its bar chart shows: the one that the terminal's bars show. */
static int bar_column(const struct grid *grid)
{
	int found = -1;

	if (!grid->bars)
		return -1;
	for (size_t i = 0; i < grid->width; i++) {
		const struct column *column = &grid->columns[i];

		if (column->share)
			return (int)i;
		if (column->number && !column->key && !column->derived)
			found = (int)i;
	}
	return found;
}

static void rows_add(struct build *out, const struct grid *grid, const json_t *rows)
{
	for (size_t r = 0; r < grid->rows; r++) {
		const json_t *row = json_array_get(rows, r);
		size_t index = 0;

		build_put(out, "<tr>");
		for (size_t i = 0; i < grid->width; i++) {
			const struct column *column = &grid->columns[i];
			const struct cell *cell = &grid->cells[r * grid->width + i];
			const json_t *value = json_array_get(row, column->derived ? index - 1 : index);

			index += !column->derived;
			if (column->number && json_is_number(value))
				build_fmt(out, "<td class=\"n\" data-v=\"%.17g\">", json_number_value(value));
			else
				build_put(out, column->number ? "<td class=\"n\">" : "<td>");
			html_text(out, text_of(cell->text), false);
			html_text(out, text_of(cell->unit), false);
			build_put(out, "</td>");
		}
		build_put(out, "</tr>\n");
	}
}

static void table_add(struct build *out, const struct evidence *evidence)
{
	AUTO_ARENA arena = arena_new();
	struct grid grid;

	grid_of(evidence, HTML_ROWS, arena, &grid);
	if (grid.rows == 0) {
		build_put(out, "<p class=\"meta\">Nothing was seen.</p>\n");
		return;
	}
	if (grid.rows == 1 && grid.width == 1 && grid.columns[0].number) {
		double only = json_number_value(json_array_get(json_array_get(json_object_get(evidence->data, "rows"), 0), 0));
		AUTO_BUILD figure = { 0 };

		report_number(only, grid.columns[0].unit, &figure);
		build_put(out, "<p class=\"figure\">");
		html_text(out, build_text(&figure), false);
		build_put(out, "</p>\n");
		return;
	}
	build_fmt(out, "<div class=\"plot\" data-column=\"%d\"></div>\n", bar_column(&grid));
	scroll_open(out, evidence->title);
	for (size_t i = 0; i < grid.width; i++)
		head_cell(out, &grid.columns[i]);
	build_put(out, "</tr></thead>\n<tbody>\n");
	rows_add(out, &grid, json_object_get(evidence->data, "rows"));
	build_put(out, "</tbody>\n</table>\n</div>\n");
	cut_note(out, grid.rows, grid.total_rows, evidence->kind == EVIDENCE_EVENTS ? "events" : "rows");
}

static void histogram_add(struct build *out, const struct evidence *evidence)
{
	const json_t *series = json_object_get(evidence->data, "series"), *one, *item;
	const char *unit = json_get_string(evidence->data, "unit");
	size_t i, b;

	build_put(out, "<div class=\"plot\"></div>\n<details><summary>Numbers</summary>\n");
	scroll_open(out, evidence->title);
	build_put(out, "<th scope=\"col\">key</th><th scope=\"col\">values</th><th scope=\"col\" class=\"n\">count</th>"
		       "</tr></thead>\n<tbody>\n");
	json_array_foreach(series, i, one) {
		AUTO_BUILD key = { 0 };

		if (i == HTML_SERIES)
			break;
		key_line(json_object_get(one, "key"), &key);
		json_array_foreach(json_object_get(one, "buckets"), b, item) {
			struct bucket bucket = bucket_of(item);
			AUTO_BUILD label = { 0 };

			bucket_label(&bucket, unit, &label);
			build_put(out, "<tr><td>");
			html_text(out, build_text(&key), false);
			build_put(out, "</td><td>");
			html_text(out, build_text(&label), false);
			build_fmt(out, "</td><td class=\"n\" data-v=\"%.17g\">", bucket.count);
			report_number(bucket.count, "", out);
			build_put(out, "</td></tr>\n");
		}
	}
	build_put(out, "</tbody>\n</table>\n</div>\n</details>\n");
	cut_note(out, i, json_array_size(series), "histograms");
}

static void stack_row(struct build *out, const json_t *stack, const char *unit, double total)
{
	const json_t *frames = json_object_get(stack, "frames"), *frame;
	double value = json_get_number(stack, "value", 0);
	AUTO_BUILD key = { 0 };
	size_t i;

	key_line(json_object_get(stack, "key"), &key);
	build_fmt(out, "<tr><td class=\"n\">%.1f%%</td><td class=\"n\">", total > 0 ? 100 * value / total : 0);
	report_number(value, unit_scales(unit) ? unit : "", out);
	build_put(out, "</td><td>");
	html_text(out, build_text(&key), false);
	build_put(out, "</td><td class=\"mono\">");
	json_array_foreach(frames, i, frame) {
		if (i)
			build_put(out, "<br>");
		if (i == HTML_FRAMES) {
			build_fmt(out, "… %zu more frames", json_array_size(frames) - i);
			break;
		}
		html_text(out, (struct text){ json_string_value(frame), json_string_length(frame) }, false);
	}
	build_put(out, "</td></tr>\n");
}

static void stacks_add(struct build *out, const struct evidence *evidence)
{
	const json_t *stacks = json_object_get(evidence->data, "stacks"), *stack;
	const char *unit = json_get_string(evidence->data, "unit");
	double total = 0;
	size_t i;

	json_array_foreach(stacks, i, stack)
		total += json_get_number(stack, "value", 0);
	build_put(out, "<div class=\"plot\"></div>\n<details><summary>Heaviest stacks</summary>\n");
	scroll_open(out, evidence->title);
	build_put(out, "<th scope=\"col\" class=\"n\">share</th><th scope=\"col\" class=\"n\">");
	html_text(out, text_of(*unit ? unit : "value"), false);
	build_put(out, "</th><th scope=\"col\">key</th><th scope=\"col\">frames, leaf first</th></tr></thead>\n<tbody>\n");
	json_array_foreach(stacks, i, stack) {
		if (i == HTML_STACKS)
			break;
		stack_row(out, stack, unit, total);
	}
	build_put(out, "</tbody>\n</table>\n</div>\n");
	cut_note(out, i, json_array_size(stacks), "stacks");
	build_put(out, "</details>\n");
}

static void meta_add(struct build *out, const struct evidence *evidence)
{
	time_t began = (time_t)evidence->began;
	char when[64] = "";
	struct tm tm;

	if (evidence->began > 0 && gmtime_r(&began, &tm))
		strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S UTC", &tm);
	build_put(out, "<p class=\"meta\">");
	if (evidence->seconds > 0) {
		build_put(out, "Watched for ");
		report_number(evidence->seconds, "s", out);
		build_put(out, *when ? " from " : "");
	}
	build_fmt(out, "%s</p>\n", when);
	if (evidence->command && *evidence->command) {
		build_put(out, "<details><summary>Command</summary><pre>");
		html_text(out, text_of(evidence->command), true);
		build_put(out, "</pre></details>\n");
	}
}

void html_evidence(const struct page *page, const struct evidence *evidence)
{
	struct build *out = page->out;

	build_fmt(out, "<section id=\"e%u\" data-kind=\"%s\">\n<h2><a href=\"#e%u\">[%u]</a> ", evidence->number,
		  evidence_kind_name(evidence->kind), evidence->number, evidence->number);
	html_text(out, text_of(evidence->title), false);
	build_put(out, "</h2>\n");
	switch (evidence->kind) {
	case EVIDENCE_TEXT:
		build_put(out, "<pre>");
		html_text(out, text_of(json_get_string(evidence->data, "text")), true);
		build_put(out, "</pre>\n");
		break;
	case EVIDENCE_TABLE:
	case EVIDENCE_EVENTS:
		table_add(out, evidence);
		break;
	case EVIDENCE_HISTOGRAM:
		data_add(out, evidence->data);
		histogram_add(out, evidence);
		break;
	case EVIDENCE_STACKS:
		data_add(out, evidence->data);
		stacks_add(out, evidence);
		break;
	}
	meta_add(out, evidence);
	build_put(out, "</section>\n");
}
