/* Where the program of a trace is saved. */
#include "commands/trace_save.h"
#include <string.h>
#include <sys/stat.h>
#include "base/file.h"

#define HEAD_MOST 4096

/* As trace_keep() and the model's programs begin. */
static bool is_ours(const char *path)
{
	AUTO_BUILD head = { 0 };

	if (file_read(path, HEAD_MOST, &head, NULL) < 0)
		return false;
	return text_starts(build_text(&head), "#!/usr/bin/env bpftrace\n// ") &&
	       (text_has(build_text(&head), "\n// Written by syswhy ") || text_has(build_text(&head), "\n// Written by a model."));
}

/* /dev/stdout and its like are links, but to what the caller himself has opened. */
static bool is_stream(const char *path)
{
	struct stat info;

	return strncmp(path, "/dev/", 5) == 0 || strncmp(path, "/proc/", 6) == 0 ||
	       (lstat(path, &info) == 0 && !S_ISREG(info.st_mode) && !S_ISLNK(info.st_mode));
}

int trace_save_place(struct context *context, const char *path, struct error *err)
{
	AUTO_BUILD question = { 0 };
	struct stat info;

	if (is_stream(path) || lstat(path, &info) < 0)
		return 0; /* what is wrong with it, writing tells */
	if (S_ISLNK(info.st_mode))
		return fail(err, -EEXIST, "'%s' is a symbolic link, and nothing is written through one: -o with the name of the file itself, "
			    "or another", path);
	if (is_ours(path))
		return 0;
	build_fmt(&question, "'%s' is there already, and syswhy did not write it. Overwrite it?", path);
	if (context->ask(context->door, question.at))
		return 0;
	return fail(err, -EEXIST, "'%s' is there already, and syswhy did not write it: -o with another name, or --yes to overwrite it", path);
}

int trace_save(const char *path, struct text program, struct error *err)
{
	return is_stream(path) ? file_write(path, program, 0755, err) : file_replace(path, program, 0755, err);
}
