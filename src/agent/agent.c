/* The investigation loop. */
#include "agent/internal.h"
#include <math.h>
#include <string.h>
#include "base/file.h"
#include "base/log.h"
#include "llm/mend.h"

#define RESULT_MOST 12000 /* bytes of one tool's result */
#define PROMPT_MOST 65536
#define CALLS_MOST  8 /* of one answer */
#define MISFIT_MOST 4000 /* bytes of an answer without the form that was asked for: the model is shown what it did */

struct agent *agent_new(const struct agent_spec *spec, struct error *err)
{
	struct agent *agent = calloc(1, sizeof(*agent));

	if (!agent) {
		fail(err, -ENOMEM, "out of memory");
		return NULL;
	}
	agent->spec = spec;
	agent->chat = chat_new();
	for (size_t i = 0; i < spec->tool_count; i++) {
		AUTO_JSON schema = json_parse(text_of(spec->tools[i].schema), err);

		if (!schema) {
			agent_free(agent);
			return NULL;
		}
		chat_tool(agent->chat, spec->tools[i].name, spec->tools[i].description, schema);
	}
	return agent;
}

void agent_free(struct agent *agent)
{
	if (!agent)
		return;
	vec_each(call, &agent->past) {
		free(call->name);
		free(call->arguments);
		free(call->id);
	}
	vec_each(note, &agent->notes)
		free(*note);
	vec_done(&agent->past);
	vec_done(&agent->notes);
	build_done(&agent->request);
	chat_free(agent->chat);
	free(agent);
}

struct text agent_request(const struct agent *agent)
{
	return build_text(&agent->request);
}

bool agent_interrupted(const struct agent *agent)
{
	return agent->interrupted;
}

int agent_signal(const struct agent *agent)
{
	return agent->interrupted ? agent->signal : 0;
}

enum answer_fault agent_fault(const struct agent *agent)
{
	return agent->fault;
}

size_t agent_notes(const struct agent *agent, char *const **notes)
{
	*notes = agent->notes.at;
	return agent->notes.len;
}

json_t *agent_usage(const struct agent *agent)
{
	const struct usage *used = &agent->used;

	if (!agent->requests)
		return NULL;
	return json_pack("{s:o,s:I,s:I,s:o,s:o,s:o}", "model", json_str(agent->model[0] ? agent->model : agent->spec->model->name), "requests",
			 (json_int_t)agent->requests, "uncounted", (json_int_t)agent->uncounted, "input_tokens", used->known ? json_integer(used->input) : json_null(), "output_tokens",
			 used->known ? json_integer(used->output) : json_null(), "cost",
			 used->known && !isnan(used->cost) ? json_real(used->cost) : json_null());
}

static void used_add(struct agent *agent, const struct usage *usage)
{
	if (!usage->known)
		return;
	agent->used.known = true;
	agent->used.input += usage->input;
	agent->used.output += usage->output;
	agent->used.cost += usage->cost;
}

static void usage_add(struct agent *agent, const struct answer *answer)
{
	if (answer->end == ANSWER_DRY || !answer->attempts)
		return;
	agent->requests += answer->attempts;
	agent->uncounted += answer->attempts - answer->usage.known - answer->sent_back.known;
	used_add(agent, &answer->usage);
	used_add(agent, &answer->sent_back);
	if (answer->model[0])
		snprintf(agent->model, sizeof(agent->model), "%s", answer->model);
}

/* ---- what the model is told ---- */

static int cleaned(struct agent *agent, struct text text, struct build *out, struct clean *clean, struct error *err)
{
	AUTO_BUILD safe = { 0 };
	int code;

	build_safe(&safe, text, true);
	code = redact_clean(agent->spec->redactor, build_text(&safe), out, clean, err);
	if (code < 0) {
		agent->unclean = true;
		return fail_within(err, "nothing is sent, as it could not be cleaned of secrets");
	}
	return 0;
}

