/* The one event loop, on epoll, timers kept in a list. */
#include "base/loop.h"
#include <signal.h>
#include <sys/signalfd.h>
#include "base/log.h"
#include "base/vec.h"

struct watch {
	int fd;
	bool gone; /* unwatched while events were being delivered */
	loop_ready *ready;
	void *context;
};

struct loop_timer {
	double at, every; /* at < 0: done */
	bool gone;	  /* cancelled: freed by the loop, which may be walking the list */
	loop_due *due;
	void *context;
};

struct loop {
	int epoll, signals;
	bool stop;
	VEC(struct watch *) watches;
	VEC(struct loop_timer *) timers;
	loop_due *interrupted;
	void *interrupt_context;
	struct signalfd_siginfo signal; /* the last one */
	sigset_t old_mask;
};

struct loop *loop_new(struct error *err)
{
	struct loop *loop = calloc(1, sizeof(*loop));

	if (!loop)
		abort();
	loop->signals = -1;
	loop->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (loop->epoll < 0) {
		fail(err, -errno, "cannot make an event loop: %s", strerror(errno));
		free(loop);
		return NULL;
	}
	return loop;
}

void loop_free(struct loop *loop)
{
	if (!loop)
		return;
	if (loop->signals >= 0) {
		close(loop->signals);
		sigprocmask(SIG_SETMASK, &loop->old_mask, NULL);
	}
	vec_each(watch, &loop->watches)
		free(*watch);
	vec_each(timer, &loop->timers)
		free(*timer);
	vec_done(&loop->watches);
	vec_done(&loop->timers);
	close(loop->epoll);
	free(loop);
}

int loop_watch(struct loop *loop, int fd, uint32_t events, loop_ready *ready, void *context,
	       struct error *err)
{
	struct watch *watch = calloc(1, sizeof(*watch));
	struct epoll_event event = { .events = events, .data.ptr = watch };

	if (!watch)
		abort();
	*watch = (struct watch){ .fd = fd, .ready = ready, .context = context };
	if (epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event) < 0) {
		int code = -errno;

		free(watch);
		return fail(err, code, "cannot wait on a file: %s", strerror(-code));
	}
	vec_push(&loop->watches, watch);
	return 0;
}

void loop_unwatch(struct loop *loop, int fd)
{
	vec_each(watch, &loop->watches) {
		if ((*watch)->fd != fd || (*watch)->gone)
			continue;
		epoll_ctl(loop->epoll, EPOLL_CTL_DEL, fd, NULL);
		(*watch)->gone = true; /* freed by the loop: an event for it may be in hand */
	}
}

struct loop_timer *loop_after(struct loop *loop, double seconds, bool repeat, loop_due *due,
			      void *context)
{
	struct loop_timer *timer = calloc(1, sizeof(*timer));

	if (!timer)
		abort();
	*timer = (struct loop_timer){ now() + seconds, repeat ? seconds : 0, false, due, context };
	vec_push(&loop->timers, timer);
	return timer;
}

void loop_cancel(struct loop *loop, struct loop_timer *timer)
{
	(void)loop;
	if (timer)
		*timer = (struct loop_timer){ .at = -1, .gone = true };
}

static void signal_ready(void *context, int fd, uint32_t events)
{
	struct loop *loop = context;

	(void)events;
	while (read(fd, &loop->signal, sizeof(loop->signal)) == sizeof(loop->signal))
		loop->interrupted(loop->interrupt_context);
}

int loop_signal(const struct loop *loop, bool *typed)
{
	*typed = loop->signal.ssi_code == SI_KERNEL;
	return (int)loop->signal.ssi_signo;
}

int loop_interrupts(struct loop *loop, loop_due *interrupted, void *context, struct error *err)
{
	sigset_t set;

	loop->interrupted = interrupted;
	loop->interrupt_context = context;
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGQUIT); /* Ctrl-\ drops nothing either */
	sigprocmask(SIG_BLOCK, &set, &loop->old_mask);
	loop->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (loop->signals < 0)
		return fail(err, -errno, "cannot wait for signals: %s", strerror(errno));
	return loop_watch(loop, loop->signals, EPOLLIN, signal_ready, loop, err);
}

/* Runs what is due; gives the milliseconds until the next timer, or -1. */
static int timers_run(struct loop *loop)
{
	double soonest = -1;
	size_t count = loop->timers.len, kept = 0;

	for (size_t i = 0; i < count && i < loop->timers.len && !loop->stop; i++) {
		struct loop_timer *timer = loop->timers.at[i];
		double when = now();

		if (timer->at < 0 || timer->at > when)
			continue;
		timer->at = timer->every > 0 ? when + timer->every : -1;
		timer->due(timer->context); /* may add timers and cancel any, this one too */
	}
	for (size_t i = 0; i < loop->timers.len; i++) {
		if (loop->timers.at[i]->gone)
			free(loop->timers.at[i]);
		else
			loop->timers.at[kept++] = loop->timers.at[i];
	}
	loop->timers.len = kept;
	vec_each(timer, &loop->timers)
		if ((*timer)->at >= 0 && (soonest < 0 || (*timer)->at < soonest))
			soonest = (*timer)->at;
	if (soonest < 0)
		return -1;
	soonest = (soonest - now()) * 1000;
	return soonest < 0 ? 0 : soonest > 60000 ? 60000 : (int)soonest + 1;
}

static void watches_sweep(struct loop *loop)
{
	size_t kept = 0;

	for (size_t i = 0; i < loop->watches.len; i++) {
		if (loop->watches.at[i]->gone)
			free(loop->watches.at[i]);
		else
			loop->watches.at[kept++] = loop->watches.at[i];
	}
	loop->watches.len = kept;
}

int loop_run(struct loop *loop, struct error *err)
{
	loop->stop = false;
	while (!loop->stop) {
		struct epoll_event events[16];
		int wait = timers_run(loop), got;

		if (loop->stop)
			break;
		got = epoll_wait(loop->epoll, events, COUNT(events), wait);
		if (got < 0 && errno != EINTR)
			return fail(err, -errno, "cannot wait for events: %s", strerror(errno));
		for (int i = 0; i < got && !loop->stop; i++) {
			struct watch *watch = events[i].data.ptr;

			if (!watch->gone)
				watch->ready(watch->context, watch->fd, events[i].events);
		}
		watches_sweep(loop);
	}
	return 0;
}

void loop_stop(struct loop *loop)
{
	loop->stop = true;
}
