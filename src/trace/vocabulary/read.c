/* Reading data/vocabulary: one keyword a line, mistakes reported with file and line. */
#include <dirent.h>
#include <string.h>
#include "base/file.h"
#include "base/mistake.h"
#include "base/utf8.h"
#include "trace/vocabulary/reader.h"
#include "trace/vocabulary/image.h"

enum open_block { OPEN_NONE, OPEN_SUBJECT, OPEN_ROLE, OPEN_SENSE };

void mistake(struct reader *r, const char *format, ...)
{
	AUTO_BUILD file = { 0 };
	va_list args;

	r->wrong++;
	build_fmt(&file, "%s/%s", r->vocabulary->folder, r->place.file);
	va_start(args, format);
	mistake_tell(r->err, r->mistakes, file.at, r->place.line, format, args);
	va_end(args);
}

const char *keep(struct reader *r, struct text t)
{
	return arena_text(r->vocabulary->arena, text_trim(t));
}

static bool has_han(struct text t)
{
	for (size_t i = 0; i < t.len; i++)
		if ((unsigned char)t.at[i] >= 0xe3)
			return true;
	return false;
}

/* Chinese characters alone: the common CJK block is three bytes each, from 0xe4 to 0xe9. */
static bool pure_han(struct text t)
{
	for (size_t i = 0; i < t.len; i += 3)
		if ((unsigned char)t.at[i] < 0xe4 || (unsigned char)t.at[i] > 0xe9 || i + 3 > t.len)
			return false;
	return t.len > 0;
}

/* Most phrases are plain lower-case words: those need no splitting of questions. */
static bool plain_words(struct text t)
{
	for (size_t i = 0; i < t.len; i++)
		if ((t.at[i] < 'a' || t.at[i] > 'z') && t.at[i] != ' ')
			return false;
	return true;
}

/* One way of saying: its words in base form. `same` is applied later, when all files are read. */
static void phrase_read(struct reader *r, struct text t, phrase_list *list)
{
	struct words words = { 0 };
	struct phrase phrase = { 0 };
	size_t arrow;

	t = text_trim(t);
	/* "guest entry -> exit": in this order only. */
	if (text_find(t, "->", &arrow) && arrow > 0) {
		phrase_list parts = { 0 };

		phrase_read(r, text_until(t, arrow), &parts);
		phrase_read(r, text_from(t, arrow + 2), &parts);
		if (parts.len == 2) {
			const struct phrase *left = &parts.at[0], *right = &parts.at[1];

			phrase = (struct phrase){ .count = left->count + right->count, .later = (unsigned char)left->count };
			phrase.words = arena_alloc(r->vocabulary->arena, sizeof(char *) * phrase.count);
			memcpy(phrase.words, left->words, sizeof(char *) * left->count);
			memcpy(phrase.words + left->count, right->words, sizeof(char *) * right->count);
			if (left->han || right->han)
				mistake(r, "'->' stands between English words; characters have an order anyway");
			vec_push(list, phrase);
		}
		vec_done(&parts);
		return;
	}
	if (t.len == 0) {
		mistake(r, "an empty phrase: remove the extra '|'");
		return;
	}
	phrase.words = arena_alloc(r->vocabulary->arena, sizeof(char *) * (t.len + 1));
	if (pure_han(t)) {
		for (struct text rest = t; rest.len;) {
			uint32_t c;
			size_t len = utf8_next(rest, &c);

			phrase.words[phrase.count++] = arena_text(r->vocabulary->arena, text_until(rest, len));
			rest = text_from(rest, len);
		}
		phrase.han = true;
	} else if (plain_words(t)) {
		struct text rest = t, word;
		char base[64];

		while (text_word(&rest, &word)) {
			word_fold(word, base);
			phrase.words[phrase.count++] = arena_text(r->vocabulary->arena, text_of(base));
		}
	} else {
		words_split(t, &words, NULL);
	}
	vec_each(word, &words.list) {
		struct text rest = word->text;

		phrase.han |= word->kind == WORD_HAN;
		/* Chinese is compared character by character. */
		while (word->kind == WORD_HAN && rest.len) {
			uint32_t c;
			size_t len = utf8_next(rest, &c);

			phrase.words[phrase.count++] = arena_text(r->vocabulary->arena, text_until(rest, len));
			rest = text_from(rest, len);
		}
		if (word->kind != WORD_HAN)
			phrase.words[phrase.count++] = arena_text(r->vocabulary->arena, text_of(word->base));
	}
	words_done(&words);
	if (phrase.count == 0)
		mistake(r, "'%.*s' holds no word", TEXT_ARG(t));
	else
		vec_push(list, phrase);
}

