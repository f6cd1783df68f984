/* The model of a chat: what it is told, the tools that it has, and how its answers are shown. */
#include <math.h>
#include <string.h>
#include "base/file.h"
#include "base/log.h"
#include "base/utf8.h"
#include "commands/chat.h"
#include "llm/probe.h"

#define STEPS_MOST    10
#define EVIDENCE_TOLD 8000 /* bytes of each piece, beforehand */
#define EVIDENCE_READ 10000 /* of one by evidence_read */
#define PAST_MOST     8
#define EMBED_SECONDS 10.0
#define TURN_MOST     4000 /* bytes of a turn that is told again */
#define UNCITED_SHOWN 3

/* ---- tools ---- */

static void evidence_write(const struct evidence *evidence, size_t from, size_t most, struct build *out)
{
	const char *plain = json_get_string(evidence->data, "text");
	AUTO_FREE char *bytes = plain[0] ? NULL : json_dumps(evidence->data, JSON_COMPACT | JSON_REAL_PRECISION(6));
	struct text all = text_of(bytes ? bytes : plain), part = text_from(all, from);

	build_fmt(out, "Evidence [%u], %s", evidence->number, evidence->title ? evidence->title : "");
	if (evidence->seconds > 0)
		build_fmt(out, ", watched for %.1f s", evidence->seconds);
	build_put(out, ":\n");
	if (plain[0]) /* JSON has no lines of its own */
		agent_fence(text_until(part, most), out);
	else
		build_fmt(out, "%.*s\n", TEXT_ARG(text_until(part, most)));
	if (part.len > most)
		build_fmt(out, "(bytes %zu to %zu of %zu; evidence_read gives more)\n", from, from + most, all.len);
}

static int evidence_read(void *context, const json_t *arguments, struct build *out, struct error *err)
{
	struct chat_session *session = context;
	double number = json_get_number(arguments, "number", 0), from = json_get_number(arguments, "from", 0);

	if (!(number >= 1 && number <= (double)session->evidence.items.len))
		return fail(err, -ENOENT, "there is no such evidence; there are %zu", session->evidence.items.len);
	evidence_write(session->evidence.items.at[(size_t)number - 1], from > 0 && from < 1e9 ? (size_t)from : 0, EVIDENCE_READ, out);
	return 0;
}

static int history_search(void *context, const json_t *arguments, struct build *out, struct error *err)
{
	struct chat_session *session = context;
	AUTO_ARENA arena = arena_new();
	AUTO_HISTORY_LIST list = { 0 };
	int code = session->history ? history_find(session->history, text_of(json_get_string(arguments, "words")), 0, PAST_MOST, arena, &list, err) : 0;

	vec_each(row, &list.items)
		build_fmt(out, "Entry %lld, %s, status %s: %s\n%s\n", row->id, row->command, row->status, row->question, row->answer);
	return code;
}

/* The same gates as for a person's own question; and the person is asked. */
static int trace_tool(void *context, const json_t *arguments, struct build *out, struct error *err)
{
	struct chat_session *session = context;
	const char *question = json_get_string(arguments, "question");
	double seconds = json_get_number(arguments, "seconds", 0);
	AUTO_BUILD asked = { 0 };
	size_t before = session->evidence.items.len;
	int code;

	if (!text_trim(text_of(question)).len)
		return fail(err, -EINVAL, "'question' is empty: say in words what shall be watched");
	seconds = seconds >= 1 && seconds <= 300 ? seconds : seconds > 300 ? 300 : 0;
	build_fmt(&asked, "The model wants to trace \"%.300s\"%s. Run it?", question, strlen(question) > 300 ? "…" : "");
	if (!session->context->ask(session->context->door, asked.at)) {
		chat_note(session, "not run: the model wanted to trace \"%.200s\"; that wants a yes, or --yes", question);
		return fail(err, -EPERM, "the person did not allow it; nothing was run. Answer from what is known, or say what to measure");
	}
	code = chat_trace(session, question, seconds, out, err);
	for (size_t i = before; code == 0 && i < session->evidence.items.len; i++)
		evidence_write(session->evidence.items.at[i], 0, EVIDENCE_TOLD, out);
	session->told = session->evidence.items.len;
	return code;
}

