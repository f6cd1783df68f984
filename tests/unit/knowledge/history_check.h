/* What the tests of the history share: a folder of their own, and adding entries in one line. */
#pragma once
#include "tests/check.h"
#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include "base/file.h"
#include "knowledge/history.h"

static char folder[] = "/tmp/syswhy-history-XXXXXX";
static char path[64];
static struct redactor *redactor;
static const struct history_limits none = { 0 };

static int begin(void **state)
{
	struct redact_options options = { .portable = true };

	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/state/history.db", folder);
	redactor = redactor_new(&options, NULL);
	return redactor ? 0 : -1;
}

static int end(void **state)
{
	AUTO_BUILD command = { 0 };

	(void)state;
	redactor_free(redactor);
	build_fmt(&command, "rm -r %s", folder);
	return system(command.at);
}

static struct history *open_history(void)
{
	struct error err = { 0 };
	struct history *history = history_open(path, data_folder(), false, &err);

	if (!history)
		fail_msg("%s", err.text);
	return history;
}

/* Each test begins with none. */
static int fresh(void **state)
{
	(void)state;
	return history_remove(path, NULL);
}

struct given {
	const char *question, *program, *answer, *cells, *status;
	double began;
	long long place; /* the entry that it takes the place of */
	bool unseen, cut_program;
	size_t saved; /* bytes of its report */
};

static int try_add(struct history *history, const struct given *given, const struct history_limits *limits, long long *id,
		   struct error *err)
{
	struct build texts[6] = { { 0 }, { 0 }, { 0 }, { 0 }, { 0 }, { 0 } };
	struct history_entry entry = { .command = CLEAN("trace"), .line = CLEAN("[\"-x\"]"), .folder = CLEAN("/tmp"), .host = CLEAN("here"),
				       .kernel = CLEAN("6.1"), .began = given->began, .seconds = 1.5, .exit_code = 1, .seen = !given->unseen,
				       .line_whole = true, .program_whole = !given->cut_program, .input = 7, .output = -1, .cost = 0.25 };
	struct clean *const into[] = { &entry.question, &entry.program, &entry.answer, &entry.cells, &entry.status, &entry.saved };
	const char *const from[] = { given->question, given->program, given->answer, given->cells, given->status ? given->status : "ok" };
	int code;

	*id = given->place;
	for (size_t i = 0; i < COUNT(from); i++)
		assert_int_equal(redact_clean(redactor, text_of(from[i]), &texts[i], into[i], NULL), 0);
	for (size_t i = 0; i < given->saved; i++)
		build_char(&texts[5], (char)('a' + (i * 7919 + i / 26) % 26));
	assert_int_equal(redact_clean(redactor, build_text(&texts[5]), &texts[4], into[5], NULL), 0);
	entry.status = CLEAN("ok");
	if (given->status)
		entry.status = CLEAN("no_events");
	code = history_add(history, &entry, limits, id, err);
	for (size_t i = 0; i < COUNT(texts); i++)
		build_done(&texts[i]);
	return code;
}

static long long add(struct history *history, struct given given)
{
	struct error err = { 0 };
	long long id;

	if (given.began == 0)
		given.began = (double)time(NULL);
	if (try_add(history, &given, &none, &id, &err) < 0)
		fail_msg("%s", err.text);
	return id;
}
