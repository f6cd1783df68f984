/* The report as text: alignment, cutting, bars, notes. */
#include "check.h"

static const char faults[] =
	"{'columns': [{'name': 'process', 'key': true}, {'name': 'pid', 'key': true},"
	" {'name': 'faults', 'share': true, 'total': 4000}], 'total_rows': 9,"
	" 'rows': [['bash', 12345, 3000], ['编译器', 7, 600], ['a-process-with-a-long-name', 8, null]]}";

static void show(enum evidence_kind kind, const char *data, struct report_look look, struct build *out)
{
	struct evidence_list list = { 0 };
	struct report *report = report_new();

	report_show(report, evidence_of(&list, kind, data));
	report_text(report, &look, out);
	report_free(report);
	evidence_list_done(&list);
}

static void table(void **state)
{
	AUTO_BUILD out = { 0 };

	(void)state;
	show(EVIDENCE_TABLE, faults, (struct report_look){ 0 }, &out);
	assert_string_equal(out.at, "[1] the title\n"
				    "  process                       pid  faults  share\n"
				    "  bash                        12345   3,000  75.0%\n"
				    "  编译器                          7     600  15.0%\n"
				    "  a-process-with-a-long-name      8       -      -\n"
				    "  shown 3 of 9 rows\n");
}

static void table_bars(void **state)
{
	AUTO_BUILD out = { 0 };

	(void)state;
	show(EVIDENCE_TABLE, faults, (struct report_look){ .width = 64, .colour = true }, &out);
	assert_true(text_has(build_text(&out), "75.0%  \033[36m############\033[0m\n"));
	assert_true(text_has(build_text(&out), "15.0%  \033[36m##\033[0m\n"));
}

/* Whatever the width, no line is wider, and the numbers are whole. */
static void table_widths(void **state)
{
	(void)state;
	for (unsigned width = 20; width < 120; width++) {
		AUTO_BUILD out = { 0 };

		show(EVIDENCE_TABLE, faults, (struct report_look){ .width = width }, &out);
		assert_true(columns_most(&out) <= width);
		assert_true(text_has(build_text(&out), "12345"));
		assert_true(text_has(build_text(&out), "3,000"));
		assert_int_equal(text_has(build_text(&out), "…"), width < 50);
	}
}

static void table_rows(void **state)
{
	AUTO_BUILD out = { 0 };

	(void)state;
	show(EVIDENCE_TABLE, faults, (struct report_look){ .rows = 1 }, &out);
	assert_true(text_has(build_text(&out), "shown 1 of 9 rows\n"));
	assert_false(text_has(build_text(&out), "编译器"));
}

/* A part of an unknown whole is not told. */
static void share_unknown(void **state)
{
	AUTO_BUILD out = { 0 };

	(void)state;
	show(EVIDENCE_TABLE,
	     "{'columns': [{'name': 'k', 'key': true}, {'name': 'n', 'share': true}],"
	     " 'rows': [['a', 3], ['b', 1]], 'total_rows': 3}",
	     (struct report_look){ 0 }, &out);
	assert_false(text_has(build_text(&out), "share"));
	build_clear(&out);
	show(EVIDENCE_TABLE,
	     "{'columns': [{'name': 'k', 'key': true}, {'name': 'n', 'share': true}], 'rows': [['a', 3], ['b', 1]]}",
	     (struct report_look){ 0 }, &out);
	assert_true(text_has(build_text(&out), "a  3  75.0%\n"));
}

static void one_number(void **state)
{
	AUTO_BUILD out = { 0 };

	(void)state;
	show(EVIDENCE_TABLE, "{'columns': [{'name': 'faults', 'unit': 'page faults'}], 'rows': [[1204]]}",
	     (struct report_look){ 0 }, &out);
	assert_string_equal(out.at, "[1] the title\n  1,204 page faults\n");
}

static void odd_tables(void **state)
{
	static const char *const forms[] = {
		"{'rows': []}", "{'rows': [[]]}", "{'rows': [[1, 2]]}", "{'columns': [1], 'rows': [[{'a': 1}]]}",
		"{'columns': [{'name': 'a'}, {'name': 'b'}], 'rows': [['x'], [1, 2, 3], [null, '\\u001b[2J']]}",
		"{'columns': [{'name': 'a', 'unit': 'ns'}], 'rows': [[1e300], [-1]], 'total_rows': -5}",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(forms); i++) {
		AUTO_BUILD out = { 0 };

		show(EVIDENCE_TABLE, forms[i], (struct report_look){ .width = 40 }, &out);
		assert_true(columns_most(&out) <= 40);
		assert_null(strchr(out.at, '\033'));
	}
}

static void events(void **state)
{
	AUTO_BUILD out = { 0 };

	(void)state;
	show(EVIDENCE_EVENTS,
	     "{'columns': [{'name': 'time', 'unit': 's'}, {'name': 'pid'}, {'name': 'size', 'unit': 'bytes'}],"
	     " 'rows': [[0.5, 123456, 4096], [12.25, 7, null]]}",
	     (struct report_look){ 0 }, &out);
	assert_string_equal(out.at, "[1] the title\n"
				    "    time     pid   size\n"
				    "   0.500  123456  4 KiB\n"
				    "  12.250       7  -\n");
}

