/* Probes: what each watches, in words, and whether this machine has it. */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include "explain/internal.h"
#include "kernel/object.h"

static const struct {
	const char *kind, *alias;
} kinds[] = {
	{ "tracepoint", "t" }, { "rawtracepoint", "rt" }, { "kprobe", "k" }, { "kretprobe", "kr" }, { "kfunc", "f" },
	{ "kretfunc", "fr" }, { "fentry", "fentry" }, { "fexit", "fexit" }, { "uprobe", "u" }, { "uretprobe", "ur" },
	{ "usdt", "U" }, { "profile", "p" }, { "interval", "i" }, { "software", "s" }, { "hardware", "h" },
	{ "watchpoint", "w" }, { "asyncwatchpoint", "aw" }, { "iter", "it" }, { "BEGIN", "begin" }, { "END", "end" },
	{ "self", "self" }, { "bench", "bench" }, { "test", "test" },
};

const char *probe_kind_of(struct text name, struct text *rest)
{
	struct text kind;

	text_next(&name, ':', &kind);
	if (rest)
		*rest = name;
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (text_is(kind, kinds[i].kind) || text_is(kind, kinds[i].alias))
			return kinds[i].kind;
	return NULL;
}

static bool wild(const char *name)
{
	return strpbrk(name, "*?[") != NULL;
}

static void told(struct explanation *e, struct watch *watch, const char *lead, const char *thing, const char *tail)
{
	(void)e;
	watch->lead = lead;
	watch->thing = thing;
	watch->tail = tail;
}

static void cannot(struct watch *watch, const char *why)
{
	watch->reach = REACH_NO;
	watch->why = why;
}

/* ---- tracepoints ---- */

static void tracepoint_look(struct explanation *e, struct watch *watch, const char *system, const char *name)
{
	const struct tracepoint *list;
	struct error why = { 0 };
	size_t count = 0;

	if (kernel_tracepoints(e->kernel, &list, &count, &why) < 0) {
		watch->reach = REACH_UNKNOWN;
		watch->why = arena_fmt(e->arena, "the tracepoints of this kernel cannot be read: %s", why.text);
		return;
	}
	for (size_t i = 0; i < count; i++)
		if (fnmatch(system, list[i].system, 0) == 0 && fnmatch(name, list[i].name, 0) == 0)
			watch->matches++;
	if (!watch->matches)
		cannot(watch, wild(name) ? "no tracepoint of this kernel matches" : "this kernel has no such tracepoint");
}

static void tracepoint_tell(struct explanation *e, struct watch *watch, struct text rest)
{
	struct text system, call;
	const char *name, *shown;
	long number;

	text_next(&rest, ':', &system);
	name = arena_text(e->arena, rest);
	tracepoint_look(e, watch, arena_text(e->arena, system), name);
	watch->counts = arena_fmt(e->arena, "tracepoint:%.*s:%s", TEXT_ARG(system), name);
	call = text_starts(rest, "sys_enter_") ? text_from(rest, 10) : text_from(rest, 9);
	/* The kernel's name of a call may not be that of programs: newstat. */
	number = text_is(system, "syscalls") ? syscall_number(arena_text(e->arena, call)) : -1;
	call = number >= 0 ? text_of(syscall_name(number)) : call;
	shown = text_is(call, "*") ? "any system call" : wild(name) ? arena_fmt(e->arena, "a system call that matches %.*s", TEXT_ARG(call))
								     : arena_fmt(e->arena, "%.*s()", TEXT_ARG(call));
	if (text_is(system, "syscalls") && text_starts(rest, "sys_enter_"))
		told(e, watch, "a program calls", shown, "");
	else if (text_is(system, "syscalls") && text_starts(rest, "sys_exit_"))
		told(e, watch, "", shown, "returns");
	else if (text_is(system, "raw_syscalls"))
		told(e, watch, text_is(rest, "sys_enter") ? "a program calls" : "", "any system call", text_is(rest, "sys_enter") ? "" : "returns");
	else if (wild(name))
		told(e, watch, "the kernel passes any tracepoint that matches", arena_fmt(e->arena, "%.*s:%s", TEXT_ARG(system), name), "");
	else
		told(e, watch, "the kernel passes the tracepoint", arena_fmt(e->arena, "%.*s:%s", TEXT_ARG(system), name), "");
}

/* A raw tracepoint is the same place under its bare name. */
static void raw_tell(struct explanation *e, struct watch *watch, struct text rest)
{
	const struct tracepoint *list;
	const char *name = arena_text(e->arena, rest), *bare = strchr(name, ':') ? strchr(name, ':') + 1 : name;
	size_t count = 0;

	told(e, watch, "the kernel passes the raw tracepoint", name, "");
	tracepoint_look(e, watch, "*", bare);
	if (watch->reach == REACH_YES && !wild(bare) && kernel_tracepoints(e->kernel, &list, &count, NULL) == 0)
		for (size_t i = 0; i < count; i++)
			if (strcmp(list[i].name, bare) == 0)
				watch->counts = arena_fmt(e->arena, "tracepoint:%s:%s", list[i].system, bare);
}

