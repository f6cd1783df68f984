/* Finding, reading and deleting what the history holds. */
#include <math.h>
#include <string.h>
#include "knowledge/history_store.h"

#define COLUMNS                                                                                                                   \
	"entry.id, entry.began, entry.seconds, entry.exit_code, entry.seen, entry.line_whole, entry.program_whole, entry.input, "     \
	"entry.output, entry.cost, entry.command, entry.line, entry.folder, entry.question, entry.host, entry.kernel, entry.status, " \
	"entry.program, entry.answer, entry.model"
#define PAST_CANDIDATES 200
#define PAST_NEAR	0.34

static const char *column(sqlite3_stmt *row, int place, struct arena *arena)
{
	return arena_text(arena, (struct text){ (const char *)sqlite.column_text(row, place), (size_t)sqlite.column_bytes(row, place) });
}

static struct history_row row_of(sqlite3_stmt *at, bool saved, struct arena *arena)
{
	return (struct history_row){
		.id = sqlite.column_int64(at, 0), .began = sqlite.column_double(at, 1), .seconds = sqlite.column_double(at, 2),
		.exit_code = sqlite.column_int(at, 3), .seen = sqlite.column_int(at, 4), .line_whole = sqlite.column_int(at, 5),
		.program_whole = sqlite.column_int(at, 6), .input = (long)sqlite.column_int64(at, 7),
		.output = (long)sqlite.column_int64(at, 8),
		.cost = sqlite.column_type(at, 9) == SQLITE_NULL ? NAN : sqlite.column_double(at, 9),
		.command = column(at, 10, arena), .line = column(at, 11, arena), .folder = column(at, 12, arena),
		.question = column(at, 13, arena), .host = column(at, 14, arena), .kernel = column(at, 15, arena),
		.status = column(at, 16, arena), .program = column(at, 17, arena), .answer = column(at, 18, arena),
		.model = column(at, 19, arena), .saved = saved ? column(at, 20, arena) : "",
	};
}

/* "faults" becomes ("fault" OR "faults"*): as a term, or as it is written, to its end or not. */
static void word_query(const struct history *history, struct text word, struct build *query)
{
	AUTO_BUILD terms = { 0 };
	struct text rest, term;

	terms_add(history->terms, word, &terms);
	rest = build_text(&terms);
	build_fmt(query, "%s(", query->len ? " AND " : "");
	while (text_word(&rest, &term))
		build_fmt(query, "\"%.*s\" OR ", TEXT_ARG(term));
	build_char(query, '"');
	for (size_t i = 0; i < word.len; i++)
		build_char(query, word.at[i] == '"' ? ' ' : word.at[i]);
	build_put(query, "\"*)");
}

int history_find(struct history *history, struct text search, double since, size_t limit, struct arena *arena, struct history_list *list,
		 struct error *err)
{
	AUTO_OWNER owner = { 0 };
	AUTO_BUILD query = { 0 };
	AUTO_STATEMENT get = NULL;
	struct text word;
	int step;

	if (owner_enter(history->path, &owner, err) < 0)
		return err ? err->code : -EPERM;
	while (text_word(&search, &word))
		word_query(history, word, &query);
	if (sqlite.prepare_v2(history->db, query.len ?
			       "SELECT " COLUMNS " FROM words JOIN entry ON entry.id = words.rowid WHERE words MATCH ?2 AND began >= ?1 ORDER BY entry.id DESC" :
			       "SELECT " COLUMNS " FROM entry WHERE began >= ?1 ORDER BY id DESC", -1, &get, NULL) != SQLITE_OK)
		return history_failed(history, "search", err);
	sqlite.bind_double(get, 1, since);
	if (query.len)
		sqlite.bind_text(get, 2, query.at, -1, SQLITE_STATIC);
	while ((step = sqlite.step(get)) == SQLITE_ROW) {
		if (list->items.len < limit)
			vec_push(&list->items, row_of(get, false, arena));
		else
			list->more++;
	}
	return step == SQLITE_DONE ? 0 : history_failed(history, "search", err);
}

