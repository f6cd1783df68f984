/* What the files of kernel/ share: the handle, and the pure parsers that tests and fuzzers call too. */
#pragma once
#include "base/arena.h"
#include "kernel/kernel.h"

/* ---- cache.c: slow scans kept in cache_folder(), one file a name ---- */
struct kept {
	struct text body; /* read-only; not NUL-terminated */
	void *map;
	size_t map_len;
};
/* What was saved under this name and key; `map` is NULL when it is absent, of another key or damaged. */
struct kept cache_map(const char *name, const char *key);
void kept_done(struct kept *kept);
/* The same as a copy, new and NUL-terminated, or NULL. */
char *cache_load(const char *name, const char *key, size_t *len);
/* Failure is only logged: a cache is never needed. */
void cache_save(const char *name, const char *key, struct text body);
/* FNV-1a, 64 bits. */
unsigned long long cache_sum(struct text t, unsigned long long seed);

struct kernel {
	struct arena *arena;
	char *tracefs;		/* NULL until found */
	struct error no_tracefs; /* why there is none, once tried */
	bool tracefs_tried;

	bool listed, scanned;
	unsigned long long list_sum; /* of the list's text: modules add and remove tracepoints */
	VEC(struct tracepoint) all;	  /* sorted; filled by kernel_tracepoints() */
	VEC(struct tracepoint *) asked;	  /* looked up one by one, before or without the list */

	bool btf_tried;
	struct btf_view *btf;

	bool functions_tried, functions_sought; /* made, or looked for among what is kept */
	struct text functions; /* "\nname\nname\n", sorted; empty: no list */
	struct kept functions_kept; /* what it lies in, or */
	char *functions_read;

	signed char can[KERNEL_FEATURES]; /* 0 not tried, 1 yes, -1 no */
	bool lasting[KERNEL_FEATURES]; /* slow to try, and no matter of who may do what: kept for the next run */
	bool features_anew;
	char why[KERNEL_FEATURES][200];

	bool machine_known;
	struct machine machine;
};

struct btf_view;

/* ---- format.c: one tracepoint's format file ---- */
/* Fields without the common_ ones, in the arena; `btf` (may be NULL) knows the values of names. False when the text is no format file. */
bool format_parse(struct text format, struct btf_view *btf, struct arena *arena, const struct field **fields,
		  size_t *count);
/* ---- symbols.c ---- */
/* How the print format decodes a field: "0=HI,1=TIMER", "|1=A,2=B", or NULL. In the arena. */
const char *symbols_of(struct text print, const char *field, struct btf_view *btf, struct arena *arena);
/* A constant expression of the print format: "((1UL) << 3) | 0x4". Names are looked up among the
 * enumerators of `btf` (may be NULL); false when one is not there. */
bool symbols_number(struct text expression, struct btf_view *btf, long long *value);

/* ---- tracepoints.c ---- */
/* Names that may be put into a path: letters, digits, '_', '-', '.', no leading dot. */
bool name_is_plain(const char *name);
/* Reads one format. False when the kernel has no such tracepoint; a format that may not be read leaves
 * the fields unknown. */
bool fields_read(struct kernel *kernel, struct tracepoint *tracepoint);

/* ---- btf.c ---- */
/* The id of the type with this name and BTF kind, or 0. */
unsigned btf_id_of(struct kernel *kernel, const char *name, unsigned kind);
/* A checked view of BTF bytes (borrowed): NULL when they are none. */
struct btf_view *btf_view_new(const void *bytes, size_t len);
void btf_view_free(struct btf_view *view);
bool btf_view_has(struct btf_view *view, const char *structure, const char *member);
/* The value of an enumerator, of any enumeration. */
bool btf_number(struct btf_view *view, struct text name, long long *value);
struct btf_view *kernel_btf(struct kernel *kernel); /* NULL: none */
/* Calls `take` with the name of every type of that BTF kind until it returns false. */
void btf_each(struct btf_view *view, unsigned kind, bool (*take)(void *context, const char *name),
	      void *context);

/* ---- list.c ---- */
/* Whether a probe's name has every word of the pattern: a part of it, or shell wildcards for all of it or
 * for what stands after a ':'. */
bool probe_matches(const char *pattern, const char *name);

/* ---- functions.c ---- */
/* The list of kernel functions as "\nname\nname\n"; empty when nothing gives one. */
struct text kernel_functions(struct kernel *kernel);
/* Of the names of the modules that are loaded: with them functions and tracepoints come and go. */
unsigned long long modules_sum(void);
/* Appends the function names of one source, "name [module]" or kallsyms lines, one a line. */
void functions_parse(struct text source, bool kallsyms, struct build *out);
/* What the kernel says of a name when it is asked: in its own code, nowhere at all, or nothing that would settle it (it may
 * not be asked, takes long for it, the name is another symbol's). */
enum asked { ASKED_UNKNOWN, ASKED_ABSENT, ASKED_CODE };
enum asked function_ask(const char *name);

/* ---- libraries.c ---- */
/* The file of "libssl.so.3", "libssl.so" or "libssl". New string, or NULL. */
char *library_find(struct text asked);
/* Whether the file is a program or library for this machine: those of others stand beside them. */
bool library_fits(const char *path);
