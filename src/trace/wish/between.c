/* What the words ask for: two bounds ("between 4k and 64k", "4k 到 64k 之间"). */
#include <string.h>
#include "trace/names/names.h"
#include "trace/words/units.h"

/* "whose requested size lies between": the amount that is named before. */
static const char *number_before(const struct question *q, size_t at)
{
	for (size_t from = at > 4 ? at - 4 : 0; from < at; from++) {
		size_t len;
		const struct role *role = role_at(q, from, &len);

		if (role && role->kind == ROLE_NUMBER && from + len <= at)
			return role->name;
	}
	return NULL;
}

static void bounds_where(struct wish *wish, const char *role, size_t at, const struct unit *low, size_t second, const struct unit *high)
{
	const struct question *q = &wish->question;

	wish_where(wish, role, COMPARE_AT_LEAST, NULL, q->tokens.at[at].word.number * (low->kind ? low->scale : 1));
	wish_where(wish, role, COMPARE_AT_MOST, NULL, q->tokens.at[second].word.number * (high->kind ? high->scale : 1));
}

/* "4k 到 64k 之间", "介于 1 毫秒和 10 毫秒": where it begins, and what stands behind, tell that it is a range. */
static bool between_han(struct wish *wish, size_t at, const struct unit *low)
{
	struct question *q = &wish->question;
	size_t second = at + 2 + low->len, start = at;
	bool joined = token_in(q, second - 1, GRAMMAR_RANGE_TO) || token_in(q, second - 1, GRAMMAR_AND) || token_is(q, second - 1, "~") ||
		      token_is(q, second - 1, "-");
	struct unit high;

	if (!joined || second >= q->tokens.len || q->tokens.at[second].word.kind != WORD_NUMBER)
		return false;
	high = unit_at(q, second, true);
	start -= at > 1 && tokens_spell(q, at - 2, "介于") ? 2 : at > 0 && (token_is(q, at - 1, "在") || token_is(q, at - 1, "从"));
	if (!tokens_spell(q, second + 1 + high.len, "之间") && (start == at || token_is(q, start, "在")))
		return false;
	const struct unit *first = low->kind ? low : &high;

	/* "耗时在 1ms 到 10ms 之间": only what is bounded. */
	for (size_t from = start > 4 ? start - 4 : 0, len; from < start; from++) {
		const struct role *role = role_at(q, from, &len);

		if (role && role->kind == ROLE_NUMBER && from + len == start)
			tokens_use(q, from, len, USED_FILTER);
	}

	bounds_where(wish, high.kind == UNIT_TIME ? "latency" : high.kind == UNIT_SIZE ? "size" : number_before(q, start), at, first, second, &high);
	tokens_use(q, start, second + 1 + high.len - start + (tokens_spell(q, second + 1 + high.len, "之间") ? 2 : 0), USED_FILTER);
	return true;
}

/* "between 4k and 64k": two bounds on one role. */
bool between_read(struct wish *wish, size_t at)
{
	struct question *q = &wish->question;
	struct unit low = unit_at(q, at, true), high;
	size_t second = at + 2 + low.len;
	const char *role;

	bool range = at > 0 && token_in(q, at - 1, GRAMMAR_BEFORE_RANGE);

	if (between_han(wish, at, &low))
		return true;
	if (at == 0 || !(token_is(q, at - 1, "between") || (range && token_is(q, second - 1, "to"))) ||
	    second >= q->tokens.len || q->tokens.at[second].word.kind != WORD_NUMBER)
		return false;
	high = unit_at(q, second, true);
	if (low.kind == UNIT_NONE)
		low = high;
	role = high.kind == UNIT_TIME ? "latency" : high.kind == UNIT_SIZE ? "size" :
	       token_is(q, at - 1, "return") ? "ret" : number_before(q, at - 1);
	bounds_where(wish, role, at, &low, second, &high);
	tokens_use(q, at - 1, second + 1 + high.len - (at - 1), USED_FILTER);
	return true;
}

/* Where "whose parent is", "children of" begin that lead to `at`, or `at`. */
size_t parent_before(const struct question *q, size_t at)
{
	size_t from = at;

	while (from > 0 && (token_in(q, from - 1, GRAMMAR_COPULA) || token_is(q, from - 1, "the") || token_is(q, from - 1, "has") ||
			    token_is(q, from - 1, "pid") || token_is(q, from - 1, "process") || token_is(q, from - 1, "=")))
		from--;
	if (from > 0 && token_is(q, from - 1, "parent"))
		return from - 1;
	if (from > 1 && token_is(q, from - 1, "of") && token_is(q, from - 2, "child"))
		return from - 2;
	return at;
}

/* "exits with 137", "以 2 退出" */
bool exit_number(const struct question *q, size_t at)
{
	size_t verb = at - (at > 0 && token_is(q, at - 1, "with"));

	return (verb > 0 && token_is(q, verb - 1, "exit") && (verb < at || q->tokens.at[at].word.comma || at + 1 == q->tokens.len)) ||
	       (at > 0 && token_is(q, at - 1, "以") && tokens_spell(q, at + 1, "退出") > 0);
}