int agent_say(struct agent *agent, enum chat_role role, struct text text, struct error *err)
{
	AUTO_BUILD out = { 0 };
	struct clean clean;
	int code = cleaned(agent, text, &out, &clean, err);

	if (code < 0)
		return code;
	chat_say(agent->chat, role, clean);
	return 0;
}

int agent_prompt(struct agent *agent, const char *name, struct error *err)
{
	AUTO_FREE char *path = NULL;
	AUTO_BUILD text = { 0 };
	int code;

	if (asprintf(&path, "%s/prompts/%s", data_folder(), name) < 0)
		return fail(err, -ENOMEM, "out of memory");
	code = file_read(path, PROMPT_MOST, &text, err);
	return code < 0 ? code : agent_say(agent, CHAT_SYSTEM, build_text(&text), err);
}

/* ---- tools ---- */

/* Placeholders in any string of the value become what they stand for. */
int agent_restore(struct agent *agent, json_t *value, struct error *err)
{
	const char *key;
	json_t *each;
	size_t i;
	int code = 0;

	if (json_is_object(value)) {
		json_object_foreach(value, key, each)
			code = code < 0 ? code : agent_restore(agent, each, err);
	} else if (json_is_array(value)) {
		json_array_foreach(value, i, each)
			code = code < 0 ? code : agent_restore(agent, each, err);
	} else if (json_is_string(value)) {
		AUTO_BUILD out = { 0 };

		code = redact_restore(agent->spec->redactor, text_of(json_string_value(value)), &out, err);
		if (code == 0 && json_string_set(value, build_text(&out).len ? out.at : "") < 0)
			code = fail(err, -EINVAL, "the model's answer holds text that is no UTF-8");
	}
	return code;
}

static const struct agent_tool *tool_find(const struct agent *agent, const char *name)
{
	for (size_t i = 0; i < agent->spec->tool_count; i++)
		if (strcmp(agent->spec->tools[i].name, name) == 0)
			return &agent->spec->tools[i];
	return NULL;
}

static const struct past_call *asked_before(const struct agent *agent, const struct chat_call *call)
{
	vec_each(past, &agent->past)
		if (strcmp(past->name, call->name) == 0 && strcmp(past->arguments, call->arguments) == 0)
			return past;
	return NULL;
}

/* Gives whether it failed; what the model shall see goes to `out`. */
static bool tool_run(struct agent *agent, const struct chat_call *call, struct build *out)
{
	const struct agent_tool *tool = tool_find(agent, call->name);
	const struct past_call *before = asked_before(agent, call);
	struct error why = { 0 };
	AUTO_JSON arguments = NULL;

	if (!tool) {
		if (agent->spec->refused)
			agent->spec->refused(agent->spec->context, call->name);
		build_put(out, "There is no such tool. Nothing was run; only the tools that are listed exist, and all of them only read.");
		return true;
	}
	if (call->broken) {
		build_fmt(out, "The arguments could not be read: %s", call->broken);
		return true;
	}
	if (before) {
		build_fmt(out, "The same call was made before (%s); see its result above. Ask for something else, or answer.", before->id);
		return false;
	}
	vec_push(&agent->past, (struct past_call){ text_copy(text_of(call->name)), text_copy(text_of(call->arguments)),
						   text_copy(text_of(call->id)) });
	arguments = json_parse(text_of(call->arguments), &why);
	log_stage("tool", "%s %s", call->name, call->arguments);
	if (!arguments || agent_restore(agent, arguments, &why) < 0 ||
	    tool->run(agent->spec->context, arguments, out, &why) < 0) {
		build_clear(out);
		build_put(out, why.text);
		return true;
	}
	if (!out->len)
		build_put(out, "Nothing matches.");
	return false;
}

