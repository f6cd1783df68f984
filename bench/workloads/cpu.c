/* Workloads of the processor: burning it in named functions, sleeping, switching, moving between processors, timers. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "work.h"

static volatile unsigned long burned;

static double clock_ms(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* The names are looked for in stacks, so nothing may be inlined. */
__attribute__((noinline)) static void burn_inner_loop(clockid_t clock, double until)
{
	while (clock_ms(clock) < until)
		for (int i = 0; i < 100000; i++)
			burned += (unsigned long)i * burned + 7;
}

__attribute__((noinline)) static void burn_outer(clockid_t clock, long ms)
{
	burn_inner_loop(clock, clock_ms(clock) + (double)ms);
	burned++;
}

/* MS milliseconds of processor time, however busy the machine is. */
static int run_burn(char **args)
{
	burn_outer(CLOCK_THREAD_CPUTIME_ID, number(args[0]));
	return 0;
}

__attribute__((noinline)) static void sleep_in_handler(long ms)
{
	nap_ms(ms);
	burned++;
}

static int run_sleep(char **args)
{
	TIMES(number(args[0]), (sleep_in_handler(number(args[1])), 0));
	return 0;
}

struct side {
	int in, out;
	long times;
};

static void *answer(void *context)
{
	struct side *side = context;
	char byte;

	for (long i = 0; i < side->times; i++)
		if (read(side->in, &byte, 1) != 1 || write(side->out, &byte, 1) != 1)
			perror("pong");
	return NULL;
}

/* Two threads on one processor hand a byte to and fro: each round is two voluntary context switches. */
static int run_pingpong(char **args)
{
	int there[2], back[2];
	pthread_t thread;
	char byte = 'x';

	if (pipe2(there, O_CLOEXEC) < 0 || pipe2(back, O_CLOEXEC) < 0)
		return -1;
	struct side side = {.in = there[0], .out = back[1], .times = number(args[0])};
	pin_cpu(1);
	errno = pthread_create(&thread, NULL, answer, &side);
	if (errno)
		return -1;
	TIMES(side.times, write(there[1], &byte, 1) != 1 || read(back[0], &byte, 1) != 1 ? -1 : 0);
	pthread_join(thread, NULL);
	return 0;
}

static void *hog(void *context)
{
	pin_cpu(1);
	burn_outer(CLOCK_MONOTONIC, *(long *)context);
	return NULL;
}

/* COUNT threads fight for processor 1 during MS milliseconds, so each waits in its run queue. */
static int run_hogs(char **args)
{
	pthread_t threads[16];
	long count = number(args[0]), ms = number(args[1]);

	for (long i = 0; i < count && i < 16; i++)
		pthread_create(&threads[i], NULL, hog, &ms);
	for (long i = 0; i < count && i < 16; i++)
		pthread_join(threads[i], NULL);
	return 0;
}

static int run_migrate(char **args)
{
	pin_cpu(0);
	TIMES(number(args[0]), (pin_cpu((int)((i + 1) % 2)), 0));
	return 0;
}

static int run_yield(char **args)
{
	TIMES(number(args[0]), sched_yield());
	return 0;
}

static int run_poll(char **args)
{
	TIMES(number(args[0]), poll(NULL, 0, (int)number(args[1])));
	return 0;
}

static int run_select(char **args)
{
	struct timeval span;

	TIMES(number(args[0]), (span = (struct timeval){.tv_usec = number(args[1]) * 1000}, select(0, NULL, NULL, NULL, &span)));
	return 0;
}

static int run_epoll(char **args)
{
	struct epoll_event event;
	int fd = epoll_create1(EPOLL_CLOEXEC);

	TIMES(number(args[0]), epoll_wait(fd, &event, 1, (int)number(args[1])));
	return close(fd);
}

static int run_timerfd(char **args)
{
	struct itimerspec spec = {.it_value.tv_nsec = number(args[1]) * 1000000};
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	unsigned long expired;

	TIMES(number(args[0]), timerfd_settime(fd, 0, &spec, NULL) < 0 ? -1 : read(fd, &expired, 8));
	return close(fd);
}

