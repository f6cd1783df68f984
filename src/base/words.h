/* Words of a question: splitting, folding to a base form, and spelling distance. English and any
 * script that is written without blanks (Chinese). Knows no vocabulary. */
#pragma once
#include "base/text.h"
#include "base/vec.h"

enum word_kind {
	WORD_PLAIN,  /* letters; folded in `base` */
	WORD_NUMBER, /* "12", "4.5", with a unit that was written together in `unit`: "4kb", "10ms" */
	WORD_PATH,   /* contains '/' */
	WORD_QUOTED, /* was between quotes; kept as it is */
	WORD_NAME,   /* letters with '_', '.', ':', '-', '*', digits: an identifier or file name */
	WORD_HAN,    /* a run of Chinese (CJK) text, not split yet */
	WORD_SIGN,   /* < > = <= >= % + */
};
struct word {
	enum word_kind kind;
	struct text text;  /* as written, borrowed from the question */
	char base[64];	   /* lower case, folded: "files" is "file"; for other kinds lower case only */
	char unit[8];	   /* of a number, lower case */
	double number;
	bool comma;	   /* a comma, semicolon or full stop follows */
	bool joined;	   /* a hyphen and the next word follow: "run-queue" */
};
struct words {
	VEC(struct word) list;
};
/* At most 256 words of at most 4,096 bytes; the rest is dropped and `cut` (may be NULL) set. */
void words_split(struct text question, struct words *words, bool *cut);
void words_done(struct words *words);
/* Folds one lower-case English word: plurals, -ing, -ed, -er stay words ("faults" fault, "dropped"
 * drop, "writes" write). Conservative: unknown endings are kept. */
void word_fold(struct text word, char base[64]);
/* Damerau-Levenshtein (restricted) distance, counted in characters, at most `most` + 1. */
unsigned word_distance(const char *a, const char *b, unsigned most);
