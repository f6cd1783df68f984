/* Reading bpftrace's JSON lines: every kind, every known defect of its output, and hostile streams. */
#include "tests/check.h"
#include "trace/run/events.h"

static const char *const kinds[] = { "attached", "map", "histogram", "stats", "tuple", "tick", "text", "lost",
				     "error", "other", "garbled" };
static const struct dialect old_dialect = { .version = 17 };
static const struct dialect new_dialect = { .version = 26, .hex_leak = true, .quoted_json = true };

/* "KIND DATA\n" for each event. */
static void write_down(void *context, const struct event *event)
{
	AUTO_FREE char *data = event->data ? json_dumps(event->data, JSON_COMPACT | JSON_ENCODE_ANY | JSON_SORT_KEYS) : NULL;

	build_fmt(context, "%s%s%s\n", kinds[event->kind], data ? " " : "", data ? data : "");
}

static unsigned long read_all(const struct dialect *dialect, struct text stream, size_t piece, struct build *out)
{
	struct event_reader reader = { .dialect = dialect, .take = write_down, .context = out };

	build_clear(out);
	build_put(out, "");
	while (stream.len) {
		event_reader_feed(&reader, text_until(stream, piece));
		stream = text_from(stream, piece);
	}
	event_reader_end(&reader);
	return reader.garbled;
}

static void gives(const struct dialect *dialect, const char *stream, const char *expected)
{
	AUTO_BUILD out = { 0 };

	read_all(dialect, text_of(stream), SIZE_MAX, &out);
	assert_string_equal(out.at, expected);
}

static void every_kind(void **state)
{
	(void)state;
	gives(&old_dialect, "{\"type\": \"attached_probes\", \"data\": {\"probes\": 3}}\n", "attached {\"probes\":3}\n");
	gives(&old_dialect, "{\"type\": \"map\", \"data\": {\"@\": {\"bash\": 3}}}\n", "map {\"@\":{\"bash\":3}}\n");
	gives(&old_dialect, "{\"type\": \"hist\", \"data\": {\"@h\": [{\"max\": -1, \"count\": 1}, {\"min\": 0, \"max\": 0, \"count\": 2}]}}\n",
	      "histogram {\"@h\":[{\"count\":1,\"max\":-1},{\"count\":2,\"max\":0,\"min\":0}]}\n");
	gives(&old_dialect, "{\"type\": \"lhist\", \"data\": {\"@h\": []}}", "histogram {\"@h\":[]}\n");
	gives(&old_dialect, "{\"type\": \"stats\", \"data\": {\"@a\": 12}}", "stats {\"@a\":12}\n");
	gives(&old_dialect, "{\"type\": \"value\", \"data\": [1, \"a\"]}", "tuple [1,\"a\"]\n");
	gives(&old_dialect, "{\"type\": \"value\", \"data\": \"tick\"}", "tick \"tick\"\n");
	gives(&old_dialect, "{\"type\": \"value\", \"data\": 5}", "text 5\n");
	gives(&old_dialect, "{\"type\": \"printf\", \"data\": \"a\\nb\"}", "text \"a\\nb\"\n");
	gives(&old_dialect, "{\"type\": \"join\", \"data\": \"a b\"}", "text \"a b\"\n");
	gives(&old_dialect, "{\"type\": \"lost_events\", \"data\": {\"events\": 7}}", "lost {\"events\":7}\n");
	gives(&new_dialect, "{\"type\": \"lost_events\", \"data\": {\"events\": 7, \"count\": 9}}",
	      "lost {\"count\":9,\"events\":7}\n");
	gives(&old_dialect, "{\"type\": \"helper_error\", \"data\": {\"helper\": \"x\", \"retcode\": -2, \"line\": 1, \"col\": 2}}",
	      "error {\"col\":2,\"helper\":\"x\",\"line\":1,\"retcode\":-2}\n");
	gives(&new_dialect, "{\"type\": \"runtime_error\", \"data\": 1}\n{\"type\": \"errorf\", \"data\": 1}\n{\"type\": \"warnf\"}",
	      "error 1\nerror 1\nerror\n");
	gives(&new_dialect, "{\"type\": \"tseries\", \"data\": 1}\n{\"type\": \"benchmark_result\", \"data\": 1}", "other 1\nother 1\n");
}

