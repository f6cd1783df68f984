/* Search terms: text as the words under which it is indexed and found. English is folded to base forms and
 * synonyms to one of them (the `same` lines of the vocabulary); Chinese becomes its characters and their pairs. */
#pragma once
#include "base/error.h"
#include "base/text.h"

struct terms;
/* Reads the synonyms and the words that tell no subject (without meaning, or of measuring) from words.vocab and
 * measures.vocab of `folder` (data/vocabulary). */
struct terms *terms_new(const char *folder, struct error *err);
void terms_free(struct terms *terms);
static inline void drop_terms(struct terms **terms)
{
	terms_free(*terms);
}
#define AUTO_TERMS AUTO(drop_terms) struct terms *

/* Appends the terms of `text`, blank-separated: what an index holds. */
void terms_add(const struct terms *terms, struct text text, struct build *out);
/* The same without the words that tell no subject: what two questions are compared by. */
void terms_telling(const struct terms *terms, struct text text, struct build *out);
/* Of phrases, one a line: those that are a single word, which then says it all ("stat", "bpf"). */
void terms_alone(const struct terms *terms, struct text phrases, struct build *out);
/* How much of `question`, given as its terms by terms_add(), the best of the phrases (one a line, or separated by |)
 * covers whose every word stands in it: about the number of its words; 0: none does. */
double terms_cover(const struct terms *terms, struct text question_terms, struct text phrases);
/* Appends an FTS5 query for anything that shares a term with `question`, or has a word of it in its column
 * `alone`; words that tell no subject count in the column `say` only. Nothing when there is no term. */
void terms_query(const struct terms *terms, struct text question, struct build *out);
