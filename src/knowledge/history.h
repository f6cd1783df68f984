/* History: what was asked on this machine and what came of it, in an SQLite file that its owner alone can read
 * (0600), found again by words (FTS5). Only text that redact/ has cleaned can be put in. Processes may use it at
 * once (WAL; 3 s of waiting at most). What root does in a person's history under sudo is done as that person. */
#pragma once
#include "base/arena.h"
#include "base/error.h"
#include "base/vec.h"
#include "redact/redact.h"

enum {
	HISTORY_DAYS = 90,	       /* an entry is kept, unless told otherwise */
	HISTORY_MIB = 64,	       /* of the file; the oldest go first */
	HISTORY_SAVED = 2 << 20,       /* bytes of one saved report: the caller makes it smaller */
};

struct history;
struct history_limits {
	double days; /* 0: no limit */
	double mib;  /* 0: no limit */
};
/* `path`: of the file, made with its folder (0700) when missing; NULL: $SYSWHY_HISTORY, or history.db in
 * state_folder(). `read`: nothing is made, and -ENOENT when there is none. `data` is data_folder(). A damaged file,
 * one of another user and one of a newer syswhy are errors. */
struct history *history_open(const char *path, const char *data, bool read, struct error *err);
void history_close(struct history *history);
static inline void drop_history(struct history **history)
{
	history_close(*history);
}
#define AUTO_HISTORY AUTO(drop_history) struct history *
/* Where it is; NULL when there is no such place. New string. */
char *history_path(void);

/* What goes in: cleaned text and numbers. Empty texts are kept as "". */
struct history_entry {
	struct clean command;  /* "trace" */
	struct clean line;     /* its argument words: a JSON array of strings */
	struct clean folder;   /* where it ran */
	struct clean question;
	struct clean host, kernel, status, program, answer, model;
	struct clean saved;    /* JSON: the whole report, see report_save() */
	struct clean cells;    /* more words to find it by: those of its evidence */
	double began, seconds; /* Unix time; how long it took */
	int exit_code;
	bool seen;	       /* there is evidence */
	bool line_whole, program_whole; /* nothing in them had to be cleaned away: they can be run again */
	long input, output;    /* tokens; -1: no model */
	double cost;	       /* US dollars; NAN: not known */
};
/* Adds it, gives its number, and drops what is older or more than the limits allow. `*id` other than 0: it takes the place and
 * the number of that entry. Without effect on failure. */
int history_add(struct history *history, const struct history_entry *entry, const struct history_limits *limits,
		long long *id, struct error *err);

/* What comes out. Strings live in the arena that was given; none is NULL. */
struct history_row {
	long long id;
	const char *command, *line, *folder, *question, *host, *kernel, *status, *program, *answer, *model;
	const char *saved; /* only of history_get(); else "" */
	double began, seconds, cost;
	long input, output;
	int exit_code;
	bool seen, line_whole, program_whole;
};
struct history_list {
	VEC(struct history_row) items; /* newest first */
	size_t more;
};
static inline void drop_history_list(struct history_list *list)
{
	vec_done(&list->items);
}
#define AUTO_HISTORY_LIST AUTO(drop_history_list) struct history_list

/* Entries that began at `since` (Unix time) or later and hold every word of `search` (folded, synonyms known, the
 * beginning of a word is enough); all when it is empty. */
int history_find(struct history *history, struct text search, double since, size_t limit, struct arena *arena,
		 struct history_list *list, struct error *err);
/* The newest of a command. */
int history_last(struct history *history, const char *command, struct arena *arena, struct history_row *row, struct error *err);
/* -ENOENT: there is no such entry. `id` 0: the newest. */
int history_get(struct history *history, long long id, struct arena *arena, struct history_row *row, struct error *err);
/* Deletes for good (overwritten, and the file made smaller): the entry `id`, or those that began before `before`, or,
 * with both 0, all of them. Gives how many. */
int history_delete(struct history *history, long long id, double before, size_t *count, struct error *err);
/* Removes the files, also damaged ones that cannot be opened. */
int history_remove(const char *path, struct error *err);

/* Past questions whose program answered and is whole, nearest first: `score` is how much of the telling words of
 * both questions are the same, a third to 1. Each question once. */
struct history_past {
	long long id;
	const char *question, *program, *line;
	double began, score;
};
int history_past(struct history *history, struct text question, size_t limit, struct arena *arena,
		 struct history_past *found, size_t *count, struct error *err);
/* All of them, the newest first, without a score. */
int history_answered(struct history *history, size_t limit, struct arena *arena, struct history_past *found, size_t *count,
		     struct error *err);
