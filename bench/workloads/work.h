/* What the workload files share: an operation is a row of a table, and repeats one act an exact number of times. */
#pragma once
#include <stddef.h>

struct op {
	const char *name;
	const char *usage;		/* arguments, for the help; their number is how many words the usage has */
	int (*prepare)(char **args);	/* before the go: what the measurement must not see; may be NULL */
	int (*run)(char **args);	/* after the go; 0, or -1 with errno set */
};

/* Each file's table ends with a row without a name. */
extern const struct op file_ops[], change_ops[], process_ops[], cpu_ops[], memory_ops[], net_ops[], sync_ops[];
extern const struct op kernel_ops[], user_ops[], held_ops[];

extern const char *work_name;		/* the process name that the workload bears */

long number(const char *text);		/* a count or a size; "4k" and "2m" are understood */
int prepared_fd(int fd);		/* keeps a descriptor from prepare for run, and gives it back when called with -1 */
int reap(int pid);			/* waits for a child; its exit code, or -1 */
void nap_ms(long ms);
double now_ms(void);
void pin_cpu(int cpu);
void fill_file(const char *path, size_t size);

/* Do EXPR N times, stopping the operation at the first failure. */
#define TIMES(n, expr)                                                                                       \
	do {                                                                                                 \
		for (long times_ = (n), i = 0; i < times_; i++)                                              \
			if ((expr) < 0)                                                                      \
				return -1;                                                                   \
	} while (0)
