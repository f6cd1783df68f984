/* The cells of a key or an event: as members of the structure that both halves share, and as the user's half says them. */
#include <string.h>
#include "trace/libbpf/function.h"

#define STACK_ROOM 400u /* of the 512 bytes of BPF stack, for texts and what goes with them */
#define TEXT_ROOM  256u

bool cells_have(const struct libbpf *l, enum cell_kind kind)
{
	vec_each(cell, &l->cells)
		if (cell->kind == kind)
			return true;
	return false;
}

bool cells_type(const struct libbpf *l, const char *type)
{
	vec_each(cell, &l->cells)
		if (cell->kind == CELL_NUMBER && strcmp(cell->column->type, type) == 0)
			return true;
	return false;
}

static unsigned chars_room(const struct cell *cell)
{
	return (cell->size + 7) / 8 * 8;
}

unsigned text_most(const struct libbpf *l)
{
	unsigned fixed = 24, texts = l->texts ? l->texts : 1, room;

	vec_each(cell, &l->cells)
		fixed += cell->kind == CELL_CHARS ? chars_room(cell) : cell->kind == CELL_IP6 ? 16 : cell->kind == CELL_TEXT ? 0 : 8;
	vec_each(kept, &l->started)
		fixed += kept->kind == VALUE_TEXT && kept->size ? (kept->size + 7) / 8 * 8 : 8;
	room = fixed < STACK_ROOM ? (STACK_ROOM - fixed) / texts / 8 * 8 : 0;
	return room < 32 ? 32 : room > TEXT_ROOM ? TEXT_ROOM : room;
}

/* Members of one size leave no holes, which would be unknown bytes of a key. */
static bool wide(const struct libbpf *l)
{
	bool any = strcmp(l->measure, "print") == 0; /* beside the time */

	vec_each(cell, &l->cells)
		any |= cell->kind == CELL_NUMBER && cell->size > 4;
	return any;
}

static void number_declare(bool is_wide, bool is_signed, const char *name, const char *comment, struct build *out)
{
	build_fmt(out, "\t__%c%d %s;%s%s%s\n", is_signed ? 's' : 'u', is_wide ? 64 : 32, name, comment[0] ? " /* " : "", comment,
		  comment[0] ? " */" : "");
}

void cells_declare(const struct libbpf *l, struct build *out)
{
	bool is_wide = wide(l), events = strcmp(l->measure, "print") == 0;

	vec_each(cell, &l->cells) {
		const char *unit = cell->column->unit;

		switch (cell->kind) {
		case CELL_NUMBER:
			number_declare(is_wide, cell->is_signed, cell->name, unit ? unit : "", out);
			break;
		case CELL_NAME:
			number_declare(is_wide, false, cell->name, "a NAME_", out);
			break;
		case CELL_KSTACK:
			number_declare(is_wide, true, cell->name, "in the map of stacks", out);
			break;
		case CELL_USTACK:
			number_declare(is_wide, true, cell->name, "in the map of stacks", out);
			number_declare(is_wide, false, arena_fmt(l->arena, "%s_pid", cell->name), "whose symbols it has", out);
			break;
		case CELL_IP4:
			number_declare(is_wide, false, cell->name, "in network order", out);
			break;
		case CELL_IP6:
			build_fmt(out, "\t__u8 %s[16];\n", cell->name);
			break;
		case CELL_CHARS:
			build_fmt(out, "\tchar %s[%u];\n", cell->name, chars_room(cell));
			break;
		case CELL_TEXT:
			if (!events)
				build_fmt(out, "\tchar %s[TEXT_MOST];\n", cell->name);
			break;
		case CELL_ARGV:
			if (events)
				number_declare(is_wide, false, arena_fmt(l->arena, "%s_size", cell->name), "bytes in the text", out);
			else
				build_fmt(out, "\tchar %s[TEXT_MOST];\n", cell->name);
			break;
		}
	}
	if (l->cells.len == 0 && !events)
		build_put(out, "\t__u32 all; /* one row */\n");
}

