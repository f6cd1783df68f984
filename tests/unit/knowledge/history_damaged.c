/* Tests of a history whose file is wrong: damaged, held, a link, another's. */
#include "tests/unit/knowledge/history_check.h"

static void refused(int code, const char *words)
{
	struct error err = { 0 };
	struct history *history = history_open(path, data_folder(), false, &err);
	long long id;

	if (history) {
		struct given given = { .question = "x", .began = 1 };

		if (try_add(history, &given, &none, &id, &err) == 0)
			fail_msg("taken, instead of '%s'", words);
	}
	history_close(history);
	if (err.code != code || !strstr(err.text, words))
		fail_msg("'%s' (%d) instead of '%s' (%d)", err.text, err.code, words, code);
}

static void put_file(struct text content)
{
	assert_int_equal(file_write(path, content, 0600, NULL), 0);
}

static void a_file_that_is_no_history_is_left_alone(void **state)
{
	AUTO_BUILD before = { 0 };
	AUTO_BUILD after = { 0 };
	AUTO_BUILD link = { 0 };
	sqlite3 *db = NULL;

	(void)state;
	history_close(open_history());
	put_file(TEXT("this is no database, but it is long enough to be taken for one: 0123456789012345678901234567890123456789"
		      "01234567890123456789"));
	refused(-EBADMSG, "is damaged");
	/* A database of somebody else. */
	assert_int_equal(history_remove(path, NULL), 0);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "CREATE TABLE mine (a); INSERT INTO mine VALUES (1)", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	assert_int_equal(file_read(path, 1 << 20, &before, NULL), 0);
	refused(-EEXIST, "no history of syswhy");
	assert_int_equal(file_read(path, 1 << 20, &after, NULL), 0);
	assert_true(text_same(build_text(&before), build_text(&after)));
	/* A newer one. */
	assert_int_equal(history_remove(path, NULL), 0);
	history_close(open_history());
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "PRAGMA user_version = 99", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	refused(-EPROTO, "newer syswhy");
	/* A link to elsewhere. */
	build_fmt(&link, "%s/elsewhere", folder);
	assert_int_equal(rename(path, link.at), 0);
	assert_int_equal(symlink(link.at, path), 0);
	refused(-EPERM, "no ordinary file");
	assert_int_equal(unlink(path), 0);
	/* A folder. */
	assert_int_equal(mkdir(path, 0700), 0);
	refused(-EPERM, "no ordinary file");
	assert_int_equal(rmdir(path), 0);
}

static void a_damaged_page_is_an_error_and_no_crash(void **state)
{
	AUTO_BUILD bytes = { 0 };

	(void)state;
	{
		AUTO_HISTORY history = open_history();

		for (int i = 0; i < 50; i++)
			add(history, (struct given){ .question = "some question", .saved = 2000 });
	}
	assert_int_equal(file_read(path, 8 << 20, &bytes, NULL), 0);
	for (unsigned seed = 1; seed <= 300; seed++) {
		AUTO_BUILD spoilt = { 0 };
		AUTO_ARENA arena = arena_new();
		AUTO_HISTORY_LIST list = { 0 };
		struct history_row row;
		struct error err = { 0 };
		unsigned state_ = seed * 2654435761U;
		long long id;

		build_add(&spoilt, build_text(&bytes));
		for (int i = 0; i < 20; i++) {
			state_ = state_ * 1664525U + 1013904223U;
			spoilt.at[(state_ >> 4) % (i < 3 ? 4096 : spoilt.len)] = (char)(state_ >> 24);
		}
		put_file(build_text(&spoilt));
		AUTO_HISTORY history = history_open(path, data_folder(), false, &err);
		if (!history) {
			assert_true(err.text[0]);
			continue;
		}
		history_find(history, TEXT("question"), 0, 10, arena, &list, &err);
		history_get(history, 7, arena, &row, &err);
		try_add(history, &(struct given){ .question = "new", .began = 1 }, &none, &id, &err);
	}
	assert_int_equal(history_remove(path, NULL), 0);
}

static void a_held_file_is_waited_for_and_then_told(void **state)
{
	sqlite3 *db = NULL;

	(void)state;
	history_close(open_history());
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	refused(-EBUSY, "another program holds");
	assert_int_equal(sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_file_that_is_no_history_is_left_alone, fresh),
		cmocka_unit_test_setup(a_damaged_page_is_an_error_and_no_crash, fresh),
		cmocka_unit_test_setup(a_held_file_is_waited_for_and_then_told, fresh),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
