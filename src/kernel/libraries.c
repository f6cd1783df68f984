/* From a library's name to its file, through the loader's cache and folders. */
#include <elf.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include "base/file.h"
#include "base/log.h"
#include "base/sum.h"
#include "kernel/internal.h"

#define FRESH 2 /* seconds: a folder that is changed twice within a clock tick may keep its time */
#define CACHE_LIMIT (16U << 20)

bool library_fits(const char *path)
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
		if (is_library(file, asked) && library_fits(path.at))
			return text_copy(text_of(path.at));
	}
	return NULL;
}

/* Where the loader also looks, and where there is no cache (musl). */
static const char *const folders[] = {
#if defined(__x86_64__)
	"/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu",
#elif defined(__aarch64__)
	"/lib/aarch64-linux-gnu", "/usr/lib/aarch64-linux-gnu",
#endif
	"/lib64", "/usr/lib64", "/lib", "/usr/lib", "/usr/local/lib",
};

/* Of many folders one is a link to the other: `first` says which are to be read. The key of what is in them all;
 * 0: it may not be kept yet. */
static uint64_t folders_key(bool first[COUNT(folders)])
{
	struct stat info[COUNT(folders)] = { 0 };
	time_t today = time(NULL);
	uint64_t sum = 1;
	bool fresh = false;

	for (size_t i = 0; i < COUNT(folders); i++) {
		first[i] = stat(folders[i], &info[i]) == 0;
		for (size_t k = 0; k < i; k++)
			first[i] &= info[k].st_ino != info[i].st_ino || info[k].st_dev != info[i].st_dev;
		fresh |= first[i] && today - info[i].st_mtim.tv_sec < FRESH;
		sum = sum_number(sum_number(sum, info[i].st_dev), info[i].st_ino);
		sum = sum_number(sum_number(sum, (uint64_t)info[i].st_mtim.tv_sec), (uint64_t)info[i].st_mtim.tv_nsec);
	}
	return fresh ? 0 : sum ? sum : 1;
}

static void folder_list(const char *path, struct build *out)
{
	AUTO_DIR folder = opendir(path);
	const struct dirent *entry;

	while (folder && (entry = readdir(folder)))
		if ((strncmp(entry->d_name, "lib", 3) == 0 || strstr(entry->d_name, ".so")) && !strchr(entry->d_name, '\n'))
			build_fmt(out, "%s/%s\n", path, entry->d_name);
}

/* The paths of all libraries in the folders, one a line: reading these costs more than most else of a question. */
static struct text folders_list(void)
{
	static struct kept kept;
	static char *read;
	static struct text list;
	static double read_at;
	bool first[COUNT(folders)];
	AUTO_BUILD out = { 0 };
	char key[32];
	uint64_t sum;

	if (read_at > 0 && now() - read_at < 1)
		return list;
	kept_done(&kept);
	free(TAKE(read));
	read_at = now();
	sum = folders_key(first);
	snprintf(key, sizeof(key), "%016" PRIx64, sum);
	if (sum)
		kept = cache_map("libraries", key);
	if (kept.map)
		return list = kept.body;
	for (size_t i = 0; i < COUNT(folders); i++)
		if (first[i])
			folder_list(folders[i], &out);
	if (sum)
		cache_save("libraries", key, build_text(&out));
	list.len = out.len;
	list.at = read = build_take(&out);
	return list;
}

static char *from_folders(struct text asked)
{
	struct text rest = folders_list(), line;
	AUTO_BUILD needle = { 0 };
	size_t at;

	build_fmt(&needle, "/%.*s", TEXT_ARG(asked));
	while (text_find(rest, needle.at, &at)) {
		const char *start = memrchr(rest.at, '\n', at);
		struct text file;
		AUTO_FREE char *path = NULL;

		rest = text_from(rest, start ? (size_t)(start + 1 - rest.at) : 0);
		text_line(&rest, &line);
		file = text_from(line, (size_t)((const char *)memrchr(line.at, '/', line.len) + 1 - line.at));
		path = text_copy(line);
		if (is_library(file, asked) && library_fits(path))
			return TAKE(path);
	}
	return NULL;
}

char *library_find(struct text asked)
{
	char *found = from_cache(asked);

	return found ? found : from_folders(asked);
}
