/* Between the files that explain. */
#pragma once
#include "explain/explain.h"

/* What a value means depends on where it stands. */
struct scope {
	struct explanation *explanation;
	const struct block *block; /* or NULL */
	const struct watch *watch; /* the first of the block, or NULL */
	struct {
		struct text name;
		const char *unit;
	} variables[32];
	size_t variable_count;
};
void value_say(const struct scope *scope, const struct node *node, struct build *out);
void value_unit_say(const struct scope *scope, const struct node *node, struct build *out);
void the_say(const struct scope *scope, const struct node *node, struct build *out); /* with its article, where it takes one */
void condition_say(const struct scope *scope, const struct node *node, struct build *out);
const char *value_unit(const struct scope *scope, const struct node *node); /* "ns", "bytes"; NULL: none known */
void keys_say(const struct scope *scope, const struct node *map, struct build *out);
void branch_say(const struct scope *scope, const struct action *action, struct build *out); /* its condition: "if …:" */
void action_say(struct scope *scope, const struct action *action, unsigned depth, struct build *out);
bool is_clock(const struct node *node); /* nsecs, elapsed; NULL is none */
/* count, sum, hist …: what a map is given that it gathers. */
bool is_measure(struct text name);

struct store *store_find(struct explanation *explanation, struct text name);
/* The probes of one block: described, looked up, and held against the vocabulary. */
struct watch *watch_add(struct explanation *explanation, const char *name, unsigned line);
void watches_match(struct explanation *explanation, struct watch *watches, size_t count, const char *subject);
/* The kind of a probe by its full name ("t" is "tracepoint"), and what follows it. */
const char *probe_kind_of(struct text name, struct text *rest);
const struct tracepoint *watch_tracepoint(const struct explanation *explanation, const struct watch *watch);
const struct role *field_role(const struct explanation *explanation, const struct watch *watch, struct text field, const char **unit);

/* Fields and members that this kernel lacks: of one field at a probe, of a whole block. */
void field_check(struct explanation *explanation, const struct watch *watch, struct text field, unsigned line);
const char *structure_of(struct explanation *explanation, struct text type); /* "struct sock *" is "sock"; NULL: another type */
void member_check(struct explanation *explanation, const char *structure, struct text name, unsigned line);
void fields_check(struct explanation *explanation, const struct block *block, const struct step *step);
int program_explain(struct explanation *explanation, struct text text, const struct tracer_facts *facts, struct error *err);
void program_risks(struct explanation *explanation, struct text text, const struct tracer_facts *facts);
void syntax_risks(struct explanation *explanation, const struct dialect *dialect);
void probes_weigh(struct explanation *explanation); /* which cannot be attached, and what their kinds are known for */
int source_explain(struct explanation *explanation, struct text text, struct error *err);
int object_explain(struct explanation *explanation, struct text bytes, struct error *err);
/* False: it looks like no output that is known. */
bool output_explain(struct explanation *explanation, struct text text);

void risk_add(struct explanation *explanation, enum risk_level level, unsigned line, const char *format, ...) PRINTF(4, 5);
const char *kept_text(struct explanation *explanation, struct build *build); /* into the arena; empties the builder */
void names_join(struct build *out, const char *const *names, size_t count, const char *last); /* "a, b or c" */
