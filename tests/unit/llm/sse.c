/* Tests of llm/sse: the stream's rules, and characters that are none. */
#include "tests/check.h"
#include "llm/sse.h"

static int take(void *context, const struct sse_event *event)
{
	build_fmt(context, "<%s:%.*s>", event->name, TEXT_ARG(event->data));
	return 0;
}

static void check(const char *stream, const char *wanted)
{
	for (size_t piece = 1; piece <= 8; piece++) {
		AUTO_BUILD seen = { 0 };
		struct sse sse = { .take = take, .context = &seen };

		build_put(&seen, "");
		for (struct text rest = text_of(stream); rest.len; rest = text_from(rest, piece < rest.len ? piece : rest.len))
			assert_int_equal(sse_feed(&sse, text_until(rest, piece < rest.len ? piece : rest.len)), 0);
		assert_int_equal(sse_end(&sse), 0);
		sse_done(&sse);
		assert_string_equal(seen.at, wanted);
	}
}

static void the_rules_of_the_stream_hold(void **state)
{
	(void)state;
	check("data: a\n\ndata:b\r\n\r\ndata:  c\r\r", "<message:a><message:b><message: c>");
	check("event: x\ndata: a\ndata: b\n\ndata: c\n\n", "<x:a\nb><message:c>");
	check(": only a comment\n\nid: 4\n\ndata\n\ndata:\n\n", "");
	check("data: last without an end", "<message:last without an end>");
	check("\xef\xbb\xbf" "data: a\n\n", "<message:a>");
	check("event: lost\n\ndata: a\n\n", "<message:a>");
}

static void an_endless_line_ends(void **state)
{
	AUTO_BUILD seen = { 0 };
	struct sse sse = { .take = take, .context = &seen, .limit = 100 };
	int code = 0;

	(void)state;
	for (int i = 0; i < 1000 && !code; i++)
		code = sse_feed(&sse, TEXT("data: xxxxxxxxx"));
	assert_int_equal(code, -EMSGSIZE);
	assert_true(sse.line.len <= 100);
	sse_done(&sse);
}

static void bad_characters_do_not_lose_the_rest(void **state)
{
	static const char *const cases[][2] = {
		{ "{\"a\":\"x\xffy\"}", "x\xef\xbf\xbdy" },
		{ "{\"a\":\"x\\ud83dy\"}", "x\xef\xbf\xbdy" },
		{ "{\"a\":\"\\ud83d\\udc1d\\udc1d\"}", "\xf0\x9f\x90\x9d\xef\xbf\xbd" },
		{ "{\"a\":\"\\\\ud83d\"}", "\\ud83d" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO_JSON json = sse_json(text_of(cases[i][0]), NULL);

		assert_non_null(json);
		assert_string_equal(json_get_string(json, "a"), cases[i][1]);
	}
	assert_null(sse_json(TEXT("{nonsense"), NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_rules_of_the_stream_hold),
		cmocka_unit_test(an_endless_line_ends),
		cmocka_unit_test(bad_characters_do_not_lose_the_rest),
	};

	return cmocka_run_group_tests_name("llm/sse", tests, NULL, NULL);
}
