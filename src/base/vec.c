/* Growing arrays. */
#include "base/vec.h"
#include <stdint.h>

void *vec_grow(void *at, size_t *room, size_t size)
{
	size_t more = *room ? *room * 2 : 8;

	if (more > SIZE_MAX / size)
		abort();
	at = realloc(at, more * size);
	if (!at)
		abort();
	*room = more;
	return at;
}
