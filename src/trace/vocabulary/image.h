/* The vocabulary kept ready: between runs, in the cache folder, and as it comes with the program. */
#pragma once
#include <dirent.h>
#include <stdint.h>
#include <sys/types.h>
#include "trace/vocabulary/vocabulary.h"

/* ---- between runs: image.c ---- */
/* What identifies this program and these files by their sizes and times; 0: they are too fresh, or not there. */
uint64_t vocabulary_image_key(const char *folder, const struct dirent *const *entries, int count);
/* NULL when there is none for the key. */
struct vocabulary *vocabulary_image_load(uint64_t key);
/* Failures only cost time. All subjects must be opened, and without a mistake. */
void vocabulary_image_save(const struct vocabulary *vocabulary, uint64_t key);

/* The image of this file, when it is ours or `other`'s, whole, and has the key; else NULL. */
struct vocabulary *vocabulary_image_map(const char *path, uint64_t key, uid_t other);
/* Nothing of an empty vocabulary. */
void vocabulary_image_make(const struct vocabulary *vocabulary, uint64_t key, struct build *out);
/* Of the sizes of what an image holds. */
uint64_t vocabulary_image_sizes(void);

/* ---- with the program: built.c ---- */
/* Adds a file to what identifies the texts that a vocabulary was read from. */
uint64_t vocabulary_sum(uint64_t sum, const char *name, struct text content);
/* The image that was written when this program was built, if the folder's texts are the same as then (0: they are not
 * known); else NULL. */
struct vocabulary *vocabulary_built_load(const char *folder, uint64_t content);
/* Writes that image; -EINVAL with the first mistake of the vocabulary. */
int vocabulary_build(const char *folder, const char *path, struct error *err);
