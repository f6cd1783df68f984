/* The static policy: what is refused, with its line, and what must pass. */
#include "tests/check.h"
#include "trace/script/policy.h"

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

static int flood(const char *program, struct error *err)
{
	*err = (struct error){ 0 };
	return policy_flood(text_of(program), err);
}

static void floods_refused(void **state)
{
	static const char *const floods[] = {
		"tracepoint:syscalls:sys_enter_* { printf(\"%s\\n\", probe); }",
		"t:syscalls:sys_enter_* { @n = count(); print(@n); }",
		"t:raw_syscalls:sys_enter { time(\"%H\"); }",
		"tracepoint:sched:sched_switch { if (cpu) { printf(\"x\"); } }",
		"kprobe:vfs_* { printf(\"%s\\n\", func); }",
		"fentry:vmlinux:vfs_read { printf(\"x\"); }",
		"uprobe:/lib/libc.so.6:mall* { printf(\"x\"); }",
		"tracepoint:sched:sched_switch /pid != 0/ { printf(\"x\"); }",
		"tracepoint:sched:sched_switch /pid > 1/ { printf(\"x\"); }",
		"tracepoint:sched:sched_switch /1/ { printf(\"x\"); }",
		"tracepoint:sched:sched_switch /comm == \"a\" || 1/ { printf(\"x\"); }",
		"t:sched:sched_process_exec, t:kmem:* { $i = 0; while ($i < 3) { printf(\"x\"); $i++; } }",
		"t:sched:sched_switch { if (@ready == 1) { @x = 1; } else { printf(\"x\"); } }",
	};
	static const char *const fine[] = {
		"tracepoint:syscalls:sys_enter_* { @[probe] = count(); } END { print(@); }",
		"tracepoint:syscalls:sys_enter_unlink* { printf(\"%s\\n\", comm); }",
		"tracepoint:sched:sched_process_* { printf(\"%s\\n\", comm); }",
		"tracepoint:sched:sched_switch /comm == \"a\"/ { printf(\"x\"); }",
		"tracepoint:sched:sched_switch /@seen[pid]/ { printf(\"x\"); }",
		"tracepoint:sched:sched_switch /!@seen[pid]/ { @seen[pid] = 1; printf(\"x\"); }",
		"tracepoint:raw_syscalls:sys_exit { if (args->ret < 0 && @n < 50) { @n++; printf(\"x\"); } }",
		"tracepoint:sched:sched_switch { printf(\"x\"); exit(); }",
		"kretprobe:vfs_read /@start[tid]/ { $d = nsecs - @start[tid]; if ($d > 1000000) { printf(\"slow\"); } }",
		"interval:s:1 { print(@); } tracepoint:kmem:* { @ = count(); }",
		"tracepoint:syscalls:sys_enter_openat { printf(\"%s\", str(args->filename)); }",
		"not a program",
	};
	struct error err;

	(void)state;
	for (size_t i = 0; i < COUNT(floods); i++)
		if (flood(floods[i], &err) != -EACCES || !strstr(err.text, "fires all the time"))
			fail_msg("passed (%s): %s", err.text, floods[i]);
	for (size_t i = 0; i < COUNT(fine); i++)
		if (flood(fine[i], &err) != 0)
			fail_msg("'%s' for: %s", err.text, fine[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_refused), cmocka_unit_test(nothing_hides), cmocka_unit_test(files_refused),
		cmocka_unit_test(probes_refused), cmocka_unit_test(too_many), cmocka_unit_test(words_pass),
		cmocka_unit_test(braces), cmocka_unit_test(floods_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
