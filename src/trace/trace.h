/* A question from its words to its answer: plan, program, run, evidence. */
#pragma once
#include "kernel/mappings.h"
#include "trace/answer.h"
#include "trace/plan/planner.h"
#include "trace/result/result.h"
#include "trace/run/run.h"

enum trace_status { TRACE_OK, TRACE_NO_EVENTS, TRACE_CANNOT, TRACE_REFUSED, TRACE_FAILED };
const char *trace_status_name(enum trace_status status); /* "no_events" */

/* What is known while it runs, counted as the answer will count it; borrowed for the call. */
struct trace_so_far {
	const struct evidence *evidence; /* NULL: nothing yet */
	double elapsed, left;		 /* seconds; left 0: no end is set */
	double seen;			 /* in all until now, in `unit`; -1: not known, or nothing that adds up */
	const char *unit;
	unsigned long lost;
};
/* What is watched while it runs; every call may be NULL. */
struct trace_watch {
	void (*ready)(void *context); /* the probes are live */
	void (*event)(void *context, const json_t *event); /* one event, decoded */
	/* What one interval gathered ("every second"); `time` is its end, in seconds. */
	void (*interval)(void *context, const struct evidence *evidence, double time);
	void (*slow)(void *context, double seconds, bool attaching); /* bpftrace takes long to start, or to attach */
	/* The watch is over, but the command goes on and is waited for. */
	void (*waiting)(void *context, pid_t command);
	void (*update)(void *context, const struct trace_so_far *far); /* a few times a second */
	void *context;
};
struct trace_request {
	struct text question;
	struct plan_options options;
	double seconds;			/* --for; 0: what the question says, else 10 */
	long events;			/* --count; 0: what the question says */
	const char *const *command;	/* after "--", or NULL */
	bool whole;			/* with a command: not only what it and its descendants do */
	bool command_aside;		/* its stdout goes to stderr */
	double live;			/* seconds between snapshots for a live table; 0: none */
	struct trace_watch watch;
	answer_number *number;
};

struct survey; /* trace/survey/survey.h */

/* Everything that a trace came to. Zero-initialise; trace_done() frees it. */
struct trace {
	struct vocabulary *vocabulary;
	struct kernel *kernel;
	struct dialect dialect;
	char *bpftrace, *version;
	struct plan plan;
	struct planning planning;
	struct program program;	 /* the one that ran, or would */
	struct build shown;	 /* its text as a person reads it, without what only this run needs */
	struct result result;
	struct run_report run;
	json_t *attempts;	 /* [{"program", "stage", "error"}] */
	struct evidence_list evidence;
	enum trace_status status;
	char why[1200];		 /* when the status is not TRACE_OK: one or two sentences */
	char unchecked[1200]; /* why bpftrace could not check the program; empty: it did, or was not asked to */
	struct build answer;
	bool planned, ran;
	bool stopped; /* Ctrl-C came after the run: what was measured is whole */
	const char *tool; /* what its programs are for, as of failure_class(); NULL: bpftrace */
	bool given; /* the program was written elsewhere and stands in `program` and `shown`: none is made from the plan */
	json_t *plan_given; /* a plan that was made elsewhere (see plan_given.h): the question's words are not read */
	struct survey *survey; /* of a broad question: several measurements in one program; or NULL */
	struct mappings *mappings; /* while it runs, of programs whose addresses are to be named; or NULL */
	double shot_at; /* when the last snapshot for a live table came, in seconds since then; 0: none yet */
	double live_at; /* when the probes became live, of the monotonic clock */
	const struct trace_request *request; /* while it runs */
};
/* Reads the vocabulary and makes the plan and the program; runs nothing. status is TRACE_OK when there is
 * a program. A negative errno is a failure of syswhy's own files. */
int trace_plan(struct trace *trace, const struct trace_request *request, struct error *err);
/* Plans anew, from `plan_given` when that is there; after trace_plan(). The status says what it came to. */
int trace_plan_again(struct trace *trace, const struct trace_request *request, struct error *err);
/* Finds bpftrace and its version; TRACE_CANNOT when there is none. Needed before the next two. */
int trace_tracer(struct trace *trace, struct error *err);
/* Runs the program, with the fallbacks of the plan, and fills result, evidence and answer. */
int trace_run(struct trace *trace, const struct trace_request *request, struct error *err);
/* Plans again without the way that did not do. False: there is no other, and what was said of this one stands. */
bool trace_next_way(struct trace *trace, const struct trace_request *request, struct plan_options *options, struct error *err);
/* bpftrace's own check of the program that would run. TRACE_FAILED with its words when it refuses; `unchecked` says so
 * when it cannot be told whether it looked at it at all. */
int trace_check(struct trace *trace, struct error *err);
/* The program as a file to keep: comments, how to run it, printf() lines. */
int trace_keep(struct trace *trace, const struct trace_request *request, struct build *out, struct error *err);
void trace_done(struct trace *trace);
/* The plan in one line for people. */
void trace_words(const struct trace *trace, struct build *out);
/* One more try for `attempts`, with the class of its failure. */
void trace_attempt(struct trace *trace, struct text program, const char *stage, const char *error);
/* How it stands, with the sentence that says why. */
void trace_status_set(struct trace *trace, enum trace_status status, const char *format, ...) PRINTF(3, 4);

/* ---- between the files ---- */

/* Writes the program of the plan and asks the policy: -EACCES when it refuses. */
int trace_program(struct trace *trace, const struct program_options *options, struct program *program, struct error *err);

/* watch.c: for run_program(); the context is the trace. */
void watch_ready(void *context);
void watch_event(void *context, const struct event *event);
bool watch_tick(void *context, double elapsed, double firings);
void watch_slow(void *context, double seconds, bool attaching);
void watch_waiting(void *context, pid_t command);

/* ---- scope.c: whose doing it is ---- */

/* With a command, what it does is meant, and what all that it starts does: not where others are named, nor
 * where nobody can be told. Adds that condition to the plan; false: it did not. */
bool scope_add(struct trace *trace, const struct trace_request *request);
/* A note when it was not only the command's doing, although it might be taken for that. */
void scope_tell(struct trace *trace, const struct trace_request *request);
/* A process that is not there cannot be watched; better said at once than after ten silent seconds. */
void scope_check(struct trace *trace, const struct trace_request *request);
/* The processes with whose end there is nothing more to see; ends with 0. */
void scope_pids(const struct trace *trace, pid_t *pids, size_t room);
/* "bpftrace -c 'make' FILE": how the kept program is run. */
void trace_by_hand(const struct trace *trace, const struct trace_request *request, const char *file, struct build *out);
/* {"argv", "pid", "state": "not started|ended|running", "exit_code", "signal"}; null without a command. New reference. */
json_t *trace_command_json(const struct trace *trace, const struct trace_request *request);

/* ---- next.c: what to ask next ---- */

enum { NEXT_MOST = 2 };
struct next_from {
	const struct vocabulary *vocabulary;
	struct kernel *kernel;
	const struct plan *plan; /* of the question that was answered */
};
struct next {
	const char *questions[NEXT_MOST]; /* in the plan's arena */
	size_t count;
};
/* Questions of the same subject, in the same language: each is planned here, and none as what was asked or as another. */
void next_find(const struct next_from *from, struct next *next);
