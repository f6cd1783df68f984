/* Between the files of `syswhy explain`: a model's words on what was found offline. */
#pragma once
#include "commands/command.h"
#include "explain/explain.h"

struct model_words {
	const char *name;   /* -m, or NULL */
	const char *engine; /* "auto", "offline", "model"; NULL: auto */
	bool dry;	    /* only show what would be sent */
	bool whole;	    /* --no-stream */
	bool shown;	    /* that was done: nothing else is reported */
};
/* Asks the model, when one is wanted, and puts its words into the report. Gives an exit code; with "auto" every failure is
 * EXIT_DONE and a note on stderr. `text` is the program or output as it was given. */
int explain_model(struct context *context, struct text text, const struct explanation *explanation, const struct evidence_list *evidence,
		  struct model_words *words, struct error *err);
