/* The one event loop: files, timers, children and interrupts, all on one thread (epoll). */
#pragma once
#include <stdint.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include "base/error.h"

struct loop;
struct loop_timer;
typedef void loop_ready(void *context, int fd, uint32_t events); /* EPOLLIN, EPOLLHUP, … */
typedef void loop_due(void *context);

struct loop *loop_new(struct error *err);
void loop_free(struct loop *loop); /* drops watches and timers; the fds stay the caller's */

/* Calls `ready` while `fd` is ready. A pidfd is ready (EPOLLIN) when its process has ended. Regular
 * files cannot be watched (-EPERM). */
int loop_watch(struct loop *loop, int fd, uint32_t events, loop_ready *ready, void *context,
	       struct error *err);
void loop_unwatch(struct loop *loop, int fd); /* before the fd is closed */

/* Once after `seconds`, or every `seconds` when `repeat`. Lives until loop_cancel() or loop_free();
 * a timer that fired and does not repeat may still be cancelled. */
struct loop_timer *loop_after(struct loop *loop, double seconds, bool repeat, loop_due *due,
			      void *context);
void loop_cancel(struct loop *loop, struct loop_timer *timer); /* NULL is fine */

/* SIGINT, SIGTERM, SIGQUIT and SIGHUP come here instead of killing the process, until loop_free(). The
 * second interrupt within one loop_run() is delivered too. */
int loop_interrupts(struct loop *loop, loop_due *interrupted, void *context, struct error *err);
/* In `interrupted`: which signal it was. `typed`: the terminal sent it, so that its whole foreground group got it. */
int loop_signal(const struct loop *loop, bool *typed);

/* Runs until loop_stop(). */
int loop_run(struct loop *loop, struct error *err);
void loop_stop(struct loop *loop);

static inline void drop_loop(struct loop **loop)
{
	loop_free(*loop);
}
#define AUTO_LOOP AUTO(drop_loop) struct loop *
