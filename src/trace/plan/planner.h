/* The offline planner: a question in plain words → a plan, by the vocabulary and the live catalogue. */
#pragma once
#include "kernel/kernel.h"
#include "trace/plan/bind.h"
#include "trace/plan/plan.h"
#include "trace/words/question.h"
#include "trace/wish/wish.h"

enum plan_verdict {
	PLAN_READY,
	PLAN_CANNOT,  /* understood, but this machine cannot show it: `why` says what is missing */
	PLAN_UNKNOWN, /* not understood: `unplaced` holds the words, `nearest` questions that work */
	PLAN_REFUSED, /* asks to change the machine, which tracing never does */
};
struct planning {
	enum plan_verdict verdict;
	struct build why;
	struct build unplaced; /* the words that could not be placed: 'wal' 'frobnicate' */
	const char *nearest[3]; /* of the vocabulary; NULL: fewer */
	bool starters; /* nothing is near: those are just questions to begin with */
};
void planning_done(struct planning *planning);

/* Filters and times that come from the command line, before the words are read. */
struct plan_options {
	long pid;	     /* 0: none */
	const char *process; /* --comm */
	const char *command; /* the file of the program after "--", or NULL */
	const struct way *failed[8]; /* ways of the vocabulary that were tried and did not run; ends with NULL */
	bool complaints_pass; /* "killing our latency" is passed over: what is asked is something else */
};

/* Fills an initialised plan. Deterministic for one machine. A negative errno only for failures of
 * the machine (out of memory, no tracefs); everything about the words is in `planning`. */
int plan_make(const struct vocabulary *vocabulary, struct kernel *kernel, struct text question,
	      const struct plan_options *options, struct plan *plan, struct planning *planning,
	      struct error *err);

/* ---- between the planner's files ---- */

/* The number that a name of this type stands for: ENOENT, SIGKILL, root, openat. */
bool number_named(const char *type, struct text name, double *number);
bool name_of_process(struct text name, bool *prefix); /* a running process or an installed program */

/* A subject and how well the words fit it. */
struct candidate {
	const struct subject *subject;
	double score;
};
#define SCORE_LEAST 1.2 /* below this the words say next to nothing of the subject */
/* What is meant where no words say what is watched, only what is named; 0 or 1. */
size_t subject_default(const struct wish *wish, struct candidate *list);
/* The subjects that the words could mean, best first (at most `most`), from the vocabulary. */
size_t subjects_rank(const struct question *question, struct candidate *list, size_t most);
/* The same; first without the words of an error ("too many open files"), where others say what fails: `erring`. */
size_t subjects_choose(struct question *question, struct candidate *list, size_t most, bool *erring);
/* exclusion.c: "disk latency, not writes"; whether a phrase speaks of both of a pair ("read write disk"). */
void opposites_leave_out(struct question *question);
bool phrase_has_opposite(const struct vocabulary *vocabulary, const struct phrase *phrase, const char *word);
/* asides.c: passes over what people say around a question ("I cannot tell"); with `complaints` also what they say
 * something does to what ("eating the disk") and in what circumstance ("while I type"), and whether a question says that. */
void asides_pass(struct question *question, bool complaints);
/* correction.c: "by process, I mean by user": what is taken back is no part of the question any more. */
void corrections_apply(struct question *question);
/* planner.c: plan_make() with the whole question and no other. */
int plan_read(const struct vocabulary *vocabulary, struct kernel *kernel, struct text question,
	      const struct plan_options *options, struct plan *plan, struct planning *planning, struct error *err);
/* sentence.c: what a question asks behind whole sentences that only tell, from behind its character `after` on; to be freed.
 * NULL: there are none. */
