/* Workloads of memory: page faults, maps, the heap, shared memory, huge pages, reclaim in a memory cgroup, swap. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "work.h"

#define PAGE 4096

static char *area;

static int prepare_area(char **args)
{
	size_t size = (size_t)number(args[0]) * PAGE;

	area = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return area == MAP_FAILED ? -1 : madvise(area, size, MADV_NOHUGEPAGE);
}

/* The function is looked for in stacks of page faults. */
__attribute__((noinline)) static int touch_pages(long pages)
{
	for (long i = 0; i < pages; i++)
		area[i * PAGE] = 1;
	return 0;
}

static int run_fault(char **args)
{
	return touch_pages(number(args[0]));
}

static int prepare_majfault(char **args)
{
	fill_file(args[1], (size_t)number(args[0]) * PAGE);
	return 0;
}

/* Reads each page of a file that is not in the page cache, with read-ahead off. */
static int run_majfault(char **args)
{
	size_t size = (size_t)number(args[0]) * PAGE;
	int fd = open(args[1], O_RDONLY | O_CLOEXEC);
	volatile char sum = 0;

	if (fd < 0 || posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) != 0)
		return -1;
	char *file = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
	if (file == MAP_FAILED || madvise(file, size, MADV_RANDOM) < 0)
		return -1;
	for (size_t at = 0; at < size; at += PAGE)
		sum = (char)(sum + file[at]);
	return close(fd);
}

static int run_mmap(char **args)
{
	size_t size = (size_t)number(args[1]);

	for (long i = 0; i < number(args[0]); i++) {
		void *at = mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (at == MAP_FAILED || munmap(at, size) < 0)
			return -1;
	}
	return 0;
}

static int run_brk(char **args)
{
	char *top = sbrk(0);

	for (long i = 0; i < number(args[0]); i++)
		if (syscall(SYS_brk, top + PAGE * (1 + i % 4)) < 0)
			return -1;
	return 0;
}

static int run_mprotect(char **args)
{
	TIMES(number(args[0]), mprotect(area, PAGE, i % 2 ? PROT_READ : PROT_READ | PROT_WRITE));
	return 0;
}

static int run_madvise(char **args)
{
	TIMES(number(args[0]), madvise(area, PAGE, MADV_DONTNEED));
	return 0;
}

static int run_mlock(char **args)
{
	TIMES(number(args[0]), mlock(area, PAGE) | munlock(area, PAGE));
	return 0;
}

static int run_mremap(char **args)
{
	char *at = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t size = PAGE;

	for (long i = 0; i < number(args[0]); i++) {
		size_t next = PAGE * (size_t)(1 + (i + 1) % 2);

		at = mremap(at, size, next, MREMAP_MAYMOVE);
		if (at == MAP_FAILED)
			return -1;
		size = next;
	}
	return 0;
}

static int run_shm(char **args)
{
	for (long i = 0; i < number(args[0]); i++) {
		int id = shmget(IPC_PRIVATE, (size_t)number(args[1]), 0600);
		void *at = id < 0 ? MAP_FAILED : shmat(id, NULL, 0);

		if (at == MAP_FAILED || shmdt(at) < 0 || shmctl(id, IPC_RMID, NULL) < 0)
			return -1;
	}
	return 0;
}

static int run_memfd(char **args)
{
	TIMES(number(args[0]), close(memfd_create("bench", MFD_CLOEXEC)));
	return 0;
}

/* N huge pages, each touched once. */
static int run_huge(char **args)
{
	size_t huge = 2 << 20, size = ((size_t)number(args[0]) + 1) * huge;
	char *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED || madvise(at, size, MADV_HUGEPAGE) < 0)
		return -1;
	at = (char *)(((size_t)at + huge - 1) & ~(huge - 1));
	for (long i = 0; i < number(args[0]); i++)
		at[(size_t)i * huge] = 1;
	return 0;
}

static int run_malloc(char **args)
{
	for (long i = 0; i < number(args[0]); i++) {
		char *volatile at = malloc((size_t)number(args[1]));

		if (!at)
			return -1;
		free(at);
	}
	return 0;
}

static int run_calloc(char **args)
{
	for (long i = 0; i < number(args[0]); i++) {
		char *volatile at = calloc(1, (size_t)number(args[1]));

		if (!at)
			return -1;
		free(at);
	}
	return 0;
}

static int write_to(const char *dir, const char *name, const char *value)
{
	char path[512];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		return -1;
	return close(fd);
}

static int prepare_limit(char **args)
{
	return mkdir(args[2], 0755) < 0 && errno != EEXIST ? -1 : write_to(args[2], "memory.limit_in_bytes", args[1]);
}

