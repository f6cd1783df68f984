/* Ready-made tools: what each shows, how it is called, and what it needs (data/tools, docs/tools.md). */
#pragma once
#include "base/arena.h"
#include "base/error.h"
#include "base/vec.h"

typedef VEC(const char *) tool_list; /* VEC has no tag */

/* Tools that are packaged, named and called alike: bcc, libbpf-tools, bpftrace's … */
struct tool_family {
	const char *name;
	tool_list names;    /* "{name}-bpfcc", "/usr/share/bcc/tools/{name}" */
	tool_list packages; /* "apt-get install bpfcc-tools" */
	tool_list needs;    /* of all its tools */
	tool_list say;	    /* words that ask for this family: "bcc" */
	bool probes;	    /* they watch from when they hold their BPF programs and wait */
};
enum tool_when {
	WHEN_ALWAYS,
	WHEN_FAILED, /* only what failed was asked for */
	WHEN_EACH,   /* each occurrence */
	WHEN_STACKS,
	WHEN_HISTOGRAM,
	WHEN_BY,   /* grouped by the role `name` */
	WHEN_SAYS, /* one of the phrases of `name`, separated by | */
	WHEN_WITHOUT, /* the value `name` is not known */
};
/* Words of the command line, with values in braces: "-p {pid}". Left out when one of them is not known. */
struct tool_arg {
	const char *text;
	enum tool_when when;
	const char *name; /* of WHEN_BY, WHEN_SAYS and WHEN_WITHOUT */
};
/* Arguments that many ways share, by name. */
struct tool_set {
	const char *name;
	VEC(struct tool_arg) args;
};
/* One program that shows it. */
struct tool_way {
	const struct tool_family *family;
	tool_list names; /* program names or paths, best first */
	tool_list needs; /* with the family's: "kprobes", "mount xfs" */
	tool_list wants; /* values without which it cannot run: "pid" */
	VEC(struct tool_arg) args;
};
enum tool_stop {
	STOP_INTERRUPT, /* runs until it is interrupted: the deadline ends it */
	STOP_SELF,	/* ends by itself: a snapshot, or as its arguments say */
};
enum tool_cost { COST_LOW, COST_MEDIUM, COST_HIGH };
const char *tool_cost_name(enum tool_cost cost);
struct tool {
	const char *name, *shows; /* shows: "files as they are opened, by which process" */
	const char *caution;	  /* what the person should know before it runs, or NULL */
	const char *trace;	  /* the nearest question that a trace answers, where its own are not, or NULL */
	const char *output;	  /* "stream", "table", "histogram", "report" */
	enum tool_stop stop;
	enum tool_cost cost;
	tool_list say, asks;
	VEC(struct tool_way) ways; /* best first */
	const char *file;
	unsigned line;
};
/* What a tool's error output tells. */
struct tool_failure {
	const char *pattern; /* a part of a line */
	const char *why;     /* a clause: "it needs the headers of the running kernel" */
	const char *mend;    /* a command, or NULL */
	const char *need;    /* the need that is thereby known not to be met, or NULL */
	tool_list families;  /* empty: any, and only when the tool ended badly */
};
struct toolbox {
	struct arena *arena;
	VEC(struct tool_family *) families;
	VEC(struct tool_set) sets;
	VEC(struct tool) tools;
	VEC(struct tool_failure) failures;
	tool_list harmless; /* parts of lines of error output that mean nothing */
};

/* Reads every *.tools file of the folder. The first mistake is in `err` as "FILE:LINE: …"; all are appended
 * to `mistakes` (may be NULL), one a line. NULL only when nothing could be read, or there was a mistake
 * and `mistakes` is NULL. */
struct toolbox *toolbox_read(const char *folder, struct build *mistakes, struct error *err);
void toolbox_free(struct toolbox *box);
static inline void drop_toolbox(struct toolbox **box)
{
	toolbox_free(*box);
}
#define AUTO_TOOLBOX AUTO(drop_toolbox) struct toolbox *

/* The installed program of a way. New string, or NULL. */
char *tool_path(const struct tool_way *way);
/* "apt-get install bpfcc-tools": of the package manager that this machine has, else the first. */
const char *tool_package(const struct tool_way *way);
/* The failure that a line of error output tells; `ended`: how it ended is known and was bad. */
const struct tool_failure *tool_failure_find(const struct toolbox *box, const struct tool_way *way,
					     struct text line, bool ended);
bool tool_line_harmless(const struct toolbox *box, struct text line);
/* Whether the program is ELF and not a script: distributions give one name to either. */
bool program_is_elf(const char *path);
/* Whether a value of this name may stand in braces ("pid"). */
bool tool_value_known(struct text name);
/* The next "{name:default}" in `text`: sets where it stands, its name and its default (at NULL when it has
 * none). False: no more. */
bool tool_value_next(struct text text, size_t *start, size_t *end, struct text *name, struct text *otherwise);

/* ---- between the files of this folder ---- */
typedef void toolbox_complain(void *context, const char *file, unsigned line, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
void toolbox_check(const struct toolbox *box, toolbox_complain *complain, void *context);
