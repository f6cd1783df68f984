/* Running a chosen tool: its output as it comes, a deadline, an output ceiling, Ctrl-C. */
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include "base/child.h"
#include "base/file.h"
#include "base/log.h"
#include "base/loop.h"
#include "commands/tool.h"
#include "trace/run/load.h"

#define KEEP_MOST  (1 << 20) /* bytes kept for the report */
#define SHOW_MOST  (4 << 20) /* bytes after which the tool is stopped */
#define LINE_MOST  65536
#define START_MOST 40.0 /* seconds until it watches: some compile their program first */
#define POLL_LIVE  0.05
#define GRACE_TERM 4.0
#define GRACE_KILL 3.0

struct stream {
	struct watcher *watcher;
	int *fd;
	struct build line;
	bool error;
};
struct watcher {
	struct context *context;
	const struct toolbox *box;
	const struct tool_choice *choice;
	struct tool_run *run;
	struct loop *loop;
	struct loop_timer *poll, *deadline;
	double seconds; /* from when it watches */
	struct child child;
	struct stream out, err;
	size_t seen;
	unsigned stops; /* how often it was asked to stop */
	bool ended;
	int status;
};

void tool_run_done(struct tool_run *run)
{
	build_done(&run->output);
	build_done(&run->errors);
}

static void stop_again(void *context);

/* SIGINT first, as a person would; then harder. */
static void stop(struct watcher *w)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGKILL };
	unsigned step = w->stops < 2 ? w->stops : 2;

	if (w->ended)
		return;
	if (step > 0)
		w->run->killed = true;
	child_signal(&w->child, signals[step]);
	w->stops++;
	if (step < 2)
		loop_after(w->loop, step == 0 ? GRACE_TERM : GRACE_KILL, false, stop_again, w);
}

static void stop_again(void *context)
{
	stop(context);
}

static void late(void *context)
{
	struct watcher *w = context;

	w->run->late = true;
	if (w->stops == 0)
		stop(w);
}

static void start_late(void *context)
{
	struct watcher *w = context;

	w->run->unlive = true;
	late(w);
}

/* The time that was asked for is that of watching: what comes before it may take longer than that. */
static void live_due(void *context)
{
	struct watcher *w = context;

	if (w->ended || w->stops || !load_live(w->child.pid))
		return;
	w->run->live = true;
	w->run->began = now();
	loop_cancel(w->loop, w->poll);
	loop_cancel(w->loop, w->deadline);
	w->deadline = loop_after(w->loop, w->seconds, false, late, w);
	log_stage("tool", "its probes are live");
}

static void interrupted(void *context)
{
	struct watcher *w = context;

	w->run->interrupted = true;
	w->run->unlive = w->poll && !w->run->live;
	stop(w);
}

static void line_take(struct stream *stream, struct text line)
{
	struct watcher *w = stream->watcher;
	AUTO_BUILD safe = { 0 };

	if (stream->error) {
		const struct tool_failure *failure = tool_failure_find(w->box, w->choice->way, line, false);

		if (tool_line_harmless(w->box, line))
			return;
		if (failure && !w->run->failure) {
			w->run->failure = failure;
			log_stage("tool", "%.*s", TEXT_ARG(line));
			stop(w);
		}
		build_add(&w->run->errors, line);
		build_char(&w->run->errors, '\n');
	}
	w->seen += line.len + 1;
	build_safe(&safe, line, true);
	build_char(&safe, '\n');
	build_add(&w->run->output, build_text(&safe));
	/* What a tool says while it fails is in the report; on the screen it would only confuse. */
	if (w->context->live && !w->run->failure)
		w->context->live(w->context->door, build_text(&safe));
	if (w->seen > SHOW_MOST && !w->run->cut) {
		w->run->cut = true;
		stop(w);
	}
}

static void bytes_take(struct stream *stream, struct text bytes)
{
	while (bytes.len) {
		const char *end = memchr(bytes.at, '\n', bytes.len);
		size_t len = end ? (size_t)(end - bytes.at) : bytes.len;

		build_add(&stream->line, text_until(bytes, len));
		bytes = text_from(bytes, len + (end != NULL));
		if (end || stream->line.len > LINE_MOST) {
			if (!stream->watcher->run->cut)
				line_take(stream, build_text(&stream->line));
			build_clear(&stream->line);
		}
	}
}

static void finish_maybe(struct watcher *w)
{
	if (w->ended && w->child.out < 0 && w->child.err < 0)
		loop_stop(w->loop);
}

static void stream_end(struct stream *stream)
{
	if (*stream->fd < 0)
		return;
	if (stream->line.len && !stream->watcher->run->cut)
		line_take(stream, build_text(&stream->line));
	build_clear(&stream->line);
	loop_unwatch(stream->watcher->loop, *stream->fd);
	close(*stream->fd);
	*stream->fd = -1;
}

