/* What signs and words between the fields of a tracepoint make of them: "oldstate -> newstate", "bytes_alloc minus bytes_req",
 * "negative res", "sched_stat_runtime.runtime". */
#include <stdio.h>
#include <string.h>
#include "trace/direct/direct.h"

void token_parts(struct question *q, size_t at, size_t name_len, size_t sign_len)
{
	struct token *token = &q->tokens.at[at];
	struct text whole = token->word.text;
	struct token field = *token;

	field.word.text = text_from(whole, name_len + sign_len);
	field.word.kind = WORD_PLAIN;
	word_fold(field.word.text, field.word.base);
	vocabulary_canonical(q->vocabulary, field.word.base, field.canonical);
	field.known = field.ignored = field.english = false;
	token->word.text = text_until(whole, name_len);
	token->word.comma = false;
	vec_push(&q->tokens, field);
	memmove(&q->tokens.at[at + 2], &q->tokens.at[at + 1], (q->tokens.len - at - 2) * sizeof(field));
	q->tokens.at[at + 1] = field;
}

/* Whether "->" or "→" stands between the two tokens. */
static bool arrow(const struct question *q, size_t left, size_t right)
{
	const char *from = q->tokens.at[left].word.text.at + q->tokens.at[left].word.text.len, *to = q->tokens.at[right].word.text.at;
	struct text gap = to > from ? (struct text){ from, (size_t)(to - from) } : TEXT("");

	return text_has(gap, "->") || text_has(gap, "=>") || text_has(gap, "→");
}

/* "oldstate -> newstate": from one to the other, and no comparison: both are keys. */
static bool arrow_take(struct wish *wish, size_t at)
{
	struct question *q = &wish->question;
	size_t len, second_len, second;
	const struct field *first = field_at(wish, at, &len), *other;

	if (!first)
		return false;
	second = at + len;
	if (second < q->tokens.len && q->tokens.at[second].word.kind == WORD_SIGN)
		second++;
	if (second >= q->tokens.len || !arrow(q, at + len - 1, second))
		return false;
	other = field_at(wish, second, &second_len);
	if (!other)
		return false;
	vec_push(&wish->plan->by, first->name);
	vec_push(&wish->plan->by, other->name);
	field_words_take(wish, at + len, second - at - len, USED_CUE);
	field_take(wish, second, second_len, other, USED_KEY);
	field_take(wish, at, len, first, USED_KEY);
	return true;
}

/* "bytes_alloc minus bytes_req", "A 减去 B": their difference is measured. */
static bool difference_take(struct wish *wish, size_t at)
{
	struct question *q = &wish->question;
	size_t len, second_len, second, said;
	const struct field *first = field_at(wish, at, &len), *other;
	const char *name;

	if (!first || field_is_text(first) || first->symbols || wish->named.value || !sense_at(q, at + len, "minus", NULL, &said))
		return false;
	second = at + len + said;
	other = field_at(wish, second, &second_len);
	if (!other || field_is_text(other) || other->symbols)
		return false;
	name = arena_fmt(wish->plan->arena, "%s - %s", first->name, other->name);
	field_words_take(wish, at, second + second_len - at, USED_KEY);
	field_speak(wish, name);
	wish->named.value = wish->measured = name;
	wish->named.measure = MEASURE_HISTOGRAM;
	wish->named.value_end = second + second_len;
	return true;
}

/* "with negative res", "nonzero ret": a condition that stands before the field. */
static bool signed_take(struct wish *wish, size_t at)
{
	static const struct {
		const char *word;
		enum compare compare;
	} signs[] = { { "negative", COMPARE_LESS }, { "positive", COMPARE_GREATER }, { "nonzero", COMPARE_NOT }, { "non-zero", COMPARE_NOT },
		      { "zero", COMPARE_EQUAL } };
	size_t len;
	const struct field *field = field_at(wish, at + 1, &len);

	for (size_t i = 0; field && !field_is_text(field) && i < COUNT(signs); i++)
		if (word_at(&wish->question, at, signs[i].word)) {
			wish_where(wish, field->name, signs[i].compare, NULL, 0);
			field_words_take(wish, at, 1, USED_FILTER);
			field_take(wish, at + 1, len, field, USED_FILTER);
			return true;
		}
	return false;
}

void field_signs(struct wish *wish)
{
	for (size_t i = 0; i < wish->question.tokens.len; i++)
		if (!wish->question.tokens.at[i].used && !arrow_take(wish, i) && !difference_take(wish, i))
			signed_take(wish, i);
}
