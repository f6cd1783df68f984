/* A question as tokens: splitting, synonyms, typing errors, and phrases in it. */
#include "trace/words/question.h"
#include "trace/words/units.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct token *token_add(struct question *q, const struct word *word, const char *base)
{
	struct token *token = vec_new(&q->tokens);
	const struct lexeme *lexeme;
	char twice[64];

	token->word = *word;
	/* "listings" is listing, and that is list. */
	word_fold(text_of(base), twice);
	if (!vocabulary_word(q->vocabulary, base) && vocabulary_word(q->vocabulary, twice))
		base = twice;
	vocabulary_canonical(q->vocabulary, base, token->canonical);
	lexeme = vocabulary_word(q->vocabulary, base);
	token->known = lexeme || vocabulary_word(q->vocabulary, token->canonical);
	token->ignored = lexeme && lexeme->ignore;
	if (word->kind == WORD_SIGN)
		token->ignored = true;
	return token;
}

/* "top5", "TOP10", "order-3", "port-80", "CPU3": a word and its number, written together. */
static bool rank_add(struct question *q, const struct word *word)
{
	static const char *const nouns[] = { "top", "order-", "port-", "pid-", "irq-", "signal-", "cpu" };
	struct word noun = *word, number = *word;
	size_t len = 0, digits = 0, letters;

	for (size_t i = 0; i < COUNT(nouns) && !len; i++)
		len = strncmp(word->base, nouns[i], strlen(nouns[i])) == 0 ? strlen(nouns[i]) : 0;
	for (size_t i = len; i < word->text.len; i++)
		digits += isdigit((unsigned char)word->text.at[i]) != 0;
	if (word->kind != WORD_NAME || !len || digits == 0 || digits != word->text.len - len || digits > 7)
		return false;
	letters = len - (word->base[len - 1] == '-');
	noun.kind = WORD_PLAIN;
	noun.text = text_until(word->text, letters);
	noun.comma = false;
	snprintf(noun.base, sizeof(noun.base), "%.*s", (int)letters, word->base);
	number.kind = WORD_NUMBER;
	number.text = text_from(word->text, len);
	number.number = strtod(word->base + len, NULL);
	number.unit[0] = '\0';
	snprintf(number.base, sizeof(number.base), "%s", word->base + len);
	token_add(q, &noun, noun.base);
	token_add(q, &number, number.base);
	return true;
}

static bool all_letters(const char *word)
{
	for (; *word; word++)
		if (!islower((unsigned char)*word))
			return false;
	return true;
}

/* Whether the letters of `part` stand in `whole` in order: a dropped letter is the commonest slip. */
static bool subsequence(const char *part, const char *whole)
{
	for (; *part && *whole; whole++)
		part += *part == *whole;
	return *part == '\0';
}

static bool vowel(char c)
{
	return c && strchr("aeiou", c);
}

static size_t alike(const char *a, const char *b)
{
	size_t i = 0;

	while (a[i] && a[i] == b[i])
		i++;
	return i;
}

/* Whether neighbouring letters changed places. */
static bool transposed(const char *a, const char *b)
{
	size_t i = alike(a, b);

	return a[i] && a[i + 1] && a[i] == b[i + 1] && a[i + 1] == b[i] && strcmp(a + i + 2, b + i + 2) == 0;
}

static bool vowel_slip(const char *a, const char *b)
{
	size_t i = alike(a, b);

	return vowel(a[i]) && vowel(b[i]) && strcmp(a + i + 1, b + i + 1) == 0;
}

/* How unlike two words are, in tenths of a slip; `most` slips at the most, else a large number. */
static unsigned unlike(const char *written, const char *word, unsigned most)
{
	size_t len = strlen(written), other = strlen(word);
	unsigned distance = word_distance(written, word, most);

	if (distance > most)
		return 1000;
	/* A wrong first letter is rare, and most such neighbours are other words. */
	return distance * 10 + (written[0] != word[0] ? 8 : 0) + (written[len - 1] != word[other - 1] ? 2 : 0) -
	       (subsequence(written, word) ? 3 : 0) - (transposed(written, word) ? 6 : 0) - (strncmp(written, word, 4) == 0 ? 2 : 0);
}

/* Whether it is a slip for the word's plural: "byts". */
static bool plural_of(const char *written, const char *word)
{
	char plural[64];

	snprintf(plural, sizeof(plural), "%.60ss", word);
	return written[strlen(written) - 1] == 's' && word_distance(written, plural, 1) <= 1;
}

/* The nearest known word, when one is nearer than all others. Short words are left alone: they have too
 * many neighbours. The plural is tried too, as the lexicon holds base forms. */
