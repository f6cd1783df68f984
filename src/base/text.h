/* Text: a borrowed view (struct text), and an owning builder with a ceiling (struct build). */
#pragma once
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include "base/cleanup.h"

/* Borrowed bytes, passed by value. Not NUL-terminated; lives as long as what it points into. */
struct text {
	const char *at;
	size_t len;
};

#define TEXT(literal) ((struct text){ "" literal, sizeof(literal) - 1 })
#define TEXT_ARG(t)   (int)(t).len, (t).at /* for "%.*s" */

/* NULL gives an empty text. In the header, as most strings are literals whose length is known then. */
static inline struct text text_of(const char *string)
{
	return (struct text){ string ? string : "", string ? strlen(string) : 0 };
}

static inline bool text_is(struct text t, const char *string)
{
	return t.len == strlen(string) && (t.len == 0 || memcmp(t.at, string, t.len) == 0);
}

bool text_same(struct text a, struct text b);
bool text_starts(struct text t, const char *prefix);
bool text_ends(struct text t, const char *suffix);
bool text_has(struct text t, const char *part);
struct text text_trim(struct text t);
struct text text_from(struct text t, size_t start);	       /* start past the end gives empty */
struct text text_until(struct text t, size_t end);
bool text_find(struct text t, const char *part, size_t *where);
/* Cuts the part before `mark` off `rest`. False when rest is exhausted (and gives an empty part). */
bool text_next(struct text *rest, char mark, struct text *part);
bool text_line(struct text *rest, struct text *line); /* like text_next on \n, without a final \r */
bool text_word(struct text *rest, struct text *word); /* next run of non-blank characters */
char *text_copy(struct text t);			      /* heap, NUL-terminated; never NULL */
bool text_number(struct text t, long long *value);    /* whole text is a decimal or 0x number */
bool text_real(struct text t, double *value);

/* Owns its bytes, which are always NUL-terminated. Appending past `ceiling` (0: 64 MiB) sets `cut`
 * and drops the rest, so that one check at the end is enough. Zero-initialise. */
struct build {
	char *at;
	size_t len, room, ceiling;
	bool cut;
};
void build_done(struct build *b);
void build_clear(struct build *b); /* empties, keeps the memory */
void build_cut(struct build *b, size_t len); /* to its first `len` bytes; longer: no change */
void build_add(struct build *b, struct text t);
void build_put(struct build *b, const char *string);
void build_char(struct build *b, char c);
void build_fmt(struct build *b, const char *format, ...) PRINTF(2, 3);
void build_vfmt(struct build *b, const char *format, va_list args);
/* Foreign text, made safe for a terminal, a page or a prompt: control characters (all but \n and
 * \t when `lines`), bidirectional overrides and invalid UTF-8 become visible escapes (\x1b, \u202e). */
void build_safe(struct build *b, struct text foreign, bool lines);
/* A word as a shell takes it: quoted where it must be. */
void build_shell(struct build *b, const char *word);
struct text build_text(const struct build *b);
char *build_take(struct build *b); /* heap string, never NULL; the builder is empty after */
#define AUTO_BUILD AUTO(build_done) struct build
