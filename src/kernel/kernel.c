/* The handle of a kernel: made empty, filled by the files beside this one. */
#include "kernel/internal.h"

struct kernel *kernel_new(void)
{
	struct kernel *kernel = calloc(1, sizeof(*kernel));

	if (!kernel)
		abort();
	kernel->arena = arena_new();
	return kernel;
}

void kernel_free(struct kernel *kernel)
{
	if (!kernel)
		return;
	vec_done(&kernel->all);
	vec_done(&kernel->asked);
	btf_view_free(kernel->btf);
	kept_done(&kernel->functions_kept);
	free(kernel->functions_read);
	free(kernel->tracefs);
	arena_free(kernel->arena);
	free(kernel);
}
