/* Sections of BPF programs and the helpers that they call, in words. */
#include "explain/section.h"
#include <ctype.h>
#include <stdarg.h>
#include <string.h>

/* Sections that no probe of bpftrace stands for. */
static const struct {
	const char *prefix, *lead, *tail;
} hooks[] = {
	{ "xdp", "a packet arrives at a network interface, before the kernel itself looks at it", "" },
	{ "tc", "a packet passes the traffic control of a network interface", "" },
	{ "classifier", "a packet passes the traffic control of a network interface", "" },
	{ "action", "a packet passes the traffic control of a network interface", "" },
	{ "socket", "a packet arrives at the socket that its loader opened", "" },
	{ "cgroup", "a process of a control group does what the hook is for:", "" },
	{ "sockops", "the state of a TCP connection of a control group changes", "" },
	{ "sk_", "a socket's data or lookup passes:", "" },
	{ "lsm", "the kernel asks its security modules:", "" },
	{ "iter", "it goes once through every object of the kernel of the kind", "" },
	{ "perf_event", "an event or a clock that its loader opens fires", "" },
	{ "struct_ops", "the kernel uses it as its own implementation of", "" },
	{ "syscall", "its loader calls it", "" },
	{ "freplace", "another BPF program would run its function", "" },
	{ "flow_dissector", "the kernel takes a packet's headers apart", "" },
	{ "lwt", "a packet passes a route with a tunnel", "" },
	{ "fmod_ret", "the kernel is about to return from, and it may change the result of,", "" },
};

/* How libbpf names what bpftrace can watch too (https://docs.kernel.org/bpf/libbpf/program_types.html). */
static const struct {
	const char *prefix, *kind;
	bool slashes; /* the rest has a slash where bpftrace has a colon */
} kinds[] = {
	{ "tracepoint/", "tracepoint", true }, { "tp/", "tracepoint", true }, { "raw_tracepoint.w/", "rawtracepoint", false },
	{ "raw_tracepoint/", "rawtracepoint", false }, { "raw_tp.w/", "rawtracepoint", false }, { "raw_tp/", "rawtracepoint", false },
	{ "tp_btf/", "rawtracepoint", false }, { "kprobe.multi/", "kprobe", false }, { "kretprobe.multi/", "kretprobe", false },
	{ "kprobe/", "kprobe", false }, { "kretprobe/", "kretprobe", false }, { "fentry.s/", "kfunc", false }, { "fexit.s/", "kretfunc", false },
	{ "fentry/", "kfunc", false }, { "fexit/", "kretfunc", false }, { "uprobe.s/", "uprobe", false }, { "uretprobe.s/", "uretprobe", false },
	{ "uprobe/", "uprobe", false }, { "uretprobe/", "uretprobe", false }, { "usdt/", "usdt", false },
};
static const char *const bare[] = { "kprobe", "kretprobe", "uprobe", "uretprobe", "usdt", "tracepoint", "tp", "raw_tp", "raw_tracepoint", "fentry", "fexit",
				    "tp_btf", "kprobe.multi", "kretprobe.multi", "ksyscall", "kretsyscall", "uprobe.multi", "uretprobe.multi" };

static struct watch *hook_add(struct explanation *e, const char *name, const char *lead, struct text thing, unsigned line, const char *why)
{
	struct watch *watch = vec_new(&e->watches);

	*watch = (struct watch){ .name = name, .line = line, .rate = -1, .count = -1, .seconds = -1, .lead = lead, .thing = arena_text(e->arena, thing), .tail = "",
				 .unmeasured = why, .reach = REACH_UNKNOWN,
				 .why = "its loader attaches it, in a way that is not looked up here" };
	return watch;
}

struct watch *section_watch(struct explanation *e, struct text section, unsigned line)
{
	static const char *const none[] = { "license", "version", ".maps", "maps", ".rodata", ".data", ".bss", ".text", ".kconfig", ".ksyms", ".struct_ops" };
	const char *name = arena_text(e->arena, section);
	struct text rest;

