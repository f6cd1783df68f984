/* The history's file: opened, made, filled, kept within its limits. */
#include "knowledge/history.h"
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include "base/file.h"
#include "base/log.h"
#include "knowledge/history_store.h"

#define APPLICATION 0x73777968 /* "swyh": what file(1) and we know it by */
#define FORMAT	    1
#define WAIT_MS	    3000
#define DAY	    86400.0

/* Words are indexed twice: as terms (`asked`: folded, synonyms known) and as they stand (`said`). The index keeps no
 * copy: what it needs to forget an entry stands in the entry. */
static const char schema[] =
	"CREATE TABLE entry (id INTEGER PRIMARY KEY AUTOINCREMENT, began REAL, seconds REAL, exit_code INTEGER, seen INTEGER,"
	" line_whole INTEGER, program_whole INTEGER, input INTEGER, output INTEGER, cost REAL, command TEXT, line TEXT, folder TEXT,"
	" question TEXT, host TEXT, kernel TEXT, status TEXT, program TEXT, answer TEXT, model TEXT, saved TEXT, asked TEXT, said TEXT);"
	"CREATE INDEX entry_began ON entry (began);"
	"CREATE VIRTUAL TABLE words USING fts5 (asked, said, content = 'entry', content_rowid = 'id',"
	" tokenize = 'unicode61 remove_diacritics 0', prefix = '2 3');"
	"CREATE TRIGGER entry_added AFTER INSERT ON entry BEGIN"
	" INSERT INTO words (rowid, asked, said) VALUES (new.id, new.asked, new.said); END;"
	"CREATE TRIGGER entry_deleted AFTER DELETE ON entry BEGIN"
	" INSERT INTO words (words, rowid, asked, said) VALUES ('delete', old.id, old.asked, old.said); END;";

void history_close(struct history *history)
{
	if (!history)
		return;
	if (history->db) {
		AUTO_OWNER owner = { 0 };

		/* The last one to close writes the log into the file: that too as its owner. */
		owner_enter(history->path, &owner, NULL);
		sqlite_close(history->db);
	}
	terms_free(history->terms);
	free(history->path);
	free(history);
}

int history_failed(const struct history *history, const char *doing, struct error *err)
{
	int code = history->db ? sqlite.errcode(history->db) & 0xff : SQLITE_NOMEM;
	const char *what = history->db ? sqlite.errmsg(history->db) : "out of memory";

	if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB)
		return fail(err, -EBADMSG, "cannot %s the history: '%.200s' is damaged (%s); 'syswhy history delete --all' begins a new one",
			    doing, history->path, what);
	if (code == SQLITE_FULL)
		return fail(err, -ENOSPC, "cannot %s the history: the disk of '%.200s' is full", doing, history->path);
	if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
		return fail(err, -EBUSY, "cannot %s the history: another program holds '%.200s'", doing, history->path);
	return fail(err, -EIO, "cannot %s the history '%.200s': %s", doing, history->path, what);
}

