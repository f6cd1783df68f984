/* One tracepoint's format file: its fields and their types
 * (Documentation/trace/events.rst, "Event formats"). */
#include <ctype.h>
#include "kernel/internal.h"

#define FIELDS 512

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* "offset:8;" "size:16;" "signed:1;" */
static bool property(struct text line, const char *name, long long *value)
{
	struct text rest = line, part;

	while (text_next(&rest, ';', &part)) {
		part = text_trim(part);
		if (text_starts(part, name))
			return text_number(text_from(part, strlen(name)), value);
	}
	return false;
}

/* The name is the last word before "[" or the end, or stands in "(*name)(…)". */
static bool split(struct text declaration, struct text *type, struct text *name, struct text *bounds)
{
	size_t end = declaration.len, start, at;

	*bounds = (struct text){ "", 0 };
	if (text_find(declaration, "(*", &at)) {
		start = end = at + 2;
		while (end < declaration.len && is_word(declaration.at[end]))
			end++;
		*type = declaration;
		*name = (struct text){ declaration.at + start, end - start };
		return name->len > 0;
	}
	if (end && declaration.at[end - 1] == ']') {
		while (end && declaration.at[end - 1] != '[')
			end--;
		if (!end)
			return false;
		*bounds = text_trim((struct text){ declaration.at + end, declaration.len - end - 1 });
		end--;
	}
	while (end && isspace((unsigned char)declaration.at[end - 1]))
		end--;
	start = end;
	while (start && is_word(declaration.at[start - 1]))
		start--;
	*name = (struct text){ declaration.at + start, end - start };
	*type = text_trim(text_until(declaration, start));
	return name->len > 0 && type->len > 0;
}

static bool is_number_size(unsigned size)
{
	return size == 1 || size == 2 || size == 4 || size == 8;
}

static void classify(struct field *field, struct text type, struct text bounds, bool array)
{
	bool dynamic = text_starts(type, "__data_loc ") || text_starts(type, "__rel_loc ");
	long long elements = 0;

	if (dynamic) {
		/* __rel_loc is counted from another place: what reads __data_loc would show rubbish. */
		field->kind = text_starts(type, "__data_loc char") ? FIELD_DATA_LOC : FIELD_OTHER;
	} else if (array) {
		if (!text_number(bounds, &elements) || elements < 0 || elements > field->size)
			elements = text_is(type, "char") ? field->size : 0;
		field->length = (unsigned)elements;
		if (text_is(type, "char"))
			field->kind = FIELD_CHARS;
		else if (elements && !text_ends(type, "*") && field->size % elements == 0 &&
			 is_number_size(field->size / (unsigned)elements))
			field->kind = FIELD_ARRAY;
		else
			field->kind = FIELD_OTHER;
	} else if (text_is(type, "const char *")) {
		field->kind = FIELD_STRING;
	} else if (text_ends(type, "*") || text_has(type, "(*")) {
		field->kind = FIELD_POINTER;
	} else if (is_number_size(field->size) && !text_starts(type, "struct ") && !text_starts(type, "union ")) {
		field->kind = FIELD_NUMBER;
	} else {
		field->kind = FIELD_OTHER;
	}
}

static bool field_parse(struct text line, struct arena *arena, struct field *field)
{
	struct text declaration, type, name, bounds;
	long long size, offset = 0, is_signed = 0;
	bool array;

	line = text_from(line, strlen("field:"));
	if (!text_next(&line, ';', &declaration))
		return false;
	declaration = text_trim(declaration);
	for (size_t i = 0; i < declaration.len; i++)
		if (declaration.at[i] < ' ' || declaration.at[i] > '~')
			return false;
	array = text_ends(declaration, "]");
	if (!split(declaration, &type, &name, &bounds) || !property(line, "size:", &size) || size < 0 ||
	    size > 65536 || !property(line, "offset:", &offset) || offset < 0 || offset > 65536)
		return false;
	property(line, "signed:", &is_signed); /* absent in old kernels */
	field->offset = (unsigned)offset;
	field->size = (unsigned)size;
	field->is_signed = is_signed == 1;
	/* "__data_loc char[] name": the brackets stand in the type already. */
	classify(field, type, bounds, array);
	field->name = arena_text(arena, name);
	field->type = array ? arena_fmt(arena, "%.*s[%.*s]", TEXT_ARG(type), TEXT_ARG(bounds)) :
			      arena_text(arena, type);
	return true;
}

bool format_parse(struct text format, struct btf_view *btf, struct arena *arena, const struct field **fields,
		  size_t *count)
{
	VEC(struct field) list = { 0 };
	struct text line, print = { "", 0 };
	struct field *kept;
	bool is_format = false;

	while (text_line(&format, &line)) {
		struct field field = { 0 };

		line = text_trim(line);
		if (text_is(line, "format:"))
			is_format = true;
		else if (text_starts(line, "print fmt:"))
			print = line;
		else if (is_format && text_starts(line, "field:") && list.len < FIELDS &&
			 field_parse(line, arena, &field) && strncmp(field.name, "common_", 7) != 0)
			vec_push(&list, field);
	}
	kept = arena_alloc(arena, (list.len + 1) * sizeof(*kept));
	if (list.len)
		memcpy(kept, list.at, list.len * sizeof(*kept));
	for (size_t i = 0; i < list.len; i++)
		if (kept[i].kind == FIELD_NUMBER)
			kept[i].symbols = symbols_of(print, kept[i].name, btf, arena);
	*fields = kept;
	*count = list.len;
	vec_done(&list);
	return is_format;
}
