/* Binding: what a role is at a probe on this kernel, as a bpftrace expression. */
#pragma once
#include "kernel/kernel.h"
#include "trace/plan/plan.h"

/* The two moments of a way: its event, return or end; and its entry or start. */
enum site { SITE_EVENT, SITE_START };

/* One probe of a way with what is needed to bind roles to it. */
struct spot {
	const struct vocabulary *vocabulary;
	struct kernel *kernel;
	struct arena *arena;
	const struct way *way;
	const char *start, *event;	    /* probe names as bpftrace spells them; start may be NULL */
	const struct tracepoint *start_fields, *event_fields; /* NULL: no tracepoint */
	const char *id, *start_id;	    /* the key of remembered values: "tid", "args->dev, args->sector" */
	const char *syscall;		    /* of a syscall way, else NULL */
	unsigned part;			    /* of several that are timed in one program: each remembers its starts for itself */
};

const char *start_map(const struct spot *spot); /* "@start", "@start2" */

struct bound {
	enum site site;	  /* where the value is taken; a START value is remembered for the event */
	const char *raw;  /* the value before wrapping: "args->filename" */
	const char *wrap; /* a format with one %s that makes it readable: "str(%s)"; NULL: none */
	const char *type; /* as in docs/vocabulary.md; never NULL */
	const char *unit; /* of a number: "bytes", "ns"; or NULL */
	const char *symbols; /* how the kernel decodes it, or NULL (see struct field) */
	const char *cond; /* must hold for the value to make sense, or NULL */
	enum site cond_site; /* where `cond` can be told */
	unsigned bytes;	  /* of an array field, else 0 */
	bool task, file;  /* needs $task, and $file (from `raw`, a descriptor) */
	bool text;	  /* a string */
	bool universal;	  /* the same at start and event: comm, pid … */
};

/* False when the role does not exist there; `why` (may be NULL) then gets one clause. */
bool bind_role(const struct spot *spot, const char *role, struct bound *bound, struct build *why);
/* An expression of the vocabulary with {field}s made bpftrace text for one site. NULL: a field is
 * missing there. Sets *task when it reads $task. */
const char *bind_text(const struct spot *spot, enum site site, const char *expr, bool *task);
/* The same for a filter before a block, where no variable can stand: $task is written out. */
const char *bind_filter(const struct spot *spot, enum site site, const char *expr);
/* The type that a field's own declaration and name tell ("dev", "ksym"), or NULL. */
const char *field_declared(const struct field *field);
