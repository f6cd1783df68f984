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
	BLOCK_BEGINS = 24,
	BLOCK_STEPS = 8,
	BLOCK_LONGEST = 32, /* bytes of what is looked for by where it begins */
	QUAD = 4,
};

/* Where something stands, found on the way by who looks at the whole text: in order, but only when that is known. */
struct places {
	const uint32_t *at;
	size_t len;
	bool known;
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

/* What is told of only where enough of it stand: a run of a class, or a chain of one byte. */
struct block_begin {
	unsigned char mask; /* of the class or the byte, as they are counted in struct block_masks */
	unsigned char step_count, steps[BLOCK_STEPS]; /* of a run: shifts that leave a bit where enough in a row begin */
	unsigned char count, within; /* of a chain: so many, each 2 to `within` behind the one before (1: right behind); else 0 */
};
struct blocks {
	struct block_table tables[BLOCK_SETS];
	struct block_class {
		unsigned char table, bits;
	} classes[BLOCK_SETS];
	char bytes[BLOCK_BYTES];
	struct block_begin begins[BLOCK_BEGINS];
	size_t class_count, byte_count, begin_count;
	struct quads quads; /* looked for when there are any */
};
/* False: this class is made of too many rectangles, or there is no room for another one. */
bool blocks_class(struct blocks *blocks, const bool class[256]);
bool blocks_byte(struct blocks *blocks, char byte, size_t *which); /* false: no room */
/* Of what is no longer than BLOCK_LONGEST, when all classes are known; false: no room. *which is its place among the begins. */
bool blocks_run(struct blocks *blocks, size_t class, size_t least, size_t *which);
bool blocks_chain(struct blocks *blocks, size_t byte, unsigned count, unsigned within, size_t *which);

/* Of one batch, and of the last block before it; zero before the first one. Bit i of a mask is of its block's byte i. */
struct block_masks {
	uint64_t masks[BLOCK_SETS + BLOCK_BYTES][BATCH + 1]; /* of the classes, then of the bytes; the first is of the block before */
	uint64_t begins[BLOCK_BEGINS][BATCH]; /* bit i: one begins i bytes behind what is 32 bytes before the block */
	uint64_t quads[BATCH];
	unsigned char seen[BLOCK_SETS + BLOCK_BYTES], begun[BLOCK_BEGINS]; /* which blocks have any */
};
/* `valid`: how many bytes of the batch are of the text. What begins in its last half block is told of with the next one. */
typedef void blocks_masks(const struct blocks *blocks, const char *batch, size_t valid, struct block_masks *masks);
/* NULL when this processor has no vector instructions for it. */
blocks_masks *blocks_quick(void);
