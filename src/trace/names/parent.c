/* "programs started by sshd": at exec a process has its new name already, so who started it is its parent. */
#include <string.h>
#include "trace/plan/bind.h"
#include "trace/compose/compose.h"
#include "trace/names/names.h"
#include "trace/around/sides.h"
#include "trace/words/units.h"

/* What is started: "programs", "what", "程序". */
static bool started(const struct question *q, size_t at)
{
	size_t len;
	const struct role *role = role_at(q, at, &len);

	return token_in(q, at, GRAMMAR_STARTED) ||
	       (role && (strcmp(role->name, "process") == 0 || strcmp(role->name, "command") == 0) && !token_is(q, at, "who"));
}

static bool keyed(const struct question *q, size_t at)
{
	return token_in(q, at, GRAMMAR_BY) || token_is(q, at, "each") || token_is(q, at, "每");
}

/* "what is cron launching", "commands that cron runs", "does cron start programs"; but "how often does nginx start". */
static bool starter(const struct question *q, size_t at, size_t after)
{
	struct text verb;

	if (token_in(q, after, GRAMMAR_BE))
		after++;
	/* "kubelet 起来之后都 exec 了哪些命令" */
	for (size_t skipped = 0; skipped < 8 && after < q->tokens.len && q->tokens.at[after].word.kind == WORD_HAN && q->tokens.at[after].ignored &&
	     !q->tokens.at[after].word.comma && !token_in(q, after, GRAMMAR_START); skipped++)
		after++;
	if (!token_in(q, after, GRAMMAR_START))
		return false;
	verb = q->tokens.at[after].word.text;
	if (text_ends(verb, "ed") && ((at > 0 && token_in(q, at - 1, GRAMMAR_BE)) || token_in(q, after - 1, GRAMMAR_BE)))
		return false; /* "is nginx started" */
	for (size_t i = 0; i < at; i++)
		if (started(q, i) && !(i > 0 && keyed(q, i - 1)))
			return true;
	for (size_t i = after + 1; i < q->tokens.len && !keyed(q, i); i++)
		if (started(q, i))
			return true;
	return false;
}

size_t children_after(const struct question *q, size_t at)
{
	size_t each = tokens_spell(q, at, "每次") + tokens_spell(q, at, "新") + tokens_spell(q, at, "都"), of = each + token_is(q, at + each, "的");
	size_t len = tokens_spell(q, at + of, "子进程");

	return len ? of + len : 0;
}

bool name_of_parent(const struct wish *wish, size_t at, size_t after)
{
	const struct question *q = &wish->question;
	struct bound b;

	size_t back = at;

	if (!wish->spot || !bind_role(wish->spot, "parent", &b, NULL))
		return false;
	/* "execs by make, gcc and ld": the others stand as the first. */
	if (wish->parents_end && ((wish->parents_end == at && q->tokens.at[at - 1].word.comma) ||
				  (wish->parents_end + 1 == at && word_joins(q, wish->parents_end))))
		return true;
	/* "what do nginx's children open" */
	if (token_is(q, after, "child") && q->tokens.at[after].word.kind == WORD_PLAIN && !q->tokens.at[after - 1].word.comma)
		return true;
	/* "children of make": whose they are, where the way tells a parent. */
	if ((at > 1 && (token_is(q, at - 1, "of") || token_is(q, at - 1, "by")) && token_is(q, at - 2, "child")) || children_after(q, after))
		return true;
	while (back > 0 && token_in(q, back - 1, GRAMMAR_BEFORE_WHOM))
		back--;
	/* "commands run by bash that exit nonzero": whatever is watched of them */
	for (size_t i = back > 4 ? back - 4 : 0; back > 1 && token_in(q, back - 1, GRAMMAR_DOER) && token_in(q, back - 2, GRAMMAR_START) && i + 2 < back; i++)
		if (started(q, i) && !token_is(q, i, "that") && !token_is(q, i, "what"))
			return true;
	/* The way says itself what its parent is: then its process bears the name of what was started. */
	if (!wish->spot || !way_has(wish->spot->way, "parent"))
		return false;
	while (back > 0 && token_in(q, back - 1, GRAMMAR_BEFORE_WHOM))
		back--;
	return (back > 0 && token_in(q, back - 1, GRAMMAR_DOER)) || starter(q, at, after);
}

/* "programs started by pid 1", "children of process 812": what is started has a number of its own. */
void starters_numbered(struct wish *wish, const struct spot *spot)
{
	const struct question *q = &wish->question;
	struct bound b;

	if (!way_has(spot->way, "parent") || !bind_role(spot, "ppid", &b, NULL))
		return;
	vec_each(condition, &wish->plan->where)
		for (size_t i = 1; condition->role && strcmp(condition->role, "pid") == 0 && !condition->text && i < q->tokens.len; i++)
			if (q->tokens.at[i].word.kind == WORD_NUMBER && q->tokens.at[i].used & USED_FILTER && q->tokens.at[i].word.number == condition->number &&
			    name_of_parent(wish, i - 1, i + 1)) {
				condition->role = "ppid";
				break;
			}
}

