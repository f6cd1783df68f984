/* Compiled databases in the cache folder: whole, our own, and made from these very rules, or not used. */
#include "redact/finder.h"
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <time.h>
#include "base/file.h"

#define PREFIX	 "redact-"
#define SUFFIX	 ".db"
#define MOST	 ((size_t)64 << 20)

enum { OLD = 24 * 3600, USED = 3600, KEPT = 8 }; /* seconds without use; how often use is noted; databases */

struct head {
	char magic[8];
	uint64_t key, len, sum;
};
static const char magic[8] = "SYSWHYR1";

/* FNV-1a over eight bytes at a time: against damage, not against an enemy, who could not write here. */
uint64_t cache_hash(uint64_t seed, const void *at, size_t len)
{
	const unsigned char *byte = at;

	for (; len >= 8; byte += 8, len -= 8) {
		uint64_t word;

		memcpy(&word, byte, 8);
		seed = (seed ^ word) * 1099511628211ULL;
		seed ^= seed >> 32;
	}
	for (; len; byte++, len--)
		seed = (seed ^ *byte) * 1099511628211ULL;
	return seed;
}

static bool cache_path(uint64_t key, struct build *path)
{
	const char *folder = cache_folder();

	if (folder)
		build_fmt(path, "%s/" PREFIX "%016" PRIx64 SUFFIX, folder, key);
	return folder;
}

int cache_read(uint64_t key, struct build *database)
{
	AUTO_BUILD path = { 0 };
	struct head head;
	struct stat info;

	if (!cache_path(key, &path))
		return -ENOENT;
	AUTO_FD fd = open(path.at, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	/* A database is half a program: one that others could have written is not run. */
	if (fstat(fd, &info) < 0 || !S_ISREG(info.st_mode) || info.st_uid != geteuid() || info.st_mode & 022)
		return -EPERM;
	database->ceiling = MOST;
	if (fd_read_all(fd, MOST, database, NULL) < 0 || database->cut || database->len < sizeof(head))
		return -EBADMSG;
	memcpy(&head, database->at, sizeof(head));
	if (memcmp(head.magic, magic, sizeof(magic)) != 0 || head.key != key || head.len != database->len - sizeof(head) ||
	    head.sum != cache_hash(CACHE_SEED, database->at + sizeof(head), head.len))
		return -EBADMSG;
	/* Noted, so that only those that nobody uses grow old. */
	if (time(NULL) - info.st_mtime > USED)
		futimens(fd, NULL);
	memmove(database->at, database->at + sizeof(head), head.len);
	database->len = head.len;
	return 0;
}

struct kept {
	char name[48];
	time_t used;
};

static bool cache_name(const char *name)
{
	size_t digits = strlen(PREFIX);

	if (strncmp(name, PREFIX, digits) != 0 || strlen(name) != digits + 16 + strlen(SUFFIX))
		return false;
	return strspn(name + digits, "0123456789abcdef") == 16 && strcmp(name + digits + 16, SUFFIX) == 0;
}

static int newest_first(const void *a, const void *b)
{
	const struct kept *one = a, *two = b;

	return (one->used < two->used) - (one->used > two->used);
}

/* Those of rules that were changed since, and of other builds, are not wanted any more: what nobody used for a day goes, and of
 * the others all but a few. Nothing that is not ours: no other name, no link, no file of somebody else. */
static void cache_tidy(void)
{
	const char *folder = cache_folder();
	AUTO_DIR dir = folder ? opendir(folder) : NULL;
	VEC(struct kept) list = { 0 };
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		struct kept kept = { 0 };
		struct stat info;

		if (!cache_name(entry->d_name) || fstatat(dirfd(dir), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) < 0 ||
		    !S_ISREG(info.st_mode) || info.st_uid != geteuid())
			continue;
		memcpy(kept.name, entry->d_name, strlen(entry->d_name));
		kept.used = info.st_mtime;
		vec_push(&list, kept);
	}
	if (list.len)
		qsort(list.at, list.len, sizeof(*list.at), newest_first);
	for (size_t i = 0; i < list.len; i++)
		if (i >= KEPT || time(NULL) - list.at[i].used > OLD)
			unlinkat(dirfd(dir), list.at[i].name, 0);
	vec_done(&list);
}

void cache_write(uint64_t key, struct text database)
{
	AUTO_BUILD path = { 0 };
	AUTO_BUILD content = { .ceiling = MOST };
	struct head head = { .key = key, .len = database.len, .sum = cache_hash(CACHE_SEED, database.at, database.len) };

	if (!cache_path(key, &path))
		return;
	memcpy(head.magic, magic, sizeof(magic));
	build_add(&content, (struct text){ (const char *)&head, sizeof(head) });
	build_add(&content, database);
	/* Without a cache the next start is slower, and nothing else. */
	if (!content.cut && file_write(path.at, build_text(&content), 0600, NULL) == 0)
		cache_tidy();
}
