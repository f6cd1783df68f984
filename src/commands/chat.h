/* What the files of `syswhy chat` share: one session. */
#pragma once
#include "commands/record.h"
#include "commands/trace_model.h"
#include "report/flow.h"

enum { CHAT_TOOLS_MOST = 12 };

struct chat_session {
	struct model_tools tools; /* first: what trace's tools are given is the session */
	struct context *context;
	struct trace trace;	  /* its kernel and vocabulary, for the tools */
	struct llm_config config;
	struct llm_model *model;  /* NULL: no model, everything else works */
	char *name;		  /* what the person called it; NULL: the configured one */
	struct redactor *redactor;
	struct agent_tool all_tools[CHAT_TOOLS_MOST];
	struct agent_spec spec;
	struct agent *agent;	  /* NULL until the first question */
	struct history *history;  /* what was asked before; NULL: none */
	struct evidence_list evidence;
	size_t told;		  /* so many of them the model knows */
	size_t noted;		  /* so many of the agent's notes were said */
	json_t *turns;		  /* [{"role": "person|model|trace", "text"}] */
	json_t *spent;		  /* usage of models before this one */
	struct flow flow;	  /* of the answer that is being shown */
	bool dry, quit, failed;
	bool plain;		  /* no line editor: Ctrl-C ends it all */
	bool stopped;		  /* and did */
	int exit_code;		  /* of the last failure */
	size_t resumed;		  /* turns that --last brought */
	size_t kept;		  /* turns and evidence that the history has */
};

/* ---- chat_session.c ---- */
/* Safe text straight to the person; nothing under --json. */
void chat_show(struct chat_session *session, struct text safe);
/* A model's words as they come: on a terminal wrapped, with its Markdown shown as such; `end`: nothing more comes. */
void chat_flow(struct chat_session *session, struct text text, bool end);
/* A line about something, made safe; on stderr, and kept among the notes of the report. */
void chat_note(struct chat_session *session, const char *format, ...) PRINTF(2, 3);
void chat_turn_add(struct chat_session *session, const char *role, struct text text);
/* Takes evidence of an object of --json over, numbered anew. Gives the number before the first of them. */
size_t chat_evidence_take(struct chat_session *session, const json_t *object);
void chat_evidence_show(struct chat_session *session, const struct evidence *evidence);
/* Runs `syswhy trace` for the question, shows what it came to and takes its evidence. `out` (may be NULL): the same for a model. */
int chat_trace(struct chat_session *session, const char *question, double seconds, struct build *out, struct error *err);
/* What was asked before and is like this; 0: nothing. */
size_t chat_past_show(struct chat_session *session, struct text question);
/* Goes on where the last chat ended, or with what a command has just found. */
int chat_resume(struct chat_session *session, struct error *err);
void chat_follow(struct chat_session *session, struct report *report);
void chat_object_fill(struct chat_session *session);
/* What was said and measured, for the page of --html. */
void chat_page(struct chat_session *session);

/* ---- chat_model.c ---- */
/* Asks the model; its answer is shown as it comes. */
int chat_ask(struct chat_session *session, const char *question, struct error *err);
/* Another model, or the configured one (NULL). Without one -ENOENT. */
int chat_model_choose(struct chat_session *session, const char *name, struct error *err);
/* What models took in all: {"model", "requests", …}; new reference, or NULL. */
json_t *chat_usage(const struct chat_session *session);
void chat_model_done(struct chat_session *session);

/* ---- chat_slash.c ---- */
struct chat_slash {
	const char *name, *value, *help;
	int (*run)(struct chat_session *session, const char *value, struct error *err);
};
extern const struct chat_slash chat_slashes[]; /* ends with an entry whose name is NULL */
/* "/evidence 2": runs it. */
int chat_slash(struct chat_session *session, const char *line, struct error *err);

/* ---- chat_lines.c ---- */
struct chat_lines;
/* On a terminal a line editor, with the lines of former chats when `keep`; else plain lines. */
struct chat_lines *chat_lines_new(struct chat_session *session, bool keep);
/* 1: a line, without its end; 0: there are no more; -EINTR: Ctrl-C. */
int chat_lines_read(struct chat_lines *lines, struct build *line);
/* Keeps the lines for the next time, cleaned. */
void chat_lines_free(struct chat_lines *lines);
char *chat_lines_path(void); /* where; new string, or NULL */
bool chat_lines_editor(const struct chat_lines *lines);

/* ---- chat.c ---- */
/* "model-1: 2 requests, 100 tokens read, …"; NULL: that none was asked. */
void chat_usage_say(const json_t *usage, struct build *out);
/* The same on stderr, for commands that ask a model once; NULL or --quiet: nothing. */
void model_usage_tell(const struct context *context, const char *command, const json_t *usage);
/* That the model's server is asked again, and that not soon. */
void model_waits_tell(const struct context *context, const char *command, double seconds, const char *why);
/* Whether Ctrl-C came since it was last asked; whether the program shall end; whether one of both is so. */
bool chat_interrupted(void);
bool chat_ended(void);
bool chat_signalled(void);
/* A signal that somebody else caught: all but SIGINT end the chat. 0: none. */
void chat_signal(int signal);
