/* What the words of a question ask for, before and while a subject is tried: between the planner's files. */
#pragma once
#include "kernel/kernel.h"
#include "trace/plan/bind.h"
#include "trace/direct/named.h"
#include "trace/plan/plan.h"
#include "trace/words/question.h"
#include "trace/names/target.h"
#include "trace/words/units.h"

struct plan_options;
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
	bool fields_only; /* the keys are fields that stand somewhere, and none was asked for as such */
	bool grouped; /* a key was asked for by "by", "per" … and not only by "which" */
	bool grouped_by; /* by "by", "per", "for each" */
	bool lists; /* the question begins with "print", "list", "trace" …: what it names are columns */
	bool only_slow; /* a histogram only because something is "slow", which may be why one asks and not what */
	bool started; /* "who starts nginx": who does it is the parent of what bears the name */
	bool other_end; /* "to whom", "to where" */
	bool contained; /* "inside containers" */
	bool into; /* "and what they change it to" */
	bool measured_with; /* an amount is only what goes with each: "kills with their size" */
	size_t compared; /* the noun that is compared with a size, or 0: "write sizes over 1 MiB" */
	bool described; /* an amount beside a name is asked of each: "which address and length" */
	bool both_ends; /* "from which to which" */
	bool each; /* "show each …": every occurrence, though a key is named */
	size_t outcome_at, outcome_len; /* the word that said failed or succeeded */
	const struct spot *spot; /* of the way that is tried; NULL before */
	struct wish_ends ends; /* to whom it is done: "who wakes nginx" */
	size_t parents_end; /* where the last name ended that is of a parent */
	bool acted_on; /* a process is named to whom it is done, and is the way's `process`: "what preempts mysqld" */
	struct named named;
	const char *calling; /* "the nightly cleanup script": what is told of, and names no process; or NULL */
	const char *missing; /* a sentence, when something is named that this machine does not have */
};
void key_wish(struct wish *wish, const struct role *role);
size_t keys_from(struct wish *wish, size_t at); /* the roles from `at` on; gives the tokens taken */
bool han_mention(const struct question *q, const struct role *role); /* chinese.c: a word of Chinese for it, and no subject's */
void han_keys(struct wish *wish); /* chinese.c: "把命令行也带上", "来源 IP 是什么" */
bool between_read(struct wish *wish, size_t at); /* between.c: of the number at `at` */
bool exit_number(const struct question *question, size_t at); /* between.c: "exits with 137" */
size_t parent_before(const struct question *question, size_t at); /* between.c: where "children of" begins that leads to it, or `at` */
void wish_spread(struct wish *wish);   /* percentiles, "from 0 to 4096 in steps of 128"; before other numbers */
void wish_done(struct wish *wish); /* frees what the calls below have gathered, and its question */
void wish_numbers(struct wish *wish);  /* times, sizes, comparisons, "port 80", "top 5" */
/* times.c: "for a minute"; whether the time at `at`, with its unit until `end`, is none that is to be watched. */
void durations_of_one(struct wish *wish);
bool no_duration(const struct question *q, size_t cue, size_t at, size_t end, double ns);
/* flow.c: "connects to redis on 6379": a port, though nothing says so. */
bool port_bare(const struct question *question, size_t at);
bool rate_told(const struct question *question, size_t at); /* "it freezes twice a minute, so …" */
void numbers_rest(struct wish *wish);  /* those that nothing has placed yet */
/* compose/field.c: "negative", "nonzero": a condition on what follows. */
bool sign_word(const struct question *question, size_t at);
/* Whether a word that may be a field is compared with the number; the comparison begins at `start`. */
bool field_compared(const struct question *question, size_t start, size_t number);
void numbers_spelled(struct question *question); /* numerals.c: "ten seconds" */
bool amount_of_noun(const struct question *question, size_t at); /* numerals.c: "the ten files that …" */
bool ranked_later(const struct question *question, size_t at); /* "10 files with the largest total" */
void han_rank(struct wish *wish);		 /* "前三名" */
bool time_unit_at(const struct question *question, size_t at);
/* "returned 0", "returns of zero": where that begins. */
bool returned_before(const struct question *question, size_t at, size_t *start);
void goes_where(struct wish *wish); /* around/flow.c: "where does pgbouncer connect to": the other end; first of the keys */
void wish_keys(struct wish *wish);     /* "by process and file" */
/* "by file_name", "by remote_port": a role whose words are joined; a key where the way has it. */
void role_spelled(struct wish *wish, size_t at, const struct spot *spot);
void wish_measures(struct wish *wish); /* "average", "histogram", failed, per second; after the subject */
/* lines.c: whether a line for each is asked for, softly ("print …": unless an amount is); and the tokens at `at` that
 * say so whatever else is asked ("show each", "每删一个就"), or 0. */
bool lines_asked(const struct question *question);
bool no_measure(const struct question *question, size_t at, size_t len);
/* "tell me how big they are", "看看读有多大": asks for an amount, and for no lines. */
bool order_asks(const struct question *q, size_t at);
size_t each_said(const struct question *question, size_t at);
/* Whether words say that something fails: "failed", "cannot". */
bool failure_said(const struct question *question);
bool superlative(const struct question *q, size_t at);
void wish_folders(struct wish *wish);  /* "under /var/log"; before the subject */
void wish_names(struct wish *wish);    /* processes, users, files, signals, errors, devices */
/* names/file.c: where the way knows files, "app.ini" is one; and notes on how files were compared. */
void wish_files(struct wish *wish, const struct spot *spot);
void wish_hosts(struct wish *wish, const struct spot *spot); /* file.c: likewise where it knows hosts: "api.example.com" */
void files_tell(struct plan *plan, const struct spot *spot);
/* Whether the words of a comparison (from `at` to `end`) let the bound itself in: "at least", "不超过". */
bool bound_included(const struct question *q, size_t at, size_t end);
struct condition *wish_where(struct wish *wish, const char *role, enum compare compare, const char *text,
			     double number);
