/* Where tracefs is mounted, mounting it when it is absent and we may. */
#include <linux/magic.h>
#include <sys/mount.h>
#include <sys/statfs.h>
#include "base/file.h"
#include "base/log.h"
#include "kernel/internal.h"

static const char usual[] = "/sys/kernel/tracing";

static bool is_tracefs(const char *path)
{
	struct statfs info;

	return statfs(path, &info) == 0 && info.f_type == TRACEFS_MAGIC;
}

static const char *find(struct kernel *kernel, struct error *err)
{
	static const char *const places[] = { usual, "/sys/kernel/debug/tracing" };
	const char *asked = getenv("SYSWHY_TRACEFS"); /* another tree, for tests */

	if (asked && asked[0]) {
		if (!file_exists(asked)) {
			fail(err, -ENOENT, "there is no tracefs at '%s', where SYSWHY_TRACEFS points", asked);
			return NULL;
		}
		return kernel->tracefs = text_copy(text_of(asked));
	}
	for (size_t i = 0; i < COUNT(places); i++)
		if (is_tracefs(places[i]))
			return kernel->tracefs = text_copy(text_of(places[i]));
	if (!file_exists(usual)) {
		fail(err, -ENODEV, "this kernel has no tracefs: it was built without tracing (CONFIG_FTRACE)");
		return NULL;
	}
	if (mount("tracefs", usual, "tracefs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) == 0) {
		log_stage("kernel", "mounted tracefs at %s", usual);
		return kernel->tracefs = text_copy(text_of(usual));
	}
	fail(err, -errno, "tracefs is not mounted and cannot be mounted here (%s); run as root: "
	     "mount -t tracefs tracefs %s", strerror(errno), usual);
	return NULL;
}

const char *kernel_tracefs(struct kernel *kernel, struct error *err)
{
	if (!kernel->tracefs_tried) {
		kernel->tracefs_tried = true;
		if (find(kernel, &kernel->no_tracefs) && access(kernel->tracefs, R_OK | X_OK) < 0) {
			fail(&kernel->no_tracefs, -errno,
			     "tracefs at %s may not be read by this user; run it as root", kernel->tracefs);
			free(kernel->tracefs);
			kernel->tracefs = NULL;
		}
	}
	if (!kernel->tracefs)
		fail(err, kernel->no_tracefs.code, "%s", kernel->no_tracefs.text);
	return kernel->tracefs;
}
