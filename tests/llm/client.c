/* Asks a model as a JSON object on stdin says, through the real client, and prints what came as JSON. For tests/llm/run and
 * bench/lib/llm.py. */
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include "base/file.h"
#include "base/log.h"
#include "llm/llm.h"
#include "llm/probe.h"

struct one {
	struct client *client;
	struct llm_request *request;
	struct build streamed, thought;
	size_t called, done;
	struct answer answer;
};

struct client {
	json_t *spec;
	struct llm *llm;
	size_t cancel_after; /* bytes of text; 0: never */
	bool interrupt;	     /* cancel all when SIGINT comes */
	struct one *ones;
	size_t count;
};

static void text(void *context, struct text piece)
{
	struct one *one = context;

	build_add(&one->streamed, piece);
	if (one->client->interrupt && one->streamed.len == piece.len)
		raise(SIGINT);
	else if (one->client->cancel_after && one->streamed.len >= one->client->cancel_after && one->request)
		llm_cancel(one->request);
}

static void reasoning(void *context, struct text piece)
{
	struct one *one = context;

	build_add(&one->thought, piece);
}

static void called(void *context, const struct chat_call *call)
{
	struct one *one = context;

	(void)call;
	one->called++;
}

static void done(void *context, struct answer *answer)
{
	struct one *one = context;

	one->done++;
	one->request = NULL;
	one->answer = *answer;
	*answer = (struct answer){ 0 };
}

static void interrupted(void *context)
{
	struct client *client = context;

	llm_cancel_all(client->llm);
}

static struct clean trusted(const char *string)
{
	return (struct clean){ text_of(string) }; /* what a test says is clean */
}

static void fill(struct chat *chat, const json_t *spec)
{
	const json_t *each;
	size_t i;

	json_array_foreach(json_object_get(spec, "turns"), i, each) {
		const char *role = json_get_string(each, "role"), *said = json_get_string(each, "text");
		long repeat = (long)json_get_number(each, "repeat", 1);
		AUTO_BUILD all = { 0 };

		for (long n = 0; n < repeat; n++)
			build_put(&all, said);
		if (strcmp(role, "tool") == 0)
			chat_result(chat, json_get_string(each, "id"), trusted(said), json_is_true(json_object_get(each, "failed")));
		else
			chat_say(chat, strcmp(role, "system") == 0 ? CHAT_SYSTEM : strcmp(role, "assistant") == 0 ? CHAT_ASSISTANT : CHAT_USER,
				 (struct clean){ build_text(&all) });
		if (json_is_true(json_object_get(each, "cache")))
			chat_cache_mark(chat);
	}
	json_array_foreach(json_object_get(spec, "tools"), i, each)
		chat_tool(chat, json_get_string(each, "name"), json_get_string(each, "description"),
			  json_object_get(each, "schema"));
}

