/* Inside the report: its blocks, and what the renderers share. Not for other folders. */
#pragma once
#include "base/arena.h"
#include "base/figure.h"
#include "base/utf8.h"
#include "report/report.h"

struct report_item {
	enum report_block block;
	enum report_mark mark;		 /* REPORT_STATUS */
	char *text, *mend;		 /* heap; as they were said, not yet safe */
	const struct evidence *evidence; /* REPORT_EVIDENCE: borrowed */
	bool page_only, marked;
};
struct report {
	struct evidence_list owned; /* freed with the report */
	VEC(struct report_item) items;
	bool page_only, marked;
	json_t *json;
	bool full; /* see report_full() */
};

/* One bucket of a histogram; an edge that is absent is open. */
struct bucket {
	double min, max; /* inclusive */
	bool has_min, has_max;
	double count;
};
struct bucket bucket_of(const json_t *json);
/* "[4 us, 8 us)", or the bare value when the bucket holds just one. */
void bucket_label(const struct bucket *bucket, const char *unit, struct build *out);
/* "1,234 in all, half below 8 us, 99% below 64 us, largest 33 us": empty for an empty series. `percentiles` (of numbers, or
 * NULL) stand instead of half and 99%; a series may have "average", "min" and "max" beside its "buckets". */
void buckets_summary(const json_t *series, const json_t *percentiles, const char *unit, struct build *out);

/* A table or event list, formatted: every cell is safe text. Lives in `arena`. */
struct cell {
	const char *text, *unit; /* unit: of numbers that scale; never NULL */
	size_t text_columns, unit_columns;
};
struct column {
	const char *name; /* safe */
	const char *unit; /* as given; "" when none */
	bool key, share, number;
	int decimals;	  /* of the time of events, which is not scaled; else 0 */
	bool derived;	  /* the share of the column before it */
	double total;	  /* of which a share is the part */
	size_t text_columns, unit_columns, width;
};
struct grid {
	struct column *columns;
	struct cell *cells; /* rows * width */
	double *bars;	    /* a part of 1 for each row, or NULL when no column suits */
	size_t width, rows, total_rows;
};
void grid_of(const struct evidence *evidence, size_t most_rows, struct arena *arena, struct grid *grid);
/* The keys of a series or stack as one line: "dd, read". */
void key_line(const json_t *key, struct build *out);

/* The text renderers: each ends its last line. */
struct paint {
	struct build *out;
	const struct report_look *look;
	bool full;
};
enum tint { TINT_TITLE, TINT_FAINT, TINT_BAR, TINT_NOTE, TINT_GOOD, TINT_BAD };
void paint_tinted(const struct paint *paint, enum tint tint, struct text t);
void paint_pad(const struct paint *paint, size_t columns);
/* Safe text within `columns` (0: whole), cut in the middle with an ellipsis. Gives the columns used. */
size_t paint_cut(const struct paint *paint, struct text safe, size_t columns);
void paint_note(const struct paint *paint, const char *format, ...) PRINTF(2, 3);
void paint_table(const struct paint *paint, const struct evidence *evidence);
void paint_histogram(const struct paint *paint, const struct evidence *evidence);
void paint_stacks(const struct paint *paint, const struct evidence *evidence);

enum { TEXT_INDENT = 2, TABLE_ROWS = 40 };
