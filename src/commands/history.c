/* `syswhy history`: what was asked here before: listed, found by words, shown again, run again, deleted. */
#include "commands/history.h"
#include "commands/chat.h"
#include <math.h>
#include <stddef.h>
#include <string.h>
#include <time.h>
#include "base/file.h"

#define LIST_MOST 20

struct history_params {
	struct param_words search;
	const char *since, *older;
	long limit;
	bool all;
};

static const struct param params[] = {
	{ "search", 0, PARAM_WORDS, offsetof(struct history_params, search), "SEARCH",
	  "words of the question, the answer or the evidence; or: show ID, again ID, delete ID", NULL, false },
	{ "since", 's', PARAM_TEXT, offsetof(struct history_params, since), "TIME",
	  "only what was asked since then: 2h, 7d, today, yesterday, 2026-11-20", NULL, false },
	{ "limit", 'n', PARAM_FROM_ONE, offsetof(struct history_params, limit), "N", "list N at most (default: 20)", NULL, false },
	{ "older-than", 0, PARAM_TEXT, offsetof(struct history_params, older), "TIME",
	  "with delete: what was asked before then", NULL, false },
	{ "all", 0, PARAM_BOOL, offsetof(struct history_params, all), NULL, "with delete: everything, also a damaged history", NULL, false },
	{ 0 },
};

struct asked {
	struct context *context;
	const struct history_params *params;
	struct history *history; /* NULL: there is none yet */
	struct arena *arena;
	long long id;		 /* -1: none was given */
};

/* ---- an entry ---- */

json_t *history_json(const struct history_row *row)
{
	AUTO_JSON line = json_parse(text_of(row->line), NULL);
	json_t *entry = json_object();

	json_object_set_new(entry, "id", json_integer(row->id));
	json_object_set_new(entry, "began", json_real(row->began));
	json_object_set_new(entry, "seconds", json_real(row->seconds));
	json_object_set_new(entry, "command", json_text(text_of(row->command)));
	json_object_set(entry, "line", json_is_array(line) ? line : json_null());
	json_object_set_new(entry, "line_whole", json_boolean(row->line_whole));
	json_object_set_new(entry, "folder", json_text(text_of(row->folder)));
	json_object_set_new(entry, "question", json_text(text_of(row->question)));
	json_object_set_new(entry, "status", json_text(text_of(row->status)));
	json_object_set_new(entry, "exit", json_integer(row->exit_code));
	json_object_set_new(entry, "host", json_text(text_of(row->host)));
	json_object_set_new(entry, "kernel", json_text(text_of(row->kernel)));
	json_object_set_new(entry, "program", row->program[0] ? json_text(text_of(row->program)) : json_null());
	json_object_set_new(entry, "answer", row->answer[0] ? json_text(text_of(row->answer)) : json_null());
	json_object_set_new(entry, "model", row->model[0] ? json_text(text_of(row->model)) : json_null());
	json_object_set_new(entry, "input_tokens", row->input < 0 ? json_null() : json_integer(row->input));
	json_object_set_new(entry, "output_tokens", row->output < 0 ? json_null() : json_integer(row->output));
	json_object_set_new(entry, "cost", isnan(row->cost) ? json_null() : json_real(row->cost));
	return entry;
}

void history_line(const struct history_row *row, struct build *out)
{
	AUTO_JSON line = json_parse(text_of(row->line), NULL);
	const json_t *word;
	size_t i;

	build_fmt(out, "syswhy %s", row->command);
	json_array_foreach(line, i, word) {
		build_char(out, ' ');
		build_shell(out, json_string_value(word) ? json_string_value(word) : "");
	}
}

/* ---- listing ---- */

static void list_say(struct report *report, const struct history_list *found)
{
	json_t *rows = json_array();
	struct evidence_list list = { 0 };

	vec_each(row, &found->items) {
		AUTO_BUILD when = { 0 };
		AUTO_BUILD took = { 0 };

		when_say(row->began, &when);
		report_number(row->seconds, "s", &took);
		json_array_append_new(rows, json_pack("[I,o,s,o,o,o]", (json_int_t)row->id, json_text(build_text(&when)), row->command,
						      json_text(text_of(row->status)), json_text(build_text(&took)),
						      json_text(text_of(row->question))));
	}
	evidence_add(&list, EVIDENCE_TABLE, "what was asked, newest first",
		     json_pack("{s:[{s:s,s:b},{s:s},{s:s},{s:s},{s:s},{s:s}],s:o,s:I}", "columns", "name", "id", "key", 1, "name", "when",
			       "name", "command", "name", "status", "name", "took", "name", "question", "rows", rows, "total_rows",
			       (json_int_t)found->items.len + (json_int_t)found->more));
	report_show(report, list.items.at[0]);
	report_own(report, &list);
}

