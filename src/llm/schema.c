/* JSON Schema (2020-12), the part of it that answers are checked with. */
#include "llm/mend.h"
#include <math.h>

#define DEPTH 64

struct place {
	const struct place *above;
	const char *key;
	size_t index;
};

static void place_write(const struct place *place, struct build *out)
{
	if (!place) {
		build_char(out, '$');
		return;
	}
	place_write(place->above, out);
	if (place->key)
		build_fmt(out, ".%.60s", place->key);
	else
		build_fmt(out, "[%zu]", place->index);
}

static int wrong(const struct place *place, struct error *err, const char *format, ...) PRINTF(3, 4);
static int wrong(const struct place *place, struct error *err, const char *format, ...)
{
	AUTO_BUILD words = { .ceiling = 400 };
	va_list args;

	place_write(place, &words);
	build_put(&words, ": ");
	va_start(args, format);
	build_vfmt(&words, format, args);
	va_end(args);
	return fail(err, -EINVAL, "%s", words.at);
}

static bool type_is(const json_t *value, const char *type)
{
	if (strcmp(type, "integer") == 0)
		return json_is_integer(value) ||
		       (json_is_real(value) && floor(json_real_value(value)) == json_real_value(value));
	return (strcmp(type, "object") == 0 && json_is_object(value)) ||
	       (strcmp(type, "array") == 0 && json_is_array(value)) ||
	       (strcmp(type, "string") == 0 && json_is_string(value)) ||
	       (strcmp(type, "number") == 0 && json_is_number(value)) ||
	       (strcmp(type, "boolean") == 0 && json_is_boolean(value)) ||
	       (strcmp(type, "null") == 0 && json_is_null(value));
}

static int check_type(const json_t *type, const json_t *value, const struct place *place, struct error *err)
{
	AUTO_BUILD names = { .ceiling = 200 };
	const json_t *one;
	size_t i;

	if (json_is_string(type))
		return type_is(value, json_string_value(type)) ?
			       0 :
			       wrong(place, err, "this must be of type %s", json_string_value(type));
	json_array_foreach((json_t *)type, i, one) {
		if (json_is_string(one) && type_is(value, json_string_value(one)))
			return 0;
		build_fmt(&names, "%s%s", i ? " or " : "", json_string_value(one) ? json_string_value(one) : "?");
	}
	return names.len ? wrong(place, err, "this must be of type %s", names.at) : 0;
}

static int check(const json_t *root, const json_t *schema, const json_t *value, const struct place *place, int depth,
		 struct error *err);

static int check_object(const json_t *root, const json_t *schema, const json_t *value, const struct place *place,
			int depth, struct error *err)
{
	const json_t *properties = json_object_get(schema, "properties"), *name;
	const json_t *additional = json_object_get(schema, "additionalProperties"), *each;
	const char *key;
	size_t i;
	int code = 0;

	json_array_foreach(json_object_get(schema, "required"), i, name)
		if (json_is_string(name) && !json_object_get(value, json_string_value(name)))
			return wrong(place, err, "the property '%.60s' is missing", json_string_value(name));
	json_object_foreach((json_t *)value, key, each) {
		const json_t *of = json_object_get(properties, key);
		struct place inner = { place, key, 0 };

		if (of)
			code = check(root, of, each, &inner, depth + 1, err);
		else if (json_is_false(additional))
			return wrong(&inner, err, "there is no such property");
		else if (json_is_object(additional))
			code = check(root, additional, each, &inner, depth + 1, err);
		if (code)
			return code;
	}
	return 0;
}

static int check_array(const json_t *root, const json_t *schema, const json_t *value, const struct place *place,
		       int depth, struct error *err)
{
	const json_t *items = json_object_get(schema, "items"), *each;
	size_t i, count = json_array_size(value);

	if ((double)count < json_get_number(schema, "minItems", 0))
		return wrong(place, err, "this needs at least %.0f items", json_get_number(schema, "minItems", 0));
	if ((double)count > json_get_number(schema, "maxItems", INFINITY))
		return wrong(place, err, "this may have at most %.0f items", json_get_number(schema, "maxItems", 0));
	json_array_foreach(value, i, each) {
		struct place inner = { place, NULL, i };
		int code = json_is_object(items) ? check(root, items, each, &inner, depth + 1, err) : 0;

		if (code)
			return code;
	}
	return 0;
}

