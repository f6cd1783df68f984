/* Writing a program: its conditions. */
#include <arpa/inet.h>
#include <string.h>
#include "trace/write/writer.h"

enum { COMPARED_MOST = 3 }; /* numbers */

/* A bpftrace string literal: quotes, backslashes and control characters escaped. */
void quoted_write(struct build *out, const char *text)
{
	build_char(out, '"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			build_fmt(out, "\\%c", *text);
		else if ((unsigned char)*text < 0x20 || *text == 0x7f)
			build_fmt(out, "\\x%02x", (unsigned char)*text);
		else
			build_char(out, *text);
	}
	build_char(out, '"');
}

/* The number behind a symbolic name ("0=HI,1=TIMER"), case ignored; also after a common prefix. */
bool symbol_number(const char *symbols, const char *name, double *number)
{
	struct text rest = text_of(symbols), pair, value;
	size_t len = strlen(name), longest = 0;

	if (rest.len && rest.at[0] == '|')
		rest = text_from(rest, 1);
	while (text_next(&rest, ',', &pair)) {
		long long parsed;
		bool within, whole;

		if (!text_next(&pair, '=', &value) || pair.len == 0 || !text_number(value, &parsed))
			continue;
		whole = pair.len >= len && strncasecmp(pair.at + pair.len - len, name, len) == 0 &&
			(pair.len == len || pair.at[pair.len - len - 1] == '_');
		/* "LCB_F_SPIN", where the print format only says SPIN */
		within = name[0] >= 'A' && name[0] <= 'Z' && pair.len > 1 && pair.len + 1 < len && name[len - pair.len - 1] == '_' &&
			 strncmp(name + len - pair.len, pair.at, pair.len) == 0;
		if (whole || (within && pair.len > longest)) {
			*number = (double)parsed;
			longest = pair.len;
		}
		if (whole)
			return true;
	}
	return longest > 0;
}

/* "O_CREAT|O_EXCL": all of them at once. */
static bool flags_number(const char *symbols, const char *text, double *number)
{
	struct text rest = text_of(text), name;

	*number = 0;
	while (text_next(&rest, '|', &name)) {
		AUTO_FREE char *one = text_copy(name);
		double bit;

		if (!symbol_number(symbols, one, &bit))
			return false;
		*number += bit;
	}
	return true;
}

/* An address against a field: four bytes, sixteen (IPv4 in its last four), or a number in network order. */
static bool ip_condition(struct build *out, const struct bound *b, const char *raw, const char *sign, const char *text)
{
	unsigned char ip4[4], ip6[16];
	bool four = inet_pton(AF_INET, text, ip4) == 1;
	unsigned first = 0, count = 4;
	const unsigned char *bytes = ip4;

	if (!four && (b->bytes != 16 || inet_pton(AF_INET6, text, ip6) != 1))
		return false;
	if (b->bytes == 0) {
		build_fmt(out, "%s %s %u", raw, sign, ip4[0] | (unsigned)ip4[1] << 8 | (unsigned)ip4[2] << 16 |
						     (unsigned)ip4[3] << 24);
		return true;
	}
	if (!four) {
		bytes = ip6;
		count = 16;
	} else if (b->bytes == 16) {
		first = 12;
	}
	build_put(out, strcmp(sign, "!=") == 0 ? "!(" : "(");
	for (unsigned i = 0; i < count; i++)
		build_fmt(out, "%s%s[%u] == %u", i ? " && " : "", raw, first + i, bytes[i]);
	build_char(out, ')');
	return true;
}

/* Declared as int, and yet eight bytes in the format. */
static bool int_argument(const struct writer *w, const struct bound *b)
{
	const struct tracepoint *fields = b->site == SITE_START ? w->spot.start_fields : w->spot.event_fields;
	const struct field *field = NULL;
	const char *name = strstr(b->raw, "args->");

	if (w->spot.way->kind == WAY_SYSCALL && fields && name && strcmp(name, b->raw) == 0)
		field = tracepoint_field(fields, name + strlen("args->"));
	return field && field->size == 8 && (strcmp(field->type, "int") == 0 || strcmp(field->type, "pid_t") == 0);
}

