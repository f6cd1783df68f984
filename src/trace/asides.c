/* What people say around a question and is no part of it. */
#include "trace/planner.h"

/* "eating the disk", "killing our latency": a verb of harm and what it is done to; the tokens, or 0. */
static size_t complaint(const struct question *q, size_t at)
{
	size_t len, object, end;

	if (!sense_at(q, at, "chatter", "harm", &len))
		return 0;
	for (end = at + len; end < q->tokens.len && end < at + len + 4; end++) {
		if (sense_at(q, end, "chatter", "harmed", &object))
			return end + object - at;
		if (!q->tokens.at[end].ignored)
			return 0;
	}
	return 0;
}

void asides_pass(struct question *q, bool complaints)
{
	for (size_t i = 0; i < q->tokens.len; i++) {
		size_t len, more = complaints ? complaint(q, i) : 0;

		if (!sense_at(q, i, "chatter", "phrase", &len))
			len = 0;
		len = more > len ? more : len;
		tokens_use(q, i, len, USED_FILTER);
		i += len ? len - 1 : 0;
	}
}

bool complains(const struct vocabulary *vocabulary, struct text text)
{
	struct question q;
	bool found = false;

	question_read(&q, vocabulary, text, NULL, NULL);
	for (size_t i = 0; i < q.tokens.len; i++)
		found = found || complaint(&q, i) > 0;
	question_done(&q);
	return found;
}
