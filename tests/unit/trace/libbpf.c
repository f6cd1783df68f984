/* bpftrace as a libbpf program: expressions, kinds of probe that no kernel of a test machine needs to offer (compiled, and loaded
 * where it does), and what cannot be said in C. */
#include "tests/check.h"
#include <string.h>
#include "base/file.h"
#include "trace/libbpf/libbpf.h"
#include "trace/libbpf/policy.h"

static struct fixture {
	struct plan plan;
	struct program program;
	struct subject subject;
	struct way way;
	struct kernel *kernel;
	struct vocabulary *vocabulary;
	struct libbpf_program out;
} f;

/* Columns: "process:chars size:number". */
static int convert(enum measure measure, const char *columns, const char *bpftrace, struct build *why)
{
	struct text rest = text_of(columns), word, role;
	struct error err = { 0 };
	size_t shown = 0;
	int code;

	f.subject = (struct subject){ .name = "unit.test", .what = "things", .unit = "things" };
	f.way = (struct way){ .kind = WAY_EVENT };
	f.program = (struct program){ .way = &f.way, .measure = measure, .map = "@x", .unit = "things" };
	plan_init(&f.plan);
	f.plan.subject = &f.subject;
	f.plan.measure = measure;
	f.plan.question = "what happens";
	build_put(&f.program.text, bpftrace);
	while (text_word(&rest, &word)) {
		text_next(&word, ':', &role);
		vec_push(&f.plan.by, arena_text(f.plan.arena, role));
		vec_push(&f.program.columns, (struct column){ .role = f.plan.by.at[shown], .type = arena_text(f.plan.arena, word), .shown = shown,
							      .text = !text_is(word, "number") && !text_is(word, "errno") });
		shown++;
	}
	code = libbpf_convert(&f.plan, &f.program, f.vocabulary, f.kernel, TEXT("what happens"), &f.out, why, &err);
	if (code < 0 && code != -EOPNOTSUPP)
		fail_msg("%s: %s", bpftrace, err.text);
	return code;
}

static void end(void)
{
	libbpf_program_done(&f.out);
	program_done(&f.program);
	plan_done(&f.plan);
}

static void holds(const char *bpftrace, const char *columns, const char *c)
{
	AUTO_BUILD why = { 0 };

	if (convert(MEASURE_COUNT, columns, bpftrace, &why) < 0)
		fail_msg("%s: %s", bpftrace, why.at);
	if (!strstr(f.out.kernel.at, c))
		fail_msg("'%s' is not in: %s", c, f.out.kernel.at);
	end();
}

static void refused(const char *bpftrace, const char *columns, const char *words)
{
	AUTO_BUILD why = { 0 };

	if (convert(MEASURE_COUNT, columns, bpftrace, &why) != -EOPNOTSUPP)
		fail_msg("it was written: %s", bpftrace);
	if (!why.len || !strstr(why.at, words))
		fail_msg("'%s' is not in '%s', of %s", words, why.len ? why.at : "", bpftrace);
	end();
}

static void expressions(void **state)
{
	(void)state;
	holds("tracepoint:sched:sched_switch\n/args->prev_state & 255 && args->prev_pid != 0/\n{\n\t@x = count();\n}\n", "", "if (!(ctx->prev_state & 255))");
	holds("tracepoint:sched:sched_switch\n{\n\t@x[args->next_prio * 512] = count();\n}\n", "prio:number", "(__s64)ctx->next_prio * 512");
	holds("tracepoint:sched:sched_switch\n{\n\t@x[1 << args->next_prio] = count();\n}\n", "prio:number", "1ULL << ctx->next_prio");
	holds("tracepoint:sched:sched_switch\n/comm != \"a\\\"b\"/\n{\n\t@x = count();\n}\n", "", "if (same(comm, \"a\\\"b\", 4))");
	holds("tracepoint:sched:sched_switch\n{\n\t$task = (struct task_struct *)curtask;\n\t@x[$task->real_parent->comm] = count();\n}\n", "parent:chars",
	      "BPF_CORE_READ_STR_INTO((char (*)[sizeof(key.parent)])key.parent, task, real_parent, comm)");
	holds("tracepoint:sched:sched_switch\n{\n\t@x[args->prev_pid == 0 ? \"idle\" : \"busy\"] = count();\n}\n", "state:chars",
	      "key.state = ctx->prev_pid == 0 ? NAME_IDLE : NAME_BUSY;");
	holds("tracepoint:syscalls:sys_enter_openat,\ntracepoint:syscalls:sys_enter_openat2\n{\n\t@x[probe] = count();\n}\n", "probe:probe",
	      "return take(ctx, NAME_SYSCALLS_SYS_ENTER_OPENAT2);");
	holds("tracepoint:syscalls:sys_enter_openat\n/strncmp(str(args->filename), \"/etc\", 4) == 0/\n{\n\t@x = count();\n}\n", "", "if (!same(text, \"/etc\", 4))");
}

