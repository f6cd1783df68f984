/* Looking for a few plain words: a shuffle for each half of their first four bytes tells where one may begin (blocks.h). */
#include "redact/words.h"
#include "redact/blocks.h"

enum { WORDS_MOST = 48, VARIANTS = 8, SHORTEST = 3 };

struct word {
	struct text text;
	uint64_t bytes, mask, folded; /* its first eight, where they count, and the bit that folds letters */
	bool fold;
	unsigned which;
};
struct words {
	blocks_masks *masks;
	struct blocks blocks;
	VEC(struct word) first[256]; /* by what they may begin with */
};

static unsigned char other_case(char c)
{
	return (unsigned char)((c | 32) >= 'a' && (c | 32) <= 'z' ? c ^ 32 : c);
}

static void word_add(struct words *words, const struct find *find, unsigned which)
{
	struct word word = { .text = find->plain, .fold = find->fold, .which = which };
	unsigned char first = (unsigned char)word.text.at[0], other = other_case((char)first);

	for (size_t i = 0; i < QUAD; i++)
		if (i < word.text.len)
			quads_add(&words->blocks.quads, which % VARIANTS, i, (unsigned char)word.text.at[i], word.fold);
		else
			quads_any(&words->blocks.quads, which % VARIANTS, i);
	words->blocks.quads.count++;
	for (size_t i = 0; i < sizeof(word.bytes) && i < word.text.len; i++) {
		uint64_t fold = word.fold && other_case(word.text.at[i]) != (unsigned char)word.text.at[i] ? 32 : 0;

		word.bytes |= ((unsigned char)word.text.at[i] | fold) << i * 8;
		word.mask |= (uint64_t)0xff << i * 8;
		word.folded |= fold << i * 8;
	}
	vec_push(&words->first[first], word);
	if (word.fold && other != first)
		vec_push(&words->first[other], word);
}

struct words *words_new(const struct find *finds, size_t count)
{
	blocks_masks *masks = blocks_quick();
	struct words *words;

	if (!masks || count > WORDS_MOST)
		return NULL;
	for (size_t i = 0; i < count; i++)
		if (!finds[i].plain.at || finds[i].plain.len < SHORTEST)
			return NULL;
	words = calloc(1, sizeof(*words));
	if (!words)
		abort();
	words->masks = masks;
	for (unsigned i = 0; i < count; i++)
		word_add(words, &finds[i], i);
	return words;
}

void words_free(struct words *words)
{
	for (size_t i = 0; words && i < COUNT(words->first); i++)
		vec_done(&words->first[i]);
	free(words);
}

/* What is of the word's first bytes already. */
static bool stands(struct text text, size_t at, const struct word *word)
{
	if (word->text.len > text.len - at)
		return false;
	if (!word->fold && word->text.len <= sizeof(word->bytes))
		return true; /* that was looked at */
	if (!word->fold)
		return memcmp(text.at + at, word->text.at, word->text.len) == 0;
	for (size_t i = 0; i < word->text.len; i++)
		if (text.at[at + i] != word->text.at[i] && (unsigned char)text.at[at + i] != other_case(word->text.at[i]))
			return false;
	return true;
}

static int words_at(const struct words *words, struct text text, size_t at, finder_hit *hit, void *context)
{
	uint64_t bytes = 0;
	int code = 0;

	if (text.len - at >= sizeof(bytes))
		memcpy(&bytes, text.at + at, sizeof(bytes));
	else
		memcpy(&bytes, text.at + at, text.len - at);
	vec_each(word, &words->first[(unsigned char)text.at[at]])
		if ((((bytes | word->folded) ^ word->bytes) & word->mask) == 0 && code >= 0 && stands(text, at, word))
			code = hit(context, word->which, at + word->text.len);
	return code;
}

int words_scan(const struct words *words, struct text text, finder_hit *hit, void *context)
{
	char last[BATCH_SIZE + BATCH_AHEAD];
	struct block_masks masks;
	int code = 0;

	for (size_t at = 0; at < text.len && code >= 0; at += BATCH_SIZE) {
		const char *batch = text.at + at;

		if (text.len - at < sizeof(last)) {
			memset(last, 0, sizeof(last));
			batch = memcpy(last, batch, text.len - at);
		}
		words->masks(&words->blocks, batch, BATCH_SIZE, &masks);
		for (size_t i = 0; i < BATCH; i++)
			for (uint64_t begins = masks.quads[i]; begins && code >= 0; begins &= begins - 1) {
				size_t place = at + i * BLOCK + (unsigned)__builtin_ctzll(begins);

				code = place < text.len ? words_at(words, text, place, hit, context) : 0;
			}
	}
	return code < 0 ? code : 0;
}
