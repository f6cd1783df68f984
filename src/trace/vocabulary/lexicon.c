/* What is made of the vocabulary's words when all files are read: the lexicon, canonical phrases, senses by class. */
#include <string.h>
#include "trace/words/question.h"
#include "trace/vocabulary/reader.h"

/* Makes the words of phrases canonical and enters them. `subject`: its number from 1, so that a word counts
 * once for a subject; 0: of roles and senses, which do not count. */
static void phrases_enter(struct vocabulary *v, phrase_list *list, unsigned subject)
{
	vec_each(phrase, list) {
		for (size_t i = 0; i < phrase->count; i++) {
			struct lexeme *lexeme = vocabulary_enter(v, phrase->words[i]);

			if (lexeme->same) {
				phrase->words[i] = lexeme->same;
				lexeme = vocabulary_enter(v, lexeme->same);
			}
			if (subject && lexeme->last_subject != subject) {
				lexeme->last_subject = subject;
				lexeme->subjects++;
			}
		}
	}
}

/* Words of senses that say what is no part of a question, or what a process may be called: they stay plain English, and
 * nothing is a slip for them. */
static bool stays_plain(const struct sense *sense)
{
	return sense->written || strcmp(sense->class, "grammar") == 0 || strcmp(sense->class, "chatter") == 0 || strcmp(sense->class, "sound") == 0 || strcmp(sense->name, "generic") == 0 ||
	       (strcmp(sense->class, "name") == 0 && strcmp(sense->name, "service") == 0);
}

static void phrases_canonical(const struct vocabulary *v, phrase_list *list)
{
	vec_each(phrase, list)
		for (size_t i = 0; i < phrase->count; i++) {
			const struct lexeme *lexeme = vocabulary_word(v, phrase->words[i]);

			if (lexeme && lexeme->same)
				phrase->words[i] = lexeme->same;
		}
}

/* After all words are canonical. */
static uint64_t phrases_mark(phrase_list *list)
{
	uint64_t firsts = 0;

	vec_each(phrase, list) {
		phrase->marks = 0;
		for (size_t i = 0; i < phrase->count; i++)
			phrase->marks |= mark_bit(word_mark(phrase->words[i]));
		phrase->first = word_mark(phrase->words[0]);
		firsts |= mark_bit(phrase->first);
	}
	return firsts;
}

void lexicon_build(struct vocabulary *v)
{
	unsigned number = 0;

	vec_each(subject, &v->subjects)
		phrases_enter(v, &subject->say, ++number);
	vec_each(role, &v->roles)
		phrases_enter(v, &role->say, 0);
	vec_each(sense, &v->senses)
		if (!stays_plain(sense))
			phrases_enter(v, &sense->say, 0);
	vec_each(sense, &v->senses)
		if (stays_plain(sense) && !sense->written)
			phrases_canonical(v, &sense->say);
	vec_each(subject, &v->subjects)
		phrases_mark(&subject->say);
	vec_each(role, &v->roles)
		role->firsts = phrases_mark(&role->say);
	vec_each(sense, &v->senses)
		sense->firsts = phrases_mark(&sense->say);
	phrases_mark(&v->han_ignore);
}

static int sense_order(const void *a, const void *b)
{
	const struct sense *left = a, *right = b;
	int order = strcmp(left->class, right->class);

	/* Of a class they stay as they were written: `run` is their place until they are sorted. */
	return order ? order : left->run < right->run ? -1 : 1;
}

void senses_group(struct vocabulary *v)
{
	vec_each(sense, &v->senses)
		sense->run = (unsigned)(sense - v->senses.at);
	if (v->senses.len)
		qsort(v->senses.at, v->senses.len, sizeof(v->senses.at[0]), sense_order);
	for (size_t i = v->senses.len; i > 0; i--) {
		struct sense *sense = &v->senses.at[i - 1];

		sense->run = i < v->senses.len && strcmp(sense->class, sense[1].class) == 0 ? sense[1].run + 1 : 1;
	}
	grammar_find(v);
}
