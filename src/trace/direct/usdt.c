/* Static probes (USDT) that a question names: of an object that it names too, or as the vocabulary knows them. */
#include <string.h>
#include <sys/stat.h>
#include "kernel/object.h"
#include "trace/direct/direct.h"

#define USDT_MOST 40 /* probes that one question may attach */

/* "PROVIDER:NAME" or "NAME" of a list, as one probe. */
static bool usdt_of(struct wish *wish, const char *path, struct text word, struct named_probe *probe)
{
	struct arena *arena = wish->plan->arena;
	AUTO_OBJECT object = object_open(path, NULL);
	size_t count = 0;
	const struct usdt *list = object ? object_usdt(object, &count) : NULL;

	for (size_t i = 0; i < count; i++) {
		const char *both = arena_fmt(arena, "%s:%s", list[i].provider, list[i].name);

		if (!text_is(word, list[i].name) && !text_is(word, both))
			continue;
		*probe = (struct named_probe){ .system = arena_text(arena, text_of(list[i].provider)),
					       .name = arena_text(arena, text_of(list[i].name)),
					       .probe = arena_fmt(arena, "usdt:%s:%s", object_path(object), both) };
		return true;
	}
	return false;
}

/* Those that the vocabulary watches, by their names alone, where a program that has them is here. */
static bool usdt_known(struct wish *wish, struct text word, struct named_probe *probe)
{
	vocabulary_open_all(wish->question.vocabulary, NULL, NULL); /* mistakes are told when a subject is chosen */
	vec_each(subject, &wish->question.vocabulary->subjects)
		vec_each(way, &subject->ways) {
			const name_list *lists[] = { &way->starts, &way->probes };

			for (size_t l = 0; l < COUNT(lists); l++)
				vec_each(one, lists[l]) {
					struct text rest = text_of(*one), kind, object, provider;
					AUTO_FREE char *name = NULL;
					AUTO_FREE char *path = NULL;

					if (!text_next(&rest, ':', &kind) || !text_is(kind, "usdt") || !text_next(&rest, ':', &object) ||
					    (!text_same(word, rest) && !(text_next(&rest, ':', &provider) && text_same(word, rest))))
						continue;
					name = text_copy(object);
					path = object_locate(name);
					if (path && usdt_of(wish, path, word, probe))
						return true;
				}
		}
	return false;
}

/* Whether the name of a probe is a word of no language: "gc__start", "python:line". */
static bool usdt_word(struct text word)
{
	return text_has(word, "__") || (text_has(word, ":") && !text_has(word, "::"));
}

bool usdt_spelled(struct wish *wish, struct text word, struct named_probe *probe)
{
	const struct question *q = &wish->question;

	/* "usdt:/usr/bin/python3:python:gc__start" */
	if (text_starts(word, "usdt:") || text_starts(word, "u:")) {
		struct text rest = word, object;
		AUTO_FREE char *name = NULL;
		AUTO_FREE char *path = NULL;

		text_next(&rest, ':', &object);
		text_next(&rest, ':', &object);
		name = text_copy(object);
		path = object_locate(name);
		return path && usdt_of(wish, path, rest, probe);
	}
	if (!usdt_word(word))
		return false;
	/* "gc__start of /usr/bin/python3": of an object that the question names. */
	for (size_t i = 0; i < q->tokens.len; i++) {
		AUTO_FREE char *name = text_copy(q->tokens.at[i].word.text);
		AUTO_FREE char *path = q->tokens.at[i].word.kind == WORD_PATH ? object_locate(name) : NULL;

		if (!path || !usdt_of(wish, path, word, probe))
			continue;
		tokens_use(&wish->question, i, 1, USED_SUBJECT);
		return true;
	}
	return usdt_known(wish, word, probe);
}

/* A probe of the object at `path`, by a name that may be a plain word too: "the usdt probe order". */
const struct subject *usdt_named(struct wish *wish, size_t object_at, const char *path)
{
	struct question *q = &wish->question;

	for (size_t t = 0; t < q->tokens.len; t++) {
		struct named_probe probe;
		const struct subject *subject;

		if (t == object_at || !usdt_of(wish, path, q->tokens.at[t].word.text, &probe))
			continue;
		subject = probe_subject(wish, &probe);
		tokens_use(q, t, 1, USED_SUBJECT);
		tokens_use(q, object_at, 1, USED_SUBJECT);
		/* "usdt probe": the kind of probe, and no key. */
		for (size_t i = 0; i < q->tokens.len; i++)
			if (token_is(q, i, "usdt") || token_is(q, i, "probe"))
				tokens_use(q, i, 1, USED_SUBJECT);
		return subject;
	}
	return NULL;
}

/* ---- "usdt probes of libshop.so under /opt/shop" ---- */

bool usdt_said(const struct question *q)
{
	for (size_t i = 0; i < q->tokens.len; i++)
		if (token_is(q, i, "usdt") || ((text_is(q->tokens.at[i].word.text, "static") || text_is(q->tokens.at[i].word.text, "user")) && (token_is(q, i + 1, "probe") || token_is(q, i + 1, "tracepoint"))))
			return true;
	return false;
}

