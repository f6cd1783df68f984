/* Several statistics of one key: maps that are printed one after the other become one table. */
#include "result_check.h"

/* A measurement of `measure` by process, or of all in one. */
static void begin(enum measure measure, const char *by)
{
	f = (struct fixture){ .subject = { .name = "file.open", .what = "files opened", .unit = "opens" } };
	plan_init(&f.plan);
	f.plan.subject = &f.subject;
	f.plan.measure = f.program.measure = measure;
	f.program.map = "@opens";
	f.program.unit = "us";
	f.program.way = &f.way;
	if (by[0]) {
		vec_push(&f.plan.by, by);
		vec_push(&f.program.columns, ((struct column){ .role = by, .text = true, .type = "chars" }));
	}
	result_init(&f.result, &f.plan, &f.program);
}

/* Average, least and largest are three maps, printed in any order; what is scaled comes to the unit of the first. */
static void beside(double scale)
{
	static const struct beside others[] = { { "@opens_min", MEASURE_MIN }, { "@opens_max", MEASURE_MAX } };

	for (size_t i = 0; i < COUNT(others); i++)
		vec_push(&f.program.beside, others[i]);
	f.program.beside_scale = scale;
}

static void maps_join(void **state)
{
	static const char *const prints[] = { "{\"@opens_max\": {\"a\": 9, \"b\": 8}}", "{\"@opens_min\": {\"b\": 0, \"a\": 1}}",
					      ("{\"@opens\": {\"a\": {\"count\": 2, \"average\": 5, \"total\": 10},"
					       " \"b\": {\"count\": 4, \"average\": 6, \"total\": 26}}}") };
	static const int orders[][3] = { { 0, 1, 2 }, { 2, 1, 0 }, { 1, 2, 0 } };

	(void)state;
	for (size_t order = 0; order < COUNT(orders); order++) {
		begin(MEASURE_AVG, "process");
		beside(1);
		for (size_t i = 0; i < 3; i++)
			take(orders[order][i] == 2 ? EVENT_STATS : EVENT_MAP, prints[orders[order][i]]);
		/* Each has its members in the order in which they came. */
		assert_int_equal(json_array_size(f.result.shot), 2);
		result_finish(&f.result, 1);
		assert_int_equal(json_array_size(f.result.rows), 2);
		for (size_t i = 0; i < 2; i++) {
			static const struct {
				const char *key;
				double value, count, total, min, max;
			} wanted[] = { { "b", 6, 4, 26, 0, 8 }, { "a", 5, 2, 10, 1, 9 } };
			const json_t *row = json_array_get(f.result.rows, i);

			assert_string_equal(json_string_value(json_array_get(json_object_get(row, "key"), 0)), wanted[i].key);
			assert_true(json_get_number(row, "value", -1) == wanted[i].value);
			assert_true(json_get_number(row, "average", -1) == wanted[i].value);
			assert_true(json_get_number(row, "count", -1) == wanted[i].count);
			assert_true(json_get_number(row, "total", -1) == wanted[i].total);
			assert_true(json_get_number(row, "min", -1) == wanted[i].min);
			assert_true(json_get_number(row, "max", -1) == wanted[i].max);
		}
		assert_string_equal(result_kind(&f.result), "stats");
		assert_string_equal(f.result.misfit, "");
		end();
	}
}

/* A key that only a map beside has yet is none of this interval, and its value is not lost for the whole. */
static void key_comes_early(void **state)
{
	AUTO_JSON json = NULL;

	(void)state;
	begin(MEASURE_AVG, "process");
	beside(1);
	f.plan.interval = 1;
	take(EVENT_STATS, "{\"@opens\": {\"a\": {\"count\": 1, \"average\": 5, \"total\": 5}}}");
	take(EVENT_MAP, "{\"@opens_min\": {\"a\": 5}}");
	take(EVENT_MAP, "{\"@opens_max\": {\"a\": 5, \"late\": 70}}");
	take(EVENT_TICK, "\"tick\"");
	take(EVENT_STATS, "{\"@opens\": {\"late\": {\"count\": 2, \"average\": 40, \"total\": 80}}}");
	take(EVENT_MAP, "{\"@opens_min\": {\"late\": 10}}");
	take(EVENT_MAP, "{\"@opens_max\": {\"late\": 10}}");
	take(EVENT_TICK, "\"tick\"");
	/* Never seen by the map itself: no row. */
	take(EVENT_MAP, "{\"@opens_max\": {\"ghost\": 3}}");
	result_finish(&f.result, 2);
	rows_are("[{\"key\":[\"late\"],\"max\":70,\"count\":2,\"total\":80,\"min\":10,\"value\":40,\"average\":40},"
		 "{\"key\":[\"a\"],\"count\":1,\"average\":5,\"total\":5,\"value\":5,\"min\":5,\"max\":5}]");
	json = result_json(&f.result);
	assert_int_equal(json_array_size(json_object_get(json_array_get(json_object_get(json_array_get(f.result.intervals, 0), "maps"), 0),
							 "rows")), 1);
	end();
}

