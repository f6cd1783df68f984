/* What is measured, as the words for it say: which of several measures is meant, and of what. */
#include <string.h>
#include "trace/compose/compose.h"

/* "show me the kernel stacks": those are counted, not listed one by one. */
static bool stack_mentioned(const struct wish *wish)
{
	static const char *const stacks[] = { "stack", "ustack", "callstack" };

	for (size_t i = 0; i < COUNT(stacks); i++) {
		vec_each(role, &wish->mentions)
			if (strcmp((*role)->name, stacks[i]) == 0)
				return true;
		vec_each(name, &wish->plan->by)
			if (strcmp(*name, stacks[i]) == 0)
				return true;
		vec_each(name, &wish->extras)
			if (strcmp(*name, stacks[i]) == 0)
				return true;
	}
	return false;
}

/* "over 200 ms", "larger than 4 KB" */
static bool bounded(const struct plan *plan)
{
	vec_each(condition, &plan->where)
		if (!condition->role || strcmp(condition->role, "latency") == 0 || strcmp(condition->role, "size") == 0)
			return true;
	return false;
}

/* "Print any request that took more than 50 ms, with its size in bytes": lines, unless an amount of them, or groups,
 * are asked for. */
static bool orders_lines(const struct wish *wish)
{
	static const enum measure amounts[] = { MEASURE_COUNT, MEASURE_HISTOGRAM, MEASURE_STACKS, MEASURE_AVG, MEASURE_MAX, MEASURE_MIN };

	if (!wish->lists || wish->grouped_by || wish->ranked || wish->plan->per_second || stack_mentioned(wish) ||
	    word_there(wish, "total") || word_there(wish, "sum"))
		return false;
	for (size_t i = 0; i < COUNT(amounts); i++)
		if (wish_said(wish, amounts[i]) && !wish->measures[amounts[i]]->value)
			return false;
	return true;
}

/* "name, pid and how big it was": a row of each, and no amount over all. */
static bool row_described(const struct wish *wish)
{
	size_t names = wish->plan->by.len, numbers = 0;
	bool plain = false;

	if (wish->grouped_by || wish->ranked || wish->plan->per_second || stack_mentioned(wish))
		return false;
	vec_each(hit, &wish->hits)
		if (hit->measure != MEASURE_EVENTS && !(hit->measure == MEASURE_HISTOGRAM && hit->sense->value))
			return false;
	vec_each(role, &wish->mentions) {
		names += (*role)->kind == ROLE_NAME;
		numbers += (*role)->kind == ROLE_NUMBER;
		plain |= (*role)->kind == ROLE_NUMBER && strcmp((*role)->name, "latency") != 0 && strcmp((*role)->name, "size") != 0;
	}
	/* "disk errors: device and sector" */
	return numbers > 0 && names + plain > 1;
}

/* "how many milliseconds of CPU": of what is a time itself, and is added up, that asks for the total. */
static bool asks_total(const struct wish *wish, const struct subject *subject)
{
	return subject->measure == MEASURE_SUM && strcmp(subject->measure_role, "latency") == 0 && word_there(wish, "many") &&
	       (word_there(wish, "millisecond") || word_there(wish, "microsecond") || word_there(wish, "nanosecond") ||
		word_there(wish, "second") || word_there(wish, "ms") || word_there(wish, "us"));
}

/* "profile the cpu by process" asks who, and not where in the code. */
static bool code_asked(const struct wish *wish)
{
	return words_there(&wish->question, GRAMMAR_CODE) || stack_mentioned(wish);
}

/* "is compaction bad? time per process": the amount that the key is asked with, and not "over time by process". */
static bool time_keyed(const struct question *q, size_t at)
{
	if (!token_is(q, at + 1, "per") && !token_is(q, at + 1, "by"))
		return false;
	if (token_in(q, at - 1, GRAMMAR_BEFORE_TIME))
		return false;
	/* "softirq vector time by cpu" */
	if (at > 1 && q->tokens.at[at - 1].used & USED_KEY && q->tokens.at[at - 2].used & USED_SUBJECT && !q->tokens.at[at - 1].word.comma &&
	    !q->tokens.at[at - 2].word.comma)
		return (q->tokens.at[at + 1].used & USED_KEY) != 0;
	return q->tokens.at[at + 1].used & USED_KEY && (q->tokens.at[at - 1].ignored || q->tokens.at[at - 1].word.comma ||
							q->tokens.at[at - 1].used & USED_FILTER);
}

