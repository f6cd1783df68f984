/* What a tracer costs: the firings and run time of its BPF programs, as the kernel counts them. */
#pragma once
#include <stdbool.h>
#include <sys/types.h>

/* Zero-initialise. */
struct load {
	int stats;	  /* keeps the kernel counting while open (BPF_ENABLE_STATS); 0: none */
	double firings;	  /* since load_open(); -1: the kernel does not tell */
	double share;	  /* of one CPU's time, since the last reading; -1: not known */
	double extra_ns;  /* set by the caller: what a firing costs besides the program (the trap of a uprobe) */
	double last_time, last_ns, last_firings, base;
};
void load_open(struct load *load, pid_t tracer);
void load_read(struct load *load, pid_t tracer);
void load_close(struct load *load);
/* Whether the process sleeps in epoll_wait(); when that cannot be told, whether it has slept a while. */
bool load_waiting(pid_t pid);
/* Whether a tracer of any make holds BPF programs and waits: it has loaded and attached what it will; the same holds. */
bool load_live(pid_t pid);
/* The clock ticks that it ran so far, when it has no child and sleeps where a signal would wake it; else -1: it works, or waits
 * for the kernel. */
long load_asleep(pid_t pid);
/* Where the process is: the number of the system call, or the kernel function, that it sleeps in. */
const char *load_place(pid_t pid, char place[64]);
