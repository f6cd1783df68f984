/* `syswhy tool` between its files: words → tool → arguments → run. */
#pragma once
#include <sys/types.h>
#include "commands/command.h"
#include "knowledge/tools.h"
#include "trace/plan/planner.h"

/* ---- tool_match.c: which tools the words mean ---- */
struct tool_phrase {
	const char **words; /* canonical */
	size_t count;
	bool han;
};
struct tool_index { /* the phrases of every tool, in the order of toolbox->tools */
	struct arena *arena;
	const struct toolbox *box;
	VEC(struct tool_phrase *) phrases; /* ends each with an entry of no words */
};
struct tool_hit {
	const struct tool *tool;
	double score;
	const struct tool_way *named; /* the way whose program the question names, or NULL */
};
bool tool_is_named(const struct tool_hit *hit); /* by its own name, or one of its programs' */
void tool_index_make(struct tool_index *index, const struct toolbox *box, const struct vocabulary *vocabulary);
void tool_index_done(struct tool_index *index);
/* Best first, at most `most`. Marks the words of the best as used. */
size_t tools_rank(const struct tool_index *index, struct question *question, struct tool_hit *hits, size_t most);
/* Whether the phrases of `says` (parts by |) are in the question. */
bool question_says(const struct question *question, struct arena *arena, const char *says);
/* One phrase as words. */
struct tool_phrase *tool_phrase_make(struct arena *arena, const struct vocabulary *vocabulary, struct text say);
/* Whether the word belongs to any tool: then it is no typing error. */
bool tool_word(const struct tool_index *index, const char *word);

/* ---- tool_values.c: the parts of the question that arguments can hold ---- */
struct tool_value {
	const char *name, *text; /* "pid" "12" */
	bool told;		 /* asked for, and so missed when no argument takes it */
	const char *same;	 /* the value that says the same in another form: "pid" for "process" */
};
struct tool_values {
	struct arena *arena;
	VEC(struct tool_value) list;
	const char *const *command; /* after "--", or NULL */
	struct wish wish;
	struct plan plan;
	char why[300];		    /* the process of a pid that is not there */
	char absent[300];	    /* a process name that nothing runs under */
};
struct tool_wish {
	struct text question;
	long pid;
	const char *process;
	double seconds, interval;
	long count;
	const char *const *command;
};
/* Reads the question; `values` is initialised here. */
void tool_values_read(struct tool_values *values, const struct tool_wish *asked, const struct vocabulary *vocabulary,
		      const struct tool_index *index, struct kernel *kernel, struct tool_hit *hits, size_t most,
		      size_t *count);
void tool_values_done(struct tool_values *values);
const char *tool_value(const struct tool_values *values, struct text name);

/* ---- tool_choose.c: what can run here, with its command line ---- */
struct tool_choice {
	const struct tool *tool;
	const struct tool_way *way;
	char *path;		  /* NULL: not installed */
	VEC(const char *) argv;	  /* in the arena of the values; ends with NULL */
	VEC(const char *) missed; /* parts of the question that it takes no account of */
	double score;
	bool ready;
	bool timed; /* its arguments say when it ends */
	char why[300];		  /* why it cannot run; or what it shows */
	const char *passed;	  /* the program that was named but cannot run, when another stands in; or NULL */
	char passed_why[300];
};
void tool_choice_done(struct tool_choice *choice);
/* The best way of one tool. `lacking`: needs that are known not to be met, and paths of programs that failed. */
void tool_choose(const struct tool_hit *hit, struct tool_values *values, struct kernel *kernel,
		 const tool_list *lacking, struct tool_choice *choice);
/* Why a tool that compiles its program lacks the kernel's headers, with the package only where one is offered. */
void tool_headers_mend(struct kernel *kernel, char why[300]);
/* Whether a need is met here; `why` (300 bytes) says what is missing. */
bool tool_need(const char *need, struct kernel *kernel, const tool_list *lacking, char why[300]);

/* ---- tool_run.c ---- */
struct tool_run {
	struct build output;	/* kept for the report, at most a ceiling */
	struct build errors;
	int exit;		/* as a shell gives it: 128 + signal */
	double began, seconds;	/* began: of the monotonic clock, when it was started or, where that is seen, was live */
	bool interrupted, late, cut, killed;
	bool live, unlive; /* its probes were seen to be live; it was stopped before that */
	const struct tool_failure *failure; /* what its error output told */
};
void tool_run_done(struct tool_run *run);
/* Runs it, showing its output through context->live. `seconds`: when it is interrupted. */
int tool_run(struct context *context, const struct toolbox *box, const struct tool_choice *choice, double seconds,
	     struct tool_run *run, struct error *err);

/* ---- tool_manual.c: installed programs that no data names ---- */
struct tool_found {
	char name[64], says[200];
	double score;
};
/* By the manual's one-line descriptions; runs none of them. How many were found, at most `most`. */
size_t tools_of_manual(const struct question *question, struct tool_found *found, size_t most);

/* ---- tool.c, tool_tell.c, tool_trace.c ---- */
#define TOOL_HITS 8
enum tool_status { TOOL_OK, TOOL_CANNOT, TOOL_REFUSED, TOOL_FAILED, TOOL_NO_MATCH };
/* One question on its way to an answer. */
struct tool_asking {
	struct context *context;
	const struct tool_wish *asked;
	struct text question;
	struct text trace_question; /* what is traced where no tool can run: the same, or that of the tool that was named */
	const struct toolbox *box;
	struct kernel *kernel;
	const struct vocabulary *vocabulary;
	struct tool_values values;
	struct tool_hit hits[TOOL_HITS];
	size_t hit_count;
	tool_list lacking;
	json_t *alternatives, *attempts;
	struct tool_choice choice; /* what ran, or would */
	struct tool_run run;
	bool ran, plan_ready, print; /* print: nothing shall run */
	enum tool_status status;
	char why[1000];
};
/* The command line as a person would type it; the name of the chosen program. */
void tool_command_line(const struct tool_choice *choice, struct build *out);
const char *tool_file_name(const struct tool_choice *choice);
void tool_tell(struct tool_asking *asking); /* fills the report */
void tool_say_why(struct tool_asking *asking, enum tool_status status, const char *format, ...) PRINTF(3, 4);
/* Whether there is a plan for what was asked, and which question it is made from. */
void tool_trace_look(struct tool_asking *asking);
/* "syswhy trace "…" --pid 12 -- make": as a person would type it. */
void tool_trace_line(const struct tool_asking *asking, struct build *out);
/* Runs that, when it is allowed, or tells of it; `why` says before why no tool did. */
int tool_trace_instead(struct tool_asking *asking, struct error *err);

/* ---- tool_name.c: for other commands ---- */
/* The names of installed tools that can answer the question here, best first: ["opensnoop.bt"]. New
 * reference; empty when there is none. Fast: reads the data, runs nothing. */
json_t *tools_named(const struct vocabulary *vocabulary, struct kernel *kernel, struct text question);
