/* A growing array of any element type: `VEC(struct probe) probes = { 0 };`. */
#pragma once
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Zero-initialise; `at[0] .. at[len-1]` are valid; vec_done() frees the array, not the elements. */
#define VEC(type)                                                                                  \
	struct {                                                                                   \
		type *at;                                                                          \
		size_t len, room;                                                                  \
	}

void *vec_grow(void *at, size_t *room, size_t size); /* twice the room; aborts when memory is gone */

/* A new, zeroed element at the end; gives its address (valid until the next vec_new). */
#define vec_new(v)                                                                                 \
	((v)->at = (v)->len < (v)->room ? (v)->at : vec_grow((v)->at, &(v)->room, sizeof(*(v)->at)),       \
	 memset(&(v)->at[(v)->len], 0, sizeof(*(v)->at)), &(v)->at[(v)->len++])
#define vec_push(v, ...) (*vec_new(v) = (__VA_ARGS__))
#define vec_done(v)                                                                                \
	(free((v)->at), (v)->at = NULL, (v)->len = (v)->room = 0)
#define vec_each(item, v) for (typeof(*(v)->at) * item = (v)->at; item && item < (v)->at + (v)->len; item++)
