/* What the files of the history share: the open database. */
#pragma once
#include <sqlite3.h>
#include "base/owner.h"
#include "knowledge/history.h"
#include "knowledge/terms.h"

struct history {
	sqlite3 *db;
	struct terms *terms;
	char *path;
	bool read;
};
static inline void drop_statement(sqlite3_stmt **statement)
{
	sqlite3_finalize(*statement);
}
#define AUTO_STATEMENT AUTO(drop_statement) sqlite3_stmt *

/* The sentence for what SQLite says. */
int history_failed(const struct history *history, const char *doing, struct error *err);
int history_execute(struct history *history, const char *sql, struct error *err);
