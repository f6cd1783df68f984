/* The vocabulary: looking things up in it. */
#include "trace/vocabulary.h"
#include <math.h>
#include <string.h>

static const char *const measure_names[] = { "count", "sum", "avg", "min", "max", "histogram", "events",
					     "stacks" };

const char *measure_name(enum measure measure)
{
	return measure_names[measure];
}

bool measure_find(struct text name, enum measure *measure)
{
	for (size_t i = 0; i < COUNT(measure_names); i++) {
		if (!text_is(name, measure_names[i]))
			continue;
		*measure = (enum measure)i;
		return true;
	}
	return false;
}

const struct role *vocabulary_role(const struct vocabulary *vocabulary, const char *name)
{
	vec_each(role, &vocabulary->roles)
		if (strcmp(role->name, name) == 0)
			return role;
	return NULL;
}

const struct subject *vocabulary_subject(const struct vocabulary *vocabulary, const char *name)
{
	vec_each(subject, &vocabulary->subjects)
		if (strcmp(subject->name, name) == 0)
			return subject;
	return NULL;
}

static int lexeme_compare(const void *key, const void *at)
{
	return strcmp(key, ((const struct lexeme *)at)->word);
}

const struct lexeme *vocabulary_word(const struct vocabulary *vocabulary, const char *word)
{
	return vocabulary->lexicon.len ? bsearch(word, vocabulary->lexicon.at, vocabulary->lexicon.len,
						 sizeof(struct lexeme), lexeme_compare) :
					 NULL;
}

double vocabulary_weight(const struct vocabulary *vocabulary, const char *word)
{
	const struct lexeme *lexeme = vocabulary_word(vocabulary, word);
	double seen = lexeme ? lexeme->subjects : 0;

	return log(1 + (double)vocabulary->subjects.len / (1 + seen));
}

void vocabulary_canonical(const struct vocabulary *vocabulary, const char *base, char canonical[64])
{
	const struct lexeme *lexeme = vocabulary_word(vocabulary, base);

	snprintf(canonical, 64, "%s", lexeme && lexeme->same ? lexeme->same : base);
}

void vocabulary_free(struct vocabulary *vocabulary)
{
	if (!vocabulary)
		return;
	vec_each(subject, &vocabulary->subjects) {
		vec_each(way, &subject->ways) {
			vec_done(&way->probes);
			vec_done(&way->starts);
			vec_done(&way->roles);
			vec_done(&way->needs);
		}
		vec_done(&subject->by);
		vec_done(&subject->show);
		vec_done(&subject->asks);
		vec_done(&subject->say);
		vec_done(&subject->ways);
	}
	vec_each(role, &vocabulary->roles)
		vec_done(&role->say);
	vec_each(sense, &vocabulary->senses)
		vec_done(&sense->say);
	vec_done(&vocabulary->subjects);
	vec_done(&vocabulary->roles);
	vec_done(&vocabulary->senses);
	vec_done(&vocabulary->lexicon);
	vec_done(&vocabulary->han_ignore);
	arena_free(vocabulary->arena);
	free(vocabulary);
}
