/* `syswhy doctor`: settings and limits of the machine that decide what can be seen. */
#include <linux/magic.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/statfs.h>
#include "base/file.h"
#include "commands/doctor.h"

/* A small file's first line, or an empty text. */
static struct text line_of(const char *path, struct build *b)
{
	struct text rest, line;

	build_clear(b);
	if (file_read(path, 4096, b, NULL) < 0)
		return (struct text){ "", 0 };
	rest = build_text(b);
	return text_line(&rest, &line) ? text_trim(line) : (struct text){ "", 0 };
}

static bool setting(const char *name, long long *value)
{
	AUTO_BUILD b = { 0 };
	char path[200];

	snprintf(path, sizeof(path), "/proc/sys/kernel/%s", name);
	return text_number(line_of(path, &b), value);
}

static void check_settings(struct doctor *doctor)
{
	bool root = kernel_machine(doctor->kernel)->root;
	long long value;

	if (setting("perf_event_paranoid", &value))
		doctor_check(doctor, root || value < 1 ? REPORT_OK : REPORT_WARN, "perf_event_paranoid",
			     root || value < 1 ? NULL : "sudo sysctl kernel.perf_event_paranoid=0",
			     "kernel.perf_event_paranoid is %lld: %s", value,
			     value < 0 ? "every user may use perf events" :
			     value < 1 ? "users may sample the whole machine, not read raw tracepoints" :
			     "without root or CAP_PERFMON only a user's own processes can be profiled");
	if (setting("unprivileged_bpf_disabled", &value))
		doctor_check(doctor, REPORT_OK, "unprivileged_bpf_disabled", NULL,
			     "kernel.unprivileged_bpf_disabled is %lld: BPF needs root or CAP_BPF%s", value,
			     value == 0 ? " for tracing all the same" : "");
	if (setting("kptr_restrict", &value)) {
		bool hidden = value >= 2 || (value == 1 && !root);

		doctor_check(doctor, hidden ? REPORT_WARN : REPORT_OK, "kptr_restrict",
			     hidden ? "sudo sysctl kernel.kptr_restrict=0" : NULL,
			     "kernel.kptr_restrict is %lld: kernel stacks %s", value,
			     hidden ? "show addresses instead of names" : "show names");
	}
	if (setting("perf_event_max_stack", &value))
		doctor_check(doctor, value < 64 ? REPORT_WARN : REPORT_OK, "perf_event_max_stack",
			     value < 64 ? "sudo sysctl kernel.perf_event_max_stack=127" : NULL,
			     "stacks hold up to %lld frames (kernel.perf_event_max_stack)", value);
}

static void check_limits(struct doctor *doctor)
{
	bool root = kernel_machine(doctor->kernel)->root;
	struct rlimit limit;

	if (getrlimit(RLIMIT_MEMLOCK, &limit) == 0) {
		/* Kernels from 5.11 on charge BPF maps to the memory cgroup: trying is the only way to know. */
		bool matters = root && process_may_trace() && !kernel_can(doctor->kernel, KERNEL_RINGBUF, NULL) && limit.rlim_cur < 64 << 20;
		char size[64];

		if (limit.rlim_cur == RLIM_INFINITY)
			snprintf(size, sizeof(size), "unlimited");
		else
			snprintf(size, sizeof(size), "%llu KiB", (unsigned long long)limit.rlim_cur / 1024);
		doctor_check(doctor, matters ? REPORT_BAD : REPORT_OK, "memlock", matters ? "ulimit -l unlimited" : NULL,
			     "locked memory (ulimit -l): %s%s", size,
			     matters ? ", too little for BPF maps on this kernel" :
			     root    ? "; BPF maps can be made" : "");
	}
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
		doctor_check(doctor, limit.rlim_cur < 1024 ? REPORT_WARN : REPORT_OK, "nofile",
			     limit.rlim_cur < 1024 ? "ulimit -n 4096" : NULL,
			     "open files (ulimit -n): %llu; each attached probe takes one per processor",
			     (unsigned long long)limit.rlim_cur);
}

