/* Tests of llm/chat and of hosts: an answer becomes a turn; a URL's host is what a key is bound to. */
#include "tests/check.h"
#include "llm/chat.h"
#include "llm/config.h"

static void an_answer_becomes_a_turn(void **state)
{
	AUTO_CHAT chat = chat_new();
	AUTO_ANSWER answer = { 0 };

	(void)state;
	build_put(&answer.text, "Looking.");
	build_put(&answer.reasoning, "Hm.");
	vec_push(&answer.calls, (struct chat_call){ .id = strdup("c1"), .name = strdup("look"), .arguments = strdup("{}") });
	chat_say(chat, CHAT_USER, CLEAN("hello"));
	chat_answer(chat, &answer);
	chat_result(chat, "c1", CLEAN("red"), false);
	chat_cache_mark(chat);
	assert_int_equal(chat->turns.len, 3);
	assert_string_equal(chat->turns.at[1].text, "Looking.");
	assert_string_equal(chat->turns.at[1].reasoning, "Hm.");
	assert_string_equal(chat->turns.at[1].calls.at[0].name, "look");
	assert_true(chat->turns.at[2].cache);
	chat_cut(chat, 1);
	assert_int_equal(chat->turns.len, 1);
}

static void hosts_of_urls(void **state)
{
	static const char *const cases[][2] = {
		{ "https://API.openai.com/v1", "https://api.openai.com" },
		{ "https://api.openai.com:443/v1", "https://api.openai.com" },
		{ "http://127.0.0.1:8080/v1", "http://127.0.0.1:8080" },
		{ "https://api.openai.com@evil.example/v1", NULL },
		{ "https://api.openai.com\\@evil.example", NULL },
		{ "ftp://api.openai.com", NULL },
		{ "https:///v1", NULL },
		{ "api.openai.com", NULL },
	};
	char host[300];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		bool good = url_host(cases[i][0], host);

		assert_int_equal(good, cases[i][1] != NULL);
		if (good)
			assert_string_equal(host, cases[i][1]);
	}
	assert_true(url_local("http://localhost:1/v1"));
	assert_true(url_local("http://[::1]:1/v1"));
	assert_false(url_local("http://127.0.0.1.evil.example/v1"));
	assert_false(url_local("http://localhost.evil.example/v1"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_becomes_a_turn),
		cmocka_unit_test(hosts_of_urls),
	};

	return cmocka_run_group_tests_name("llm/chat", tests, NULL, NULL);
}
