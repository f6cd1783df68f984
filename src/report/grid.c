/* Tables and event lists, formatted cell by cell for every renderer. */
#include "report/blocks.h"
#include <math.h>
#include <stdio.h>

enum { MOST_COLUMNS = 64 };

static const char *safe_text(struct arena *arena, struct text foreign)
{
	AUTO_BUILD safe = { .ceiling = 65536 };

	build_safe(&safe, foreign, false);
	return arena_text(arena, build_text(&safe));
}

static const char *column_text(const json_t *columns, size_t i, const char *key)
{
	return json_get_string(json_array_get(columns, i), key);
}

/* Counts of things are added up only where the column says so ("share": true) and the whole is known. */
static bool share_known(const json_t *column, const json_t *rows, size_t i, size_t total_rows, double *total)
{
	const json_t *row;
	size_t r;

	if (!json_is_true(json_object_get(column, "share")))
		return false;
	*total = json_get_number(column, "total", NAN);
	if (isfinite(*total))
		return *total > 0;
	if (total_rows > json_array_size(rows))
		return false;
	*total = 0;
	json_array_foreach(rows, r, row)
		*total += json_number_value(json_array_get(row, i));
	return *total > 0;
}

static void columns_of(const json_t *data, const json_t *rows, struct arena *arena, struct grid *grid)
{
	const json_t *columns = json_object_get(data, "columns"), *row;
	size_t count = json_array_size(columns), r;

	if (count > MOST_COLUMNS)
		count = MOST_COLUMNS;
	grid->columns = arena_alloc(arena, 2 * (count + 1) * sizeof(struct column));
	for (size_t i = 0; i < count; i++) {
		struct column *column = &grid->columns[grid->width++];
		bool numbers = false, strings = false;

		json_array_foreach(rows, r, row) {
			const json_t *cell = json_array_get(row, i);

			numbers |= json_is_number(cell);
			strings |= cell && !json_is_number(cell) && !json_is_null(cell);
		}
		column->name = safe_text(arena, text_of(column_text(columns, i, "name")));
		column->unit = column_text(columns, i, "unit");
		column->key = json_is_true(json_object_get(json_array_get(columns, i), "key"));
		column->number = numbers && !strings;
		if (column->number &&
		    share_known(json_array_get(columns, i), rows, i, grid->total_rows, &column->total)) {
			column->share = true;
			grid->columns[grid->width++] = (struct column){
				.name = "share", .unit = "%", .number = true, .derived = true, .total = column->total };
		}
	}
}

static void cell_number(const json_t *value, const struct column *column, bool plain, struct arena *arena,
			struct cell *cell)
{
	struct figure figure;

	if (plain && !column->unit[0] && json_is_integer(value)) {
		cell->text = arena_fmt(arena, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
		return;
	}
	if (column->decimals) {
		cell->text = arena_fmt(arena, "%.*f", column->decimals, json_number_value(value));
		return;
	}
	figure_of(json_number_value(value), column->unit, &figure);
	cell->text = arena_text(arena, text_of(figure.number));
	if (unit_scales(column->unit))
		cell->unit = safe_text(arena, text_of(unit_short(column->unit) ? "/s" : figure.unit));
}

static void cell_of(const json_t *value, const struct column *column, bool plain, struct arena *arena,
		    struct cell *cell)
{
	AUTO_FREE char *other = NULL;

	cell->unit = "";
	if (json_is_number(value) && !column->derived) {
		cell_number(value, column, plain, arena, cell);
	} else if (json_is_number(value)) {
		cell->text = arena_fmt(arena, "%.1f%%", 100 * json_number_value(value) / column->total);
	} else if (json_is_string(value)) {
		cell->text = safe_text(arena, (struct text){ json_string_value(value), json_string_length(value) });
	} else if (!value || json_is_null(value)) {
		cell->text = "-";
	} else {
		other = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
		cell->text = safe_text(arena, text_of(other));
	}
}

/* Times of events are compared with each other, so they keep one unit and as many digits as they need. */
static void event_times(const json_t *rows, struct column *time)
{
	double last = json_number_value(json_array_get(json_array_get(rows, json_array_size(rows) - 1), 0));

	if (time->number && !strcmp(time->unit, "s"))
		time->decimals = last < 1 ? 6 : 3;
}

/* Bars need one column that ranks the rows: the share, or the only measure. */
static void bars_of(const json_t *rows, struct arena *arena, struct grid *grid)
{
	size_t measures = 0, source = 0, json_index = 0, r;
	bool shared = false;
	double most = 0;

	for (size_t i = 0; i < grid->width; i++) {
		const struct column *column = &grid->columns[i];

		if (column->derived)
			continue;
		if (column->number && !column->key && !shared) {
			measures++;
			source = json_index;
			shared = column->share;
		}
		json_index++;
	}
	if (grid->rows < 2 || (!shared && measures != 1))
		return;
	grid->bars = arena_alloc(arena, grid->rows * sizeof(double));
	for (r = 0; r < grid->rows; r++) {
		grid->bars[r] = json_number_value(json_array_get(json_array_get(rows, r), source));
		if (grid->bars[r] < 0) {
			grid->bars = NULL;
			return;
		}
		most = fmax(most, grid->bars[r]);
	}
	for (r = 0; r < grid->rows; r++)
		grid->bars[r] = most > 0 ? grid->bars[r] / most : 0;
}

void grid_of(const struct evidence *evidence, size_t most_rows, struct arena *arena, struct grid *grid)
{
	const json_t *rows = json_object_get(evidence->data, "rows");
	size_t rows_here = json_array_size(rows);
	double total = json_get_number(evidence->data, "total_rows", 0);

	*grid = (struct grid){ .rows = rows_here < most_rows ? rows_here : most_rows };
	grid->total_rows = total > (double)rows_here && total < 1e15 ? (size_t)total : rows_here;
	columns_of(evidence->data, rows, arena, grid);
	if (evidence->kind == EVIDENCE_EVENTS && grid->width && rows_here)
		event_times(rows, &grid->columns[0]);
	grid->cells = arena_alloc(arena, (grid->rows * grid->width + 1) * sizeof(struct cell));
	for (size_t r = 0; r < grid->rows; r++) {
		const json_t *row = json_array_get(rows, r);
		size_t index = 0;

		for (size_t i = 0; i < grid->width; i++) {
			struct column *column = &grid->columns[i];
			struct cell *cell = &grid->cells[r * grid->width + i];
			bool plain = column->key || evidence->kind == EVIDENCE_EVENTS;

			cell_of(json_array_get(row, column->derived ? index - 1 : index), column, plain, arena, cell);
			index += !column->derived;
			cell->text_columns = utf8_columns(text_of(cell->text));
			cell->unit_columns = utf8_columns(text_of(cell->unit));
			if (cell->text_columns > column->text_columns)
				column->text_columns = cell->text_columns;
			if (cell->unit_columns > column->unit_columns)
				column->unit_columns = cell->unit_columns;
		}
	}
	if (evidence->kind == EVIDENCE_TABLE)
		bars_of(rows, arena, grid);
}

void key_line(const json_t *key, struct build *out)
{
	const json_t *part;
	size_t i;

	json_array_foreach(key, i, part) {
		if (i)
			build_put(out, ", ");
		if (json_is_string(part))
			build_safe(out, (struct text){ json_string_value(part), json_string_length(part) }, false);
		else if (json_is_integer(part))
			build_fmt(out, "%" JSON_INTEGER_FORMAT, json_integer_value(part));
		else if (json_is_number(part))
			build_fmt(out, "%g", json_number_value(part));
		else
			build_put(out, "-");
	}
}
