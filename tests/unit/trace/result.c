/* From the tracer's events to rows: sums over intervals, rates, the N largest, and hostile maps. */
#include "result_check.h"

/* A measurement of `measure` by the roles of `by` ("process pid"; texts but for pid, error and size). */
static void begin(enum measure measure, const char *by)
{
	struct text rest = text_of(by), word;
	size_t shown = 0;

	f = (struct fixture){ .subject = { .name = "file.open", .what = "files opened", .unit = "opens" } };
	plan_init(&f.plan);
	f.plan.subject = &f.subject;
	f.plan.question = "how many files are opened";
	f.plan.measure = f.program.measure = measure;
	f.program.map = measure == MEASURE_EVENTS ? NULL : "@opens";
	f.program.unit = measure == MEASURE_COUNT ? "opens" : "bytes";
	f.program.way = &f.way;
	while (text_word(&rest, &word)) {
		const char *role = arena_text(f.plan.arena, word);
		bool number = text_is(word, "pid") || text_is(word, "error") || text_is(word, "size");

		vec_push(measure == MEASURE_EVENTS ? &f.plan.show : &f.plan.by, role);
		vec_push(&f.program.columns,
			 (struct column){ .role = role, .shown = shown, .text = !number,
					  .type = text_is(word, "error") ? "errno" : number ? "number" : "chars" });
		shown++;
	}
	result_init(&f.result, &f.plan, &f.program);
}

static void counts_sorted(void **state)
{
	(void)state;
	begin(MEASURE_COUNT, "process");
	assert_true(result_empty(&f.result));
	take(EVENT_MAP, "{\"@opens\": {\"a\": 1, \"b\": 30, \"c,d\": 7, \"idle\": 0}}");
	result_finish(&f.result, 2);
	rows_are("[{\"key\":[\"b\"],\"value\":30},{\"key\":[\"c,d\"],\"value\":7},{\"key\":[\"a\"],\"value\":1}]");
	assert_true(f.result.total == 38);
	assert_int_equal(f.result.rows_seen, 3);
	assert_false(result_empty(&f.result));
	assert_string_equal(result_kind(&f.result), "count");
	assert_string_equal(result_unit(&f.result), "opens");
	end();
}

static void one_total(void **state)
{
	(void)state;
	begin(MEASURE_COUNT, "");
	take(EVENT_MAP, "{\"@opens\": 5}");
	take(EVENT_MAP, "{\"@other\": {\"x\": 9}}"); /* not ours */
	result_finish(&f.result, 1);
	rows_are("[{\"key\":[],\"value\":5}]");
	end();
}

/* Two raw keys may mean one name. */
static void same_names_join(void **state)
{
	(void)state;
	begin(MEASURE_COUNT, "error");
	take(EVENT_MAP, "{\"@opens\": {\"2\": 3, \"-2\": 4, \"0\": 1}}");
	result_finish(&f.result, 1);
	rows_are("[{\"key\":[\"ENOENT\"],\"value\":7},{\"key\":[null],\"value\":1}]");
	end();
}

static void last_print_counts(void **state)
{
	(void)state;
	begin(MEASURE_COUNT, "process");
	take(EVENT_MAP, "{\"@opens\": {\"a\": 1}}");
	take(EVENT_TICK, "\"tick\"");
	take(EVENT_MAP, "{\"@opens\": {\"a\": 4, \"b\": 1}}");
	result_finish(&f.result, 1);
	rows_are("[{\"key\":[\"a\"],\"value\":4},{\"key\":[\"b\"],\"value\":1}]");
	end();
}

static void intervals_add_up(void **state)
{
	AUTO_JSON json = NULL;

	(void)state;
	begin(MEASURE_COUNT, "process");
	f.plan.interval = 1;
	take(EVENT_MAP, "{\"@opens\": {\"a\": 1, \"b\": 2}}");
	take(EVENT_TICK, "\"tick\"");
	take(EVENT_TICK, "\"tick\""); /* nothing in this one */
	take(EVENT_MAP, "{\"@opens\": {\"a\": 5}}");
	take(EVENT_TICK, "\"tick\"");
	take(EVENT_MAP, "{\"@opens\": {\"c\": 9}}"); /* the last, at the end */
	result_finish(&f.result, 3);
	rows_are("[{\"key\":[\"c\"],\"value\":9},{\"key\":[\"a\"],\"value\":6},{\"key\":[\"b\"],\"value\":2}]");
	json = result_json(&f.result);
	assert_int_equal(json_array_size(json_object_get(json, "intervals")), 3);
	end();
}

