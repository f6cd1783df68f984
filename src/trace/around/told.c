/* Clauses that only tell how things are, before another asks: "we moved it to the new box; …", "内存一直涨，…". */
#include <string.h>
#include "trace/names/names.h"
#include "trace/around/sides.h"

static bool asks(const struct question *q, size_t from, size_t to)
{
	static const char *const classes[] = { "order", "look", "measure", "ask", "rank" };

	for (size_t i = from; i < to; i++)
		for (size_t c = 0, len; c < COUNT(classes); c++)
			if (token_is(q, i, "how") || sense_at(q, i, classes[c], NULL, &len))
				return true;
	return false;
}

/* What would be lost with the clause: a condition, a path, a kind of what is asked for. */
static bool binds(const struct question *q, size_t from, size_t to)
{
	static const char *const classes[] = { "compare", "narrow", "exclude", "excluded", "ask", "errno", "under", "every", "contained" };

	for (size_t i = from; i < to; i++) {
		const struct token *token = &q->tokens.at[i];

		if (token->word.kind == WORD_PATH || token->word.kind == WORD_QUOTED || token_is(q, i, "by") || token_is(q, i, "per") || token_is(q, i, "按"))
			return true;
		for (size_t c = 0, len; c < COUNT(classes); c++)
			if (sense_at(q, i, classes[c], NULL, &len))
				return true;
	}
	return false;
}

static bool somebody(const struct question *q, size_t at)
{
	const struct token *token = &q->tokens.at[at];

	return token->famous || (!token->known && !token->english && (token->word.kind == WORD_PLAIN || token->word.kind == WORD_NAME)) ||
	       (at > 0 && (text_is(q->tokens.at[at - 1].word.text, "called") || text_is(q->tokens.at[at - 1].word.text, "named")));
}

static bool complained(const struct question *q, size_t from, size_t to)
{
	for (size_t i = from, len; i < to; i++)
		if (sense_at(q, i, "complaint", NULL, &len) || sense_at(q, i, "told", "always", &len))
			return true;
	return false;
}

/* "I pinned …", "wkmem maps 64 MB", "server feels slow": a sentence, and no fragment of what is asked. */
static bool tells(const struct question *q, size_t from, size_t to)
{
	size_t len;

	if (q->tokens.at[from].word.kind == WORD_HAN)
		return complained(q, from, to);
	if (sense_at(q, from, "told", "wish", &len))
		return false;
	if (sense_at(q, from, "told", "begin", &len))
		return true;
	return (somebody(q, from) && from + 1 < to && text_ends(q->tokens.at[from + 1].word.text, "s")) || complained(q, from, to);
}

/* "…: involuntary switches of wkspin": what follows a colon is what is asked. */
static bool spoken(const struct question *q, size_t from)
{
	for (; from < q->tokens.len; from++) {
		const struct lexeme *lexeme = q->tokens.at[from].known && !q->tokens.at[from].ignored ?
						      vocabulary_word(q->vocabulary, q->tokens.at[from].canonical) : NULL;

		if (lexeme && lexeme->subjects > 0)
			return true;
	}
	return false;
}

bool number_told(const struct question *q, size_t at)
{
	size_t from = at;

	while (from > 0 && !clause_ends(q, from - 1))
		from--;
	return clause_told(q, from) > 0;
}

size_t clause_told(const struct question *q, size_t at)
{
	size_t to = at + 1;

	if (at > 0 && !clause_ends(q, at - 1))
		return 0;
	while (to < q->tokens.len && !clause_ends(q, to - 1))
		to++;
	if (to >= q->tokens.len || !tells(q, at, to) || binds(q, at, to))
		return 0;
	return asks(q, to, q->tokens.len) || (!q->tokens.at[to - 1].word.comma && spoken(q, to)) ? to - at : 0;
}

void clause_told_pass(struct question *q, size_t at, size_t len)
{
	for (size_t i = at; i < at + len; i++)
		if (!somebody(q, i) && !(i + 1 < at + len && somebody(q, i + 1) && sense_at(q, i, "named", NULL, &(size_t){ 0 })))
			tokens_use(q, i, 1, USED_FILTER);
}
