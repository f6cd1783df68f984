/* Values and conditions of bpftrace, in words, with their units. */
#include <ctype.h>
#include <string.h>
#include "explain/internal.h"

static const struct {
	const char *name, *words, *unit;
} builtins[] = {
	{ "pid", "process ID", NULL }, { "tid", "thread ID", NULL }, { "ppid", "ID of the parent", NULL }, { "uid", "user ID", NULL },
	{ "gid", "group ID", NULL }, { "comm", "process name", NULL }, { "pcomm", "name of the parent", NULL },
	{ "nsecs", "time", "ns" }, { "elapsed", "time since the start", "ns" }, { "jiffies", "time in kernel ticks", NULL },
	{ "cpu", "CPU number", NULL }, { "numaid", "memory node", NULL }, { "curtask", "current task's address", NULL },
	{ "rand", "random number", NULL }, { "kstack", "kernel stack", NULL }, { "ustack", "program's stack", NULL },
	{ "retval", "return value", NULL }, { "func", "function's name", NULL }, { "probe", "probe's name", NULL },
	{ "username", "user name", NULL }, { "cgroup", "control group's ID", NULL }, { "cpid", "ID of the started command", NULL },
	{ "ctx", "probe's context", NULL }, { "args", "arguments", NULL }, { "ncpus", "number of CPUs", NULL },
	{ "$#", "number of words after the program", NULL },
};
static const struct {
	const char *name, *before, *after; /* of the argument that counts: the last of ntop, else the first */
	bool last;
} calls[] = {
	{ "str", "", " as text", false }, { "ntop", "", " as a network address", true }, { "ksym", "kernel function at ", "", false },
	{ "usym", "program's function at ", "", false }, { "kaddr", "address of ", "", false }, { "uaddr", "address of ", "", false },
	{ "reg", "register ", "", false }, { "kstack", "kernel stack (", " frames)", true }, { "ustack", "program's stack (", " frames)", true },
	{ "buf", "bytes at ", "", false }, { "strftime", "time of day of ", "", true }, { "kptr", "", "", false }, { "uptr", "", "", false },
	{ "bswap", "", " in the other byte order", false }, { "macaddr", "", " as a hardware address", false }, { "path", "path of ", "", false },
	{ "strerror", "error name of ", "", false }, { "cgroup_path", "path of the control group ", "", false },
	{ "cgroupid", "ID of the control group ", "", false }, { "sizeof", "size of ", "", false }, { "len", "number of entries of ", "", false },
	{ "kstr", "", " as text", false }, { "syscall_name", "name of the system call ", "", false }, { "signal_name", "name of the signal ", "", false },
};
static const char *const measures[] = { "count", "sum", "avg", "min", "max", "stats", "hist", "lhist", "tseries" };

bool is_measure(struct text name)
{
	for (size_t i = 0; i < COUNT(measures); i++)
		if (text_is(name, measures[i]))
			return true;
	return false;
}

struct store *store_find(struct explanation *e, struct text name)
{
	vec_each(store, &e->stores)
		if (text_is(name, store->name))
			return store;
	return NULL;
}

static bool is_args(const struct node *node)
{
	return node->kind == NODE_NAME && text_is(node->text, "args");
}

bool is_clock(const struct node *node)
{
	return node && node->kind == NODE_NAME && (text_is(node->text, "nsecs") || text_is(node->text, "elapsed"));
}

/* Operators that are no comparison bind their parts without words: a part that is an operation itself is bracketed. */
static void part_say(const struct scope *scope, const struct node *node, struct build *out)
{
	bool bracket = node->kind == NODE_CHOICE || (node->kind == NODE_BINARY && !text_is(node->text, "-") && !text_is(node->text, "/"));

	build_put(out, bracket ? "(" : "");
	value_say(scope, node, out);
	build_put(out, bracket ? ")" : "");
}

static void name_say(const struct scope *scope, struct text name, struct build *out)
{
	const char *kind = scope->watch ? probe_kind_of(text_of(scope->watch->name), NULL) : NULL;
	unsigned number;

	for (size_t i = 0; i < COUNT(builtins); i++)
		if (text_is(name, builtins[i].name)) {
			build_put(out, kind && text_is(name, "retval") && scope->block ? "result" : builtins[i].words);
			return;
		}
	if ((text_starts(name, "arg") || text_starts(name, "sarg")) && isdigit((unsigned char)name.at[name.len - 1]) && name.len <= 5) {
		number = (unsigned)(name.at[name.len - 1] - '0') + 1;
		build_fmt(out, "%u%s %sargument", number, number == 1 ? "st" : number == 2 ? "nd" : number == 3 ? "rd" : "th",
			  name.at[0] == 's' ? "stack " : "");
	} else if (name.len > 1 && name.at[0] == '$' && isdigit((unsigned char)name.at[1])) {
		build_fmt(out, "word %.*s after the program", TEXT_ARG(text_from(name, 1)));
	} else {
		build_add(out, name);
	}
}

