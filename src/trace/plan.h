/* A plan: what shall be watched, measured and shown, before any program is written. */
#pragma once
#include "base/json.h"
#include "trace/vocabulary.h"

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

struct plan {
	struct arena *arena; /* owns every string that is not the vocabulary's */
	const char *question;
	const struct subject *subject; /* of the vocabulary, or made for this question in the arena */
	size_t way;		       /* the first way to try */
	enum measure measure;
	const char *value;	       /* the role that is measured, or NULL */
	name_list by, show;	       /* roles */
	VEC(struct condition) where;
	bool per_second;
	double interval;	       /* seconds between shots; 0: one total */
	double seconds;		       /* how long; 0: the default */
	long hz, top, events;	       /* sampling rate; rows to show; events to stop after; 0: default */
	name_list notes;	       /* what the person should know of how the words were taken */
};

void plan_init(struct plan *plan);
void plan_done(struct plan *plan);
/* {"subject", "what", "measure", "value", "by", "where", "show"}; new reference. */
json_t *plan_json(const struct plan *plan);
/* One line for people: "count of page faults, by process, where pid is 12". */
void plan_words(const struct plan *plan, const struct vocabulary *vocabulary, struct build *out);
