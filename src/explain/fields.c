/* Fields that a program reads: those of tracepoints against their formats, those of the kernel's structures against its types. */
#include <stdlib.h>
#include <string.h>
#include "base/words.h"
#include "explain/internal.h"

struct fields {
	struct explanation *explanation;
	const struct step *step;
	struct {
		struct text variable;
		const char *structure;
	} casts[32]; /* variables of the block that point to a structure of the kernel */
	size_t cast_count;
};

/* ---- tracepoints ---- */

static bool has_args(const struct node *node)
{
	return node->kind == NODE_FIELD && node->count && node->kids[0]->kind == NODE_NAME && text_is(node->kids[0]->text, "args");
}

void field_check(struct explanation *e, const struct watch *watch, struct text field, unsigned line)
{
	const struct tracepoint *tracepoint = watch_tracepoint(e, watch);
	AUTO_FREE char *name = text_copy(field);
	const char *near = NULL;
	unsigned least = 3;

	if (!tracepoint || !tracepoint->fields_known || !tracepoint->field_count || tracepoint_field(tracepoint, name) || strncmp(name, "common_", 7) == 0 ||
	    strcmp(name, "__syscall_nr") == 0)
		return;
	for (size_t k = 0; k < tracepoint->field_count; k++) {
		unsigned distance = word_distance(tracepoint->fields[k].name, name, 2);

		if (distance < least) {
			least = distance;
			near = tracepoint->fields[k].name;
		}
	}
	risk_add(e, RISK_WARNING, line, "%s has no field %s on this kernel: the program does not compile here%s%s%s", watch->name, name, near ? " (nearest: " : "",
		 near ? near : "", near ? ")." : ".");
}

/* ---- structures of the kernel ---- */

/* "struct sock *" is "sock"; NULL: another type. */
const char *structure_of(struct explanation *e, struct text type)
{
	struct text word;

	type = text_trim(type);
	if (!text_starts(type, "struct ") || !text_ends(type, "*"))
		return NULL;
	type = text_from(type, strlen("struct "));
	if (!text_word(&type, &word))
		return NULL;
	while (word.len && word.at[word.len - 1] == '*')
		word.len--;
	return arena_text(e->arena, word);
}

static const char *pointed_to(const struct fields *f, const struct node *node)
{
	if (node->kind == NODE_CAST)
		return structure_of(f->explanation, node->text);
	for (size_t i = f->cast_count; node->kind == NODE_VARIABLE && i-- > 0;)
		if (text_same(f->casts[i].variable, node->text))
			return f->casts[i].structure;
	return NULL;
}

void member_check(struct explanation *e, const char *structure, struct text name, unsigned line)
{
	AUTO_FREE char *member = text_copy(name);

	if (!structure || !kernel_has_btf(e->kernel) || kernel_type_has(e->kernel, structure, member))
		return;
	/* What the program declares itself is what it says it is. */
	vec_each(own, &e->script.structs)
		if (strcmp(*own, structure) == 0)
			return;
	if (kernel_type_has(e->kernel, structure, NULL))
		risk_add(e, RISK_WARNING, line, "struct %s has no member %s on this kernel: the program does not compile here.", structure, member);
	else if (e->kind == EXPLAIN_BPFTRACE)
		risk_add(e, RISK_WARNING, line, "This kernel's types hold no struct %s: the program needs a header that declares it.", structure);
}

static void node_check(void *context, const struct node *node)
{
	struct fields *f = context;

	/* bpftrace wants a field in every probe of the block. */
	for (size_t i = 0; has_args(node) && i < f->step->count; i++)
		field_check(f->explanation, &f->explanation->watches.at[f->step->first + i], node->text, node->line);
	if (node->kind == NODE_FIELD && node->count && !has_args(node))
		member_check(f->explanation, pointed_to(f, node->kids[0]), node->text, node->line);
}

static void action_check(void *context, const struct action *action)
{
	struct fields *f = context;
	const char *structure;

	nodes_each(action->target, node_check, f);
	nodes_each(action->value, node_check, f);
	if (action->kind != ACTION_ASSIGN || action->target->kind != NODE_VARIABLE || !action->value || f->cast_count == COUNT(f->casts))
		return;
	structure = pointed_to(f, action->value);
	f->casts[f->cast_count].variable = action->target->text;
	f->casts[f->cast_count++].structure = structure;
}

void fields_check(struct explanation *e, const struct block *block, const struct step *step)
{
	struct fields fields = { .explanation = e, .step = step };

	nodes_each(block->filter, node_check, &fields);
	actions_each(block->body.at, block->body.len, action_check, &fields);
}
