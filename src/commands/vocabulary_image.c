/* `syswhy vocabulary-image`: what the build runs, so that the vocabulary comes with the program ready to use. */
#include <dirent.h>
#include <string.h>
#include "base/file.h"
#include "commands/table.h"
#include "trace/vocabulary/image.h"

struct image_params {
	const char *from, *output, *depends;
};
static const struct param image_params[] = {
	{ "from", 0, PARAM_TEXT, offsetof(struct image_params, from), "FOLDER", "the folder of the vocabulary", NULL, true },
	{ "output", 'o', PARAM_TEXT, offsetof(struct image_params, output), "FILE", "write the image into this file", NULL, true },
	{ "depends", 0, PARAM_TEXT, offsetof(struct image_params, depends), "FILE", "write a rule for make: what it was made from", NULL, false },
	{ 0 },
};

static void name_write(struct build *out, const char *folder, const char *name)
{
	build_char(out, ' ');
	for (const char *c = folder; *c; c++)
		build_fmt(out, "%s%c", *c == ' ' ? "\\" : "", *c);
	build_put(out, name);
}

/* The folder itself, too: files come and go. */
static int rule_write(const struct image_params *p, struct error *err)
{
	AUTO_DIR folder = opendir(p->from);
	AUTO_BUILD rule = { 0 };
	struct dirent *entry;

	if (!folder)
		return fail(err, -errno, "cannot open '%s': %s", p->from, strerror(errno));
	build_fmt(&rule, "%s:", p->output);
	name_write(&rule, p->from, "");
	while ((entry = readdir(folder)))
		if (entry->d_name[0] != '.' && text_ends(text_of(entry->d_name), ".vocab") && !strchr(entry->d_name, ' ')) {
			name_write(&rule, p->from, "/");
			build_put(&rule, entry->d_name);
		}
	build_char(&rule, '\n');
	return file_write(p->depends, build_text(&rule), 0644, err);
}

static int run(struct context *context, const void *params, struct error *err)
{
	const struct image_params *p = params;

	(void)context;
	if (vocabulary_build(p->from, p->output, err) < 0 || (p->depends && rule_write(p, err) < 0))
		return EXIT_CONFIG;
	return EXIT_DONE;
}

const struct command command_vocabulary_image = {
	.name = "vocabulary-image",
	.summary = "Write the vocabulary as this very program reads it",
	.flags = COMMAND_ALTERS | COMMAND_HIDDEN,
	.params = image_params,
	.params_size = sizeof(struct image_params),
	.run = run,
};
