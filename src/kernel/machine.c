/* The machine this runs on: release, boot, processors, and what this process may do. */
#include <linux/capability.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "base/file.h"
#include "kernel/internal.h"

static unsigned long long effective_capabilities(void)
{
	AUTO_BUILD status = { 0 };
	struct text rest, line;
	long long bits;

	if (file_read("/proc/self/status", 65536, &status, NULL) < 0)
		return 0;
	rest = build_text(&status);
	while (text_line(&rest, &line)) {
		char hex[32];

		if (!text_starts(line, "CapEff:"))
			continue;
		line = text_trim(text_from(line, strlen("CapEff:")));
		snprintf(hex, sizeof(hex), "0x%.*s", TEXT_ARG(line));
		return text_number(text_of(hex), &bits) ? (unsigned long long)bits : 0;
	}
	return 0;
}

/* The initial pid namespace has a fixed inode number (PROC_PID_INIT_INO in the kernel's proc_ns.h). */
static bool in_initial_pid_ns(void)
{
	struct stat info;

	return stat("/proc/self/ns/pid", &info) == 0 && info.st_ino == 0xEFFFFFFCU;
}

const struct machine *kernel_machine(struct kernel *kernel)
{
	struct machine *machine = &kernel->machine;
	AUTO_BUILD boot = { 0 };
	struct utsname name;
	struct text id;

	if (kernel->machine_known)
		return machine;
	kernel->machine_known = true;
	if (uname(&name) == 0) {
		snprintf(machine->release, sizeof(machine->release), "%s", name.release);
		snprintf(machine->arch, sizeof(machine->arch), "%.32s", name.machine);
	}
	/* Without it (no /proc) the cache is simply never valid. */
	if (file_read("/proc/sys/kernel/random/boot_id", 64, &boot, NULL) == 0) {
		id = text_trim(build_text(&boot));
		snprintf(machine->boot_id, sizeof(machine->boot_id), "%.*s", TEXT_ARG(id));
	}
	machine->cpus = (int)sysconf(_SC_NPROCESSORS_ONLN);
	machine->root = geteuid() == 0;
	machine->initial_pid_ns = in_initial_pid_ns();
	machine->capabilities = effective_capabilities();
	return machine;
}

bool process_may_trace(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };
	unsigned long long held;

	if (syscall(SYS_capget, &head, data) < 0)
		return true; /* trying will tell */
	held = data[0].effective | (unsigned long long)data[1].effective << 32;
	return held >> CAP_SYS_ADMIN & 1 || (held >> CAP_BPF & 1 && held >> CAP_PERFMON & 1);
}
