/* From the words and a subject to a plan: several statistics of one value. */
#include <string.h>
#include "trace/compose/compose.h"

#define BIT(measure) (1u << (measure))

static bool joiner(const struct question *q, size_t at)
{
	return token_in(q, at, GRAMMAR_AND_OR) || token_is(q, at, "with") || token_is(q, at, "also") || token_is(q, at, "then");
}

/* "min/avg/max", "平均、最大": what stands between two words and is none itself. */
static bool parted(const struct token *a, const struct token *b)
{
	const char *from = a->word.text.at + a->word.text.len;

	/* Of Chinese each character is a token of its run. */
	for (const char *at = from; at < b->word.text.at; at++)
		if (*at == '/' || *at == ',' || *at == '&')
			return true;
	return a->word.comma;
}

/* Whether two measures are in one breath, and not one about the other: "average and worst", not "worst average". */
static bool together(const struct question *q, const struct measure_hit *a, const struct measure_hit *b)
{
	const struct measure_hit *first = a->at < b->at ? a : b, *second = first == a ? b : a;
	size_t end = first->at + first->len;

	/* "min avg max" */
	if (end >= second->at && !first->sense->value && !second->sense->value)
		return true;
	for (size_t i = end; i <= second->at && i > 0; i++) {
		if (parted(&q->tokens.at[i - 1], &q->tokens.at[i]) || (i < second->at && joiner(q, i)))
			return true;
	}
	return false;
}

const struct measure_hit *hit_of(const struct wish *wish, enum measure measure)
{
	const struct measure_hit *found = NULL;

	vec_each(hit, &wish->hits)
		if (hit->measure == measure && (!found || (hit->own && !found->own)))
			found = hit;
	return found;
}

/* "how long does it take" implies a histogram, "distribution" and "median" mean one. */
bool spread_said(const struct wish *wish)
{
	vec_each(hit, &wish->hits) {
		if (hit->measure != MEASURE_HISTOGRAM)
			continue;
		if (!hit->sense->value)
			return true;
		for (size_t i = hit->at; i < hit->at + hit->len; i++)
			if (token_in(&wish->question, i, GRAMMAR_HISTOGRAM))
				return true;
	}
	return false;
}

/* "how many in total, and how many failed": the total is of the count in one breath with it. */
static bool total_of_count(const struct wish *wish, const struct measure_hit *sum)
{
	vec_each(hit, &wish->hits)
		if (sum->measure == MEASURE_SUM && !sum->sense->value && !sum->after && hit->measure == MEASURE_COUNT &&
		    !together(&wish->question, hit, sum))
			return true;
	return false;
}

unsigned statistics_asked(struct wish *wish)
{
	static const enum measure all[] = { MEASURE_COUNT, MEASURE_SUM, MEASURE_AVG, MEASURE_MIN, MEASURE_MAX };
	unsigned asked = 0;

	for (size_t a = 0; a < COUNT(all); a++)
		for (size_t b = a + 1; b < COUNT(all); b++)
			vec_each(one, &wish->hits)
				vec_each(other, &wish->hits)
					if (one->measure == all[a] && other->measure == all[b] && !total_of_count(wish, other) && together(&wish->question, one, other))
						asked |= BIT(all[a]) | BIT(all[b]);
	return asked;
}

/* What the statistic is of: its own words say, or what is mentioned; else what its words imply. */
static const char *value_of(const struct wish *wish, enum measure measure)
{
	const struct measure_hit *hit = hit_of(wish, measure);

	if (hit && hit->own && hit->sense->value)
		return hit->sense->value;
	if (hit && hit->after)
		return hit->after;
	if (wish->measured)
		return wish->measured;
	vec_each(role, &wish->mentions)
		if ((*role)->kind == ROLE_NUMBER)
			return (*role)->name;
	return hit ? hit->sense->value : NULL;
}

/* The value that all of them are of; false: they are of several. */
static bool common_value(const struct wish *wish, unsigned asked, const char **value)
{
	*value = NULL;
	for (enum measure measure = MEASURE_SUM; measure <= MEASURE_MAX; measure++) {
		const char *own = asked & BIT(measure) ? value_of(wish, measure) : NULL;

		if (own && *value && strcmp(own, *value) != 0)
			return false;
		if (own)
			*value = own;
	}
	return true;
}