static void averages_over_intervals(void **state)
{
	(void)state;
	begin(MEASURE_AVG, "process");
	f.plan.interval = 1;
	take(EVENT_STATS, "{\"@opens\": {\"a\": {\"count\": 2, \"average\": 10, \"total\": 20}}}");
	take(EVENT_TICK, "\"tick\"");
	take(EVENT_STATS, "{\"@opens\": {\"a\": {\"count\": 1, \"average\": 40, \"total\": 40}}}");
	result_finish(&f.result, 2);
	rows_are("[{\"key\":[\"a\"],\"count\":3,\"average\":20,\"total\":60,\"value\":20}]");
	end();
}

static void extremes_over_intervals(void **state)
{
	(void)state;
	begin(MEASURE_MAX, "process");
	f.plan.interval = 1;
	take(EVENT_MAP, "{\"@opens\": {\"a\": 7}}");
	take(EVENT_TICK, "\"tick\"");
	take(EVENT_MAP, "{\"@opens\": {\"a\": 3}}");
	result_finish(&f.result, 2);
	rows_are("[{\"key\":[\"a\"],\"value\":7}]");
	end();
	begin(MEASURE_MIN, "process");
	f.plan.interval = 1;
	take(EVENT_MAP, "{\"@opens\": {\"a\": 7}}");
	take(EVENT_TICK, "\"tick\"");
	take(EVENT_MAP, "{\"@opens\": {\"a\": 3}}");
	result_finish(&f.result, 2);
	rows_are("[{\"key\":[\"a\"],\"value\":3}]");
	end();
}

/* A least or largest value of 0 was measured; a count of 0 is nothing. */
static void zero_is_a_value(void **state)
{
	(void)state;
	begin(MEASURE_MIN, "process");
	take(EVENT_MAP, "{\"@opens\": {\"a\": 0}}");
	result_finish(&f.result, 1);
	rows_are("[{\"key\":[\"a\"],\"value\":0}]");
	assert_false(result_empty(&f.result));
	end();
	begin(MEASURE_COUNT, "process");
	take(EVENT_MAP, "{\"@opens\": {\"a\": 0}}");
	result_finish(&f.result, 1);
	rows_are("[]");
	assert_true(result_empty(&f.result));
	end();
}

static void rates(void **state)
{
	(void)state;
	begin(MEASURE_COUNT, "process");
	f.plan.per_second = true;
	take(EVENT_MAP, "{\"@opens\": {\"a\": 10, \"b\": 5}}");
	result_finish(&f.result, 4);
	rows_are("[{\"key\":[\"a\"],\"value\":2.5},{\"key\":[\"b\"],\"value\":1.25}]");
	assert_true(f.result.total == 3.75);
	assert_string_equal(result_unit(&f.result), "opens/s");
	assert_string_equal(result_kind(&f.result), "value");
	end();
	begin(MEASURE_COUNT, "process");
	f.plan.per_second = true;
	take(EVENT_MAP, "{\"@opens\": {\"a\": 10}}");
	result_finish(&f.result, 0); /* ended at once */
	rows_are("[{\"key\":[\"a\"],\"value\":10}]");
	end();
}

/* Beside an amount its rate, and beside a rate its amount: of every row and of all, shown or not. */
static void rates_and_amounts(void **state)
{
	(void)state;
	for (int per_second = 0; per_second < 2; per_second++) {
		AUTO_JSON json = NULL;
		const json_t *map;

		begin(MEASURE_SUM, "process");
		f.plan.rate = true;
		f.plan.per_second = per_second;
		f.plan.top = 1;
		take(EVENT_MAP, "{\"@opens\": {\"a\": 10, \"b\": 6}}");
		result_finish(&f.result, 4);
		rows_are(per_second ? "[{\"key\":[\"a\"],\"value\":2.5,\"amount\":10,\"per_second\":2.5}]" :
				      "[{\"key\":[\"a\"],\"value\":10,\"amount\":10,\"per_second\":2.5}]");
		json = result_json(&f.result);
		map = json_array_get(json_object_get(json, "maps"), 0);
		assert_true(json_get_number(map, "amount", 0) == 16);
		assert_true(json_get_number(map, "per_second", 0) == 4);
		end();
	}
}

