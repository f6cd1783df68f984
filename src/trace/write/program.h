/* A program: a plan and one of its ways, written as bpftrace text for this kernel and version. */
#pragma once
#include "trace/plan/bind.h"
#include "trace/write/dialect.h"

/* One key, or one column of an event, in the order in which the program writes them. */
struct column {
	const char *role, *type, *unit, *symbols;
	bool text;
	bool copied;  /* by str() or buf(), which takes room on the BPF stack */
	unsigned most; /* bytes that such a copy holds; 0: no limit is known */
	bool remembered; /* that copy lies in a map until then, and is copied out of it */
	size_t shown; /* its place among the columns as the plan orders them */
};
/* A statistic beside the map's own, in a map of its own with the same keys. */
struct beside {
	const char *map; /* "@latency_max" */
	enum measure measure; /* COUNT, AVG (stats), MIN, MAX */
};
struct program {
	struct build text;
	const struct way *way;
	const char *map;	 /* "@opens"; NULL when each event is printed */
	VEC(struct column) columns;
	enum measure measure;	 /* as written: COUNT, SUM, AVG (stats), MIN, MAX, HISTOGRAM, EVENTS, STACKS */
	VEC(struct beside) beside;
	double beside_scale;	 /* what divides those to come to `unit` */
	const char *unit;	 /* of the measured value */
	name_list probes;	 /* all that it attaches */
	unsigned strings;	 /* bytes that a string may take (BPFTRACE_STRLEN) */
	bool kept;		 /* values are of what was not given back (`until`), as it stands at that moment */
	unsigned keys;		 /* how many its maps must hold (BPFTRACE_MAP_KEYS_MAX); 0: as usual */
	const char *note;	 /* what the answer must say of this way, or NULL */
};
/* The limit of copied text, for the program and its columns. */
void program_strings_set(struct program *program, unsigned strings);
struct program_options {
	const struct dialect *dialect;
	pid_t self[2]; /* the tracer's and our own process, left out; 0: nothing is left out */
	pid_t tree;  /* the process whose descendants a COMPARE_TREE condition means */
	double live; /* seconds between printed snapshots for a live table; 0: none */
	bool person; /* written to be read and kept: comments, titles, printf() instead of tuples */
};

/* Writes the program. -EOPNOTSUPP when this way cannot show what the plan asks for here; `why` then
 * gets the reason. The strings belong to the plan's arena. */
int program_write(const struct plan *plan, const struct way *way, const struct vocabulary *vocabulary,
		  struct kernel *kernel, const struct program_options *options, struct program *program,
		  struct build *why);
/* A map that programs of a way with `until` print: how many things found no room in their maps, and were not counted. */
#define KEPT_FULL "@kept_full"
void program_done(struct program *program);
#define AUTO_PROGRAM AUTO(program_done) struct program
/* Whether the way can be used here at all: its probes exist and its needs are met. */
bool way_possible(const struct way *way, struct kernel *kernel, struct arena *arena, struct build *why);
/* Whether the way begins or ends with this probe, or is it; and whether any of the subject's does. */
bool way_watches(const struct way *way, const char *probe);
bool subject_watches(const struct vocabulary *vocabulary, const struct subject *subject, const char *probe);
