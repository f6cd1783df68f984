/* Short questions to a server. */
#include "llm/asking.h"
#include "llm/internal.h"

static int take(void *context, struct http_call *call, struct text bytes)
{
	struct asking *asking = context;

	(void)call;
	build_add(&asking->body, bytes);
	return 0;
}

bool asking_send(struct asking *asking, struct http_request *request)
{
	const char *headers[HEADERS_MOST];
	AUTO_FREE char *lines = text_copy(build_text(&asking->lines));

	request_lines(lines, headers);
	request->headers = headers;
	request->connect = 1;
	request->bytes = take;
	request->context = asking;
	build_clear(&asking->body);
	asking->call = http_start(asking->http, request, NULL);
	explicit_bzero(lines, asking->lines.len);
	return asking->call != NULL;
}

void asking_done(struct asking *asking)
{
	http_cancel(asking->call);
	if (asking->lines.at) /* the key stands there */
		explicit_bzero(asking->lines.at, asking->lines.len);
	build_done(&asking->lines);
	build_done(&asking->body);
}
