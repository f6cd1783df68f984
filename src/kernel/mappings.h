/* Which files lay where in the memory of processes, also of those that are gone: what an address of a stack was. */
#pragma once
#include "base/error.h"
#include "base/text.h"

struct mappings;
/* Notes from now on every file that any process maps as code, as the kernel tells it (perf_event_open(2),
 * PERF_RECORD_MMAP2), and what processes have mapped already. NULL where that is not permitted. */
struct mappings *mappings_open(struct error *err);
/* Takes what the kernel has told since (NULL: nothing); a few times a second, or records are lost (which costs names only). */
void mappings_read(struct mappings *mappings);
/* The function at that address of a program or library ("malloc"), or the file that holds it ("[libc.so.6]").
 * False: nobody had a file there, or two processes had different ones. */
bool mappings_name(struct mappings *mappings, unsigned long long address, struct build *out);
void mappings_free(struct mappings *mappings);
