/* SQLite, loaded when something that is kept in it is first opened: most runs open nothing, and loading it with the
 * program takes a fifth of what planning a question does. */
#pragma once
#include <sqlite3.h>
#include "base/error.h"

#define SQLITE_FUNCTIONS(X)                                                                                                \
	X(bind_blob) X(bind_double) X(bind_int) X(bind_int64) X(bind_null) X(bind_text) X(busy_timeout) X(changes)         \
	X(close) X(column_blob) X(column_bytes) X(column_double) X(column_int) X(column_int64) X(column_text)              \
	X(column_type) X(errcode) X(errmsg) X(exec) X(finalize) X(last_insert_rowid) X(open_v2) X(prepare_v2) X(reset)     \
	X(sleep) X(step)

struct sqlite_table {
#define X(name) typeof(sqlite3_##name) *name;
	SQLITE_FUNCTIONS(X)
#undef X
};
extern struct sqlite_table sqlite; /* empty until it is loaded, which opening a database has to begin with */

int sqlite_load(struct error *err);
/* Of what was opened, which may be NULL. */
static inline void sqlite_close(sqlite3 *db)
{
	if (db)
		sqlite.close(db);
}
static inline void drop_statement(sqlite3_stmt **statement)
{
	if (*statement)
		sqlite.finalize(*statement);
}
#define AUTO_STATEMENT AUTO(drop_statement) sqlite3_stmt *
