/* A broad question ("why is the machine slow"): several measurements at once, each with what would be much of it
 * (data/surveys/NAME.survey). */
#pragma once
#include "evidence/evidence.h"
#include "trace/survey/standstill.h"
#include "trace/survey/throttle.h"
#include "trace/trace.h"

enum figure_kind {
	FIGURE_CPUS, /* of a sum of times: its part of all CPUs' time, in percent */
	FIGURE_BUSY, /* of a sum of times: nanoseconds a second */
	FIGURE_TAIL, /* of a distribution: what 99 % stay below, in nanoseconds */
	FIGURE_RATE, /* of counts and amounts: a second, in their unit */
};
enum { LOOKS_MOST = 12, LOOK_PARTS = 2, WATCHED_MOST = 16 };

/* What a map held in all at a known time. */
struct snapshot {
	double at, total; /* seconds since the probes were live; 0: none */
};
/* One measurement of a survey. */
struct look {
	const char *question, *name, *means; /* `means`: what it says when there is much of it */
	enum figure_kind figure;
	double above, least; /* from which figure, and from how many occurrences on, it stands out; above -1: never */
	bool bytes;	     /* `above` is of bytes */
	struct plan plan;
	bool planned;
	const char *why; /* not planned: why it cannot be seen here */
	const char *map; /* "@cpu_time": what its map is called in the program of all */
	struct program program;
	struct result result;
	bool measuring; /* `result` is live */
	struct snapshot first, last, coming;
	/* judged: */
	double value, count; /* the figure and how many occurrences it is of; value -1: there was none */
	bool stands;
	unsigned evidence; /* its number; 0: none */
};
struct survey {
	struct arena *arena;
	const char *name, *what; /* "machine" */
	struct look looks[LOOKS_MOST];
	size_t count;
	const char *next[LOOK_PARTS]; /* questions to ask next, beside those of what stands out; NULL: none */
	double cpus;
	const char *stand; /* title of the table that tells where the threads of its processes stand; NULL: not asked for */
	bool named; /* they are told by a name */
	pid_t pids[WATCHED_MOST];
	size_t pid_count;
	struct standstill standstill;
	struct throttle quota, quota_before; /* of the first of them; group "": none */
	unsigned stands; /* number of that evidence; 0: none, or all of them have run */
	const char *whose; /* " of nginx", " of pid 12": added to what is proposed; "": the whole machine */
};
void survey_free(struct survey *survey);

/* What the words of a broad question say. */
struct broad {
	char survey[32];   /* its name; "": it is no broad question */
	char process[16];  /* the one it is about, or "" */
	long pid;	   /* the same by number, or 0 */
	double seconds;	   /* 0: it does not say */
};
/* read.c: reads the question, and data/surveys. */
void broad_read(const struct vocabulary *vocabulary, struct kernel *kernel, const struct trace_request *request,
		struct broad *broad);
struct survey *survey_read(const char *data, const char *name, struct error *err);

/* survey.c: plans each look and puts the trace's plan in place; TRACE_CANNOT when none can be seen here. */
int survey_plan(struct trace *trace, const struct trace_request *request, const struct broad *broad, struct error *err);
/* One program of all looks, as trace_program() writes it. */
int survey_program(struct trace *trace, const struct program_options *options, struct program *program, struct error *err);
void survey_begin(struct survey *survey);
void survey_take(struct survey *survey, const struct event *event, double elapsed);
void survey_finish(struct survey *survey, double seconds);

/* tell.c: judges what was measured until now; the table of it, as evidence. */
struct evidence *survey_evidence(struct survey *survey, double seconds, bool over, const struct vocabulary *vocabulary,
				 struct evidence_list *list);
/* After it, when the watch is over: where its processes stand. */
void survey_stand(struct survey *survey, struct kernel *kernel, struct evidence_list *list);
void survey_answer(const struct survey *survey, const struct run_report *run, const struct next_from *from, answer_number *number,
		   struct build *out);
/* [{"name", "question", "map", "status", "why"?, "figure", "unit", "above", "stands_out", "evidence"?}]; new reference. */
json_t *survey_json(const struct survey *survey);
json_t *survey_maps(const struct survey *survey);
