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
	uint16_t sets[16] = { 0 }, rows[16];
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

/* ---- begins ---- */

bool blocks_run(struct blocks *blocks, size_t class, size_t least, size_t *which)
{
	struct block_begin *new = &blocks->begins[blocks->begin_count];

	if (blocks->begin_count == BLOCK_BEGINS || least > BLOCK_LONGEST)
		return false;
	*new = (struct block_begin){ .mask = (unsigned char)class };
	for (size_t have = 1, step; have < least; have += step) {
		step = have < least - have ? have : least - have;
		new->steps[new->step_count++] = (unsigned char)step;
	}
	*which = blocks->begin_count++;
	return true;
}

bool blocks_chain(struct blocks *blocks, size_t byte, unsigned count, unsigned within, size_t *which)
{
	if (blocks->begin_count == BLOCK_BEGINS)
		return false;
	blocks->begins[blocks->begin_count] = (struct block_begin){ .mask = (unsigned char)(blocks->class_count + byte), .count = (unsigned char)count,
								    .within = (unsigned char)within };
	*which = blocks->begin_count++;
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

/* The last batch holds bytes that are not of the text. */
static void cut(const struct blocks *blocks, size_t valid, struct block_masks *masks)
{
	for (size_t i = valid / BLOCK; i < BATCH; i++) {
		uint64_t kept = i == valid / BLOCK ? ((uint64_t)1 << valid % BLOCK) - 1 : 0;

		for (size_t j = 0; j < blocks->class_count + blocks->byte_count; j++) {
			masks->masks[j][i + 1] &= kept;
			masks->seen[j] &= (unsigned char)~(masks->masks[j][i + 1] ? 0 : 1U << i);
		}
		masks->quads[i] &= kept;
	}
}

/* A begin is looked for in two ways, several blocks in one vector: one in the first half of a block `within` it, one in the second
 * half of the one before `across` their border. Nothing that is looked for so is longer than half a block. */

/* For arrays: gcc 12 gives the sanitizer's own stack no more than 32 bytes of alignment (its PR 110027), and a full
 * vector would be read there as if it had 64. */
typedef __m512i loose_512 __attribute__((aligned(32)));

FOR_512 static inline __m512i looked_up_512(const unsigned char low[16], const unsigned char high[16], __m512i bytes)
{
	const __m512i nibble = _mm512_set1_epi8(15);
	const __m512i lows = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)low));
	const __m512i highs = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)high));

	return _mm512_and_si512(_mm512_shuffle_epi8(lows, _mm512_and_si512(bytes, nibble)),
				_mm512_shuffle_epi8(highs, _mm512_and_si512(_mm512_srli_epi16(bytes, 4), nibble)));
}

FOR_512 static inline __m512i followed_512(__m512i bits, unsigned within)
{
	__m512i next;

	if (within == 1)
		return _mm512_and_si512(bits, _mm512_srli_epi64(bits, 1));
	next = _mm512_srli_epi64(bits, 2);
	if (within > 2)
		next = _mm512_or_si512(next, _mm512_srli_epi64(bits, 3));
	if (within > 3)
		next = _mm512_or_si512(next, _mm512_srli_epi64(bits, 4));
	if (within > 4)
		next = _mm512_or_si512(next, _mm512_srli_epi64(bits, 5));
	for (unsigned far = 6; far <= within; far++)
		next = _mm512_or_si512(next, _mm512_srl_epi64(bits, _mm_cvtsi32_si128((int)far)));
	return _mm512_and_si512(bits, next);
}

/* Few have three in a row. */
FOR_512 static inline __m512i begun_512(const struct block_begin *begin, __m512i across, __m512i within)
{
	for (unsigned i = 0; i < begin->step_count; i++) {
		const __m128i step = _mm_cvtsi32_si128(begin->steps[i]);

		across = _mm512_and_si512(across, _mm512_srl_epi64(across, step));
		within = _mm512_and_si512(within, _mm512_srl_epi64(within, step));
	}
	for (unsigned i = 1; i < begin->count; i++) {
		across = followed_512(across, begin->within);
		within = followed_512(within, begin->within);
		if (i == 2 && !_mm512_test_epi64_mask(_mm512_or_si512(across, within), _mm512_set1_epi8(-1)))
			break;
	}
	return _mm512_or_si512(_mm512_and_si512(across, _mm512_set1_epi64(UINT32_MAX)), _mm512_slli_epi64(within, 32));
}

