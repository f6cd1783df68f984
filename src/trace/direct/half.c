/* Tracepoints that a question names by half: beside one that it names whole ("contention_begin..end", "kvm_exit and entry"),
 * or without what their system's names begin with ("execute_start"). */
#include <string.h>
#include "trace/direct/direct.h"

/* The tracepoint of this system and name; or, without a system, the only one whose name ends so: behind its system's name
 * before behind other words. */
static const struct tracepoint *tracepoint_find(struct wish *wish, const char *system, const char *name)
{
	const struct tracepoint *list, *found = NULL;
	size_t count, len = strlen(name);
	bool several = false, whole_found = false;

	if (kernel_tracepoints(wish->kernel, &list, &count, NULL) < 0)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		size_t whole = strlen(list[i].name);

		if (system && strcmp(list[i].system, system) == 0 && strcmp(list[i].name, name) == 0)
			return &list[i];
		if (system || strcmp(list[i].system, "syscalls") == 0 || whole < len + 2 || list[i].name[whole - len - 1] != '_' ||
		    strcmp(list[i].name + whole - len, name) != 0)
			continue;
		bool own = strlen(list[i].system) + 1 + len == whole && strncmp(list[i].name, list[i].system, strlen(list[i].system)) == 0;

		if (whole_found && !own)
			continue;
		several = found && own == whole_found;
		whole_found = own;
		found = &list[i];
	}
	return several ? NULL : found;
}

/* The tracepoint that is called as `first`, with other words at the end. */
static const struct tracepoint *sibling(struct wish *wish, const struct named_probe *first, struct text ending)
{
	struct text stem = text_of(first->name);

	while (stem.len > 0) {
		const struct tracepoint *found;

		stem.len--;
		if (stem.at[stem.len] != '_')
			continue;
		AUTO_BUILD name = { 0 };

		build_fmt(&name, "%.*s_%.*s", TEXT_ARG(stem), TEXT_ARG(ending));
		found = tracepoint_find(wish, first->system, name.at);
		if (found && strcmp(found->name, first->name) != 0)
			return found;
	}
	return NULL;
}

static void probe_fill(struct wish *wish, const struct tracepoint *found, struct named_probe *probe)
{
	*probe = (struct named_probe){ .system = found->system, .name = found->name,
				       .probe = arena_fmt(wish->plan->arena, "tracepoint:%s:%s", found->system, found->name) };
}

bool pair_parts(struct wish *wish, size_t at)
{
	static const char *const signs[] = { "..", "/" };
	struct question *q = &wish->question;
	const struct text word = q->tokens.at[at].word.text;

	for (size_t i = 0; i < COUNT(signs); i++) {
		size_t sign = strlen(signs[i]), left = 0;
		const struct tracepoint *whole;
		struct text ending;

		while (left + sign < word.len && strncmp(word.at + left, signs[i], sign) != 0)
			left++;
		ending = left + sign < word.len ? text_from(word, left + sign) : TEXT("");
		if (left == 0 || !ending.len || !memchr(word.at, '_', left))
			continue;
		AUTO_FREE char *name = text_copy(text_until(word, left));
		AUTO_FREE char *other = text_copy(ending);

		whole = tracepoint_unique(wish, name);
		if (!whole || !(sibling(wish, &(struct named_probe){ .system = whole->system, .name = whole->name }, ending) ||
				tracepoint_unique(wish, other)))
			continue;
		token_parts(q, at, left, sign);
		if (memchr(ending.at, '_', ending.len))
			q->tokens.at[at + 1].word.kind = WORD_NAME;
		wish->named.between |= i == 0;
		return true;
	}
	return false;
}

/* Whether only words that join stand between the two tokens, or nothing where a sign did. */
static bool joined(const struct question *q, size_t first, size_t second)
{
	const char *from = q->tokens.at[first].word.text.at + q->tokens.at[first].word.text.len;

	if (second == first + 1)
		return *from == '.' || *from == '/';
	for (size_t i = first + 1; i < second; i++)
		if (!token_in(q, i, GRAMMAR_SPAN_END) && !token_in(q, i, GRAMMAR_AND) && q->tokens.at[i].word.kind != WORD_SIGN)
			return false;
	return second < first + 4;
}

bool half_named(struct wish *wish, size_t at, struct named_probe *probe)
{
	const struct question *q = &wish->question;
	const struct named_probe *last = wish->named.count ? &wish->named.probes[wish->named.count - 1] : NULL;
	const struct tracepoint *found;

	if (!last || at <= last->at || strncmp(last->probe, "tracepoint:", 11) != 0 || strcmp(last->system, "syscalls") == 0 ||
	    !joined(q, last->at, at))
		return false;
	found = sibling(wish, last, q->tokens.at[at].word.text);
	if (!found)
		return false;
	probe_fill(wish, found, probe);
	return true;
}

/* "sched_swich", "kmem:kmaloc": one or two slips in the name of one tracepoint only. */
static const struct tracepoint *slip_of(struct wish *wish, const char *system, const char *name)
{
	const struct tracepoint *list, *best = NULL;
	unsigned least = strlen(name) < 10 ? 2 : 3;
	bool several = false;
	size_t count;

	if (strlen(name) < 6 || kernel_tracepoints(wish->kernel, &list, &count, NULL) < 0)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		unsigned distance;

		if ((system && strcmp(list[i].system, system) != 0) || strcmp(list[i].system, "syscalls") == 0)
			continue;
		distance = word_distance(name, list[i].name, least);
		if (distance > least || (distance == least && !best))
			continue;
		several = best && distance == least;
		best = distance < least ? &list[i] : best;
		least = distance < least ? distance : least;
	}
	return several ? NULL : best;
}

bool slip_named(struct wish *wish, size_t at, struct named_probe *probe)
{
	const struct token *token = &wish->question.tokens.at[at];
	struct text rest = token->word.text, system = { 0 };
	const struct tracepoint *found;

	if (token->word.kind != WORD_NAME || token->known)
		return false;
	if (!text_has(rest, ":"))
		system = TEXT("");
	else if (!text_next(&rest, ':', &system) || text_has(rest, ":"))
		return false;
	AUTO_FREE char *name = text_copy(rest);
	AUTO_FREE char *of = text_copy(system);

	if ((!system.len && !strchr(name, '_')) || strpbrk(name, "./-*") || kernel_has_syscall(wish->kernel, name))
		return false;
	found = slip_of(wish, system.len ? of : NULL, name);
	if (!found || (!system.len && kernel_knows_function(wish->kernel, name)))
		return false;
	probe_fill(wish, found, probe);
	vec_push(&wish->plan->notes, arena_fmt(wish->plan->arena, "Took '%.*s' for '%s:%s'.", TEXT_ARG(token->word.text), found->system, found->name));
	return true;
}

bool ending_named(struct wish *wish, size_t at, struct named_probe *probe)
{
	const struct token *token = &wish->question.tokens.at[at];
	AUTO_FREE char *name = text_copy(token->word.text);
	const struct tracepoint *found;

	if (token->word.kind != WORD_NAME || token->known || !strchr(name, '_') || kernel_has_syscall(wish->kernel, name))
		return false;
	found = tracepoint_find(wish, NULL, name);
	if (!found || kernel_knows_function(wish->kernel, name))
		return false;
	probe_fill(wish, found, probe);
	return true;
}
