/* What the files of the history share: the open database. */
#pragma once
#include "base/owner.h"
#include "knowledge/history.h"
#include "knowledge/sqlite.h"
#include "knowledge/terms.h"

struct history {
	sqlite3 *db;
	struct terms *terms;
	char *path;
	bool read;
};

/* The sentence for what SQLite says. */
int history_failed(const struct history *history, const char *doing, struct error *err);
int history_execute(struct history *history, const char *sql, struct error *err);