static void phrases_read(struct reader *r, struct text value, phrase_list *list)
{
	struct text part;

	while (text_next(&value, '|', &part))
		phrase_read(r, part, list);
}

/* Words that are neither folded nor replaced by what they mean: "did", "wrote". */
static void written_read(struct reader *r, struct text value, phrase_list *list)
{
	struct text part;

	while (text_next(&value, '|', &part)) {
		struct phrase phrase = { .words = arena_alloc(r->vocabulary->arena, sizeof(char *)), .count = 1 };

		phrase.words[0] = keep(r, part);
		if (!phrase.words[0][0] || strchr(phrase.words[0], ' ') || has_han(part))
			mistake(r, "'%s' is not one word of English: what is written stands alone", phrase.words[0]);
		else
			vec_push(list, phrase);
	}
}

static void role_line(struct reader *r, struct text key, struct text value)
{
	struct role *role = LAST(r->vocabulary->roles);

	if (text_is(key, "say")) {
		phrases_read(r, value, &role->say);
	} else if (text_is(key, "noun")) {
		struct text one;

		text_next(&value, '|', &one);
		role->noun = keep(r, one);
		role->plural = value.len ? keep(r, value) : arena_fmt(r->vocabulary->arena, "%ss", role->noun);
	} else if (text_is(key, "kind")) {
		role->kind = text_is(value, "number") ? ROLE_NUMBER : ROLE_NAME;
		if (!text_is(value, "number") && !text_is(value, "name"))
			mistake(r, "kind is 'name' or 'number'");
	} else if (text_is(key, "type")) {
		role->type = keep(r, value);
		type_check(r, value);
	} else if (text_is(key, "unit")) {
		role->unit = keep(r, value);
	} else if (text_is(key, "from")) {
		role->from = keep(r, value);
		role->btf = text_has(value, "$task");
	} else {
		mistake(r, "'%.*s' is no keyword of a role", TEXT_ARG(key));
	}
}

static void lexeme_set(struct reader *r, const char *word, const char *same, bool ignore)
{
	struct lexeme *lexeme = vocabulary_enter(r->vocabulary, arena_text(r->vocabulary->arena, text_of(word)));

	lexeme->ignore |= ignore;
	/* "same write = writes": the folded forms may be equal. */
	if (same && !lexeme->same && strcmp(same, word) != 0)
		lexeme->same = same;
}

/* "same CANONICAL = WORD | WORD" and "ignore WORD | WORD": words.vocab */
static void lexemes_read(struct reader *r, struct text key, struct text value)
{
	const char *same = NULL;
	struct text part;
	bool ignore = text_is(key, "ignore");

	if (!ignore) {
		char base[64];

		if (!text_next(&value, '=', &part) || value.len == 0) {
			mistake(r, "write: same WORD = OTHER | OTHER");
			return;
		}
		word_fold(text_trim(part), base);
		same = arena_text(r->vocabulary->arena, text_of(base));
	}
	while (text_next(&value, '|', &part)) {
		struct words words = { 0 };

		part = text_trim(part);
		if (part.len == 0)
			continue;
		if (has_han(part)) {
			if (ignore)
				phrase_read(r, part, &r->vocabulary->han_ignore);
			else
				mistake(r, "'same' is for English words; give Chinese synonyms as phrases");
			continue;
		}
		words_split(part, &words, NULL);
		if (words.list.len != 1)
			mistake(r, "'%.*s' is not one word", TEXT_ARG(part));
		else
			lexeme_set(r, words.list.at[0].base, same, ignore);
		words_done(&words);
	}
}

