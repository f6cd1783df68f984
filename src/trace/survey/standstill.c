/* Where threads stand, read twice: before a watch and after it. */
#include "trace/survey/standstill.h"
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include "base/file.h"

/* ---- reading ---- */

/* "12 (name) S …": the name may hold anything, so its end is the last ")". */
static bool stat_read(struct stand *stand)
{
	AUTO_BUILD content = { 0 };
	char path[64];
	const char *open, *close;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/stat", stand->pid, stand->tid);
	if (file_read(path, 1024, &content, NULL) < 0)
		return false;
	open = strchr(content.at, '(');
	close = strrchr(content.at, ')');
	if (!open || !close || close < open || close[1] != ' ' || !close[2])
		return false;
	snprintf(stand->name, sizeof(stand->name), "%.*s", (int)(close - open - 1), open + 1);
	stand->state = close[2];
	return true;
}

static void switches_read(struct stand *stand)
{
	AUTO_BUILD content = { 0 };
	char path[64];
	struct text rest, line;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/status", stand->pid, stand->tid);
	if (file_read(path, 8192, &content, NULL) < 0)
		return;
	rest = build_text(&content);
	while (text_line(&rest, &line)) {
		struct text name;
		long long number;

		if (text_next(&line, ':', &name) && text_ends(name, "ctxt_switches") && text_number(text_trim(line), &number))
			stand->switches += (unsigned long long)number;
	}
}

/* "0 0x3 0x7ffd… …": the call's number and its arguments; "running", or -1 outside of calls. */
static void call_read(struct stand *stand)
{
	AUTO_BUILD content = { 0 };
	char path[64];
	struct text rest, word;
	long long number;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/syscall", stand->pid, stand->tid);
	if (file_read(path, 512, &content, NULL) < 0)
		return;
	rest = build_text(&content);
	if (!text_word(&rest, &word) || !text_number(word, &number) || number < 0)
		return;
	stand->call = syscall_name((long)number);
	for (size_t i = 0; i < COUNT(stand->arguments) && text_word(&rest, &word); i++)
		stand->arguments[i] = strtoull(word.at, NULL, 16);
}

static void process_look(struct standstill *standstill, pid_t pid)
{
	char path[64];
	struct dirent *entry;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	AUTO_DIR tasks = opendir(path);

	while (tasks && standstill->count < STANDSTILL_MOST && (entry = readdir(tasks))) {
		struct stand *stand = &standstill->threads[standstill->count];

		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		*stand = (struct stand){ .pid = pid, .tid = (pid_t)strtol(entry->d_name, NULL, 10) };
		if (!stat_read(stand))
			continue;
		switches_read(stand);
		call_read(stand);
		standstill->count++;
	}
}

void standstill_begin(struct standstill *standstill, const pid_t *pids, size_t count)
{
	standstill->count = 0;
	for (size_t i = 0; i < count; i++)
		process_look(standstill, pids[i]);
}

void standstill_end(struct standstill *standstill, const pid_t *pids, size_t count)
{
	struct standstill before = *standstill;

	standstill_begin(standstill, pids, count);
	for (size_t i = 0; i < standstill->count; i++) {
		struct stand *now = &standstill->threads[i];

		for (size_t k = 0; k < before.count; k++)
			now->still |= before.threads[k].tid == now->tid && before.threads[k].switches == now->switches && now->state != 'R';
	}
}

/* ---- telling ---- */

static const char *state_name(char state)
{
	switch (state) {
	case 'R':
		return "runs";
	case 'S':
		return "waits";
	case 'D':
		return "waits, and cannot be interrupted";
	case 'T':
		return "is stopped by a signal";
	case 't':
		return "is stopped by a debugger";
	case 'Z':
		return "has ended, and its parent has not asked for it";
	case 'I':
		return "is idle";
	default:
		return "is of an unknown state";
	}
}

struct evidence *standstill_evidence(const struct standstill *standstill, const char *title, struct evidence_list *list)
{
	static const char *const columns[] = { "thread", "tid", "state", "ran", "in", "on" };
	json_t *data, *rows, *named;

	if (standstill->count == 0)
		return NULL;
	data = json_object();
	rows = json_array();
	named = json_array();
	for (size_t i = 0; i < COUNT(columns); i++)
		json_array_append_new(named, evidence_column(columns[i], NULL, i < 2));
	for (size_t i = 0; i < standstill->count; i++) {
		const struct stand *stand = &standstill->threads[i];
		AUTO_BUILD name = { 0 };
		json_t *row = json_array();

		build_safe(&name, text_of(stand->name), false);
		json_array_append_new(row, json_text(build_text(&name)));
		json_array_append_new(row, json_integer(stand->tid));
		json_array_append_new(row, json_string(state_name(stand->state)));
		json_array_append_new(row, json_string(stand->still ? "no" : "yes"));
		json_array_append_new(row, json_string(stand->call ? stand->call : ""));
		json_array_append_new(row, json_text(text_of(stand->on)));
		json_array_append_new(rows, row);
	}
	json_object_set_new(data, "columns", named);
	json_object_set_new(data, "rows", rows);
	return evidence_add(list, EVIDENCE_TABLE, title, data);
}

/* Of those that did not run the most telling one: that cannot go on, that somebody keeps waiting, the process's first. */
static const struct stand *most_telling(const struct standstill *standstill)
{
	const struct stand *best = NULL;
	int most = -1;

	for (size_t i = 0; i < standstill->count; i++) {
		const struct stand *stand = &standstill->threads[i];
		int telling = stand->tid == stand->pid;

		if (!stand->still)
			continue;
		if (strchr("DTt", stand->state))
			telling += 4;
		else if (stand->kept)
			telling += 2;
		if (telling > most) {
			most = telling;
			best = stand;
		}
	}
	return best;
}

void standstill_say(const struct standstill *standstill, struct build *out, pid_t *keeper)
{
	const struct stand *first = most_telling(standstill);
	size_t still = 0;

	*keeper = 0;
	for (size_t i = 0; i < standstill->count; i++)
		still += standstill->threads[i].still;
	if (!first)
		return;
	if (standstill->count == 1)
		build_put(out, "It did not run at all: ");
	else if (still == standstill->count)
		build_fmt(out, "None of its %zu threads ran: ", still);
	else
		build_fmt(out, "%zu of its %zu threads did not run: ", still, standstill->count);
	build_safe(out, text_of(first->name), false);
	build_fmt(out, " (%s %d) %s", first->tid == first->pid ? "pid" : "thread", first->tid, state_name(first->state));
	if (first->state == 'T')
		build_fmt(out, "; \"kill -CONT %d\" lets it go on", first->pid);
	if (first->state != 'S' && first->state != 'D')
		return;
	if (first->call)
		build_fmt(out, " in %s", first->call);
	*keeper = first->keeper;
	if (first->on[0])
		build_fmt(out, ", on %s", first->on);
}
