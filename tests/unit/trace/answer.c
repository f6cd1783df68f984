/* Sentences from given results: every number in them was measured. */
#include "check.h"
#include "trace/answer.h"

static struct vocabulary *vocabulary;
static struct subject subject;
static struct way way;
static struct plan plan;
static struct program program;
static struct result result;
static struct run_report run;

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

static void number(double value, const char *unit, struct build *out)
{
	build_fmt(out, "%.15g%s%s", value, unit && *unit ? " " : "", unit ? unit : "");
}

static void begin(enum measure measure, const char *by, const char *map)
{
	AUTO_JSON json = json_loads(map, 0, NULL);
	struct event event = { .kind = json_is_array(json) ? EVENT_TUPLE : EVENT_MAP, .data = json };

	assert_non_null(json);
	subject = (struct subject){ .name = "file.open", .what = "files opened", .unit = "opens", .hint = "Read it so." };
	way = (struct way){ .context = CONTEXT_PROCESS };
	plan_init(&plan);
	plan.subject = &subject;
	plan.question = "count opens";
	plan.measure = measure;
	program = (struct program){ .way = &way, .measure = measure, .map = measure == MEASURE_EVENTS ? NULL : "@",
				    .unit = measure == MEASURE_COUNT ? "opens" : "us" };
	vec_push(&program.probes, "tracepoint:a:b");
	if (by) {
		vec_push(measure == MEASURE_EVENTS ? &plan.show : &plan.by, by);
		vec_push(&program.columns, (struct column){ .role = by, .type = strcmp(by, "stack") == 0 ? "kstack" : "chars",
								.text = true });
	}
	run = (struct run_report){ .seconds = 4, .firings = 12 };
	result_init(&result, &plan, &program);
	result_take(&result, &event, 1);
	result_finish(&result, run.seconds);
}

static void end_with(const char *const *parts)
{
	AUTO_BUILD out = { 0 };

	answer_write(&result, &run, vocabulary, number, &out);
	for (; *parts; parts++)
		if (!strstr(out.at, *parts))
			fail_msg("'%s' is not in: %s", *parts, out.at);
	result_done(&result);
	program_done(&program);
	vec_done(&subject.asks);
	plan_done(&plan);
}
#define SAYS(...) end_with((const char *const[]){ __VA_ARGS__, NULL })

static void counts(void **state)
{
	(void)state;
	begin(MEASURE_COUNT, "process", "{\"@\": {\"a\": 60, \"b\": 30, \"c\": 10}}");
	SAYS("Watched files opened for 4 s through tracepoint:a:b.", "In all 100 opens, 25 a second [1]", "a leads with 60 opens (60 %)",
	     "Read it so.");
	begin(MEASURE_COUNT, "process", "{\"@\": {\"a\": 8}}");
	SAYS("a alone.");
	begin(MEASURE_COUNT, NULL, "{\"@\": 8}");
	SAYS("In all 8 opens, 2 a second [1].");
	begin(MEASURE_COUNT, "process", "{\"@\": {\"a\": 50, \"b\": 20, \"c\": 10, \"d\": 10, \"e\": 10}}");
	SAYS("the first three of 5 have 80 %");
}

/* Of equals none leads. */
static void ties(void **state)
{
	(void)state;
	begin(MEASURE_COUNT, "process", "{\"@\": {\"a\": 4, \"b\": 4, \"c\": 4, \"d\": 4}}");
	SAYS("[1]; all 4 have the same, 4 opens (25 %) each.");
	begin(MEASURE_COUNT, "process", "{\"@\": {\"a\": 4, \"b\": 4, \"c\": 2}}");
	SAYS("[1]; a and b have the most, each 4 opens (40 %).");
	begin(MEASURE_COUNT, "process", "{\"@\": {\"a\": 4, \"b\": 4, \"c\": 4, \"d\": 4, \"e\": 2, \"f\": 2}}");
	SAYS("[1]; 4 of 6 have the most, each 4 opens (20 %), the first three of 6 have 60 %.");
	begin(MEASURE_COUNT, "process", "{\"@\": {\"a\": 4, \"b\": 4, \"c\": 4}}");
	json_array_remove(result.rows, 2); /* as "top 2" leaves it */
	SAYS("[1]; at least 2 of 3 have the most, each 4 opens (33 %).");
	begin(MEASURE_MAX, "process", "{\"@\": {\"a\": 7, \"b\": 7, \"c\": 7}}");
	SAYS("a and 2 others have the largest value, 7 us [1].");
}

/* The title's own figure: a quarter of a second is none of 300 ms. */
static void short_watches(void **state)
{
	(void)state;
	begin(MEASURE_COUNT, NULL, "{\"@\": 8}");
	run.seconds = 0.25;
	SAYS("Watched files opened for 0.25 s through");
	begin(MEASURE_COUNT, NULL, "{\"@\": 8}");
	run.stage = RUN_BUSY;
	SAYS("through tracepoint:a:b, when it was stopped to spare the machine.");
	run.stage = RUN_DONE;
}

