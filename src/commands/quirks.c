/* The quirks of bpftrace versions, from data/bpftrace/quirks, whose head describes the format. */
#include <ctype.h>
#include <stdio.h>
#include "base/file.h"
#include "commands/doctor.h"

int version_order(struct text a, struct text b)
{
	for (int i = 0; i < 8 && (a.len || b.len); i++) {
		struct text x, y;
		long long m = 0, n = 0;

		if (text_next(&a, '.', &x))
			text_number(x, &m);
		if (text_next(&b, '.', &y))
			text_number(y, &n);
		if (m != n)
			return m < n ? -1 : 1;
	}
	return 0;
}

static bool is_version(struct text t)
{
	if (text_is(t, "-"))
		return true;
	for (size_t i = 0; i < t.len; i++)
		if (!isdigit((unsigned char)t.at[i]) && t.at[i] != '.')
			return false;
	return t.len && isdigit((unsigned char)t.at[0]);
}

int quirks_of(const char *version, void (*take)(void *context, struct text sentence), void *context,
	      struct error *err)
{
	AUTO_FREE char *path = NULL;
	AUTO_BUILD content = { 0 };
	struct text rest, line, from, until;
	int code;

	if (asprintf(&path, "%s/bpftrace/quirks", data_folder()) < 0) {
		path = NULL;
		return fail(err, -ENOMEM, "out of memory");
	}
	code = file_read(path, 1 << 20, &content, err);
	rest = build_text(&content);
	for (unsigned number = 1; code == 0 && text_line(&rest, &line); number++) {
		line = text_trim(line);
		if (line.len == 0 || line.at[0] == '#')
			continue;
		if (!text_word(&line, &from) || !text_word(&line, &until) || !is_version(from) ||
		    !is_version(until) || text_trim(line).len == 0)
			return fail(err, -EINVAL, "%s:%u: a line is FROM UNTIL SENTENCE, with versions like 0.17 or -", path, number);
		if ((text_is(from, "-") || version_order(from, text_of(version)) <= 0) &&
		    (text_is(until, "-") || version_order(text_of(version), until) < 0))
			take(context, text_trim(line));
	}
	return code;
}
