/* Writing a program: conditions on files. Through a descriptor the file itself is at hand, by its name in its folder; a name
 * that a program gives is text, and compared as it was given. */
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include "trace/write/writer.h"

#define DENTRY	     "$file->f_path.dentry"
#define LEVELS	     16	  /* folders above a file that are looked at */
#define NAME_MOST    1023 /* bytes of a name within which its end is looked for */
#define CHUNK_LONG   60u  /* of a literal: 0.17 takes 64 at most */
#define CHUNK_SHORT  28u  /* beside other text, of which strings_fit() may leave this much */
#define PARTS_MOST   3	  /* names of a relative path that are compared: each takes room on the BPF stack */

#define BTRFS 0x9123683e
#define OVERLAY 0x794c7630

/* A folder as the kernel knows it. */
struct folder {
	unsigned long inode, device;
	bool device_known; /* btrfs and overlayfs tell another device than their files have */
};

static bool folder_find(const char *path, struct folder *folder)
{
	struct statfs fs;
	struct stat info;

	if (stat(path, &info) < 0 || !S_ISDIR(info.st_mode) || statfs(path, &fs) < 0)
		return false;
	*folder = (struct folder){ .inode = info.st_ino,
				   .device = (unsigned long)major(info.st_dev) << 20 | minor(info.st_dev),
				   .device_known = fs.f_type != BTRFS && fs.f_type != OVERLAY };
	return true;
}

static void device_write(const struct folder *folder, struct build *out)
{
	if (folder->device_known)
		build_fmt(out, " && $file->f_inode->i_sb->s_dev == %lu", folder->device);
}

/* The last names of a relative path, each in the folder of the one after it. */
static void names_write(struct writer *w, const char *path, struct build *out)
{
	const char *dentry = DENTRY;
	AUTO_FREE char *copy = text_copy(text_of(path));

	for (size_t i = 0; i < PARTS_MOST && copy[0]; i++) {
		char *slash = strrchr(copy, '/');

		build_fmt(out, "%sstr(%s->d_name.name) == ", i ? " && " : "", dentry);
		quoted_write(out, slash ? slash + 1 : copy);
		dentry = arena_fmt(w->plan->arena, "%s->d_parent", dentry);
		copy[slash ? slash - copy : 0] = '\0';
	}
}

/* The path where its links lead to, as the kernel has it; NULL when not even its folder is there. */
static char *path_real(const char *path)
{
	AUTO_FREE char *first = text_copy(text_of(path));
	AUTO_FREE char *second = text_copy(text_of(path));
	AUTO_FREE char *folder = NULL;
	char *real = realpath(path, NULL);

	if (real)
		return real;
	folder = realpath(dirname(first), NULL);
	return folder && asprintf(&real, "%s/%s", strcmp(folder, "/") == 0 ? "" : folder, basename(second)) > 0 ? real : NULL;
}

static bool open_file_below(struct writer *w, const struct condition *c, size_t number, struct build *out)
{
	const char *below = arena_fmt(w->plan->arena, "$below%zu", number);
	struct build *setup = w->start_file ? &w->start_setup : &w->setup;
	struct folder folder;

	if (!folder_find(c->text, &folder)) {
		build_fmt(w->why, "there is no folder '%s' here", c->text);
		return false;
	}
	build_fmt(setup, "\t%s = 0;\n\t$folder = " DENTRY "->d_parent;\n\tunroll (%d) {\n"
		  "\t\tif ($folder->d_inode->i_ino == %lu) {\n\t\t\t%s = 1;\n\t\t}\n\t\t$folder = $folder->d_parent;\n\t}\n",
		  below, LEVELS, folder.inode, below);
	build_fmt(out, "%s == 1", below);
	device_write(&folder, out);
	return true;
}