static void check_lock(struct doctor *doctor)
{
	static const char efi[] = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";
	AUTO_BUILD b = { 0 };
	struct text state = line_of("/sys/kernel/security/lockdown", &b);
	bool open = text_has(state, "[none]");

	/* "none [integrity] confidentiality"; securityfs may not be mounted. */
	if (state.len == 0)
		doctor_check(doctor, REPORT_OK, "lockdown", NULL,
			     "lockdown: not told (no /sys/kernel/security/lockdown); the checks by trying above count");
	else
		doctor_check(doctor, text_has(state, "[confidentiality]") ? REPORT_BAD : open ? REPORT_OK : REPORT_WARN,
			     "lockdown", NULL, "lockdown: %.*s%s", TEXT_ARG(state),
			     text_has(state, "[confidentiality]") ?
				     "; it forbids BPF to read kernel memory: boot without lockdown=confidentiality" :
			     open ? "" : "; the kernel may refuse some probes");
	build_clear(&b);
	/* Four bytes of attributes, then the value (UEFI specification, 3.3). */
	if (file_read(efi, 64, &b, NULL) == 0 && b.len == 5)
		doctor_check(doctor, REPORT_OK, "secure_boot", NULL, "secure boot: %s",
			     b.at[4] ? "on (it may bring lockdown)" : "off");
	else
		doctor_check(doctor, REPORT_OK, "secure_boot", NULL, "secure boot: none (not booted by EFI, or not told)");
}

const char *doctor_container(void)
{
	static const struct {
		const char *file, *name;
	} marks[] = {
		{ "/.dockerenv", "docker" },
		{ "/run/.containerenv", "podman" },
		{ "/run/systemd/container", "systemd-nspawn or like it" },
		{ "/var/run/secrets/kubernetes.io", "kubernetes" },
	};

	for (size_t i = 0; i < COUNT(marks); i++)
		if (file_exists(marks[i].file))
			return marks[i].name;
	return NULL;
}

void doctor_machine(struct doctor *doctor)
{
	const struct machine *machine = kernel_machine(doctor->kernel);
	const char *container = doctor_container();
	struct statfs root, unified;
	bool v2, both;

	doctor_group(doctor, "machine", "Machine and limits");
	doctor_check(doctor, REPORT_OK, "release", NULL, "Linux %s on %s, %d processors", machine->release, machine->arch,
		     machine->cpus);
	check_lock(doctor);
	check_settings(doctor);
	check_limits(doctor);
	if (!machine->initial_pid_ns)
		doctor_check(doctor, REPORT_WARN, "pid_namespace", NULL,
			     "this is not the first pid namespace: pids seen in traces differ from pids here; run syswhy on the "
			     "host, or start the container with --pid=host");
	else
		doctor_check(doctor, REPORT_OK, "pid_namespace", NULL, "pids here are the kernel's own");
	if (container)
		doctor_check(doctor, machine->initial_pid_ns ? REPORT_OK : REPORT_WARN, "container", NULL,
			     "this looks like a container (%s)%s", container,
			     machine->initial_pid_ns ? ", but one with the host's pids" :
			     ": tracing sees the whole host only when it is privileged");
	else
		doctor_check(doctor, REPORT_OK, "container", NULL, "no sign of a container");
	v2 = statfs("/sys/fs/cgroup", &root) == 0 && root.f_type == CGROUP2_SUPER_MAGIC;
	both = !v2 && statfs("/sys/fs/cgroup/unified", &unified) == 0 && unified.f_type == CGROUP2_SUPER_MAGIC;
	doctor_check(doctor, v2 || both ? REPORT_OK : REPORT_WARN, "cgroup", NULL, "cgroups: %s",
		     v2 ? "version 2" : both ? "version 1, with version 2 under /sys/fs/cgroup/unified" :
		     "version 2 is not mounted; questions by cgroup need it");
}
