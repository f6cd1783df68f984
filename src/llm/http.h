/* HTTP requests on the event loop, any number at once on one thread (libcurl's multi interface). */
#pragma once
#include "base/loop.h"
#include "base/text.h"

struct http;
struct http_call;

struct http_end {
	long status;	  /* 0: there was no answer */
	bool connected;	  /* a connection was made */
	bool timed_out;
	bool broken_off;  /* the server closed in the middle of the answer */
	char reason[256]; /* libcurl's words when the transfer failed; "" when it did not */
	struct text body_start; /* of the answer: the first 64 KiB, borrowed during the call */
};

struct http_request {
	const char *url;
	const char *const *headers; /* "Name: value", NULL-terminated; copied */
	bool post;
	struct text body;	    /* must live until the end */
	double connect, total;	    /* deadlines, seconds */
	size_t limit;		    /* bytes of the answer */
	/* The answer's bytes as they come; a non-zero return ends the transfer. */
	int (*bytes)(void *context, struct http_call *call, struct text bytes);
	/* Once, unless http_cancel() came first. The call is freed after it. */
	void (*ended)(void *context, struct http_call *call, const struct http_end *end);
	void *context;
};

/* `loop` outlives it. At most `connections` are kept open. */
struct http *http_new(struct loop *loop, long connections, struct error *err);
void http_free(struct http *http); /* ends what runs, without calling `ended` */
/* NULL with `err` set. Redirects are not followed: what is sent is for this host. */
struct http_call *http_start(struct http *http, const struct http_request *request, struct error *err);
/* Not from within `bytes` (return non-zero there); frees the call. */
void http_cancel(struct http_call *call);
long http_status(const struct http_call *call);
/* A header of the answer: borrowed view, empty when absent. Names in any case. */
struct text http_header(const struct http_call *call, const char *name);
/* All headers, one a line. */
struct text http_headers(const struct http_call *call);

static inline void drop_http(struct http **http)
{
	http_free(*http);
}
#define AUTO_HTTP AUTO(drop_http) struct http *
