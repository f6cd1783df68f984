/* One pass over the text for what Vectorscan would find slowly or too often: runs of characters of a class, single bytes, lines,
 * and the few words that logs repeat in every line. */
#pragma once
#include "redact/blocks.h"
#include "redact/rules.h"

struct classes;
/* `watched`: bytes of which classes_blocks() tells. With `portable` the processor's vector instructions are not used: the same
 * finds, slowly. */
struct classes *classes_new(const struct rules *rules, struct text watched, bool portable);
void classes_free(struct classes *classes);
/* `hit` gets where a run starts and ends, or where a byte or a line stands, or what a word is behind of (start == end).
 * `which` counts the runs of the rules, then their spots, then their tails; the finds of each come in their order in the text.
 * Less than 0 ends the pass and is given back. */
typedef int classes_hit(void *context, unsigned which, size_t start, size_t end);
int classes_scan(struct classes *classes, struct text text, classes_hit *hit, void *context);
/* The blocks of 64 bytes in the text of the last pass that have the watched byte. */
struct places classes_blocks(const struct classes *classes, char byte);
