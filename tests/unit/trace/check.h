/* What the tests of trace/ share: cmocka, folders of their own, and the real vocabulary. */
#pragma once
#include "tests/check.h"
#include <sys/stat.h>
#include "base/file.h"
#include "trace/vocabulary/vocabulary.h"

/* A new folder; removed by test_folder_remove(). */
static inline void test_folder(char folder[40])
{
	strcpy(folder, "/tmp/syswhy-trace-test-XXXXXX");
	assert_non_null(mkdtemp(folder));
}

static inline void test_folder_remove(const char *folder)
{
	AUTO_DIR dir = opendir(folder);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		unlinkat(dirfd(dir), entry->d_name, 0);
	rmdir(folder);
}

static inline void put_file(const char *folder, const char *name, struct text text)
{
	AUTO_BUILD path = { 0 };
	struct error err = { 0 };

	build_fmt(&path, "%s/%s", folder, name);
	if (file_write(path.at, text, 0600, &err) < 0)
		fail_msg("%s", err.text);
}

/* The vocabulary of data/, or the end of the test. */
static inline struct vocabulary *real_vocabulary(void)
{
	AUTO_BUILD folder = { 0 };
	struct error err = { 0 };
	struct vocabulary *vocabulary;

	build_fmt(&folder, "%s/vocabulary", data_folder());
	vocabulary = vocabulary_read(folder.at, NULL, &err);
	if (!vocabulary)
		fail_msg("%s", err.text);
	return vocabulary;
}
