/* Tests of the knowledge of tools: reading, mistakes with their place, failures, the data that is shipped. */
#include "tests/check.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "base/file.h"
#include "knowledge/tools.h"

static char folder[] = "/tmp/syswhy-tools-XXXXXX";

static int folder_make_new(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int folder_remove(void **state)
{
	static const char *const names[] = { "families.tools", "a.tools" };

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		char path[100];

		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		unlink(path);
	}
	return rmdir(folder);
}

static void put(const char *name, const char *content)
{
	char path[100];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_int_equal(file_write(path, text_of(content), 0600, NULL), 0);
}

static const char families[] = "family own\n  name {name} | {name}-own\n  package nopackager x | apt-get install x\n"
			       "  needs root\nset twice\n  arg {interval:1} {count}\n";

static void ways_and_arguments_are_read_in_order(void **state)
{
	struct error err = { 0 };

	(void)state;
	put("families.tools", families);
	put("a.tools", "# a comment\ntool t\n  shows it\n  say one | two words\n  stop self\n  way own\n    arg -p {pid} | -x\n"
		       "    use twice\n    flag -l when says listen | 监听\n    wants pid\n  way own a | /b/c\n");
	AUTO_TOOLBOX box = toolbox_read(folder, NULL, &err);
	assert_non_null(box);
	assert_int_equal(box->tools.len, 1);
	assert_int_equal(box->tools.at[0].say.len, 2);
	assert_int_equal(box->tools.at[0].stop, STOP_SELF);
	const struct tool_way *way = box->tools.at[0].ways.at;
	assert_string_equal(way->names.at[1], "t-own");
	assert_int_equal(way->args.len, 4);
	assert_string_equal(way->args.at[0].text, "-p {pid}");
	assert_string_equal(way->args.at[2].text, "{interval:1} {count}");
	assert_int_equal(way->args.at[3].when, WHEN_SAYS);
	assert_string_equal(way->args.at[3].name, "listen | 监听");
	assert_string_equal(way[1].names.at[1], "a-own");
	assert_string_equal(way[1].names.at[2], "/b/c");
}

static void every_mistake_has_its_place(void **state)
{
	static const struct {
		const char *content, *expected;
	} cases[] = {
		{ "tool t\n  shows x\n  say y\n  way none\n", "a.tools:4: there is no family 'none'" },
		{ "shows x\n", "a.tools:1: 'shows' stands before any tool" },
		{ "tool t\n  shows x\n  say y | | z\n  way own\n", "a.tools:3: an empty part" },
		{ "tool t\n  shows x\n  say y\n  way own\n  arg {nothing}\n", "a.tools:1: tool t: there is no value {nothing}" },
		{ "tool t\n  shows x\n  say y\n  way own\n  arg {pid\n", "a brace without its other" },
		{ "tool t\n  shows x\n  say y\n  way own\n  flag -x when rainy\n", "a.tools:5: 'rainy' is no condition" },
		{ "tool t\n  shows x\n  say y\n  way own\n  flag -x\n", "a.tools:5: write: flag WORDS when CONDITION" },
		{ "tool t\n  shows x\n  say y\n  way own\n  needs luck\n", "tool t: 'luck' is no need" },
		{ "tool t\n  shows x\n  say y\n  way own\n  use nothing\n", "a.tools:5: there is no set 'nothing'" },
		{ "tool t\n  shows x\n  say y\n", "tool t: no 'way' to run it" },
		{ "tool t\n  shows x\n  say y\n  way own\ntool t\n  shows x\n  say y\n  way own\n", "a.tools:5: tool t stands in" },
	};

	(void)state;
	put("families.tools", families);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct error err = { 0 };
		AUTO_BUILD mistakes = { 0 };

		put("a.tools", cases[i].content);
		AUTO_TOOLBOX box = toolbox_read(folder, &mistakes, &err);
		assert_non_null(box);
		if (!mistakes.at || !strstr(mistakes.at, cases[i].expected))
			fail_msg("case %zu: '%s' instead of '%s'", i, mistakes.at ? mistakes.at : "", cases[i].expected);
		assert_null(toolbox_read(folder, NULL, &err));
	}
}

static void values_are_found_in_text(void **state)
{
	struct text text = TEXT("-e trace={syscall} {interval:1}"), name, otherwise;
	size_t start, end;

	(void)state;
	assert_true(tool_value_next(text, &start, &end, &name, &otherwise));
	assert_true(text_is(name, "syscall"));
	assert_null(otherwise.at);
	text = text_from(text, end);
	assert_true(tool_value_next(text, &start, &end, &name, &otherwise));
	assert_true(text_is(otherwise, "1"));
	assert_false(tool_value_next(text_from(text, end), &start, &end, &name, &otherwise));
	assert_false(tool_value_next(TEXT("a{b"), &start, &end, &name, &otherwise));
}

static void failures_of_a_family_count_at_once(void **state)
{
	struct error err = { 0 };

	(void)state;
	put("families.tools", families);
	put("a.tools", "tool t\n  shows x\n  say y\n  way own\nfailure no headers\n  families own\n  lacks headers\nfailure denied\n"
		       "harmless MEMLOCK\n");
	AUTO_TOOLBOX box = toolbox_read(folder, NULL, &err);
	assert_non_null(box);
	const struct tool_way *way = box->tools.at[0].ways.at;
	assert_string_equal(tool_failure_find(box, way, TEXT("x: no headers here"), false)->need, "headers");
	assert_null(tool_failure_find(box, NULL, TEXT("no headers"), true));
	assert_null(tool_failure_find(box, way, TEXT("denied"), false));
	assert_non_null(tool_failure_find(box, way, TEXT("denied"), true));
	assert_true(tool_line_harmless(box, TEXT("ERROR: MEMLOCK")));
	assert_false(tool_line_harmless(box, TEXT("ERROR")));
}

static void the_shipped_data_has_no_mistake(void **state)
{
	struct error err = { 0 };
	AUTO_BUILD path = { 0 };

	(void)state;
	build_fmt(&path, "%s/tools", data_folder());
	AUTO_TOOLBOX box = toolbox_read(build_text(&path).at, NULL, &err);
	if (!box)
		fail_msg("%s", err.text);
	assert_true(box->tools.len >= 100);
	vec_each(tool, &box->tools)
		if (tool->asks.len == 0)
			fail_msg("tool %s has no example question", tool->name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ways_and_arguments_are_read_in_order),
		cmocka_unit_test(every_mistake_has_its_place),
		cmocka_unit_test(values_are_found_in_text),
		cmocka_unit_test(failures_of_a_family_count_at_once),
		cmocka_unit_test(the_shipped_data_has_no_mistake),
	};

	return cmocka_run_group_tests(tests, folder_make_new, folder_remove);
}
