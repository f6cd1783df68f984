/* Conditions on the fields of a tracepoint that a question names: "prev_state is 2", "where dev_name is lo". */
#include <ctype.h>
#include <string.h>
#include "trace/direct/direct.h"
#include "trace/names/names.h"

/* What stands between two tokens in the question, with signs that words leave out. */
static struct text between(const struct question *q, size_t left, size_t right)
{
	const char *from = q->tokens.at[left].word.text.at + q->tokens.at[left].word.text.len, *to = q->tokens.at[right].word.text.at;

	return to > from ? (struct text){ from, (size_t)(to - from) } : TEXT("");
}

static bool adjacent(const struct question *q, size_t left, size_t right)
{
	struct text blank = between(q, left, right);

	for (size_t i = 0; i < blank.len; i++)
		if (!strchr(" \t\"'`(", blank.at[i]))
			return false;
	return true;
}

/* "where", "with", "when": what follows is a condition. */
static bool introduces(const struct question *q, size_t at)
{
	at = fillers_before(q, at);
	if (at > 0 && token_in(q, at - 1, GRAMMAR_CONDITION))
		return true;
	return false;
}

/* The comparison at `*at`, which moves behind it. False: there is none. */
static bool compare_read(const struct question *q, size_t *at, enum compare *compare)
{
	static const struct {
		const char *sign;
		enum compare compare;
	} signs[] = { { "=", COMPARE_EQUAL }, { "==", COMPARE_EQUAL }, { "!=", COMPARE_NOT }, { ">", COMPARE_GREATER },
		      { ">=", COMPARE_AT_LEAST }, { "<", COMPARE_LESS }, { "<=", COMPARE_AT_MOST } };
	const struct sense *sense;
	bool is = false, negated = false;
	size_t len, start = *at;

	if (*at < q->tokens.len && q->tokens.at[*at].word.kind == WORD_SIGN)
		for (size_t i = 0; i < COUNT(signs); i++)
			if (word_at(q, *at, signs[i].sign)) {
				++*at;
				*compare = signs[i].compare;
				return true;
			}
	if (token_in(q, *at, GRAMMAR_COPULA)) {
		is = true;
		++*at;
	}
	if (word_at(q, *at, "not") || word_at(q, *at, "isn't") || word_at(q, *at, "non")) {
		negated = true;
		++*at;
	} else if ((word_at(q, *at, "other") || word_at(q, *at, "different")) &&
		   (word_at(q, *at + 1, "than") || word_at(q, *at + 1, "from"))) {
		negated = true;
		*at += 2;
	}
	if ((word_at(q, *at, "start") || word_at(q, *at, "begin")) && word_at(q, *at + 1, "with")) {
		*at += 2;
		*compare = negated ? COMPARE_NOT_PREFIX : COMPARE_PREFIX;
		return true;
	}
	sense = sense_at(q, *at, "compare", NULL, &len);
	/* "state per cpu_id over time" compares with nothing. */
	if (sense && word_at(q, *at, "over") && word_at(q, *at + 1, "time"))
		sense = NULL;
	if (sense) {
		bool inclusive = bound_included(q, *at, *at + len);
		bool less = strcmp(sense->name, "less") == 0;

		*at += len;
		if (word_at(q, *at, "or") && word_at(q, *at + 1, "equal")) {
			inclusive = true;
			*at += word_at(q, *at + 2, "to") ? 3 : 2;
		}
		*compare = strcmp(sense->name, "equal") == 0 ? (negated ? COMPARE_NOT : COMPARE_EQUAL) :
			   less != negated ? (inclusive != negated ? COMPARE_AT_MOST : COMPARE_LESS) :
					 (inclusive != negated ? COMPARE_AT_LEAST : COMPARE_GREATER);
		return true;
	}
	if ((is || negated) && (word_at(q, *at, "to") || word_at(q, *at, "equal")))
		*at += word_at(q, *at + 1, "to") ? 2 : 1;
	*compare = negated ? COMPARE_NOT : COMPARE_EQUAL;
	return *at > start;
}

static void value_missing(struct wish *wish, const struct field *field, size_t at)
{
	const struct text word = wish->question.tokens.at[at].word.text;
	AUTO_BUILD out = { 0 };
	struct text rest = text_of(field->symbols ? field->symbols : ""), pair, number;

	build_fmt(&out, "what number '%.*s' is as %s cannot be told: the kernel exports no constant of that name", TEXT_ARG(word),
		  field->name);
	if (rest.len && rest.at[0] == '|')
		rest = text_from(rest, 1);
	for (size_t i = 0; i < 8 && text_next(&rest, ',', &pair); i++)
		if (text_next(&pair, '=', &number))
			build_fmt(&out, "%s%.*s", i ? ", " : "; the tracepoint's own names are ", TEXT_ARG(pair));
	build_put(&out, field->symbols ? "" : "; give the number");
	wish->missing = arena_text(wish->plan->arena, build_text(&out));
}

