/* Cleaning JSON: each string as it is read, words of a list as the line that they are, then all of it as it is written. */
#include "redact/redact.h"

struct cleaning {
	struct redactor *redactor;
	json_t *known; /* strings that were cleaned before: events repeat them by the thousand */
	struct error *err;
};

static json_t *string_clean(struct cleaning *c, const char *at, size_t len)
{
	struct text text = { at, len };
	json_t *known = json_object_get(c->known, at);
	AUTO_BUILD out = { 0 };
	struct clean clean;

	/* One with a NUL in it is not found by its beginning. */
	if (known && strlen(at) == len)
		return json_incref(known);
	if (redact_clean(c->redactor, text, &out, &clean, c->err) < 0)
		return NULL;
	known = json_text(clean.text);
	if (strlen(at) == len)
		json_object_set(c->known, at, known);
	return known;
}

static json_t *value_clean(struct cleaning *c, const json_t *value);

/* "--password", "hunter2": only side by side they tell what they are. Then the list becomes that one line. */
static json_t *words_clean(struct cleaning *c, const json_t *array)
{
	AUTO_BUILD line = { 0 };
	AUTO_BUILD apart = { 0 };
	AUTO_JSON list = json_array();
	AUTO_JSON whole = NULL;
	const json_t *each;
	size_t i;

	json_array_foreach(array, i, each) {
		json_t *one = value_clean(c, each);

		if (!one)
			return NULL;
		json_array_append_new(list, one);
		build_fmt(&line, "%s%s", i ? " " : "", json_string_value(each));
		build_fmt(&apart, "%s%s", i ? " " : "", json_string_value(one));
	}
	whole = string_clean(c, build_text(&line).len ? line.at : "", line.len);
	if (!whole)
		return NULL;
	return strcmp(json_string_value(whole), apart.at ? apart.at : "") == 0 ? TAKE(list) : json_pack("[O]", whole);
}

static json_t *array_clean(struct cleaning *c, const json_t *array)
{
	json_t *list;
	const json_t *each;
	bool words = json_array_size(array) > 1;
	size_t i;

	json_array_foreach(array, i, each)
		words = words && json_is_string(each);
	if (words)
		return words_clean(c, array);
	list = json_array();
	json_array_foreach(array, i, each) {
		json_t *one = value_clean(c, each);

		if (!one) {
			json_decref(list);
			return NULL;
		}
		json_array_append_new(list, one);
	}
	return list;
}

static json_t *value_clean(struct cleaning *c, const json_t *value)
{
	const char *key;
	json_t *each, *object;

	if (json_is_string(value))
		return string_clean(c, json_string_value(value), json_string_length(value));
	if (json_is_array(value))
		return array_clean(c, value);
	if (!json_is_object(value))
		return json_deep_copy(value);
	object = json_object();
	json_object_foreach((json_t *)(uintptr_t)value, key, each) {
		json_t *name = string_clean(c, key, strlen(key)), *one = name ? value_clean(c, each) : NULL;

		if (one)
			json_object_set_new(object, json_string_value(name), one);
		json_decref(name);
		if (one)
			continue;
		json_decref(object);
		return NULL;
	}
	return object;
}

int redact_json(struct redactor *redactor, const json_t *value, struct build *out, struct clean *clean, struct error *err)
{
	struct error why = { 0 };
	AUTO_JSON known = json_object();
	struct cleaning cleaning = { redactor, known, &why };
	AUTO_JSON cleaned = value_clean(&cleaning, value);
	AUTO_FREE char *dumped = NULL;
	AUTO_JSON read = NULL;
	size_t before = out->len;
	int code;

	*clean = (struct clean){ 0 };
	if (!cleaned)
		return fail(err, why.code ? why.code : -EINVAL, "%s", why.code ? why.text : "this JSON could not be cleaned");
	dumped = json_dumps(cleaned, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
	if (!dumped)
		return fail(err, -EINVAL, "this JSON could not be cleaned");
	code = redact_clean(redactor, text_of(dumped), out, clean, err);
	if (code < 0)
		return code;
	read = json_parse(clean->text, &why);
	if (read)
		return 0;
	/* Failing closed: half a form is no form. */
	out->len = before;
	out->at[before] = '\0';
	*clean = (struct clean){ 0 };
	return fail(err, -EINVAL, "cleaning this JSON left none: %s", why.text);
}
