/* From the words and a way: conditions on the fields of its probes and on its own roles, by their names; and what a
 * person calls an argument where the kernel calls it otherwise. */
#include <string.h>
#include "trace/compose/compose.h"
#include "trace/direct/direct.h"

/* ---- names ---- */

/* What the manual calls an argument, and the kernel. */
static const char *kernel_name(const char *word, size_t which)
{
	static const char *const names[][2] = {
		{ "dirfd", "dfd" },	     { "pathname", "filename" }, { "path", "pathname" },	  { "clock", "which_clock" },
		{ "clockid", "which_clock" }, { "clockid", "clockid" },	 { "prio", "niceval" },	  { "nice", "niceval" },
		{ "signum", "sig" },	     { "signal", "sig" },	 { "domain", "family" },	  { "option", "optname" },
		{ "option", "options" },     { "oldpath", "oldname" },	 { "newpath", "newname" }, { "length", "len" },
		{ "offset", "off" },	     { "advice", "behavior" },	 { "advice", "behaviour" }, { "advise", "advice" },
		{ "command", "cmd" },	     { "operation", "op" },	 { "operation", "cmd" },	  { "operation", "option" },
		{ "nstype", "flags" },	     { "request", "cmd" },	     { "prot", "protection" },	 { "id", "which" },	     { "inode", "ino" },	  { "timeout", "timeout_msecs" },
	};

	for (size_t i = 0; i < COUNT(names); i++)
		if (strcmp(names[i][0], word) == 0 && which-- == 0)
			return names[i][1];
	return NULL;
}

const char *field_alias(const struct spot *spot, const char *word)
{
	const char *other;
	struct bound b;

	for (size_t i = 0; (other = kernel_name(word, i)); i++)
		if (bind_role(spot, other, &b, NULL))
			return other;
	return NULL;
}

const char *field_meant(const struct spot *spot, const char *word)
{
	char folded[64];
	size_t len = strlen(word);
	struct bound b;
	const char *other;

	if (bind_role(spot, word, &b, NULL))
		return word;
	other = field_alias(spot, word);
	if (other)
		return other;
	if (len < 4 || len >= sizeof(folded) || word[len - 1] != 's')
		return NULL;
	snprintf(folded, sizeof(folded), "%.*s", (int)(len - 1), word);
	return bind_role(spot, folded, &b, NULL) ? arena_text(spot->arena, text_of(folded)) : NULL;
}

/* ---- conditions ---- */

/* The way's own role before the probe's field, as it knows what the numbers mean. */
const struct field *spot_field(struct wish *wish, const char *name)
{
	const struct spot *spot = wish->spot;
	const struct tracepoint *sites[] = { spot->start_fields, spot->event_fields };
	const char *meant = NULL;
	struct field *field;
	struct bound b;

	vec_each(role, &spot->way->roles)
		if ((strcmp(role->name, name) == 0 || strcmp(role->expr, name) == 0) && bind_role(spot, role->name, &b, NULL)) {
			field = arena_alloc(wish->plan->arena, sizeof(*field));
			*field = (struct field){ .name = role->name, .type = b.type, .kind = b.text ? FIELD_STRING : FIELD_NUMBER,
						 .symbols = b.symbols };
			return field;
		}
	for (size_t i = 0; i < COUNT(sites); i++)
		if (sites[i] && tracepoint_field(sites[i], name))
			return tracepoint_field(sites[i], name);
	meant = field_meant(spot, name);
	return meant && strcmp(meant, name) != 0 ? spot_field(wish, meant) : NULL;
}

static bool masked(const struct question *q, size_t at)
{
	const char *from = q->tokens.at[at].word.text.at + q->tokens.at[at].word.text.len;

	return at + 1 < q->tokens.len && q->tokens.at[at + 1].word.text.at > from &&
	       memchr(from, '&', (size_t)(q->tokens.at[at + 1].word.text.at - from));
}

bool field_compared(const struct question *q, size_t start, size_t number)
{
	bool sign = start < number && q->tokens.at[start].word.kind == WORD_SIGN;
	const struct token *token;
	size_t len;

	while (start > 0 && (token_in(q, start - 1, GRAMMAR_COPULA) || token_is(q, start - 1, "value") || token_is(q, start - 1, "of") ||
			     token_is(q, start - 1, "not")))
		start--;
	if (start == 0)
		return false;
	token = &q->tokens.at[start - 1];
	if (token->word.comma || token->used || (token->word.kind != WORD_PLAIN && token->word.kind != WORD_NAME))
		return false;
	if (masked(q, start - 1))
		return true;
	return !role_at(q, start - 1, &len) && !sense_at(q, start - 1, "measure", NULL, &len) && (sign || !token->known);
}