void keys_say(const struct scope *scope, const struct node *map, struct build *out)
{
	for (size_t i = 0; i < map->count; i++) {
		build_put(out, i ? i + 1 == map->count ? " and " : ", " : "");
		value_unit_say(scope, map->kids[i], out);
	}
}

/* As value_say() for where no unit follows: a change of it is told. */
void value_unit_say(const struct scope *scope, const struct node *node, struct build *out)
{
	const char *unit = node->kind == NODE_BINARY && strchr("*/", node->text.at[0]) && node->kids[1]->kind == NODE_NUMBER ? value_unit(scope, node) : NULL;

	value_say(scope, node, out);
	if (unit)
		build_fmt(out, " in %s", unit);
}

static void map_say(const struct scope *scope, const struct node *node, struct build *out)
{
	const struct store *store = store_find(scope->explanation, node->text);

	if (store && store->brief)
		build_fmt(out, "%s from ", store->brief);
	build_add(out, node->text);
	if (!node->count || (store && (store->brief || store->time)))
		return;
	build_put(out, "[");
	for (size_t i = 0; i < node->count; i++) {
		build_put(out, i ? ", " : "");
		value_say(scope, node->kids[i], out);
	}
	build_put(out, "]");
}

static void field_say(const struct scope *scope, const struct node *node, struct build *out)
{
	const struct role *role;

	if (!node->count || !is_args(node->kids[0])) {
		build_add(out, node->whole);
		return;
	}
	if (text_is(node->text, "ret") && scope->watch && strstr(scope->watch->name, "sys_exit")) {
		build_put(out, "result (ret)");
		return;
	}
	role = field_role(scope->explanation, scope->watch, node->text, NULL);
	if (role && !text_is(node->text, role->noun))
		build_fmt(out, "%s (%.*s)", role->noun, TEXT_ARG(node->text));
	else
		build_add(out, node->text);
}

static void call_say(const struct scope *scope, const struct node *node, struct build *out)
{
	for (size_t i = 0; i < COUNT(calls); i++) {
		if (!text_is(node->text, calls[i].name))
			continue;
		if (!node->count)
			break;
		build_put(out, calls[i].before);
		value_say(scope, node->kids[calls[i].last ? node->count - 1 : 0], out);
		build_put(out, calls[i].after);
		return;
	}
	if (!node->count) {
		name_say(scope, node->text, out);
		return;
	}
	build_fmt(out, "%.*s(", TEXT_ARG(node->text));
	keys_say(scope, node, out);
	build_put(out, ")");
}

static long long number_of(const struct node *node)
{
	static const struct {
		const char *text;
		long long value;
	} powers[] = { { "1e3", 1000 }, { "1e6", 1000000 }, { "1e9", 1000000000 } };
	char digits[32];
	size_t len = 0;
	long long value = 0;

	if (!node || node->kind != NODE_NUMBER)
		return 0;
	for (size_t i = 0; i < COUNT(powers); i++)
		if (text_is(node->text, powers[i].text))
			return powers[i].value;
	for (size_t i = 0; i < node->text.len && len < sizeof(digits); i++)
		if (node->text.at[i] != '_')
			digits[len++] = node->text.at[i];
	return text_number((struct text){ digits, len }, &value) ? value : 0;
}

/* The unit that a division or multiplication makes of another; NULL: it is no change of unit. */
static const char *unit_changed(const char *unit, char op, long long by)
{
	static const struct {
		const char *from, *to;
		char op;
		long long by;
	} changes[] = {
		{ "ns", "us", '/', 1000 }, { "ns", "ms", '/', 1000000 }, { "ns", "s", '/', 1000000000 }, { "us", "ms", '/', 1000 },
		{ "us", "s", '/', 1000000 }, { "ms", "s", '/', 1000 }, { "bytes", "KiB", '/', 1024 }, { "bytes", "MiB", '/', 1048576 },
		{ "KiB", "MiB", '/', 1024 }, { "sectors", "bytes", '*', 512 }, { "pages", "bytes", '*', 4096 }, { "bytes", "kB", '/', 1000 },
	};

	for (size_t i = 0; unit && i < COUNT(changes); i++)
		if (strcmp(changes[i].from, unit) == 0 && changes[i].op == op && changes[i].by == by)
			return changes[i].to;
	return NULL;
}

