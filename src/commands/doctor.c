/* `syswhy doctor`: what this machine allows, and the command that mends what is missing. */
#include <linux/capability.h>
#include <linux/magic.h>
#include <stddef.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statfs.h>
#include "base/child.h"
#include "base/file.h"
#include "base/log.h"
#include "commands/command.h"
#include "commands/doctor.h"

struct doctor_params {
	char unused; /* it has no options of its own */
};

void doctor_group(struct doctor *doctor, const char *group, const char *heading)
{
	doctor->group = group;
	report_say(doctor->report, REPORT_HEADING, "%s", heading);
}

/* The name under which this program is found by a shell: its own path where $PATH has another, or none. */
static const char *own_name(void)
{
	static char self[PATH_MAX];
	AUTO_FREE char *path = program_find("syswhy");
	AUTO_FREE char *found = path ? realpath(path, NULL) : NULL;
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (len <= 0)
		return "syswhy";
	self[len] = '\0';
	return found && strcmp(found, self) == 0 ? "syswhy" : self;
}

/* A command as it can be pasted here: written with sudo and syswhy, which may not be there. */
static void mend_write(const char *mend, struct build *out)
{
	struct text rest = text_of(mend), word;
	bool sudo = text_starts(rest, "sudo "), through_su = false;
	AUTO_FREE char *path = program_find("sudo");
	AUTO_BUILD line = { 0 };

	if (sudo && (geteuid() == 0 || !path)) {
		rest = text_from(rest, 5);
		through_su = geteuid() != 0;
	}
	while (text_next(&rest, ' ', &word)) {
		build_put(&line, line.len ? " " : "");
		if (text_is(word, "syswhy"))
			build_shell(&line, own_name());
		else
			build_add(&line, word);
	}
	if (through_su)
		build_put(out, "su -c ");
	if (through_su)
		build_shell(out, line.at);
	else
		build_add(out, build_text(&line));
}

void doctor_check(struct doctor *doctor, enum report_mark mark, const char *name, const char *mend,
		  const char *format, ...)
{
	static const char *const marks[] = { [REPORT_OK] = "ok", [REPORT_WARN] = "warn", [REPORT_BAD] = "bad" };
	AUTO_BUILD text = { .ceiling = 4096 };
	AUTO_BUILD pasted = { 0 };
	va_list args;

	va_start(args, format);
	build_vfmt(&text, format, args);
	va_end(args);
	if (mend) {
		mend_write(mend, &pasted);
		mend = pasted.at;
	}
	report_status(doctor->report, mark, mend, "%s", text.at);
	json_array_append_new(doctor->checks,
			      json_pack("{s:s, s:s, s:s, s:o, s:o}", "group", doctor->group, "name", name, "status",
					marks[mark], "text", json_text(build_text(&text)), "mend", json_str(mend)));
}

const char *doctor_install(const char *debian, const char *other, char line[200])
{
	static const struct {
		const char *program, *line;
	} managers[] = {
		{ "apt-get", "apt-get install -y" }, { "dnf", "dnf install -y" },   { "zypper", "zypper install -y" },
		{ "pacman", "pacman -S --noconfirm" }, { "apk", "apk add" },
	};

	for (size_t i = 0; i < COUNT(managers); i++) {
		AUTO_FREE char *path = program_find(managers[i].program);

		if (!path)
			continue;
		snprintf(line, 200, "%s%s %s", geteuid() == 0 ? "" : "sudo ", managers[i].line, i == 0 ? debian : other);
		return line;
	}
	return NULL;
}

static void code_say(struct doctor *doctor, const char *command)
{
	AUTO_BUILD line = { 0 };

	mend_write(command, &line);
	report_say(doctor->report, REPORT_CODE, "%s", line.at);
}