/* "nginx and redis: which one reads more": each of those that are named stands for itself. */
void rivals_key(struct wish *wish)
{
	const struct question *q = &wish->question;
	size_t named = 0;

	vec_each(key, &wish->plan->by)
		if (strcmp(*key, "process") == 0)
			return;
	vec_each(condition, &wish->plan->where)
		named += condition->role && strcmp(condition->role, "process") == 0 && condition->compare == COMPARE_EQUAL;
	for (size_t i = 0; named > 1 && i + 1 < q->tokens.len; i++)
		if (token_is(q, i, "which") && (token_is(q, i + 1, "one") || token_is(q, i + 1, "of"))) {
			vec_push(&wish->plan->by, "process");
			return;
		}
}

/* ---- "who starts nginx" ---- */

/* The tokens of a verb of starting at `at`; 0: none. `called` of those that are said of functions too ("调用"). */
static size_t start_verb(const struct question *q, size_t at, bool *called)
{
	*called = tokens_spell(q, at, "调用") > 0;
	return *called ? 2 : tokens_in(q, at, GRAMMAR_START_WORD);
}

/* A program's name at `at` behind which the phrase ends: "who starts nginx", and not "who starts nginx workers". */
static size_t program_at(const struct wish *wish, size_t at, bool called, bool passive)
{
	const struct question *q = &wish->question;
	size_t tokens;
	bool prefix;

	if (at >= q->tokens.len)
		return 0;
	const struct token *token = &q->tokens.at[at];
	struct text name = name_joined(q, at, &tokens);
	AUTO_FREE char *spelled = text_copy(name);
	bool path = token->word.kind == WORD_PATH, here = name_of_process(name, &prefix) && !prefix;
	size_t end = at + tokens;

	if (path)
		return passive ? 0 : 1;
	if ((token->word.kind != WORD_PLAIN && token->word.kind != WORD_NAME && token->word.kind != WORD_QUOTED) ||
	    kernel_has_syscall(wish->kernel, spelled) || (called && !here && !token->famous))
		return 0;
	if (!token->famous && !(here && !token->english && !token->ignored) && (token->known || token->english || token->word.text.len < 2 || text_ends(name, "s")))
		return 0; /* "subprocesses" */
	if (!passive && end < q->tokens.len && !q->tokens.at[end - 1].word.comma && !token_in(q, end, GRAMMAR_AFTER_STARTED))
		return 0;
	return tokens;
}

static void start_take(struct wish *wish, size_t verb, size_t verb_len, size_t name, size_t tokens)
{
	struct question *q = &wish->question;

	strcpy(q->tokens.at[verb].canonical, "execute");
	q->tokens.at[verb].ignored = false;
	q->tokens.at[verb].known = true;
	for (size_t i = verb + 1; i < verb + verb_len; i++)
		q->tokens.at[i].ignored = true;
	wish->started = true;
	if (q->tokens.at[name].word.kind == WORD_PATH)
		return;
	AUTO_FREE char *copy = text_copy(text_until(name_joined(q, name, &tokens), 15));

	wish_where(wish, "process", COMPARE_EQUAL, copy, 0);
	tokens_use(q, name, tokens, USED_NAME);
}

/* Who asks: "who", "which process", "what", "谁"; from where on the deed is told. */
static bool asked_who(const struct question *q, size_t verb)
{
	for (size_t i = 0; i < verb; i++)
		if (token_in(q, i, GRAMMAR_WHO) && !(token_is(q, i, "which") && token_is(q, i + 1, "file")))
			return true;
	return false;
}

void started_mark(struct wish *wish)
{
	struct question *q = &wish->question;

	for (size_t i = 1, len, tokens; i < q->tokens.len; i++) {
		bool called;
		size_t name;

		len = start_verb(q, i, &called);
		if (len == 0 || q->tokens.at[i].used)
			continue;
		for (name = i + len; name < q->tokens.len && name < i + len + 4 && token_in(q, name, GRAMMAR_BEFORE_STARTED) && !q->tokens.at[name - 1].word.comma;)
			name++;
		tokens = asked_who(q, i) && !q->tokens.at[i].word.comma ? program_at(wish, name, called, false) : 0;
		if (tokens) {
			start_take(wish, i, len, name, tokens);
			return;
		}
		/* "how often is curl started and by whom", "git 被谁调用" */
		for (name = i; name > 0 && i - name < 3 && (token_in(q, name - 1, GRAMMAR_BE) || token_is(q, name - 1, "keep") || token_is(q, name - 1, "谁") || token_is(q, name - 1, "被"));)
			name--;
		/* "what is cron launching" is what cron does. */
		if (name > 0 && !text_ends(q->tokens.at[i].word.text, "ing") && (name < i || (i > 1 && (token_in(q, i - 2, GRAMMAR_BE) || token_is(q, i - 2, "keep"))))) {
			bool whom = false;

			for (size_t k = 0; k < q->tokens.len; k++)
				whom |= token_is(q, k, "who") || token_is(q, k, "whom") || token_is(q, k, "谁");
			tokens = whom || q->tokens.at[name - 1].famous ? program_at(wish, name - 1, called, true) : 0;
			if (tokens == 1) {
				start_take(wish, i, len, name - 1, 1);
				wish->started = whom;
				return;
			}
		}
	}
}

void starter_key(struct wish *wish)
{
	struct bound b;

	if (!wish->started || !wish->spot || !bind_role(wish->spot, "parent", &b, NULL))
		return;
	for (size_t i = 0; i < wish->plan->by.len; i++)
		if (strcmp(wish->plan->by.at[i], "process") == 0)
			wish->plan->by.at[i] = "parent";
	if (wish->plan->by.len == 0)
		vec_push(&wish->plan->by, "parent");
}
