/* HTTP on the event loop. */
#include "llm/http.h"
#include <strings.h>
#include "base/vec.h"
#include "llm/config.h"
#include "llm/curl.h"

#define HEADER_BYTES (64 << 10)
#define START_BYTES  (64 << 10)

struct http {
	const struct curl_table *curl;
	struct loop *loop;
	CURLM *multi;
	struct loop_timer *timer;
	VEC(struct http_call *) calls;
	bool ending;
};

struct http_call {
	struct http *http;
	CURL *easy;
	struct curl_slist *headers;
	struct build answer_headers, start;
	struct http_request request;
	size_t received;
	bool too_long;
	char reason[CURL_ERROR_SIZE]; /* of a failure: which host, proxy or certificate */
};

static void finished(struct http *http);

static void socket_ready(void *context, int fd, uint32_t events)
{
	struct http *http = context;
	int running, mask = (events & EPOLLIN ? CURL_CSELECT_IN : 0) | (events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
			    (events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);

	http->curl->multi_socket_action(http->multi, fd, mask, &running);
	finished(http);
}

static int watch_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *known)
{
	struct http *http = context;
	uint32_t events = (what & CURL_POLL_IN ? EPOLLIN : 0) | (what & CURL_POLL_OUT ? EPOLLOUT : 0);

	(void)easy, (void)known;
	loop_unwatch(http->loop, fd);
	if (what != CURL_POLL_REMOVE && loop_watch(http->loop, fd, events, socket_ready, http, NULL) < 0)
		return -1;
	return 0;
}

static void timer_due(void *context)
{
	struct http *http = context;
	struct loop_timer *fired = TAKE(http->timer);
	int running;

	loop_cancel(http->loop, fired);
	http->curl->multi_socket_action(http->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	finished(http);
}

static int set_timer(CURLM *multi, long milliseconds, void *context)
{
	struct http *http = context;

	(void)multi;
	loop_cancel(http->loop, TAKE(http->timer));
	if (milliseconds >= 0 && !http->ending)
		http->timer = loop_after(http->loop, (double)milliseconds / 1000, false, timer_due, http);
	return 0;
}

struct http *http_new(struct loop *loop, long connections, struct error *err)
{
	const struct curl_table *curl = curl_load(err);
	struct http *http = curl ? calloc(1, sizeof(*http)) : NULL;

	if (!curl)
		return NULL;
	if (!http)
		abort();
	http->curl = curl;
	http->loop = loop;
	http->multi = curl->multi_init();
	if (!http->multi)
		abort();
	curl->multi_setopt(http->multi, CURLMOPT_SOCKETFUNCTION, watch_socket);
	curl->multi_setopt(http->multi, CURLMOPT_SOCKETDATA, http);
	curl->multi_setopt(http->multi, CURLMOPT_TIMERFUNCTION, set_timer);
	curl->multi_setopt(http->multi, CURLMOPT_TIMERDATA, http);
	curl->multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, connections < 4 ? 4 : connections);
	return http;
}

static void call_free(struct http_call *call)
{
	struct http *http = call->http;

	for (size_t i = 0; i < http->calls.len; i++)
		if (http->calls.at[i] == call)
			http->calls.at[i] = http->calls.at[--http->calls.len];
	if (call->easy) {
		http->curl->multi_remove_handle(http->multi, call->easy);
		http->curl->easy_cleanup(call->easy);
	}
	http->curl->slist_free_all(call->headers);
	build_done(&call->answer_headers);
	build_done(&call->start);
	free(call);
}

void http_free(struct http *http)
{
	if (!http)
		return;
	http->ending = true;
	while (http->calls.len)
		call_free(http->calls.at[0]);
	http->curl->multi_cleanup(http->multi);
	loop_cancel(http->loop, http->timer);
	vec_done(&http->calls);
	free(http);
}

static size_t take_header(char *at, size_t size, size_t count, void *context)
{
	struct http_call *call = context;
	struct text line = { at, size * count };

	/* A new block (after 100 Continue) replaces the old one. */
	if (text_starts(line, "HTTP/"))
		build_clear(&call->answer_headers);
	build_add(&call->answer_headers, line);
	return size * count;
}

static size_t take_bytes(char *at, size_t size, size_t count, void *context)
{
	struct http_call *call = context;
	struct text bytes = { at, size * count };

	call->received += bytes.len;
	call->too_long = call->received > call->request.limit;
	if (call->too_long)
		return 0;
	build_add(&call->start, bytes);
	if (call->request.bytes && call->request.bytes(call->request.context, call, bytes) != 0)
		return 0;
	return bytes.len;
}

struct http_call *http_start(struct http *http, const struct http_request *request, struct error *err)
{
	const struct curl_table *curl = http->curl;
	struct http_call *call = calloc(1, sizeof(*call));
	CURLMcode code;

