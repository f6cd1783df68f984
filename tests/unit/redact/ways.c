/* Tests that the quick ways of redact/ find what the slow ones do, in text that has much of what they look for. */
#include "tests/check.h"
#include "redact/classes.h"
/* Their parts are asked one by one. */
#include "redact/lists.c"
#include "redact/matcher.c"

enum { ROUNDS = 400, LONGEST = 700 };

static uint64_t random_state = 88172645463325252ULL;

static size_t below(size_t most)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state % most;
}

/* In a block of its own, so that the sanitizer sees what is read behind it. */
static struct text some_text(const char *letters, size_t count)
{
	size_t len = below(LONGEST);
	char *at = malloc(len + 1);

	assert_non_null(at);
	for (size_t i = 0; i < len; i++)
		at[i] = letters[below(count)];
	return (struct text){ realloc(at, len ? len : 1), len };
}

static void places_of(skip_way *way, struct text t, struct build *out)
{
	for (size_t at = 0; at < t.len;) {
		uint64_t found;
		size_t start = way(t, at, &found), end = t.len - start > LANE ? start + LANE : t.len;

		for (; found && start + (unsigned)__builtin_ctzll(found) < end; found &= found - 1)
			if (opens(t, start + (unsigned)__builtin_ctzll(found)))
				build_fmt(out, "%zu ", start + (unsigned)__builtin_ctzll(found));
		at = end;
	}
}

static void lists_open_at_the_same_places(void **state)
{
	(void)state;
	for (size_t round = 0; round < ROUNDS; round++) {
		AUTO_BUILD slow = { 0 };
		struct text t = some_text("[[({ \"'bu\\\nx]a0", 15);

		places_of(skip_none, t, &slow);
		build_add(&slow, TEXT(""));
#if defined(__x86_64__)
		skip_way *const ways[] = { __builtin_cpu_supports("avx2") ? skip_256 : skip_none,
				       __builtin_cpu_supports("avx512bw") ? skip_512 : skip_none };

		for (size_t i = 0; i < COUNT(ways); i++) {
			AUTO_BUILD quick = { 0 };

			places_of(ways[i], t, &quick);
			build_add(&quick, TEXT(""));
			assert_string_equal(quick.at, slow.at);
		}
#endif
		free((char *)t.at);
	}
}

static int no_hit(void *context, unsigned which, size_t start, size_t end)
{
	(void)context;
	(void)which;
	(void)start;
	(void)end;
	return 0;
}

static void escapes_are_found_by_blocks_as_byte_by_byte(void **state)
{
	struct rules rules = { 0 };
	struct classes *classes = classes_new(&rules, unescape_marks, false);

	(void)state;
	for (size_t round = 0; round < ROUNDS; round++) {
		struct text t = some_text(round % 2 ? "%\\\x1b\0[41mn\"2F u\n" : "%abcdefghijklmnopqrstuvwxyz2F\\\n\0", round % 2 ? 15 : 31);
		struct places marks[UNESCAPE_MARKS] = { 0 };
		struct unescaped slow = { 0 }, quick = { 0 };

		assert_true(unescaped_make(&slow, t, marks));
		assert_int_equal(classes_scan(classes, t, no_hit, NULL), 0);
		for (size_t i = 0; i < UNESCAPE_MARKS && t.len; i++)
			marks[i] = classes_blocks(classes, unescape_marks.at[i]);
		assert_true(unescaped_make(&quick, t, marks));
		assert_true(text_same(build_text(&slow.text), build_text(&quick.text)));
		assert_int_equal(slow.origin.len, quick.origin.len);
		assert_memory_equal(slow.origin.at, quick.origin.at, slow.origin.len * sizeof(*slow.origin.at));
		assert_int_equal(slow.ends.len, quick.ends.len);
		unescaped_done(&slow);
		unescaped_done(&quick);
		free((char *)t.at);
	}
	classes_free(classes);
}

static void only_such_regexes_are_tried_where_lines_begin(void **state)
{
	(void)state;
	assert_true(only_heads("(?:^|(?<=\"))a[|](b|c)\\|\\[\\("));
	assert_true(only_heads("(?:^|(?<=\"))[]|]a[^]|]"));
	assert_false(only_heads("(?:^|(?<=\"))a|b"));
	assert_false(only_heads("(?:^|(?<=\"))a\\\\|b"));
	assert_false(only_heads("(?:^|(?<=\"))?a"));
	assert_false(only_heads("(?:^|(?<=\"))(a)|b"));
	assert_false(only_heads("(?:^|(?<=')))a"));
	assert_false(only_heads("x(?:^|(?<=\"))a"));
	assert_false(only_heads(NULL));
}

static void where_lines_begin_all_is_found(void **state)
{
	struct rules rules = { .arena = arena_new() };
	struct rule *rule = rules_add(&rules, "own", "NAME", RANK_IDENTITY);
	struct matcher *matcher;

	(void)state;
	rule->regex[REGEX_MATCH] = "(?:^|(?<=\"))[ ]{0,2}(a[ab]*+)(?=[ ]|$)";
	rule->file = "";
	rule->ahead = 100;
	matcher = matcher_new(&rules);
	assert_true(matcher->heads[0]);
	for (size_t round = 0; round < ROUNDS; round++) {
		struct text t = some_text("aab \"\n", 6);
		size_t from = below(t.len + 1), to = from + below(200);
		struct span all = { 0 }, heads = { 0 };
		int got;

		matcher->heads[0] = false;
		got = matcher_find(matcher, 0, t, from, to, &all, NULL);
		matcher->heads[0] = true;
		assert_int_equal(matcher_find(matcher, 0, t, from, to, &heads, NULL), got);
		if (got) {
			assert_int_equal(heads.start, all.start);
			assert_int_equal(heads.end, all.end);
		}
		free((char *)t.at);
	}
	matcher_free(matcher);
	rules_done(&rules);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_open_at_the_same_places),
		cmocka_unit_test(escapes_are_found_by_blocks_as_byte_by_byte),
		cmocka_unit_test(only_such_regexes_are_tried_where_lines_begin),
		cmocka_unit_test(where_lines_begin_all_is_found),
	};

	return cmocka_run_group_tests_name("redact-ways", tests, NULL, NULL);
}
