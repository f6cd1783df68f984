/* `syswhy chat`: follow-up questions about what was measured, with a model or without one. */
#include "commands/chat.h"
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include "base/file.h"
#include "llm/probe.h"

struct chat_params {
	struct param_words question;
	const char *model;
	bool last, offline, dry, whole;
};

static const struct param params[] = {
	{ "question", 0, PARAM_WORDS, offsetof(struct chat_params, question), "QUESTION", "the first question", NULL, false },
	{ "last", 'l', PARAM_BOOL, offsetof(struct chat_params, last), NULL, "go on where the last chat ended", NULL, false },
	{ "model", 'm', PARAM_TEXT, offsetof(struct chat_params, model), "NAME", "the model to ask: an alias, or ENDPOINT/NAME", NULL, false },
	{ "offline", 0, PARAM_BOOL, offsetof(struct chat_params, offline), NULL, "ask no model: what is asked is traced", NULL, false },
	{ "no-stream", 0, PARAM_BOOL, offsetof(struct chat_params, whole), NULL, "ask for the model's answer in one piece, for servers that stream badly", NULL, false },
	{ "dry-run", 0, PARAM_BOOL, offsetof(struct chat_params, dry), NULL, "show what would be sent to the model, and send nothing", NULL, false },
	{ 0 },
};

enum { MATERIAL_MOST = 1 << 20 };

static volatile sig_atomic_t interrupts, ends;

static void caught(int signal)
{
	if (signal == SIGINT)
		interrupts = 1;
	else
		ends = 1;
}

bool chat_interrupted(void)
{
	bool came = interrupts;

	interrupts = 0;
	return came;
}

bool chat_ended(void)
{
	return ends;
}

bool chat_signalled(void)
{
	return interrupts || ends;
}

void chat_signal(int signal)
{
	if (signal && signal != SIGINT)
		ends = 1;
}

void chat_usage_say(const json_t *usage, struct build *out)
{
	const json_t *input = json_object_get(usage, "input_tokens"), *output = json_object_get(usage, "output_tokens"),
		     *cost = json_object_get(usage, "cost");

	if (!usage) {
		build_put(out, "No model was asked.");
		return;
	}
	build_fmt(out, "%s: %.0f request%s", json_get_string(usage, "model"), json_get_number(usage, "requests", 0),
		  json_get_number(usage, "requests", 0) == 1 ? "" : "s");
	if (json_is_integer(input) && json_is_integer(output))
		build_fmt(out, ", %lld tokens read, %lld written", (long long)json_integer_value(input), (long long)json_integer_value(output));
	else
		build_put(out, ", tokens not told by the server");
	if (json_is_number(cost))
		build_fmt(out, ", US$ %.4f", json_number_value(cost));
	else
		build_put(out, ", price not known");
	if (json_is_integer(input) && json_get_number(usage, "uncounted", 0) > 0)
		build_fmt(out, ", without %.0f that %s not counted", json_get_number(usage, "uncounted", 0),
			  json_get_number(usage, "uncounted", 0) > 1 ? "were" : "was");
	build_char(out, '.');
}

void model_usage_tell(const struct context *context, const char *command, const json_t *usage)
{
	AUTO_BUILD words = { 0 }, safe = { 0 };

	if (!usage || context->quiet)
		return;
	chat_usage_say(usage, &words);
	build_safe(&safe, build_text(&words), false);
	fprintf(stderr, "syswhy %s: %s\n", command, safe.at);
}

void model_waits_tell(const struct context *context, const char *command, double seconds, const char *why)
{
	AUTO_BUILD safe = { .ceiling = 300 };

	if (context->quiet)
		return;
	build_safe(&safe, text_of(why), false);
	fprintf(stderr, "syswhy %s: %s; asked again in %.0f s (Ctrl-C ends it)\n", command, safe.at, seconds);
}

static void model_find(struct chat_session *session, const struct chat_params *p, struct error *err)
{
	struct llm_flags flags = { .model = p->model, .dry_run = p->dry, .no_stream = p->whole };
	struct error why = { 0 };

	if (llm_config_load(&session->config, &flags, err) < 0)
		return;
	vec_each(note, &session->config.notes)
		chat_note(session, "note: %s", *note);
	if (p->offline || chat_model_choose(session, p->model, &why) == 0)
		return;
	if (p->model || p->dry)
		fail(err, why.code, "%s", why.text);
	else
		chat_note(session, "No model answers here (%s). What you ask is traced, if the planner understands it; /help lists commands.",
			  why.text);
}

