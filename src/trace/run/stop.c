/* How a run is stopped: an interrupt, again where it was lost, a kill last. */
#include <signal.h>
#include "base/log.h"
#include "trace/run/state.h"

#define AGAIN_SECONDS 2.0
#define LOOK_SECONDS  0.05  /* between looks whether the probes of one that shall end still fire */
#define LOOKS_AGAIN   4	    /* such looks in turn before it is told once more */

void run_kill(void *context)
{
	struct run *run = context;

	if (run->tracer.pid > 0) {
		char place[64];

		log_stage("stop", "bpftrace did not end in %.0f s; it is in %s", run->grace,
			  load_place(run->tracer.pid, place));
		child_signal(&run->tracer, SIGKILL);
	}
}

/* A first SIGINT that comes while bpftrace is between two waits can be lost. While it prints its maps, a
 * second one would end it at once: so only when it still waits for events. */
static void stop_again(void *context)
{
	struct run *run = context;

	if (run->tracer.pid > 0 && load_waiting(run->tracer.pid)) {
		log_detail("stop", "bpftrace still waits for events: once more");
		child_signal(&run->tracer, SIGINT);
	}
}

/* While probes fire often an interrupt is lost easily, and everything goes on being counted: so it is looked whether
 * they still fire, and what was counted meanwhile belongs to the time of a watch that was stopped for it. */
static void look_due(void *context)
{
	struct run *run = context;
	double before = run->load.firings;

	if (run->tracer.pid <= 0 || run->tracer_ended)
		return;
	load_read(&run->load, run->tracer.pid);
	if (run->load.firings <= before) {
		run->still_fired = 0;
		return;
	}
	if (run->report->stage == RUN_BUSY)
		run->stopped = now();
	run->still_fired += load_waiting(run->tracer.pid);
	if (run->still_fired < LOOKS_AGAIN)
		return;
	run->still_fired = 0;
	log_detail("stop", "its probes still fire: once more");
	child_signal(&run->tracer, SIGINT);
}

/* Detaching waits for the kernel, and maps may be large; before there are any, there is nothing to wait for. */
static double grace_of(const struct run *run)
{
	return run->phase == PHASE_LIVE ? 20 : run->attaching ? 5 : 2;
}

void run_stop(struct run *run)
{
	if (run->phase == PHASE_STOPPING)
		return;
	run->grace = grace_of(run);
	if (run->phase == PHASE_LIVE) {
		run->stopped = run->stopped > 0 ? run->stopped : now();
		run->report->busy = run->load.share;
		if (run->load.firings >= 0)
			loop_after(run->loop, LOOK_SECONDS, true, look_due, run);
	}
	run->phase = PHASE_STOPPING;
	if (run->tracer.pid > 0)
		child_signal(&run->tracer, SIGINT);
	loop_cancel(run->loop, run->deadline);
	loop_after(run->loop, AGAIN_SECONDS, true, stop_again, run);
	loop_after(run->loop, run->grace, false, run_kill, run);
}
