/* What the failure of a program means, by its words: data/bpftrace/failures, whose head describes the format, and the same
 * for C in data/libbpf/failures. */
#pragma once
#include "base/error.h"
#include "base/text.h"

/* Appends the class of a failure ("type", "verifier" …) and what to do about it; each may be NULL. "other" where the data
 * knows none. `tool`: "bpftrace" or "libbpf". -EINVAL names file and line of a mistake in the data. */
int failure_class(const char *data, const char *tool, const char *stage, struct text words, struct build *class, struct build *means,
		  struct error *err);