static void not_in_c(void **state)
{
	(void)state;
	refused("tracepoint:sched:sched_switch\n{\n\t@x[strftime(\"%H\", nsecs)] = count();\n}\n", "time:chars", "strftime()");
	refused("tracepoint:sched:sched_switch\n{\n\t@x[args->nothing] = count();\n}\n", "a:number", "no field nothing");
	refused("tracepoint:sched:sched_switch\n{\n\t@x[username] = count();\n}\n", "a:chars", "'username'");
	refused("interval:s:1\n{\n\t@y = 1;\n}\n", "", "measures nothing");
	refused("kretprobe:vfs_read\n{\n\t@x[arg0] = count();\n}\n", "a:number", "no arguments any more");
	refused("watchpoint:0x1000:8:w\n{\n\t@x = count();\n}\n", "", "of a kind");
	refused("tracepoint:sched:sched_switch\n/@tree[pid]/\n{\n\t@x = count();\n}\n", "", "command");
	refused("tracepoint:sched:sched_switch\n{\n\t$task = (struct task_struct *)curtask;\n\t@x[$task->no_member] = count();\n}\n", "a:number", "no_member");
}

/* Kinds of probe that this machine need not have: they compile, and the verifier takes what it can load. */
static void compiled(void **state)
{
	static const struct {
		const char *columns, *text;
	} programs[] = {
		{ "process:chars", "kprobe:vfs_read\n{\n\t@x[comm] = sum(arg2);\n}\n" },
		{ "", "kretprobe:vfs_read\n/(int64)retval > 0/\n{\n\t@x = hist((int64)retval);\n}\n" },
		{ "process:chars", "kprobe:vfs_fsync\n{\n\t@start[tid] = nsecs;\n}\n\nkretprobe:vfs_fsync\n/@start[tid]/\n{\n\t@x[comm] = stats(nsecs - @start[tid]);\n"
				   "\tdelete(@start[tid]);\n}\n" },
		{ "port:number", "kprobe:tcp_connect\n{\n\t@x[((struct sock *)arg0)->__sk_common.skc_num] = count();\n}\n" },
		{ "process:chars", "usdt:/lib/x86_64-linux-gnu/libc.so.6:libc:memory_mallopt\n{\n\t@x[comm] = max(arg0);\n}\n" },
		{ "cpu:number", "hardware:cache-misses:1000000\n{\n\t@x[cpu] = count();\n}\n" },
	};

	(void)state;
	if (geteuid() != 0 || !kernel_has_btf(f.kernel))
		skip();
	for (size_t i = 0; i < COUNT(programs); i++) {
		AUTO(libbpf_trial_done) struct libbpf_trial trial = { 0 };
		struct error err = { 0 };
		AUTO_BUILD why = { 0 };

		if (convert(MEASURE_COUNT, programs[i].columns, programs[i].text, &why) < 0)
			fail_msg("%s: %s", programs[i].text, why.at);
		if (libbpf_try(&f.out, &trial, &err) < 0)
			fail_msg("%s", err.text);
		if (trial.stage != LIBBPF_DONE)
			fail_msg("%s: %s: %s", programs[i].text, libbpf_stage_name(trial.stage), trial.words.len > 700 ? trial.words.at + trial.words.len - 700 : trial.words.at);
		end();
	}
}

static void helpers(void **state)
{
	(void)state;
	assert_true(libbpf_helper_reads(1));	/* map_lookup_elem */
	assert_false(libbpf_helper_reads(36));	/* probe_write_user */
	assert_false(libbpf_helper_reads(58));	/* override_return */
	assert_false(libbpf_helper_reads(109)); /* send_signal */
	assert_false(libbpf_helper_reads(0));
	assert_false(libbpf_helper_reads(100000));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(expressions), cmocka_unit_test(not_in_c), cmocka_unit_test(compiled),
					    cmocka_unit_test(helpers) };
	AUTO_FREE char *folder = NULL;
	struct error err = { 0 };
	int failed;

	f.kernel = kernel_new();
	if (asprintf(&folder, "%s/vocabulary", data_folder()) < 0 || !(f.vocabulary = vocabulary_read(folder, NULL, &err)))
		return 1;
	failed = kernel_has_btf(f.kernel) && kernel_tracepoint(f.kernel, "sched", "sched_switch") ? cmocka_run_group_tests(tests, NULL, NULL) : 77;
	vocabulary_free(f.vocabulary);
	kernel_free(f.kernel);
	return failed;
}
