/* What the tests of kernel/ share: cmocka's headers, and a folder of their own. */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <cmocka.h>
/* cmocka's fail() has the name of ours. */
#undef fail
#undef fail_msg
#define fail_msg(...) (print_error(__VA_ARGS__), print_error("\n"), _fail(__FILE__, __LINE__))
#include "base/file.h"
#include "kernel/internal.h"

/* A new folder that ends with the process; also the cache's home. */
static inline const char *test_folder(void)
{
	static char folder[64];

	if (!folder[0]) {
		snprintf(folder, sizeof(folder), "/tmp/syswhy-kernel-test-%d", getpid());
		assert_int_equal(mkdir(folder, 0700), 0);
		setenv("XDG_CACHE_HOME", folder, 1);
	}
	return folder;
}

static inline void test_folder_remove(void)
{
	AUTO_FREE char *command = NULL;

	if (asprintf(&command, "rm -rf '%s'", test_folder()) >= 0)
		assert_int_equal(system(command), 0);
}

static inline void put_file(const char *path, const char *text)
{
	AUTO_FREE char *full = NULL, *folder = NULL;
	struct error err = { 0 };

	assert_true(asprintf(&full, "%s/%s", test_folder(), path) > 0);
	folder = strdup(full);
	*strrchr(folder, '/') = '\0';
	assert_int_equal(folder_make(folder, &err), 0);
	assert_int_equal(file_write(full, text_of(text), 0600, &err), 0);
}
