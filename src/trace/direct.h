/* Between the files that make a subject for what a question names by itself. */
#pragma once
#include "trace/planner.h"

/* A subject with one way of this kind, in the plan's arena; gives the way, to be filled. */
struct way *way_make(struct wish *wish, const char *name, const char *what, enum way_kind kind,
		     struct subject **subject);
void probes_set(struct wish *wish, struct way *way, const char **names, size_t count);
void keys_set(struct wish *wish, struct subject *subject, const char *key);
/* A way of the vocabulary that watches this system call among others: it knows what its arguments mean. NULL: none. */
const struct way *syscall_way(const struct vocabulary *vocabulary, const char *name);
/* Lets a made way have the roles that the vocabulary gives to a known one (NULL: none). */
void roles_borrow(struct wish *wish, struct way *way, const struct way *known);

/* direct_function.c: functions of programs and of the kernel, and static probes; NULL: none is named. */
const struct subject *function_known(struct wish *wish);
const struct subject *function_named(struct wish *wish, struct build *why);
const struct subject *kernel_function_named(struct wish *wish, struct build *why);
