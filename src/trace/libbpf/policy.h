/* The static policy on C that someone else wrote for a libbpf program: what it may include, call and be attached to. It reads
 * tokens, and lets through what is known to only watch; what it does not know, it refuses. */
#pragma once
#include "base/error.h"
#include "base/text.h"

/* 0, or -EACCES with a sentence that names the line, and why. `name`: of the program, whose header may be included. */
int libbpf_policy_kernel(struct text source, const char *name, struct error *err);
int libbpf_policy_user(struct text source, const char *name, struct error *err);
/* A helper of the kernel by its number (enum bpf_func_id): whether it only reads or hands out what was read. */
bool libbpf_helper_reads(unsigned id);
