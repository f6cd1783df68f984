/* "programs started by sshd": at exec a process has its new name already, so who started it is its parent. */
#include <string.h>
#include "trace/bind.h"
#include "trace/names.h"

static bool one_of(const struct question *q, size_t at, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (token_is(q, at, words[i]))
			return true;
	return false;
}

/* What is started: "programs", "what", "程序". */
static bool started(const struct question *q, size_t at)
{
	static const char *const words[] = { "program", "process", "command", "binary", "executable", "child", "script", "what", "anything", "everything",
					     "something", "that", "程", "进", "命", "什", "哪" };
	size_t len;
	const struct role *role = role_at(q, at, &len);

	return one_of(q, at, words, COUNT(words)) ||
	       (role && (strcmp(role->name, "process") == 0 || strcmp(role->name, "command") == 0) && !token_is(q, at, "who"));
}

static bool starts(const struct question *q, size_t at)
{
	static const char *const verbs[] = { "start", "launch", "run", "execute", "spawn", "exec", "invoke", "启", "执", "运", "拉", "跑" };

	return one_of(q, at, verbs, COUNT(verbs));
}

/* "what is cron launching", "commands that cron runs", "does cron start programs"; but "how often does nginx start". */
static bool starter(const struct question *q, size_t at, size_t after)
{
	static const char *const be[] = { "is", "was", "are", "were", "be", "been", "being", "get", "got" };
	static const char *const keys[] = { "by", "per", "each", "按", "每" };
	struct text verb;

	if (one_of(q, after, be, COUNT(be)))
		after++;
	if (!starts(q, after))
		return false;
	verb = q->tokens.at[after].word.text;
	if (text_ends(verb, "ed") && ((at > 0 && one_of(q, at - 1, be, COUNT(be))) || one_of(q, after - 1, be, COUNT(be))))
		return false; /* "is nginx started" */
	for (size_t i = 0; i < at; i++)
		if (started(q, i) && !(i > 0 && one_of(q, i - 1, keys, COUNT(keys))))
			return true;
	for (size_t i = after + 1; i < q->tokens.len && !one_of(q, i, keys, COUNT(keys)); i++)
		if (started(q, i))
			return true;
	return false;
}

/* The way says itself what its parent is: then its process bears the name of what was started. */
static bool way_renames(const struct way *way)
{
	vec_each(role, &way->roles)
		if (strcmp(role->name, "parent") == 0)
			return true;
	return false;
}

bool name_of_parent(const struct wish *wish, size_t at, size_t after)
{
	static const char *const doers[] = { "by", "from", "under", "被", "由" };
	static const char *const nouns[] = { "the", "a", "process", "program", "daemon", "service", "my", "our" };
	const struct question *q = &wish->question;
	struct bound b;

	size_t back = at;

	if (!wish->spot || !bind_role(wish->spot, "parent", &b, NULL))
		return false;
	/* "children of make": whose they are, where the way tells a parent. */
	if (at > 1 && (token_is(q, at - 1, "of") || token_is(q, at - 1, "by")) && token_is(q, at - 2, "child"))
		return true;
	if (!way_renames(wish->spot->way))
		return false;
	while (back > 0 && one_of(q, back - 1, nouns, COUNT(nouns)))
		back--;
	return (back > 0 && one_of(q, back - 1, doers, COUNT(doers))) || starter(q, at, after);
}