	if (text_starts(section, "?"))
		section = text_from(section, 1);
	for (size_t i = 0; i < COUNT(none); i++)
		if (text_is(section, none[i]) || (none[i][0] == '.' && text_starts(section, none[i])))
			return NULL;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		AUTO_BUILD probe = { 0 };
		struct watch *watch;

		if (!text_starts(section, kinds[i].prefix))
			continue;
		rest = text_from(section, strlen(kinds[i].prefix));
		if (strcmp(kinds[i].kind, "uprobe") == 0 && !text_has(rest, ":"))
			break;
		build_fmt(&probe, "%s:", kinds[i].kind);
		for (size_t k = 0; k < rest.len; k++)
			build_char(&probe, kinds[i].slashes && rest.at[k] == '/' ? ':' : rest.at[k]);
		watch = watch_add(e, kept_text(e, &probe), line);
		watch->name = name;
		return watch;
	}
	if (text_starts(section, "ksyscall/") || text_starts(section, "kretsyscall/")) {
		AUTO_BUILD probe = { 0 };
		struct watch *watch;

		rest = section;
		text_next(&rest, '/', &section);
		build_fmt(&probe, "tracepoint:syscalls:sys_%s_%.*s", text_starts(section, "kret") ? "exit" : "enter", TEXT_ARG(rest));
		watch = watch_add(e, kept_text(e, &probe), line);
		watch->name = name;
		return watch;
	}
	for (size_t i = 0; i < COUNT(bare); i++)
		if (text_is(section, bare[i]))
			return hook_add(e, name, text_starts(section, "u") ? "a function or probe of a program that its loader chooses is reached" : "a place of the kernel that its loader chooses is reached",
					TEXT(""), line, "its loader chooses where it is attached");
	for (size_t i = 0; i < COUNT(hooks); i++)
		if (text_starts(section, hooks[i].prefix)) {
			rest = section;
			text_next(&rest, '/', &section);
			return hook_add(e, name, hooks[i].lead, strchr(hooks[i].lead, ':') || strchr("il", hooks[i].prefix[0]) ? rest : TEXT(""), line,
					"bpftrace cannot count hooks of this kind");
		}
	return hook_add(e, name, "what its section names happens:", section, line, "the kind of this section is not known here");
}

