/* Fuzzes the static policy and the rewriting for newer versions: a program that is refused stays so when it
 * is rewritten, and what is refused has a reason. */
#include <stdint.h>
#include "trace/write/dialect.h"
#include "trace/script/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text program = { (const char *)data, size };
	struct dialect newest = { .version = 26, .dot = true, .fentry = true };
	struct error err = { 0 };
	AUTO_BUILD rewritten = { 0 };
	int code = policy_check(program, &err);

	if (code != 0 && (code > 0 || !err.text[0]))
		abort();
	dialect_rewrite(&newest, program, &rewritten);
	/* The rewritten text is only longer by what "fentry" is longer than "kfunc". */
	if (rewritten.len > size + size / 5 + 1)
		abort();
	if (code == -EACCES && policy_check(build_text(&rewritten), NULL) == 0)
		abort();
	return 0;
}