/* While it runs it is told as at the end: joined, sorted, as rates, cut to "top N", and counted in the same way. */
static void views(void **state)
{
	struct result view;
	AUTO_FREE char *text = NULL;

	(void)state;
	begin(MEASURE_COUNT, "error");
	f.plan.per_second = true;
	f.plan.top = 1;
	take(EVENT_MAP, "{\"@opens\": {\"2\": 3, \"-2\": 5, \"13\": 4}}");
	result_view(&f.result, f.result.shot, 2, &view);
	text = json_dumps(view.rows, JSON_COMPACT);
	assert_string_equal(text, "[{\"key\":[\"ENOENT\"],\"value\":4.0}]");
	assert_int_equal(view.rows_seen, 2);
	assert_true(view.total == 6);
	json_decref(view.rows);
	result_finish(&f.result, 2); /* which it does not change */
	assert_true(f.result.total == 6);
	end();
}

static void top(void **state)
{
	AUTO_JSON json = NULL;

	(void)state;
	begin(MEASURE_COUNT, "process");
	f.plan.top = 2;
	take(EVENT_MAP, "{\"@opens\": {\"a\": 1, \"b\": 2, \"c\": 3, \"d\": 4}}");
	result_finish(&f.result, 1);
	rows_are("[{\"key\":[\"d\"],\"value\":4},{\"key\":[\"c\"],\"value\":3}]");
	assert_true(f.result.total == 10); /* of all, so that shares are right */
	json = result_json(&f.result);
	assert_int_equal(json_integer_value(json_object_get(json_array_get(json_object_get(json, "maps"), 0), "rows_seen")), 4);
	end();
}

static void histograms(void **state)
{
	(void)state;
	begin(MEASURE_HISTOGRAM, "process");
	take(EVENT_HISTOGRAM, "{\"@opens\": {\"a\": [{\"max\": -1, \"count\": 0}, {\"min\": 0, \"max\": 0, \"count\": 0},"
			      "{\"min\": 1, \"max\": 1, \"count\": 2}, {\"min\": 2, \"max\": 3, \"count\": 0}, {\"min\": 4, \"max\": 7, \"count\": 1},"
			      "{\"min\": 8, \"count\": 0}], \"b\": [{\"min\": 1, \"max\": 1, \"count\": 9}], \"none\": [{\"min\": 1, \"max\": 1, \"count\": 0}]}}");
	result_finish(&f.result, 1);
	rows_are("[{\"key\":[\"b\"],\"buckets\":[{\"min\":1,\"max\":1,\"count\":9}]},"
		 "{\"key\":[\"a\"],\"buckets\":[{\"min\":1,\"max\":1,\"count\":2},{\"min\":2,\"max\":3,\"count\":0},{\"min\":4,\"max\":7,\"count\":1}]}]");
	assert_true(f.result.total == 12);
	end();
	begin(MEASURE_HISTOGRAM, "");
	f.plan.interval = 1;
	take(EVENT_HISTOGRAM, "{\"@opens\": [{\"min\": 1, \"max\": 1, \"count\": 2}, {\"min\": 8, \"count\": 1}]}");
	take(EVENT_TICK, "\"tick\"");
	take(EVENT_HISTOGRAM, "{\"@opens\": [{\"min\": 1, \"max\": 1, \"count\": 3}, {\"min\": 8, \"count\": 1}]}");
	result_finish(&f.result, 2);
	rows_are("[{\"key\":[],\"buckets\":[{\"min\":1,\"max\":1,\"count\":5},{\"min\":8,\"count\":2}]}]");
	end();
}

