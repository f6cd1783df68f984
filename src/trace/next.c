/* What to ask next: questions that work here, and that are not the one just answered. */
#include <string.h>
#include "trace/trace.h"

/* What is watched and measured, whatever words asked for it, for how long and how much of it, and of which command: asked
 * once more of the same command it would be the same. */
static char *plan_mark(const struct plan *plan)
{
	static const char *const how_long[] = { "seconds", "top", "events" };
	AUTO_JSON json = plan_json(plan);

	json_t *where = json_object_get(json, "where");

	for (size_t i = 0; i < COUNT(how_long); i++)
		json_object_del(json_object_get(json, "show"), how_long[i]);
	for (size_t i = json_array_size(where); i-- > 0;)
		if (text_is(text_of(json_get_string(json_array_get(where, i), "is")), compare_sign(COMPARE_TREE)))
			json_array_remove(where, i);
	return json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
}

static bool is_chinese(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text >= 0xe3)
			return true;
	return false;
}

/* Plans the question; a mark to be freed, or NULL when it does not end in a plan of this subject with that key. */
static char *question_mark(const struct next_from *from, const char *question, const char *key)
{
	AUTO(plan_done) struct plan plan;
	AUTO(planning_done) struct planning planning = { 0 };
	struct plan_options options = { 0 };
	struct error ignored = { 0 }; /* what cannot be planned is not proposed */
	bool keyed = key == NULL;

	plan_init(&plan);
	if (plan_make(from->vocabulary, from->kernel, text_of(question), &options, &plan, &planning, &ignored) < 0 ||
	    planning.verdict != PLAN_READY || strcmp(plan.subject->name, from->plan->subject->name) != 0)
		return NULL;
	vec_each(name, &plan.by)
		keyed |= key && strcmp(*name, key) == 0;
	return keyed ? plan_mark(&plan) : NULL;
}

static bool known(const struct next_from *from, const char *mark, struct next *next)
{
	AUTO_FREE char *asked = plan_mark(from->plan);

	if (strcmp(asked, mark) == 0)
		return true;
	for (size_t i = 0; i < next->count; i++) {
		AUTO_FREE char *other = question_mark(from, next->questions[i], NULL);

		if (other && strcmp(other, mark) == 0)
			return true;
	}
	return false;
}

static void offer(const struct next_from *from, const char *question, const char *key, struct next *next)
{
	/* In the same words it reads as a repetition, though it were of the whole machine and not of one command. */
	bool same = strcasecmp(question, from->plan->question) == 0;
	AUTO_FREE char *mark = next->count < NEXT_MOST && !same ? question_mark(from, question, key) : NULL;

	if (mark && !known(from, mark, next))
		next->questions[next->count++] = arena_text(from->plan->arena, text_of(question));
}

/* How much of an example stands before its keys. */
static int before_keys(const char *ask)
{
	const char *by = strstr(ask, " by ");

	return (int)(by ? (size_t)(by - ask) : strlen(ask));
}

void next_find(const struct next_from *from, struct next *next)
{
	const struct plan *plan = from->plan;
	const char *question = plan->question;
	static const char *const others[][3] = { { "kernel stack", "stack", "内核栈" }, { "user stack", "ustack", "用户栈" },
						{ "pid", "pid", "pid" }, { "CPU", "cpu", "CPU" } };
	bool han = is_chinese(question), stacks = plan->subject->ways.at[plan->way].context != CONTEXT_PROCESS;

	*next = (struct next){ 0 };
	vec_each(name, &plan->by)
		stacks |= strcmp(*name, "stack") == 0 || strcmp(*name, "ustack") == 0;
	vec_each(ask, &plan->subject->asks) {
		if (next->count == 1)
			break;
		if (is_chinese(*ask) == han)
			offer(from, *ask, NULL, next);
	}
	/* Who calls it: of the first example, whose words are known to name the subject. */
	vec_each(ask, &plan->subject->asks) {
		if (stacks || han || next->count == NEXT_MOST)
			break;
		if (!is_chinese(*ask) && !strstr(*ask, " by "))
			offer(from, arena_fmt(plan->arena, "%s by kernel stack", *ask), "stack", next);
	}
	/* Else by something that the examples do not group by. */
	vec_each(ask, &plan->subject->asks)
		for (size_t i = 0; next->count == 0 && !is_chinese(*ask) && !han && i < COUNT(others); i++)
			offer(from, arena_fmt(plan->arena, "%.*s by %s", before_keys(*ask), *ask, others[i][0]), others[i][1], next);
	/* A tracepoint has no examples, and a subject seldom two in Chinese: what was asked itself, by something else. */
	for (size_t i = 0; next->count == 0 && i < COUNT(others); i++)
		offer(from, han ? arena_fmt(plan->arena, "%s，按%s", question, others[i][2]) :
		      arena_fmt(plan->arena, "%.*s by %s", before_keys(question), question, others[i][0]), others[i][1], next);
}
