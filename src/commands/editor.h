/* The line editor (libedit), loaded when a chat begins on a terminal. */
#pragma once
#include <histedit.h>
#include "base/error.h"

#define EDITOR_FUNCTIONS(X)                                                                                     \
	X(el_end) X(el_get) X(el_gets) X(el_init) X(el_insertstr) X(el_line) X(el_reset) X(el_resize) X(el_set) X(el_wset) X(el_source)    \
	X(history) X(history_end) X(history_init)

struct editor_table {
#define X(name) typeof(name) *name;
	EDITOR_FUNCTIONS(X)
#undef X
};

/* Borrowed, for the life of the process. NULL when libedit is not installed. */
const struct editor_table *editor_load(struct error *err);
