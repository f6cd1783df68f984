/* Tests of llm/mend: JSON as models write it, and the check of its form. */
#include "tests/check.h"
#include "llm/mend.h"

static void nearly_json_is_read(void **state)
{
	static const char *const cases[][2] = {
		{ "{\"a\":1}", "{\"a\":1}" },
		{ "```json\n{\"a\": 1}\n```", "{\"a\":1}" },
		{ "Here you are: {\"a\": [1, 2,],} Good luck!", "{\"a\":[1,2]}" },
		{ "{'a': 'it\\'s \"x\"', b: True, c: None}", "{\"a\":\"it's \\\"x\\\"\",\"b\":true,\"c\":null}" },
		{ "{\"a\": \"line\nline\ttab\"}", "{\"a\":\"line\\nline\\ttab\"}" },
		{ "{\"a\": \"C:\\Windows\"}", "{\"a\":\"C:\\\\Windows\"}" },
		{ "{\"a\": 1, // why\n \"b\": /* no */ 2}", "{\"a\":1,\"b\":2}" },
		{ "{\"a\": \"unended", NULL },
		{ "{\"a\": [1, 2", NULL },
		{ "no JSON", NULL },
		{ "", NULL },
		{ "{a: +}", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO_JSON json = json_mend(text_of(cases[i][0]), NULL);
		AUTO_FREE char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;

		if (cases[i][1] ? !text || strcmp(text, cases[i][1]) != 0 : text != NULL)
			fail_msg("%s gave %s", cases[i][0], text ? text : "nothing");
	}
}

static void deep_nesting_is_refused(void **state)
{
	AUTO_BUILD deep = { 0 };

	(void)state;
	for (int i = 0; i < 100000; i++)
		build_char(&deep, '[');
	assert_null(json_mend(build_text(&deep), NULL));
}

static void forms_are_checked(void **state)
{
	static const struct {
		const char *schema, *value, *error; /* error: a part of the sentence; NULL: it fits */
	} cases[] = {
		{ "{\"type\":\"object\",\"required\":[\"a\"]}", "{\"a\":1}", NULL },
		{ "{\"type\":\"object\",\"required\":[\"a\"]}", "{}", "$: the property 'a' is missing" },
		{ "{\"properties\":{\"a\":{\"type\":\"integer\"}}}", "{\"a\":1.5}", "$.a: this must be of type integer" },
		{ "{\"properties\":{\"a\":{\"type\":\"integer\"}}}", "{\"a\":2.0}", NULL },
		{ "{\"properties\":{\"a\":{\"type\":[\"string\",\"null\"]}}}", "{\"a\":null}", NULL },
		{ "{\"properties\":{\"a\":{\"type\":[\"string\",\"null\"]}}}", "{\"a\":1}", "string or null" },
		{ "{\"properties\":{},\"additionalProperties\":false}", "{\"x\":1}", "$.x: there is no such property" },
		{ "{\"items\":{\"enum\":[\"a\",\"b\"]}}", "[\"a\",\"c\"]", "$[1]: this must be one of [\"a\",\"b\"]" },
		{ "{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"null\"}]}", "1", "none of the alternatives" },
		{ "{\"minimum\":1,\"maximum\":3}", "4", "at most 3" },
		{ "{\"minItems\":1}", "[]", "at least 1" },
		{ "{\"$defs\":{\"n\":{\"type\":\"number\"}},\"items\":{\"$ref\":\"#/$defs/n\"}}", "[\"x\"]", "of type number" },
		{ "{\"$ref\":\"#\"}", "1", "nested too deeply" },
		{ "{\"const\":5}", "6", "the one value" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO_JSON schema = json_parse(text_of(cases[i].schema), NULL);
		AUTO_JSON value = json_parse(text_of(cases[i].value), NULL);
		struct error err = { 0 };
		int code = schema_check(schema, value, &err);

		if (cases[i].error ? code == 0 || !strstr(err.text, cases[i].error) : code != 0)
			fail_msg("%s on %s: %s", cases[i].schema, cases[i].value, err.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nearly_json_is_read),
		cmocka_unit_test(deep_nesting_is_refused),
		cmocka_unit_test(forms_are_checked),
	};

	return cmocka_run_group_tests_name("llm/mend", tests, NULL, NULL);
}
