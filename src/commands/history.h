/* What the files of `syswhy history` share. */
#pragma once
#include "commands/command.h"
#include "commands/record.h"

/* "90s", "10m", "2h", "7d", "3w", "1y" ago, "today", "yesterday", "2026-11-20" or "2026-11-20 14:00" (local time), as Unix
 * time. */
int when_read(const char *words, double *time, struct error *err);
/* "2026-11-21 13:26" of today's time zone. */
void when_say(double time, struct build *out);

/* Everything of an entry but its report; new reference. */
json_t *history_json(const struct history_row *row);
/* "syswhy trace 'count page faults'", as it can be pasted. */
void history_line(const struct history_row *row, struct build *out);
/* Runs the entry's command line again and lays both results side by side. Gives an exit code. */
int history_again(struct context *context, const struct history_row *row, struct error *err);
