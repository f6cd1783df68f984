/* Loading libedit. */
#include "commands/editor.h"
#include <stdbool.h>
#include "base/library.h"

const struct editor_table *editor_load(struct error *err)
{
	static const char *const names[] = { "libedit.so.2" };
	static struct editor_table table;
	static bool loaded;
	struct editor_table found = { 0 };
	void *library;

	if (loaded)
		return &table;
	library = library_open(names, COUNT(names), "libedit is not installed: lines cannot be edited (Debian: libedit2)", err);
	if (!library)
		return NULL;
#define X(name)                                                                            \
	if (library_function(library, "libedit", #name, (void **)&found.name, err) < 0)    \
		return NULL;
	EDITOR_FUNCTIONS(X)
#undef X
	table = found;
	loaded = true;
	return &table;
}