static void stream_ready(void *context, int fd, uint32_t events)
{
	struct stream *stream = context;
	char chunk[16384];
	ssize_t got = read(fd, chunk, sizeof(chunk));

	(void)events;
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got > 0) {
		bytes_take(stream, (struct text){ chunk, (size_t)got });
		return;
	}
	stream_end(stream);
	finish_maybe(stream->watcher);
}

/* A grandchild may keep the pipes open long after the tool has ended. */
static void give_up(void *context)
{
	struct watcher *w = context;

	stream_end(&w->out);
	stream_end(&w->err);
	finish_maybe(w);
}

static void ended(void *context, int fd, uint32_t events)
{
	struct watcher *w = context;

	(void)events;
	if (!child_ended(&w->child, &w->status))
		return;
	w->ended = true;
	loop_unwatch(w->loop, fd);
	loop_after(w->loop, 1, false, give_up, w);
	finish_maybe(w);
}

static int watch(struct watcher *w, double seconds, struct error *err)
{
	int code = loop_interrupts(w->loop, interrupted, w, err);

	if (code == 0)
		code = loop_watch(w->loop, w->child.out, EPOLLIN, stream_ready, &w->out, err);
	if (code == 0)
		code = loop_watch(w->loop, w->child.err, EPOLLIN, stream_ready, &w->err, err);
	if (code == 0)
		code = loop_watch(w->loop, w->child.pidfd, EPOLLIN, ended, w, err);
	if (code < 0)
		return code;
	w->seconds = seconds;
	if (w->choice->way->family->probes && w->choice->tool->stop == STOP_INTERRUPT) {
		w->poll = loop_after(w->loop, POLL_LIVE, true, live_due, w);
		w->deadline = loop_after(w->loop, START_MOST, false, start_late, w);
	} else {
		w->deadline = loop_after(w->loop, seconds, false, late, w);
	}
	return loop_run(w->loop, err);
}

/* The reason that its last words give, once it is known to have ended badly. */
static void failure_find(struct watcher *w)
{
	struct text rest = build_text(&w->run->errors), line;

	while (!w->run->failure && text_line(&rest, &line))
		w->run->failure = tool_failure_find(w->box, w->choice->way, line, true);
}

int tool_run(struct context *context, const struct toolbox *box, const struct tool_choice *choice, double seconds,
	     struct tool_run *run, struct error *err)
{
	AUTO_FREE char *stdbuf = program_find("stdbuf");
	AUTO_FREE const char **argv = calloc(choice->argv.len + 4, sizeof(*argv));
	static const char *const env[] = { "PYTHONUNBUFFERED=1", "COLUMNS=160", "S_COLORS=never", "PAGER=cat", "LC_ALL=C.UTF-8",
					   NULL };
	struct child_spec spec = { .env = env, .in = CHILD_NULL, .out = CHILD_PIPE, .err = CHILD_PIPE, .own_group = true };
	struct watcher w = { .context = context, .box = box, .choice = choice, .run = run, .child = CHILD_NONE };
	size_t count = 0;
	int code;

	if (!argv)
		return fail(err, -ENOMEM, "out of memory");
	*run = (struct tool_run){ .began = now(), .output = { .ceiling = KEEP_MOST }, .errors = { .ceiling = KEEP_MOST } };
	/* Into a pipe most programs write only when their buffer is full; a command of others is not touched. */
	if (stdbuf && choice->tool->stop == STOP_INTERRUPT && strcmp(choice->tool->output, "stream") == 0) {
		argv[count++] = stdbuf;
		argv[count++] = "-oL";
	}
	for (size_t i = 0; i < choice->argv.len && choice->argv.at[i]; i++)
		argv[count++] = choice->argv.at[i];
	spec.argv = argv;
	AUTO_LOOP loop = loop_new(err);
	if (!loop)
		return err->code;
	w.loop = loop;
	w.out = (struct stream){ .watcher = &w, .fd = &w.child.out };
	w.err = (struct stream){ .watcher = &w, .fd = &w.child.err, .error = true };
	code = child_start(&spec, &w.child, err);
	if (code == 0)
		code = watch(&w, seconds, err);
	run->seconds = now() - run->began;
	build_done(&w.out.line);
	build_done(&w.err.line);
	child_done(&w.child);
	if (code < 0)
		return code;
	run->exit = WIFEXITED(w.status) ? WEXITSTATUS(w.status) : 128 + WTERMSIG(w.status);
	/* Stopped by us is no failure, whatever code it ends with; unless it had not come to its work. */
	if (run->exit != 0 && (!run->late || run->unlive) && !run->interrupted && !run->cut)
		failure_find(&w);
	return 0;
}
