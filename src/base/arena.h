/* An arena: many small allocations that end together. */
#pragma once
#include <stddef.h>
#include "base/text.h"

struct arena;
struct arena *arena_new(void);
void arena_free(struct arena *arena); /* NULL is fine */
/* Zeroed memory, aligned for any type, until arena_free(). Never NULL: aborts when memory is gone. */
void *arena_alloc(struct arena *arena, size_t size);
char *arena_text(struct arena *arena, struct text t); /* a NUL-terminated copy */
char *arena_fmt(struct arena *arena, const char *format, ...) PRINTF(2, 3);

static inline void drop_arena(struct arena **arena)
{
	arena_free(*arena);
}
#define AUTO_ARENA AUTO(drop_arena) struct arena *
