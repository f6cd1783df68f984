/* A tracefs tree of our own: the list, formats by name, the cached scan, listing by pattern. */
#include "check.h"
#include <sys/stat.h>

static const char format[] = "name: n\nID: 1\nformat:\n"
			     "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n\n"
			     "\tfield:int state;\toffset:8;\tsize:4;\tsigned:1;\n\n"
			     "print fmt: \"%s\", __print_symbolic(REC->state, { 1, \"RUN\" }, { 2, \"STOP\" })\n";

static int make_tree(void **state)
{
	char path[200];

	(void)state;
	put_file("t/available_events", "sched:sched_switch\nblock:block_rq_issue\nsyscalls:sys_enter_openat\n"
				       "syscalls:sys_exit_openat\n../../etc:passwd\nno colon\n:x\nx:\nblock:block_rq_complete\n");
	put_file("t/events/sched/sched_switch/format", format);
	put_file("t/events/block/block_rq_issue/format", "garbage\n");
	put_file("t/events/block/block_rq_complete/format", format);
	put_file("t/events/syscalls/sys_enter_openat/format", format);
	put_file("t/events/syscalls/sys_exit_openat/format", format);
	put_file("t/available_filter_functions", "vfs_read\nvfs_write [m]\n");
	put_file("t/events/secret/format", format);
	snprintf(path, sizeof(path), "%s/t", test_folder());
	setenv("SYSWHY_TRACEFS", path, 1);
	return 0;
}

static int remove_tree(void **state)
{
	(void)state;
	test_folder_remove();
	return 0;
}

static void list_is_sorted_and_plain(void **state)
{
	static const char *const expected[] = { "block_rq_complete", "block_rq_issue", "sched_switch", "sys_enter_openat",
						"sys_exit_openat" };
	AUTO_KERNEL kernel = kernel_new();
	const struct tracepoint *list;
	size_t count;

	(void)state;
	assert_int_equal(kernel_tracepoints(kernel, &list, &count, NULL), 0);
	assert_int_equal(count, COUNT(expected));
	for (size_t i = 0; i < count; i++) {
		assert_string_equal(list[i].name, expected[i]);
		assert_false(list[i].fields_known);
	}
}

static void one_by_name(void **state)
{
	AUTO_KERNEL kernel = kernel_new();
	const struct tracepoint *found = kernel_tracepoint(kernel, "sched", "sched_switch"), *garbage;

	(void)state;
	assert_non_null(found);
	assert_true(found->fields_known);
	assert_int_equal(found->field_count, 1);
	assert_string_equal(tracepoint_field(found, "state")->symbols, "1=RUN,2=STOP");
	assert_null(tracepoint_field(found, "common_type"));
	assert_ptr_equal(found, kernel_tracepoint(kernel, "sched", "sched_switch"));
	assert_null(kernel_tracepoint(kernel, "sched", "sched_swich"));
	assert_null(kernel_tracepoint(kernel, "sched/..", "secret"));
	assert_null(kernel_tracepoint(kernel, "..", "events"));
	assert_null(kernel_tracepoint(kernel, "", ""));
	garbage = kernel_tracepoint(kernel, "block", "block_rq_issue");
	assert_non_null(garbage);
	assert_false(garbage->fields_known);
	assert_true(kernel_has_syscall(kernel, "openat"));
	assert_false(kernel_has_syscall(kernel, "openat2"));
	assert_false(kernel_has_syscall(kernel, "../sched/x"));
}

static void no_tree(void **state)
{
	AUTO_FREE char *before = strdup(getenv("SYSWHY_TRACEFS"));
	AUTO_KERNEL kernel = kernel_new();
	const struct tracepoint *list;
	struct error err = { 0 };
	size_t count;
	char why[200];

	(void)state;
	setenv("SYSWHY_TRACEFS", "/nonexistent/tracefs", 1);
	assert_true(kernel_tracepoints(kernel, &list, &count, &err) < 0);
	assert_non_null(strstr(err.text, "/nonexistent/tracefs"));
	assert_null(kernel_tracepoint(kernel, "sched", "sched_switch"));
	assert_false(kernel_has_syscall(kernel, "openat"));
	assert_false(kernel_can(kernel, KERNEL_TRACEPOINTS, why));
	assert_true(why[0]);
	/* Asked again, the reason is still told. */
	error_clear(&err);
	assert_null(kernel_tracefs(kernel, &err));
	assert_true(err.code < 0);
	setenv("SYSWHY_TRACEFS", before, 1);
}

