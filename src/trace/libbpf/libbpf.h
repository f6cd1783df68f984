/* A plan as a libbpf program: CO-RE C for the kernel's half, C for the user's, and a Makefile. */
#pragma once
#include "trace/write/program.h"

/* The files of one program, as text. */
struct libbpf_program {
	const char *name;	/* "file-open"; the arena of the plan owns it */
	struct build kernel;	/* NAME.bpf.c */
	struct build header;	/* NAME.h, which both halves include */
	struct build user;	/* NAME.c */
	struct build make;	/* Makefile */
	name_list probes;
};
void libbpf_program_done(struct libbpf_program *program);

/* Writes the program of a plan and one of its ways. -EOPNOTSUPP when that way, or an expression in it, cannot be told
 * so; `why` then gets the reason. Other errors (our own data) are in `err`. */
int libbpf_write(const struct plan *plan, const struct way *way, const struct vocabulary *vocabulary, struct kernel *kernel,
		 struct text question, struct libbpf_program *program, struct build *why, struct error *err);

/* The same of bpftrace that program_write() wrote for 0.17, with its columns. */
int libbpf_convert(const struct plan *plan, const struct program *bpftrace, const struct vocabulary *vocabulary, struct kernel *kernel,
		   struct text question, struct libbpf_program *program, struct build *why, struct error *err);
/* The Makefile, and a header that holds nothing where it has no text, of a program that was written elsewhere under `name`. */
int libbpf_frame(struct libbpf_program *program, struct arena *arena, struct error *err);

/* ---- try.c ---- */
enum libbpf_stage { LIBBPF_DONE, LIBBPF_COMPILE, LIBBPF_VERIFY, LIBBPF_USER, LIBBPF_POLICY };
struct libbpf_trial {
	enum libbpf_stage stage; /* where it ended */
	struct build words;	 /* of the compiler or the verifier, cut to what helps */
	unsigned programs;	 /* that the kernel took */
	struct build sections;	 /* where they belong, one a line: "tp/sched/sched_switch" */
};
void libbpf_trial_done(struct libbpf_trial *trial);
const char *libbpf_stage_name(enum libbpf_stage stage); /* "compile" */
/* Compiles the program as its Makefile says, in a folder of its own that no one else sees (of root), and lets this kernel load
 * (and so verify) the kernel's half in a child process that attaches nothing; without root that is left out (`programs` is 0).
 * The user's half is only compiled. What is refused is no error, but a stage with words. Errors: a tool is missing, no room. */
int libbpf_try(const struct libbpf_program *program, struct libbpf_trial *trial, struct error *err);