static enum measure leading(unsigned asked)
{
	return asked & BIT(MEASURE_AVG) ? MEASURE_AVG : asked & BIT(MEASURE_SUM) ? MEASURE_SUM :
	       asked & BIT(MEASURE_MAX) ? MEASURE_MAX : MEASURE_MIN;
}

bool one_of_watched(const struct question *q, size_t at)
{
	size_t end = at + 1, len;

	if (!token_is(q, at, "per") && !token_is(q, at, "each") && !token_is(q, at, "every") && !token_is(q, at, "single"))
		return false;
	end += token_is(q, end, "single") || token_is(q, end, "individual");
	for (size_t from = end; end < from + 4 && end < q->tokens.len && q->tokens.at[end].used & USED_SUBJECT; end++)
		if (q->tokens.at[end].word.comma && ++end)
			break;
	if (!(end > 0 && q->tokens.at[end - 1].word.comma) && token_in(q, end, GRAMMAR_ONE_CALL))
		return true;
	/* "per process", "per socket": groups */
	return end > at + 1 && !q->tokens.at[end - 1].ignored && !token_in(q, end - 1, GRAMMAR_HOLDER) &&
	       (!role_at(q, end - 1, &len) || token_in(q, end - 1, GRAMMAR_ONE_CALL));
}

/* "每次读多少字节": of each, and no total. */
static bool each_amount(const struct wish *wish)
{
	const struct question *q = &wish->question;
	bool said = false, added = false;
	size_t len;

	/* "every malloc over 1 MB, largest sum on top", "…, summing the bytes" */
	for (size_t i = 0; i < q->tokens.len; i++)
		added |= token_is(q, i, "total") || token_is(q, i, "altogether") || text_starts(q->tokens.at[i].word.text, "sum");
	for (size_t i = 0; i < q->tokens.len; i++) {
		said |= token_in(q, i, GRAMMAR_EVERY_TIME) && !(q->tokens.at[i].used & USED_TIME);
		if (token_in(q, i, GRAMMAR_IN_ALL))
			return false;
		said |= wish->plan->measure == MEASURE_SUM && !added && !(q->tokens.at[i].used & (USED_TIME | USED_FILTER)) &&
			(one_of_watched(q, i) || sense_at(q, i, "once", NULL, &len));
	}
	return said;
}

void amounts_spread(struct wish *wish)
{
	struct plan *plan = wish->plan;
	const char *value = plan->measure == MEASURE_SUM ? plan->value : wish->each ? value_said(wish, MEASURE_SUM) : NULL;

	if (!value || plan->per_second || plan->interval > 0 || strcmp(value, "latency") == 0 ||
	    (plan->measure != MEASURE_SUM && plan->measure != MEASURE_EVENTS) || !each_amount(wish))
		return;
	plan->measure = MEASURE_HISTOGRAM;
	plan->value = value;
}

bool statistics_choose(struct wish *wish, const struct subject *subject)
{
	struct plan *plan = wish->plan;
	unsigned asked = statistics_asked(wish);
	bool spread = spread_said(wish);
	const char *value;

	/* "how many reads and how many bytes", but "how many, and by which processes" asks for one thing. */
	if (spread)
		asked |= (wish_said(wish, MEASURE_AVG) ? BIT(MEASURE_AVG) : 0) | (wish_said(wish, MEASURE_MAX) ? BIT(MEASURE_MAX) : 0) |
			 (wish_said(wish, MEASURE_MIN) ? BIT(MEASURE_MIN) : 0);
	if (!spread && (!asked || (asked & (asked - 1)) == 0))
		return false;
	if (wish_said(wish, MEASURE_STACKS) || (spread && !asked))
		return false;
	if (!common_value(wish, asked, &value) || plan->per_second) {
		vec_push(&plan->notes, "Of several measures one is shown: ask for the others on their own.");
		return false;
	}
	if (!value)
		value = value_said(wish, spread ? MEASURE_HISTOGRAM : leading(asked));
	if (!value)
		value = subject->value ? subject->value : subject->measure_role;
	if (!value)
		return false;
	plan->value = value;
	plan->measure = spread ? MEASURE_HISTOGRAM : leading(asked);
	plan->also = asked & ~BIT(plan->measure) & ~BIT(MEASURE_SUM);
	/* Its count and total go with an average. */
	if (asked & BIT(MEASURE_AVG) || spread)
		plan->also &= ~BIT(MEASURE_COUNT);
	return true;
}
