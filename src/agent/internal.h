/* What the files of the agent share. */
#pragma once
#include "agent/agent.h"

struct past_call {
	char *name, *arguments, *id;
};
struct agent {
	const struct agent_spec *spec;
	struct chat *chat;
	VEC(struct past_call) past;
	VEC(char *) notes;
	unsigned steps;
	long tokens;
	bool unclean;	    /* something could not be cleaned: nothing more is sent */
	struct build request;
	bool interrupted;
	int signal; /* that interrupted it */
	size_t pinned, question; /* turns: those that always stay, and where the question at hand begins */
	enum answer_fault fault;
	unsigned requests;
	struct usage used; /* in all; `known` once an answer said */
	unsigned uncounted; /* requests whose answer did not say */
	char model[128];   /* as the server names it */
};

/* Placeholders in any string of the value become what they stand for. */
int agent_restore(struct agent *agent, json_t *value, struct error *err);
/* Runs what the answer calls and says the results. */
int agent_tools_run(struct agent *agent, const struct answer *answer, struct error *err);
/* One request, and its answer. `stream` (may be NULL) gets the text as it comes. */
struct agent_stream {
	void (*text)(void *context, struct text piece);
	void *context;
};
int agent_request_once(struct agent *agent, json_t *schema, const char *name, bool last, const struct agent_stream *stream,
		       struct answer *answer, struct error *err);
/* Leaves out the oldest questions with their answers until the rest fits the model's context, and notes it. */
void agent_fit(struct agent *agent, struct llm *llm, const struct llm_options *options);
/* Counts what it took, and fails where the answer is none. */
int agent_judge(struct agent *agent, struct answer *answer, struct error *err);
