/* Chinese that was typed by its sound: "进成" for 进程. Only where a question was not understood. */
#include <string.h>
#include "trace/words/question.h"

static bool is_han(const char *word)
{
	return (unsigned char)word[0] >= 0xe3;
}

static bool holds(const struct phrase *phrase, const char *word)
{
	for (size_t i = 0; i < phrase->count; i++)
		if (same_word(phrase->words[i], word))
			return true;
	return false;
}

static bool sounds_alike(const struct vocabulary *v, const char *a, const char *b)
{
	if (same_word(a, b))
		return true;
	vec_each(sense, &v->senses)
		if (strcmp(sense->class, "sound") == 0)
			vec_each(phrase, &sense->say)
				if (holds(phrase, a) && holds(phrase, b))
					return true;
	return false;
}

/* What is looked for among all phrases: whether the two characters stand together in one, and else the one word of two
 * characters that sounds like them. */
struct search {
	const struct vocabulary *vocabulary;
	const char *first, *second;
	bool spoken;
	struct pair {
		const char *const *word;
		bool several;
	} whole, part; /* a phrase of its own, or within a longer one */
};

static void pair_take(struct search *s, struct pair *pair, const char *const *word)
{
	/* One of the two is mostly right. */
	if (!is_han(word[0]) || !is_han(word[1]) || strlen(word[0]) != strlen(s->first) || strlen(word[1]) != strlen(s->second) ||
	    !(same_word(word[0], s->first) || same_word(word[1], s->second)) ||
	    !sounds_alike(s->vocabulary, word[0], s->first) || !sounds_alike(s->vocabulary, word[1], s->second))
		return;
	pair->several |= pair->word && !(same_word(pair->word[0], word[0]) && same_word(pair->word[1], word[1]));
	pair->word = word;
}

static void phrases_search(struct search *s, const phrase_list *list)
{
	vec_each(phrase, list)
		for (size_t i = 0; i + 1 < phrase->count; i++) {
			const char *const *word = (const char *const *)phrase->words + i;

			s->spoken |= same_word(word[0], s->first) && same_word(word[1], s->second);
			pair_take(s, phrase->count == 2 ? &s->whole : &s->part, word);
		}
}

static const char *const *meant(const struct vocabulary *v, const char *first, const char *second)
{
	struct search s = { .vocabulary = v, .first = first, .second = second };
	struct pair found;

	vec_each(subject, &v->subjects)
		phrases_search(&s, &subject->say);
	vec_each(role, &v->roles)
		phrases_search(&s, &role->say);
	vec_each(sense, &v->senses)
		if (strcmp(sense->class, "sound") != 0 && strcmp(sense->class, "same") != 0 && strcmp(sense->class, "grammar") != 0)
			phrases_search(&s, &sense->say);
	found = s.whole.word ? s.whole : s.part;
	/* What was not understood is no mistyped filler. */
	phrases_search(&s, &v->han_ignore);
	return s.spoken || found.several ? NULL : found.word;
}

/* A character that was read as it was written. */
static bool plain_han(const struct token *token)
{
	return token->word.kind == WORD_HAN && token->word.text.len == strlen(token->canonical) &&
	       memcmp(token->word.text.at, token->canonical, token->word.text.len) == 0;
}

char *homophones_mended(const struct vocabulary *vocabulary, struct text text, const char *unplaced, struct build *took)
{
	AUTO_FREE char *mended = text_copy(text);
	struct question q;

	question_read(&q, vocabulary, text, NULL, NULL);
	for (size_t i = 0; i + 1 < q.tokens.len; i++) {
		const struct token *pair = &q.tokens.at[i];
		const char *const *word;

		if (!plain_han(&pair[0]) || !plain_han(&pair[1]) || pair[0].word.comma ||
		    !(strstr(unplaced, pair[0].canonical) || strstr(unplaced, pair[1].canonical)))
			continue;
		word = meant(vocabulary, pair[0].canonical, pair[1].canonical);
		for (size_t k = 0; word && k < 2; k++)
			memcpy(mended + (pair[k].word.text.at - text.at), word[k], pair[k].word.text.len);
		if (word)
			build_fmt(took, "%sTook '%s%s' for '%s%s'.", took->len ? " " : "", pair[0].canonical, pair[1].canonical, word[0], word[1]);
		i += word != NULL;
	}
	question_done(&q);
	return took->len ? TAKE(mended) : NULL;
}
