/* Subjects that no vocabulary entry names: a tracepoint, a system call or a function, by its own name. */
#include <ctype.h>
#include <math.h>
#include <string.h>
#include "kernel/object.h"
#include "trace/planner.h"

#define WILDCARD_MOST 200 /* probes that one question may attach */

static struct way *way_make(struct wish *wish, const char *name, const char *what, enum way_kind kind,
			    struct subject **subject)
{
	struct arena *arena = wish->plan->arena;
	struct way *way;

	*subject = arena_alloc(arena, sizeof(**subject));
	(*subject)->name = name;
	(*subject)->what = what;
	(*subject)->unit = kind == WAY_EVENT ? "events" : "calls";
	(*subject)->measure = MEASURE_COUNT;
	(*subject)->place = (struct place){ "the live catalogue", 0 };
	/* Freed with the plan's arena: so the vectors of this subject live there too. */
	(*subject)->ways.at = arena_alloc(arena, sizeof(struct way));
	(*subject)->ways.len = (*subject)->ways.room = 1;
	way = (*subject)->ways.at;
	way->kind = kind;
	return way;
}

static void probes_set(struct wish *wish, struct way *way, const char **names, size_t count)
{
	way->probes.at = arena_alloc(wish->plan->arena, sizeof(char *) * count);
	way->probes.len = way->probes.room = count;
	for (size_t i = 0; i < count; i++)
		way->probes.at[i] = names[i];
}

static void keys_set(struct wish *wish, struct subject *subject, const char *key)
{
	subject->by.at = arena_alloc(wish->plan->arena, sizeof(char *));
	subject->by.len = subject->by.room = 1;
	subject->by.at[0] = key;
}

static const struct subject *tracepoint_subject(struct wish *wish, const char *system, const char *name)
{
	struct arena *arena = wish->plan->arena;
	const char *probe = arena_fmt(arena, "tracepoint:%s:%s", system, name);
	struct subject *subject;
	struct way *way = way_make(wish, arena_fmt(arena, "%s:%s", system, name),
				   arena_fmt(arena, "%s events", name), WAY_EVENT, &subject);

	probes_set(wish, way, &probe, 1);
	keys_set(wish, subject, "process");
	return subject;
}

/* A way of the vocabulary that watches this call among others: it knows what its arguments mean. */
static const struct way *syscall_way(const struct vocabulary *vocabulary, const char *name)
{
	const struct way *best = NULL;

	vocabulary_open_all(vocabulary, NULL, NULL); /* mistakes are told when a subject is chosen */

	vec_each(subject, &vocabulary->subjects)
		vec_each(way, &subject->ways) {
			if (way->kind != WAY_SYSCALL || way->where || way->needs.len)
				continue;
			vec_each(probe, &way->probes)
				if (strcmp(*probe, name) == 0 && (!best || way->roles.len > best->roles.len))
					best = way;
		}
	return best;
}

static const struct subject *syscall_subject(struct wish *wish, const char **names, size_t count)
{
	struct arena *arena = wish->plan->arena;
	const struct way *known = syscall_way(wish->question.vocabulary, names[0]);
	struct subject *subject;
	AUTO_BUILD joined = { 0 };
	struct way *way;

	for (size_t i = 0; i < count; i++)
		build_fmt(&joined, "%s%s", i ? " and " : "", names[i]);
	way = way_make(wish, arena_fmt(arena, "syscall.%s", names[0]), arena_fmt(arena, "%s system calls", joined.at),
		       WAY_SYSCALL, &subject);
	probes_set(wish, way, names, count);
	keys_set(wish, subject, "process");
	if (count > 1) {
		subject->also.at = arena_alloc(arena, sizeof(char *));
		subject->also.len = subject->also.room = 1;
		subject->also.at[0] = "syscall";
	}
	subject->value = "latency";
	if (known) {
		way->roles.at = arena_alloc(arena, sizeof(struct way_role) * (known->roles.len + 1));
		if (known->roles.len)
		memcpy(way->roles.at, known->roles.at, sizeof(struct way_role) * known->roles.len);
		way->roles.len = way->roles.room = known->roles.len;
	}
	return subject;
}