/* Buckets of later intervals that lie between or below those of the first stay in order. */
static void buckets_stay_sorted(void **state)
{
	(void)state;
	begin(MEASURE_HISTOGRAM, "");
	f.plan.interval = 1;
	take(EVENT_HISTOGRAM, "{\"@opens\": [{\"min\": 4, \"max\": 7, \"count\": 1}, {\"min\": 64, \"max\": 127, \"count\": 1}]}");
	take(EVENT_TICK, "\"tick\"");
	take(EVENT_HISTOGRAM, "{\"@opens\": [{\"max\": -1, \"count\": 1}, {\"min\": 8, \"max\": 15, \"count\": 1}]}");
	result_finish(&f.result, 2);
	rows_are("[{\"key\":[],\"buckets\":[{\"max\":-1,\"count\":1},{\"min\":4,\"max\":7,\"count\":1},{\"min\":8,\"max\":15,\"count\":1},"
		 "{\"min\":64,\"max\":127,\"count\":1}]}]");
	end();
}

/* The heat map is of all keys: each range of values once, with the counts of all. */
static void heat_of_all_keys(void **state)
{
	AUTO_VOCABULARY vocabulary = real_vocabulary();
	struct evidence_list list = { 0 };
	AUTO_FREE char *got = NULL;

	(void)state;
	begin(MEASURE_HISTOGRAM, "process");
	f.plan.interval = 1;
	take(EVENT_HISTOGRAM, "{\"@opens\": {\"a\": [{\"min\": 4, \"max\": 7, \"count\": 1000}], \"b\": [{\"min\": 2, \"max\": 3, "
			      "\"count\": 1}, {\"min\": 4, \"max\": 7, \"count\": 2}]}}");
	take(EVENT_TICK, "\"tick\"");
	result_finish(&f.result, 1);
	got = json_dumps(json_object_get(result_evidence(&f.result, vocabulary, &list)->data, "over_time"), JSON_COMPACT);
	if (!got || !strstr(got, "\"buckets\":[{\"min\":2,\"max\":3,\"count\":1},{\"min\":4,\"max\":7,\"count\":1002}]"))
		fail_msg("got %s", got);
	evidence_list_done(&list);
	end();
}

static void events(void **state)
{
	AUTO_JSON json = NULL;
	const json_t *event;

	(void)state;
	begin(MEASURE_EVENTS, "process pid error");
	f.result.events_most = 2;
	event = take(EVENT_TUPLE, "[12000, \"a\", 5, -2]");
	assert_non_null(event);
	assert_string_equal(json_get_string(event, "error"), "ENOENT");
	assert_null(take(EVENT_TUPLE, "[1, 2]"));	      /* another program's */
	assert_null(take(EVENT_TUPLE, "[1, 2, 3, 4, 5, 6]"));
	assert_non_null(take(EVENT_TUPLE, "[13000, \"b\", 6, 0]"));
	assert_null(take(EVENT_TUPLE, "[14000, \"c\", 7, 0]")); /* counted, not kept */
	result_finish(&f.result, 1);
	assert_int_equal(f.result.event_count, 3);
	json = result_json(&f.result);
	assert_int_equal(json_integer_value(json_object_get(json, "events_seen")), 3);
	assert_int_equal(json_array_size(json_object_get(json, "events")), 2);
	event = json_array_get(json_object_get(json, "events"), 1);
	assert_true(json_get_number(event, "time", 0) == 1.3e-05);
	assert_string_equal(json_get_string(event, "process"), "b");
	assert_true(json_is_null(json_object_get(event, "error")));
	assert_int_equal(json_array_size(json_object_get(json, "maps")), 0);
	end();
}

static void flood_of_events(void **state)
{
	(void)state;
	begin(MEASURE_EVENTS, "process");
	for (int i = 0; i < 12000; i++)
		take(EVENT_TUPLE, "[1, \"a\"]");
	assert_int_equal(f.result.event_count, 12000);
	assert_true(json_array_size(f.result.events) <= 10000);
	assert_true(f.result.full);
	end();
}