/* ---- privileges ---- */
static void check_privileges(struct doctor *doctor)
{
	static const struct {
		const char *name;
		int bit;
		const char *use;
	} needed[] = {
		{ "CAP_BPF", CAP_BPF, "load BPF programs" },
		{ "CAP_PERFMON", CAP_PERFMON, "attach them and read kernel memory" },
	};
	const struct machine *machine = kernel_machine(doctor->kernel);
	bool admin = machine->capabilities >> CAP_SYS_ADMIN & 1;

	doctor_group(doctor, "privileges", "Privileges");
	if (machine->root)
		doctor_check(doctor, REPORT_OK, "user", NULL, "running as root (user 0)");
	else
		doctor_check(doctor, REPORT_BAD, "user", "sudo syswhy doctor", "running as user %u: tracing needs root",
			     geteuid());
	for (size_t i = 0; i < COUNT(needed); i++) {
		bool has = admin || machine->capabilities >> needed[i].bit & 1;

		doctor_check(doctor, has ? REPORT_OK : REPORT_BAD, needed[i].name,
			     has ? NULL : !machine->root ? "sudo syswhy doctor" : doctor_container() ?
			     "docker run --cap-add BPF --cap-add PERFMON IMAGE" : NULL, "%s, to %s: %s", needed[i].name,
			     needed[i].use, has ? "held" : machine->root ? "missing, though this is root: what started it took it away" :
			     "missing");
	}
	report_say(doctor->report, REPORT_PARAGRAPH,
		   "Without full root: user 0 with two capabilities is enough for tracepoints and programs' functions.");
	code_say(doctor, "sudo setpriv --bounding-set=-all,+bpf,+perfmon --inh-caps=-all syswhy trace \"QUESTION\"");
	code_say(doctor, "sudo systemd-run --pipe --wait -p CapabilityBoundingSet='CAP_BPF CAP_PERFMON' -p NoNewPrivileges=yes "
		 "syswhy trace \"QUESTION\"");
	report_say(doctor->report, REPORT_PARAGRAPH,
		   "Another user can trace only with bpftrace 0.25 or later (earlier ones insist on user 0), whose program file "
		   "then carries the capabilities, so that everybody who may run it can read all memory of the machine:");
	code_say(doctor, "sudo setcap cap_bpf,cap_perfmon,cap_dac_read_search+ep \"$(command -v bpftrace)\"");
}

/* ---- the kernel ---- */
static void check_mounts(struct doctor *doctor)
{
	const char *sudo = geteuid() == 0 ? "" : "sudo ";
	struct error err = { 0 };
	const char *tracefs = kernel_tracefs(doctor->kernel, &err);
	struct statfs info;
	char line[200];

	if (tracefs) {
		doctor_check(doctor, REPORT_OK, "tracefs", NULL, "tracefs is mounted at %s", tracefs);
	} else {
		/* Mounted, but closed to this user; or not mounted. */
		snprintf(line, sizeof(line), "%s", err.code == -EACCES ? "sudo syswhy doctor" : "");
		if (!line[0])
			snprintf(line, sizeof(line), "%smount -t tracefs tracefs /sys/kernel/tracing", sudo);
		doctor_check(doctor, REPORT_BAD, "tracefs", line, "%s", err.text);
	}
	if (statfs("/sys/kernel/debug", &info) == 0 && info.f_type == DEBUGFS_MAGIC) {
		doctor_check(doctor, REPORT_OK, "debugfs", NULL, "debugfs is mounted at /sys/kernel/debug");
	} else {
		snprintf(line, sizeof(line), "%smount -t debugfs debugfs /sys/kernel/debug", sudo);
		doctor_check(doctor, REPORT_WARN, "debugfs", line,
			     "debugfs is not mounted: some older bcc tools look for tracing there");
	}
}

static void check_features(struct doctor *doctor)
{
	/* What is lost without it, and whether tracing stops there. */
	static const struct {
		const char *name, *use;
		enum report_mark without;
	} features[KERNEL_FEATURES] = {
		[KERNEL_TRACEPOINTS] = { "tracepoints", "most questions are answered by them", REPORT_BAD },
		[KERNEL_KPROBES] = { "kprobes", "questions about single kernel functions", REPORT_WARN },
		[KERNEL_FENTRY] = { "fentry", "questions about single kernel functions, cheaper", REPORT_WARN },
		[KERNEL_TP_BTF] = { "typed_tracepoints", "tools that read kernel structures", REPORT_WARN },
		[KERNEL_UPROBES] = { "uprobes", "functions of programs and libraries", REPORT_WARN },
		[KERNEL_SOFTWARE_EVENTS] = { "software_events", "profiles and page faults", REPORT_WARN },
		[KERNEL_HARDWARE_EVENTS] = { "hardware_events", "cache misses, instructions, cycles", REPORT_WARN },
		[KERNEL_RINGBUF] = { "ring_buffer", "the newest tools", REPORT_WARN },
		[KERNEL_BPF_STATS] = { "bpf_statistics", "measuring what tracing itself costs", REPORT_WARN },
		[KERNEL_BTF] = { "btf", "kernel structures by name", REPORT_WARN },
	};

	for (int i = 0; i < KERNEL_FEATURES; i++) {
		char why[200];

		if (kernel_can(doctor->kernel, i, why))
			doctor_check(doctor, REPORT_OK, features[i].name, NULL, "%s: work (%s)", kernel_feature_name(i),
				     features[i].use);
		else
			doctor_check(doctor, features[i].without, features[i].name,
				     strstr(why, "as root") ? "sudo syswhy doctor" : NULL, "%s: no: %s (%s)",
				     kernel_feature_name(i), why, features[i].use);
	}
}

