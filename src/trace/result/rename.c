/* Naming the addresses of programs that were left as numbers. */
#include <string.h>
#include "trace/result/result.h"

typedef bool name_address(void *context, unsigned long long address, struct build *out);

/* The number, or NULL when it stays. */
static json_t *renamed(const json_t *cell, name_address *name, void *context)
{
	const char *text = json_string_value(cell);
	AUTO_BUILD out = { 0 };
	long long address;

	if (!text || strncmp(text, "0x", 2) != 0 || !text_number(text_of(text), &address))
		return NULL;
	return name(context, (unsigned long long)address, &out) ? json_text(build_text(&out)) : NULL;
}

/* A function alone, or a stack of them. */
static json_t *cell_renamed(const json_t *cell, name_address *name, void *context)
{
	json_t *frame, *better;
	size_t i;

	if (!json_is_array(cell))
		return renamed(cell, name, context);
	json_array_foreach((json_t *)cell, i, frame) {
		better = renamed(frame, name, context);
		if (better)
			json_array_set_new((json_t *)cell, i, better);
	}
	return NULL;
}

static bool of_user_code(const struct column *column)
{
	return strcmp(column->type, "ustack") == 0 || strcmp(column->type, "usym") == 0;
}

bool program_names_user_code(const struct program *program)
{
	vec_each(column, &program->columns)
		if (of_user_code(column))
			return true;
	return false;
}

/* Keys stand in the order in which they are shown. */
static bool key_of_user_code(const struct program *program, size_t shown)
{
	vec_each(column, &program->columns)
		if (column->shown == shown)
			return of_user_code(column);
	return false;
}

static void rows_rename(const struct result *r, json_t *rows, name_address *name, void *context)
{
	json_t *row, *cell, *better;
	size_t i, k;

	json_array_foreach(rows, i, row) {
		json_t *key = json_object_get(row, "key");

		json_array_foreach(key, k, cell) {
			better = key_of_user_code(r->program, k) ? cell_renamed(cell, name, context) : NULL;
			if (better)
				json_array_set_new(key, k, better);
		}
	}
}

void result_rename(struct result *r, name_address *name, void *context)
{
	json_t *interval, *event, *cell, *better;
	const char *role;
	void *next;
	size_t i;

	rows_rename(r, r->shot, name, context);
	rows_rename(r, r->rows, name, context);
	json_array_foreach(r->intervals, i, interval)
		rows_rename(r, json_object_get(json_array_get(json_object_get(interval, "maps"), 0), "rows"), name, context);
	json_array_foreach(r->events, i, event)
		json_object_foreach_safe(event, next, role, cell)
			vec_each(column, &r->program->columns)
				if (strcmp(column->role, role) == 0 && of_user_code(column)) {
					better = cell_renamed(cell, name, context);
					if (better)
						json_object_set_new(event, role, better);
					break;
				}
}