static const char *spelling(const struct vocabulary *v, const char *written)
{
	size_t len = strlen(written);
	unsigned most = len >= 7 ? 2 : 1, best = most * 10 + 5;
	const char *found = NULL;
	unsigned common = 0; /* subjects that use the word: of two as near, the commoner is meant */
	bool tie = false;

	if (len < 4 || !all_letters(written))
		return NULL;
	vec_each(lexeme, &v->lexicon) {
		size_t other = strlen(lexeme->word);
		unsigned here;

		/* "mysqld", "sshd": a daemon's name is no slip for what it serves. */
		if (other + 1 == len && written[len - 1] == 'd' && strncmp(written, lexeme->word, other) == 0)
			continue;
		if (other < 4 || other + most + 1 < len || len + most < other || !all_letters(lexeme->word))
			continue;
		here = unlike(written, lexeme->word, most);
		/* Of four letters one that is another is another word: "argh". */
		if (len == 4 && other == 4 && here < 1000 && !transposed(written, lexeme->word) && !vowel_slip(written, lexeme->word) && !plural_of(written, lexeme->word))
			continue;
		/* Two slips in a word that does not even begin alike make another word. */
		if (here >= 15 && here < 1000 && strncmp(written, lexeme->word, 2) != 0)
			continue;
		if (written[len - 1] == 's' && other < 60) {
			char plural[64];
			unsigned with_s;

			snprintf(plural, sizeof(plural), "%ss", lexeme->word);
			with_s = unlike(written, plural, most);
			here = with_s < here ? with_s : here;
		}
		/* A word of the subjects is likelier meant than a filler. */
		here += lexeme->ignore ? 1 : 0;
		if (here < best || (here == best && lexeme->subjects > common)) {
			best = here;
			common = lexeme->subjects;
			found = lexeme->word;
			tie = false;
		} else if (here == best && found && lexeme->subjects == common) {
			tie = true;
		}
	}
	return tie ? NULL : found;
}

bool token_is(const struct question *q, size_t at, const char *canonical)
{
	return at < q->tokens.len && strcmp(q->tokens.at[at].canonical, canonical) == 0;
}

size_t phrase_at(const struct question *q, size_t at, const struct phrase *phrase)
{
	size_t here = at, word = 0;

	while (word < phrase->count) {
		if (here >= q->tokens.len)
			return 0;
		if (same_word(q->tokens.at[here].canonical, phrase->words[word]))
			word++;
		else if (word == 0 || !token_in(q, here, GRAMMAR_WITHIN))
			return 0;
		here++;
	}
	return here - at;
}

size_t longest_at(const struct question *q, size_t at, const phrase_list *list)
{
	size_t best = 0;
	unsigned char first = at < q->tokens.len ? word_mark(q->tokens.at[at].canonical) : 0;

	vec_each(phrase, list) {
		size_t len = phrase->first == first ? phrase_at(q, at, phrase) : 0;

		if (len > best)
			best = len;
	}
	return best;
}

/* Whether the last token stands where names stand: "of process sysn". A short word there is one, and no slip. After
 * some of these (`surely`) little else stands. */
static bool name_follows(const struct question *q, bool surely)
{
	size_t last = q->tokens.len - 1;

	/* "pagepig: page allocations per order" */
	if (token_heads(q, last))
		return true;
	/* "per process before …": all of them. */
	if (last > 1 && strcmp(q->tokens.at[last - 1].word.base, "process") == 0 &&
	    (token_in(q, last - 2, GRAMMAR_EVERY) || token_in(q, last - 2, GRAMMAR_BY) || token_is(q, last - 2, "what")))
		return false;
	return last > 0 && (token_in(q, last - 1, GRAMMAR_BEFORE_SURELY) || (!surely && token_in(q, last - 1, GRAMMAR_BEFORE_MAYBE)));
}

/* "matchd", "tickerd": what serves a word's matter, and no slip for its past; but "opend" is one, as opening is spoken of. */
static bool daemon_name(const struct question *q, const char *written, const char *right)
{
	size_t len = strlen(written);
	char base[64];
	const struct lexeme *lexeme;

	if (!text_ends(text_of(written), "d") || text_ends(text_of(written), "ed") || strlen(right) == len)
		return false;
	snprintf(base, sizeof(base), "%.*s", (int)(len - 1), written);
	lexeme = vocabulary_word(q->vocabulary, base);
	return !(lexeme && lexeme->subjects > 0 && text_ends(text_of(right), "ed"));
}

/* A filler hides what was written: not for a guess ("frobs" is no "from"). */
static bool hides(const struct lexeme *lexeme, const char *written, const char *right)
{
	return lexeme->ignore && word_distance(written, right, 2) > 1;
}

