/* The vocabulary: looking things up in it. */
#include "trace/vocabulary/vocabulary.h"
#include <math.h>
#include <string.h>
#include <sys/mman.h>

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

/* FNV-1a */
static size_t word_hash(const char *word)
{
	uint32_t hash = 2166136261u;

	for (; *word; word++)
		hash = (hash ^ (unsigned char)*word) * 16777619u;
	return hash;
}

/* The slot of the word, or the free one where it would go. */
static unsigned *slot_of(const struct vocabulary *vocabulary, const char *word)
{
	size_t mask = vocabulary->index_size - 1;

	for (size_t at = word_hash(word) & mask;; at = (at + 1) & mask) {
		unsigned *slot = &vocabulary->index[at];

		if (!*slot || strcmp(vocabulary->lexicon.at[*slot - 1].word, word) == 0)
			return slot;
	}
}

const struct lexeme *vocabulary_word(const struct vocabulary *vocabulary, const char *word)
{
	unsigned *slot = vocabulary->index_size ? slot_of(vocabulary, word) : NULL;

	return slot && *slot ? &vocabulary->lexicon.at[*slot - 1] : NULL;
}

static void index_grow(struct vocabulary *vocabulary)
{
	free(vocabulary->index);
	vocabulary->index_size = vocabulary->index_size ? vocabulary->index_size * 2 : 8192;
	vocabulary->index = calloc(vocabulary->index_size, sizeof(*vocabulary->index));
	if (!vocabulary->index)
		abort();
	for (size_t i = 0; i < vocabulary->lexicon.len; i++)
		*slot_of(vocabulary, vocabulary->lexicon.at[i].word) = (unsigned)i + 1;
}

struct lexeme *vocabulary_enter(struct vocabulary *vocabulary, const char *word)
{
	unsigned *slot;

	if (vocabulary->lexicon.len * 2 >= vocabulary->index_size)
		index_grow(vocabulary);
	slot = slot_of(vocabulary, word);
	if (!*slot) {
		vec_push(&vocabulary->lexicon, (struct lexeme){ .word = word });
		*slot = (unsigned)vocabulary->lexicon.len;
	}
	return &vocabulary->lexicon.at[*slot - 1];
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

	const char *found = lexeme && lexeme->same ? lexeme->same : base;
	size_t len = strnlen(found, 63);

	memcpy(canonical, found, len);
	canonical[len] = '\0';
}

void subject_close(struct subject *subject)
{
	vec_each(way, &subject->ways) {
		vec_done(&way->probes);
		vec_done(&way->starts);
		vec_done(&way->untils);
		vec_done(&way->roles);
		vec_done(&way->needs);
	}
	vec_done(&subject->by);
	vec_done(&subject->also);
	vec_done(&subject->show);
	vec_done(&subject->asks);
	vec_done(&subject->ways);
}

void vocabulary_free(struct vocabulary *vocabulary)
{
	if (!vocabulary)
		return;
	english_close(vocabulary->english);
	plausible_free(vocabulary->plausible);
	if (vocabulary->image) {
		munmap(vocabulary->image, vocabulary->image_len);
		arena_free(vocabulary->arena);
		free(vocabulary);
		return;
	}
	vec_each(subject, &vocabulary->subjects) {
		subject_close(subject);
		vec_done(&subject->say);
	}
	vec_each(role, &vocabulary->roles)
		vec_done(&role->say);
	vec_each(sense, &vocabulary->senses)
		vec_done(&sense->say);
	vec_done(&vocabulary->subjects);
	vec_done(&vocabulary->roles);
	vec_done(&vocabulary->senses);
	vec_done(&vocabulary->lexicon);
	free(vocabulary->index);
	vec_done(&vocabulary->han_ignore);
	arena_free(vocabulary->arena);
	free(vocabulary);
}

const struct sense *vocabulary_sense(const struct vocabulary *vocabulary, const char *class, const char *name)
{
	vec_each(sense, &vocabulary->senses)
		if (strcmp(sense->class, class) == 0 && strcmp(sense->name, name) == 0)
			return sense;
	return NULL;
}
