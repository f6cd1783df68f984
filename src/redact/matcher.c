/* Confirming with PCRE2: regexes are compiled when they are first needed, and every match has limits. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "redact/matcher.h"
#include <ctype.h>
#include <pcre2.h>
#include <strings.h>

enum { AROUND = 160, MATCH_LIMIT = 2000000, DEPTH_LIMIT = 20000, HEAP_KIB = 16384 };

struct matcher {
	const struct rules *rules;
	pcre2_code *(*codes)[REGEX_COUNT];
	bool *heads; /* of each rule: whether its regex matches only what begins a line or a string */
	size_t code_count;
	pcre2_code *keep;
	pcre2_match_data *data;
	pcre2_match_context *context;
	pcre2_jit_stack *stack;
};

/* Behind a class of characters, from its bracket. */
static const char *class_end(const char *at)
{
	at += at[1] == '^' ? 2 : 1;
	at += *at == ']';
	for (; *at && *at != ']'; at++)
		at += at[0] == '\\' && at[1];
	return at;
}

/* Such a regex is written in one way, and has no second one beside it. */
static bool only_heads(const char *regex)
{
	static const char heads[] = "(?:^|(?<=\"))";
	const char *at = regex;
	unsigned depth = 0;

	if (!at || strncmp(at, heads, strlen(heads)) != 0)
		return false;
	at += strlen(heads);
	if (*at && strchr("?*+{", *at))
		return false;
	for (; *at; at++) {
		if (*at == '\\' && at[1]) {
			at++;
			continue;
		}
		if (*at == '[')
			at = class_end(at);
		if (!*at || (*at == '|' && depth == 0))
			return false;
		depth += *at == '(';
		depth -= *at == ')';
	}
	return true;
}

struct matcher *matcher_new(const struct rules *rules)
{
	struct matcher *matcher = calloc(1, sizeof(*matcher));

	if (!matcher)
		abort();
	matcher->rules = rules;
	matcher->code_count = rules->list.len;
	matcher->codes = calloc(rules->list.len + 1, sizeof(*matcher->codes));
	matcher->heads = calloc(rules->list.len + 1, sizeof(*matcher->heads));
	matcher->data = pcre2_match_data_create(2, NULL);
	matcher->context = pcre2_match_context_create(NULL);
	matcher->stack = pcre2_jit_stack_create(32 * 1024, 1024 * 1024, NULL);
	if (!matcher->codes || !matcher->heads || !matcher->data || !matcher->context || !matcher->stack)
		abort();
	for (size_t i = 0; i < rules->list.len; i++)
		matcher->heads[i] = only_heads(rules->list.at[i].regex[REGEX_MATCH]);
	pcre2_jit_stack_assign(matcher->context, NULL, matcher->stack);
	pcre2_set_match_limit(matcher->context, MATCH_LIMIT);
	pcre2_set_depth_limit(matcher->context, DEPTH_LIMIT);
	pcre2_set_heap_limit(matcher->context, HEAP_KIB);
	return matcher;
}

void matcher_free(struct matcher *matcher)
{
	if (!matcher)
		return;
	for (size_t i = 0; i < matcher->code_count; i++)
		for (size_t j = 0; j < REGEX_COUNT; j++)
			pcre2_code_free(matcher->codes[i][j]);
	free(matcher->codes);
	free(matcher->heads);
	pcre2_code_free(matcher->keep);
	pcre2_match_data_free(matcher->data);
	pcre2_match_context_free(matcher->context);
	pcre2_jit_stack_free(matcher->stack);
	free(matcher);
}

static pcre2_code *compile(const char *regex, unsigned options, const char *file, unsigned line, struct error *err)
{
	pcre2_code *code;
	size_t where;
	int number;

	code = pcre2_compile((PCRE2_SPTR)regex, PCRE2_ZERO_TERMINATED, options | PCRE2_NEVER_UTF | PCRE2_MULTILINE, &number,
			     &where, NULL);
	if (!code) {
		PCRE2_UCHAR message[120] = "";

		pcre2_get_error_message(number, message, sizeof(message));
		fail(err, -EINVAL, "%s:%u: the regex is wrong at character %zu: %s", file, line, where, (char *)message);
		return NULL;
	}
	pcre2_jit_compile(code, PCRE2_JIT_COMPLETE); /* without it, it is slower */
	return code;
}

static pcre2_code *code_of(struct matcher *matcher, unsigned index, enum rule_regex which, struct error *err)
{
	static const unsigned options[REGEX_COUNT] = {
		[REGEX_MATCH] = PCRE2_USE_OFFSET_LIMIT,
		[REGEX_UNLESS] = PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_CASELESS,
		[REGEX_BEFORE] = PCRE2_ENDANCHORED | PCRE2_CASELESS,
		[REGEX_AFTER] = PCRE2_ANCHORED | PCRE2_CASELESS,
	};
	const struct rule *rule = &matcher->rules->list.at[index];
	pcre2_code **code = &matcher->codes[index][which];

	if (!*code)
		*code = compile(rule->regex[which], options[which] | (rule->fold ? PCRE2_CASELESS : 0), rule->file,
				rule->line, err);
	return *code;
}

/* Matches a whole or a part of a text: 1 yes, 2 with a first group, 0 no, < 0 it cannot be told. */
static int match(struct matcher *matcher, const pcre2_code *code, struct text t, size_t from, size_t limit,
		 struct error *err)
{
	int got;