static const struct helper helpers[] = {
	{ "bpf_ktime_get_ns", "takes the time", false, NULL }, { "bpf_ktime_get_boot_ns", "takes the time", false, NULL },
	{ "bpf_ktime_get_coarse_ns", "takes the time", false, NULL }, { "bpf_jiffies64", "takes the time", false, NULL },
	{ "bpf_get_current_pid_tgid", "takes the process and thread ID", false, NULL }, { "bpf_get_current_uid_gid", "takes the user and group ID", false, NULL },
	{ "bpf_get_current_comm", "takes the process name", false, NULL }, { "bpf_get_smp_processor_id", "takes the CPU number", false, NULL },
	{ "bpf_get_current_task", "looks at the current task", false, NULL }, { "bpf_get_current_task_btf", "looks at the current task", false, NULL },
	{ "bpf_get_current_cgroup_id", "takes the control group's ID", false, NULL }, { "bpf_current_task_under_cgroup", "asks whether the task is of a control group (%s)", true, NULL },
	{ "bpf_map_lookup_elem", "looks up an entry of %s", true, NULL }, { "bpf_map_update_elem", "puts an entry into %s", true, NULL },
	{ "bpf_map_delete_elem", "forgets an entry of %s", true, NULL }, { "bpf_map_lookup_or_try_init", "finds or makes an entry of %s", true, NULL },
	{ "bpf_map_push_elem", "puts into %s", true, NULL }, { "bpf_map_pop_elem", "takes from %s", true, NULL }, { "bpf_for_each_map_elem", "goes through all entries of %s", true, NULL },
	{ "bpf_perf_event_output", "sends an event to its loader through %s", true, NULL }, { "bpf_ringbuf_output", "sends an event to its loader through %s", true, NULL },
	{ "bpf_ringbuf_reserve", "begins an event in %s", true, NULL }, { "bpf_ringbuf_submit", "sends the event to its loader", false, NULL },
	{ "bpf_ringbuf_discard", "drops the event", false, NULL }, { "bpf_perf_event_read_value", "reads a performance counter (%s)", true, NULL },
	{ "bpf_perf_event_read", "reads a performance counter (%s)", true, NULL }, { "bpf_get_stackid", "takes the stack, into %s", true, NULL },
	{ "bpf_get_stack", "takes the stack", false, NULL }, { "bpf_probe_read", "reads memory", false, NULL }, { "bpf_probe_read_kernel", "reads memory of the kernel", false, NULL },
	{ "bpf_probe_read_user", "reads memory of the program", false, NULL }, { "bpf_probe_read_str", "reads text", false, NULL },
	{ "bpf_probe_read_kernel_str", "reads text of the kernel", false, NULL }, { "bpf_probe_read_user_str", "reads text of the program", false, NULL },
	{ "BPF_CORE_READ", "reads fields of the kernel's structures", false, NULL }, { "BPF_CORE_READ_INTO", "reads fields of the kernel's structures", false, NULL },
	{ "bpf_core_read", "reads fields of the kernel's structures", false, NULL }, { "BPF_CORE_READ_BITFIELD_PROBED", "reads fields of the kernel's structures", false, NULL },
	{ "BPF_CORE_READ_STR_INTO", "reads text of the kernel's structures", false, NULL }, { "BPF_PROBE_READ", "reads fields of structures", false, NULL },
	{ "bpf_printk", "prints a line to the kernel's trace pipe", false, NULL }, { "bpf_trace_printk", "prints a line to the kernel's trace pipe", false, NULL },
	{ "bpf_trace_vprintk", "prints a line to the kernel's trace pipe", false, NULL }, { "bpf_seq_printf", "writes a line of the file that is read", false, NULL },
	{ "BPF_SEQ_PRINTF", "writes a line of the file that is read", false, NULL }, { "__sync_fetch_and_add", "counts up", false, NULL },
	{ "atomic_add", "counts up", false, NULL }, { "log2l", "finds the step of a histogram", false, NULL }, { "bpf_log2l", "finds the step of a histogram", false, NULL },
	{ "bpf_d_path", "finds the path of a file", false, NULL }, { "bpf_tail_call", "goes on in a program of %s", true, NULL }, { "bpf_redirect", "sends the packet elsewhere", false, NULL },
	{ "bpf_skb_load_bytes", "reads the packet", false, NULL }, { "bpf_skb_store_bytes", "changes the packet", false, "it changes packets." },
	{ "bpf_xdp_adjust_head", "changes the packet", false, "it changes packets." }, { "bpf_send_signal", "sends a signal to the process", false, "it sends signals to processes." },
	{ "bpf_send_signal_thread", "sends a signal to the thread", false, "it sends signals to threads." },
	{ "bpf_override_return", "makes the kernel's function return something else", false, "it changes what functions of the kernel return." },
	{ "bpf_probe_write_user", "writes into the memory of the program", false, "it writes into the memory of programs." },
	{ "update", "puts an entry into %s", true, NULL }, { "insert", "puts an entry into %s", true, NULL }, { "lookup", "looks up an entry of %s", true, NULL },
	{ "delete", "forgets an entry of %s", true, NULL }, { "lookup_or_init", "finds or makes an entry of %s", true, NULL },
	{ "lookup_or_try_init", "finds or makes an entry of %s", true, NULL }, { "increment", "counts one more in %s", true, NULL },
	{ "atomic_increment", "counts one more in %s", true, NULL }, { "perf_submit", "sends an event to the Python part through %s", true, NULL },
	{ "ringbuf_output", "sends an event to the Python part through %s", true, NULL }, { "ringbuf_reserve", "begins an event in %s", true, NULL },
	{ "ringbuf_submit", "sends the event to the Python part through %s", true, NULL }, { "get_stackid", "takes the stack, into %s", true, NULL },
	{ "perf_read", "reads a performance counter of %s", true, NULL }, { "push", "puts into %s", true, NULL },
};

