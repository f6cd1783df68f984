/* Scope-bound cleanup: acquire on the line that declares, hand over with TAKE. */
#pragma once
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <dirent.h>

/* `unused`: a variable may exist for its cleanup alone. */
#define AUTO(drop) __attribute__((cleanup(drop), unused))
#define TAKE(p)                                                                                    \
	({                                                                                         \
		typeof(p) taken_ = (p);                                                            \
		(p) = NULL;                                                                        \
		taken_;                                                                            \
	})
/* The same for file descriptors, whose empty value is -1. */
#define TAKE_FD(fd)                                                                                \
	({                                                                                         \
		int taken_ = (fd);                                                                 \
		(fd) = -1;                                                                         \
		taken_;                                                                            \
	})

static inline void drop_free(void *at)
{
	free(*(void **)at);
}
static inline void drop_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}
static inline void drop_file(FILE **file)
{
	if (*file)
		fclose(*file);
}
static inline void drop_dir(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

#define AUTO_FREE AUTO(drop_free)
#define AUTO_FD   AUTO(drop_fd) int
#define AUTO_FILE AUTO(drop_file) FILE *
#define AUTO_DIR  AUTO(drop_dir) DIR *

#define COUNT(array)	    (sizeof(array) / sizeof((array)[0]))
#define PRINTF(text, first) __attribute__((format(printf, text, first)))
