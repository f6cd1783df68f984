/* Tests of base/file. */
#include "tests/check.h"
#include <sys/stat.h>
#include "base/file.h"

static char folder[64];

static int setup(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/syswhy-file-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int teardown(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	return system(command);
}

static const char *path_of(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static void what_was_written_is_read(void **state)
{
	AUTO_BUILD b = { 0 };
	struct error err = { 0 };
	struct stat info;

	(void)state;
	assert_int_equal(file_write(path_of("a"), TEXT("hello"), 0640, &err), 0);
	assert_int_equal(file_read(path_of("a"), 100, &b, &err), 0);
	assert_string_equal(b.at, "hello");
	assert_false(b.cut);
	assert_int_equal(stat(path_of("a"), &info), 0);
	assert_int_equal(info.st_mode & 0777, 0640);
}

static void a_limit_cuts(void **state)
{
	AUTO_BUILD b = { 0 };
	AUTO_BUILD zero = { 0 };
	struct error err = { 0 };

	(void)state;
	assert_int_equal(file_write(path_of("b"), TEXT("0123456789"), 0600, &err), 0);
	assert_int_equal(file_read(path_of("b"), 4, &b, &err), 0);
	assert_string_equal(b.at, "0123");
	assert_true(b.cut);
	assert_int_equal(file_read("/dev/zero", 100000, &zero, &err), 0);
	assert_int_equal(zero.len, 100000);
	assert_true(zero.cut);
}

static void devices_and_links_stay_what_they_are(void **state)
{
	AUTO_BUILD b = { 0 };
	struct error err = { 0 };
	struct stat info;
	char target[128];

	(void)state;
	strcpy(target, path_of("target"));
	assert_int_equal(file_write("/dev/null", TEXT("x"), 0600, &err), 0);
	assert_true(stat("/dev/null", &info) == 0 && S_ISCHR(info.st_mode));
	assert_int_equal(file_write("/dev/full", TEXT("x"), 0600, &err), -ENOSPC);
	assert_true(stat("/dev/full", &info) == 0 && S_ISCHR(info.st_mode));
	assert_int_equal(file_write(folder, TEXT("x"), 0600, NULL), -EISDIR);
	error_clear(&err);
	assert_int_equal(file_write(target, TEXT("old"), 0600, &err), 0);
	assert_int_equal(symlink("target", path_of("link")), 0);
	assert_int_equal(file_write(path_of("link"), TEXT("new"), 0600, &err), 0);
	assert_true(lstat(path_of("link"), &info) == 0 && S_ISLNK(info.st_mode));
	assert_int_equal(file_read(target, 10, &b, &err), 0);
	assert_string_equal(b.at, "new");
}

static void failures_name_the_file(void **state)
{
	AUTO_BUILD b = { 0 };
	struct error err = { 0 };

	(void)state;
	assert_int_equal(file_read(path_of("absent"), 10, &b, &err), -ENOENT);
	assert_non_null(strstr(err.text, "absent"));
	error_clear(&err);
	assert_int_equal(file_read(folder, 10, &b, &err), -EISDIR);
	error_clear(&err);
	assert_true(file_write("/proc/nowhere/x", TEXT("x"), 0600, &err) < 0);
	assert_non_null(strstr(err.text, "/proc/nowhere/x"));
}

static void folders_are_made_with_their_parents(void **state)
{
	struct error err = { 0 };

	(void)state;
	assert_int_equal(folder_make(path_of("x/y/z"), &err), 0);
	assert_true(file_exists(path_of("x/y/z")));
	assert_int_equal(folder_make(path_of("x/y/z"), &err), 0);
	assert_true(folder_make("", &err) < 0);
}

static void programs_are_found(void **state)
{
	AUTO_FREE char *sh = program_find("sh");
	AUTO_FREE char *none = program_find("no-such-program-here");
	AUTO_FREE char *a_folder = program_find("/tmp");

	(void)state;
	assert_non_null(sh);
	assert_null(none);
	assert_null(a_folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_written_is_read),
		cmocka_unit_test(a_limit_cuts),
		cmocka_unit_test(devices_and_links_stay_what_they_are),
		cmocka_unit_test(failures_name_the_file),
		cmocka_unit_test(folders_are_made_with_their_parents),
		cmocka_unit_test(programs_are_found),
	};

	return cmocka_run_group_tests_name("base/file", tests, setup, teardown);
}