static void user_code(void **state)
{
	(void)state;
	begin(MEASURE_COUNT, "stack", "{\"@\": {\"\\n\": 6, \"\\n    do_thing+1\\n\": 2}}");
	SAYS("the program's own code ran, whose stack was not asked for (75 %)");
}

static void sums_have_rates(void **state)
{
	(void)state;
	begin(MEASURE_SUM, NULL, "{\"@\": 8000}");
	SAYS("In all 8000 us, 2000 us a second [1].");
}

static void shares_are_of_all(void **state)
{
	(void)state;
	begin(MEASURE_COUNT, "process", "{\"@\": {\"a\": 50, \"b\": 20, \"c\": 10, \"d\": 10, \"e\": 10}}");
	while (json_array_size(result.rows) > 2) /* as "top 2" leaves it */
		json_array_remove(result.rows, 2);
	SAYS("In all 100 opens", "a leads with 50 opens (50 %)");
}

static void distributions(void **state)
{
	(void)state;
	begin(MEASURE_HISTOGRAM, NULL, "{\"@\": [{\"min\": 1, \"max\": 1, \"count\": 60}, {\"min\": 64, \"max\": 127, \"count\": 40}]}");
	SAYS("In all 100 opens [1]", "half took less than 2 us", "99 % less than 128 us");
	begin(MEASURE_HISTOGRAM, "process", "{\"@\": {\"a\": [{\"min\": 8, \"count\": 4}]}}");
	SAYS("of a (4) half took 8 us or more");
	/* Of several: of all together, and of the one that reaches furthest. */
	begin(MEASURE_HISTOGRAM, "process", "{\"@\": {\"a\": [{\"min\": 1, \"max\": 1, \"count\": 90}, {\"min\": 4, \"max\": 7, \"count\": 2}],"
	      "\"b\": [{\"min\": 4, \"max\": 7, \"count\": 1}, {\"min\": 64, \"max\": 127, \"count\": 7}]}}");
	SAYS("In all 100 opens [1]; half took less than 2 us, 99 % less than 128 us; the longest are those of b: 99 % took less than 128 us.");
}

static void extremes(void **state)
{
	(void)state;
	begin(MEASURE_AVG, "process", "{\"@\": {\"a\": {\"count\": 3, \"average\": 20, \"total\": 60}}}");
	SAYS("a has the highest average, 20 us over 3 opens [1].");
	begin(MEASURE_MAX, NULL, "{\"@\": 7}");
	SAYS("It is 7 us [1].");
}

static void single_events(void **state)
{
	(void)state;
	begin(MEASURE_EVENTS, "process", "[1000, \"a\"]");
	SAYS("Saw 1 opens [1].");
}

static void foreign_names(void **state)
{
	AUTO_BUILD out = { 0 };

	(void)state;
	begin(MEASURE_COUNT, "process", "{\"@\": {\"\\u001b[31mred\": 8}}");
	answer_write(&result, &run, vocabulary, number, &out);
	assert_null(strchr(out.at, '\x1b'));
	SAYS("\\x1b[31mred alone");
	begin(MEASURE_COUNT, "process", "{\"@\": {\"\": 8}}");
	SAYS("no process alone");
}

static void nothing(void **state)
{
	AUTO_BUILD out = { 0 };

	(void)state;
	begin(MEASURE_COUNT, "process", "{\"@\": {}}");
	vec_push(&plan.where, (struct condition){ "process", COMPARE_EQUAL, "no-such-process-wq", 0 });
	vec_push(&plan.where, (struct condition){ "size", COMPARE_GREATER, NULL, 4096 });
	assert_true(result_empty(&result));
	answer_nothing(&result, &run, vocabulary, &out);
	assert_non_null(strstr(out.at, "1 probe (tracepoint:a:b) was live for 4.0 s and no occurrence of files opened"));
	assert_non_null(strstr(out.at, "the probes fired 12 times"));
	assert_non_null(strstr(out.at, "No process is named 'no-such-process-wq' now."));
	assert_non_null(strstr(out.at, "size > 4 KiB."));
	build_clear(&out);
	run.firings = 0;
	answer_nothing(&result, &run, vocabulary, &out);
	assert_non_null(strstr(out.at, "did not fire at all"));
	build_clear(&out);
	run.firings = -1; /* not known: nothing is claimed */
	answer_nothing(&result, &run, vocabulary, &out);
	assert_null(strstr(out.at, "fire"));
	result_done(&result);
	program_done(&program);
	plan_done(&plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts), cmocka_unit_test(ties), cmocka_unit_test(short_watches), cmocka_unit_test(user_code), cmocka_unit_test(sums_have_rates), cmocka_unit_test(shares_are_of_all), cmocka_unit_test(distributions),
		cmocka_unit_test(extremes), cmocka_unit_test(single_events), cmocka_unit_test(foreign_names), cmocka_unit_test(nothing),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
