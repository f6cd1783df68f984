/* Loading libedit. */
#include "commands/editor.h"
#include <dlfcn.h>
#include <stdbool.h>

const struct editor_table *editor_load(struct error *err)
{
	static struct editor_table table;
	static bool loaded;
	struct editor_table found = { 0 };
	void *library = loaded ? NULL : dlopen("libedit.so.2", RTLD_NOW | RTLD_LOCAL);

	if (loaded)
		return &table;
	if (!library) {
		fail(err, -ENOENT, "libedit is not installed: lines cannot be edited (Debian: libedit2)");
		return NULL;
	}
#define X(name)                                                                            \
	*(void **)&found.name = dlsym(library, #name);                                     \
	if (!found.name) {                                                                 \
		fail(err, -ENOSYS, "the installed libedit is too old: it has no " #name);  \
		dlclose(library);                                                          \
		return NULL;                                                               \
	}
	EDITOR_FUNCTIONS(X)
#undef X
	table = found;
	loaded = true;
	return &table;
}
