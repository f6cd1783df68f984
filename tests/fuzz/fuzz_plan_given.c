/* Fuzzes plans that a model gives, against the real vocabulary and this machine's catalogue: each ends in a program that passes
 * our own policy, or in a reason. A line an input: subject, probes, starts, pair, measure, value, keys, conditions, columns; lists
 * are parted by ';', a condition is ROLE,IS,VALUE. */
#include <stdint.h>
#include <string.h>
#include "base/file.h"
#include "trace/plan/plan_given.h"
#include "trace/script/policy.h"
#include "trace/write/program.h"

static json_t *text_json(struct text text)
{
	AUTO_BUILD safe = { 0 };

	build_safe(&safe, text, false); /* what a model says is UTF-8 */
	return json_text(build_text(&safe));
}

static json_t *list_json(struct text line)
{
	json_t *list = json_array();
	struct text each;

	while (text_next(&line, ';', &each))
		json_array_append_new(list, text_json(each));
	return list;
}

static json_t *where_json(struct text line)
{
	json_t *list = json_array();
	struct text each;

	while (text_next(&line, ';', &each)) {
		struct text role, is;
		json_t *one = json_object();

		text_next(&each, ',', &role);
		text_next(&each, ',', &is);
		json_object_set_new(one, "role", text_json(role));
		json_object_set_new(one, "is", text_json(is));
		json_object_set_new(one, "value", text_json(each));
		json_array_append_new(list, one);
	}
	return list;
}

static json_t *plan_of(struct text input)
{
	json_t *plan = json_object(), *show = json_object();
	struct text lines[9] = { 0 };

	for (size_t i = 0; i < COUNT(lines); i++)
		text_line(&input, &lines[i]);
	json_object_set_new(plan, "subject", text_json(lines[0]));
	json_object_set_new(plan, "probes", list_json(lines[1]));
	json_object_set_new(plan, "starts", list_json(lines[2]));
	json_object_set_new(plan, "pair", text_json(lines[3]));
	json_object_set_new(plan, "measure", text_json(lines[4]));
	json_object_set_new(plan, "value", text_json(lines[5]));
	json_object_set_new(plan, "by", list_json(lines[6]));
	json_object_set_new(plan, "where", where_json(lines[7]));
	json_object_set_new(show, "columns", list_json(lines[8]));
	json_object_set_new(show, "interval", json_real((double)input.len));
	json_object_set_new(plan, "show", show);
	return plan;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct dialect oldest = { .version = 17 };
	static struct vocabulary *vocabulary;
	static struct kernel *kernel;
	static const char *const command[] = { "true", NULL };
	struct plan_options options = { .pid = size & 1, .process = size & 2 ? "some \"process\"" : NULL, .command = size & 4 ? command[0] : NULL };
	struct program_options written = { .dialect = &oldest, .tree = 1 };
	AUTO_JSON given = plan_of((struct text){ (const char *)data, size });
	AUTO(planning_done) struct planning planning = { 0 };
	AUTO(plan_done) struct plan plan;
	AUTO_PROGRAM program = { 0 };
	AUTO_BUILD why = { 0 };
	struct error err = { 0 };

	if (!vocabulary) {
		AUTO_BUILD folder = { 0 };

		build_fmt(&folder, "%s/vocabulary", data_folder());
		vocabulary = vocabulary_read(folder.at, NULL, &err);
		kernel = kernel_new();
		if (!vocabulary)
			abort();
	}
	plan_init(&plan);
	if (plan_given(vocabulary, kernel, given, TEXT("a question"), &options, &plan, &planning, &err) < 0) {
		if (!err.text[0])
			abort();
		return 0;
	}
	if (planning.verdict != PLAN_READY) {
		if (!planning.why.len)
			abort();
		return 0;
	}
	AUTO_JSON json = plan_json(&plan);
	if (program_write(&plan, &plan.subject->ways.at[plan.way], vocabulary, kernel, &written, &program, &why) < 0)
		abort(); /* it was written once already */
	if (policy_check(build_text(&program.text), &err) < 0) {
		fprintf(stderr, "%s\n%s\n", err.text, program.text.at);
		abort();
	}
	return 0;
}
