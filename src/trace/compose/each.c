/* From the words to a plan: whether what is said is of each occurrence, or only why one asks. */
#include <string.h>
#include "trace/compose/compose.h"
#include "trace/names/names.h"
#include "trace/around/sides.h"

/* "how long does it take each time": the times of all of them, and no line for each. */
bool times_each(const struct wish *wish)
{
	const struct sense *sense = wish->measures[MEASURE_HISTOGRAM];
	const struct question *q = &wish->question;
	bool each = false, long_said = sense && sense->value && strcmp(sense->value, "latency") == 0;

	if (!long_said && !(word_there(wish, "how") && word_there(wish, "long")))
		return false;
	if (words_there(q, GRAMMAR_ORDER))
		return false;
	for (size_t i = 0; i < q->tokens.len; i++)
		each |= ((token_is(q, i, "each") || token_is(q, i, "every")) && i + 1 < q->tokens.len &&
			 strcmp(q->tokens.at[i + 1].word.base, "time") == 0) || tokens_spell(q, i, "每次") || tokens_spell(q, i, "每一次");
	return each;
}

/* "how many events does epoll_wait return": no occurrence, which would be counted, but what is told of each. */
static bool other_counted(const struct question *q, size_t at, const struct subject *subject)
{
	const struct token *noun = at + 1 < q->tokens.len ? &q->tokens.at[at + 1] : NULL;

	return noun && token_is(q, at, "many") && noun->used & USED_SUBJECT && strcmp(subject->measure_role, "size") != 0 &&
	       text_ends(noun->word.text, "s") && !text_same(text_of(subject->unit), noun->word.text);
}

/* "how many sqes per call": how that is spread, of what is told for each call. */
bool counted_of_each(const struct wish *wish, const struct subject *subject)
{
	const struct question *q = &wish->question;

	if (subject->measure != MEASURE_HISTOGRAM || !subject->measure_role || strcmp(subject->measure_role, "latency") == 0 ||
	    !wish_said(wish, MEASURE_COUNT))
		return false;
	for (size_t i = 0; i + 1 < q->tokens.len; i++) {
		if (tokens_spell(q, i, "每次") || one_of_watched(q, i) || other_counted(q, i, subject))
			return true;
		if ((token_is(q, i, "a") || token_is(q, i, "one")) && token_in(q, i + 1, GRAMMAR_ONE_CALL))
			return true;
	}
	return false;
}

/* "everything is slow, signals sent by process": why one asks, and not what. */
bool slow_told(const struct wish *wish)
{
	const struct measure_hit *hit = hit_of(wish, MEASURE_HISTOGRAM);

	return hit && wish->plan->by.len > 0 && wish->grouped_by && !clause_asks(&wish->question, hit->at);
}

/* ---- where a count is no amount ---- */

/* "pages written by reason": of what is counted, the pages are added up. */
static bool amount_named(const struct wish *wish, const struct subject *subject)
{
	const struct question *q = &wish->question;

	if (wish->plan->measure != MEASURE_COUNT || !subject->value || strcmp(subject->value, "pages") != 0 || wish_said(wish, MEASURE_COUNT))
		return false;
	for (size_t i = 0; i < q->tokens.len; i++)
		if (text_is(q->tokens.at[i].word.text, "pages") && !(i > 0 && (token_is(q, i - 1, "by") || token_is(q, i - 1, "per"))))
			return true;
	return false;
}

static bool samples_counted(const struct question *q)
{
	vec_each(token, &q->tokens)
		if (text_is(token->word.text, "samples") || text_is(token->word.text, "样"))
			return true;
	return false;
}

/* "how many blocks are allocated", "分配了多少个块": not how often. */
static bool blocks_counted(const struct wish *wish, const struct subject *subject)
{
	const struct question *q = &wish->question;

	if (wish->plan->measure != MEASURE_COUNT || !subject->value || strcmp(subject->value, "blocks") != 0)
		return false;
	for (size_t i = 1; i < q->tokens.len; i++)
		if ((token_is(q, i, "block") && (token_is(q, i - 1, "many") || (token_is(q, i - 1, "of") && i > 1 && token_is(q, i - 2, "number")))) ||
		    (token_is(q, i, "块") && (token_is(q, i - 1, "少") || (i > 1 && token_is(q, i - 1, "个") && token_is(q, i - 2, "少")))))
			return true;
	return false;
}

