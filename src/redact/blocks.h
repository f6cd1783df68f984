/* Eight blocks of 64 bytes of text at a time, as bits: which of them are of a class, are a certain byte, or begin one of a few words. With the
 * processor's vector instructions (AVX2, AVX-512); where it has none, the callers look byte by byte. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
	BLOCK = 64,
	BATCH = 8,	 /* blocks */
	BATCH_SIZE = BATCH * BLOCK,
	BATCH_AHEAD = 3, /* bytes behind a batch that are read, too */
	BLOCK_SETS = 8,	 /* classes and bytes, at most */
	BLOCK_BYTES = 16,
	QUAD = 4,
};

/* Eight rectangles (low nibbles × high nibbles), of which classes are unions: two shuffles tell of each byte where it is. */
struct block_table {
	unsigned char low[16], high[16];
	unsigned used;
	uint16_t sets[8], rows[8]; /* low nibbles, high nibbles */
};
/* What four bytes in a row must be, in eight variants, each a bit. It takes some that were not asked for (nibbles are looked
 * at apart): what it finds is looked at again. */
struct quads {
	unsigned char low[QUAD][16], high[QUAD][16];
	unsigned count; /* how many were added */
};
void quads_add(struct quads *quads, unsigned variant, size_t place, unsigned char byte, bool fold);
void quads_any(struct quads *quads, unsigned variant, size_t place); /* takes every byte there */
/* Whether the four bytes at `at` may be one of them; the same without vectors. */
static inline bool quads_take(const struct quads *quads, const unsigned char *at)
{
	unsigned found = 0xff;

	for (size_t i = 0; i < QUAD; i++)
		found &= quads->low[i][at[i] & 15] & quads->high[i][at[i] >> 4];
	return found;
}

struct blocks {
	struct block_table tables[BLOCK_SETS];
	struct block_class {
		unsigned char table, bits;
	} classes[BLOCK_SETS];
	char bytes[BLOCK_BYTES];
	size_t class_count, byte_count;
	struct quads quads; /* looked for when there are any */
};
/* False: this class is made of too many rectangles, or there is no room for another one. */
bool blocks_class(struct blocks *blocks, const bool class[256]);
bool blocks_byte(struct blocks *blocks, char byte, size_t *which); /* false: no room */
/* Masks of each class, each byte, and then of the quads, for each block of a batch; bit i of a mask is of its block's byte i.
 * They are put behind the first place, which is the caller's. */
typedef void blocks_masks(const struct blocks *blocks, const char *batch, uint64_t (*masks)[BATCH + 1]);
/* NULL when this processor has no vector instructions for it. */
blocks_masks *blocks_quick(void);
