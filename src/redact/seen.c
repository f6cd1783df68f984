/* Values of forms that were judged before: a log repeats the same addresses and names in every line, and whether one is to be
 * hidden depends on nothing but itself, where its rule asks for nothing around it. */
#include <endian.h>
#include "redact/cleaner.h"

enum { SEEN_BITS = 12, SEEN_ROOM = 1 << SEEN_BITS, SEEN_WORDS = 4, SEEN_LONGEST = SEEN_WORDS * 8 };

struct seen { /* free: len is 0 */
	uint64_t words[SEEN_WORDS]; /* the value, and zeros */
	uint32_t name; /* its entry in the private map + 1, once it has one */
	uint16_t rule;
	uint8_t len;
	bool secret;
};

void seen_drop(struct redactor *r)
{
	if (r->seen)
		explicit_bzero(r->seen, SEEN_ROOM * sizeof(*r->seen));
	free(TAKE(r->seen));
}

/* The value in whole words, without a branch on its length, which varies from one to the next. */
static void words_of(struct redactor *r, const struct span *span, struct text value, uint64_t words[SEEN_WORDS])
{
	if (r->window.len - span->start >= SEEN_LONGEST) {
		memcpy(words, value.at, SEEN_LONGEST);
	} else {
		memset(words, 0, SEEN_LONGEST);
		memcpy(words, value.at, value.len);
	}
#pragma GCC unroll 4
	for (size_t i = 0; i < SEEN_WORDS; i++) {
		size_t left = value.len > i * 8 ? value.len - i * 8 : 0, cut = left < 8 ? 64 - left * 8 : 0;

		words[i] = left ? le64toh(words[i]) & UINT64_MAX >> (cut & 63) : 0;
	}
}

/* Two places for each; the one that was put there last stays. */
static struct seen *seen_place(struct redactor *r, unsigned rule, const uint64_t words[SEEN_WORDS])
{
	static const uint64_t odd[SEEN_WORDS] = { 0x9e3779b97f4a7c15, 0xc2b2ae3d27d4eb4f, 0x165667b19e3779f9, 0xd6e8feb86659fd93 };
	uint64_t hash = r->names.seed ^ rule;

	/* Of each word by itself, so that none waits for another. */
#pragma GCC unroll 4
	for (size_t i = 0; i < SEEN_WORDS; i++)
		hash ^= (words[i] ^ r->names.seed) * odd[i];
	hash ^= hash >> 29;
	return &r->seen[hash * odd[0] >> (64 - SEEN_BITS) & ~(uint64_t)1];
}

static inline bool same(const struct seen *seen, unsigned rule, size_t len, const uint64_t words[SEEN_WORDS])
{
	uint64_t other = (seen->words[0] ^ words[0]) | (seen->words[1] ^ words[1]) | (seen->words[2] ^ words[2]) |
			 (seen->words[3] ^ words[3]);

	return !(other | (seen->rule ^ rule) | (seen->len ^ len));
}

/* Of these rules a value is all that is asked. (No form takes a "<", which placeholders begin with.) */
static bool lasting(const struct rule *rule, struct text value)
{
	return rule->rank == RANK_IDENTITY && !rule->regex[REGEX_BEFORE] && !rule->regex[REGEX_AFTER] && value.len &&
	       value.len <= SEEN_LONGEST;
}

int seen_judge(struct redactor *r, struct span *span)
{
	const struct rule *rule = &r->rules.list.at[span->rule];
	struct text value = { r->window.at + span->start, span->end - span->start };
	uint64_t words[SEEN_WORDS];
	struct seen *seen;
	int got;

	if (!lasting(rule, value))
		return matcher_judge(r->matcher, r->window, span, r->err);
	if (!r->seen && !(r->seen = calloc(SEEN_ROOM, sizeof(*r->seen))))
		abort();
	words_of(r, span, value, words);
	seen = seen_place(r, span->rule, words);
	seen += same(seen, span->rule, value.len, words) ? 0 : 1;
	if (!same(seen, span->rule, value.len, words)) {
		got = matcher_judge(r->matcher, r->window, span, r->err);
		if (got < 0)
			return got;
		seen[0] = seen[-1];
		seen[-1] = (struct seen){ .rule = (uint16_t)span->rule, .len = (uint8_t)value.len, .secret = got };
		memcpy(seen[-1].words, words, sizeof(words));
		return got;
	}
	if (!seen->secret || r->escaped)
		return seen->secret;
	if (!seen->name) {
		const struct name *name = names_value(&r->names, value);

		seen->name = name && name->rule[0] ? (uint32_t)(name - r->names.list.at) + 1 : 0;
	}
	span->name = seen->name;
	return 1;
}
