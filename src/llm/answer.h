/* What came back from a model: text, reasoning apart from it, tool calls, usage, and how it ended. */
#pragma once
#include "base/json.h"
#include "base/vec.h"

enum answer_end {
	ANSWER_FAILED,	  /* `error` says why; what came before is kept */
	ANSWER_STOP,	  /* the model had said all */
	ANSWER_TOOLS,	  /* it waits for the results of `calls` */
	ANSWER_LENGTH,	  /* cut at the limit of tokens */
	ANSWER_FILTERED,  /* the provider's filter stopped it */
	ANSWER_REFUSED,	  /* the model declined; its words are in `text` */
	ANSWER_CANCELLED, /* by llm_cancel() */
	ANSWER_BROKEN,	  /* the stream ended early, after text had been shown */
	ANSWER_DRY,	  /* nothing was sent: `text` is the exact request */
};

/* Whose fault a failure is; each has its exit code (design: 3, 4, 5, 7). */
enum answer_fault {
	FAULT_NONE,
	FAULT_CONFIG,	/* what was configured does not fit */
	FAULT_AUTH,	/* the key was refused */
	FAULT_RATE,	/* too many requests, or no credit */
	FAULT_REQUEST,	/* the server does not take this request */
	FAULT_SERVER,	/* the server failed, or did not speak the protocol */
	FAULT_NETWORK,	/* it could not be reached */
	FAULT_DEADLINE,
	FAULT_BUDGET,	/* the question is larger than the model's context */
};

/* A tool that the model wants to have called. Strings are owned. */
struct chat_call {
	char *id, *name;
	char *arguments; /* always a JSON object: "{}" when broken */
	char *broken;	 /* NULL, or why its arguments could not be read: tell the model, do not call */
};
void chat_call_done(struct chat_call *call);

struct usage {
	bool known;
	long input;	    /* tokens, the cached ones included */
	long cached;	    /* of the input: read from the provider's cache */
	long cache_written; /* of the input: put there */
	long output;	    /* the reasoning included */
	long reasoning;
	double cost;	    /* US dollars; NAN when the price is not known */
};

struct answer {
	enum answer_end end;
	enum answer_fault fault;
	struct error error;
	struct build text, reasoning;
	VEC(struct chat_call) calls;
	json_t *value;		/* with a schema: the answer, which fits it; NULL otherwise */
	json_t *native;		/* the provider's own items, to be sent back verbatim */
	const char *native_of;	/* the protocol they belong to */
	struct usage usage;
	struct usage sent_back; /* what an answer took that was sent back for its form; not in `usage` */
	char model[128];	/* as the server names it */
	VEC(char *) notes;	/* what a person should know: parameters dropped, context cut, retries */
	unsigned attempts;	/* requests sent */
	bool shown;		/* text or reasoning was given to a watcher */
	bool context_cut;	/* the server read less than was sent */
	struct build limits;	/* the server's rate limits, "requests 4999/5000"; may be empty */
};
/* To keep an answer that a callback gave: copy the struct and zero the original. */
void answer_done(struct answer *answer);
void answer_note(struct answer *answer, const char *format, ...) PRINTF(2, 3);
/* Fails once; later failures are ignored. Gives a negative errno. */
int answer_fail(struct answer *answer, enum answer_fault fault, int code, const char *format, ...) PRINTF(4, 5);
int fault_exit_code(enum answer_fault fault);
const char *answer_end_name(enum answer_end end); /* "stop", "tools" … */
#define AUTO_ANSWER AUTO(answer_done) struct answer
