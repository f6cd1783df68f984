/* Between the files that write a libbpf program: the bpftrace program as a tree, and what it becomes in C. */
#pragma once
#include "kernel/types.h"
#include "trace/libbpf/libbpf.h"

/* ---- parse.c: the bpftrace that program_write() writes (0.17, nothing else) as a tree ---- */
enum node_kind { NODE_NUMBER, NODE_TEXT, NODE_NAME, NODE_VARIABLE, NODE_MAP, NODE_CALL, NODE_UNARY, NODE_BINARY, NODE_CHOICE,
		 NODE_CAST, NODE_MEMBER, NODE_INDEX, NODE_ASSIGN, NODE_IF };
struct node {
	enum node_kind kind;
	const char *text;    /* the name, operator, literal, type of a cast */
	struct node *at[3];  /* operands; of an IF the condition */
	VEC(struct node *) list; /* arguments, keys, statements; in the arena */
};
typedef VEC(struct node *) node_list;
struct block {
	name_list probes;
	struct node *filter; /* or NULL */
	node_list body;
};
typedef VEC(struct block) block_list;
/* -EINVAL for text that is not of that form. */
int blocks_parse(struct text program, struct arena *arena, block_list *blocks, struct error *err);
void blocks_done(block_list *blocks);

/* ---- types.c: the kernel's structures as far as they are used ---- */
struct used_member {
	const char *name;
	struct member member;
};
struct used_type {
	unsigned id;
	const char *name;
	VEC(struct used_member) members;
	bool written;
};
struct raw_record { /* a tracepoint whose structure BTF does not know: by the places of its format */
	const char *name;
	const struct tracepoint *tracepoint;
};
struct used_types {
	struct kernel *kernel;
	struct arena *arena;
	VEC(struct used_type) types;
	VEC(struct raw_record) raw;
};
void types_done(struct used_types *types);
/* Notes the use of a member; false when the kernel has no such one. */
bool types_member(struct used_types *types, unsigned id, const char *name, struct member *member);
/* The name of the structure of a tracepoint's record. */
const char *types_record(struct used_types *types, const struct tracepoint *tracepoint);
/* "struct task_struct *", "__u32"; of what can stand before a name. */
const char *types_spell(struct used_types *types, unsigned id);
void types_write(struct used_types *types, struct build *out);

/* ---- what the halves share: one cell of a key or an event ---- */
enum cell_kind { CELL_NUMBER, CELL_CHARS, CELL_TEXT, CELL_NAME, CELL_IP4, CELL_IP6, CELL_KSTACK, CELL_USTACK, CELL_ARGV };
struct cell {
	const char *name; /* a C identifier */
	const struct column *column;
	enum cell_kind kind;
	unsigned size;
	bool is_signed, set;
};
struct kept { /* a member of `struct started` */
	const char *name;
	int kind;	 /* enum value_kind */
	unsigned size, type;
	bool is_signed, user, pointers, named;
};
struct attached { /* one program */
	const char *function, *probe, *section;
};

enum held { HELD_COUNT = 1, HELD_TOTAL = 2, HELD_MIN = 4, HELD_MAX = 8, HELD_SLOTS = 16 };
struct libbpf {
	const struct plan *plan;
	const struct program *program;
	struct kernel *kernel;
	struct arena *arena;
	struct build *why;
	struct used_types types;
	VEC(struct cell) cells;
	VEC(struct kept) started;
	VEC(const char *) names;   /* literals, shared by number */
	VEC(const char *) cgroups; /* paths whose ids the user half sets */
	VEC(struct attached) attached;
	bool value_signed, start_set;
	unsigned id_parts, texts, shared[2];
	const char *unit, *measure; /* "count" "sum" "stats" "min" "max" "hist" "lhist" "print"; of several the first */
	unsigned held;		    /* what a value has: bits of enum held */
	const char *linear[3];	    /* of "lhist": from, to, step */
	struct build code;   /* the functions */
	struct {
		bool regs, same, stacks, kstack, ustack, self, sample, usdt, perf_event, append, started;
	} uses;
	bool final; /* the kinds of all cells are known: this time it counts */
};

/* ---- block.c: functions and their programs ---- */
int block_write(struct libbpf *l, const struct block *block);

/* ---- form.c: the files' forms in data/libbpf/: "@{name}" stands for a value; lines between "@if NAME" and "@end"
 * stand only where that is true; both may be nested ---- */
struct slot {
	const char *name, *value; /* value: NULL for a flag that is false */
};
struct form {
	struct arena *arena;
	VEC(struct slot) slots;
};
void form_set(struct form *form, const char *name, const char *value);
void form_text(struct form *form, const char *name, const struct build *value);
void form_flag(struct form *form, const char *name, bool value);
void form_done(struct form *form);
int form_fill(const struct form *form, const char *file, struct build *out, struct error *err);

/* ---- user.c: what the user's half and the header need, as slots of the form ---- */
void user_slots(struct libbpf *l, struct form *form);
/* ---- result.c: what a value holds, and how it is said ---- */
void result_slots(struct libbpf *l, struct form *form);
/* ---- cells.c ---- */
void cells_declare(const struct libbpf *l, struct build *out);
void cells_say(struct libbpf *l, struct form *form);
unsigned text_most(const struct libbpf *l);
bool cells_have(const struct libbpf *l, enum cell_kind kind);
bool cells_type(const struct libbpf *l, const char *type);

/* ---- names and texts in C ---- */
unsigned name_intern(struct libbpf *l, const char *literal);
const char *name_constant(struct libbpf *l, unsigned i);
const char *identifier_of(struct arena *arena, const char *text, bool upper);
void literal_write(const char *text, struct build *out);
