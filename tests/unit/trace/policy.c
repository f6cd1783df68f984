/* The static policy: what is refused, with its line, and what must pass. */
#include "tests/check.h"
#include "trace/policy.h"

static void refused(const char *program, const char *words)
{
	struct error err = { 0 };

	if (policy_check(text_of(program), &err) != -EACCES)
		fail_msg("passed (%s): %s", err.text, program);
	if (!strstr(err.text, words))
		fail_msg("'%s' does not say '%s': %s", err.text, words, program);
}

static void passes(const char *program)
{
	struct error err = { 0 };

	if (policy_check(text_of(program), &err) != 0)
		fail_msg("'%s' for: %s", err.text, program);
}

static void wrong(const char *program, const char *words)
{
	struct error err = { 0 };

	assert_int_equal(policy_check(text_of(program), &err), -EINVAL);
	assert_non_null(strstr(err.text, words));
}

static void calls_refused(void **state)
{
	static const char *const names[] = { "system", "signal", "override", "signal_thread", "cat", "write_user",
					     "skboutput", "errorf", "unwatch" };

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		AUTO_BUILD program = { 0 };
		AUTO_BUILD words = { 0 };

		build_fmt(&program, "BEGIN\n{\n\t@x = 1;\n\t%s(\"id\");\n}\n", names[i]);
		build_fmt(&words, "line 4: %s()", names[i]);
		refused(program.at, words.at);
	}
	refused("BEGIN { system\n\n(\"id\"); }", "line 1: system()");
	refused("BEGIN { system /* why */ (\"id\"); }", "line 1: system()");
	refused("BEGIN { system // why\n(\"id\"); }", "line 1: system()");
	refused("tracepoint:a:b\n/cat(\"/etc/shadow\")/ { exit(); }", "line 2: cat()");
	refused("BEGIN { if (1) { if (2) { @ = 1; signal(9); } } }", "signal()");
	refused("BEGIN { @[\"a\\\"\", signal(9)] = 1; }", "signal()");
	refused("BEGIN { @a = \"x\"; }\nEND { cat(\"/etc/shadow\") }", "line 2: cat()");
}

/* What ends a comment or a string for bpftrace ends it here. */
static void nothing_hides(void **state)
{
	(void)state;
	refused("BEGIN { /*/ \" */ system(\"id\"); //\" \n}", "system()");
	refused("BEGIN { \"\\\\\"; system(\"id\"); }", "system()");
	refused("BEGIN { printf(\"// \"); system(\"id\"); }", "system()");
	refused("BEGIN { printf(\"/* \"); system(\"id\"); printf(\" */\"); }", "system()");
	refused("// one\n/* two\n three */ BEGIN {\n cat(\"x\"); }", "line 4: cat()");
	refused("#!/usr/bin/env bpftrace\nBEGIN { cat(\"x\"); }", "line 2: cat()");
	refused("struct a { int b; };\nkprobe:* { @ = count(); }", "line 2: kprobe:*");
	refused("BEGIN { } // end\nEND { } kprobe:* { }", "line 2: kprobe:*");
}

static void files_refused(void **state)
{
	(void)state;
	refused("#include </etc/shadow>\nBEGIN { exit(); }", "line 1: preprocessor");
	refused("BEGIN { exit(); }\n  # include \"/etc/shadow\"\n", "line 2: preprocessor");
	refused("#define x system\nBEGIN { x(\"id\"); }", "preprocessor");
	refused("import \"/root/other.bt\";\nBEGIN { exit(); }", "line 1: 'import'");
	refused("config = { unsafe = 1 }\nBEGIN { exit(); }", "unsafe");
}