static int row_find(struct history *history, long long id, const char *command, struct arena *arena, struct history_row *row,
		    struct error *err)
{
	AUTO_OWNER owner = { 0 };
	AUTO_STATEMENT get = NULL;
	int step;

	if (owner_enter(history->path, &owner, err) < 0)
		return err ? err->code : -EPERM;
	if (sqlite.prepare_v2(history->db, "SELECT " COLUMNS ", saved FROM entry WHERE (?1 = 0 OR id = ?1) AND (?2 IS NULL OR command = ?2)"
			       " ORDER BY id DESC LIMIT 1", -1, &get, NULL) != SQLITE_OK)
		return history_failed(history, "read", err);
	sqlite.bind_int64(get, 1, id);
	if (command)
		sqlite.bind_text(get, 2, command, -1, SQLITE_STATIC);
	step = sqlite.step(get);
	if (step == SQLITE_DONE)
		return id ? fail(err, -ENOENT, "the history has no entry %lld; 'syswhy history' lists them", id) :
		       command ? fail(err, -ENOENT, "the history has no %s", command) : fail(err, -ENOENT, "the history is empty");
	if (step != SQLITE_ROW)
		return history_failed(history, "read", err);
	*row = row_of(get, true, arena);
	return 0;
}

int history_get(struct history *history, long long id, struct arena *arena, struct history_row *row, struct error *err)
{
	return row_find(history, id, NULL, arena, row, err);
}

int history_last(struct history *history, const char *command, struct arena *arena, struct history_row *row, struct error *err)
{
	return row_find(history, 0, command, arena, row, err);
}

int history_delete(struct history *history, long long id, double before, size_t *count, struct error *err)
{
	AUTO_OWNER owner = { 0 };
	AUTO_STATEMENT del = NULL;
	int code = owner_enter(history->path, &owner, err);

	*count = 0;
	if (code < 0)
		return code;
	if (sqlite.prepare_v2(history->db, id ? "DELETE FROM entry WHERE id = ?1" :
			       before > 0 ? "DELETE FROM entry WHERE began < ?2" : "DELETE FROM entry", -1, &del, NULL) != SQLITE_OK)
		return history_failed(history, "write", err);
	if (id)
		sqlite.bind_int64(del, 1, id);
	else if (before > 0)
		sqlite.bind_double(del, 2, before);
	if (sqlite.step(del) != SQLITE_DONE)
		return history_failed(history, "write", err);
	*count = (size_t)sqlite.changes(history->db);
	sqlite.finalize(TAKE(del));
	if (id && !*count)
		return fail(err, -ENOENT, "the history has no entry %lld; 'syswhy history' lists them", id);
	/* The index keeps the words of what is gone until it is merged, and the log the pages. */
	code = history_execute(history, "INSERT INTO words (words) VALUES ('optimize')", err);
	if (!code)
		code = history_execute(history, "VACUUM", err);
	return code < 0 ? code : history_execute(history, "PRAGMA wal_checkpoint(TRUNCATE)", err);
}

int history_remove(const char *path, struct error *err)
{
	static const char *const ends[] = { "", "-wal", "-shm", "-journal" };
	AUTO_OWNER owner = { 0 };
	int code = owner_enter(path, &owner, err);

	for (size_t i = 0; code == 0 && i < COUNT(ends); i++) {
		AUTO_BUILD name = { 0 };

		build_fmt(&name, "%s%s", path, ends[i]);
		if (unlink(name.at) < 0 && errno != ENOENT)
			code = fail(err, -errno, "cannot remove '%.200s': %s", name.at, strerror(errno));
	}
	return code;
}

/* ---- past programs ---- */

static size_t words_of(struct text t, struct text *words, size_t most)
{
	size_t count = 0;
	struct text word;

	while (count < most && text_word(&t, &word)) {
		bool known = false;

		for (size_t i = 0; i < count; i++)
			known = known || text_same(words[i], word);
		if (!known)
			words[count++] = word;
	}
	return count;
}

/* What both have of what either has: 1 when they are the same words. */
static double alike(struct text one, struct text other)
{
	struct text a[64], b[64];
	size_t a_count = words_of(one, a, COUNT(a)), b_count = words_of(other, b, COUNT(b)), both = 0;

	for (size_t i = 0; i < a_count; i++)
		for (size_t j = 0; j < b_count; j++)
			both += text_same(a[i], b[j]);
	return a_count + b_count ? (double)both / (double)(a_count + b_count - both) : 0;
}

