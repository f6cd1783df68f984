/* A plan as JSON and in words. */
#include "check.h"
#include "trace/plan/plan.h"

static struct subject subject = { .name = "file.read", .what = "reads of files", .unit = "reads" };

static void json_is(const struct plan *plan, const char *expected)
{
	AUTO_JSON json = plan_json(plan);
	AUTO_FREE char *got = json_dumps(json, JSON_COMPACT);

	assert_string_equal(got, expected);
}

static void smallest(void **state)
{
	AUTO(plan_done) struct plan plan;

	(void)state;
	plan_init(&plan);
	plan.subject = &subject;
	json_is(&plan, "{\"subject\":\"file.read\",\"what\":\"reads of files\",\"measure\":\"count\",\"value\":null,\"by\":[],\"where\":[],\"show\":{}}");
}

static void everything(void **state)
{
	AUTO(plan_done) struct plan plan;
	AUTO_VOCABULARY vocabulary = real_vocabulary();
	AUTO_BUILD words = { 0 };

	(void)state;
	plan_init(&plan);
	plan.subject = &subject;
	plan.measure = MEASURE_HISTOGRAM;
	plan.value = "size";
	vec_push(&plan.by, "process");
	vec_push(&plan.by, "file");
	vec_push(&plan.where, (struct condition){ "process", COMPARE_EQUAL, "a\"b\xff", 0 });
	vec_push(&plan.where, (struct condition){ "size", COMPARE_AT_LEAST, NULL, 4096 });
	vec_push(&plan.where, (struct condition){ "latency", COMPARE_GREATER, NULL, 1.5 });
	vec_push(&plan.where, (struct condition){ "file", COMPARE_PREFIX, "/etc/", 0 });
	vec_push(&plan.where, (struct condition){ "pid", COMPARE_TREE, NULL, 12 });
	plan.per_second = true;
	plan.interval = 0.5;
	plan.seconds = 10;
	plan.top = 5;
	plan.events = 7;
	plan.hz = 99;
	vec_push(&plan.show, "file");
	json_is(&plan, "{\"subject\":\"file.read\",\"what\":\"reads of files\",\"measure\":\"histogram\",\"value\":\"size\",\"by\":[\"process\",\"file\"],"
		       "\"where\":[{\"role\":\"process\",\"is\":\"==\",\"value\":\"a\\\"b\\\\xff\"},{\"role\":\"size\",\"is\":\">=\",\"value\":4096},"
		       "{\"role\":\"latency\",\"is\":\">\",\"value\":1.5},{\"role\":\"file\",\"is\":\"starts with\",\"value\":\"/etc/\"},"
		       "{\"role\":\"pid\",\"is\":\"is or descends from\",\"value\":12}],\"show\":{\"top\":5,\"interval\":0.5,\"per_second\":true,"
		       "\"seconds\":10.0,\"events\":7,\"hertz\":99,\"columns\":[\"file\"]}}");
	plan_words(&plan, vocabulary, &words);
	assert_non_null(strstr(words.at, "distribution of size of reads of files, by process and file, where process == "));
	assert_non_null(strstr(words.at, ", per second, every 0.5 s"));
}

static void events_have_no_keys(void **state)
{
	AUTO(plan_done) struct plan plan;
	AUTO_VOCABULARY vocabulary = real_vocabulary();
	AUTO_BUILD words = { 0 };

	(void)state;
	plan_init(&plan);
	plan.subject = &subject;
	plan.measure = MEASURE_EVENTS;
	vec_push(&plan.by, "process");
	plan_words(&plan, vocabulary, &words);
	assert_string_equal(words.at, "reads of files, one by one");
}

/* As people read them, with the unit of the role; and with the subject's own word for its time. */
static void values_have_units(void **state)
{
	struct subject timed = { .name = "proc.sleep", .what = "sleeps", .unit = "sleeps", .timed = "duration" };
	struct subject itself = { .name = "cpu.time", .what = "CPU time", .unit = "updates", .timed = "itself" };
	AUTO(plan_done) struct plan plan;
	AUTO_VOCABULARY vocabulary = real_vocabulary();
	AUTO_BUILD words = { 0 };

	(void)state;
	plan_init(&plan);
	plan.subject = &timed;
	plan.measure = MEASURE_HISTOGRAM;
	plan.value = "latency";
	vec_push(&plan.where, (struct condition){ "latency", COMPARE_GREATER, NULL, 1000000 });
	vec_push(&plan.where, (struct condition){ "size", COMPARE_AT_LEAST, NULL, 4096 });
	vec_push(&plan.where, (struct condition){ "pid", COMPARE_EQUAL, NULL, 12345 });
	plan_words(&plan, vocabulary, &words);
	assert_string_equal(words.at, "distribution of duration of sleeps, where duration > 1 ms and size >= 4 KiB and pid == 12345");
	build_clear(&words);
	plan.where.len = 0;
	plan.subject = &itself;
	plan.measure = MEASURE_SUM;
	plan_words(&plan, vocabulary, &words);
	assert_string_equal(words.at, "total CPU time");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(smallest), cmocka_unit_test(values_have_units), cmocka_unit_test(everything),
					    cmocka_unit_test(events_have_no_keys) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
