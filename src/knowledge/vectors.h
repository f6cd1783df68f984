/* Vectors of texts, kept in the cache folder (SQLite): made once for each text and source, and compared here. */
#pragma once
#include "base/error.h"
#include "base/text.h"
#include "knowledge/recipes.h"

struct vectors;
/* `source` says whose vectors they are ("https://host/v1 name"): those of others are not seen. `cache` NULL: in memory. */
struct vectors *vectors_open(const char *cache, const char *source, struct error *err);
void vectors_close(struct vectors *vectors);
static inline void drop_vectors(struct vectors **vectors)
{
	vectors_close(*vectors);
}
#define AUTO_VECTORS AUTO(drop_vectors) struct vectors *

/* The vector of a text: `*out` is to be freed. 1: it is there, 0: it is not, or is of another size than `*size` (when not 0). */
int vectors_get(struct vectors *vectors, struct text text, float **out, size_t *size, struct error *err);
/* Keeps it; the oldest go when there are more than 20,000. */
int vectors_put(struct vectors *vectors, struct text text, const float *vector, size_t size, struct error *err);
/* Of two vectors of length 1: 1 the same, 0 nothing in common. */
double vectors_near(const float *a, const float *b, size_t size);

/* The text that stands for a recipe: its title, the questions it answers, the phrases for what it watches. */
void recipe_meaning(const struct recipe *recipe, struct build *out);
/* Two rankings made one, at most `limit` long: reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009). */
void recipes_merge(const struct recipe_list *one, const struct recipe_list *other, size_t limit, struct recipe_list *out);