bool package_offered(const char *package)
{
	const char *argv[] = { "apt-cache", "show", package, NULL };
	AUTO_FREE char *apt = program_find("apt-cache");
	AUTO_OUTPUT output = { 0 };

	return !apt || (child_run(argv, text_of(""), 65536, 10, &output, NULL) == 0 && output.status == 0);
}

static void check_headers(struct doctor *doctor)
{
	const struct machine *machine = kernel_machine(doctor->kernel);
	char path[200], package[200], line[200];

	snprintf(path, sizeof(path), "/lib/modules/%s/build/include", machine->release);
	if (file_exists(path) || file_exists("/sys/kernel/kheaders.tar.xz")) {
		doctor_check(doctor, REPORT_OK, "kernel_headers", NULL, "kernel headers: present, for bcc's Python tools");
		return;
	}
	snprintf(package, sizeof(package), "linux-headers-%s", machine->release);
	bool offered = package_offered(package);

	doctor_check(doctor, REPORT_WARN, "kernel_headers",
		     offered ? doctor_install(package, "kernel-devel", line) : NULL,
		     "kernel headers: none (no %s)%s; only bcc's Python tools need them", path,
		     offered ? "" : ", and no package offers them for this kernel");
}

static int run(struct context *context, const void *params, struct error *err)
{
	AUTO_KERNEL kernel = kernel_new();
	struct doctor doctor = { .kernel = kernel, .report = context->report, .checks = json_array() };
	json_t *json = report_json(context->report);
	const struct machine *machine = kernel_machine(kernel);
	double began = now();
	bool works;

	kernel_try_anew(kernel);
	(void)params;
	json_object_set_new(json, "checks", doctor.checks);
	json_object_set_new(json, "machine",
			    json_pack("{s:s, s:s, s:i, s:b, s:b}", "release", machine->release, "arch", machine->arch,
				      "cpus", machine->cpus, "root", (int)machine->root, "initial_pid_namespace",
				      (int)machine->initial_pid_ns));
	json_object_set_new(json, "bpftrace", json_null());
	check_privileges(&doctor);
	doctor_group(&doctor, "kernel", "Kernel");
	check_mounts(&doctor);
	check_features(&doctor);
	check_headers(&doctor);
	doctor_machine(&doctor);
	doctor_models(&doctor);
	works = doctor_tools(&doctor) && kernel_can(kernel, KERNEL_TRACEPOINTS, NULL);
	json_object_set_new(json, "works", json_boolean(works));
	json_object_set_new(json, "seconds", json_real(now() - began));
	doctor_group(&doctor, "verdict", "Verdict");
	report_say(context->report, REPORT_PARAGRAPH, "%s (looked for %.1f s)",
		   works ? "Tracing works here: syswhy trace \"QUESTION\"." :
			   "Tracing does not work here: see the lines marked bad above, and the command under each.",
		   now() - began);
	if (works)
		return EXIT_DONE;
	fail(err, -ENOTSUP, "tracing does not work here; mend the lines marked bad, then run doctor again");
	return EXIT_CANNOT;
}

static const struct param params[] = { { 0 } };

const struct command command_doctor = {
	.name = "doctor",
	.summary = "Check what this machine allows and show the command that mends what is missing",
	.details = "Looks at privileges, the kernel (by trying each kind of probe, never by its version), limits and settings, "
		   "bpftrace with its known quirks, the tools beside it, and the language models that are configured or run here (their "
		   "keys, whether they can be reached, how much they read; nothing else is asked). It changes nothing but mounting tracefs when "
		   "that is absent and it runs as root. Exit code 0: tracing works; 8: it does not.",
	.examples = "syswhy doctor  # everything\n"
		    "syswhy doctor --json | jq -r '.checks[] | select(.status != \"ok\") | .mend // empty'  # commands that mend",
	.flags = COMMAND_READS,
	.params = params,
	.params_size = sizeof(struct doctor_params),
	.run = run,
};
