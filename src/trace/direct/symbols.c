/* Words that stand for one value of a field of a tracepoint that a question names: "NET_RX", "FUTEX_WAKE", "writes". */
#include <ctype.h>
#include <string.h>
#include "trace/direct/direct.h"
#include "trace/names/names.h"
#include "trace/write/writer.h"

/* "FUTEX_WAKE": a number that the vocabulary knows by a role of its own, `{op} & 127`; of `field` only, unless that is NULL. */
bool role_symbol(struct wish *wish, size_t at, const struct field *field)
{
	const struct token *token = &wish->question.tokens.at[at];
	AUTO_FREE char *name = text_copy(token->word.text);
	double number;

	for (size_t i = 0; token_identifier(token) && i < wish->named.count; i++) {
		struct way way = { .kind = WAY_EVENT };

		roles_known(wish, &way, wish->named.probes[i].probe);
		vec_each(role, &way.roles) {
			const char *symbols = !role->type ? NULL : strncmp(role->type, "names ", 6) == 0 ? role->type + 6 :
					      strncmp(role->type, "bits ", 5) == 0 ? role->type + 5 : NULL;

			if (!symbols || (field && !strstr(role->expr, field->name)) || !symbol_number(symbols, name, &number))
				continue;
			wish_where(wish, role->name, COMPARE_EQUAL, arena_text(wish->plan->arena, token->word.text), number);
			return true;
		}
	}
	return false;
}

static bool begins(const struct field *field, const char *const *starts)
{
	return strncmp(field->name, starts[0], strlen(starts[0])) == 0 || strncmp(field->name, starts[1], strlen(starts[1])) == 0;
}

/* "softirq_entry for NET_RX": one field's name for one of its numbers. */
static bool named_value(struct wish *wish, size_t at)
{
	static const char *const ends[][2] = { { "old", "prev" }, { "new", "next" } };
	const struct question *q = &wish->question;
	size_t len;
	/* "from ESTABLISHED to FIN_WAIT1": of two states the old one, and the new one. */
	const struct sense *side = NULL;

	for (size_t back = 1; at >= back && back < 4 && !side && !(back > 1 && q->tokens.at[at - back].word.comma); back++)
		side = sense_at(q, at - back, "turn", NULL, &len);
	const char *const *end = side ? ends[strcmp(side->name, "new") == 0] : NULL;

	for (size_t i = 0; i < wish->named.count; i++) {
		const struct tracepoint *fields = named_fields(wish, wish->named.probes[i].probe);
		bool ended = false;

		for (size_t f = 0; end && fields && f < fields->field_count; f++)
			ended |= begins(&fields->fields[f], end);
		for (size_t f = 0; fields && f < fields->field_count; f++) {
			const struct field *field = &fields->fields[f];
			struct field_value value;

			if (ended && !begins(field, end))
				continue;
			if (!field->symbols || value_read(wish, field, at, &value) != VALUE_TOLD || !value.text)
				continue;
			wish_where(wish, field->name, COMPARE_EQUAL, value.text, value.number);
			field_speak(wish, field->name);
			return true;
		}
	}
	return false;
}

/* Whether the word says this name: "writes", "writing" and "write" say "write". */
static bool says(const struct token *token, struct text name)
{
	AUTO_FREE char *written = text_copy(name);
	char base[64];

	word_fold(name, base);
	return text_same(token->word.text, name) || (name.len > 2 && (strcmp(token->word.base, base) == 0 || strcmp(token->canonical, written) == 0));
}

/* The name of one of the field's numbers that the word says, as a whole. */
static const char *symbol_said(struct wish *wish, const struct field *field, const struct token *token)
{
	struct text rest = text_of(field->symbols ? field->symbols : ""), pair, number;

	if (rest.len && rest.at[0] == '|')
		rest = text_from(rest, 1);
	while (text_next(&rest, ',', &pair))
		if (text_next(&pair, '=', &number) && pair.len && says(token, pair))
			return arena_text(wish->plan->arena, pair);
	return NULL;
}

static bool is_bool(const struct field *field)
{
	return strcmp(field->type, "bool") == 0 || (field->size <= 4 && strcmp(field->name, "write") == 0);
}

/* Words of grouping, measuring and time, and those that tell nothing alone. */
static bool grammar(const struct question *q, size_t at)
{
	static const char *const classes[] = { "key", "duration", "every", "rate", "rank", "measure", "compare", "exclude", "ask", "outcome" };
	const struct token *token = &q->tokens.at[at];
	size_t len;

	for (size_t i = 0; i < COUNT(classes); i++)
		if (sense_at(q, at, classes[i], NULL, &len))
			return true;
	/* "only new ones": a short empty word tells something where it is said that it does. */
	return token->word.kind != WORD_PLAIN || (token->ignored && token->word.text.len < 4 && !token_is(q, at + 1, "only") &&
						  !(at > 0 && token_is(q, at - 1, "only")));
}

