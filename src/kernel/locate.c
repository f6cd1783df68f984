/* From a name as people say it ("libc", "bash", a pid) to the file of the program or library. */
#include <limits.h>
#include <sys/stat.h>
#include "base/file.h"
#include "base/log.h"
#include "kernel/internal.h"
#include "kernel/object.h"

#define KEPT 16 /* names that were looked for lately: one question asks for the same again and again */

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

	for (size_t i = 0; found && !library_fits(found) && i < COUNT(folders); i++) {
		AUTO_FREE char *path = NULL;

		if (asprintf(&path, "%s/%s", folders[i], name) < 0)
			path = NULL;
		if (path && library_fits(path))
			return TAKE(path);
	}
	return TAKE(found);
}

static char *locate(const char *name)
{
	AUTO_FREE char *prefixed = NULL;
	char *found = NULL;

	if (strncmp(name, "lib", 3) == 0 || strstr(name, ".so"))
		found = library_find(text_of(name));
	if (!found)
		found = program(name);
	if (!found && asprintf(&prefixed, "lib%s", name) < 0)
		prefixed = NULL;
	return found || !prefixed ? found : library_find(text_of(prefixed));
}

char *object_locate(const char *name)
{
	static struct {
		char name[64];
		char path[PATH_MAX]; /* empty: there is none */
		double at;
	} kept[KEPT];
	static size_t next;
	char *found;
	long long pid;

	if (!name[0])
		return NULL;
	if (strchr(name, '/'))
		return file_exists(name) ? text_copy(text_of(name)) : NULL;
	if (text_number(text_of(name), &pid) && pid > 0)
		return object_of_pid(pid);
	for (size_t i = 0; i < KEPT; i++)
		if (kept[i].at > 0 && strcmp(kept[i].name, name) == 0 && now() - kept[i].at < 1)
			return kept[i].path[0] ? text_copy(text_of(kept[i].path)) : NULL;
	found = locate(name);
	if (strlen(name) < sizeof(kept[0].name) && (!found || strlen(found) < sizeof(kept[0].path))) {
		strcpy(kept[next].name, name);
		strcpy(kept[next].path, found ? found : "");
		kept[next].at = now();
		next = (next + 1) % KEPT;
	}
	return found;
}
