/* Tests of base/text, base/vec, base/arena and base/error. */
#include "tests/check.h"
#include "base/arena.h"
#include "base/error.h"
#include "base/vec.h"

static void views(void **state)
{
	struct text t = TEXT("  one two\n"), part;

	(void)state;
	assert_true(text_is(text_trim(t), "one two"));
	assert_true(text_word(&t, &part) && text_is(part, "one"));
	assert_true(text_word(&t, &part) && text_is(part, "two"));
	assert_false(text_word(&t, &part));
	assert_true(text_is(text_from(TEXT("abc"), 9), ""));
	assert_true(text_is(text_until(TEXT("abc"), 9), "abc"));
	assert_true(text_is(text_of(NULL), ""));
	assert_true(text_starts(TEXT("abc"), "ab") && !text_starts(TEXT("a"), "ab"));
	assert_true(text_ends(TEXT("abc"), "bc") && !text_ends(TEXT("c"), "bc"));
	assert_false(text_has(TEXT(""), "x"));
}

static void parts_keep_the_empty_ones(void **state)
{
	struct text rest = TEXT("a,,b"), part;

	(void)state;
	assert_true(text_next(&rest, ',', &part) && text_is(part, "a"));
	assert_true(text_next(&rest, ',', &part) && part.len == 0);
	assert_true(text_next(&rest, ',', &part) && text_is(part, "b"));
	assert_false(text_next(&rest, ',', &part));
	rest = TEXT("x\r\ny");
	assert_true(text_line(&rest, &part) && text_is(part, "x"));
	assert_true(text_line(&rest, &part) && text_is(part, "y"));
}

static void numbers_are_whole_or_refused(void **state)
{
	long long n;
	double d;

	(void)state;
	assert_true(text_number(TEXT("-12"), &n) && n == -12);
	assert_true(text_number(TEXT("0x1F"), &n) && n == 31);
	assert_true(text_number(TEXT("010"), &n) && n == 10);
	assert_false(text_number(TEXT("12x"), &n));
	assert_false(text_number(TEXT(""), &n));
	assert_false(text_number(TEXT(" 1"), &n));
	assert_false(text_number(TEXT("99999999999999999999"), &n));
	assert_true(text_real(TEXT("1.5"), &d) && d == 1.5);
	assert_false(text_real(TEXT("nan"), &d));
	assert_false(text_real(TEXT("1.5s"), &d));
}

static void a_builder_stops_at_its_ceiling(void **state)
{
	AUTO_BUILD b = { .ceiling = 5 };

	(void)state;
	build_put(&b, "1234");
	assert_false(b.cut);
	build_put(&b, "5678");
	assert_true(b.cut);
	assert_string_equal(b.at, "12345");
	build_char(&b, 'x');
	assert_int_equal(b.len, 5);
	build_clear(&b);
	assert_false(b.cut);
	assert_string_equal(b.at, "");
}

static void foreign_text_loses_its_controls(void **state)
{
	AUTO_BUILD b = { 0 };

	(void)state;
	build_safe(&b, TEXT("a\x1b[31m\n\xff\xe2\x80\xae\xc2\x9b\xe4\xb8\xad"), false);
	assert_string_equal(b.at, "a\\x1b[31m\\x0a\\xff\\u202e\\u009b\xe4\xb8\xad");
	build_clear(&b);
	build_safe(&b, TEXT("a\n\tb"), true);
	assert_string_equal(b.at, "a\n\tb");
}

static void an_array_grows_with_zeroed_items(void **state)
{
	VEC(int) numbers = { 0 };
	long sum = 0;

	(void)state;
	for (int i = 0; i < 1000; i++)
		vec_push(&numbers, i);
	assert_int_equal(*vec_new(&numbers), 0);
	vec_each(n, &numbers)
		sum += *n;
	assert_int_equal(sum, 499500);
	vec_done(&numbers);
	vec_each(n, &numbers)
		fail_msg("an empty array has no items");
}

static void an_arena_gives_aligned_zeroed_memory(void **state)
{
	AUTO_ARENA arena = arena_new();

	(void)state;
	for (size_t size = 1; size < 100000; size = size * 3 + 1) {
		char *at = arena_alloc(arena, size);

		assert_int_equal((uintptr_t)at % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(at[i], 0);
		memset(at, 0xff, size);
	}
	assert_string_equal(arena_fmt(arena, "%d-%s", 7, "x"), "7-x");
	assert_string_equal(arena_text(arena, TEXT("abc")), "abc");
}

static void the_first_failure_wins(void **state)
{
	struct error err = { 0 };

	(void)state;
	assert_int_equal(fail(&err, -ENOENT, "no %s", "file"), -ENOENT);
	assert_int_equal(fail(&err, -EIO, "later"), -EIO);
	assert_int_equal(err.code, -ENOENT);
	assert_int_equal(fail_within(&err, "while %s", "reading"), -ENOENT);
	assert_string_equal(err.text, "while reading: no file");
	assert_true(fail(NULL, 0, "x") < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(views),
		cmocka_unit_test(parts_keep_the_empty_ones),
		cmocka_unit_test(numbers_are_whole_or_refused),
		cmocka_unit_test(a_builder_stops_at_its_ceiling),
		cmocka_unit_test(foreign_text_loses_its_controls),
		cmocka_unit_test(an_array_grows_with_zeroed_items),
		cmocka_unit_test(an_arena_gives_aligned_zeroed_memory),
		cmocka_unit_test(the_first_failure_wins),
	};

	return cmocka_run_group_tests_name("base/text", tests, NULL, NULL);
}
