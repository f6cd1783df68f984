/* What could go wrong with a bpftrace program: what its text tells, held against this kernel and this bpftrace. */
#include <stdlib.h>
#include <string.h>
#include "base/file.h"
#include "explain/internal.h"
#include "trace/script/policy.h"
#include "trace/run/run.h"

#define KEYS_DEFAULT 4096 /* of a map, unless BPFTRACE_MAP_KEYS_MAX (max_map_keys) says otherwise */
#define CHECKED_MOST ((size_t)32 << 10) /* bytes of a program that bpftrace is asked about */
#define FLOOD	     1000 /* lines a second that nobody reads */

struct look {
	struct explanation *explanation;
	const struct block *block;
	struct step *step;
	bool stack;
};

static void print_look(void *context, const struct action *action)
{
	static const char *const printers[] = { "printf", "join", "time", "print" };
	unsigned *line = context;

	for (size_t i = 0; !*line && action->kind == ACTION_DO && action->value->kind == NODE_CALL && i < COUNT(printers); i++)
		if (text_is(action->value->text, printers[i]))
			*line = action->line;
}

/* The line where the block first prints; 0: it does not. */
static unsigned prints_at(const struct block *block)
{
	unsigned line = 0;

	actions_each(block->body.at, block->body.len, print_look, &line);
	return line;
}

static void node_look(void *context, const struct node *node)
{
	struct look *look = context;
	const char *acts = node->kind == NODE_CALL ? policy_call(node->text) : NULL;

	if (acts)
		risk_add(look->explanation, RISK_DANGER, node->line, "%.*s() %s.", TEXT_ARG(node->text), acts);
	if ((node->kind == NODE_NAME || node->kind == NODE_CALL) && (text_is(node->text, "kstack") || text_is(node->text, "ustack")))
		look->stack = true;
}

static void action_look(void *context, const struct action *action)
{
	struct look *look = context;

	nodes_each(action->target, node_look, look);
	nodes_each(action->value, node_look, look);
	if (action->kind == ACTION_LOOP && text_is(action->word, "while"))
		risk_add(look->explanation, RISK_NOTE, action->line, "A while loop must have an end that the kernel's verifier can see, or it is refused.");
}

/* ---- maps ---- */

static bool grows(const struct node *key, struct text *by)
{
	static const char *const endless[] = { "nsecs", "elapsed", "rand", "jiffies" };

	for (size_t i = 0; key && i < key->count; i++) {
		const struct node *part = key->kids[i];

		for (size_t k = 0; k < COUNT(endless); k++)
			if (text_is(part->text, endless[k])) {
				*by = part->whole;
				return true;
			}
	}
	return false;
}

/* Keys of which there are thousands: addresses, sectors, threads, text. */
static bool many(const struct node *key, struct text *by)
{
	static const char *const names[] = { "sector", "skaddr", "skbaddr", "inode", "ino", "addr", "address", "offset", "ptr", "filename", "retval" };

	for (size_t i = 0; key && i < key->count; i++) {
		const struct node *part = key->kids[i];
		struct text name = part->kind == NODE_CALL && part->count && text_is(part->text, "str") ? part->kids[0]->text : part->text;

		*by = part->whole;
		if (part->kind == NODE_NAME && text_starts(part->text, "arg") && !text_is(part->text, "args"))
			return true;
		for (size_t k = 0; k < COUNT(names); k++)
			if (text_is(name, names[k]))
				return true;
	}
	return false;
}