static void hostile_maps(void **state)
{
	static const char *const data[] = {
		"null", "1", "\"x\"", "[]", "{}", "{\"@opens\": null}", "{\"@opens\": []}", "{\"@opens\": [[], 1, null, {}]}",
		"{\"@opens\": {}}", "{\"@opens\": {\"\": null}}", "{\"@opens\": {\"a\": {}}}", "{\"@opens\": {\"a\": {\"b\": {\"c\": 1}}}}",
		"{\"@opens\": {\"a\": [{\"count\": \"x\"}, {\"min\": {}, \"count\": -5}, 7]}}", "{\"@opens\": {\"a\": \"none\"}}",
		"{\"@opens\": {\"a\": -9223372036854775808}}", "{\"@opens\": {\"a\": 1e308, \"b\": 1e308}}", "{\"@opens\": true}",
		"{\"@opens\": {\"a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t\": 1}}", "{\"@opens\": {\"a\\u0001\\u001b[31m\": 1}}",
	};
	static const enum measure measures[] = { MEASURE_COUNT, MEASURE_SUM, MEASURE_AVG, MEASURE_MIN, MEASURE_MAX,
						 MEASURE_HISTOGRAM, MEASURE_STACKS, MEASURE_EVENTS };

	(void)state;
	for (size_t m = 0; m < COUNT(measures); m++) {
		for (size_t i = 0; i < COUNT(data); i++) {
			struct evidence_list list = { 0 };
			struct vocabulary none = { 0 };
			AUTO_JSON json = NULL;

			begin(measures[m], i % 2 ? "process" : "process pid error");
			f.plan.interval = i % 3 ? 1 : 0;
			for (int times = 0; times < 2; times++) {
				take(EVENT_MAP, data[i]);
				take(EVENT_TUPLE, data[i]);
				take(EVENT_TEXT, data[i]);
				take(EVENT_TICK, "\"tick\"");
			}
			result_finish(&f.result, 1);
			json = result_json(&f.result);
			assert_true(json_is_array(json_object_get(json, "maps")));
			if (!result_empty(&f.result))
				assert_non_null(result_evidence(&f.result, &none, &list));
			evidence_list_done(&list);
			end();
		}
	}
}

/* What is shown can be saved and loaded: the forms of evidence.h. */
static void evidence_forms(void **state)
{
	static const struct {
		enum measure measure;
		enum event_kind kind;
		const char *by, *data;
		enum evidence_kind evidence;
	} cases[] = {
		{ MEASURE_COUNT, EVENT_MAP, "process pid", "{\"@opens\": {\"a,1\": 3, \"b,2\": 4}}", EVIDENCE_TABLE },
		{ MEASURE_COUNT, EVENT_MAP, "", "{\"@opens\": 3}", EVIDENCE_TABLE },
		{ MEASURE_AVG, EVENT_STATS, "process", "{\"@opens\": {\"a\": {\"count\": 1, \"average\": 2, \"total\": 2}}}", EVIDENCE_TABLE },
		{ MEASURE_HISTOGRAM, EVENT_HISTOGRAM, "process", "{\"@opens\": {\"a\": [{\"min\": 1, \"max\": 1, \"count\": 3}]}}",
		  EVIDENCE_HISTOGRAM },
		{ MEASURE_EVENTS, EVENT_TUPLE, "process pid", "[1000, \"a\", 3]", EVIDENCE_EVENTS },
	};
	AUTO_VOCABULARY vocabulary = real_vocabulary();

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct evidence_list list = { 0 }, loaded = { 0 };
		struct error err = { 0 };
		AUTO_JSON saved = NULL;

		begin(cases[i].measure, cases[i].by);
		take(cases[i].kind, cases[i].data);
		result_finish(&f.result, 1);
		saved = evidence_save(result_evidence(&f.result, vocabulary, &list));
		assert_int_equal(list.items.at[0]->kind, cases[i].evidence);
		if (evidence_load(&loaded, saved, &err) < 0)
			fail_msg("%s", err.text);
		evidence_list_done(&list);
		evidence_list_done(&loaded);
		end();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_sorted), cmocka_unit_test(one_total), cmocka_unit_test(same_names_join),
		cmocka_unit_test(last_print_counts), cmocka_unit_test(intervals_add_up), cmocka_unit_test(averages_over_intervals),
		cmocka_unit_test(extremes_over_intervals), cmocka_unit_test(zero_is_a_value), cmocka_unit_test(rates), cmocka_unit_test(rates_and_amounts), cmocka_unit_test(views),
		cmocka_unit_test(top), cmocka_unit_test(histograms), cmocka_unit_test(buckets_stay_sorted), cmocka_unit_test(heat_of_all_keys), cmocka_unit_test(events),
		cmocka_unit_test(flood_of_events), cmocka_unit_test(hostile_maps), cmocka_unit_test(evidence_forms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
