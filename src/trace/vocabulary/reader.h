/* Between the files that read the vocabulary. */
#pragma once
#include <dirent.h>
#include "trace/vocabulary/vocabulary.h"

struct reader {
	struct vocabulary *vocabulary;
	struct place place;
	struct build *mistakes; /* all of them, or NULL */
	struct error *err;	/* the first */
	unsigned wrong;
	struct subject *subject; /* whose body is read */
	bool in_way, in_start;	 /* roles now belong to the way, and to a span's start */
};

/* ---- sources.c ---- */
#define SOURCE_MOST (4 << 20)
struct source { /* one file of the folder */
	char *name;
	struct build content;
	int code; /* negative: it cannot be read, */
	struct error why;
};
typedef VEC(struct source) source_list;
/* Gives what sums all of them up, or 0 when one cannot be read whole. */
uint64_t sources_read(const char *folder, const struct dirent *const *entries, int count, source_list *sources);
void sources_done(source_list *sources);

/* "FILE:LINE: what is wrong and how to write it". */
void mistake(struct reader *r, const char *format, ...) PRINTF(2, 3);
const char *keep(struct reader *r, struct text t); /* trimmed, in the arena */
#define LAST(list) (&(list).at[(list).len - 1])
/* One line of a subject's body: its own keywords, or those of its last way. */
void body_line(struct reader *r, struct text key, struct text value);
/* Each reports a mistake at the reader's place, when mistakes are asked for. */
void type_check(struct reader *r, struct text type);
void choice_check(struct reader *r, struct text expr);
void probe_check(struct reader *r, enum way_kind kind, const char *probe);
void need_check(struct reader *r, const struct way_need *need);
/* ---- lexicon.c: after all files are read ---- */
void lexicon_build(struct vocabulary *vocabulary);
void senses_group(struct vocabulary *vocabulary); /* those of a class stand together, sorted by class */
/* ---- subject.c ---- */
/* As vocabulary_open_all(), while there is no mistake: false at the first, whose subject stays as it was. */
bool vocabulary_open_sound(const struct vocabulary *vocabulary);
