/* Workloads of processes: forks, programs, threads, signals, identities, limits, namespaces. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "work.h"

static int receiver = -1;

static int run_fork(char **args)
{
	for (long i = 0; i < number(args[0]); i++) {
		int pid = fork();

		if (pid == 0)
			_exit((int)number(args[1]));
		if (reap(pid) < 0)
			return -1;
	}
	return 0;
}

/* A vfork child may only leave or become another program, so these stay functions without variables of their caller. */
__attribute__((noinline)) static int vfork_exit(void)
{
	int pid = vfork();

	if (pid == 0)
		_exit(0);
	return pid;
}

__attribute__((noinline)) static int vfork_exec(char **args)
{
	int pid = vfork();

	if (pid == 0) {
		execl(args[1], args[1], args[2], NULL);
		_exit(127);
	}
	return pid;
}

static int run_vfork(char **args)
{
	TIMES(number(args[0]), reap(vfork_exit()));
	return 0;
}

/* N programs, each the named one with one argument, one after another. */
static int run_exec(char **args)
{
	TIMES(number(args[0]), reap(vfork_exec(args)));
	return 0;
}

/* Children that live MS milliseconds each, one after another. */
static int run_live(char **args)
{
	for (long i = 0; i < number(args[0]); i++) {
		int pid = fork();

		if (pid == 0) {
			nap_ms(number(args[1]));
			_exit(0);
		}
		if (reap(pid) < 0)
			return -1;
	}
	return 0;
}

static void *nothing(void *unused)
{
	return unused;
}

static int run_thread(char **args)
{
	pthread_t thread;

	for (long i = 0; i < number(args[0]); i++) {
		errno = pthread_create(&thread, NULL, nothing, NULL);
		if (errno)
			return -1;
		pthread_join(thread, NULL);
	}
	return 0;
}

static void ignore(int signal)
{
	(void)signal;
}

static int prepare_kill(char **args)
{
	signal((int)number(args[1]), ignore);
	receiver = fork();
	if (receiver == 0) {
		prctl(PR_SET_NAME, "wkreceiver");
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	nap_ms(50);
	return receiver;
}

static int run_kill(char **args)
{
	TIMES(number(args[0]), (nap_ms(1), kill(receiver, (int)number(args[1]))));
	return 0;
}

static int run_raise(char **args)
{
	signal((int)number(args[1]), ignore);
	TIMES(number(args[0]), raise((int)number(args[1])));
	return 0;
}

static int run_killfail(char **args)
{
	TIMES(number(args[0]), kill(4194000, SIGTERM) < 0 ? 0 : -1);
	return 0;
}

/* Children that die of a signal: a wild pointer, or the signal sent to themselves. */
static int run_crash(char **args)
{
	struct rlimit none = {0, 0};

	setrlimit(RLIMIT_CORE, &none);
	for (long i = 0; i < number(args[0]); i++) {
		int pid = fork();

		if (pid == 0) {
			if (number(args[1]) == SIGSEGV)
				*(volatile int *)8 = 1;
			raise((int)number(args[1]));
		}
		if (reap(pid) < 0)
			return -1;
	}
	return 0;
}

static int run_setuid(char **args)
{
	TIMES(number(args[0]), setuid(0));
	return 0;
}

/* Children that become another user for good. */
static int run_become(char **args)
{
	for (long i = 0; i < number(args[0]); i++) {
		int pid = fork();

		if (pid == 0)
			_exit(setuid((uid_t)number(args[1])) < 0);
		if (reap(pid) != 0)
			return -1;
	}
	return 0;
}

/* A child of another user opens a file N times, so that user ids can be told apart. */
static int run_asuser(char **args)
{
	int pid = fork();

	if (pid == 0) {
		if (setuid((uid_t)number(args[1])) < 0)
			_exit(1);
		for (long i = 0; i < number(args[0]); i++)
			close(open("/etc/hostname", O_RDONLY | O_CLOEXEC));
		_exit(0);
	}
	return reap(pid) == 0 ? 0 : -1;
}

static int run_setgid(char **args)
{
	TIMES(number(args[0]), setgid(0));
	return 0;
}

static int run_unshare(char **args)
{
	TIMES(number(args[0]), unshare(CLONE_NEWUTS));
	return 0;
}

static int run_setns(char **args)
{
	int fd = open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC);

	TIMES(number(args[0]), setns(fd, CLONE_NEWUTS));
	return close(fd);
}

