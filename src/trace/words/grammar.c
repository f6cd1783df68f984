/* Lists of words that the planner asks for by what they do in a sentence: found once, when the vocabulary is read. */
#include <ctype.h>
#include <string.h>
#include "trace/words/question.h"

static const char *const names[] = {
#define LIST(upper, lower) lower,
	GRAMMAR_LISTS(LIST)
#undef LIST
};

static bool of_grammar(const struct sense *sense)
{
	return sense->written || strcmp(sense->class, "grammar") == 0;
}

void grammar_find(struct vocabulary *v)
{
	vec_each(sense, &v->senses)
		for (size_t i = 0; of_grammar(sense) && i < GRAMMAR_COUNT; i++)
			if (!v->grammar[i] && strcmp(sense->name, names[i]) == 0)
				v->grammar[i] = (unsigned)(sense - v->senses.at) + 1;
}

const struct sense *grammar_list(const struct vocabulary *v, enum grammar list)
{
	return v->grammar[list] ? &v->senses.at[v->grammar[list] - 1] : NULL;
}

void grammar_check(const struct vocabulary *v, struct build *mistakes)
{
	for (size_t i = 0; i < GRAMMAR_COUNT; i++)
		if (!v->grammar[i])
			build_fmt(mistakes, "%s: no 'sense grammar %s' in any file: the planner looks for its words\n", v->folder, names[i]);
	for (size_t i = 0; i < GRAMMAR_COUNT; i++) {
		const struct sense *pairs = text_starts(text_of(names[i]), "opposite-") ? grammar_list(v, (enum grammar)i) : NULL;

		if (pairs && pairs->say.len % 2)
			build_fmt(mistakes, "%s/%s:%u: '%s' holds pairs, and the last one has no other\n", v->folder, pairs->place.file,
				  pairs->place.line, names[i]);
	}
	vec_each(sense, &v->senses) {
		bool asked = !of_grammar(sense);

		for (size_t i = 0; i < GRAMMAR_COUNT && !asked; i++)
			asked = v->grammar[i] == (size_t)(sense - v->senses.at) + 1;
		if (!asked)
			build_fmt(mistakes, "%s/%s:%u: '%s' is no list that the planner looks for, or a second one of that name\n",
				  v->folder, sense->place.file, sense->place.line, sense->name);
	}
}

static bool written_in(const struct question *q, size_t at, const phrase_list *list)
{
	struct text word = q->tokens.at[at].word.text;

	vec_each(phrase, list)
		if (tolower((unsigned char)word.at[0]) == phrase->words[0][0] && strlen(phrase->words[0]) == word.len &&
		    strncasecmp(phrase->words[0], word.at, word.len) == 0)
			return true;
	return false;
}

size_t tokens_in(const struct question *q, size_t at, enum grammar list)
{
	const struct sense *sense = grammar_list(q->vocabulary, list);

	if (!sense || at >= q->tokens.len)
		return 0;
	if (sense->written)
		return written_in(q, at, &sense->say);
	return sense->firsts & mark_bit(word_mark(q->tokens.at[at].canonical)) ? longest_at(q, at, &sense->say) : 0;
}

bool token_in(const struct question *q, size_t at, enum grammar list)
{
	return tokens_in(q, at, list) > 0;
}

bool words_there(const struct question *q, enum grammar list)
{
	for (size_t i = 0; i < q->tokens.len; i++)
		if (tokens_in(q, i, list))
			return true;
	return false;
}

const char *opposite_of(const struct vocabulary *v, enum grammar list, const char *word)
{
	const struct sense *pairs = grammar_list(v, list);

	for (size_t i = 0; pairs && i < (pairs->say.len & ~(size_t)1); i++)
		if (same_word(pairs->say.at[i].words[0], word))
			return pairs->say.at[i ^ 1].words[0];
	return NULL;
}

bool opposites_at(const struct question *q, size_t at, enum grammar list)
{
	const struct sense *pairs = grammar_list(q->vocabulary, list);

	for (size_t i = 0; pairs && i + 1 < pairs->say.len; i += 2)
		if (phrase_at(q, at, &pairs->say.at[i]) && phrase_at(q, at + 1, &pairs->say.at[i + 1]))
			return true;
	return false;
}
