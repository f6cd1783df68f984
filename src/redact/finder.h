/* The finder: all rules' letters looked for in one pass over the text, with Vectorscan or without. */
#pragma once
#include "redact/rules.h"

struct finder;
/* `finds` may be empty. With `cached`, the compiled database is kept in the cache folder, under the hash of
 * what it was made from, and checked when it is read. */
struct finder *finder_new(const struct find *finds, size_t count, bool cached, bool portable, struct error *err);
void finder_free(struct finder *finder);
/* Whether it finds `sample` by that find wherever it is put: an engine that does not is none to trust with secrets. */
bool finder_trusted(struct finder *finder, unsigned which, struct text sample);
const char *finder_engine(const struct finder *finder);
/* `hit` learns of each find: which, and where it ends. Less than 0 from it ends the scan and is given back. */
typedef int finder_hit(void *context, unsigned which, size_t end);
int finder_scan(struct finder *finder, struct text text, finder_hit *hit, void *context, struct error *err);

/* Reads and keeps databases; the key is the hash of what they were made from. */
uint64_t cache_hash(uint64_t seed, const void *at, size_t len);
#define CACHE_SEED 14695981039346656037ULL
int cache_read(uint64_t key, struct build *database);
void cache_write(uint64_t key, struct text database);
