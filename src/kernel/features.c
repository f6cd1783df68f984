/* What kinds of probe work here, found by trying each once: no version numbers. */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/perf_event.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include "base/file.h"
#include "kernel/internal.h"

#define WHY 200
#define KEPT_SECONDS 600
#define ENOTSUPP 524 /* the kernel's own, which bpf() lets out */

enum answer { NO, YES, NEVER /* while this kernel runs */ };

static enum answer no(char why[WHY], const char *format, ...) PRINTF(2, 3);
static enum answer no(char why[WHY], const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(why, WHY, format, args);
	va_end(args);
	return NO;
}

static enum answer never(char why[WHY], const char *reason)
{
	snprintf(why, WHY, "%s", reason);
	return NEVER;
}

static const char *reason(int error)
{
	if (error == EPERM || error == EACCES)
		return geteuid() == 0 ? "the kernel refuses it (lockdown, container or missing capability)" :
					"this user may not; run it as root";
	return strerror(error);
}

/* Who may do everything is refused by the kernel itself, and will be. */
static enum answer refusal(struct kernel *kernel, int error, enum answer answer)
{
	bool all = kernel_machine(kernel)->capabilities >> CAP_SYS_ADMIN & 1;

	return all && (error == EPERM || error == EACCES) ? NEVER : answer;
}

static int perf_open(struct perf_event_attr *attr)
{
	attr->size = sizeof(*attr);
	attr->disabled = 1;
	return (int)syscall(SYS_perf_event_open, attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
}

/* The type number of a dynamic event source, or -1. */
static int source_type(const char *source)
{
	AUTO_BUILD content = { 0 };
	char path[100];
	long long type;

	snprintf(path, sizeof(path), "/sys/bus/event_source/devices/%s/type", source);
	if (file_read(path, 32, &content, NULL) < 0 || !text_number(text_trim(build_text(&content)), &type))
		return -1;
	return (int)type;
}

static enum answer bpf_refused(char why[WHY], const char *what)
{
	return no(why, "BPF cannot load %s: %s", what, reason(errno));
}

/* "return 0;" as a program of this type; a descriptor, or -1 with errno. */
static int load_nothing(enum bpf_prog_type type, const struct bpf_prog_load_opts *opts)
{
	static const struct bpf_insn nothing[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	int fd = bpf_prog_load(type, "syswhy_try", "GPL", nothing, COUNT(nothing), opts);

	if (fd < 0)
		errno = -fd;
	return fd < 0 ? -1 : fd;
}

static enum answer try_tracepoints(struct kernel *kernel, char why[WHY])
{
	AUTO_FREE char *path = NULL;
	struct error err = { 0 };
	const char *tracefs = kernel_tracefs(kernel, &err);

	if (!tracefs)
		return no(why, "%.199s", err.text);
	if (asprintf(&path, "%s/events/sched/sched_switch/id", tracefs) < 0)
		path = NULL;
	if (!path || access(path, R_OK) < 0)
		return no(why, "the kernel's tracepoints cannot be read: %s", reason(errno));
	AUTO_FD fd = load_nothing(BPF_PROG_TYPE_TRACEPOINT, NULL);
	return fd >= 0 ? YES : bpf_refused(why, "a tracepoint program");
}

static enum answer try_kprobes(struct kernel *kernel, char why[WHY])
{
	struct perf_event_attr attr = { .kprobe_func = (uintptr_t)"do_nanosleep" };
	int type = source_type("kprobe");

	if (type < 0)
		return never(why, "this kernel was built without kprobes (CONFIG_KPROBES)");
	attr.type = (unsigned)type;
	AUTO_FD fd = perf_open(&attr);
	int error = errno;
	return fd >= 0 ? YES : refusal(kernel, error, no(why, "kernel functions cannot be probed: %s", reason(error)));
}

static enum answer try_fentry(struct kernel *kernel, char why[WHY])
{
	/* Functions that are called rarely, the first made for this very purpose. */
	static const char *const functions[] = { "bpf_fentry_test1", "do_init_module", "kernel_restart" };
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_TRACE_FENTRY);
	int error = 0;

	if (!kernel_has_btf(kernel))
		return never(why, "there is no BTF (CONFIG_DEBUG_INFO_BTF)");
	for (size_t i = 0; i < COUNT(functions); i++) {
		opts.attach_btf_id = btf_id_of(kernel, functions[i], BTF_KIND_FUNC);
		if (!opts.attach_btf_id)
			continue;
		AUTO_FD program = load_nothing(BPF_PROG_TYPE_TRACING, &opts);
		if (program < 0) {
			error = errno;
			if (error == EPERM || error == EACCES)
				break;
			continue;
		}
		AUTO_FD link = bpf_raw_tracepoint_open(NULL, program);
		if (link >= 0)
			return YES;
		error = -link;
	}
	if (!error)
		return never(why, "no kernel function of this BTF can be used to try it");
	if (error == ENOTSUPP || error == EOPNOTSUPP)
		return never(why, "this kernel cannot attach BPF programs to its functions (no ftrace calls or trampolines)");
	return refusal(kernel, error, no(why, "BPF cannot be attached to kernel functions: %s", reason(error)));
}

static enum answer try_tp_btf(struct kernel *kernel, char why[WHY])
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_TRACE_RAW_TP);

	if (!kernel_has_btf(kernel))
		return never(why, "there is no BTF (CONFIG_DEBUG_INFO_BTF)");
	opts.attach_btf_id = btf_id_of(kernel, "btf_trace_sched_switch", BTF_KIND_TYPEDEF);
	if (!opts.attach_btf_id)
		return never(why, "the BTF of this kernel does not describe its tracepoints");
	AUTO_FD fd = load_nothing(BPF_PROG_TYPE_TRACING, &opts);
	return fd >= 0 ? YES : bpf_refused(why, "a typed tracepoint program");
}