static const struct agent_tool own_tools[] = {
	{ "trace_run", "Measures the running kernel for a question in plain words; its result is new evidence. The person is asked first. "
	  "'seconds' is how long (0: as the question says, else 10).",
	  "{\"type\":\"object\",\"properties\":{\"question\":{\"type\":\"string\"},\"seconds\":{\"type\":\"number\"}},"
	  "\"required\":[\"question\",\"seconds\"],\"additionalProperties\":false}", trace_tool },
	{ "evidence_read", "Reads evidence of a number in full, from a byte on.",
	  "{\"type\":\"object\",\"properties\":{\"number\":{\"type\":\"integer\"},\"from\":{\"type\":\"integer\"}},"
	  "\"required\":[\"number\",\"from\"],\"additionalProperties\":false}", evidence_read },
	{ "history_find", "Finds what was asked on this machine before, by words, with the answers.",
	  "{\"type\":\"object\",\"properties\":{\"words\":{\"type\":\"string\"}},\"required\":[\"words\"],\"additionalProperties\":false}",
	  history_search },
};

static void refused(void *context, const char *tool)
{
	chat_note(context, "refused: the model asked for the tool '%.100s', which it was not given; nothing was run", tool);
}

static void waits(void *context, double seconds, const char *why)
{
	model_waits_tell(((struct chat_session *)context)->context, "chat", seconds, why);
}

static bool stopped(void *context)
{
	(void)context;
	return chat_signalled();
}

/* ---- opening ---- */

/* What the tools look at; the question only opens it. */
static int tools_open(struct chat_session *session, struct error *err)
{
	struct trace_request request = { .question = TEXT("count system calls") };
	struct error why = { 0 };
	int code = session->trace.vocabulary ? 0 : trace_tracer(&session->trace, err);

	if (code == 0 && !session->trace.vocabulary)
		code = trace_plan(&session->trace, &request, err);
	if (code < 0)
		return code;
	session->tools.trace = &session->trace;
	if (!session->tools.knowledge.shelf) {
		session->tools.knowledge = (struct knowledge){ .shelf = shelf_open(data_folder(), cache_folder(), &why), .seconds = EMBED_SECONDS,
							      .config = session->dry ? NULL : &session->config };
		if (session->tools.knowledge.shelf)
			shelf_history(session->tools.knowledge.shelf, session->history);
		else
			chat_note(session, "The model is shown no recipes: %s.", why.text);
	}
	session->spec.tool_count = 0;
	for (size_t i = 0; i < COUNT(own_tools); i++)
		session->all_tools[session->spec.tool_count++] = own_tools[i];
	for (size_t i = 0; i < trace_tool_count && session->spec.tool_count < CHAT_TOOLS_MOST; i++)
		session->all_tools[session->spec.tool_count++] = trace_tools[i];
	return 0;
}

/* What was said before this model came: as one text, so that every protocol takes it. */
static void before_write(struct chat_session *session, struct build *out)
{
	const json_t *turn;
	size_t i;

	if (!json_array_size(session->turns))
		return;
	build_put(out, "What was said and measured before:\n");
	json_array_foreach(session->turns, i, turn) {
		struct text text = text_of(json_get_string(turn, "text"));

		build_fmt(out, "%s: %.*s%s\n", json_get_string(turn, "role"), TEXT_ARG(text_until(text, TURN_MOST)), text.len > TURN_MOST ? " (cut)" : "");
	}
	build_char(out, '\n');
}

