/* What somebody calls whose name stands beside it: "my python app uwsgi", "the container runtime runc", "our node backend". */
#include <string.h>
#include "trace/names/names.h"

/* Somebody's name, and no word of any language. */
static bool own_name(const struct question *q, size_t at)
{
	const struct token *token = at < q->tokens.len ? &q->tokens.at[at] : NULL;

	if (!token || q->tokens.at[at - 1].word.comma || token_in(q, at, GRAMMAR_LANGUAGE))
		return false;
	if (token->famous || token->word.kind == WORD_QUOTED || token->compound)
		return true;
	return (token->word.kind == WORD_PLAIN || token->word.kind == WORD_NAME) && !token->known && !token->english && !token->ignored &&
	       token->word.text.len > 2 && !memchr(token->word.text.at, '.', token->word.text.len) &&
	       !memchr(token->word.text.at, ':', token->word.text.len) && !text_ends(token->word.text, "ing");
}

/* "app", "service", "worker pool": how many words from `at` on say what runs there. */
static size_t kind_nouns(const struct question *q, size_t at)
{
	size_t count = 0, len;

	while (at + count < q->tokens.len && count < 3 && !q->tokens.at[at + count].word.joined &&
	       (count == 0 || !q->tokens.at[at + count - 1].word.comma) && !q->tokens.at[at + count].famous &&
	       (token_in(q, at + count, GRAMMAR_CALLING) || token_in(q, at + count, GRAMMAR_PROCESS_NOUN) ||
		sense_at(q, at + count, "name", "service", &len)))
		count++;
	return count;
}

static bool led(const struct question *q, size_t at)
{
	return at > 0 && (token_in(q, at - 1, GRAMMAR_DETERMINER) || token_in(q, at - 1, GRAMMAR_WHOSE) || token_is(q, at - 1, "does") ||
			  q->tokens.at[at - 1].word.comma);
}

/* "python app uwsgi": the language says nothing that the name does not; "node backend": the name of what runs it is all there is. */
static void language_mark(struct question *q, size_t at)
{
	struct token *token = &q->tokens.at[at];
	size_t nouns = token->word.comma || token->word.joined ? 0 : kind_nouns(q, at + 1), after = at + 1 + nouns, len;

	if (nouns == 0 || (!token->famous && !led(q, at)))
		return;
	if (own_name(q, after)) {
		token->famous = false;
		tokens_use(q, at, 1 + nouns, USED_CUE | USED_NAME);
		return;
	}
	/* "of go programs": fewer than all, and nothing tells which */
	if (!token_in(q, at, GRAMMAR_INTERPRETED) && at > 0 && token_in(q, at - 1, GRAMMAR_WHOSE)) {
		token->ignored = token->english = false;
		return;
	}
	if (token_in(q, at, GRAMMAR_INTERPRETED) && led(q, at)) {
		token->compound |= !token->famous;
		for (size_t i = at + 1; i < after; i++)
			if (!role_at(q, i, &len) || !text_ends(q->tokens.at[i].word.text, "s"))
				tokens_use(q, i, 1, USED_CUE | USED_NAME);
	}
}

/* "when docker starts stuff": others do what that brings about, and the name tells only when. */
static void occasion_mark(struct question *q, size_t at)
{
	size_t verb = at + 2, object = verb + 1;

	if (!token_in(q, at, GRAMMAR_WHILE) || !own_name(q, at + 1) || !token_in(q, verb, GRAMMAR_START) || q->tokens.at[verb].word.comma)
		return;
	object += token_in(q, object, GRAMMAR_DETERMINER);
	if (token_in(q, object, GRAMMAR_STARTED_THING))
		tokens_use(q, at + 1, object - at, USED_CUE | USED_NAME);
}

void kinds_mark(struct question *q)
{
	for (size_t i = 0, len; i < q->tokens.len; i++) {
		occasion_mark(q, i);
		if (token_in(q, i, GRAMMAR_LANGUAGE))
			language_mark(q, i);
		/* "the docker socket /run/docker.sock": what it is called, and no one's doing */
		else if (q->tokens.at[i].famous && token_is(q, i + 1, "socket") && i + 2 < q->tokens.len && q->tokens.at[i + 2].word.kind == WORD_PATH)
			tokens_use(q, i, 1, USED_CUE | USED_NAME);
		/* "container runtime": none of it is a group or a place */
		else if (sense_at(q, i, "kind", "program", &len) && !q->tokens.at[i + len - 1].word.comma && own_name(q, i + len))
			tokens_use(q, i, len, USED_CUE | USED_NAME);
	}
}
