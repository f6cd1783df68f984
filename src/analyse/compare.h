/* Comparing what was seen at two times: the same measurement, row by row, side by side. A pure function of evidence. */
#pragma once
#include "evidence/evidence.h"

struct comparison {
	size_t changed, same; /* rows that both have */
	size_t fresh, gone;   /* rows of one alone */
	size_t unlike;	      /* evidence without a counterpart of its kind and columns: not compared */
};
/* Pairs evidence by its order, and appends a table for each pair to `out`: the keys, then for each measure what it was,
 * what it is, the change in its unit and in %. Largest change first; null where a row was not there. Histograms are
 * compared bucket by bucket, stacks by their frames, events and texts by how many lines there were. */
void evidence_compare(const struct evidence_list *before, const struct evidence_list *after, struct evidence_list *out,
		      struct comparison *sum);
