/* Vectorscan, loaded when it is first used. */
#include "redact/vector.h"
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

/* Vectorscan 5.4.9 (of Debian 12) misses most of what it should find when it runs on AVX-512. It holds the same functions for
 * each kind of processor, under names of their own: those for AVX2 are right. */
static void *function(void *library, const char *name, bool avx2)
{
	char full[64];
	void *found = NULL;

	snprintf(full, sizeof(full), "avx2_hs_%s", name);
	if (avx2)
		found = dlsym(library, full);
	return found ? found : dlsym(library, full + strlen("avx2_"));
}

static bool vector_resolve(struct vector *vector)
{
	const struct {
		const char *name;
		void *at;
	} functions[] = {
		{ "version", &vector->version },
		{ "valid_platform", &vector->valid_platform },
		{ "compile_multi", &vector->compile_multi },
		{ "free_compile_error", &vector->free_compile_error },
		{ "free_database", &vector->free_database },
		{ "serialize_database", &vector->serialize_database },
		{ "deserialize_database", &vector->deserialize_database },
		{ "alloc_scratch", &vector->alloc_scratch },
		{ "free_scratch", &vector->free_scratch },
		{ "scan", &vector->scan },
	};
	void *library = dlopen("libhs.so.5", RTLD_NOW | RTLD_LOCAL);

	if (!library)
		return false;
#if defined(__x86_64__)
	vector->avx2 = __builtin_cpu_supports("avx2") && dlsym(library, "avx2_hs_scan");
#endif
	vector->platform.cpu_features = vector->avx2 ? HS_CPU_FEATURES_AVX2 : 0;
	for (size_t i = 0; i < COUNT(functions); i++) {
		void *found = function(library, functions[i].name, vector->avx2);

		if (!found)
			return false;
		memcpy(functions[i].at, &found, sizeof(found));
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
