/* Between the files that tell what a question sets side by side, and what it only tells around what it asks. */
#pragma once
#include "trace/plan/planner.h"

/* subjects.c: as subject_score(), of whole phrases only, without stray words of others. */
double subject_phrases(const struct question *question, const struct subject *subject, bool matched[QUESTION_MOST]);
/* Whether it places one of these tokens that the other subject does not. */
bool subject_differs(const struct question *q, const struct subject *subject, const struct subject *other, size_t from, size_t to);

/* contrast.c: whether the word joins two sides ("and", "vs", "compared with"). */
bool word_joins(const struct question *question, size_t at);
/* What the other side of the joiner at `at` means, where `chosen` is meant by one. NULL: they are no two subjects. */
const struct subject *subject_contrasted(struct question *question, size_t at, const struct subject *chosen);
/* Whether the plan tells of one side only of what is set against each other. */
bool contrast_more(const struct question *question, size_t parts, struct build *why);
bool contrast_unmet(const struct question *question, const struct plan *plan, struct build *why);

/* story.c: "kill process 12". */
bool asks_for_change(const struct question *question);
/* "I upgraded yesterday": before the subject is chosen; "the box is sluggish;": after it, for what is left over. */
void stories_pass(struct wish *wish);
/* "the nightly script": a note that it names no process, where nothing else does. */
void calling_tell(struct wish *wish, struct plan *plan);
void stories_aside(struct question *question);
/* Whether a sentence ends between the two words. */
bool sentence_between(const struct question *question, size_t from, size_t to);
bool clause_ends(const struct question *question, size_t at); /* the word at `at` is a clause's last */
/* fate.c: "our nightly job fails. Which …": what happened to it does not say what is asked. Before the subject. */
void fates_pass(struct question *question);
void tellers_pass(struct question *question); /* preamble.c: "vmstat shows many of them"; likewise */
bool clause_asks(const struct question *question, size_t at); /* whether words of the subject stand in the clause there */
bool subject_only_told(const struct question *question, const struct subject *subject); /* all its words are in such clauses */
bool story_clause(const struct question *question, size_t at); /* whether what stands at `at` is only told */
/* Whether its clause only complains, or says what somebody thinks. */
bool only_told(const struct question *question, size_t at);
bool pair_names(const struct question *question, size_t at, const struct subject *but);
/* told.c: the tokens of a clause that begins at `at` and only tells, before another asks; 0: it is none. Only where nothing
 * is understood otherwise. */
size_t clause_told(const struct question *q, size_t at);
/* "it allocates 2 GB, which stacks …": whether the number at `at` stands in such a clause. */
bool number_told(const struct question *q, size_t at);
/* Passes it over, but for whom it names. */
void clause_told_pass(struct question *q, size_t at, size_t len);
