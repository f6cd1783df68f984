/* Whole files with limits, and where this program's own files live. */
#include "base/file.h"
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <sys/stat.h>

int fd_read_all(int fd, size_t limit, struct build *b, struct error *err)
{
	char chunk[16384];
	size_t total = 0;

	for (;;) {
		ssize_t got = read(fd, chunk, sizeof(chunk));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fail(err, -errno, "cannot read: %s", strerror(errno));
		if (got == 0)
			return 0;
		if (total + (size_t)got > limit) {
			build_add(b, (struct text){ chunk, limit - total });
			b->cut = true;
			return 0;
		}
		build_add(b, (struct text){ chunk, (size_t)got });
		total += (size_t)got;
	}
}

int file_read(const char *path, size_t limit, struct build *b, struct error *err)
{
	AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return fail(err, -errno, "cannot open '%s': %s", path, strerror(errno));
	if (fd_read_all(fd, limit, b, err) < 0)
		return fail_within(err, "'%s'", path);
	return 0;
}

static int write_all(int fd, struct text t)
{
	while (t.len) {
		ssize_t put = write(fd, t.at, t.len);

		if (put < 0 && errno != EINTR)
			return -errno;
		if (put > 0)
			t = text_from(t, (size_t)put);
	}
	return 0;
}

/* A device or pipe ("/dev/stdout", "/dev/null") is written to: a rename would put a file in its place. */
static int write_through(const char *path, struct text t)
{
	AUTO_FD fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd < 0 ? -errno : write_all(fd, t);
}

static int write_beside(const char *path, struct text t, mode_t mode, bool wait)
{
	AUTO_FREE char *temporary = NULL;
	int code;

	if (asprintf(&temporary, "%s.XXXXXX", path) < 0) {
		temporary = NULL;
		return -ENOMEM;
	}
	AUTO_FD fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	code = write_all(fd, t);
	if (!code && (fchmod(fd, mode) < 0 || (wait && fsync(fd) < 0) || rename(temporary, path) < 0))
		code = -errno;
	if (code)
		unlink(temporary);
	return code;
}

int file_write(const char *path, struct text t, mode_t mode, struct error *err)
{
	AUTO_FREE char *target = realpath(path, NULL); /* behind a link, which stays */
	const char *place = target ? target : path;
	struct stat info;
	int code;

	if (stat(place, &info) == 0 && !S_ISREG(info.st_mode))
		code = S_ISDIR(info.st_mode) ? -EISDIR : write_through(path, t);
	else
		code = write_beside(place, t, mode, true);
	return code ? fail(err, code, "cannot write '%s': %s", path, strerror(-code)) : 0;
}

int file_replace(const char *path, struct text t, mode_t mode, struct error *err)
{
	int code = write_beside(path, t, mode, true);

	return code ? fail(err, code, "cannot write '%s': %s", path, strerror(-code)) : 0;
}

int file_keep(const char *path, struct text t, struct error *err)
{
	int code = write_beside(path, t, 0600, false);

	return code ? fail(err, code, "cannot write '%s': %s", path, strerror(-code)) : 0;
}

bool file_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

int folder_make(const char *path, struct error *err)
{
	char part[PATH_MAX];
	size_t len = strlen(path);

	if (len == 0 || len >= sizeof(part))
		return fail(err, -ENAMETOOLONG, "cannot make the folder '%.80s': its name is too long", path);
	memcpy(part, path, len + 1);
	for (size_t i = 1; i <= len; i++) {
		if (part[i] != '/' && part[i] != '\0')
			continue;
		part[i] = '\0';
		if (mkdir(part, 0700) < 0 && errno != EEXIST)
			return fail(err, -errno, "cannot make the folder '%s': %s", part, strerror(errno));
		part[i] = i < len ? '/' : '\0';
	}
	return 0;
}

const char *data_folder(void)
{
	static char found[PATH_MAX];
	char self[PATH_MAX];
	const char *asked = getenv("SYSWHY_DATA");
	ssize_t len;

	if (found[0])
		return found;
	len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (asked && asked[0]) {
		snprintf(found, sizeof(found), "%s", asked);
	} else if (len > 0) {
		/* build/syswhy runs in place; bin/syswhy has its data under share/. */
		static const char *const places[] = { "../data", "../share/syswhy" };
		char *folder;

		self[len] = '\0';
		folder = dirname(self);
		for (size_t i = 0; i < COUNT(places) && !found[0]; i++) {
			char vocabulary[PATH_MAX + 32];

			snprintf(vocabulary, sizeof(vocabulary), "%s/%s/vocabulary", folder, places[i]);
			if (file_exists(vocabulary))
				snprintf(found, sizeof(found), "%.*s", (int)(strlen(vocabulary) - strlen("/vocabulary")),
					 vocabulary);
		}
	}
	if (!found[0])
		snprintf(found, sizeof(found), "%s", SYSWHY_DATADIR);
	return found;
}

const char *cache_folder(void)
{
	static char found[PATH_MAX];
	const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

	if (found[0])
		return found;
	if (xdg && xdg[0] == '/')
		snprintf(found, sizeof(found), "%s/syswhy", xdg);
	else if (home && home[0] == '/')
		snprintf(found, sizeof(found), "%s/.cache/syswhy", home);
	else
		return NULL;
	if (folder_make(found, NULL) < 0)
		found[0] = '\0';
	return found[0] ? found : NULL;
}

static bool runnable(const char *path)
{
	struct stat info;

	return stat(path, &info) == 0 && S_ISREG(info.st_mode) && access(path, X_OK) == 0;
}

char *program_find(const char *name)
{
	AUTO_BUILD folders = { 0 };
	struct text rest, folder;
	const char *path = getenv("PATH");

	if (strchr(name, '/'))
		return runnable(name) ? strdup(name) : NULL;
	build_fmt(&folders, "%s:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin", path ? path : "");
	rest = build_text(&folders);
	while (text_next(&rest, ':', &folder)) {
		AUTO_FREE char *candidate = NULL;

		if (folder.len == 0 || asprintf(&candidate, "%.*s/%s", TEXT_ARG(folder), name) < 0)
			continue;
		if (runnable(candidate))
			return TAKE(candidate);
	}
	return NULL;
}
