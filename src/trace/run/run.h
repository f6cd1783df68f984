/* Running a bpftrace program: started, watched until its probes are live, guarded, stopped, cleaned up. */
#pragma once
#include "base/child.h"
#include "trace/run/events.h"

enum run_stage { /* where a run ended */
	RUN_DONE,    /* it ran; reaching the time limit is success */
	RUN_START,   /* bpftrace could not be started */
	RUN_COMPILE, /* it refused the program: syntax, types, fields */
	RUN_VERIFY,  /* the kernel's verifier refused it */
	RUN_ATTACH,  /* no probe could be attached */
	RUN_CRASH,   /* it died, or wrote what cannot be read */
	RUN_BUSY,    /* stopped by the overhead guard */
};
const char *run_stage_name(enum run_stage stage); /* as `attempts` names it: "compile" */

struct run_spec {
	const char *bpftrace;		/* its path */
	const struct dialect *dialect;
	unsigned strings;		/* bytes a string may take; 0: bpftrace's default */
	unsigned keys;			/* that a map may hold; 0: as usual */
	double seconds;			/* from when the probes are live; 0: until stopped */
	double start_limit;		/* seconds to come to life; 0: 60 */
	double guard;			/* share of one CPU's time that probes may take before they are stopped; 0: 0.7 */
	int cpus;			/* of the machine; 0: not known */
	double extra_ns;		/* what a firing costs besides the BPF program; 0: next to nothing */
	const char *const *command;	/* held until the probes are live, and watched while it runs; or NULL */
	bool command_survives;		/* the watch may end first: then it is left running, else waited for */
	bool command_aside;		/* its stdout goes to stderr: ours is for the result alone */
	const pid_t *watched;		/* processes that are asked for; the run ends when all have ended; 0 ends the list */
	const char *check;		/* --dry-run or -d: only check; stops before anything runs */
	bool check_command;		/* the program to be checked wants to be run with a command */
	/* The program text; called when the tracer's process id (and the command's, or 0) is known. */
	void (*write_program)(void *context, pid_t tracer, pid_t command, struct build *out);
	void (*ready)(void *context);			    /* the probes are live */
	void (*event)(void *context, const struct event *event);
	/* Four times a second: probe firings so far, -1 when unknown. Gives true to stop. */
	bool (*tick)(void *context, double elapsed, double firings);
	void (*slow)(void *context, double seconds, bool attaching); /* once, when it takes long to come to life; or NULL */
	void (*waiting)(void *context, pid_t command); /* the watch is over, the command goes on and is waited for; or NULL */
	void *context;
};
struct run_report {
	enum run_stage stage;
	char error[2000];	/* bpftrace's own words, without its harmless lines */
	int signal;		/* that ended it although nobody here sent it; 0: none */
	double seconds;		/* how long the probes were live */
	double firings;		/* of all probes together; -1: not known */
	double busy;		/* share of one CPU's time that the probes took; -1: not known */
	unsigned long lost, garbled;
	unsigned failed_probes; /* could not be attached although others could */
	char failed_probe[200]; /* one of them */
	bool interrupted;	/* by Ctrl-C or SIGTERM: what was gathered is complete until then */
	bool hung;		/* it never came to life: another probe would not help */
	bool watched_ended;	/* all of `watched` ended, and the run with them */
	pid_t command_pid;	/* 0: it was not started */
	bool command_left;	/* it still runs, and was left alone */
	int command_status;	/* as waitpid gives it; -1: not known */
};
/* 0 when the tracer ran in any way (see report->stage); a negative errno when this process failed. */
int run_program(const struct run_spec *spec, struct run_report *report, struct error *err);

/* judge.c: fills the stage (unless it is known) and the error; `starting`: it ended before its probes were live. */
void run_judge(const struct run_spec *spec, struct run_report *report, struct text errors, int status, bool starting);
/* One sentence on a run that failed. Gives false when it is the machine that does not allow it. */
bool run_failure(const struct run_report *report, struct build *out);
/* Whether safe text was text before: of what was none, many bytes are \xNN. */
bool run_readable(struct text safe);
