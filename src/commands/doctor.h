/* The parts of `syswhy doctor`, one file each; all add checks to one list. */
#pragma once
#include "base/json.h"
#include "kernel/kernel.h"
#include "report/report.h"

struct doctor {
	struct kernel *kernel;
	struct report *report;
	json_t *checks;
	const char *group; /* of the checks that follow: "kernel" */
};

void doctor_group(struct doctor *doctor, const char *group, const char *heading);
/* One line, to the report and to --json. `name` is stable, for programs that read the JSON. `mend`: a
 * command that a person can paste, or NULL. */
void doctor_check(struct doctor *doctor, enum report_mark mark, const char *name, const char *mend,
		  const char *format, ...) PRINTF(5, 6);
/* The command that installs a package here: by its Debian name and its name elsewhere. Into `line`;
 * NULL when no package manager is known. */
const char *doctor_install(const char *debian, const char *other, char line[200]);

/* Limits, lockdown, container, cgroups. */
void doctor_machine(struct doctor *doctor);
const char *doctor_container(void); /* what kind of container this looks like, or NULL */
/* bpftrace and the tools beside it; true when bpftrace traced something here. */
bool doctor_tools(struct doctor *doctor);

/* Models: configuration, keys, reachability, context. Without one everything works, so nothing of it is bad for tracing.
 * Only what is configured or on loopback is asked. */
void doctor_models(struct doctor *doctor);

/* data/bpftrace/quirks: calls `take` with each sentence for that version. Mistakes in the file are an
 * error that names the line. */
int quirks_of(const char *version, void (*take)(void *context, struct text sentence), void *context,
	      struct error *err);
/* Whether apt knows the package; true where there is no apt, as other managers are not asked. */
bool package_offered(const char *package);
/* Compares "0.17.0" with "0.20" number by number. */
int version_order(struct text a, struct text b);
