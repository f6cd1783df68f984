/* Tests of reading the manual's one-line descriptions. */
#include "tests/check.h"
#include "knowledge/manual.h"

static void lines_are_taken_apart(void **state)
{
	struct text name, says;

	(void)state;
	assert_true(manual_line(TEXT("/usr/share/man/man1/slabtop.1.gz: \"slabtop - display kernel slab cache - now\""), &name, &says));
	assert_true(text_is(name, "slabtop"));
	assert_true(text_is(says, "display kernel slab cache - now"));
}

static void other_lines_are_passed_over(void **state)
{
	static const char *const lines[] = { "", "x.1.gz: parse failed", "x.1.gz: \"no dash\"", "x.1.gz: \"two words - x\"",
					     "x.1.gz: \"../../bin/sh - a path\"", "x.1.gz: \" - x\"", "x.1.gz: \"x - \"", "x: \"" };
	struct text name, says;

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++)
		if (manual_line(text_of(lines[i]), &name, &says))
			fail_msg("taken: %s", lines[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_taken_apart),
		cmocka_unit_test(other_lines_are_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
