/* Tests of the history: what goes in comes out, is found, kept within limits, deleted for good, by many at once. */
#include "tests/unit/knowledge/history_check.h"
#include <signal.h>
#include <sys/wait.h>
#include "knowledge/recipes.h"

static size_t count(struct history *history, const char *search, double since)
{
	AUTO_ARENA arena = arena_new();
	AUTO_HISTORY_LIST list = { 0 };
	struct error err = { 0 };

	if (history_find(history, text_of(search), since, 5, arena, &list, &err) < 0)
		fail_msg("'%s': %s", search, err.text);
	return list.items.len + list.more;
}

static void what_goes_in_comes_out(void **state)
{
	AUTO_HISTORY history = open_history();
	AUTO_ARENA arena = arena_new();
	struct history_row row;
	struct stat info;
	long long id = add(history, (struct given){ .question = "count opened files", .program = "BEGIN {}", .answer = "It ran [1].", .began = 1e9 });

	(void)state;
	assert_int_equal(history_get(history, id, arena, &row, NULL), 0);
	assert_string_equal(row.question, "count opened files");
	assert_string_equal(row.program, "BEGIN {}");
	assert_string_equal(row.answer, "It ran [1].");
	assert_string_equal(row.line, "[\"-x\"]");
	assert_string_equal(row.host, "here");
	assert_true(row.began == 1e9 && row.seconds == 1.5 && row.exit_code == 1 && row.seen && row.line_whole);
	assert_true(row.input == 7 && row.output == -1 && row.cost == 0.25);
	assert_int_equal(history_get(history, 0, arena, &row, NULL), 0);
	assert_int_equal(row.id, id);
	assert_int_equal(history_get(history, id + 1, arena, &row, NULL), -ENOENT);
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0600);
	AUTO_BUILD above = { 0 };
	build_fmt(&above, "%s/state", folder);
	assert_int_equal(stat(above.at, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0700);
}

static void words_find_entries(void **state)
{
	AUTO_HISTORY history = open_history();

	(void)state;
	add(history, (struct given){ .question = "which files are opened", .answer = "nginx leads", .began = 1000 });
	add(history, (struct given){ .question = "统计每个进程的缺页次数", .cells = "postgres 10.0.0.7", .began = 2000 });
	add(history, (struct given){ .question = "count page faults by process", .program = "software:page-faults:1 {}", .began = 3000 });
	assert_int_equal(count(history, "", 0), 3);
	assert_int_equal(count(history, "", 2000), 2);
	assert_int_equal(count(history, "opening file", 0), 1); /* folded */
	assert_int_equal(count(history, "fault", 0), 1);
	assert_int_equal(count(history, "nginx", 0), 1);	/* the answer */
	assert_int_equal(count(history, "postgr", 0), 1);	/* the beginning of a word of the evidence */
	assert_int_equal(count(history, "10.0.0.7", 0), 1);
	assert_int_equal(count(history, "缺页", 0), 1);
	assert_int_equal(count(history, "software", 0), 1);	/* the program */
	assert_int_equal(count(history, "nginx postgres", 0), 0); /* all of the words */
	assert_int_equal(count(history, "zebra", 0), 0);
	/* Nothing of it is read as the query language. */
	count(history, "\" OR * ) ( NEAR ^ - : said: {a b}", 0);
	count(history, "*", 0);
	count(history, "-", 0);
	count(history, "\"", 0);
	count(history, "AND OR NOT", 0);
}

static void the_oldest_go_first(void **state)
{
	AUTO_HISTORY history = open_history();
	AUTO_ARENA arena = arena_new();
	struct history_limits days = { .days = 10 }, size = { .mib = 1 };
	struct history_row row;
	struct stat info;
	long long id, last = 0;
	struct error err = { 0 };

	(void)state;
	add(history, (struct given){ .question = "very old", .began = (double)time(NULL) - 11 * 86400 });
	add(history, (struct given){ .question = "rather old", .began = (double)time(NULL) - 9 * 86400 });
	assert_int_equal(try_add(history, &(struct given){ .question = "new", .began = (double)time(NULL) }, &days, &id, &err), 0);
	assert_int_equal(count(history, "", 0), 2);
	assert_int_equal(count(history, "very", 0), 0);
	/* One that is new now but began long ago stays: it was just asked. */
	assert_int_equal(try_add(history, &(struct given){ .question = "clock", .began = 5 }, &days, &id, &err), 0);
	assert_int_equal(count(history, "clock", 0), 1);
	for (int i = 0; i < 60; i++)
		assert_int_equal(try_add(history, &(struct given){ .question = "large", .saved = 100000, .began = 1e9 + i }, &size, &last, &err), 0);
	assert_true(count(history, "", 0) >= 5 && count(history, "", 0) < 12);
	assert_int_equal(history_get(history, last, arena, &row, NULL), 0);
	assert_int_equal(strlen(row.saved), 100000);
	assert_int_equal(stat(path, &info), 0);
	assert_true(info.st_size < 3 << 19);
	/* One that is larger than all that is allowed is kept, alone. */
	assert_int_equal(try_add(history, &(struct given){ .question = "huge", .saved = 2 << 20, .began = 1e9 }, &size, &last, &err), 0);
	assert_int_equal(count(history, "", 0), 1);
}