static enum answer try_uprobes(struct kernel *kernel, char why[WHY])
{
	struct perf_event_attr attr = { 0 };
	int type = source_type("uprobe");
	char path[64];

	(void)kernel;
	if (type < 0)
		return no(why, "this kernel was built without uprobes (CONFIG_UPROBE_EVENTS)");
	/* A file of our own that no program runs: nothing on the machine is touched. */
	AUTO_FD file = memfd_create("syswhy_try", MFD_CLOEXEC);
	if (file < 0 || ftruncate(file, 4096) < 0)
		return no(why, "no memory file to try it on: %s", strerror(errno));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
	attr.type = (unsigned)type;
	attr.uprobe_path = (uintptr_t)path;
	/* Past its end, which the kernel sees last of all: a probe that was set takes it 80 ms to remove. */
	attr.probe_offset = 8192;
	AUTO_FD fd = perf_open(&attr);
	return fd >= 0 || errno == EINVAL ? YES : no(why, "functions of programs cannot be probed: %s",
						  reason(errno));
}

static enum answer try_software(struct kernel *kernel, char why[WHY])
{
	struct perf_event_attr attr = { .type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_CPU_CLOCK };

	(void)kernel;
	AUTO_FD fd = perf_open(&attr);
	return fd >= 0 ? YES : no(why, "perf events of the whole machine: %s", reason(errno));
}

static enum answer try_hardware(struct kernel *kernel, char why[WHY])
{
	struct perf_event_attr attr = { .type = PERF_TYPE_HARDWARE, .config = PERF_COUNT_HW_CPU_CYCLES };

	(void)kernel;
	AUTO_FD fd = perf_open(&attr);
	if (fd >= 0)
		return YES;
	if (errno == ENOENT || errno == EOPNOTSUPP || errno == ENODEV)
		return no(why, "this machine has no hardware counters (no PMU; common in virtual machines)");
	return no(why, "hardware counters: %s", reason(errno));
}

static enum answer try_ringbuf(struct kernel *kernel, char why[WHY])
{
	(void)kernel;
	AUTO_FD fd = bpf_map_create(BPF_MAP_TYPE_RINGBUF, "syswhy_try", 0, 0, (unsigned)getpagesize(), NULL);
	if (fd >= 0)
		return YES;
	errno = -fd;
	return errno == EINVAL ? no(why, "this kernel has no BPF ring buffer") : bpf_refused(why, "a ring buffer");
}

static enum answer try_stats(struct kernel *kernel, char why[WHY])
{
	(void)kernel;
	AUTO_FD fd = bpf_enable_stats(BPF_STATS_RUN_TIME);
	return fd >= 0 ? YES : no(why, "BPF run-time statistics: %s", reason(-fd));
}

