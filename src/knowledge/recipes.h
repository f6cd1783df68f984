/* Recipes: programs that answer questions, our own (data/recipes, docs/recipes.md) and those of installed tools,
 * found by words through an index (SQLite FTS5) that is made when its inputs have changed. */
#pragma once
#include "base/arena.h"
#include "base/error.h"
#include "base/vec.h"

enum recipe_kind {
	RECIPE_OWN = 1,	      /* a file of data/recipes */
	RECIPE_TOOL = 1 << 1, /* a program that is installed on this machine */
	RECIPE_PAST = 1 << 2, /* a program that answered a question before, from the history */
};
struct recipe {
	enum recipe_kind kind;
	const char *name;  /* "file.open", "opensnoop" */
	const char *title; /* one line: what it shows */
	const char *path;  /* of the program; "" of a past one */
	const char *program; /* of a past one its text; else NULL */
	const char *asks;  /* the questions that it answers, one a line; may be "" */
	const char *says;  /* phrases for what it watches, one a line; may be "" */
	const char *needs; /* what a machine must have, one a line; may be "" */
};
struct recipe_list {
	VEC(struct recipe) items;
	size_t more; /* how many more matched than `items` holds */
};
static inline void drop_recipe_list(struct recipe_list *list)
{
	vec_done(&list->items);
}
#define AUTO_RECIPES AUTO(drop_recipe_list) struct recipe_list

struct shelf;
/* Opens the index, after making it anew when recipes, tools or synonyms changed (some 100 ms). Kept in `cache`
 * (a folder; NULL: in memory alone). `data` is data_folder(). */
struct shelf *shelf_open(const char *data, const char *cache, struct error *err);
void shelf_close(struct shelf *shelf);
static inline void drop_shelf(struct shelf **shelf)
{
	shelf_close(*shelf);
}
/* Past programs are found from here on, too. Borrowed; NULL: none. */
struct history;
void shelf_history(struct shelf *shelf, struct history *history);
#define AUTO_SHELF AUTO(drop_shelf) struct shelf *

/* "own", "tool", "past" */
const char *recipe_kind_name(enum recipe_kind kind);
/* The recipes nearest to `text`, best first, of the kinds wanted; all in the order of their names when `text` is
 * empty (of past ones the newest 500, newest first). At most `limit`. The strings live in `arena`. Finding none is no error. */
int recipes_find(struct shelf *shelf, struct text text, unsigned kinds, size_t limit, struct arena *arena,
		 struct recipe_list *found, struct error *err);
/* The one of this name, or -ENOENT. */
int recipe_named(struct shelf *shelf, const char *name, struct arena *arena, struct recipe *recipe, struct error *err);
/* Appends the program's text, at most 256 KiB. -ENOEXEC when it is no text (a compiled tool). */
int recipe_program(const struct recipe *recipe, struct build *out, struct error *err);

/* ---- between the files of this folder ---- */

/* Of the variants of one tool (opensnoop, opensnoop.bt, opensnoop-bpfcc) the first stands for all: the others go, in their
 * order, behind everything else. */
void recipes_variants_last(struct recipe_list *list);
/* Reads the head of a program: our own keys, or the comment that a tool begins with. False: it has none. */
bool recipe_head(struct text program, struct arena *arena, struct recipe *recipe);
/* Every program below data/recipes, and every tool that is installed. */
int recipes_gather(const char *data, struct arena *arena, struct recipe_list *all, struct error *err);
/* A fingerprint of all that recipes_gather() and the synonyms depend on. */
void recipes_key(const char *data, struct build *key);