/* "softirq time by vector": all the time that each took. "Response time" is that of each one. */
bool time_meant(const struct wish *wish)
{
	const struct question *q = &wish->question;

	for (enum measure measure = MEASURE_COUNT; measure <= MEASURE_STACKS; measure++)
		if (measure != MEASURE_EVENTS && wish_said(wish, measure))
			return false;
	if (q->tokens.len > 1 && strcmp(q->tokens.at[0].word.base, "time") == 0 && q->tokens.at[1].used & USED_KEY)
		return true; /* "time by syscall" */
	if (q->tokens.len > 2 && strcmp(q->tokens.at[0].word.base, "time") == 0 && (token_is(q, 1, "in") || token_is(q, 1, "inside")) &&
	    q->tokens.at[2].used & USED_SUBJECT)
		return true; /* "time in interrupt handlers" */
	/* "time writers spend in …" */
	for (size_t i = 0; i + 2 < q->tokens.len; i++)
		if (token_is(q, i, "time") && !(q->tokens.at[i].used & USED_SUBJECT) && (token_is(q, i + 1, "spend") || token_is(q, i + 2, "spend") || token_is(q, i + 3, "spend")))
			return true;
	for (size_t i = 1; i < q->tokens.len; i++) {
		bool each = false;

		if (strcmp(q->tokens.at[i].word.base, "time") != 0 && tokens_spell(q, i, "时间") == 0)
			continue;
		each |= token_in(q, i - 1, GRAMMAR_TIME_OF_EACH);
		each |= wish->plan->by.len == 0 && text_is(q->tokens.at[i].word.text, "times"); /* "commit times" */
		each |= token_is(q, i - 1, "each") || token_is(q, i - 1, "every");
		/* "修改系统时间" */
		each |= q->tokens.at[i].word.kind == WORD_HAN && q->tokens.at[i].used & USED_SUBJECT && q->tokens.at[i + 1].used & USED_SUBJECT;
		if (!each && (q->tokens.at[i - 1].used & USED_SUBJECT || time_keyed(q, i)))
			return true;
	}
	return false;
}

/* "in ms", "milliseconds": how the answer is wanted, when it stands with no number. */
static bool time_unit_there(const struct wish *wish)
{
	static const char *const units[] = { "ms", "msec", "millisecond", "us", "usec", "microsecond", "ns", "nanosecond" };
	const struct question *q = &wish->question;

	for (size_t i = 0; i < q->tokens.len; i++)
		for (size_t k = 0; k < COUNT(units); k++)
			if (strcmp(q->tokens.at[i].word.base, units[k]) == 0 && !(q->tokens.at[i].used & (USED_TIME | USED_FILTER)))
				return true;
	return false;
}

/* The words of the subject themselves name a time: "run queue latency". */
static bool time_named(const struct wish *wish)
{
	for (size_t i = 0; i < wish->question.tokens.len; i++)
		if (token_in(&wish->question, i, GRAMMAR_DURATION) && wish->question.tokens.at[i].used & USED_SUBJECT)
			return true;
	return false;
}

/* "run queue wait, by total": of what is itself a time. */
static bool own_time(const struct subject *subject)
{
	return subject->measure == MEASURE_HISTOGRAM && subject->measure_role && strcmp(subject->measure_role, "latency") == 0;
}

/* "softirq ms per cpu": so much time, with no number. */
static bool unit_keyed(const struct wish *wish)
{
	const struct question *q = &wish->question;

	if (!time_unit_there(wish) || wish_said(wish, MEASURE_COUNT))
		return false;
	for (size_t i = 1; i + 1 < q->tokens.len; i++)
		if (q->tokens.at[i - 1].used & USED_SUBJECT && (token_is(q, i + 1, "per") || token_is(q, i + 1, "by")) && time_unit_at(q, i))
			return true;
	return false;
}

/* "packets per second by size" */
static bool number_keyed(const struct question *q, const char *value)
{
	for (size_t i = 1, len; i < q->tokens.len; i++) {
		const struct role *role = token_is(q, i - 1, "by") ? role_at(q, i, &len) : NULL;

		if (role && role->kind == ROLE_NUMBER && strcmp(role->name, value) == 0)
			return true;
	}
	return false;
}

static void set(struct plan *plan, enum measure measure, const char *value)
{
	plan->measure = measure;
	plan->value = value;
}

