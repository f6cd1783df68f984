/* Static probes (USDT) that a question names: of an object that it names too, or as the vocabulary knows them. */
#include <string.h>
#include "kernel/object.h"
#include "trace/direct.h"

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
