/* The slash commands of a chat, as a table. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "base/file.h"
#include "commands/chat.h"
#include "commands/history.h"

#define PAST_LISTED 10

static void report_show_now(struct chat_session *session, struct report *report)
{
	struct report_look look = report_look_of(STDOUT_FILENO);
	AUTO_BUILD text = { 0 };

	report_text(report, &look, &text);
	report_free(report);
	chat_show(session, build_text(&text));
}

static void table_show(struct chat_session *session, const char *title, json_t *columns, json_t *rows)
{
	struct report *report = report_new();
	struct evidence_list list = { 0 };

	evidence_add(&list, EVIDENCE_TABLE, title, json_pack("{s:o,s:o}", "columns", columns, "rows", rows));
	report_show(report, list.items.at[0]);
	report_own(report, &list);
	report_show_now(session, report);
}

static int help(struct chat_session *session, const char *value, struct error *err)
{
	AUTO_BUILD text = { 0 };

	(void)value, (void)err;
	build_put(&text, session->model ? "Ask anything about what was measured; the model may ask to measure more.\n" :
		  "There is no model: what you ask is traced, if the planner understands it.\n");
	for (const struct chat_slash *slash = chat_slashes; slash->name; slash++) {
		AUTO_BUILD label = { 0 };

		build_fmt(&label, "/%s%s%s", slash->name, slash->value ? " " : "", slash->value ? slash->value : "");
		build_fmt(&text, "  %-20s %s\n", label.at, slash->help);
	}
	build_put(&text, "Ctrl-C stops an answer or a trace, Ctrl-D ends the chat. //… asks something that begins with a slash.\n");
	chat_show(session, build_text(&text));
	return 0;
}

static int evidence(struct chat_session *session, const char *value, struct error *err)
{
	long long number;
	AUTO_BUILD text = { 0 };

	if (value[0]) {
		if (!text_number(text_of(value), &number) || number < 1 || (size_t)number > session->evidence.items.len)
			return fail(err, -ENOENT, "there is no evidence '%.40s'; /evidence lists what there is", value);
		chat_evidence_show(session, session->evidence.items.at[number - 1]);
		return 0;
	}
	vec_each(item, &session->evidence.items) {
		build_fmt(&text, "[%u] ", (*item)->number);
		build_safe(&text, text_of((*item)->title), false);
		build_char(&text, '\n');
	}
	chat_show(session, text.len ? build_text(&text) : TEXT("Nothing was measured yet. /trace QUESTION measures.\n"));
	return 0;
}

static int tools(struct chat_session *session, const char *value, struct error *err)
{
	struct report *report;

	(void)value, (void)err;
	if (!session->spec.tool_count) {
		chat_show(session, TEXT("The model is given its tools with the first question.\n"));
		return 0;
	}
	report = report_new();
	for (size_t i = 0; i < session->spec.tool_count; i++)
		report_say(report, REPORT_LIST, "%s: %s", session->all_tools[i].name, session->all_tools[i].description);
	report_show_now(session, report);
	return 0;
}

static int trace_now(struct chat_session *session, const char *value, struct error *err)
{
	if (!value[0])
		return fail(err, -EINVAL, "say what to watch: /trace count page faults by process");
	return chat_trace(session, value, 0, NULL, err);
}

static int past(struct chat_session *session, const char *value, struct error *err)
{
	AUTO_ARENA arena = arena_new();
	AUTO_HISTORY_LIST found = { 0 };
	json_t *rows = json_array();

	if (session->history && history_find(session->history, text_of(value), 0, PAST_LISTED, arena, &found, err) < 0) {
		json_decref(rows);
		return err->code;
	}
	vec_each(row, &found.items) {
		AUTO_BUILD when = { 0 };

		when_say(row->began, &when);
		json_array_append_new(rows, json_pack("[I,o,o,o]", (json_int_t)row->id, json_text(build_text(&when)), json_text(text_of(row->status)),
						      json_text(text_of(row->question))));
	}
	table_show(session, "what was asked before", json_pack("[{s:s,s:b},{s:s},{s:s},{s:s}]", "name", "id", "key", 1, "name", "when", "name",
							       "status", "name", "question"), rows);
	return 0;
}

/* An export: only what was cleaned leaves. */
/* `redactor`: what it knows is taken out of the words of the model. */
static void session_write(const struct chat_session *session, const struct redactor *redactor, struct build *out)
{
	struct report *report = report_new();
	struct report_look plain = { 0 };
	const json_t *turn;
	size_t i;

	vec_each(item, &session->evidence.items)
		report_show(report, *item);
	json_array_foreach(session->turns, i, turn) {
		const char *role = json_get_string(turn, "role"), *said = json_get_string(turn, "text");
		AUTO_BUILD text = { 0 };

		if (redactor && strcmp(role, "person") != 0)
			model_said_hide(redactor, text_of(said), &text);
		else
			build_put(&text, said);
		report_say(report, REPORT_HEADING, "%s", role);
		report_say(report, REPORT_PARAGRAPH, "%s", text.at ? text.at : "");
	}
	report_text(report, &plain, out);
	report_free(report);
}

