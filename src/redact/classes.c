/* The pass over classes of characters: 64 bytes at a time become one bit a byte and class, and a run is looked for where
 * a group of bits is full. A class is a union of rectangles (high nibble × low nibble), eight of them a table of two
 * shuffles; without vector instructions, runs are found by sampling. */
#include "redact/classes.h"
#if defined(__x86_64__)
#include <immintrin.h>
#define QUICK __attribute__((target("popcnt,bmi,bmi2")))
#else
#define QUICK
#endif

enum { RECTANGLES = 8, BLOCK = 64, STEPS_MOST = 8 };

struct table { /* of each nibble, the rectangles it is part of */
	unsigned char low[16], high[16];
	unsigned used;
	uint16_t sets[RECTANGLES], rows[RECTANGLES]; /* low nibbles, high nibbles */
};
struct tracked { /* the class of a run */
	const struct run *run;
	size_t table, done; /* done: up to where runs were told of */
	unsigned tail;	    /* how many of the class end the block before */
	unsigned char bits, step_count, steps[STEPS_MOST]; /* shifts that leave a bit where `least` ones begin */
};
struct chain { /* of the block before: where the byte stands, and where chains of it begin */
	uint64_t bits, begins;
};
struct classes {
	const struct rules *rules;
	void (*masks)(const struct classes *classes, const char *block, uint64_t *masks); /* NULL: by sampling */
	VEC(struct table) tables;
	VEC(struct tracked) tracked;
	VEC(const struct run *) sampled; /* what fits no table */
	VEC(struct chain) chains; /* one a spot */
	VEC(uint64_t) now; /* of this block: a mask for each of `tracked`, then for each spot */
};
struct pass {
	const struct rules *rules;
	struct text text;
	classes_hit *hit;
	void *context;
	int code;
};

/* ---- rectangles ---- */

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

