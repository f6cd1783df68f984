/* Evidence: one observed fact, with its number and where, when and by what command it came to be.
 * The data of every kind is JSON, so saving, loading and rendering share one form. */
#pragma once
#include "base/json.h"
#include "base/vec.h"

enum evidence_kind { EVIDENCE_TEXT, EVIDENCE_TABLE, EVIDENCE_HISTOGRAM, EVIDENCE_STACKS, EVIDENCE_EVENTS };

/* `data` by kind. A cell is a string, a number, or null. Numbers are in the column's unit.
 * text       {"text": "…"}
 * table      {"columns": [{"name": "process", "unit": "bytes"?, "key": true?, "share": true?, "total": N?}],
 *             "rows": [[cell, …]], "total_rows": N?}   rows are sorted as they shall be shown; N is before
 *             cutting. "share": the values add up (counts, sums; no averages), so each is shown with its part
 *             of "total"; without "total" that is the sum of the rows, and no share is shown when rows were cut
 * histogram  {"unit": "us", "keys": ["process"], "series": [{"key": ["dd"], "buckets":
 *             [{"min": 4, "max": 7, "count": 12}]}]}   min/max inclusive; either may be absent (open)
 *             may hold, for a heat map, beside "series": "over_time": [{"time": 1.0, "buckets": […]}],
 *             the buckets of the interval that ended "time" seconds after the start
 * stacks     {"unit": "samples", "keys": ["process"], "stacks": [{"key": ["dd"], "frames":
 *             ["leaf", …, "root"], "value": 12}]}      leaf first, as the kernel gives them;
 *             stacks are sorted, largest first
 * events     {"columns": […as table…], "rows": […], "total_rows": N?}   first column is "time" in s */
struct evidence {
	unsigned number; /* from 1, in the order of observation; answers cite it as [1] */
	enum evidence_kind kind;
	char *title;   /* "page faults by process" */
	char *command; /* what was run to see it, one line */
	double began, seconds; /* Unix time, and how long it was watched; 0: not known */
	json_t *data;
};

struct evidence_list {
	VEC(struct evidence *) items;
};

/* Takes over the reference to `data`; copies the strings (which may be NULL). Never fails. The item
 * belongs to the list. */
struct evidence *evidence_add(struct evidence_list *list, enum evidence_kind kind, const char *title,
			      json_t *data);
/* A column of a table or of events, as `data` holds it: {"name", "unit"?, "key"?}; new reference. `unit` may be NULL. */
json_t *evidence_column(const char *name, const char *unit, bool key);
void evidence_command(struct evidence *evidence, const char *command, double began, double seconds);
void evidence_list_done(struct evidence_list *list);
const char *evidence_kind_name(enum evidence_kind kind); /* "table" */

/* {"number", "kind", "title", "command", "began", "seconds", "data"}; new reference. */
json_t *evidence_save(const struct evidence *evidence);
/* Checks the form against the description above; foreign files are refused with a reason. */
int evidence_load(struct evidence_list *list, const json_t *saved, struct error *err);
