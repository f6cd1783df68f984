/* Workloads of waiting for one another: futexes, contended locks, semaphores, message queues, eventfd, io_uring. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/io_uring.h>
#include <mqueue.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "work.h"

static int word;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

/* Waits that nobody ends: each returns ETIMEDOUT after MS milliseconds. */
static int run_futexwait(char **args)
{
	struct timespec span = {.tv_nsec = number(args[1]) * 1000000};

	TIMES(number(args[0]), syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, &span, NULL, 0) < 0 ? 0 : -1);
	return 0;
}

static int run_futexwake(char **args)
{
	TIMES(number(args[0]), syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0));
	return 0;
}

static void *hold(void *context)
{
	char **args = context;

	for (long i = 0; i < number(args[0]); i++) {
		pthread_mutex_lock(&mutex);
		nap_ms(number(args[1]));
		pthread_mutex_unlock(&mutex);
		nap_ms(1);
	}
	return NULL;
}

/* Two threads take turns holding a mutex for MS milliseconds: nearly every lock must wait in the kernel. */
static int run_mutex(char **args)
{
	pthread_t other;

	errno = pthread_create(&other, NULL, hold, args);
	if (errno)
		return -1;
	hold(args);
	pthread_join(other, NULL);
	return 0;
}

static int run_semop(char **args)
{
	int id = semget(IPC_PRIVATE, 1, 0600);
	struct sembuf up = {.sem_op = 1}, down = {.sem_op = -1};

	TIMES(number(args[0]), semop(id, &up, 1) | semop(id, &down, 1));
	return semctl(id, 0, IPC_RMID);
}

/* Each message of SIZE bytes is one kmalloc of SIZE and 48 bytes. */
static int run_msgq(char **args)
{
	struct {
		long type;
		char text[4000];
	} message = {.type = 1};
	size_t size = (size_t)number(args[1]);
	int id = msgget(IPC_PRIVATE, 0600);

	TIMES(number(args[0]), msgsnd(id, &message, size, 0) < 0 ? -1 : (int)msgrcv(id, &message, size, 0, 0));
	return msgctl(id, IPC_RMID, NULL);
}

static int run_eventfd(char **args)
{
	int fd = eventfd(0, EFD_CLOEXEC);

	TIMES(number(args[0]), eventfd_write(fd, 1));
	return close(fd);
}


/* Threads that lock kernel-side: many tasks grow one mapping at once, so mmap_lock is contended. */
static void *grow(void *context)
{
	double until = *(double *)context;

	while (now_ms() < until) {
		char *at = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (at == MAP_FAILED)
			break;
		for (int i = 0; i < 1 << 20; i += 4096)
			at[i] = 1;
		munmap(at, 1 << 20);
	}
	return NULL;
}

static int run_contend(char **args)
{
	pthread_t threads[8];
	double until = now_ms() + (double)number(args[0]);

	for (int i = 0; i < 8; i++)
		pthread_create(&threads[i], NULL, grow, &until);
	for (int i = 0; i < 8; i++)
		pthread_join(threads[i], NULL);
	return 0;
}

struct ring {
	int fd;
	struct io_uring_params params;
	char *queues;
	struct io_uring_sqe *entries;
};

static struct ring ring;

static int prepare_ring(char **args)
{
	size_t size;

	(void)args;
	ring.fd = (int)syscall(SYS_io_uring_setup, 8, &ring.params);
	if (ring.fd < 0)
		return -1;
	size = ring.params.cq_off.cqes + ring.params.cq_entries * sizeof(struct io_uring_cqe);
	if (size < ring.params.sq_off.array + ring.params.sq_entries * sizeof(unsigned))
		size = ring.params.sq_off.array + ring.params.sq_entries * sizeof(unsigned);
	ring.queues = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, ring.fd, IORING_OFF_SQ_RING);
	ring.entries = mmap(NULL, ring.params.sq_entries * sizeof(*ring.entries), PROT_READ | PROT_WRITE, MAP_SHARED,
			ring.fd, IORING_OFF_SQES);
	return ring.queues == MAP_FAILED || ring.entries == MAP_FAILED ? -1 : 0;
}

static int ring_do(const struct io_uring_sqe *entry)
{
	unsigned *tail = (unsigned *)(ring.queues + ring.params.sq_off.tail), at = *tail & (ring.params.sq_entries - 1);
	unsigned *head = (unsigned *)(ring.queues + ring.params.cq_off.head);
	struct io_uring_cqe *done = (struct io_uring_cqe *)(ring.queues + ring.params.cq_off.cqes);

	ring.entries[at] = *entry;
	((unsigned *)(ring.queues + ring.params.sq_off.array))[at] = at;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, ring.fd, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) != 1)
		return -1;
	int result = done[*head & (ring.params.cq_entries - 1)].res;
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return result;
}

static int run_uringnop(char **args)
{
	struct io_uring_sqe entry = {.opcode = IORING_OP_NOP};

	TIMES(number(args[0]), ring_do(&entry));
	return 0;
}

static int run_uringread(char **args)
{
	static char room[65536];
	int fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	struct io_uring_sqe entry = {.opcode = IORING_OP_READ, .fd = fd, .addr = (uint64_t)(uintptr_t)room,
				.len = (unsigned)number(args[1])};

	TIMES(number(args[0]), ring_do(&entry) == number(args[1]) ? 0 : -1);
	return close(fd);
}