static int run_prlimit(char **args)
{
	struct rlimit limit;

	TIMES(number(args[0]), getrlimit(RLIMIT_NOFILE, &limit) | setrlimit(RLIMIT_NOFILE, &limit));
	return 0;
}

static int run_nice(char **args)
{
	TIMES(number(args[0]), setpriority(PRIO_PROCESS, 0, (int)(i % 5)));
	return 0;
}

static int run_scheduler(char **args)
{
	struct sched_param none = {0};

	TIMES(number(args[0]), sched_setscheduler(0, i % 2 ? SCHED_BATCH : SCHED_OTHER, &none));
	return 0;
}

static int run_ptrace(char **args)
{
	int pid = fork();

	if (pid == 0)
		for (;;)
			pause();
	for (long i = 0; i < number(args[0]); i++) {
		if (ptrace(PTRACE_ATTACH, pid, NULL, NULL) < 0 || waitpid(pid, NULL, 0) < 0)
			return -1;
		ptrace(PTRACE_DETACH, pid, NULL, NULL);
	}
	kill(pid, SIGKILL);
	return reap(pid) < 0 ? -1 : 0;
}

static int run_capset(char **args)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &head, data) < 0)
		return -1;
	TIMES(number(args[0]), syscall(SYS_capset, &head, data));
	return 0;
}

static int run_prctl(char **args)
{
	TIMES(number(args[0]), prctl(PR_SET_NAME, work_name));
	return 0;
}

static int run_chroot(char **args)
{
	int pid = fork();

	if (pid == 0) {
		for (long i = 0; i < number(args[0]); i++)
			if (chroot("/") < 0)
				_exit(1);
		_exit(0);
	}
	return reap(pid) == 0 ? 0 : -1;
}

static int run_getrandom(char **args)
{
	char out[256];

	TIMES(number(args[0]), getrandom(out, (size_t)number(args[1]), 0));
	return 0;
}

static int run_getppid(char **args)
{
	TIMES(number(args[0]), syscall(SYS_getppid));
	return 0;
}

static int run_personality(char **args)
{
	TIMES(number(args[0]), personality(0xffffffff));
	return 0;
}

/* Children that each live in a session of their own. */
static int run_setsid(char **args)
{
	for (long i = 0; i < number(args[0]); i++) {
		int pid = fork();

		if (pid == 0)
			_exit(setsid() < 0);
		if (reap(pid) != 0)
			return -1;
	}
	return 0;
}

static int run_pidfd(char **args)
{
	TIMES(number(args[0]), close((int)syscall(SYS_pidfd_open, getpid(), 0)));
	return 0;
}

/* System calls that the kernel does not know: each ends in ENOSYS. */
static int run_nosys(char **args)
{
	TIMES(number(args[0]), syscall(1999) < 0 ? 0 : -1);
	return 0;
}

static int run_tgkill(char **args)
{
	signal((int)number(args[1]), ignore);
	TIMES(number(args[0]), (int)syscall(SYS_tgkill, getpid(), gettid(), (int)number(args[1])));
	return 0;
}

static int run_affinity(char **args)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		return -1;
	TIMES(number(args[0]), sched_setaffinity(0, sizeof(set), &set));
	return 0;
}

static int run_setresuid(char **args)
{
	TIMES(number(args[0]), setresuid(0, 0, 0));
	return 0;
}

static int run_setgroups(char **args)
{
	gid_t group = 0;

	TIMES(number(args[0]), setgroups(1, &group));
	return 0;
}