/* "rigth", "handeling": a slip in plain English, whose right word the vocabulary may know. */
static bool english_mend(struct question *q, struct token *token, const char *written)
{
	char right[ENGLISH_MOST], base[64];
	const struct lexeme *lexeme;

	if (!all_letters(written))
		return false;
	/* "wrting" is sooner a deed that is spoken of here than "wring". */
	if (!(text_ends(text_of(written), "ing") && deed_slip(q->vocabulary, written, right)) &&
	    (!english_slip(q->vocabulary->english, text_of(written), right) || daemon_name(q, written, right)))
		return false;
	word_fold(text_of(right), base);
	lexeme = vocabulary_word(q->vocabulary, base);
	/* Only for a word that is spoken of here ("histogram of raed sizes"): what is a slip for any other may be a name. */
	if (!lexeme || hides(lexeme, written, right))
		return false;
	token->corrected = token->word.text;
	strcpy(token->word.base, base); /* units and numerals are looked up by it */
	vocabulary_canonical(q->vocabulary, base, token->canonical);
	token->known = lexeme || vocabulary_word(q->vocabulary, token->canonical);
	token->ignored = lexeme && lexeme->ignore;
	token->english = !token->known;
	return true;
}

/* "zombies" of "zombie": endings that folding keeps, when the vocabulary knows the rest. */
static const char *stem(const struct vocabulary *v, struct text word)
{
	static const char *const endings[] = { "s", "d", "es", "ed", "er", "ing", "ly", "ment" };
	char base[64];

	for (size_t i = 0; i < COUNT(endings); i++) {
		size_t len = strlen(endings[i]);
		const struct lexeme *known;

		if (word.len < len + 4 || word.len >= sizeof(base) || !text_ends(word, endings[i]))
			continue;
		snprintf(base, sizeof(base), "%.*s", (int)(word.len - len), word.at);
		/* "typed" of "type", but "matchd" is a daemon. */
		if (strcmp(endings[i], "d") == 0 && word.at[word.len - 2] != 'e')
			continue;
		/* "boxes" of "box", but "proces" is a slip. */
		if (strcmp(endings[i], "es") == 0 && !strchr("sxzh", word.at[word.len - len - 1]))
			continue;
		known = vocabulary_word(v, base);
		if (known)
			return known->word;
	}
	return NULL;
}

/* "procces": which letter stands twice is one slip. */
static bool doubles_differ(const char *a, const char *b)
{
	while (*a && *a == *b) {
		char c = *a;

		a += 1 + (a[1] == c);
		b += 1 + (b[1] == c);
	}
	return *a || *b;
}

/* How many slips part the two, one of them perhaps in the plural: "falts" of "fault". */
static unsigned slips(const char *written, const char *word)
{
	char plural[64];
	unsigned one = word_distance(written, word, 2), many;

	snprintf(plural, sizeof(plural), "%.60ss", word);
	many = word_distance(written, plural, 2);
	many = one < many ? one : many;
	return many == 2 && !doubles_differ(written, word) ? 1 : many;
}

void question_read(struct question *q, const struct vocabulary *vocabulary, struct text text,
		   bool (*is_name)(void *context, const struct token *token), void *context)
{
	struct words words = { 0 };

	*q = (struct question){ .vocabulary = vocabulary, .text = text };
	words_split(text, &words, &q->cut);
	vec_each(word, &words.list) {
		struct token *token;
		const char *right;
		char written[64];

		if (word->kind == WORD_HAN) {
			han_add(q, word);
			continue;
		}
		if (rank_add(q, word) || probe_add(q, word))
			continue;
		token = token_add(q, word, signal_named(word->text) ? "signal" : word->base);
		token->specific = signal_named(word->text) != 0;
		right = token->known || word->kind != WORD_PLAIN ? NULL : stem(vocabulary, word->text);
		if (right) {
			vocabulary_canonical(vocabulary, right, token->canonical);
			token->known = true;
			token->ignored = vocabulary_word(vocabulary, right)->ignore;
		}
		token->english = !token->known && word->kind == WORD_PLAIN && english_has(vocabulary->english, word->text);
		if (token->known || token->english || word->kind != WORD_PLAIN || (is_name && is_name(context, token)) ||
		    surely_name(q, word))
			continue;
		for (size_t i = 0; i <= word->text.len && i < sizeof(written); i++)
			written[i] = i < word->text.len ? (char)tolower((unsigned char)word->text.at[i]) : '\0';
		written[sizeof(written) - 1] = '\0';
		right = unit_slip(q, written);
		if (right) {
			token->corrected = word->text;
			snprintf(token->word.base, sizeof(token->word.base), "%s", right);
			vocabulary_canonical(vocabulary, right, token->canonical);
			token->known = token->ignored = true;
			continue;
		}
		right = word->text.len < 6 && name_follows(q, false) ? NULL : spelling(vocabulary, written);
		/* Two slips where a name stands, or in a daemon's ("renderd"), are too many. */
		if (right && ((slips(written, right) > 1 && (name_follows(q, true) || (text_ends(word->text, "d") && !text_ends(word->text, "ed")))) ||
			      hides(vocabulary_word(vocabulary, right), written, right)))
			right = NULL;
		/* Two slips for a word of ours are less likely than one for another word. */
		if ((!right || slips(written, right) > 1) && english_mend(q, token, written))
			continue;
		if (!right)
			continue;
		token->corrected = word->text;
		snprintf(token->word.base, sizeof(token->word.base), "%s", right);
		vocabulary_canonical(vocabulary, right, token->canonical);
		token->known = true;
		token->ignored = vocabulary_word(vocabulary, right)->ignore;
	}
	words_done(&words);
	han_rewrite(q);
	for (size_t i = 0, len; i < q->tokens.len; i++)
		if (sense_at(q, i, "name", "program", &len))
			for (size_t k = i; k < i + len; k++)
				q->tokens.at[k].famous = true;
	/* Fillers of Chinese: marked after all tokens are known, as they may be several characters. */
	for (size_t i = 0; i < q->tokens.len; i++)
		for (size_t k = i, end = i + longest_at(q, i, &vocabulary->han_ignore); k < end; k++)
			if (q->tokens.at[k].word.kind == WORD_HAN)
				q->tokens.at[k].ignored = true;
	han_heed(q);
}

