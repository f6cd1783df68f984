/* Escaped text as it was before it was escaped: what stands in URLs (%2F), in strings (\", \n, \u002f) and between colours of
 * a terminal, so that rules find there what they know; NULs become blanks, and quoted words of a list the line that they are.
 * Undone once. */
#pragma once
#include "base/text.h"
#include "base/vec.h"
#include "redact/blocks.h"

struct unescaped {
	struct build text;	 /* parts of the original, each behind a line's end */
	VEC(uint32_t) origin;	 /* of each byte: where in the original it begins; one more than there are bytes */
	VEC(uint32_t) ends;	 /* where each part ends, in `text` */
};
void unescaped_done(struct unescaped *u);
enum { UNESCAPE_MARKS = 4 };
extern const struct text unescape_marks; /* the bytes that escapes begin with */
/* `marks`: for each of these bytes the blocks that have it. False: it is too long, and something would be left out. */
bool unescaped_make(struct unescaped *u, struct text original, const struct places marks[UNESCAPE_MARKS]);
/* Where [*start, *end) of `text` stands in the original, as far as it lies within one part; false when it has no place. */
bool unescaped_place(const struct unescaped *u, size_t *start, size_t *end);
/* The byte that the escape at `at` stands for (-1: nothing at all), and its length; 0: it is none. */
size_t unescaped_one(struct text t, size_t at, int *byte);
void unescaped_put(struct unescaped *u, char c, size_t origin);
/* Adds the lists of quoted words: ["mysql", "-pX"], as programs write command lines. */
void unescaped_lists(struct unescaped *u, struct text t);