static int save(struct chat_session *session, const char *value, struct error *err)
{
	struct redact_options options = { .identity = true };
	AUTO_REDACTOR redactor = redactor_new(&options, err);
	AUTO_BUILD text = { 0 };
	AUTO_BUILD out = { 0 };
	struct clean clean;
	int code;

	if (!redactor)
		return err->code;
	if (!value[0])
		return fail(err, -EINVAL, "say where: /save FILE");
	if (file_exists(value) && !session->context->ask(session->context->door, "That file is there already. Write over it?"))
		return fail(err, -EEXIST, "nothing was written: '%.200s' is there already", value);
	/* Once for what it teaches of the words of the model. */
	session_write(session, NULL, &text);
	code = redact_clean(redactor, build_text(&text), &out, &clean, err);
	build_clear(&text);
	build_clear(&out);
	session_write(session, redactor, &text);
	if (code == 0)
		code = redact_clean(redactor, build_text(&text), &out, &clean, err);
	if (code == 0)
		code = file_write(value, clean.text, 0600, err);
	if (code == 0)
		chat_note(session, "wrote %s, without secrets and names", value);
	return code;
}

static int model(struct chat_session *session, const char *value, struct error *err)
{
	AUTO_BUILD text = { 0 };

	if (value[0]) {
		int code = chat_model_choose(session, value, err);

		if (code < 0)
			return code;
	}
	if (session->model) {
		build_fmt(&text, "model ");
		build_safe(&text, text_of(session->model->name), false);
		build_fmt(&text, " at %s\n", session->model->endpoint->shown);
	} else {
		build_put(&text, "no model; syswhy models --help says how to add one\n");
	}
	chat_show(session, build_text(&text));
	return 0;
}

static int usage(struct chat_session *session, const char *value, struct error *err)
{
	AUTO_JSON used = chat_usage(session);
	AUTO_BUILD text = { 0 };

	(void)value, (void)err;
	chat_usage_say(used, &text);
	build_char(&text, '\n');
	chat_show(session, build_text(&text));
	return 0;
}

static int redacted(struct chat_session *session, const char *value, struct error *err)
{
	json_t *rows = json_array();
	struct redacted entry;
	size_t next = 0;

	(void)value, (void)err;
	while (session->redactor && redact_report(session->redactor, &next, &entry))
		json_array_append_new(rows, json_pack("[s,s,I]", entry.placeholder, entry.say, (json_int_t)entry.times));
	if (!json_array_size(rows)) {
		json_decref(rows);
		chat_show(session, TEXT("Nothing that was sent had to be replaced.\n"));
		return 0;
	}
	table_show(session, "what the model does not see", json_pack("[{s:s,s:b},{s:s},{s:s}]", "name", "placeholder", "key", 1, "name", "what", "name",
								     "times"), rows);
	return 0;
}

static int quit(struct chat_session *session, const char *value, struct error *err)
{
	(void)value, (void)err;
	session->quit = true;
	return 0;
}

const struct chat_slash chat_slashes[] = {
	{ "help", NULL, "this list", help },
	{ "evidence", "[N]", "what was measured; all of number N", evidence },
	{ "trace", "QUESTION", "measure now", trace_now },
	{ "history", "[WORDS]", "what was asked before", past },
	{ "tools", NULL, "what the model may use", tools },
	{ "model", "[NAME]", "which model answers, or another one", model },
	{ "redacted", NULL, "what is replaced before anything is sent", redacted },
	{ "usage", NULL, "tokens and cost so far", usage },
	{ "save", "FILE", "write the chat, without secrets", save },
	{ "quit", NULL, "end (as Ctrl-D)", quit },
	{ 0 },
};

int chat_slash(struct chat_session *session, const char *line, struct error *err)
{
	struct text rest = text_of(line + 1), name;
	const char *names[16], *nearest;
	AUTO_FREE char *word = NULL, *value = NULL;
	size_t count = 0;

	text_word(&rest, &name);
	word = text_copy(name);
	value = text_copy(text_trim(rest));
	for (const struct chat_slash *slash = chat_slashes; slash->name; slash++) {
		if (strcmp(slash->name, word) == 0)
			return slash->run(session, value, err);
		names[count++] = slash->name;
	}
	nearest = command_nearest(word, names, count);
	if (nearest)
		return fail(err, -EINVAL, "there is no /%.40s; did you mean /%s?", word, nearest);
	return fail(err, -EINVAL, "there is no /%.40s; /help lists what there is", word);
}
