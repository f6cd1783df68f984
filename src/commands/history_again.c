/* `syswhy history again`: the same command line once more, and both results side by side. */
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include "analyse/compare.h"
#include "commands/history.h"
#include "commands/self.h"

#define LATE 900.0 /* seconds beyond twice what it took before */

/* Where it ran before; where that folder is gone, here. Gives the way back. */
static int folder_enter(const struct history_row *row, struct context *context)
{
	int back = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (back >= 0 && row->folder[0] && chdir(row->folder) < 0)
		report_say(context->report, REPORT_NOTE, "It ran in '%s', which cannot be entered now: it ran here.", row->folder);
	return back;
}

/* ---- what the line held and the history does not ---- */

/* "<PASSWORD_1>" at the beginning of `t`: its length; 0: there is none. */
static size_t placeholder_of(struct text t)
{
	size_t len = 1, digits = 0;

	if (!text_starts(t, "<"))
		return 0;
	while (len < t.len && ((t.at[len] >= 'A' && t.at[len] <= 'Z') || t.at[len] == '_' || (t.at[len] >= '0' && t.at[len] <= '9'))) {
		digits = t.at[len] >= '0' && t.at[len] <= '9' ? digits + 1 : 0;
		len++;
	}
	return len < t.len && t.at[len] == '>' && digits && digits + 2 < len && t.at[len - digits - 1] == '_' ? len + 1 : 0;
}

static void nothing(int signal)
{
	(void)signal; /* it only ends the reading, so that the terminal shows again what is typed */
}

static int hidden_read(struct text placeholder, struct build *out, struct error *err)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction stop = { .sa_handler = nothing }, before[COUNT(signals)];
	struct termios shown, hidden;
	char piece[1024];
	ssize_t got;

	if (tcgetattr(STDIN_FILENO, &shown) < 0)
		return fail(err, -errno, "cannot ask on this terminal: %s", strerror(errno));
	hidden = shown;
	hidden.c_lflag &= ~(tcflag_t)ECHO;
	fprintf(stderr, "%.*s stands for (not shown, not kept; nothing: it stays): ", TEXT_ARG(placeholder));
	for (size_t i = 0; i < COUNT(signals); i++)
		sigaction(signals[i], &stop, &before[i]);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
	got = read(STDIN_FILENO, piece, sizeof(piece));
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
	for (size_t i = 0; i < COUNT(signals); i++)
		sigaction(signals[i], &before[i], NULL);
	fputc('\n', stderr);
	if (got > 0)
		build_add(out, text_trim((struct text){ piece, (size_t)got }));
	explicit_bzero(piece, sizeof(piece));
	return got > 0 ? 0 : fail(err, -ECANCELED, "nothing was run: what the placeholders stand for was not told");
}

/* A word of the line with what the person says that its placeholders stand for: `said` has what was told before. */
static int word_restore(const char *word, json_t *said, struct build *out, struct error *err)
{
	for (struct text rest = text_of(word); rest.len;) {
		size_t len = placeholder_of(rest);
		AUTO_FREE char *name = text_copy(text_until(rest, len));
		AUTO_BUILD value = { 0 };

		if (!len) {
			build_char(out, rest.at[0]);
			rest = text_from(rest, 1);
			continue;
		}
		if (!json_object_get(said, name)) {
			int code = hidden_read(text_of(name), &value, err);

			if (code < 0)
				return code;
			json_object_set_new(said, name, json_text(value.len ? build_text(&value) : text_of(name)));
			if (value.len)
				explicit_bzero(value.at, value.len);
		}
		build_put(out, json_get_string(said, name));
		rest = text_from(rest, len);
	}
	return 0;
}

/* The history keeps no secret: the person is asked for what stood there. */
static int line_restore(json_t *line, struct error *err)
{
	AUTO_JSON said = json_object();
	json_t *word;
	size_t i;

	json_array_foreach(line, i, word) {
		AUTO_BUILD whole = { 0 };
		int code = word_restore(json_string_value(word) ? json_string_value(word) : "", said, &whole, err);

		if (code < 0)
			return code;
		json_array_set_new(line, i, json_text(build_text(&whole)));
	}
	return 0;
}

/* The object that the same line prints now; new reference. */
static json_t *line_run(struct context *context, const struct history_row *row, int *signal, struct error *err)
{
	AUTO_JSON line = json_parse(text_of(row->line), err);
	struct self_run run = { .seconds = row->seconds * 2 + LATE, .input = true };
	VEC(const char *) words = { 0 };
	const json_t *word;
	json_t *object = NULL;
	size_t i;
	int code;

	if (line && !row->line_whole && line_restore(line, err) < 0)
		return NULL;
	vec_push(&words, row->command);
	json_array_foreach(line, i, word)
		vec_push(&words, json_string_value(word) ? json_string_value(word) : "");
	run.words = words.at;
	run.count = words.len;
	AUTO_FD back = folder_enter(row, context);
	code = line ? self_run(context, &run, &object, signal, err) : -EBADMSG;
	vec_done(&words);
	if (back >= 0 && fchdir(back) < 0)
		code = fail(err, -errno, "cannot go back to the folder: %s", strerror(errno));
	if (code == 0)
		return object;
	json_decref(object);
	return NULL;
}

