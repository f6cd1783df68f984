/* What people say around a question and is no part of it. */
#include <string.h>
#include "trace/plan/planner.h"
#include "trace/around/sides.h"

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

/* Whether nothing here is a name, a number or a path that a part passed over would lose. */
static bool plain(const struct question *q, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		const struct token *token = &q->tokens.at[i];

		if (token->famous || token->word.kind != WORD_PLAIN || !(token->english || token->known || token->ignored))
			return false;
		if (token_in(q, i, GRAMMAR_START) || token_is(q, i, "call"))
			return false;
	}
	return true;
}

/* "while I plug the disk in", "when we press a key": a circumstance of whoever asks; the tokens, or 0. */
static size_t circumstance(const struct question *q, size_t at)
{
	size_t end = at + 1;

	if (!token_in(q, at, GRAMMAR_WHILE) || !token_in(q, end, GRAMMAR_PERSON))
		return 0;
	while (end < q->tokens.len && !token_in(q, end, GRAMMAR_BY) && !token_is(q, end, "for"))
		if (q->tokens.at[end++].word.comma)
			break;
	return plain(q, at, end) ? end - at : 0;
}

/* "my script makes exactly 500 symlinks and …": an amount that is told, and no filter; from where on, or SIZE_MAX. */
static size_t amount_told(const struct question *q, size_t at)
{
	size_t from = at, len, start = at;
	bool told;

	if (at < 2 || at + 1 >= q->tokens.len || q->tokens.at[at].word.kind != WORD_NUMBER || q->tokens.at[at].word.comma)
		return SIZE_MAX;
	if (q->tokens.at[at + 1].word.kind != WORD_PLAIN || !text_ends(q->tokens.at[at + 1].word.text, "s") || unit_at(q, at, false).kind ||
	    sense_at(q, at + 1, "rank", NULL, &len))
		return SIZE_MAX;
	/* A rate would be left of "100 reads a second". */
	if (token_is(q, at + 2, "a") || token_is(q, at + 2, "per") || token_is(q, at + 2, "each") || token_is(q, at + 2, "every"))
		return SIZE_MAX;
	start -= token_in(q, at - 1, GRAMMAR_ABOUT);
	while (from > 0 && !q->tokens.at[from - 1].word.comma)
		from--;
	told = token_in(q, from, GRAMMAR_TELLER);
	/* A key, a bound, an order or a wish before it: then it is no story. */
	for (size_t i = from; told && i < start; i++)
		told = !sense_at(q, i, "compare", NULL, &len) && !sense_at(q, i, "measure", NULL, &len) && !sense_at(q, i, "rank", NULL, &len) &&
		       !sense_at(q, i, "order", NULL, &len) && !token_is(q, i, "want") && !token_is(q, i, "need") && !token_is(q, i, "like") &&
		       q->tokens.at[i].word.kind == WORD_PLAIN && (!role_at(q, i, &len) || i + 1 < start);
	return told ? start : SIZE_MAX;
}

/* "count opens, no sorry, reads": where it is taken back; 0: nothing is. What would be lost of the rest
 * (a name, a number) must not stand before. */
static size_t taken_back(const struct question *q)
{
	for (size_t i = 1, len; i < q->tokens.len; i++)
		if (sense_at(q, i, "correction", NULL, &len) && i + len < q->tokens.len && plain(q, 0, i))
			return i;
	return 0;
}

/* How it is measured and by what holds for what is meant, too. */
static void take_back(struct question *q)
{
	size_t to = taken_back(q), len;

	for (size_t i = 0; i < to; i++) {
		size_t keeps = sense_at(q, i, "measure", NULL, &len) ? len : 0;

		if (!keeps && (token_is(q, i, "by") || token_is(q, i, "per")) && role_at(q, i + 1, &len))
			keeps = len + 1;
		if (keeps)
			i += keeps - 1;
		else
			tokens_use(q, i, 1, USED_FILTER);
	}
}

void asides_pass(struct question *q, bool complaints)
{
	corrections_apply(q);
	if (complaints)
		take_back(q);
	for (size_t i = 0; complaints && i < q->tokens.len; i++) {
		size_t from = amount_told(q, i);

		if (from != SIZE_MAX)
			tokens_use(q, from, i + 1 - from, USED_FILTER);
	}
	for (size_t i = 0; complaints && i < q->tokens.len; i++) {
		tokens_use(q, i, circumstance(q, i), USED_FILTER);
		clause_told_pass(q, i, clause_told(q, i));
	}
	/* "I mean" is no average. */
	for (size_t i = 0, len; i < q->tokens.len; i++)
		if (sense_at(q, i, "correction", NULL, &len))
			tokens_use(q, i, len, USED_FILTER);
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
	bool found;

	question_read(&q, vocabulary, text, NULL, NULL);
	found = taken_back(&q) > 0;
	for (size_t i = 0; i < q.tokens.len; i++)
		found = found || complaint(&q, i) > 0 || amount_told(&q, i) != SIZE_MAX || circumstance(&q, i) > 0 || clause_told(&q, i) > 0;
	question_done(&q);
	return found;
}