/* The live table shows the last print of each map. */
static void prints_replace(void **state)
{
	(void)state;
	begin(MEASURE_MAX, "");
	vec_push(&f.program.beside, ((struct beside){ "@opens_min", MEASURE_MIN }));
	take(EVENT_MAP, "{\"@opens\": 7}");
	take(EVENT_MAP, "{\"@opens_min\": 3}");
	take(EVENT_TICK, "\"tick\"");
	take(EVENT_MAP, "{\"@opens\": 9}");
	assert_true(json_get_number(json_array_get(f.result.shot, 0), "min", 0) == 3);
	take(EVENT_MAP, "{\"@opens_min\": 2}");
	result_finish(&f.result, 1);
	rows_are("[{\"key\":[],\"value\":9,\"max\":9,\"min\":2}]");
	end();
}

/* A histogram counts in us what the statistics beside it have in ns. */
static void histogram_with_statistics(void **state)
{
	(void)state;
	begin(MEASURE_HISTOGRAM, "process");
	beside(1000);
	vec_push(&f.program.beside, ((struct beside){ "@opens_avg", MEASURE_AVG }));
	take(EVENT_STATS, "{\"@opens_avg\": {\"a\": {\"count\": 3, \"average\": 1500, \"total\": 4500}}}");
	take(EVENT_HISTOGRAM, "{\"@opens\": {\"a\": [{\"min\": 1, \"max\": 1, \"count\": 3}]}}");
	take(EVENT_MAP, "{\"@opens_max\": {\"a\": 1750}}");
	result_finish(&f.result, 1);
	rows_are("[{\"key\":[\"a\"],\"buckets\":[{\"min\":1,\"max\":1,\"count\":3}],\"max\":1.75,\"count\":3,"
		 "\"total\":4.5,\"average\":1.5}]");
	end();
}

/* Keys that print alike are one row, in the value's own map and in those beside it. */
static void keys_that_print_alike(void **state)
{
	AUTO_JSON own = json_pack("{s:{s:{s:i,s:i,s:i}}}", "@opens", "a", "count", 2, "average", 5, "total", 10);
	AUTO_JSON own_again = json_pack("[{s:{s:i,s:i,s:i}}]", "a", "count", 4, "average", 5, "total", 20);
	AUTO_JSON most = json_pack("{s:{s:i}}", "@opens_max", "a", 9);
	AUTO_JSON most_again = json_pack("[{s:i},{s:i}]", "a", 70, "a", 3);
	const struct event events[] = { { .kind = EVENT_STATS, .data = own, .again = own_again },
					{ .kind = EVENT_MAP, .data = most, .again = most_again } };

	(void)state;
	begin(MEASURE_AVG, "process");
	vec_push(&f.program.beside, ((struct beside){ "@opens_max", MEASURE_MAX }));
	for (size_t i = 0; i < COUNT(events); i++)
		result_take(&f.result, &events[i], 1);
	result_finish(&f.result, 1);
	rows_are("[{\"key\":[\"a\"],\"count\":6,\"average\":5,\"total\":30,\"value\":5,\"max\":70}]");
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(maps_join),
		cmocka_unit_test(key_comes_early),
		cmocka_unit_test(prints_replace),
		cmocka_unit_test(histogram_with_statistics),
		cmocka_unit_test(keys_that_print_alike),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
