/* The quirks of bpftrace versions: order of versions, ranges, and mistakes named with their line. */
#include "check.h"
#include "commands/doctor.h"

static void count(void *context, struct text sentence)
{
	assert_true(sentence.len > 0);
	++*(int *)context;
}

static void order(void **state)
{
	(void)state;
	assert_true(version_order(TEXT("0.17.0"), TEXT("0.17")) == 0);
	assert_true(version_order(TEXT("0.9"), TEXT("0.17")) < 0);
	assert_true(version_order(TEXT("0.20.1"), TEXT("0.20")) > 0);
	assert_true(version_order(TEXT("1"), TEXT("0.26.1")) > 0);
}

static void ranges(void **state)
{
	struct error err = { 0 };
	int old = 0, current = 0, future = 0;

	(void)state;
	setenv("SYSWHY_DATA", test_folder(), 1); /* data_folder() remembers its first answer */
	put_file("bpftrace/quirks", "# head\n\n- 0.18 one\n0.17 0.22 two\n0.25 - three\n- - four\n");
	assert_int_equal(quirks_of("0.17.0", count, &old, &err), 0);
	assert_int_equal(quirks_of("0.21", count, &current, &err), 0);
	assert_int_equal(quirks_of("0.26.1", count, &future, &err), 0);
	assert_int_equal(old, 3);
	assert_int_equal(current, 2);
	assert_int_equal(future, 2);
}

static void mistakes(void **state)
{
	static const char *const files[] = { "# ok\n- 0.18\n", "- 0.1 good\nx 0.18 words\n", "\n\n0.17\n", "0.17 later text\n" };
	static const char *const lines[] = { "quirks:2:", "quirks:2:", "quirks:3:", "quirks:1:" };

	(void)state;
	for (size_t i = 0; i < COUNT(files); i++) {
		struct error err = { 0 };
		int seen = 0;

		put_file("bpftrace/quirks", files[i]);
		assert_true(quirks_of("0.17", count, &seen, &err) < 0);
		assert_non_null(strstr(err.text, lines[i]));
	}
}

static void ours(void **state)
{
	AUTO_BUILD shipped = { 0 };
	struct error err = { 0 };
	int seen = 0;

	(void)state;
	assert_int_equal(file_read(QUIRKS, 1 << 20, &shipped, &err), 0);
	put_file("bpftrace/quirks", shipped.at);
	if (quirks_of("0.17.0", count, &seen, &err) < 0)
		fail_msg("%s", err.text);
	assert_true(seen >= 8);
}

static int remove_folder(void **state)
{
	(void)state;
	test_folder_remove();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order),
		cmocka_unit_test(ranges),
		cmocka_unit_test(mistakes),
		cmocka_unit_test(ours),
	};

	return cmocka_run_group_tests(tests, NULL, remove_folder);
}
