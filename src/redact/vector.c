/* Vectorscan, loaded when it is first used. */
#include "redact/vector.h"
#include <dlfcn.h>

static bool vector_resolve(struct vector *vector)
{
	const struct {
		const char *name;
		void *at;
	} functions[] = {
		{ "hs_version", &vector->version },
		{ "hs_valid_platform", &vector->valid_platform },
		{ "hs_compile_multi", &vector->compile_multi },
		{ "hs_free_compile_error", &vector->free_compile_error },
		{ "hs_free_database", &vector->free_database },
		{ "hs_serialize_database", &vector->serialize_database },
		{ "hs_deserialize_database", &vector->deserialize_database },
		{ "hs_alloc_scratch", &vector->alloc_scratch },
		{ "hs_free_scratch", &vector->free_scratch },
		{ "hs_scan", &vector->scan },
	};
	void *library = dlopen("libhs.so.5", RTLD_NOW | RTLD_LOCAL);

	if (!library)
		return false;
	for (size_t i = 0; i < COUNT(functions); i++) {
		void *function = dlsym(library, functions[i].name);

		if (!function)
			return false;
		memcpy(functions[i].at, &function, sizeof(function));
	}
	return vector->valid_platform() == HS_SUCCESS;
}

const struct vector *vector_load(void)
{
	static struct vector vector;
	static enum { UNTRIED, LOADED, ABSENT } state;

	if (state == UNTRIED)
		state = vector_resolve(&vector) ? LOADED : ABSENT;
	return state == LOADED ? &vector : NULL;
}
