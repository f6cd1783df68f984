/* An answer while it comes: protocols put pieces in, the watcher gets them, the answer is whole at the end. */
#pragma once
#include "llm/chat.h"

/* Called on the loop's thread; any may be NULL. Texts are foreign: make them safe before they are shown. */
struct llm_watch {
	void (*text)(void *context, struct text piece);
	void (*reasoning)(void *context, struct text piece);
	void (*tool_call)(void *context, const struct chat_call *call); /* whole, as soon as it is */
	void (*waits)(void *context, double seconds, const char *why); /* before it tries again, when that is not soon */
	void (*done)(void *context, struct answer *answer); /* once, always; may take the answer by copy and zero */
};

struct reading_call {
	long index; /* -1: the server gave none */
	char *id, *name;
	struct build arguments;
};

struct reading {
	struct answer *answer;
	const struct llm_watch *watch; /* may be NULL */
	void *context;
	const struct chat *chat;
	bool tools;	 /* tools were offered: text that looks like a call is held back */
	bool schema_tool; /* the answer comes as the arguments of a tool of this protocol's own */
	const char *schema_name;
	/* How far it is. */
	bool ended;	 /* the server said why it stopped */
	bool closed;	 /* the protocol's last event came */
	bool began;	 /* any event was understood */
	bool retryable;	 /* an error inside the stream that another try may not meet */
	char error_type[80];
	/* Internal. */
	enum { READING_START, READING_THINK, READING_HELD, READING_PLAIN } state;
	bool thought;
	struct build held;
	VEC(struct reading_call) calls;
	json_t *items;	 /* native items, or blocks by index */
	long whole_item; /* Responses: text bytes before the current item */
};
void reading_done(struct reading *reading);
void reading_text(struct reading *reading, struct text piece);
void reading_reasoning(struct reading *reading, struct text piece);
void reading_string(struct reading *reading, const json_t *text, bool reasoning); /* no string: nothing */
/* A piece of a call. `index` -1, `id` and `name` NULL or "" where the server gave none; `arguments` may be a
 * string, an object or NULL. A new id at the same index is a new call. */
void reading_call(struct reading *reading, long index, const char *id, const char *name, const json_t *arguments);
/* The server's reason to stop, by any protocol's word. */
void reading_stop(struct reading *reading, const char *reason);
/* An error that came inside an answer with status 200. */
void reading_error(struct reading *reading, const json_t *error);
/* Nothing more comes: makes the calls whole, and judges how it ended. */
void reading_end(struct reading *reading);
