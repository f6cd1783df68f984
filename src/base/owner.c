/* Acting as the owner of a place, and where a person's own state lives. */
#include "base/owner.h"
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <sys/stat.h>
#include "base/text.h"

const char *person_home(void)
{
	static char found[PATH_MAX];
	const char *uid = getenv("SUDO_UID"), *home = getenv("HOME");
	const struct passwd *person = NULL;
	long long number;

	if (found[0])
		return found;
	if (geteuid() == 0 && uid && text_number(text_of(uid), &number) && number > 0 && number < UINT32_MAX)
		person = getpwuid((uid_t)number);
	if (person && person->pw_dir && person->pw_dir[0] == '/')
		home = person->pw_dir;
	if (!home || home[0] != '/' || snprintf(found, sizeof(found), "%s", home) >= (int)sizeof(found)) {
		found[0] = '\0';
		return NULL;
	}
	return found;
}

const char *state_folder(void)
{
	static char found[PATH_MAX + 32];
	const char *xdg = getenv("XDG_STATE_HOME");

	if (xdg && xdg[0] == '/')
		snprintf(found, sizeof(found), "%s/syswhy", xdg);
	else if (person_home())
		snprintf(found, sizeof(found), "%s/.local/state/syswhy", person_home());
	return found[0] ? found : NULL;
}

/* Whoever owns a part of the path could have led all that is below it elsewhere: from the top, the first who is not root. */
static bool first_owner(const char *path, struct stat *info)
{
	char part[PATH_MAX];
	size_t len = strlen(path);

	if (len >= sizeof(part))
		return false;
	if (path[0] != '/' && (stat(".", info) < 0 || info->st_uid != 0))
		return true;
	memcpy(part, path, len + 1);
	for (size_t i = 1; i <= len; i++) {
		if (part[i] != '/' && part[i] != '\0')
			continue;
		part[i] = '\0';
		if (lstat(part, info) < 0)
			return false;
		if (info->st_uid != 0)
			return true;
		part[i] = i < len ? '/' : '\0';
	}
	return false;
}

int owner_enter(const char *path, struct owner *owner, struct error *err)
{
	struct stat info;

	*owner = (struct owner){ 0 };
	if (geteuid() != 0 || !first_owner(path, &info))
		return 0;
	owner->group = getegid();
	owner->group_count = getgroups(0, NULL);
	owner->groups = calloc((size_t)owner->group_count + 1, sizeof(gid_t));
	if (!owner->groups)
		abort();
	owner->group_count = getgroups(owner->group_count, owner->groups);
	owner->acting = true;
	if (setgroups(1, &info.st_gid) == 0 && setegid(info.st_gid) == 0 && seteuid(info.st_uid) == 0)
		return 0;
	return fail(err, -errno, "cannot act as the owner of '%.200s': %s", path, strerror(errno));
}

void owner_leave(struct owner *owner)
{
	if (owner->acting) {
		/* Being less than before for the rest of the run would be worse than ending. */
		if (seteuid(0) < 0 || setegid(owner->group) < 0 ||
		    setgroups(owner->group_count < 0 ? 0 : (size_t)owner->group_count, owner->groups) < 0)
			abort();
	}
	free(owner->groups);
	*owner = (struct owner){ 0 };
}