static bool table_take(struct table *table, const uint16_t *sets, const uint16_t *rows, size_t count, unsigned char *bits)
{
	struct table new = *table;

	*bits = 0;
	for (size_t i = 0; i < count; i++) {
		unsigned at = 0;

		while (at < new.used && (new.sets[at] != sets[i] || new.rows[at] != rows[i]))
			at++;
		if (at == RECTANGLES)
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

static void track(struct classes *classes, const struct run *run)
{
	struct tracked *tracked;
	uint16_t sets[16], rows[16];
	size_t count = rectangles_of(run->class, sets, rows);

	if (!classes->masks || count > RECTANGLES || run->least > BLOCK) {
		vec_push(&classes->sampled, run);
		return;
	}
	tracked = vec_new(&classes->tracked);
	tracked->run = run;
	for (size_t have = 1, step; have < run->least; have += step) {
		step = have < run->least - have ? have : run->least - have;
		tracked->steps[tracked->step_count++] = (unsigned char)step;
	}
	while (tracked->table < classes->tables.len &&
	       !table_take(&classes->tables.at[tracked->table], sets, rows, count, &tracked->bits))
		tracked->table++;
	if (tracked->table == classes->tables.len)
		table_take(vec_new(&classes->tables), sets, rows, count, &tracked->bits);
}

#if defined(__x86_64__)
static void masks_512(const struct classes *classes, const char *block, uint64_t *masks);
static void masks_256(const struct classes *classes, const char *block, uint64_t *masks);
#endif

struct classes *classes_new(const struct rules *rules, bool portable)
{
	struct classes *classes = calloc(1, sizeof(*classes));

	if (!classes)
		abort();
	classes->rules = rules;
#if defined(__x86_64__)
	if (!portable && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") &&
	    __builtin_cpu_supports("popcnt"))
		classes->masks = __builtin_cpu_supports("avx512bw") ? masks_512 : masks_256;
#else
	(void)portable;
#endif
	vec_each(run, &rules->runs)
		track(classes, run);
	for (size_t i = 0; i < classes->tracked.len + rules->spots.len; i++)
		vec_push(&classes->now, 0);
	vec_each(spot, &rules->spots)
		vec_push(&classes->chains, (struct chain){ 0, spot->count });
	return classes;
}

void classes_free(struct classes *classes)
{
	if (!classes)
		return;
	vec_done(&classes->tables);
	vec_done(&classes->tracked);
	vec_done(&classes->sampled);
	vec_done(&classes->now);
	vec_done(&classes->chains);
	free(classes);
}

/* ---- what both ways share ---- */

static void run_found(struct pass *pass, const struct run *run, size_t start, size_t end)
{
	const unsigned char *byte = (const unsigned char *)pass->text.at;
	size_t of = 0;

	for (size_t i = start; i < end && of < run->least_of; i++)
		of += run->of[byte[i]];
	if (of >= run->least_of && pass->code >= 0)
		pass->code = pass->hit(pass->context, (unsigned)(run - pass->rules->runs.at), start, end);
}

static void spot_found(struct pass *pass, const struct spot *spot, size_t at)
{
	size_t which = pass->rules->runs.len + (size_t)(spot - pass->rules->spots.at);

	if (spot->byte == '\n')
		at++;
	if (at < pass->text.len && pass->code >= 0)
		pass->code = pass->hit(pass->context, (unsigned)which, at, at);
}

/* By sampling: a run of 13 has a character of its class at every 13th byte. */
static void run_sampled(struct pass *pass, const struct run *run)
{
	const unsigned char *byte = (const unsigned char *)pass->text.at;

	for (size_t at = run->least - 1; at < pass->text.len && pass->code >= 0; at += run->least) {
		size_t start = at, end = at;

		if (!run->class[byte[at]])
			continue;
		while (start > 0 && run->class[byte[start - 1]] && at - start < run->least)
			start--;
		while (end < pass->text.len && run->class[byte[end]])
			end++;
		if (end - start >= run->least)
			run_found(pass, run, start, end);
		at = end - 1; /* what follows is not of the class */
	}
}

static void spot_sampled(struct pass *pass, const struct spot *spot)
{
	const char *at = pass->text.at, *end = at + pass->text.len;

	for (; at < end && (at = memchr(at, spot->byte, (size_t)(end - at))) && pass->code >= 0; at++) {
		const char *last = at;

		for (unsigned i = 1; i < spot->count && last; i++) {
			const char *from = last + 2, *until = last + spot->within + 1;

			last = from < end ? memchr(from, spot->byte, (size_t)((until < end ? until : end) - from)) : NULL;
		}
		if (last)
			spot_found(pass, spot, (size_t)(at - pass->text.at));
	}
}

/* ---- with vectors ---- */

/* From where enough of a class stand in a row, the run is looked at byte by byte. */
static void begins_found(struct pass *pass, struct tracked *tracked, uint64_t begins, size_t at)
{
	const bool *class = tracked->run->class;
	const unsigned char *byte = (const unsigned char *)pass->text.at;

	for (; begins; begins &= begins - 1) {
		size_t start = at + (unsigned)__builtin_ctzll(begins), end = start;

		if (start < tracked->done)
			continue;
		while (start > tracked->done && class[byte[start - 1]])
			start--;
		while (end < pass->text.len && class[byte[end]])
			end++;
		tracked->done = end;
		if (end - start >= tracked->run->least)
			run_found(pass, tracked->run, start, end);
	}
}

QUICK static inline uint64_t begins_of(struct tracked *tracked, uint64_t mask)
{
	unsigned lead = ~mask ? (unsigned)__builtin_ctzll(~mask) : BLOCK;
	uint64_t begins = mask;

	for (unsigned i = 0; i < tracked->step_count; i++)
		begins &= begins >> tracked->steps[i];
	/* A run may lie across the border. */
	begins |= mask & 1 & (uint64_t)(tracked->tail + lead >= tracked->run->least);
	tracked->tail = ~mask ? (unsigned)__builtin_clzll(~mask) : BLOCK;
	return begins;
}

/* Those that have `count` - 1 others behind them, each 2 to `within` bytes behind the one before. */
QUICK static inline uint64_t chained(const struct spot *spot, uint64_t bits)
{
	if ((unsigned)__builtin_popcountll(bits) < spot->count)
		return 0;
	for (unsigned i = 1; i < spot->count && bits; i++) {
		uint64_t next = 0;

		for (unsigned far = 2; far <= spot->within; far++)
			next |= bits >> far;
		bits &= next;
	}
	return bits;
}

/* Chains within this block, and those that lie across its border: they begin in the last half of the one before. */
QUICK static void chains_found(struct pass *pass, const struct spot *spot, struct chain *before, uint64_t bits, size_t at)
{
	uint64_t begins = chained(spot, bits);
	uint64_t across = chained(spot, before->bits >> 32 | bits << 32) & UINT32_MAX & ~(before->begins >> 32);

	*before = (struct chain){ bits, begins };
	for (; across; across &= across - 1)
		spot_found(pass, spot, at - 32 + (unsigned)__builtin_ctzll(across));
	for (; begins; begins &= begins - 1)
		spot_found(pass, spot, at + (unsigned)__builtin_ctzll(begins));
}

QUICK static void block_found(struct classes *classes, struct pass *pass, size_t at, uint64_t valid)
{
	const uint64_t *mask = classes->now.at;
	struct chain *chain = classes->chains.at;

	vec_each(tracked, &classes->tracked) {
		uint64_t begins = begins_of(tracked, *mask++ & valid);

		if (begins)
			begins_found(pass, tracked, begins, at);
	}
	vec_each(spot, &classes->rules->spots) {
		uint64_t bits = *mask++ & valid;

		if (spot->count > 1 && bits | chain->bits)
			chains_found(pass, spot, chain, bits, at);
		for (; spot->count == 1 && bits; bits &= bits - 1)
			spot_found(pass, spot, at + (unsigned)__builtin_ctzll(bits));
		chain++;
	}
}

static void vector_scan(struct classes *classes, struct pass *pass)
{
	size_t len = pass->text.len, at = 0;
	char last[BLOCK] = { 0 };

	vec_each(tracked, &classes->tracked)
		tracked->done = tracked->tail = 0;
	vec_each(chain, &classes->chains)
		*chain = (struct chain){ 0 };
	for (; len - at >= BLOCK && pass->code >= 0; at += BLOCK) {
		classes->masks(classes, pass->text.at + at, classes->now.at);
		block_found(classes, pass, at, ~(uint64_t)0);
	}
	if (at == len || pass->code < 0)
		return;
	memcpy(last, pass->text.at + at, len - at);
	classes->masks(classes, last, classes->now.at);
	block_found(classes, pass, at, ((uint64_t)1 << (len - at)) - 1);
}

#if defined(__x86_64__)
__attribute__((target("avx512bw"))) static void masks_512(const struct classes *classes, const char *block, uint64_t *masks)
{
	const __m512i bytes = _mm512_loadu_si512(block), nibble = _mm512_set1_epi8(15);
	const __m512i low = _mm512_and_si512(bytes, nibble), high = _mm512_and_si512(_mm512_srli_epi16(bytes, 4), nibble);
	size_t table = SIZE_MAX;
	__m512i found = bytes;

	vec_each(tracked, &classes->tracked) {
		if (tracked->table != table) {
			const struct table *at = &classes->tables.at[table = tracked->table];

			found = _mm512_and_si512(
				_mm512_shuffle_epi8(_mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)at->low)), low),
				_mm512_shuffle_epi8(_mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)at->high)), high));
		}
		*masks++ = _mm512_test_epi8_mask(found, _mm512_set1_epi8((char)tracked->bits));
	}
	vec_each(spot, &classes->rules->spots)
		*masks++ = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(spot->byte));
}