/* How the user's half says one: the call, and how wide its head is. */
static const char *cell_call(const struct libbpf *l, const struct cell *cell, const char *of, bool events, unsigned *width)
{
	static const struct {
		const char *type, *call;
		unsigned width;
	} types[] = { { "errno", "say_errno", 12 }, { "signal", "say_signal", 12 }, { "uid", "say_user", 12 }, { "dev", "say_device", 8 },
		      { "state", "say_state", 1 }, { "cgroup", "say_cgroup", 24 }, { "hex", "say_hex", 18 }, { "syscall", "say_syscall", 18 } };
	const char *value = arena_fmt(l->arena, "%s->%s", of, cell->name);

	*width = 12;
	switch (cell->kind) {
	case CELL_NAME:
		*width = 24;
		return arena_fmt(l->arena, "say(names[%s], 64, 24)", value);
	case CELL_KSTACK:
	case CELL_USTACK:
		*width = 0;
		return arena_fmt(l->arena, "say_stack(object, %s, %s)", value, cell->kind == CELL_USTACK ? arena_fmt(l->arena, "%s_pid", value) : "0");
	case CELL_IP4:
		*width = 20;
		return arena_fmt(l->arena, "say_address(&%s, 4)", value);
	case CELL_IP6:
		*width = 20;
		return arena_fmt(l->arena, "say_address(%s, 16)", value);
	case CELL_CHARS:
		*width = 16;
		return arena_fmt(l->arena, "say(%s, sizeof(%s), 16)", value, value);
	case CELL_TEXT:
		*width = 32;
		return events ? arena_fmt(l->arena, "say(%s, end - %s, 32)", cell->name, cell->name) :
				arena_fmt(l->arena, "say(%s, sizeof(%s), 32)", value, value);
	case CELL_ARGV:
		*width = 32;
		return events ? arena_fmt(l->arena, "say_words(%s, %s_size)", cell->name, value) :
				arena_fmt(l->arena, "say_words(%s, sizeof(%s))", value, value);
	case CELL_NUMBER:
		break;
	}
	for (size_t i = 0; i < COUNT(types); i++)
		if (strcmp(cell->column->type, types[i].type) == 0) {
			*width = types[i].width;
			return arena_fmt(l->arena, "%s(%s)", types[i].call, value);
		}
	if (strcmp(cell->column->type, "ksym") == 0 || strcmp(cell->column->type, "usym") == 0) {
		*width = 24;
		return strcmp(cell->column->type, "ksym") == 0 ? arena_fmt(l->arena, "say_symbol(kernel_symbol(%s), %s)", value, value) :
								  arena_fmt(l->arena, "say_hex(%s)", value);
	}
	if (cell->column->symbols && (strcmp(cell->column->type, "enum") == 0 || strcmp(cell->column->type, "flags") == 0))
		return arena_fmt(l->arena, "say_%s(%s_names, %s)", cell->column->symbols[0] == '|' ? "flags" : "enum", cell->name, value);
	return arena_fmt(l->arena, "say_number(%s)", value);
}

/* In the order that the question has them; stacks last, as they take lines of their own. */
void cells_say(struct libbpf *l, struct form *form)
{
	bool events = strcmp(l->measure, "print") == 0, text = false;
	const char *of = events ? "event" : "key";
	AUTO_BUILD cells = { 0 };
	AUTO_BUILD stacks = { 0 };
	AUTO_BUILD head = { 0 };

	build_put(&cells, "");
	build_put(&stacks, "");
	build_put(&head, events ? "   time (s) " : "");
	vec_each(cell, &l->cells) {
		if (!events || (cell->kind != CELL_TEXT && cell->kind != CELL_ARGV))
			continue;
		text = true;
		if (cell->kind == CELL_TEXT)
			build_fmt(&cells, "\tconst char *%s = text;\n\n\ttext += strnlen(text, end - text) + 1;\n\ttext = text > end ? end : text;\n", cell->name);
		else
			build_fmt(&cells, "\tconst char *%s = text;\n\n\ttext += event->%s_size;\n", cell->name, cell->name);
	}
	for (size_t shown = 0; shown < l->cells.len; shown++)
		vec_each(cell, &l->cells) {
			unsigned width;
			const char *call;
			bool number;

			if (cell->column->shown != shown)
				continue;
			call = cell_call(l, cell, of, events, &width);
			number = strncmp(call, "say_number", 10) == 0 || strncmp(call, "say_hex", 7) == 0;
			if (width == 0) {
				build_fmt(&stacks, "\t%s;\n", call);
				continue;
			}
			build_fmt(&cells, "\t%s;\n", call);
			build_fmt(&head, number ? "%*s " : "%-*s ", (int)width, arena_fmt(l->arena, cell->column->unit ? "%s(%s)" : "%s", cell->column->role,
											  cell->column->unit));
		}
	form_text(form, events ? "event_cells" : "row_cells", &cells);
	form_text(form, events ? "event_stacks" : "row_stacks", &stacks);
	form_text(form, events ? "event_head" : "row_head", &head);
	form_flag(form, "event_text", text);
}