static const char *string_or_null(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static json_t *answer_json(const struct one *one)
{
	const struct answer *answer = &one->answer;
	json_t *calls = json_array(), *notes = json_array();

	vec_each(call, &answer->calls)
		json_array_append_new(calls, json_pack("{s:o, s:o, s:o, s:o}", "id", json_str(call->id), "name", json_str(call->name),
						       "arguments", json_str(call->arguments), "broken", json_str(call->broken)));
	vec_each(note, &answer->notes)
		json_array_append_new(notes, json_str(*note));
	return json_pack("{s:s, s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:O?, s:b, s:i, s:s, s:o, s:i, s:i, s:{s:b, s:I, s:I, s:I, s:I, s:I, s:o}}",
			 "end", answer_end_name(answer->end), "fault", (int)answer->fault, "error", json_str(answer->error.text),
			 "text", json_text(build_text(&answer->text)), "streamed", json_text(build_text(&one->streamed)),
			 "reasoning", json_text(build_text(&answer->reasoning)), "thought", json_text(build_text(&one->thought)),
			 "calls", calls, "notes", notes, "value", answer->value, "context_cut", (int)answer->context_cut,
			 "attempts", (int)answer->attempts, "model", answer->model, "limits", json_text(build_text(&answer->limits)),
			 "called", (int)one->called, "done", (int)one->done, "usage", "known", (int)answer->usage.known,
			 "input", (json_int_t)answer->usage.input, "cached", (json_int_t)answer->usage.cached, "written",
			 (json_int_t)answer->usage.cache_written, "output", (json_int_t)answer->usage.output, "reasoning",
			 (json_int_t)answer->usage.reasoning, "cost",
			 isnan(answer->usage.cost) ? json_null() : json_real(answer->usage.cost));
}

static void ask(struct client *client, struct chat *chat, const struct llm_options *options, bool watched)
{
	struct llm_watch watch = { watched ? text : NULL, watched ? reasoning : NULL, called, NULL, done };
	struct error err = { 0 };

	for (size_t i = 0; i < client->count; i++) {
		struct one *one = &client->ones[i];

		build_done(&one->streamed);
		build_done(&one->thought);
		answer_done(&one->answer);
		*one = (struct one){ .client = client };
		one->request = llm_send(client->llm, chat, options, &watch, one, &err);
		if (!one->request) {
			one->answer.error = err;
			one->done++;
		}
	}
	llm_wait(client->llm, NULL);
}

static void put(json_t *result)
{
	AUTO_FREE char *out = json_dumps(result, JSON_COMPACT);

	puts(out ? out : "{}");
	json_decref(result);
}

int main(void)
{
	struct error err = { 0 };
	AUTO_BUILD input = { 0 };
	AUTO_LOOP loop = loop_new(&err);
	AUTO_LLM_CONFIG config = { 0 };
	AUTO_JSON spec = NULL;
	AUTO_CHAT chat = chat_new();
	struct client client = { 0 };
	struct llm_flags flags = { 0 };
	json_t *result = json_object(), *answers = json_array(), *notes = json_array(), *each;
	const json_t *asked;
	double started;
	size_t i;

	if (!loop || fd_read_all(0, 16 << 20, &input, &err) < 0 || !(spec = json_parse(build_text(&input), &err))) {
		fprintf(stderr, "client: %s\n", err.text);
		return 2;
	}
	asked = json_object_get(spec, "options");
	flags.model = string_or_null(spec, "model");
	flags.max_concurrent = (long)json_get_number(spec, "concurrent", 0);
	flags.dry_run = json_is_true(json_object_get(spec, "dry_run"));
	flags.project_file = string_or_null(spec, "project_file");
	json_object_set_new(result, "answers", answers);
	json_object_set_new(result, "config_notes", notes);
	if (llm_config_load(&config, &flags, &err) < 0) {
		json_object_set_new(result, "error", json_str(err.text));
		put(result);
		return 0;
	}
	vec_each(note, &config.notes)
		json_array_append_new(notes, json_str(*note));
	struct llm_model *model = llm_choose(&config, NULL, &err);
	if (!model) {
		json_object_set_new(result, "error", json_str(err.text));
		put(result);
		return 0;
	}
	struct llm_options options = { .model = model,
				       .schema = json_object_get(asked, "schema"),
				       .tool_choice = string_or_null(asked, "tool_choice"),
				       .effort = string_or_null(asked, "effort"),
				       .temperature_set = json_object_get(asked, "temperature") != NULL,
				       .temperature = json_get_number(asked, "temperature", 0),
				       .max_output = (long)json_get_number(asked, "max_output", 0),
				       .no_stream = json_is_true(json_object_get(asked, "no_stream")),
				       .first_token = json_get_number(asked, "first_token", 0),
				       .total = json_get_number(asked, "total", 0) };
	AUTO_LLM llm = llm_new(&config, loop, &err);
	client = (struct client){ .spec = spec, .llm = llm, .count = (size_t)json_get_number(spec, "requests", 1),
				  .cancel_after = (size_t)json_get_number(spec, "cancel_after", 0),
				  .interrupt = json_is_true(json_object_get(spec, "interrupt")) };
	client.ones = calloc(client.count, sizeof(*client.ones));
	if (client.interrupt)
		loop_interrupts(loop, interrupted, &client, &err);
	fill(chat, spec);
	started = now();
	ask(&client, chat, &options, !json_is_true(json_object_get(spec, "unwatched")));
	/* The turns that follow an answer: results of its calls. */
	json_array_foreach(json_object_get(spec, "then"), i, each) {
		chat_answer(chat, &client.ones[0].answer);
		fill(chat, each);
		ask(&client, chat, &options, true);
	}
	json_object_set_new(result, "seconds", json_real(now() - started));
	for (i = 0; i < client.count; i++) {
		json_array_append_new(answers, answer_json(&client.ones[i]));
		build_done(&client.ones[i].streamed);
		build_done(&client.ones[i].thought);
		answer_done(&client.ones[i].answer);
	}
	free(client.ones);
	struct rusage used;
	getrusage(RUSAGE_SELF, &used);
	json_object_set_new(result, "cpu_seconds", json_real((double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
							     (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6));
	json_object_set_new(result, "peak_kib", json_integer(used.ru_maxrss));
	put(result);
	return 0;
}
