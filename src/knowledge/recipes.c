/* The index of recipes: made on demand, searched by words. */
#include "knowledge/recipes.h"
#include <string.h>
#include <sys/stat.h>
#include "base/file.h"
#include "base/log.h"
#include "knowledge/history_store.h"

#define PROGRAM_MOST (256 << 10)
#define FORMAT	     "2 " /* of the index: another one is made anew */

struct shelf {
	sqlite3 *db;
	struct terms *terms;
	struct history *history; /* borrowed; may be NULL */
};

void shelf_history(struct shelf *shelf, struct history *history)
{
	shelf->history = history;
}

const char *recipe_kind_name(enum recipe_kind kind)
{
	return kind == RECIPE_OWN ? "own" : kind == RECIPE_TOOL ? "tool" : "past";
}

void shelf_close(struct shelf *shelf)
{
	if (!shelf)
		return;
	sqlite_close(shelf->db);
	terms_free(shelf->terms);
	free(shelf);
}

static int failed(sqlite3 *db, const char *doing, struct error *err)
{
	return fail(err, -EIO, "cannot %s the index of recipes: %s", doing, sqlite.errmsg(db));
}

static int execute(sqlite3 *db, const char *sql, struct error *err)
{
	return sqlite.exec(db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : failed(db, "make", err);
}

/* Whether what is in the file was made from these inputs. */
static bool current(sqlite3 *db, const char *key)
{
	AUTO_STATEMENT get = NULL;

	return sqlite.prepare_v2(db, "SELECT 1 FROM made WHERE key = ?", -1, &get, NULL) == SQLITE_OK &&
	       sqlite.bind_text(get, 1, key, -1, SQLITE_STATIC) == SQLITE_OK && sqlite.step(get) == SQLITE_ROW;
}

/* ---- making it ---- */

static void bind(sqlite3_stmt *statement, int place, const char *value)
{
	sqlite.bind_text(statement, place, value, -1, SQLITE_TRANSIENT);
}

static int recipe_store(struct shelf *shelf, sqlite3_stmt *put, sqlite3_stmt *index, sqlite3_int64 id,
			const struct recipe *recipe, struct error *err)
{
	const char *const kept[] = { recipe->name, recipe->title, recipe->path, recipe->asks, recipe->says, recipe->needs };
	const char *const searched[] = { recipe->says, recipe->asks, recipe->title, recipe->name };
	AUTO_BUILD alone = { 0 };

	sqlite.reset(put);
	sqlite.bind_int64(put, 1, id);
	sqlite.bind_int(put, 2, (int)recipe->kind);
	for (size_t i = 0; i < COUNT(kept); i++)
		bind(put, (int)i + 3, kept[i]);
	sqlite.reset(index);
	sqlite.bind_int64(index, 1, id);
	for (size_t i = 0; i < COUNT(searched); i++) {
		AUTO_BUILD terms = { 0 };

		terms_add(shelf->terms, text_of(searched[i]), &terms);
		bind(index, (int)i + 2, terms.at ? terms.at : "");
	}
	terms_alone(shelf->terms, text_of(recipe->says), &alone);
	bind(index, (int)COUNT(searched) + 2, alone.at ? alone.at : "");
	return sqlite.step(put) == SQLITE_DONE && sqlite.step(index) == SQLITE_DONE ? 0 : failed(shelf->db, "make", err);
}

static int shelf_make(struct shelf *shelf, const char *data, const char *key, struct error *err)
{
	AUTO_ARENA arena = arena_new();
	AUTO_RECIPES all = { 0 };
	AUTO_STATEMENT put = NULL;
	AUTO_STATEMENT index = NULL;
	AUTO_STATEMENT made = NULL;
	sqlite3_int64 id = 0;
	int code = recipes_gather(data, arena, &all, err);

	if (!code)
		code = execute(shelf->db, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN;"
			       "CREATE TABLE made (key TEXT);"
			       "CREATE TABLE recipe (id INTEGER PRIMARY KEY, kind INTEGER, name TEXT, title TEXT, path TEXT,"
			       " asks TEXT, says TEXT, needs TEXT);"
			       "CREATE VIRTUAL TABLE words USING fts5 (say, ask, title, name, alone, content = '',"
			       " tokenize = 'unicode61 remove_diacritics 0');", err);
	if (code < 0)
		return code;
	if (sqlite.prepare_v2(shelf->db, "INSERT INTO recipe VALUES (?, ?, ?, ?, ?, ?, ?, ?)", -1, &put, NULL) != SQLITE_OK ||
	    sqlite.prepare_v2(shelf->db, "INSERT INTO words (rowid, say, ask, title, name, alone) VALUES (?, ?, ?, ?, ?, ?)", -1, &index,
			       NULL) != SQLITE_OK ||
	    sqlite.prepare_v2(shelf->db, "INSERT INTO made VALUES (?)", -1, &made, NULL) != SQLITE_OK)
		return failed(shelf->db, "make", err);
	vec_each(recipe, &all.items) {
		code = recipe_store(shelf, put, index, ++id, recipe, err);
		if (code < 0)
			return code;
	}
	bind(made, 1, key);
	if (sqlite.step(made) != SQLITE_DONE)
		return failed(shelf->db, "make", err);
	log_stage("knowledge", "made an index of %zu programs", all.items.len);
	return execute(shelf->db, "COMMIT", err);
}

static int database_open(struct shelf *shelf, const char *path, int flags, struct error *err)
{
	int code = sqlite_load(err);

	if (code < 0)
		return code;
	sqlite_close(shelf->db);
	shelf->db = NULL;
	if (sqlite.open_v2(path, &shelf->db, flags, NULL) == SQLITE_OK)
		return 0;
	return fail(err, -EIO, "cannot open '%s': %s", path, shelf->db ? sqlite.errmsg(shelf->db) : "out of memory");
}

/* Made beside and moved into place, so that another run never reads half an index. */
static int file_make(struct shelf *shelf, const char *data, const char *path, const char *key, struct error *err)
{
	AUTO_FREE char *half = NULL;
	mode_t mask;
	int code;

	if (asprintf(&half, "%s.%ld", path, (long)getpid()) < 0)
		abort();
	unlink(half);
	mask = umask(077);
	code = database_open(shelf, half, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, err);
	if (!code)
		code = shelf_make(shelf, data, key, err);
	umask(mask);
	if (!code && rename(half, path) < 0)
		code = fail(err, -errno, "cannot move '%s' into place: %s", half, strerror(errno));
	if (code < 0)
		unlink(half);
	return code;
}

struct shelf *shelf_open(const char *data, const char *cache, struct error *err)
{
	AUTO_SHELF shelf = calloc(1, sizeof(*shelf));
	AUTO_BUILD key = { 0 };
	AUTO_BUILD path = { 0 };
	AUTO_BUILD words = { 0 };

	if (!shelf)
		abort();
	build_fmt(&words, "%s/vocabulary", data);
	shelf->terms = terms_new(words.at, err);
	if (!shelf->terms)
		return NULL;
	build_put(&key, FORMAT);
	recipes_key(data, &key);
	if (cache) {
		build_fmt(&path, "%s/recipes.db", cache);
		if (database_open(shelf, path.at, SQLITE_OPEN_READONLY, NULL) == 0 && current(shelf->db, key.at))
			return TAKE(shelf);
		if (file_make(shelf, data, path.at, key.at, NULL) == 0)
			return TAKE(shelf);
		log_stage("knowledge", "no index can be kept in %s: it is made in memory", cache);
	}
	if (database_open(shelf, ":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, err) < 0 ||
	    shelf_make(shelf, data, key.at, err) < 0)
		return NULL;
	return TAKE(shelf);
}

/* ---- finding ---- */

#define COLUMNS "recipe.kind, recipe.name, recipe.title, recipe.path, recipe.asks, recipe.says, recipe.needs"

static const char *column(sqlite3_stmt *row, int place, struct arena *arena)
{
	return arena_text(arena, text_of((const char *)sqlite.column_text(row, place)));
}

static struct recipe row_recipe(sqlite3_stmt *row, struct arena *arena)
{
	return (struct recipe){ .kind = (enum recipe_kind)sqlite.column_int(row, 0), .name = column(row, 1, arena),
				.title = column(row, 2, arena), .path = column(row, 3, arena), .asks = column(row, 4, arena),
				.says = column(row, 5, arena), .needs = column(row, 6, arena) };
}

/* The nearest by words, ranked anew: a phrase that stands whole in the question tells more than its words apart. */
struct candidate {
	struct recipe recipe;
	double score;
	size_t place;
};
enum { CANDIDATES = 80, PAST = 8, PAST_MOST = 500 };
#define PHRASE_WEIGHT 5.0

static int candidate_compare(const void *a, const void *b)
{
	const struct candidate *one = a, *other = b;

	if (one->score != other->score)
		return one->score > other->score ? -1 : 1;
	return one->place < other->place ? -1 : one->place > other->place;
}

static struct recipe past_recipe(const struct history_past *past, struct arena *arena)
{
	return (struct recipe){ .kind = RECIPE_PAST, .name = arena_fmt(arena, "past.%lld", past->id), .title = past->question, .path = "",
				.program = past->program, .asks = past->question, .says = "", .needs = "" };
}

/* A past question that has the same words is as near as the nearest recipe; one that shares half of them, half as near. */
static int past_find(struct shelf *shelf, struct text text, struct arena *arena, struct candidate *candidates, size_t *count,
		     struct error *err)
{
	struct history_past past[PAST];
	size_t found, before = *count;
	double best = 1;
	int code = history_past(shelf->history, text, PAST, arena, past, &found, err);

	for (size_t i = 0; i < before; i++)
		best = candidates[i].score > best ? candidates[i].score : best;
	for (size_t i = 0; code == 0 && i < found; i++)
		candidates[(*count)++] = (struct candidate){
			.score = past[i].score * best + (past[i].score >= 1), .place = before + i,
			.recipe = past_recipe(&past[i], arena),
		};
	return code;
}

/* "opensnoop" of opensnoop, opensnoop.bt and opensnoop-bpfcc. */
static struct text tool_name(const struct recipe *recipe)
{
	static const char *const ends[] = { ".bt", ".py", "-bpfcc", "-bpf", "-libbpf" };
	struct text name = text_of(recipe->name);

	for (size_t i = 0; i < COUNT(ends); i++)
		if (text_ends(name, ends[i]))
			return text_until(name, name.len - strlen(ends[i]));
	return name;
}

static bool variant(const struct recipe *list, size_t at)
{
	for (size_t i = 0; list[at].kind == RECIPE_TOOL && i < at; i++)
		if (list[i].kind == RECIPE_TOOL && text_same(tool_name(&list[i]), tool_name(&list[at])))
			return true;
	return false;
}

void recipes_variants_last(struct recipe_list *list)
{
	VEC(struct recipe) ordered = { 0 };

	for (int again = 0; again < 2; again++)
		for (size_t i = 0; i < list->items.len; i++)
			if (variant(list->items.at, i) == again)
				vec_push(&ordered, list->items.at[i]);
	if (ordered.len)
		memcpy(list->items.at, ordered.at, ordered.len * sizeof(*ordered.at));
	vec_done(&ordered);
}

static int past_every(struct shelf *shelf, size_t limit, struct arena *arena, struct recipe_list *found, struct error *err)
{
	AUTO_FREE struct history_past *past = calloc(PAST_MOST, sizeof(*past));
	size_t count;
	int code;

	if (!past)
		abort();
	code = history_answered(shelf->history, PAST_MOST, arena, past, &count, err);
	for (size_t i = 0; code == 0 && i < count; i++) {
		if (found->items.len < limit)
			vec_push(&found->items, past_recipe(&past[i], arena));
		else
			found->more++;
	}
	return code;
}

static int every_recipe(struct shelf *shelf, unsigned kinds, size_t limit, struct arena *arena, struct recipe_list *found,
			struct error *err)
{
	AUTO_STATEMENT get = NULL;
	int step;

	if (sqlite.prepare_v2(shelf->db, "SELECT " COLUMNS " FROM recipe WHERE kind & ? ORDER BY kind, name", -1, &get, NULL) !=
	    SQLITE_OK)
		return failed(shelf->db, "search", err);
	sqlite.bind_int(get, 1, (int)kinds);
	while ((step = sqlite.step(get)) == SQLITE_ROW) {
		if (found->items.len < limit)
			vec_push(&found->items, row_recipe(get, arena));
		else
			found->more++;
	}
	if (step != SQLITE_DONE)
		return failed(shelf->db, "search", err);
	return shelf->history && kinds & RECIPE_PAST ? past_every(shelf, limit, arena, found, err) : 0;
}

int recipes_find(struct shelf *shelf, struct text text, unsigned kinds, size_t limit, struct arena *arena,
		 struct recipe_list *found, struct error *err)
{
	/* Phrases tell most, then the questions; the name holds the subject's own words. */
	static const char ranked[] = "SELECT " COLUMNS ", bm25(words, 4.0, 3.0, 2.0, 2.0, 4.0) AS far FROM words JOIN recipe ON "
				     "recipe.id = words.rowid WHERE words MATCH ?2 AND recipe.kind & ?1 ORDER BY far, recipe.name";
	AUTO_FREE struct candidate *candidates = calloc(CANDIDATES + PAST, sizeof(*candidates));
	AUTO_STATEMENT get = NULL;
	AUTO_BUILD query = { 0 };
	AUTO_BUILD terms = { 0 };
	size_t count = 0;
	int step;

	if (!candidates)
		abort();
	if (text_trim(text).len == 0)
		return every_recipe(shelf, kinds, limit, arena, found, err);
	terms_query(shelf->terms, text, &query);
	terms_add(shelf->terms, text, &terms);
	if (query.len == 0)
		return 0;
	if (sqlite.prepare_v2(shelf->db, ranked, -1, &get, NULL) != SQLITE_OK)
		return failed(shelf->db, "search", err);
	sqlite.bind_int(get, 1, (int)kinds);
	bind(get, 2, query.at);
	while ((step = sqlite.step(get)) == SQLITE_ROW) {
		struct candidate *one = &candidates[count];

		if (count == CANDIDATES) {
			found->more++;
			continue;
		}
		*one = (struct candidate){ .recipe = row_recipe(get, arena), .place = count++ };
		/* A program that answers stands before a tool that may: by as much as one phrase. */
		one->score = PHRASE_WEIGHT * terms_cover(shelf->terms, build_text(&terms), text_of(one->recipe.says)) -
			     sqlite.column_double(get, 7) + (one->recipe.kind == RECIPE_OWN ? PHRASE_WEIGHT : 0);
	}
	if (step != SQLITE_DONE)
		return failed(shelf->db, "search", err);
	if (shelf->history && kinds & RECIPE_PAST && past_find(shelf, text, arena, candidates, &count, err) < 0)
		return err ? err->code : -EIO;
	qsort(candidates, count, sizeof(*candidates), candidate_compare);
	for (size_t i = 0; i < count; i++)
		vec_push(&found->items, candidates[i].recipe);
	recipes_variants_last(found);
	if (found->items.len > limit)
		found->items.len = limit;
	found->more += count - found->items.len;
	return 0;
}

/* "past.12" */
static int past_named(struct shelf *shelf, long long id, struct arena *arena, struct recipe *recipe, struct error *err)
{
	struct history_row row;
	int code = history_get(shelf->history, id, arena, &row, err);

	if (code < 0)
		return code;
	if (!row.program[0] || !row.program_whole)
		return fail(err, -ENOENT, "entry %lld of the history has no program that can be run again", id);
	*recipe = past_recipe(&(struct history_past){ .id = id, .question = row.question, .program = row.program }, arena);
	return 0;
}

int recipe_named(struct shelf *shelf, const char *name, struct arena *arena, struct recipe *recipe, struct error *err)
{
	AUTO_STATEMENT get = NULL;
	long long id;

	if (shelf->history && text_starts(text_of(name), "past.") && text_number(text_of(name + 5), &id) && id > 0)
		return past_named(shelf, id, arena, recipe, err);
	if (sqlite.prepare_v2(shelf->db, "SELECT " COLUMNS " FROM recipe WHERE name = ? ORDER BY kind LIMIT 1", -1, &get, NULL) !=
	    SQLITE_OK)
		return failed(shelf->db, "search", err);
	bind(get, 1, name);
	if (sqlite.step(get) != SQLITE_ROW)
		return fail(err, -ENOENT, "there is no recipe '%s'; find one with: syswhy recipes WORDS", name);
	*recipe = row_recipe(get, arena);
	return 0;
}

int recipe_program(const struct recipe *recipe, struct build *out, struct error *err)
{
	size_t before = out->len;
	int code;

	if (recipe->program) {
		build_put(out, recipe->program);
		return 0;
	}
	code = file_read(recipe->path, PROGRAM_MOST, out, err);

	if (!code && memchr(out->at + before, '\0', out->len - before))
		code = fail(err, -ENOEXEC, "%s is a compiled program, which cannot be shown: %s", recipe->name, recipe->path);
	return code;
}
