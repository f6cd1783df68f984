/* Folding text into search terms. */
#include "knowledge/terms.h"
#include <search.h>
#include <string.h>
#include "base/arena.h"
#include "base/file.h"
#include "base/utf8.h"
#include "base/words.h"

#define FILE_MOST (1 << 20)

/* One word of the vocabulary, in base form. */
struct meaning {
	const char *word, *same; /* same: the word it stands for, or NULL */
	bool ignore;		 /* carries no meaning of its own */
};
struct terms {
	struct arena *arena;
	VEC(struct meaning) words; /* sorted by word, once read */
	VEC(struct text) han;	   /* Chinese that tells no subject */
	bool of_subject;	   /* while reading: the sense's words say what is asked about */
};

void terms_free(struct terms *terms)
{
	if (!terms)
		return;
	vec_done(&terms->words);
	vec_done(&terms->han);
	arena_free(terms->arena);
	free(terms);
}

static int compare(const void *a, const void *b)
{
	const struct meaning *one = a, *other = b;

	return strcmp(one->word, other->word);
}

static const struct meaning *meaning_of(const struct terms *terms, const char *word)
{
	struct meaning key = { .word = word };

	return terms->words.len ? bsearch(&key, terms->words.at, terms->words.len, sizeof(key), compare) : NULL;
}

static void list_read(struct terms *terms, struct text list, const char *same)
{
	struct text word;

	while (text_next(&list, '|', &word)) {
		char base[64];

		word = text_trim(word);
		if (word.len == 0 || word.len >= sizeof(base))
			continue;
		if ((unsigned char)word.at[0] >= 0x80) {
			if (!same)
				vec_push(&terms->han, text_of(arena_text(terms->arena, word)));
			continue;
		}
		/* Both as it is written and folded: the vocabulary lists irregular forms. */
		vec_push(&terms->words, (struct meaning){ arena_text(terms->arena, word), same, !same });
		word_fold(word, base);
		if (!text_is(word, base) && !(same && strcmp(base, same) == 0))
			vec_push(&terms->words, (struct meaning){ arena_text(terms->arena, text_of(base)), same, !same });
	}
}

/* A word may be both a synonym and without meaning: one entry for both. */
static void words_merge(struct terms *terms)
{
	size_t kept = 0;

	if (terms->words.len == 0)
		return;
	qsort(terms->words.at, terms->words.len, sizeof(*terms->words.at), compare);
	for (size_t i = 1; i < terms->words.len; i++) {
		struct meaning *last = &terms->words.at[kept], *next = &terms->words.at[i];

		if (strcmp(last->word, next->word) != 0) {
			terms->words.at[++kept] = *next;
			continue;
		}
		last->ignore = last->ignore || next->ignore;
		last->same = last->same ? last->same : next->same;
	}
	terms->words.len = kept + 1;
}

/* Senses whose words say what is asked about, as "memory" of a broad question, or that are meant so only behind another ("by
 * request"); those of the others only measure. */
static bool tells(struct text sense)
{
	static const char *const classes[] = { "object", "complaint", "aside", "default", "beyond", "manner" };
	struct text class;

	if (!text_word(&sense, &class))
		return false;
	for (size_t i = 0; i < COUNT(classes); i++)
		if (text_is(class, classes[i]))
			return true;
	return false;
}

static void line_read(struct terms *terms, struct text line)
{
	size_t at;

	if (text_starts(line, "ignore ")) {
		list_read(terms, text_from(line, 7), NULL);
	} else if (text_starts(line, "sense ")) {
		terms->of_subject = tells(text_from(line, 6));
	} else if (text_starts(line, "say ") && !terms->of_subject) {
		list_read(terms, text_from(line, 4), NULL);
	} else if (text_starts(line, "same ") && text_find(line, "=", &at)) {
		const char *same = arena_text(terms->arena, text_trim(text_from(text_until(line, at), 5)));

		list_read(terms, text_from(line, at + 1), same);
	}
}

struct terms *terms_new(const char *folder, struct error *err)
{
	static const char *const files[] = { "words.vocab", "measures.vocab" };
	AUTO_TERMS terms = calloc(1, sizeof(*terms));

	if (!terms)
		abort();
	terms->arena = arena_new();
	for (size_t i = 0; i < COUNT(files); i++) {
		AUTO_BUILD content = { 0 };
		struct text rest, line;

		if (file_read(arena_fmt(terms->arena, "%s/%s", folder, files[i]), FILE_MOST, &content, err) < 0)
			return NULL;
		rest = build_text(&content);
		while (text_line(&rest, &line))
			line_read(terms, text_trim(line));
	}
	words_merge(terms);
	return TAKE(terms);
}

/* ---- terms ---- */

struct writer {
	const struct terms *terms;
	struct build *out;
	bool query, all; /* all: words without meaning too */
	bool telling;	 /* only words that tell a subject */
	size_t count;
};

static void term_put(struct writer *w, const char *column, struct text term)
{
	if (w->query)
		build_fmt(w->out, "%s%s\"", w->count ? " OR " : "", column);
	/* No term holds a quote: words_split() parts there, and none is let through here. */
	for (size_t i = 0; i < term.len; i++)
		build_char(w->out, term.at[i] == '"' ? ' ' : term.at[i]);
	build_char(w->out, w->query ? '"' : ' ');
	w->count++;
}