/* A library by its name alone below a folder that is named, too. */
static char *object_under(const char *folder, struct text name)
{
	static const char *const places[] = { "", "lib/", "lib64/", "bin/" }, *const endings[] = { "", ".so" };

	for (size_t p = 0; p < COUNT(places); p++)
		for (size_t e = 0; e < COUNT(endings); e++) {
			AUTO_FREE char *path = NULL;
			struct stat info;

			if (asprintf(&path, "%s/%s%.*s%s", folder, places[p], TEXT_ARG(name), endings[e]) < 0)
				return NULL;
			if (stat(path, &info) == 0 && S_ISREG(info.st_mode))
				return TAKE(path);
		}
	return NULL;
}

/* The object that the question names, and its token; NULL: it names none that is here, and `missing` is what it names. */
static char *object_asked(const struct question *q, size_t *at, struct text *missing)
{
	for (size_t i = 0; i < q->tokens.len; i++) {
		const struct token *token = &q->tokens.at[i];
		AUTO_FREE char *name = text_copy(token->word.text);
		bool library = text_has(token->word.text, ".so") || (text_starts(token->word.text, "lib") && !token->known && !token->english);
		AUTO_FREE char *path = NULL;
		struct stat info;

		if (token->word.kind == WORD_PATH && stat(name, &info) == 0 && S_ISDIR(info.st_mode))
			continue;
		if (token->word.kind != WORD_PATH && !library)
			continue;
		*missing = token->word.text;
		*at = i;
		path = object_locate(name);
		for (size_t k = 0; !path && library && k < q->tokens.len; k++) {
			AUTO_FREE char *folder = text_copy(q->tokens.at[k].word.text);

			if (q->tokens.at[k].word.kind == WORD_PATH && k != i)
				path = object_under(folder, token->word.text);
		}
		return TAKE(path);
	}
	return NULL;
}

/* The word that stands where a probe's name does: "usdt probe sale", "the sale probe"; SIZE_MAX: none. */
static size_t probe_word(const struct question *q, size_t object_at)
{
	for (size_t i = 0; i < q->tokens.len; i++) {
		if (!token_is(q, i, "probe") && !token_is(q, i, "tracepoint"))
			continue;
		if (i + 1 < q->tokens.len && i + 1 != object_at && !q->tokens.at[i + 1].ignored && !q->tokens.at[i + 1].used &&
		    q->tokens.at[i + 1].word.kind <= WORD_NAME && !token_is(q, i + 1, "fire"))
			return i + 1;
	}
	return SIZE_MAX;
}

static const struct subject *usdt_all(struct wish *wish, const char *path, struct build *why)
{
	struct arena *arena = wish->plan->arena;
	AUTO_OBJECT object = object_open(path, NULL);
	size_t count = 0, kept = 0;
	const struct usdt *list = object ? object_usdt(object, &count) : NULL;
	const char *probes[USDT_MOST];
	struct subject *subject;
	struct way *way;

	for (size_t i = 0; i < count && kept <= USDT_MOST; i++) {
		const char *probe = arena_fmt(arena, "usdt:%s:%s:%s", object_path(object), list[i].provider, list[i].name);
		bool again = false;

		for (size_t k = 0; k < kept; k++)
			again |= strcmp(probes[k], probe) == 0;
		if (again)
			continue;
		if (kept == USDT_MOST) {
			build_fmt(why, "%s has more than %d static probes: name some of them", path, USDT_MOST);
			return NULL;
		}
		probes[kept++] = probe;
	}
	if (kept == 0) {
		build_fmt(why, "%s has no static probe (USDT)", path);
		return NULL;
	}
	way = way_make(wish, arena_fmt(arena, "usdt.all"), arena_fmt(arena, "firings of the static probes of %s", path), WAY_EVENT, &subject);
	probes_set(wish, way, probes, kept);
	keys_set(wish, subject, "probe");
	return subject;
}

const struct subject *usdt_asked(struct wish *wish, struct build *why)
{
	struct question *q = &wish->question;
	struct text missing = { 0 };
	size_t object_at = SIZE_MAX, named;
	const struct subject *subject;

	if (!usdt_said(q) || why->len)
		return NULL;
	AUTO_FREE char *path = object_asked(q, &object_at, &missing);

	if (!path) {
		if (missing.len)
			build_fmt(why, "there is no program or library '%.*s' here", TEXT_ARG(missing));
		return NULL;
	}
	subject = usdt_named(wish, object_at, path);
	named = subject ? SIZE_MAX : probe_word(q, object_at);
	if (named != SIZE_MAX)
		build_fmt(why, "%s has no static probe '%.*s'", path, TEXT_ARG(q->tokens.at[named].word.text));
	else if (!subject)
		subject = usdt_all(wish, path, why);
	for (size_t i = 0; subject && i < q->tokens.len; i++)
		if (q->tokens.at[i].word.kind == WORD_PATH || i == object_at || token_is(q, i, "usdt") || token_is(q, i, "probe") ||
		    text_is(q->tokens.at[i].word.text, "static") || text_is(q->tokens.at[i].word.text, "library"))
			tokens_use(q, i, 1, USED_SUBJECT);
	return subject;
}
