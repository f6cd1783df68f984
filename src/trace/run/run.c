/* Running a bpftrace program. */
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include "base/log.h"
#include "trace/run/state.h"
#include "trace/write/program.h"

#define STDERR_MOST   ((size_t)256 << 10)
#define POLL_SECONDS  0.01  /* between looks whether the probes are live */
#define KEYS_USUAL    16384u
#define EARLY_MOST    200   /* printed lines that show that the probes are live */
#define TICK_SECONDS  0.25
#define SETTLE_SECONDS 1.0 /* from the command's end to SIGINT at the latest */
#define IDLE_SECONDS  3.0
#define IDLE_MOST     5	    /* times in turn asleep at the start: it hangs */
#define SLOW_SECONDS  5.0   /* without a live probe, until that is told */
#define COMMAND_SECONDS 3.0 /* from Ctrl-C, which the command gets too, to SIGTERM; and from that to SIGKILL */

const char *run_stage_name(enum run_stage stage)
{
	static const char *const names[] = { "done", "start", "compile", "verify", "attach", "crash", "busy" };

	return names[stage];
}

/* The command belongs to the person: what ends it is Ctrl-C, never the end of the watch. */
static void maybe_over(struct run *run)
{
	if (!run->tracer_ended || !run->out_ended || !run->err_ended)
		return;
	if (run->command.pid == 0 || run->live == 0) {
		loop_stop(run->loop); /* one that is still held never began */
	} else if (run->spec->command_survives && !run->report->interrupted) {
		run->report->command_left = true;
		loop_stop(run->loop);
	} else if (!run->report->interrupted && run->spec->waiting && !run->waiting_told) {
		run->waiting_told = true;
		run->spec->waiting(run->spec->context, run->command.pid);
	}
}

static void out_ready(void *context, int fd, uint32_t events)
{
	struct run *run = context;
	char chunk[65536];
	ssize_t got = read(fd, chunk, sizeof(chunk));

	(void)events;
	if (got > 0) {
		event_reader_feed(&run->reader, (struct text){ chunk, (size_t)got });
		return;
	}
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	loop_unwatch(run->loop, fd);
	run->out_ended = true;
	maybe_over(run);
}

/* What it attaches, it has compiled, and the verifier has taken. */
static void attaching_begins(struct run *run)
{
	if (!run->attaching && !run->spec->check)
		log_stage("check", "bpftrace accepts the program");
	run->attaching = true;
}

static void err_ready(void *context, int fd, uint32_t events)
{
	struct run *run = context;
	char chunk[8192];
	ssize_t got = read(fd, chunk, sizeof(chunk));

	(void)events;
	if (got > 0) {
		build_add(&run->errors, (struct text){ chunk, (size_t)got });
		if (text_has((struct text){ chunk, (size_t)got }, "Attach"))
			attaching_begins(run);
		return;
	}
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	loop_unwatch(run->loop, fd);
	run->err_ended = true;
	maybe_over(run);
}

/* A grandchild may hold the pipes open after the tracer is gone: do not wait for it long. */
static void pipes_late(void *context)
{
	struct run *run = context;

	run->out_ended = run->err_ended = true;
	maybe_over(run);
}

static void tracer_done(void *context, int fd, uint32_t events)
{
	struct run *run = context;

	(void)events;
	if (!child_ended(&run->tracer, &run->status))
		return;
	loop_unwatch(run->loop, fd);
	run->tracer_ended = true;
	if (run->phase == PHASE_LIVE)
		run->stopped = run->stopped > 0 ? run->stopped : now();
	loop_after(run->loop, 1, false, pipes_late, run);
	maybe_over(run);
}

/* bpftrace throws away what it has not read when the interrupt comes: the command's last events first. */
static void settle_due(void *context)
{
	struct run *run = context;

	run->settled = load_waiting(run->tracer.pid) ? run->settled + 1 : 0;
	if (run->phase == PHASE_LIVE && (run->settled >= 2 || now() - run->stopped > SETTLE_SECONDS))
		run_stop(run);
}