static bool condition_write(struct writer *w, const struct condition *c, const struct bound *b,
			    const char *raw, size_t at, struct build *out)
{
	const char *sign = compare_sign(c->compare);
	/* "a & b == c" would compare first. */
	const char *whole = strpbrk(raw, " ") && raw[0] != '(' ? fmt(w, "(%s)", raw) : raw;
	double number = c->number;
	AUTO_BUILD quoted = { 0 };

	if (c->compare == COMPARE_TREE) {
		build_fmt(out, "@tree[(int64)%s]", whole);
		return true;
	}
	if (strcmp(b->type, "cgroup") == 0 && c->text) {
		cgroup_write(out, raw, sign, c->text);
		return true;
	}
	if (strcmp(b->type, "ksym") == 0 && c->text) {
		quoted_write(&quoted, c->text);
		build_fmt(out, "%s %s kaddr(%s)", raw, sign, quoted.at);
		return true;
	}
	if (strcmp(b->type, "ip") == 0 && c->text && ip_condition(out, b, raw, sign, c->text))
		return true;
	if (c->text && !b->text && b->symbols && b->symbols[0] == '|' && strchr(c->text, '|') && flags_number(b->symbols, c->text, &number)) {
		build_fmt(out, "(%s & %.0f) %s %.0f", whole, number, sign, number);
		return true;
	}
	if (c->text && !b->text && b->symbols && symbol_number(b->symbols, c->text, &number)) {
		unsigned long long bit = number > 0 ? (unsigned long long)number : 0;

		/* One flag of a set is there whatever others are. */
		if (b->symbols[0] == '|' && bit && !(bit & (bit - 1)) && c->compare <= COMPARE_NOT) {
			build_fmt(out, "(%s & %llu) %s 0", whole, bit, c->compare == COMPARE_NOT ? "==" : "!=");
			return true;
		}
		build_fmt(out, "%s %s %.0f", whole, sign, number);
		return true;
	}
	if (b->text != (c->text != NULL)) {
		const struct role *role = vocabulary_role(w->spot.vocabulary, c->role);

		build_fmt(w->why, "the %s is %s here, and cannot be compared with '%s'", role ? role->noun : c->role,
			  b->text ? "text" : "a number", c->text ? c->text : "a number");
		return false;
	}
	if (c->text && path_compared(c->role, b))
		return path_condition(w, c, b, raw, at, out);
	if (c->text) {
		const char *wrapped = b->wrap ? fmt(w, b->wrap, raw) : raw;

		quoted_write(&quoted, c->text);
		if (c->compare == COMPARE_PREFIX)
			build_fmt(out, "strncmp(%s, %s, %zu) == 0", wrapped, quoted.at, strlen(c->text));
		else if (c->compare == COMPARE_NOT_PREFIX)
			build_fmt(out, "strncmp(%s, %s, %zu) != 0", wrapped, quoted.at, strlen(c->text));
		else
			build_fmt(out, "%s %s %s", wrapped, sign, quoted.at);
		return true;
	}
	/* Tracepoints give an error as the kernel returns it, and that is mostly negative. */
	if (strcmp(b->type, "errno") == 0 && raw[0] != '-' && number != 0 && c->compare <= COMPARE_NOT) {
		bool equal = c->compare == COMPARE_EQUAL;

		build_fmt(out, "(%s %s %.0f %s %s %s -%.0f)", whole, sign, number, equal ? "||" : "&&", whole, sign, number);
		return true;
	}
	/* A function's int is in the lower half of the register, and -1 is no large number. */
	if (strcmp(raw, "retval") == 0 && (number < 0 || (number == 0 && c->compare == COMPARE_LESS)))
		whole = "(int32)retval";
	/* An int argument of a system call fills half a register. */
	if ((number < 0 || (number == 0 && c->compare == COMPARE_LESS)) && int_argument(w, b))
		whole = fmt(w, "(int32)%s", whole);
	/* Wrapping makes numbers text or brings them in host order; the latter is wanted here. */
	if (b->wrap && !b->text)
		whole = fmt(w, b->wrap, whole);
	build_fmt(out, "%s %s %.0f", whole, sign, number);
	return true;
}

/* "exit_code & 127" compared needs parentheses: == binds tighter than most. */
static const char *operand(struct writer *w, const char *raw)
{
	static const char *const loose[] = { " & ", " | ", " ^ ", " == ", " != ", " < ", " > ", " && ", " || ", " ? " };

	for (size_t i = 0; i < COUNT(loose); i++)
		if (strstr(raw, loose[i]))
			return fmt(w, "(%s)", raw);
	return raw;
}

