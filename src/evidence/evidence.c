/* Evidence: making, saving and loading it. */
#include "evidence/evidence.h"

static const char *const kind_names[] = { "text", "table", "histogram", "stacks", "events" };

const char *evidence_kind_name(enum evidence_kind kind)
{
	return kind_names[kind];
}

json_t *evidence_column(const char *name, const char *unit, bool key)
{
	json_t *column = json_object();

	json_object_set_new(column, "name", json_str(name));
	if (unit && unit[0])
		json_object_set_new(column, "unit", json_str(unit));
	if (key)
		json_object_set_new(column, "key", json_true());
	return column;
}

struct evidence *evidence_add(struct evidence_list *list, enum evidence_kind kind, const char *title,
			      json_t *data)
{
	struct evidence *evidence = calloc(1, sizeof(*evidence));

	if (!evidence)
		abort();
	evidence->number = (unsigned)list->items.len + 1;
	evidence->kind = kind;
	evidence->title = text_copy(text_of(title));
	evidence->data = data;
	vec_push(&list->items, evidence);
	return evidence;
}

void evidence_command(struct evidence *evidence, const char *command, double began, double seconds)
{
	free(evidence->command);
	evidence->command = text_copy(text_of(command));
	evidence->began = began;
	evidence->seconds = seconds;
}

void evidence_list_done(struct evidence_list *list)
{
	vec_each(item, &list->items) {
		free((*item)->title);
		free((*item)->command);
		json_decref((*item)->data);
		free(*item);
	}
	vec_done(&list->items);
}

json_t *evidence_save(const struct evidence *evidence)
{
	json_t *saved = json_object();

	json_object_set_new(saved, "number", json_integer(evidence->number));
	json_object_set_new(saved, "kind", json_string(kind_names[evidence->kind]));
	json_object_set_new(saved, "title", json_str(evidence->title));
	json_object_set_new(saved, "command", json_str(evidence->command));
	json_object_set_new(saved, "began", json_real(evidence->began));
	json_object_set_new(saved, "seconds", json_real(evidence->seconds));
	json_object_set(saved, "data", evidence->data);
	return saved;
}

/* The array of objects or arrays that each kind must hold. */
static const char *const main_array[] = { NULL, "rows", "series", "stacks", "rows" };

static int form_check(enum evidence_kind kind, const json_t *data, struct error *err)
{
	const json_t *array, *item;
	size_t i;

	if (!json_is_object(data))
		return fail(err, -EINVAL, "this evidence has no data");
	if (kind == EVIDENCE_TEXT)
		return json_is_string(json_object_get(data, "text")) ?
			       0 :
			       fail(err, -EINVAL, "this text evidence has no text");
	array = json_object_get(data, main_array[kind]);
	if (!json_is_array(array))
		return fail(err, -EINVAL, "this %s evidence has no '%s'", kind_names[kind], main_array[kind]);
	json_array_foreach(array, i, item) {
		bool row = main_array[kind][0] == 'r';

		if (row ? !json_is_array(item) : !json_is_object(item))
			return fail(err, -EINVAL, "item %zu of this %s evidence has the wrong form", i,
				    kind_names[kind]);
	}
	return 0;
}

int evidence_load(struct evidence_list *list, const json_t *saved, struct error *err)
{
	const char *name = json_get_string(saved, "kind");
	struct evidence *evidence;

	for (size_t kind = 0; kind < COUNT(kind_names); kind++) {
		if (strcmp(name, kind_names[kind]) != 0)
			continue;
		json_t *data = json_object_get(saved, "data");
		int code = form_check((enum evidence_kind)kind, data, err);

		if (code < 0)
			return code;
		evidence = evidence_add(list, (enum evidence_kind)kind, json_get_string(saved, "title"),
					json_incref(data));
		evidence_command(evidence, json_get_string(saved, "command"),
				 json_get_number(saved, "began", 0), json_get_number(saved, "seconds", 0));
		return 0;
	}
	return fail(err, -EINVAL, "'%.40s' is no kind of evidence", name);
}
