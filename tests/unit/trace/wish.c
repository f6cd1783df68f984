/* What words ask for beside the subject: times, sizes, comparisons, keys, ranks. */
#include "check.h"
#include "trace/plan/planner.h"

static struct vocabulary *vocabulary;

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

/* "seconds=… every=… rate top=… hz=…; ROLE SIGN VALUE; by A B", without what is not asked for */
static void asks(const char *text, const char *expected)
{
	AUTO(plan_done) struct plan plan;
	struct wish wish = { .plan = &plan };
	AUTO_BUILD got = { 0 };

	plan_init(&plan);
	question_read(&wish.question, vocabulary, text_of(text), NULL, NULL);
	wish_numbers(&wish);
	wish_keys(&wish);
	build_put(&got, "");
	if (plan.seconds > 0)
		build_fmt(&got, " for %g s", plan.seconds);
	if (plan.interval > 0)
		build_fmt(&got, " every %g s", plan.interval);
	if (plan.per_second)
		build_put(&got, " rate");
	if (plan.top)
		build_fmt(&got, " top %ld", plan.top);
	if (plan.hz)
		build_fmt(&got, " %ld hz", plan.hz);
	vec_each(condition, &plan.where)
		build_fmt(&got, " %s %s %.15g", condition->role ? condition->role : "?", compare_sign(condition->compare), condition->number);
	vec_each(name, &plan.by)
		build_fmt(&got, " by %s", *name);
	if (strcmp(got.at + (got.len > 0), expected) != 0)
		fail_msg("'%s': expected '%s', got '%s'", text, expected, got.at);
	vec_done(&wish.raw_keys);
	vec_done(&wish.mentions);
	question_done(&wish.question);
}

static void times(void **state)
{
	(void)state;
	asks("count opens for 10 seconds", "for 10 s");
	asks("count opens for 1.5s", "for 1.5 s");
	asks("count opens during 2 minutes", "for 120 s");
	asks("count opens every 5 seconds", "every 5 s");
	asks("count opens every second", "every 1 s");
	asks("count opens every minute", "every 60 s");
	asks("count opens per second", "rate");
	asks("sample stacks at 99 hertz", "99 hz");
	asks("统计打开文件 10 秒", "for 10 s");
	asks("每5秒统计打开文件", "every 5 s");
	asks("每秒打开文件多少次", "rate");
}

static void comparisons(void **state)
{
	(void)state;
	asks("reads larger than 4 KB", "size > 4096");
	asks("reads of at least 4kb", "size >= 4096");
	asks("reads less than 100 bytes", "size < 100");
	asks("reads slower than 10 ms", "latency > 10000000");
	asks("reads longer than 1.5us", "latency > 1500");
	asks("opens of pid 12", "pid == 12");
	asks("connects to port 80", "port == 80");
	asks("connects to port 80, 443 or 8080", "port == 80 port == 443 port == 8080");
	asks("大于4KB的读", "size > 4096");
}

static void keys(void **state)
{
	(void)state;
	asks("count opens by process", "by process");
	asks("count opens by process and file", "by process by file");
	asks("count opens by pid, file and user", "by pid by file by user");
	asks("count opens per process", "by process");
	asks("count opens by process by process", "by process");
	asks("opens by process for pid 3", "pid == 3 by process");
	asks("top 5 processes", "top 5 by process");
	asks("打开文件，按进程", "by process");
}

/* Numbers beyond all sense end in a plan or in nothing, never in undefined behaviour. */
static void absurd(void **state)
{
	static const char *const questions[] = {
		"for 99999999999999999999999 seconds", "top 99999999999999999999", "every 0 seconds", "at 0 hertz", "top 0",
		"top -5", "larger than", "larger than than than", "by", "by by by", "by the of", "per", "5", "5 5 5 5", "port", "port port",
		"for seconds", "every", "第", "大于", "按", "每", "1e400 seconds", "0x10 bytes larger", "or more", "5 or more or more",
		"port 1, 2, 3, 4, 5, 6, 7, 8, 9, and", "top top 3 top",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(questions); i++) {
		AUTO(plan_done) struct plan plan;
		struct wish wish = { .plan = &plan };

		plan_init(&plan);
		question_read(&wish.question, vocabulary, text_of(questions[i]), NULL, NULL);
		wish_numbers(&wish);
		wish_keys(&wish);
		if (plan.seconds < 0 || plan.interval < 0 || plan.top < 0 || plan.hz < 0)
			fail_msg("'%s' asks for less than nothing", questions[i]);
		vec_done(&wish.raw_keys);
		vec_done(&wish.mentions);
		question_done(&wish.question);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(times), cmocka_unit_test(comparisons), cmocka_unit_test(keys),
					    cmocka_unit_test(absurd) };

	return cmocka_run_group_tests(tests, setup, teardown);
}