static void command_done(void *context, int fd, uint32_t events)
{
	struct run *run = context;

	(void)events;
	if (!child_ended(&run->command, &run->report->command_status))
		return;
	loop_unwatch(run->loop, fd);
	if (run->tracer_ended) {
		maybe_over(run);
		return;
	}
	if (run->phase != PHASE_LIVE) {
		run_stop(run);
		return;
	}
	run->stopped = now();
	loop_after(run->loop, POLL_SECONDS, true, settle_due, run);
}

static void deadline_due(void *context)
{
	run_stop(context);
}

/* After Ctrl-C the command may clean up, but not stay. */
static void command_late(void *context)
{
	struct run *run = context;

	if (run->command.pid == 0)
		return;
	run->command_signal = run->command_signal == SIGTERM ? SIGKILL : SIGTERM;
	log_stage("stop", "the command %d still runs: SIG%s", run->command.pid, sigabbrev_np(run->command_signal));
	child_signal_family(&run->command, run->command_signal);
}

static void interrupted(void *context)
{
	struct run *run = context;
	bool again = run->report->interrupted, typed;
	int signal = loop_signal(run->loop, &typed);

	run->report->interrupted = true;
	/* What is typed reaches the command by itself, as in a shell. */
	if (run->command.pid && (!typed || again)) {
		run->command_signal = again ? SIGKILL : signal;
		child_signal_family(&run->command, run->command_signal);
	}
	if (run->command.pid && !again)
		loop_after(run->loop, COMMAND_SECONDS, true, command_late, run);
	if (again)
		run_kill(run); /* the second Ctrl-C does not wait */
	run_stop(run);
}

/* One of the processes that are asked for has ended; with the last, there is nothing left to see. */
static void watched_done(void *context, int fd, uint32_t events)
{
	struct run *run = context;

	(void)events;
	loop_unwatch(run->loop, fd);
	if (--run->watching > 0)
		return;
	run->report->watched_ended = true;
	if (run->phase != PHASE_LIVE) {
		run_stop(run);
		return;
	}
	run->stopped = run->stopped > 0 ? run->stopped : now();
	loop_after(run->loop, POLL_SECONDS, true, settle_due, run);
}

static double start_limit(const struct run_spec *spec)
{
	return spec->start_limit > 0 ? spec->start_limit : 60;
}

static void start_end(struct run *run, double limit)
{
	snprintf(run->report->error, sizeof(run->report->error), run->spec->check ? "it did not end its check in %g s" :
		 run->attaching ? "it was still attaching its probes after %g s" : "it had attached nothing after %g s", limit);
	run->report->stage = RUN_START;
	run->report->hung = true;
	run_stop(run);
}

static void start_late(void *context)
{
	struct run *run = context;

	if (run->phase == PHASE_STARTING)
		start_end(run, start_limit(run->spec));
}

/* To compile and load takes time, but time at work: who sleeps all the while waits for what does not come. */
static void start_idle(void *context)
{
	struct run *run = context;
	long ran = run->phase == PHASE_STARTING && !run->attaching ? load_asleep(run->tracer.pid) : -1;

	run->idle = ran >= 0 && ran == run->ran ? run->idle + 1 : 0;
	run->ran = ran;
	if (run->idle >= IDLE_MOST)
		start_end(run, round(now() - run->started));
}

static void start_slow(void *context)
{
	struct run *run = context;

	if (run->phase == PHASE_STARTING && run->spec->slow)
		run->spec->slow(run->spec->context, now() - run->started, run->attaching);
}

static void tick_due(void *context)
{
	struct run *run = context;
	double limit = run->spec->guard > 0 ? run->spec->guard : 0.7;

	if (run->phase != PHASE_LIVE || run->tracer_ended)
		return;
	load_read(&run->load, run->tracer.pid);
	run->busy_ticks = run->load.share > limit ? run->busy_ticks + 1 : 0;
	if (run->busy_ticks >= 4) {
		run->report->stage = RUN_BUSY;
		run_stop(run);
	} else if (run->spec->tick && run->spec->tick(run->spec->context, now() - run->live, run->load.firings)) {
		run_stop(run);
	}
}

