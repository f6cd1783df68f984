/* Asking models: any number of requests on one event loop, a few in flight, each failing alone. */
#pragma once
#include "base/loop.h"
#include "llm/chat.h"
#include "llm/config.h"
#include "llm/reading.h"

struct llm;
struct llm_request;

struct llm_options {
	struct llm_model *model;  /* NULL: the configured choice */
	json_t *schema;		  /* JSON Schema of the answer; then `value` of the answer is set. Borrowed until done */
	const char *schema_name;  /* "answer" when NULL */
	const char *tool_choice;  /* "auto", "none", "required", a tool's name; NULL: auto */
	const char *effort;	  /* of reasoning: "low", "medium", "high"; NULL: the model's setting */
	bool temperature_set;
	double temperature;
	long max_output;	  /* tokens; 0: the model's setting */
	bool no_stream, no_tools;
	double connect, first_token, total; /* deadlines in seconds; 0: as configured */
};

/* `config` and `loop` outlive it. */
struct llm *llm_new(struct llm_config *config, struct loop *loop, struct error *err);
void llm_free(struct llm *llm); /* ends what runs; `done` is called for none of them */

/* Queues a request; callbacks come from the loop, `done` exactly once, never before this returns. `chat` and
 * `watch` must stay as they are until then. The handle is valid until `done`. NULL with `err` set: nothing
 * was queued. */
struct llm_request *llm_send(struct llm *llm, const struct chat *chat, const struct llm_options *options,
			     const struct llm_watch *watch, void *context, struct error *err);
/* Stops it at the loop's next turn and keeps what came: its answer ends as ANSWER_CANCELLED. */
void llm_cancel(struct llm_request *request);
void llm_cancel_all(struct llm *llm); /* for Ctrl-C */
/* Runs the loop until every request is done. */
int llm_wait(struct llm *llm, struct error *err);

/* Asks the server, where it says such things, how much it reads at once and, when the chat comes near that, how many tokens it
 * takes: what llm_tokens() and llm_context() give is the better for it. Blocks some seconds at most; not from within a loop. */
void llm_learn(struct llm *llm, struct llm_model *model, const struct chat *chat, const struct llm_options *options);
/* Tokens that a request with this chat would take, about; and what the model's context holds (0: unknown). */
long llm_tokens(struct llm *llm, const struct chat *chat, const struct llm_options *options);
long llm_context(struct llm *llm, struct llm_model *model);

static inline void drop_llm(struct llm **llm)
{
	llm_free(*llm);
}
#define AUTO_LLM AUTO(drop_llm) struct llm *
