/* The list of English words, mapped and searched by halves: nothing is read but the pages that a search meets. */
#include "trace/words/english.h"
#include <ctype.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include "base/cleanup.h"
#include "trace/words/question.h"

struct english {
	const char *at;
	size_t len;
};

struct english *english_open(const char *path, struct error *err)
{
	AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC);
	struct english *english;
	struct stat info;
	void *at;

	if (fd < 0 || fstat(fd, &info) < 0) {
		fail(err, -errno, "cannot open '%s': %s", path, strerror(errno));
		return NULL;
	}
	if (info.st_size <= 0 || info.st_size > 16 << 20) {
		fail(err, -EINVAL, "'%s' is no list of words: it has %lld bytes", path, (long long)info.st_size);
		return NULL;
	}
	at = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (at == MAP_FAILED) {
		fail(err, -errno, "cannot map '%s': %s", path, strerror(errno));
		return NULL;
	}
	english = malloc(sizeof(*english));
	if (!english) {
		munmap(at, (size_t)info.st_size);
		fail(err, -ENOMEM, "out of memory");
		return NULL;
	}
	*english = (struct english){ at, (size_t)info.st_size };
	return english;
}

void english_close(struct english *english)
{
	if (english)
		munmap((void *)english->at, english->len);
	free(english);
}

bool english_has(const struct english *english, struct text word)
{
	char small[ENGLISH_MOST];
	size_t low = 0, high = english ? english->len : 0;

	if (word.len == 0 || word.len >= sizeof(small))
		return false;
	for (size_t i = 0; i < word.len; i++)
		small[i] = (char)tolower((unsigned char)word.at[i]);
	while (low < high) {
		size_t middle = low + (high - low) / 2, start = middle, end = middle;
		size_t len;
		int order;

		while (start > low && english->at[start - 1] != '\n')
			start--;
		while (end < english->len && english->at[end] != '\n')
			end++;
		len = end - start;
		order = memcmp(english->at + start, small, len < word.len ? len : word.len);
		if (order == 0 && len == word.len)
			return true;
		if (order < 0 || (order == 0 && len < word.len))
			low = end + 1;
		else
			high = start;
	}
	return false;
}

bool english_slip(const struct english *english, struct text word, char right[ENGLISH_MOST])
{
	size_t len = word.len;

	if (!english || len < 4 || len + 2 > ENGLISH_MOST || english_has(english, word))
		return false;
	for (size_t i = 0; i + 1 < len; i++) {
		memcpy(right, word.at, len);
		right[len] = '\0';
		right[i] = word.at[i + 1];
		right[i + 1] = word.at[i];
		if (right[i] != right[i + 1] && english_has(english, text_of(right)))
			return true;
	}
	/* One vowel for another: "eech". */
	for (size_t i = 1; i + 1 < len; i++)
		for (const char *vowel = "aeiou"; strchr("aeiou", word.at[i]) && *vowel; vowel++) {
			memcpy(right, word.at, len);
			right[len] = '\0';
			right[i] = *vowel;
			if (english_has(english, text_of(right)))
				return true;
		}
	/* A letter doubled or not, which is the commonest of these, before any other. */
	for (int doubled = 1; doubled >= (len >= 5 ? 0 : 1); doubled--) {
		for (size_t i = 1; i + 1 < len; i++) {
			if (doubled && word.at[i] != word.at[i - 1])
				continue;
			memcpy(right, word.at, i);
			memcpy(right + i, word.at + i + 1, len - i - 1);
			right[len - 1] = '\0';
			if (english_has(english, text_of(right)))
				return true;
		}
		for (size_t i = 1; i < len; i++)
			for (int c = doubled ? word.at[i - 1] : 'a'; c <= (doubled ? word.at[i - 1] : 'z'); c++) {
				memcpy(right, word.at, i);
				right[i] = (char)c;
				memcpy(right + i + 1, word.at + i, len - i);
				right[len + 1] = '\0';
				if (english_has(english, text_of(right)))
					return true;
			}
	}
	return false;
}

/* "writing": English, and a word that subjects are found by. */
static bool spoken_deed(const struct vocabulary *vocabulary, const char *word)
{
	const struct lexeme *lexeme;
	char base[64];

	if (!english_has(vocabulary->english, text_of(word)))
		return false;
	word_fold(text_of(word), base);
	lexeme = vocabulary_word(vocabulary, base);
	return lexeme && lexeme->subjects > 0 && !lexeme->ignore;
}

bool deed_slip(const struct vocabulary *vocabulary, const char *written, char right[ENGLISH_MOST])
{
	size_t len = strlen(written), stem = len > 3 ? len - 3 : 0;

	if (stem < 3 || len + 2 > ENGLISH_MOST || english_has(vocabulary->english, text_of(written)))
		return false;
	/* A letter left out; then one too many, or two that changed places. */
	for (size_t i = 1; i <= stem; i++)
		for (int c = 'a'; c <= 'z'; c++) {
			snprintf(right, ENGLISH_MOST, "%.*s%c%s", (int)i, written, c, written + i);
			if (spoken_deed(vocabulary, right))
				return true;
		}
	for (size_t i = 1; stem > 3 && i < stem; i++) {
		snprintf(right, ENGLISH_MOST, "%.*s%s", (int)i, written, written + i + 1);
		if (spoken_deed(vocabulary, right))
			return true;
	}
	for (size_t i = 0; i + 1 < stem; i++) {
		snprintf(right, ENGLISH_MOST, "%s", written);
		right[i] = written[i + 1];
		right[i + 1] = written[i];
		if (spoken_deed(vocabulary, right))
			return true;
	}
	return false;
}

bool compounded(const struct question *q, const struct token *token)
{
	const char *word = token->word.base;
	size_t len = strlen(word);

	if (text_ends(token->word.text, "ing") && token->word.text.len > 6)
		return true;
	if (!text_ends(token->word.text, "s"))
		return false;
	for (size_t cut = 2; cut + 4 <= len; cut++)
		if (vocabulary_word(q->vocabulary, word + cut))
			return true;
	return false;
}

bool shouted(struct text name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!isupper((unsigned char)name.at[i]) && !isdigit((unsigned char)name.at[i]))
			return false;
	return name.len > 3 && isupper((unsigned char)name.at[0]);
}
