/* Functions of the kernel: what it says of single names when it is asked is what its own list of symbols says. */
#include "check.h"
#include <bpf/libbpf.h>
#include <string.h>
#include <sys/utsname.h>

/* Whether the line stands among the lines. */
static bool has_line(struct text lines, const char *name)
{
	AUTO_BUILD line = { 0 };

	build_fmt(&line, "\n%s\n", name);
	return text_has(lines, line.at);
}

static void same_as_listed(const char *name, struct text listed, unsigned *told)
{
	enum asked asked = function_ask(name);

	if (asked != ASKED_UNKNOWN && has_line(listed, name) != (asked == ASKED_CODE))
		fail_msg("%s: the kernel says %s", name, asked == ASKED_CODE ? "code" : "absent");
	*told += asked != ASKED_UNKNOWN;
}

static void asked(void **state)
{
	AUTO_BUILD symbols = { .ceiling = 64 << 20 }, names = { .ceiling = 64 << 20 };
	AUTO_KERNEL kernel = kernel_new();
	struct error err = { 0 };
	struct text rest, line;
	unsigned count = 0, told = 0;
	struct utsname here;
	char longest[256];

	(void)state;
	/* Before 6.2 it looks through all names for each, and is too slow to be asked. */
	uname(&here);
	if (libbpf_probe_bpf_helper(BPF_PROG_TYPE_SYSCALL, BPF_FUNC_kallsyms_lookup_name, NULL) != 1 || strverscmp(here.release, "6.2") < 0) {
		print_message("this kernel lets no program look names up, or not in time\n");
		skip();
	}
	assert_int_equal(file_read("/proc/kallsyms", 64 << 20, &symbols, &err), 0);
	build_char(&names, '\n');
	functions_parse(build_text(&symbols), true, &names);
	rest = text_from(build_text(&names), 1);
	while (text_line(&rest, &line)) {
		AUTO_FREE char *name = text_copy(line), *other = NULL;

		if (count++ % 499)
			continue;
		assert_true(asprintf(&other, "%s_x7", name) > 0);
		same_as_listed(name, build_text(&names), &told);
		same_as_listed(other, build_text(&names), &told);
	}
	assert_true(count > 1000 && told > count / 499);
	/* What is no function, and what never was a name. */
	same_as_listed("jiffies", build_text(&names), &told);
	same_as_listed("init_task", build_text(&names), &told);
	same_as_listed("_stext", build_text(&names), &told);
	same_as_listed("_etext", build_text(&names), &told);
	assert_int_equal(function_ask(""), ASKED_ABSENT);
	memset(longest, 'a', sizeof(longest) - 1);
	longest[255] = '\0';
	assert_int_equal(function_ask(longest), ASKED_ABSENT);
	assert_false(kernel_knows_function(kernel, ""));
	assert_false(kernel_knows_function(kernel, "vfs_*"));
	assert_false(kernel_knows_function(kernel, "vfs read"));
	assert_false(kernel_knows_function(kernel, "no_such_function_here"));
}

/* Asked name by name, from the list that was made meanwhile, and from the one that is kept: always the same. */
static void however(void **state)
{
	static const char *const names[] = { "vfs_read", "no_such_function_here", "do_nanosleep", "jiffies", "__pfx_vfs_read", "vfs_read\n" };
	struct text list;

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		AUTO_KERNEL first = kernel_new();
		AUTO_KERNEL second = kernel_new();
		bool there = kernel_knows_function(first, names[i]);

		list = kernel_functions(first);
		assert_int_equal(there, i % 2 == 0 && has_line(list, names[i]));
		assert_int_equal(kernel_knows_function(first, names[i]), there);
		assert_int_equal(kernel_knows_function(second, names[i]), there);
	}
}

static int folder_make_here(void **state)
{
	(void)state;
	test_folder();
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	test_folder_remove();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(asked), cmocka_unit_test(however),
	};

	return cmocka_run_group_tests(tests, folder_make_here, remove_folder);
}
