/* Common English words (data/vocabulary/english.txt): a word that is one is neither a typing error nor a name. */
#pragma once
#include <stdbool.h>
#include "base/error.h"
#include "base/text.h"

struct vocabulary;

#define ENGLISH_MOST 32 /* a word, with its NUL */

/* Maps the sorted list at `path`, one lower-case word a line. NULL: it cannot be read. */
struct english *english_open(const char *path, struct error *err);
void english_close(struct english *english);
/* False also when `english` is NULL. */
bool english_has(const struct english *english, struct text word);
/* The word of English that `word` is a slip for: two neighbouring letters exchanged, one vowel for another, one letter
 * too many or one missing within it (not at its ends, where names differ from words: "mysqld", "openr"). False: none, or
 * it is a word itself. */
bool english_slip(const struct english *english, struct text word, char right[ENGLISH_MOST]);
/* The word of the subjects, ending in "ing", that `written` is one slip from. */
bool deed_slip(const struct vocabulary *vocabulary, const char *written, char right[ENGLISH_MOST]);
struct question;
struct token;
/* "hypercalls", "respawning": a word of the trade made of a known one, and nobody's name. */
bool compounded(const struct question *question, const struct token *token);
bool shouted(struct text name); /* "TCGETS": a constant, as no program is called so */
