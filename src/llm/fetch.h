/* One request and its whole answer, for what needs no stream: lists of models, embeddings. */
#pragma once
#include "base/json.h"
#include "llm/config.h"
#include "llm/http.h"

#define FETCH_BYTES (32 << 20)

/* What comes back; several may share one loop, which stops with the last of them. */
struct fetch {
	struct loop *loop;
	size_t *left; /* of those that run together */
	struct build body;
	struct http_end end;
	double again; /* seconds after which it is worth another try; < 0: it is not */
};
int fetch_take(void *context, struct http_call *call, struct text bytes);
void fetch_ended(void *context, struct http_call *call, const struct http_end *end);

/* The lines that any request to this endpoint has, its key among them. */
int endpoint_headers(struct llm_endpoint *endpoint, struct build *lines, struct error *err);

struct fetch_spec {
	struct llm_endpoint *endpoint; /* whose key and headers are sent */
	const char *url;
	struct text body; /* sent by POST; empty: GET */
	double seconds;	  /* in all, retries included */
	long retries;
	double retry_delay; /* seconds before the first */
};
/* The JSON of the answer (new reference). NULL with `err`: -ENOTCONN not reached, -EACCES the key was refused, -EREMOTEIO
 * with the server's words, -EPROTO no JSON of status 200. Blocks; not from within a loop. */
json_t *endpoint_fetch(const struct fetch_spec *spec, struct error *err);