/* One value and those that "or" joins to it; gives the tokens taken. */
static size_t values_take(struct wish *wish, const struct field *field, size_t at, enum compare compare)
{
	struct question *q = &wish->question;
	size_t start = at;

	for (;;) {
		struct field_value value;
		size_t next;

		if (value_read(wish, field, at, &value) != VALUE_TOLD)
			return at - start;
		wish_where(wish, field->name, compare, value.text, value.number);
		at += value.len;
		/* "4, 5 or 6", "nginx or redis" */
		next = at + (word_at(q, at, "or") || word_at(q, at, "nor"));
		if ((next == at && !(q->tokens.at[at - 1].word.comma && next < q->tokens.len &&
				     q->tokens.at[next].word.kind == WORD_NUMBER)) ||
		    compare > COMPARE_NOT || next >= q->tokens.len || field_at(wish, next, &(size_t){ 0 }) ||
		    (!field_is_text(field) && value_read(wish, field, next, &value) != VALUE_TOLD))
			return at - start;
		at = next;
	}
}

/* "flags & 0x40", "flags & 0x40 == 0": whether some bits are set. */
static bool mask_take(struct wish *wish, size_t at, size_t len, const struct field *field)
{
	struct question *q = &wish->question;
	size_t number = at + len, end = number + 1;
	enum compare compare = COMPARE_NOT;
	const char *name;

	if (number >= q->tokens.len || q->tokens.at[number].word.kind != WORD_NUMBER || q->tokens.at[number].used ||
	    field_is_text(field) || !text_has(between(q, number - 1, number), "&"))
		return false;
	name = arena_fmt(wish->plan->arena, "%s & %.0f", field->name, q->tokens.at[number].word.number);
	field_take(wish, at, len, field, USED_FILTER);
	field_words_take(wish, number, 1, USED_FILTER);
	field_speak(wish, name);
	if (end + 1 < q->tokens.len && compare_read(q, &end, &compare) && q->tokens.at[end].word.kind == WORD_NUMBER) {
		wish_where(wish, name, compare, NULL, q->tokens.at[end].word.number);
		field_words_take(wish, number + 1, end - number, USED_FILTER);
	} else {
		wish_where(wish, name, COMPARE_NOT, NULL, 0);
	}
	return true;
}

static bool capitals(struct text word)
{
	for (size_t i = 0; i < word.len; i++)
		if (!isupper((unsigned char)word.at[i]))
			return false;
	return word.len > 0 && word.len < 5;
}

/* Whether a number is no time and no rank, and what stands before it no key. */
static bool lone_number(const struct question *q, size_t field, size_t number)
{
	size_t before = fillers_before(q, field);

	if (before > 0 && (token_in(q, before - 1, GRAMMAR_BY) || token_in(q, before - 1, GRAMMAR_EVERY) || word_at(q, before - 1, "top") ||
			   word_at(q, before - 1, "first")))
		return false;
	return !q->tokens.at[number].word.unit[0] && !time_unit_at(q, number + 1);
}

static bool tells_time(const struct field *field)
{
	static const char *const parts[] = { "time", "delay", "latency", "duration", "wait", "pause", "expire", "_ns", "_us", "_ms" };

	for (size_t i = 0; i < COUNT(parts); i++)
		if (strstr(field->name, parts[i]))
			return true;
	return strcmp(field->name, "ns") == 0;
}

/* "work == budget", "bytes_alloc > bytes_req": of two numbers of one event, by their difference. */
static bool fields_compared(struct wish *wish, size_t at, size_t len, const struct field *field, size_t second, enum compare compare)
{
	size_t second_len;
	const struct field *other = wish->named.count ? field_at(wish, second, &second_len) : NULL;
	const char *name;

	if (!other || other == field || field_is_text(field) || field_is_text(other) || field->symbols || other->symbols)
		return false;
	name = arena_fmt(wish->plan->arena, "%s - %s", field->name, other->name);
	field_take(wish, at, len, field, USED_FILTER);
	field_words_take(wish, at + len, second + second_len - at - len, USED_FILTER);
	field_speak(wish, name);
	wish_where(wish, name, compare, NULL, 0);
	return true;
}