void amount_meant(struct wish *wish, const struct subject *subject)
{
	struct plan *plan = wish->plan;

	/* "how many tasks wait, sampled at 49 Hz": what a sample tells, and not how many samples there are. */
	if (plan->measure == MEASURE_COUNT && subject->measure == MEASURE_HISTOGRAM && subject->measure_role && subject->ways.len &&
	    subject->ways.at[0].kind == WAY_SAMPLE && !samples_counted(&wish->question)) {
		plan->measure = subject->measure;
		plan->value = subject->measure_role;
	}
	/* "how much memory does kmalloc waste": not all of it. */
	for (size_t i = 0; plan->value && plan->measure == MEASURE_SUM && strcmp(plan->value, "size") == 0 && i < wish->mentions.len; i++)
		if (strcmp(wish->mentions.at[i]->name, "wasted") == 0 && wish->spot && bind_role(wish->spot, "wasted", &(struct bound){ 0 }, NULL))
			plan->value = "wasted";
	/* "writes to pipes that take over 10 ms": which of them, and not how much they move */
	if (plan->measure == MEASURE_SUM && subject->measure == MEASURE_SUM && strcmp(subject->measure_role, "size") == 0 && !wish_said(wish, MEASURE_SUM))
		vec_each(condition, &plan->where)
			if (condition->role && strcmp(condition->role, "latency") == 0) {
				plan->measure = MEASURE_COUNT;
				plan->value = NULL;
			}
	if (amount_named(wish, subject) || blocks_counted(wish, subject)) {
		plan->measure = MEASURE_SUM;
		plan->value = subject->value;
	}
}

static bool told_already(const struct plan *plan, const struct spot *spot, const char *role)
{
	struct bound b, other;
	bool told = !bind_role(spot, role, &b, NULL);

	vec_each(name, &plan->by)
		told |= strcmp(*name, role) == 0 || (bind_role(spot, *name, &other, NULL) && !told && strcmp(other.raw, b.raw) == 0);
	return told;
}

/* What the subject is told apart by, where each of its kinds is asked for beside another key: "each softirq on each cpu". */
void each_kind(struct wish *wish, const struct subject *subject, const struct spot *spot)
{
	static const char *const kinds[] = { "name", "type", "function", "syscall", "reason", "operation", "state" };
	const struct question *q = &wish->question;
	size_t len;

	for (size_t i = 0; wish->plan->by.len > 0 && subject->by.len == 1 && wish->plan->measure != MEASURE_EVENTS && i + 1 < q->tokens.len; i++)
		if ((token_is(q, i, "each") || token_is(q, i, "every") || token_is(q, i, "per")) && q->tokens.at[i + 1].used & USED_SUBJECT && !role_at(q, i + 1, &len) &&
		    !(q->tokens.at[i].used & (USED_TIME | USED_FILTER)))
			for (size_t k = 0; k < COUNT(kinds); k++)
				if (strcmp(subject->by.at[0], kinds[k]) == 0 && !told_already(wish->plan, spot, kinds[k]))
					vec_push(&wish->plan->by, kinds[k]);
}

/* "how often", "多少次": of occurrences, and not of what each brings. */
bool times_counted(const struct wish *wish)
{
	vec_each(hit, &wish->hits)
		for (size_t i = hit->at; hit->measure == MEASURE_COUNT && i < hit->at + hit->len; i++)
			if (token_is(&wish->question, i, "次") || token_is(&wish->question, i, "often") || token_is(&wish->question, i, "time"))
				return true;
	return false;
}

/* "median read time", "average write times": what the deed takes, where sizes are meant else. */
static void deed_time(struct wish *wish, const struct spot *spot)
{
	const struct question *q = &wish->question;
	struct plan *plan = wish->plan;
	struct bound b;

	if (!plan->value || strcmp(plan->value, "size") != 0 || plan->measure == MEASURE_COUNT || plan->measure == MEASURE_EVENTS || !bind_role(spot, "latency", &b, NULL))
		return;
	for (size_t i = 0, len; i < q->tokens.len; i++) {
		const struct role *role = role_at(q, i, &len);

		if (role && strcmp(role->name, "size") == 0)
			return;
	}
	for (size_t i = 1; i < q->tokens.len; i++)
		if (token_is(q, i, "time") && q->tokens.at[i - 1].used & USED_SUBJECT && !q->tokens.at[i - 1].word.comma && !(i > 1 && token_is(q, i - 2, "many")))
			plan->value = "latency";
}

/* "who writes so much": bytes, where what is watched moves some; "who forks so much" asks how often. */
void amount_asked(struct wish *wish, const struct spot *spot)
{
	struct plan *plan = wish->plan;
	struct bound b;

	deed_time(wish, spot);
	if (plan->measure != MEASURE_COUNT || wish_said(wish, MEASURE_COUNT) || plan->per_second || !plan->subject->value ||
	    (strcmp(plan->subject->value, "size") != 0 && strncmp(plan->subject->name, "disk.", 5) != 0) || !bind_role(spot, "size", &b, NULL) || strcmp(b.type, "bytes") != 0)
		return;
	for (size_t i = 0, len; i < wish->question.tokens.len; i++)
		if (sense_at(&wish->question, i, "plenty", "size", &len)) {
			plan->measure = MEASURE_SUM;
			plan->value = "size";
			return;
		}
}