/* "sched:sched_switch", "tracepoint:sched:sched_switch", "sched_switch", "sys_enter_openat" */
static const struct subject *tracepoint_named(struct wish *wish, size_t at)
{
	struct text word = wish->question.tokens.at[at].word.text, system;
	const struct tracepoint *list;
	size_t count;
	AUTO_FREE char *name = NULL;

	if (text_starts(word, "tracepoint:"))
		word = text_from(word, strlen("tracepoint:"));
	if (kernel_tracepoints(wish->kernel, &list, &count, NULL) < 0)
		return NULL;
	if (!text_next(&word, ':', &system) || word.len == 0) {
		word = system;
		system = TEXT("");
	}
	name = text_copy(word);
	if (system.len == 0 && (strncmp(name, "sys_enter_", 10) == 0 || strncmp(name, "sys_exit_", 9) == 0)) {
		const char *call = strchr(name + 4, '_') + 1;

		return kernel_has_syscall(wish->kernel, call) ? tracepoint_subject(wish, "syscalls", name) : NULL;
	}
	for (size_t i = 0; i < count; i++) {
		if (strcmp(list[i].name, name) != 0 || (system.len && !text_is(system, list[i].system)))
			continue;
		/* "raw_syscalls sys_enter"; what else is said of it only describes it. */
		vec_each(token, &wish->question.tokens)
			if (token->known || strcmp(token->word.base, list[i].system) == 0)
				token->ignored = true;
		return tracepoint_subject(wish, list[i].system, list[i].name);
	}
	return NULL;
}

static bool says_syscall(const struct question *q, size_t at)
{
	size_t len;

	for (size_t i = at > 2 ? at - 2 : 0; i < at + 3 && i < q->tokens.len; i++)
		if (i != at && (sense_at(q, i, "call", "syscall", &len) || token_is(q, i, "call")))
			return true;
	return false;
}

/* Whether the token names a system call: certain when the vocabulary has no such word, or when it is
 * written "read()", or "syscall" stands by it. */
static bool names_syscall(struct wish *wish, size_t at, bool exact, char name[64])
{
	const struct question *q = &wish->question;
	const struct token *token = &q->tokens.at[at];
	size_t len = token->word.text.len, sense_len;
	bool called = text_ends(token->word.text, "()");

	len -= called ? 2 : 0;
	if ((token->word.kind != WORD_PLAIN && token->word.kind != WORD_NAME) || len >= 64 || len < 2)
		return false;
	for (size_t i = 0; i <= len; i++)
		name[i] = i < len ? (char)tolower((unsigned char)token->word.text.at[i]) : '\0';
	if (!kernel_has_syscall(wish->kernel, name))
		return false;
	if (called)
		return true;
	if (token->ignored && !says_syscall(q, at))
		return false;
	return !exact || !token->known || sense_at(q, at + 1, "call", "syscall", &sense_len) ||
	       (at > 0 && sense_at(q, at - 1, "call", "syscall", &sense_len) && q->tokens.at[at - 1].used == 0);
}

/* "how many sendto and recvfrom calls": all that are named. */
static const struct subject *syscalls_named(struct wish *wish, bool exact)
{
	struct question *q = &wish->question;
	struct arena *arena = wish->plan->arena;
	const char *names[8];
	size_t count = 0;

	for (size_t i = 0; i < q->tokens.len && count < COUNT(names); i++) {
		char name[64];

		if (q->tokens.at[i].used & (USED_FILTER | USED_TIME) || q->tokens.at[i].word.kind == WORD_HAN ||
		    !names_syscall(wish, i, exact, name))
			continue;
		names[count++] = arena_text(arena, text_of(name));
		tokens_use(q, i, 1, USED_SUBJECT);
	}
	return count ? syscall_subject(wish, names, count) : NULL;
}

