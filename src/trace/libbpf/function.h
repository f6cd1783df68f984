/* Between the files that write the functions of a libbpf program: one that is being written, its values, its group. */
#pragma once
#include "trace/libbpf/parts.h"

/* ---- value.c, call.c: expressions ---- */
enum value_kind {
	VALUE_NUMBER,
	VALUE_POINTER,
	VALUE_PLACE,   /* a member that is still to be read: `code` is the pointer that it starts from, `path` the way */
	VALUE_TEXT,
	VALUE_LITERAL, /* `code` is the text itself */
	VALUE_ADDRESS, /* of a network: 4 or 16 bytes */
	VALUE_BYTES,   /* `count` of them at the user address `code` */
	VALUE_KSTACK,
	VALUE_USTACK,
};
enum text_source { TEXT_POINTER, TEXT_PLACE, TEXT_COMM, TEXT_ARRAY };
struct value {
	enum value_kind kind;
	enum text_source source; /* of a text or an address */
	const char *code;   /* a C expression */
	const char *path;   /* "real_parent, comm" */
	unsigned type;	    /* BTF id: what a pointer points to, what a place holds; 0: not known */
	unsigned size, bits;
	unsigned element; /* bytes, of an array of numbers */
	bool is_signed, user, loose; /* loose: needs parentheses as an operand */
	bool named;		     /* the number of a name */
	bool pointers;		     /* a pointer to pointers that BTF does not tell of */
	const char *count;
};
struct local {
	const char *key, *code;
};
struct function { /* one that is being written */
	struct libbpf *l;
	const char *probe;
	const struct tracepoint *fields; /* NULL: no tracepoint */
	const char *context;		 /* "struct trace_event_raw_sys_enter" */
	struct build *out;
	unsigned depth, texts;		 /* texts: buffers of text on its stack */
	VEC(struct local) locals;
	struct value amount;		 /* what "$value" holds: the measured value, read once for several statistics */
	bool declared, failed, found, goes; /* found: the start was looked up; goes: a condition failed after that */
	VEC(struct local) parameters;	 /* what differs between probes that share the text: role, value */
};
const char *code_fmt(struct function *f, const char *format, ...) PRINTF(2, 3);
void row(struct function *f, const char *format, ...) PRINTF(2, 3);
/* The value is then 0 and f->failed is set; the first reason is kept. */
struct value cannot(struct function *f, const char *format, ...) PRINTF(2, 3);
struct value value_of(struct function *f, const struct node *node);
struct value call_value(struct function *f, const struct node *node);
struct value field_value(struct function *f, const char *name);
/* A place read: a number, a pointer, a text or an address. */
struct value settled(struct function *f, struct value v);
/* As a number in C; `wide`: of 64 bits. */
const char *number_of(struct function *f, struct value v, bool wide);
const char *operand_of(struct function *f, struct value v, bool wide);
const char *condition_of(struct function *f, const struct node *node, bool negated);
/* The call that reads text into `to`, an array of `size` bytes; its value is the length with the NUL, or negative. */
const char *text_read(struct function *f, struct value v, const char *to, const char *size);
void address_store(struct function *f, struct value v, const char *to);
const char *local_find(struct function *f, const char *key);
const char *local_add(struct function *f, const char *key, const char *code);
const char *current(struct function *f, const char *name); /* pid, tid, comm, task: a local, made when missing */
bool is_literal(const struct node *node); /* text, or a choice of texts */
const char *name_code(struct function *f, const struct node *node); /* of a literal: the constant that stands for it */

/* ---- block.c, result.c ---- */
void cell_store(struct function *f, struct cell *cell, const struct node *node, const char *of);
void amount_keep(struct function *f, struct value v);
/* Assignments to maps with the same keys, as one look-up: "@size[comm] = sum(x)", "@size_max[comm] = max(x)". */
void results_store(struct function *f, struct node *const *list, size_t count);

/* ---- group.c ---- */
/* Probes whose functions read the same. */
struct group {
	const char *context, *body;
	name_list probes;
	VEC(struct local) parameters; /* of all probes, in their order */
	size_t each;		      /* parameters of one probe */
};
typedef VEC(struct group) group_list;
void group_add(struct function *f, const char *body, group_list *groups);
/* A program for each probe of the group; `starts`: it keeps what began. */
void group_write(struct libbpf *l, const struct group *group, bool starts);
