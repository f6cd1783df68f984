/* Numbers of system calls, this machine's facts, and features that are found by trying. */
#include "check.h"
#include <sys/syscall.h>
#include <sys/utsname.h>

static void syscalls(void **state)
{
	unsigned known = 0;

	(void)state;
	assert_string_equal(syscall_name(SYS_openat), "openat");
	assert_int_equal(syscall_number("openat"), SYS_openat);
	assert_int_equal(syscall_number("read"), SYS_read);
	assert_int_equal(syscall_number("newuname"), SYS_uname); /* as its tracepoint is called */
	assert_int_equal(syscall_number("no_such_call"), -1);
	assert_int_equal(syscall_number(""), -1);
	assert_null(syscall_name(-1));
	assert_null(syscall_name(1000000));
	for (long number = 0; number < 600; number++) {
		if (!syscall_name(number))
			continue;
		known++;
		assert_int_equal(syscall_number(syscall_name(number)), number);
	}
	assert_true(known > 250);
}

static void machine(void **state)
{
	AUTO_KERNEL kernel = kernel_new();
	const struct machine *found = kernel_machine(kernel);
	struct utsname name;

	(void)state;
	assert_int_equal(uname(&name), 0);
	assert_string_equal(found->release, name.release);
	assert_string_equal(found->arch, name.machine);
	assert_true(found->cpus >= 1);
	assert_int_equal(found->root, geteuid() == 0);
	assert_int_equal(strlen(found->boot_id), 36);
	assert_ptr_equal(found, kernel_machine(kernel));
}

/* Each answer is yes, or no with a reason; asked again it is the same. */
static void features(void **state)
{
	AUTO_KERNEL kernel = kernel_new();

	(void)state;
	for (int i = 0; i < KERNEL_FEATURES; i++) {
		char why[200] = "?", again[200] = "?";
		bool can = kernel_can(kernel, i, why);

		assert_true(kernel_feature_name(i)[0]);
		assert_int_equal(why[0] == '\0', can);
		assert_int_equal(kernel_can(kernel, i, again), can);
		assert_string_equal(why, again);
	}
	assert_int_equal(kernel_can(kernel, KERNEL_BTF, NULL), kernel_has_btf(kernel));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(syscalls),
		cmocka_unit_test(machine),
		cmocka_unit_test(features),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