/* Without a model: what was asked before, and the planner. */
static int offline_ask(struct chat_session *session, const char *question, struct error *err)
{
	chat_turn_add(session, "person", text_of(question));
	chat_past_show(session, text_of(question));
	return chat_trace(session, question, 0, NULL, err);
}

/* What kills this process later takes at most the turn that runs then. */
static void turn_keep(struct chat_session *session)
{
	size_t now = json_array_size(session->turns) + session->evidence.items.len;

	if (now == session->kept || session->dry || !session->context->keep)
		return;
	session->kept = now;
	chat_object_fill(session);
	session->context->keep(session->context->door);
}

static void line_take(struct chat_session *session, const char *line)
{
	struct error why = { 0 };
	AUTO_FREE char *words = text_copy(text_trim(text_of(line)));
	int code;

	if (!words[0])
		return;
	session->exit_code = EXIT_FAILED;
	session->failed = false;
	if (words[0] == '/' && words[1] != '/')
		code = chat_slash(session, words, &why);
	else if (session->model)
		code = chat_ask(session, words + (words[0] == '/'), &why);
	else
		code = offline_ask(session, words + (words[0] == '/'), &why);
	if (chat_interrupted() || code == -ECANCELED) {
		chat_note(session, "stopped");
		session->stopped = session->plain;
		session->quit |= session->stopped;
	} else if (code < 0) {
		chat_note(session, "syswhy chat: %s", why.text);
	}
	session->failed = session->failed || code < 0;
	turn_keep(session);
}

static void greet(struct chat_session *session)
{
	AUTO_BUILD name = { 0 };

	if (session->context->quiet)
		return;
	build_safe(&name, text_of(session->model ? session->model->name : ""), false);
	fprintf(stderr, "Chat%s%s, %zu %s of evidence. /help lists commands, Ctrl-D ends.\n", session->model ? " with " : "", name.len ? name.at : "",
		session->evidence.items.len, session->evidence.items.len == 1 ? "piece" : "pieces");
}

static void talk(struct chat_session *session, const char *first)
{
	struct history_limits limits;
	bool wanted;
	bool keep = record_settings(&wanted, &limits, NULL) == 0 && wanted && !session->context->no_history;
	struct chat_lines *lines = chat_lines_new(session, keep);

	session->plain = !chat_lines_editor(lines);
	if (!session->plain)
		greet(session);
	if (first[0])
		line_take(session, first);
	/* A dry run shows one request. */
	while (!session->quit && !chat_ended() && !(session->dry && first[0])) {
		AUTO_BUILD line = { 0 };
		int code = chat_lines_read(lines, &line);

		if (code == -EINTR && (chat_interrupted(), !chat_ended()) && chat_lines_editor(lines))
			continue;
		session->stopped |= code == -EINTR;
		if (code <= 0)
			break;
		if (line.cut)
			chat_note(session, "A line of more than 32 KiB is not taken; /save and files are for such things.");
		else
			line_take(session, line.at ? line.at : "");
	}
	chat_lines_free(lines);
}

/* Without a model a chat may end with what was said to it: the last of it tells whether it went well. */
static int session_end(struct chat_session *session)
{
	struct report *report = session->context->report;
	AUTO_JSON usage = chat_usage(session);
	AUTO_BUILD words = { 0 };

	/* Of a chat in which nothing was said there is nothing to go on with. */
	session->context->only_looked = session->dry || json_array_size(session->turns) <= session->resumed;
	chat_object_fill(session);
	chat_page(session);
	if (usage) { /* standard output is for answers */
		chat_usage_say(usage, &words);
		report_page_only(report, true);
		report_say(report, REPORT_PARAGRAPH, "%s", words.at);
		report_page_only(report, false);
		if (!session->context->json)
			model_usage_tell(session->context, "chat", usage);
	}
	if (chat_ended() || session->stopped)
		return EXIT_INTERRUPTED;
	return session->failed && !isatty(STDIN_FILENO) ? session->exit_code : EXIT_DONE;
}

static void session_done(struct chat_session *session)
{
	agent_free(session->agent);
	redactor_free(session->redactor);
	trace_done(&session->trace);
	shelf_close(session->tools.knowledge.shelf);
	history_close(session->history);
	evidence_list_done(&session->evidence);
	json_decref(session->turns);
	json_decref(session->spent);
	flow_done(&session->flow);
	free(session->name);
	llm_config_done(&session->config);
}

