/* The private map: values and the placeholders that stand for them, for one investigation. */
#pragma once
#include "base/vec.h"
#include "redact/redact.h"

enum { PLACEHOLDER_ROOM = 64 }; /* bytes that may be read where a placeholder is; none is as long */
struct name {
	char *placeholder;  /* "<API_KEY_1>" */
	size_t len;	    /* of the placeholder */
	size_t times, line_count;
	bool judged;	    /* whether to sweep it */
	const char *rule, *say; /* borrowed from the rules, or from a loaded map's own memory */
	struct text value;  /* owned; at NULL: the placeholder stood in foreign text, and means itself */
	size_t lines[REDACT_LINES];
};
struct names {
	VEC(struct name) list;
	struct name_slot {
		uint32_t index, hash; /* of the list, + 1; a part of the hash */
	} *by_value, *by_placeholder; /* open addressing */
	size_t room, bytes;
	uint64_t seed;
	VEC(struct name_kind {
		char name[28];
		unsigned last;
	}) kinds;
	VEC(char *) kept; /* strings of a loaded map */
	size_t total, unkept;
};
void names_init(struct names *names);
void names_done(struct names *names);
/* The entry of a value, made when it is new; NULL when the map is full (then <KIND_0> stands for it, and
 * cannot be put back). Valid until the next call. */
struct name *names_place(struct names *names, const char *kind, struct text value, const char *rule, const char *say);
struct name *names_again(struct names *names, size_t index); /* the same for an entry that stood for something before */
/* An entry from a file; false when the value or the placeholder is taken, or the map is full. */
bool names_put(struct names *names, struct text placeholder, struct text value, const char *rule);
/* A placeholder that stands in foreign text is never given to a value. */
void names_reserve(struct names *names, struct text placeholder);
struct name *names_value(const struct names *names, struct text value); /* the entry of a value; NULL: it has none yet */
const struct name *names_find(const struct names *names, struct text placeholder); /* NULL: unknown */
int names_restore(const struct names *names, struct text text, struct build *out, struct error *err);
int names_save(const struct names *names, const char *path, struct error *err);
int names_load(struct names *names, const char *path, struct error *err);
