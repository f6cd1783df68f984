/* What a run measured: maps and events, decoded, summed, sorted; the `result` of the JSON contract. */
#pragma once
#include "evidence/evidence.h"
#include "trace/run/events.h"
#include "trace/plan/plan.h"
#include "trace/write/program.h"

#define USER_CODE "(user code)"
/* Whether an empty kernel stack means that the program itself ran: its own stack was not asked for. */
bool result_in_user_code(const struct plan *plan, const json_t *stack);

struct result {
	const struct plan *plan;
	const struct program *program;
	json_t *rows;	   /* of the map: [{"key": […], "value": n}] or with "buckets", or stats;
			    * with others beside it also "min", "max", "average" … */
	json_t *shot;	   /* rows of the snapshot that is being read */
	json_t *early;	   /* of keys that a map beside has, and the program's own has not yet */
	json_t *prints[5]; /* the last print of the program's map and of those beside it; NULL: none */
	json_t *intervals; /* [{"time": s, "maps": […]}] */
	json_t *events;	   /* [{"time": s, role: value}] */
	unsigned long event_count; /* seen, kept or not */
	size_t event_bytes; /* kept so far */
	unsigned long events_most; /* keep no more than this; 0: the built-in ceiling */
	bool full;	   /* the output ceiling was reached: later events are counted, not kept */
	double first_time; /* of the tracer's clock, seconds; -1: no event yet */
	double total;	   /* of all values, when they add up: of rates the sum of rates */
	double amount;	   /* the same, never a rate */
	double seconds;	   /* how long it was watched; 0: not over yet */
	size_t rows_seen;  /* before the plan's "top N" was applied */
	struct build text; /* what a program of others printed itself */
	char other[64];	   /* a map that was printed and is not the program's */
	char misfit[200];  /* how what was printed is not of the form that the program describes; "": it fits, or nothing came */
};
void result_init(struct result *result, const struct plan *plan, const struct program *program);
void result_done(struct result *result);
/* Takes one event of the tracer. Gives the new event's object (borrowed) or NULL. */
const json_t *result_take(struct result *result, const struct event *event, double elapsed);
/* Whether addresses of programs are among its columns. */
bool program_names_user_code(const struct program *program);
/* Frames and functions that the tracer could not name, as their processes were gone: `name` gives what the address was. */
void result_rename(struct result *result, bool (*name)(void *context, unsigned long long address, struct build *out),
		   void *context);
/* After the run: sums intervals, sorts rows, applies rates. `seconds` is how long it was watched. */
void result_finish(struct result *result, double seconds);
/* Sorts and totals the rows, applies rates and the plan's "top N". */
void result_order(struct result *result, double seconds);
/* What is known so far, as result_finish() would leave it: `view` owns nothing but its rows, which the caller drops. */
void result_view(const struct result *result, const json_t *rows, double seconds, struct result *view);
/* Whether its values add up to a total: counts and sums. */
bool result_adds(const struct result *result);
bool result_empty(const struct result *result);
/* {"maps": […], "intervals"?: […], "events": […]}; new reference. */
json_t *result_json(const struct result *result);
/* As evidence to show: table, histogram, stacks or events. The list owns it. */
struct evidence *result_evidence(const struct result *result, const struct vocabulary *vocabulary,
				 struct evidence_list *list);
const char *result_kind(const struct result *result); /* "count", "sum", "stats", "histogram", "value" */
const char *result_unit(const struct result *result); /* "bytes", "opens/s" */

/* How many occurrences a row's buckets hold. */
double result_count(const json_t *row);
/* What this part of all occurrences of the rows (or of `only` one of them) is at most, in the unit of the buckets;
 * *ended false: more than that, as the last bucket has no end. */
double result_quantile(const json_t *rows, const json_t *only, double part, bool *ended);

/* ---- between result.c, rows.c and shown.c ---- */

void result_misfit(struct result *result); /* of what was printed in all: nothing that was described */

/* What was printed until now is over: the maps were cleared, or it ended. */
void shot_add(struct result *result);
void rows_sort(json_t *rows);	   /* largest first */
void rows_left(json_t *rows);	   /* takes out those of which all was given back, unless that holds of all */
bool row_whole(const json_t *row); /* it has a value of its own, and not only of a map beside */
/* Rows of one key become one: decoding may map two raw keys to one name, and several maps tell of one key. */
void rows_merge(const struct result *result, json_t *into, const json_t *from);
/* Adds the counts of buckets to those of a list, which stays in their order. */
void buckets_add(json_t *into, const json_t *from);
json_t *number_json(double value); /* whole numbers as such */