static volatile sig_atomic_t alarms;

static void count_alarm(int signal)
{
	(void)signal;
	alarms = alarms + 1;
}

static int run_itimer(char **args)
{
	struct itimerval every = {{0, number(args[1]) * 1000}, {0, number(args[1]) * 1000}}, none = {{0, 0}, {0, 0}};

	signal(SIGALRM, count_alarm);
	if (setitimer(ITIMER_REAL, &every, NULL) < 0)
		return -1;
	while (alarms < number(args[0]))
		pause();
	return setitimer(ITIMER_REAL, &none, NULL);
}

/* The same act N times, spread evenly: MS milliseconds between two. */
static int run_spread(char **args)
{
	TIMES(number(args[0]), (nap_ms(number(args[1])), close(open("/etc/hostname", O_RDONLY | O_CLOEXEC))));
	return 0;
}

__attribute__((noinline)) static void hash_blocks(long ms)
{
	burn_inner_loop(CLOCK_THREAD_CPUTIME_ID, clock_ms(CLOCK_THREAD_CPUTIME_ID) + (double)ms);
	burned++;
}

__attribute__((noinline)) static void parse_rows(long ms)
{
	burn_inner_loop(CLOCK_THREAD_CPUTIME_ID, clock_ms(CLOCK_THREAD_CPUTIME_ID) + (double)ms);
	burned++;
}

/* Two functions share the processor time: A and B milliseconds. */
static int run_burntwo(char **args)
{
	hash_blocks(number(args[0]));
	parse_rows(number(args[1]));
	return 0;
}

/* MS milliseconds of processor time, nearly all of it in the kernel. */
static int run_sysburn(char **args)
{
	static char room[1 << 20];
	int fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	double until = clock_ms(CLOCK_THREAD_CPUTIME_ID) + (double)number(args[0]);

	while (clock_ms(CLOCK_THREAD_CPUTIME_ID) < until)
		if (read(fd, room, sizeof(room)) < 0)
			return -1;
	return close(fd);
}

static int run_posixtimer(char **args)
{
	struct sigevent how = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM};
	struct itimerspec every = {{0, number(args[1]) * 1000000}, {0, number(args[1]) * 1000000}};
	timer_t timer;

	signal(SIGALRM, count_alarm);
	if (timer_create(CLOCK_MONOTONIC, &how, &timer) < 0 || timer_settime(timer, 0, &every, NULL) < 0)
		return -1;
	while (alarms < number(args[0]))
		pause();
	return timer_delete(timer);
}

/* MS milliseconds on the processor CPU and nowhere else. */
static int run_burnon(char **args)
{
	pin_cpu((int)number(args[1]));
	burn_outer(CLOCK_THREAD_CPUTIME_ID, number(args[0]));
	return 0;
}

const struct op cpu_ops[] = {
	{"burn", "MS", NULL, run_burn},
	{"sleep", "N MS", NULL, run_sleep},
	{"pingpong", "N", NULL, run_pingpong},
	{"hogs", "COUNT MS", NULL, run_hogs},
	{"migrate", "N", NULL, run_migrate},
	{"yield", "N", NULL, run_yield},
	{"poll", "N MS", NULL, run_poll},
	{"select", "N MS", NULL, run_select},
	{"epoll", "N MS", NULL, run_epoll},
	{"timerfd", "N MS", NULL, run_timerfd},
	{"itimer", "N MS", NULL, run_itimer},
	{"spread", "N MS", NULL, run_spread},
	{"burntwo", "A B", NULL, run_burntwo},
	{"sysburn", "MS", NULL, run_sysburn},
	{"posixtimer", "N MS", NULL, run_posixtimer},
	{"burnon", "MS CPU", NULL, run_burnon},
	{NULL, NULL, NULL, NULL},
};