static int entries_list(struct asked *asked, struct error *err)
{
	const struct history_params *p = asked->params;
	struct report *report = asked->context->report;
	json_t *json = report_json(report), *entries;
	AUTO_HISTORY_LIST found = { 0 };
	AUTO_BUILD search = { 0 };
	double since = 0;
	size_t limit = p->limit > 0 ? (size_t)p->limit : LIST_MOST;

	for (size_t i = 0; i < p->search.len; i++)
		build_fmt(&search, "%s%s", i ? " " : "", p->search.at[i]);
	if (p->since && when_read(p->since, &since, err) < 0)
		return EXIT_USAGE;
	if (asked->history && history_find(asked->history, build_text(&search), since, limit, asked->arena, &found, err) < 0)
		return EXIT_FAILED;
	entries = json_array();
	vec_each(row, &found.items)
		json_array_append_new(entries, history_json(row));
	json_object_set_new(json, "search", json_text(build_text(&search)));
	json_object_set_new(json, "entries", entries);
	json_object_set_new(json, "more", json_integer((json_int_t)found.more));
	if (!found.items.len) {
		report_say(report, REPORT_PARAGRAPH, search.len || since > 0 ? "Nothing in the history matches. syswhy history lists all." :
			   "The history is empty: what syswhy trace, tool, explain and chat are asked is kept here, unless the configuration says no.");
		return search.len ? EXIT_FAILED : EXIT_DONE;
	}
	list_say(report, &found);
	if (found.more)
		report_say(report, REPORT_NOTE, "Shown %zu of %zu; -n shows more.", found.items.len, found.items.len + found.more);
	report_say(report, REPORT_PARAGRAPH, "Read one again with: syswhy history show %lld", found.items.at[0].id);
	return EXIT_DONE;
}

/* ---- showing ---- */

static int row_get(struct asked *asked, struct history_row *row, struct error *err)
{
	if (!asked->history) {
		fail(err, -ENOENT, "the history is empty");
		return -ENOENT;
	}
	return history_get(asked->history, asked->id, asked->arena, row, err);
}

static void usage_say(struct report *report, const struct history_row *row)
{
	AUTO_BUILD cost = { 0 };

	if (row->input < 0)
		return;
	if (!isnan(row->cost))
		build_fmt(&cost, ", US$ %.4f", row->cost);
	report_say(report, REPORT_PARAGRAPH, "Model %s: %ld tokens read, %ld written%s.", row->model[0] ? row->model : "not named", row->input,
		   row->output, cost.len ? cost.at : "");
}

static int entry_show(struct asked *asked, struct error *err)
{
	struct report *report = asked->context->report;
	json_t *json = report_json(report);
	struct history_row row;
	AUTO_BUILD line = { 0 };
	AUTO_BUILD when = { 0 };
	AUTO_JSON saved = NULL;
	const json_t *cut;

	if (row_get(asked, &row, err) < 0)
		return EXIT_FAILED;
	saved = record_read(&row, err);
	if (!saved)
		return EXIT_FAILED;
	history_line(&row, &line);
	when_say(row.began, &when);
	report_say(report, REPORT_HEADING, "%lld: %s", row.id, line.at);
	report_say(report, REPORT_PARAGRAPH, "Asked on %s on %s, Linux %s; took %.1f s, status %s, exit code %d.", when.at, row.host, row.kernel,
		   row.seconds, row.status, row.exit_code);
	if (record_say(saved, report, err) < 0)
		return EXIT_FAILED;
	if (row.program[0])
		report_say(report, REPORT_CODE, "%s", row.program);
	usage_say(report, &row);
	cut = json_object_get(saved, "cut");
	if (cut)
		report_say(report, REPORT_NOTE, "The report was too large to be kept whole: of each list the first %lld items are here.",
			   (long long)json_integer_value(cut));
	json_object_set_new(json, "entry", history_json(&row));
	json_object_set(json, "report", json_object_get(saved, "object"));
	return EXIT_DONE;
}

static int entry_again(struct asked *asked, struct error *err)
{
	struct history_row row;

	return row_get(asked, &row, err) < 0 ? EXIT_FAILED : history_again(asked->context, &row, err);
}

/* ---- deleting ---- */

static int everything_delete(struct asked *asked, size_t *count, struct error *err)
{
	AUTO_FREE char *path = history_path(), *lines = chat_lines_path();

	if (!asked->context->ask(asked->context->door, "Delete the whole history?")) {
		fail(err, -EPERM, "nothing was deleted: that wants a yes, or --yes");
		return EXIT_REFUSED;
	}
	/* The lines typed in chats, too. */
	if (lines && history_remove(lines, err) < 0)
		return EXIT_FAILED;
	if (asked->history && history_delete(asked->history, 0, 0, count, err) == 0)
		return EXIT_DONE;
	error_clear(err);
	return path && history_remove(path, err) < 0 ? EXIT_FAILED : EXIT_DONE;
}

