/* The manual's one-line descriptions of installed programs: how tools that no data file knows are found. */
#pragma once
#include "base/arena.h"
#include "base/error.h"
#include "base/vec.h"

struct manual_entry {
	const char *name, *says; /* "slabtop", "display kernel slab cache information in real time" */
};
struct manual {
	struct arena *arena;
	VEC(struct manual_entry) entries;
};
/* Reads sections 1 and 8 through lexgrog (of man-db), remembered until the folders change: the first time takes
 * seconds. No program that is described is run. NULL with a reason when there is no manual here. */
struct manual *manual_read(struct error *err);
void manual_free(struct manual *manual);
static inline void drop_manual(struct manual **manual)
{
	manual_free(*manual);
}
#define AUTO_MANUAL AUTO(drop_manual) struct manual *

/* One line of lexgrog: 'PATH: "NAME - DESCRIPTION"'. False when it is none. The texts borrow from the line. */
bool manual_line(struct text line, struct text *name, struct text *says);
