/* Where the threads of processes stand: what each waits in, and on what, as /proc tells it (proc(5)). What waits all the
 * time makes no event that could be traced. */
#pragma once
#include <sys/types.h>
#include "evidence/evidence.h"
#include "kernel/kernel.h"

enum { STANDSTILL_MOST = 64 }; /* threads */

struct stand {
	pid_t pid, tid;
	char name[16];
	char state;		     /* of proc_pid_stat(5): 'S' asleep, 'D' not to be interrupted, 'T' stopped … */
	unsigned long long switches; /* how often it was switched out, so far */
	const char *call;	     /* the system call that it is in; NULL: none, or not to be seen */
	unsigned long long arguments[6];
	bool still;		     /* it did not run between the two looks */
	/* behind_read(), of those: */
	char on[384];  /* what it waits on; "": not to be told */
	pid_t keeper;  /* the process that keeps it waiting; 0: not to be told */
	bool kept;     /* `on` names who or what keeps it waiting */
};
struct standstill {
	struct stand threads[STANDSTILL_MOST];
	size_t count;
};
/* The first look at the threads of `pids`, and the second, which forgets those that are gone and adds new ones. */
void standstill_begin(struct standstill *standstill, const pid_t *pids, size_t count);
void standstill_end(struct standstill *standstill, const pid_t *pids, size_t count);
/* behind.c: what each that did not run waits on: a file, the holder of its lock, the other end of a pipe or a connection, a child.
 * It looks through other processes for a second at most, in all, and asks nothing that a file system or a stuck process could
 * keep it waiting for. */
void behind_read(struct standstill *standstill, struct kernel *kernel);
/* The second look as a table; NULL: nobody is there any more. */
struct evidence *standstill_evidence(const struct standstill *standstill, const char *title, struct evidence_list *list);
/* What is to be said of it: "cat (pid 12) waits in read on a pipe that bash (pid 7) writes to"; nothing when all have run. *keeper is
 * the process to look at next, or 0. */
void standstill_say(const struct standstill *standstill, struct build *out, pid_t *keeper);