/* ---- functions of programs: "function foo in /usr/bin/bar", "foo of libz" ---- */

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

/* Looks for a word of the question that is a function of the object. */
static const struct subject *function_in(struct wish *wish, size_t object_at, const char *path, bool cued,
					 bool said, struct build *why)
{
	struct question *q = &wish->question;
	AUTO_OBJECT object = object_open(path, NULL);
	size_t missing = SIZE_MAX;

	if (!object)
		return NULL;
	for (size_t i = 0; i < q->tokens.len; i++) {
		struct token *token = &q->tokens.at[i];
		AUTO_FREE char *name = text_copy(token->word.text);
		const struct subject *subject;
		size_t len;

		if (i == object_at || token->word.kind == WORD_HAN || token->word.kind == WORD_NUMBER ||
		    token->word.kind == WORD_SIGN || token->word.kind == WORD_PATH)
			continue;
		/* A known word is a function's name only where the question says so: "function read". */
		if (token->known && !text_ends(token->word.text, "()") &&
		    !(i > 0 && sense_at(q, i - 1, "call", "function", &len)) &&
		    !sense_at(q, i + 1, "call", "function", &len))
			continue;
		if (sense_at(q, i, "call", "function", &len) || (token->ignored && !token->known))
			continue;
		if (text_ends(token->word.text, "()"))
			name[strlen(name) - 2] = '\0';
		if (!object_function(object, name)) {
			if (!token->known && missing == SIZE_MAX)
				missing = i;
			continue;
		}
		subject = function_subject(wish, object_path(object), name);
		tokens_use(q, i, 1, USED_SUBJECT);
		tokens_use(q, object_at, 1, USED_SUBJECT);
		return subject;
	}
	if (cued && said && missing != SIZE_MAX && why) {
		AUTO_FREE char *name = text_copy(q->tokens.at[missing].word.text);
		const char *nearest[3];
		size_t count = object_nearest(object, name, nearest, COUNT(nearest));

		build_fmt(why, "%s has no function '%s'", path, name);
		for (size_t i = 0; i < count; i++)
			build_fmt(why, "%s %s", i ? "," : "; the nearest are", nearest[i]);
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
		    text_ends(q->tokens.at[i].word.text, "()"))
			return true;
	return false;
}

static bool function_said(const struct question *q)
{
	size_t len;

	for (size_t i = 0; i < q->tokens.len; i++)
		if (sense_at(q, i, "call", "function", &len))
			return true;
	return false;
}

static bool object_place(const struct question *q, size_t at)
{
	static const char *const before[] = { "of", "in", "from", "by", "library", "program", "function" };
	static const char *const after[] = { "里", "的", "中", "function", "library" };

	for (size_t i = 0; at > 0 && i < COUNT(before); i++)
		if (token_is(q, at - 1, before[i]))
			return true;
	for (size_t i = 0; i < COUNT(after); i++)
		if (token_is(q, at + 1, after[i]))
			return true;
	return false;
}

/* "usdt probe order in /usr/bin/x": a static probe of an object by its name. */
static const struct subject *usdt_named(struct wish *wish, size_t object_at, const char *path)
{
	struct question *q = &wish->question;
	struct arena *arena = wish->plan->arena;
	AUTO_OBJECT object = object_open(path, NULL);
	size_t count = 0;
	const struct usdt *list = object ? object_usdt(object, &count) : NULL;

	for (size_t t = 0; t < q->tokens.len; t++)
		for (size_t i = 0; i < count; i++) {
			struct text word = q->tokens.at[t].word.text;
			struct subject *subject;
			struct way *way;
			const char *probe;

			if (t == object_at || (!text_is(word, list[i].name) &&
					       !text_is(word, arena_fmt(arena, "%s:%s", list[i].provider, list[i].name))))
				continue;
			way = way_make(wish, arena_fmt(arena, "usdt.%s", list[i].name),
				       arena_fmt(arena, "firings of the probe %s:%s in %s", list[i].provider, list[i].name, path),
				       WAY_EVENT, &subject);
			probe = arena_fmt(arena, "usdt:%s:%s:%s", object_path(object), list[i].provider, list[i].name);
			probes_set(wish, way, &probe, 1);
			keys_set(wish, subject, "process");
			tokens_use(q, t, 1, USED_SUBJECT);
			tokens_use(q, object_at, 1, USED_SUBJECT);
			return subject;
		}
	return NULL;
}

