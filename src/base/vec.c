/* Growing arrays. */
#include "base/vec.h"
#include <stdint.h>
#include <string.h>

void *vec_grow(void *at, size_t len, size_t *room, size_t size)
{
	if (len == *room) {
		size_t more = *room ? *room * 2 : 8;

		if (more > SIZE_MAX / size)
			abort();
		at = realloc(at, more * size);
		if (!at)
			abort();
		*room = more;
	}
	memset((char *)at + len * size, 0, size);
	return at;
}
