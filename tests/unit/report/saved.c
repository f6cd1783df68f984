/* Tests of keeping a report: what is loaded renders as what was saved; what is foreign is refused. */
#include "check.h"
#include <string.h>

static void a_loaded_report_renders_the_same(void **state)
{
	struct report *report = report_new(), *again = report_new();
	struct report_look look = { .width = 80, .colour = true };
	struct evidence_list list = { 0 };
	struct error err = { 0 };
	AUTO_BUILD one = { 0 };
	AUTO_BUILD other = { 0 };

	(void)state;
	evidence_add(&list, EVIDENCE_TABLE, "first", json_pack("{s:[{s:s}],s:[[s]]}", "columns", "name", "a", "rows", "x"));
	evidence_add(&list, EVIDENCE_TEXT, "second", json_pack("{s:s}", "text", "some words"));
	report_say(report, REPORT_HEADING, "heading");
	report_show(report, list.items.at[1]);
	report_show(report, list.items.at[0]);
	report_say(report, REPORT_PARAGRAPH, "words that cite [2], 100%%");
	report_marked(report, true);
	report_say(report, REPORT_PARAGRAPH, "**a model's**");
	report_marked(report, false);
	report_say(report, REPORT_NOTE, "a note");
	report_say(report, REPORT_LIST, "one");
	report_say(report, REPORT_LIST, "two");
	report_say(report, REPORT_CODE, "a\n  b");
	report_say(report, REPORT_EXACT, "POST x\n  y");
	report_status(report, REPORT_WARN, "do this", "half");
	report_status(report, REPORT_OK, NULL, "fine");
	report_own(report, &list);
	AUTO_JSON saved = report_save(report);
	AUTO_FREE char *bytes = json_dumps(saved, 0);
	AUTO_JSON read = json_parse(text_of(bytes), NULL);
	assert_int_equal(report_load(again, read, &err), 0);
	report_text(report, &look, &one);
	report_text(again, &look, &other);
	assert_string_equal(one.at, other.at);
	assert_non_null(strstr(other.at, "[2]"));
	assert_non_null(strstr(other.at, "\nPOST x\n  y\n"));
	assert_non_null(strstr(other.at, "\033[1ma model's"));
	report_free(report);
	report_free(again);
}

static void what_is_no_report_is_refused(void **state)
{
	static const char *const wrong[] = { "[{}]", "[{\"block\":\"nonsense\"}]", "[{\"block\":\"evidence\"}]",
					     "[{\"block\":\"evidence\",\"evidence\":{\"kind\":\"table\",\"data\":{\"rows\":[1]}}}]", "[7]" };

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct report *report = report_new();
		struct error err = { 0 };
		AUTO_JSON saved = json_parse(text_of(wrong[i]), NULL);

		if (report_load(report, saved, &err) == 0 || !err.text[0])
			fail_msg("taken: %s", wrong[i]);
		report_free(report);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_loaded_report_renders_the_same),
		cmocka_unit_test(what_is_no_report_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
