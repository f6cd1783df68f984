/* Slow scans kept between runs: a header line with key, length and checksum, then the body. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include "base/file.h"
#include "base/log.h"
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
	build_fmt(out, "syswhy-cache 1 %s %zu %016llx\n", key, body.len, cache_sum(body, 0));
}

char *cache_load(const char *name, const char *key, size_t *len)
{
	AUTO_FREE char *path = cache_path(name);
	AUTO_BUILD content = { 0 }, expected = { 0 };
	struct text body, line;
	struct stat info;

	if (!path)
		return NULL;
	AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	/* Another user's file (sudo keeping $HOME) is not believed. */
	if (fd < 0 || fstat(fd, &info) < 0 || !S_ISREG(info.st_mode) || info.st_uid != geteuid() ||
	    info.st_size > LIMIT || fd_read_all(fd, LIMIT, &content, NULL) < 0)
		return NULL;
	body = build_text(&content);
	if (!text_next(&body, '\n', &line))
		return NULL;
	header(&expected, key, body);
	if (!text_same(text_until(build_text(&expected), expected.len - 1), line) ||
	    memchr(body.at, '\0', body.len)) {
		log_detail("kernel", "the cache %s is of another boot or damaged: made anew", path);
		return NULL;
	}
	memmove(content.at, body.at, body.len + 1);
	content.len = body.len;
	*len = content.len;
	return build_take(&content);
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
	if (file_write(path, build_text(&content), 0600, &err) < 0)
		log_detail("kernel", "%s", err.text);
}
