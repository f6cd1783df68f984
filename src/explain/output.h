/* Between the files that read the output of tracing programs. */
#pragma once
#include "explain/internal.h"

/* Names with a weight. */
struct tally_entry {
	struct text name;
	double weight;
};
struct tally {
	VEC(struct tally_entry) items;
	double total;
};
void tally_add(struct tally *tally, struct text name, double weight);
void tally_order(struct tally *tally); /* joins the same names, largest first */
/* "bash 12 (40 %), cat 3 (10 %)": the first few. */
void tally_say(const struct tally *tally, size_t most, struct build *out);

struct output {
	struct explanation *explanation;
	struct text rest;	  /* what is not read yet */
	VEC(struct text) others; /* lines that are of no map or histogram */
	unsigned long lost;
	const char *attached; /* "Attaching 3 probes...", or NULL */
	size_t read;	      /* what was recognised: maps, histograms, tables */
};
void output_shows(struct output *output, const char *format, ...) PRINTF(2, 3);
void output_number(const struct output *output, double value, const char *unit, struct build *out); /* as people read it */
const char *output_unit(struct text name); /* that a map's name tells: "@usecs", "@read_bytes"; "" */
/* "[4K, 8K)   12 |@@@  |" of bpftrace, "4 -> 7 : 12 |***  |" of bcc. New reference, or NULL. */
json_t *output_bucket(struct text line);
void histograms_show(struct output *output, const char *name, json_t *series, const char *unit); /* `series` is taken over */
/* Maps: [[key, number], …] as they were printed, and [[key, number, average, total], …] of stats(). `rows` is taken over. */
void map_show(struct output *output, const char *name, json_t *rows);
void stats_show(struct output *output, const char *name, json_t *rows);
/* Each gives whether the lines that are left are of its kind, and then has taken them all. */
bool columns_read(struct output *output);
bool folded_read(struct output *output);
bool perf_read(struct output *output);
/* The shapes of the lines that are left. Unless `fits` (it is known to be an output), they must be built alike. */
bool lines_explain(struct output *output, bool fits);
/* What many values are like: always one, from … to …, most often …. */
void values_say(const struct text *values, size_t count, struct build *out);
/* One stack of a map: {"key": […], "frames": […], "value": N}. */
bool stack_map_read(struct output *output, struct text line, json_t *stacks, char name[64]);
void stacks_show(struct output *output, const char *title, json_t *stacks, const char *unit);
/* Keeps the numbers of lines apart from the words. */
bool trailing_number(struct text line, struct text *before, double *number);
