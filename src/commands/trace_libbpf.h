/* `syswhy trace --as libbpf`: the program as C to keep, instead of an answer. */
#pragma once
#include "commands/command.h"
#include "trace/libbpf/libbpf.h"
#include "trace/trace.h"

struct libbpf_wish {
	const char *folder; /* -o, or NULL: a folder named after what is watched */
	long top;	    /* --top; < 1: as the question says */
	bool print;	    /* show it, write nothing */
	bool unchecked;	    /* neither compile nor load it */
	const char *engine, *model; /* as of struct model_wish */
	long attempts;
	bool dry;
	bool whole; /* --no-stream */
};
/* Plans the question (or asks a model, as trace_model() does), writes the program for the first way that compiles and that this kernel takes, and puts it into the
 * folder, which must not hold files of these names. The trace has status, attempts and probes as of any other; `shown` is the
 * kernel's half. Fills the report. */
int trace_libbpf(struct context *context, struct trace *trace, const struct trace_request *request, const struct libbpf_wish *wish,
		 int *exit_code, struct error *err);

/* ---- for programs of a model ---- */

struct libbpf_given { /* what it came to */
	struct libbpf_program program;
	struct libbpf_trial trial;
	bool fine;
};
struct writing;
/* Asks until a program passes, or the attempts are used up; the wish's `into` is a struct libbpf_given. */
int trace_libbpf_tries(struct writing *writing, struct error *err);

/* Writes the four files. -EEXIST when one of them is there. A folder that is made for them is removed when that fails. */
int libbpf_save(const char *folder, const struct libbpf_program *program, struct error *err);
/* What the person is told, and "files" of the JSON. */
void libbpf_tell(struct context *context, struct trace *trace, const struct libbpf_wish *wish, const struct libbpf_program *program,
		 const struct libbpf_trial *trial, const char *folder);