__attribute__((target("avx2"))) static uint32_t masks_half(const struct table *table, unsigned char bits, __m256i low, __m256i high)
{
	const __m256i lows = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)table->low));
	const __m256i highs = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)table->high));
	const __m256i found = _mm256_and_si256(_mm256_shuffle_epi8(lows, low), _mm256_shuffle_epi8(highs, high));

	return ~(uint32_t)_mm256_movemask_epi8(
		_mm256_cmpeq_epi8(_mm256_and_si256(found, _mm256_set1_epi8((char)bits)), _mm256_setzero_si256()));
}

__attribute__((target("avx2"))) static void masks_256(const struct classes *classes, const char *block, uint64_t *masks)
{
	const __m256i nibble = _mm256_set1_epi8(15);
	uint64_t *mask = masks;

	for (unsigned half = 0; half < 64; half += 32, mask = masks) {
		const __m256i bytes = _mm256_loadu_si256((const __m256i *)(block + half));
		const __m256i low = _mm256_and_si256(bytes, nibble);
		const __m256i high = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), nibble);

		vec_each(tracked, &classes->tracked) {
			uint64_t bits = masks_half(&classes->tables.at[tracked->table], tracked->bits, low, high);

			*mask = half ? *mask | bits << 32 : bits;
			mask++;
		}
		vec_each(spot, &classes->rules->spots) {
			uint64_t bits = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(spot->byte)));

			*mask = half ? *mask | bits << 32 : bits;
			mask++;
		}
	}
}
#endif

int classes_scan(struct classes *classes, struct text text, classes_hit *hit, void *context)
{
	struct pass pass = { classes->rules, text, hit, context, 0 };

	if (text.len == 0)
		return 0;
	vec_each(spot, &classes->rules->spots)
		if (spot->byte == '\n')
			spot_found(&pass, spot, SIZE_MAX); /* the first line follows no line's end */
	if (classes->masks)
		vector_scan(classes, &pass);
	vec_each(run, &classes->sampled)
		run_sampled(&pass, *run);
	vec_each(spot, &classes->rules->spots)
		if (!classes->masks)
			spot_sampled(&pass, spot);
	return pass.code < 0 ? pass.code : 0;
}
