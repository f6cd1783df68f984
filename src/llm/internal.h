/* What the parts of llm/ share: requests, and what is known of each model. */
#pragma once
#include "llm/http.h"
#include "llm/llm.h"
#include "llm/probe.h"
#include "llm/provider.h"
#include "llm/sse.h"

#define LLM_ANSWER_BYTES (32 << 20) /* of a response's body */

/* What is known of a model while the program runs. */
struct llm_known {
	struct llm_model *model;
	struct wire_rules rules;
	struct model_facts facts;
	json_t *replay;	 /* exchanges of the file */
	size_t replayed;
	char *replay_protocol;
};

enum llm_state { LLM_QUEUED, LLM_PROBING, LLM_RUNNING, LLM_WAITING };

struct llm_request {
	struct llm *llm;
	const struct chat *chat;
	struct llm_options options;
	struct llm_watch watch;
	void *context;
	struct llm_known *known;
	enum llm_state state;
	bool cancelled;
	struct answer answer;
	struct reading reading;
	struct sse sse;
	enum { BODY_UNKNOWN, BODY_EVENTS, BODY_WHOLE } body_kind;
	struct build whole;	/* an answer in one piece */
	const struct provider_ops *ops;
	json_t *body;		/* the request */
	char *text;		/* its bytes */
	long estimate;		/* tokens */
	unsigned tries, learned, repairs; /* retries; refusals mended; answers sent back for their form */
	char *misfit, *complaint;
	bool schema_in_words;
	struct http_call *call;
	struct probe *probe;
	struct count *count;
	long counted;		/* tokens, by the server itself; 0: it was not asked, -1: it does not count */
	struct loop_timer *deadline, *first, *pause, *linger;
	double loading_until;
};

struct llm {
	struct llm_config *config;
	struct loop *loop;
	struct http *http; /* made when the first request needs it */
	VEC(struct llm_request *) requests;
	VEC(struct llm_known *) known;
	struct loop_timer *pump;
	size_t running;
	bool waiting, learning;
	bool stopped; /* while it was learning: what is sent afterwards is cancelled */
	uint64_t chance;
};

/* attempt.c: one try. Calls request_over() in the end, perhaps at once. */
void attempt_start(struct llm_request *request);
void attempt_drop(struct llm_request *request); /* what belongs to one try */
int attempt_body(struct llm_request *request);	/* makes body, text and estimate; fails the answer */
long attempt_tokens(const struct llm_request *request); /* of the body: counted, or about */
/* judge.c: the try ended with this. */
void attempt_judge(struct llm_request *request, const struct http_end *end, struct http_call *call);
/* deliver.c: the answer is whole; `over` false: another request was started for it. */
bool answer_settle(struct llm_request *request);
/* replay.c */
int replay_open(struct llm_known *known, struct error *err); /* its protocol and model's name */
void replay_start(struct llm_request *request);
/* request.c: URL and headers. */
char *request_url(const struct llm_request *request);
int request_headers(const struct llm_request *request, bool dry, struct build *lines, struct error *err);
/* Their lines as curl wants them: cut up in place, and a NULL at the end. */
#define HEADERS_MOST 64
void request_lines(char *lines, const char *headers[HEADERS_MOST]);
void request_key_mask(const struct llm_request *request, char *text, size_t size);

void request_over(struct llm_request *request);
void request_again(struct llm_request *request, double seconds); /* the same once more, later */
struct http *llm_http(struct llm *llm, struct error *err);
double llm_chance(struct llm *llm); /* 0..1 */
/* Feeds the answer's bytes; non-zero: nothing more is wanted. */
int request_bytes(struct llm_request *request, struct text bytes);
long tokens_estimate(struct text t);
