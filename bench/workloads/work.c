/* A driver of exact workloads: waits for a line on stdin, does N acts under a chosen process name, stays until stdin ends. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "work.h"

const char *work_name;

static const struct op *const tables[] = {
	file_ops, change_ops, process_ops, cpu_ops, memory_ops, net_ops, sync_ops, kernel_ops, user_ops,
	held_ops,
};

static const struct op *op_find(const char *name)
{
	for (size_t t = 0; t < sizeof(tables) / sizeof(*tables); t++)
		for (const struct op *op = tables[t]; op->name; op++)
			if (strcmp(op->name, name) == 0)
				return op;
	return NULL;
}

static int words_in(const char *usage)
{
	int words = 0;

	for (const char *at = usage; *at; at++)
		words += *at != ' ' && (at == usage || at[-1] == ' ');
	return words;
}

long number(const char *text)
{
	char *end;
	long n = strtol(text, &end, 0);

	if (*end == 'k')
		return n * 1024;
	if (*end == 'm')
		return n * 1024 * 1024;
	return n;
}

int prepared_fd(int fd)
{
	static int kept = -1;

	if (fd >= 0)
		kept = fd;
	return kept;
}

int reap(int pid)
{
	int status;

	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void nap_ms(long ms)
{
	struct timespec span = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

	while (nanosleep(&span, &span) < 0 && errno == EINTR)
		;
}

double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

void pin_cpu(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set) < 0)
		perror("sched_setaffinity");
}

void fill_file(const char *path, size_t size)
{
	static const char zeros[65536];
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	while (fd >= 0 && size > 0) {
		ssize_t done = write(fd, zeros, size < sizeof(zeros) ? size : sizeof(zeros));

		if (done <= 0)
			break;
		size -= (size_t)done;
	}
	if (fd < 0 || size > 0 || fsync(fd) < 0)
		perror(path);
	if (fd >= 0)
		close(fd);
}

static int help(void)
{
	printf("usage: work NAME OP ARGS... [+ OP ARGS...]\n");
	for (size_t t = 0; t < sizeof(tables) / sizeof(*tables); t++)
		for (const struct op *op = tables[t]; op->name; op++)
			printf("  %-12s %s\n", op->name, op->usage);
	return 2;
}

/* One pass over the chain of operations: checks and prepares, or runs. */
static int chain(int argc, char **argv, int run)
{
	for (int i = 0; i < argc;) {
		const struct op *op = op_find(argv[i]);
		int words = op ? words_in(op->usage) : 0;
		int next = i + 1 + words;

		if (!op || next > argc || (next < argc && strcmp(argv[next], "+") != 0)) {
			fprintf(stderr, "work: '%s' is no operation, or has the wrong arguments\n", argv[i]);
			return 2;
		}
		if (!run && op->prepare && op->prepare(argv + i + 1) < 0) {
			fprintf(stderr, "work: cannot prepare '%s': %s\n", argv[i], strerror(errno));
			return 1;
		}
		if (run && op->run(argv + i + 1) < 0) {
			fprintf(stderr, "work: '%s' failed: %s\n", argv[i], strerror(errno));
			return 1;
		}
		i = next + 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	char line[64];
	int code;

	if (argc < 3)
		return help();
	work_name = argv[1];
	prctl(PR_SET_NAME, work_name);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGPIPE, SIG_IGN);
	code = chain(argc - 2, argv + 2, 0);
	if (code)
		return code;
	printf("ready %d\n", getpid());
	fflush(stdout);
	if (!fgets(line, sizeof(line), stdin))
		return 0;
	code = chain(argc - 2, argv + 2, 1);
	printf("%s\n", code ? "failed" : "done");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin))
		;
	_exit(code);
}