const struct tracepoint *watch_tracepoint(const struct explanation *e, const struct watch *watch)
{
	struct text rest = text_of(watch->counts), part, system;
	char names[2][128];

	text_next(&rest, ':', &part);
	if (!watch->counts || !text_is(part, "tracepoint") || wild(watch->counts))
		return NULL;
	text_next(&rest, ':', &system);
	snprintf(names[0], sizeof(names[0]), "%.*s", TEXT_ARG(system));
	snprintf(names[1], sizeof(names[1]), "%.*s", TEXT_ARG(rest));
	return kernel_tracepoint(e->kernel, names[0], names[1]);
}

/* ---- functions of the kernel ---- */

static void function_tell(struct explanation *e, struct watch *watch, const char *kind, struct text rest)
{
	bool returns = strstr(kind, "ret") || strcmp(kind, "fexit") == 0, fast = kind[0] == 'f' || kind[1] == 'f' || strcmp(kind, "kretfunc") == 0;
	struct text module, name = rest;
	char why[200] = "";
	size_t at;

	if (text_has(rest, ":")) {
		text_next(&name, ':', &module);
		told(e, watch, returns ? "the kernel returns from" : "the kernel enters",
		     arena_fmt(e->arena, "%.*s() of %.*s", TEXT_ARG(name), TEXT_ARG(module)), "");
	} else if (wild(arena_text(e->arena, rest))) {
		told(e, watch, returns ? "the kernel returns from" : "the kernel enters",
		     arena_fmt(e->arena, "any function that matches %.*s", TEXT_ARG(rest)), "");
	} else {
		told(e, watch, returns ? "the kernel returns from its function" : "the kernel enters its function",
		     arena_fmt(e->arena, "%.*s()", TEXT_ARG(rest)), "");
	}
	watch->counts = arena_fmt(e->arena, "%s:%.*s", kind, TEXT_ARG(rest));
	if (text_find(name, "+", &at))
		name = text_until(name, at);
	if (!kernel_can(e->kernel, fast ? KERNEL_FENTRY : KERNEL_KPROBES, why))
		cannot(watch, arena_fmt(e->arena, "functions of this kernel cannot be watched so%s%s", why[0] ? ": " : "", why));
	else if (!wild(watch->counts) && !kernel_has_function(e->kernel, arena_text(e->arena, name)))
		cannot(watch, "this kernel has no such function, or none that can be watched: it may be inlined, or be called otherwise");
}

/* ---- functions and probes of programs ---- */

static void program_tell(struct explanation *e, struct watch *watch, const char *kind, struct text rest)
{
	struct text path, name = rest;
	AUTO_OBJECT object = NULL;
	AUTO_FREE char *file = NULL;
	struct error why = { 0 };
	const char *bare, *given;
	size_t count = 0, at;

	text_next(&name, ':', &path);
	given = arena_text(e->arena, path);
	bare = arena_text(e->arena, name);
	if (strcmp(kind, "usdt") == 0)
		told(e, watch, "a program passes", arena_fmt(e->arena, "the probe %s that its authors placed in %s", bare, given), "");
	else
		told(e, watch, kind[1] == 'r' ? "a program returns from" : "a program calls",
		     arena_fmt(e->arena, "%s%s%s", wild(bare) ? "any function that matches " : "", bare, wild(bare) ? "" : "()"),
		     arena_fmt(e->arena, "of %s", given));
	watch->counts = watch->name;
	if (strchr(given, '*') || given[0] == '$' || bare[0] == '$' || !bare[0]) {
		watch->reach = REACH_UNKNOWN;
		watch->why = "which file it means is only known when it runs";
		watch->counts = NULL;
		return;
	}
	file = object_locate(given);
	if (!file)
		return cannot(watch, arena_fmt(e->arena, "there is no program or library '%s' here", given));
	object = object_open(file, &why);
	if (!object)
		return cannot(watch, arena_fmt(e->arena, "%s", why.text));
	if (strcmp(kind, "usdt") == 0) {
		const struct usdt *list = object_usdt(object, &count);

		for (size_t i = 0; i < count; i++) {
			AUTO_FREE char *both = NULL;

			if (asprintf(&both, "%s:%s", list[i].provider, list[i].name) > 0 &&
			    (fnmatch(bare, both, 0) == 0 || fnmatch(bare, list[i].name, 0) == 0))
				watch->matches++;
		}
	} else if (wild(bare)) {
		const struct symbol *list = object_functions(object, &count);

		for (size_t i = 0; i < count; i++)
			watch->matches += fnmatch(bare, list[i].name, 0) == 0;
	} else {
		if (text_find(text_of(bare), "+", &at))
			bare = arena_text(e->arena, text_until(text_of(bare), at));
		/* An address, a name as C++ writes it, a language in front: bpftrace finds these by itself. */
		watch->matches = object_function(object, bare) || strpbrk(bare, "(: ") || strncmp(bare, "0x", 2) == 0;
	}
	if (!watch->matches)
		cannot(watch, arena_fmt(e->arena, "%s has no such %s here", given, strcmp(kind, "usdt") == 0 ? "probe" : "function"));
}