FOR_512 static void begins_512(const struct blocks *blocks, struct block_masks *masks)
{
	for (size_t i = 0; i < blocks->begin_count; i++) {
		const uint64_t *mask = masks->masks[blocks->begins[i].mask];
		__m512i before, within, found;

		masks->begun[i] = 0;
		if (!masks->seen[blocks->begins[i].mask] && !mask[0])
			continue;
		before = _mm512_loadu_si512(mask);
		within = _mm512_loadu_si512(mask + 1);
		found = begun_512(&blocks->begins[i], _mm512_or_si512(_mm512_srli_epi64(before, 32), _mm512_slli_epi64(within, 32)), within);
		masks->begun[i] = _mm512_test_epi64_mask(found, found);
		_mm512_storeu_si512(masks->begins[i], found);
	}
}

FOR_512 static inline void quads_512(const struct quads *quads, const char *batch, uint64_t found[BATCH])
{
	loose_512 take[BATCH];

#pragma GCC unroll 4
	for (size_t i = 0; i < QUAD; i++) {
		const __m512i nibble = _mm512_set1_epi8(15);
		const __m512i lows = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)quads->low[i]));
		const __m512i highs = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)quads->high[i]));

#pragma GCC unroll 8
		for (size_t block = 0; block < BATCH; block++) {
			const __m512i bytes = _mm512_loadu_si512(batch + block * BLOCK + i);
			const __m512i low = _mm512_shuffle_epi8(lows, _mm512_and_si512(bytes, nibble));
			const __m512i high = _mm512_shuffle_epi8(highs, _mm512_and_si512(_mm512_srli_epi16(bytes, 4), nibble));

			take[block] = i ? _mm512_and_si512(take[block], _mm512_and_si512(low, high)) : _mm512_and_si512(low, high);
		}
	}
#pragma GCC unroll 8
	for (size_t block = 0; block < BATCH; block++)
		found[block] = _mm512_test_epi8_mask(take[block], take[block]);
}

FOR_512 static inline unsigned char any_512(const uint64_t *mask)
{
	const __m512i all = _mm512_loadu_si512(mask);

	return _mm512_test_epi64_mask(all, all);
}