static int check_scalar(const json_t *schema, const json_t *value, const struct place *place, struct error *err)
{
	double number = json_number_value(value), length = (double)json_string_length(value);

	if (json_is_number(value) && number < json_get_number(schema, "minimum", -INFINITY))
		return wrong(place, err, "this must be at least %g", json_get_number(schema, "minimum", 0));
	if (json_is_number(value) && number > json_get_number(schema, "maximum", INFINITY))
		return wrong(place, err, "this must be at most %g", json_get_number(schema, "maximum", 0));
	if (json_is_string(value) && length < json_get_number(schema, "minLength", 0))
		return wrong(place, err, "this text is too short");
	if (json_is_string(value) && length > json_get_number(schema, "maxLength", INFINITY))
		return wrong(place, err, "this text is too long");
	return 0;
}

static int check_choices(const json_t *root, const json_t *schema, const json_t *value, const struct place *place,
			 int depth, struct error *err)
{
	static const char *const words[] = { "anyOf", "oneOf" };
	const json_t *each, *all = json_object_get(schema, "allOf"), *choices = json_object_get(schema, "enum"),
			    *constant = json_object_get(schema, "const");
	size_t i;
	int code;

	if (json_is_array(choices)) {
		AUTO_FREE char *list = json_dumps(choices, JSON_COMPACT);
		bool found = false;

		json_array_foreach(choices, i, each)
			found |= json_equal(each, value) == 1;
		if (!found)
			return wrong(place, err, "this must be one of %.200s", list ? list : "the list");
	}
	if (constant && !json_equal(constant, value))
		return wrong(place, err, "this must be the one value that the schema gives");
	for (size_t w = 0; w < COUNT(words); w++) {
		const json_t *list = json_object_get(schema, words[w]);
		bool fits = json_array_size(list) == 0;

		json_array_foreach(list, i, each)
			fits = fits || check(root, each, value, place, depth + 1, NULL) == 0;
		if (!fits)
			return wrong(place, err, "this fits none of the alternatives");
	}
	json_array_foreach(all, i, each)
		if ((code = check(root, each, value, place, depth + 1, err)))
			return code;
	return 0;
}

/* "#/$defs/probe", in the schema itself only. */
static const json_t *reference(const json_t *root, const char *path)
{
	struct text rest = text_of(path), part;

	if (!text_next(&rest, '/', &part) || !text_is(part, "#"))
		return NULL;
	while (root && text_next(&rest, '/', &part)) {
		char key[128];

		snprintf(key, sizeof(key), "%.*s", TEXT_ARG(part));
		root = json_object_get(root, key);
	}
	return root;
}

static int check(const json_t *root, const json_t *schema, const json_t *value, const struct place *place, int depth,
		 struct error *err)
{
	const json_t *type = json_object_get(schema, "type");
	const char *path = json_get_string(schema, "$ref");
	int code = 0;

	if (depth > DEPTH)
		return wrong(place, err, "this is nested too deeply");
	if (json_is_false(schema))
		return wrong(place, err, "nothing may stand here");
	if (path[0]) {
		const json_t *target = reference(root, path);

		code = target ? check(root, target, value, place, depth + 1, err) :
				wrong(place, err, "the schema refers to '%.80s', which it has not", path);
	}
	if (!code && type)
		code = check_type(type, value, place, err);
	if (!code)
		code = check_choices(root, schema, value, place, depth, err);
	if (!code && json_is_object(value))
		code = check_object(root, schema, value, place, depth, err);
	if (!code && json_is_array(value))
		code = check_array(root, schema, value, place, depth, err);
	return code ? code : check_scalar(schema, value, place, err);
}

int schema_check(const json_t *schema, const json_t *value, struct error *err)
{
	return check(schema, schema, value, NULL, 0, err);
}

static bool strict(const json_t *schema, int depth)
{
	const json_t *properties = json_object_get(schema, "properties"), *each;
	const char *key;

	if (depth > DEPTH)
		return false;
	if (json_is_object(properties)) {
		if (!json_is_false(json_object_get(schema, "additionalProperties")) ||
		    json_array_size(json_object_get(schema, "required")) != json_object_size(properties))
			return false;
	}
	/* Whatever holds schemas, at any depth, is looked into the same way. */
	json_object_foreach((json_t *)schema, key, each) {
		const json_t *inner;
		size_t i;

		if (strcmp(key, "enum") == 0 || strcmp(key, "const") == 0)
			continue;
		if (json_is_object(each) && !strict(each, depth + 1))
			return false;
		json_array_foreach(each, i, inner)
			if (json_is_object(inner) && !strict(inner, depth + 1))
				return false;
	}
	return true;
}

bool schema_strict(const json_t *schema)
{
	return json_is_object(schema) && strict(schema, 0);
}
