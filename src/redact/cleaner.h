/* What the parts of a redactor share: the windows that are cleaned one after another. */
#pragma once
#include "redact/classes.h"
#include "redact/finder.h"
#include "redact/matcher.h"
#include "redact/names.h"
#include "redact/unescape.h"

enum {
	REDACT_WINDOW = 1 << 22,  /* cleaned at once */
	REDACT_AROUND = 64 << 10, /* looked at before and behind it: the longest secret that is found whole */
};

/* What tells of a place: the rule that is asked there, and how. */
struct teller {
	unsigned rule;
	bool form, run;
	size_t reach;
};
struct seen;
struct redactor {
	struct rules rules;
	struct matcher *matcher;
	struct finder *finder; /* the rules' finds, then the trial of the engine */
	size_t shared;	       /* how many of rules.finds are its; the rest are names of this machine */
	struct classes *classes;
	struct teller *tellers; /* in the order of classes_hit's numbers */
	unsigned placeholders;	/* which of them is the placeholders' own */
	struct seen *seen;	/* values of forms that were judged before */
	struct names names;
	size_t lines;	       /* ended so far */
	bool portable;
	/* Of the window at hand: */
	struct text window;
	size_t *next; /* for each find: where its next match may start */
	VEC(struct span) spans, merged;
	size_t joined, at_span; /* while the sweeper looks: how many spans are known, and the one it is at */
	VEC(struct span) literals; /* placeholders that stand in the text */
	struct unescaped unescaped;
	bool escaped;		   /* the window at hand is that */
	struct error *err;
	size_t counted; /* up to where its lines are counted */
	/* This machine's names, and known values, looked for where no words around them tell what they are: */
	struct finder *sweeper;
	VEC(struct swept {
		struct text value; /* from the arena of the rules */
		unsigned rule;
	}) swept;
	size_t sweeping;  /* how many of them the sweeper knows */
	uint64_t *judged; /* hashes of values that were judged already whether to sweep them; 0: free */
	size_t judged_count;
};

/* For the examples: without the names of this machine, with the examples. */
struct redactor *redactor_open(const struct redact_options *options, bool examples, struct error *err);
void redactor_forget(struct redactor *redactor); /* the map is empty again */
/* Cleans window[start .. *stop) into `out`, seeing what stands around it. A secret that crosses `stop` is
 * replaced whole, and *stop moves behind it. */
int window_clean(struct redactor *redactor, struct text window, size_t start, size_t *stop, struct build *out,
		 struct error *err);
/* Adds spans of values that are known already, and remembers the new ones. */
int window_sweep(struct redactor *redactor, struct error *err);
finder_hit swept_hit;
int sweeper_make(struct redactor *redactor, struct error *err); /* anew, with all that is to be swept */
void sweeper_drop(struct redactor *redactor);
/* Secrets of `rule` that begin in `from` .. `to` become spans; `find` numbers who found them, in this pass. */
int window_confirm(struct redactor *redactor, unsigned rule, size_t find, size_t from, size_t to);
/* The same for what the form of a rule finds around `at`. */
int window_form(struct redactor *redactor, unsigned rule, size_t find, size_t at);
/* Whether the span, whose form is right, is a secret: 1, 0, or < 0. What repeats is judged once. */
int seen_judge(struct redactor *redactor, struct span *span);
void seen_drop(struct redactor *redactor);
/* Sorts the spans from `middle` on, and joins them with the sorted ones before: where two overlap, the better rank
 * gives the name. */
void spans_join(struct redactor *redactor, size_t middle);
int span_order(const void *one, const void *two); /* for qsort(): by where they start, the longer first */
/* Where to end a window that may not be longer than `most`: behind a line, when there is one. */
size_t window_end(struct text text, size_t start, size_t most);
