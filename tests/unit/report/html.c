/* The HTML page: nothing foreign becomes markup, and the order of a page that answers a question. */
#include "check.h"

#define HOSTILE "</script><img src=x onerror=alert(1)>&"

static size_t count_of(const struct build *b, const char *part)
{
	struct text rest = build_text(b);
	size_t count = 0, at;

	for (; text_find(rest, part, &at); count++)
		rest = text_from(rest, at + 1);
	return count;
}

static size_t place_of(const struct build *b, const char *part)
{
	size_t at = 0;

	if (!text_find(build_text(b), part, &at))
		fail_msg("the page does not hold %s", part);
	return at;
}

static void nothing_becomes_markup(void **state)
{
	struct report *report = report_new();
	struct evidence_list list = { 0 };
	AUTO_BUILD out = { 0 };

	(void)state;
	for (int block = REPORT_HEADING; block <= REPORT_CODE; block++)
		report_say(report, (enum report_block)block, "%s", HOSTILE);
	report_say(report, REPORT_EXACT, "%s", HOSTILE);
	report_status(report, REPORT_WARN, HOSTILE, "%s", HOSTILE);
	report_show(report, evidence_of(&list, EVIDENCE_TEXT, "{'text': '" HOSTILE "'}"));
	report_show(report, evidence_of(&list, EVIDENCE_TABLE, "{'columns': [{'name': '" HOSTILE "', 'unit': '" HOSTILE
							       "'}], 'rows': [['" HOSTILE "']]}"));
	report_show(report, evidence_of(&list, EVIDENCE_EVENTS, "{'columns': [{'name': '" HOSTILE "', 'unit': '" HOSTILE
								"'}], 'rows': [[1]]}"));
	report_show(report, evidence_of(&list, EVIDENCE_HISTOGRAM,
					"{'unit': '" HOSTILE "', 'series': [{'key': ['" HOSTILE
					"'], 'buckets': [{'min': 1, 'max': 1, 'count': 2}]}]}"));
	report_show(report, evidence_of(&list, EVIDENCE_STACKS,
					"{'unit': '" HOSTILE "', 'stacks': [{'key': ['" HOSTILE "'], 'value': 2,"
					"'frames': ['" HOSTILE "', '\\u202e\\u0007']}]}"));
	evidence_command(list.items.at[0], HOSTILE, 1, 1);
	json_object_set_new(report_json(report), "question", json_string(HOSTILE));
	json_object_set_new(report_json(report), "plan", json_pack("{s:s}", HOSTILE, HOSTILE));
	json_object_set_new(report_json(report), "tool", json_pack("[s]", HOSTILE));
	json_object_set_new(report_json(report), "attempts", json_pack("[{s:s}]", "error", HOSTILE));
	report_html(report, HOSTILE, &out);
	assert_false(out.cut);
	assert_int_equal(count_of(&out, "<img"), 0);
	assert_int_equal(count_of(&out, "</script>"), 3); /* two of data, one of code */
	assert_int_equal(count_of(&out, "<script"), 3);
	assert_true(count_of(&out, "&lt;/script&gt;&lt;img") > 15);
	assert_int_equal(count_of(&out, "\a"), 0);
	report_free(report);
	evidence_list_done(&list);
}

/* Markdown of a model becomes elements; markup of its own, and marks that have no other half, stay text. */
static void a_models_words_are_marked_up(void **state)
{
	static const struct {
		const char *words, *page;
	} cases[] = {
		{ "# Why **so**\nfirst `a*b` line\nsecond", "<h3>Why <b>so</b></h3>\n<p>first <code>a*b</code> line<br>\nsecond</p>\n" },
		{ "- one\n  goes on\n* **two [1]**\n\nend", "<ul>\n<li>one<br>\ngoes on</li>\n<li><b>two <a href=\"#e1\">[1]</a></b></li>\n</ul>\n<p>end</p>\n" },
		{ "3. three\n4) four", "<ol>\n<li value=\"3\">three</li>\n<li value=\"4\">four</li>\n</ol>\n" },
		{ "```c\nint **a;\n\n<b>\n# no head\n```\nend", "<pre tabindex=\"0\"><code>int **a;\n\n&lt;b&gt;\n# no head\n</code></pre>\n<p>end</p>\n" },
		{ "2 * 3 **4 and `x", "<p>2 * 3 **4 and `x</p>\n" },
		{ "```\nnever closed", "<pre tabindex=\"0\"><code>never closed\n</code></pre>\n" },
		{ "**" HOSTILE "** `" HOSTILE "`", "<p><b>&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;&amp;</b> <code>&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;&amp;</code></p>\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct report *report = report_new();
		struct evidence_list list = { 0 };
		AUTO_BUILD out = { 0 };

		report_marked(report, true);
		report_say(report, REPORT_PARAGRAPH, "%s", cases[i].words);
		report_marked(report, false);
		report_say(report, REPORT_PARAGRAPH, "**ours**");
		report_show(report, evidence_of(&list, EVIDENCE_TEXT, "{'text': 'seen'}"));
		report_html(report, "t", &out);
		place_of(&out, cases[i].page);
		place_of(&out, "<p>**ours**</p>");
		report_free(report);
		evidence_list_done(&list);
	}
}

static void answer_first(void **state)
{
	struct report *report = report_new();
	struct evidence_list list = { 0 };
	AUTO_BUILD out = { 0 };

	(void)state;
	report_show(report, evidence_of(&list, EVIDENCE_TEXT, "{'text': 'observed'}"));
	report_say(report, REPORT_CODE, "the program");
	report_say(report, REPORT_HEADING, "Next");
	report_say(report, REPORT_PARAGRAPH, "the answer [1], not [2], [x] nor [");
	report_html(report, "title", &out);
	assert_true(place_of(&out, "observed") < place_of(&out, "the program"));
	assert_true(place_of(&out, "the program") < place_of(&out, "the answer"));
	build_clear(&out);
	json_object_set_new(report_json(report), "question", json_string("why?"));
	json_object_set_new(report_json(report), "seconds", json_real(5));
	report_html(report, "title", &out);
	assert_true(place_of(&out, "<h2>Next") < place_of(&out, "the answer"));
	assert_true(place_of(&out, "the answer") < place_of(&out, "observed"));
	assert_true(place_of(&out, "observed") < place_of(&out, "the program"));
	assert_true(place_of(&out, "the program") < place_of(&out, "How it was measured"));
	place_of(&out, "the answer <a href=\"#e1\">[1]</a>, not [2], [x] nor [<");
	report_free(report);
	evidence_list_done(&list);
}

static void cut_is_told(void **state)
{
	struct report *report = report_new();
	struct evidence_list list = { 0 };
	AUTO_BUILD out = { 0 };

	(void)state;
	report_show(report, evidence_of(&list, EVIDENCE_TABLE,
					"{'columns': [{'name': 'a'}], 'rows': [['x'], ['y']], 'total_rows': 1234}"));
	report_html(report, "title", &out);
	place_of(&out, "Shown 2 of 1,234 rows.");
	report_free(report);
	evidence_list_done(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_becomes_markup),
		cmocka_unit_test(a_models_words_are_marked_up),
		cmocka_unit_test(answer_first),
		cmocka_unit_test(cut_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
