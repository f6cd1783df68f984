/* Blocks of 64 bytes as masks of bits: a class is a union of rectangles in the table of low and high nibbles, and one shuffle for
 * each nibble tells which rectangles a byte is in. Words are looked for by their first four bytes in the same way. */
#include "redact/blocks.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* ---- classes ---- */

static size_t rectangles_of(const bool class[256], uint16_t sets[16], uint16_t rows[16])
{
	size_t count = 0;

	for (unsigned high = 0; high < 16; high++) {
		uint16_t set = 0;
		size_t i = 0;

		for (unsigned low = 0; low < 16; low++)
			set |= (uint16_t)(class[high * 16 + low] ? 1U << low : 0);
		while (i < count && sets[i] != set)
			i++;
		if (!set)
			continue;
		if (i == count) {
			sets[count] = set;
			rows[count++] = 0;
		}
		rows[i] |= (uint16_t)(1U << high);
	}
	return count;
}

static bool table_take(struct block_table *table, const uint16_t *sets, const uint16_t *rows, size_t count, unsigned char *bits)
{
	struct block_table new = *table;

	*bits = 0;
	for (size_t i = 0; i < count; i++) {
		unsigned at = 0;

		while (at < new.used && (new.sets[at] != sets[i] || new.rows[at] != rows[i]))
			at++;
		if (at == sizeof(new.sets) / sizeof(*new.sets))
			return false;
		new.sets[at] = sets[i];
		new.rows[at] = rows[i];
		new.used = at == new.used ? at + 1 : new.used;
		*bits |= (unsigned char)(1U << at);
		for (unsigned nibble = 0; nibble < 16; nibble++) {
			new.low[nibble] |= (unsigned char)((sets[i] >> nibble & 1U) << at);
			new.high[nibble] |= (unsigned char)((rows[i] >> nibble & 1U) << at);
		}
	}
	*table = new;
	return true;
}

bool blocks_class(struct blocks *blocks, const bool class[256])
{
	struct block_class *new = &blocks->classes[blocks->class_count];
	uint16_t sets[16], rows[16];
	size_t count = rectangles_of(class, sets, rows), table = 0;

	if (count > 8 || blocks->class_count == BLOCK_SETS)
		return false;
	while (!table_take(&blocks->tables[table], sets, rows, count, &new->bits))
		table++;
	new->table = (unsigned char)table;
	blocks->class_count++;
	return true;
}

bool blocks_byte(struct blocks *blocks, char byte, size_t *which)
{
	for (*which = 0; *which < blocks->byte_count; ++*which)
		if (blocks->bytes[*which] == byte)
			return true;
	if (blocks->byte_count == BLOCK_BYTES)
		return false;
	blocks->bytes[blocks->byte_count++] = byte;
	return true;
}

/* ---- quads ---- */

void quads_add(struct quads *quads, unsigned variant, size_t place, unsigned char byte, bool fold)
{
	unsigned char letter = byte | 32;

	quads->low[place][byte & 15] |= (unsigned char)(1U << variant);
	quads->high[place][byte >> 4] |= (unsigned char)(1U << variant);
	if (fold && letter >= 'a' && letter <= 'z')
		quads->high[place][(byte ^ 32) >> 4] |= (unsigned char)(1U << variant);
}

void quads_any(struct quads *quads, unsigned variant, size_t place)
{
	for (size_t i = 0; i < 16; i++) {
		quads->low[place][i] |= (unsigned char)(1U << variant);
		quads->high[place][i] |= (unsigned char)(1U << variant);
	}
}

/* ---- with vectors ---- */

#if defined(__x86_64__)
#define FOR_512 __attribute__((target("avx512bw")))
#define FOR_256 __attribute__((target("avx2")))

FOR_512 static inline __m512i looked_up_512(const unsigned char low[16], const unsigned char high[16], __m512i bytes)
{
	const __m512i nibble = _mm512_set1_epi8(15);
	const __m512i lows = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)low));
	const __m512i highs = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)high));

	return _mm512_and_si512(_mm512_shuffle_epi8(lows, _mm512_and_si512(bytes, nibble)),
				_mm512_shuffle_epi8(highs, _mm512_and_si512(_mm512_srli_epi16(bytes, 4), nibble)));
}

