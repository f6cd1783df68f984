/* How far two spellings are from each other. */
#include <string.h>
#include "base/utf8.h"
#include "base/words.h"

enum { DISTANCE_LETTERS = 64 };

static size_t characters(const char *string, uint32_t out[DISTANCE_LETTERS], bool *whole)
{
	struct text t = text_of(string);
	size_t count = 0;

	while (t.len && count < DISTANCE_LETTERS)
		t = text_from(t, utf8_next(t, &out[count++]));
	*whole = t.len == 0;
	return count;
}

unsigned word_distance(const char *a, const char *b, unsigned most)
{
	uint32_t x[DISTANCE_LETTERS], y[DISTANCE_LETTERS];
	unsigned rows[3][DISTANCE_LETTERS + 1];
	unsigned *before = rows[0], *last = rows[1], *row = rows[2];
	bool whole_a, whole_b;
	size_t m = characters(a, x, &whole_a), n = characters(b, y, &whole_b);

	if (!whole_a || !whole_b)
		return strcmp(a, b) == 0 ? 0 : most + 1;
	if ((m > n ? m - n : n - m) > most)
		return most + 1;
	for (size_t j = 0; j <= n; j++)
		last[j] = (unsigned)j;
	for (size_t i = 1; i <= m; i++) {
		unsigned least = row[0] = (unsigned)i;
		unsigned *spare = before;

		for (size_t j = 1; j <= n; j++) {
			unsigned best = last[j - 1] + (x[i - 1] != y[j - 1]);

			if (last[j] + 1 < best)
				best = last[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			/* Two letters that changed places are one mistake. */
			if (i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1] && before[j - 2] + 1 < best)
				best = before[j - 2] + 1;
			row[j] = best;
			if (best < least)
				least = best;
		}
		if (least > most)
			return most + 1;
		before = last;
		last = row;
		row = spare;
	}
	return last[n] > most ? most + 1 : last[n];
}
