/* An arena of linked blocks. */
#include "base/arena.h"
#include <stdalign.h>
#include <stdarg.h>
#include <string.h>

struct block {
	struct block *next;
	size_t used, room;
	alignas(max_align_t) char bytes[];
};

struct arena {
	struct block *first;
};

struct arena *arena_new(void)
{
	struct arena *arena = calloc(1, sizeof(*arena));

	if (!arena)
		abort();
	return arena;
}

void arena_free(struct arena *arena)
{
	if (!arena)
		return;
	for (struct block *block = arena->first, *next; block; block = next) {
		next = block->next;
		free(block);
	}
	free(arena);
}

void *arena_alloc(struct arena *arena, size_t size)
{
	struct block *block = arena->first;

	size = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
	if (!block || block->room - block->used < size) {
		size_t room = size > 64000 ? size : 64000;

		block = calloc(1, sizeof(*block) + room);
		if (!block)
			abort();
		block->room = room;
		block->next = arena->first;
		arena->first = block;
	}
	block->used += size;
	return block->bytes + block->used - size;
}

char *arena_text(struct arena *arena, struct text t)
{
	char *copy = arena_alloc(arena, t.len + 1);

	if (t.len)
		memcpy(copy, t.at, t.len);
	return copy;
}

char *arena_fmt(struct arena *arena, const char *format, ...)
{
	AUTO_BUILD b = { 0 };
	va_list args;

	va_start(args, format);
	build_vfmt(&b, format, args);
	va_end(args);
	return arena_text(arena, build_text(&b));
}