static void histogram(void **state)
{
	AUTO_BUILD out = { 0 };

	(void)state;
	show(EVIDENCE_HISTOGRAM,
	     "{'unit': 'us', 'keys': ['process'], 'series': [{'key': ['dd'], 'buckets': [{'max': -1, 'count': 0},"
	     "{'min': 1, 'max': 1, 'count': 2}, {'min': 512, 'max': 1023, 'count': 6}, {'min': 1024, 'count': 1}]}]}",
	     (struct report_look){ .width = 40 }, &out);
	assert_string_equal(out.at, "[1] the title\n"
				    "  dd\n"
				    "  [1 us, 2 us)    2 |@@@@@@            |\n"
				    "  [512 us, 1 ms)  6 |@@@@@@@@@@@@@@@@@@|\n"
				    "  [1 ms, …)       1 |@@@               |\n"
				    "  9 in all, half below 1 ms\n");
}

/* Many histograms are one line each, on one scale; drawn when that is asked for. */
static void histograms(void **state)
{
	static const char data[] =
		"{'unit': 'us', 'keys': ['process'], 'series': ["
		"{'key': ['a'], 'buckets': [{'min': 1, 'max': 1, 'count': 99}, {'min': 4, 'max': 7, 'count': 1}]},"
		"{'key': ['b'], 'buckets': [{'min': 2, 'max': 3, 'count': 10}]},"
		"{'key': ['c'], 'buckets': [{'min': 2, 'max': 3, 'count': 1}, {'min': 1024, 'max': 2047, 'count': 1}]},"
		"{'key': ['d'], 'buckets': [{'min': 4, 'max': 7, 'count': 1}]}]}";
	AUTO_BUILD out = { 0 };

	(void)state;
	show(EVIDENCE_HISTOGRAM, data, (struct report_look){ 0 }, &out);
	assert_string_equal(out.at, "[1] the title\n"
				    "  process  count  half below  99% below  all below  1 us … 2 ms\n"
				    "  a          100        2 us       2 us       8 us  @ .\n"
				    "  b           10        4 us       4 us       4 us   @\n"
				    "  c            2        4 us       2 ms       2 ms   @ @\n"
				    "  d            1        8 us       8 us       8 us    @\n"
				    "  one line for each of 4 histograms; --full draws them\n");
	build_clear(&out);
	show(EVIDENCE_HISTOGRAM, data, (struct report_look){ .width = 60 }, &out); /* figures before shades */
	assert_null(strstr(out.at, "1 us … 2 ms"));
	assert_non_null(strstr(out.at, "  c            2        4 us       2 ms       2 ms\n"));
}

static void stacks(void **state)
{
	AUTO_BUILD out = { 0 };

	(void)state;
	show(EVIDENCE_STACKS,
	     "{'unit': 'samples', 'stacks': [{'key': ['dd'], 'value': 3, 'frames': ['f1','f2','f3','f4','f5','f6','f7',"
	     "'f8','f9','f10','f11','f12','f13','f14','main','_start']}, {'value': 1, 'frames': []}]}",
	     (struct report_look){ .width = 40 }, &out);
	assert_string_equal(out.at, "[1] the title\n"
				    " 75.0%  3 samples  dd\n"
				    "        f1\n        f2\n        f3\n        f4\n        f5\n"
				    "        f6\n        f7\n        f8\n        f9\n        f10\n"
				    "        … 4 more frames\n        main\n        _start\n"
				    "\n 25.0%  1 sample\n        (no stack)\n");
}

static void paragraphs(void **state)
{
	struct report_look look = { .width = 24 };
	struct report *report = report_new();
	AUTO_BUILD out = { 0 };

	(void)state;
	report_say(report, REPORT_PARAGRAPH, "%s", "four words and 缺页次数最多的进程是它 [1].");
	report_say(report, REPORT_NOTE, "3 events were lost \033]0;x\a today");
	report_say(report, REPORT_LIST, "one");
	report_say(report, REPORT_LIST, "a second one that is long");
	report_say(report, REPORT_CODE, "a { a line that is wider than the window }\n");
	report_status(report, REPORT_BAD, "mount -t tracefs nodev /sys/kernel/tracing", "tracefs is not mounted");
	report_text(report, &look, &out);
	assert_string_equal(out.at, "four words and 缺页次数\n最多的进程是它 [1].\n"
				    "\nnote: 3 events were lost\n      \\x1b]0;x\\x07 today\n"
				    "\n- one\n- a second one that is\n  long\n"
				    "\n    a { a line that is wider than the window }\n"
				    "\nbad   tracefs is not\n      mounted\n"
				    "      mend: mount -t tracefs nodev /sys/kernel/tracing\n");
	report_free(report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table),	 cmocka_unit_test(table_bars), cmocka_unit_test(table_widths),
		cmocka_unit_test(table_rows),	 cmocka_unit_test(one_number), cmocka_unit_test(share_unknown),
		cmocka_unit_test(odd_tables),	 cmocka_unit_test(events),     cmocka_unit_test(histogram),  cmocka_unit_test(histograms),
		cmocka_unit_test(stacks),	 cmocka_unit_test(paragraphs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
