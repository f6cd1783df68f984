/* A few plain words, looked for by their first four bytes: for names that stand in every line, where Vectorscan takes long. */
#pragma once
#include "redact/finder.h"

struct words;
/* NULL: they are too many, not all of them are plain, or this processor is not made for it. Borrows the finds' words. */
struct words *words_new(const struct find *finds, size_t count);
void words_free(struct words *words);
int words_scan(const struct words *words, struct text text, finder_hit *hit, void *context);
