/* Fuzzes the cutting of questions into words, folding and spelling distances. */
#include <stdint.h>
#include <math.h>
#include <string.h>
#include "base/words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text question = { (const char *)data, size };
	struct words words = { 0 };
	bool cut;

	words_split(question, &words, &cut);
	if (words.list.len > 256 || (size > 4096 && !cut))
		abort();
	vec_each(word, &words.list) {
		/* Each word lies within the question, and its texts are terminated. */
		if (word->text.len == 0 || word->text.at < question.at ||
		    word->text.at + word->text.len > question.at + question.len)
			abort();
		if (!memchr(word->base, '\0', sizeof(word->base)) || !memchr(word->unit, '\0', sizeof(word->unit)))
			abort();
		if (word->kind == WORD_NUMBER && isnan(word->number))
			abort();
		if (word_distance(word->base, word->base, 3) != 0 ||
		    word_distance(word->base, words.list.at[0].base, 3) != word_distance(words.list.at[0].base, word->base, 3))
			abort();
	}
	words_done(&words);
	return 0;
}