/* "success 0", "prev_state is 2", "name is eth0", "nr_sector between 8 and 64". */
bool field_condition(struct wish *wish, size_t at, size_t len, const struct field *field)
{
	struct question *q = &wish->question;
	size_t end = at + len, taken, left = at;
	bool led = introduces(q, at), own = field_distinct(q, at, len, field);
	struct field_value value = { 0 };
	enum value_verdict verdict;
	enum compare compare;
	bool compared;

	while (word_at(q, end, "field") || word_at(q, end, "value"))
		end++;
	if (word_at(q, end, "between") && end + 3 < q->tokens.len && q->tokens.at[end + 1].word.kind == WORD_NUMBER &&
	    q->tokens.at[end + 3].word.kind == WORD_NUMBER) {
		wish_where(wish, field->name, COMPARE_AT_LEAST, NULL, q->tokens.at[end + 1].word.number);
		wish_where(wish, field->name, COMPARE_AT_MOST, NULL, q->tokens.at[end + 3].word.number);
		field_take(wish, at, len, field, USED_FILTER);
		field_words_take(wish, end, 4, USED_FILTER);
		return true;
	}
	if (mask_take(wish, at, len, field))
		return true;
	compared = compare_read(q, &end, &compare);
	verdict = value_read(wish, field, end, &value);
	if (!compared) {
		bool number = verdict == VALUE_TOLD && q->tokens.at[end].word.kind == WORD_NUMBER;
		bool quoted = verdict == VALUE_TOLD && q->tokens.at[end].word.kind == WORD_QUOTED;
		bool named = verdict == VALUE_TOLD && led && !q->tokens.at[end].known && !q->tokens.at[end].english &&
			     !field_at(wish, end, &(size_t){ 0 });

		/* "reason background", "op EPOLL_CTL_ADD": what the kernel calls one of its values. */
		named = named || (verdict == VALUE_TOLD && !field_is_text(field) && q->tokens.at[end].word.kind != WORD_NUMBER &&
				  (value.text || token_identifier(&q->tokens.at[end]) || strcmp(field->name, "id") == 0) &&
				  !field_at(wish, end, &(size_t){ 0 }));
		/* "rwbs W" */
		named = named || (verdict == VALUE_TOLD && field_is_text(field) && own && !led && capitals(q->tokens.at[end].word.text));
		/* "level 1", and not "by level 5 seconds" */
		number = number && (led || own || lone_number(q, at, end));
		named = named || (verdict == VALUE_UNKNOWN && token_identifier(&q->tokens.at[end]) && !field_at(wish, end, &(size_t){ 0 }));

		if (q->tokens.at[end - 1].word.comma || !adjacent(q, end - 1, end < q->tokens.len ? end : end - 1) ||
		    !(number || (quoted && (led || own)) || named))
			return false;
		/* "skip reason NOT_SPECIFIED" */
		compare = (left = exclusion(q, at)) < at ? COMPARE_NOT : COMPARE_EQUAL;
	} else if (q->tokens.at[end - 1].word.kind != WORD_SIGN && !own && !led && verdict != VALUE_TOLD) {
		return false; /* "how long the timer is armed" */
	}
	if (compared && word_at(q, end - 1, "over") && !tells_time(field) && end < q->tokens.len && q->tokens.at[end].word.kind == WORD_NUMBER &&
	    (time_unit_at(q, end + 1) || time_unit_at(q, end)))
		return false; /* "per cpu and irq over 5 seconds" */
	if (verdict == VALUE_NONE)
		return false;
	if (compared && fields_compared(wish, at, len, field, end, compare))
		return true;
	/* "by which option is it called" */
	if (wish->named.count == 0 && verdict == VALUE_UNKNOWN && !token_identifier(&q->tokens.at[end]) && !word_at(q, end, "nonzero") &&
	    !word_at(q, end, "negative") && !word_at(q, end, "positive"))
		return false;
	field_take(wish, at, len, field, USED_FILTER);
	field_words_take(wish, left, at - left, USED_FILTER);
	field_words_take(wish, at + len, end - at - len, USED_FILTER);
	if (verdict == VALUE_UNKNOWN) {
		static const struct {
			const char *word;
			enum compare compare;
		} signs[] = { { "nonzero", COMPARE_NOT }, { "non-zero", COMPARE_NOT }, { "set", COMPARE_NOT },
			      { "negative", COMPARE_LESS }, { "positive", COMPARE_GREATER } };

		for (size_t i = 0; i < COUNT(signs); i++)
			if (word_at(q, end, signs[i].word) && compare == COMPARE_EQUAL) {
				wish_where(wish, field->name, signs[i].compare, NULL, 0);
				field_words_take(wish, end, 1, USED_FILTER);
				return true;
			}
		if (compare != COMPARE_EQUAL || !role_symbol(wish, end, field))
			value_missing(wish, field, end);
		field_words_take(wish, end, 1, USED_FILTER);
		return true;
	}
	taken = values_take(wish, field, end, compare);
	field_words_take(wish, end, taken, USED_FILTER);
	return true;
}

void field_absent(struct wish *wish, size_t at)
{
	const struct question *q = &wish->question;
	const struct token *token = &q->tokens.at[at > 0 ? at - 1 : 0];
	AUTO_BUILD out = { 0 };
	size_t len;

	if (at == 0 || wish->missing || q->tokens.at[at].word.kind != WORD_SIGN || q->tokens.at[at].used || token->used ||
	    !strchr("=!<>", q->tokens.at[at].word.base[0]) || (token->word.kind != WORD_PLAIN && token->word.kind != WORD_NAME) ||
	    role_at(q, at - 1, &len))
		return;
	build_fmt(&out, "'%.*s' is no field of ", TEXT_ARG(token->word.text));
	fields_list(wish, &out);
	wish->missing = arena_text(wish->plan->arena, build_text(&out));
}
