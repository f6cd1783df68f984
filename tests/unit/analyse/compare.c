/* Tests of comparing evidence: rows that changed, that are new, that are gone; and what cannot be compared. */
#include "tests/check.h"
#include <string.h>
#include "analyse/compare.h"

static void load(struct evidence_list *list, const char *kind, const char *data)
{
	struct error err = { 0 };
	AUTO_JSON value = json_parse(text_of(data), &err);

	if (!value)
		fail_msg("%s: %s", err.text, data);
	AUTO_JSON saved = json_pack("{s:s,s:s,s:O}", "kind", kind, "title", "seen", "data", value);
	if (evidence_load(list, saved, &err) < 0)
		fail_msg("%s", err.text);
}

struct both {
	struct evidence_list before, after, out;
	struct comparison sum;
};

static void drop_both(struct both *both)
{
	evidence_list_done(&both->before);
	evidence_list_done(&both->after);
	evidence_list_done(&both->out);
}

static void compare(struct both *both, const char *kind, const char *before, const char *after)
{
	*both = (struct both){ 0 };
	if (before)
		load(&both->before, kind, before);
	if (after)
		load(&both->after, kind, after);
	evidence_compare(&both->before, &both->after, &both->out, &both->sum);
}

static void rows_are(const struct both *both, const char *want)
{
	AUTO_FREE char *rows = json_dumps(json_object_get(both->out.items.at[0]->data, "rows"),
					JSON_COMPACT | JSON_REAL_PRECISION(15));

	assert_string_equal(rows, want);
}

#define TABLE(rows) "{\"columns\":[{\"name\":\"process\",\"key\":true},{\"name\":\"faults\",\"unit\":\"faults\"}],\"rows\":" rows "}"

static void tables_row_by_row(void **state)
{
	AUTO(drop_both) struct both both = { 0 };

	(void)state;
	compare(&both, "table", TABLE("[[\"a\",100],[\"b\",10],[\"c\",5]]"), TABLE("[[\"b\",40],[\"a\",50],[\"d\",7]]"));
	rows_are(&both, "[[\"a\",100.0,50.0,-50.0,-50.0],[\"b\",10.0,40.0,30.0,300.0],[\"d\",null,7.0,7.0,null],[\"c\",5.0,null,-5.0,null]]");
	assert_true(both.sum.changed == 2 && both.sum.same == 0 && both.sum.fresh == 1 && both.sum.gone == 1 && both.sum.unlike == 0);
	AUTO_FREE char *columns = json_dumps(json_object_get(both.out.items.at[0]->data, "columns"), JSON_COMPACT);
	assert_string_equal(columns, "[{\"name\":\"process\",\"key\":true},{\"name\":\"before\",\"unit\":\"faults\"},"
			    "{\"name\":\"now\",\"unit\":\"faults\"},{\"name\":\"change\",\"unit\":\"faults\"},{\"name\":\"in %\",\"unit\":\"%\"}]");
}

static void the_same_is_the_same(void **state)
{
	AUTO(drop_both) struct both both = { 0 };

	(void)state;
	compare(&both, "table", TABLE("[[\"a\",100],[\"b\",0]]"), TABLE("[[\"b\",0],[\"a\",100]]"));
	assert_true(both.sum.same == 2 && both.sum.changed == 0 && both.sum.fresh + both.sum.gone + both.sum.unlike == 0);
	rows_are(&both, "[[\"b\",0.0,0.0,0.0,null],[\"a\",100.0,100.0,0.0,0.0]]");
}

static void an_empty_result_takes_the_shape_of_the_other(void **state)
{
	AUTO(drop_both) struct both both = { 0 };

	(void)state;
	compare(&both, "table", TABLE("[]"), TABLE("[[\"a\",1]]"));
	rows_are(&both, "[[\"a\",null,1.0,1.0,null]]");
	assert_true(both.sum.fresh == 1 && both.sum.unlike == 0);
}

