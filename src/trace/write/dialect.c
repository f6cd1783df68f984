/* What differs between versions of bpftrace. */
#include "trace/write/dialect.h"
#include <ctype.h>
#include "base/file.h"

/* The facts that data/bpftrace/versions may name, and where they go. */
static const struct {
	const char *name;
	size_t offset;
} facts[] = {
	{ "dot", offsetof(struct dialect, dot) },
	{ "fentry", offsetof(struct dialect, fentry) },
	{ "dry_run", offsetof(struct dialect, dry_run) },
	{ "missing_probes", offsetof(struct dialect, missing_probes) },
	{ "wide_histograms", offsetof(struct dialect, wide_histograms) },
	{ "quoted_json", offsetof(struct dialect, quoted_json) },
	{ "long_strings", offsetof(struct dialect, long_strings) },
	{ "pid_filters_all", offsetof(struct dialect, pid_filters_all) },
	{ "hex_leak", offsetof(struct dialect, hex_leak) },
	{ "swap", offsetof(struct dialect, swap) },
};

/* The digits at the start of `t`; they are cut off. */
static bool digits(struct text *t, unsigned *number)
{
	size_t len = 0;

	for (*number = 0; len < t->len && isdigit((unsigned char)t->at[len]); len++)
		*number = *number * 10 + (unsigned)(t->at[len] - '0');
	*t = text_from(*t, len);
	return len > 0 && len <= 4;
}

/* "v0.17.0" is 17, "0.26.1-dev" is 26; 0: not understood. */
static unsigned version_number(struct text version)
{
	unsigned major_number, minor_number;

	version = text_trim(version);
	if (text_starts(version, "bpftrace"))
		version = text_trim(text_from(version, strlen("bpftrace")));
	if (text_starts(version, "v"))
		version = text_from(version, 1);
	if (!digits(&version, &major_number) || !text_starts(version, "."))
		return 0;
	version = text_from(version, 1);
	return digits(&version, &minor_number) ? major_number * 100 + minor_number : 0;
}

static int version_unknown(struct text version, struct error *err)
{
	version = text_until(version, version.len < 60 ? version.len : 60);
	for (size_t i = 0; i < version.len; i++)
		if ((unsigned char)version.at[i] >= 0x7f)
			version.len = 0;
	return version.len ? fail(err, -EINVAL, "bpftrace says '%.*s' of its version, which is not understood", TEXT_ARG(version)) :
			     fail(err, -EINVAL, "bpftrace does not tell its version in words that can be read");
}

int dialect_read(const char *folder, struct text version, struct dialect *dialect, struct error *err)
{
	AUTO_BUILD content = { 0 };
	AUTO_FREE char *path = NULL;
	struct text rest, line;
	struct error why = { 0 };
	unsigned number = 0;

	*dialect = (struct dialect){ .version = version_number(version) };
	if (dialect->version == 0)
		return version_unknown(version, err);
	if (asprintf(&path, "%s/bpftrace/versions", folder) < 0)
		return fail(err, -ENOMEM, "out of memory");
	if (file_read(path, 1 << 20, &content, &why) < 0)
		return fail(err, -ENOENT, "%s: reinstall, or set SYSWHY_DATA to the data folder", why.text);
	rest = build_text(&content);
	while (text_line(&rest, &line)) {
		struct text since, fact;
		bool known = false;

		number++;
		line = text_trim(line);
		if (line.len == 0 || line.at[0] == '#')
			continue;
		text_word(&line, &since);
		text_word(&line, &fact);
		for (size_t i = 0; i < COUNT(facts); i++)
			if (text_is(fact, facts[i].name)) {
				known = true;
				if (dialect->version >= version_number(since))
					*(bool *)((char *)dialect + facts[i].offset) = true;
			}
		if (!known || version_number(since) == 0 || text_trim(line).len)
			return fail(err, -EINVAL, "%s:%u: write: VERSION FACT, with a fact that dialect.h knows", path, number);
	}
	return 0;
}

static bool word_at(struct text t, size_t at, const char *word)
{
	size_t len = strlen(word);

	return text_starts(text_from(t, at), word) && (at == 0 || (!isalnum((unsigned char)t.at[at - 1]) && t.at[at - 1] != '_')) &&
	       (at + len == t.len || (!isalnum((unsigned char)t.at[at + len]) && t.at[at + len] != '_'));
}

/* The end of a string or comment that begins at `at`; `at` itself when none does. */
static size_t skip_quoted(struct text t, size_t at)
{
	size_t end;

	if (t.at[at] == '"') {
		for (end = at + 1; end < t.len && t.at[end] != '"'; end++)
			end += t.at[end] == '\\';
		return end < t.len ? end + 1 : t.len;
	}
	if (text_starts(text_from(t, at), "//"))
		return text_find(text_from(t, at), "\n", &end) ? at + end : t.len;
	if (text_starts(text_from(t, at), "/*"))
		return text_find(text_from(t, at + 2), "*/", &end) ? at + end + 4 : t.len;
	return at;
}

void dialect_rewrite(const struct dialect *dialect, struct text program, struct build *out)
{
	for (size_t at = 0; at < program.len;) {
		size_t end = skip_quoted(program, at);

		if (end > at) {
			build_add(out, text_until(text_from(program, at), end - at));
			at = end;
		} else if (dialect->dot && word_at(program, at, "args") && text_starts(text_from(program, at + 4), "->")) {
			build_put(out, "args.");
			at += 6;
		} else if (dialect->fentry && word_at(program, at, "kfunc")) {
			build_put(out, "fentry");
			at += 5;
		} else if (dialect->fentry && word_at(program, at, "kretfunc")) {
			build_put(out, "fexit");
			at += 8;
		} else {
			build_char(out, program.at[at++]);
		}
	}
}