static int entries_delete(struct asked *asked, struct error *err)
{
	const struct history_params *p = asked->params;
	struct report *report = asked->context->report;
	size_t count = 0;
	double before = 0;
	int code = EXIT_DONE;

	if ((asked->id >= 0) + (p->older != NULL) + p->all != 1) {
		fail(err, -EINVAL, "say what to delete: delete ID, delete --older-than 30d, or delete --all");
		return EXIT_USAGE;
	}
	if (p->older && when_read(p->older, &before, err) < 0)
		return EXIT_USAGE;
	if (p->all)
		code = everything_delete(asked, &count, err);
	else if (asked->history && history_delete(asked->history, asked->id > 0 ? asked->id : 0, before, &count, err) < 0)
		code = EXIT_FAILED;
	if (code != EXIT_DONE)
		return code;
	json_object_set_new(report_json(report), "deleted", json_integer((json_int_t)count));
	if (p->all && !count)
		report_say(report, REPORT_PARAGRAPH, "The history is empty now.");
	else
		report_say(report, REPORT_PARAGRAPH, "%zu %s deleted.", count, count == 1 ? "entry was" : "entries were");
	return EXIT_DONE;
}

/* ---- the verbs ---- */

static const struct verb {
	const char *name;
	int (*run)(struct asked *asked, struct error *err);
} verbs[] = {
	{ "show", entry_show },
	{ "again", entry_again },
	{ "delete", entries_delete },
};

/* "show 12", "show", "show last"; NULL: the words are a search, as "show each file" is. What can only be meant as an entry and is none fails. */
static const struct verb *verb_of(const struct param_words *words, long long *id, struct error *err)
{
	bool numbers = words->len > 2;
	long long number;

	for (size_t i = 1; i < words->len; i++)
		numbers &= text_number(text_of(words->at[i]), &number);
	for (size_t i = 0; numbers && i < COUNT(verbs); i++)
		if (strcmp(words->at[0], verbs[i].name) == 0)
			fail(err, -EINVAL, "one entry at a time: syswhy history %s %.40s", verbs[i].name, words->at[1]);
	*id = -1;
	for (size_t i = 0; words->len && words->len <= 2 && i < COUNT(verbs); i++) {
		if (strcmp(words->at[0], verbs[i].name) != 0)
			continue;
		if (words->len == 1 || (strcmp(words->at[1], "last") == 0 && verbs[i].run != entries_delete))
			return &verbs[i];
		if (text_number(text_of(words->at[1]), id) && *id > 0)
			return &verbs[i];
		*id = -1;
		fail(err, -EINVAL, "'%.60s' is no entry's number: 'syswhy history' lists them, and 'syswhy history %.60s %s' searches for both words",
		     words->at[1], words->at[1], verbs[i].name);
	}
	return NULL;
}

static int run(struct context *context, const void *values, struct error *err)
{
	const struct history_params *p = values;
	AUTO_ARENA arena = arena_new();
	AUTO_HISTORY history = NULL;
	struct asked asked = { .context = context, .params = p, .arena = arena };
	const struct verb *verb = verb_of(&p->search, &asked.id, err);
	struct error why = { 0 };

	if (err->code)
		return EXIT_USAGE;
	if ((p->older || p->all) && (!verb || verb->run != entries_delete)) {
		fail(err, -EINVAL, "--%s goes with delete: syswhy history delete --%s", p->older ? "older-than TIME" : "all",
		     p->older ? "older-than 30d" : "all");
		return EXIT_USAGE;
	}
	history = history_open(NULL, data_folder(), true, &why);
	asked.history = history;
	if (!history && why.code != -ENOENT && !p->all) {
		fail(err, why.code, "%s", why.text);
		return EXIT_FAILED;
	}
	if (!verb)
		return entries_list(&asked, err);
	if (verb->run != entries_delete && asked.id < 0)
		asked.id = 0; /* the newest */
	return verb->run(&asked, err);
}

const struct command command_history = {
	.name = "history",
	.summary = "List what was asked here before, show it again, run it again and compare",
	.details = "What trace, tool, explain and chat were asked is kept on this machine: the question, the program, the evidence, the "
		   "answer, and what a model used; of a chat all that was said. Secrets are replaced before anything is written. The file is $SYSWHY_HISTORY, or syswhy/history.db below "
		   "$XDG_STATE_HOME (~/.local/state); only its owner can read it, and what root does under sudo goes into the history of the "
		   "person who ran sudo.\n\n"
		   "SEARCH finds entries that hold all of its words, in the question, the answer, the program or the evidence. 'show' prints the "
		   "whole report of an entry again. 'again' runs the same command line and lays both results side by side. Both take the "
		   "newest entry when no ID is given. 'delete' removes for good.\n\n"
		   "Entries are kept for 90 days, and at most 64 MiB: the oldest go first. 'history-days = N' and 'history-size = MIB' in the "
		   "configuration change that (0: no limit); 'history = no', SYSWHY_NO_HISTORY=1 or --no-history keep nothing.",
	.examples = "syswhy history  # the newest, one a line\n"
		    "syswhy history page faults --since 7d  # of the last week, by words\n"
		    "syswhy history show 12  # the whole report again\n"
		    "syswhy history again 12  # run it again: what changed, what is new, what is gone\n"
		    "syswhy history delete --older-than 30d  # forget what is old",
	.flags = COMMAND_ALTERS,
	.params = params,
	.params_size = sizeof(struct history_params),
	.run = run,
};
