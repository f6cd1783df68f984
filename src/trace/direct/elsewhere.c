/* What a question names that this machine does not have: a tracepoint that is nearly one of its own, hardware. */
#include <string.h>
#include "trace/direct/direct.h"

enum { NEAR_MOST = 3 }; /* slips */

/* "there is no tracepoint 'kvm_exti'; the nearest is kvm:kvm_exit" */
static bool tracepoint_near(struct wish *wish, struct text word, struct build *why)
{
	const struct tracepoint *list, *best = NULL;
	AUTO_FREE char *name = text_copy(word);
	unsigned least = NEAR_MOST + 1;
	size_t count;

	if (word.len < 6 || !strchr(name, '_') || strpbrk(name, "/.-") || kernel_tracepoints(wish->kernel, &list, &count, NULL) < 0)
		return false;
	for (size_t i = 0; i < count; i++) {
		unsigned distance = word_distance(name, list[i].name, least - 1 < word.len / 4 ? least - 1 : (unsigned)(word.len / 4));

		if (distance >= least || distance > word.len / 4)
			continue;
		least = distance;
		best = &list[i];
	}
	if (!best || least == 0)
		return false;
	build_fmt(why, "there is no tracepoint '%s'; the nearest is %s:%s", name, best->system, best->name);
	return true;
}

void elsewhere_tell(struct wish *wish, struct build *why)
{
	const struct question *q = &wish->question;

	for (size_t i = 0; why->len == 0 && i < q->tokens.len; i++) {
		const struct token *token = &q->tokens.at[i];
		size_t len;

		if (token->word.kind == WORD_NAME && !token->known && tracepoint_near(wish, token->word.text, why))
			return;
		if (!token->used && sense_at(q, i, "narrow", "hardware", &len))
			build_fmt(why, "'%.*s' names hardware or a part of the kernel that nothing here watches", TEXT_ARG(token->word.text));
	}
}
