/* The investigation loop: ask a model, run the read-only tools that it asks for, let it see what they say, until it
 * answers by schema. Everything that it is told goes through redact/, and what cannot be cleaned is not sent. */
#pragma once
#include "llm/llm.h"

/* `run` writes what the model shall see, or fails with a sentence for it. It must only read. */
struct agent_tool {
	const char *name, *description;
	const char *schema; /* JSON Schema of its arguments, as text */
	int (*run)(void *context, const json_t *arguments, struct build *out, struct error *err);
};
struct agent_spec { /* all of it outlives the agent */
	struct llm_config *config;
	struct llm_model *model;
	struct redactor *redactor;
	const struct agent_tool *tools;
	size_t tool_count;
	void *context;	/* of the calls */
	unsigned steps; /* answers with tool calls in all; then it must answer without */
	long tokens;	/* read and written, in all; 0: no limit */
	/* The model called a tool that it was not given; nothing was run. May be NULL. */
	void (*refused)(void *context, const char *tool);
	/* The server is asked again, and that not soon. May be NULL. */
	void (*waits)(void *context, double seconds, const char *why);
	/* Whether a signal came before this asks, when the caller takes them; those that come while it asks are its own. May be NULL. */
	bool (*stopped)(void *context);
};
struct agent;
struct agent *agent_new(const struct agent_spec *spec, struct error *err); /* NULL: failed */
void agent_free(struct agent *agent);
static inline void drop_agent(struct agent **agent)
{
	agent_free(*agent);
}
#define AUTO_AGENT AUTO(drop_agent) struct agent *

/* Says something to the model, cleaned first. After a failure nothing more is sent. */
int agent_say(struct agent *agent, enum chat_role role, struct text text, struct error *err);
/* The same from a file of data/prompts/. */
int agent_prompt(struct agent *agent, const char *name, struct error *err);
/* Asks, runs tools, and gives the answer, which fits `schema`; new reference, placeholders put back. -ECANCELED when
 * only the request was wanted (agent_request() has its bytes) or Ctrl-C came (agent_interrupted()): then `value` is what came until
 * then, which may not fit, or NULL. -EBADMSG when the model answered, but without the form, sent back once: it may be told so. */
int agent_ask(struct agent *agent, json_t *schema, const char *name, json_t **value, struct error *err);
/* The same with an answer in words. Its pieces go to `piece` as they come, placeholders put back, never half a character; then
 * the whole is in `answer`. When it fails, or Ctrl-C stops it, the conversation is as it was before agent_question(). */
typedef void agent_piece(void *context, struct text piece);
int agent_talk(struct agent *agent, agent_piece *piece, void *context, struct build *answer, struct error *err);
/* A question begins here: what is said from now on belongs to it. Its steps count anew. */
void agent_question(struct agent *agent);
/* What was said so far stays, whatever has to be left out for the model's context. */
void agent_pin(struct agent *agent);
struct text agent_request(const struct agent *agent); /* of a dry run; else empty */
bool agent_interrupted(const struct agent *agent);
int agent_signal(const struct agent *agent); /* that interrupted it: SIGINT, SIGTERM, SIGHUP; 0: none */
enum answer_fault agent_fault(const struct agent *agent); /* of the last failure */
/* What a person should know: parameters dropped, context cut, retries. Borrowed. */
size_t agent_notes(const struct agent *agent, char *const **notes);

/* What it took so far: {"model", "requests", "uncounted", "input_tokens", "output_tokens", "cost"}, null where a server did not
 * say; "uncounted" requests are not in the sums (stopped, failed). New reference. NULL when nothing was answered. */
json_t *agent_usage(const struct agent *agent);

/* Foreign text between two lines of dashes that do not stand in it, so that nothing in it looks like what stands behind it. */
void agent_fence(struct text t, struct build *out);

/* Whether it cites evidence of 1..count, as [N]. */
bool claim_cites(struct text claim, unsigned count);
/* Appends the claim; one that cites no evidence of 1..count, as [N], is marked as opinion. */
void claim_add(struct text claim, unsigned count, struct build *out);
