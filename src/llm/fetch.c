/* Fetching. */
#include "llm/fetch.h"
#include <time.h>
#include "base/log.h"
#include "llm/internal.h"
#include "llm/retry.h"

int fetch_take(void *context, struct http_call *call, struct text bytes)
{
	struct fetch *fetch = context;

	(void)call;
	build_add(&fetch->body, bytes);
	return 0;
}

void fetch_ended(void *context, struct http_call *call, const struct http_end *end)
{
	struct fetch *fetch = context;
	struct retry_facts facts = { .status = end->status, .should = http_header(call, "x-should-retry"),
				     .after_ms = http_header(call, "retry-after-ms"), .after = http_header(call, "retry-after"),
				     .error_type = "", .error_code = "" };

	fetch->end = *end;
	fetch->end.body_start = (struct text){ "", 0 };
	fetch->again = end->status != 200 && !end->timed_out && retry_wanted(&facts) ? retry_delay(&facts, 1, 0, 0, (double)time(NULL)) : -1;
	if (--*fetch->left == 0)
		loop_stop(fetch->loop);
}

int endpoint_headers(struct llm_endpoint *endpoint, struct build *lines, struct error *err)
{
	struct llm_model model = { .endpoint = endpoint, .name = (char *)"" };
	struct llm_known known = { .model = &model };
	struct llm_request request = { .known = &known, .options = { .no_stream = true },
				       .ops = endpoint->kind == LLM_ANTHROPIC ? &provider_messages : &provider_chat };

	return request_headers(&request, false, lines, err);
}

static int fetch_once(const struct fetch_spec *spec, double seconds, struct fetch *fetch, struct error *err)
{
	AUTO_HTTP http = http_new(fetch->loop, 1, err);
	AUTO_BUILD lines = { 0 };
	const char *headers[HEADERS_MOST];
	struct http_request request = { .url = spec->url, .headers = headers, .post = spec->body.len > 0, .body = spec->body,
					.connect = seconds < 5 ? seconds : 5, .total = seconds, .limit = FETCH_BYTES, .bytes = fetch_take,
					.ended = fetch_ended, .context = fetch };

	if (!http || endpoint_headers(spec->endpoint, &lines, err) < 0)
		return err->code;
	request_lines(lines.at, headers);
	*fetch->left = 1;
	build_clear(&fetch->body);
	if (!http_start(http, &request, err))
		return err->code;
	explicit_bzero(lines.at, lines.len);
	return loop_run(fetch->loop, err);
}

static void wait_done(void *context)
{
	loop_stop(context);
}

static void failure_say(const struct fetch_spec *spec, const struct fetch *fetch, const json_t *body, struct error *err)
{
	char message[400], type[80], code[80];
	const char *name = spec->endpoint->name;

	if (fetch->end.status == 0)
		fail(err, -ENOTCONN, "'%.60s' could not be reached: %.200s", name, fetch->end.reason);
	else if (provider_error(body, message, type, code))
		fail(err, fetch->end.status == 401 || fetch->end.status == 403 ? -EACCES : -EREMOTEIO,
		     "'%.60s' refused: HTTP %ld: %.300s", name, fetch->end.status, message);
	else
		fail(err, -EPROTO, "'%.60s' gave no answer that can be read (HTTP %ld)", name, fetch->end.status);
	if (err)
		endpoint_mask(spec->endpoint, err->text, sizeof(err->text));
}

json_t *endpoint_fetch(const struct fetch_spec *spec, struct error *err)
{
	AUTO_LOOP loop = loop_new(err);
	double until = now() + spec->seconds, delay = spec->retry_delay;
	size_t left = 0;
	struct fetch fetch = { .loop = loop, .left = &left, .body = { .ceiling = FETCH_BYTES } };
	json_t *body = NULL;
	int code = loop ? 0 : err->code;

	for (long tries = 0; code == 0; tries++) {
		code = fetch_once(spec, until - now(), &fetch, err);
		if (code < 0 || fetch.again < 0 || tries >= spec->retries)
			break;
		delay = fetch.again > 0 ? fetch.again : delay;
		if (now() + delay >= until)
			break;
		loop_after(loop, delay, false, wait_done, loop);
		code = loop_run(loop, err);
		delay = delay < RETRY_DELAY_MOST / 2 ? delay * 2 : RETRY_DELAY_MOST;
	}
	if (code == 0)
		body = json_parse(build_text(&fetch.body), NULL);
	build_done(&fetch.body);
	if (code == 0 && body && fetch.end.status == 200)
		return body;
	if (code == 0)
		failure_say(spec, &fetch, body, err);
	json_decref(body);
	return NULL;
}