static void probes_refused(void **state)
{
	static const char *const wide[] = {
		"kprobe:*", "kretprobe:*", "kfunc:*", "kretfunc:*", "fentry:*", "fexit:*", "k:*", "kr:*", "f:*", "fr:*",
		"kprobe:a*", "kprobe:*a", "kprobe:[a-z]*", "kprobe:vmlinux:*", "fentry:vmlinux:*",
		"tracepoint:*", "tracepoint:*:*", "tracepoint:s*:*", "t:*:*", "rawtracepoint:*", "rt:*",
		"uprobe:/bin/sh:*", "u:/usr/lib/libc.so.6:*", "uretprobe:libc:cpp:*",
		"watchpoint:0x1000:8:w", "asyncwatchpoint:main:8:w", "w:0x1000:8:w", "aw:0x1000:8:w",
		"*:vfs_read", "k*:vfs_read",
		"kprobe : *", "kprobe/* x */:*", "kprobe\n:\n*", "watchpoint :0x1000:8:w",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(wide); i++) {
		AUTO_BUILD program = { 0 };

		build_fmt(&program, "BEGIN { @ = 0; }\n%s\n{ @ = count(); }\n", wide[i]);
		refused(program.at, "line 2: ");
		build_clear(&program);
		build_fmt(&program, "tracepoint:a:b,\n\n%s { @ = count(); }\n", wide[i]);
		refused(program.at, "line 3: ");
		build_clear(&program);
		build_fmt(&program, "%s /pid == 1 ? 1 : 0/ { @ = count(); }\n", wide[i]);
		refused(program.at, "line 1: ");
	}
}

static void too_many(void **state)
{
	AUTO_BUILD program = { 0 };

	(void)state;
	for (int i = 0; i < 400; i++)
		build_fmt(&program, "interval:s:%d { exit(); }\n", i + 1);
	passes(program.at);
	build_put(&program, "END { }");
	refused(program.at, "400 probe blocks");
}

static void words_pass(void **state)
{
	(void)state;
	passes("BEGIN { printf(\"system(1) cat(2) kprobe:* unsafe #include\\n\"); exit(); }");
	passes("// system(\"id\") kprobe:*\n/* cat(\"x\") watchpoint:1 { */ BEGIN { exit(); }");
	passes("tracepoint:syscalls:sys_enter_kill { @signal[args->sig] = count(); @system = 1; $cat = 2; }");
	passes("tracepoint:signal:signal_generate { @[args->sig] = count(); }");
	passes("tracepoint:syscalls:sys_enter_* { @[probe] = count(); }");
	passes("kprobe:vfs_* { @[probe] = count(); }");
	passes("kprobe:vfs_read /pid == 12 * 3/ { @ = count(); }");
	passes("uprobe:/usr/bin/a*b:main, usdt:/usr/bin/x:provider:* { @ = count(); }");
	passes("uprobe:/usr/lib/x86_64-linux-gnu/libc.so.6:malloc /pid == 3/ { @ = hist(arg0); }");
	passes("tracepoint:a:b /comm == \"kprobe:*\" && strncmp(comm, \"cat(\", 4) == 0/ { @ = count(); }");
	passes("profile:hz:99 { @[kstack] = count(); }\ninterval:s:1 { print(@); clear(@); }");
	passes("#!/usr/bin/env bpftrace\nBEGIN { exit(); }");
	passes("struct a { int b; };\nBEGIN { exit(); }");
	passes("BEGIN { $x = pid > 1 ? 2 : 3; }");
}

static void braces(void **state)
{
	(void)state;
	wrong("BEGIN { if (1) { exit(); }", "'}' is missing");
	wrong("BEGIN { exit(); } }", "closes nothing");
	wrong("}", "line 1");
	wrong("BEGIN { \"unclosed }", "'}' is missing");
	wrong("BEGIN { /* unclosed }", "'}' is missing");
	wrong("", "no probe");
	wrong("BEGIN", "no probe");
	wrong("// nothing", "no probe");
	passes("BEGIN { printf(\"}}{\"); /* } */ exit(); // {\n}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_refused), cmocka_unit_test(nothing_hides), cmocka_unit_test(files_refused),
		cmocka_unit_test(probes_refused), cmocka_unit_test(too_many), cmocka_unit_test(words_pass),
		cmocka_unit_test(braces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
