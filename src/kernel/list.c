/* Every probe of the kernel or of one program, filtered by a pattern. */
#include <ctype.h>
#include <fnmatch.h>
#include <linux/btf.h>
#include "kernel/internal.h"
#include "kernel/object.h"

#define PATTERN_LIMIT 200
#define STARS	      8 /* fnmatch() takes exponential time in them */

struct walk {
	struct kernel *kernel;
	const char *pattern; /* NULL: everything */
	bool (*take)(void *context, const struct probe_row *row);
	void *context;
	struct build name;
	bool ended;
};

static bool word_matches(const char *word, const char *name)
{
	if (!word[strcspn(word, "*?[")])
		return strcasestr(name, word);
	/* "sched:*" and "sched_*" match as well as "tracepoint:sched:sched_*". */
	for (const char *part = name; part; part = strchr(part, ':'), part = part ? part + 1 : NULL)
		if (fnmatch(word, part, FNM_CASEFOLD) == 0)
			return true;
	return false;
}

bool probe_matches(const char *pattern, const char *name)
{
	struct text rest = text_of(pattern), word;

	while (text_word(&rest, &word)) {
		char one[PATTERN_LIMIT + 1];

		if (word.len > PATTERN_LIMIT)
			return false;
		snprintf(one, sizeof(one), "%.*s", TEXT_ARG(word));
		if (!word_matches(one, name))
			return false;
	}
	return true;
}

static bool give(struct walk *walk, enum probe_kind kind, const char *format, ...) PRINTF(3, 4);
static bool give(struct walk *walk, enum probe_kind kind, const char *format, ...)
{
	va_list args;

	build_clear(&walk->name);
	va_start(args, format);
	build_vfmt(&walk->name, format, args);
	va_end(args);
	if (!walk->ended && (!walk->pattern || probe_matches(walk->pattern, walk->name.at)))
		walk->ended = !walk->take(walk->context, &(struct probe_row){ kind, walk->name.at });
	return !walk->ended;
}

static int list_tracepoints(struct walk *walk, struct error *err)
{
	static const char enter[] = "sys_enter_";
	const struct tracepoint *list;
	size_t count;
	int code = kernel_tracepoints(walk->kernel, &list, &count, err);

	if (code < 0)
		return code;
	for (size_t i = 0; i < count && !walk->ended; i++)
		if (strcmp(list[i].system, "syscalls") == 0 && strncmp(list[i].name, enter, strlen(enter)) == 0)
			give(walk, PROBE_SYSCALL, "syscall:%s", list[i].name + strlen(enter));
	for (size_t i = 0; i < count && !walk->ended; i++)
		give(walk, PROBE_TRACEPOINT, "tracepoint:%s:%s", list[i].system, list[i].name);
	return 0;
}

static bool give_typed(void *context, const char *name)
{
	static const char head[] = "btf_trace_";

	return strncmp(name, head, strlen(head)) != 0 ||
	       give(context, PROBE_TP_BTF, "rawtracepoint:%s", name + strlen(head));
}

static void list_functions(struct walk *walk)
{
	bool kprobes = kernel_can(walk->kernel, KERNEL_KPROBES, NULL);
	struct text rest, name;

	if (!kprobes && !kernel_can(walk->kernel, KERNEL_FENTRY, NULL))
		return;
	rest = kernel_functions(walk->kernel);
	while (!walk->ended && text_line(&rest, &name))
		if (name.len)
			give(walk, PROBE_FUNCTION, "%s:%.*s", kprobes ? "kprobe" : "kfunc", TEXT_ARG(name));
}

static void list_events(struct walk *walk)
{
	static const char *const software[] = { "alignment-faults", "bpf-output", "context-switches", "cpu-clock",
						"cpu-migrations", "dummy", "emulation-faults", "major-faults",
						"minor-faults", "page-faults", "task-clock" };
	static const char *const hardware[] = { "backend-stalls", "branch-instructions", "branch-misses", "bus-cycles",
						"cache-misses", "cache-references", "cpu-cycles", "frontend-stalls",
						"instructions", "ref-cycles" };

	if (kernel_can(walk->kernel, KERNEL_SOFTWARE_EVENTS, NULL)) {
		for (size_t i = 0; i < COUNT(software); i++)
			give(walk, PROBE_SOFTWARE, "software:%s", software[i]);
		give(walk, PROBE_PROFILE, "profile:hz:99");
		give(walk, PROBE_PROFILE, "interval:s:1");
	}
	if (kernel_can(walk->kernel, KERNEL_HARDWARE_EVENTS, NULL))
		for (size_t i = 0; i < COUNT(hardware); i++)
			give(walk, PROBE_HARDWARE, "hardware:%s", hardware[i]);
}

static int list_object(struct walk *walk, const char *path, struct error *err)
{
	AUTO_OBJECT object = object_open(path, err);
	const struct symbol *functions;
	const struct usdt *usdt;
	size_t count;

	if (!object)
		return err && err->code ? err->code : -EINVAL;
	usdt = object_usdt(object, &count);
	for (size_t i = 0; i < count && !walk->ended; i++)
		give(walk, PROBE_USDT, "usdt:%s:%s:%s", object_path(object), usdt[i].provider, usdt[i].name);
	functions = object_functions(object, &count);
	for (size_t i = 0; i < count && !walk->ended; i++)
		give(walk, PROBE_UPROBE, "uprobe:%s:%s", object_path(object), functions[i].name);
	return 0;
}

int kernel_list(struct kernel *kernel, const char *pattern, const char *object,
		bool (*take)(void *context, const struct probe_row *row), void *context, struct error *err)
{
	struct walk walk = { .kernel = kernel, .pattern = pattern, .take = take, .context = context };
	size_t stars = 0;
	int code;

	for (const char *c = pattern; c && *c; c++)
		stars += *c == '*';
	if (stars > STARS || (pattern && strlen(pattern) > PATTERN_LIMIT))
		return fail(err, -E2BIG, "the pattern is too long: at the most %d characters and %d stars", PATTERN_LIMIT, STARS);
	if (object) {
		code = list_object(&walk, object, err);
	} else {
		code = list_tracepoints(&walk, err);
		if (code == 0) {
			list_events(&walk);
			if (!walk.ended && kernel_can(kernel, KERNEL_TP_BTF, NULL))
				btf_each(kernel_btf(kernel), BTF_KIND_TYPEDEF, give_typed, &walk);
			if (!walk.ended)
				list_functions(&walk);
		}
	}
	build_done(&walk.name);
	return code;
}