static void store_look(struct explanation *e, const struct store *store, bool has_end)
{
	bool helper = store->read && (strcmp(store->measure, "value") == 0 || strcmp(store->measure, "counter") == 0);
	struct text by;

	if (strcmp(store->measure, "nothing") == 0) {
		risk_add(e, RISK_WARNING, store->line, "%s is used, but nothing is ever put into it.", store->name);
		return;
	}
	if (store->time && store->keys && store->read && !store->deleted && !store->cleared)
		risk_add(e, RISK_WARNING, store->line, "%s keeps a start time for each %s and never forgets one: it fills up (%d entries by default), and a "
			 "later end may be paired with an old start. delete(%s[…]) belongs after its use.", store->name, store->keys, KEYS_DEFAULT, store->name);
	else if (grows(store->key, &by))
		risk_add(e, RISK_WARNING, store->line, "%s has %.*s in its key, which is new each time: every event is an entry, and after %d of them (by default) new "
			 "ones are lost.", store->name, TEXT_ARG(by), KEYS_DEFAULT);
	else if (!store->deleted && !store->cleared && many(store->key, &by))
		risk_add(e, RISK_NOTE, store->line, "%s has an entry for every %.*s, of which there may be many: after %d entries (by default) new ones are lost "
			 "without a word; BPFTRACE_MAP_KEYS_MAX raises that.", store->name, TEXT_ARG(by), KEYS_DEFAULT);
	else if (helper && store->time && store->deleted && store->key && !store->ended)
		risk_add(e, RISK_NOTE, store->line, "What is under way at the end stays in %s and is printed with the result; clear(%s) in %s would leave it out.",
			 store->name, store->name, has_end ? "the END block" : "an END block");
	else if (helper && store->key && !store->ended && !store->cleared && !store->deleted)
		risk_add(e, RISK_NOTE, store->line, "%s only serves the program, but is printed at the end, as nothing clears it.", store->name);
	if (store->time && store->key && store->key->count == 1 && store->key->kids[0]->kind == NODE_NAME &&
	    text_is(store->key->kids[0]->text, "pid") && store->deleted)
		risk_add(e, RISK_WARNING, store->line, "%s is kept for each process: threads of one process that do this at the same time overwrite each other's; "
			 "tid would keep them apart.", store->name);
	if (store->time && store->read && !store->filtered && store->key && !store->cleared)
		risk_add(e, RISK_NOTE, store->line, "No filter asks whether %s holds a start: where the start was not seen, the time since 0 is taken, which is "
			 "far too long.", store->name);
}

/* A check within the block does as well as a filter. */
static void guard_survey(void *context, const struct node *node)
{
	struct explanation *e = context;
	struct store *store = node->kind == NODE_MAP ? store_find(e, node->text) : NULL;

	if (store)
		store->filtered = true;
}

static void guard_look(void *context, const struct action *action)
{
	if (action->kind == ACTION_IF)
		nodes_each(action->value, guard_survey, context);
}

/* ---- blocks and probes ---- */

/* "kprobe:a, kprobe:b and 3 others": the watches that `is` finds like the one at `first`. */
static bool watches_name(const struct explanation *e, size_t first, bool (*is)(const struct watch *a, const struct watch *b), struct build *out)
{
	size_t count = 0;

	for (size_t i = 0; i < e->watches.len; i++) {
		const struct watch *watch = &e->watches.at[i];

		if (!is(watch, &e->watches.at[first]))
			continue;
		if (i < first)
			return false; /* told with that one */
		if (count++ < 3)
			build_fmt(out, "%s%s", count > 1 ? ", " : "", watch->name);
	}
	if (count > 3)
		build_fmt(out, " and %zu %s", count - 3, count == 4 ? "other" : "others");
	return true;
}

static bool like_why(const struct watch *a, const struct watch *b)
{
	return a->reach == b->reach && a->why && b->why && strcmp(a->why, b->why) == 0;
}

static const char *watch_kind(const struct watch *watch)
{
	return probe_kind_of(text_of(watch->counts ? watch->counts : watch->name), NULL);
}

static bool like_kind(const struct watch *a, const struct watch *b)
{
	const char *one = watch_kind(a), *other = watch_kind(b);

	return one && one == other;
}

static bool like_function(const struct watch *a, const struct watch *b)
{
	static const char functions[] = "kprobe kretprobe kfunc kretfunc fentry fexit";
	const char *one = watch_kind(a), *other = watch_kind(b);

	return one && other && strstr(functions, one) && strstr(functions, other);
}

static void watch_look(struct explanation *e, size_t at)
{
	const struct watch *watch = &e->watches.at[at];
	const char *kind = watch_kind(watch);
	AUTO_BUILD names = { 0 };

	if (watch->reach != REACH_YES && watches_name(e, at, like_why, &names))
		risk_add(e, watch->reach == REACH_NO ? RISK_WARNING : RISK_NOTE, watch->line,
			 watch->reach == REACH_NO ? "%s cannot be attached here: %s." : "It is not known whether %s can be attached here: %s.", names.at, watch->why);
	build_clear(&names);
	if (like_function(watch, watch) && watches_name(e, at, like_function, &names))
		risk_add(e, RISK_NOTE, watch->line, "Functions of the kernel are no promise: another kernel may name them otherwise, inline them or give them other arguments "
			 "(%s). A tracepoint lasts longer.", names.at);
	build_clear(&names);
	if (kind && strcmp(kind, "kretprobe") == 0 && watches_name(e, at, like_kind, &names))
		risk_add(e, RISK_NOTE, watch->line, "A kretprobe misses returns when too many calls are under way at once.");
	if (kind && strcmp(kind, "uretprobe") == 0 && watches_name(e, at, like_kind, &names))
		risk_add(e, RISK_NOTE, watch->line, "A uretprobe changes the return address on the stack: programs that look at it (Go, some profilers) may crash.");
}

