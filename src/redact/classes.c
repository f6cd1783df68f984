/* The pass over classes of characters: bytes become bits, one a class (blocks.h), and a run is looked for where a group of bits
 * is full. Each run, spot and tail has its turn at a batch of blocks, which its loop stays small for. Without vector
 * instructions, runs are found by sampling. */
#include "redact/classes.h"
#include <ctype.h>
#include <endian.h>
#include "redact/blocks.h"

enum { TAIL = 3, FIELDS = 6, ALIKE = 6, ENDING_BITS = 10, ENDINGS = 1 << ENDING_BITS };

struct tracked { /* the class of a run */
	const struct run *run;
	size_t done; /* up to where runs were told of */
	size_t begin; /* of those that are short enough: where among the begins; SIZE_MAX: of the others */
	uint64_t middle; /* what is set in a block that holds a whole run */
	unsigned tail; /* how many of the class end the block before */
};
struct chained {
	const struct spot *spot;
	size_t begin;
};
struct mark { /* a byte, and the spots that stand where it does */
	VEC(const struct spot *) single;
	VEC(struct chained) chains;
	bool watched;
	VEC(uint32_t) blocks; /* that have it, when it is watched */
};
struct ending { /* of a tail: its last bytes, compared all at once, with the bit that folds letters set */
	uint64_t bytes, mask;
	unsigned index;
};
struct classes {
	const struct rules *rules;
	blocks_masks *masks; /* NULL: by sampling */
	struct blocks blocks;
	VEC(struct tracked) tracked; /* one for each class of the blocks */
	struct mark marks[BLOCK_BYTES];
	VEC(const struct run *) sampled; /* what has no place there */
	VEC(const struct spot *) sampled_spots;
	unsigned alike; /* how many of the last bytes of words are looked at: ALIKE, or what the shortest has */
	VEC(struct ending) endings[ENDINGS]; /* by the last bytes, folded */
	uint64_t any_ending[ENDINGS / 64]; /* which of them are not empty */
};
struct pass {
	const struct rules *rules;
	struct text text;
	classes_hit *hit;
	void *context;
	int code;
};

static unsigned char folded(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c | 32 : c);
}

/* ---- what is looked for ---- */

static void track(struct classes *classes, const struct run *run)
{
	struct tracked *tracked;

	if (!classes->masks || run->least > BLOCK || !blocks_class(&classes->blocks, run->class)) {
		vec_push(&classes->sampled, run);
		return;
	}
	tracked = vec_new(&classes->tracked);
	tracked->run = run;
}

/* When all classes are known. What has no room among the begins is looked at block by block. */
static void runs_begin(struct classes *classes)
{
	for (size_t i = 0; i < classes->tracked.len; i++) {
		struct tracked *tracked = &classes->tracked.at[i];

		if (blocks_run(&classes->blocks, i, tracked->run->least, &tracked->begin))
			continue;
		tracked->begin = SIZE_MAX;
		for (size_t bit = BLOCK - tracked->run->least; bit < tracked->run->least; bit++)
			tracked->middle |= (uint64_t)1 << bit;
	}
}

static void mark(struct classes *classes, const struct spot *spot)
{
	size_t which, begin;

	if (!classes->masks || !blocks_byte(&classes->blocks, spot->byte, &which))
		vec_push(&classes->sampled_spots, spot);
	else if (spot->count == 1)
		vec_push(&classes->marks[which].single, spot);
	else if (blocks_chain(&classes->blocks, which, spot->count, spot->within, &begin))
		vec_push(&classes->marks[which].chains, (struct chained){ spot, begin });
	else
		vec_push(&classes->sampled_spots, spot);
}

/* The eight bytes before `end`, folded; zeros where there are fewer. */
static inline uint64_t ending_at(struct text text, size_t end)
{
	uint64_t bytes = 0;

	if (end >= sizeof(bytes))
		memcpy(&bytes, text.at + end - sizeof(bytes), sizeof(bytes));
	else
		memcpy((char *)&bytes + sizeof(bytes) - end, text.at, end);
	return le64toh(bytes) | 0x2020202020202020;
}

/* By the last few bytes: what stands behind tells whether a field's name ends there, or words whose endings are alike. */
static inline size_t ending_slot(const struct classes *classes, uint64_t bytes, bool sign)
{
	return (bytes >> (64 - 8 * (sign ? TAIL : classes->alike))) * 0x9e3779b97f4a7c15 >> (64 - ENDING_BITS);
}

