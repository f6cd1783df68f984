/* What bpftrace writes with -f json, read line by line; tolerant of every known defect of its output. */
#pragma once
#include "base/json.h"
#include "trace/write/dialect.h"

enum event_kind {
	EVENT_ATTACHED, /* "attached_probes": how many it is about to attach; no proof of success */
	EVENT_MAP,	/* count, sum, min, max, plain: data is {"@m": value or {"key": value}} */
	EVENT_HISTOGRAM,
	EVENT_STATS,
	EVENT_TUPLE,	/* one print((…)): data is an array */
	EVENT_TICK,	/* our own print("tick") after a snapshot */
	EVENT_TEXT,	/* printf, join, cat, time …: data is a string */
	EVENT_LOST,	/* data is a number of lost events */
	EVENT_ERROR,	/* a helper's or the program's own error: data is a string */
	EVENT_OTHER,	/* a type that is not known: ignored by callers */
	EVENT_GARBLED,	/* no JSON even after repair */
};
struct event {
	enum event_kind kind;
	const json_t *data; /* borrowed, until take() returns; NULL for EVENT_GARBLED */
	const json_t *again; /* of a map: {"key": value} of keys that came before, one object for each further time; else NULL */
	struct text line;   /* as it came */
};

/* Splits a stream in lines and reads each. A line over 8 MiB is given as EVENT_GARBLED and passed over. */
struct event_reader {
	const struct dialect *dialect;
	void (*take)(void *context, const struct event *event);
	void *context;
	struct build line;
	bool overlong;
	unsigned long garbled;
};
void event_reader_feed(struct event_reader *reader, struct text bytes);
void event_reader_end(struct event_reader *reader); /* a last line without its newline; frees */
