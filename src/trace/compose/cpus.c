/* Of what goes from one CPU to another: which of the two the words mean ("IPIs to cpu 3", "which core gets them"). */
#include <string.h>
#include "trace/compose/compose.h"
#include "trace/names/names.h"

/* A phrase of that sense which ends right before `end`, over "each", "which", "the". */
static const struct sense *stands_before(const struct question *q, size_t end)
{
	while (end > 0 && (token_in(q, end - 1, GRAMMAR_EVERY) || token_is(q, end - 1, "what") || token_is(q, end - 1, "the")))
		end--;
	for (size_t at = end > 3 ? end - 3 : 0, len; at < end; at++) {
		const struct sense *sense = sense_at(q, at, "way", NULL, &len);

		if (sense && at + len == end)
			return sense;
	}
	return NULL;
}

/* "which cpu do tasks migrate to": what is asked for stands first, and its preposition last. */
static const struct sense *stands_last(const struct question *q, size_t at)
{
	size_t len;

	if (at == 0 || (!token_is(q, at - 1, "which") && !token_is(q, at - 1, "what")))
		return NULL;
	for (size_t i = at + 1; i < q->tokens.len; i++) {
		const struct sense *sense = sense_at(q, i, "way", NULL, &len);
		const struct token *next = i + 1 < q->tokens.len ? &q->tokens.at[i + 1] : NULL;

		if (sense && len == 1 && (!next || q->tokens.at[i].word.comma || next->used & (USED_MEASURE | USED_TIME)))
			return sense;
	}
	return NULL;
}

static bool bound_there(const struct spot *spot, const char *role)
{
	struct bound b;

	return bind_role(spot, role, &b, NULL);
}

void cpus_of_ends(struct wish *wish, const struct spot *spot)
{
	struct question *q = &wish->question;
	const char *meant = NULL;

	if (!bound_there(spot, "dest_cpu"))
		return;
	for (size_t i = 0, len; i < q->tokens.len && !meant; i++) {
		const struct role *role = role_at(q, i, &len);
		const struct sense *sense;
		size_t verb;

		if (!role || strcmp(role->name, "cpu") != 0)
			continue;
		sense = stands_before(q, i);
		sense = sense ? sense : sense_at(q, i + len, "takes", NULL, &verb);
		sense = sense ? sense : stands_last(q, i);
		if (sense && bound_there(spot, sense->name))
			meant = sense->name;
	}
	if (!meant)
		return;
	for (size_t i = 0, len; i < q->tokens.len; i++)
		if (sense_at(q, i, "takes", NULL, &len))
			tokens_use(q, i, len, USED_KEY);
	vec_each(name, &wish->plan->by)
		if (strcmp(*name, "cpu") == 0)
			*name = meant;
	vec_each(condition, &wish->plan->where)
		if (condition->role && strcmp(condition->role, "cpu") == 0)
			condition->role = meant;
}
