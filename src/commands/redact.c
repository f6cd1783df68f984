/* `syswhy redact`: cleans any text as a filter, shows what would leave the machine, and puts originals back. */
#include "redact/redact.h"
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include "base/file.h"
#include "commands/command.h"

enum { PIECE = 1 << 20, PAUSE_MS = 50, SHOWN_MOST = 64 << 20, ENTRIES_MOST = 1000, FOLLOWED_MOST = 60 << 10 };

struct redact_params {
	struct param_words file;
	const char *identity, *map, *rules;
	bool show, restore, check, portable;
};

static const struct param params[] = {
	{ "file", 0, PARAM_WORDS, offsetof(struct redact_params, file), "FILE", "what to clean (default, or -: standard input)",
	  NULL, false },
	{ "show", 's', PARAM_BOOL, offsetof(struct redact_params, show), NULL,
	  "show what would be sent, and a table of what was replaced", NULL, false },
	{ "identity", 'i', PARAM_CHOICE, offsetof(struct redact_params, identity), "on|off",
	  "user and host names, home paths, e-mail, IP and MAC addresses too (default on)", "on|off", false },
	{ "map", 'm', PARAM_TEXT, offsetof(struct redact_params, map), "FILE",
	  "keep the placeholders and what they stand for in this file, readable by you alone", NULL, false },
	{ "restore", 'r', PARAM_BOOL, offsetof(struct redact_params, restore), NULL,
	  "put the originals back, from the file of --map", NULL, false },
	{ "rules", 0, PARAM_TEXT, offsetof(struct redact_params, rules), "FOLDER", "read the rules there", NULL, false },
	{ "rules-check", 0, PARAM_BOOL, offsetof(struct redact_params, check), NULL,
	  "run the examples of all rules, and report each mistake with file and line", NULL, false },
	{ "portable", 0, PARAM_BOOL, offsetof(struct redact_params, portable), NULL,
	  "do without Vectorscan: the same result, slowly", NULL, false },
	{ 0 },
};

struct filter {
	struct context *context;
	struct redactor *redactor;
	struct build *kept; /* where the text goes; NULL: to the output as it comes */
	struct build *follow; /* for the questions of --chat: the beginning of what is written; or NULL */
	struct build held;  /* what may be the beginning of a placeholder (--restore) */
	bool restore, gone; /* gone: nobody takes the result any more */
};

static volatile sig_atomic_t interrupted;

static void interrupt(int signal)
{
	(void)signal;
	interrupted = 1;
}

/* What the door cannot write it tells of itself. */
static int put(struct filter *filter, struct text t, struct error *err)
{
	if (filter->kept) {
		build_add(filter->kept, t);
		return filter->kept->cut ? fail(err, -EFBIG, "the text is longer than 64 MiB; without --show and --json any length is taken")
					 : 0;
	}
	if (filter->follow)
		build_add(filter->follow, text_until(t, FOLLOWED_MOST - filter->follow->len));
	while (t.len) {
		ssize_t got = write(STDOUT_FILENO, t.at, t.len);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			filter->gone = true;
			filter->context->live(filter->context->door, t);
			return -EPIPE;
		}
		t = text_from(t, (size_t)got);
	}
	return 0;
}

static int take(void *context, struct clean clean, struct error *err)
{
	return put(context, clean.text, err);
}

/* A placeholder may lie across two pieces: the last 48 bytes wait when a "<" stands in them. */
static int restore(struct filter *filter, struct text piece, bool last, struct error *err)
{
	AUTO_BUILD out = { .ceiling = (size_t)1 << 30 };
	struct text whole;
	size_t sure;

	build_add(&filter->held, piece);
	whole = build_text(&filter->held);
	sure = whole.len;
	for (size_t i = whole.len > 48 ? whole.len - 48 : 0; !last && i < sure; i++)
		if (whole.at[i] == '<')
			sure = i;
	if (redact_restore(filter->redactor, text_until(whole, sure), &out, err) < 0)
		return -EFBIG;
	memmove(filter->held.at, filter->held.at + sure, whole.len - sure);
	filter->held.len -= sure;
	return put(filter, build_text(&out), err);
}

/* Reads what there is, up to a piece, and does with it what is to be done; 0 when it has ended, 1 when it goes on. */
static int step(struct filter *filter, struct redact_stream *stream, int fd, char *piece, struct error *err)
{
	size_t room = PIECE;
	char *at = filter->restore ? piece : redact_room(stream, &room);
	ssize_t got = read(fd, at, room);
	int code = 0;

	if (got == 0)
		return 0;
	if (got < 0 && errno != EINTR && errno != EAGAIN)
		return fail(err, -errno, "cannot read the text: %s", strerror(errno));
	if (got > 0)
		code = filter->restore ? restore(filter, (struct text){ piece, (size_t)got }, false, err) : redact_filled(stream, (size_t)got, err);
	return code < 0 ? code : 1;
}

