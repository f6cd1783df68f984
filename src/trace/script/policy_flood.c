/* Output without bound: a line at every firing of a probe that fires all the time fills every buffer and shows nothing. */
#include <fnmatch.h>
#include <string.h>
#include "trace/script/policy.h"
#include "trace/script/script.h"

/* Probes that fire so often on any busy machine that each firing counts. */
static const char *const hot[] = {
	"tracepoint:sched:sched_switch", "tracepoint:sched:sched_wak*", "tracepoint:sched:sched_stat_*", "tracepoint:raw_syscalls:*",
	"tracepoint:syscalls:sys_enter_\\*", "tracepoint:syscalls:sys_exit_\\*", "tracepoint:kmem:*", "tracepoint:timer:*", "tracepoint:irq*:*",
	"tracepoint:lock:*", "tracepoint:rcu:*", "tracepoint:syscalls:sys_*_read", "tracepoint:syscalls:sys_*_write", "tracepoint:syscalls:sys_*_futex",
	"*:malloc", "*:free", "*:*_spin_*lock*", "*:schedule", "*:finish_task_switch*", "tracepoint:skb:*", "tracepoint:net:*", "tracepoint:exceptions:*",
	"*:kmalloc*", "*:kfree*", "*:kmem_cache_*", "*:memcpy*", "*:strlen*", "*:tcp_sendmsg", "*:tcp_recvmsg", "*:vfs_read", "*:vfs_write", "*:ip_output",
	"rawtracepoint:sys_enter", "rawtracepoint:sys_exit", "rawtracepoint:sched_switch", "rawtracepoint:sched_wak*",
};
/* Some of them by their names: a wildcard that fits one is as hot. */
static const char *const examples[] = {
	"tracepoint:sched:sched_switch", "tracepoint:sched:sched_waking", "tracepoint:sched:sched_stat_runtime", "tracepoint:raw_syscalls:sys_enter",
	"tracepoint:raw_syscalls:sys_exit", "tracepoint:syscalls:sys_enter_read", "tracepoint:syscalls:sys_exit_read", "tracepoint:syscalls:sys_enter_futex",
	"tracepoint:syscalls:sys_exit_futex", "tracepoint:syscalls:sys_enter_write", "tracepoint:syscalls:sys_exit_write", "tracepoint:kmem:kmem_cache_alloc",
	"tracepoint:timer:hrtimer_start", "tracepoint:irq:softirq_entry", "tracepoint:irq_vectors:local_timer_entry", "tracepoint:rcu:rcu_utilization",
	"tracepoint:skb:consume_skb", "tracepoint:net:net_dev_queue", "tracepoint:exceptions:page_fault_user", "rawtracepoint:sys_enter",
	"rawtracepoint:sched_switch", "kprobe:vfs_read", "kprobe:vfs_write", "kprobe:schedule", "kprobe:kmalloc", "kprobe:kfree", "kprobe:kmem_cache_alloc",
	"kprobe:tcp_sendmsg", "kprobe:tcp_recvmsg", "kprobe:ip_output", "kprobe:_raw_spin_lock", "kprobe:__x64_sys_read", "kprobe:ksys_read",
	"uprobe:*:malloc", "uprobe:*:free", "uprobe:*:memcpy", "uprobe:*:strlen",
};

/* "t:a:b" as "tracepoint:a:b"; what watches functions of the kernel as "kprobe:…", of programs as "uprobe:…". */
static void name_write(const char *name, struct build *out)
{
	static const char *const kinds[][2] = {
		{ "t", "tracepoint" }, { "rt", "rawtracepoint" }, { "k", "kprobe" }, { "kr", "kprobe" }, { "kretprobe", "kprobe" }, { "f", "kprobe" },
		{ "fr", "kprobe" }, { "kfunc", "kprobe" }, { "kretfunc", "kprobe" }, { "fentry", "kprobe" }, { "fexit", "kprobe" }, { "u", "uprobe" },
		{ "ur", "uprobe" }, { "uretprobe", "uprobe" },
	};
	struct text rest = text_of(name), kind, part, last = { 0 };
	const char *full = NULL;

	text_next(&rest, ':', &kind);
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (text_is(kind, kinds[i][0]))
			full = kinds[i][1];
	build_add(out, full ? text_of(full) : kind);
	if (text_is(build_text(out), "kprobe") || text_is(build_text(out), "uprobe")) {
		bool program = text_is(build_text(out), "uprobe");

		while (text_next(&rest, ':', &part)) /* a module, a program, a language may stand before the function */
			last = part;
		build_fmt(out, "%s:%.*s", program ? ":*" : "", TEXT_ARG(last));
		return;
	}
	build_fmt(out, ":%.*s", TEXT_ARG(rest));
}

