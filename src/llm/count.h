/* Exact counts of a request's tokens, from servers that have the model's tokenizer at hand. */
#pragma once
#include "llm/internal.h"

struct count;
/* Whether servers of this kind count: llama.cpp's do, at no cost worth naming. */
bool count_offered(const struct llm_model *model);
/* Asks with the very bytes of the request, after attempt_body(): they go to the server that they are for, with its key.
 * `done` once, from the loop, with tokens, or 0 when it does not say. NULL: it could not be asked. Current servers: /v1/chat/completions/input_tokens and its like of the other
 * protocols, older ones: /tokenize. https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md */
struct count *count_start(struct http *http, const struct llm_request *request, void (*done)(void *context, long tokens),
			  void *context);
void count_cancel(struct count *count);
/* The same, waiting for it on a loop that does not run now: tokens, or 0. loop_stop() ends the waiting. */
long count_ask(struct loop *loop, const struct llm_request *request);
