/* Tests of what is pasted: one line of the editor, and back. */
#include "tests/check.h"
#include "base/utf8.h"
#include "commands/paste.h"

static void held(const char *pasted, const char *line)
{
	AUTO_BUILD out = { 0 };

	build_put(&out, "");
	paste_line(text_of(pasted), &out);
	assert_string_equal(out.len ? out.at : "", line);
	assert_true(utf8_valid(build_text(&out)));
}

static void line_ends_are_pictures(void **state)
{
	(void)state;
	held("one", "one");
	held("one\ntwo\r\nthree\rfour", "one␊two␊three␊four");
	held("one\n\n\ntwo\n\r\n", "one␊␊␊two");
	held("\none", "␊one");
	held("\n\n", "");
	held("", "");
}

static void only_text_gets_in(void **state)
{
	(void)state;
	held("a\tb", "a b");
	held("a\033[31mred\033]0;title\007\b\177z", "a[31mred]0;titlez");
	held("\xc2\x9b"
	     "31m",
	     "31m");
	held("\xff\xfe缺页\xe7\xbc", "\xef\xbf\xbd\xef\xbf\xbd缺页\xef\xbf\xbd\xef\xbf\xbd");
}

static void lines_are_lines_again(void **state)
{
	AUTO_BUILD out = { 0 };

	(void)state;
	paste_meant(TEXT("one␊␊two 缺页␊"), &out);
	assert_string_equal(out.at, "one\n\ntwo 缺页\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(line_ends_are_pictures), cmocka_unit_test(only_text_gets_in),
					    cmocka_unit_test(lines_are_lines_again) };

	return cmocka_run_group_tests_name("commands/paste", tests, NULL, NULL);
}
