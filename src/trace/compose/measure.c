/* From the words and a subject to a plan: what is measured. */
#include <ctype.h>
#include <string.h>
#include "trace/compose/compose.h"

bool word_there(const struct wish *wish, const char *word)
{
	for (size_t i = 0; i < wish->question.tokens.len; i++)
		if (token_is(&wish->question, i, word))
			return true;
	return false;
}

/* The role that any measure word named ("bytes", "slowest"), or that was mentioned with a number. */
const char *value_said(const struct wish *wish, enum measure measure)
{
	const struct measure_hit *hit = hit_of(wish, measure);

	/* "largest" is a size, but not of "largest read latency". */
	if (hit && !hit->own && hit->after)
		return hit->after;
	if (wish->measures[measure] && wish->measures[measure]->value)
		return wish->measures[measure]->value;
	if (wish->measured)
		return wish->measured;
	if (compared_measured(wish))
		return "size";
	for (size_t i = 0; i < wish->mentions.len; i++)
		if (wish->mentions.at[i]->kind == ROLE_NUMBER)
			return wish->mentions.at[i]->name;
	for (size_t i = 0; i < COUNT(wish->measures); i++)
		if (wish->measures[i] && wish->measures[i]->value)
			return wish->measures[i]->value;
	return NULL;
}

bool wish_said(const struct wish *wish, enum measure measure)
{
	return wish->measures[measure] != NULL;
}

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
static bool time_meant(const struct wish *wish)
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