/* Lines that open a block. False: the line belongs to the open one. */
static bool block_open(struct reader *r, enum open_block *open, struct text key, struct text value)
{
	struct vocabulary *v = r->vocabulary;

	if (text_is(key, "subject")) {
		if (value.len == 0)
			mistake(r, "the subject has no name");
		*vec_new(&v->subjects) = (struct subject){ .name = keep(r, value), .place = r->place };
		*open = OPEN_SUBJECT;
	} else if (text_is(key, "role") && *open != OPEN_SUBJECT) {
		struct role *role = vec_new(&v->roles);

		if (value.len == 0)
			mistake(r, "the role has no name");
		role->name = role->noun = keep(r, value);
		role->plural = arena_fmt(v->arena, "%ss", role->noun);
		role->place = r->place;
		*open = OPEN_ROLE;
	} else if (text_is(key, "sense")) {
		struct sense *sense = vec_new(&v->senses);
		struct text word;

		sense->place = r->place;
		text_word(&value, &word);
		sense->class = keep(r, word);
		sense->written = text_is(word, "written");
		text_word(&value, &word);
		sense->name = keep(r, word);
		if (word.len == 0)
			mistake(r, "write: sense CLASS NAME [ROLE]");
		if (text_word(&value, &word))
			sense->value = keep(r, word);
		*open = OPEN_SENSE;
	} else if (text_is(key, "same") || text_is(key, "ignore")) {
		lexemes_read(r, key, value);
		*open = OPEN_NONE;
	} else {
		return false;
	}
	return true;
}

/* Of a subject only its phrases are read now; its body is kept for vocabulary_open(). */
static void line_read(struct reader *r, enum open_block *open, struct text line)
{
	struct text whole = line, key;
	struct subject *subject = *open == OPEN_SUBJECT ? LAST(r->vocabulary->subjects) : NULL;

	line = text_trim(line);
	/* A subject's body may hold many lines: the ones that matter begin with "say", or open a block. */
	if (subject && (line.len == 0 || !strchr("si", line.at[0]))) {
		subject->body.len = (size_t)(whole.at + whole.len - subject->body.at);
		return;
	}
	if (line.len == 0 || line.at[0] == '#')
		return;
	text_word(&line, &key);
	line = text_trim(line);
	if (block_open(r, open, key, line)) {
		if (*open == OPEN_SUBJECT) /* the line had its \r cut off */
			LAST(r->vocabulary->subjects)->body =
				(struct text){ whole.at + whole.len + (whole.at[whole.len] == '\r' ? 2 : 1), 0 };
		return;
	}
	switch (*open) {
	case OPEN_SUBJECT:
		subject->body.len = (size_t)(whole.at + whole.len - subject->body.at);
		if (text_is(key, "say"))
			phrases_read(r, line, &subject->say);
		break;
	case OPEN_ROLE:
		role_line(r, key, line);
		break;
	case OPEN_SENSE:
		if (!text_is(key, "say"))
			mistake(r, "'%.*s' is no keyword of a sense", TEXT_ARG(key));
		else if (LAST(r->vocabulary->senses)->written)
			written_read(r, line, &LAST(r->vocabulary->senses)->say);
		else
			phrases_read(r, line, &LAST(r->vocabulary->senses)->say);
		break;
	case OPEN_NONE:
		mistake(r, "'%.*s' opens no block: use subject, role, sense, same or ignore", TEXT_ARG(key));
	}
}

static int subject_order(const void *a, const void *b)
{
	return strcmp((*(const struct subject *const *)a)->name, (*(const struct subject *const *)b)->name);
}

/* No name twice: sorted by name, equal ones stand together. */
static void names_check(struct reader *r)
{
	VEC(const struct subject *) sorted = { 0 };

	vec_each(subject, &r->vocabulary->subjects)
		vec_push(&sorted, subject);
	if (sorted.len)
		qsort(sorted.at, sorted.len, sizeof(sorted.at[0]), subject_order);
	for (size_t i = 1; i < sorted.len; i++) {
		if (strcmp(sorted.at[i - 1]->name, sorted.at[i]->name) != 0)
			continue;
		r->place = sorted.at[i]->place;
		mistake(r, "the subject '%s' stands at %s/%s:%u already", sorted.at[i]->name, r->vocabulary->folder,
			sorted.at[i - 1]->place.file, sorted.at[i - 1]->place.line);
	}
	vec_done(&sorted);
	/* Roles are few. */
	vec_each(role, &r->vocabulary->roles) {
		const struct role *first = vocabulary_role(r->vocabulary, role->name);

		r->place = role->place;
		if (first != role)
			mistake(r, "the role '%s' stands at %s/%s:%u already", role->name, r->vocabulary->folder,
				first->place.file, first->place.line);
	}
}

/* What is cut off a file is told: a subject that is silently missing is a riddle. */
static void content_check(struct reader *r, const struct build *content)
{
	const char *nul = content->len ? memchr(content->at, '\0', content->len) : NULL;
	size_t end = nul ? (size_t)(nul - content->at) : content->len;

	r->place.line = 1;
	for (size_t i = 0; i < end; i++)
		r->place.line += content->at[i] == '\n';
	if (nul)
		mistake(r, "a NUL byte: this is no text file");
	else if (content->cut)
		mistake(r, "the file is longer than the %d MiB that are read: divide it", SOURCE_MOST >> 20);
	r->place.line = 0;
}

