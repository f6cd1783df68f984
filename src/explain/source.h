/* Between the files that read the sources of bcc and libbpf programs. */
#pragma once
#include "explain/section.h"
#include "trace/script/lexer.h"

/* A function of the C part. */
struct function {
	struct text name;
	size_t step;
	bool attached;
};
struct source {
	struct explanation *explanation;
	struct text text; /* the whole */
	VEC(struct function) functions;
};
struct function *function_find(struct source *source, struct text name);
/* The step of a function that is attached somewhere gets one more watch; steps are made whole by source_close(). */
void function_attach(struct source *source, struct text name, struct watch *watch);
/* Reads C: maps, functions, what they call. Python around it reads as noise and is left out by the caller. */
void c_read(struct source *source, struct text text, unsigned line);
/* The Python part of a bcc program: what it attaches, and what it prints. `c` gets the embedded C, blanks in place of the rest. */
void python_read(struct source *source, struct text text);
void python_split(struct text text, struct build *c, struct build *python);