FOR_512 static inline uint64_t quads_512(const struct quads *quads, const char *at)
{
	__m512i found = looked_up_512(quads->low[0], quads->high[0], _mm512_loadu_si512(at));

	for (size_t i = 1; i < QUAD; i++)
		found = _mm512_and_si512(found, looked_up_512(quads->low[i], quads->high[i], _mm512_loadu_si512(at + i)));
	return _mm512_test_epi8_mask(found, found);
}

FOR_512 static void masks_512(const struct blocks *blocks, const char *batch, uint64_t (*masks)[BATCH + 1])
{
	__m512i found = _mm512_setzero_si512();

	for (size_t block = 0; block < BATCH; block++) {
		const char *at = batch + block * BLOCK;
		const __m512i bytes = _mm512_loadu_si512(at);
		size_t table = SIZE_MAX, mask = 0;

		for (size_t i = 0; i < blocks->class_count; i++) {
			if (blocks->classes[i].table != table) {
				table = blocks->classes[i].table;
				found = looked_up_512(blocks->tables[table].low, blocks->tables[table].high, bytes);
			}
			masks[mask++][block + 1] = _mm512_test_epi8_mask(found, _mm512_set1_epi8((char)blocks->classes[i].bits));
		}
		for (size_t i = 0; i < blocks->byte_count; i++)
			masks[mask++][block + 1] = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(blocks->bytes[i]));
		masks[mask][block + 1] = blocks->quads.count ? quads_512(&blocks->quads, at) : 0;
	}
}

FOR_256 static inline __m256i looked_up_256(const unsigned char low[16], const unsigned char high[16], __m256i bytes)
{
	const __m256i nibble = _mm256_set1_epi8(15);
	const __m256i lows = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)low));
	const __m256i highs = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)high));

	return _mm256_and_si256(_mm256_shuffle_epi8(lows, _mm256_and_si256(bytes, nibble)),
				_mm256_shuffle_epi8(highs, _mm256_and_si256(_mm256_srli_epi16(bytes, 4), nibble)));
}

FOR_256 static inline uint32_t not_zero_256(__m256i found)
{
	return ~(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(found, _mm256_setzero_si256()));
}

FOR_256 static inline uint64_t quads_256(const struct quads *quads, const char *at)
{
	__m256i found = looked_up_256(quads->low[0], quads->high[0], _mm256_loadu_si256((const __m256i *)at));

	for (size_t i = 1; i < QUAD; i++)
		found = _mm256_and_si256(found, looked_up_256(quads->low[i], quads->high[i],
							      _mm256_loadu_si256((const __m256i *)(at + i))));
	return not_zero_256(found);
}

FOR_256 static void half_256(const struct blocks *blocks, const char *at, uint64_t (*masks)[BATCH + 1], size_t block, unsigned shift)
{
	const __m256i bytes = _mm256_loadu_si256((const __m256i *)at);
	size_t mask = 0;

	for (size_t i = 0; i < blocks->class_count; i++) {
		const struct block_table *table = &blocks->tables[blocks->classes[i].table];
		const __m256i found = _mm256_and_si256(looked_up_256(table->low, table->high, bytes),
						       _mm256_set1_epi8((char)blocks->classes[i].bits));

		masks[mask++][block + 1] |= (uint64_t)not_zero_256(found) << shift;
	}
	for (size_t i = 0; i < blocks->byte_count; i++) {
		const __m256i same = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(blocks->bytes[i]));

		masks[mask++][block + 1] |= (uint64_t)(uint32_t)_mm256_movemask_epi8(same) << shift;
	}
	masks[mask][block + 1] |= blocks->quads.count ? quads_256(&blocks->quads, at) << shift : 0;
}

FOR_256 static void masks_256(const struct blocks *blocks, const char *batch, uint64_t (*masks)[BATCH + 1])
{
	memset(masks, 0, (blocks->class_count + blocks->byte_count + 1) * sizeof(*masks));
	for (size_t block = 0; block < BATCH; block++) {
		half_256(blocks, batch + block * BLOCK, masks, block, 0);
		half_256(blocks, batch + block * BLOCK + BLOCK / 2, masks, block, BLOCK / 2);
	}
}
#endif

blocks_masks *blocks_quick(void)
{
#if defined(__x86_64__)
	if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt"))
		return __builtin_cpu_supports("avx512bw") ? masks_512 : masks_256;
#endif
	return NULL;
}