/* "kvm_msr writes", "hinted only": a word for one value of a field, or for what a field says yes or no to. */
static bool plain_value(struct wish *wish, size_t at)
{
	struct question *q = &wish->question;
	const struct token *token = &q->tokens.at[at];
	bool out = exclusion(q, at) < at;

	for (size_t i = 0; i < wish->named.count; i++) {
		const struct tracepoint *fields = named_fields(wish, wish->named.probes[i].probe);

		for (size_t f = 0; fields && f < fields->field_count; f++) {
			const struct field *field = &fields->fields[f];
			const char *symbol = symbol_said(wish, field, token);
			bool yes = is_bool(field) && says(token, text_of(field->name));
			/* What is no write is a read. */
			bool no = is_bool(field) && strcmp(field->name, "write") == 0 && says(token, TEXT("read"));

			if (!symbol && !yes && !no)
				continue;
			field_speak(wish, field->name);
			if (symbol)
				wish_where(wish, field->name, out ? COMPARE_NOT : COMPARE_EQUAL, symbol, 0);
			else
				wish_where(wish, field->name, yes != out ? COMPARE_NOT : COMPARE_EQUAL, NULL, 0);
			return true;
		}
	}
	return false;
}

/* "ESTABLISHED": a word of English, but written as the kernel writes its constants. */
static bool in_capitals(struct text word)
{
	for (size_t i = 0; i < word.len; i++)
		if (!isupper((unsigned char)word.at[i]))
			return false;
	return word.len > 2;
}

/* Whether the word says a value of the field, or that it is yes or no. */
static bool value_said(struct wish *wish, const struct field *field, const struct token *token)
{
	return symbol_said(wish, field, token) ||
	       (is_bool(field) && strcmp(field->name, "write") == 0 && (says(token, TEXT("write")) || says(token, TEXT("read"))));
}

/* "by read or write direction", "by device and read/write": two values of one field ask for all of it. */
static bool values_key(struct wish *wish, size_t at)
{
	struct question *q = &wish->question;
	size_t other = at + 1, len, end;
	const struct role *role;
	const char *name = NULL, *opposite = opposite_of(q->vocabulary, GRAMMAR_OPPOSITE_DATA, q->tokens.at[at].canonical);

	while (token_in(q, other, GRAMMAR_AND_OR))
		other++;
	if ((other == at + 1 && !sign_joins(q, at + 1)) || other >= q->tokens.len || q->tokens.at[at].word.kind != WORD_PLAIN || q->tokens.at[other].word.kind != WORD_PLAIN ||
	    q->tokens.at[other].used)
		return false;
	role = role_at(q, other + 1, &len);
	end = role && strcmp(role->name, "operation") == 0 ? other + 1 + len : other + 1;
	if (end == other + 1 && !(at > 0 && token_in(q, at - 1, GRAMMAR_BY)) &&
	    !(at > 1 && token_in(q, at - 1, GRAMMAR_AND) && (q->tokens.at[at - 2].used & USED_KEY || role_at(q, at - 2, &len))))
		return false;
	for (size_t i = 0; i < wish->named.count && !name; i++) {
		const struct tracepoint *fields = named_fields(wish, wish->named.probes[i].probe);
		struct way way = { .kind = WAY_EVENT };

		for (size_t f = 0; fields && f < fields->field_count && !name; f++)
			if (value_said(wish, &fields->fields[f], &q->tokens.at[at]) && value_said(wish, &fields->fields[f], &q->tokens.at[other]))
				name = fields->fields[f].name;
		if (name)
			field_speak(wish, name);
		roles_known(wish, &way, wish->named.probes[i].probe);
		vec_each(known, &way.roles)
			if (!name && opposite && strcmp(known->name, "operation") == 0 && token_is(q, other, opposite))
				name = known->name;
		if (!name && opposite && token_is(q, other, opposite) && fields && tracepoint_field(fields, "rwbs"))
			name = "rwbs";
	}
	if (!name)
		return false;
	vec_push(&wish->plan->by, name);
	field_words_take(wish, at, end - at, USED_KEY);
	return true;
}

void field_symbol(struct wish *wish, size_t at)
{
	struct question *q = &wish->question;
	const struct token *token = &q->tokens.at[at];

	if (token->used || values_key(wish, at))
		return;
	if (in_capitals(token->word.text) && !token_identifier(token) && named_value(wish, at)) {
		field_words_take(wish, at, 1, USED_FILTER);
		return;
	}
	if (token_identifier(token) ? named_value(wish, at) || role_symbol(wish, at, NULL) : !grammar(q, at) && plain_value(wish, at))
		field_words_take(wish, at, 1, USED_FILTER);
}
