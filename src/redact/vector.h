/* Vectorscan, loaded when it is first used: linking it would cost every start of the program a millisecond. */
#pragma once
#include <hs/hs.h>
#include <stdbool.h>
#include "base/error.h"

/* The functions that are used, under their own names without hs_. */
struct vector {
	bool avx2;		       /* the functions for that; `platform` is for databases */
	hs_platform_info_t platform;
	const char *(*version)(void);
	hs_error_t (*valid_platform)(void);
	hs_error_t (*compile_multi)(const char *const *, const unsigned *, const unsigned *, unsigned, unsigned,
				    const hs_platform_info_t *, hs_database_t **, hs_compile_error_t **);
	hs_error_t (*free_compile_error)(hs_compile_error_t *);
	hs_error_t (*free_database)(hs_database_t *);
	hs_error_t (*serialize_database)(const hs_database_t *, char **, size_t *);
	hs_error_t (*deserialize_database)(const char *, size_t, hs_database_t **);
	hs_error_t (*alloc_scratch)(const hs_database_t *, hs_scratch_t **);
	hs_error_t (*free_scratch)(hs_scratch_t *);
	hs_error_t (*scan)(const hs_database_t *, const char *, unsigned, unsigned, hs_scratch_t *, match_event_handler,
			   void *);
};
/* NULL when it is not installed or this processor is too old for it. For the life of the process. */
const struct vector *vector_load(void);
