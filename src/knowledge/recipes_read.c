/* Gathering recipes: the heads of our own programs, and the programs of the tools that are installed. */
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include "base/file.h"
#include "knowledge/recipes.h"
#include "knowledge/tools.h"

#define HEAD_MOST  (16 << 10)
#define FILES_MOST 4000

static const char *const tool_folders[] = { "/usr/sbin", "/usr/share/bpftrace/tools", "/usr/local/sbin",
					    "/usr/local/share/bpftrace/tools" };
/* Where tools that are no bpftrace programs come and go. */
static const char *const program_folders[] = { "/usr/bin", "/usr/local/bin", "/usr/share/bcc/tools" };

/* Appends a value to the lines of a key. */
static const char *line_join(struct arena *arena, const char *lines, struct text value)
{
	return lines[0] ? arena_fmt(arena, "%s\n%.*s", lines, TEXT_ARG(value)) : arena_text(arena, value);
}

/* "opensnoop	Trace open() syscalls." in a comment: what follows the name. */
static const char *tool_title(struct text line, struct arena *arena)
{
	struct text name;

	if (!text_starts(line, "*") && !text_starts(line, "//") && !text_starts(line, "#"))
		return NULL;
	line = text_from(line, text_starts(line, "//") ? 2 : 1);
	if (!text_word(&line, &name))
		return NULL;
	line = text_trim(line);
	if (text_starts(line, "- "))
		line = text_trim(text_from(line, 2));
	return line.len > 4 ? arena_text(arena, line) : NULL;
}

bool recipe_head(struct text program, struct arena *arena, struct recipe *recipe)
{
	static const char *const keys[] = { "// ask: ", "// say: ", "// needs: " };
	const char **values[] = { &recipe->asks, &recipe->says, &recipe->needs };
	struct text line;

	recipe->asks = recipe->says = recipe->needs = "";
	recipe->title = NULL;
	while (text_line(&program, &line)) {
		line = text_trim(line);
		if (line.len == 0)
			break;
		if (text_starts(line, "#!") || text_is(line, "/*") || text_is(line, "*") || text_is(line, "//"))
			continue;
		if (!recipe->title) {
			recipe->title = recipe->kind == RECIPE_TOOL ? tool_title(line, arena) :
					text_starts(line, "// ")    ? arena_text(arena, text_from(line, 3)) :
								      NULL;
			if (!recipe->title)
				return false;
			continue;
		}
		if (text_starts(line, "// subject: "))
			recipe->name = arena_text(arena, text_trim(text_from(line, 12)));
		for (size_t i = 0; i < COUNT(keys); i++)
			if (text_starts(line, keys[i]))
				*values[i] = line_join(arena, *values[i], text_trim(text_from(line, strlen(keys[i]))));
	}
	return recipe->title && recipe->name;
}

static bool program_is_text(struct text program)
{
	return !memchr(program.at ? program.at : "", '\0', program.len);
}

/* Adds what a file's head tells; files that are no such programs are left out. */
static void file_add(const char *folder, const char *name, enum recipe_kind kind, struct arena *arena,
		     struct recipe_list *all)
{
	AUTO_BUILD content = { .ceiling = HEAD_MOST };
	struct recipe recipe = { .kind = kind, .path = arena_fmt(arena, "%s/%s", folder, name) };

	if (kind == RECIPE_TOOL)
		recipe.name = arena_text(arena, text_of(name));
	if (file_read(recipe.path, HEAD_MOST, &content, NULL) < 0 || !program_is_text(build_text(&content)))
		return;
	if (recipe_head(build_text(&content), arena, &recipe))
		vec_push(&all->items, recipe);
}

static void folder_add(const char *folder, enum recipe_kind kind, struct arena *arena, struct recipe_list *all)
{
	AUTO_DIR dir = opendir(folder);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)) && all->items.len < FILES_MOST)
		if (entry->d_name[0] != '.' && text_ends(text_of(entry->d_name), ".bt"))
			file_add(folder, entry->d_name, kind, arena, all);
}