static void measure_by_words(struct wish *wish, const struct subject *subject)
{
	static const enum measure strong[] = { MEASURE_HISTOGRAM, MEASURE_STACKS, MEASURE_AVG, MEASURE_MAX, MEASURE_MIN };
	struct plan *plan = wish->plan;
	const char *value;

	plan->measure = subject->measure;
	plan->value = subject->measure_role;
	if (stack_mentioned(wish) && !wish->each) {
		wish->measures[MEASURE_EVENTS] = NULL;
		if (plan->measure == MEASURE_EVENTS)
			plan->measure = MEASURE_COUNT;
	}
	if (orders_lines(wish) || (subject->measure == MEASURE_EVENTS && row_described(wish))) {
		plan->measure = MEASURE_EVENTS;
		plan->value = NULL;
		return;
	}
	if (statistics_choose(wish, subject))
		return;
	if (counted_of_each(wish, subject)) {
		wish->measures[MEASURE_COUNT] = NULL;
		wish->measures[MEASURE_EVENTS] = NULL;
		wish->each = false;
	}
	/* "it feels slow: which process reads the most?" */
	if (wish->only_slow && (wish->ranked || wish_said(wish, MEASURE_SUM) || wish_said(wish, MEASURE_COUNT) || slow_told(wish)))
		wish->measures[MEASURE_HISTOGRAM] = NULL;
	if (wish_said(wish, MEASURE_HISTOGRAM) && wish->measures[MEASURE_HISTOGRAM]->value && asks_total(wish, subject))
		wish->measures[MEASURE_HISTOGRAM] = NULL;
	for (size_t i = 0; i < COUNT(strong); i++) {
		if (!wish_said(wish, strong[i]))
			continue;
		/* "how long in total": the words for a time imply a histogram only where nothing else is asked of it. */
		if (strong[i] == MEASURE_HISTOGRAM && wish->measures[MEASURE_HISTOGRAM]->value && wish_said(wish, MEASURE_SUM) &&
		    !wish->measures[MEASURE_SUM]->value) {
			plan->measure = MEASURE_SUM;
			plan->value = wish->measures[MEASURE_HISTOGRAM]->value;
			return;
		}
		/* "biggest callers by bytes": all that each has asked for. */
		if (strong[i] == MEASURE_MAX && wish->measures[MEASURE_MAX]->value && wish_said(wish, MEASURE_SUM) &&
		    wish->measures[MEASURE_SUM]->value &&
		    strcmp(wish->measures[MEASURE_SUM]->value, wish->measures[MEASURE_MAX]->value) == 0) {
			wish->ranked = true;
			continue;
		}
		/* "sum the time …, biggest ten" */
		if (strong[i] == MEASURE_MAX && wish->measures[MEASURE_MAX]->value && plan->top > 0 &&
		    (wish_said(wish, MEASURE_SUM) || wish_said(wish, MEASURE_COUNT))) {
			wish->measures[MEASURE_MAX] = NULL;
			wish->ranked = true;
			continue;
		}
		/* "why so slow? print those over 200 ms" lists them. */
		if (strong[i] == MEASURE_HISTOGRAM && wish->measures[MEASURE_HISTOGRAM]->value && wish_said(wish, MEASURE_EVENTS) &&
		    bounded(plan))
			continue;
		/* "how slow" wants a histogram, but "average" beside it wants the average. */
		if (strong[i] == MEASURE_HISTOGRAM && wish->measures[MEASURE_HISTOGRAM]->value &&
		    (wish_said(wish, MEASURE_AVG) || wish_said(wish, MEASURE_MAX)))
			continue;
		/* "where do threads block": the time at each place, where time is what the subject adds up. */
		if (strong[i] == MEASURE_STACKS && (subject->measure == MEASURE_SUM ||
						    (wish_said(wish, MEASURE_SUM) && value_said(wish, MEASURE_SUM)))) {
			plan->measure = MEASURE_SUM;
			plan->value = subject->measure == MEASURE_SUM ? subject->measure_role : value_said(wish, MEASURE_SUM);
			return;
		}
		plan->measure = strong[i];
		value = value_said(wish, strong[i]);
		plan->value = strong[i] == MEASURE_STACKS ? NULL : value ? value : subject->value;
		if (strong[i] == MEASURE_HISTOGRAM && !plan->value)
			plan->value = subject->measure_role ? subject->measure_role : "latency";
		/* "the average number of opens per second" is a rate. */
		if (!plan->value && strong[i] != MEASURE_STACKS && strong[i] != MEASURE_HISTOGRAM)
			plan->measure = MEASURE_COUNT;
		return;
	}
	if (wish_said(wish, MEASURE_SUM) && wish->measures[MEASURE_SUM]->value) {
		plan->measure = MEASURE_SUM;
		plan->value = wish->measures[MEASURE_SUM]->value;
		return;
	}
	if (subject->measure == MEASURE_STACKS && plan->by.len && !wish->each &&
	    (!code_asked(wish) || (listed(&plan->by, "function") && !stack_mentioned(wish)))) {
		plan->measure = MEASURE_COUNT;
		plan->value = NULL;
		return;
	}
	/* Of what is a time of each anyway, how they are spread is the better answer. */
	if (!wish->each && ((time_meant(wish) && (plan->by.len || subject->measure != MEASURE_HISTOGRAM)) || unit_keyed(wish))) {
		plan->measure = MEASURE_SUM;
		plan->value = "latency";
		return;
	}
	value = value_said(wish, MEASURE_COUNT);
	/* "the time that it blocks, summed"; "total wait in ms"; "sum of run queue latency" */
	if (wish_said(wish, MEASURE_SUM) && !value && subject->value && strcmp(subject->value, "latency") == 0 &&
	    (word_there(wish, "time") || time_unit_there(wish) || ((time_named(wish) || own_time(subject)) && !wish_said(wish, MEASURE_COUNT))))
		value = subject->value;
	if (wish_said(wish, MEASURE_SUM) && (value || subject->measure == MEASURE_SUM)) {
		plan->measure = MEASURE_SUM;
		plan->value = value ? value : subject->measure_role;
	} else if (value && !wish->each && (!wish_said(wish, MEASURE_EVENTS) || plan->by.len)) {
		plan->measure = wish->ranked || strcmp(value, "pages") == 0 ? MEASURE_SUM : MEASURE_HISTOGRAM;
		plan->value = value;
	} else if (wish_said(wish, MEASURE_COUNT) && subject->measure == MEASURE_SUM && strcmp(subject->measure_role, "size") != 0 &&
		   strcmp(subject->measure_role, "latency") != 0) {
		if (!times_counted(wish))
			return; /* "how many pages are written back": the subject adds up what is counted */
		plan->measure = MEASURE_COUNT;
		plan->value = NULL;
	} else if (wish_said(wish, MEASURE_COUNT) || wish_said(wish, MEASURE_SUM)) {
		plan->measure = MEASURE_COUNT;
		plan->value = NULL;
	} else if (wish->each) {
		plan->measure = MEASURE_EVENTS;
		plan->value = NULL;
	} else if (plan->by.len || wish->ranked || wish->grouped_by) {
		if (subject->measure == MEASURE_EVENTS && (wish->grouped || wish->ranked)) {
			plan->measure = MEASURE_COUNT;
			plan->value = NULL;
		}
	} else if (wish->plan->per_second && subject->measure != MEASURE_SUM) {
		plan->measure = MEASURE_COUNT;
		plan->value = NULL;
	} else if (wish_said(wish, MEASURE_EVENTS)) {
		plan->measure = MEASURE_EVENTS;
		plan->value = NULL;
	}
	if (plan->per_second && plan->measure == MEASURE_HISTOGRAM && number_keyed(&wish->question, plan->value)) {
		plan->per_second = false;
		vec_push(&plan->notes, "A number is no key of a rate: how it is spread is shown, over the whole time.");
	}
	if (plan->per_second && plan->measure != MEASURE_SUM && plan->measure != MEASURE_COUNT) {
		plan->measure = MEASURE_COUNT;
		plan->value = NULL;
	}
}