/* With a question of its own, what comes in is what the question is about. */
static int material_take(struct chat_session *session, struct error *err)
{
	AUTO_BUILD text = { 0 };
	int code;

	/* A closed one has a stand-in that cannot be read. */
	if ((fcntl(STDIN_FILENO, F_GETFL) & O_ACCMODE) == O_WRONLY || isatty(STDIN_FILENO))
		return 0;
	session->quit = true; /* after that question: what is left of it are no lines of a chat */
	code = fd_read_all(STDIN_FILENO, MATERIAL_MOST, &text, err);
	if (code < 0)
		return fail_within(err, "standard input"), code;
	if (!text_trim(build_text(&text)).len)
		return 0;
	if (text.cut)
		chat_note(session, "note: of standard input the first %d MiB are taken; what follows is left out", MATERIAL_MOST >> 20);
	evidence_add(&session->evidence, EVIDENCE_TEXT, "the text on standard input",
		     json_pack("{s:o}", "text", json_text(build_text(&text))));
	return 0;
}

static int run(struct context *context, const void *values, struct error *err)
{
	const struct chat_params *p = values;
	AUTO(session_done) struct chat_session session = { .context = context, .dry = p->dry, .turns = json_array() };
	struct sigaction catch = { .sa_handler = caught }, before[3];
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct error why = { 0 };
	AUTO_BUILD first = { 0 };
	int code;

	context->only_looked = true; /* until something was said */
	for (size_t i = 0; i < p->question.len; i++)
		build_fmt(&first, "%s%s", i ? " " : "", p->question.at[i]);
	session.history = history_open(NULL, data_folder(), true, &why);
	if (!session.history && why.code != -ENOENT)
		chat_note(&session, "What was asked before is not at hand: %s.", why.text);
	if (context->follows)
		chat_follow(&session, context->follows);
	if (p->last && chat_resume(&session, err) < 0)
		return EXIT_FAILED;
	session.resumed = p->last ? json_array_size(session.turns) : 0;
	session.kept = p->last ? session.resumed + session.evidence.items.len : 0;
	model_find(&session, p, err);
	if (err->code)
		return EXIT_CONFIG;
	if (first.len && material_take(&session, err) < 0)
		return EXIT_FAILED;
	interrupts = ends = 0;
	for (size_t i = 0; i < COUNT(signals); i++)
		sigaction(signals[i], &catch, &before[i]);
	talk(&session, first.at ? first.at : "");
	code = session_end(&session);
	for (size_t i = 0; i < COUNT(signals); i++)
		sigaction(signals[i], &before[i], NULL);
	return code;
}

const struct command command_chat = {
	.name = "chat",
	.summary = "Ask follow-up questions about what was measured",
	.details = "A conversation about this machine: 'syswhy chat' begins one, and -c (--chat) after any command begins one about what that "
		   "command found. On a terminal it is a line editor with history and completion; otherwise each line of standard input is a "
		   "question; with a QUESTION, all of it is what the question is about.\n\n"
		   "With a model ('syswhy models'), it is told the evidence by number and answers citing it; what cites nothing is marked as opinion. "
		   "It may look up probes, types, recipes and what was asked before, and it may ask to measure something: that runs through the same "
		   "checks as 'syswhy trace', after you said yes. Nothing is sent that was not cleaned of secrets first. Without a model a "
		   "question is traced, and /commands work all the same.\n\n"
		   "Slash commands: /help /evidence [N] /trace QUESTION /history [WORDS] /tools /model [NAME] /redacted /usage /save FILE /quit. "
		   "Ctrl-C stops an answer or a trace, Ctrl-D ends the chat. What was said is kept in the history after each turn, cleaned, and --last goes on with it.",
	.examples = "syswhy trace -c \"count page faults by process\"  # trace, then ask about the result\n"
		    "syswhy chat \"what uses the disk\"  # begin with a question\n"
		    "syswhy chat --last  # go on with the last chat\n"
		    "dmesg | syswhy chat \"what went wrong here\"  # about a text\n"
		    "echo \"why so many?\" | syswhy chat --last  # in a pipe",
	.flags = COMMAND_READS | COMMAND_MODEL | COMMAND_KEPT | COMMAND_TALKS,
	.params = params,
	.params_size = sizeof(struct chat_params),
	.run = run,
};