struct told {
	bool names; /* they name somebody */
	bool who;   /* who does it is asked, so that is not who was named */
};
char *asking_sentences(const struct vocabulary *vocabulary, struct text question, size_t after, struct told *told, struct build *took);
/* preamble.c: what a question asks after a story, from behind its character `after` on; to be freed. NULL: it tells none. */
char *asking_part(const struct vocabulary *vocabulary, struct text question, size_t after, struct build *took);
/* toolnames.c: the question with what a tool that it names shows, to be freed; `took` tells. NULL: it names none. */
char *tools_meant(const struct vocabulary *vocabulary, struct text question, struct build *took);
bool complains(const struct vocabulary *vocabulary, struct text question);
/* nearest.c: up to three questions that work, of the same language. False: none is near, and they are to begin with. */
bool nearest_find(const struct vocabulary *vocabulary, const struct question *question, const char *nearest[3]);
/* elsewhere.c: says what the question names and this machine lacks, where nothing else says why it was not understood. */
void elsewhere_tell(struct wish *wish, struct build *why);
/* "cannot connect": what fails of the subject, where the vocabulary has that apart ("tcp.connect.failed"). */
const struct subject *subject_failing(const struct question *question, const struct subject *subject);
/* "io_uring requests slower than 3 ms": its times, where the vocabulary has them apart ("uring.latency"). */
const struct subject *subject_timed(const struct wish *wish, const struct subject *subject);
/* "commands that take longer than 1 s": how long it lasts, or what else other words beside the subject's mean, where the
 * vocabulary has that as another subject ("sense lifelong", "sense instead"). */
const struct subject *subject_instead(const struct wish *wish, const struct subject *subject);
/* "disk reads by file": whether words that say what a better subject watches would be lost with this one. */
bool fallback_loses(const struct wish *wish, const struct subject *better);
/* Whether only how an error is called, or one of two outcomes that are asked for, speaks for the subject. */
bool subject_beside(const struct question *question, const struct subject *subject);
void subject_use(struct question *question, const struct subject *subject);
/* Which tokens (of at most QUESTION_MOST) the subject's phrases place, and how well. */
#define QUESTION_MOST 512
double subject_score(const struct question *question, const struct subject *subject, bool matched[QUESTION_MOST]);

/* leftover.c: whether words that nothing placed could change the meaning (others are chatter, and said); and what was
 * understood, but is not measured. */
/* "by flavour": a key, whatever it is. */
bool key_left(const struct question *question, size_t at);
bool unplaced_matters(const struct question *question, const struct subject *chosen, bool guessed);
void sides_heed(struct question *question); /* "merged vs issued": such words are no fillers */
bool asks_beyond(const struct question *question, bool kept /* what is not given back is measured */, struct build *why);

/* Where a plan's subject comes from: one entry of the vocabulary, several that the question joins with "and", or
 * (none) what the question names as it is spelled. */
enum { UNION_MOST = 4 };
struct origin {
	const struct subject *parts[UNION_MOST];
	size_t count;
	bool exact;    /* with count 0: only a name as it is spelled */
	bool erring;   /* the words of an error do not say what */
	bool guessed;  /* no words say what: only what is named tells it */
	const struct subject *better; /* of a fallback: that other */
	bool fallback; /* another fits the words better, and cannot be shown */
	const struct subject *whole; /* the words are this one's, and the subject is what fails of it, or its times */
	bool timed;    /* with `whole`: its times */
	bool named;    /* it watches the tracepoint that the question names */
};
/* Adds to `origin`, which holds the best subject, those that "and" joins to it: "opens and closes". */
void subjects_join(const struct question *question, struct origin *origin);
/* One subject of all parts, in the plan's arena. NULL: this machine cannot show one of them, or they cannot be
 * measured together; `why` says so. */
const struct subject *subject_unite(struct wish *wish, const struct origin *origin, struct build *why);
/* A subject made for this question: a tracepoint, a system call or a function named in it. NULL when
 * nothing fits. `exact`: only what is named as it is spelled. `why` gets a reason for a near miss. */
const struct subject *subject_direct(struct wish *wish, bool exact, struct build *why);