/* When the source pauses, whole lines go out: somebody may be waiting for them. */
static int pump(struct filter *filter, struct redact_stream *stream, int fd, struct error *err)
{
	AUTO_FREE char *piece = malloc(PIECE);
	bool waiting = false;

	if (!piece)
		abort();
	while (!interrupted) {
		struct pollfd ready = { .fd = fd, .events = POLLIN };
		int count = poll(&ready, 1, waiting ? -1 : PAUSE_MS), code;

		if (count < 0 && errno != EINTR)
			return fail(err, -errno, "cannot wait for the text: %s", strerror(errno));
		if (count < 0)
			continue;
		waiting = count == 0;
		if (!waiting)
			code = step(filter, stream, fd, piece, err);
		else
			code = filter->restore ? 1 : redact_flush(stream, err);
		if (code < 0)
			return code;
		if (!waiting && code == 0)
			break;
	}
	/* A line that was cut short may hold half a secret, which nothing tells: it stays here. */
	if (interrupted && !filter->restore)
		return redact_flush(stream, err);
	return filter->restore ? restore(filter, TEXT(""), true, err) : redact_end(stream, err);
}

/* ---- the report: never a value ---- */

static json_t *lines_json(const struct redacted *entry)
{
	json_t *lines = json_array();

	for (size_t i = 0; i < entry->line_count; i++)
		json_array_append_new(lines, json_integer((json_int_t)entry->lines[i]));
	return lines;
}

static void lines_text(const struct redacted *entry, struct build *out)
{
	for (size_t i = 0; i < entry->line_count; i++)
		build_fmt(out, "%s%zu", i ? ", " : "", entry->lines[i]);
	build_put(out, entry->line_count == REDACT_LINES && entry->times > REDACT_LINES ? " …" : "");
}

static void report_fill(struct filter *filter, bool show)
{
	json_t *json = report_json(filter->context->report), *replaced = json_array(), *rows = json_array();
	struct evidence_list list = { 0 };
	struct redacted entry;
	size_t next = 0, count = 0;

	while (redact_report(filter->redactor, &next, &entry)) {
		AUTO_BUILD lines = { 0 };

		if (count++ >= ENTRIES_MOST)
			continue;
		lines_text(&entry, &lines);
		json_array_append_new(replaced, json_pack("{s:s, s:s, s:s, s:I, s:o}", "placeholder", entry.placeholder, "rule",
							  entry.rule, "what", entry.say, "times", (json_int_t)entry.times,
							  "lines", lines_json(&entry)));
		json_array_append_new(rows, json_pack("[s, s, s, I, s]", entry.placeholder, entry.rule, entry.say,
						      (json_int_t)entry.times, lines.at ? lines.at : ""));
	}
	if (filter->kept)
		json_object_set_new(json, "text", json_text(build_text(filter->kept)));
	json_object_set_new(json, "rules", json_integer((json_int_t)redactor_rules(filter->redactor)));
	json_object_set_new(json, "engine", json_str(redactor_engine(filter->redactor)));
	json_object_set_new(json, "replacements", json_integer((json_int_t)redact_total(filter->redactor)));
	json_object_set_new(json, "values", json_integer((json_int_t)count));
	json_object_set(json, "replaced", replaced);
	json_decref(replaced);
	if (!show || filter->restore)
		return json_decref(rows);
	report_say(filter->context->report, REPORT_HEADING, "What would be sent");
	report_say(filter->context->report, REPORT_CODE, "%s", filter->kept->at ? filter->kept->at : "");
	report_say(filter->context->report, REPORT_HEADING, "What was replaced");
	if (count == 0)
		report_say(filter->context->report, REPORT_PARAGRAPH, "Nothing: no rule of %zu found a secret.",
			   redactor_rules(filter->redactor));
	evidence_add(&list, EVIDENCE_TABLE, "replaced",
		     json_pack("{s:[{s:s, s:b}, {s:s}, {s:s}, {s:s}, {s:s}], s:o, s:I}", "columns", "name", "placeholder", "key", 1,
			       "name", "rule", "name", "what", "name", "times", "name", "lines", "rows", rows, "total_rows",
			       (json_int_t)count));
	if (count)
		report_show(filter->context->report, list.items.at[0]);
	report_own(filter->context->report, &list);
}

/* ---- the rules' own examples ---- */

static void example_wrong(void *context, const char *file, unsigned line, const char *sentence)
{
	struct context *door = context;
	json_t *json = report_json(door->report);

	if (!json_object_get(json, "mistakes"))
		json_object_set_new(json, "mistakes", json_array());
	json_array_append_new(json_object_get(json, "mistakes"),
			      json_pack("{s:s, s:i, s:o}", "file", file, "line", (int)line, "text", json_text(text_of(sentence))));
	report_say(door->report, REPORT_CODE, "%s:%u: %s", file, line, sentence);
}