static void several_measures_and_keys(void **state)
{
	static const char before[] = "{\"columns\":[{\"name\":\"p\",\"key\":true},{\"name\":\"f\",\"key\":true},{\"name\":\"n\"},{\"name\":\"avg\","
				     "\"unit\":\"us\"}],\"rows\":[[\"a\",7,2,3.5],[\"a\",8,1,1]]}";
	static const char after[] = "{\"columns\":[{\"name\":\"p\",\"key\":true},{\"name\":\"f\",\"key\":true},{\"name\":\"n\"},{\"name\":\"avg\","
				    "\"unit\":\"us\"}],\"rows\":[[\"a\",7,2,4.5],[\"a\",8,1,1]]}";
	AUTO(drop_both) struct both both = { 0 };

	(void)state;
	compare(&both, "table", before, after);
	rows_are(&both, "[[\"a\",7,2.0,2.0,0.0,0.0,3.5,4.5,1.0,28.6],[\"a\",8,1.0,1.0,0.0,0.0,1.0,1.0,0.0,0.0]]");
	assert_true(both.sum.changed == 1 && both.sum.same == 1);
}

static void histograms_stacks_events_and_texts(void **state)
{
	AUTO(drop_both) struct both histogram = { 0 };
	AUTO(drop_both) struct both stacks = { 0 };
	AUTO(drop_both) struct both events = { 0 };
	AUTO(drop_both) struct both text = { 0 };

	(void)state;
	compare(&histogram, "histogram", "{\"unit\":\"us\",\"keys\":[\"p\"],\"series\":[{\"key\":[\"a\"],\"buckets\":[{\"min\":4,\"max\":7,\"count\":2}]}]}",
		"{\"unit\":\"us\",\"keys\":[\"p\"],\"series\":[{\"key\":[\"a\"],\"buckets\":[{\"min\":4,\"max\":7,\"count\":3},{\"min\":8,\"count\":1}]}]}");
	rows_are(&histogram, "[[\"a\",\"4 - 7\",2.0,3.0,1.0,50.0],[\"a\",\"8 - \",null,1.0,1.0,null]]");
	compare(&stacks, "stacks", "{\"unit\":\"samples\",\"keys\":[\"p\"],\"stacks\":[{\"key\":[\"a\"],\"frames\":[\"leaf\",\"main\"],\"value\":4}]}",
		"{\"unit\":\"samples\",\"keys\":[\"p\"],\"stacks\":[{\"key\":[\"a\"],\"frames\":[\"other\",\"main\"],\"value\":4}]}");
	rows_are(&stacks, "[[\"a\",\"other < main\",null,4.0,4.0,null],[\"a\",\"leaf < main\",4.0,null,-4.0,null]]");
	compare(&events, "events", "{\"columns\":[{\"name\":\"time\"}],\"rows\":[[0.1]],\"total_rows\":90}",
		"{\"columns\":[{\"name\":\"time\"}],\"rows\":[[0.1],[0.2]]}");
	rows_are(&events, "[[\"events\",90.0,2.0,-88.0,-97.8]]");
	compare(&text, "text", "{\"text\":\"a\\nb\"}", "{\"text\":\"a\\nb\\nc\"}");
	rows_are(&text, "[[\"lines of text\",2.0,3.0,1.0,50.0]]");
}

static void what_is_unlike_is_counted(void **state)
{
	AUTO(drop_both) struct both alone = { 0 };
	AUTO(drop_both) struct both shapes = { 0 };

	(void)state;
	compare(&alone, "table", TABLE("[[\"a\",1]]"), NULL);
	assert_true(alone.sum.unlike == 1 && alone.out.items.len == 0);
	compare(&shapes, "table", TABLE("[[\"a\",1]]"), "{\"columns\":[{\"name\":\"file\",\"key\":true},{\"name\":\"n\"}],\"rows\":[[\"a\",1]]}");
	assert_true(shapes.sum.unlike == 1 && shapes.out.items.len == 0);
}

/* Names that were cut may stand twice, and foreign files lack cells. */
static void rough_rows_do_no_harm(void **state)
{
	AUTO(drop_both) struct both both = { 0 };

	(void)state;
	compare(&both, "table", TABLE("[[\"a\",1],[\"a\",2],[\"b\"],[]]"), TABLE("[[\"a\",3],[\"b\",null]]"));
	assert_int_equal(both.sum.same, 2);
	assert_int_equal(both.sum.gone, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_row_by_row), cmocka_unit_test(the_same_is_the_same),
		cmocka_unit_test(an_empty_result_takes_the_shape_of_the_other), cmocka_unit_test(several_measures_and_keys),
		cmocka_unit_test(histograms_stacks_events_and_texts), cmocka_unit_test(what_is_unlike_is_counted),
		cmocka_unit_test(rough_rows_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
