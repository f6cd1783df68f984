/* Fuzzes what reads C of a model, and what reads bpftrace before it becomes C: every refusal has a reason. */
#include <stdint.h>
#include "trace/libbpf/parts.h"
#include "trace/libbpf/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text source = { (const char *)data, size };
	struct error kernel = { 0 }, user = { 0 }, parsed = { 0 };
	AUTO_ARENA arena = arena_new();
	block_list blocks = { 0 };

	if (libbpf_policy_kernel(source, "fuzz", &kernel) < 0 && !kernel.text[0])
		abort();
	if (libbpf_policy_user(source, "fuzz", &user) < 0 && !user.text[0])
		abort();
	if (blocks_parse(source, arena, &blocks, &parsed) < 0 && !parsed.text[0])
		abort();
	blocks_done(&blocks);
	return 0;
}