static void block_look(struct explanation *e, const struct block *block, struct step *step)
{
	struct look look = { e, block, step, false };
	bool warm = false;
	unsigned prints = prints_at(block);

	fields_check(e, block, step);
	nodes_each(block->filter, node_look, &look);
	actions_each(block->body.at, block->body.len, action_look, &look);
	for (size_t i = 0; i < step->count; i++) {
		const struct watch *watch = &e->watches.at[step->first + i];

		warm |= policy_hot(watch->name);
	}
	if (prints && warm && !block->filter)
		risk_add(e, RISK_WARNING, prints, "It prints a line at every firing of %s, which fires very often on a busy machine: lines will be lost. Count in a map, or filter.",
			 e->watches.at[step->first].name);
	if (look.stack && warm)
		risk_add(e, RISK_NOTE, block->line, "Taking a stack costs some microseconds, at a probe that fires very often.");
	vec_each(action, &block->body)
		if (action->kind == ACTION_OTHER)
			risk_add(e, RISK_WARNING, action->line, "This is not understood here, and perhaps not by bpftrace: %.*s", TEXT_ARG(text_until(action->whole, 60)));
}

/* Blocks that never run, as no probe of theirs can be attached. */
static void idle_look(struct explanation *e)
{
	AUTO_BUILD lines = { 0 };
	size_t idle = 0, events = 0;
	unsigned first = 0;

	vec_each(step, &e->steps) {
		bool none = step->count > 0;

		if (step->count && e->watches.at[step->first].rate == 0)
			continue;
		events++;
		for (size_t i = 0; i < step->count; i++)
			none &= e->watches.at[step->first + i].reach == REACH_NO;
		if (!none)
			continue;
		first = first ? first : step->line;
		if (step->name)
			build_fmt(&lines, "%s%s()", idle++ ? ", " : "", step->name);
		else
			build_fmt(&lines, "%s%u", idle++ ? ", " : "", step->line);
	}
	if (idle && idle == events)
		risk_add(e, RISK_WARNING, first, "None of its probes can be attached on this machine: it would show nothing.");
	else if (idle)
		risk_add(e, RISK_WARNING, first, "What it does %s%s %s never happens here, as no probe of it can be attached.",
			 e->kind == EXPLAIN_BPFTRACE ? "at line" : "in", e->kind == EXPLAIN_BPFTRACE && idle > 1 ? "s" : "", lines.at);
}

/* Headers that bpftrace would read; what they declare, the kernel's types (BTF) hold too. */
static void includes_look(struct explanation *e)
{
	static const char *const folders[] = { "/usr/include", "/usr/include/%2$s-linux-gnu", "/lib/modules/%1$s/build/include", "/lib/modules/%1$s/source/include" };
	const struct machine *machine = kernel_machine(e->kernel);
	AUTO_BUILD missing = { 0 };

	vec_each(include, &e->script.includes) {
		bool found = include->no_types && kernel_has_btf(e->kernel);

		for (size_t i = 0; i < COUNT(folders) && !found; i++) {
			AUTO_BUILD path = { 0 };

			build_fmt(&path, folders[i], machine->release, machine->arch);
			build_fmt(&path, "/%s", include->name);
			found = file_exists(path.at);
		}
		if (!found)
			build_fmt(&missing, "%s%s", missing.len ? ", " : "", include->name);
	}
	if (missing.len)
		risk_add(e, RISK_WARNING, 0, "It includes headers that are not on this machine (%s): bpftrace refuses it.", missing.at);
}

/* ---- the whole ---- */

static void write_given(void *context, pid_t tracer, pid_t command, struct build *out)
{
	(void)tracer;
	(void)command;
	build_add(out, *(const struct text *)context);
}

static void ignore_event(void *context, const struct event *event)
{
	(void)context;
	(void)event;
}