	if (!call)
		abort();
	call->http = http;
	call->request = *request;
	call->request.url = NULL;
	call->request.headers = NULL;
	call->answer_headers.ceiling = HEADER_BYTES;
	call->start.ceiling = START_BYTES;
	call->easy = curl->easy_init();
	if (!call->easy)
		abort();
	for (const char *const *header = request->headers; header && *header; header++)
		call->headers = curl->slist_append(call->headers, *header);
	/* No pause to ask whether a long body is welcome. */
	call->headers = curl->slist_append(call->headers, "Expect:");
	/* No packing is asked for, as it holds a stream back; what a proxy packs all the same is read. */
	call->headers = curl->slist_append(call->headers, "Accept-Encoding:");
	curl->easy_setopt(call->easy, CURLOPT_URL, request->url);
	curl->easy_setopt(call->easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl->easy_setopt(call->easy, CURLOPT_HTTPHEADER, call->headers);
	curl->easy_setopt(call->easy, CURLOPT_ACCEPT_ENCODING, "");
	curl->easy_setopt(call->easy, CURLOPT_USERAGENT, "syswhy/" SYSWHY_VERSION);
	curl->easy_setopt(call->easy, CURLOPT_NOSIGNAL, 1L);
	curl->easy_setopt(call->easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl->easy_setopt(call->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)(request->connect * 1000));
	curl->easy_setopt(call->easy, CURLOPT_TIMEOUT_MS, (long)(request->total * 1000));
	curl->easy_setopt(call->easy, CURLOPT_TCP_KEEPALIVE, 1L);
	curl->easy_setopt(call->easy, CURLOPT_HEADERFUNCTION, take_header);
	curl->easy_setopt(call->easy, CURLOPT_HEADERDATA, call);
	curl->easy_setopt(call->easy, CURLOPT_WRITEFUNCTION, take_bytes);
	curl->easy_setopt(call->easy, CURLOPT_WRITEDATA, call);
	curl->easy_setopt(call->easy, CURLOPT_PRIVATE, call);
	curl->easy_setopt(call->easy, CURLOPT_ERRORBUFFER, call->reason);
	if (url_local(request->url)) /* a proxy could not reach it, and need not know */
		curl->easy_setopt(call->easy, CURLOPT_NOPROXY, "*");
	if (request->post) {
		curl->easy_setopt(call->easy, CURLOPT_POST, 1L);
		curl->easy_setopt(call->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
		curl->easy_setopt(call->easy, CURLOPT_POSTFIELDS, request->body.at);
	}
	vec_push(&http->calls, call);
	code = curl->multi_add_handle(http->multi, call->easy);
	if (code != CURLM_OK) {
		call_free(call);
		fail(err, -EIO, "cannot start a request: %s", curl->multi_strerror(code));
		return NULL;
	}
	return call;
}

void http_cancel(struct http_call *call)
{
	if (call)
		call_free(call);
}

static void finish(struct http *http, struct http_call *call, CURLcode code)
{
	struct http_end end = { .body_start = build_text(&call->start) };
	curl_off_t connected = 0;

	http->curl->easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &end.status);
	http->curl->easy_getinfo(call->easy, CURLINFO_CONNECT_TIME_T, &connected);
	end.connected = connected > 0 || end.status > 0;
	end.timed_out = code == CURLE_OPERATION_TIMEDOUT;
	end.broken_off = code == CURLE_PARTIAL_FILE || code == CURLE_RECV_ERROR || code == CURLE_GOT_NOTHING;
	if (call->too_long)
		snprintf(end.reason, sizeof(end.reason), "the answer was longer than %zu MiB", call->request.limit >> 20);
	else if (code != CURLE_OK) /* behind an '@' of a proxy's name stood a password */
		snprintf(end.reason, sizeof(end.reason), "%s", call->reason[0] && !strchr(call->reason, '@') ? call->reason : http->curl->easy_strerror(code));
	call->request.ended(call->request.context, call, &end);
	call_free(call);
}

static void finished(struct http *http)
{
	CURLMsg *message;
	int left;

	while ((message = http->curl->multi_info_read(http->multi, &left))) {
		struct http_call *call = NULL;
		CURLcode code = message->data.result;

		if (message->msg != CURLMSG_DONE)
			continue;
		http->curl->easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&call);
		finish(http, call, code);
	}
}

long http_status(const struct http_call *call)
{
	long status = 0;

	call->http->curl->easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
	return status;
}

struct text http_headers(const struct http_call *call)
{
	return build_text(&call->answer_headers);
}

struct text http_header(const struct http_call *call, const char *name)
{
	struct text rest = http_headers(call), line;
	size_t len = strlen(name);

	while (text_line(&rest, &line))
		if (line.len > len && line.at[len] == ':' && strncasecmp(line.at, name, len) == 0)
			return text_trim(text_from(line, len + 1));
	return (struct text){ "", 0 };
}