static void unquoted_words(void **state)
{
	(void)state;
	gives(&old_dialect, "{\"type\": \"value\", \"data\": [1, 12:30:01, \"x\"]}", "tuple [1,\"12:30:01\",\"x\"]\n");
	gives(&old_dialect, "{\"type\": \"map\", \"data\": {\"@\": 2026-06-02 12:30:01}}", "map {\"@\":\"2026-06-02 12:30:01\"}\n");
	gives(&old_dialect, "{\"type\": \"map\", \"data\": {\"@\": unified:/user.slice}}", "map {\"@\":\"unified:/user.slice\"}\n");
	gives(&old_dialect, "{\"type\": \"value\", \"data\": No such file or directory}", "text \"No such file or directory\"\n");
	gives(&old_dialect, "{\"type\": \"value\", \"data\": [none, 1]}", "tuple [\"none\",1]\n");
	gives(&old_dialect, "{\"type\": \"value\", \"data\": [0xffff8881, 010]}", "tuple [\"0xffff8881\",\"010\"]\n");
	gives(&old_dialect, "{\"type\": \"value\", \"data\": [true, false, null, -1, 2.5e3]}", "tuple [true,false,null,-1,2500.0]\n");
	gives(&old_dialect, "{\"type\": \"value\", \"data\": [caf\xc3\xa9, b\xffg]}", "tuple [\"caf\xc3\xa9\",\"b\\\\xffg\"]\n");
}

/* \uffffffXX is one byte; the bytes may be UTF-8 or not. */
static void sign_extended_bytes(void **state)
{
	(void)state;
	gives(&old_dialect, "{\"type\": \"printf\", \"data\": \"\\uffffffe6\\uffffff96\\uffffff87\"}", "text \"文\"\n");
	gives(&old_dialect, "{\"type\": \"printf\", \"data\": \"a\\uffffffffb\"}", "text \"a\\\\xffb\"\n");
	gives(&old_dialect, "{\"type\": \"map\", \"data\": {\"@\": {\"\\uffffffc3\\uffffffa9\": 3}}}", "map {\"@\":{\"é\":3}}\n");
	/* beside what is escaped as it should be */
	gives(&old_dialect, "{\"type\": \"value\", \"data\": [1, \"\\\\x00\\\\x41\", \"\\uffffffff\", \"\\\"q\\\"\", \"\\u0001\\n\"]}",
	      "tuple [1,\"\\\\x00\\\\x41\",\"\\\\xff\",\"\\\"q\\\"\",\"\\u0001\\n\"]\n");
	gives(&old_dialect, "{\"type\": \"printf\", \"data\": \"\\\\uffffffe6\"}", "text \"\\\\uffffffe6\"\n");
	gives(&old_dialect, "{\"type\": \"printf\", \"data\": \"\\uffff and \\uffffffzz\"}", "text \"\xef\xbf\xbf and \xef\xbf\xbf" "ffzz\"\n");
}

/* The newest leave the stream in hexadecimal after such a byte. */
static void hexadecimal_counts(void **state)
{
	(void)state;
	gives(&new_dialect, "{\"type\": \"hist\", \"data\": {\"@\": {\"\\uffffffff\": [{\"min\": a, \"max\": 1f, \"count\": ff}]}}}",
	      "histogram {\"@\":{\"\\\\xff\":[{\"count\":255,\"max\":31,\"min\":10}]}}\n");
	gives(&old_dialect, "{\"type\": \"value\", \"data\": [ff]}", "tuple [\"ff\"]\n");
	gives(&new_dialect, "{\"type\": \"value\", \"data\": [ffffffffffffffff0]}", "tuple [\"ffffffffffffffff0\"]\n");
}

static void old_histograms(void **state)
{
	(void)state;
	/* as 0.17 writes what is above 2^31: taken as it is, a program divides before */
	gives(&old_dialect, "{\"type\": \"hist\", \"data\": {\"@\": [{\"min\": -2147483648, \"max\": 0, \"count\": 3}, {\"min\": 8, \"count\": 1}]}}",
	      "histogram {\"@\":[{\"count\":3,\"max\":0,\"min\":-2147483648},{\"count\":1,\"min\":8}]}\n");
}

static void numbers_too_large(void **state)
{
	AUTO_BUILD out = { 0 };

	(void)state;
	assert_int_equal(read_all(&old_dialect, TEXT("{\"type\": \"map\", \"data\": {\"@\": 18446744073709551615}}\n"), SIZE_MAX, &out), 0);
	assert_string_equal(out.at, "map {\"@\":1.8446744073709552e19}\n");
	gives(&new_dialect, "{\"type\": \"map\", \"data\": {\"@\": \"18446744073709551615\"}}", "map {\"@\":\"18446744073709551615\"}\n");
	gives(&old_dialect, "{\"type\": \"map\", \"data\": {\"@\": 1e999}}", "map {\"@\":\"1e999\"}\n");
}