/* One class or byte at a time for all blocks, so that what it is looked up in stays in registers. */
FOR_512 static void masks_512(const struct blocks *blocks, const char *batch, size_t valid, struct block_masks *masks)
{
	loose_512 bytes[BATCH], found[BATCH] = { 0 };
	size_t table = SIZE_MAX, mask = 0;

#pragma GCC unroll 8
	for (size_t block = 0; block < BATCH; block++)
		bytes[block] = _mm512_loadu_si512(batch + block * BLOCK);
	for (size_t i = 0; i < blocks->class_count; i++, mask++) {
		const __m512i bits = _mm512_set1_epi8((char)blocks->classes[i].bits);
		uint64_t *out = masks->masks[mask];

		if (blocks->classes[i].table != table) {
			table = blocks->classes[i].table;
#pragma GCC unroll 8
			for (size_t block = 0; block < BATCH; block++)
				found[block] = looked_up_512(blocks->tables[table].low, blocks->tables[table].high, bytes[block]);
		}
		out[0] = out[BATCH];
#pragma GCC unroll 8
		for (size_t block = 0; block < BATCH; block++)
			out[block + 1] = _mm512_test_epi8_mask(found[block], bits);
	}
	for (size_t i = 0; i < blocks->byte_count; i++, mask++) {
		const __m512i byte = _mm512_set1_epi8(blocks->bytes[i]);
		uint64_t *out = masks->masks[mask];

		out[0] = out[BATCH];
#pragma GCC unroll 8
		for (size_t block = 0; block < BATCH; block++)
			out[block + 1] = _mm512_cmpeq_epi8_mask(bytes[block], byte);
	}
	if (blocks->quads.count)
		quads_512(&blocks->quads, batch, masks->quads);
	/* What was stored in eight parts is read as one only now, when it has arrived. */
	for (size_t i = 0; i < mask; i++)
		masks->seen[i] = any_512(masks->masks[i] + 1);
	if (valid < BATCH_SIZE)
		cut(blocks, valid, masks);
	begins_512(blocks, masks);
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

FOR_256 static inline __m256i followed_256(__m256i bits, unsigned within)
{
	__m256i next = within > 1 ? _mm256_srli_epi64(bits, 2) : _mm256_srli_epi64(bits, 1);

	for (unsigned far = 3; far <= within; far++)
		next = _mm256_or_si256(next, _mm256_srl_epi64(bits, _mm_cvtsi32_si128((int)far)));
	return _mm256_and_si256(bits, next);
}

FOR_256 static inline __m256i begun_256(const struct block_begin *begin, __m256i across, __m256i within)
{
	for (unsigned i = 0; i < begin->step_count; i++) {
		const __m128i step = _mm_cvtsi32_si128(begin->steps[i]);

		across = _mm256_and_si256(across, _mm256_srl_epi64(across, step));
		within = _mm256_and_si256(within, _mm256_srl_epi64(within, step));
	}
	for (unsigned i = 1; i < begin->count; i++) {
		const __m256i found = _mm256_or_si256(across, within);

		if (i == 3 && _mm256_testz_si256(found, found))
			break;
		across = followed_256(across, begin->within);
		within = followed_256(within, begin->within);
	}
	return _mm256_or_si256(_mm256_and_si256(across, _mm256_set1_epi64x(UINT32_MAX)), _mm256_slli_epi64(within, 32));
}

FOR_256 static inline unsigned any_256(__m256i lanes)
{
	return ~(unsigned)_mm256_movemask_pd(_mm256_castsi256_pd(_mm256_cmpeq_epi64(lanes, _mm256_setzero_si256()))) & 15;
}

FOR_256 static void begins_256(const struct blocks *blocks, struct block_masks *masks)
{
	for (size_t i = 0; i < blocks->begin_count; i++) {
		masks->begun[i] = 0;
		for (size_t half = 0; half < BATCH; half += BATCH / 2) {
			const uint64_t *mask = masks->masks[blocks->begins[i].mask] + half;
			const __m256i before = _mm256_loadu_si256((const __m256i *)mask);
			const __m256i within = _mm256_loadu_si256((const __m256i *)(mask + 1));
			const __m256i across = _mm256_or_si256(_mm256_srli_epi64(before, 32), _mm256_slli_epi64(within, 32));
			__m256i found = _mm256_or_si256(across, within);

			if (_mm256_testz_si256(found, found))
				continue;
			found = begun_256(&blocks->begins[i], across, within);
			masks->begun[i] |= (unsigned char)(any_256(found) << half);
			_mm256_storeu_si256((__m256i *)(masks->begins[i] + half), found);
		}
	}
}

FOR_256 static inline uint64_t quads_256(const struct quads *quads, const char *at)
{
	__m256i found = looked_up_256(quads->low[0], quads->high[0], _mm256_loadu_si256((const __m256i *)at));

	for (size_t i = 1; i < QUAD; i++)
		found = _mm256_and_si256(found, looked_up_256(quads->low[i], quads->high[i],
							      _mm256_loadu_si256((const __m256i *)(at + i))));
	return not_zero_256(found);
}

FOR_256 static inline void classes_256(const struct blocks *blocks, const char *batch, struct block_masks *masks)
{
	__m256i found[2 * BATCH] = { 0 };
	size_t table = SIZE_MAX;

	for (size_t i = 0; i < blocks->class_count; i++) {
		const __m256i bits = _mm256_set1_epi8((char)blocks->classes[i].bits);
		uint64_t *out = masks->masks[i];

		for (size_t half = 0; half < 2 * BATCH && blocks->classes[i].table != table; half++)
			found[half] = looked_up_256(blocks->tables[blocks->classes[i].table].low, blocks->tables[blocks->classes[i].table].high,
						    _mm256_loadu_si256((const __m256i *)(batch + half * BLOCK / 2)));
		table = blocks->classes[i].table;
		out[0] = out[BATCH];
		for (size_t block = 0; block < BATCH; block++)
			out[block + 1] = not_zero_256(_mm256_and_si256(found[2 * block], bits)) |
					 (uint64_t)not_zero_256(_mm256_and_si256(found[2 * block + 1], bits)) << BLOCK / 2;
	}
}

FOR_256 static void masks_256(const struct blocks *blocks, const char *batch, size_t valid, struct block_masks *masks)
{
	size_t mask = blocks->class_count;

	classes_256(blocks, batch, masks);
	for (size_t i = 0; i < blocks->byte_count; i++, mask++) {
		const __m256i byte = _mm256_set1_epi8(blocks->bytes[i]);
		uint64_t *out = masks->masks[mask];

		out[0] = out[BATCH];
#pragma GCC unroll 8
		for (size_t block = 0; block < BATCH; block++) {
			const __m256i *at = (const __m256i *)(batch + block * BLOCK);

			out[block + 1] = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_loadu_si256(at), byte)) |
					 (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_loadu_si256(at + 1), byte))
						 << BLOCK / 2;
		}
	}
	for (size_t i = 0; i < mask; i++)
		masks->seen[i] = (unsigned char)(any_256(_mm256_loadu_si256((const __m256i *)(masks->masks[i] + 1))) |
						 any_256(_mm256_loadu_si256((const __m256i *)(masks->masks[i] + 5))) << 4);
	for (size_t block = 0; block < BATCH && blocks->quads.count; block++)
		masks->quads[block] = quads_256(&blocks->quads, batch + block * BLOCK) |
				      quads_256(&blocks->quads, batch + block * BLOCK + BLOCK / 2) << BLOCK / 2;
	if (valid < BATCH_SIZE)
		cut(blocks, valid, masks);
	begins_256(blocks, masks);
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
