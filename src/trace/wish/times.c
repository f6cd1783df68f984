/* How long a question asks to watch, and times in it that are none such. */
#include <string.h>
#include "trace/around/sides.h"
#include "trace/wish/wish.h"

/* "worst 20 ms disk latency", "2 second stalls", "sleeps lasting 3 seconds": no time to watch. What leads to it begins at
 * `cue`, or at the number where nothing does. */
bool no_duration(const struct question *q, size_t cue, size_t at, size_t end, double ns)
{
	bool next = end < q->tokens.len && !q->tokens.at[end - 1].word.comma;
	size_t len;

	if (next && token_in(q, end, GRAMMAR_PART_OF_TIME))
		return true;
	if (cue < at)
		return cue > 0 && text_is(q->tokens.at[cue].word.text, "lasting") && q->tokens.at[cue - 1].known && !q->tokens.at[cue - 1].ignored &&
		       !sense_at(q, cue - 1, "measure", NULL, &len);
	if (ns < 1e9 || (next && sense_at(q, end, "complaint", "slow", &len)))
		return true;
	if (next && token_in(q, end, GRAMMAR_HALT))
		return true;
	return false;
}

/* "within a second of starting": how long it lives, and no time to watch. */
static bool within_life(struct wish *wish, size_t start, size_t end, double ns)
{
	struct question *q = &wish->question;
	size_t of = end;

	if (!token_is(q, start, "within") || q->tokens.at[end - 1].word.comma)
		return false;
	if (!token_is(q, of, "of") && !token_is(q, of, "after"))
		return false;
	for (of++; of < q->tokens.len && (token_in(q, of, GRAMMAR_WITHIN) || token_in(q, of, GRAMMAR_BE));)
		of++;
	if (of < q->tokens.len && token_in(q, of, GRAMMAR_START_WORD)) {
		wish_where(wish, "latency", COMPARE_LESS, NULL, ns);
		tokens_use(q, start, of + 1 - start, USED_FILTER);
	} else {
		wish->missing = "how near two things are to each other in time is not compared";
	}
	return true;
}

/* "for a minute", "over the next hour": one of a unit, where a duration must stand ("a minute" alone is a rate). */
void durations_of_one(struct wish *wish)
{
	static const struct {
		const char *unit;
		double seconds;
	} units[] = { { "second", 1 }, { "minute", 60 }, { "hour", 3600 } };
	struct question *q = &wish->question;

	for (size_t i = 1; i < q->tokens.len; i++)
		for (size_t u = 0; u < COUNT(units); u++) {
			size_t start = i - 1, len;

			if (strcmp(q->tokens.at[i].word.base, units[u].unit) != 0)
				continue;
			while (start > 0 && (token_is(q, start, "a") || token_is(q, start, "an") || token_is(q, start, "the") ||
					     token_is(q, start, "full") || token_is(q, start, "whole")))
				start--;
			if (!token_is(q, start, "for") && !token_is(q, start, "next") && !token_is(q, start, "during") &&
			    !token_is(q, start, "within") && !token_is(q, start, "last") && !token_is(q, start, "over") &&
			    !(token_is(q, start, "in") && start + 1 < i))
				continue;
			if (within_life(wish, start, i + 1, units[u].seconds * 1e9))
				continue;
			while (start > 0 && (token_is(q, start - 1, "over") || token_is(q, start - 1, "for") ||
					     token_is(q, start - 1, "in") || token_is(q, start - 1, "during") ||
					     token_is(q, start - 1, "the")))
				start--;
			len = i + 1 - start;
			wish->plan->seconds = units[u].seconds;
			tokens_use(q, start, len, USED_TIME);
		}
}

/* "the app freezes maybe twice a minute, so …": how often, where nothing asks before it. */
bool rate_told(const struct question *q, size_t at)
{
	static const char *const classes[] = { "order", "look", "measure", "ask", "rank", "key", "compare" };
	size_t from = at, len;

	/* "once a minute" asks for an interval but where a sentence is told */
	bool once = token_is(q, at, "once");

	if (at < 2 || !(once || token_in(q, at - 1, GRAMMAR_TIMES_OVER)))
		return false;
	for (; from > 0 && !clause_ends(q, from - 1); from--)
		for (size_t c = 0; c < COUNT(classes); c++)
			if (token_is(q, from - 1, "how") || sense_at(q, from - 1, classes[c], NULL, &len))
				return false;
	for (size_t i = at; once && i < q->tokens.len; i++)
		if (clause_ends(q, i))
			return i + 1 < q->tokens.len && from + 1 < at && sense_at(q, from, "told", "begin", &len);
	return !once && from + 2 < at;
}