static size_t decoded(struct kernel *kernel)
{
	const struct tracepoint *list;
	size_t count, found = 0;
	struct error err = { 0 };

	assert_int_equal(kernel_scan(kernel, &err), 0);
	assert_int_equal(kernel_tracepoints(kernel, &list, &count, &err), 0);
	for (size_t i = 0; i < count; i++)
		found += list[i].field_count == 1 && strcmp(list[i].fields[0].symbols, "1=RUN,2=STOP") == 0;
	return found;
}

/* The cache is used when it is right, and made anew when it is damaged in any way. */
static void scan_and_cache(void **state)
{
	char path[200];
	AUTO_BUILD good = { 0 };

	(void)state;
	snprintf(path, sizeof(path), "%s/syswhy/tracepoints.cache", test_folder());
	for (int round = 0; round < 2; round++) {
		AUTO_KERNEL kernel = kernel_new();

		assert_int_equal(decoded(kernel), 4);
	}
	assert_int_equal(file_read(path, 1 << 20, &good, NULL), 0);
	for (size_t i = 0; i < good.len; i += 7) {
		AUTO_KERNEL kernel = kernel_new();
		AUTO_FREE char *bad = malloc(good.len);
		struct text whole = { bad, good.len };

		memcpy(bad, good.at, good.len);
		bad[i] ^= 1;
		if (i % 2)
			whole.len = i;
		assert_int_equal(file_write(path, whole, 0600, NULL), 0);
		assert_int_equal(decoded(kernel), 4);
	}
	/* What the last one wrote is whole again. */
	AUTO_BUILD after = { 0 };
	assert_int_equal(file_read(path, 1 << 20, &after, NULL), 0);
	assert_true(text_same(build_text(&after), build_text(&good)));
}

/* A cache with a right checksum but a wrong body, as only malice makes it. */
static void forged_cache(void **state)
{
	static const char *const bodies[] = { "", "T\tblock\tblock_rq_complete\t1\t99999999\n", "T\tx\n",
					      "T\tblock\tblock_rq_complete\t1\t1\nF\t77\t4\t0\t0\tn\tt\t\n" };
	char key[200];

	(void)state;
	for (size_t i = 0; i < COUNT(bodies); i++) {
		AUTO_KERNEL kernel = kernel_new(), *again = NULL;
		const struct machine *machine = kernel_machine(kernel);
		const struct tracepoint *list;
		size_t count;

		(void)again;
		assert_int_equal(kernel_tracepoints(kernel, &list, &count, NULL), 0);
		snprintf(key, sizeof(key), "%s/%s/%llx", machine->boot_id, machine->release,
			 cache_sum(text_of(kernel->tracefs), kernel->list_sum));
		cache_save("tracepoints", key, text_of(bodies[i]));
		assert_int_equal(decoded(kernel), 4);
	}
}

static size_t listed(void)
{
	AUTO_KERNEL kernel = kernel_new();
	const struct tracepoint *list;
	size_t count;

	assert_int_equal(kernel_tracepoints(kernel, &list, &count, NULL), 0);
	assert_string_equal(list[0].system, "block");
	assert_string_equal(list[count - 1].name, "sys_exit_openat");
	return count;
}

/* The list is kept until a probe that people define comes or goes. */
static void kept_list(void **state)
{
	static const char more[] = "kprobes:mine\nsched:sched_switch\nblock:block_rq_issue\nsyscalls:sys_exit_openat\n";
	AUTO_BUILD before = { 0 };
	char path[200];

	(void)state;
	snprintf(path, sizeof(path), "%s/t/available_events", test_folder());
	assert_int_equal(file_read(path, 1 << 20, &before, NULL), 0);
	put_file("t/dynamic_events", "");
	assert_int_equal(listed(), 5);
	put_file("t/available_events", more);
	assert_int_equal(listed(), 5);
	put_file("t/dynamic_events", "p:kprobes/mine vfs_read\n");
	assert_int_equal(listed(), 4);
	put_file("t/available_events", before.at);
	snprintf(path, sizeof(path), "%s/t/dynamic_events", test_folder());
	assert_int_equal(unlink(path), 0);
	assert_int_equal(listed(), 5);
}

