/* Whole files with limits, and where this program's own files live. */
#pragma once
#include "base/error.h"
#include "base/text.h"

/* Appends at most `limit` bytes of a file (sets b->cut when there was more). Works on /proc and
 * /sys, whose sizes are unknown. */
int file_read(const char *path, size_t limit, struct build *b, struct error *err);
int fd_read_all(int fd, size_t limit, struct build *b, struct error *err);
/* Writes through a temporary file in the same folder and a rename, so that a reader never sees half a
 * file and a full disk leaves the old one. What is no file (/dev/stdout) is written to as it is. */
int file_write(const char *path, struct text t, mode_t mode, struct error *err);
/* The same, but a symbolic link is replaced by the file and never followed. */
int file_replace(const char *path, struct text t, mode_t mode, struct error *err);
/* A cache: only its owner may read it, and it is not waited for until it is on the disk. After a crash it may be
 * damaged, so who reads it must be able to tell. */
int file_keep(const char *path, struct text t, struct error *err);
bool file_exists(const char *path);
int folder_make(const char *path, struct error *err); /* with its parents, 0700 for new ones */

/* Where the data files are: $SYSWHY_DATA, else data/ beside the build, else the installed folder.
 * Borrowed, for the life of the process. */
const char *data_folder(void);
/* $XDG_CACHE_HOME/syswhy (or ~/.cache/syswhy), made when missing; NULL when there is no such place. */
const char *cache_folder(void);
/* Finds a program in $PATH plus /usr/sbin, /sbin and /usr/local/sbin. New string, or NULL. */
char *program_find(const char *name);
