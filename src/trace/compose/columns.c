/* From the words and a subject to a plan: the columns of each event's line. */
#include <string.h>
#include "trace/compose/compose.h"
#include "trace/write/writer.h"

static void column_add(struct wish *wish, const struct spot *spot, const char *role)
{
	struct bound b;

	if (wish->plan->show.len < 12 && !listed(&wish->plan->show, role) && bind_role(spot, role, &b, NULL) &&
	    strcmp(b.type, "kstack") != 0 && strcmp(b.type, "ustack") != 0)
		vec_push(&wish->plan->show, role);
}

/* "print its arguments": how many a function takes is not known, so the first ones are shown. */
static void arguments_show(struct wish *wish, const struct spot *spot)
{
	static const char *const first[] = { "arg0", "arg1", "arg2" };
	struct bound b;
	size_t count = word_there(wish, "both") || word_there(wish, "two") ? 2 : COUNT(first);
	bool asked = false;

	vec_each(role, &wish->mentions)
		asked |= strcmp((*role)->name, "args") == 0;
	vec_each(name, &wish->extras)
		asked |= strcmp(*name, "args") == 0;
	if (!asked || spot->way->kind != WAY_CALL || bind_role(spot, "args", &b, NULL))
		return;
	for (size_t i = 0; i < count; i++)
		column_add(wish, spot, first[i]);
	if (count == COUNT(first))
		vec_push(&wish->plan->notes, "How many arguments the function takes is not known: the first three are shown, as numbers.");
}

/* What was asked to be shown of each, and is not known here: another way may know it, else it is said. */
static void column_told(struct wish *wish, const struct subject *subject, const struct way *way, const struct spot *spot,
			const struct role *role)
{
	/* Words that mean many things, one of which may be shown: "the new name", "by type". */
	static const char *const vague[] = { "name", "type", "limit", "function", "command", "operation", "what", "target_pid", "sender" };
	struct plan *plan = wish->plan;
	struct bound b;
	bool after = false;
	const char *note;

	for (size_t i = 0; i < COUNT(vague); i++)
		if (strcmp(role->name, vague[i]) == 0)
			return;
	if (strcmp(role->name, "file") == 0 && bind_role(spot, "path", &b, NULL)) {
		column_add(wish, spot, "path"); /* of what is no file: a control group */
		return;
	}
	if (role->kind != ROLE_NAME || is_stack(role->name) || strcmp(role->name, "callstack") == 0 ||
	    bind_role(spot, role->name, &b, NULL))
		return;
	vec_each(other, &subject->ways) {
		if (after && way_has(other, role->name) && way->kind != WAY_UNION && !wish->missing) {
			struct spot later = spot_of(wish, other);
			AUTO_BUILD why = { 0 };

			if (way_possible(other, wish->kernel, plan->arena, &why) && bind_role(&later, role->name, &b, NULL))
				wish->missing = arena_fmt(plan->arena, "this way does not tell the %s", role->noun);
		}
		after |= other == way;
	}
	/* "the victim", where it is the process itself */
	if (strcmp(role->name, "target") == 0 && !bind_role(spot, "target_pid", &b, NULL))
		return;
	note = arena_fmt(plan->arena, "The %s is not shown: what is watched does not tell it.", role->noun);
	if (!listed(&plan->notes, note))
		vec_push(&plan->notes, note);
}

void columns_choose(struct wish *wish, const struct subject *subject, const struct way *way,
		    const struct spot *spot)
{
	struct plan *plan = wish->plan;

	if (plan->measure != MEASURE_EVENTS)
		return;
	/* Fields that were asked for stand first here, but the person reads who it was first. */
	name_list asked = plan->show;

	plan->show = (name_list){ 0 };
	if (subject->show.len == 0) {
		column_add(wish, spot, "process");
		column_add(wish, spot, "pid");
		vec_each(role, &way->roles)
			column_add(wish, spot, role->name);
		if (spot->event_fields && way->roles.len == 0)
			for (size_t i = 0; i < spot->event_fields->field_count; i++)
				column_add(wish, spot, spot->event_fields->fields[i].name);
		if (way->kind == WAY_SPAN || way->kind == WAY_CALL)
			column_add(wish, spot, "latency");
	}
	vec_each(name, &subject->show)
		column_add(wish, spot, *name);
	vec_each(name, &asked)
		column_add(wish, spot, *name);
	vec_done(&asked);
	arguments_show(wish, spot);
	vec_each(role, &wish->mentions) {
		column_add(wish, spot, (*role)->name);
		column_told(wish, subject, way, spot, *role);
	}
	vec_each(name, &wish->extras) {
		const struct role *role = vocabulary_role(wish->question.vocabulary, *name);

		column_add(wish, spot, *name);
		if (role)
			column_told(wish, subject, way, spot, role);
	}
	vec_each(name, &plan->by)
		column_add(wish, spot, *name);
	vec_each(condition, &plan->where)
		if (condition->role && condition->compare != COMPARE_TREE)
			column_add(wish, spot, condition->role);
	if (plan->value)
		column_add(wish, spot, plan->value);
	if (plan->show.len == 0)
		column_add(wish, spot, "cpu");
	if (wish->ranked && plan->top)
		plan->events = plan->top;
}
