/* What -v shows: one line a step on stderr. Silent by default; results never go through here. */
#pragma once
#include <stdbool.h>
#include "base/cleanup.h"

extern int log_level; /* 0 silent, 1 stages (-v), 2 details (-vv) */

/* `stage` is one word ("plan", "attach"). Text is made safe for a terminal. */
void log_stage(const char *stage, const char *format, ...) PRINTF(2, 3);
void log_detail(const char *stage, const char *format, ...) PRINTF(2, 3);
double now(void); /* seconds of the monotonic clock */
