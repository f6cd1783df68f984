/* Subjects for functions that a question names: "function foo in /usr/bin/bar", "foo of libz", a static probe. */
#include <string.h>
#include "kernel/object.h"
#include "trace/direct/direct.h"
#include "trace/names/names.h"

enum { FUNCTIONS_MOST = 64 }; /* of one file, each with a probe */

static const struct subject *function_subject(struct wish *wish, const char *path, const char *name)
{
	struct arena *arena = wish->plan->arena;
	const char *probe = arena_fmt(arena, "%s:%s", path, name);
	struct subject *subject;
	struct way *way = way_make(wish, arena_fmt(arena, "function.%s", name),
				   arena_fmt(arena, "calls of %s() in %s", name, path), WAY_CALL, &subject);

	probes_set(wish, way, &probe, 1);
	keys_set(wish, subject, "process");
	subject->value = "latency";
	return subject;
}

/* "lookup in /opt/shop", "/opt/shop 的函数 lookup": a word of English that stands where the function must. */
static bool beside_object(const struct question *q, size_t at, size_t object_at)
{
	if (object_at >= q->tokens.len || q->tokens.at[object_at].word.kind != WORD_PATH)
		return false;
	if (at + 2 == object_at && (token_in(q, object_at - 1, GRAMMAR_INSIDE) || token_is(q, object_at - 1, "of")))
		return true;
	for (size_t i = object_at + 1; i < at; i++)
		if (q->tokens.at[i].word.kind != WORD_HAN || i > object_at + 4)
			return false;
	return at > object_at && at > object_at + 1;
}

/* "every function of /opt/shop", "which functions does it call": all that the file itself names. */
static bool all_functions(const struct question *q)
{
	size_t len;

	for (size_t i = 1; i < q->tokens.len; i++)
		if (sense_at(q, i, "call", "function", &len) &&
		    (token_in(q, i - 1, GRAMMAR_EVERY) || (i > 1 && token_in(q, i - 2, GRAMMAR_EVERY) && q->tokens.at[i - 1].ignored)))
			return true;
	return false;
}

static const struct subject *functions_of(struct wish *wish, size_t object_at, const struct object *object, struct build *why)
{
	/* What the compiler and the linker put there. */
	static const char *const theirs[] = { "deregister_tm_clones", "register_tm_clones", "frame_dummy" };
	struct arena *arena = wish->plan->arena;
	VEC(const char *) probes = { 0 };
	struct subject *subject;
	struct way *way;
	size_t count;
	const struct symbol *list = object_functions(object, &count);

	for (size_t i = 0; i < count; i++) {
		bool ours = list[i].name[0] != '_' && list[i].size > 0;

		for (size_t k = 0; k < COUNT(theirs); k++)
			ours = ours && strcmp(list[i].name, theirs[k]) != 0;
		if (ours)
			vec_push(&probes, arena_fmt(arena, "%s:%s", object_path(object), list[i].name));
	}
	if (probes.len == 0 || probes.len > FUNCTIONS_MOST) {
		build_fmt(why, "%s has %zu functions that can be watched, and one question may attach 1 to %d: name some of them",
			  object_path(object), probes.len, FUNCTIONS_MOST);
		vec_done(&probes);
		return NULL;
	}
	way = way_make(wish, "function.all", arena_fmt(arena, "calls of the functions of %s", object_path(object)), WAY_CALL,
		       &subject);
	probes_set(wish, way, probes.at, probes.len);
	vec_done(&probes);
	keys_set(wish, subject, "function");
	subject->value = "latency";
	tokens_use(&wish->question, object_at, 1, USED_SUBJECT);
	return subject;
}

static bool function_said(const struct question *q)
{
	size_t len;

	for (size_t i = 0; i < q->tokens.len; i++)
		if (sense_at(q, i, "call", "function", &len))
			return true;
	return false;
}