const struct helper *helper_find(struct text name)
{
	for (size_t i = 0; i < COUNT(helpers); i++)
		if (text_is(name, helpers[i].name))
			return &helpers[i];
	return NULL;
}

const char *map_type_words(struct text type)
{
	static const struct {
		const char *name, *words;
	} types[] = {
		{ "HASH", "a hash table" }, { "PERCPU_HASH", "a hash table for each CPU" }, { "LRU_HASH", "a hash table that drops what was not used longest" },
		{ "LRU_PERCPU_HASH", "a hash table for each CPU that drops what was not used longest" }, { "ARRAY", "an array" }, { "PERCPU_ARRAY", "an array for each CPU" },
		{ "STACK_TRACE", "stacks" }, { "PERF_EVENT_ARRAY", "a buffer for each CPU, through which events go to its loader" }, { "RINGBUF", "a ring buffer, through which events go to its loader" },
		{ "PROG_ARRAY", "programs that it may go on in" }, { "CGROUP_ARRAY", "control groups" }, { "TASK_STORAGE", "something kept with each task" },
		{ "QUEUE", "a queue" }, { "STACK", "a stack" }, { "LPM_TRIE", "network prefixes" }, { "SOCKMAP", "sockets" }, { "SOCKHASH", "sockets" }, { "HISTOGRAM", "a histogram" },
		{ "DEVMAP", "network devices" }, { "CPUMAP", "CPUs" }, { "BLOOM_FILTER", "a set that may err on the side of yes" }, { "SK_STORAGE", "something kept with each socket" },
	};

	if (text_starts(type, "BPF_MAP_TYPE_"))
		type = text_from(type, strlen("BPF_MAP_TYPE_"));
	for (size_t i = 0; i < COUNT(types); i++)
		if (text_is(type, types[i].name))
			return types[i].words;
	return NULL;
}

void step_does(struct explanation *e, struct step *step, unsigned line, const char *format, ...)
{
	AUTO_BUILD words = { 0 };
	va_list args;

	va_start(args, format);
	build_vfmt(&words, format, args);
	va_end(args);
	vec_each(said, &step->does)
		if (text_is(build_text(&words), *said))
			return;
	vec_push(&step->does, kept_text(e, &words));
	vec_push(&step->lines, line);
}

static bool says(const struct explanation *e, const char *part, const char *name)
{
	vec_each(step, &e->steps)
		vec_each(line, &step->does)
			if (strstr(*line, part) && (!name || strstr(*line, name)))
				return true;
	return false;
}

void sections_weigh(struct explanation *e)
{
	vec_each(store, &e->stores)
		if (store->holds && strstr(store->holds, "hash table") && !strstr(store->holds, "drops") && says(e, "puts an entry into", store->name) &&
		    !says(e, "forgets an entry of", store->name) && says(e, "takes the time", NULL) && says(e, "looks up an entry of", store->name))
			risk_add(e, RISK_WARNING, store->line, "Nothing of the BPF part forgets entries of %s: once it is full, new ones are refused%s.", store->name,
				 e->kind == EXPLAIN_BCC ? ", unless the Python part clears it" : ", unless its loader clears it");
	if (says(e, "trace pipe", NULL))
		risk_add(e, RISK_WARNING, 0, "It prints to the kernel's trace pipe, which is slow, shared by all, and meant for debugging.");
	probes_weigh(e);
}
