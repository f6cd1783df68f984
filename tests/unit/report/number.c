/* Numbers as people read them. */
#include "check.h"
#include <math.h>

static void is(double value, const char *unit, const char *wanted)
{
	AUTO_BUILD out = { 0 };

	report_number(value, unit, &out);
	assert_string_equal(out.at, wanted);
}

static void sizes(void **state)
{
	(void)state;
	is(0, "bytes", "0 B");
	is(512, "bytes", "512 B");
	is(1536, "bytes", "1.5 KiB");
	is(1024.0 * 1024 - 1, "bytes", "1 MiB"); /* not 1,024 KiB */
	is(-2048, "bytes", "-2 KiB");
	is(3e15, "bytes", "2.7 PiB");
	is(4, "KiB", "4 KiB");
	is(1536, "bytes/s", "1.5 KiB/s");
}

static void times(void **state)
{
	(void)state;
	is(0, "us", "0 us");
	is(999, "ns", "999 ns");
	is(1500, "us", "1.5 ms");
	is(999.96, "ms", "1 s");
	is(0.25, "s", "250 ms");
	is(5.02, "s", "5 s");
	is(90, "s", "1.5 min");
	is(7200, "s", "2 h");
	is(2400000, "khz", "2.4 GHz");
}

static void counts(void **state)
{
	(void)state;
	is(0, "", "0");
	is(999, NULL, "999");
	is(1204, "calls", "1,204 calls");
	is(-1234567, "", "-1,234,567");
	is(1204.6, "calls/s", "1,205 calls/s");
	is(1204, "/s", "1,204/s");
	is(0.25, "", "0.25");
	is(12.34, "%", "12.3%");
	is(1, "page faults", "1 page fault");
	is(1, "accesses", "1 access");
	is(1, "retries", "1 retry");
	is(1, "status", "1 status");
	is(1e21, "", "1e+21");
	is(NAN, "bytes", "-");
	is(INFINITY, "", "-");
}

static void hostile_unit(void **state)
{
	char unit[4096];

	(void)state;
	is(2, "a\033[31m", "2 a\\x1b[31m");
	memset(unit, 'x', sizeof(unit) - 1);
	unit[sizeof(unit) - 1] = '\0';
	AUTO_BUILD out = { 0 };

	report_number(2, unit, &out);
	assert_true(out.len < 60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes),
		cmocka_unit_test(times),
		cmocka_unit_test(counts),
		cmocka_unit_test(hostile_unit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
