/* The search for the subject that a question means: candidate by candidate, and way by way of each. */
#pragma once
#include "trace/plan/planner.h"

#define CANDIDATES 8

/* One question, while a subject is looked for that this machine can show. */
struct search {
	const struct vocabulary *vocabulary;
	struct kernel *kernel;
	struct text question;
	const struct plan_options *options;
	struct plan *plan; /* the first that fits */
	struct planning *planning;
	struct wish wish;	/* each attempt reads its own */
	struct build *unplaced; /* of the last attempt */
	struct candidate candidates[CANDIDATES];
	size_t count, first; /* of the candidates the best that is not only told */
	bool guessed, erring;
	bool united;	 /* several subjects as one were among those tried, */
	bool impossible; /* or one that this machine cannot show */
};

enum outcome {
	OUTCOME_FITS,
	OUTCOME_LACKS,	    /* a way is there, but it has no such role */
	OUTCOME_IMPOSSIBLE, /* this machine has none of its ways */
};

/* Reads the words of a question as far as they are the same for any subject; `plan` is initialised. */
void wish_read(struct wish *wish, const struct vocabulary *vocabulary, struct kernel *kernel, struct text question,
	       const struct plan_options *options, struct plan *plan);
/* Tries the ways of one subject until one can show what was asked, which is then the search's plan. `why` gets the first reason
 * why one cannot, where it is empty; `unplaced` the words that nothing took, of one that can. */
enum outcome subject_try(struct search *search, const struct subject *subject, const struct origin *origin, struct build *why,
			 struct build *unplaced);
