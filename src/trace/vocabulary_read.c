/* Reading data/vocabulary: one keyword a line, mistakes reported with file and line. */
#include <ctype.h>
#include <dirent.h>
#include <string.h>
#include "base/file.h"
#include "base/utf8.h"
#include "trace/vocabulary.h"

enum open_block { OPEN_NONE, OPEN_SUBJECT, OPEN_WAY, OPEN_ROLE, OPEN_SENSE };

struct reader {
	struct vocabulary *vocabulary;
	struct place place;
	struct build *mistakes;
	struct error *err;
	unsigned wrong;
	enum open_block open;
	bool in_start; /* roles now belong to a span's start */
};

static void mistake(struct reader *r, const char *format, ...) PRINTF(2, 3);
static void mistake(struct reader *r, const char *format, ...)
{
	AUTO_BUILD text = { 0 };
	va_list args;

	va_start(args, format);
	build_vfmt(&text, format, args);
	va_end(args);
	r->wrong++;
	fail(r->err, -EINVAL, "%s:%u: %s", r->place.file, r->place.line, text.at);
	if (r->mistakes)
		build_fmt(r->mistakes, "%s:%u: %s\n", r->place.file, r->place.line, text.at);
}

static const char *keep(struct reader *r, struct text t)
{
	return arena_text(r->vocabulary->arena, text_trim(t));
}

#define LAST(list) (&(list).at[(list).len - 1])

static struct subject *subject_now(struct reader *r)
{
	return LAST(r->vocabulary->subjects);
}

static struct way *way_now(struct reader *r)
{
	return LAST(subject_now(r)->ways);
}