/* ---- side by side ---- */

static double watched(const struct evidence_list *list)
{
	return list->items.len ? list->items.at[0]->seconds : 0;
}

static void sum_say(struct report *report, const struct comparison *sum)
{
	size_t both = sum->changed + sum->same;

	if (both + sum->fresh + sum->gone == 0)
		return;
	report_say(report, REPORT_PARAGRAPH, "%zu %s in both, of which %zu changed; %zu new, %zu gone.", both, both == 1 ? "row is" : "rows are",
		   sum->changed, sum->fresh, sum->gone);
}

static void answers_say(struct report *report, const char *before, const char *now)
{
	if (before[0] && now[0] && strcmp(before, now) == 0) {
		report_say(report, REPORT_PARAGRAPH, "Before and now: %s", now);
		return;
	}
	if (before[0])
		report_say(report, REPORT_PARAGRAPH, "Before: %s", before);
	if (now[0])
		report_say(report, REPORT_PARAGRAPH, "Now: %s", now);
}

static const char *said(const json_t *object)
{
	const char *answer = json_get_string(object, "answer"), *why = json_get_string(object, "why");

	return answer[0] ? answer : why[0] ? why : json_get_string(object, "error");
}

static int compare(struct context *context, const json_t *saved, json_t *object, struct error *err)
{
	struct report *report = context->report;
	json_t *json = report_json(report), *tables = json_array();
	struct evidence_list before = { 0 }, after = { 0 }, beside = { 0 };
	AUTO_JSON fresh = json_pack("{s:O}", "object", object);
	struct comparison sum = { 0 };
	int code = record_evidence(saved, &before, err);

	if (code == 0)
		code = record_evidence(fresh, &after, err);
	if (code == 0)
		evidence_compare(&before, &after, &beside, &sum);
	vec_each(table, &beside.items) {
		report_show(report, *table);
		json_array_append_new(tables, evidence_save(*table));
	}
	sum_say(report, &sum);
	answers_say(report, said(json_object_get(saved, "object")), said(object));
	if (watched(&before) > 0 && watched(&after) > 0 && fabs(watched(&before) - watched(&after)) > 0.2 * watched(&before))
		report_say(report, REPORT_NOTE, "It was watched for %.1f s before and for %.1f s now: the numbers differ for that alone.",
			   watched(&before), watched(&after));
	if (json_object_get(saved, "cut"))
		report_say(report, REPORT_NOTE, "The first result was too large to be kept whole: what it lacks seems new.");
	if (sum.unlike)
		report_say(report, REPORT_NOTE, "%zu %s seen in one of the runs alone, or in another form, and not compared.", sum.unlike,
			   sum.unlike == 1 ? "thing was" : "things were");
	json_object_set_new(json, "comparison", json_pack("{s:I,s:I,s:I,s:I,s:I}", "changed", (json_int_t)sum.changed, "same",
							  (json_int_t)sum.same, "new", (json_int_t)sum.fresh, "gone", (json_int_t)sum.gone,
							  "not_compared", (json_int_t)sum.unlike));
	json_object_set_new(json, "evidence", tables);
	report_own(report, &beside);
	evidence_list_done(&before);
	evidence_list_done(&after);
	return code;
}

int history_again(struct context *context, const struct history_row *row, struct error *err)
{
	int signal = 0;
	AUTO_JSON saved = record_read(row, err);
	const struct command *command = command_find(row->command);
	AUTO_BUILD line = { 0 };
	AUTO_BUILD when = { 0 };
	AUTO_JSON object = NULL;

	if (!saved)
		return EXIT_FAILED;
	if (command && command->flags & COMMAND_TALKS) {
		fail(err, -EINVAL, "a chat is not run again; 'syswhy %s --last' goes on with the last one", row->command);
		return EXIT_USAGE;
	}
	history_line(row, &line);
	when_say(row->began, &when);
	if (!row->line_whole && !(isatty(STDIN_FILENO) && isatty(STDERR_FILENO))) {
		fail(err, -EPERM, "its command line held a secret, which is not kept: on a terminal it is asked for; or ask it yourself: %.300s",
		     line.at);
		return EXIT_FAILED;
	}
	if (!context->quiet) {
		AUTO_BUILD safe = { 0 };

		build_safe(&safe, build_text(&line), false);
		fprintf(stderr, "running again: %s\n", safe.at);
	}
	report_say(context->report, REPORT_HEADING, "%lld: %s, on %s and now", row->id, line.at, when.at);
	json_object_set_new(report_json(context->report), "entry", history_json(row));
	object = line_run(context, row, &signal, err);
	if (!object)
		return EXIT_FAILED;
	json_object_set(report_json(context->report), "again", object);
	if (compare(context, saved, object, err) < 0)
		return EXIT_FAILED;
	return signal ? EXIT_INTERRUPTED : EXIT_DONE;
}