static bool usdt_said(const struct question *q)
{
	for (size_t i = 0; i < q->tokens.len; i++)
		if (token_is(q, i, "usdt"))
			return true;
	return false;
}

static const struct subject *function_named(struct wish *wish, struct build *why)
{
	struct question *q = &wish->question;
	bool cued = function_cued(q), said = function_said(q);

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
			if (cued && token->word.kind == WORD_PATH && why && why->len == 0)
				build_fmt(why, "there is no program or library '%s' here", name);
			continue;
		}
		subject = usdt_said(q) ? usdt_named(wish, i, path) : NULL;
		if (subject)
			return subject;
		subject = function_in(wish, i, path, cued, said || token->word.kind == WORD_PATH, why);
		if (subject)
			return subject;
	}
	/* "function foo of pid 12" */
	vec_each(condition, &wish->plan->where) {
		AUTO_FREE char *path = NULL;
		const struct subject *subject;

		if (!cued || strcmp(condition->role, "pid") != 0)
			continue;
		path = object_of_pid((long)condition->number);
		subject = path ? function_in(wish, SIZE_MAX, path, cued, said, why) : NULL;
		if (subject)
			return subject;
	}
	return NULL;
}

/* Functions that the vocabulary watches somewhere, named as they are spelled: "SSL_read and SSL_write". */
static const struct subject *function_known(struct wish *wish)
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
	way->roles.at = arena_alloc(arena, sizeof(struct way_role) * (known->roles.len + 1));
	if (known->roles.len)
		memcpy(way->roles.at, known->roles.at, sizeof(struct way_role) * known->roles.len);
	way->roles.len = way->roles.room = known->roles.len;
	return subject;
}

/* A function of the kernel, where kernel functions can be traced. */
static const struct subject *kernel_function_named(struct wish *wish, struct build *why)
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

		if (text_ends(text_of(name), "()"))
			name[strlen(name) - 2] = '\0';
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

/* ---- tracepoints by the words in their names ---- */

/* Whether a token says one of the words of "block_rq_issue" (folded and canonical). */
static bool name_says(const struct vocabulary *v, const char *name, const char *canonical)
{
	struct text rest = text_of(name), part;

	while (text_next(&rest, '_', &part)) {
		char base[64], same[64];

		word_fold(part, base);
		vocabulary_canonical(v, base, same);
		if (strcmp(same, canonical) == 0 || text_is(part, canonical))
			return true;
	}
	return false;
}

static size_t name_parts(const char *name)
{
	size_t parts = 1;

	for (; *name; name++)
		parts += *name == '_';
	return parts;
}