	pcre2_set_offset_limit(matcher->context, limit);
	got = pcre2_match(code, (PCRE2_SPTR)t.at, t.len, from, 0, matcher->data, matcher->context);
	if (got == PCRE2_ERROR_NOMATCH)
		return 0;
	if (got < 0)
		return fail(err, -EIO, "cannot redact: a rule reached its limit (PCRE2 says %d)", got);
	return got == 1 ? 1 : 2; /* 0: there are more groups than places */
}

static int side(struct matcher *matcher, unsigned index, enum rule_regex which, struct text t, struct error *err)
{
	pcre2_code *code;

	if (!matcher->rules->list.at[index].regex[which])
		return 0;
	code = code_of(matcher, index, which, err);
	return code ? match(matcher, code, t, 0, PCRE2_UNSET, err) : -EINVAL;
}

static int kept(struct matcher *matcher, const struct rule *rule, struct text value, struct error *err)
{
	if (value.at[0] == '<' && value_placeholder(value))
		return 1;
	if ((rule->rank != RANK_CONTEXT && rule->rank != RANK_GUESS) || !matcher->rules->keep.len)
		return 0;
	if (!matcher->keep)
		matcher->keep = compile(matcher->rules->keep.at, PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_CASELESS, "keep", 0,
					err);
	return matcher->keep ? match(matcher, matcher->keep, value, 0, PCRE2_UNSET, err) : -EINVAL;
}

static bool listed(const struct rule *rule, struct text value)
{
	if (!(rule->not_lengths >> (value.len & 63) & 1) || !(rule->not_letters >> ((value.at[0] | 32) & 63) & 1))
		return false;
	vec_each(word, &rule->not)
		if (word->len == value.len && (word->at[0] | 32) == (value.at[0] | 32) &&
		    strncasecmp(word->at, value.at, value.len) == 0)
			return true;
	return false;
}

static bool checked(const struct rule *rule, struct text value)
{
	if (listed(rule, value))
		return false;
	if (rule->checks & CHECK_LUHN && !value_luhn(value))
		return false;
	if (rule->checks & CHECK_IBAN && !value_iban(value))
		return false;
	if (rule->checks & CHECK_MIXED && !value_mixed(value))
		return false;
	if (rule->checks & CHECK_IPV6 && !value_ipv6(value))
		return false;
	if (rule->checks & CHECK_JWT && !value_jwt(value))
		return false;
	return !(rule->checks & CHECK_ENTROPY) || value_entropy(value) >= rule->entropy;
}

/* What stands before the value in its line, and behind it. */
static struct text around_before(struct text window, size_t start)
{
	size_t from = start;

	while (from > 0 && start - from < AROUND && window.at[from - 1] != '\n')
		from--;
	return (struct text){ window.at + from, start - from };
}

int matcher_judge(struct matcher *matcher, struct text window, const struct span *span, struct error *err)
{
	const struct rule *rule = &matcher->rules->list.at[span->rule];
	struct text value = { window.at + span->start, span->end - span->start };
	int no;

	if (value.len == 0 || !checked(rule, value))
		return 0;
	no = kept(matcher, rule, value, err);
	if (no == 0)
		no = side(matcher, span->rule, REGEX_UNLESS, value, err);
	if (no == 0 && rule->regex[REGEX_BEFORE])
		no = side(matcher, span->rule, REGEX_BEFORE, around_before(window, span->start), err);
	if (no == 0)
		no = side(matcher, span->rule, REGEX_AFTER, text_until(text_from(window, span->end), AROUND), err);
	return no < 0 ? no : !no;
}

/* A value that reaches the end of what was looked at goes on until a blank. */
static size_t stretch(struct text window, size_t looked, size_t end)
{
	if (end == looked)
		while (end < window.len && isgraph((unsigned char)window.at[end]) && !strchr("\"'<>", window.at[end]))
			end++;
	return end;
}

/* The first place from `from` on, before `end`, where a line or a string begins; `end` when there is none. */
static size_t next_head(struct text t, size_t from, size_t end)
{
	while (from < end && from > 0 && t.at[from - 1] != '\n' && t.at[from - 1] != '"')
		from++;
	return from;
}

int matcher_find(struct matcher *matcher, unsigned index, struct text window, size_t from, size_t to,
		 struct span *span, struct error *err)
{
	const struct rule *rule = &matcher->rules->list.at[index];
	struct text looked = text_until(window, to + rule->ahead);
	pcre2_code *code;

	code = code_of(matcher, index, REGEX_MATCH, err);
	if (!code)
		return -EINVAL;
	while (from <= to && from < looked.len) {
		bool heads = matcher->heads[index];
		const size_t *place;
		size_t began;
		int got;

		if (heads)
			from = next_head(looked, from, to < looked.len ? to + 1 : looked.len);
		if (from > to || from >= looked.len)
			return 0;
		got = match(matcher, code, looked, from, heads ? from : to, err);
		if (got == 0 && heads) {
			from++;
			continue;
		}

		if (got <= 0)
			return got;
		place = pcre2_get_ovector_pointer(matcher->data);
		began = place[0];
		*span = (struct span){ place[0], place[1], index, 0 };
		if (got > 1 && place[2] != PCRE2_UNSET)
			*span = (struct span){ place[2], place[3], index, 0 };
		span->end = stretch(window, looked.len, span->end);
		got = matcher_judge(matcher, window, span, err);
		if (got)
			return got;
		from = began + 1;
	}
	return 0;
}

int matcher_check(struct matcher *matcher, struct error *err)
{
	for (size_t i = 0; i < matcher->rules->list.len; i++)
		for (unsigned j = 0; j < REGEX_COUNT; j++)
			if (matcher->rules->list.at[i].regex[j] && !code_of(matcher, (unsigned)i, j, err))
				return -EINVAL;
	return 0;
}
