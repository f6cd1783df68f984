/* Tests of base/utf8. */
#include "tests/check.h"
#include "base/utf8.h"

static void decodes_every_length(void **state)
{
	static const struct {
		const char *bytes;
		uint32_t c;
		size_t len;
	} cases[] = { { "a", 'a', 1 }, { "\xc2\xa9", 0xa9, 2 }, { "\xe4\xb8\xad", 0x4e2d, 3 }, { "\xf0\x9f\x98\x80", 0x1f600, 4 },
		      { "\xf4\x8f\xbf\xbf", 0x10ffff, 4 } };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint32_t c;

		assert_int_equal(utf8_next(text_of(cases[i].bytes), &c), cases[i].len);
		assert_int_equal(c, cases[i].c);
	}
}

static void refuses_what_the_standard_refuses(void **state)
{
	/* Overlong, surrogate, beyond the last character, a lone continuation, and cut ones. */
	static const char *const cases[] = { "\xc0\x80", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\x80", "\xe4\xb8",
					     "\xff", "\xc2" };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint32_t c;

		assert_int_equal(utf8_next(text_of(cases[i]), &c), 1);
		assert_int_equal(c, UTF8_BAD);
		assert_false(utf8_valid(text_of(cases[i])));
	}
	assert_true(utf8_valid(TEXT("")));
}

static void measures_columns(void **state)
{
	(void)state;
	assert_int_equal(utf8_columns(TEXT("ab\xe4\xb8\xad")), 4);
	assert_int_equal(utf8_columns(TEXT("e\xcc\x81")), 1);
	assert_true(text_is(utf8_fit(TEXT("a\xe4\xb8\xad\xe6\x96\x87"), 4), "a\xe4\xb8\xad"));
	assert_true(text_is(utf8_fit(TEXT("abc"), 0), ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decodes_every_length),
		cmocka_unit_test(refuses_what_the_standard_refuses),
		cmocka_unit_test(measures_columns),
	};

	return cmocka_run_group_tests_name("base/utf8", tests, NULL, NULL);
}