static bool in_files(const char *what)
{
	static const char *const ends[] = { "", "-wal" };

	for (size_t i = 0; i < COUNT(ends); i++) {
		AUTO_BUILD name = { 0 };
		AUTO_BUILD bytes = { 0 };

		build_fmt(&name, "%s%s", path, ends[i]);
		if (file_read(name.at, 64 << 20, &bytes, NULL) == 0 && bytes.len && memmem(bytes.at, bytes.len, what, strlen(what)))
			return true;
	}
	return false;
}

static void what_is_deleted_is_gone_from_the_file(void **state)
{
	AUTO_HISTORY history = open_history();
	struct error err = { 0 };
	size_t deleted;
	long long id;

	(void)state;
	add(history, (struct given){ .question = "first", .began = 1000 });
	id = add(history, (struct given){ .question = "about xylophones", .cells = "zymurgy", .saved = 5000, .began = 2000 });
	add(history, (struct given){ .question = "third", .began = 3000 });
	assert_true(in_files("xylophone") && in_files("zymurgy"));
	assert_int_equal(history_delete(history, id, 0, &deleted, &err), 0);
	assert_int_equal(deleted, 1);
	assert_false(in_files("xylophone"));
	assert_false(in_files("zymurgy"));
	assert_int_equal(count(history, "xylophones", 0), 0);
	assert_int_equal(history_delete(history, id, 0, &deleted, &err), -ENOENT);
	assert_int_equal(history_delete(history, 0, 2500, &deleted, NULL), 0);
	assert_int_equal(deleted, 1);
	assert_int_equal(count(history, "", 0), 1);
	assert_int_equal(history_delete(history, 0, 0, &deleted, NULL), 0);
	assert_int_equal(count(history, "", 0), 0);
	/* Numbers are not given twice. */
	assert_true(add(history, (struct given){ .question = "next" }) > id);
}

enum { WRITERS = 4, EACH = 25 };

static void an_entry_takes_the_place_of_another(void **state)
{
	AUTO_HISTORY history = open_history();
	AUTO_ARENA arena = arena_new();
	struct history_row row;
	long long id = add(history, (struct given){ .question = "about xylophones" }), other = add(history, (struct given){ .question = "between" });

	(void)state;
	assert_int_equal(add(history, (struct given){ .question = "about marimbas", .place = id }), id);
	assert_int_equal(count(history, "xylophones", 0), 0);
	assert_int_equal(count(history, "marimbas", 0), 1);
	assert_int_equal(count(history, "", 0), 2);
	assert_int_equal(history_get(history, id, arena, &row, NULL), 0);
	assert_string_equal(row.question, "about marimbas");
	/* What was deleted meanwhile is there again, and numbers are not given twice. */
	assert_int_equal(add(history, (struct given){ .question = "later", .place = other + 5 }), other + 5);
	assert_int_equal(add(history, (struct given){ .question = "next" }), other + 6);
}

static void many_processes_write_at_once(void **state)
{
	pid_t children[WRITERS];

	(void)state;
	for (int w = 0; w < WRITERS; w++) {
		children[w] = fork();
		assert_true(children[w] >= 0);
		if (children[w])
			continue;
		for (int i = 0; i < EACH; i++) {
			struct error err = { 0 };
			long long id;
			struct history *history = history_open(path, data_folder(), false, &err);

			if (!history || try_add(history, &(struct given){ .question = "at once", .saved = 3000, .began = 1e9 }, &none, &id, &err) < 0) {
				print_error("%s\n", err.text);
				_exit(1);
			}
			history_close(history);
		}
		_exit(0);
	}
	for (int w = 0; w < WRITERS; w++) {
		int status = -1;

		assert_int_equal(waitpid(children[w], &status, 0), children[w]);
		assert_int_equal(status, 0);
	}
	AUTO_HISTORY history = open_history();
	assert_int_equal(count(history, "", 0), WRITERS * EACH);
	assert_int_equal(count(history, "once", 0), WRITERS * EACH);
}