static int run_sigmask(char **args)
{
	sigset_t set;

	sigemptyset(&set);
	TIMES(number(args[0]), sigprocmask(SIG_BLOCK, &set, NULL));
	return 0;
}

struct named_opens {
	const char *name;
	long times;
};

static void *open_named(void *context)
{
	struct named_opens *mine = context;

	prctl(PR_SET_NAME, mine->name);
	for (long i = 0; i < mine->times; i++)
		close(open("/etc/hostname", O_RDONLY | O_CLOEXEC));
	return NULL;
}

/* Two threads with names of their own: the first opens a file N times, the second M times. */
static int run_threadopens(char **args)
{
	struct named_opens each[2] = {{args[1], number(args[0])}, {args[3], number(args[2])}};
	pthread_t threads[2];

	for (int i = 0; i < 2; i++)
		if ((errno = pthread_create(&threads[i], NULL, open_named, &each[i])) != 0)
			return -1;
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	return 0;
}

/* Children that are born into a mount namespace of their own. */
static int run_newns(char **args)
{
	for (long i = 0; i < number(args[0]); i++) {
		int pid = (int)syscall(SYS_clone, CLONE_NEWNS | SIGCHLD, NULL, NULL, NULL, NULL);

		if (pid == 0)
			_exit(0);
		if (reap(pid) != 0)
			return -1;
	}
	return 0;
}

/* A child without privileges that asks for a lower nice value: each time it is refused. */
static int run_nicefail(char **args)
{
	int pid = fork();

	if (pid == 0) {
		if (setuid(65534) < 0)
			_exit(1);
		for (long i = 0; i < number(args[0]); i++)
			if (setpriority(PRIO_PROCESS, 0, -5) == 0)
				_exit(2);
		_exit(0);
	}
	return reap(pid) == 0 ? 0 : -1;
}

const struct op process_ops[] = {
	{"fork", "N CODE", NULL, run_fork},
	{"vfork", "N", NULL, run_vfork},
	{"exec", "N PROGRAM ARGUMENT", NULL, run_exec},
	{"live", "N MS", NULL, run_live},
	{"thread", "N", NULL, run_thread},
	{"kill", "N SIGNAL", prepare_kill, run_kill},
	{"raise", "N SIGNAL", NULL, run_raise},
	{"killfail", "N", NULL, run_killfail},
	{"crash", "N SIGNAL", NULL, run_crash},
	{"setuid", "N", NULL, run_setuid},
	{"become", "N UID", NULL, run_become},
	{"asuser", "N UID", NULL, run_asuser},
	{"setgid", "N", NULL, run_setgid},
	{"unshare", "N", NULL, run_unshare},
	{"setns", "N", NULL, run_setns},
	{"prlimit", "N", NULL, run_prlimit},
	{"nice", "N", NULL, run_nice},
	{"scheduler", "N", NULL, run_scheduler},
	{"ptrace", "N", NULL, run_ptrace},
	{"capset", "N", NULL, run_capset},
	{"prctl", "N", NULL, run_prctl},
	{"chroot", "N", NULL, run_chroot},
	{"getrandom", "N SIZE", NULL, run_getrandom},
	{"getppid", "N", NULL, run_getppid},
	{"personality", "N", NULL, run_personality},
	{"setsid", "N", NULL, run_setsid},
	{"pidfd", "N", NULL, run_pidfd},
	{"nosys", "N", NULL, run_nosys},
	{"tgkill", "N SIGNAL", NULL, run_tgkill},
	{"affinity", "N", NULL, run_affinity},
	{"setresuid", "N", NULL, run_setresuid},
	{"setgroups", "N", NULL, run_setgroups},
	{"sigmask", "N", NULL, run_sigmask},
	{"threadopens", "N NAME M OTHER", NULL, run_threadopens},
	{"newns", "N", NULL, run_newns},
	{"nicefail", "N", NULL, run_nicefail},
	{NULL, NULL, NULL, NULL},
};
