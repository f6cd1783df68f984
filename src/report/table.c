/* Tables and event lists as lines of text: aligned, cut to the width, never wrapped. */
#include "report/blocks.h"

enum { GAP = 2, TEXT_LEAST = 8, BAR_LEAST = 6, BAR_MOST = 30 };

static size_t grid_columns(const struct grid *grid)
{
	size_t sum = grid->width ? (grid->width - 1) * GAP : 0;

	for (size_t i = 0; i < grid->width; i++)
		sum += grid->columns[i].width;
	return sum;
}

static void column_drop(struct grid *grid, size_t drop)
{
	for (size_t r = 0; r < grid->rows; r++) {
		struct cell *row = &grid->cells[r * grid->width];

		memmove(&row[drop], &row[drop + 1], (grid->width - drop - 1) * sizeof(*row));
	}
	for (size_t r = 1; r < grid->rows; r++)
		memmove(&grid->cells[r * (grid->width - 1)], &grid->cells[r * grid->width],
			(grid->width - 1) * sizeof(struct cell));
	memmove(&grid->columns[drop], &grid->columns[drop + 1],
		(grid->width - drop - 1) * sizeof(struct column));
	grid->width--;
}

/* Takes columns from the widest text until it fits; false when even that is not enough. */
static bool grid_fit(struct grid *grid, size_t room)
{
	for (;;) {
		struct column *widest = NULL;
		size_t sum = grid_columns(grid), drop = grid->width;

		if (sum <= room)
			return true;
		for (size_t i = 0; i < grid->width; i++) {
			struct column *column = &grid->columns[i];
			/* A number is never cut, but the name above it may be. */
			size_t least = column->number ? column->text_columns + column->unit_columns : TEXT_LEAST;

			if (column->derived)
				drop = i;
			if (column->width > least && (!widest || column->width > widest->width))
				widest = column;
		}
		if (widest)
			widest->width--;
		else if (drop < grid->width)
			column_drop(grid, drop);
		else
			return false;
	}
}

static void paint_cell(const struct paint *paint, const struct column *column, const struct cell *cell, bool last)
{
	struct text t = text_of(cell->text);
	size_t used;

	if (column->number) {
		size_t units = column->unit_columns;

		paint_pad(paint, column->width - cell->text_columns - units);
		build_add(paint->out, t);
		build_put(paint->out, cell->unit);
		if (!last)
			paint_pad(paint, units - cell->unit_columns);
		return;
	}
	if (cell->unit[0]) { /* a number among texts */
		AUTO_BUILD whole = { 0 };

		build_fmt(&whole, "%s%s", cell->text, cell->unit);
		used = paint_cut(paint, build_text(&whole), column->width);
	} else {
		used = paint_cut(paint, t, column->width);
	}
	if (!last)
		paint_pad(paint, column->width - used);
}

static void paint_head(const struct paint *paint, const struct grid *grid)
{
	AUTO_BUILD line = { 0 };
	struct paint inner = { &line, paint->look, false };

	for (size_t i = 0; i < grid->width; i++) {
		const struct column *column = &grid->columns[i];
		struct text name = text_of(column->name);
		size_t columns = utf8_columns(name), pad = columns < column->width ? column->width - columns : 0;

		if (i)
			paint_pad(&inner, GAP);
		if (column->number)
			paint_pad(&inner, pad);
		paint_cut(&inner, name, column->width);
		if (!column->number && i + 1 < grid->width)
			paint_pad(&inner, pad);
	}
	paint_pad(paint, TEXT_INDENT);
	paint_tinted(paint, TINT_FAINT, build_text(&line));
	build_char(paint->out, '\n');
}

static void paint_bar(const struct paint *paint, double part, size_t room)
{
	char bar[BAR_MOST + 1];
	size_t length = (size_t)(part * (double)room + 0.5);

	if (length == 0)
		return;
	memset(bar, '#', length);
	paint_pad(paint, GAP);
	paint_tinted(paint, TINT_BAR, (struct text){ bar, length });
}

/* Too narrow for columns: each row is a short list of names and values. */
static void paint_records(const struct paint *paint, const struct grid *grid, size_t room)
{
	size_t names = 0;

	for (size_t i = 0; i < grid->width; i++) {
		size_t columns = utf8_columns(text_of(grid->columns[i].name));

		names = columns > names ? columns : names;
	}
	if (names > room / 3)
		names = room / 3;
	for (size_t r = 0; r < grid->rows; r++) {
		if (r)
			build_char(paint->out, '\n');
		for (size_t i = 0; i < grid->width; i++) {
			const struct cell *cell = &grid->cells[r * grid->width + i];
			AUTO_BUILD value = { 0 };

			paint_pad(paint, TEXT_INDENT);
			paint_pad(paint, names - paint_cut(paint, text_of(grid->columns[i].name), names) + GAP);
			build_fmt(&value, "%s%s", cell->text, cell->unit);
			paint_cut(paint, build_text(&value), room > names + GAP ? room - names - GAP : 1);
			build_char(paint->out, '\n');
		}
	}
}

static void paint_grid(const struct paint *paint, const struct grid *grid, size_t room)
{
	size_t bar = 0, taken = grid_columns(grid);

	if (grid->bars && room > taken + GAP + BAR_LEAST)
		bar = room - taken - GAP > BAR_MOST ? BAR_MOST : room - taken - GAP;
	paint_head(paint, grid);
	for (size_t r = 0; r < grid->rows; r++) {
		paint_pad(paint, TEXT_INDENT);
		for (size_t i = 0; i < grid->width; i++) {
			if (i)
				paint_pad(paint, GAP);
			paint_cell(paint, &grid->columns[i], &grid->cells[r * grid->width + i],
				   i + 1 == grid->width && !bar);
		}
		if (bar)
			paint_bar(paint, grid->bars[r], bar);
		build_char(paint->out, '\n');
	}
}

void paint_table(const struct paint *paint, const struct evidence *evidence)
{
	unsigned most = paint->look->rows ? paint->look->rows : TABLE_ROWS;
	AUTO_ARENA arena = arena_new();
	struct grid grid;
	size_t room;

	grid_of(evidence, most, arena, &grid);
	if (grid.rows == 0) {
		paint_note(paint, evidence->kind == EVIDENCE_EVENTS ? "no events" : "no rows");
		return;
	}
	room = paint->look->width > TEXT_INDENT ? paint->look->width - TEXT_INDENT : 0;
	for (size_t i = 0; i < grid.width; i++) {
		struct column *column = &grid.columns[i];
		size_t name = utf8_columns(text_of(column->name));
		size_t cells = column->text_columns + column->unit_columns;

		column->width = cells > name ? cells : name;
	}
	if (grid.rows == 1 && grid.width == 1) {
		const json_t *only = json_array_get(json_array_get(json_object_get(evidence->data, "rows"), 0), 0);

		paint_pad(paint, TEXT_INDENT);
		if (json_is_number(only))
			report_number(json_number_value(only), grid.columns[0].unit, paint->out);
		else
			paint_cut(paint, text_of(grid.cells[0].text), room);
		build_char(paint->out, '\n');
	} else if (!room || grid_fit(&grid, room)) {
		paint_grid(paint, &grid, room);
	} else {
		paint_records(paint, &grid, room);
	}
	if (grid.total_rows > grid.rows) {
		struct figure shown, total;

		figure_of((double)grid.rows, "", &shown);
		figure_of((double)grid.total_rows, "", &total);
		paint_note(paint, "shown %s of %s %s", shown.number, total.number,
			   evidence->kind == EVIDENCE_EVENTS ? "events" : "rows");
	}
}