bool policy_hot(const char *probe)
{
	AUTO_BUILD name = { 0 };

	name_write(probe, &name);
	for (size_t i = 0; i < COUNT(hot); i++)
		if (fnmatch(hot[i], probe, 0) == 0 || fnmatch(hot[i], name.at, 0) == 0)
			return true;
	if (!strpbrk(name.at + strcspn(name.at, ":"), "*?["))
		return false;
	for (size_t i = 0; i < COUNT(examples); i++)
		if (fnmatch(name.at, examples[i], 0) == 0)
			return true;
	return false;
}

/* Whether most firings do not pass: something is compared with what it mostly is not. */
static bool narrows(const struct node *node)
{
	static const char *const everyones[] = { "pid", "tid", "uid", "gid", "cpu", "comm", "nsecs", "elapsed" };
	bool equal, order;

	if (!node)
		return false;
	if (node->kind == NODE_MAP || node->kind == NODE_CALL)
		return true;
	if (node->kind == NODE_UNARY)
		return node->count && node->kids[0]->kind == NODE_MAP;
	if (node->kind != NODE_BINARY || node->count != 2)
		return false;
	if (text_is(node->text, "&&"))
		return narrows(node->kids[0]) || narrows(node->kids[1]);
	if (text_is(node->text, "||"))
		return narrows(node->kids[0]) && narrows(node->kids[1]);
	equal = text_is(node->text, "==") || text_is(node->text, "&");
	order = text_is(node->text, "<") || text_is(node->text, ">") || text_is(node->text, "<=") || text_is(node->text, ">=");
	if (node->kids[0]->kind == NODE_NUMBER && node->kids[1]->kind == NODE_NUMBER)
		return false;
	/* "pid > 0" lets all pass. */
	for (size_t i = 0; order && i < COUNT(everyones); i++)
		if (text_is(node->kids[0]->text, everyones[i]) || text_is(node->kids[1]->text, everyones[i]))
			return false;
	if (text_is(node->text, "!="))
		return node->kids[0]->kind == NODE_MAP || node->kids[1]->kind == NODE_MAP;
	return equal || order;
}

struct look {
	unsigned line; /* of the first that prints without bound; 0: none */
	struct text call;
	bool ends;     /* exit() at its top: it runs once */
};

static void actions_look(struct look *look, const struct action *actions, size_t count, bool top)
{
	static const char *const printers[] = { "printf", "print", "join", "time" };

	for (size_t i = 0; i < count; i++) {
		const struct action *action = &actions[i];
		const struct node *call = action->kind == ACTION_DO && action->value && action->value->kind == NODE_CALL ? action->value : NULL;

		for (size_t k = 0; call && k < COUNT(printers); k++)
			if (text_is(call->text, printers[k]) && !look->line) {
				look->line = action->line;
				look->call = call->text;
			}
		look->ends |= top && call && text_is(call->text, "exit");
		if (action->kind == ACTION_IF && narrows(action->value)) {
			actions_look(look, action->otherwise.at, action->otherwise.len, false);
			continue;
		}
		actions_look(look, action->body.at, action->body.len, false);
		actions_look(look, action->otherwise.at, action->otherwise.len, false);
	}
}

int policy_flood(struct text program, struct error *err)
{
	AUTO_SCRIPT script = { 0 };

	if (script_read(program, &script, NULL) < 0)
		return 0; /* bpftrace says what is wrong with it */
	vec_each(block, &script.blocks) {
		struct look look = { 0 };

		if (narrows(block->filter))
			continue;
		actions_look(&look, block->body.at, block->body.len, true);
		if (!look.line || look.ends)
			continue;
		vec_each(attach, &block->probes)
			if (policy_hot(attach->name))
				return fail(err, -EACCES, "line %u: %.*s() writes at every firing of %.120s, which fires all the time: most of it would be lost. "
					    "Gather in a map (count(), sum(), hist()), which is printed at the end, or filter for what is asked", look.line,
					    TEXT_ARG(look.call), attach->name);
	}
	return 0;
}