void question_done(struct question *q)
{
	vec_done(&q->tokens);
}

const struct role *role_at(const struct question *q, size_t at, size_t *len)
{
	const struct role *found = NULL;
	uint64_t first;

	*len = 0;
	if (at >= q->tokens.len || q->tokens.at[at].specific || q->tokens.at[at].compound)
		return NULL;
	first = mark_bit(word_mark(q->tokens.at[at].canonical));
	vec_each(role, &q->vocabulary->roles) {
		size_t here = role->firsts & first ? longest_at(q, at, &role->say) : 0;

		if (here > *len) {
			*len = here;
			found = role;
		}
	}
	/* "用户态", "用户空间" are no user. */
	if (found && *len == 2 && strcmp(found->name, "user") == 0 && (token_is(q, at + 2, "态") || token_is(q, at + 2, "空")))
		return NULL;
	return found;
}

/* They are sorted by class. */
static const struct sense *class_start(const struct vocabulary *vocabulary, const char *class)
{
	size_t low = 0, high = vocabulary->senses.len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(vocabulary->senses.at[middle].class, class) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < vocabulary->senses.len && strcmp(vocabulary->senses.at[low].class, class) == 0 ? &vocabulary->senses.at[low] : NULL;
}

const struct sense *sense_at(const struct question *q, size_t at, const char *class, const char *name,
			     size_t *len)
{
	const struct sense *start = at < q->tokens.len ? class_start(q->vocabulary, class) : NULL, *found = NULL;
	uint64_t first = start ? mark_bit(word_mark(q->tokens.at[at].canonical)) : 0;

	*len = 0;
	for (const struct sense *sense = start; start && sense < start + start->run; sense++) {
		size_t here;

		if (!(sense->firsts & first) || (name && strcmp(sense->name, name) != 0))
			continue;
		here = longest_at(q, at, &sense->say);
		if (here > *len) {
			*len = here;
			found = sense;
		}
	}
	return found;
}

void tokens_use(struct question *q, size_t at, size_t len, enum token_use use)
{
	for (size_t i = at; i < at + len && i < q->tokens.len; i++)
		q->tokens.at[i].used |= use;
}

void question_unplaced(const struct question *q, struct build *out)
{
	bool han = false;

	vec_each(token, &q->tokens) {
		bool free = !token->used && !token->ignored;

		if (free && !(han && token->word.kind == WORD_HAN))
			build_fmt(out, "%s'", out->len ? "' " : "");
		if (free)
			build_add(out, token->word.text);
		han = free && token->word.kind == WORD_HAN;
	}
	if (out->len)
		build_char(out, '\'');
}

void question_placed(const struct question *q, struct build *out)
{
	static const char *const uses[] = { "subject", "measure", "key", "filter", "time", "name", "cue" };

	vec_each(token, &q->tokens) {
		unsigned found = 0;

		build_fmt(out, "%s%.*s", out->len ? " " : "", TEXT_ARG(token->word.text));
		for (size_t i = 0; i < COUNT(uses); i++)
			if (token->used & 1u << i)
				build_fmt(out, "%s%s", found++ ? ", " : " (", uses[i]);
		build_put(out, found ? ")" : "");
	}
}

bool token_called(const struct question *q, size_t at)
{
	struct text word = q->tokens.at[at].word.text;
	size_t end = (size_t)(word.at + word.len - q->text.at);

	return text_ends(word, "()") || text_starts(text_from(q->text, end), "()");
}
