/* Mistakes in files of data: the first is the failure, and all of them are listed for who mends the files. */
#pragma once
#include <stdarg.h>
#include "base/error.h"
#include "base/text.h"

/* "FILE:LINE: …", -EINVAL in `err`, and a line of `all` (may be NULL). */
void mistake_tell(struct error *err, struct build *all, const char *file, unsigned line, const char *format, va_list args);
