/* Tests of base/words: what tables cannot say (tests/cases/ has the rest). */
#include "tests/check.h"
#include <string.h>
#include "base/words.h"

static void limits_hold(void **state)
{
	AUTO_BUILD long_question = { 0 };
	struct words words = { 0 };
	bool cut = false;

	(void)state;
	for (int i = 0; i < 3000; i++)
		build_put(&long_question, i % 7 ? "a-b " : "ab-cd-ef ");
	words_split(build_text(&long_question), &words, &cut);
	assert_int_equal(words.list.len, 256);
	assert_true(cut);
	words_done(&words);

	words_split(TEXT("short"), &words, &cut);
	assert_false(cut);
	words_done(&words);
}

static void a_long_word_is_cut_at_a_character(void **state)
{
	AUTO_BUILD long_word = { 0 };
	struct words words = { 0 };

	(void)state;
	build_put(&long_word, "x");
	for (int i = 0; i < 40; i++)
		build_put(&long_word, "\xc3\xa9");
	words_split(build_text(&long_word), &words, NULL);
	assert_int_equal(words.list.len, 1);
	assert_int_equal(strlen(words.list.at[0].base), 63);
	assert_int_equal(words.list.at[0].text.len, 81);
	words_done(&words);
}

static void words_point_into_the_question(void **state)
{
	static const char question[] = "count Page-Faults";
	struct words words = { 0 };

	(void)state;
	words_split(text_of(question), &words, NULL);
	assert_int_equal(words.list.len, 3);
	assert_ptr_equal(words.list.at[1].text.at, question + 6);
	assert_string_equal(words.list.at[2].base, "fault");
	words_done(&words);
}

static void folding_twice_changes_nothing(void **state)
{
	static const char *const words[] = { "faults", "dropped", "writes", "processes", "running", "scheduled", "caches",
					     "mapping", "switches", "latencies", "used", "addresses", "misses", "created" };
	char once[64], twice[64];

	(void)state;
	for (size_t i = 0; i < COUNT(words); i++) {
		word_fold(text_of(words[i]), once);
		word_fold(text_of(once), twice);
		assert_string_equal(once, twice);
	}
}

static void distances(void **state)
{
	(void)state;
	assert_int_equal(word_distance("latency", "latency", 2), 0);
	assert_int_equal(word_distance("latecny", "latency", 2), 1); /* swapped */
	assert_int_equal(word_distance("proces", "process", 2), 1);
	assert_int_equal(word_distance("abc", "xyz", 2), 3); /* most + 1 */
	assert_int_equal(word_distance("", "ab", 2), 2);
	assert_int_equal(word_distance("\xe4\xb8\xad", "\xe6\x96\x87", 2), 1); /* characters, not bytes */
	assert_int_equal(word_distance("ab", "b", 5), word_distance("b", "ab", 5));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(limits_hold),
		cmocka_unit_test(a_long_word_is_cut_at_a_character),
		cmocka_unit_test(words_point_into_the_question),
		cmocka_unit_test(folding_twice_changes_nothing),
		cmocka_unit_test(distances),
	};

	return cmocka_run_group_tests_name("base/words", tests, NULL, NULL);
}
