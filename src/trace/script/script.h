/* A bpftrace program as it is written: blocks with their probes, filters and actions. The reader is tolerant: what it
 * does not understand is kept as text and told under `problems`. The language: bpftrace(8), 0.17 to 0.26. */
#pragma once
#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"
#include "base/vec.h"

enum node_kind {
	NODE_NUMBER,
	NODE_STRING,   /* with its quotes */
	NODE_NAME,     /* a builtin, a constant, "$1", "struct sock" */
	NODE_VARIABLE, /* "$x" */
	NODE_MAP,      /* "@x"; kids: its keys */
	NODE_CALL,     /* kids: its arguments */
	NODE_FIELD,    /* a.b, a->b: text is "b"; kids: a */
	NODE_INDEX,    /* kids: what is indexed, the index */
	NODE_UNARY,    /* text is the operator; "++" and "--" too */
	NODE_BINARY,
	NODE_CHOICE,   /* a ? b : c */
	NODE_CAST,     /* text is the type */
	NODE_TUPLE,
};
struct node {
	enum node_kind kind;
	struct text text;  /* name, operator or literal */
	struct text whole; /* as it is written */
	unsigned line;
	const struct node **kids;
	size_t count;
};

enum action_kind {
	ACTION_ASSIGN, /* `word` is "=", "+=" …, "let"; "++", "--" and a bare let have no value */
	ACTION_DO,     /* a value for its effect: a call */
	ACTION_IF,     /* value: the condition */
	ACTION_LOOP,   /* `word` is unroll, while, for; value: how often, how long, over what; target: for's variable */
	ACTION_LEAVE,  /* return, break, continue */
	ACTION_OTHER,  /* not understood: `whole` */
};
struct action {
	enum action_kind kind;
	unsigned line;
	struct text word, whole;
	const struct node *target, *value; /* may be NULL */
	VEC(struct action) body, otherwise;
};
struct attach {
	const char *name; /* blanks, comments and quotes taken out: "uprobe:/bin/bash:readline" */
	unsigned line;
};
struct block {
	unsigned line;
	VEC(struct attach) probes;
	const struct node *filter; /* or NULL */
	VEC(struct action) body;
};
struct script_problem {
	unsigned line;
	const char *text;
};
struct script_include {
	const char *name; /* "linux/sched.h" */
	bool no_types;	  /* read only where the kernel tells no types (BTF) */
};
struct script {
	struct arena *arena;
	VEC(struct block) blocks;
	VEC(struct script_problem) problems; /* the first 20 */
	VEC(struct script_include) includes;
	VEC(const char *) structs;	     /* names that it declares, whatever the kernel has */
	const char *shebang;		     /* the rest of the "#!" line, or NULL */
	unsigned config_line, macro_line;    /* of the first config = { … } and macro or fn; 0: none */
};

/* Reads the text, which must outlive the script. -EINVAL: there is no block with a probe; problems are no failure. */
int script_read(struct text program, struct script *script, struct error *err);
void script_done(struct script *script);
#define AUTO_SCRIPT AUTO(script_done) struct script

/* Calls `take` for every action, in their order, with those within; and for every node, parents first. */
void actions_each(const struct action *actions, size_t count, void (*take)(void *context, const struct action *action), void *context);
void nodes_each(const struct node *node, void (*take)(void *context, const struct node *node), void *context);