/* A child in a memory cgroup (v1) limited to LIMIT reads a file of N pages, so the group must reclaim again and again. */
static int run_reclaim(char **args)
{
	char file[512];
	int pid;

	snprintf(file, sizeof(file), "%s", args[3]);
	fill_file(file, (size_t)number(args[0]) * PAGE);
	pid = fork();
	if (pid == 0) {
		char me[32], page[PAGE];
		int fd = open(file, O_RDONLY | O_CLOEXEC);

		snprintf(me, sizeof(me), "%d", getpid());
		posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
		if (write_to(args[2], "cgroup.procs", me) < 0)
			_exit(1);
		while (read(fd, page, sizeof(page)) > 0)
			;
		_exit(0);
	}
	return reap(pid) == 0 ? rmdir(args[2]) : -1;
}

/* Children that touch N pages in a memory cgroup that allows fewer: each is killed by the out-of-memory killer. */
static int run_oom(char **args)
{
	int pid = fork();

	if (pid == 0) {
		char me[32];

		snprintf(me, sizeof(me), "%d", getpid());
		if (write_to(args[2], "cgroup.procs", me) < 0)
			_exit(1);
		prepare_area(args);
		touch_pages(number(args[0]));
		_exit(0);
	}
	printf("oom victim %d ended %d\n", pid, reap(pid));
	return rmdir(args[2]);
}

static int run_compact(char **args)
{
	TIMES(number(args[0]), write_to("/proc/sys/vm", "compact_memory", "1"));
	return 0;
}

static int run_dropcaches(char **args)
{
	TIMES(number(args[0]), write_to("/proc/sys/vm", "drop_caches", "1"));
	return 0;
}

static int prepare_page(char **args)
{
	(void)args;
	area = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return area == MAP_FAILED ? -1 : 0;
}

static int run_realloc(char **args)
{
	char *volatile at = NULL;

	for (long i = 0; i < number(args[0]); i++) {
		char *next = realloc(at, (size_t)number(args[1]) + (size_t)(i % 2));

		if (!next)
			return -1;
		at = next;
	}
	free(at);
	return 0;
}

static int run_memalign(char **args)
{
	for (long i = 0; i < number(args[0]); i++) {
		void *at;

		errno = posix_memalign(&at, 64, (size_t)number(args[1]));
		if (errno)
			return -1;
		free(at);
	}
	return 0;
}

/* Allocations that are never freed. */
static int run_leak(char **args)
{
	for (long i = 0; i < number(args[0]); i++) {
		char *volatile at = malloc((size_t)number(args[1]));

		if (!at)
			return -1;
	}
	return 0;
}

/* Maps that no machine can give: each is refused with ENOMEM. */
static int run_mmapfail(char **args)
{
	TIMES(number(args[0]), mmap(NULL, 1UL << 46, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED
			? 0 : -1);
	return 0;
}

static int run_mapfile(char **args)
{
	int fd = open(args[1], O_RDONLY | O_CLOEXEC);

	for (long i = 0; i < number(args[0]); i++) {
		void *at = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);

		if (at == MAP_FAILED || munmap(at, PAGE) < 0)
			return -1;
	}
	return close(fd);
}

static int prepare_mapfile(char **args)
{
	fill_file(args[1], PAGE);
	return 0;
}

static int prepare_cow(char **args)
{
	return prepare_area(args) < 0 ? -1 : touch_pages(number(args[0]));
}

/* A child writes to N pages that it shares with its parent: each write copies a page. */
static int run_cow(char **args)
{
	int pid = fork();

	if (pid == 0) {
		prctl(PR_SET_NAME, args[1]);
		_exit(touch_pages(number(args[0])));
	}
	return reap(pid);
}

static int run_mincore(char **args)
{
	unsigned char there;

	TIMES(number(args[0]), mincore(area, PAGE, &there));
	return 0;
}

const struct op memory_ops[] = {
	{"fault", "N", prepare_area, run_fault},
	{"majfault", "N PATH", prepare_majfault, run_majfault},
	{"mmap", "N SIZE", NULL, run_mmap},
	{"brk", "N", NULL, run_brk},
	{"mprotect", "N", prepare_page, run_mprotect},
	{"madvise", "N", prepare_page, run_madvise},
	{"mlock", "N", prepare_page, run_mlock},
	{"mremap", "N", NULL, run_mremap},
	{"shm", "N SIZE", NULL, run_shm},
	{"memfd", "N", NULL, run_memfd},
	{"huge", "N", NULL, run_huge},
	{"malloc", "N SIZE", NULL, run_malloc},
	{"calloc", "N SIZE", NULL, run_calloc},
	{"reclaim", "N LIMIT GROUP PATH", prepare_limit, run_reclaim},
	{"oom", "N LIMIT GROUP", prepare_limit, run_oom},
	{"compact", "N", NULL, run_compact},
	{"dropcaches", "N", NULL, run_dropcaches},
	{"realloc", "N SIZE", NULL, run_realloc},
	{"memalign", "N SIZE", NULL, run_memalign},
	{"leak", "N SIZE", NULL, run_leak},
	{"mmapfail", "N", NULL, run_mmapfail},
	{"mapfile", "N PATH", prepare_mapfile, run_mapfile},
	{"cow", "N NAME", prepare_cow, run_cow},
	{"mincore", "N", prepare_page, run_mincore},
	{NULL, NULL, NULL, NULL},
};
