/* What the words ask for: the measure, its role, failed or succeeded. */
#include <string.h>
#include "trace/planner.h"

/* Words that a filter, a time or a name has used up say nothing about the measure. */
static bool spent(const struct question *q, size_t at, size_t len)
{
	for (size_t i = at; i < at + len; i++)
		if (q->tokens.at[i].used & (USED_FILTER | USED_TIME | USED_NAME))
			return true;
	return false;
}

static bool of_subject(const struct question *q, size_t at, size_t len)
{
	for (size_t i = at; i < at + len; i++)
		if (!(q->tokens.at[i].used & USED_SUBJECT))
			return false;
	return true;
}

static void measure_take(struct wish *wish, size_t at, const struct sense *sense, size_t len)
{
	enum measure measure;

	if (!measure_find(text_of(sense->name), &measure))
		return;
	/* A sense that names its role says more than one that does not. */
	if (!wish->measures[measure] || (sense->value && !wish->measures[measure]->value))
		wish->measures[measure] = sense;
	tokens_use(&wish->question, at, len, USED_MEASURE);
}

static void outcome_take(struct wish *wish, size_t at, const struct sense *sense, size_t len)
{
	if (strcmp(sense->name, "failed") == 0)
		wish->failed = true;
	else
		wish->succeeded = true;
	wish->outcome_at = at;
	wish->outcome_len = len;
	tokens_use(&wish->question, at, len, USED_FILTER);
}

void wish_measures(struct wish *wish)
{
	struct question *q = &wish->question;

	for (size_t i = 0; i < q->tokens.len; i++) {
		size_t len, outcome_len, role_len, rank_len, each_len;
		const struct sense *sense = sense_at(q, i, "measure", NULL, &len);
		const struct sense *outcome = sense_at(q, i, "outcome", NULL, &outcome_len);
		const struct sense *rank = sense_at(q, i, "rank", NULL, &rank_len);
		const struct role *role = role_at(q, i, &role_len);

		if (sense_at(q, i, "each", NULL, &each_len) && !spent(q, i, each_len))
			wish->each = true;
		/* "each write", and not "each process" */
		if (i == 0 && (token_is(q, 0, "each") || token_is(q, 0, "every")) && q->tokens.len > 1 &&
		    q->tokens.at[1].used & USED_SUBJECT && !role_at(q, 1, &role_len))
			wish->each = true;

		if (spent(q, i, 1) || q->tokens.at[i].used & USED_KEY)
			continue;
		if (rank && rank_len >= (sense ? len : 0) && !spent(q, i, rank_len)) {
			wish->ranked = true;
			tokens_use(q, i, rank_len, USED_MEASURE);
		}
		if (sense && len >= role_len && !spent(q, i, len) && (sense->value || !of_subject(q, i, len))) {
			measure_take(wish, i, sense, len);
			i += len - 1;
		} else if (role && !spent(q, i, role_len) && !of_subject(q, i, role_len) &&
			   role_len >= outcome_len && !(outcome && strcmp(role->name, "error") == 0 && !wish->failed)) {
			vec_push(&wish->mentions, role);
			tokens_use(q, i, role_len, USED_KEY);
			i += role_len - 1;
		} else if (outcome && !of_subject(q, i, outcome_len)) {
			outcome_take(wish, i, outcome, outcome_len);
			i += outcome_len - 1;
		}
	}
}
