/* What could go wrong with a program: syntax of other versions of bpftrace, and what measured rates mean. */
#include <string.h>
#include "explain/internal.h"
#include "tests/check.h"

static void explained(struct explanation *e, const char *program, unsigned version)
{
	struct dialect dialect = { .version = version };
	struct tracer_facts facts = { .dialect = version ? &dialect : NULL };
	struct error err = { 0 };

	*e = (struct explanation){ .arena = arena_new(), .kernel = kernel_new() };
	if (program_explain(e, text_of(program), &facts, &err) < 0)
		fail_msg("%s: %s", err.text, program);
}

static bool told(const struct explanation *e, const char *words)
{
	vec_each(risk, &e->risks)
		if (strstr(risk->text, words))
			return true;
	return false;
}

/* Told for the one version, not for the other. */
static void differs(const char *program, unsigned with, unsigned without, const char *words)
{
	AUTO_EXPLANATION old = { 0 };
	AUTO_EXPLANATION new = { 0 };

	explained(&old, program, with);
	explained(&new, program, without);
	if (!told(&old, words) || told(&new, words))
		fail_msg("'%s' is told for %s", words, told(&old, words) ? "both" : "none");
}

static void test_versions(void **state)
{
	(void)state;
	differs("tracepoint:x:y { @[args.field] = count(); }", 17, 19, "args.x needs bpftrace 0.19 or later; 0.17 is installed here. Write args->name.");
	differs("tracepoint:x:y { let $a = 1; }", 21, 22, "let needs bpftrace 0.22");
	differs("tracepoint:x:y { for ($kv : @m) { print($kv); } }", 17, 21, "for needs bpftrace 0.21");
	differs("fentry:vfs_read { @ = count(); }", 17, 20, "fentry needs bpftrace 0.20 or later; 0.17 is installed here. Write kfunc.");
	differs("config = { a = 1 } tracepoint:x:y { @ = count(); }", 17, 20, "config needs bpftrace 0.20");
	differs("tracepoint:x:y { delete(@m, 1); @m[1] = 1; }", 17, 22, "delete(@map, key) needs bpftrace 0.22");
	differs("tracepoint:x:y { if (has_key(@m, 1)) { @n = count(); } @m[1] = 1; }", 17, 22, "has_key() needs bpftrace 0.22");
	differs("kprobe:f { @ = sum(sarg0); }", 26, 24, "sarg0 is no longer for bpftrace 0.25");
}

static void test_data(void **state)
{
	AUTO_EXPLANATION e = { 0 };

	(void)state;
	explained(&e, "tracepoint:x:y { @ = count(); }", 26);
	assert_false(told(&e, "is not understood: write FROM"));
	assert_false(told(&e, "is missing"));
}

/* Headers that are read only without BTF are no fault where it is. */
static void test_includes(void **state)
{
	static const char none[] = "headers that are not on this machine (no/such.h): bpftrace refuses it";
	static const struct {
		const char *program;
		bool without; /* read where the kernel tells no types */
	} cases[] = {
		{ "#include <no/such.h>\nBEGIN { @ = count(); }", false },
		{ "#ifndef BPFTRACE_HAVE_BTF\n#include <no/such.h>\n#endif\nBEGIN { @ = count(); }", true },
		{ "#ifdef BPFTRACE_HAVE_BTF\n#include <stdio.h>\n#else\n#include <no/such.h>\n#endif\nBEGIN { @ = count(); }", true },
		{ "#ifndef BPFTRACE_HAVE_BTF\n#include <stdio.h>\n#else\n#include <no/such.h>\n#endif\nBEGIN { @ = count(); }", false },
	};
	struct kernel *kernel = kernel_new();

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO_EXPLANATION e = { 0 };

		explained(&e, cases[i].program, 0);
		assert_int_equal(told(&e, none), !(cases[i].without && kernel_has_btf(kernel)));
	}
	kernel_free(kernel);
}

static void test_ends(void **state)
{
	AUTO_EXPLANATION e = { 0 };

	(void)state;
	explained(&e, "tracepoint:x:y { @ = count(); } END { printf(\"the top:\\n\"); print(@, 10); clear(@); }", 0);
	assert_string_equal(e.shows.at[0], "Prints when it ends, as line 1 says.");
}

static void test_maps(void **state)
{
	AUTO_EXPLANATION e = { 0 };

	(void)state;
	explained(&e, "t:a:b { @s[tid] = nsecs; } t:a:c /@s[tid]/ { @ = hist(nsecs - @s[tid]); delete(@s[tid]); } END { clear(@s); }", 0);
	assert_false(told(&e, "@s keeps a start time"));
	assert_false(told(&e, "No filter asks"));
	assert_false(told(&e, "What is under way"));
	explanation_done(&e);
	explained(&e, "t:a:b { @s[pid] = nsecs; } t:a:c { $d = nsecs - @s[pid]; @ = hist($d); delete(@s[pid]); }", 0);
	assert_true(told(&e, "threads of one process"));
	assert_true(told(&e, "No filter asks whether @s"));
	assert_true(told(&e, "clear(@s) in an END block"));
	explanation_done(&e);
	/* A check within the block is as good as a filter. */
	explained(&e, "t:a:b { @s[tid] = nsecs; } t:a:c { if (@s[tid]) { @ = hist(nsecs - @s[tid]); } }", 0);
	assert_true(told(&e, "@s keeps a start time for each thread ID and never forgets one"));
	assert_false(told(&e, "No filter asks"));
}

static void test_rates(void **state)
{
	AUTO_EXPLANATION e = { 0 };

	(void)state;
	explained(&e, "t:a:b /pid == 1/ { printf(\"x\"); } uprobe:libc:malloc { @ = count(); } t:a:c { @c = count(); }", 0);
	assert_false(told(&e, "times a second"));
	for (size_t i = 0; i < e.watches.len; i++) {
		e.watches.at[i].count = 100000;
		e.watches.at[i].seconds = 2;
	}
	explain_weigh(&e);
	assert_true(told(&e, "fired 50000 times a second just now, before its filter: lines will be lost"));
	assert_true(told(&e, "uprobe:libc:malloc fired 50000 times a second"));
	assert_false(told(&e, "t:a:c fired"));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_versions), cmocka_unit_test(test_data), cmocka_unit_test(test_maps),
					    cmocka_unit_test(test_rates), cmocka_unit_test(test_includes), cmocka_unit_test(test_ends) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