static bool has_han(struct text t)
{
	for (size_t i = 0; i < t.len; i++)
		if ((unsigned char)t.at[i] >= 0xe3)
			return true;
	return false;
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

	t = text_trim(t);
	if (t.len == 0) {
		mistake(r, "an empty phrase: remove the extra '|'");
		return;
	}
	phrase.words = arena_alloc(r->vocabulary->arena, sizeof(char *) * (t.len + 1));
	if (plain_words(t)) {
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

static void names_read(struct reader *r, struct text value, name_list *list)
{
	struct text word;

	while (text_word(&value, &word)) {
		if (word.len && word.at[word.len - 1] == ',')
			word.len--;
		vec_push(list, keep(r, word));
	}
}

static void measure_read(struct reader *r, struct text value)
{
	struct subject *subject = subject_now(r);
	struct text word;

	if (!text_word(&value, &word) || !measure_find(word, &subject->measure))
		mistake(r, "'%.*s' is no measure: use count, sum, avg, min, max, histogram, events or stacks",
			TEXT_ARG(word));
	else if (text_word(&value, &word))
		subject->measure_role = keep(r, word);
}

static void subject_line(struct reader *r, struct text key, struct text value)
{
	struct subject *s = subject_now(r);

	if (text_is(key, "say"))
		phrases_read(r, value, &s->say);
	else if (text_is(key, "what"))
		s->what = keep(r, value);
	else if (text_is(key, "unit"))
		s->unit = keep(r, value);
	else if (text_is(key, "hint"))
		s->hint = s->hint ? arena_fmt(r->vocabulary->arena, "%s %.*s", s->hint, TEXT_ARG(value)) :
				    keep(r, value);
	else if (text_is(key, "measure"))
		measure_read(r, value);
	else if (text_is(key, "value"))
		s->value = keep(r, value);
	else if (text_is(key, "by") && text_is(value, "none"))
		s->by_none = true;
	else if (text_is(key, "by"))
		names_read(r, value, &s->by);
	else if (text_is(key, "also"))
		names_read(r, value, &s->also);
	else if (text_is(key, "show"))
		names_read(r, value, &s->show);
	else if (text_is(key, "ask"))
		vec_push(&s->asks, keep(r, value));
	else
		mistake(r, "'%.*s' is no keyword of a subject", TEXT_ARG(key));
}

/* "NAME = EXPR [type] if COND" */
static void way_role_read(struct reader *r, struct text value)
{
	struct way_role role = { .start = r->in_start };
	struct text name;
	size_t at;

	if (!text_next(&value, '=', &name) || text_trim(name).len == 0 || text_trim(value).len == 0) {
		mistake(r, "write: role NAME = EXPRESSION [type] if CONDITION");
		return;
	}
	role.name = keep(r, name);
	if (text_find(value, " if ", &at)) {
		role.cond = keep(r, text_from(value, at + 4));
		value = text_until(value, at);
	}
	value = text_trim(value);
	/* The last [word] is the type; expressions index arrays with numbers only. */
	if (text_ends(value, "]")) {
		for (at = value.len; at > 0 && value.at[at - 1] != '['; at--)
			;
		if (at > 0 && isalpha((unsigned char)value.at[at])) {
			role.type = keep(r, (struct text){ value.at + at, value.len - at - 1 });
			value = text_trim(text_until(value, at - 1));
		}
	}
	role.expr = keep(r, value);
	vec_push(&way_now(r)->roles, role);
}

/* "start PROBE… id EXPR" and "end PROBE… id EXPR" */
static void span_read(struct reader *r, struct text value, bool start)
{
	struct way *way = way_now(r);
	struct text id = TEXT("");
	size_t at;

	if (way->kind != WAY_SPAN) {
		mistake(r, "'start' and 'end' belong to 'way span'");
		return;
	}
	if (text_find(value, " id ", &at)) {
		id = text_from(value, at + 4);
		value = text_until(value, at);
	} else {
		mistake(r, "a span's probe needs 'id EXPRESSION', what pairs start and end");
	}
	names_read(r, value, start ? &way->starts : &way->probes);
	*(start ? &way->start_id : &way->end_id) = keep(r, id);
	r->in_start = start;
}

static void way_open(struct reader *r, struct text value)
{
	static const char *const kinds[] = { "event", "syscall", "call", "span", "sample" };
	struct way *way = vec_new(&subject_now(r)->ways);
	struct text kind;

	way->place = r->place;
	r->open = OPEN_WAY;
	r->in_start = false;
	text_word(&value, &kind);
	for (size_t i = 0; i < COUNT(kinds); i++) {
		if (!text_is(kind, kinds[i]))
			continue;
		way->kind = (enum way_kind)i;
		if (way->kind == WAY_SAMPLE) {
			long long hz;

			way->context = CONTEXT_PROCESS;
			if (!text_number(text_trim(value), &hz) || hz < 1 || hz > 10000)
				mistake(r, "write: way sample HERTZ (1 to 10000)");
			else
				way->hz = (long)hz;
		} else {
			names_read(r, value, &way->probes);
			if (way->probes.len == 0 && way->kind != WAY_SPAN)
				mistake(r, "this way names no probe");
		}
		return;
	}
	mistake(r, "'%.*s' is no kind of way: use event, syscall, call, span or sample", TEXT_ARG(kind));
}

static void way_line(struct reader *r, struct text key, struct text value)
{
	struct way *way = way_now(r);

	if (text_is(key, "role")) {
		way_role_read(r, value);
	} else if (text_is(key, "where")) {
		*(r->in_start ? &way->start_where : &way->where) = keep(r, value);
	} else if (text_is(key, "start") || text_is(key, "end")) {
		span_read(r, value, text_is(key, "start"));
	} else if (text_is(key, "context")) {
		if (text_is(value, "any"))
			way->context = CONTEXT_ANY;
		else if (text_is(value, "interrupted"))
			way->context = CONTEXT_INTERRUPTED;
		else
			mistake(r, "context is 'any' or 'interrupted'");
	} else if (text_is(key, "needs")) {
		struct text what, name;

		text_word(&value, &what);
		text_word(&value, &name);
		vec_push(&way->needs, (struct way_need){ keep(r, what), keep(r, name) });
	} else if (text_is(key, "absent")) {
		way->absent = keep(r, value);
	} else if (text_is(key, "note")) {
		way->note = keep(r, value);
	} else {
		mistake(r, "'%.*s' is no keyword of a way", TEXT_ARG(key));
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

/* Lines that open a block, at any place. False: the line belongs to the open block. */
static bool block_open(struct reader *r, struct text key, struct text value)
{
	struct vocabulary *v = r->vocabulary;

	if (text_is(key, "subject")) {
		*vec_new(&v->subjects) = (struct subject){ .name = keep(r, value), .place = r->place };
		r->open = OPEN_SUBJECT;
	} else if (text_is(key, "way")) {
		if (r->open != OPEN_SUBJECT && r->open != OPEN_WAY)
			mistake(r, "'way' belongs to a subject");
		else
			way_open(r, value);
	} else if (text_is(key, "role") && r->open != OPEN_WAY) {
		struct role *role = vec_new(&v->roles);

		role->name = role->noun = keep(r, value);
		role->plural = arena_fmt(v->arena, "%ss", role->noun);
		role->place = r->place;
		r->open = OPEN_ROLE;
	} else if (text_is(key, "sense")) {
		struct sense *sense = vec_new(&v->senses);
		struct text word;

		sense->place = r->place;
		text_word(&value, &word);
		sense->class = keep(r, word);
		text_word(&value, &word);
		sense->name = keep(r, word);
		if (text_word(&value, &word))
			sense->value = keep(r, word);
		r->open = OPEN_SENSE;
	} else if (text_is(key, "same") || text_is(key, "ignore")) {
		lexemes_read(r, key, value);
		r->open = OPEN_NONE;
	} else {
		return false;
	}
	return true;
}

static void line_read(struct reader *r, struct text line)
{
	struct text key;

	line = text_trim(line);
	if (line.len == 0 || line.at[0] == '#')
		return;
	text_word(&line, &key);
	line = text_trim(line);
	if (block_open(r, key, line))
		return;
	switch (r->open) {
	case OPEN_SUBJECT:
		subject_line(r, key, line);
		break;
	case OPEN_WAY:
		/* The subject's own keywords may follow a way. */
		if (text_is(key, "ask") || text_is(key, "hint") || text_is(key, "show"))
			subject_line(r, key, line);
		else
			way_line(r, key, line);
		break;
	case OPEN_ROLE:
		role_line(r, key, line);
		break;
	case OPEN_SENSE:
		if (text_is(key, "say"))
			phrases_read(r, line, &LAST(r->vocabulary->senses)->say);
		else
			mistake(r, "'%.*s' is no keyword of a sense", TEXT_ARG(key));
		break;
	case OPEN_NONE:
		mistake(r, "'%.*s' opens no block: use subject, role, sense, same or ignore", TEXT_ARG(key));
	}
}

/* Makes the words of phrases canonical and enters them. `subject`: its number from 1, so that a word counts
 * once for a subject; 0: of roles and senses, which do not count. */
static void phrases_enter(struct vocabulary *v, phrase_list *list, unsigned subject)
{
	vec_each(phrase, list) {
		for (size_t i = 0; i < phrase->count; i++) {
			struct lexeme *lexeme = vocabulary_enter(v, phrase->words[i]);

			if (lexeme->same) {
				phrase->words[i] = lexeme->same;
				lexeme = vocabulary_enter(v, lexeme->same);
			}
			if (subject && lexeme->last_subject != subject) {
				lexeme->last_subject = subject;
				lexeme->subjects++;
			}
		}
	}
}

static void lexicon_build(struct vocabulary *v)
{
	unsigned number = 0;

	vec_each(subject, &v->subjects)
		phrases_enter(v, &subject->say, ++number);
	vec_each(role, &v->roles)
		phrases_enter(v, &role->say, 0);
	vec_each(sense, &v->senses)
		phrases_enter(v, &sense->say, 0);
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
		mistake(r, "the subject '%s' stands at %s:%u already", sorted.at[i]->name,
			sorted.at[i - 1]->place.file, sorted.at[i - 1]->place.line);
	}
	vec_done(&sorted);
}

/* What must hold across lines. */
static void subjects_check(struct reader *r)
{
	vec_each(subject, &r->vocabulary->subjects) {
		r->place = subject->place;
		if (!subject->what)
			mistake(r, "the subject '%s' has no 'what'", subject->name);
		if (!subject->unit)
			subject->unit = "events";
		if (subject->ways.len == 0)
			mistake(r, "the subject '%s' has no way to be seen", subject->name);
		if (subject->say.len == 0)
			mistake(r, "the subject '%s' has no phrase", subject->name);
		vec_each(way, &subject->ways) {
			r->place = way->place;
			if (way->kind == WAY_SPAN && (way->starts.len == 0 || way->probes.len == 0))
				mistake(r, "this span of '%s' needs a start and an end", subject->name);
		}
	}
}

static int is_vocabulary(const struct dirent *entry)
{
	return text_ends(text_of(entry->d_name), ".vocab") && entry->d_name[0] != '.';
}

struct vocabulary *vocabulary_read(const char *folder, struct build *mistakes, struct error *err)
{
	struct reader r = { .mistakes = mistakes, .err = err };
	AUTO_VOCABULARY vocabulary = calloc(1, sizeof(*vocabulary));
	struct dirent **entries = NULL;
	int count = scandir(folder, &entries, is_vocabulary, alphasort);

	if (!vocabulary)
		abort();
	vocabulary->arena = arena_new();
	r.vocabulary = vocabulary;
	for (int i = 0; i < count; i++) {
		AUTO_BUILD content = { 0 };
		struct text rest, line;

		r.place = (struct place){ arena_fmt(vocabulary->arena, "%s/%s", folder, entries[i]->d_name), 0 };
		r.open = OPEN_NONE;
		free(entries[i]);
		if (file_read(r.place.file, 4 << 20, &content, err) < 0) {
			r.wrong++;
			continue;
		}
		rest = build_text(&content);
		while (text_line(&rest, &line)) {
			r.place.line++;
			line_read(&r, line);
		}
	}
	free(entries);
	if (count <= 0) {
		fail(err, -ENOENT, "no vocabulary in '%s': reinstall, or set SYSWHY_DATA to the data folder", folder);
		return NULL;
	}
	lexicon_build(vocabulary);
	names_check(&r);
	subjects_check(&r);
	if (r.wrong && !mistakes)
		return NULL;
	return TAKE(vocabulary);
}
