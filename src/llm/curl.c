/* Loading libcurl. It is never unloaded: its TLS library keeps state. */
#include "llm/curl.h"
#include <stdbool.h>
#include "base/library.h"

const struct curl_table *curl_load(struct error *err)
{
	static const char *const names[] = { "libcurl.so.4", "libcurl-gnutls.so.4", "libcurl-nss.so.4" };
	static struct curl_table table;
	static bool loaded;
	struct curl_table found = { 0 };
	void *library;

	if (loaded)
		return &table;
	library = library_open(names, COUNT(names), "libcurl is not installed, and no model can be asked without it (Debian: libcurl4)", err);
	if (!library)
		return NULL;
#define X(name)                                                                                    \
	if (library_function(library, "libcurl", "curl_" #name, (void **)&found.name, err) < 0)    \
		return NULL;
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