static void plain_put(struct writer *w, const char *base)
{
	const struct meaning *meaning = meaning_of(w->terms, base);
	struct text term = text_of(meaning && meaning->same ? meaning->same : base);
	const struct meaning *canonical = meaning_of(w->terms, meaning && meaning->same ? meaning->same : base);
	bool ignore = (meaning && meaning->ignore) || (canonical && canonical->ignore);

	if (ignore && w->telling)
		return;
	term_put(w, ignore && !w->all ? "say : " : "", term);
	if (w->query)
		term_put(w, "alone : ", term);
}

/* The length of the longest Chinese phrase without a subject that `run` begins with. */
static size_t han_ignored(const struct terms *terms, struct text run)
{
	size_t longest = 0;

	vec_each(phrase, &terms->han)
		if (phrase->len > longest && phrase->len <= run.len && memcmp(phrase->at, run.at, phrase->len) == 0)
			longest = phrase->len;
	return longest;
}

/* Chinese has no blanks: each pair of neighbours, and each character (of a question only one without a neighbour). */
static void han_put(struct writer *w, struct text run)
{
	size_t before = 0, ignored = 0;

	while (run.len) {
		size_t here = (w->query && !w->all) || w->telling ? han_ignored(w->terms, run) : 0, len;
		uint32_t c;

		len = utf8_next(run, &c);
		ignored = here > ignored ? here : ignored;
		if (ignored && w->telling) {
			run = text_from(run, len);
			ignored = ignored > len ? ignored - len : 0;
			before = 0;
			continue;
		}
		if (before)
			term_put(w, ignored ? "say : " : "", (struct text){ run.at - before, before + len });
		if (!w->query || (!before && run.len == len))
			term_put(w, ignored ? "say : " : "", text_until(run, len));
		ignored = ignored > len ? ignored - len : 0;
		before = len;
		run = text_from(run, len);
	}
}

/* "tcp_sendmsg", "/etc/hosts": as it stands (the index parts it at its signs), and its words. */
static void name_put(struct writer *w, struct text name)
{
	char part[64], base[64];
	size_t len = 0;

	for (size_t i = 0; i <= name.len; i++) {
		char c = i < name.len ? name.at[i] : '/';
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

		if (letter && len < sizeof(part) - 1) {
			part[len++] = (char)(c | 0x20);
			continue;
		}
		if (len > 1) {
			word_fold((struct text){ part, len }, base);
			plain_put(w, base);
		}
		len = 0;
	}
}

static void text_put(struct writer *w, struct text text)
{
	struct words words = { 0 };

	words_split(text, &words, NULL);
	vec_each(word, &words.list) {
		switch (word->kind) {
		case WORD_PLAIN:
			plain_put(w, word->base);
			break;
		case WORD_HAN:
			han_put(w, word->text);
			break;
		case WORD_NAME:
		case WORD_PATH:
		case WORD_QUOTED:
			name_put(w, word->text);
			break;
		case WORD_NUMBER: /* values are not what a program is about */
		case WORD_SIGN:
			break;
		}
	}
	words_done(&words);
}

void terms_add(const struct terms *terms, struct text text, struct build *out)
{
	struct writer w = { .terms = terms, .out = out };
	struct text line;

	while (text_line(&text, &line))
		text_put(&w, line);
}

void terms_telling(const struct terms *terms, struct text text, struct build *out)
{
	struct writer w = { .terms = terms, .out = out, .telling = true };

	text_put(&w, text);
}

void terms_alone(const struct terms *terms, struct text phrases, struct build *out)
{
	struct text line;

	while (text_line(&phrases, &line)) {
		struct text rest = line, phrase;

		while (text_next(&rest, '|', &phrase)) {
			struct text words = text_trim(phrase), word;

			if (text_word(&words, &word) && text_trim(words).len == 0)
				terms_add(terms, word, out);
		}
	}
}

static bool word_in(struct text words, struct text word)
{
	struct text one;

	while (text_word(&words, &one))
		if (text_same(one, word))
			return true;
	return false;
}

double terms_cover(const struct terms *terms, struct text question_terms, struct text phrases)
{
	double best = 0;
	struct text line, phrase;

	while (text_line(&phrases, &line)) {
		while (text_next(&line, '|', &phrase)) {
			AUTO_BUILD words = { 0 };
			struct text rest, word;
			double weight = 0;
			bool whole = true;

			terms_add(terms, phrase, &words);
			rest = build_text(&words);
			while (whole && text_word(&rest, &word)) {
				char name[64];
				const struct meaning *meaning;

				snprintf(name, sizeof(name), "%.*s", TEXT_ARG(word));
				meaning = meaning_of(terms, name);
				whole = word_in(question_terms, word);
				weight += (unsigned char)name[0] >= 0x80 ? 0.4 : meaning && meaning->ignore ? 0.5 : 1;
			}
			if (whole && weight > best)
				best = weight;
		}
	}
	return best;
}

void terms_query(const struct terms *terms, struct text question, struct build *out)
{
	struct writer w = { .terms = terms, .out = out, .query = true };

	text_put(&w, question);
	if (w.count == 0) {
		w.all = true; /* nothing but small words: better than nothing */
		text_put(&w, question);
	}
}
