/* Check sums, eight bytes a step. */
#include "base/sum.h"
#include <string.h>

static uint64_t word_at(const char *at)
{
	uint64_t word;

	memcpy(&word, at, sizeof(word));
	return word;
}

/* Four sums side by side, as each step waits for the one before. */
uint64_t sum_bytes(uint64_t sum, const void *bytes, size_t len)
{
	uint64_t a = sum, b = sum + 1, c = sum + 2, d = sum + 3, last = 0;
	const char *at = bytes;

	for (; len >= 4 * sizeof(last); at += 4 * sizeof(last), len -= 4 * sizeof(last)) {
		a = sum_number(a, word_at(at));
		b = sum_number(b, word_at(at + 8));
		c = sum_number(c, word_at(at + 16));
		d = sum_number(d, word_at(at + 24));
	}
	for (; len >= sizeof(last); at += sizeof(last), len -= sizeof(last))
		a = sum_number(a, word_at(at));
	if (len)
		memcpy(&last, at, len);
	a = sum_number(a, last ^ (uint64_t)len << 56);
	return sum_number(sum_number(sum_number(a, b), c), d);
}
