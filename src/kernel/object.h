/* Programs and libraries as ELF files: which functions and USDT probes can be watched in them. */
#pragma once
#include <stdbool.h>
#include "base/error.h"
#include "base/vec.h"

struct symbol {
	const char *name; /* as in the file (mangled for C++) */
	unsigned long long address, size;
};
struct usdt {
	const char *provider, *name;
};
struct object;
/* Symbol tables (.symtab, .dynsym, .gnu_debugdata when possible) and .note.stapsdt are read when they are asked for.
 * Hostile files are refused with a reason. */
struct object *object_open(const char *path, struct error *err);
void object_free(struct object *object);
/* While a question is planned the same files are opened again and again: from here on the last few stay open, until
 * `keep` is false again. */
void objects_keep(bool keep);
static inline void drop_object(struct object **object)
{
	object_free(*object);
}
#define AUTO_OBJECT AUTO(drop_object) struct object *
const char *object_path(const struct object *object); /* links resolved */
const struct symbol *object_functions(const struct object *object, size_t *count); /* sorted by name, no doubles */
/* NULL: not there. Lives until the next is looked for. */
const struct symbol *object_function(const struct object *object, const char *name);
/* The nearest names to one that is not there, for the error message; gives how many were filled. */
size_t object_nearest(const struct object *object, const char *name, const char *nearest[], size_t most);
/* The function that holds the byte at that offset of the file; NULL: none that is named. */
const char *object_name_at(struct object *object, unsigned long long offset);
const struct usdt *object_usdt(const struct object *object, size_t *count);

/* The version that a program tells behind this word ("bpftrace "), as its constants hold it: "v0.17.0". New string; NULL
 * where it can be told only by running it: a script, another way of saying it, or two that it could be. */
char *object_version(const char *path, const char *before);

/* "libc", "libssl.so.3", "bash", "/usr/bin/python3", or a running process's own executable by pid:
 * the path of the file. Libraries through /etc/ld.so.cache and the usual folders. New string, or NULL. */
char *object_locate(const char *name);
/* Whether the C library exports this function. Reads no file: the one that this program runs with is the machine's. */
bool object_libc_has(const char *function);
char *object_of_pid(long pid); /* /proc/PID/exe resolved (through its mount namespace); NULL: gone */
