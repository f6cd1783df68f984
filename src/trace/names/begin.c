/* Names of which only the beginning is told ("whose name starts with virtio"), and names of what is no process ("interrupts
 * named eth0"). */
#include <string.h>
#include "trace/plan/bind.h"
#include "trace/compose/compose.h"
#include "trace/names/names.h"

/* What the way can compare with text: the role itself, or its name ("interrupts whose handler name …"). */
static const char *compared(const struct spot *spot, const char *role)
{
	const char *tried[] = { role, "name" };
	struct bound b;

	/* "handlers whose name": that, however it is called else */
	if (role && strcmp(role, "function") == 0 && way_has(spot->way, "name"))
		tried[0] = "name";

	for (size_t i = 0; i < COUNT(tried); i++)
		if (tried[i] && (i == 0 || way_has(spot->way, "name")) && bind_role(spot, tried[i], &b, NULL) && b.text &&
		    strcmp(b.type, "ksym") != 0 && strcmp(b.type, "usym") != 0)
			return tried[i];
	return NULL;
}

/* The noun whose name it is: "processes whose name", "the handler's name"; `*from` is where that begins. NULL: none is there. */
static const struct role *noun_before(const struct question *q, size_t at, size_t *from)
{
	size_t len;

	for (size_t back = 1; back <= at && back < 6; back++) {
		const struct role *role = role_at(q, at - back, &len);

		if (q->tokens.at[at - back].word.comma && back > 1 && !role)
			return NULL;
		if (!role || role->kind != ROLE_NAME)
			continue;
		*from = at - back;
		if (strcmp(role->name, "name") != 0)
			return role;
	}
	return NULL;
}

static bool deed_word(const struct question *q, size_t at)
{
	return at < q->tokens.len && (q->tokens.at[at].word.kind == WORD_PLAIN || q->tokens.at[at].word.kind == WORD_NAME ||
				      q->tokens.at[at].word.kind == WORD_QUOTED);
}

/* False: nothing here can be compared so. */
static bool beginning_take(struct wish *wish, size_t at, size_t len)
{
	struct question *q = &wish->question;
	size_t from = at, tokens, value = at + len;
	const struct role *noun = noun_before(q, at, &from);
	const char *role = noun ? noun->name : NULL;
	bool denied = at > 0 && token_is(q, at - 1, "not");

	if (!wish->spot || !deed_word(q, value) || (noun && strcmp(noun->name, "file") == 0))
		return false;
	/* "packets whose device", "irq handlers whose name": of what has a name of its own, that. */
	role = role ? role : way_has(wish->spot->way, "name") ? "name" : "process";
	role = compared(wish->spot, role);
	if (!role)
		return false;
	AUTO_FREE char *text = text_copy(name_joined(q, value, &tokens));

	wish_where(wish, role, denied ? COMPARE_NOT_PREFIX : COMPARE_PREFIX, text, 0);
	tokens_use(q, at - denied, denied + len + tokens, USED_FILTER);
	for (size_t i = from; i < at; i++)
		if (!q->tokens.at[i].used)
			tokens_use(q, i, 1, USED_CUE);
	return true;
}

/* "名字以 kworker 开头的进程": the name stands between. */
static void enclosed_take(struct wish *wish, size_t at)
{
	struct question *q = &wish->question;
	size_t tokens, len, from = at;
	const char *role;

	if (!wish->spot || !deed_word(q, at + 1))
		return;
	const struct text name = name_joined(q, at + 1, &tokens);
	const struct sense *end = sense_at(q, at + 1 + tokens, "begun", NULL, &len);
	const struct role *noun = end ? role_at(q, at + 1 + tokens + len + token_is(q, at + 1 + tokens + len, "的"), &(size_t){ 0 }) : NULL;

	noun = end && !noun ? noun_before(q, at, &from) : noun;
	if (!end || (noun && strcmp(noun->name, "file") == 0))
		return;
	role = noun && strcmp(noun->name, "name") != 0 ? noun->name : way_has(wish->spot->way, "name") ? "name" : "process";
	role = compared(wish->spot, role);
	if (!role)
		return;
	AUTO_FREE char *text = text_copy(name);

	wish_where(wish, role, COMPARE_PREFIX, text, 0);
	tokens_use(q, at, 1 + tokens + len, USED_FILTER);
	for (size_t i = at > 3 ? at - 3 : 0; i < at; i++)
		if (role_at(q, i, &len) && strcmp(role_at(q, i, &len)->name, "name") == 0)
			tokens_use(q, i, len, USED_FILTER);
}

/* "interrupts named virtio0-input.0": what is watched, and no process. */
static void called_take(struct wish *wish, size_t at)
{
	struct question *q = &wish->question;
	const struct role *role;
	size_t len, tokens;
	struct bound b;

	if (!wish->spot || at == 0 || !deed_word(q, at + 1) || !way_has(wish->spot->way, "name") || !bind_role(wish->spot, "name", &b, NULL) || !b.text)
		return;
	role = role_at(q, at - 1, &len);
	if (role ? role->from || strcmp(role->name, "file") == 0 : !(q->tokens.at[at - 1].used & USED_SUBJECT))
		return;
	AUTO_FREE char *text = text_copy(name_joined(q, at + 1, &tokens));

	wish_where(wish, "name", COMPARE_EQUAL, text, 0);
	tokens_use(q, at, 1 + tokens, USED_FILTER);
}

bool handler_take(struct wish *wish, size_t at, size_t tokens, struct text name)
{
	struct question *q = &wish->question;
	AUTO_FREE char *text = text_copy(name);
	size_t end = at + tokens, len, noun, part;
	bool driver, prefix;

	/* Tools are asked for names, too, and watch nothing by a way. */
	if (!wish->spot || wish->spot->way->context != CONTEXT_INTERRUPTED || !way_has(wish->spot->way, "name") || !compared(wish->spot, "name") ||
	    q->tokens.at[at].famous || name_of_process(name, &prefix))
		return false;
	part = token_is(q, end, "的");
	driver = sense_at(q, end + part, "handler", "driver", &noun) != NULL;
	len = driver ? part + noun : 0;
	part = token_is(q, end + len, "的");
	if (!driver && !(end + part < q->tokens.len && q->tokens.at[end + part].used & USED_SUBJECT) &&
	    !(at > 0 && (token_in(q, at - 1, GRAMMAR_OF_WHOM) || token_is(q, at - 1, "by") || token_is(q, at - 1, "from") || token_is(q, at - 1, "是") ||
			 q->tokens.at[at - 1].used & USED_SUBJECT)))
		return false;
	name_where(wish, at, tokens + len, "name", COMPARE_PREFIX, text, 0);
	return true;
}

void beginnings_take(struct wish *wish)
{
	struct question *q = &wish->question;

	for (size_t i = 0; wish->named.count == 0 && i < q->tokens.len; i++) {
		size_t len;

		if (q->tokens.at[i].used & ~(unsigned)USED_KEY)
			continue;
		if (sense_at(q, i, "begin", NULL, &len))
			(void)beginning_take(wish, i, len);
		else if (token_is(q, i, "以"))
			enclosed_take(wish, i);
		else if (text_is(q->tokens.at[i].word.text, "named") || text_is(q->tokens.at[i].word.text, "called"))
			called_take(wish, i);
	}
}
