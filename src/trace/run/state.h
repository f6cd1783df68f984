/* A run while it goes on: for run.c and stop.c alone. */
#pragma once
#include "base/loop.h"
#include "trace/run/load.h"
#include "trace/run/run.h"

enum phase { PHASE_STARTING, PHASE_LIVE, PHASE_STOPPING };

struct run {
	const struct run_spec *spec;
	struct run_report *report;
	struct loop *loop;
	struct child tracer, command;
	struct event_reader reader;
	struct build errors;
	struct load load;
	struct loop_timer *poll, *tick, *deadline;
	enum phase phase;
	double started, live, stopped;
	unsigned settled; /* how often in turn the tracer was seen waiting, after the command's end */
	unsigned busy_ticks, still_fired;
	unsigned idle; /* how often in turn it was seen asleep at its start, without having run */
	long ran;      /* clock ticks, when it was looked at last */
	unsigned early; /* lines that it printed before it was known to be live */
	double grace; /* seconds from SIGINT to SIGKILL */
	bool waiting_told, attaching, tracer_ended, out_ended, err_ended;
	int status;
	int command_signal; /* the last that it was sent from here */
	int watched[8];	    /* pidfds */
	size_t watching;    /* how many of them have not ended */
};
/* Interrupts the tracer, and sees to it that it ends; the second time it does nothing. */
void run_stop(struct run *run);
/* Kills it; the context is the run. */
void run_kill(void *context);
