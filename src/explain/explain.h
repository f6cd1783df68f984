/* What a tracing program, or the output of one, does and shows: read, told in sentences, held against this machine.
 * Nothing of what is explained is ever run. */
#pragma once
#include "evidence/evidence.h"
#include "kernel/kernel.h"
#include "trace/write/dialect.h"
#include "trace/script/script.h"
#include "trace/vocabulary/vocabulary.h"

#define EXPLAIN_MOST ((size_t)4 << 20) /* bytes of text; of an object file 16 times as much */

enum explain_kind {
	EXPLAIN_BPFTRACE,
	EXPLAIN_BCC,
	EXPLAIN_LIBBPF, /* C for libbpf */
	EXPLAIN_OBJECT, /* the same, compiled */
	EXPLAIN_OUTPUT,
};

enum reach {
	REACH_YES,
	REACH_NO,      /* it cannot be attached here: `why` */
	REACH_UNKNOWN, /* that could not be found out: `why` */
};
/* One probe of the program. Strings live as long as the explanation. */
struct watch {
	const char *name; /* as the program spells it */
	const char *counts; /* the probe that bpftrace counts in its place; NULL: none */
	const char *lead, *thing, *tail; /* "a program calls", "fsync()", ""; probes of one lead and tail are told together */
	unsigned line;
	enum reach reach;
	const char *why;	    /* one clause, or NULL */
	unsigned matches;	    /* of a wildcard: how many probes it is here */
	const struct subject *subject; /* of the vocabulary, which watches the same; or NULL */
	const struct way *way;
	double rate;		    /* a second, by its definition: timers; -1: it must be measured */
	double count, seconds;	    /* as measured; -1: not */
	const char *unmeasured;	    /* why not, one clause; NULL: measured, or not asked for */
};
/* One block or function: when it runs, and what it does then. */
struct step {
	unsigned line;
	const char *name; /* of a C function; or NULL */
	size_t first, count; /* of the watches */
	const char *filter;  /* words, or NULL */
	VEC(const char *) does;
	VEC(unsigned) lines; /* of each of `does` */
};
/* A map: what it holds, and where it shows. */
struct store {
	const char *name, *holds, *keys, *shown, *unit; /* keys, unit: or NULL */
	const char *brief; /* of a plain assignment: what it keeps, in words; or NULL */
	unsigned line;
	/* as the survey of a bpftrace program finds it */
	const struct node *key; /* its first use with keys */
	const char *measure;    /* "count", "hist" …; "value" of a plain assignment, "counter" of ++ */
	const struct node *value;
	unsigned deleted, cleared, printed, read, ended; /* lines, 0: never; ended: cleared or shown in END */
	bool time, filtered, fixed; /* holds a time; is in a filter; holds just literals, under literals */
	size_t step; /* where it is first put into */
};
enum risk_level { RISK_NOTE, RISK_WARNING, RISK_DANGER };
struct risk {
	enum risk_level level;
	unsigned line; /* 0: of the whole */
	const char *text; /* a sentence */
};

/* Zero-initialise; explanation_done() frees it. */
struct explanation {
	struct arena *arena;
	struct kernel *kernel;
	struct vocabulary *vocabulary; /* NULL: it could not be read */
	enum explain_kind kind;
	const char *what;  /* "a bpftrace program" */
	const char *title; /* its own first words, or NULL; foreign text */
	VEC(struct watch) watches;
	VEC(struct step) steps;
	VEC(struct store) stores;
	VEC(struct risk) risks;
	VEC(const char *) shows; /* sentences: what is printed, and when */
	const char *stop;	 /* a sentence: how it ends; or NULL */
	struct script script;	 /* of a bpftrace program */
	struct evidence_list evidence; /* of an output: what was read from it */
	void (*number)(double value, const char *unit, struct build *out); /* set by the caller: how numbers are written; or NULL */
	double seconds;		 /* how long was measured; 0: not */
	const char *measuring;	 /* why nothing was measured, or NULL */
};
struct tracer_facts {	 /* what is installed here; both may be NULL */
	const char *bpftrace;
	const struct dialect *dialect;
};

/* Finds out what `text` is and explains it. `name` is the file's, for its ending; may be "-". -EINVAL with one
 * sentence: empty, binary, or of no kind that is known. Text must outlive the explanation. */
int explain_text(struct explanation *explanation, const char *name, struct text text, const struct tracer_facts *facts,
		 struct error *err);
/* Counts the probes that can be attached here, for so many seconds; the program itself does not run. Says in each watch
 * what came of it. -EINTR: Ctrl-C; what was counted until then stays. Other errors are failures of this process. */
int explain_measure(struct explanation *explanation, const struct tracer_facts *facts, double seconds, struct error *err);
/* What the measured rates mean: after explain_measure(). */
void explain_weigh(struct explanation *explanation);
void explanation_done(struct explanation *explanation);
#define AUTO_EXPLANATION AUTO(explanation_done) struct explanation
const char *explain_kind_name(enum explain_kind kind); /* "bpftrace" */
const char *risk_level_name(enum risk_level level);

/* "when a program calls fsync() or fdatasync()" of the watches of a step. */
void step_when(const struct explanation *explanation, const struct step *step, struct build *out);
