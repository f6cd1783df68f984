/* The manual's one-line descriptions, read by lexgrog and remembered. */
#include "knowledge/manual.h"
#include <dirent.h>
#include <string.h>
#include <sys/stat.h>
#include "base/child.h"
#include "base/file.h"

#define PAGES_MOST  12000
#define OUTPUT_MOST (8 << 20)
#define DEADLINE    30.0

static const char *const folders[] = { "/usr/share/man/man1", "/usr/share/man/man8", "/usr/local/share/man/man1",
				       "/usr/local/share/man/man8" };

void manual_free(struct manual *manual)
{
	if (!manual)
		return;
	vec_done(&manual->entries);
	arena_free(manual->arena);
	free(manual);
}

bool manual_line(struct text line, struct text *name, struct text *says)
{
	size_t at;

	if (!text_find(line, ": \"", &at) || !text_ends(line, "\""))
		return false;
	line = text_from(line, at + 3);
	line = text_until(line, line.len - 1);
	if (!text_find(line, " - ", &at))
		return false;
	*name = text_trim(text_until(line, at));
	*says = text_trim(text_from(line, at + 3));
	return name->len > 0 && name->len < 64 && says->len > 0 && !memchr(name->at, ' ', name->len) &&
	       !memchr(name->at, '/', name->len);
}

/* What identifies the state of the folders. */
static void key_make(struct build *key)
{
	for (size_t i = 0; i < COUNT(folders); i++) {
		struct stat info;

		if (stat(folders[i], &info) == 0)
			build_fmt(key, "%s %ld.%09ld ", folders[i], info.st_mtim.tv_sec, info.st_mtim.tv_nsec);
	}
	build_char(key, '\n');
}

static void pages_find(struct arena *arena, const char *folder, const char **argv, size_t *count)
{
	AUTO_DIR dir = opendir(folder);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)) && *count < PAGES_MOST) {
		struct text name = text_of(entry->d_name);

		/* "x.1p.gz", "x.3perl": sections of libraries, thousands of them. */
		if (text_ends(name, ".1.gz") || text_ends(name, ".8.gz") || text_ends(name, ".1") || text_ends(name, ".8"))
			argv[(*count)++] = arena_fmt(arena, "%s/%s", folder, entry->d_name);
	}
}

static int lexgrog_run(struct build *lines, struct error *err)
{
	AUTO_ARENA arena = arena_new();
	AUTO_FREE const char **argv = calloc(PAGES_MOST + 2, sizeof(*argv));
	AUTO_OUTPUT output = { 0 };
	size_t count = 1;
	int code;

	if (!argv)
		return fail(err, -ENOMEM, "out of memory");
	argv[0] = "lexgrog";
	for (size_t i = 0; i < COUNT(folders); i++)
		pages_find(arena, folders[i], argv, &count);
	if (count == 1)
		return fail(err, -ENOENT, "no manual pages are installed");
	code = child_run(argv, TEXT(""), OUTPUT_MOST, DEADLINE, &output, err);
	if (code < 0)
		return code;
	build_add(lines, build_text(&output.out));
	return output.late ? fail(err, -ETIME, "reading the manual took longer than %.0f s", DEADLINE) : 0;
}

struct manual *manual_read(struct error *err)
{
	AUTO_MANUAL manual = calloc(1, sizeof(*manual));
	AUTO_BUILD key = { 0 };
	AUTO_BUILD content = { 0 };
	AUTO_FREE char *path = NULL;
	const char *cache = cache_folder();
	struct text rest, line;

	if (!manual)
		abort();
	manual->arena = arena_new();
	key_make(&key);
	if (cache && asprintf(&path, "%s/manual", cache) < 0)
		path = NULL;
	if (!path || file_read(path, OUTPUT_MOST, &content, NULL) < 0 || !text_starts(build_text(&content), key.at)) {
		build_clear(&content);
		build_add(&content, build_text(&key));
		if (lexgrog_run(&content, err) < 0)
			return NULL;
		if (path)
			file_write(path, build_text(&content), 0600, NULL); /* without it the next time is slow again */
	}
	rest = text_from(build_text(&content), key.len);
	while (text_line(&rest, &line)) {
		struct text name, says;

		if (manual_line(line, &name, &says))
			vec_push(&manual->entries, (struct manual_entry){ arena_text(manual->arena, name),
									  arena_text(manual->arena, says) });
	}
	return TAKE(manual);
}
