/* A session of `syswhy chat`: its evidence, what was said, and tracing. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "base/file.h"
#include "commands/chat.h"
#include "commands/self.h"

#define TRACE_MOST 7200.0 /* seconds of one trace */
#define PAST_SHOWN 3
#define TEXT_MOST  (64 << 10)

void chat_show(struct chat_session *session, struct text safe)
{
	if (session->context->live && safe.len)
		session->context->live(session->context->door, safe);
}

void chat_flow(struct chat_session *session, struct text text, bool end)
{
	struct report_look look = report_look_of(STDOUT_FILENO);
	AUTO_BUILD out = { 0 };

	session->flow.width = look.width;
	session->flow.marks = look.colour;
	flow_add(&session->flow, text, &out);
	if (end)
		flow_end(&session->flow, &out);
	chat_show(session, build_text(&out));
}

void chat_note(struct chat_session *session, const char *format, ...)
{
	json_t *json = report_json(session->context->report), *notes = json_object_get(json, "notes");
	AUTO_BUILD text = { 0 };
	AUTO_BUILD safe = { 0 };
	va_list args;

	va_start(args, format);
	build_vfmt(&text, format, args);
	va_end(args);
	build_safe(&safe, build_text(&text), true);
	if (!notes) {
		notes = json_array();
		json_object_set_new(json, "notes", notes);
	}
	json_array_append_new(notes, json_text(build_text(&text)));
	if (!session->context->quiet)
		fprintf(stderr, "%s\n", safe.at ? safe.at : "");
}

void chat_turn_add(struct chat_session *session, const char *role, struct text text)
{
	json_array_append_new(session->turns, json_pack("{s:s,s:o}", "role", role, "text", json_text(text)));
}

/* ---- evidence ---- */

size_t chat_evidence_take(struct chat_session *session, const json_t *object)
{
	size_t before = session->evidence.items.len, i;
	struct error why = { 0 };
	const json_t *each;

	json_array_foreach(json_object_get(object, "evidence"), i, each)
		if (evidence_load(&session->evidence, each, &why) < 0)
			chat_note(session, "%s", why.text);
	return before;
}

void chat_evidence_show(struct chat_session *session, const struct evidence *evidence)
{
	struct report_look look = report_look_of(STDOUT_FILENO);
	struct report *report = report_new();
	AUTO_BUILD text = { 0 };

	report_show(report, evidence);
	report_text(report, &look, &text);
	report_free(report);
	chat_show(session, build_text(&text));
	chat_show(session, TEXT("\n"));
}

/* "[1]" of a report becomes the number that its evidence has here. */
static void citations_shift(struct text answer, size_t before, struct build *out)
{
	size_t at;

	while (text_find(answer, "[", &at)) {
		unsigned long number = 0;
		size_t digits = 0;

		build_add(out, text_until(answer, at + 1));
		answer = text_from(answer, at + 1);
		while (digits < answer.len && digits < 6 && answer.at[digits] >= '0' && answer.at[digits] <= '9')
			number = number * 10 + (unsigned long)(answer.at[digits++] - '0');
		if (!digits || digits >= answer.len || answer.at[digits] != ']')
			continue;
		build_fmt(out, "%lu", number + before);
		answer = text_from(answer, digits);
	}
	build_add(out, answer);
}

static void paragraph_show(struct chat_session *session, const char *text)
{
	struct report_look look = report_look_of(STDOUT_FILENO);
	struct report *report = report_new();
	AUTO_BUILD shown = { 0 };

	report_say(report, REPORT_PARAGRAPH, "%s", text);
	report_text(report, &look, &shown);
	report_free(report);
	chat_show(session, build_text(&shown));
}

/* ---- tracing ---- */

static void result_show(struct chat_session *session, const char *question, const json_t *object, struct build *out)
{
	size_t before = chat_evidence_take(session, object), i;
	const char *said = json_get_string(object, "answer");
	const json_t *note;
	AUTO_BUILD answer = { 0 };
	AUTO_BUILD turn = { 0 };

	for (size_t k = before; k < session->evidence.items.len; k++)
		chat_evidence_show(session, session->evidence.items.at[k]);
	if (!said[0])
		said = json_get_string(object, "why");
	if (!said[0])
		said = json_get_string(object, "error");
	citations_shift(text_of(said), before, &answer);
	if (answer.len)
		paragraph_show(session, answer.at);
	json_array_foreach(json_object_get(object, "notes"), i, note)
		chat_note(session, "note: %s", json_string_value(note));
	build_fmt(&turn, "%s: %s", question, answer.len ? answer.at : json_get_string(object, "status"));
	chat_turn_add(session, "trace", build_text(&turn));
	if (out)
		build_fmt(out, "Status: %s. %s\n", json_get_string(object, "status"), answer.len ? answer.at : "");
}

/* What the last question came to is what a pipe ends with. */
static void outcome_take(struct chat_session *session, const char *status)
{
	session->failed = strcmp(status, "ok") != 0;
	session->exit_code = strcmp(status, "cannot") == 0 ? EXIT_CANNOT : strcmp(status, "refused") == 0 ? EXIT_REFUSED : EXIT_FAILED;
}

