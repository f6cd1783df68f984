/* Tests of vectors: kept by source and text, compared, and rankings merged. */
#include "tests/check.h"
#include <stdlib.h>
#include <string.h>
#include "knowledge/vectors.h"

static const float east[] = { 1, 0 }, north[] = { 0, 1 }, third[] = { 0.6f, 0.8f, 0 };

static void a_vector_is_its_sources_and_texts_alone(void **state)
{
	char folder[] = "/tmp/syswhy-vectors-XXXXXX";
	AUTO_BUILD command = { 0 };
	struct error err = { 0 };
	size_t size = 0;

	(void)state;
	assert_non_null(mkdtemp(folder));
	{
		AUTO_VECTORS one = vectors_open(folder, "http://one m", &err);
		AUTO_VECTORS other = vectors_open(folder, "http://one n", &err);
		AUTO_FREE float *got = NULL;
		AUTO_FREE float *none = NULL;

		assert_int_equal(vectors_get(one, TEXT("a"), &none, &size, &err), 0);
		assert_int_equal(vectors_put(one, TEXT("a"), east, 2, &err), 0);
		assert_int_equal(vectors_put(one, TEXT("a"), north, 2, &err), 0); /* made anew */
		assert_int_equal(vectors_get(other, TEXT("a"), &none, &size, &err), 0);
		assert_int_equal(vectors_get(one, TEXT("b"), &none, &size, &err), 0);
		assert_int_equal(vectors_get(one, TEXT("a"), &got, &size, &err), 1);
		assert_int_equal(size, 2);
		assert_true(got[0] == 0 && got[1] == 1);
		/* Another size than what it is compared with is as good as none. */
		size = 3;
		assert_int_equal(vectors_get(one, TEXT("a"), &none, &size, &err), 0);
	}
	AUTO_VECTORS again = vectors_open(folder, "http://one m", &err);
	AUTO_FREE float *kept = NULL;

	size = 0;
	assert_int_equal(vectors_get(again, TEXT("a"), &kept, &size, &err), 1);
	build_fmt(&command, "rm -r %s", folder);
	assert_int_equal(system(command.at), 0);
}

static void nearness_is_the_cosine(void **state)
{
	const float other[] = { 0.8f, 0.6f, 0 };

	(void)state;
	assert_true(vectors_near(east, north, 2) == 0);
	assert_true(vectors_near(east, east, 2) == 1);
	assert_true(vectors_near(third, other, 3) > 0.959 && vectors_near(third, other, 3) < 0.961);
}

static void list_of(const char *names, struct recipe_list *list, struct arena *arena)
{
	struct text rest = text_of(names), word;

	while (text_word(&rest, &word)) {
		const char *name = arena_text(arena, word);

		vec_push(&list->items, (struct recipe){ .kind = RECIPE_OWN, .name = name, .path = name });
	}
}

static void merged(const char *one, const char *other, size_t limit, const char *wanted)
{
	AUTO_ARENA arena = arena_new();
	AUTO_RECIPES first = { .more = 3 };
	AUTO_RECIPES second = { 0 };
	AUTO_RECIPES out = { 0 };
	AUTO_BUILD got = { 0 };

	list_of(one, &first, arena);
	list_of(other, &second, arena);
	recipes_merge(&first, &second, limit, &out);
	vec_each(recipe, &out.items)
		build_fmt(&got, "%s%s", got.len ? " " : "", recipe->name);
	assert_string_equal(got.len ? got.at : "", wanted);
	assert_true(out.more >= 3);
}

static void what_both_rankings_hold_comes_first(void **state)
{
	(void)state;
	merged("a b c", "", 5, "a b c");
	merged("", "a b c", 5, "a b c");
	merged("", "", 5, "");
	merged("a b c", "d b e", 5, "b a d c e");
	merged("a b c d", "d c b a", 2, "a d");
	merged("a", "a", 5, "a");
}

static void a_recipe_says_what_it_is_about(void **state)
{
	struct recipe recipe = { .title = "Count of opens.", .asks = "which files\nwho opens", .says = "open" };
	AUTO_BUILD text = { 0 };

	(void)state;
	recipe_meaning(&recipe, &text);
	assert_string_equal(text.at, "Count of opens.\nwhich files\nwho opens\nopen");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_vector_is_its_sources_and_texts_alone),
		cmocka_unit_test(nearness_is_the_cosine),
		cmocka_unit_test(what_both_rankings_hold_comes_first),
		cmocka_unit_test(a_recipe_says_what_it_is_about),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
