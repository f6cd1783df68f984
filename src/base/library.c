/* Loading libraries and finding their functions. */
#include "base/library.h"
#include <dlfcn.h>
#include <errno.h>

void *library_open(const char *const *names, size_t count, const char *missing, struct error *err)
{
	void *library = NULL;

	for (size_t i = 0; i < count && !library; i++)
		library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
	if (!library)
		fail(err, -ENOENT, "%s", missing);
	return library;
}

int library_function(void *library, const char *what, const char *name, void **function, struct error *err)
{
	*function = dlsym(library, name);
	if (*function)
		return 0;
	dlclose(library);
	return fail(err, -ENOSYS, "the installed %s is too old: it has no %s", what, name);
}