static int examples(struct context *context, const struct redact_options *options, struct error *err)
{
	struct redact_tally tally;
	json_t *json = report_json(context->report);

	if (redact_examples(options, example_wrong, context, &tally, err) < 0)
		return EXIT_FAILED;
	json_object_set_new(json, "rules", json_integer((json_int_t)tally.rules));
	json_object_set_new(json, "examples", json_integer((json_int_t)tally.examples));
	json_object_set_new(json, "least_true", json_integer((json_int_t)tally.least_true));
	json_object_set_new(json, "least_false", json_integer((json_int_t)tally.least_false));
	report_say(context->report, REPORT_STATUS, "%zu rules, %zu examples, %zu mistakes; each rule has at least %zu true and %zu "
		   "false examples", tally.rules, tally.examples, tally.wrong, tally.least_true, tally.least_false);
	return tally.wrong ? (fail(err, -EINVAL, "%zu examples are not treated as they say", tally.wrong), EXIT_FAILED) : EXIT_DONE;
}

/* ---- the command ---- */

static int open_input(const struct redact_params *asked, struct context *context, struct error *err)
{
	const char *path = asked->file.len ? asked->file.at[0] : "-";
	int fd;

	if (strcmp(path, "-") == 0) {
		if (isatty(STDIN_FILENO) && !context->quiet)
			fprintf(stderr, "type or paste text; Ctrl-D ends it\n");
		return fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	}
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? fail(err, -errno, "cannot open '%s': %s", path, strerror(errno)) : fd;
}

static int clean_all(struct filter *filter, const struct redact_params *asked, struct error *err)
{
	AUTO_REDACT_STREAM stream = redact_stream_new(filter->redactor, take, filter);
	AUTO_FD fd = open_input(asked, filter->context, err);
	struct sigaction action = { .sa_handler = interrupt };

	if (fd < 0)
		return fd;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	if (pump(filter, stream, fd, err) < 0)
		return -EIO;
	return asked->map && !asked->restore ? redact_save(filter->redactor, asked->map, err) : 0;
}

static int run(struct context *context, const void *values, struct error *err)
{
	const struct redact_params *asked = values;
	struct redact_options options = { .identity = !asked->identity || strcmp(asked->identity, "on") == 0,
					  .portable = asked->portable, .rules = asked->rules };
	AUTO_BUILD kept = { .ceiling = SHOWN_MOST }, follow = { 0 };
	struct filter filter = { .context = context, .restore = asked->restore };
	AUTO_REDACTOR redactor = NULL;
	int code;

	if (asked->file.len > 1 || (asked->restore && !asked->map)) {
		fail(err, -EINVAL, asked->restore ? "--restore needs the map that was kept: --map FILE" : "one file at a time");
		return EXIT_USAGE;
	}
	if (asked->check)
		return examples(context, &options, err);
	redactor = filter.redactor = redactor_new(&options, err);
	if (!redactor)
		return EXIT_CONFIG;
	if (asked->map && (asked->restore || file_exists(asked->map)) && redact_load(redactor, asked->map, err) < 0)
		return EXIT_CONFIG;
	if (context->json || asked->show)
		filter.kept = &kept;
	else if (context->chat)
		filter.follow = &follow;
	code = clean_all(&filter, asked, err);
	build_done(&filter.held);
	if (filter.gone)
		return EXIT_DONE; /* the door tells why, and gives the exit code */
	if (code < 0)
		return EXIT_FAILED;
	report_fill(&filter, asked->show);
	if (follow.len == FOLLOWED_MOST)
		build_put(&follow, "\n(cut here: the text is longer)\n");
	if (filter.follow)
		json_object_set_new(report_json(context->report), "output", json_text(build_text(&follow)));
	return interrupted ? EXIT_INTERRUPTED : EXIT_DONE;
}

const struct command command_redact = {
	.name = "redact",
	.summary = "Clean text of secrets and names, as everything is cleaned before it leaves the machine",
	.details = "Keys, tokens, passwords and the like become placeholders (<API_KEY_1>), the same for the same value, so that what "
		   "is left can still be understood. With --identity on, which is the default, so do user and host names, home "
		   "paths, e-mail, IP and MAC addresses. Crash evidence (addresses, build ids, hashes, symbols, versions) stays.\n\n"
		   "If cleaning fails, nothing more is written. --map keeps what the placeholders stand for, and --restore puts it "
		   "back. The rules are data: docs/redaction.md has their format.",
	.examples = "journalctl -u app | syswhy redact > log.txt  # a log that can be shown to others\n"
		    "syswhy redact --show crash.txt  # see what would be sent, and what was replaced\n"
		    "syswhy redact --map m.json log.txt > clean.txt  # keep what the placeholders stand for\n"
		    "syswhy redact --restore --map m.json answer.txt  # put it back into an answer",
	.flags = COMMAND_READS,
	.params = params,
	.params_size = sizeof(struct redact_params),
	.run = run,
};
