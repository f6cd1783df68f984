/* A question is read as it stands; what is not understood so, without what is only told in it, or mended. */
#include "trace/plan/planner.h"
#include <string.h>

/* The same question, read in another way: taken when it is understood then. */
static bool plan_again(const struct vocabulary *vocabulary, struct kernel *kernel, struct text question, const struct plan_options *options,
		       struct plan *plan, struct planning *planning, struct error *err)
{
	struct planning second = { 0 };
	struct plan other;
	bool ready;

	plan_init(&other);
	ready = plan_read(vocabulary, kernel, question, options, &other, &second, err) == 0 && second.verdict == PLAN_READY;
	if (ready) {
		planning_done(planning);
		plan_done(plan);
		*planning = second;
		*plan = other;
		return true;
	}
	planning_done(&second);
	plan_done(&other);
	return false;
}

/* The same with other words for it (NULL: none are), which `took` tells. */
static bool plan_instead(const struct vocabulary *vocabulary, struct kernel *kernel, struct text question, const char *words,
			 const struct build *took, const struct plan_options *options, struct plan *plan, struct planning *planning, struct error *err)
{
	if (!words || !plan_again(vocabulary, kernel, text_of(words), options, plan, planning, err))
		return false;
	plan->question = arena_text(plan->arena, question);
	vec_push(&plan->notes, arena_text(plan->arena, build_text(took)));
	return true;
}

static bool condition_there(const struct plan *plan, const char *role)
{
	vec_each(condition, &plan->where)
		if (condition->role && strcmp(condition->role, role) == 0)
			return true;
	return false;
}

/* Whose doing it is says the plan itself. */
static bool somebody_told(const struct plan *plan)
{
	static const char *const roles[] = { "process", "pid", "tid", "user", "parent", "target" };
	bool told = false;

	for (size_t i = 0; i < COUNT(roles); i++)
		told |= condition_there(plan, roles[i]);
	return told;
}

/* Of what happens by itself nobody's doing is measured, so that no name is lost. */
static bool nobodys(const struct plan *plan)
{
	return plan->subject->ways.at[plan->way].context == CONTEXT_ANY && !condition_there(plan, "process");
}

static size_t processes(const struct plan *plan)
{
	size_t count = 0;

	vec_each(condition, &plan->where)
		count += condition->role && strcmp(condition->role, "process") == 0;
	return count;
}

/* Where the whole is understood, too: what the sentences that only tell have made of it. */
static bool story_misled(const struct plan *whole, const struct plan *asked, const struct told *told)
{
	if (told->names && !told->who && !somebody_told(asked))
		return false;
	return strcmp(whole->subject->name, asked->subject->name) != 0 || processes(whole) > processes(asked) ||
	       (whole->seconds > 0 && asked->seconds == 0);
}

/* "The LB team says it is not them. Count the resets by address": the sentence that asks, where it is a whole question. */
static bool plan_sentences(const struct vocabulary *vocabulary, struct kernel *kernel, struct text question, const struct plan_options *options,
			   struct plan *plan, struct planning *planning, struct error *err)
{
	for (size_t after = 0; after < question.len;) {
		bool fits;
		struct told told = { 0 };
		AUTO_BUILD took = { 0 };
		AUTO_FREE char *part = asking_sentences(vocabulary, question, after, &told, &took);
		struct planning second = { 0 };
		struct plan other;

		after = part ? question.len - strlen(part) : question.len;
		if (!part)
			break;
		plan_init(&other);
		fits = plan_read(vocabulary, kernel, text_of(part), options, &other, &second, err) == 0 && second.verdict == PLAN_READY;
		if (fits && planning->verdict == PLAN_READY)
			fits = story_misled(plan, &other, &told);
		else
			fits = fits && (!told.names || told.who || somebody_told(&other) || nobodys(&other));
		if (fits) {
			planning_done(planning);
			plan_done(plan);
			*planning = second;
			*plan = other;
			plan->question = arena_text(plan->arena, question);
			vec_push(&plan->notes, arena_text(plan->arena, build_text(&took)));
			return true;
		}
		planning_done(&second);
		plan_done(&other);
	}
	return false;
}

int plan_make(const struct vocabulary *vocabulary, struct kernel *kernel, struct text question,
	      const struct plan_options *options, struct plan *plan, struct planning *planning,
	      struct error *err)
{
	struct plan_options again = *options;
	AUTO_BUILD took = { 0 };
	AUTO_FREE char *mended = NULL, *tool = tools_meant(vocabulary, question, &took);
	int code;

	if (plan_instead(vocabulary, kernel, question, tool, &took, options, plan, planning, err))
		return 0;
	build_clear(&took);
	code = plan_read(vocabulary, kernel, question, options, plan, planning, err);
	if (code < 0 || planning->verdict == PLAN_REFUSED || plan_sentences(vocabulary, kernel, question, options, plan, planning, err) ||
	    planning->verdict == PLAN_READY)
		return code;
	/* "is compaction killing our latency": what it is said to do is no part of what is asked. */
	again.complaints_pass = true;
	if (complains(vocabulary, question) && plan_again(vocabulary, kernel, question, &again, plan, planning, err))
		return 0;
	/* "Our 3 replicas lag. How long do fsyncs take?" */
	for (size_t after = 0; after < question.len;) {
		AUTO_BUILD told = { 0 };
		AUTO_FREE char *part = asking_part(vocabulary, question, after, &told);

		after = part ? question.len - strlen(part) : question.len;
		if (plan_instead(vocabulary, kernel, question, part, &told, options, plan, planning, err))
			return 0;
	}
	if (planning->verdict != PLAN_UNKNOWN)
		return code;
	mended = homophones_mended(vocabulary, question, build_text(&planning->unplaced).at, &took);
	plan_instead(vocabulary, kernel, question, mended, &took, options, plan, planning, err);
	return code;
}
