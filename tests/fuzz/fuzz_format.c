/* Fuzzes the reader of tracepoint formats; a NUL byte splits the input into a format and BTF bytes. */
#include <stdint.h>
#include "kernel/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA arena = arena_new();
	const uint8_t *split = size ? memchr(data, '\0', size) : NULL;
	struct text format = { (const char *)data, split ? (size_t)(split - data) : size };
	AUTO_FREE char *types = split ? text_copy((struct text){ (const char *)split + 1, size - format.len - 1 }) : NULL;
	struct btf_view *btf = types ? btf_view_new(types, size - format.len - 1) : NULL;
	AUTO_BUILD names = { .ceiling = 1 << 20 };
	const struct field *fields;
	size_t count;

	format_parse(format, btf, arena, &fields, &count);
	for (size_t i = 0; i < count; i++)
		if (!fields[i].name[0] || !fields[i].type[0] || fields[i].length > fields[i].size)
			abort();
	if (btf)
		btf_view_has(btf, "task_struct", "signal.group");
	btf_view_free(btf);
	functions_parse(format, true, &names);
	functions_parse(format, false, &names);
	return 0;
}