/* A tail's last three bytes, and what must stand behind them. */
static void tail_add(struct classes *classes, unsigned index)
{
	char mask[sizeof(uint64_t)] = { 0 };
	const struct tail *tail = &classes->rules->tails.at[index];
	const char *last = tail->text.at + tail->text.len - TAIL;
	unsigned variant = tail->sign ? folded(last[2]) % FIELDS : FIELDS + folded(last[1]) % 2;
	size_t known = tail->text.len < sizeof(mask) ? tail->text.len : sizeof(mask), slot;
	uint64_t bytes = ending_at(tail->text, tail->text.len);
	struct ending *new;

	memset(mask + sizeof(mask) - known, 0xff, known);
	slot = ending_slot(classes, bytes, tail->sign);
	classes->any_ending[slot / 64] |= (uint64_t)1 << slot % 64;
	new = vec_new(&classes->endings[slot]);
	*new = (struct ending){ .bytes = bytes, .index = index };
	memcpy(&new->mask, mask, sizeof(mask));
	new->mask = le64toh(new->mask);
	for (size_t i = 0; i < TAIL; i++)
		quads_add(&classes->blocks.quads, variant, i, folded(last[i]), true);
	for (unsigned c = 0; c < 256; c++)
		if (tail_goes_on(tail, (char)c))
			quads_add(&classes->blocks.quads, variant, TAIL, (unsigned char)c, false);
	classes->blocks.quads.count++;
}

struct classes *classes_new(const struct rules *rules, struct text watched, bool portable)
{
	struct classes *classes = calloc(1, sizeof(*classes));
	size_t which;

	if (!classes)
		abort();
	classes->rules = rules;
	classes->masks = portable ? NULL : blocks_quick();
	for (size_t i = 0; i < watched.len; i++)
		if (blocks_byte(&classes->blocks, watched.at[i], &which))
			classes->marks[which].watched = true;
	vec_each(run, &rules->runs)
		track(classes, run);
	runs_begin(classes);
	vec_each(spot, &rules->spots)
		mark(classes, spot);
	classes->alike = ALIKE;
	vec_each(tail, &rules->tails)
		if (!tail->sign && tail->text.len < classes->alike)
			classes->alike = (unsigned)tail->text.len;
	for (unsigned i = 0; i < rules->tails.len; i++)
		tail_add(classes, i);
	return classes;
}

void classes_free(struct classes *classes)
{
	if (!classes)
		return;
	for (size_t i = 0; i < BLOCK_BYTES; i++) {
		vec_done(&classes->marks[i].single);
		vec_done(&classes->marks[i].chains);
		vec_done(&classes->marks[i].blocks);
	}
	for (size_t i = 0; i < COUNT(classes->endings); i++)
		vec_done(&classes->endings[i]);
	vec_done(&classes->tracked);
	vec_done(&classes->sampled);
	vec_done(&classes->sampled_spots);
	free(classes);
}

struct places classes_blocks(const struct classes *classes, char byte)
{
	for (size_t i = 0; i < classes->blocks.byte_count && classes->masks; i++)
		if (classes->blocks.bytes[i] == byte && classes->marks[i].watched)
			return (struct places){ classes->marks[i].blocks.at, classes->marks[i].blocks.len, true };
	return (struct places){ 0 };
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

static bool tail_stands(struct text text, const struct tail *tail, size_t end)
{
	size_t i = tail->text.len;
	char before = i < end ? text.at[end - i - 1] : '\0';

	/* Of a field the whole name is asked for, not the end of a longer one. */
	if (i > end || !tail_goes_on(tail, text.at[end]) || (tail->sign && (isalnum((unsigned char)before) || before == '_' || before == '-')))
		return false;
	while (i > 0 && folded(text.at[end - tail->text.len + i - 1]) == (unsigned char)tail->text.at[i - 1])
		i--;
	return i == 0;
}

/* The last three bytes of a tail may end at `end`. */
static void tails_found(const struct classes *classes, struct pass *pass, size_t end)
{
	size_t before = pass->rules->runs.len + pass->rules->spots.len, slot;
	uint64_t bytes;
	char next;

	if (end >= pass->text.len)
		return;
	bytes = ending_at(pass->text, end);
	next = pass->text.at[end];
	slot = ending_slot(classes, bytes, next != '_' && ((next | 32) < 'a' || (next | 32) > 'z'));
	if (!(classes->any_ending[slot / 64] >> slot % 64 & 1))
		return;
	vec_each(ending, &classes->endings[slot])
		if (((bytes ^ ending->bytes) & ending->mask) == 0 && tail_stands(pass->text, &pass->rules->tails.at[ending->index], end) &&
		    pass->code >= 0)
			pass->code = pass->hit(pass->context, (unsigned)(before + ending->index), end, end);
}

/* ---- by sampling ---- */

/* A run of 13 has a character of its class at every 13th byte. */
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
	size_t least = spot->within > 1 ? 2 : 1;

	for (; at < end && (at = memchr(at, spot->byte, (size_t)(end - at))) && pass->code >= 0; at++) {
		const char *last = at;

		for (unsigned i = 1; i < spot->count && last; i++) {
			const char *from = last + least, *until = last + spot->within + 1;

			last = from < end ? memchr(from, spot->byte, (size_t)((until < end ? until : end) - from)) : NULL;
		}
		if (last)
			spot_found(pass, spot, (size_t)(at - pass->text.at));
	}
}