static const char *name_unit(struct text name, const struct scope *scope)
{
	static const char *const bytes[] = { "bytes", "len", "length", "bytes_req", "bytes_alloc", "size", "count" };
	const char *unit = NULL;

	field_role(scope->explanation, scope->watch, name, &unit);
	if (unit)
		return unit;
	if (text_is(name, "nr_sector") || text_is(name, "nr_sectors"))
		return "sectors";
	/* "count" is bytes only where it counts a buffer. */
	for (size_t i = 0; i < COUNT(bytes) - 1; i++)
		if (text_is(name, bytes[i]))
			return "bytes";
	return NULL;
}

const char *value_unit(const struct scope *scope, const struct node *node)
{
	const struct store *store;
	const char *unit, *changed;

	if (!node)
		return NULL;
	switch (node->kind) {
	case NODE_NAME:
		for (size_t i = 0; i < COUNT(builtins); i++)
			if (text_is(node->text, builtins[i].name))
				return builtins[i].unit;
		return NULL;
	case NODE_VARIABLE:
		for (size_t i = scope->variable_count; i-- > 0;)
			if (text_same(scope->variables[i].name, node->text))
				return scope->variables[i].unit;
		return NULL;
	case NODE_MAP:
		store = store_find(scope->explanation, node->text);
		return store ? store->unit : NULL;
	case NODE_FIELD:
		return node->count && is_args(node->kids[0]) ? name_unit(node->text, scope) : NULL;
	case NODE_CAST:
		return node->count ? value_unit(scope, node->kids[0]) : NULL;
	case NODE_CHOICE:
		unit = value_unit(scope, node->kids[1]);
		return unit ? unit : value_unit(scope, node->kids[2]);
	case NODE_CALL:
		return node->count && is_measure(node->text) && !text_is(node->text, "count") ? value_unit(scope, node->kids[0]) : NULL;
	case NODE_BINARY:
		unit = value_unit(scope, node->kids[0]);
		if (strchr("*/", node->text.at[0])) {
			changed = unit_changed(unit, node->text.at[0], number_of(node->kids[1]));
			return changed;
		}
		return !strchr("+-", node->text.at[0]) ? NULL : unit ? unit : value_unit(scope, node->kids[1]);
	default:
		return NULL;
	}
}

static void binary_say(const struct scope *scope, const struct node *node, struct build *out)
{
	const struct node *a = node->kids[0], *b = node->kids[1];
	const char *unit;

	if (text_is(node->text, "-") && is_clock(a)) {
		build_put(out, "time since ");
		value_say(scope, b, out);
		return;
	}
	unit = strchr("*/", node->text.at[0]) ? value_unit(scope, node) : NULL;
	if (unit && b->kind == NODE_NUMBER) { /* only the unit changes */
		value_say(scope, a, out);
		return;
	}
	if (strchr("=!<>&|", node->text.at[0]) && node->text.len == 2 && !text_is(node->text, "<<") && !text_is(node->text, ">>")) {
		condition_say(scope, node, out);
		return;
	}
	part_say(scope, a, out);
	build_fmt(out, " %.*s ", TEXT_ARG(node->text));
	part_say(scope, b, out);
}

void value_say(const struct scope *scope, const struct node *node, struct build *out)
{
	switch (node->kind) {
	case NODE_NAME:
		name_say(scope, node->text, out);
		break;
	case NODE_MAP:
		map_say(scope, node, out);
		break;
	case NODE_FIELD:
		field_say(scope, node, out);
		break;
	case NODE_CALL:
		call_say(scope, node, out);
		break;
	case NODE_CAST:
		if (node->count)
			value_say(scope, node->kids[0], out);
		break;
	case NODE_UNARY:
		if (node->text.at[0] == '-' && node->count && node->kids[0]->kind == NODE_FIELD && text_is(node->kids[0]->text, "ret")) {
			build_put(out, "error number");
			break;
		}
		build_put(out, node->text.at[0] == '!' ? "not " : "");
		build_add(out, node->text.at[0] == '!' ? TEXT("") : node->text);
		if (node->count)
			part_say(scope, node->kids[0], out);
		break;
	case NODE_BINARY:
		binary_say(scope, node, out);
		break;
	case NODE_CHOICE:
		value_say(scope, node->kids[1], out);
		build_put(out, " if ");
		condition_say(scope, node->kids[0], out);
		build_put(out, ", else ");
		value_say(scope, node->kids[2], out);
		break;
	case NODE_TUPLE:
		build_put(out, "(");
		for (size_t i = 0; i < node->count; i++) {
			build_put(out, i ? ", " : "");
			value_say(scope, node->kids[i], out);
		}
		build_put(out, ")");
		break;
	default: /* as it is written */
		build_add(out, node->whole);
		break;
	}
}

