/* Commands as data: finding one by name, and its parameters as a JSON Schema. */
#include "base/json.h"
#include "commands/table.h"

const struct command *command_find(const char *name)
{
	for (const struct command *const *command = command_table; *command; command++)
		if (strcmp((*command)->name, name) == 0)
			return *command;
	return NULL;
}

int command_unknown(const char *name, struct error *err)
{
	VEC(const char *) names = { 0 };
	const char *nearest;

	for (const struct command *const *command = command_table; *command; command++)
		if (!((*command)->flags & COMMAND_HIDDEN))
			vec_push(&names, (*command)->name);
	nearest = command_nearest(name, names.at, names.len);
	vec_done(&names);
	if (strchr(name, ' '))
		return fail(err, -EINVAL, "'%.60s' is no command; to ask it: syswhy trace \"%.120s\"", name, name);
	if (nearest)
		return fail(err, -EINVAL, "there is no command '%.60s'; did you mean '%s'?", name, nearest);
	return fail(err, -EINVAL, "there is no command '%.60s'; 'syswhy help' lists them", name);
}

/* The property of one parameter: its type as JSON, what it means, and what it may be. */
static json_t *property(const struct param *param)
{
	static const char *const types[] = {
		[PARAM_BOOL] = "boolean",   [PARAM_TEXT] = "string",   [PARAM_COUNT] = "integer",
		[PARAM_SECONDS] = "number", [PARAM_CHOICE] = "string", [PARAM_WORDS] = "string",
		[PARAM_REST] = "array",	    [PARAM_LEVEL] = "integer", [PARAM_FROM_ONE] = "integer",
	};
	json_t *property = json_object();
	struct text rest = text_of(param->choices), choice;

	json_object_set_new(property, "type", json_string(types[param->kind]));
	json_object_set_new(property, "description", json_str(param->help));
	if (param->kind == PARAM_REST)
		json_object_set_new(property, "items", json_pack("{s:s}", "type", "string"));
	if (param->kind == PARAM_COUNT || param->kind == PARAM_SECONDS || param->kind == PARAM_LEVEL)
		json_object_set_new(property, "minimum", json_integer(0));
	if (param->kind == PARAM_FROM_ONE)
		json_object_set_new(property, "minimum", json_integer(1));
	if (param->choices) {
		json_t *choices = json_array();

		while (text_next(&rest, '|', &choice))
			json_array_append_new(choices, json_text(choice));
		json_object_set_new(property, "enum", choices);
	}
	return property;
}

json_t *command_schema(const struct command *command)
{
	json_t *schema = json_object(), *properties = json_object(), *required = json_array();

	json_object_set_new(schema, "type", json_string("object"));
	json_object_set_new(schema, "title", json_str(command->name));
	json_object_set_new(schema, "description", json_str(command->summary));
	json_object_set_new(schema, "properties", properties);
	json_object_set_new(schema, "required", required);
	json_object_set_new(schema, "additionalProperties", json_false());
	for (const struct param *param = command->params; param && param->name; param++) {
		json_object_set_new(properties, param->name, property(param));
		if (param->required)
			json_array_append_new(required, json_str(param->name));
	}
	return schema;
}
