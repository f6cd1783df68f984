/* What a question leaves out: where the words for it stand, and pairs of which one is meant without the other. */
#include <string.h>
#include "trace/names/names.h"

size_t exclude_before(const struct question *q, size_t at, unsigned gaps)
{
	for (size_t from = at > 6 ? at - 6 : 0; from < at; from++) {
		size_t len, other, end;
		bool denial;

		if (!sense_at(q, from, "exclude", NULL, &len) || from + len > at || q->tokens.at[from].used & USED_SUBJECT)
			continue;
		/* "which processes ignore SIGTERM": what they do. */
		if (from > 0 && (text_is(q->tokens.at[from].word.text, "ignore") || text_is(q->tokens.at[from].word.text, "ignores")) &&
		    (token_is(q, from - 1, "who") || token_is(q, from - 1, "that") || token_is(q, from - 1, "which") ||
		     token_is(q, from - 1, "process") || token_is(q, from - 1, "program") || q->tokens.at[from - 1].famous) && !q->tokens.at[from - 1].word.comma)
			continue;
		/* "是不是 nginx" asks whether it is. */
		if (from > 0 && token_is(q, from - 1, "是") && token_is(q, from, "不") && token_is(q, from + 1, "是"))
			continue;
		/* "can't reach port 80" denies something else. */
		denial = len == 1 && token_is(q, from, "not");
		if (denial && (gaps & GAP_NO_DENIAL || !token_in(q, from, GRAMMAR_DENIAL) || (gaps & GAP_KNOWN && !text_is(q->tokens.at[from].word.text, "not"))))
			continue;
		for (end = from + len; end < at; end++)
			if (q->tokens.at[end].word.comma || (!q->tokens.at[end].ignored && !(gaps & GAP_ROLES && role_at(q, end, &other)) &&
			    !(gaps & GAP_KNOWN && !denial && q->tokens.at[end].known)))
				break;
		if (end == at)
			return from;
	}
	return at;
}

/* "excluding X", "ignoring anything from X", "除了 X 以外": gives where it begins, or `at` when X is wanted. */
size_t exclusion(const struct question *q, size_t at)
{
	/* "not by dd or cat" */
	if (at > 1 && (token_is(q, at - 1, "or") || token_is(q, at - 1, "and") || token_is(q, at - 1, "nor") ||
		       token_is(q, at - 1, "和") || token_is(q, at - 1, "或")) && q->tokens.at[at - 2].left_out)
		return at - 1;
	if (at > 0 && q->tokens.at[at - 1].left_out && q->tokens.at[at - 1].word.comma)
		return at - 1;
	/* "leave X out", "leaving X aside" */
	if (at > 0 && (strcmp(q->tokens.at[at - 1].word.base, "leave") == 0 || strcmp(q->tokens.at[at - 1].word.base, "leaving") == 0 ||
		       strcmp(q->tokens.at[at - 1].word.base, "leav") == 0) &&
	    (token_is(q, at + 1, "out") || token_is(q, at + 1, "aside")))
		return at - 1;
	/* "not" before a word of English denies something else. */
	if (!q->tokens.at[at].specific && (q->tokens.at[at].english || (q->tokens.at[at].known && !q->tokens.at[at].famous)))
		return exclude_before(q, at, GAP_ROLES | GAP_NO_DENIAL);
	return exclude_before(q, at, GAP_ROLES);
}

size_t excluded_behind(const struct question *q, size_t at)
{
	static const char *const deeds[] = { "leave", "leaving" };
	size_t len;

	if (!sense_at(q, at, "excluded", NULL, &len))
		return 0;
	struct text word = q->tokens.at[at].word.text;

	/* "postgres, ignoring short reads", "mysqld, ignore short blocks" leave out what follows. */
	if (len == 1 && q->tokens.at[at].word.kind != WORD_HAN && !text_ends(word, "ed"))
		return 0;
	for (size_t i = 0; i < COUNT(deeds); i++)
		if (text_same(word, text_of(deeds[i])))
			return 0;
	return len;
}

/* "mallocs without free": what is not done, though a program is called so. */
bool deed_without(const struct question *q, size_t at)
{
	const struct lexeme *lexeme = q->tokens.at[at].known && !q->tokens.at[at].famous ? vocabulary_word(q->vocabulary, q->tokens.at[at].canonical) : NULL;

	return lexeme && lexeme->subjects > 0 && at > 0 &&
	       (token_is(q, at - 1, "without") || (at > 1 && token_is(q, at - 2, "without") && token_is(q, at - 1, "matching")));
}

/* "read write disk" speaks of both ways: "writes only" alone is not meant by it. */
bool phrase_has_opposite(const struct vocabulary *vocabulary, const struct phrase *phrase, const char *word)
{
	const char *data = opposite_of(vocabulary, GRAMMAR_OPPOSITE_DATA, word);
	const char *other = data ? data : opposite_of(vocabulary, GRAMMAR_OPPOSITE_DEED, word);

	for (size_t w = 0; other && w < phrase->count; w++)
		if (same_word(phrase->words[w], other))
			return true;
	return false;
}

/* "bytes read, not requested": what is denied does not say what is watched; but "not found" and "not permitted" are said
 * of what failed. */
static void denied_words(struct question *q)
{
	for (size_t i = 2; i < q->tokens.len; i++) {
		struct token *token = &q->tokens.at[i];
		size_t len;

		/* "execs that did not fail" */
		if (token_is(q, i - 1, "not") && sense_at(q, i - 1, "outcome", "succeeded", &len) && len > 1)
			token->denied = true;
		if (text_is(q->tokens.at[i - 1].word.text, "not") && token->word.comma && q->tokens.at[i - 2].word.comma && token->known &&
		    !sense_at(q, i - 1, "errno", NULL, &len) && !sense_at(q, i - 1, "outcome", NULL, &len))
			token->left_out = true;
	}
}

/* "disk latency, not writes": of two ways that data goes, without the one is the other. */
void opposites_leave_out(struct question *q)
{
	size_t without = 0;

	denied_words(q);
	for (size_t i = 0; i < q->tokens.len; i++)
		without += opposite_of(q->vocabulary, GRAMMAR_OPPOSITE_DATA, q->tokens.at[i].canonical) && exclude_before(q, i, 0) < i;
	/* "neither read nor write": nothing that is known is left. */
	for (size_t i = 0; without == 1 && i < q->tokens.len; i++) {
		const char *other = opposite_of(q->vocabulary, GRAMMAR_OPPOSITE_DATA, q->tokens.at[i].canonical);
		size_t from = other ? exclude_before(q, i, 0) : i;

		if (from == i)
			continue;
		tokens_use(q, from, i - from, USED_CUE | USED_NAME);
		strcpy(q->tokens.at[i].canonical, other);
		q->tokens.at[i].left_out = false;
	}
}
