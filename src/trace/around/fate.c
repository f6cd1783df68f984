/* What is told of somebody before it is asked: "our nightly job fails. Which …", "the cron job dies each morning, so …". */
#include <string.h>
#include "trace/names/names.h"
#include "trace/around/sides.h"

/* Of the clause from `from` to `to`, what happens to whoever it tells of; `to`: nothing, or more is said of it. */
static size_t fate_at(const struct question *q, size_t from, size_t to, size_t *len)
{
	size_t at = to, other;

	*len = 0;
	if (!token_in(q, from, GRAMMAR_SOMEBODY))
		return to;
	for (size_t i = from; i < to; i++) {
		const struct token *token = &q->tokens.at[i];
		const struct lexeme *lexeme = token->known ? vocabulary_word(q->vocabulary, token->canonical) : NULL;

		if (token->word.kind != WORD_PLAIN && token->word.kind != WORD_NAME)
			return to;
		if (at == to && sense_at(q, i, "fate", "verb", len)) {
			at = i;
			i += *len - 1;
			/* "fails to open files" */
			if (token_is(q, i + 1, "to"))
				return to;
		} else if (at != to && lexeme && lexeme->subjects && !token->ignored && !sense_at(q, i, "fate", "aside", &other)) {
			return to;
		}
	}
	return at;
}

/* "Which …", "so how many …", "could you show …": a clause that asks. */
static bool asking(const struct question *q, size_t from, size_t to)
{
	for (size_t i = from, len; i < to && i < from + 4; i++)
		if (sense_at(q, i, "ask", "which", &len) || token_is(q, i, "how") || token_is(q, i, "who") || sense_at(q, i, "order", NULL, &len) ||
		    token_is(q, i, "count"))
			return true;
	return false;
}

void fates_pass(struct question *q)
{
	for (size_t from = 0, to; from < q->tokens.len; from = to) {
		size_t at, len;
		bool asked = false;

		for (to = from + 1; to < q->tokens.len && !clause_ends(q, to - 1);)
			to++;
		at = fate_at(q, from, to, &len);
		for (size_t next = to, end; at < to && next < q->tokens.len; next = end) {
			for (end = next + 1; end < q->tokens.len && !clause_ends(q, end - 1);)
				end++;
			asked |= asking(q, next, end);
		}
		if (asked)
			tokens_use(q, at, len, USED_CUE | USED_NAME);
	}
	/* "cron job": what it starts, and not the daemon. */
	for (size_t i = 0, len, other; i + 1 < q->tokens.len; i++)
		if (sense_at(q, i, "starter", "name", &len) && sense_at(q, i + len, "starter", "job", &other) && !q->tokens.at[i + len - 1].word.comma) {
			q->tokens.at[i].famous = q->tokens.at[i].known = false;
			q->tokens.at[i].english = true;
		}
}