static void live(struct run *run)
{
	run->phase = PHASE_LIVE;
	run->live = now();
	loop_cancel(run->loop, run->poll);
	log_stage("attach", "the probes are live after %.2f s", run->live - run->started);
	if (run->spec->seconds > 0)
		log_stage("run", "watching for %g s", run->spec->seconds);
	else
		log_stage("run", "watching until %s", run->command.pid ? "the command ends" : "it is stopped");
	run->load.extra_ns = run->spec->extra_ns;
	load_open(&run->load, run->tracer.pid);
	run->tick = loop_after(run->loop, TICK_SECONDS, true, tick_due, run);
	if (run->spec->seconds > 0)
		run->deadline = loop_after(run->loop, run->spec->seconds, false, deadline_due, run);
	if (run->spec->ready)
		run->spec->ready(run->spec->context);
	run->report->command_pid = run->command.pid;
	child_release(&run->command);
}

/* bpftrace waits in epoll_wait() only once every probe is attached; no output of any version says so. */
static void poll_due(void *context)
{
	struct run *run = context;

	if (run->phase == PHASE_STARTING && run->attaching && load_waiting(run->tracer.pid))
		live(run);
}

static void event_taken(void *context, const struct event *event)
{
	struct run *run = context;

	if (event->kind == EVENT_ATTACHED)
		attaching_begins(run);
	if (event->kind == EVENT_LOST) {
		const json_t *count = json_object_get(event->data, "count");

		if (!count)
			count = json_object_get(event->data, "events");
		run->report->lost += (unsigned long)json_number_value(count);
	}
	if (event->kind == EVENT_MAP)
		run->report->lost += (unsigned long)json_get_number(event->data, KEPT_FULL, 0);
	/* "No probes to attach": a reason that some versions give among the results. */
	if (event->kind == EVENT_GARBLED && run->phase == PHASE_STARTING && !run->spec->check) {
		build_add(&run->errors, text_until(event->line, event->line.len < 400 ? event->line.len : 400));
		build_char(&run->errors, '\n');
	}
	/* It reads events only once all is attached; with so many it never waits for one, which poll_due() looks for. */
	if (run->phase == PHASE_STARTING && run->attaching && !run->spec->check && (event->kind == EVENT_LOST || event->kind == EVENT_TEXT) &&
	    (event->kind == EVENT_LOST || ++run->early > EARLY_MOST))
		live(run);
	run->spec->event(run->spec->context, event);
}

/* The program goes in through stdin: its text may hold what the process list should not show. */
static int program_feed(struct run *run, struct error *err)
{
	AUTO_BUILD program = { 0 };
	struct text rest;

	run->spec->write_program(run->spec->context, run->tracer.pid, run->command.pid, &program);
	rest = build_text(&program);
	/* 64 KiB fit into a pipe; longer programs wait for the reader. */
	while (rest.len) {
		ssize_t put = write(run->tracer.in, rest.at, rest.len);

		if (put < 0 && errno == EAGAIN) {
			usleep(1000);
			continue;
		}
		if (put < 0 && errno == EPIPE)
			break; /* it has ended already, and its own words tell why */
		if (put < 0)
			return fail(err, -errno, "cannot give bpftrace its program: %s", strerror(errno));
		rest = text_from(rest, (size_t)put);
	}
	close(TAKE_FD(run->tracer.in));
	return 0;
}

static int tracer_start(struct run *run, struct error *err)
{
	char strings[40], keys[48];
	const char *env[] = { strings, keys, "BPFTRACE_NO_CPP_DEMANGLE=0", NULL };
	const char *argv[] = { run->spec->bpftrace, "-f", "json", "-", NULL, NULL };

	_Static_assert(COUNT(argv) == 6, "room for the longest of them");
	struct child_spec spec = { .argv = argv, .env = env, .in = CHILD_PIPE, .out = CHILD_PIPE, .err = CHILD_PIPE,
				   .own_group = true };

	if (run->spec->check) {
		argv[1] = run->spec->check;
		argv[2] = "-";
		argv[3] = NULL;
	}
	if (run->spec->check_command) {
		argv[2] = "-c";
		argv[3] = run->spec->bpftrace; /* any program that is there: none is started */
		argv[4] = "-";
	}
	snprintf(keys, sizeof(keys), "BPFTRACE_MAP_KEYS_MAX=%u", run->spec->keys ? run->spec->keys : KEYS_USUAL);
	snprintf(strings, sizeof(strings), "BPFTRACE_STRLEN=%u", run->spec->strings ? run->spec->strings : 64);
	return child_start(&spec, &run->tracer, err);
}