/* ---- clocks and counters ---- */

static void timer_tell(struct explanation *e, struct watch *watch, const char *kind, struct text rest)
{
	bool all = strcmp(kind, "profile") == 0;
	struct text unit = TEXT("s"), count = rest;
	long long number = 0;
	double period;

	if (text_has(rest, ":"))
		text_next(&count, ':', &unit);
	text_number(count, &number);
	period = text_is(unit, "us") ? 1e-6 : text_is(unit, "ms") ? 1e-3 : 1;
	if (number <= 0) {
		told(e, watch, "", all ? "a clock ticks on every CPU" : "a clock ticks", "");
		return;
	}
	watch->rate = (text_is(unit, "hz") ? (double)number : 1 / (period * (double)number)) * (all ? kernel_machine(e->kernel)->cpus : 1);
	if (text_is(unit, "hz"))
		told(e, watch, "", arena_fmt(e->arena, "a clock ticks, %lld times a second%s", number, all ? " on every CPU" : ""), "");
	else
		told(e, watch, "", arena_fmt(e->arena, "%lld %.*s have passed%s", number, TEXT_ARG(unit), all ? ", on every CPU" : " (again and again)"), "");
}

static void counter_tell(struct explanation *e, struct watch *watch, const char *kind, struct text rest)
{
	struct text name, each = rest;
	bool hard = strcmp(kind, "hardware") == 0;
	char why[200] = "";

	text_next(&each, ':', &name);
	told(e, watch, "", each.len ? arena_fmt(e->arena, "%s counts %.*s more of %.*s", hard ? "the processor" : "the kernel", TEXT_ARG(each), TEXT_ARG(name))
				    : arena_fmt(e->arena, "%s counts some more of %.*s", hard ? "the processor" : "the kernel", TEXT_ARG(name)), "");
	watch->counts = watch->name;
	if (!kernel_can(e->kernel, hard ? KERNEL_HARDWARE_EVENTS : KERNEL_SOFTWARE_EVENTS, why))
		cannot(watch, arena_fmt(e->arena, "there are no %s events here%s%s", kind, why[0] ? ": " : "", why));
}

struct watch *watch_add(struct explanation *e, const char *name, unsigned line)
{
	struct watch *watch = vec_new(&e->watches);
	struct text rest;
	const char *kind = probe_kind_of(text_of(name), &rest);

	*watch = (struct watch){ .name = name, .line = line, .rate = -1, .count = -1, .seconds = -1, .lead = "", .tail = "" };
	if (!kind) {
		told(e, watch, "the probe", name, "fires, whose kind is not known here");
		watch->reach = REACH_UNKNOWN;
		watch->why = "the kind of this probe is not known here";
	} else if (strcmp(kind, "BEGIN") == 0 || strcmp(kind, "END") == 0) {
		told(e, watch, "", kind[0] == 'B' ? "it starts" : "it ends", "");
		watch->rate = 0;
	} else if (strcmp(kind, "tracepoint") == 0) {
		tracepoint_tell(e, watch, rest);
	} else if (strcmp(kind, "rawtracepoint") == 0) {
		raw_tell(e, watch, rest);
	} else if (strstr("kprobe kretprobe kfunc kretfunc fentry fexit", kind)) {
		function_tell(e, watch, kind, rest);
	} else if (strstr("uprobe uretprobe usdt", kind)) {
		program_tell(e, watch, kind, rest);
	} else if (strstr("profile interval", kind)) {
		timer_tell(e, watch, kind, rest);
	} else if (strstr("software hardware", kind)) {
		counter_tell(e, watch, kind, rest);
	} else if (strstr(kind, "watchpoint")) {
		told(e, watch, "a program touches the memory", arena_text(e->arena, rest), "");
		watch->unmeasured = "a watchpoint stops the program at every access";
	} else if (strcmp(kind, "iter") == 0) {
		told(e, watch, "it goes once through every", arena_text(e->arena, rest), "of the kernel");
		watch->rate = 0;
	} else {
		told(e, watch, "", arena_fmt(e->arena, "%s is called", name), "");
		watch->rate = 0;
	}
	return watch;
}