void the_say(const struct scope *scope, const struct node *node, struct build *out)
{
	AUTO_BUILD words = { 0 };
	const struct store *store = node->kind == NODE_MAP ? store_find(scope->explanation, node->text) : NULL;
	const struct node *first = node;

	while (first->count && (first->kind == NODE_CAST || first->kind == NODE_BINARY || first->kind == NODE_CHOICE))
		first = first->kids[first->kind == NODE_CHOICE];
	value_say(scope, node, &words);
	/* What is called by its own name takes no article. */
	if (node->kind == NODE_FIELD && is_args(node->kids[0]))
		build_put(out, "its ");
	else if (words.len && (isalpha((unsigned char)words.at[0]) || (isdigit((unsigned char)words.at[0]) && first->kind == NODE_NAME)) && (node->kind != NODE_MAP || (store && store->brief)) &&
	    !(first->kind == NODE_NAME && isupper((unsigned char)first->text.at[0])) && !(first->kind == NODE_CALL && strchr(words.at, '(')))
		build_put(out, "the ");
	build_add(out, build_text(&words));
}

/* strncmp() and its kin are 0 when the texts are alike. */
static bool alike_say(const struct scope *scope, const struct node *node, bool alike, struct build *out)
{
	if (node->kind != NODE_CALL || node->count < 2 || (!text_is(node->text, "strncmp") && !text_is(node->text, "strcmp")))
		return false;
	build_put(out, "the ");
	value_say(scope, node->kids[0], out);
	build_put(out, alike ? " begins like " : " does not begin like ");
	value_say(scope, node->kids[1], out);
	return true;
}

static void truth_say(const struct scope *scope, const struct node *node, bool yes, struct build *out)
{
	if (alike_say(scope, node, !yes, out))
		return;
	if (node->kind == NODE_MAP) {
		build_fmt(out, "%.*s holds %s", TEXT_ARG(node->text), yes ? "something" : "nothing");
		if (node->count) {
			build_put(out, " for this ");
			keys_say(scope, node, out);
		}
		return;
	}
	if (node->kind == NODE_UNARY && text_is(node->text, "!") && node->count) {
		truth_say(scope, node->kids[0], !yes, out);
		return;
	}
	if (node->kind == NODE_BINARY) {
		build_put(out, yes ? "" : "not (");
		condition_say(scope, node, out);
		build_put(out, yes ? "" : ")");
		return;
	}
	if (node->kind == NODE_NUMBER || node->kind == NODE_TUPLE) {
		value_say(scope, node, out);
		return;
	}
	the_say(scope, node, out);
	build_put(out, yes ? " is not 0" : " is 0");
}

void condition_say(const struct scope *scope, const struct node *node, struct build *out)
{
	static const struct {
		const char *op, *words;
	} words[] = { { "==", "is" }, { "!=", "is not" }, { "<", "is below" }, { "<=", "is at most" }, { ">", "is above" }, { ">=", "is at least" } };
	const struct node *a, *b;

	if (node->kind != NODE_BINARY) {
		truth_say(scope, node, true, out);
		return;
	}
	a = node->kids[0];
	b = node->kids[1];
	if (text_is(node->text, "&&") || text_is(node->text, "||")) {
		bool either = node->text.at[0] == '|';
		bool left = a->kind == NODE_BINARY && text_is(a->text, either ? "&&" : "||");
		bool right = b->kind == NODE_BINARY && text_is(b->text, either ? "&&" : "||");

		build_put(out, left ? "(" : "");
		condition_say(scope, a, out);
		build_fmt(out, "%s %s %s", left ? ")" : "", either ? "or" : "and", right ? "(" : "");
		condition_say(scope, b, out);
		build_put(out, right ? ")" : "");
		return;
	}
	for (size_t i = 0; i < COUNT(words); i++) {
		if (!text_is(node->text, words[i].op))
			continue;
		if (i < 2 && text_is(b->text, "0") && alike_say(scope, a, i == 0, out))
			return;
		if (i < 2 && text_is(b->text, "0") && a->kind == NODE_MAP) {
			truth_say(scope, a, i == 1, out);
			return;
		}
		the_say(scope, a, out);
		build_fmt(out, " %s ", words[i].words);
		value_say(scope, b, out);
		return;
	}
	build_put(out, "(");
	value_say(scope, node, out);
	build_put(out, ") is not 0");
}