static int watches_start(struct run *run, struct error *err)
{
	int code = loop_interrupts(run->loop, interrupted, run, err);

	if (!code)
		code = loop_watch(run->loop, run->tracer.out, EPOLLIN, out_ready, run, err);
	if (!code)
		code = loop_watch(run->loop, run->tracer.err, EPOLLIN, err_ready, run, err);
	if (!code)
		code = loop_watch(run->loop, run->tracer.pidfd, EPOLLIN, tracer_done, run, err);
	if (!code && run->command.pid)
		code = loop_watch(run->loop, run->command.pidfd, EPOLLIN, command_done, run, err);
	for (const pid_t *pid = run->spec->watched; !code && pid && *pid && run->watching < COUNT(run->watched); pid++) {
		int fd = (int)syscall(SYS_pidfd_open, *pid, 0);

		if (fd < 0)
			continue; /* ended meanwhile, or the number of a thread: the deadline stands */
		run->watched[run->watching++] = fd;
		fcntl(fd, F_SETFD, FD_CLOEXEC);
		code = loop_watch(run->loop, fd, EPOLLIN, watched_done, run, err);
	}
	return code;
}

static int run_all(struct run *run, struct error *err)
{
	int code = 0;

	if (run->spec->command) {
		struct child_spec spec = { .argv = run->spec->command, .in = CHILD_INHERIT,
					   .out = run->spec->command_aside ? CHILD_STDERR : CHILD_INHERIT,
					   .err = CHILD_INHERIT, .held = true,
					   .survives = run->spec->command_survives };

		code = child_start(&spec, &run->command, err);
	}
	if (!code)
		code = tracer_start(run, err);
	if (!code)
		code = watches_start(run, err);
	if (!code)
		code = program_feed(run, err);
	if (code < 0)
		return code;
	run->poll = loop_after(run->loop, POLL_SECONDS, true, poll_due, run);
	loop_after(run->loop, start_limit(run->spec), false, start_late, run);
	loop_after(run->loop, SLOW_SECONDS, false, start_slow, run);
	loop_after(run->loop, IDLE_SECONDS, true, start_idle, run);
	return loop_run(run->loop, err);
}

int run_program(const struct run_spec *spec, struct run_report *report, struct error *err)
{
	AUTO_LOOP loop = loop_new(err);
	struct run run = { .spec = spec, .report = report, .loop = loop, .tracer = CHILD_NONE,
			   .command = CHILD_NONE, .started = now(),
			   .errors = { .ceiling = STDERR_MOST },
			   .reader = { .dialect = spec->dialect, .take = event_taken } };
	int code, refused;

	*report = (struct run_report){ .firings = -1, .busy = -1, .command_status = -1 };
	if (!loop)
		return err->code;
	signal(SIGPIPE, SIG_IGN);
	run.reader.context = &run;
	code = run_all(&run, err);
	event_reader_end(&run.reader);
	report->garbled = run.reader.garbled;
	if (run.live > 0) {
		report->seconds = (run.stopped > 0 ? run.stopped : now()) - run.live;
		report->firings = run.load.firings;
		report->busy = report->busy < 0 ? run.load.share : report->busy;
		/* An estimate of what a firing costs may be too high; more than all of them there is not. */
		if (spec->cpus && report->busy > spec->cpus)
			report->busy = spec->cpus;
	}
	if (!code)
		run_judge(spec, report, build_text(&run.errors), run.status, run.phase == PHASE_STARTING);
	load_close(&run.load);
	for (size_t i = 0; i < COUNT(run.watched); i++)
		if (run.watched[i] > 0)
			close(run.watched[i]);
	child_done(&run.tracer);
	refused = child_refused(&run.command);
	if (!code && refused)
		code = fail(err, -refused, "cannot start '%.200s': %s", spec->command[0],
			    refused == ENOENT ? "the interpreter that it names is not there" : strerror(refused));
	if (report->command_left)
		child_leave(&run.command);
	child_done(&run.command);
	build_done(&run.errors);
	return code;
}
