/* Failures by the table. */
#include "trace/run/failures.h"
#include <string.h>
#include "base/file.h"

#define FILE_MOST (256 << 10)

static bool holds(struct text words, struct text part)
{
	for (size_t i = 0; part.len && i + part.len <= words.len; i++)
		if (strncasecmp(words.at + i, part.at, part.len) == 0)
			return true;
	return false;
}

/* The words without the lines of the program that bpftrace quotes, each with a line of ~~~ below it: they may hold anything. */
static void quotes_drop(struct text words, struct build *out)
{
	struct text line, last = { 0 };

	while (text_line(&words, &line)) {
		struct text mark = text_trim(line);
		size_t waves = 0;

		while (waves < mark.len && mark.at[waves] == '~')
			waves++;
		if (!mark.len || waves < mark.len) {
			build_add(out, last);
			build_char(out, '\n');
			last = line;
		} else {
			last = TEXT("");
		}
	}
	build_add(out, last);
}

static int line_take(struct text line, const char *stage, struct text words, struct text *class, struct text *means, bool *hit)
{
	struct text rest = text_trim(line), key;

	if (!text_word(&rest, &key))
		return -EINVAL;
	if (text_is(key, "words"))
		*hit = holds(words, text_trim(rest));
	else if (text_is(key, "stage"))
		*hit = text_is(text_trim(rest), stage);
	else if (text_is(key, "means"))
		*means = text_trim(rest);
	else if (text_is(key, "class"))
		*class = text_trim(rest);
	else
		return -EINVAL;
	return rest.len ? 0 : -EINVAL;
}

int failure_class(const char *data, const char *tool, const char *stage, struct text words, struct build *class, struct build *means,
		  struct error *err)
{
	struct text name = { 0 }, what = { 0 }, found = TEXT("other"), found_means = TEXT("Write it in another way."), rest, line;
	AUTO_FREE char *path = NULL;
	AUTO_BUILD file = { 0 };
	AUTO_BUILD said = { 0 };
	bool found_one = false;
	int code;

	if (asprintf(&path, "%s/%s/failures", data, tool) < 0)
		return fail(err, -ENOMEM, "out of memory");
	code = file_read(path, FILE_MOST, &file, err);
	if (code < 0)
		return code;
	quotes_drop(words, &said);
	rest = build_text(&file);
	for (unsigned number = 1; text_line(&rest, &line); number++) {
		bool hit = false;

		if (!text_trim(line).len || text_starts(text_trim(line), "#"))
			continue;
		if (line_take(line, stage, build_text(&said), &name, &what, &hit) < 0 || !name.len)
			return fail(err, -EINVAL, "%s:%u: a line is class, means, words or stage, and what it says", path, number);
		if (found_one || !hit)
			continue;
		found_one = true;
		found = name;
		found_means = what;
	}
	if (class)
		build_add(class, found);
	if (means)
		build_add(means, found_means);
	return 0;
}
