/* Tests of base/child: streams, deadlines, and that nothing is left behind. */
#include "tests/check.h"
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include "base/child.h"

static void output_and_status_come_back(void **state)
{
	const char *const argv[] = { "sh", "-c", "cat; echo wrong >&2; exit 3", NULL };
	AUTO_OUTPUT output = { 0 };
	struct error err = { 0 };
	char words[64];

	(void)state;
	assert_int_equal(child_run(argv, TEXT("given"), 1000, 30, &output, &err), 0);
	assert_string_equal(output.out.at, "given");
	assert_string_equal(output.err.at, "wrong\n");
	assert_string_equal(child_verdict(output.status, words), "exit code 3");
	assert_false(output.late);
}

static void a_deadline_ends_even_a_deaf_child(void **state)
{
	const char *const argv[] = { "sh", "-c", "trap '' TERM; while :; do sleep 1; done", NULL };
	AUTO_OUTPUT output = { 0 };
	struct error err = { 0 };

	(void)state;
	assert_int_equal(child_run(argv, TEXT(""), 1000, 0.2, &output, &err), 0);
	assert_true(output.late);
	assert_true(WIFSIGNALED(output.status));
}

static void output_is_limited(void **state)
{
	const char *const argv[] = { "head", "-c", "100000", "/dev/zero", NULL };
	AUTO_OUTPUT output = { 0 };
	struct error err = { 0 };

	(void)state;
	assert_int_equal(child_run(argv, TEXT(""), 500, 30, &output, &err), 0);
	assert_int_equal(output.out.len, 500);
	assert_true(output.out.cut);
}

static void a_program_that_is_not_there(void **state)
{
	const char *const argv[] = { "no-such-program-here", NULL };
	AUTO_OUTPUT output = { 0 };
	struct error err = { 0 };

	(void)state;
	assert_int_equal(child_run(argv, TEXT(""), 10, 30, &output, &err), -ENOENT);
	assert_non_null(strstr(err.text, "no-such-program-here"));
}

static void a_held_child_waits_for_its_release(void **state)
{
	const char *const argv[] = { "true", NULL };
	struct child_spec spec = { .argv = argv, .held = true };
	struct child child = CHILD_NONE;
	struct error err = { 0 };
	int status;

	(void)state;
	assert_int_equal(child_start(&spec, &child, &err), 0);
	assert_true(child.pid > 0);
	assert_false(child_ended(&child, &status));
	child_release(&child);
	assert_int_equal(poll(&(struct pollfd){ .fd = child.pidfd, .events = POLLIN }, 1, 30000), 1);
	assert_true(child_ended(&child, &status));
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	child_done(&child);
	child_done(&child);
}

static void a_held_child_that_cannot_run_tells_why(void **state)
{
	char path[] = "/tmp/syswhy-test-XXXXXX";
	const char *const argv[] = { path, NULL };
	struct child_spec spec = { .argv = argv, .held = true };
	struct child child = CHILD_NONE;
	struct error err = { 0 };
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "#!/no/such/interpreter\n", 23), 23);
	assert_int_equal(fchmod(fd, 0700), 0);
	close(fd);
	assert_int_equal(child_start(&spec, &child, &err), 0);
	assert_int_equal(child_refused(&child), 0);
	child_release(&child);
	assert_int_equal(poll(&(struct pollfd){ .fd = child.pidfd, .events = POLLIN }, 1, 30000), 1);
	assert_int_equal(child_refused(&child), ENOENT);
	child_done(&child);
	unlink(path);
}

static void a_signal_reaches_the_whole_family(void **state)
{
	const char *const argv[] = { "sh", "-c", "sh -c 'sleep 1000 & echo ready; wait' & wait", NULL };
	struct child_spec spec = { .argv = argv, .out = CHILD_PIPE };
	struct child child = CHILD_NONE;
	struct error err = { 0 };
	char line[8];

	(void)state;
	assert_int_equal(child_start(&spec, &child, &err), 0);
	assert_int_equal(poll(&(struct pollfd){ .fd = child.out, .events = POLLIN }, 1, 30000), 1);
	assert_int_equal(read(child.out, line, sizeof(line)), 6);
	/* All three are there now; the pipe ends when the last of them is gone. */
	child_signal_family(&child, SIGTERM);
	assert_int_equal(poll(&(struct pollfd){ .fd = child.out, .events = POLLIN }, 1, 30000), 1);
	assert_int_equal(read(child.out, line, sizeof(line)), 0);
	child_done(&child);
}

static void one_that_is_left_lives_on(void **state)
{
	const char *const argv[] = { "sleep", "1000", NULL };
	struct child_spec spec = { .argv = argv, .held = true, .survives = true };
	struct child child = CHILD_NONE;
	struct error err = { 0 };
	pid_t pid;

	(void)state;
	assert_int_equal(child_start(&spec, &child, &err), 0);
	pid = child.pid;
	child_release(&child);
	child_leave(&child);
	assert_int_equal(kill(pid, 0), 0);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void done_kills(void **state)
{
	const char *const argv[] = { "sleep", "1000", NULL };
	struct child_spec spec = { .argv = argv };
	struct child child = CHILD_NONE;
	struct error err = { 0 };
	pid_t pid;

	(void)state;
	assert_int_equal(child_start(&spec, &child, &err), 0);
	pid = child.pid;
	child_done(&child);
	assert_int_equal(kill(pid, 0), -1);
	assert_int_equal(errno, ESRCH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(output_and_status_come_back),
		cmocka_unit_test(a_deadline_ends_even_a_deaf_child),
		cmocka_unit_test(output_is_limited),
		cmocka_unit_test(a_program_that_is_not_there),
		cmocka_unit_test(a_held_child_waits_for_its_release),
		cmocka_unit_test(a_held_child_that_cannot_run_tells_why),
		cmocka_unit_test(a_signal_reaches_the_whole_family),
		cmocka_unit_test(one_that_is_left_lives_on),
		cmocka_unit_test(done_kills),
	};

	return cmocka_run_group_tests_name("base/child", tests, NULL, NULL);
}
