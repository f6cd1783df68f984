/* Questions that work and are nearest in words to one that was not understood. */
#include <string.h>
#include "trace/planner.h"

static bool is_chinese(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text >= 0xe3)
			return true;
	return false;
}

void nearest_find(const struct vocabulary *vocabulary, const struct question *q, const char *nearest[3])
{
	double scores[3] = { 0 };
	bool han = false;

	vec_each(token, &q->tokens)
		han |= token->word.kind == WORD_HAN;
	vocabulary_open_all(vocabulary, NULL, NULL); /* without its examples a subject is no loss here */
	vec_each(subject, &vocabulary->subjects) {
		double score = 0;
		const char *ask = NULL;
		size_t at = 3;

		vec_each(phrase, &subject->say) {
			double here = 0;

			for (size_t w = 0; w < phrase->count; w++)
				vec_each(token, &q->tokens)
					if (strcmp(token->canonical, phrase->words[w]) == 0) {
						here += vocabulary_weight(vocabulary, phrase->words[w]) / (double)phrase->count;
						break;
					}
			score = here > score ? here : score;
		}
		vec_each(line, &subject->asks)
			if (is_chinese(*line) == han)
				ask = *line;
		while (ask && at > 0 && score > scores[at - 1])
			at--;
		if (!ask || at == 3 || score == 0)
			continue;
		memmove(&scores[at + 1], &scores[at], (2 - at) * sizeof(scores[0]));
		memmove(&nearest[at + 1], &nearest[at], (2 - at) * sizeof(nearest[0]));
		scores[at] = score;
		nearest[at] = ask;
	}
	/* Nothing alike: the first examples show what a question looks like. */
	for (size_t i = 0, k = 0; i < 3 && k < vocabulary->subjects.len; k++)
		if (nearest[i])
			i++, k--;
		else if (vocabulary->subjects.at[k * 7 % vocabulary->subjects.len].asks.len)
			nearest[i++] = vocabulary->subjects.at[k * 7 % vocabulary->subjects.len].asks.at[0];
}
