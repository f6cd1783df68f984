/* CPU quotas of control groups, of both versions: how often a group was held back because its quota was used up. */
#pragma once
#include <stdbool.h>
#include <sys/types.h>

struct throttle {
	char group[256];	  /* the nearest one above the process that has a quota; "": none */
	unsigned long long periods, throttled; /* since it was made */
};
/* False: no group of the process has a quota, or that cannot be read. */
bool throttle_read(pid_t pid, struct throttle *throttle);
