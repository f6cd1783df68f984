/* What a question names as it is spelled: tracepoints and static probes, and what it says of their fields. */
#pragma once
#include "trace/vocabulary/vocabulary.h"

struct wish;
struct token;

enum { NAMED_MOST = 8 };
struct named {
	struct named_probe {
		const char *system, *name; /* of a static probe its provider */
		const char *probe;	   /* "tracepoint:sched:sched_switch", "usdt:python3:python:gc__start" */
		size_t at;		   /* the token */
	} probes[NAMED_MOST];
	size_t count;
	const char *absent;	/* a sentence, when one is named that this kernel lacks */
	const char *value;	/* the field that is measured, or NULL, and how */
	enum measure measure;
	size_t value_end;	/* the token behind it */
	bool lines;		/* "of each", "every one": a line for each event */
	bool between;		/* "A..B": the time between the two is asked for */
	bool span;		/* a time between two moments is measured */
	name_list fields;	/* those that the question speaks of; "flags & 64": bits of one */
	name_list mentions;	/* those that it wants to see, as keys or columns */
};

/* Finds them, and reads the words for their fields; before all else is read. */
void wish_named(struct wish *wish);
/* Beside a tracepoint's name: says in wish->missing what is spelled as an identifier and nothing has placed. */
void identifiers_left(struct wish *wish);
bool token_identifier(const struct token *token);
