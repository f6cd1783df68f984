/* Questions that work and are nearest in words to one that was not understood. */
#include <string.h>
#include "trace/plan/planner.h"

static bool is_chinese(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text >= 0xe3)
			return true;
	return false;
}

static const char *ask_of(const struct subject *subject, bool han)
{
	const char *ask = NULL;

	for (size_t i = 0; subject && i < subject->asks.len; i++)
		if (is_chinese(subject->asks.at[i]) == han)
			ask = subject->asks.at[i];
	return ask;
}

/* How much of the phrase is said: of its words that are, what they tell on the whole. */
static double phrase_said(const struct vocabulary *vocabulary, const struct question *q, const bool marks[256], const struct phrase *phrase)
{
	double here = 0;

	for (size_t w = 0; w < phrase->count; w++) {
		bool said = false;

		if (!marks[word_mark(phrase->words[w])])
			continue;
		vec_each(token, &q->tokens)
			said = said || same_word(token->canonical, phrase->words[w]);
		if (said)
			here += vocabulary_weight(vocabulary, phrase->words[w]) / (double)phrase->count;
	}
	return here;
}

bool nearest_find(const struct vocabulary *vocabulary, const struct question *q, const char *nearest[3])
{
	/* What people look at first, of different kinds. */
	static const char *const starters[] = { "file.open", "mem.fault", "disk.io" };
	double scores[3] = { 0 };
	bool han = false, marks[256] = { false };
	uint64_t bits = 0;

	vec_each(token, &q->tokens) {
		han |= token->word.kind == WORD_HAN;
		marks[word_mark(token->canonical)] = true;
		bits |= mark_bit(word_mark(token->canonical));
	}
	vocabulary_open_all(vocabulary, NULL, NULL); /* without its examples a subject is no loss here */
	vec_each(subject, &vocabulary->subjects) {
		double score = 0;
		const char *ask = ask_of(subject, han);
		size_t at = 3;

		vec_each(phrase, &subject->say) {
			double here = phrase->marks & bits ? phrase_said(vocabulary, q, marks, phrase) : 0;

			score = here > score ? here : score;
		}
		while (ask && at > 0 && score > scores[at - 1])
			at--;
		if (!ask || at == 3 || score == 0)
			continue;
		memmove(&scores[at + 1], &scores[at], (2 - at) * sizeof(scores[0]));
		memmove(&nearest[at + 1], &nearest[at], (2 - at) * sizeof(nearest[0]));
		scores[at] = score;
		nearest[at] = ask;
	}
	if (nearest[0])
		return true;
	for (size_t i = 0, found = 0; i < COUNT(starters); i++) {
		const char *ask = ask_of(vocabulary_subject(vocabulary, starters[i]), han);

		if (ask)
			nearest[found++] = ask;
	}
	return false;
}
