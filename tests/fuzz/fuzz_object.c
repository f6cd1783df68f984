/* Fuzzes the reader of programs and libraries: symbols, USDT notes, packed symbol tables. */
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include "kernel/object.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FD file = memfd_create("object", MFD_CLOEXEC);
	const char *nearest[3];
	struct error err = { 0 };
	char path[64];
	size_t count;

	if (file < 0 || write(file, data, size) != (ssize_t)size)
		return 0;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
	AUTO_OBJECT object = object_open(path, &err);
	if (!object) {
		if (!err.text[0])
			abort();
		return 0;
	}
	const struct symbol *functions = object_functions(object, &count);
	for (size_t i = 0; i < count; i++)
		if (!functions[i].name[0] || object_function(object, functions[i].name) != &functions[i])
			abort();
	object_nearest(object, "malloc", nearest, 3);
	object_usdt(object, &count);
	return 0;
}