/* Looks for a word of the question that is a function of the object. */
static const struct subject *function_in(struct wish *wish, size_t object_at, const char *path, bool cued,
					 bool said, struct build *why)
{
	struct question *q = &wish->question;
	AUTO_OBJECT object = object_open(path, NULL);
	size_t missing = SIZE_MAX;

	if (!object) {
		if (function_said(q) && why && why->len == 0)
			build_fmt(why, "'%s' is no program or library, and so has no functions", path);
		return NULL;
	}
	if (object_at < q->tokens.len && q->tokens.at[object_at].word.kind == WORD_PATH && all_functions(q))
		return functions_of(wish, object_at, object, why);
	for (size_t i = 0; i < q->tokens.len; i++) {
		struct token *token = &q->tokens.at[i];
		AUTO_FREE char *name = text_copy(token->word.text);
		const struct subject *subject;
		size_t len;

		if (i == object_at || token->word.kind == WORD_HAN || token->word.kind == WORD_NUMBER ||
		    token->word.kind == WORD_SIGN || token->word.kind == WORD_PATH)
			continue;
		/* A known word is a function's name only where the question says so: "function read". */
		if (token->known && !token->corrected.len && !token_called(q, i) &&
		    !(i > 0 && sense_at(q, i - 1, "call", "function", &len)) &&
		    !sense_at(q, i + 1, "call", "function", &len) && !beside_object(q, i, object_at))
			continue;
		if (sense_at(q, i, "call", "function", &len) || (token->ignored && !token->known))
			continue;
		if (!object_function(object, name)) {
			/* What was mended into a word that is known was no function's name as it was written. */
			bool called = i > 0 && sense_at(q, i - 1, "call", "function", &len);

			if ((!token->known || token->corrected.len) && (!token->english || called) && missing == SIZE_MAX)
				missing = i;
			continue;
		}
		subject = function_subject(wish, object_path(object), name);
		tokens_use(q, i, 1, USED_SUBJECT);
		tokens_use(q, object_at, 1, USED_SUBJECT);
		/* "the function foo" names it, and is no key. */
		if (i > 0 && sense_at(q, i - 1, "call", "function", &len))
			tokens_use(q, i - 1, 1, USED_SUBJECT);
		if (sense_at(q, i + 1, "call", "function", &len))
			tokens_use(q, i + 1, len, USED_SUBJECT);
		return subject;
	}
	if (cued && said && missing != SIZE_MAX && why) {
		AUTO_FREE char *name = text_copy(q->tokens.at[missing].word.text);
		const char *nearest[3];
		size_t count = object_nearest(object, name, nearest, COUNT(nearest));

		build_fmt(why, "%s has no function '%s'", path, name);
		for (size_t i = 0; i < count; i++)
			build_fmt(why, "%s %s", i ? "," : count == 1 ? "; the nearest is" : "; the nearest are", nearest[i]);
		if (count == 0)
			build_put(why, " (its symbols may have been stripped: install its debug symbols)");
	}
	return NULL;
}

static bool function_cued(const struct question *q)
{
	size_t len;

	for (size_t i = 0; i < q->tokens.len; i++)
		if (sense_at(q, i, "call", "function", &len) || token_is(q, i, "call") ||
		    token_called(q, i))
			return true;
	return false;
}

static bool object_place(const struct question *q, size_t at)
{
	if (at > 0 && token_in(q, at - 1, GRAMMAR_BEFORE_OBJECT))
		return true;
	return token_in(q, at + 1, GRAMMAR_AFTER_OBJECT);
}

/* "count calls of frobnicate in libc": such a word is meant as a function, though none says so. */
static bool function_placed(const struct question *q, size_t object_at)
{
	size_t len;

	if (object_at < 4 || !(token_is(q, object_at - 1, "in") || token_is(q, object_at - 1, "from")) || !(token_is(q, object_at - 3, "of") || token_is(q, object_at - 3, "to")) ||
	    !token_is(q, object_at - 4, "call"))
		return false;
	/* "system calls of …", "write calls of …" are calls of another kind. */
	return object_at == 4 || q->tokens.at[object_at - 5].ignored || sense_at(q, object_at - 5, "measure", "count", &len);
}

