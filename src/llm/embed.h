/* Vectors of texts, where a provider offers them: OpenAI's and every compatible server's /embeddings, Ollama's /api/embed.
 * https://platform.openai.com/docs/api-reference/embeddings, https://github.com/ollama/ollama/blob/main/docs/api.md */
#pragma once
#include "llm/config.h"
#include "redact/redact.h"

#define EMBED_MOST 64 /* texts of one request */

struct embed_spec {
	const struct llm_config *config; /* retries */
	struct llm_model *model;
	double seconds;	   /* in all */
	struct build *dry; /* not NULL: the request is appended here, byte for byte, and nothing is sent */
};
/* One vector for each text, all of one size, each of length 1: `*out` holds count * `*size` numbers, to be freed. -ECANCELED
 * of a dry run; -ENOTSUP when the provider has none. Blocks; not from within a loop. */
int embed(const struct embed_spec *spec, const struct clean *texts, size_t count, float **out, size_t *size, struct error *err);
/* Whose vectors these are: vectors of two sources cannot be compared. "https://host/v1 name". */
void embed_source(const struct llm_model *model, struct build *out);
