/* `syswhy trace --vocabulary-check`. */
#pragma once
#include "commands/command.h"

/* Reads the vocabulary and the data beside it that a question may come to need, and reports every mistake of the one and each
 * file's first of the other, with file and line. Gives an exit code. */
int vocabulary_check(struct context *context, struct error *err);
