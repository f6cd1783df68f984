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

/* Whether nothing here is a name, a number or a path that a part passed over would lose. */
static bool plain(const struct question *q, size_t from, size_t to)
{
	static const char *const starts[] = { "run", "execute", "launch", "start", "call" };

	for (size_t i = from; i < to; i++) {
		const struct token *token = &q->tokens.at[i];

		if (token->famous || token->word.kind != WORD_PLAIN || !(token->english || token->known || token->ignored))
			return false;
		for (size_t k = 0; k < COUNT(starts); k++)
			if (token_is(q, i, starts[k]))
				return false;
	}
	return true;
}

/* "while I plug the disk in", "when we press a key": a circumstance of whoever asks; the tokens, or 0. */
static size_t circumstance(const struct question *q, size_t at)
{
	static const char *const begins[] = { "while", "when", "whenever" }, *const whoever[] = { "i", "we", "he", "she" },
				 *const ends[] = { "by", "per", "for" };
	bool begun = false, person = false, over = false;
	size_t end = at + 1;

	for (size_t i = 0; i < COUNT(begins); i++)
		begun |= text_same(q->tokens.at[at].word.text, text_of(begins[i]));
	for (size_t i = 0; begun && end < q->tokens.len && i < COUNT(whoever); i++)
		person |= text_same(q->tokens.at[end].word.text, text_of(whoever[i]));
	if (!person)
		return 0;
	while (!over && end < q->tokens.len) {
		for (size_t i = 0; i < COUNT(ends); i++)
			over |= token_is(q, end, ends[i]);
		if (over)
			break;
		over = q->tokens.at[end++].word.comma;
	}
	return plain(q, at, end) ? end - at : 0;
}

void asides_pass(struct question *q, bool complaints)
{
	for (size_t i = 0; complaints && i < q->tokens.len; i++)
		tokens_use(q, i, circumstance(q, i), USED_FILTER);
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
		found = found || complaint(&q, i) > 0 || circumstance(&q, i) > 0;
	question_done(&q);
	return found;
}
