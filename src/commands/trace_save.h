/* Where the program of a trace is saved: nothing of others is lost by it. */
#pragma once
#include "commands/command.h"

/* -EEXIST with the ways out when something stands at `path` that syswhy did not write and nobody allows to overwrite,
 * or a symbolic link, whoever allows it. Devices and pipes may be written to. */
int trace_save_place(struct context *context, const char *path, struct error *err);
/* Writes it there, replacing what trace_save_place() has let pass. */
int trace_save(const char *path, struct text program, struct error *err);
