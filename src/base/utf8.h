/* UTF-8 (RFC 3629): decoding foreign bytes, and the width of characters on a terminal. */
#pragma once
#include <stdint.h>
#include "base/text.h"

#define UTF8_BAD UINT32_MAX

/* Decodes the first character of a non-empty text. Gives its length in bytes; an invalid byte gives
 * UTF8_BAD and length 1. */
size_t utf8_next(struct text t, uint32_t *c);
bool utf8_valid(struct text t);
/* Columns that a character takes on a terminal: 0, 1 or 2. */
int utf8_width(uint32_t c);
size_t utf8_columns(struct text t);
/* The longest start of `t` that takes at most `columns`. */
struct text utf8_fit(struct text t, size_t columns);
/* `t` within `columns` (0: whole), cut in the middle with an ellipsis. Gives the columns used. */
size_t utf8_cut(struct build *out, struct text t, size_t columns);