/* The best first; of the same question the newest, which comes first. */
static void past_place(struct history_past one, size_t limit, struct history_past *found, size_t *count)
{
	size_t at = *count;

	for (size_t i = 0; i < *count; i++)
		if (strcmp(found[i].question, one.question) == 0)
			return;
	while (at > 0 && found[at - 1].score < one.score)
		at--;
	if (at == limit)
		return;
	if (*count < limit)
		++*count;
	memmove(found + at + 1, found + at, (*count - at - 1) * sizeof(*found));
	found[at] = one;
}

#define PAST_COLUMNS "entry.id, question, program, line, began"
#define PAST_ANSWERED "status = 'ok' AND seen AND program_whole AND program <> ''"

static struct history_past past_of(sqlite3_stmt *get, struct arena *arena)
{
	return (struct history_past){ .id = sqlite.column_int64(get, 0), .question = column(get, 1, arena), .program = column(get, 2, arena),
				      .line = column(get, 3, arena), .began = sqlite.column_double(get, 4) };
}

int history_answered(struct history *history, size_t limit, struct arena *arena, struct history_past *found, size_t *count,
		     struct error *err)
{
	AUTO_OWNER owner = { 0 };
	AUTO_STATEMENT get = NULL;
	int step;

	*count = 0;
	if (owner_enter(history->path, &owner, err) < 0)
		return err ? err->code : -EPERM;
	/* SQLite takes the other columns from the row with the largest id. */
	if (sqlite.prepare_v2(history->db, "SELECT max(entry.id), question, program, line, began FROM entry WHERE " PAST_ANSWERED
			       " AND question <> '' GROUP BY question ORDER BY 1 DESC LIMIT ?", -1, &get, NULL) != SQLITE_OK)
		return history_failed(history, "search", err);
	sqlite.bind_int64(get, 1, (sqlite3_int64)limit);
	while (*count < limit && (step = sqlite.step(get)) == SQLITE_ROW)
		found[(*count)++] = past_of(get, arena);
	return *count == limit || step == SQLITE_DONE ? 0 : history_failed(history, "search", err);
}

int history_past(struct history *history, struct text question, size_t limit, struct arena *arena, struct history_past *found,
		 size_t *count, struct error *err)
{
	AUTO_OWNER owner = { 0 };
	AUTO_BUILD telling = { 0 };
	AUTO_BUILD query = { 0 };
	AUTO_STATEMENT get = NULL;
	struct text rest, word;
	int step;

	*count = 0;
	terms_telling(history->terms, question, &telling);
	rest = build_text(&telling);
	while (text_word(&rest, &word))
		build_fmt(&query, "%s\"%.*s\"", query.len ? " OR " : "asked : (", TEXT_ARG(word));
	if (!query.len || !limit)
		return 0;
	build_char(&query, ')');
	if (owner_enter(history->path, &owner, err) < 0)
		return err ? err->code : -EPERM;
	if (sqlite.prepare_v2(history->db, "SELECT " PAST_COLUMNS " FROM words JOIN entry ON entry.id = words.rowid "
			       "WHERE words MATCH ?1 AND " PAST_ANSWERED " "
			       "ORDER BY bm25(words), entry.id DESC LIMIT ?2", -1, &get, NULL) != SQLITE_OK)
		return history_failed(history, "search", err);
	sqlite.bind_text(get, 1, query.at, -1, SQLITE_STATIC);
	sqlite.bind_int(get, 2, PAST_CANDIDATES);
	while ((step = sqlite.step(get)) == SQLITE_ROW) {
		AUTO_BUILD theirs = { 0 };
		struct history_past one = past_of(get, arena);

		terms_telling(history->terms, text_of(one.question), &theirs);
		one.score = alike(build_text(&telling), build_text(&theirs));
		if (one.score >= PAST_NEAR)
			past_place(one, limit, found, count);
	}
	return step == SQLITE_DONE ? 0 : history_failed(history, "search", err);
}
