/* A plan: what shall be watched, measured and shown, before any program is written. */
#pragma once
#include "base/json.h"
#include "trace/vocabulary/vocabulary.h"

enum compare { COMPARE_EQUAL, COMPARE_NOT, COMPARE_GREATER, COMPARE_AT_LEAST, COMPARE_LESS, COMPARE_AT_MOST,
	       COMPARE_PREFIX, COMPARE_NOT_PREFIX, COMPARE_TREE };
const char *compare_sign(enum compare compare); /* "==" */

/* One condition. Several on one role join with "or", different roles with "and". */
struct condition {
	const char *role;
	enum compare compare;
	const char *text; /* a name or path; NULL: a number */
	double number;	  /* in the base unit of the role: bytes, ns */
};

/* Buckets of one size, in the base unit of what is measured. */
struct linear {
	double from, to, step; /* step 0: powers of two */
};

struct plan {
	struct arena *arena; /* owns every string that is not the vocabulary's */
	const char *question;
	const struct subject *subject; /* of the vocabulary, or made for this question in the arena */
	size_t way;		       /* the first way to try */
	enum measure measure;
	const char *value;	       /* the role that is measured, or NULL */
	unsigned also;		       /* other statistics of it that are kept beside: bits 1 << MEASURE_COUNT, _AVG, _MIN, _MAX */
	VEC(double) percentiles;       /* that were asked for, rising: 50, 99.9; of a histogram */
	struct linear linear;	       /* of a histogram */
	name_list by, show;	       /* roles */
	VEC(struct condition) where;
	bool per_second;	       /* values are rates */
	double rate_span;	       /* seconds of the time that the rate is of: 60 for "per minute"; 0: one */
	bool rate;		       /* a rate was asked for: beside each amount it is told, or told instead */
	double interval;	       /* seconds between shots; 0: one total */
	double seconds;		       /* how long; 0: the default */
	long hz, top, events;	       /* sampling rate; rows to show; events to stop after; 0: default */
	const char *words;	       /* what each word of the question was taken for; NULL: it was not asked in words */
	name_list notes;	       /* what the person should know of how the words were taken */
};

void plan_init(struct plan *plan);
void plan_done(struct plan *plan);
/* Whether that statistic is kept beside the plan's measure. */
bool plan_also(const struct plan *plan, enum measure measure);
/* What rates are of: 1, 60, 3600 or 86400 seconds, and how that is called: "second"; short: "s". */
double plan_rate_span(const struct plan *plan);
const char *plan_rate_unit(const struct plan *plan, bool brief);
/* {"subject", "what", "measure", "value", "also"?, "percentiles"?, "linear"?, "by", "where", "show"}; new reference. */
json_t *plan_json(const struct plan *plan);
/* One line for people: "count of page faults, by process, where pid is 12". */
void plan_words(const struct plan *plan, const struct vocabulary *vocabulary, struct build *out);
/* What a role is called in this plan: the time that a sleep takes is its duration, not its latency. */
const char *plan_noun(const struct plan *plan, const struct vocabulary *vocabulary, const char *role);
/* A condition's value as people read it: "1 ms", "nginx". */
void plan_condition_value(const struct condition *condition, const struct vocabulary *vocabulary, struct build *out);
