/* What an answer proposes to ask next can be asked, and is something else than what was asked. */
#include "kernel_check.h"
#include "trace/trace.h"

static bool of_command;

/* What is watched and measured; for how long and how much of it is shown does not make another question. */
static char *mark(const char *question, enum plan_verdict *verdict, struct next *next)
{
	struct plan_options options = { 0 };
	struct planning planning = { 0 };
	struct error err = { 0 };
	struct plan plan;
	char *text = NULL;

	plan_init(&plan);
	if (plan_make(vocabulary, kernel, text_of(question), &options, &plan, &planning, &err) < 0)
		fail_msg("%s: %s", question, err.text);
	*verdict = planning.verdict;
	if (planning.verdict == PLAN_READY) {
		AUTO_JSON json = plan_json(&plan);
		struct next_from from = { vocabulary, kernel, &plan };

		json_object_del(json_object_get(json, "show"), "seconds");
		json_object_del(json_object_get(json, "show"), "top");
		text = json_dumps(json, JSON_SORT_KEYS);
		if (next) {
			/* Of a command it is the same question, too. */
			if (of_command)
				vec_push(&plan.where, (struct condition){ .role = "pid", .compare = COMPARE_TREE, .text = "make" });
			next_find(&from, next);
			for (size_t i = 0; i < next->count; i++)
				next->questions[i] = strdup(next->questions[i]);
		}
	}
	planning_done(&planning);
	plan_done(&plan);
	return text;
}

static void proposals_of(const char *question, size_t *seen)
{
	enum plan_verdict verdict;
	struct next next = { 0 };
	AUTO_FREE char *asked = mark(question, &verdict, &next);
	AUTO_FREE char *first = NULL;

	for (size_t i = 0; asked && i < next.count; i++) {
		AUTO_FREE char *proposed = mark(next.questions[i], &verdict, NULL);

		if (verdict != PLAN_READY)
			fail_msg("after \"%s\": \"%s\" is not planned", question, next.questions[i]);
		if (strcmp(proposed, asked) == 0)
			fail_msg("after \"%s\": \"%s\" asks the same", question, next.questions[i]);
		if (first && strcmp(proposed, first) == 0)
			fail_msg("after \"%s\": \"%s\" asks the same as \"%s\"", question, next.questions[i], next.questions[0]);
		if (!first)
			first = strdup(proposed);
		(*seen)++;
	}
	for (size_t i = 0; i < next.count; i++)
		free((char *)next.questions[i]);
}

static void examples(void **state)
{
	size_t seen = 0;
	struct error err = { 0 };

	(void)state;
	if (!kernel_tracefs(kernel, &err))
		skip();
	assert_int_equal(vocabulary_open_all(vocabulary, NULL, &err), 0);
	/* Each third subject: one that was just asked for in its own example's words, and in another's. */
	for (size_t i = 0; i < vocabulary->subjects.len; i += 3)
		vec_each(ask, &vocabulary->subjects.at[i].asks)
			proposals_of(*ask, &seen);
	assert_true(seen > 100);
}

static void other_words(void **state)
{
	static const char *const questions[] = {
		"top 5 page faults", "cpu time by process", "run-queue latency", "bytes read per second", "how many forks per second",
		"disk latency for 3 seconds", "opens of bash", "open and close by process", "哪个进程打开文件最多", "tcp retransmits",
		"memory allocations by kernel stack", "show each exec", "block:block_rq_issue by comm",
	};
	size_t seen = 0;
	struct error err = { 0 };

	(void)state;
	if (!kernel_tracefs(kernel, &err))
		skip();
	for (size_t i = 0; i < COUNT(questions); i++)
		proposals_of(questions[i], &seen);
	/* Neither a tracepoint nor Chinese is left without one. */
	for (size_t i = 0, before = seen; i < 2; i++, before = seen) {
		proposals_of(i ? "哪个进程打开文件最多" : "sched:sched_switch by prev_comm", &seen);
		assert_true(seen > before);
	}
	of_command = true;
	for (size_t i = 0; i < COUNT(questions); i++)
		proposals_of(questions[i], &seen);
	of_command = false;
	assert_true(seen > 15);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(examples), cmocka_unit_test(other_words) };

	return cmocka_run_group_tests(tests, setup, teardown);
}
