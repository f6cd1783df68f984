/* Loading SQLite. */
#include "knowledge/sqlite.h"
#include "base/library.h"

struct sqlite_table sqlite;

int sqlite_load(struct error *err)
{
	static const char *const names[] = { "libsqlite3.so.0" };
	struct sqlite_table found = { 0 };
	void *library;
	int code = 0;

	if (sqlite.step)
		return 0;
	library = library_open(names, COUNT(names), "SQLite is not installed, and nothing can be kept or looked up without it "
			       "(Debian: libsqlite3-0)", err);
	if (!library)
		return -ENOENT;
#define X(name)                                                                                                            \
	if (code == 0)                                                                                                     \
		code = library_function(library, "SQLite", "sqlite3_" #name, (void **)&found.name, err);
	SQLITE_FUNCTIONS(X)
#undef X
	if (code == 0)
		sqlite = found;
	return code;
}
