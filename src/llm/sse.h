/* Server-sent events (WHATWG HTML, 9.2.6): bytes in pieces of any size, whole events out. */
#pragma once
#include "base/json.h"

struct sse_event {
	const char *name;  /* "message" when the stream named none */
	struct text data;  /* lines joined by \n; borrowed during the call */
};

/* Zero-initialise with `take`. A non-zero return of `take` stops the feeding and is given back. */
struct sse {
	int (*take)(void *context, const struct sse_event *event);
	void *context;
	size_t limit;		  /* bytes of one event; 0: 16 MiB */
	struct build line, data;  /* what is not complete yet */
	char name[64];
	bool after_cr, has_data, begun;
	bool bare; /* data of no field */
};
/* -EMSGSIZE when an event is longer than the limit; else what `take` gave. */
int sse_feed(struct sse *sse, struct text bytes);
/* The stream ended: an event that only lacked its empty line is delivered. */
int sse_end(struct sse *sse);
void sse_done(struct sse *sse);
/* One event's JSON. Invalid UTF-8 becomes U+FFFD, as does half of a surrogate pair: the rest of the text
 * is not lost for one bad character. */
json_t *sse_json(struct text data, struct error *err);
