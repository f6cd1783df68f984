/* Questions to a server about itself: its models, and how long a context it really reads. */
#pragma once
#include "llm/config.h"
#include "llm/http.h"

struct probe;
/* Whether servers of this kind say it. */
bool context_told(enum llm_kind kind);
/* Asks a server of this kind for the context of this model; `done` once, from the loop, with tokens, or 0 when it does not say; NULL: it could not be asked.
 * Ollama: /api/ps, then /api/show. llama.cpp: /props. vLLM: /v1/models. Others: 0. */
struct probe *probe_start(struct http *http, const struct llm_model *model, void (*done)(void *context, long tokens), void *context);
void probe_cancel(struct probe *probe);
/* A `done` for who waits: keeps the answer and stops the loop. */
struct probe_wait {
	struct loop *loop;
	long tokens;
	bool told; /* false: the waiting was ended before */
};
void probe_told(void *context, long tokens);
/* The same, waiting for it on a loop that does not run now: tokens, or 0. Others than context_told() are not asked.
 * loop_stop() ends the waiting. */
long context_ask(struct loop *loop, const struct llm_model *model);

/* Names of the models that an endpoint serves: new array of strings, or NULL with `err` set. Blocks at most
 * `seconds`; not from within a loop. */
json_t *models_list(struct llm_endpoint *endpoint, double seconds, struct error *err);
/* Whether an endpoint that lists these has the model: 1, 0, or -1 where its list does not tell. Ollama may leave ":latest" out, resellers
 * take "NAME:VARIANT" and list patterns, llama.cpp with one model answers to any name, Azure lists no deployments. */
int models_has(const struct llm_endpoint *endpoint, const json_t *names, const char *name);
/* Looks on loopback for Ollama (11434) and llama.cpp (8080), at most 200 ms, and adds what it finds as endpoints
 * "ollama" and "llamacpp" that are marked as detected. */
void models_detect(struct llm_config *config);
/* The model to use: what was asked for; else the only one that the only endpoint lists (asked over the network), else
 * one of a detected server. NULL with `err` set: -ENOENT when nothing is configured. Blocks a few seconds at most. A name that no file
 * has is taken all the same, with a note in the config where it looks like a slip. */
struct llm_model *llm_choose(struct llm_config *config, const char *name, struct error *err);
