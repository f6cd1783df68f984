/* The wire protocols: each makes a request's body from a chat, and reads what comes back. */
#pragma once
#include "llm/chat.h"
#include "llm/config.h"
#include "llm/reading.h"
#include "llm/wire_rules.h"

/* What one request says. */
struct exchange {
	const struct llm_model *model;
	const struct chat *chat;
	const struct wire_rules *rules;
	const json_t *schema;	  /* the answer's form; NULL: free text */
	const char *schema_name;
	bool schema_in_words;	  /* the provider has no structured output: the schema stands in the instructions */
	const char *tool_choice;  /* "auto", "none", "required", or a tool's name; NULL: auto */
	const char *effort;	  /* of reasoning */
	double temperature;	  /* NAN: the server's */
	long max_output;	  /* 0: the server's */
	bool stream;
	bool no_tools;		  /* the chat's tools are left out */
	/* After an answer that did not fit the schema: that answer and the complaint. NULL otherwise. */
	const char *misfit, *complaint;
};

struct provider_ops {
	const char *name; /* "chat" */
	/* The part of the URL behind the base. */
	const char *path;
	/* The whole body. New reference. */
	json_t *(*request)(const struct exchange *exchange);
	/* One event of the stream. */
	void (*event)(struct reading *reading, const char *name, const json_t *data);
	/* The answer in one piece. */
	void (*whole)(struct reading *reading, const json_t *body);
	/* The stream ended: what native items to keep. May be NULL. */
	void (*end)(struct reading *reading);
};
extern const struct provider_ops provider_chat, provider_responses, provider_messages;
/* NULL when there is none of that name. */
const struct provider_ops *provider_find(const char *name);
/* As the endpoint says, else as its kind and the rules want. */
const struct provider_ops *provider_of(const struct llm_model *model, const struct wire_rules *rules);

/* For the protocols. */
const char *exchange_choice(const struct exchange *exchange); /* tool choice; NULL when there are no tools */
/* All system turns joined, with the schema in words when the exchange wants it. Into `out`. */
void exchange_system(const struct exchange *exchange, struct build *out);
static inline bool exchange_tools(const struct exchange *exchange)
{
	return exchange->chat->tools.len && !exchange->no_tools && !exchange->rules->no_tools;
}
/* An error object of any server: {"error":{…}}, {"error":"…"}, {"detail":…}, {"message":…}. False: none. */
bool provider_error(const json_t *body, char message[400], char type[80], char code[80]);
/* Whether such an error says that the request is longer than the model's context. */
bool provider_context_error(const char *message, const char *type, const char *code);