/* Every word that nothing else explains must be in the name, and they must be most of the name. */
static const struct subject *tracepoint_said(struct wish *wish)
{
	struct question *q = &wish->question;
	const struct tracepoint *list, *best = NULL;
	size_t count;
	double best_score = 0;

	if (kernel_tracepoints(wish->kernel, &list, &count, NULL) < 0)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		size_t said = 0, missed = 0, parts = name_parts(list[i].name);
		double score;

		if (strcmp(list[i].system, "syscalls") == 0)
			continue;
		vec_each(token, &q->tokens) {
			if (token->ignored || token->used & ~(unsigned)(USED_SUBJECT | USED_MEASURE) ||
			    token->word.kind == WORD_HAN)
				continue;
			if (name_says(q->vocabulary, list[i].name, token->canonical) ||
			    name_says(q->vocabulary, list[i].name, token->word.base))
				said++;
			else if (strcmp(list[i].system, token->word.base) != 0 && !(token->used & USED_MEASURE))
				missed++;
		}
		score = said < 2 ? 0 : (double)said / (double)parts;
		if (missed == 0 && score > 0.5 && score > best_score) {
			best_score = score;
			best = &list[i];
		}
	}
	if (!best)
		return NULL;
	vec_each(token, &q->tokens)
		if (name_says(q->vocabulary, best->name, token->canonical) ||
		    name_says(q->vocabulary, best->name, token->word.base) || strcmp(best->system, token->word.base) == 0)
			token->used |= USED_SUBJECT;
	return tracepoint_subject(wish, best->system, best->name);
}

/* "all ext4 events": every tracepoint of one system, by name. */
static const struct subject *system_said(struct wish *wish, struct build *why)
{
	struct question *q = &wish->question;
	struct arena *arena = wish->plan->arena;
	const struct tracepoint *list;
	size_t count;

	for (size_t t = 0; t < q->tokens.len; t++) {
		const char *word = q->tokens.at[t].word.base;
		VEC(const char *) names = { 0 };
		struct subject *subject;
		struct way *way;

		if (q->tokens.at[t].ignored || q->tokens.at[t].used & ~(unsigned)(USED_SUBJECT | USED_MEASURE))
			continue;
		if (!token_is(q, t + 1, "tracepoint") && !token_is(q, t + 1, "event") &&
		    !token_is(q, t + 1, "subsystem") && !text_ends(q->tokens.at[t].word.text, ":*"))
			continue;
		if (kernel_tracepoints(wish->kernel, &list, &count, NULL) < 0)
			return NULL;
		for (size_t i = 0; i < count; i++)
			if (text_is(text_until(text_of(word), strcspn(word, ":")), list[i].system))
				vec_push(&names, arena_fmt(arena, "tracepoint:%s:%s", list[i].system, list[i].name));
		if (names.len > WILDCARD_MOST) {
			build_fmt(why, "%s has %zu tracepoints, more than the %d that one question may attach: name some "
				  "of them", word, names.len, WILDCARD_MOST);
		} else if (names.len > 0) {
			way = way_make(wish, arena_fmt(arena, "%s.all", word), arena_fmt(arena, "%s events", word),
				       WAY_EVENT, &subject);
			probes_set(wish, way, names.at, names.len);
			keys_set(wish, subject, "probe");
			tokens_use(q, t, 1, USED_SUBJECT);
			vec_done(&names);
			return subject;
		}
		vec_done(&names);
	}
	return NULL;
}

const struct subject *subject_direct(struct wish *wish, bool exact, struct build *why)
{
	struct question *q = &wish->question;
	const struct subject *subject;

	for (size_t i = 0; i < q->tokens.len; i++) {
		const struct token *token = &q->tokens.at[i];

		if (token->used & (USED_FILTER | USED_TIME) || token->word.kind == WORD_HAN)
			continue;
		subject = token->word.kind == WORD_NAME || token->word.kind == WORD_PATH ? tracepoint_named(wish, i) : NULL;
		if (subject) {
			tokens_use(q, i, 1, USED_SUBJECT);
			return subject;
		}
	}
	subject = syscalls_named(wish, exact);
	if (!subject)
		subject = function_known(wish);
	if (!subject)
		subject = function_named(wish, why);
	if (!subject)
		subject = kernel_function_named(wish, why);
	if (!subject)
		subject = system_said(wish, why);
	if (!subject && !exact)
		subject = tracepoint_said(wish);
	return subject;
}