int history_execute(struct history *history, const char *sql, struct error *err)
{
	return sqlite.exec(history->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : history_failed(history, "use", err);
}

char *history_path(void)
{
	const char *asked = getenv("SYSWHY_HISTORY"), *folder = state_folder();
	char *path;

	if (asked && asked[0])
		return text_copy(text_of(asked));
	if (!folder)
		return NULL;
	if (asprintf(&path, "%s/history.db", folder) < 0)
		abort();
	return path;
}

/* The one number that a statement gives; -1: it gives none. */
static long long number_of(struct history *history, const char *sql)
{
	AUTO_STATEMENT get = NULL;

	if (sqlite.prepare_v2(history->db, sql, -1, &get, NULL) != SQLITE_OK || sqlite.step(get) != SQLITE_ROW)
		return -1;
	return sqlite.column_int64(get, 0);
}

/* SQLite's own waiting does not cover the change to WAL. On file systems that have none the old journal does. */
static void log_mode(struct history *history)
{
	double until = now() + WAIT_MS / 1000.0;

	while (sqlite.exec(history->db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL) == SQLITE_BUSY && now() < until)
		sqlite.sleep(20);
}

static int tables_make(struct history *history, struct error *err)
{
	AUTO_BUILD sql = { 0 };
	long long format = number_of(history, "PRAGMA user_version"), application = number_of(history, "PRAGMA application_id");

	if (format < 0 || application < 0)
		return history_failed(history, "open", err);
	if (format == FORMAT && application == APPLICATION)
		return 0;
	if (format > FORMAT && application == APPLICATION)
		return fail(err, -EPROTO, "the history '%.200s' was made by a newer syswhy; it is left as it is", history->path);
	if (application != 0 || number_of(history, "SELECT count(*) FROM sqlite_master") != 0)
		return fail(err, -EEXIST, "'%.200s' is a database, but no history of syswhy; it is left as it is", history->path);
	if (history->read)
		return fail(err, -ENOENT, "there is no history yet");
	/* Before the first table; it cannot be changed later. */
	sqlite.exec(history->db, "PRAGMA auto_vacuum = INCREMENTAL", NULL, NULL, NULL);
	log_mode(history);
	if (history_execute(history, "BEGIN IMMEDIATE", err) < 0)
		return err ? err->code : -EIO;
	if (number_of(history, "PRAGMA user_version") == FORMAT) /* another process was faster */
		return history_execute(history, "COMMIT", err);
	build_fmt(&sql, "%s PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT;", schema, APPLICATION, FORMAT);
	if (history_execute(history, sql.at, err) == 0)
		return 0;
	sqlite.exec(history->db, "ROLLBACK", NULL, NULL, NULL);
	return err ? err->code : -EIO;
}

/* Ours alone, and no link to elsewhere. */
static int file_check(struct history *history, struct error *err)
{
	struct stat info;

	if (lstat(history->path, &info) < 0)
		return fail(err, -errno, "cannot open the history '%.200s': %s", history->path, strerror(errno));
	if (!S_ISREG(info.st_mode) || info.st_nlink > 1)
		return fail(err, -EPERM, "the history '%.200s' is no ordinary file; nothing is written there", history->path);
	if (info.st_uid != geteuid())
		return fail(err, -EPERM, "the history '%.200s' belongs to another user; nothing is written there", history->path);
	if (info.st_mode & 077 && chmod(history->path, 0600) < 0)
		return fail(err, -errno, "others can read the history '%.200s', and that cannot be changed: %s", history->path, strerror(errno));
	return 0;
}

/* Made empty before SQLite sees it: nothing is ever there that others can read. */
static int file_make(struct history *history, struct error *err)
{
	AUTO_FREE char *folder = text_copy(text_of(history->path));
	char *slash = strrchr(folder, '/');

	struct stat info;

	if (lstat(history->path, &info) == 0)
		return 0;
	if (errno != ENOENT && errno != ENOTDIR && history->read)
		return fail(err, -errno, "cannot open the history '%.200s': %s", history->path, strerror(errno));
	if (history->read)
		return fail(err, -ENOENT, "there is no history yet");
	if (slash && slash != folder) {
		*slash = '\0';
		if (folder_make(folder, err) < 0)
			return fail_within(err, "no history can be kept");
	}
	AUTO_FD fd = open(history->path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return fail(err, -errno, "no history can be kept in '%.200s': %s", history->path, strerror(errno));
	return 0;
}

static int database_open(struct history *history, struct error *err)
{
	int code = file_make(history, err);

	if (!code)
		code = file_check(history, err);
	if (!code)
		code = sqlite_load(err);
	if (code < 0)
		return code;
	if (sqlite.open_v2(history->path, &history->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW, NULL) != SQLITE_OK)
		return history_failed(history, "open", err);
	sqlite.busy_timeout(history->db, WAIT_MS);
	code = history_execute(history, "PRAGMA secure_delete = ON; PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 1048576;"
			"PRAGMA temp_store = MEMORY;", err);
	return code < 0 ? code : tables_make(history, err);
}

struct history *history_open(const char *path, const char *data, bool read, struct error *err)
{
	AUTO_HISTORY history = calloc(1, sizeof(*history));
	AUTO_BUILD folder = { 0 };
	AUTO_OWNER owner = { 0 };

	if (!history)
		abort();
	history->path = path ? text_copy(text_of(path)) : history_path();
	history->read = read;
	if (!history->path) {
		fail(err, -ENOENT, "there is no place for the history: neither SYSWHY_HISTORY, XDG_STATE_HOME nor HOME is set");
		return NULL;
	}
	if (owner_enter(history->path, &owner, err) < 0)
		return NULL;
	/* Mostly there is none yet to be read: that is found out first. */
	build_fmt(&folder, "%s/vocabulary", data);
	if (database_open(history, err) < 0 || !(history->terms = terms_new(folder.at, err))) {
		sqlite_close(history->db);
		history->db = NULL;
		return NULL;
	}
	return TAKE(history);
}

/* ---- adding ---- */

static const char *const text_columns[] = { "command", "line", "folder", "question", "host", "kernel", "status", "program", "answer",
					    "model", "saved" };

static void bind(sqlite3_stmt *statement, int *place, struct text t)
{
	sqlite.bind_text(statement, (*place)++, t.at ? t.at : "", (int)t.len, SQLITE_TRANSIENT);
}

static void said_build(const struct history_entry *entry, struct build *said)
{
	const struct clean *const parts[] = { &entry->question, &entry->answer, &entry->line, &entry->program, &entry->cells };

	for (size_t i = 0; i < COUNT(parts); i++) {
		build_add(said, parts[i]->text);
		build_char(said, '\n');
	}
}

static int entry_insert(struct history *history, const struct history_entry *entry, long long id, struct error *err)
{
	const struct clean texts[] = { entry->command, entry->line, entry->folder, entry->question, entry->host, entry->kernel,
				       entry->status, entry->program, entry->answer, entry->model, entry->saved };
	AUTO_BUILD sql = { 0 };
	AUTO_BUILD asked = { .ceiling = 64 << 10 };
	AUTO_BUILD said = { .ceiling = 128 << 10 };
	AUTO_STATEMENT put = NULL;
	int place = 1;

	_Static_assert(COUNT(texts) == COUNT(text_columns), "one text a column");
	build_put(&sql, "INSERT INTO entry (id, began, seconds, exit_code, seen, line_whole, program_whole, input, output, cost");
	for (size_t i = 0; i < COUNT(text_columns); i++)
		build_fmt(&sql, ", %s", text_columns[i]);
	build_put(&sql, ", asked, said) VALUES (nullif(?, 0), ?, ?, ?, ?, ?, ?, ?, ?, ?");
	for (size_t i = 0; i < COUNT(text_columns) + 2; i++)
		build_put(&sql, ", ?");
	build_put(&sql, ")");
	if (sqlite.prepare_v2(history->db, sql.at, -1, &put, NULL) != SQLITE_OK)
		return history_failed(history, "write", err);
	sqlite.bind_int64(put, place++, id);
	sqlite.bind_double(put, place++, entry->began);
	sqlite.bind_double(put, place++, entry->seconds);
	sqlite.bind_int(put, place++, entry->exit_code);
	sqlite.bind_int(put, place++, entry->seen);
	sqlite.bind_int(put, place++, entry->line_whole);
	sqlite.bind_int(put, place++, entry->program_whole);
	sqlite.bind_int64(put, place++, entry->input);
	sqlite.bind_int64(put, place++, entry->output);
	if (isnan(entry->cost))
		sqlite.bind_null(put, place++);
	else
		sqlite.bind_double(put, place++, entry->cost);
	for (size_t i = 0; i < COUNT(texts); i++)
		bind(put, &place, texts[i].text);
	terms_add(history->terms, entry->question.text, &asked);
	said_build(entry, &said);
	bind(put, &place, build_text(&asked));
	bind(put, &place, build_text(&said));
	return sqlite.step(put) == SQLITE_DONE ? 0 : history_failed(history, "write", err);
}

/* Bytes that hold something. */
static double used(struct history *history)
{
	return (double)(number_of(history, "PRAGMA page_count") - number_of(history, "PRAGMA freelist_count")) *
	       (double)number_of(history, "PRAGMA page_size");
}

/* The oldest go first, never the newest. */
static int limits_apply(struct history *history, const struct history_limits *limits, struct error *err)
{
	AUTO_BUILD sql = { 0 };

	if (limits->days > 0) {
		build_fmt(&sql, "DELETE FROM entry WHERE began < %.3f AND id < (SELECT max(id) FROM entry)",
			  (double)time(NULL) - limits->days * DAY);
		if (history_execute(history, sql.at, err) < 0)
			return err ? err->code : -EIO;
	}
	while (limits->mib > 0 && used(history) > limits->mib * 1048576 && number_of(history, "SELECT count(*) FROM entry") > 1) {
		/* A sixteenth at once: the index is not rewritten for each. */
		if (history_execute(history, "DELETE FROM entry WHERE id IN (SELECT id FROM entry WHERE id < (SELECT max(id) FROM entry)"
				    " ORDER BY id LIMIT 1 + (SELECT count(*) FROM entry) / 16)", err) < 0 ||
		    history_execute(history, "INSERT INTO words (words) VALUES ('optimize')", err) < 0)
			return err ? err->code : -EIO;
		log_stage("history", "the oldest entries were dropped: the limit is %.0f MiB", limits->mib);
	}
	return 0;
}

int history_add(struct history *history, const struct history_entry *entry, const struct history_limits *limits, long long *id,
		struct error *err)
{
	AUTO_OWNER owner = { 0 };
	AUTO_BUILD remove = { 0 };
	long long added = 0;
	int code = owner_enter(history->path, &owner, err);

	if (!code)
		code = history_execute(history, "BEGIN IMMEDIATE", err);
	if (code < 0)
		return code;
	build_fmt(&remove, "DELETE FROM entry WHERE id = %lld", *id);
	if (*id)
		code = history_execute(history, remove.at, err);
	if (!code)
		code = entry_insert(history, entry, *id, err);
	added = sqlite.last_insert_rowid(history->db);
	if (!code)
		code = limits_apply(history, limits, err);
	if (!code)
		code = history_execute(history, "COMMIT", err);
	if (!code)
		*id = added;
	if (code < 0) {
		sqlite.exec(history->db, "ROLLBACK", NULL, NULL, NULL);
		return code;
	}
	sqlite.exec(history->db, "PRAGMA incremental_vacuum", NULL, NULL, NULL);
	return 0;
}
