/* Questions as tokens, with the real vocabulary: synonyms, Chinese, typing errors, phrases, hostile text. */
#include "check.h"
#include "trace/words/question.h"

static struct vocabulary *vocabulary;

static int setup(void **state)
{
	(void)state;
	vocabulary = real_vocabulary();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	vocabulary_free(vocabulary);
	return 0;
}

static void canonical_is(const char *text, const char *expected)
{
	AUTO(question_done) struct question q;
	AUTO_BUILD words = { 0 };

	question_read(&q, vocabulary, text_of(text), NULL, NULL);
	vec_each(token, &q.tokens)
		build_fmt(&words, "%s%s", words.len ? " " : "", token->canonical);
	assert_string_equal(build_text(&words).at, expected);
}

static void forms_and_synonyms(void **state)
{
	(void)state;
	canonical_is("removed deletions unlinked", "delete delete delete");
	canonical_is("Writes WROTE written", "write write write");
	canonical_is("which files", "which file");
	canonical_is("打开文件", "打 开 文 件");
	canonical_is("统计open文件", "统 计 open 文 件");
	canonical_is("", "");
}

static void typing_errors(void **state)
{
	static const struct {
		const char *written, *meant;
	} errors[] = { { "histgram", "histogram" }, { "proces", "process" }, { "latncy", "latency" }, { "conections", "connect" },
		       { "direcotry", "directory" } };

	(void)state;
	for (size_t i = 0; i < COUNT(errors); i++) {
		AUTO(question_done) struct question q;

		question_read(&q, vocabulary, text_of(errors[i].written), NULL, NULL);
		assert_int_equal(q.tokens.len, 1);
		assert_true(q.tokens.at[0].known);
		if (!text_is(q.tokens.at[0].corrected, errors[i].written) || strcmp(q.tokens.at[0].canonical, errors[i].meant) != 0)
			fail_msg("'%s' became '%s', not '%s'", errors[i].written, q.tokens.at[0].canonical, errors[i].meant);
	}
}

static bool all_names(void *context, const struct token *token)
{
	(void)context;
	(void)token;
	return true;
}

static void no_error_is_mended_in(void **state)
{
	static const char *const kept[] = { "fil", "xqzzyw", "/usr/bin/histgram", "\"histgram\"", "sys_entr_read" };
	AUTO(question_done) struct question named;

	(void)state;
	for (size_t i = 0; i < COUNT(kept); i++) {
		AUTO(question_done) struct question q;

		question_read(&q, vocabulary, text_of(kept[i]), NULL, NULL);
		vec_each(token, &q.tokens)
			if (token->corrected.len)
				fail_msg("'%s' became '%s'", kept[i], token->canonical);
	}
	/* what names something on this machine is no slip */
	question_read(&named, vocabulary, TEXT("histgram"), all_names, NULL);
	assert_int_equal(named.tokens.at[0].corrected.len, 0);
}

static void phrases(void **state)
{
	AUTO(question_done) struct question q;
	const struct role *role;
	const struct sense *sense;
	size_t len;

	(void)state;
	question_read(&q, vocabulary, TEXT("number of the system calls by process id 进程号"), NULL, NULL);
	sense = sense_at(&q, 0, "measure", "count", &len);
	assert_non_null(sense);
	assert_int_equal(len, 2);
	role = role_at(&q, 6, &len);
	assert_non_null(role);
	assert_string_equal(role->name, "pid");
	assert_int_equal(len, 2);
	role = role_at(&q, 8, &len);
	assert_string_equal(role->name, "pid");
	assert_int_equal(len, 3);
	assert_null(role_at(&q, q.tokens.len, &len));
	assert_null(sense_at(&q, q.tokens.len + 5, "measure", NULL, &len));
	assert_null(sense_at(&q, 0, "measure", "histogram", &len));
	assert_true(token_is(&q, 5, "by"));
	assert_false(token_is(&q, 500, "by"));
}

static void signals_by_name(void **state)
{
	AUTO(question_done) struct question q;
	size_t len;

	(void)state;
	question_read(&q, vocabulary, TEXT("SIGUSR2 signal SIGNOTHING"), NULL, NULL);
	assert_true(q.tokens.at[0].specific);
	assert_string_equal(q.tokens.at[0].canonical, "signal");
	assert_null(role_at(&q, 0, &len));
	assert_false(q.tokens.at[1].specific);
	assert_false(q.tokens.at[2].specific);
}

static void unplaced(void **state)
{
	AUTO(question_done) struct question q;
	AUTO_BUILD words = { 0 };

	(void)state;
	question_read(&q, vocabulary, TEXT("please frobnicate the 斑马 wibble"), NULL, NULL);
	question_unplaced(&q, &words);
	assert_non_null(strstr(words.at, "'frobnicate'"));
	assert_non_null(strstr(words.at, "'wibble'"));
	assert_null(strstr(words.at, "the"));
	assert_null(strstr(words.at, "please"));
	tokens_use(&q, 0, 1000, USED_NAME); /* past the end is nothing */
	build_clear(&words);
	question_unplaced(&q, &words);
	assert_int_equal(words.len, 0);
}

static void hostile(void **state)
{
	AUTO_BUILD text = { 0 };

	(void)state;
	for (int i = 0; i < 100000; i++)
		build_char(&text, (char)(i * 131 + i / 256));
	for (size_t from = 0; from < 3000; from += 7) {
		AUTO(question_done) struct question q;
		AUTO_BUILD words = { 0 };

		question_read(&q, vocabulary, text_until(text_from(build_text(&text), from), from % 97), NULL, NULL);
		question_unplaced(&q, &words);
	}
	{
		AUTO(question_done) struct question q;

		question_read(&q, vocabulary, build_text(&text), NULL, NULL);
		assert_true(q.tokens.len < 300000);
	}
	build_clear(&text);
	for (int i = 0; i < 10000; i++)
		build_put(&text, "open files ");
	AUTO(question_done) struct question q;
	question_read(&q, vocabulary, build_text(&text), NULL, NULL);
	assert_true(q.cut);
	assert_true(q.tokens.len <= 256);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forms_and_synonyms), cmocka_unit_test(typing_errors), cmocka_unit_test(no_error_is_mended_in),
		cmocka_unit_test(phrases), cmocka_unit_test(signals_by_name), cmocka_unit_test(unplaced), cmocka_unit_test(hostile),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