/* The role that the words for this measure name themselves; NULL: none, or they were not said. */
static const char *own_value(const struct wish *wish, enum measure measure)
{
	return wish_said(wish, measure) ? wish->measures[measure]->value : NULL;
}

/* Measures that words imply and the rest of the question does not mean. */
static void implied_drop(struct wish *wish, const struct subject *subject)
{
	if (counted_of_each(wish, subject)) {
		wish->measures[MEASURE_COUNT] = NULL;
		wish->measures[MEASURE_EVENTS] = NULL;
		wish->each = false;
	}
	/* "it feels slow: which process reads the most?" */
	if (wish->only_slow && (wish->ranked || wish_said(wish, MEASURE_SUM) || wish_said(wish, MEASURE_COUNT) || slow_told(wish)))
		wish->measures[MEASURE_HISTOGRAM] = NULL;
	if (own_value(wish, MEASURE_HISTOGRAM) && asks_total(wish, subject))
		wish->measures[MEASURE_HISTOGRAM] = NULL;
}

/* A histogram, or stacks, of what is added up after all. */
static bool strong_summed(struct wish *wish, const struct subject *subject, enum measure measure)
{
	struct plan *plan = wish->plan;

	/* "how long in total": the words for a time imply a histogram only where nothing else is asked of it. */
	if (measure == MEASURE_HISTOGRAM && own_value(wish, MEASURE_HISTOGRAM) && wish_said(wish, MEASURE_SUM) && !own_value(wish, MEASURE_SUM)) {
		set(plan, MEASURE_SUM, own_value(wish, MEASURE_HISTOGRAM));
		return true;
	}
	/* "where do threads block": the time at each place, where time is what the subject adds up. */
	if (measure == MEASURE_STACKS && (subject->measure == MEASURE_SUM || (wish_said(wish, MEASURE_SUM) && value_said(wish, MEASURE_SUM)))) {
		set(plan, MEASURE_SUM, subject->measure == MEASURE_SUM ? subject->measure_role : value_said(wish, MEASURE_SUM));
		return true;
	}
	return false;
}

/* Whether another measure beside this one is meant. */
static bool strong_passed(struct wish *wish, enum measure measure)
{
	const char *value = own_value(wish, measure), *summed = own_value(wish, MEASURE_SUM);

	if (!value)
		return false;
	if (measure == MEASURE_HISTOGRAM) {
		/* "why so slow? print those over 200 ms" lists them. "How slow" wants a histogram, but "average" beside it the average. */
		return (wish_said(wish, MEASURE_EVENTS) && bounded(wish->plan)) || wish_said(wish, MEASURE_AVG) || wish_said(wish, MEASURE_MAX);
	}
	if (measure != MEASURE_MAX)
		return false;
	/* "biggest callers by bytes": all that each has asked for. */
	if (summed && strcmp(summed, value) == 0) {
		wish->ranked = true;
		return true;
	}
	/* "sum the time …, biggest ten" */
	if (wish->plan->top > 0 && (wish_said(wish, MEASURE_SUM) || wish_said(wish, MEASURE_COUNT))) {
		wish->measures[MEASURE_MAX] = NULL;
		wish->ranked = true;
		return true;
	}
	return false;
}

/* Measures that are what is asked for whatever else is said. */
static bool strong_choose(struct wish *wish, const struct subject *subject)
{
	static const enum measure strong[] = { MEASURE_HISTOGRAM, MEASURE_STACKS, MEASURE_AVG, MEASURE_MAX, MEASURE_MIN };
	struct plan *plan = wish->plan;

	for (size_t i = 0; i < COUNT(strong); i++) {
		const char *value;

		if (!wish_said(wish, strong[i]))
			continue;
		if (strong_summed(wish, subject, strong[i]))
			return true;
		if (strong_passed(wish, strong[i]))
			continue;
		value = value_said(wish, strong[i]);
		set(plan, strong[i], strong[i] == MEASURE_STACKS ? NULL : value ? value : subject->value);
		if (strong[i] == MEASURE_HISTOGRAM && !plan->value)
			plan->value = subject->measure_role ? subject->measure_role : "latency";
		/* "the average number of opens per second" is a rate. */
		if (!plan->value && strong[i] != MEASURE_STACKS && strong[i] != MEASURE_HISTOGRAM)
			plan->measure = MEASURE_COUNT;
		return true;
	}
	return false;
}

