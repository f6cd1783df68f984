/* How a run ended, from the tracer's status and words. */
#include <sys/wait.h>
#include "trace/run.h"

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
		if (!report->error[0])
			snprintf(report->error, sizeof(report->error), "bpftrace was %s",
				 child_verdict(status, words));
	} else if (!clean) {
		report->stage = report->failed_probes || text_has(errors, "ttach") ? RUN_ATTACH : RUN_COMPILE;
	}
}
