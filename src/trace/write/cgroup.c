/* Writing a program: whether what runs belongs to a control group, or to one that lies below it. */
#include <string.h>
#include "base/file.h"
#include "trace/write/writer.h"

enum { GROUPS_MOST = 24, DEPTH_MOST = 6 }; /* each costs a comparison; a slice holds its services and their groups */

static void group_write(struct build *out, const char *raw, const char *sign, const char *path)
{
	AUTO_BUILD quoted = { 0 };

	quoted_write(&quoted, path);
	build_fmt(out, "%s %s cgroupid(%s)", raw, sign, quoted.at);
}

static void below_write(struct build *out, const char *raw, const char *sign, const char *folder, int depth, int *left)
{
	AUTO_DIR dir = opendir(folder);
	struct dirent *entry;

	while (dir && *left > 0 && (entry = readdir(dir))) {
		AUTO_FREE char *path = NULL;

		if (entry->d_type != DT_DIR || entry->d_name[0] == '.' || asprintf(&path, "%s/%s", folder, entry->d_name) < 0)
			continue;
		--*left;
		build_put(out, strcmp(sign, "!=") == 0 ? " && " : " || ");
		group_write(out, raw, sign, path);
		if (depth < DEPTH_MOST)
			below_write(out, raw, sign, path, depth + 1, left);
	}
}

void cgroup_write(struct build *out, const char *raw, const char *sign, const char *folder)
{
	AUTO_BUILD groups = { 0 };
	int left = GROUPS_MOST;

	group_write(&groups, raw, sign, folder);
	below_write(&groups, raw, sign, folder, 1, &left);
	build_fmt(out, left < GROUPS_MOST ? "(%s)" : "%s", groups.at);
}
