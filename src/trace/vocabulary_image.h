/* The vocabulary kept ready between runs, in the cache folder. */
#pragma once
#include <dirent.h>
#include <stdint.h>
#include "trace/vocabulary.h"

/* What identifies this program and these files by their sizes and times; 0: they are too fresh, or not there. */
uint64_t vocabulary_image_key(const char *folder, const struct dirent *const *entries, int count);
/* NULL when there is none for the key. */
struct vocabulary *vocabulary_image_load(uint64_t key);
/* Failures only cost time. All subjects must be opened, and without a mistake. */
void vocabulary_image_save(const struct vocabulary *vocabulary, uint64_t key);
