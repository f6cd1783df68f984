/* Recipes found by words and, where a model for embeddings is configured, by meaning too. */
#pragma once
#include "knowledge/recipes.h"
#include "llm/config.h"

struct knowledge {
	struct shelf *shelf;
	struct llm_config *config; /* NULL: words alone */
	double seconds;		   /* that vectors may take, in all; what is missing then is made next time */
	struct build *dry;	   /* not NULL: the requests are appended here and nothing is sent */
	char note[600];		   /* why it was words alone although embeddings are configured; "" */
	bool spent;		   /* that was tried, and is not again */
};
/* As recipes_find(). Embeddings that fail leave the ranking by words, with a note. */
int knowledge_find(struct knowledge *knowledge, struct text text, unsigned kinds, size_t limit, struct arena *arena,
		   struct recipe_list *found, struct error *err);