static const struct {
	const char *word;
	enum compare compare;
} signs[] = { { "negative", COMPARE_LESS }, { "positive", COMPARE_GREATER }, { "nonzero", COMPARE_NOT }, { "non-zero", COMPARE_NOT }, { "负", COMPARE_LESS } };

bool sign_word(const struct question *q, size_t at)
{
	for (size_t i = 0; i < COUNT(signs); i++)
		if (token_is(q, at, signs[i].word))
			return true;
	return false;
}

/* "negative result", "the result is negative", "nonzero return value" */
static void sign_words(struct wish *wish, size_t at)
{
	static const char *const results[] = { "ret", "result", "retval" };
	struct question *q = &wish->question;
	size_t len = 0, end = at + 1, start = at;
	const struct role *role;
	const char *name;
	struct bound b;
	size_t from;

	for (size_t i = 0; i < COUNT(signs); i++) {
		if (!token_is(q, at, signs[i].word) || q->tokens.at[at].used & ~(unsigned)USED_SUBJECT)
			continue;
		role = role_at(q, at + 1, &len);
		end += role ? len : 0;
		while (!role && start > 0 && (token_in(q, start - 1, GRAMMAR_COPULA) || token_is(q, start - 1, "a")))
			start--;
		for (from = start > 4 ? start - 4 : 0; !role && from < start; from++) {
			role = role_at(q, from, &len);
			if (role && from + len == start)
				start = from;
			else
				role = NULL;
		}
		name = role ? role->name : NULL;
		if (!role && start > 1 && token_is(q, start - 1, "果") && token_is(q, start - 2, "结")) {
			name = "ret";
			start -= 2;
		}
		for (size_t k = 0; name && strcmp(name, "ret") == 0 && k < COUNT(results); k++)
			if (bind_role(wish->spot, results[k], &b, NULL))
				name = results[k];
		if (!name && returned_before(q, at, &from)) { /* "calls returning nonzero" */
			name = "ret";
			start = from;
		}
		if (!name || !bind_role(wish->spot, name, &b, NULL) || b.text)
			continue;
		wish_where(wish, name, signs[i].compare, NULL, 0);
		end += token_is(q, end, "数") || token_is(q, end, "值");
		tokens_use(q, start, end - start, USED_FILTER);
	}
}

/* "with flags & 0x40" shows no flags. */
static void name_drop(name_list *list, const char *name)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->len; i++)
		if (strcmp(list->at[i], name) != 0)
			list->at[kept++] = list->at[i];
	list->len = kept;
}

void fields_where(struct wish *wish)
{
	struct question *q = &wish->question;

	for (size_t i = 0; wish->named.count == 0 && i < q->tokens.len; i++) {
		struct token *token = &q->tokens.at[i];
		bool sign = i + 1 < q->tokens.len && (q->tokens.at[i + 1].word.kind == WORD_SIGN || masked(q, i));
		AUTO_FREE char *name = text_copy(token->word.text);
		const struct field *field;
		unsigned used = token->used;
		size_t len;

		sign_words(wish, i);
		if (used & ~(unsigned)(USED_SUBJECT | USED_KEY) || (token->word.kind != WORD_PLAIN && token->word.kind != WORD_NAME) ||
		    i + 1 >= q->tokens.len || (!sign && (used & USED_KEY || role_at(q, i, &len) || sense_at(q, i, "measure", NULL, &len) ||
						       sense_at(q, i, "rank", NULL, &len))))
			continue;
		field = spot_field(wish, name);
		field = field ? field : spot_field(wish, token->word.base);
		if (!field || field_is_text(field))
			continue;
		token->used = 0;
		if (!field_condition(wish, i, 1, field)) {
			token->used = used;
			continue;
		}
		token->used |= used & USED_SUBJECT;
		if (used & USED_KEY)
			name_drop(&wish->extras, field->name);
	}
	if (!wish->named.count)
		numbers_rest(wish);
}
