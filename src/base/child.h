/* Child processes: started from an argument array (never a shell string), killed with their parent,
 * watched through a pidfd. */
#pragma once
#include <sys/types.h>
#include "base/error.h"
#include "base/text.h"

enum child_stream {
	CHILD_NULL,    /* /dev/null */
	CHILD_PIPE,    /* a pipe, whose other end is in struct child */
	CHILD_INHERIT, /* this process's own */
	CHILD_STDERR,  /* this process's stderr, whichever stream of the child it is */
};

struct child_spec {
	const char *const *argv;  /* NULL-terminated; argv[0] is found in $PATH and the sbin folders */
	const char *const *env;	  /* extra NAME=VALUE, NULL-terminated; may be NULL */
	enum child_stream in, out, err;
	bool own_group;		  /* Ctrl-C on the terminal does not reach it: the caller passes it on */
	bool held;		  /* waits, before its program starts, for child_release() */
	bool survives;		  /* once released it lives on when this process dies */
};

struct child {
	pid_t pid;	   /* 0: none */
	int pidfd;	   /* readable when it has ended; -1: none */
	int in, out, err;  /* our ends of the pipes, close-on-exec, non-blocking; -1: none */
	int hold, tell;	   /* internal */
	bool own_group;
};
#define CHILD_NONE ((struct child){ .pidfd = -1, .in = -1, .out = -1, .err = -1, .hold = -1, .tell = -1 })

/* The child gets default signals, no descriptor but its streams, and SIGKILL when this process dies (unless it
 * survives). A program that cannot be executed is an error here (-ENOENT, -EACCES …); of one that is held,
 * child_refused() tells it. While it is held it bears its program's name already, and does nothing. */
int child_start(const struct child_spec *spec, struct child *child, struct error *err);
void child_release(struct child *child);	 /* lets a held child run its program */
int child_refused(const struct child *child);	 /* the errno with which the program of a held child did not start; 0: none */
void child_signal(const struct child *child, int signal); /* to its group when it has its own */
/* The process and all that descends from it now, at most 4096; its own death first would hide them. */
void child_signal_family(const struct child *child, int signal);
void child_leave(struct child *child); /* lets it live on, and closes what belongs to it here */
/* Takes the status (as waitpid gives it). False while it runs. Does not block. */
bool child_ended(struct child *child, int *status);
/* Kills it if it runs, waits, closes the pipes; safe on CHILD_NONE and twice. */
void child_done(struct child *child);
/* A sentence for a status: "exit code 3", "killed by SIGSEGV". Into `words`. */
const char *child_verdict(int status, char words[64]);
#define AUTO_CHILD AUTO(child_done) struct child

struct child_output {
	struct build out, err;
	int status;
	bool late; /* stopped at the deadline */
};
void child_output_done(struct child_output *output);
#define AUTO_OUTPUT AUTO(child_output_done) struct child_output

/* Runs a short command to its end: SIGTERM at `seconds`, SIGKILL soon after. Keeps at most `limit`
 * bytes of each stream. `input` may be empty. A non-zero status is no error. */
int child_run(const char *const *argv, struct text input, size_t limit, double seconds,
	      struct child_output *output, struct error *err);
/* The same; Ctrl-C and the like, which an event loop waits for (loop_interrupts()), stop it at once: -EINTR. The signal
 * is left for the loop. */
int child_run_stoppable(const char *const *argv, struct text input, size_t limit, double seconds,
			struct child_output *output, struct error *err);
