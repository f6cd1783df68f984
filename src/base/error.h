/* Errors: a negative errno and one sentence, written where the cause is known. */
#pragma once
#include <errno.h>
#include <string.h>
#include "base/cleanup.h"

/* `text` says what happened and what to do next; it serves a person and a model alike. */
struct error {
	int code; /* 0, or a negative errno */
	char text[512];
};

/* Records the first failure (later ones are ignored) and returns `code`, so that a function can
 * `return fail(err, -errno, "cannot open '%s'", path)`. `err` may be NULL. */
int fail(struct error *err, int code, const char *format, ...) PRINTF(3, 4);

/* Puts words in front of the sentence that is already there: "cannot start bpftrace: …". */
int fail_within(struct error *err, const char *format, ...) PRINTF(2, 3);

void error_clear(struct error *err);
