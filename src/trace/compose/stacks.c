/* From the words and a subject to a plan: stacks as keys, of the kernel, of the program, or of both. */
#include <string.h>
#include "trace/compose/compose.h"

bool is_stack(const char *role)
{
	return strcmp(role, "stack") == 0 || strcmp(role, "ustack") == 0 || strcmp(role, "callstack") == 0;
}

bool stack_listed(const name_list *list)
{
	return listed(list, "stack") || listed(list, "ustack");
}

static bool kernel_named(const struct wish *wish)
{
	for (size_t i = 0; i < wish->question.tokens.len; i++)
		if (token_is(&wish->question, i, "kernel") || token_is(&wish->question, i, "内"))
			return true;
	return false;
}

static bool stacks_wanted(const struct wish *wish)
{
	return wish->plan->measure == MEASURE_STACKS || (wish->plan->measure == MEASURE_SUM && wish_said(wish, MEASURE_STACKS));
}

/* "sample user stacks": one of the two, though the subject's words say it too; NULL: both, or none. */
static const char *stack_said(const struct wish *wish)
{
	const char *said = NULL;

	for (size_t i = 0; i < wish->question.tokens.len; i++) {
		size_t len;
		const struct role *role = role_at(&wish->question, i, &len);

		if (!role || (strcmp(role->name, "stack") != 0 && strcmp(role->name, "ustack") != 0))
			continue;
		if (said && strcmp(said, role->name) != 0)
			return NULL;
		said = role->name;
	}
	return said;
}

/* "by stack": what is called in the program and, from there, in the kernel. */
static void callstack_expand(struct wish *wish, const struct way *way, const struct spot *spot)
{
	struct plan *plan = wish->plan;
	bool asked = false;
	struct bound b;
	size_t kept = 0;

	for (size_t i = 0; i < plan->by.len; i++) {
		if (strcmp(plan->by.at[i], "callstack") == 0)
			asked = true;
		else
			plan->by.at[kept++] = plan->by.at[i];
	}
	plan->by.len = kept;
	vec_each(role, &wish->mentions)
		asked |= strcmp((*role)->name, "callstack") == 0 && plan->measure != MEASURE_EVENTS;
	kept = 0;
	vec_each(name, &wish->extras) { /* "with the stack" */
		if (strcmp(*name, "callstack") == 0 && plan->measure != MEASURE_EVENTS)
			asked = true;
		else
			wish->extras.at[kept++] = *name;
	}
	wish->extras.len = kept;
	/* "stacks that fault, user stacks please", "by user stack, top 10 stacks" */
	vec_each(role, &wish->mentions)
		asked &= strcmp((*role)->name, "ustack") != 0 && strcmp((*role)->name, "stack") != 0;
	asked &= !listed(&plan->by, "ustack") && !listed(&plan->by, "stack");
	if (!asked)
		return;
	if ((way->context == CONTEXT_PROCESS || way_has(way, "ustack")) && bind_role(spot, "ustack", &b, NULL) && !listed(&plan->by, "ustack"))
		vec_push(&plan->by, "ustack");
	if (way->kind != WAY_CALL && bind_role(spot, "stack", &b, NULL) && !listed(&plan->by, "stack"))
		vec_push(&plan->by, "stack");
}

/* "print each fsync with the stack": a line has no room for one. */
static void stacks_of_lines(struct wish *wish)
{
	struct plan *plan = wish->plan;
	bool asked = false;
	size_t kept = 0;

	if (plan->measure != MEASURE_EVENTS)
		return;
	vec_each(role, &wish->mentions)
		asked |= is_stack((*role)->name);
	vec_each(name, &plan->by)
		asked |= is_stack(*name);
	vec_each(name, &wish->extras) {
		if (is_stack(*name))
			asked = true;
		else
			wish->extras.at[kept++] = *name;
	}
	wish->extras.len = kept;
	if (asked)
		vec_push(&plan->notes, "A stack is not shown with each of them: ask for their count by stack.");
}

void stacks_take(struct wish *wish, const struct subject *subject, const struct way *way, const struct spot *spot)
{
	/* "off-cpu stacks": the subject's words, and a key all the same. */
	for (size_t i = 0; subject->measure != MEASURE_STACKS && i < wish->question.tokens.len; i++) {
		size_t len;
		const struct role *role = role_at(&wish->question, i, &len);

		if (role && wish->question.tokens.at[i + len - 1].used & USED_SUBJECT && !(wish->question.tokens.at[i].used & USED_FILTER) &&
		    is_stack(role->name))
			vec_push(&wish->mentions, role);
	}
	stacks_of_lines(wish);
	callstack_expand(wish, way, spot);
}

void stack_keys(struct wish *wish, const struct way *way)
{
	struct plan *plan = wish->plan;

	if (!stacks_wanted(wish))
		return;
	if (stack_listed(&plan->by)) {
		if (way_has(way, "ustack") && !listed(&plan->by, "ustack") && !kernel_named(wish))
			vec_push(&plan->by, "ustack"); /* "where do threads block? stacks": the program's own too */
	} else if (stack_said(wish)) {
		vec_push(&plan->by, stack_said(wish));
	} else {
		if (way->kind == WAY_CALL || way->kind == WAY_SAMPLE || way_has(way, "ustack"))
			vec_push(&plan->by, "ustack");
		if (way->kind != WAY_CALL)
			vec_push(&plan->by, "stack");
	}
}

/* Who it is stands before where it was. */
static void stacks_last(name_list *by)
{
	size_t at = 0;

	for (size_t i = 0; i < by->len; i++) {
		const char *name = by->at[i];

		if (is_stack(name))
			continue;
		memmove(&by->at[at + 1], &by->at[at], (i - at) * sizeof(by->at[0]));
		by->at[at++] = name;
	}
}

void stacks_order(struct plan *plan, const struct spot *spot)
{
	struct bound b;

	/* A stack alone tells little without whose it is. */
	if (stack_listed(&plan->by) && plan->by.len <= 2 && !listed(&plan->by, "process") && bind_role(spot, "process", &b, NULL)) {
		vec_push(&plan->by, "process");
		memmove(plan->by.at + 1, plan->by.at, (plan->by.len - 1) * sizeof(*plan->by.at));
		plan->by.at[0] = "process";
	}
	stacks_last(&plan->by);
}
