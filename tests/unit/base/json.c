/* Tests of base/json. */
#include "tests/check.h"
#include "base/json.h"

static void a_mistake_has_its_place(void **state)
{
	struct error err = { 0 };

	(void)state;
	assert_null(json_parse(TEXT("{\"a\":\n1,}"), &err));
	assert_int_equal(err.code, -EINVAL);
	assert_non_null(strstr(err.text, "line 2"));
	error_clear(&err);
	assert_null(json_parse(TEXT(""), &err));
	assert_int_equal(err.code, -EINVAL);
}

static void foreign_bytes_become_a_string(void **state)
{
	AUTO_JSON bad = json_text(TEXT("a\xff"));
	AUTO_JSON good = json_text(TEXT("a\0b"));
	AUTO_JSON none = json_str(NULL);

	(void)state;
	assert_string_equal(json_string_value(bad), "a\\xff");
	assert_int_equal(json_string_length(good), 3);
	assert_true(json_is_null(none));
}

static void absent_keys_have_an_answer(void **state)
{
	struct error err = { 0 };
	AUTO_JSON object = json_parse(TEXT("{\"n\": 2.5, \"s\": \"x\"}"), &err);

	(void)state;
	assert_string_equal(json_get_string(object, "s"), "x");
	assert_string_equal(json_get_string(object, "n"), "");
	assert_true(json_get_number(object, "n", 0) == 2.5);
	assert_true(json_get_number(object, "s", 7) == 7);
	assert_true(json_get_number(NULL, "s", 7) == 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mistake_has_its_place),
		cmocka_unit_test(foreign_bytes_become_a_string),
		cmocka_unit_test(absent_keys_have_an_answer),
	};

	return cmocka_run_group_tests_name("base/json", tests, NULL, NULL);
}
