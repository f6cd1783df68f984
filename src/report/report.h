/* A report: what a command has to say, written once, rendered as terminal text, JSON or HTML.
 * A command fills one report; the door chooses the renderer. */
#pragma once
#include "evidence/evidence.h"

enum report_block {
	REPORT_HEADING,	  /* text */
	REPORT_PARAGRAPH, /* text: wrapped to the width; [1] cites evidence 1 */
	REPORT_NOTE,	  /* text: a caveat (lost events, cut output), shown so that it is seen */
	REPORT_LIST,	  /* text: one item; consecutive items form one list */
	REPORT_CODE,	  /* text: a program or command, verbatim (made safe), never wrapped */
	REPORT_EVIDENCE,  /* evidence: table, histogram, stacks or events */
	REPORT_STATUS,	  /* a line of a check list: mark ok|warn|bad, text, and a command that mends it */
	REPORT_EXACT,	  /* text: as CODE, but from the first column on, so that a pipe gets its very bytes */
};
enum report_mark { REPORT_OK, REPORT_WARN, REPORT_BAD };

struct report;
struct report *report_new(void);
void report_free(struct report *report);

/* The object that --json prints (borrowed, owned by the report): commands set keys in it. */
json_t *report_json(struct report *report);

/* Formats text; foreign parts need no care: every renderer makes text safe for where it goes. */
void report_say(struct report *report, enum report_block block, const char *format, ...) PRINTF(3, 4);
/* `evidence` must outlive the report, unless the report owns its list. */
void report_show(struct report *report, const struct evidence *evidence);
/* What is said while this is on went over the screen as it came: the page shows it, the text and what is saved do not. */
void report_page_only(struct report *report, bool on);
/* What is said while this is on are a model's words: on a page, and on a terminal with colours, their Markdown is shown as such. */
void report_marked(struct report *report, bool on);
/* Every histogram is drawn; else, of more than a few, each is one line of figures. */
void report_full(struct report *report);
/* The report takes the list over and frees it at its end; the caller's is empty after. */
void report_own(struct report *report, struct evidence_list *list);
/* `mend` is a command that a person can paste, or NULL. */
void report_status(struct report *report, enum report_mark mark, const char *mend, const char *format, ...)
	PRINTF(4, 5);

/* What was said and shown, as [{"block": "note", "text"?, "mark"?, "mend"?, "evidence"?}]; new reference. */
json_t *report_save(const struct report *report);
/* Says it again: appends the blocks of report_save(), which may come from a foreign file, with their evidence. */
int report_load(struct report *report, const json_t *saved, struct error *err);

struct report_look {
	unsigned width; /* columns; 0: do not wrap or cut (a pipe) */
	bool colour;	/* a terminal, and no NO_COLOR */
	unsigned rows;	/* of a table, at the most; 0: 40 */
};
struct report_look report_look_of(int fd);

/* Terminal or plain text into `out`. Tables line up (wide characters too), numbers are scaled with
 * their unit ("1.4 MiB", "3.2 ms"), histograms are bars, stacks are indented with their share. */
void report_text(const struct report *report, const struct report_look *look, struct build *out);
/* One self-contained HTML page: no network, no external file; bar charts, histograms, heat map and
 * flame graph with zoom, pan and search, as inline script and SVG or canvas. */
void report_html(const struct report *report, const char *title, struct build *out);

/* A number with its unit as people read it: (1536, "bytes") is "1.5 KiB"; (1500, "us") is "1.5 ms";
 * a unit that is only a noun is kept: "1,204 calls". */
void report_number(double value, const char *unit, struct build *out);