/* Whether some word could be the name of a function: "calls of frobnicate in /usr/bin/x", but not "fsync calls of /a/b". */
static bool function_nameable(const struct question *q, size_t object_at)
{
	/* "calls of compress in /usr/bin/x" */
	if (object_at >= 4 && beside_object(q, object_at - 2, object_at) && (token_is(q, object_at - 3, "of") || token_is(q, object_at - 3, "to")) &&
	    token_is(q, object_at - 4, "call"))
		return true;
	vec_each(token, &q->tokens)
		if ((token->word.kind == WORD_PLAIN || token->word.kind == WORD_NAME) && !token->known && !token->ignored)
			return true;
	return function_said(q);
}

const struct subject *function_named(struct wish *wish, struct build *why)
{
	struct question *q = &wish->question;
	bool cued = function_cued(q), said = function_said(q);

	/* "frobnicate_all in /usr/bin/x": an identifier and a program. */
	vec_each(token, &q->tokens)
		cued = cued || (token->word.kind == WORD_NAME && !token->known && text_has(token->word.text, "_") &&
				!text_has(token->word.text, "."));

	for (size_t i = 0; i < q->tokens.len; i++) {
		const struct token *token = &q->tokens.at[i];
		struct text word = token->word.text;
		AUTO_FREE char *name = text_copy(word);
		AUTO_FREE char *path = NULL;
		const struct subject *subject;
		size_t colon;

		if (token->word.kind != WORD_PATH && token->word.kind != WORD_NAME && token->word.kind != WORD_PLAIN &&
		    token->word.kind != WORD_QUOTED)
			continue;
		/* A plain word is a program or library only in its place: "of bash", "in libc". */
		if (token->word.kind == WORD_PLAIN && (token->ignored || !object_place(q, i)))
			continue;
		/* "OBJECT:FUNCTION" in one word. */
		if (text_find(word, ":", &colon) && colon > 0 && colon + 1 < word.len) {
			name[colon] = '\0';
			path = object_locate(strncmp(name, "uprobe", 6) == 0 ? name + colon + 1 : name);
			if (path) {
				AUTO_OBJECT object = object_open(path, NULL);

				if (object && object_function(object, name + colon + 1)) {
					tokens_use(q, i, 1, USED_SUBJECT);
					return function_subject(wish, object_path(object), name + colon + 1);
				}
			}
			continue;
		}
		path = object_locate(name);
		if (!path) {
			if (cued && token->word.kind == WORD_PATH && why && why->len == 0 && function_nameable(q, i))
				build_fmt(why, "there is no program or library '%s' here", name);
			continue;
		}
		subject = usdt_said(q) || token->word.kind == WORD_PATH ? usdt_named(wish, i, path) : NULL;
		if (subject)
			return subject;
		subject = function_in(wish, i, path, cued, said || token->word.kind == WORD_PATH || function_placed(q, i), why);
		if (subject)
			return subject;
	}
	/* "function foo of pid 12" */
	vec_each(condition, &wish->plan->where) {
		AUTO_FREE char *path = NULL;
		const struct subject *subject;

		if (!cued || !condition->role || strcmp(condition->role, "pid") != 0)
			continue;
		path = object_of_pid((long)condition->number);
		subject = path ? function_in(wish, SIZE_MAX, path, cued, said, why) : NULL;
		if (subject)
			return subject;
	}
	return NULL;
}

/* "stacks that lead to strdup": a function of the C library by its name alone, when the word is nothing else. */
const struct subject *function_of_libc(struct wish *wish)
{
	struct question *q = &wish->question;

	for (size_t i = 0; i < q->tokens.len; i++) {
		const struct token *token = &q->tokens.at[i];
		AUTO_FREE char *name = text_copy(token->word.text);
		AUTO_FREE char *path = NULL;
		bool prefix;

		if (token->used || token->known || token->english || token->ignored || token->word.text.len < 4 ||
		    (token->word.kind != WORD_PLAIN && token->word.kind != WORD_NAME) || strpbrk(name, ".:-*/") ||
		    kernel_has_syscall(wish->kernel, name) || name_of_process(token->word.text, &prefix) || !object_libc_has(name))
			continue;
		path = object_locate("libc");
		tokens_use(q, i, 1, USED_SUBJECT);
		return path ? function_subject(wish, path, name) : NULL;
	}
	return NULL;
}