static void between_the_lines(void **state)
{
	AUTO_BUILD out = { 0 };

	(void)state;
	/* blank lines at exit, a child's output, compiler words, a value that is not there */
	assert_int_equal(read_all(&old_dialect, TEXT("\n\n  \n\r\nhello\n[1, 2]\n12\n{}\n{\"type\": 3}\n{\"type\": \"map\"\n{\"type\": \"map\"}\n\n"),
				  SIZE_MAX, &out), 6);
	assert_string_equal(out.at, "garbled\ngarbled\ngarbled\ngarbled\ngarbled\ngarbled\nmap\n");
	/* a child's stdout without a newline in front of the JSON is lost with it, and counted */
	assert_int_equal(read_all(&old_dialect, TEXT("hi{\"type\": \"value\", \"data\": 1}\n{\"type\": \"value\", \"data\": 2}"), SIZE_MAX, &out), 1);
	assert_string_equal(out.at, "garbled\ntext 2\n");
}

static void invalid_bytes(void **state)
{
	AUTO_BUILD out = { 0 };
	static const char nul[] = "{\"type\": \"printf\", \"data\": \"a\0b\"}\n";

	(void)state;
	gives(&old_dialect, "{\"type\": \"printf\", \"data\": \"a\xff\xfe \xe6\x96\x87 \xc3\"}", "text \"a\\\\xff\\\\xfe 文 \\\\xc3\"\n");
	gives(&old_dialect, "{\"type\": \"map\", \"data\": {\"@\": {\"\xf0\x9f\": 1}}}", "map {\"@\":{\"\\\\xf0\\\\x9f\":1}}\n");
	gives(&old_dialect, "{\"type\": \"printf\", \"data\": \"tab\there \x1b[31m\"}", "text \"tab\\there \\u001B[31m\"\n");
	gives(&old_dialect, "{\"type\": \"printf\", \"data\": \"bad \\q \\u12 \\ud800 end\"}", "text \"bad \\\\q \\\\u12 \\\\ud800 end\"\n");
	read_all(&old_dialect, (struct text){ nul, sizeof(nul) - 1 }, SIZE_MAX, &out);
	assert_string_equal(out.at, "text \"a\\u0000b\"\n");
	assert_int_equal(read_all(&old_dialect, (struct text){ "\0\0\0\n{\0}\n", 8 }, SIZE_MAX, &out), 2);
}

static void split_anywhere(void **state)
{
	static const char stream[] = "{\"type\": \"attached_probes\", \"data\": {\"probes\": 1}}\r\n\n"
				     "{\"type\": \"value\", \"data\": [1, 12:30:01, \"\\uffffffe6\\uffffff96\\uffffff87\"]}\n"
				     "garbage \xff\n{\"type\": \"map\", \"data\": {\"@\": {\"a\nb\": 1}}}\n"
				     "{\"type\": \"printf\", \"data\": \"last\"}";
	struct text whole = { stream, sizeof(stream) - 1 };
	AUTO_BUILD expected = { 0 };
	AUTO_BUILD out = { 0 };
	unsigned long garbled = read_all(&old_dialect, whole, SIZE_MAX, &expected);

	(void)state;
	assert_non_null(strstr(expected.at, "tuple [1,\"12:30:01\",\"文\"]"));
	for (size_t piece = 1; piece < 80; piece++) {
		assert_int_equal(read_all(&old_dialect, whole, piece, &out), garbled);
		assert_string_equal(out.at, expected.at);
	}
	for (size_t cut = 0; cut <= whole.len; cut++) {
		struct event_reader reader = { .dialect = &old_dialect, .take = write_down, .context = &out };

		build_clear(&out);
		event_reader_feed(&reader, text_until(whole, cut));
		event_reader_feed(&reader, text_from(whole, cut));
		event_reader_end(&reader);
		assert_string_equal(out.at, expected.at);
		/* cut off for good there: no crash, and never more than there was */
		assert_true(read_all(&old_dialect, text_until(whole, cut), SIZE_MAX, &out) <= garbled + 1);
	}
}

