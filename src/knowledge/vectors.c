/* Vectors of texts, and rankings merged. */
#include "knowledge/vectors.h"
#include <string.h>
#include <sys/stat.h>
#include "base/file.h"
#include "knowledge/sqlite.h"

#define KEPT_MOST    20000
#define MEANING_MOST 2000 /* bytes of a recipe's text */
#define FUSION	     60.0 /* the constant of reciprocal rank fusion */
#define BUSY_MS	     2000

struct vectors {
	sqlite3 *db;
	char *source;
};

static int failed(struct vectors *vectors, const char *doing, struct error *err)
{
	return fail(err, -EIO, "cannot %s the vectors: %s", doing, sqlite.errmsg(vectors->db));
}

struct vectors *vectors_open(const char *cache, const char *source, struct error *err)
{
	static const char table[] = "CREATE TABLE IF NOT EXISTS vector (id INTEGER PRIMARY KEY, source TEXT, text TEXT, data BLOB,"
				    " UNIQUE (source, text))";
	AUTO_VECTORS vectors = calloc(1, sizeof(*vectors));
	AUTO_BUILD path = { 0 };
	mode_t mask;
	bool open;

	if (!vectors)
		abort();
	if (sqlite_load(err) < 0)
		return NULL;
	vectors->source = text_copy(text_of(source));
	build_fmt(&path, cache ? "%s/vectors.db" : ":memory:%.0s", cache ? cache : "");
	mask = umask(077);
	open = sqlite.open_v2(path.at, &vectors->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) == SQLITE_OK;
	umask(mask);
	if (open)
		sqlite.busy_timeout(vectors->db, BUSY_MS);
	/* A cache: what a crash loses is made again. */
	if (!open || sqlite.exec(vectors->db, "PRAGMA synchronous = OFF", NULL, NULL, NULL) != SQLITE_OK ||
	    sqlite.exec(vectors->db, table, NULL, NULL, NULL) != SQLITE_OK) {
		failed(vectors, "open", err);
		return NULL;
	}
	return TAKE(vectors);
}

void vectors_close(struct vectors *vectors)
{
	if (!vectors)
		return;
	sqlite_close(vectors->db);
	free(vectors->source);
	free(vectors);
}

static void key_bind(struct vectors *vectors, sqlite3_stmt *statement, struct text text)
{
	sqlite.bind_text(statement, 1, vectors->source, -1, SQLITE_STATIC);
	sqlite.bind_text(statement, 2, text.at, (int)text.len, SQLITE_STATIC);
}

int vectors_get(struct vectors *vectors, struct text text, float **out, size_t *size, struct error *err)
{
	AUTO_STATEMENT get = NULL;
	size_t bytes, wanted = *size;
	int step;

	*out = NULL;
	if (sqlite.prepare_v2(vectors->db, "SELECT data FROM vector WHERE source = ? AND text = ?", -1, &get, NULL) != SQLITE_OK)
		return failed(vectors, "read", err);
	key_bind(vectors, get, text);
	step = sqlite.step(get);
	if (step == SQLITE_DONE)
		return 0;
	if (step != SQLITE_ROW)
		return failed(vectors, "read", err);
	bytes = (size_t)sqlite.column_bytes(get, 0);
	if (bytes == 0 || bytes % sizeof(float) || (wanted && bytes != wanted * sizeof(float)))
		return 0;
	*out = malloc(bytes);
	if (!*out)
		abort();
	memcpy(*out, sqlite.column_blob(get, 0), bytes);
	*size = bytes / sizeof(float);
	return 1;
}

int vectors_put(struct vectors *vectors, struct text text, const float *vector, size_t size, struct error *err)
{
	AUTO_STATEMENT put = NULL;
	AUTO_STATEMENT prune = NULL;

	if (sqlite.prepare_v2(vectors->db, "INSERT OR REPLACE INTO vector (source, text, data) VALUES (?, ?, ?)", -1, &put, NULL) !=
		    SQLITE_OK ||
	    sqlite.prepare_v2(vectors->db, "DELETE FROM vector WHERE id <= (SELECT max(id) FROM vector) - ?", -1, &prune, NULL) != SQLITE_OK)
		return failed(vectors, "keep", err);
	key_bind(vectors, put, text);
	sqlite.bind_blob(put, 3, vector, (int)(size * sizeof(*vector)), SQLITE_STATIC);
	sqlite.bind_int(prune, 1, KEPT_MOST);
	return sqlite.step(put) == SQLITE_DONE && sqlite.step(prune) == SQLITE_DONE ? 0 : failed(vectors, "keep", err);
}

double vectors_near(const float *a, const float *b, size_t size)
{
	double sum = 0;

	for (size_t i = 0; i < size; i++)
		sum += (double)a[i] * b[i];
	return sum;
}

/* ---- recipes ---- */

void recipe_meaning(const struct recipe *recipe, struct build *out)
{
	AUTO_BUILD all = { .ceiling = MEANING_MOST };

	build_fmt(&all, "%s\n%s\n%s", recipe->title, strcmp(recipe->asks, recipe->title) == 0 ? "" : recipe->asks, recipe->says);
	build_safe(out, text_trim(build_text(&all)), true);
}

static size_t place_of(const struct recipe_list *list, const struct recipe *recipe)
{
	for (size_t i = 0; i < list->items.len; i++)
		if (list->items.at[i].kind == recipe->kind && strcmp(list->items.at[i].name, recipe->name) == 0 &&
		    strcmp(list->items.at[i].path, recipe->path) == 0)
			return i;
	return SIZE_MAX;
}

struct merged {
	const struct recipe *recipe;
	double score;
	size_t place;
};

static int merged_compare(const void *a, const void *b)
{
	const struct merged *one = a, *other = b;

	if (one->score != other->score)
		return one->score > other->score ? -1 : 1;
	return one->place < other->place ? -1 : one->place > other->place;
}

void recipes_merge(const struct recipe_list *one, const struct recipe_list *other, size_t limit, struct recipe_list *out)
{
	const struct recipe_list *lists[] = { one, other };
	VEC(struct merged) all = { 0 };

	for (size_t l = 0; l < COUNT(lists); l++)
		for (size_t i = 0; i < lists[l]->items.len; i++) {
			const struct recipe *recipe = &lists[l]->items.at[i];
			size_t also = place_of(lists[1 - l], recipe);
			double score = 1 / (FUSION + 1 + (double)i) + (also == SIZE_MAX ? 0 : 1 / (FUSION + 1 + (double)also));

			/* What stands in both was taken from the first. */
			if (l == 0 || also == SIZE_MAX)
				vec_push(&all, (struct merged){ recipe, score, all.len });
		}
	if (all.len)
		qsort(all.at, all.len, sizeof(*all.at), merged_compare);
	vec_each(each, &all)
		vec_push(&out->items, *each->recipe);
	recipes_variants_last(out);
	if (out->items.len > limit)
		out->items.len = limit;
	out->more = one->more + all.len - out->items.len;
	vec_done(&all);
}