static void open_file_is(struct writer *w, const char *path, struct build *out)
{
	AUTO_FREE char *real = path[0] == '/' ? path_real(path) : NULL;
	struct folder folder;
	char *slash;

	if (!real) {
		names_write(w, path[0] == '/' ? path + 1 : path, out);
		return;
	}
	slash = strrchr(real, '/');
	build_put(out, "str(" DENTRY "->d_name.name) == ");
	quoted_write(out, slash + 1);
	slash[slash == real] = '\0';
	if (folder_find(real, &folder)) {
		build_fmt(out, " && " DENTRY "->d_parent->d_inode->i_ino == %lu", folder.inode);
		device_write(&folder, out);
	}
}

/* Whether text is shown or grouped by: room on the BPF stack is short then. */
static bool text_beside(struct writer *w)
{
	vec_each(role, &w->plan->by) {
		struct bound b;

		if (bind_role(&w->spot, *role, &b, NULL) && b.wrap && strstr(b.wrap, "str("))
			return true;
	}
	return w->plan->measure == MEASURE_EVENTS;
}

/* Text behind a pointer against a literal of any length, piece by piece. */
static void text_is_write(struct writer *w, const char *pointer, const char *text, bool prefix, struct build *out)
{
	size_t chunk = text_beside(w) ? CHUNK_SHORT : CHUNK_LONG, at = 0, len = strlen(text);

	do {
		size_t take = len - at < chunk ? len - at : chunk;
		AUTO_FREE char *piece = text_copy((struct text){ text + at, take });
		const char *from = at ? arena_fmt(w->plan->arena, "%s + %zu", pointer, at) : pointer;
		bool whole = at + take == len && !prefix;

		build_fmt(out, whole ? "%sstr(%s) == " : "%sstrncmp(str(%s), ", at ? " && " : "", from);
		quoted_write(out, piece);
		if (!whole)
			build_fmt(out, ", %zu) == 0", take);
		at += take;
	} while (at < len);
}

/* "conf.d/app.ini": that name itself, or one that ends so after a slash. */
static void text_ends_write(struct writer *w, const char *pointer, const char *text, struct build *out)
{
	size_t len = strlen(text);
	const char *tail = arena_fmt(w->plan->arena, "$name + ($end - %zu)", len);

	if (!strstr(build_text(&w->setup).at, "$end = 0"))
		build_fmt(&w->setup, "\t$name = %s;\n\t$end = 0;\n\twhile ($end < %d && *($name + $end) != 0) {\n\t\t$end++;\n\t}\n",
			  pointer, NAME_MOST);
	build_fmt(out, "$end >= %zu && ", len);
	text_is_write(w, tail, text, false, out);
	build_fmt(out, " && ($end == %zu || *($name + ($end - %zu)) == 47)", len, len + 1);
}

bool path_compared(const char *role, const struct bound *b)
{
	return strcmp(role, "file") == 0 && (b->file || (b->wrap && strcmp(b->wrap, "str(%s)") == 0));
}

bool path_condition(struct writer *w, const struct condition *c, const struct bound *b, const char *raw, size_t number, struct build *out)
{
	bool below = c->compare == COMPARE_PREFIX || c->compare == COMPARE_NOT_PREFIX;
	bool negated = c->compare == COMPARE_NOT || c->compare == COMPARE_NOT_PREFIX;
	AUTO_FREE char *folder = text_copy(text_of(c->text));
	size_t len = strlen(folder);

	while (len > 1 && folder[len - 1] == '/')
		folder[--len] = '\0';
	build_put(out, negated ? "!(" : "");
	if (b->file && below) {
		if (!open_file_below(w, c, number, out))
			return false;
	} else if (b->file) {
		open_file_is(w, c->text, out);
	} else if (below) {
		text_is_write(w, raw, len > 1 ? arena_fmt(w->plan->arena, "%s/", folder) : folder, true, out);
	} else if (c->text[0] == '/') {
		text_is_write(w, raw, c->text, false, out);
	} else {
		text_ends_write(w, raw, c->text, out);
	}
	build_put(out, negated ? ")" : "");
	return true;
}
