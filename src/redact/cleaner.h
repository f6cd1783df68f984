/* What the parts of a redactor share: the windows that are cleaned one after another. */
#pragma once
#include "redact/finder.h"
#include "redact/matcher.h"
#include "redact/names.h"

enum {
	REDACT_WINDOW = 4 << 20,  /* cleaned at once */
	REDACT_AROUND = 64 << 10, /* looked at before and behind it: the longest secret that is found whole */
};

struct redactor {
	struct rules rules;
	struct matcher *matcher;
	struct finder *finder; /* the rules' finds, then the placeholders' own */
	struct finder *own;    /* of names of this machine; not cached */
	size_t shared;	       /* how many of rules.finds are the first finder's */
	struct names names;
	size_t lines;	       /* ended so far */
	bool portable;
	/* Of the window at hand: */
	struct text window;
	size_t *next; /* for each rule: where its next match may start */
	VEC(struct span) spans;
	VEC(struct span) literals; /* placeholders that stand in the text */
	struct error *err;
	/* Known values, looked for where no words around them tell what they are: */
	struct finder *sweeper;
	VEC(struct swept {
		struct text value; /* from the arena of the rules */
		unsigned rule;
	}) swept;
	size_t sweeping; /* how many of them the sweeper knows */
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
/* Sorts spans and joins those that overlap: the better rank gives the name. */
void spans_join(struct redactor *redactor);
/* Where to end a window that may not be longer than `most`: behind a line, when there is one. */
size_t window_end(struct text text, size_t start, size_t most);