int agent_tools_run(struct agent *agent, const struct answer *answer, struct error *err)
{
	size_t count = 0;

	vec_each(call, &answer->calls) {
		AUTO_BUILD out = { .ceiling = RESULT_MOST };
		AUTO_BUILD shown = { 0 };
		AUTO_BUILD safe = { 0 };
		struct clean clean;
		bool failed = true;
		int code;

		if (count++ < CALLS_MOST)
			failed = tool_run(agent, call, &out);
		else
			build_fmt(&out, "At most %d calls at once; this one was not made.", CALLS_MOST);
		build_add(&shown, build_text(&out));
		if (out.cut)
			build_put(&shown, "\n(cut here: ask for less)");
		code = cleaned(agent, build_text(&shown), &safe, &clean, err);
		if (code < 0)
			return code;
		chat_result(agent->chat, call->id, clean, failed);
	}
	return 0;
}

/* ---- asking ---- */

struct asking {
	const struct agent_spec *spec;
	struct answer *answer;
	const struct agent_stream *stream;
};

static void taken(void *context, struct answer *answer)
{
	struct asking *asking = context;

	*asking->answer = *answer;
	*answer = (struct answer){ 0 };
}

static void came(void *context, struct text piece)
{
	struct asking *asking = context;

	asking->stream->text(asking->stream->context, piece);
}

static void waits(void *context, double seconds, const char *why)
{
	const struct agent_spec *spec = ((struct asking *)context)->spec;

	if (spec->waits)
		spec->waits(spec->context, seconds, why);
}

struct stopping {
	struct agent *agent;
	struct loop *loop;
	struct llm *llm;
};

static void interrupted(void *context)
{
	struct stopping *stopping = context;
	bool typed;

	stopping->agent->signal = loop_signal(stopping->loop, &typed);
	llm_cancel_all(stopping->llm);
}

/* The loop ends with the request, so that a run may have the signals to itself. */
int agent_request_once(struct agent *agent, json_t *schema, const char *name, bool last, const struct agent_stream *stream,
		       struct answer *answer, struct error *err)
{
	/* What nobody sees as it comes may be asked for again when it breaks off. */
	static const struct llm_watch seen = { .text = came, .waits = waits, .done = taken }, unseen = { .waits = waits, .done = taken };
	struct asking asking = { agent->spec, answer, stream };
	struct llm_options options = { .model = agent->spec->model, .schema = schema, .schema_name = name,
				       .tool_choice = last ? "none" : NULL };
	AUTO_LOOP loop = loop_new(err);
	AUTO_LLM llm = loop ? llm_new(agent->spec->config, loop, err) : NULL;
	struct stopping stopping = { agent, loop, llm };
	int code;

	if (!llm)
		return err->code;
	code = loop_interrupts(loop, interrupted, &stopping, err);
	if (code < 0)
		return code;
	if (agent->spec->stopped && agent->spec->stopped(agent->spec->context)) { /* the signals wait for the loop from here on */
		agent->interrupted = true;
		return fail(err, -ECANCELED, "interrupted before the model was asked");
	}
	llm_learn(llm, agent->spec->model, agent->chat, &options);
	agent_fit(agent, llm, &options);
	agent->tokens += agent->spec->tokens ? llm_tokens(llm, agent->chat, &options) : 0;
	if (!llm_send(llm, agent->chat, &options, stream ? &seen : &unseen, &asking, err)) {
		agent->fault = FAULT_CONFIG;
		return err->code;
	}
	return llm_wait(llm, err);
}

