/* A question as tokens: what was written, what it means to the vocabulary, and what has used it. */
#pragma once
#include <string.h>
#include "trace/vocabulary/vocabulary.h"

enum token_use { /* bits */
	USED_SUBJECT = 1,
	USED_MEASURE = 2,
	USED_KEY = 4,
	USED_FILTER = 8,
	USED_TIME = 16,
	USED_NAME = 32,
	USED_CUE = 64, /* a preposition or the like whose work is done by its neighbour */
};
struct token {
	struct word word;
	char canonical[64]; /* folded, synonyms replaced; one character for Chinese */
	bool ignored, known;
	bool left_out; /* a name that is excluded: what "or" joins to it is too */
	bool denied;   /* "not failed": its words do not say what is watched */
	bool compound; /* of "page-server" where only a name can stand: somebody's */
	bool under;   /* a folder: what lies below it is meant */
	bool famous;  /* a program that people ask about by its name: "postgres" */
	bool english; /* not known, but a word of plain English: no name, and no typing error */
	bool specific; /* one signal by its name: says "signal", but is no role */
	bool erring; /* of an error in words, which says little of the subject */
	unsigned used;
	struct text corrected; /* what was written, when a typing error was mended (else empty) */
};
struct question {
	const struct vocabulary *vocabulary;
	struct text text;
	VEC(struct token) tokens;
	bool cut; /* longer than what is read */
};

/* `text` and the vocabulary must outlive the question. `is_name` says whether an unknown word is a
 * name on this machine (a process, a tracepoint …) and so not a typing error; may be NULL. */
void question_read(struct question *question, const struct vocabulary *vocabulary, struct text text,
		   bool (*is_name)(void *context, const struct token *token), void *context);
void question_done(struct question *question);
/* Adds a token of the word, whose base form is given. */
struct token *token_add(struct question *question, const struct word *word, const char *base);
/* spelled.c: adds the words for a probe that is written as bpftrace does ("uprobe:/bin/bash:readline"). */
bool probe_add(struct question *question, const struct word *word);
/* chinese.c: adds a token for each character of a run of Chinese. */
void han_add(struct question *question, const struct word *word);
/* Puts the common word for each of its synonyms and common slips ("sense same"). */
void han_rewrite(struct question *question);
/* What narrows the question is no filler, though it is made of fillers. */
void han_heed(struct question *question);
/* homophones.c: the question with what was typed by its sound, among the characters that stand in `unplaced`, put right;
 * `took` tells what. NULL: nothing was. To be freed. */
char *homophones_mended(const struct vocabulary *vocabulary, struct text question, const char *unplaced, struct build *took);

/* "SIGUSR2" speaks of a signal as well as of one in particular: its number; 0: no signal's name. */
int signal_named(struct text word);
/* names/common.c: "(searchd)", "process searchd": the last token is a name, and no slip. */
bool surely_name(const struct question *question, const struct word *word);
/* Most words differ in their first letter already, and characters of Chinese in their second or third byte. */
static inline bool same_word(const char *a, const char *b)
{
	return a[0] == b[0] && (!a[0] || (a[1] == b[1] && (!a[1] || (a[2] == b[2] && (!a[2] || strcmp(a + 3, b + 3) == 0)))));
}

/* A number that unlike words rarely share, by what differs first in words and in characters. */
static inline unsigned char word_mark(const char *word)
{
	uint32_t start = (unsigned char)word[0];

	start |= word[0] ? (uint32_t)(unsigned char)word[1] << 8 : 0;
	start |= word[0] && word[1] ? (uint32_t)(unsigned char)word[2] << 16 : 0;
	return (unsigned char)(start * 0x9e3779b1u >> 24);
}
static inline uint64_t mark_bit(unsigned char mark)
{
	return (uint64_t)1 << (mark >> 2);
}

/* How many tokens the phrase takes when it stands at `at`, in order; 0 when it does not. Articles in
 * between are passed over. */
size_t phrase_at(const struct question *question, size_t at, const struct phrase *phrase);
/* How many tokens the longest phrase of the list takes at `at`; 0: none stands there. */
size_t longest_at(const struct question *question, size_t at, const phrase_list *list);
/* The longest role phrase at `at`; NULL when there is none. */
const struct role *role_at(const struct question *question, size_t at, size_t *len);
/* The longest phrase of a sense of `class` (and `name`, unless NULL) at `at`. */
const struct sense *sense_at(const struct question *question, size_t at, const char *class,
			     const char *name, size_t *len);
void tokens_use(struct question *question, size_t at, size_t len, enum token_use use);
/* The words that nothing used, separated by blanks, quoted. */
void question_unplaced(const struct question *question, struct build *out);
/* What each word was taken for: "count (measure) page (subject) by process (key)"; those without a part stand alone. */
void question_placed(const struct question *question, struct build *out);
bool token_is(const struct question *question, size_t at, const char *canonical);
bool token_heads(const struct question *question, size_t at); /* names/running.c: "tar: page faults" */
/* Whether "()" follows the word: "read()". */
bool token_called(const struct question *question, size_t at);