/* "who was killed and how much memory did it have", "kills with their size", "calls with size, flags and mode": an amount
 * of each, where the subject is told one by one, or several things of each are asked for. */
static void beside_lines(struct wish *wish, const struct subject *subject)
{
	const struct question *q = &wish->question;
	bool hits = false, lines = subject->measure == MEASURE_EVENTS;
	size_t amounts = 0;

	if (wish->grouped_by || wish->ranked || wish->plan->per_second)
		return;
	vec_each(hit, &wish->hits)
		amounts += hit->measure != MEASURE_EVENTS;
	vec_each(hit, &wish->hits) {
		hits = true;
		if (lines && hit->sense->value && hit->at > 0 && amounts == 1 &&
		    (token_in(q, hit->at - 1, GRAMMAR_AND) || token_is(q, hit->at - 1, "以"))) {
			wish->each = true;
			vec_push(&wish->extras, hit->sense->value);
			wish->measures[hit->measure] = NULL;
		}
	}
	if (hits)
		return;
	for (size_t i = 0; lines && !wish->measured && word_there(wish, "with") && i < wish->mentions.len; i++)
		if (wish->mentions.at[i]->kind == ROLE_NUMBER) {
			wish->measured = wish->mentions.at[i]->name;
			wish->measured_with = true;
		}
	if (!wish->measured_with || !(lines || wish->extras.len))
		return;
	wish->each = true;
	vec_push(&wish->extras, wish->measured);
}

void measure_choose(struct wish *wish, const struct subject *subject)
{
	struct plan *plan = wish->plan;

	if (times_each(wish)) {
		wish->measures[MEASURE_EVENTS] = NULL;
		wish->each = wish->lists = false;
	}
	beside_lines(wish, subject);
	measure_by_words(wish, subject);
	amount_meant(wish, subject);
	/* "from A to B, sum": of a time between two moments, that is what is added up. */
	if (wish->named.span && plan->measure == MEASURE_COUNT && !wish_said(wish, MEASURE_COUNT)) {
		plan->measure = wish_said(wish, MEASURE_SUM) ? MEASURE_SUM : MEASURE_HISTOGRAM;
		plan->value = subject->value;
	}
	/* "average space by dport", where there is no such field */
	if (wish->named.count && !wish->named.span && !wish->named.value && !wish->missing && plan->measure == MEASURE_COUNT &&
	    !plan->per_second && !wish_said(wish, MEASURE_COUNT) && (wish_said(wish, MEASURE_AVG) || wish_said(wish, MEASURE_MIN)))
		wish->missing = "it asks for an average or a minimum, and what that is of is no field of the tracepoint";
	/* "sum nr_sector": the field that the question measures, whatever its measure word means elsewhere. */
	if (!wish->named.value)
		return;
	if (plan->measure == MEASURE_COUNT || plan->measure == MEASURE_EVENTS || plan->measure == MEASURE_STACKS)
		plan->measure = wish->named.measure;
	plan->value = wish->named.value;
}