static int agent_open(struct chat_session *session, struct error *err)
{
	struct llm_model *model = session->model;
	struct redact_options redaction = { .identity = model->endpoint->kind != LLM_REPLAY && !url_local(model->endpoint->base) };
	const struct machine *machine;
	AUTO_BUILD about = { 0 };
	int code = tools_open(session, err);

	if (code < 0)
		return code;
	session->redactor = redactor_new(&redaction, err);
	if (!session->redactor)
		return err->code ? err->code : -EINVAL;
	session->spec.config = &session->config;
	session->spec.model = model;
	session->spec.redactor = session->redactor;
	session->spec.tools = session->all_tools;
	session->spec.context = session;
	session->spec.steps = STEPS_MOST;
	session->spec.refused = refused;
	session->spec.stopped = stopped;
	session->spec.waits = waits;
	session->agent = agent_new(&session->spec, err);
	if (!session->agent)
		return err->code ? err->code : -EINVAL;
	machine = kernel_machine(session->trace.kernel);
	build_fmt(&about, "The machine: Linux %s on %s, %d processors.", machine->release, machine->arch, machine->cpus);
	code = agent_prompt(session->agent, "chat.txt", err);
	if (code == 0)
		code = agent_say(session->agent, CHAT_SYSTEM, build_text(&about), err);
	agent_pin(session->agent);
	return code;
}

int chat_model_choose(struct chat_session *session, const char *name, struct error *err)
{
	size_t noted = session->config.notes.len;
	struct llm_model *model = llm_choose(&session->config, name, err);

	for (size_t i = noted; i < session->config.notes.len; i++)
		chat_note(session, "note: %s", session->config.notes.at[i]);
	if (!model)
		return err->code ? err->code : -ENOENT;
	chat_model_done(session);
	session->model = model;
	free(session->name);
	session->name = name ? text_copy(text_of(name)) : NULL;
	log_stage("chat", "%s at %s", model->name, model->endpoint->name);
	return 0;
}

/* ---- usage ---- */

static json_t *added(const json_t *one, const json_t *other, const char *key)
{
	const json_t *a = json_object_get(one, key), *b = json_object_get(other, key);

	if (!json_is_number(a) || !json_is_number(b))
		return json_is_number(a) || json_is_number(b) ? json_copy((json_t *)(uintptr_t)(json_is_number(a) ? a : b)) : json_null();
	return json_is_integer(a) ? json_integer(json_integer_value(a) + json_integer_value(b)) :
				    json_real(json_number_value(a) + json_number_value(b));
}

json_t *chat_usage(const struct chat_session *session)
{
	static const char *const keys[] = { "requests", "uncounted", "input_tokens", "output_tokens", "cost" };
	json_t *usage = session->agent ? agent_usage(session->agent) : NULL;

	if (!usage || !session->spent)
		return usage ? usage : json_incref(session->spent);
	for (size_t i = 0; i < COUNT(keys); i++)
		json_object_set_new(usage, keys[i], added(session->spent, usage, keys[i]));
	return usage;
}

void chat_model_done(struct chat_session *session)
{
	json_t *usage = chat_usage(session);

	json_decref(session->spent);
	session->spent = usage;
	agent_free(TAKE(session->agent));
	redactor_free(TAKE(session->redactor));
	session->told = session->noted = 0;
}

/* ---- asking ---- */

static void piece_show(void *context, struct text piece)
{
	chat_flow(context, piece, false);
}

/* The next sentence with its end, or line. */
static bool sentence_next(struct text *rest, struct text *sentence)
{
	*rest = text_trim(*rest);
	for (size_t i = 0; i < rest->len; i++) {
		bool stop = strchr(".!?\n", rest->at[i]) && (i + 1 == rest->len || strchr(" \n", rest->at[i + 1]) || rest->at[i] == '\n');

		if (!stop && !text_starts(text_from(*rest, i), "。"))
			continue;
		i += stop ? 1 : strlen("。");
		/* A citation behind the full stop belongs to it. */
		while (i + 1 < rest->len && (rest->at[i] == '[' || (rest->at[i] == ' ' && rest->at[i + 1] == '['))) {
			while (i < rest->len && rest->at[i] != ']')
				i++;
			i += i < rest->len;
		}
		*sentence = text_trim(text_until(*rest, i));
		*rest = text_from(*rest, i);
		return true;
	}
	*sentence = *rest;
	*rest = (struct text){ 0 };
	return sentence->len > 0;
}

