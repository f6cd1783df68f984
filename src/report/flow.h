/* A model's words on a terminal, as they come: wrapped between words, and what Markdown is common in answers made visible. */
#pragma once
#include "report/report.h"

/* Zero-initialise, then set what it is for; width and marks may change between pieces. */
struct flow {
	unsigned width; /* columns; 0: lines are as long as they come */
	bool marks;	/* **bold**, `code`, fences, headings and lists are shown as such; else as they were written */
	/* Its own. */
	struct build held; /* safe text of this line that is not decided yet */
	struct build word; /* until it is whole, with the bytes that switch its look */
	size_t column, hang; /* where it stands, and where wrapped lines begin */
	bool begun, heading; /* the line at hand */
	char fence;	     /* '`' or '~' within a fenced block; else NUL */
	size_t fence_len;
};
/* Writes what can be shown of `foreign`, made safe: nothing in it acts on the terminal. Whole characters only. */
void flow_add(struct flow *flow, struct text foreign, struct build *out);
/* All that is held back, and the end of the last line, if it has none. */
void flow_end(struct flow *flow, struct build *out);
void flow_done(struct flow *flow);
/* Markdown: how many of `c` a text begins with; and where behind `from` a run of exactly `len` of it closes (t.len: nowhere). */
size_t mark_run(struct text t, char c);
size_t mark_closing(struct text t, size_t from, char c, size_t len);