/* bpftrace's own check, where it has one that runs nothing of the program: before 0.22. */
static void compile_look(struct explanation *e, struct text text, const struct tracer_facts *facts)
{
	struct run_spec spec = { .bpftrace = facts->bpftrace, .dialect = facts->dialect, .check = "-d", .write_program = write_given,
				 .event = ignore_event, .context = &text };
	struct run_report report;
	struct text rest, line;
	size_t at;

	if (text.len > CHECKED_MOST || !facts->bpftrace || !facts->dialect || facts->dialect->dry_run || !kernel_machine(e->kernel)->root)
		return;
	if (run_program(&spec, &report, NULL) < 0 || report.stage == RUN_DONE || report.interrupted)
		return;
	rest = text_of(report.error);
	while (text_line(&rest, &line))
		if (text_find(line, "ERROR: ", &at))
			risk_add(e, RISK_WARNING, text_starts(line, "stdin:") ? (unsigned)strtoul(line.at + 6, NULL, 10) : 0,
				 "The bpftrace that is installed does not take it: %.*s", TEXT_ARG(text_from(line, at + 7)));
}

static int risk_order(const void *a, const void *b)
{
	const struct risk *x = a, *y = b;

	return x->level != y->level ? (int)y->level - (int)x->level : (x->line > y->line) - (x->line < y->line);
}

void probes_weigh(struct explanation *e)
{
	for (size_t i = 0; i < e->watches.len; i++)
		watch_look(e, i);
	idle_look(e);
	if (e->risks.len > 1)
		qsort(e->risks.at, e->risks.len, sizeof(*e->risks.at), risk_order);
}

void program_risks(struct explanation *e, struct text text, const struct tracer_facts *facts)
{
	struct error refused = { 0 };
	bool has_end = false;

	if (policy_check(text, &refused) < 0 && text_has(text_of(refused.text), "preprocessor"))
		risk_add(e, RISK_NOTE, 0, "It includes other files or has preprocessor lines; syswhy would not run it for that.");
	else if (refused.code && !text_has(text_of(refused.text), "() "))
		risk_add(e, RISK_DANGER, 0, "syswhy would not run it: %s.", refused.text);
	if (e->script.shebang && strstr(e->script.shebang, "--unsafe"))
		risk_add(e, RISK_DANGER, 1, "It asks for unsafe mode, in which programs may act on the machine.");
	vec_each(problem, &e->script.problems)
		risk_add(e, RISK_WARNING, problem->line, "Not understood: %s.", problem->text);
	for (size_t i = 0; i < e->script.blocks.len; i++) {
		const struct block *block = &e->script.blocks.at[i];

		actions_each(block->body.at, block->body.len, guard_look, e);
		for (size_t k = 0; k < block->probes.len; k++)
			has_end |= strcmp(block->probes.at[k].name, "END") == 0;
		block_look(e, block, &e->steps.at[i]);
	}
	includes_look(e);
	vec_each(store, &e->stores)
		store_look(e, store, has_end);
	if (facts->dialect)
		syntax_risks(e, facts->dialect);
	if (refused.code == 0)
		compile_look(e, text, facts);
	probes_weigh(e);
}

void explain_weigh(struct explanation *e)
{
	for (size_t i = 0; e->kind == EXPLAIN_BPFTRACE && i < e->script.blocks.len; i++) {
		const struct step *step = &e->steps.at[i];
		unsigned prints = prints_at(&e->script.blocks.at[i]);
		double rate = 0;

		for (size_t k = 0; k < step->count; k++) {
			const struct watch *watch = &e->watches.at[step->first + k];

			rate += watch->seconds > 0 ? watch->count / watch->seconds : 0;
		}
		if (prints && rate > FLOOD)
			risk_add(e, RISK_WARNING, prints, "It prints at a block whose probes fired %.0f times a second just now%s: lines will be lost.", rate,
				 e->script.blocks.at[i].filter ? ", before its filter" : "");
	}
	vec_each(watch, &e->watches) {
		double rate = watch->seconds > 0 ? watch->count / watch->seconds : 0;
		const char *kind = watch_kind(watch);

		if (watch->reach == REACH_NO && watch->unmeasured && watch->unmeasured == watch->why)
			risk_add(e, RISK_WARNING, watch->line, "%s could not be attached here: %s.", watch->name, watch->why);
		if (kind && rate > 20000 && strstr("uprobe uretprobe usdt", kind))
			risk_add(e, RISK_WARNING, watch->line, "%s fired %.0f times a second just now; each firing stops the program for about a microsecond or more.", watch->name, rate);
		else if (rate > 200000)
			risk_add(e, RISK_WARNING, watch->line, "%s fired %.0f times a second just now: watching it costs a noticeable part of a processor.", watch->name, rate);
	}
	if (e->risks.len > 1)
		qsort(e->risks.at, e->risks.len, sizeof(*e->risks.at), risk_order);
}
