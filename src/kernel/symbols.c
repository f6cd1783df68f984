/* What a tracepoint's print format says about numbers: __print_symbolic(), __print_flags() and choices between two words
 * (include/trace/stages/stage3_trace_output.h in the kernel). */
#include <ctype.h>
#include "kernel/internal.h"

#define DEPTH	64   /* nested parentheses of an expression */
#define ENTRIES 4096 /* names of one field */

/* ---- constant expressions ---- */
struct reader {
	struct text rest;
	struct btf_view *btf;
	unsigned depth;
	bool bad;
};

static void skip_blank(struct reader *r)
{
	while (r->rest.len && isspace((unsigned char)r->rest.at[0]))
		r->rest = text_from(r->rest, 1);
}

static bool take(struct reader *r, const char *sign)
{
	skip_blank(r);
	if (!text_starts(r->rest, sign))
		return false;
	r->rest = text_from(r->rest, strlen(sign));
	return true;
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static unsigned long long number(struct reader *r)
{
	unsigned long long value = 0;
	unsigned base = 10;
	size_t at = 0, digits = 0;

	if (r->rest.at[0] == '0' && r->rest.len > 1) {
		base = tolower((unsigned char)r->rest.at[1]) == 'x' ? 16 : 8;
		at = base == 16 ? 2 : 0;
	}
	for (; at < r->rest.len && isxdigit((unsigned char)r->rest.at[at]); at++, digits++) {
		int c = tolower((unsigned char)r->rest.at[at]);
		unsigned digit = (unsigned)(isdigit(c) ? c - '0' : c - 'a' + 10);

		if (digit >= base)
			break;
		value = value * base + digit;
	}
	while (at < r->rest.len && strchr("uUlL", r->rest.at[at]))
		at++;
	if (digits == 0 || digits > 22 || (at < r->rest.len && is_word(r->rest.at[at])))
		r->bad = true;
	r->rest = text_from(r->rest, at);
	return value;
}

/* An enumerator, which the kernel did not resolve (TRACE_DEFINE_ENUM was forgotten). */
static unsigned long long named(struct reader *r)
{
	long long value = 0;
	size_t at = 0;

	while (at < r->rest.len && is_word(r->rest.at[at]))
		at++;
	r->bad |= !r->btf || !btf_number(r->btf, text_until(r->rest, at), &value);
	r->rest = text_from(r->rest, at);
	return (unsigned long long)value;
}

/* After "(": words and stars up to ")" are a cast. Gives the width in bits that it keeps, or 0. */
static unsigned cast(struct reader *r)
{
	static const struct {
		const char *type;
		unsigned bits;
	} narrow[] = {
		{ "unsigned int", 32 }, { "unsigned", 32 }, { "u32", 32 },  { "__u32", 32 }, { "uint32_t", 32 },
		{ "gfp_t", 32 },	{ "u16", 16 },	    { "__u16", 16 }, { "u8", 8 },     { "__u8", 8 },
	};
	struct text type;
	size_t at = 0;

	while (at < r->rest.len && (is_word(r->rest.at[at]) || isspace((unsigned char)r->rest.at[at]) ||
				    r->rest.at[at] == '*'))
		at++;
	type = text_trim(text_until(r->rest, at));
	if (at == r->rest.len || r->rest.at[at] != ')' || type.len == 0 || isdigit((unsigned char)type.at[0]))
		return 0;
	r->rest = text_from(r->rest, at + 1);
	for (size_t i = 0; i < COUNT(narrow); i++)
		if (text_is(type, narrow[i].type))
			return narrow[i].bits;
	return 64;
}

static unsigned long long expression(struct reader *r, unsigned level);

static unsigned long long unary(struct reader *r)
{
	unsigned long long value = 0;
	unsigned bits;

	if (r->bad || r->depth >= DEPTH) {
		r->bad = true;
		return 0;
	}
	r->depth++;
	if (take(r, "~")) {
		value = ~unary(r);
	} else if (take(r, "-")) {
		value = -unary(r);
	} else if (take(r, "+")) {
		value = unary(r);
	} else if (take(r, "(")) {
		skip_blank(r);
		bits = cast(r);
		if (bits) {
			value = unary(r);
			value &= bits == 64 ? ~0ULL : (1ULL << bits) - 1;
		} else {
			value = expression(r, 0);
			r->bad |= !take(r, ")");
		}
	} else if (r->rest.len > 2 && r->rest.at[0] == '\'' && r->rest.at[1] != '\\' && r->rest.at[2] == '\'') {
		value = (unsigned char)r->rest.at[1];
		r->rest = text_from(r->rest, 3);
	} else if (r->rest.len && isdigit((unsigned char)r->rest.at[0])) {
		value = number(r);
	} else if (r->rest.len && is_word(r->rest.at[0])) {
		value = named(r);
	} else {
		r->bad = true;
	}
	r->depth--;
	return value;
}

static unsigned long long combine(struct reader *r, const char *sign, unsigned long long a, unsigned long long b)
{
	switch (sign[0]) {
	case '|': return a | b;
	case '^': return a ^ b;
	case '&': return a & b;
	case '+': return a + b;
	case '-': return a - b;
	case '*': return a * b;
	case '<':
	case '>':
		if (b < 64)
			return sign[0] == '<' ? a << b : a >> b;
		break;
	default:
		if (b)
			return sign[0] == '/' ? a / b : a % b;
	}
	r->bad = true;
	return 0;
}

/* Binary operators, the loosest first. */
static unsigned long long expression(struct reader *r, unsigned level)
{
	static const char *const signs[][4] = {
		{ "|" }, { "^" }, { "&" }, { "<<", ">>" }, { "+", "-" }, { "*", "/", "%" },
	};
	unsigned long long value;

	if (level == COUNT(signs))
		return unary(r);
	value = expression(r, level + 1);
	for (size_t i = 0; !r->bad && i < COUNT(signs[0]) && signs[level][i];) {
		if (take(r, signs[level][i])) {
			value = combine(r, signs[level][i], value, expression(r, level + 1));
			i = 0;
		} else {
			i++;
		}
	}
	return value;
}

bool symbols_number(struct text text, struct btf_view *btf, long long *value)
{
	struct reader r = { .rest = text, .btf = btf };
	unsigned long long result = expression(&r, 0);

	skip_blank(&r);
	if (r.bad || r.rest.len)
		return false;
	*value = (long long)result;
	return true;
}

/* ---- the print format ---- */
/* Cuts up to the next `ends` character that stands outside of parentheses, braces and strings. */
static bool argument(struct text *rest, const char *ends, struct text *part, char *end)
{
	unsigned depth = 0;
	bool quoted = false;

	for (size_t i = 0; i < rest->len; i++) {
		char c = rest->at[i];

		if (quoted) {
			if (c == '\\')
				i++;
			else if (c == '"')
				quoted = false;
		} else if (c == '"') {
			quoted = true;
		} else if (depth == 0 && strchr(ends, c) && c) {
			*part = text_trim(text_until(*rest, i));
			*end = c;
			*rest = text_from(*rest, i + 1);
			return true;
		} else if (c == '(' || c == '{') {
			depth++;
		} else if (c == ')' || c == '}') {
			if (depth-- == 0)
				return false;
		}
	}
	return false;
}

/* Whether an expression is the field itself: "REC->flags", "(unsigned long)(REC->flags)", and with
 * `masked` also "REC->flags & CONSTANT". */
static bool is_field(struct text t, const char *field, bool masked)
{
	for (unsigned depth = 0; depth < DEPTH; depth++) {
		struct reader r = { .rest = text_from(t = text_trim(t), 1) };
		struct text inside, rest = r.rest;
		long long mask;
		size_t at;
		char end;

		if (text_starts(t, "REC->")) {
			t = text_from(t, strlen("REC->"));
			for (at = 0; at < t.len && is_word(t.at[at]);)
				at++;
			if (!text_is(text_until(t, at), field))
				return false;
			t = text_trim(text_from(t, at));
			return t.len == 0 ||
			       (masked && t.at[0] == '&' && symbols_number(text_from(t, 1), NULL, &mask));
		}
		if (!text_starts(t, "("))
			return false;
		if (cast(&r))
			t = r.rest;
		else if (argument(&rest, ")", &inside, &end) && text_trim(rest).len == 0)
			t = inside;
		else
			return false;
	}
	return false;
}

/* A string literal, perhaps of several parts, without what would break our own list. */
static bool literal(struct text t, struct build *out)
{
	bool within = true;

	t = text_trim(t);
	if (t.len < 2 || t.at[0] != '"' || t.at[t.len - 1] != '"')
		return false;
	for (size_t i = 1; i + 1 < t.len; i++) {
		unsigned char c = (unsigned char)t.at[i];

		/* "KVM_EXIT_" "IO" is one. */
		if (c == '"')
			within = !within;
		if (c == '"' || !within)
			continue;
		if (c == '\\' && i + 2 < t.len)
			c = (unsigned char)t.at[++i];
		build_char(out, c < ' ' || c >= 127 || c == ',' || c == '=' ? ' ' : (char)c);
	}
	return true;
}

/* The entries {value, "name"} up to the closing parenthesis. */
static bool entries(struct text rest, bool flags, struct btf_view *btf, struct build *out)
{
	size_t start = out->len;
	struct text entry;
	char end = ',';

	for (unsigned n = 0; end == ',' && n < ENTRIES && argument(&rest, ",)", &entry, &end); n++) {
		AUTO_BUILD name = { 0 };
		struct text value;
		long long v;
		char comma;

		if (!text_starts(entry, "{") || !text_ends(entry, "}"))
			continue;
		entry = text_until(text_from(entry, 1), entry.len - 2);
		if (!argument(&entry, ",", &value, &comma) || !symbols_number(value, btf, &v) ||
		    !literal(entry, &name))
			continue;
		build_fmt(out, "%s%lld=%s", out->len > start ? "," : flags ? "|" : "", v, name.at ? name.at : "");
	}
	return out->len > start;
}

/* One of the two words of a choice: "write", "grow"; "true" tells nothing, and " [x]" is no name. */
static bool choice_word(struct text *rest, struct text *word)
{
	static const char *const empty[] = { "true", "false", "yes", "no" };
	size_t len = 1;

	*rest = text_trim(*rest);
	if (!text_starts(*rest, "\""))
		return false;
	while (len < rest->len && (isalnum((unsigned char)rest->at[len]) || rest->at[len] == '_'))
		len++;
	*word = text_from(text_until(*rest, len), 1);
	*rest = text_from(*rest, len);
	for (size_t i = 0; i < COUNT(empty); i++)
		if (text_is(*word, empty[i]))
			return false;
	if (word->len < 3 || !text_starts(*rest, "\""))
		return false;
	*rest = text_trim(text_from(*rest, 1));
	return true;
}

/* `REC->rw ? "write" : "read"`: what the two values of a field are called. */
static const char *choice_of(struct text print, const char *field, struct arena *arena)
{
	size_t at;

	while (text_find(print, "REC->", &at)) {
		struct text before = text_trim(text_until(print, at)), rest = text_from(print, at + strlen("REC->")), yes, no;
		bool open = text_ends(before, "(");

		print = rest;
		if (!text_starts(rest, field) || (rest.len > strlen(field) && is_word(rest.at[strlen(field)])))
			continue;
		if (open)
			before = text_trim(text_until(before, before.len - 1));
		rest = text_trim(text_from(rest, strlen(field)));
		if (open && text_starts(rest, ")"))
			rest = text_trim(text_from(rest, 1));
		if (!text_ends(before, ",") || !text_starts(rest, "?"))
			continue;
		rest = text_from(rest, 1);
		if (!choice_word(&rest, &yes) || !text_starts(rest, ":"))
			continue;
		rest = text_from(rest, 1);
		if (choice_word(&rest, &no))
			return arena_fmt(arena, "1=%.*s,0=%.*s", TEXT_ARG(yes), TEXT_ARG(no));
	}
	return NULL;
}

const char *symbols_of(struct text print, const char *field, struct btf_view *btf, struct arena *arena)
{
	const struct text whole = print;
	size_t at;

	while (text_find(print, "__print_", &at)) {
		AUTO_BUILD out = { .ceiling = 1 << 20 };
		struct text subject, separator;
		bool flags;
		char end;

		print = text_from(print, at + strlen("__print_"));
		flags = text_starts(print, "flags");
		if ((!flags && !text_starts(print, "symbolic")) || !text_find(print, "(", &at) || at > 16)
			continue;
		struct text rest = text_from(print, at + 1);
		if (!argument(&rest, ",", &subject, &end) || !is_field(subject, field, flags) ||
		    (flags && !argument(&rest, ",", &separator, &end)))
			continue;
		if (entries(rest, flags, btf, &out))
			return arena_text(arena, build_text(&out));
	}
	return choice_of(whole, field, arena);
}

bool kernel_enumerator(struct kernel *kernel, const char *name, long long *value)
{
	struct btf_view *view = kernel_btf(kernel);

	return view && btf_number(view, text_of(name), value);
}
