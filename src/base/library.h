/* Libraries that are loaded when they are first needed: a program that does without them needs none of them installed. */
#pragma once
#include "base/error.h"

/* The first of the names that is here. NULL: `missing` is the error, which says what cannot be done without it. */
void *library_open(const char *const *names, size_t count, const char *missing, struct error *err);
/* Puts the address of the function into `function`. Where there is none the library is closed, and the error says
 * that what is called `what` is too old. */
int library_function(void *library, const char *what, const char *name, void **function, struct error *err);