int chat_trace(struct chat_session *session, const char *question, double seconds, struct build *out, struct error *err)
{
	const char *words[8] = { "trace" };
	struct self_run run = { .words = words, .count = 1, .seconds = TRACE_MOST };
	AUTO_BUILD time = { 0 };
	AUTO_BUILD safe = { 0 };
	AUTO_JSON object = NULL;
	int code, signal = 0;

	words[run.count++] = "--engine";
	words[run.count++] = session->model ? "auto" : "offline";
	if (session->model && session->name) {
		words[run.count++] = "--model";
		words[run.count++] = session->name;
	}
	if (seconds > 0) {
		build_fmt(&time, "--for=%g", seconds);
		words[run.count++] = time.at;
	}
	/* A question that looks like an option is none. */
	if (question[0] == '-')
		return fail(err, -EINVAL, "a question does not begin with '-'");
	words[run.count++] = question;
	build_safe(&safe, text_of(question), false);
	if (!session->context->quiet)
		fprintf(stderr, "tracing: %s (Ctrl-C ends it)\n", safe.at);
	code = chat_signalled() ? fail(err, -ECANCELED, "stopped before it began") : self_run(session->context, &run, &object, &signal, err);
	chat_signal(signal);
	if (code < 0)
		return fail_within(err, "the trace failed");
	result_show(session, question, object, out);
	outcome_take(session, json_get_string(object, "status"));
	return 0;
}

/* ---- what was before ---- */

size_t chat_past_show(struct chat_session *session, struct text question)
{
	AUTO_ARENA arena = arena_new();
	struct history_past past[PAST_SHOWN];
	struct error why = { 0 };
	size_t count = 0;

	if (session->history && history_past(session->history, question, COUNT(past), arena, past, &count, &why) < 0)
		chat_note(session, "%s", why.text);
	for (size_t i = 0; i < count; i++)
		chat_note(session, "asked before: \"%s\" (syswhy history show %lld)", past[i].question, past[i].id);
	return count;
}

int chat_resume(struct chat_session *session, struct error *err)
{
	AUTO_ARENA arena = arena_new();
	struct history_row row;
	AUTO_JSON saved = NULL;
	const json_t *object, *turn;
	size_t i;

	if (!session->history)
		return fail(err, -ENOENT, "there is no chat to continue: the history is empty");
	if (history_last(session->history, "chat", arena, &row, err) < 0)
		return err->code;
	saved = record_read(&row, err);
	if (!saved)
		return err->code;
	object = json_object_get(saved, "object");
	chat_evidence_take(session, object);
	json_array_foreach(json_object_get(object, "turns"), i, turn)
		json_array_append(session->turns, (json_t *)(uintptr_t)turn);
	session->spent = json_incref(json_object_get(object, "usage"));
	json_object_set_new(report_json(session->context->report), "continued", json_integer(row.id));
	chat_note(session, "Continuing the chat of entry %lld: %zu turn%s, %zu piece%s of evidence.", row.id, json_array_size(session->turns),
		  json_array_size(session->turns) == 1 ? "" : "s", session->evidence.items.len, session->evidence.items.len == 1 ? "" : "s");
	return 0;
}

void chat_follow(struct chat_session *session, struct report *report)
{
	const json_t *object = report_json(report);
	const char *answer = json_get_string(object, "answer"), *question = json_get_string(object, "question");
	AUTO_BUILD text = { .ceiling = TEXT_MOST };
	AUTO_BUILD turn = { 0 };

	chat_evidence_take(session, object);
	if (!session->evidence.items.len) {
		struct report_look plain = { 0 };

		/* What it printed is the evidence; what went over the screen as it came is its output. */
		build_put(&text, json_get_string(object, "output"));
		report_text(report, &plain, &text);
		if (!text.len) { /* it failed, or put its words on the screen as it went */
			AUTO_FREE char *found = json_dumps(object, JSON_COMPACT);

			build_put(&text, found ? found : "");
		}
		if (text.len)
			evidence_add(&session->evidence, EVIDENCE_TEXT, "what the command printed", json_pack("{s:o}", "text", json_text(build_text(&text))));
	}
	if (answer[0]) {
		build_fmt(&turn, "%s: %s", question, answer);
		chat_turn_add(session, "trace", build_text(&turn));
	}
}

void chat_object_fill(struct chat_session *session)
{
	json_t *json = report_json(session->context->report), *evidence = json_array(), *turn;
	const char *question = "", *answer = "";
	size_t i;

	vec_each(item, &session->evidence.items)
		json_array_append_new(evidence, evidence_save(*item));
	json_array_foreach(session->turns, i, turn) {
		const char *role = json_get_string(turn, "role");

		if (!question[0] && strcmp(role, "person") == 0)
			question = json_get_string(turn, "text");
		if (strcmp(role, "model") == 0)
			answer = json_get_string(turn, "text");
	}
	json_object_set_new(json, "question", json_str(question));
	json_object_set_new(json, "answer", answer[0] ? json_str(answer) : json_null());
	json_object_set_new(json, "model", session->model ? json_str(session->model->name) : json_null());
	json_object_set(json, "turns", session->turns);
	json_object_set_new(json, "evidence", evidence);
	json_object_set_new(json, "usage", chat_usage(session)); /* NULL sets nothing */
}

void chat_page(struct chat_session *session)
{
	static const char *const heads[][2] = { { "person", "Asked" }, { "model", "The model" }, { "trace", "Measured" } };
	struct report *report = session->context->report;
	const json_t *turn;
	size_t i;

	report_page_only(report, true);
	json_array_foreach(session->turns, i, turn) {
		for (size_t k = 0; k < COUNT(heads); k++)
			if (strcmp(json_get_string(turn, "role"), heads[k][0]) == 0)
				report_say(report, REPORT_HEADING, "%s", heads[k][1]);
		report_marked(report, strcmp(json_get_string(turn, "role"), "model") == 0);
		report_say(report, REPORT_PARAGRAPH, "%s", json_get_string(turn, "text"));
		report_marked(report, false);
	}
	vec_each(item, &session->evidence.items)
		report_show(report, *item);
	/* The page is written when the session is over. */
	report_own(report, &session->evidence);
	report_page_only(report, false);
}