/* "histogram of the return value": a name elsewhere, but a number here, and that is what is measured. */
void value_mention(struct wish *wish, const struct spot *spot)
{
	bool amount = wish_said(wish, MEASURE_HISTOGRAM) || wish_said(wish, MEASURE_AVG) || wish_said(wish, MEASURE_MAX) || wish_said(wish, MEASURE_MIN);

	/* "sum of the second argument" */
	for (size_t i = 0; wish_said(wish, MEASURE_SUM) && i < wish->mentions.len; i++)
		amount |= strcmp(wish->mentions.at[i]->name, "ret") == 0 ||
			  (strncmp(wish->mentions.at[i]->name, "arg", 3) == 0 && isdigit((unsigned char)wish->mentions.at[i]->name[3]));
	for (size_t i = 0; amount && !value_said(wish, MEASURE_HISTOGRAM) && i < wish->mentions.len; i++) {
		struct bound b;

		if (!bind_role(spot, wish->mentions.at[i]->name, &b, NULL) || b.text ||
		    (strcmp(b.type, "number") != 0 && strcmp(b.type, "result") != 0))
			continue;
		wish->measured = wish->mentions.at[i]->name;
		memmove(&wish->mentions.at[i], &wish->mentions.at[i + 1],
			(wish->mentions.len - i - 1) * sizeof(wish->mentions.at[0]));
		wish->mentions.len--;
	}
}

/* "kill traffic", "the length of sleeps": words that mean a size elsewhere, and here what there is. */
void value_meant(struct wish *wish, const struct spot *spot)
{
	struct plan *plan = wish->plan;
	struct bound b;

	if (!plan->value || bind_role(spot, plan->value, &b, NULL))
		return;
	if (wish->measured && bind_role(spot, wish->measured, &b, NULL)) {
		plan->value = wish->measured;
		return;
	}
	/* "the smallest return value": the adjective is of what is named. */
	for (size_t i = 0; strcmp(plan->value, "size") == 0 && i < wish->mentions.len; i++)
		if (bind_role(spot, wish->mentions.at[i]->name, &b, NULL) && !b.text &&
		    (strcmp(b.type, "number") == 0 || strcmp(b.type, "result") == 0)) {
			plan->value = wish->mentions.at[i]->name;
			return;
		}
	/* "sizes requested by x": of the amounts that are named, the one there is. */
	vec_each(role, &wish->mentions)
		if ((*role)->kind == ROLE_NUMBER && bind_role(spot, (*role)->name, &b, NULL)) {
			plan->value = (*role)->name;
			return;
		}
	if (plan->measure == MEASURE_SUM && strcmp(plan->value, "latency") == 0 && time_meant(wish) && spot->way->kind != WAY_SAMPLE) {
		/* What has no end takes no time: then how often it happens is all that there is. */
		plan->measure = plan->subject->measure == MEASURE_SUM ? MEASURE_SUM : MEASURE_COUNT;
		plan->value = plan->measure == MEASURE_SUM ? plan->subject->measure_role : NULL;
		vec_push(&plan->notes, "How long they take is not measured: what is watched tells of one moment.");
		return;
	}
	/* "run queue len per core" */
	if ((strcmp(plan->value, "size") == 0 || (strcmp(plan->value, "requested") == 0 && !bind_role(spot, "size", &b, NULL))) &&
	    bind_role(spot, "length", &b, NULL)) {
		plan->value = "length";
		return;
	}
	if (strcmp(plan->value, "requested") == 0 && bind_role(spot, "size", &b, NULL)) {
		plan->value = "size";
	} else if (strcmp(plan->value, "size") == 0 && word_there(wish, "length") && bind_role(spot, "latency", &b, NULL) &&
	    (plan->measure == MEASURE_AVG || plan->measure == MEASURE_MAX || plan->measure == MEASURE_MIN ||
	     (plan->subject->timed && text_ends(text_of(plan->subject->timed), "length")))) {
		plan->value = "latency";
	} else if (strcmp(plan->value, "size") == 0 && word_there(wish, "much") && plan->measure == MEASURE_SUM &&
		   plan->subject->measure_role && bind_role(spot, plan->subject->measure_role, &b, NULL)) {
		plan->value = plan->subject->measure_role; /* "how much CPU time" */
	} else if ((strcmp(plan->value, "size") == 0 && word_there(wish, "traffic")) ||
		   (spot->way->kind == WAY_SAMPLE && (strcmp(plan->value, "latency") == 0 || strcmp(plan->value, "size") == 0))) {
		plan->measure = MEASURE_COUNT;
		plan->value = NULL;
	}
}
