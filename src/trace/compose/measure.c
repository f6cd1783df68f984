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