static enum answer try_btf(struct kernel *kernel, char why[WHY])
{
	return kernel_has_btf(kernel) ? YES : no(why, "/sys/kernel/btf/vmlinux is absent (CONFIG_DEBUG_INFO_BTF)");
}

static const struct {
	const char *name;
	enum answer (*try)(struct kernel *kernel, char why[WHY]);
	bool slow; /* to try: what came of it is kept for some minutes */
} features[KERNEL_FEATURES] = {
	[KERNEL_TRACEPOINTS] = { "tracepoints", try_tracepoints, false },
	[KERNEL_KPROBES] = { "kprobes", try_kprobes, true },
	[KERNEL_FENTRY] = { "fentry", try_fentry, true },
	[KERNEL_TP_BTF] = { "typed tracepoints", try_tp_btf, true },
	[KERNEL_UPROBES] = { "uprobes", try_uprobes, false },
	[KERNEL_SOFTWARE_EVENTS] = { "software events", try_software, false },
	[KERNEL_HARDWARE_EVENTS] = { "hardware events", try_hardware, false },
	[KERNEL_RINGBUF] = { "BPF ring buffer", try_ringbuf, false },
	[KERNEL_BPF_STATS] = { "BPF statistics", try_stats, false },
	[KERNEL_BTF] = { "BTF", try_btf, false },
};

const char *kernel_feature_name(enum kernel_feature feature)
{
	return features[feature].name;
}

static int silent(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level, (void)format, (void)args;
	return 0;
}

/* ---- kept for a while ---- */

/* Of this boot, user, rights and view of /sys; settings may forbid what worked, so not for long. */
static void key_of(struct kernel *kernel, char key[WHY])
{
	const struct machine *machine = kernel_machine(kernel);
	struct stat mounts = { 0 };

	(void)stat("/proc/self/ns/mnt", &mounts);
	snprintf(key, WHY, "%s/%s/%u/%llx/%llu/%lld", machine->boot_id, machine->release, (unsigned)geteuid(),
		 machine->capabilities, (unsigned long long)mounts.st_ino, (long long)(time(NULL) / KEPT_SECONDS));
}

static void kept_read(struct kernel *kernel, const char *key)
{
	struct kept kept = cache_map("features", key);
	struct text rest = kept.body, line, name, can;

	while (text_line(&rest, &line)) {
		if (!text_next(&line, '\t', &name) || !text_next(&line, '\t', &can))
			continue;
		for (size_t i = 0; i < KERNEL_FEATURES; i++)
			if (features[i].slow && text_is(name, features[i].name) && !kernel->can[i]) {
				kernel->can[i] = text_is(can, "yes") ? 1 : -1;
				kernel->lasting[i] = true;
				snprintf(kernel->why[i], WHY, "%.*s", TEXT_ARG(line));
			}
	}
	kept_done(&kept);
}

static void kept_write(const struct kernel *kernel, const char *key)
{
	AUTO_BUILD body = { 0 };

	for (size_t i = 0; i < KERNEL_FEATURES; i++)
		if (kernel->lasting[i])
			build_fmt(&body, "%s\t%s\t%s\n", features[i].name, kernel->can[i] > 0 ? "yes" : "no", kernel->why[i]);
	cache_save("features", key, build_text(&body));
}

void kernel_try_anew(struct kernel *kernel)
{
	kernel->features_anew = true;
}

bool kernel_can(struct kernel *kernel, enum kernel_feature feature, char why[WHY])
{
	char key[WHY];

	if (!kernel->can[feature] && features[feature].slow) {
		key_of(kernel, key);
		if (!kernel->features_anew)
			kept_read(kernel, key);
	}
	if (!kernel->can[feature]) {
		enum answer answer;

		libbpf_set_print(silent);
		answer = features[feature].try(kernel, kernel->why[feature]);
		kernel->can[feature] = answer == YES ? 1 : -1;
		kernel->lasting[feature] = features[feature].slow && answer != NO;
		if (kernel->lasting[feature])
			kept_write(kernel, key);
	}
	if (why)
		memcpy(why, kernel->why[feature], WHY);
	return kernel->can[feature] > 0;
}