static bool apart(const struct condition *a, const struct condition *b)
{
	bool below = a->compare == COMPARE_LESS || a->compare == COMPARE_AT_MOST;
	bool above = b->compare == COMPARE_GREATER || b->compare == COMPARE_AT_LEAST;

	if (a->text || b->text)
		return false;
	if (below && above)
		return a->number <= b->number;
	below = b->compare == COMPARE_LESS || b->compare == COMPARE_AT_MOST;
	above = a->compare == COMPARE_GREATER || a->compare == COMPARE_AT_LEAST;
	return below && above && b->number <= a->number;
}

/* Conditions on one role are alternatives; on different roles all must hold. */
bool call_wanted(const struct plan *plan, const char *syscall)
{
	bool named = false, wanted = false;

	vec_each(condition, &plan->where) {
		bool same;

		if (strcmp(condition->role, "syscall") != 0)
			continue;
		same = condition->text ? strcmp(condition->text, syscall) == 0 : syscall_number(syscall) == (long)condition->number;
		if (condition->compare == COMPARE_NOT && same)
			return false;
		named |= condition->compare == COMPARE_EQUAL;
		wanted |= condition->compare == COMPARE_EQUAL && same;
	}
	return wanted || !named;
}

/* What is compared with many numbers is read once. Where it is read for each, compilers derive a pointer to the event's data,
 * which the verifier refuses ("dereference of modified ctx ptr"). */
static const char *compared_once(struct writer *w, size_t at, const struct bound *b, const char *raw)
{
	const struct plan *plan = w->plan;
	size_t count = 0;
	bool text = b->text;

	for (size_t k = at; k < plan->where.len; k++) {
		bool same = strcmp(plan->where.at[k].role, plan->where.at[at].role) == 0;

		count += same;
		text |= same && plan->where.at[k].text;
	}
	if (text || count <= COMPARED_MOST || !strstr(raw, "args->"))
		return raw;
	build_fmt(&w->setup, "\t$compared%zu = %s;\n", at, raw);
	return arena_fmt(plan->arena, "$compared%zu", at);
}

int conditions_write(struct writer *w)
{
	const struct plan *plan = w->plan;

	for (size_t i = 0; i < plan->where.len; i++) {
		AUTO_BUILD text = { 0 };
		const char *role = plan->where.at[i].role;
		bool seen = false, early, held;
		struct bound b;
		const char *raw;

		for (size_t k = 0; k < i; k++)
			seen = seen || strcmp(plan->where.at[k].role, role) == 0;
		/* Of a way of system calls only those that are wanted are attached: call_wanted(). */
		if (seen || (w->spot.way->kind == WAY_SYSCALL && strcmp(role, "syscall") == 0))
			continue;
		if (!bind_role(&w->spot, role, &b, w->why))
			return -EOPNOTSUPP;
		early = b.universal && !b.task;
		/* An open file is judged while it is at hand. */
		held = b.file && path_compared(role, &b) && b.site == SITE_START && w->spot.start;
		if (held) {
			w->paired = true;
			w->start_file = b.raw;
		}
		raw = held ? b.raw : operand(w, early ? b.raw : value_at_event(w, role, &b, false));
		raw = held || early ? raw : compared_once(w, i, &b, raw);
		for (size_t k = i; k < plan->where.len; k++) {
			if (strcmp(plan->where.at[k].role, role) != 0)
				continue;
			/* Bounds ("> 4, < 9") narrow; equal values ("80 or 443") widen, and so do bounds that leave nothing
			 * between them ("< 10 or > 1000"). */
			if (text.len)
				build_put(&text, plan->where.at[k].compare == COMPARE_EQUAL || plan->where.at[k].compare == COMPARE_PREFIX ||
						 apart(&plan->where.at[i], &plan->where.at[k]) ? " || " : " && ");
			if (!condition_write(w, &plan->where.at[k], &b, raw, k, &text))
				return -EOPNOTSUPP;
		}
		if (held)
			build_fmt(&w->start_if, "%s(%s)", w->start_if.len ? " && " : "", text.at);
		else if (early)
			build_fmt(&w->early, "%s(%s)", w->early.len ? " && " : "", text.at);
		else
			late_condition(w, arena_text(plan->arena, build_text(&text)));
		bound_condition(w, role, &b);
	}
	return 0;
}
