/* Tests of evidence: numbering, saving, and loading foreign files. */
#include "tests/check.h"
#include "evidence/evidence.h"

static void saved_evidence_loads_again(void **state)
{
	static const char *const forms[] = { "{\"text\": \"x\"}", "{\"columns\": [], \"rows\": [[\"a\", 1, null]]}",
					     "{\"unit\": \"us\", \"series\": [{\"key\": [], \"buckets\": []}]}",
					     "{\"stacks\": [{\"frames\": [], \"value\": 1}]}", "{\"columns\": [], \"rows\": []}" };
	struct evidence_list list = { 0 }, loaded = { 0 };
	struct error err = { 0 };

	(void)state;
	for (size_t kind = 0; kind < COUNT(forms); kind++) {
		struct evidence *one = evidence_add(&list, (enum evidence_kind)kind, "title",
						    json_parse(text_of(forms[kind]), &err));
		AUTO_JSON saved = NULL;
		AUTO_JSON again = NULL;

		evidence_command(one, "bpftrace -e …", 12.5, 3);
		assert_int_equal(one->number, kind + 1);
		saved = evidence_save(one);
		assert_string_equal(json_get_string(saved, "kind"), evidence_kind_name((enum evidence_kind)kind));
		assert_int_equal(evidence_load(&loaded, saved, &err), 0);
		again = evidence_save(loaded.items.at[kind]);
		assert_true(json_equal(saved, again));
	}
	evidence_list_done(&list);
	evidence_list_done(&loaded);
	assert_int_equal(loaded.items.len, 0);
}

static void foreign_forms_are_refused_with_a_reason(void **state)
{
	static const char *const bad[] = {
		"null", "[]", "{}", "{\"kind\": \"table\"}", "{\"kind\": \"song\", \"data\": {}}", "{\"kind\": 1, \"data\": {}}",
		"{\"kind\": \"text\", \"data\": {\"text\": 1}}", "{\"kind\": \"table\", \"data\": {\"rows\": {}}}",
		"{\"kind\": \"table\", \"data\": {\"rows\": [1]}}", "{\"kind\": \"stacks\", \"data\": {\"stacks\": [[]]}}",
		"{\"kind\": \"histogram\", \"data\": {\"series\": \"x\"}}", "{\"kind\": \"events\", \"data\": []}",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct evidence_list list = { 0 };
		struct error err = { 0 };
		AUTO_JSON json = json_parse(text_of(bad[i]), &err);

		assert_non_null(json);
		assert_int_equal(evidence_load(&list, json, &err), -EINVAL);
		assert_int_not_equal(err.text[0], 0);
		assert_int_equal(list.items.len, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(saved_evidence_loads_again),
		cmocka_unit_test(foreign_forms_are_refused_with_a_reason),
	};

	return cmocka_run_group_tests_name("evidence", tests, NULL, NULL);
}
