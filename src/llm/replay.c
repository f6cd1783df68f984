/* The replay provider: plays a file of tests/conversations/ and insists on the exact request. */
#include "base/file.h"
#include "llm/internal.h"

#define FILE_LIMIT (16 << 20)

static int load(struct llm_known *known, struct error *err)
{
	AUTO_BUILD file = { 0 };
	json_t *json;

	if (known->replay)
		return 0;
	if (file_read(known->model->endpoint->base, FILE_LIMIT, &file, err) < 0)
		return -ENOENT;
	json = json_parse(build_text(&file), err);
	if (!json_is_array(json_object_get(json, "exchanges")) || !provider_find(json_get_string(json, "protocol"))) {
		json_decref(json);
		return fail(err, -EINVAL, "it needs \"protocol\" (chat, responses, messages) and \"exchanges\"");
	}
	known->replay = json;
	return 0;
}

/* The first place where they differ, for a person who reads a test's failure. */
static bool differ(const json_t *wanted, const json_t *got, struct build *path)
{
	size_t start = path->len, i;
	const char *key;
	json_t *each;

	if (json_is_object(wanted) && json_is_object(got)) {
		json_object_foreach((json_t *)wanted, key, each) {
			build_fmt(path, ".%s", key);
			if (differ(each, json_object_get(got, key), path))
				return true;
			path->at[path->len = start] = '\0';
		}
		json_object_foreach((json_t *)got, key, each) {
			if (!json_object_get(wanted, key)) {
				build_fmt(path, ".%s (not wanted)", key);
				return true;
			}
		}
		return false;
	}
	if (json_is_array(wanted) && json_is_array(got)) {
		for (i = 0; i < json_array_size(wanted) || i < json_array_size(got); i++) {
			build_fmt(path, "[%zu]", i);
			if (differ(json_array_get(wanted, i), json_array_get(got, i), path))
				return true;
			path->at[path->len = start] = '\0';
		}
		return false;
	}
	return !wanted || !got || !json_equal(wanted, got);
}

static bool same(struct llm_request *request, const json_t *wanted)
{
	AUTO_FREE char *text = json_dumps(wanted, JSON_COMPACT);
	AUTO_BUILD path = { .ceiling = 300 };
	AUTO_BUILD safe = { .ceiling = 320 };

	if (text && strcmp(text, request->text) == 0)
		return true;
	build_put(&path, "");
	if (!differ(wanted, request->body, &path))
		build_put(&path, " (the order of the keys)");
	build_safe(&safe, build_text(&path), false);
	answer_fail(&request->answer, FAULT_REQUEST, -EPROTO, "exchange %zu of the recording expects another request; they differ at $%s",
		    request->known->replayed, safe.at);
	return false;
}

static void play(void *context)
{
	struct llm_request *request = context;
	struct llm_known *known = request->known;
	const json_t *list = json_object_get(known->replay, "exchanges"), *exchange = json_array_get(list, known->replayed);
	const json_t *body = json_object_get(exchange, "body"), *stream = json_object_get(exchange, "stream");
	AUTO_FREE char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
	struct http_end end = { .status = (long)json_get_number(exchange, "status", 200), .connected = true };

	loop_cancel(request->llm->loop, TAKE(request->pause));
	known->replayed++;
	request->answer.attempts++;
	if (!exchange) {
		answer_fail(&request->answer, FAULT_REQUEST, -ENODATA, "the recording has %zu exchanges, and this is one more",
			    json_array_size(list));
	} else if (same(request, json_object_get(exchange, "request"))) {
		struct text bytes = body ? text_of(text) :
					   (struct text){ json_string_value(stream), json_string_length(stream) };

		end.body_start = text_until(bytes, 65536);
		if (end.status == 200 && bytes.len)
			request_bytes(request, bytes);
		attempt_judge(request, &end, NULL);
		return;
	}
	request_over(request);
}

void replay_start(struct llm_request *request)
{
	request->pause = loop_after(request->llm->loop, 0, false, play, request);
}

int replay_open(struct llm_known *known, struct error *err)
{
	if (load(known, err) < 0)
		return fail_within(err, "the recording '%.150s'", known->model->endpoint->base);
	known->replay_protocol = text_copy(text_of(json_get_string(known->replay, "protocol")));
	if (json_get_string(known->replay, "model")[0]) {
		free(known->model->name);
		known->model->name = text_copy(text_of(json_get_string(known->replay, "model")));
	}
	return 0;
}
