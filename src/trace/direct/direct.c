/* Subjects that no vocabulary entry names: a tracepoint, a system call or a function, by its own name. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "trace/direct/direct.h"
#include "trace/around/sides.h"

#define WILDCARD_MOST 200 /* probes that one question may attach */

struct way *way_make(struct wish *wish, const char *name, const char *what, enum way_kind kind,
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

void probes_set(struct wish *wish, struct way *way, const char *const *names, size_t count)
{
	way->probes.at = arena_alloc(wish->plan->arena, sizeof(char *) * count);
	way->probes.len = way->probes.room = count;
	for (size_t i = 0; i < count; i++)
		way->probes.at[i] = names[i];
}

void keys_set(struct wish *wish, struct subject *subject, const char *key)
{
	subject->by.at = arena_alloc(wish->plan->arena, sizeof(char *));
	subject->by.len = subject->by.room = 1;
	subject->by.at[0] = key;
}

void roles_borrow(struct wish *wish, struct way *way, const struct way *known)
{
	if (!known || known->roles.len == 0)
		return;
	way->roles.at = arena_alloc(wish->plan->arena, sizeof(struct way_role) * known->roles.len);
	memcpy(way->roles.at, known->roles.at, sizeof(struct way_role) * known->roles.len);
	way->roles.len = way->roles.room = known->roles.len;
}

const struct way *syscall_way(const struct vocabulary *vocabulary, const char *name)
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

struct subject *syscall_subject(struct wish *wish, const char **names, size_t count)
{
	struct arena *arena = wish->plan->arena;
	const struct way *known = syscall_way(wish->question.vocabulary, names[0]);
	struct subject *subject;
	AUTO_BUILD joined = { 0 };
	struct way *way;

	for (size_t i = 0; i < count; i++)
		build_fmt(&joined, "%s%s", i ? " and " : "", names[i]);
	way = way_make(wish, arena_fmt(arena, "syscall.%s", names[0]), arena_fmt(arena, "%.*s system calls", TEXT_ARG(build_text(&joined))),
		       WAY_SYSCALL, &subject);
	probes_set(wish, way, names, count);
	keys_set(wish, subject, "process");
	if (count > 1) {
		subject->also.at = arena_alloc(arena, sizeof(char *));
		subject->also.len = subject->also.room = 1;
		subject->also.at[0] = "syscall";
		subject->by.at = arena_alloc(arena, 2 * sizeof(char *));
		subject->by.len = subject->by.room = 2;
		subject->by.at[0] = "process";
		subject->by.at[1] = "syscall";
	}
	subject->value = "latency";
	roles_borrow(wish, way, known);
	return subject;
}

static bool says_syscall(const struct question *q, size_t at)
{
	size_t len;

	for (size_t i = at > 2 ? at - 2 : 0; i < at + 3 && i < q->tokens.len; i++)
		if (i != at && (sense_at(q, i, "call", "syscall", &len) || token_is(q, i, "call")))
			return true;
	return false;
}

/* "read syscalls vs write": what is set against a call that is named so is one, too. */
static bool beside_syscall(const struct wish *wish, size_t at)
{
	const struct question *q = &wish->question;
	size_t len;

	if (at < 3 || !word_joins(q, at - 1) || !sense_at(q, at - 2, "call", "syscall", &len) ||
	    (at + 1 < q->tokens.len && !q->tokens.at[at].word.comma && !q->tokens.at[at + 1].ignored))
		return false;
	AUTO_FREE char *other = text_copy(q->tokens.at[at - 3].word.text);

	return kernel_has_syscall(wish->kernel, other);
}

/* "read and pread64": what is joined to a call that is named by no other word's name is one, too. */
static bool joined_call(const struct wish *wish, size_t at)
{
	const struct question *q = &wish->question;
	size_t next = at + 1 + word_joins(q, at + 1), last = at > 0 ? at - 1 - (at > 1 && word_joins(q, at - 1)) : at;
	size_t others[] = { next > at + 1 || q->tokens.at[at].word.comma ? next : at, last + 1 < at || q->tokens.at[last].word.comma ? last : at };

	/* Others than words of English are known by the vocabulary: "unshare and setns". */
	for (size_t i = 0; english_has(q->vocabulary->english, q->tokens.at[at].word.text) && i < COUNT(others); i++) {
		const struct token *other = others[i] < q->tokens.len ? &q->tokens.at[others[i]] : NULL;
		AUTO_FREE char *name = other ? text_copy(other->word.text) : NULL;

		if (other && others[i] != at && !english_has(q->vocabulary->english, other->word.text) && kernel_has_syscall(wish->kernel, name))
			return true;
	}
	return false;
}

/* Whether the token names a system call: certain when the vocabulary has no such word, or when it is
 * written "read()", or "syscall" stands by it. */
static bool names_syscall(struct wish *wish, size_t at, bool exact, char name[64])
{
	const struct question *q = &wish->question;
	const struct token *token = &q->tokens.at[at];
	size_t len = token->word.text.len, sense_len;
	bool called = token_called(q, at);

	if ((token->word.kind != WORD_PLAIN && token->word.kind != WORD_NAME) || len >= 64 || len < 2)
		return false;
	for (size_t i = 0; i <= len; i++)
		name[i] = i < len ? (char)tolower((unsigned char)token->word.text.at[i]) : '\0';
	if (!kernel_has_syscall(wish->kernel, name))
		return false;
	/* "the setuid bit" */
	if (sense_at(q, at, "symbol", NULL, &sense_len) && sense_len > 1)
		return false;
	/* "FUTEX_WAKE": what is asked of futex */
	if (isupper((unsigned char)token->word.text.at[0]) && isupper((unsigned char)token->word.text.at[len - 1]) && strchr(name, '_'))
		return false;
	if (called)
		return true;
	if (token->ignored && !says_syscall(q, at))
		return false;
	/* "syscall time by process" asks how long they take. */
	if (strcmp(name, "time") == 0 && !sense_at(q, at + 1, "call", "syscall", &sense_len))
		return false;
	return !exact || !token->known || sense_at(q, at + 1, "call", "syscall", &sense_len) || beside_syscall(wish, at) || joined_call(wish, at) ||
	       (at > 0 && sense_at(q, at - 1, "call", "syscall", &sense_len) && q->tokens.at[at - 1].used == 0);
}

/* What the C library calls for a function of the older call's name: "open()" is openat on every machine. */
static const char *called_today(const char *name)
{
	static const char *const pairs[][2] = { { "open", "openat" }, { "fork", "clone" }, { "pipe", "pipe2" },
						{ "select", "pselect6" }, { "dup2", "dup3" } };

	for (size_t i = 0; i < COUNT(pairs); i++)
		if (strcmp(name, pairs[i][0]) == 0)
			return pairs[i][1];
	return NULL;
}

/* "received per recvmsg": whether the call's name begins with the word, or with what means the same. */
static bool says_call(const struct vocabulary *v, const char *name, const char *word)
{
	char start[64], canonical[64];

	for (size_t len = 3; len <= strlen(name) && len < sizeof(start); len++) {
		snprintf(start, sizeof(start), "%.*s", (int)len, name);
		vocabulary_canonical(v, start, canonical);
		if (same_word(canonical, word))
			return true;
	}
	return false;
}

/* "how many sendto and recvfrom calls": all that are named. */
static const struct subject *syscalls_named(struct wish *wish, bool exact)
{
	struct question *q = &wish->question;
	struct arena *arena = wish->plan->arena;
	const char *names[8];
	size_t count = 0;

	for (size_t i = 0; i < q->tokens.len && count < COUNT(names); i++) {
		const char *today;
		char name[64];

		if (q->tokens.at[i].used & (USED_FILTER | USED_TIME) || q->tokens.at[i].word.kind == WORD_HAN ||
		    !names_syscall(wish, i, exact, name))
			continue;
		names[count++] = arena_text(arena, text_of(name));
		today = called_today(name);
		if (today && count < COUNT(names) && kernel_has_syscall(wish->kernel, today))
			names[count++] = today;
		tokens_use(q, i, 1, USED_SUBJECT);
		/* "writes (pwrite64)": the word for what the call does says no more. */
		vec_each(token, &q->tokens)
			if (token->known && strlen(token->canonical) > 3 && !(token->used & (USED_NAME | USED_FILTER)) &&
			    (strstr(name, token->canonical) || says_call(q->vocabulary, name, token->canonical)))
				token->used |= USED_SUBJECT;
	}
	return count ? syscall_subject(wish, names, count) : NULL;
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
			    (strcmp(token->canonical, token->word.base) != 0 &&
			     name_says(q->vocabulary, list[i].name, token->word.base)))
				said++;
			else if (strcmp(list[i].system, token->word.base) != 0 && !(token->used & USED_MEASURE))
				missed++;
			if (missed)
				break;
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
static const struct subject *system_said(struct wish *wish, bool exact, struct build *why)
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
		/* "memcg events" may be a subject of the vocabulary; "all ext4 events" is not. */
		if (exact && !token_is(q, t + 1, "tracepoint") && !text_ends(q->tokens.at[t].word.text, ":*") &&
		    !(t > 0 && (token_is(q, t - 1, "all") || token_is(q, t - 1, "every") || token_is(q, t - 1, "any"))))
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
	const struct subject *subject;
	const char *missing = wish->missing;

	if (wish->named.count || wish->named.absent)
		return named_subject(wish, why);
	subject = syscalls_named(wish, exact);
	if (!subject)
		subject = function_known(wish);
	if (!subject)
		subject = function_named(wish, why);
	if (!subject)
		subject = usdt_asked(wish, why);
	if (!subject)
		subject = function_of_libc(wish);
	if (!subject)
		subject = kernel_function_named(wish, why);
	if (subject)
		return subject;
	subject = system_said(wish, exact, why);
	if (!subject && !exact)
		subject = tracepoint_said(wish);
	/* What a tracepoint shows is not missing for want of the function. */
	if (subject)
		wish->missing = missing;
	return subject;
}
