/* Loading libcurl. It is never unloaded: its TLS library keeps state. */
#include "llm/curl.h"
#include <dlfcn.h>
#include <stdbool.h>

const struct curl_table *curl_load(struct error *err)
{
	static const char *const names[] = { "libcurl.so.4", "libcurl-gnutls.so.4", "libcurl-nss.so.4" };
	static struct curl_table table;
	static bool loaded;
	struct curl_table found = { 0 };
	void *library = NULL;

	if (loaded)
		return &table;
	for (size_t i = 0; i < COUNT(names) && !library; i++)
		library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
	if (!library) {
		fail(err, -ENOENT, "libcurl is not installed, and no model can be asked without it (Debian: libcurl4)");
		return NULL;
	}
#define X(name)                                                                                    \
	*(void **)&found.name = dlsym(library, "curl_" #name);                                     \
	if (!found.name) {                                                                         \
		fail(err, -ENOSYS, "the installed libcurl is too old: it has no curl_" #name);     \
		dlclose(library);                                                                  \
		return NULL;                                                                       \
	}
	CURL_FUNCTIONS(X)
#undef X
	if (found.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		fail(err, -EIO, "libcurl could not be set up");
		return NULL;
	}
	table = found;
	loaded = true;
	return &table;
}