static void tails_sampled(const struct classes *classes, struct pass *pass)
{
	for (size_t at = 0; at + QUAD <= pass->text.len && pass->code >= 0; at++)
		if (quads_take(&classes->blocks.quads, (const unsigned char *)pass->text.at + at))
			tails_found(classes, pass, at + TAIL);
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

/* Of runs that are longer than half a block: begins within the block, and the one that lies across its border. */
static inline uint64_t begins_of(struct tracked *tracked, uint64_t mask)
{
	size_t least = tracked->run->least;
	unsigned lead = ~mask ? (unsigned)__builtin_ctzll(~mask) : BLOCK;
	uint64_t begins = (mask & tracked->middle) == tracked->middle ? mask : 0;

	for (size_t have = 1, step; begins && have < least; have += step) {
		step = have < least - have ? have : least - have;
		begins &= begins >> step;
	}
	begins |= mask & 1 & (uint64_t)(tracked->tail + lead >= least);
	tracked->tail = ~mask ? (unsigned)__builtin_clzll(~mask) : BLOCK;
	return begins;
}

static void runs_found(const struct classes *classes, struct pass *pass, struct tracked *tracked, const struct block_masks *masks,
		       size_t at)
{
	size_t mask = (size_t)(tracked - classes->tracked.at);

	if (tracked->begin == SIZE_MAX) {
		for (size_t i = 0; i < BATCH; i++)
			begins_found(pass, tracked, begins_of(tracked, masks->masks[mask][i + 1]), at + i * BLOCK);
		return;
	}
	for (unsigned begun = masks->begun[tracked->begin]; begun; begun &= begun - 1) {
		unsigned i = (unsigned)__builtin_ctz(begun);

		begins_found(pass, tracked, masks->begins[tracked->begin][i], at + i * BLOCK - BLOCK / 2);
	}
}

static void mark_found(struct pass *pass, struct mark *mark, const uint64_t bytes[BATCH], unsigned seen,
		       const struct block_masks *masks, size_t at)
{
	for (unsigned left = mark->watched ? seen : 0; left; left &= left - 1)
		vec_push(&mark->blocks, (uint32_t)(at + (unsigned)__builtin_ctz(left) * BLOCK));
	vec_each(chain, &mark->chains)
		for (unsigned begun = masks->begun[chain->begin]; begun; begun &= begun - 1) {
			unsigned i = (unsigned)__builtin_ctz(begun);

			for (uint64_t begins = masks->begins[chain->begin][i]; begins; begins &= begins - 1)
				spot_found(pass, chain->spot, at + i * BLOCK - BLOCK / 2 + (unsigned)__builtin_ctzll(begins));
		}
	for (; seen && mark->single.len; seen &= seen - 1) {
		unsigned i = (unsigned)__builtin_ctz(seen);

		for (uint64_t left = bytes[i]; left; left &= left - 1)
			vec_each(spot, &mark->single)
				spot_found(pass, *spot, at + i * BLOCK + (unsigned)__builtin_ctzll(left));
	}
}

/* `valid`: how many bytes of it are of the text. */
static void batch_found(struct classes *classes, struct pass *pass, const char *batch, size_t at, size_t valid, struct block_masks *masks)
{
	size_t mask = classes->blocks.class_count;

	classes->masks(&classes->blocks, batch, valid, masks);
	vec_each(tracked, &classes->tracked)
		runs_found(classes, pass, tracked, masks, at);
	for (size_t i = 0; i < classes->blocks.byte_count; i++, mask++)
		mark_found(pass, &classes->marks[i], masks->masks[mask] + 1, masks->seen[mask], masks, at);
	for (size_t i = 0; i < BATCH; i++)
		for (uint64_t quads = masks->quads[i]; quads; quads &= quads - 1)
			tails_found(classes, pass, at + i * BLOCK + (unsigned)__builtin_ctzll(quads) + TAIL);
}

static void vector_scan(struct classes *classes, struct pass *pass)
{
	size_t len = pass->text.len, at = 0;
	char last[2 * BATCH_SIZE + BATCH_AHEAD] = { 0 };
	struct block_masks masks = { 0 };

	vec_each(tracked, &classes->tracked)
		tracked->done = tracked->tail = 0;
	for (size_t i = 0; i < classes->blocks.byte_count; i++)
		classes->marks[i].blocks.len = 0;
	for (; len - at >= BATCH_SIZE + BATCH_AHEAD && pass->code >= 0; at += BATCH_SIZE)
		batch_found(classes, pass, pass->text.at + at, at, BATCH_SIZE, &masks);
	if (pass->code < 0)
		return;
	/* What begins in the last half of a block is found when the next one is looked at: one more follows the last. */
	memcpy(last, pass->text.at + at, len - at);
	for (size_t from = 0; from < sizeof(last) - BATCH_AHEAD && pass->code >= 0; from += BATCH_SIZE) {
		size_t left = len - at > from ? len - at - from : 0;

		batch_found(classes, pass, last + from, at + from, left < BATCH_SIZE ? left : BATCH_SIZE, &masks);
	}
}

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
	else if (classes->rules->tails.len)
		tails_sampled(classes, &pass);
	vec_each(run, &classes->sampled)
		run_sampled(&pass, *run);
	vec_each(spot, &classes->sampled_spots)
		spot_sampled(&pass, *spot);
	return pass.code < 0 ? pass.code : 0;
}
