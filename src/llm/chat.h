/* A chat: what was said so far, in the form that every protocol is made from. */
#pragma once
#include "llm/answer.h"
#include "redact/redact.h"

enum chat_role { CHAT_SYSTEM, CHAT_USER, CHAT_ASSISTANT, CHAT_TOOL };

struct chat_turn {
	enum chat_role role;
	char *text;
	char *reasoning;	     /* of the assistant; apart from the text */
	VEC(struct chat_call) calls; /* of the assistant */
	json_t *native;		     /* the assistant's turn as its provider gave it */
	const char *native_of;	     /* protocol of `native` */
	char *call_id;		     /* of a tool's result */
	bool failed;		     /* the tool's result is an error */
	bool cache;		     /* the provider may cache all up to here */
};

struct chat_tool {
	char *name, *description;
	json_t *schema; /* of its arguments: a JSON Schema object */
};

struct chat {
	VEC(struct chat_turn) turns;
	VEC(struct chat_tool) tools;
};

struct chat *chat_new(void);
void chat_free(struct chat *chat);

/* Only text that redact/ has cleaned can be said. It is copied. */
void chat_say(struct chat *chat, enum chat_role role, struct clean what);
/* The result of the call `id`; `failed` when it is an error message. */
void chat_result(struct chat *chat, const char *id, struct clean what, bool failed);
/* What a model answered, as the assistant's turn: text, calls, and its own items for replay. */
void chat_answer(struct chat *chat, const struct answer *answer);
/* A tool on offer. `schema` is taken a reference of. */
void chat_tool(struct chat *chat, const char *name, const char *description, json_t *schema);
/* Marks the end so far as worth caching, for providers that want to be told. */
void chat_cache_mark(struct chat *chat);
/* Drops turns from the end until `count` are left. */
void chat_cut(struct chat *chat, size_t count);
/* Drops `count` turns from `from` on. */
void chat_drop(struct chat *chat, size_t from, size_t count);
const struct chat_tool *chat_tool_find(const struct chat *chat, const char *name);

static inline void drop_chat(struct chat **chat)
{
	chat_free(*chat);
}
#define AUTO_CHAT AUTO(drop_chat) struct chat *