int agent_judge(struct agent *agent, struct answer *answer, struct error *err)
{
	vec_each(note, &answer->notes)
		vec_push(&agent->notes, text_copy(text_of(*note)));
	usage_add(agent, answer);
	if (answer->usage.known || answer->sent_back.known)
		agent->tokens += answer->usage.output + answer->sent_back.output;
	if (answer->end == ANSWER_DRY) {
		build_add(&agent->request, build_text(&answer->text));
		return -ECANCELED;
	}
	if (answer->end == ANSWER_CANCELLED) {
		agent->interrupted = true;
		return fail(err, -ECANCELED, "interrupted while the model was asked");
	}
	agent->fault = answer->fault;
	if (answer->error.code)
		return fail(err, answer->error.code, "%s", answer->error.text);
	if (answer->end == ANSWER_REFUSED || answer->end == ANSWER_FILTERED)
		agent->fault = FAULT_REQUEST;
	if (answer->end == ANSWER_FILTERED)
		return fail(err, -EPERM, "the server's content filter %s", answer->text.len ? "cut the answer off" : "let no answer through");
	if (answer->end == ANSWER_REFUSED)
		return fail(err, -EPERM, "the model declined to answer: %.200s", answer->text.len ? answer->text.at : "it gave no reason");
	return 0;
}

/* JSON that was cut off, closed where it ends: within a text, or behind an item of a list. NULL: it cannot be. */
static json_t *cut_read(struct text came)
{
	static const char *const ends[] = { "…\"]}", "]}", "…\"}", "}" };

	came = text_trim(came);
	while (text_ends(came, "\\") || text_ends(came, ","))
		came = text_until(came, came.len - 1);
	for (size_t i = 0; i < COUNT(ends); i++) {
		AUTO_BUILD whole = { 0 };
		json_t *value;

		build_fmt(&whole, "%.*s%s", TEXT_ARG(came), ends[i]);
		value = json_mend(build_text(&whole), NULL);
		if (value)
			return value;
	}
	return NULL;
}

/* It stays in the conversation, so that what is said next has something before it. */
static void misfit_keep(struct agent *agent, struct answer *answer)
{
	if (!answer->text.len)
		build_put(&answer->text, "(nothing)");
	build_cut(&answer->text, MISFIT_MOST);
	json_decref(TAKE(answer->native));
	chat_answer(agent->chat, answer);
}

int agent_ask(struct agent *agent, json_t *schema, const char *name, json_t **value, struct error *err)
{
	*value = NULL;
	if (agent->unclean)
		return fail(err, -EPERM, "nothing is sent, as something could not be cleaned of secrets");
	for (bool last = false;;) {
		AUTO_ANSWER answer = { 0 };
		int code;

		if (!last && (agent->steps >= agent->spec->steps || (agent->spec->tokens && agent->tokens > agent->spec->tokens))) {
			last = true;
			chat_say(agent->chat, CHAT_USER, CLEAN("The budget for tools is used up. Answer now, from what is known."));
		}
		code = agent_request_once(agent, schema, name, last, NULL, &answer, err);
		if (code == 0)
			code = agent_judge(agent, &answer, err);
		/* What came of an answer that was stopped, as far as it goes. */
		if (code < 0 && agent->interrupted && text_has(build_text(&answer.text), "{")) {
			*value = cut_read(build_text(&answer.text));
			if (*value && agent_restore(agent, *value, NULL) < 0)
				json_decref(TAKE(*value));
		}
		if (code == -EBADMSG && agent->fault == FAULT_SERVER)
			misfit_keep(agent, &answer);
		if (code < 0)
			return code;
		chat_answer(agent->chat, &answer);
		if (answer.calls.len) {
			if (last) {
				agent->fault = FAULT_BUDGET;
				return fail(err, -EDQUOT, "the model asked for more tools than it may use (%u rounds) and gave no answer",
					    agent->spec->steps);
			}
			agent->steps++;
			code = agent_tools_run(agent, &answer, err);
			if (code < 0)
				return code;
			continue;
		}
		if (!answer.value) {
			agent->fault = FAULT_SERVER;
			return fail(err, -EBADMSG, "the model's answer ended (%s) without the form that was asked for",
				    answer_end_name(answer.end));
		}
		*value = json_deep_copy(answer.value);
		code = agent_restore(agent, *value, err);
		if (code < 0) {
			json_decref(*value);
			*value = NULL;
		}
		return code;
	}
}