/* What cites nothing that there is, is opinion; the person is told which. */
static void claims_check(struct chat_session *session, struct text answer)
{
	unsigned count = (unsigned)session->evidence.items.len;
	size_t uncited = 0, cited = 0;
	AUTO_BUILD list = { 0 };
	struct text sentence;

	while (sentence_next(&answer, &sentence)) {
		if (text_ends(sentence, "?") || text_ends(sentence, ":"))
			continue;
		if (claim_cites(sentence, count)) {
			cited++;
			continue;
		}
		if (uncited++ < UNCITED_SHOWN)
			build_fmt(&list, "\n  %.*s%s", TEXT_ARG(utf8_fit(sentence, 90)), utf8_columns(sentence) > 90 ? "…" : "");
	}
	if (!count && uncited)
		chat_note(session, "Opinion: nothing was measured in this chat.");
	else if (uncited && !cited)
		chat_note(session, "Opinion, not measured: the answer cites no evidence.");
	else if (uncited)
		chat_note(session, "Opinion, not measured (%zu of %zu sentences):%s%s", uncited, uncited + cited, list.at,
			  uncited > UNCITED_SHOWN ? "\n  …" : "");
}

static void notes_say(struct chat_session *session)
{
	char *const *notes;
	size_t count = agent_notes(session->agent, &notes);

	/* Of an answer that was stopped only that is worth saying. */
	for (; session->noted < count; session->noted++)
		if (!agent_interrupted(session->agent))
			chat_note(session, "note: %s", notes[session->noted]);
}

static int request_show(struct chat_session *session, struct error *err)
{
	AUTO_BUILD safe = { 0 };

	error_clear(err);
	build_safe(&safe, agent_request(session->agent), true);
	chat_show(session, build_text(&safe));
	chat_show(session, TEXT("\n"));
	json_object_set_new(report_json(session->context->report), "request", json_text(agent_request(session->agent)));
	return 0;
}

int chat_ask(struct chat_session *session, const char *question, struct error *err)
{
	AUTO_BUILD told = { 0 };
	AUTO_BUILD answer = { 0 };
	bool fresh = !session->agent;
	size_t known = session->told;
	int code = fresh ? agent_open(session, err) : 0;

	if (code < 0) {
		chat_model_done(session);
		return code;
	}
	agent_question(session->agent);
	llm_key_retry(session->model->endpoint);
	if (fresh)
		before_write(session, &told);
	for (size_t i = session->told; i < session->evidence.items.len; i++)
		evidence_write(session->evidence.items.at[i], 0, EVIDENCE_TOLD, &told);
	build_fmt(&told, "%sThe question: %s\n", told.len ? "\n" : "", question);
	session->told = session->evidence.items.len;
	chat_turn_add(session, "person", text_of(question));
	code = agent_say(session->agent, CHAT_USER, build_text(&told), err);
	if (code == 0)
		code = agent_talk(session->agent, piece_show, session, &answer, err);
	chat_flow(session, TEXT(""), true);
	chat_signal(agent_signal(session->agent));
	notes_say(session);
	if (agent_request(session->agent).len)
		return request_show(session, err);
	if (code < 0) {
		session->told = known;
		session->exit_code = agent_fault(session->agent) ? fault_exit_code(agent_fault(session->agent)) : EXIT_FAILED;
		if (fresh)
			chat_model_done(session); /* what was before is told with the next question */
		return code;
	}
	chat_turn_add(session, "model", build_text(&answer));
	claims_check(session, build_text(&answer));
	return 0;
}
