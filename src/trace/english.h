/* Common English words (data/vocabulary/english.txt): a word that is one is neither a typing error nor a name. */
#pragma once
#include <stdbool.h>
#include "base/error.h"
#include "base/text.h"

/* Maps the sorted list at `path`, one lower-case word a line. NULL: it cannot be read. */
struct english *english_open(const char *path, struct error *err);
void english_close(struct english *english);
/* False also when `english` is NULL. */
bool english_has(const struct english *english, struct text word);