/* Functions that the vocabulary watches somewhere, named as they are spelled: "SSL_read and SSL_write". */
const struct subject *function_known(struct wish *wish)
{
	struct question *q = &wish->question;
	struct arena *arena = wish->plan->arena;
	const struct way *known = NULL;
	const char *probes[8];
	size_t count = 0;
	struct subject *subject;
	struct way *way;

	for (size_t i = 0; i < q->tokens.len; i++) {
		struct text word = q->tokens.at[i].word.text;
		bool found = false;

		if (q->tokens.at[i].word.kind != WORD_NAME || !memchr(word.at, '_', word.len))
			continue;
		vocabulary_open_all(q->vocabulary, NULL, NULL); /* mistakes are told when a subject is chosen */
		vec_each(one, &q->vocabulary->subjects)
			vec_each(old, &one->ways)
				vec_each(probe, &old->probes) {
					const char *function = strrchr(*probe, ':');

					if (found || old->kind != WAY_CALL || !function || !text_is(word, function + 1) ||
					    count == COUNT(probes))
						continue;
					probes[count++] = *probe;
					known = known ? known : old;
					found = true;
				}
		if (found)
			tokens_use(q, i, 1, USED_SUBJECT);
	}
	/* One alone is found by its phrase, with all that the vocabulary says of it. */
	if (count < 2)
		return NULL;
	way = way_make(wish, "function.several", arena_fmt(arena, "calls of %zu functions", count), WAY_CALL, &subject);
	probes_set(wish, way, probes, count);
	keys_set(wish, subject, "process");
	subject->value = "latency";
	roles_borrow(wish, way, known);
	return subject;
}

/* A function of the kernel, where kernel functions can be traced. */
const struct subject *kernel_function_named(struct wish *wish, struct build *why)
{
	struct question *q = &wish->question;
	struct arena *arena = wish->plan->arena;
	bool said = false;
	size_t len;

	for (size_t i = 0; i < q->tokens.len; i++)
		said = said || sense_at(q, i, "call", "kernel", &len) != NULL;
	for (size_t i = 0; i < q->tokens.len; i++) {
		const struct token *token = &q->tokens.at[i];
		AUTO_FREE char *name = text_copy(token->word.text);
		struct subject *subject;
		struct way *way;
		const char *probe;
		char no[200] = "";

		if (token->word.kind != WORD_NAME && !(said && token->word.kind == WORD_PLAIN && !token->known))
			continue;
		if (!said && !strchr(name, '_'))
			continue;
		if (!kernel_can(wish->kernel, KERNEL_KPROBES, no) && !kernel_can(wish->kernel, KERNEL_FENTRY, no)) {
			if (said) {
				build_clear(why);
				build_fmt(why, "'%s' is asked for as a kernel function, and this kernel lets none be watched: %s",
					  name, no);
				return NULL;
			}
			if (kernel_knows_function(wish->kernel, name))
				wish->missing = arena_fmt(arena, "'%s' is a kernel function, and this kernel lets none be watched: %s", name, no);
			continue;
		}
		if (!kernel_has_function(wish->kernel, name))
			continue;
		way = way_make(wish, arena_fmt(arena, "kernel.%s", name),
			       arena_fmt(arena, "calls of the kernel's %s()", name), WAY_CALL, &subject);
		probe = arena_fmt(arena, "kernel:%s", name);
		probes_set(wish, way, &probe, 1);
		keys_set(wish, subject, "process");
		subject->value = "latency";
		tokens_use(q, i, 1, USED_SUBJECT);
		return subject;
	}
	return NULL;
}