static int run_uringfail(char **args)
{
	struct io_uring_sqe entry = {.opcode = IORING_OP_READ, .fd = -1};

	TIMES(number(args[0]), ring_do(&entry) < 0 ? 0 : -1);
	return 0;
}

static int run_uringsetup(char **args)
{
	struct io_uring_params params;

	TIMES(number(args[0]), (memset(&params, 0, sizeof(params)), close((int)syscall(SYS_io_uring_setup, 4, &params))));
	return 0;
}

/* A POSIX message queue: N messages of SIZE bytes there and back. */
static int run_mqueue(char **args)
{
	struct mq_attr wish = {.mq_maxmsg = 4, .mq_msgsize = number(args[1])};
	char name[64], *room = calloc(1, (size_t)number(args[1]));
	mqd_t queue;

	snprintf(name, sizeof(name), "/bench%d", getpid());
	queue = mq_open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600, &wish);
	if (queue < 0)
		return -1;
	mq_unlink(name);
	TIMES(number(args[0]), mq_send(queue, room, (size_t)number(args[1]), 0) < 0
			? -1 : (int)mq_receive(queue, room, (size_t)number(args[1]), NULL));
	free(room);
	return mq_close(queue);
}

struct giver {
	long times, ms;
	int id;
};

static void *give_semaphore(void *context)
{
	struct giver *giver = context;
	struct sembuf up = {.sem_op = 1};

	for (long i = 0; i < giver->times; i++) {
		nap_ms(giver->ms);
		semop(giver->id, &up, 1);
	}
	return NULL;
}

static void *give_event(void *context)
{
	struct giver *giver = context;

	for (long i = 0; i < giver->times; i++) {
		nap_ms(giver->ms);
		eventfd_write(giver->id, 1);
	}
	return NULL;
}

/* A System V semaphore that must be waited for MS milliseconds, N times; another thread gives it. */
static int run_semwait(char **args)
{
	struct giver giver = {number(args[0]), number(args[1]), semget(IPC_PRIVATE, 1, 0600)};
	struct sembuf down = {.sem_op = -1};
	pthread_t thread;

	errno = pthread_create(&thread, NULL, give_semaphore, &giver);
	if (errno)
		return -1;
	TIMES(giver.times, semop(giver.id, &down, 1));
	pthread_join(thread, NULL);
	return semctl(giver.id, 0, IPC_RMID);
}

static int run_eventwait(char **args)
{
	struct giver giver = {number(args[0]), number(args[1]), eventfd(0, EFD_CLOEXEC)};
	eventfd_t value;
	pthread_t thread;

	errno = pthread_create(&thread, NULL, give_event, &giver);
	if (errno)
		return -1;
	TIMES(giver.times, eventfd_read(giver.id, &value));
	pthread_join(thread, NULL);
	return close(giver.id);
}

/* Waits on a condition that nobody signals. */
static int run_condwait(char **args)
{
	pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
	struct timespec until;

	pthread_mutex_lock(&mutex);
	for (long i = 0; i < number(args[0]); i++) {
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += number(args[1]) * 1000000;
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
		if (pthread_cond_timedwait(&condition, &mutex, &until) != ETIMEDOUT)
			return -1;
	}
	return pthread_mutex_unlock(&mutex);
}

static int run_lockfree(char **args)
{
	TIMES(number(args[0]), pthread_mutex_lock(&mutex) | pthread_mutex_unlock(&mutex));
	return 0;
}

static int run_uringtimeout(char **args)
{
	struct {
		int64_t seconds;
		long long nanoseconds;
	} span = {0, number(args[1]) * 1000000};
	struct io_uring_sqe entry = {.opcode = IORING_OP_TIMEOUT, .fd = -1, .addr = (uint64_t)(uintptr_t)&span, .len = 1};

	TIMES(number(args[0]), ring_do(&entry) == -ETIME ? 0 : -1);
	return 0;
}

static int run_uringfsync(char **args)
{
	int fd = open(args[1], O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	struct io_uring_sqe entry = {.opcode = IORING_OP_FSYNC, .fd = fd};

	TIMES(number(args[0]), ring_do(&entry));
	return close(fd);
}

const struct op sync_ops[] = {
	{"futexwait", "N MS", NULL, run_futexwait},
	{"futexwake", "N", NULL, run_futexwake},
	{"mutex", "N MS", NULL, run_mutex},
	{"semop", "N", NULL, run_semop},
	{"msgq", "N SIZE", NULL, run_msgq},
	{"eventfd", "N", NULL, run_eventfd},
	{"contend", "MS", NULL, run_contend},
	{"uringnop", "N", prepare_ring, run_uringnop},
	{"uringread", "N SIZE", prepare_ring, run_uringread},
	{"uringfail", "N", prepare_ring, run_uringfail},
	{"uringsetup", "N", NULL, run_uringsetup},
	{"mqueue", "N SIZE", NULL, run_mqueue},
	{"semwait", "N MS", NULL, run_semwait},
	{"eventwait", "N MS", NULL, run_eventwait},
	{"condwait", "N MS", NULL, run_condwait},
	{"lockfree", "N", NULL, run_lockfree},
	{"uringtimeout", "N MS", prepare_ring, run_uringtimeout},
	{"uringfsync", "N PATH", prepare_ring, run_uringfsync},
	{NULL, NULL, NULL, NULL},
};
