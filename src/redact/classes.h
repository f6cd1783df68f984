/* One pass over the text for all that has no fixed letters: runs of characters of a class, single bytes, lines. */
#pragma once
#include "redact/rules.h"

struct classes;
/* With `portable` the processor's vector instructions are not used: the same finds, slowly. */
struct classes *classes_new(const struct rules *rules, bool portable);
void classes_free(struct classes *classes);
/* `hit` gets where a run starts and ends, or where a byte or a line stands (start == end). `which` counts the runs of
 * the rules, then their spots; the finds of each come in their order in the text. Less than 0 ends the pass and is
 * given back. */
typedef int classes_hit(void *context, unsigned which, size_t start, size_t end);
int classes_scan(struct classes *classes, struct text text, classes_hit *hit, void *context);