/* What the subject, its keys and the words for time come to. */
static bool total_choose(struct wish *wish, const struct subject *subject)
{
	struct plan *plan = wish->plan;

	if (own_value(wish, MEASURE_SUM)) {
		set(plan, MEASURE_SUM, own_value(wish, MEASURE_SUM));
		return true;
	}
	if (subject->measure == MEASURE_STACKS && plan->by.len && !wish->each &&
	    (!code_asked(wish) || (listed(&plan->by, "function") && !stack_mentioned(wish)))) {
		set(plan, MEASURE_COUNT, NULL);
		return true;
	}
	/* Of what is a time of each anyway, how they are spread is the better answer. */
	if (!wish->each && ((time_meant(wish) && (plan->by.len || subject->measure != MEASURE_HISTOGRAM)) || unit_keyed(wish))) {
		set(plan, MEASURE_SUM, "latency");
		return true;
	}
	return false;
}

/* "how many pages are written back": the subject adds up what is counted. */
static bool adds_up_counted(const struct wish *wish, const struct subject *subject)
{
	return wish_said(wish, MEASURE_COUNT) && subject->measure == MEASURE_SUM && strcmp(subject->measure_role, "size") != 0 &&
	       strcmp(subject->measure_role, "latency") != 0 && !times_counted(wish);
}

/* What is counted or added up, as the last words for it say. */
static void amount_choose(struct wish *wish, const struct subject *subject)
{
	const char *value = value_said(wish, MEASURE_COUNT);
	struct plan *plan = wish->plan;

	/* "the time that it blocks, summed"; "total wait in ms"; "sum of run queue latency" */
	if (wish_said(wish, MEASURE_SUM) && !value && subject->value && strcmp(subject->value, "latency") == 0 &&
	    (word_there(wish, "time") || time_unit_there(wish) || ((time_named(wish) || own_time(subject)) && !wish_said(wish, MEASURE_COUNT))))
		value = subject->value;
	if (wish_said(wish, MEASURE_SUM) && (value || subject->measure == MEASURE_SUM)) {
		set(plan, MEASURE_SUM, value ? value : subject->measure_role);
	} else if (value && !wish->each && (!wish_said(wish, MEASURE_EVENTS) || plan->by.len)) {
		set(plan, wish->ranked || strcmp(value, "pages") == 0 ? MEASURE_SUM : MEASURE_HISTOGRAM, value);
	} else if (wish_said(wish, MEASURE_COUNT) || wish_said(wish, MEASURE_SUM)) {
		if (!adds_up_counted(wish, subject))
			set(plan, MEASURE_COUNT, NULL);
	} else if (wish->each) {
		set(plan, MEASURE_EVENTS, NULL);
	} else if (plan->by.len || wish->ranked || wish->grouped_by) {
		if (subject->measure == MEASURE_EVENTS && (wish->grouped || wish->ranked))
			set(plan, MEASURE_COUNT, NULL);
	} else if (plan->per_second && subject->measure != MEASURE_SUM) {
		set(plan, MEASURE_COUNT, NULL);
	} else if (wish_said(wish, MEASURE_EVENTS)) {
		set(plan, MEASURE_EVENTS, NULL);
	}
}

/* Only counts and sums are rates. */
static void rate_choose(struct plan *plan, const struct question *q)
{
	if (plan->per_second && plan->measure == MEASURE_HISTOGRAM && number_keyed(q, plan->value)) {
		plan->per_second = false;
		vec_push(&plan->notes, "A number is no key of a rate: how it is spread is shown, over the whole time.");
	}
	if (plan->per_second && plan->measure != MEASURE_SUM && plan->measure != MEASURE_COUNT)
		set(plan, MEASURE_COUNT, NULL);
}

void measure_by_words(struct wish *wish, const struct subject *subject)
{
	struct plan *plan = wish->plan;

	set(plan, subject->measure, subject->measure_role);
	if (stack_mentioned(wish) && !wish->each) {
		wish->measures[MEASURE_EVENTS] = NULL;
		if (plan->measure == MEASURE_EVENTS)
			plan->measure = MEASURE_COUNT;
	}
	if (orders_lines(wish) || (subject->measure == MEASURE_EVENTS && row_described(wish))) {
		set(plan, MEASURE_EVENTS, NULL);
		return;
	}
	if (statistics_choose(wish, subject))
		return;
	implied_drop(wish, subject);
	if (strong_choose(wish, subject) || total_choose(wish, subject))
		return;
	amount_choose(wish, subject);
	rate_choose(plan, &wish->question);
}
