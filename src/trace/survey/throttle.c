/* Quotas: cpu.stat of the groups of a process (Documentation/admin-guide/cgroup-v2.rst, and scheduler/sched-bwc.rst). */
#include "trace/survey/throttle.h"
#include <stdio.h>
#include <string.h>
#include "base/file.h"

/* "nr_throttled 12" of the group; false: it has no such file, or no period of a quota has passed. */
static bool stat_take(const char *root, const char *group, struct throttle *throttle)
{
	AUTO_BUILD content = { 0 };
	char path[512];
	struct text rest, line, name;
	long long number;

	snprintf(path, sizeof(path), "%s%s/cpu.stat", root, group);
	if (file_read(path, 8192, &content, NULL) < 0)
		return false;
	throttle->periods = throttle->throttled = 0;
	rest = build_text(&content);
	while (text_line(&rest, &line)) {
		if (!text_next(&line, ' ', &name) || !text_number(text_trim(line), &number) || number < 0)
			continue;
		if (text_is(name, "nr_periods"))
			throttle->periods = (unsigned long long)number;
		else if (text_is(name, "nr_throttled"))
			throttle->throttled = (unsigned long long)number;
	}
	return throttle->periods > 0;
}

/* The group itself, and those above it. */
static bool group_look(const char *root, struct text path, struct throttle *throttle)
{
	char group[sizeof(throttle->group)];

	if (path.len >= sizeof(group))
		return false;
	snprintf(group, sizeof(group), "%.*s", TEXT_ARG(path));
	for (char *end; group[0] && group[1]; *end = '\0') {
		if (stat_take(root, group, throttle)) {
			snprintf(throttle->group, sizeof(throttle->group), "%s", group);
			return true;
		}
		end = strrchr(group, '/');
		if (!end)
			return false;
	}
	return false;
}

bool throttle_read(pid_t pid, struct throttle *throttle)
{
	static const char *const roots[] = { "/sys/fs/cgroup", "/sys/fs/cgroup/unified", "/sys/fs/cgroup/cpu", "/sys/fs/cgroup/cpu,cpuacct" };
	AUTO_BUILD groups = { 0 };
	char path[64];
	struct text rest, line;

	*throttle = (struct throttle){ .periods = 0 };
	snprintf(path, sizeof(path), "/proc/%d/cgroup", pid);
	if (file_read(path, 16384, &groups, NULL) < 0)
		return false;
	rest = build_text(&groups);
	while (text_line(&rest, &line)) {
		struct text number, controllers;

		/* "0::/a" is of version 2, "4:cpu,cpuacct:/a" of version 1. */
		if (!text_next(&line, ':', &number) || !text_next(&line, ':', &controllers))
			continue;
		if (controllers.len && !text_is(controllers, "cpu") && !text_starts(controllers, "cpu,") && !text_ends(controllers, ",cpu"))
			continue;
		for (size_t i = 0; i < COUNT(roots); i++)
			if (group_look(roots[i], line, throttle))
				return true;
	}
	return false;
}