static void long_lines(void **state)
{
	size_t most = (size_t)8 << 20;
	AUTO_BUILD stream = { 0 };
	AUTO_BUILD out = { 0 };
	AUTO_FREE char *filler = malloc(most + 1);

	(void)state;
	assert_non_null(filler);
	memset(filler, 'x', most + 1);
	build_put(&stream, "{\"type\": \"printf\", \"data\": \"");
	build_add(&stream, (struct text){ filler, most - 64 });
	build_put(&stream, "\"}\n");
	assert_int_equal(read_all(&old_dialect, build_text(&stream), 65536, &out), 0);
	assert_true(out.len > most - 64);

	build_clear(&stream);
	build_add(&stream, (struct text){ filler, most + 1 });
	build_add(&stream, (struct text){ filler, most + 1 });
	build_put(&stream, "\n{\"type\": \"value\", \"data\": 1}\n");
	assert_int_equal(read_all(&old_dialect, build_text(&stream), 65536, &out), 1);
	assert_string_equal(out.at, "garbled\ntext 1\n");
	/* without its end it is told all the same */
	assert_int_equal(read_all(&old_dialect, (struct text){ filler, most + 1 }, 65536, &out), 1);
	assert_string_equal(out.at, "garbled\n");
}

/* Keys that differ only in what is not printed: none of them may take another's place. */
static void keys_again(void *context, const struct event *event)
{
	AUTO_FREE char *again = event->again ? json_dumps(event->again, JSON_COMPACT | JSON_SORT_KEYS) : NULL;

	write_down(context, event);
	build_fmt(context, "again %s\n", again ? again : "none");
}

static void repeated_keys(void **state)
{
	static const struct {
		const char *line, *expected;
	} lines[] = {
		{ "{\"type\": \"map\", \"data\": {\"@\": {\"a\": 36, \"b\": 2, \"a\": 1, \"a\": 5}}}\n",
		  "map {\"@\":{\"a\":36,\"b\":2}}\nagain [{\"a\":1},{\"a\":5}]\n" },
		{ "{\"type\": \"stats\", \"data\": {\"@\": {\"a,{\": {\"count\": 1, \"total\": 2}, \"\\u0061,{\": {\"count\": 3, \"total\": 4}}}}\n",
		  "stats {\"@\":{\"a,{\":{\"count\":1,\"total\":2}}}\nagain [{\"a,{\":{\"count\":3,\"total\":4}}]\n" },
		{ "{\"type\": \"hist\", \"data\": {\"@\": {\"a\": [{\"min\": 1}], \"a\": [{\"min\": 2}, {\"min\": 4}]}}}\n",
		  "histogram {\"@\":{\"a\":[{\"min\":1}]}}\nagain [{\"a\":[{\"min\":2},{\"min\":4}]}]\n" },
		{ "{\"type\": \"map\", \"data\": {\"@\": {\"\\\\\\\"a\": 1, \"b\": 2}}}\n",
		  "map {\"@\":{\"\\\\\\\"a\":1,\"b\":2}}\nagain none\n" },
		{ "{\"type\": \"map\", \"data\": {\"@\": {\"\\uffffffc3\\uffffffa9\": 1, \"\xc3\xa9\": 2}}}\n",
		  "map {\"@\":{\"\xc3\xa9\":1}}\nagain [{\"\xc3\xa9\":2}]\n" },
		{ "{\"type\": \"value\", \"data\": {\"a\": 1, \"a\": 2}}\n", "text {\"a\":2}\nagain none\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		AUTO_BUILD out = { 0 };
		struct event_reader reader = { .dialect = &old_dialect, .take = keys_again, .context = &out };

		event_reader_feed(&reader, text_of(lines[i].line));
		event_reader_end(&reader);
		assert_string_equal(out.at, lines[i].expected);
	}
}

/* Nesting without end must not eat the stack. */
static void deep_nesting(void **state)
{
	AUTO_BUILD stream = { 0 };
	AUTO_BUILD out = { 0 };

	(void)state;
	build_put(&stream, "{\"type\": \"value\", \"data\": ");
	for (int i = 0; i < 200000; i++)
		build_char(&stream, '[');
	assert_int_equal(read_all(&old_dialect, build_text(&stream), 65536, &out), 1);
	assert_string_equal(out.at, "garbled\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind), cmocka_unit_test(unquoted_words), cmocka_unit_test(sign_extended_bytes),
		cmocka_unit_test(hexadecimal_counts), cmocka_unit_test(old_histograms), cmocka_unit_test(numbers_too_large),
		cmocka_unit_test(between_the_lines), cmocka_unit_test(invalid_bytes), cmocka_unit_test(split_anywhere),
		cmocka_unit_test(long_lines), cmocka_unit_test(deep_nesting), cmocka_unit_test(repeated_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
