/* Whose user id is meant where a call asks for one: "setuid to root" is no call by root. */
#include <pwd.h>
#include <string.h>
#include "trace/compose/compose.h"
#include "trace/names/names.h"

static bool call_at(const struct question *q, const struct way *way, size_t at)
{
	vec_each(probe, &way->probes)
		if (text_is(q->tokens.at[at].word.text, *probe))
			return true;
	return false;
}

/* Whether the id whose number or name stands at `at` is the one that is asked for: "to uid 0", "become root", "setuid 0". */
static bool asked_for(const struct question *q, const struct way *way, size_t at)
{
	size_t before = at;
	bool uid = false;

	while (before > 0 && (token_in(q, before - 1, GRAMMAR_ID_NOUN) || q->tokens.at[before - 1].word.kind == WORD_SIGN)) {
		before--;
		uid |= text_is(q->tokens.at[before].word.text, "uid");
	}
	if (before == 0)
		return uid;
	if (token_in(q, before - 1, GRAMMAR_BECOMING) || call_at(q, way, before - 1))
		return true;
	return uid && !token_in(q, before - 1, GRAMMAR_ID_OF);
}

void identity_meant(struct wish *wish, const struct spot *spot, const struct way *way)
{
	struct question *q = &wish->question;
	struct bound b;

	/* "chown to root": whom it is given to */
	const char *given = way_has(way, "uid") ? "uid" : "owner";

	if (!way_has(way, given) || !bind_role(spot, given, &b, NULL))
		return;
	for (size_t i = 0; i < q->tokens.len; i++) {
		struct token *token = &q->tokens.at[i];
		AUTO_FREE char *name = text_copy(token->word.text);
		const struct passwd *entry = token->word.kind == WORD_NUMBER || !(token->used & USED_NAME) ? NULL : getpwnam(name);
		double number = entry ? (double)entry->pw_uid : token->word.number;

		/* "setuid(0)", "setresuid to 0" */
		if (token->word.kind == WORD_NUMBER && !token->used && i > 0 && asked_for(q, way, i)) {
			wish_where(wish, given, COMPARE_EQUAL, NULL, number);
			tokens_use(q, i, 1, USED_FILTER);
			continue;
		}
		if ((!entry && token->word.kind != WORD_NUMBER) || !asked_for(q, way, i))
			continue;
		vec_each(condition, &wish->plan->where)
			if (condition->role && strcmp(condition->role, "user") == 0 && condition->number == number)
				condition->role = given;
	}
	/* "setuid calls by uid" */
	for (size_t i = 0; i < q->tokens.len; i++) {
		bool own = i > 0 && (token_is(q, i - 1, "caller") || text_is(q->tokens.at[i - 1].word.text, "caller's") ||
				     text_is(q->tokens.at[i - 1].word.text, "calling"));

		if (!own && (text_is(q->tokens.at[i].word.text, "uid") || text_is(q->tokens.at[i].word.text, "uids")))
			vec_each(key, &wish->plan->by)
				if (strcmp(*key, "user") == 0)
					*key = given;
	}
}
