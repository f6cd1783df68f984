/* Between the files that write a program: what the writing of one probe (or pair) needs. */
#pragma once
#include "trace/write/program.h"

/* A remembered value: a map filled at the start, read at the event. */
struct memory {
	const char *map, *raw;
	bool task, file;
};

/* What the writing of one probe (or pair) needs. */
struct writer {
	const struct plan *plan;
	const struct program_options *options;
	struct program *program;
	struct spot spot;
	struct build *why;
	VEC(struct memory) memories;
	bool paired;		       /* start and event are both attached */
	bool emit_start, emit_event;   /* which of the two blocks this spot writes */
	bool task, file;	       /* at the event */
	struct build early, late;      /* conditions for the start's filter, and for the event */
	struct build setup;	       /* lines before the late conditions, which these read */
	struct build start_if, start_setup; /* on the open file at the start, and lines before it */
	const char *start_file;	       /* its descriptor, or NULL */
	bool compares;		       /* text, with what is printed or keyed */
	const char *gate;	       /* what makes an end of a span one, or NULL */
	const char *value, *file_raw;  /* the measured expression; the descriptor behind $file */
	bool thousandths;	       /* the map takes it divided by 1000 */
	long long linear[3];	       /* from, to, step of a linear histogram, as the map takes it */
	const char *columns[16];       /* expressions, parallel to program->columns */
	VEC(const char *) maps;	       /* scratch maps that END clears */
};

/* Blocks with the same text share their probes. */
struct piece {
	const char *text;
	name_list probes;
};
typedef VEC(struct piece) piece_list;


static inline const char *fmt(struct writer *w, const char *format, const char *value)
{
	return arena_fmt(w->plan->arena, format, value, value);
}

/* value.c: roles as expressions at the event; what is taken at the start is remembered. */
const char *value_at_event(struct writer *w, const char *role, const struct bound *b, bool wrapped);
void late_condition(struct writer *w, const char *condition);
void bound_condition(struct writer *w, const char *role, const struct bound *b); /* b->cond */
int columns_write(struct writer *w, const name_list *roles, bool first);
int value_write(struct writer *w);
void statement_write(struct writer *w, const char *indent, struct build *out);
/* where.c: the plan's conditions, into w->early, w->late and w->start_if. */
void quoted_write(struct build *out, const char *text);
/* cgroup.c: of the group in this folder, or of one below it. */
void cgroup_write(struct build *out, const char *raw, const char *sign, const char *folder);
bool symbol_number(const char *symbols, const char *name, double *number);
int conditions_write(struct writer *w);
/* Whether the plan's conditions on the system call leave this one. */
bool call_wanted(const struct plan *plan, const char *syscall);
/* path.c: files by their names; `number`: of the condition in the plan. False: w->why tells the reason. */
bool path_compared(const char *role, const struct bound *b);
bool path_condition(struct writer *w, const struct condition *c, const struct bound *b, const char *raw, size_t number, struct build *out);
/* kept.c: the identity of an occurrence at one of its sites, from the vocabulary ("pid, retval"; "{pid} or {prev_pid}":
 * the first whose fields are there), or NULL. */
const char *identity(struct writer *w, enum site site, const char *expr);
/* Of a way with `until`: whether the measure can be told, what stands at the event, and where things are given back. */
int kept_measured(struct writer *w);
void kept_write(struct writer *w, const char *indent, struct build *out);
int untils_write(struct writer *w, piece_list *untils);
/* block.c */
void piece_add(struct writer *w, piece_list *pieces, const char *probe, struct build *text);
void start_block(struct writer *w, piece_list *pieces);
void event_block(struct writer *w, piece_list *pieces);
void pieces_write(const piece_list *pieces, struct build *out);
void pieces_done(piece_list *pieces);
/* possible.c: one probe as the vocabulary names it: whether it is here, its fields (NULL: no tracepoint),
 * and as bpftrace spells it. */
bool probe_possible(struct kernel *kernel, enum way_kind kind, const char *probe, struct arena *arena,
		    struct build *why);
const struct tracepoint *probe_fields(struct kernel *kernel, const char *probe);
const char *probe_spell(struct arena *arena, const char *probe);
const char *probe_of_call(struct arena *arena, const char *call, bool ret);