static int is_vocabulary(const struct dirent *entry)
{
	return text_ends(text_of(entry->d_name), ".vocab") && entry->d_name[0] != '.';
}

/* A folder may do without the list of English words; one that cannot be read is a mistake. */
static int english_read(struct vocabulary *vocabulary, const char *folder, struct error *err)
{
	AUTO_FREE char *path = NULL;
	struct error wrong = { 0 };

	if (asprintf(&path, "%s/english.txt", folder) < 0)
		abort();
	vocabulary->english = english_open(path, &wrong);
	if (vocabulary->english || wrong.code == -ENOENT)
		return 0;
	return fail(err, wrong.code, "%s", wrong.text);
}

static void source_parse(struct reader *r, struct source *source)
{
	enum open_block open = OPEN_NONE;
	struct arena *arena = r->vocabulary->arena;
	struct text rest, line;

	if (source->code < 0) {
		fail(r->err, source->code, "%s", source->why.text);
		r->wrong++;
		return;
	}
	r->place = (struct place){ arena_text(arena, text_of(source->name)), 0 };
	content_check(r, &source->content);
	source->content.ceiling = 0;
	/* Kept: bodies point into it, one byte past a line's end included. */
	build_char(&source->content, '\n');
	rest = text_of(arena_text(arena, build_text(&source->content)));
	while (text_line(&rest, &line)) {
		r->place.line++;
		line_read(r, &open, line);
	}
}

static struct vocabulary *parse(const char *folder, source_list *sources, uint64_t content, struct build *mistakes, struct error *err)
{
	struct reader r = { .mistakes = mistakes, .err = err };
	AUTO_VOCABULARY vocabulary = calloc(1, sizeof(*vocabulary));

	if (!vocabulary)
		abort();
	r.vocabulary = vocabulary;
	vocabulary->arena = arena_new();
	vocabulary->folder = arena_text(vocabulary->arena, text_of(folder));
	vocabulary->content = content;
	vec_each(source, sources)
		source_parse(&r, source);
	lexicon_build(vocabulary);
	senses_group(vocabulary);
	if (mistakes)
		names_check(&r); /* the first of two would be taken: no harm in an ordinary run */
	if (mistakes && vocabulary_open_all(vocabulary, mistakes, err) < 0)
		r.wrong++;
	return r.wrong && !mistakes ? NULL : TAKE(vocabulary);
}

/* From an image or from its text. */
static struct vocabulary *fetch(const char *folder, const struct dirent *const *entries, int count, struct build *mistakes,
				struct error *err)
{
	uint64_t key = mistakes ? 0 : vocabulary_image_key(folder, entries, count), content;
	struct vocabulary *vocabulary = vocabulary_image_load(key);
	AUTO(sources_done) source_list sources = { 0 };

	if (vocabulary)
		return vocabulary;
	content = sources_read(folder, entries, count, &sources);
	vocabulary = mistakes ? NULL : vocabulary_built_load(folder, content);
	if (!vocabulary)
		vocabulary = parse(folder, &sources, content, mistakes, err);
	/* All is opened, as it is in an image: what a question means must not depend on which was read. A mistake is told when its
	 * subject is chosen: then there is nothing to keep. */
	if (vocabulary && !mistakes && (vocabulary->image || vocabulary_open_sound(vocabulary)) && key)
		vocabulary_image_save(vocabulary, key);
	return vocabulary;
}

struct vocabulary *vocabulary_read(const char *folder, struct build *mistakes, struct error *err)
{
	struct dirent **entries = NULL;
	int count = scandir(folder, &entries, is_vocabulary, alphasort);
	AUTO_VOCABULARY vocabulary = count > 0 ? fetch(folder, (const struct dirent *const *)entries, count, mistakes, err) : NULL;

	for (int i = 0; i < count; i++)
		free(entries[i]);
	free(entries);
	if (count <= 0)
		fail(err, -ENOENT, "no vocabulary in '%s': reinstall, or set SYSWHY_DATA to the data folder", folder);
	if (!vocabulary || english_read(vocabulary, folder, err) < 0)
		return NULL;
	if (vocabulary->image)
		vocabulary->folder = arena_text(vocabulary->arena, text_of(folder));
	return TAKE(vocabulary);
}
