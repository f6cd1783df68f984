/* Short questions to a server, one after the other with the same headers, whose answer is a number of tokens. */
#pragma once
#include "base/text.h"
#include "llm/http.h"

/* The first member of who asks: callbacks get its address. */
struct asking {
	struct http *http;
	struct http_call *call;
	struct build lines, body; /* headers, the key among them; the answer to the last question */
	void (*done)(void *context, long tokens);
	void *context;
};
/* Sends it with the headers, and gathers the answer; the request has the rest: address, body, limits and `ended`. */
bool asking_send(struct asking *asking, struct http_request *request);
/* Ends what is under way, and wipes the key. */
void asking_done(struct asking *asking);
