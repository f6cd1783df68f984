/* Small helpers over jansson. */
#include "base/json.h"
#include "base/utf8.h"

json_t *json_parse(struct text t, struct error *err)
{
	json_error_t why;
	json_t *json = json_loadb(t.at, t.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, &why);

	if (!json)
		fail(err, -EINVAL, "not JSON: %s at line %d, column %d", why.text, why.line, why.column);
	return json;
}

json_t *json_text(struct text t)
{
	AUTO_BUILD safe = { 0 };

	if (utf8_valid(t))
		return json_stringn(t.at, t.len);
	while (t.len) {
		uint32_t c;
		size_t len = utf8_next(t, &c);

		if (c == UTF8_BAD)
			build_fmt(&safe, "\\x%02x", (unsigned char)t.at[0]);
		else
			build_add(&safe, text_until(t, len));
		t = text_from(t, len);
	}
	return json_stringn(build_text(&safe).at, safe.len);
}

json_t *json_str(const char *string)
{
	return string ? json_text(text_of(string)) : json_null();
}

const char *json_get_string(const json_t *object, const char *key)
{
	const char *string = json_string_value(json_object_get(object, key));

	return string ? string : "";
}

double json_get_number(const json_t *object, const char *key, double otherwise)
{
	const json_t *number = json_object_get(object, key);

	return json_is_number(number) ? json_number_value(number) : otherwise;
}
