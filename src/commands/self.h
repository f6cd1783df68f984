/* Running a command of ours once more: as a process of its own, behind the same door, for its JSON object. */
#pragma once
#include "commands/command.h"

struct self_run {
	const char *const *words; /* "trace", "count page faults", "--for", "5" */
	size_t count;
	double seconds; /* until it is stopped */
	bool input;	/* it may read what this process would */
};
/* Its errors go to stderr as they come. Ctrl-C, SIGTERM and SIGHUP end it with what it has gathered; `*signal` is the one that
 * came, or 0. --yes, --quiet and --no-history are passed on. `*object`: new reference. */
int self_run(struct context *context, const struct self_run *run, json_t **object, int *signal, struct error *err);