/* Killed in the midst of writing: what was there before is whole. */
static void a_killed_writer_spoils_nothing(void **state)
{
	int pipes[2];
	char ready;

	(void)state;
	assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
	for (int round = 0; round < 5; round++) {
		pid_t child = fork();
		int status;

		assert_true(child >= 0);
		if (!child) {
			struct history *history = history_open(path, data_folder(), false, NULL);
			long long id;

			for (int i = 0;; i++) {
				if (try_add(history, &(struct given){ .question = "whole", .saved = 20000, .began = 1e9 }, &none, &id, NULL) < 0)
					_exit(1);
				if (i == round * 3 && write(pipes[1], "x", 1) != 1)
					_exit(1);
			}
		}
		assert_int_equal(read(pipes[0], &ready, 1), 1);
		kill(child, SIGKILL);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status));
		AUTO_HISTORY history = open_history();
		AUTO_ARENA arena = arena_new();
		struct history_row row;

		assert_int_equal(history_get(history, 0, arena, &row, NULL), 0);
		assert_int_equal(strlen(row.saved), 20000);
		assert_int_equal(count(history, "whole", 0), count(history, "", 0));
	}
	close(pipes[0]);
	close(pipes[1]);
}

static void reading_makes_nothing(void **state)
{
	struct error err = { 0 };

	(void)state;
	assert_null(history_open(path, data_folder(), true, &err));
	assert_int_equal(err.code, -ENOENT);
	assert_false(file_exists(path));
}

static void programs_that_answered_are_found_again(void **state)
{
	AUTO_HISTORY history = open_history();
	AUTO_ARENA arena = arena_new();
	AUTO_RECIPES found = { 0 };
	struct history_past past[3];
	struct recipe recipe;
	AUTO_BUILD program = { 0 };
	struct error err = { 0 };
	size_t len;
	long long id;

	(void)state;
	add(history, (struct given){ .question = "count page faults of zebras", .program = "old {}" });
	add(history, (struct given){ .question = "count page faults of zebras", .program = "bad {}", .status = "no_events" });
	add(history, (struct given){ .question = "count page faults of zebras", .program = "blind {}", .unseen = true });
	add(history, (struct given){ .question = "count page faults of zebras", .program = "<KEY_1> {}", .cut_program = true });
	add(history, (struct given){ .question = "count page faults of zebras" });
	id = add(history, (struct given){ .question = "count page faults of zebras", .program = "good {}" });
	add(history, (struct given){ .question = "latency of disk writes", .program = "other {}" });
	assert_int_equal(history_past(history, TEXT("page faults of the zebra"), 3, arena, past, &len, &err), 0);
	assert_int_equal(len, 1);
	assert_string_equal(past[0].program, "good {}");
	assert_true(past[0].score == 1);
	assert_int_equal(history_past(history, TEXT("count by process"), 3, arena, past, &len, &err), 0);
	assert_int_equal(len, 0); /* words that tell no subject find nothing */
	AUTO_SHELF shelf = shelf_open(data_folder(), NULL, &err);
	assert_non_null(shelf);
	assert_int_equal(recipes_find(shelf, TEXT("zebra page faults"), RECIPE_OWN | RECIPE_PAST, 3, arena, &found, &err), 0);
	assert_int_equal(found.items.at[0].kind, RECIPE_OWN); /* none before it is lent */
	shelf_history(shelf, history);
	drop_recipe_list(&found);
	found = (struct recipe_list){ 0 };
	assert_int_equal(recipes_find(shelf, TEXT("zebra page faults"), RECIPE_OWN | RECIPE_PAST, 3, arena, &found, &err), 0);
	assert_int_equal(found.items.at[0].kind, RECIPE_PAST);
	assert_int_equal(recipe_program(&found.items.at[0], &program, &err), 0);
	assert_string_equal(program.at, "good {}");
	AUTO_BUILD name = { 0 };
	build_fmt(&name, "past.%lld", id);
	assert_int_equal(recipe_named(shelf, name.at, arena, &recipe, &err), 0);
	assert_int_equal(recipe_named(shelf, "past.999", arena, &recipe, &err), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_goes_in_comes_out, fresh),
		cmocka_unit_test_setup(words_find_entries, fresh),
		cmocka_unit_test_setup(the_oldest_go_first, fresh),
		cmocka_unit_test_setup(what_is_deleted_is_gone_from_the_file, fresh),
		cmocka_unit_test_setup(an_entry_takes_the_place_of_another, fresh),
		cmocka_unit_test_setup(many_processes_write_at_once, fresh),
		cmocka_unit_test_setup(a_killed_writer_spoils_nothing, fresh),
		cmocka_unit_test_setup(reading_makes_nothing, fresh),
		cmocka_unit_test_setup(programs_that_answered_are_found_again, fresh),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
