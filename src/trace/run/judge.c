/* How a run ended, from the tracer's status and words. */
#include <string.h>
#include <sys/wait.h>
#include "trace/run/run.h"

#define WORDS_MOST 200 /* bytes of its words in a sentence */

/* The tracer's words without those that are always there and mean nothing. */
static void errors_keep(struct run_report *report, struct text errors)
{
	struct text rest = errors, line;
	size_t used = 0, room = sizeof(report->error);
	AUTO_BUILD kept = { 0 };

	while (text_line(&rest, &line)) {
		size_t at;

		if (text_has(line, "RLIMIT_MEMLOCK") || text_starts(line, "Attach") || text_trim(line).len == 0)
			continue;
		if (text_has(line, "could not attach probe") || text_has(line, "Error attaching probe")) {
			report->failed_probes++;
			if (text_find(line, "probe", &at))
				snprintf(report->failed_probe, sizeof(report->failed_probe), "%.*s",
					 TEXT_ARG(text_trim(text_from(line, at + 5))));
		}
		build_safe(&kept, line, false);
		build_char(&kept, '\n');
	}
	if (report->error[0] == '\0') {
		snprintf(report->error, room, "%s", build_text(&kept).at);
		used = strlen(report->error);
		while (used && report->error[used - 1] == '\n')
			report->error[--used] = '\0';
	}
}

void run_judge(const struct run_spec *spec, struct run_report *report, struct text errors, int status, bool starting)
{
	bool clean = WIFEXITED(status) && WEXITSTATUS(status) == 0;

	errors_keep(report, errors);
	if (report->stage != RUN_DONE)
		return;
	if (spec->check) {
		if (!clean)
			report->stage = WIFSIGNALED(status) ? RUN_CRASH : RUN_COMPILE;
		return;
	}
	if (text_has(errors, "Error loading program") || text_has(errors, "BPF program is too large") ||
	    text_has(errors, "stack limit") || text_has(errors, "failed to load BPF")) {
		report->stage = RUN_VERIFY;
	} else if (starting && clean) {
		/* It ended by itself before anything was live: nothing could be attached. */
		report->stage = report->failed_probes ? RUN_ATTACH : RUN_CRASH;
	} else if (!clean && text_has(errors, ": ERROR:")) {
		report->stage = RUN_COMPILE;
	} else if (WIFSIGNALED(status)) {
		char words[64];

		report->stage = RUN_CRASH;
		report->signal = WTERMSIG(status);
		if (!report->error[0])
			snprintf(report->error, sizeof(report->error), "bpftrace was %s",
				 child_verdict(status, words));
	} else if (!clean) {
		report->stage = report->failed_probes || text_has(errors, "ttach") ? RUN_ATTACH : RUN_COMPILE;
	}
}

bool run_readable(struct text words)
{
	size_t escapes = 0, at;

	for (struct text rest = words; text_find(rest, "\\x", &at); rest = text_from(rest, at + 2))
		escapes++;
	return escapes * 20 <= words.len;
}

/* The line that tells the reason, without what every such line begins with; empty when there is none. */
static struct text reason_find(const char *error)
{
	static const char *const starts[] = { "stdin:", "ERROR:", "error:" };
	struct text rest = text_of(error), line, reason = { 0 };
	size_t at;

	while (text_line(&rest, &line)) {
		bool told = text_find(line, "ERROR: ", &at);

		if (told)
			line = text_from(line, at + strlen("ERROR: "));
		if (told || !reason.len)
			reason = text_trim(line);
		if (told)
			break;
	}
	for (size_t i = 0; i < COUNT(starts); i++)
		if (text_starts(reason, starts[i]))
			reason = text_trim(text_from(reason, strlen(starts[i])));
	while (reason.len && strchr(".:", reason.at[reason.len - 1]))
		reason.len--;
	return reason;
}

bool run_failure(const struct run_report *report, struct build *out)
{
	static const char *const what[] = {
		[RUN_START] = "bpftrace did not start to watch", [RUN_COMPILE] = "bpftrace does not accept the program",
		[RUN_VERIFY] = "the kernel's verifier refused the program", [RUN_ATTACH] = "no probe could be attached",
		[RUN_CRASH] = "bpftrace ended by itself",
	};
	bool allowed = !strstr(report->error, "root user") && !strstr(report->error, "Operation not permitted") &&
		       !strstr(report->error, "CAP_");
	struct text reason = reason_find(report->error);

	bool cut = reason.len > WORDS_MOST;

	if (cut)
		reason = text_until(reason, WORDS_MOST);
	while (cut && reason.len && ((unsigned char)reason.at[reason.len] & 0xc0) == 0x80)
		reason.len--;
	if (!allowed)
		build_put(out, "bpftrace may not trace here");
	else if (report->signal)
		build_fmt(out, "bpftrace crashed (SIG%s)", sigabbrev_np(report->signal) ? sigabbrev_np(report->signal) : "?");
	else
		build_put(out, report->stage < COUNT(what) && what[report->stage] ? what[report->stage] : "the program failed");
	if (report->stage == RUN_CRASH && allowed && report->seconds > 0)
		build_fmt(out, " after %.1f s", report->seconds);
	else if (report->stage == RUN_CRASH && allowed)
		build_put(out, " before it watched anything");
	if (!run_readable(reason))
		build_put(out, ", and what it wrote cannot be read");
	else if (reason.len && !text_starts(reason, "bpftrace was killed"))
		build_fmt(out, ": %.*s%s", TEXT_ARG(reason), cut ? "…" : "");
	build_put(out, allowed && report->stage != RUN_CRASH ? "." : allowed ? ". `syswhy doctor` tries it by itself." : ". `syswhy doctor` shows what is missing.");
	return allowed;
}
