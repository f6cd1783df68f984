/* The static policy: what no traced program may do, whoever wrote it. It reads the program's tokens, not
 * its text, so a word in a string or a comment is nothing. */
#pragma once
#include "base/error.h"
#include "base/text.h"

/* 0, or -EACCES with the sentence that names the call or probe, its line, and why it is refused. */
int policy_check(struct text program, struct error *err);
/* The same for a program that prints at every firing of a probe that fires all the time, unless a filter or a condition
 * narrows it down, or it ends at once. */
int policy_flood(struct text program, struct error *err);
/* Whether this probe, or one that its wildcard fits, fires all the time on a busy machine. */
bool policy_hot(const char *probe);
/* What a call that no program may make would do ("runs a command as root"); NULL for all others. */
const char *policy_call(struct text name);
