/* Tests of base/loop: files, timers and interrupts. */
#include "tests/check.h"
#include <signal.h>
#include <fcntl.h>
#include "base/loop.h"

struct seen {
	struct loop *loop;
	int fired, read, interrupts;
	struct loop_timer *other;
};

static void tick(void *context)
{
	struct seen *seen = context;

	if (++seen->fired == 3)
		loop_stop(seen->loop);
}

static void timers_repeat_and_can_be_cancelled(void **state)
{
	struct error err = { 0 };
	AUTO_LOOP loop = loop_new(&err);
	struct seen seen = { .loop = loop };
	struct loop_timer *never;

	(void)state;
	assert_non_null(loop);
	never = loop_after(loop, 0.0001, true, tick, &seen);
	loop_cancel(loop, never);
	loop_cancel(loop, NULL);
	loop_after(loop, 0.001, true, tick, &seen);
	assert_int_equal(loop_run(loop, &err), 0);
	assert_int_equal(seen.fired, 3);
}

static void readable(void *context, int fd, uint32_t events)
{
	struct seen *seen = context;
	char c;

	assert_true(events & EPOLLIN);
	assert_int_equal(read(fd, &c, 1), 1);
	if (++seen->read == 2) {
		loop_unwatch(seen->loop, fd);
		loop_stop(seen->loop);
	}
}

static void a_pipe_is_read(void **state)
{
	struct error err = { 0 };
	AUTO_LOOP loop = loop_new(&err);
	struct seen seen = { .loop = loop };
	int ends[2];

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
	assert_int_equal(write(ends[1], "ab", 2), 2);
	assert_int_equal(loop_watch(loop, ends[0], EPOLLIN, readable, &seen, &err), 0);
	assert_int_equal(loop_run(loop, &err), 0);
	assert_int_equal(seen.read, 2);
	close(ends[0]);
	close(ends[1]);
}

static void interrupted(void *context)
{
	struct seen *seen = context;

	if (++seen->interrupts == 2)
		loop_stop(seen->loop);
	else
		kill(getpid(), SIGTERM);
}

static void raise_one(void *context)
{
	(void)context;
	kill(getpid(), SIGINT);
}

static void signals_come_as_events(void **state)
{
	struct error err = { 0 };
	struct loop *loop = loop_new(&err);
	struct seen seen = { .loop = loop };
	sigset_t before, after;

	(void)state;
	sigprocmask(SIG_SETMASK, NULL, &before);
	assert_int_equal(loop_interrupts(loop, interrupted, &seen, &err), 0);
	loop_after(loop, 0, false, raise_one, NULL);
	assert_int_equal(loop_run(loop, &err), 0);
	assert_int_equal(seen.interrupts, 2);
	loop_free(loop);
	sigprocmask(SIG_SETMASK, NULL, &after);
	assert_int_equal(sigismember(&before, SIGINT), sigismember(&after, SIGINT));
}

static void a_regular_file_cannot_be_watched(void **state)
{
	struct error err = { 0 };
	AUTO_LOOP loop = loop_new(&err);
	AUTO_FD fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_int_equal(loop_watch(loop, fd, EPOLLIN, readable, NULL, &err), -EPERM);
	assert_int_not_equal(err.text[0], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(timers_repeat_and_can_be_cancelled),
		cmocka_unit_test(a_pipe_is_read),
		cmocka_unit_test(signals_come_as_events),
		cmocka_unit_test(a_regular_file_cannot_be_watched),
	};

	return cmocka_run_group_tests_name("base/loop", tests, NULL, NULL);
}