static void cache_keys(void **state)
{
	size_t len;

	(void)state;
	cache_save("test", "one", TEXT("body\n"));
	AUTO_FREE char *right = cache_load("test", "one", &len);
	AUTO_FREE char *other = cache_load("test", "two", &len);
	AUTO_FREE char *absent = cache_load("nothing", "one", &len);
	assert_string_equal(right, "body\n");
	assert_null(other);
	assert_null(absent);
}

struct taken {
	char names[20][128];
	size_t count, most;
};

static bool take(void *context, const struct probe_row *row)
{
	struct taken *taken = context;

	assert_true(taken->count < 20);
	snprintf(taken->names[taken->count++], sizeof(taken->names[0]), "%s", row->name);
	return taken->count < taken->most;
}

static void listing(void **state)
{
	AUTO_KERNEL kernel = kernel_new();
	struct taken taken = { .most = 20 };
	struct error err = { 0 };

	(void)state;
	assert_int_equal(kernel_list(kernel, "tracepoint:block:* RQ", NULL, take, &taken, &err), 0);
	assert_int_equal(taken.count, 2);
	assert_string_equal(taken.names[0], "tracepoint:block:block_rq_complete");
	taken.count = 0;
	assert_int_equal(kernel_list(kernel, "syscalls:*openat", NULL, take, &taken, &err), 0);
	assert_int_equal(taken.count, 2);
	taken = (struct taken){ .most = 1 };
	assert_int_equal(kernel_list(kernel, "openat", NULL, take, &taken, &err), 0);
	assert_int_equal(taken.count, 1);
	assert_string_equal(taken.names[0], "syscall:openat");
	assert_true(kernel_list(kernel, "*a*a*a*a*a*a*a*a*a*a*a*b", NULL, take, &taken, &err) < 0);
	error_clear(&err);
	assert_true(kernel_list(kernel, NULL, "/etc/passwd", take, &taken, &err) < 0);
	assert_true(err.text[0]);
}

static void matching(void **state)
{
	(void)state;
	assert_true(probe_matches("RQ block", "tracepoint:block:block_rq_issue"));
	assert_true(probe_matches("block_rq_*", "tracepoint:block:block_rq_issue"));
	assert_true(probe_matches("tracepoint:block:*", "tracepoint:block:block_rq_issue"));
	assert_true(probe_matches("", "anything"));
	assert_false(probe_matches("rq_*", "tracepoint:block:block_rq_issue"));
	assert_false(probe_matches("block tcp", "tracepoint:block:block_rq_issue"));
}

static void functions(void **state)
{
	AUTO_BUILD out = { 0 };
	AUTO_KERNEL kernel = kernel_new();

	(void)state;
	functions_parse(TEXT("ffff0 T vfs_read\nffff1 t foo.isra.0\nffff2 d data\nffff3 T __pfx_vfs_read\n"
			     "ffff4 t bpf_prog_x\t[bpf]\nffff5 t bar.cold\nffff6 W weak_one\nbroken\n\nx T\nffff7 T a\x01"
			     "b\nffff8 t m_read [mod]\n"),
			true, &out);
	assert_string_equal(out.at, "vfs_read\nfoo.isra.0\nweak_one\nm_read\n");
	/* The tree's own list comes first, sorted. */
	assert_true(text_same(kernel_functions(kernel), TEXT("\nvfs_read\nvfs_write\n")));
	assert_false(kernel_has_function(kernel, "vfs"));
	assert_false(kernel_has_function(kernel, "vfs_read\nvfs_write"));
	assert_int_equal(kernel_has_function(kernel, "vfs_read"),
			 kernel_can(kernel, KERNEL_KPROBES, NULL) || kernel_can(kernel, KERNEL_FENTRY, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(list_is_sorted_and_plain), cmocka_unit_test(one_by_name), cmocka_unit_test(no_tree),
		cmocka_unit_test(kept_list), cmocka_unit_test(scan_and_cache), cmocka_unit_test(forged_cache), cmocka_unit_test(cache_keys),
		cmocka_unit_test(listing), cmocka_unit_test(matching), cmocka_unit_test(functions),
	};

	return cmocka_run_group_tests(tests, make_tree, remove_tree);
}
