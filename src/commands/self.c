/* A command of ours, run as a process of its own. */
#include "commands/self.h"
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include "base/child.h"
#include "base/loop.h"

#define OUTPUT_MOST ((size_t)64 << 20)

struct rerun {
	struct child child;
	struct loop *loop;
	struct build output;
	int status, interrupts, signal;
	bool late, ended;
};

static void drain(struct rerun *r)
{
	char piece[16384];
	ssize_t got;

	while ((got = read(r->child.out, piece, sizeof(piece))) > 0)
		build_add(&r->output, (struct text){ piece, (size_t)got });
	if (got == 0) {
		loop_unwatch(r->loop, r->child.out);
		close(TAKE_FD(r->child.out));
	}
}

static void output_ready(void *context, int fd, uint32_t events)
{
	(void)fd, (void)events;
	drain(context);
}

static void child_ready(void *context, int fd, uint32_t events)
{
	struct rerun *r = context;

	(void)fd, (void)events;
	if (!child_ended(&r->child, &r->status))
		return;
	r->ended = true;
	if (r->child.out >= 0)
		drain(r);
	loop_stop(r->loop);
}

/* What the terminal sent reached it too: it ends by itself, with what it has gathered. */
static void interrupted(void *context)
{
	struct rerun *r = context;
	bool typed;

	r->signal = loop_signal(r->loop, &typed);
	if (r->interrupts++ || !typed)
		child_signal(&r->child, SIGTERM);
}

static void too_late(void *context)
{
	struct rerun *r = context;

	child_signal(&r->child, r->late ? SIGKILL : SIGTERM);
	r->late = true;
	loop_after(r->loop, 5, false, too_late, r);
}

static void drop_rerun(struct rerun *r)
{
	child_done(&r->child);
	build_done(&r->output);
	loop_free(r->loop);
}

static int rerun_wait(struct rerun *r, double seconds, struct error *err)
{
	int code;

	r->loop = loop_new(err);
	if (!r->loop)
		return err->code;
	code = loop_interrupts(r->loop, interrupted, r, err);
	if (code == 0)
		code = loop_watch(r->loop, r->child.out, EPOLLIN, output_ready, r, err);
	if (code == 0)
		code = loop_watch(r->loop, r->child.pidfd, EPOLLIN, child_ready, r, err);
	if (code < 0)
		return code;
	loop_after(r->loop, seconds, false, too_late, r);
	return loop_run(r->loop, err);
}

int self_run(struct context *context, const struct self_run *run, json_t **object, int *signal, struct error *err)
{
	AUTO(drop_rerun) struct rerun r = { .child = CHILD_NONE, .output = { .ceiling = OUTPUT_MOST } };
	struct child_spec spec = { .in = run->input ? CHILD_INHERIT : CHILD_NULL, .out = CHILD_PIPE, .err = CHILD_INHERIT };
	VEC(const char *) argv = { 0 };
	struct error why = { 0 };
	int code;

	*object = NULL;
	*signal = 0;
	vec_push(&argv, "/proc/self/exe");
	vec_push(&argv, "--json");
	if (context->yes)
		vec_push(&argv, "--yes");
	if (context->quiet)
		vec_push(&argv, "--quiet");
	if (context->no_history)
		vec_push(&argv, "--no-history");
	for (size_t i = 0; i < run->count; i++)
		vec_push(&argv, run->words[i]);
	vec_push(&argv, NULL);
	spec.argv = argv.at;
	code = child_start(&spec, &r.child, err);
	vec_done(&argv);
	if (code == 0)
		code = rerun_wait(&r, run->seconds, err);
	if (code < 0)
		return code;
	*signal = r.signal;
	*object = r.output.cut ? NULL : json_parse(build_text(&r.output), &why);
	if (!*object) {
		char words[64];

		return fail(err, -EPROTO, "it gave no result (%s)", r.late ? "stopped at its deadline" : r.output.cut ? "more than 64 MiB" :
			    child_verdict(r.status, words));
	}
	return 0;
}