static struct recipe *at_path(struct recipe_list *all, const char *path)
{
	vec_each(recipe, &all->items)
		if (strcmp(recipe->path, path) == 0)
			return recipe;
	return NULL;
}

static const char *lines_of(struct arena *arena, const char *lines, tool_list list)
{
	vec_each(item, &list)
		lines = line_join(arena, lines, text_of(*item));
	return lines;
}

/* What data/tools says of the tools that are here; one program is one entry. */
static void tools_add(const struct toolbox *box, struct arena *arena, struct recipe_list *all)
{
	vec_each(tool, &box->tools) {
		vec_each(way, &tool->ways) {
			AUTO_FREE char *path = tool_path(way);
			struct recipe *recipe = path ? at_path(all, path) : NULL;

			if (!path || all->items.len >= FILES_MOST)
				continue;
			if (!recipe) {
				const char *name = strrchr(path, '/') + 1;

				recipe = vec_new(&all->items);
				*recipe = (struct recipe){ .kind = RECIPE_TOOL, .name = arena_text(arena, text_of(name)),
							   .title = arena_text(arena, text_of(tool->shows)), .asks = "", .says = "",
							   .needs = "", .path = arena_text(arena, text_of(path)) };
			}
			recipe->asks = lines_of(arena, recipe->asks, tool->asks);
			recipe->says = lines_of(arena, recipe->says, tool->say);
		}
	}
}

int recipes_gather(const char *data, struct arena *arena, struct recipe_list *all, struct error *err)
{
	AUTO_TOOLBOX box = toolbox_read(arena_fmt(arena, "%s/tools", data), NULL, err);

	if (!box)
		return -EINVAL;
	folder_add(arena_fmt(arena, "%s/recipes", data), RECIPE_OWN, arena, all);
	for (size_t i = 0; i < COUNT(tool_folders); i++)
		folder_add(tool_folders[i], RECIPE_TOOL, arena, all);
	tools_add(box, arena, all);
	return 0;
}

/* ---- the fingerprint ---- */

static uint64_t mix(uint64_t hash, const void *bytes, size_t len)
{
	const unsigned char *at = bytes;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ at[i]) * 0x100000001b3; /* FNV-1a */
	return hash;
}

static uint64_t mix_stat(int folder, const char *name)
{
	uint64_t hash = mix(0xcbf29ce484222325, name, strlen(name) + 1);
	struct stat info;

	if (fstatat(folder, name, &info, 0) < 0)
		return hash;
	hash = mix(hash, &info.st_size, sizeof(info.st_size));
	return mix(hash, &info.st_mtim, sizeof(info.st_mtim));
}

/* The sum does not depend on the order in which a folder is read. */
static uint64_t folder_sum(const char *folder, const char *ending)
{
	AUTO_DIR dir = opendir(folder);
	struct dirent *entry;
	uint64_t sum = 0;

	while (dir && (entry = readdir(dir)))
		if (text_ends(text_of(entry->d_name), ending))
			sum += mix_stat(dirfd(dir), entry->d_name);
	return sum;
}

void recipes_key(const char *data, struct build *key)
{
	static const struct {
		const char *folder, *ending;
	} inputs[] = { { "recipes", ".bt" }, { "tools", ".tools" }, { "vocabulary", ".vocab" } };
	uint64_t sum = 0;

	for (size_t i = 0; i < COUNT(inputs); i++) {
		AUTO_BUILD path = { 0 };

		build_fmt(&path, "%s/%s", data, inputs[i].folder);
		build_fmt(key, "%llx ", (unsigned long long)folder_sum(path.at, inputs[i].ending));
	}
	for (size_t i = 0; i < COUNT(tool_folders); i++)
		sum = mix(sum, &(uint64_t){ folder_sum(tool_folders[i], ".bt") }, sizeof(sum)) + mix_stat(AT_FDCWD, tool_folders[i]);
	for (size_t i = 0; i < COUNT(program_folders); i++)
		sum += mix_stat(AT_FDCWD, program_folders[i]);
	build_fmt(key, "%llx %s", (unsigned long long)sum, data);
}
