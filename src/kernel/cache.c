/* Slow scans kept between runs: a header line with key, length and checksum, then the body. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include "base/file.h"
#include "base/log.h"
#include "base/sum.h"
#include "kernel/internal.h"

#define LIMIT (32U << 20)
#define SEED  0xcbf29ce484222325ULL

unsigned long long cache_sum(struct text t, unsigned long long seed)
{
	unsigned long long sum = seed ? seed : SEED;

	for (size_t i = 0; i < t.len; i++)
		sum = (sum ^ (unsigned char)t.at[i]) * 0x100000001b3ULL;
	return sum;
}

static char *cache_path(const char *name)
{
	const char *folder = cache_folder();
	char *path;

	return folder && asprintf(&path, "%s/%s.cache", folder, name) >= 0 ? path : NULL;
}

static void header(struct build *out, const char *key, struct text body)
{
	build_fmt(out, "syswhy-cache 2 %s %zu %016" PRIx64 "\n", key, body.len, sum_bytes(SEED, body.at, body.len));
}

struct kept cache_map(const char *name, const char *key)
{
	AUTO_FREE char *path = cache_path(name);
	AUTO_BUILD expected = { 0 };
	struct kept kept = { 0 };
	struct text line;
	struct stat info;

	if (!path)
		return kept;
	AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	/* Another user's file (sudo keeping $HOME) is not believed. */
	if (fd < 0 || fstat(fd, &info) < 0 || !S_ISREG(info.st_mode) || info.st_uid != geteuid() ||
	    info.st_size <= 0 || info.st_size > LIMIT)
		return kept;
	kept.map_len = (size_t)info.st_size;
	kept.map = mmap(NULL, kept.map_len, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (kept.map == MAP_FAILED)
		return (struct kept){ 0 };
	kept.body = (struct text){ kept.map, kept.map_len };
	if (text_next(&kept.body, '\n', &line)) {
		header(&expected, key, kept.body);
		if (text_same(text_until(build_text(&expected), expected.len - 1), line) &&
		    !memchr(kept.body.at, '\0', kept.body.len))
			return kept;
	}
	log_detail("kernel", "the cache %s is of another boot or damaged: made anew", path);
	kept_done(&kept);
	return kept;
}

void kept_done(struct kept *kept)
{
	if (kept->map)
		munmap(kept->map, kept->map_len);
	*kept = (struct kept){ 0 };
}

char *cache_load(const char *name, const char *key, size_t *len)
{
	struct kept kept = cache_map(name, key);
	char *copy = kept.map ? text_copy(kept.body) : NULL;

	*len = kept.body.len;
	kept_done(&kept);
	return copy;
}

void cache_save(const char *name, const char *key, struct text body)
{
	AUTO_FREE char *path = cache_path(name);
	AUTO_BUILD content = { 0 };
	struct error err = { 0 };

	if (!path || body.len > LIMIT - 4096)
		return;
	header(&content, key, body);
	build_add(&content, body);
	if (file_keep(path, build_text(&content), &err) < 0)
		log_detail("kernel", "%s", err.text);
}
