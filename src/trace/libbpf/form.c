/* The forms of the files of a libbpf program, filled. */
#include <string.h>
#include "base/file.h"
#include "trace/libbpf/parts.h"

#define NESTED_MOST 8

void form_set(struct form *form, const char *name, const char *value)
{
	vec_push(&form->slots, (struct slot){ name, value });
}

void form_text(struct form *form, const char *name, const struct build *value)
{
	form_set(form, name, arena_text(form->arena, build_text(value)));
}

void form_flag(struct form *form, const char *name, bool value)
{
	form_set(form, name, value ? "" : NULL);
}

void form_done(struct form *form)
{
	vec_done(&form->slots);
}

static const struct slot *slot_find(const struct form *form, struct text name)
{
	vec_each(slot, &form->slots)
		if (text_is(name, slot->name))
			return slot;
	return NULL;
}

static int line_fill(const struct form *form, struct text line, const char *file, struct build *out, struct error *err)
{
	size_t at, end;

	while (text_find(line, "@{", &at) && text_find(text_from(line, at), "}", &end)) {
		struct text name = text_until(text_from(line, at + 2), end - 2);
		const struct slot *slot = slot_find(form, name);

		if (!slot || !slot->value)
			return fail(err, -EINVAL, "%s: '@{%.*s}' is nothing that is filled in", file, TEXT_ARG(name));
		build_add(out, text_until(line, at));
		build_put(out, slot->value);
		line = text_from(line, at + end + 1);
	}
	build_add(out, line);
	return 0;
}

int form_fill(const struct form *form, const char *file, struct build *out, struct error *err)
{
	AUTO_FREE char *path = NULL;
	AUTO_BUILD content = { 0 };
	struct text rest, line;
	bool shown[NESTED_MOST + 1] = { true };
	size_t depth = 0;
	int code;

	if (asprintf(&path, "%s/libbpf/%s", data_folder(), file) < 0)
		return fail(err, -ENOMEM, "out of memory");
	code = file_read(path, 1 << 20, &content, err);
	if (code < 0)
		return fail_within(err, "reinstall, or set SYSWHY_DATA to the data folder");
	rest = build_text(&content);
	while (text_line(&rest, &line)) {
		struct text word = text_trim(line);

		if (text_starts(word, "@if ")) {
			const struct slot *slot = slot_find(form, text_from(word, 4));

			if (!slot || depth == NESTED_MOST)
				return fail(err, -EINVAL, "%s: '%.*s' is nothing that is known", path, TEXT_ARG(word));
			shown[depth + 1] = shown[depth] && slot->value;
			depth++;
		} else if (text_is(word, "@end")) {
			if (depth == 0)
				return fail(err, -EINVAL, "%s: an @end closes nothing", path);
			depth--;
		} else if (shown[depth]) {
			size_t before = out->len;

			code = line_fill(form, line, path, out, err);
			if (code < 0)
				return code;
			/* What fills a line may end it itself. */
			if (line.len == 0 || (out->len > before && out->at[out->len - 1] != '\n'))
				build_char(out, '\n');
		}
	}
	return 0;
}
