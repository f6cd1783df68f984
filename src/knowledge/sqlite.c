/* Loading SQLite. */
#include "knowledge/sqlite.h"
#include <dlfcn.h>

struct sqlite_table sqlite;

int sqlite_load(struct error *err)
{
	struct sqlite_table found = { 0 };
	void *library = sqlite.step ? NULL : dlopen("libsqlite3.so.0", RTLD_NOW | RTLD_LOCAL);

	if (sqlite.step)
		return 0;
	if (!library)
		return fail(err, -ENOENT, "SQLite is not installed, and nothing can be kept or looked up without it (Debian: libsqlite3-0)");
#define X(name)                                                                                               \
	*(void **)&found.name = dlsym(library, "sqlite3_" #name);                                             \
	if (!found.name) {                                                                                    \
		dlclose(library);                                                                             \
		return fail(err, -ENOSYS, "the installed SQLite is too old: it has no sqlite3_" #name);       \
	}
	SQLITE_FUNCTIONS(X)
#undef X
	sqlite = found;
	return 0;
}
