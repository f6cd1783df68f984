/* The offline planner: a question in plain words → a plan, by the vocabulary and the live catalogue. */
#pragma once
#include "kernel/kernel.h"
#include "trace/bind.h"
#include "trace/named.h"
#include "trace/plan.h"
#include "trace/question.h"
#include "trace/target.h"
#include "trace/units.h"

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
};
void planning_done(struct planning *planning);

/* Filters and times that come from the command line, before the words are read. */
struct plan_options {
	long pid;	     /* 0: none */
	const char *process; /* --comm */
	const char *command; /* the file of the program after "--", or NULL */
	const struct way *failed[8]; /* ways of the vocabulary that were tried and did not run; ends with NULL */
};

/* Fills an initialised plan. Deterministic for one machine. A negative errno only for failures of
 * the machine (out of memory, no tracefs); everything about the words is in `planning`. */
int plan_make(const struct vocabulary *vocabulary, struct kernel *kernel, struct text question,
	      const struct plan_options *options, struct plan *plan, struct planning *planning,
	      struct error *err);

/* ---- between the planner's files ---- */

struct spot;
/* Where a measure was asked for. `own`: these words name what is measured ("maximum latency"), or none does ("maximum");
 * else they only imply it ("slowest"), unless the amount comes right after ("largest read latency"). */
struct measure_hit {
	enum measure measure;
	const struct sense *sense;
	size_t at, len;
	bool own;
	const char *after; /* the amount that comes right after, or NULL */
};
/* A linear histogram as it was asked for: in ns or bytes where a unit was said (`kind`), else in that of the value. */
struct linear_wish {
	bool asked, ranged;
	double from, to, step, count; /* step 0 and count 0: not said */
	enum unit_kind kind;
};
/* What the words ask for, before a subject is chosen. */
struct wish {
	struct question question;
	struct plan *plan;
	struct kernel *kernel;
	const struct plan_options *options;
	const struct sense *measures[8]; /* the best hit of each measure, by enum measure */
	VEC(struct measure_hit) hits;	 /* all of them, as they stand */
	struct linear_wish linear;
	const char *measured;		 /* the role that a measure word or mention implies */
	name_list extras;		 /* roles after "with": keys or columns when the way has them */
	VEC(size_t) raw_keys;		 /* tokens after "by" that are no role: perhaps fields */
	VEC(const struct role *) mentions; /* roles named without "by" */
	bool ranked, failed, succeeded;
	bool grouped; /* a key was asked for by "by", "per" … and not only by "which" */
	bool grouped_by; /* by "by", "per", "for each" */
	bool lists; /* the question begins with "print", "list", "trace" …: what it names are columns */
	bool only_slow; /* a histogram only because something is "slow", which may be why one asks and not what */
	bool other_end; /* "to whom", "to where" */
	bool described; /* an amount beside a name is asked of each: "which address and length" */
	bool both_ends; /* "from which to which" */
	bool each; /* "show each …": every occurrence, though a key is named */
	size_t outcome_at, outcome_len; /* the word that said failed or succeeded */
	const struct spot *spot; /* of the way that is tried; NULL before */
	struct wish_ends ends; /* to whom it is done: "who wakes nginx" */
	bool acted_on; /* a process is named to whom it is done, and is the way's `process`: "what preempts mysqld" */
	struct named named;
	const char *missing; /* a sentence, when something is named that this machine does not have */
};
void wish_spread(struct wish *wish);   /* percentiles, "from 0 to 4096 in steps of 128"; before other numbers */
void wish_done(struct wish *wish); /* frees what the calls below have gathered, and its question */
void wish_numbers(struct wish *wish);  /* times, sizes, comparisons, "port 80", "top 5" */
void numbers_spelled(struct question *question); /* numerals.c: "ten seconds" */
void han_rank(struct wish *wish);		 /* "前三名" */
bool time_unit_at(const struct question *question, size_t at);
/* "returned 0", "returns of zero": where that begins. */
bool returned_before(const struct question *question, size_t at, size_t *start);
void wish_keys(struct wish *wish);     /* "by process and file" */
void wish_measures(struct wish *wish); /* "average", "histogram", failed, per second; after the subject */
void wish_folders(struct wish *wish);  /* "under /var/log"; before the subject */
void wish_names(struct wish *wish);    /* processes, users, files, signals, errors, devices */
/* names_file.c: where the way knows files, "app.ini" is one; and notes on how files were compared. */
void wish_files(struct wish *wish, const struct spot *spot);
void files_tell(struct plan *plan, const struct spot *spot);
struct condition *wish_where(struct wish *wish, const char *role, enum compare compare, const char *text,
			     double number);
/* The number that a name of this type stands for: ENOENT, SIGKILL, root, openat. */
bool number_named(const char *type, struct text name, double *number);
bool name_of_process(struct text name, bool *prefix); /* a running process or an installed program */

/* A subject and how well the words fit it. */
struct candidate {
	const struct subject *subject;
	double score;
};
#define SCORE_LEAST 1.2 /* below this the words say next to nothing of the subject */
/* The subjects that the words could mean, best first (at most `most`), from the vocabulary. */
size_t subjects_rank(const struct question *question, struct candidate *list, size_t most);
/* The same; first without the words of an error ("too many open files"), where others say what fails: `erring`. */
size_t subjects_choose(struct question *question, struct candidate *list, size_t most, bool *erring);
/* exclusion.c: "disk latency, not writes"; whether a phrase speaks of both of a pair ("read write disk"). */
void opposites_leave_out(struct question *question);
bool phrase_has_opposite(const struct phrase *phrase, const char *word);
void subject_use(struct question *question, const struct subject *subject);
/* Which tokens (of at most QUESTION_MOST) the subject's phrases place, and how well. */
#define QUESTION_MOST 512
double subject_score(const struct question *question, const struct subject *subject, bool matched[QUESTION_MOST]);

/* leftover.c: whether words that nothing placed could change the meaning (others are chatter, and said); and what was
 * understood, but is not measured. */
bool unplaced_matters(const struct question *question, const struct subject *chosen, bool guessed);
bool asks_beyond(const struct question *question, bool kept /* what is not given back is measured */, struct build *why);

/* Where a plan's subject comes from: one entry of the vocabulary, several that the question joins with "and", or
 * (none) what the question names as it is spelled. */
enum { UNION_MOST = 4 };
struct origin {
	const struct subject *parts[UNION_MOST];
	size_t count;
	bool exact; /* with count 0: only a name as it is spelled */
	bool erring; /* the words of an error do not say what */
	bool guessed; /* no words say what: only what is named tells it */
};
/* Adds to `origin`, which holds the best subject, those that "and" joins to it: "opens and closes". */
void subjects_join(const struct question *question, struct origin *origin);
/* One subject of all parts, in the plan's arena. NULL: this machine cannot show one of them, or they cannot be
 * measured together; `why` says so. */
const struct subject *subject_unite(struct wish *wish, const struct origin *origin, struct build *why);
/* A subject made for this question: a tracepoint, a system call or a function named in it. NULL when
 * nothing fits. `exact`: only what is named as it is spelled. `why` gets a reason for a near miss. */
const struct subject *subject_direct(struct wish *wish, bool exact, struct build *why);
