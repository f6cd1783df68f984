/* `syswhy doctor`: bpftrace, whether it really traces, and the tools beside it. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include "base/child.h"
#include "base/file.h"
#include "commands/doctor.h"

#define DEADLINE 10.0 /* seconds */

/* "bpftrace v0.17.0" */
static bool version_of(const char *path, char version[40])
{
	AUTO_OUTPUT output = { 0 };
	const char *argv[] = { path, "--version", NULL };
	struct text text;
	size_t at, len = 0;

	if (child_run(argv, text_of(""), 4096, DEADLINE, &output, NULL) < 0)
		return false;
	text = output.out.len ? build_text(&output.out) : build_text(&output.err);
	if (!text_find(text, "v", &at))
		return false;
	text = text_from(text, at + 1);
	while (len < text.len && len < 39 && (isdigit((unsigned char)text.at[len]) || text.at[len] == '.'))
		len++;
	snprintf(version, 40, "%.*s", (int)len, text.at);
	return len > 0;
}

static void say_quirk(void *context, struct text sentence)
{
	struct doctor *doctor = context;

	report_say(doctor->report, REPORT_LIST, "%.*s", TEXT_ARG(sentence));
	json_array_append_new(json_object_get(json_object_get(report_json(doctor->report), "bpftrace"), "quirks"),
			      json_text(sentence));
}

/* The line that says what went wrong: the last error, else the last of any. */
static struct text complaint(const struct child_output *output)
{
	struct text rest = build_text(&output->err), line, last = TEXT("no output");
	bool is_error = false;

	while (text_line(&rest, &line)) {
		line = text_trim(line);
		if (line.len == 0 || text_has(line, "RLIMIT_MEMLOCK") || (is_error && !text_has(line, "ERROR")))
			continue;
		is_error |= text_has(line, "ERROR");
		last = line;
	}
	return text_until(last, 300);
}

/* What mends a bpftrace that is damaged: another one, when this is not the distribution's. */
static const char *another(const char *path, char line[200])
{
	static const char packaged[] = "/usr/bin/bpftrace";

	if (strcmp(path, packaged) == 0 || !file_exists(packaged))
		return doctor_install("--reinstall bpftrace", "bpftrace", line);
	snprintf(line, 200, "PATH=/usr/bin:$PATH syswhy doctor");
	return line;
}

/* The one proof that counts: a program that sees system calls. */
static bool traces(struct doctor *doctor, const char *path)
{
	static const char program[] = "tracepoint:raw_syscalls:sys_enter { @calls = count(); } "
				      "interval:ms:50 { exit(); }";
	const char *argv[] = { path, "-e", program, NULL };
	AUTO_OUTPUT output = { 0 };
	struct error err = { 0 };
	char verdict[64], line[200];

	if (child_run(argv, text_of(""), 65536, DEADLINE, &output, &err) < 0) {
		doctor_check(doctor, REPORT_BAD, "trial", another(path, line), "bpftrace does not start: %s", err.text);
		return false;
	}
	if (!output.late && text_has(build_text(&output.out), "@calls:")) {
		doctor_check(doctor, REPORT_OK, "trial", NULL, "a trial program was loaded, attached, and saw system calls");
		return true;
	}
	/* What it says itself is not mended by another copy of it. */
	bool silent = output.late || WIFSIGNALED(output.status) || output.status == 0;

	doctor_check(doctor, REPORT_BAD, "trial", geteuid() != 0 ? "sudo syswhy doctor" : silent ? another(path, line) : NULL,
		     "a trial program saw nothing (%s): %.*s",
		     output.late ? "stopped at the deadline" : child_verdict(output.status, verdict),
		     TEXT_ARG(complaint(&output)));
	return false;
}

static bool check_bpftrace(struct doctor *doctor)
{
	AUTO_FREE char *path = program_find("bpftrace");
	char line[200], version[40];
	struct error err = { 0 };
	json_t *json;

	if (!path) {
		doctor_check(doctor, REPORT_BAD, "bpftrace", doctor_install("bpftrace", "bpftrace", line),
			     "bpftrace is not installed; traces are run by it");
		return false;
	}
	if (!version_of(path, version)) {
		doctor_check(doctor, REPORT_BAD, "bpftrace", another(path, line),
			     "%s does not tell its version: it may be damaged", path);
		return false;
	}
	json = json_pack("{s:o, s:s, s:o}", "path", json_str(path), "version", version, "quirks", json_array());
	json_object_set_new(report_json(doctor->report), "bpftrace", json);
	doctor_check(doctor, REPORT_OK, "bpftrace", NULL, "bpftrace %s (%s)", version, path);
	bool works = traces(doctor, path);

	report_say(doctor->report, REPORT_PARAGRAPH, "Known quirks of bpftrace %s:", version);
	if (quirks_of(version, say_quirk, doctor, &err) < 0)
		doctor_check(doctor, REPORT_WARN, "quirks", NULL, "the list of quirks cannot be read: %s", err.text);
	if (!kernel_machine(doctor->kernel)->root && version_order(text_of(version), TEXT("0.25")) < 0)
		doctor_check(doctor, REPORT_BAD, "bpftrace_user", "sudo syswhy doctor",
			     "bpftrace %s runs only as user 0, whatever capabilities it has", version);
	return works;
}

bool doctor_tools(struct doctor *doctor)
{
	/* Each family by one program that has all the names distributions give it. */
	static const struct {
		const char *name, *programs[3], *debian, *other, *what;
	} tools[] = {
		{ "bpftrace_tools", { "opensnoop.bt" }, "bpftrace", "bpftrace", "ready-made bpftrace tools" },
		{ "libbpf_tools", { "fsdist", "filetop", "bpf-opensnoop" }, "libbpf-tools", "libbpf-tools",
		  "ready-made tools that need no compiler" },
		{ "bcc", { "execsnoop-bpfcc" }, "bpfcc-tools", "bcc-tools", "bcc's Python tools (they need kernel headers)" },
		{ "perf", { "perf" }, "linux-perf", "perf", "counters and profiles" },
		{ "strace", { "strace" }, "strace", "strace", "system calls of one program, without BPF" },
		{ "ltrace", { "ltrace" }, "ltrace", "ltrace", "library calls of one program" },
		{ "gdb", { "gdb" }, "gdb", "gdb", "state of a crashed or stuck program" },
		{ "sysstat", { "pidstat" }, "sysstat", "sysstat", "disk and process figures over time" },
		{ "ss", { "ss" }, "iproute2", "iproute2", "sockets" },
	};
	bool works;

	doctor_group(doctor, "bpftrace", "bpftrace");
	works = check_bpftrace(doctor);
	doctor_group(doctor, "tools", "Tools");
	for (size_t i = 0; i < COUNT(tools); i++) {
		AUTO_FREE char *path = NULL;
		char line[200];

		for (size_t j = 0; j < COUNT(tools[i].programs) && tools[i].programs[j] && !path; j++)
			path = program_find(tools[i].programs[j]);
		if (path)
			doctor_check(doctor, REPORT_OK, tools[i].name, NULL, "%s: %s", tools[i].what, path);
		else
			doctor_check(doctor, REPORT_WARN, tools[i].name,
				     doctor_install(tools[i].debian, tools[i].other, line), "%s: not installed",
				     tools[i].what);
	}
	return works;
}
