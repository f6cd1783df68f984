/* Programs that a model writes for `syswhy trace`: when it is asked, what it is told, and what its programs must pass. */
#pragma once
#include "agent/agent.h"
#include "commands/command.h"
#include "commands/knowledge.h"
#include "trace/trace.h"

struct writing;
struct model_wish {
	const char *engine; /* "auto", "offline", "model"; NULL: auto */
	const char *model;  /* -m, or NULL */
	long attempts;	    /* programs that may be tried; < 1: 4 */
	bool dry;	    /* only show what would be sent */
	bool whole;	    /* --no-stream */
	bool check_only;    /* do not run the program */
	/* Something else than an answer is wanted: how it is asked for (NULL: "trace.txt"), and what is done with what comes
	 * (NULL: trace_model_tries). */
	const char *prompt;
	int (*tries)(struct writing *writing, struct error *err);
	void *into; /* for `tries` */
};
enum model_outcome {
	MODEL_UNUSED,	/* the trace is as it was */
	MODEL_DECIDED,	/* the trace holds what the model's programs came to (trace->given) */
	MODEL_SHOWN,	/* of a dry run: the request is in the report */
	MODEL_FAILED,	/* `err` and `exit_code` say why */
};
/* Decides by the planner's verdict whether the model is asked, asks it, and runs its programs behind the same gates as our
 * own. With "auto" every failure leaves the trace as the planner made it, with a note. */
enum model_outcome trace_model(struct context *context, struct trace *trace, const struct trace_request *request,
			       const struct model_wish *wish, int *exit_code, struct error *err);

/* A caveat for people and for programs: the same sentence in the report and under "notes". */
void trace_caveat(struct report *report, const char *format, ...) PRINTF(2, 3);

/* ---- between its files ---- */

struct model_tools { /* what the tools look at */
	struct trace *trace;
	const struct context *context;
	struct knowledge knowledge; /* its shelf NULL: the index of recipes cannot be had */
	unsigned refused;
};

struct writing {
	struct context *context;
	struct trace *trace;
	const struct trace_request *request;
	const struct model_wish *wish;
	struct agent *agent;
	struct model_tools tools;
	struct build requests; /* of a dry run: those that would go before the first to the model */
	double seconds; /* as the planner read the question */
};
/* Asks until a plan or a program holds, or the attempts are used up; the trace holds what it came to. */
int trace_model_tries(struct writing *writing, struct error *err);
/* Asks by `schema` (named `name`) until `take` gives 1 (it holds, or the verdict is there) or the attempts are used up (0); at
 * 0 of `take` the last attempt's failure goes back, classed by the table of the folder `failures` of data/, and `again`
 * says what is wanted next. */
struct model_loop {
	json_t *schema;
	const char *name, *failures, *again;
	int (*take)(struct writing *writing, json_t *value, struct error *err);
};
int trace_model_loop(struct writing *writing, const struct model_loop *loop, struct error *err);
/* The model says itself that this machine cannot show it. Gives 1. */
int trace_model_cannot(struct trace *trace, const char *reason);
/* What ran before is over: the next one starts from nothing. */
void trace_model_clear(struct trace *trace);

extern const struct agent_tool trace_tools[];
extern const size_t trace_tool_count;
/* The machine that the program is for: kernel, bpftrace, syntax, probes, examples. */
void trace_model_facts(struct model_tools *tools, const struct trace_request *request, struct build *out);
/* Called by the agent when the model wants a tool that there is not. */
void trace_model_refused(void *context, const char *tool);
