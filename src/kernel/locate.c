/* From a name as people say it ("libc", "bash", a pid) to the file of the program or library. */
#include <ctype.h>
#include <elf.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include "base/file.h"
#include "kernel/object.h"

#define CACHE_LIMIT (16U << 20)

/* Libraries of another architecture or word size stand in the same cache. */
static bool is_ours(const char *path)
{
	static unsigned char self[20];
	unsigned char header[20];
	AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (!self[0]) {
		AUTO_FD own = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

		if (own < 0 || pread(own, self, sizeof(self), 0) != sizeof(self))
			return false;
	}
	return fd >= 0 && pread(fd, header, sizeof(header), 0) == sizeof(header) &&
	       memcmp(header, ELFMAG, SELFMAG) == 0 && header[EI_CLASS] == self[EI_CLASS] &&
	       memcmp(header + 18, self + 18, 2) == 0; /* e_machine */
}

/* "libssl.so.3" for "libssl.so.3", "libssl.so", "libssl"; not for "libs". */
static bool is_library(struct text file, struct text asked)
{
	if (file.len < asked.len || memcmp(file.at, asked.at, asked.len) != 0)
		return false;
	file = text_from(file, asked.len);
	return file.len == 0 || text_starts(file, ".so") || (text_has(asked, ".so") && file.at[0] == '.');
}

/* /etc/ld.so.cache (glibc's dl-cache.h, struct cache_file_new): "glibc-ld.so.cache1.1", the number of
 * entries, bytes of strings, flags and padding to 48 bytes; then entries of 24 bytes whose second and third
 * words are offsets of name and path from the start of this header. */
static char *from_cache(struct text asked)
{
	static const char magic[] = "glibc-ld.so.cache1.1";
	AUTO_BUILD cache = { .ceiling = CACHE_LIMIT };
	struct text rest;
	uint32_t count;
	size_t at;

	if (file_read("/etc/ld.so.cache", CACHE_LIMIT, &cache, NULL) < 0 ||
	    !text_find(build_text(&cache), magic, &at))
		return NULL;
	rest = text_from(build_text(&cache), at);
	if (rest.len < 48)
		return NULL;
	memcpy(&count, rest.at + 20, sizeof(count));
	for (size_t i = 0; i < count && 48 + (i + 1) * 24 <= rest.len; i++) {
		uint32_t where[2];
		struct text file, path;

		memcpy(where, rest.at + 48 + i * 24 + 4, sizeof(where));
		file = text_from(rest, where[0]);
		path = text_from(rest, where[1]);
		/* A builder's text ends with a NUL, so a string that is cut ends there. */
		if (file.len == 0 || path.len == 0)
			continue;
		file.len = strnlen(file.at, file.len);
		if (is_library(file, asked) && is_ours(path.at))
			return text_copy(text_of(path.at));
	}
	return NULL;
}

/* Where the loader also looks, and where there is no cache (musl). */
static char *from_folders(struct text asked)
{
	static const char *const folders[] = {
#if defined(__x86_64__)
		"/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu",
#elif defined(__aarch64__)
		"/lib/aarch64-linux-gnu", "/usr/lib/aarch64-linux-gnu",
#endif
		"/lib64", "/usr/lib64", "/lib", "/usr/lib", "/usr/local/lib",
	};

	for (size_t i = 0; i < COUNT(folders); i++) {
		AUTO_DIR folder = opendir(folders[i]);
		const struct dirent *entry;

		while (folder && (entry = readdir(folder))) {
			AUTO_FREE char *path = NULL;

			if (!is_library(text_of(entry->d_name), asked))
				continue;
			if (asprintf(&path, "%s/%s", folders[i], entry->d_name) < 0)
				path = NULL;
			if (path && is_ours(path))
				return TAKE(path);
		}
	}
	return NULL;
}

static char *library(struct text asked)
{
	char *found = from_cache(asked);

	return found ? found : from_folders(asked);
}

char *object_of_pid(long pid)
{
	char link[64], target[PATH_MAX], inside[PATH_MAX + 64];
	struct stat there, here;
	ssize_t len;

	snprintf(link, sizeof(link), "/proc/%ld/exe", pid);
	len = readlink(link, target, sizeof(target) - 1);
	if (len <= 0 || stat(link, &there) < 0)
		return NULL;
	target[len] = '\0';
	if (stat(target, &here) == 0 && here.st_dev == there.st_dev && here.st_ino == there.st_ino)
		return text_copy(text_of(target));
	/* Another mount namespace, or a file that was replaced since. */
	snprintf(inside, sizeof(inside), "/proc/%ld/root%s", pid, target);
	if (stat(inside, &here) == 0 && here.st_dev == there.st_dev && here.st_ino == there.st_ino)
		return text_copy(text_of(inside));
	return text_copy(text_of(link));
}

/* The program of that name in $PATH; where that is a script (a version manager's), the real one behind it. */
static char *program(const char *name)
{
	static const char *const folders[] = { "/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin" };
	AUTO_FREE char *found = program_find(name);

	for (size_t i = 0; found && !is_ours(found) && i < COUNT(folders); i++) {
		AUTO_FREE char *path = NULL;

		if (asprintf(&path, "%s/%s", folders[i], name) < 0)
			path = NULL;
		if (path && is_ours(path))
			return TAKE(path);
	}
	return TAKE(found);
}

char *object_locate(const char *name)
{
	AUTO_FREE char *prefixed = NULL;
	long long pid;
	char *found = NULL;

	if (!name[0])
		return NULL;
	if (strchr(name, '/'))
		return file_exists(name) ? text_copy(text_of(name)) : NULL;
	if (text_number(text_of(name), &pid) && pid > 0)
		return object_of_pid(pid);
	if (strncmp(name, "lib", 3) == 0 || strstr(name, ".so"))
		found = library(text_of(name));
	if (!found)
		found = program(name);
	if (!found && asprintf(&prefixed, "lib%s", name) < 0)
		prefixed = NULL;
	return found || !prefixed ? found : library(text_of(prefixed));
}
