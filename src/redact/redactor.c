/* The redactor: rules, finder, matcher and the private map, opened together. */
#include "redact/cleaner.h"
#include "base/file.h"

/* Is found where it is put, whatever the rules are, or the engine is none to trust. */
static const char trial[] = "syswhy-trial-[0-9]{1,9};", trial_sample[] = "syswhy-trial-1;";

/* The machine's names come and go: their finds are apart, so that the large database stays the same. */
static int open_finders(struct redactor *r, const struct redact_options *options, bool own, struct error *err)
{
	vec_push(&r->rules.finds, (struct find){ .regex = trial });
	vec_push(&r->rules.spots, (struct spot){ '<', 1, 0, 0 }); /* placeholders may stand there */
	r->shared = r->rules.finds.len;
	if (own)
		rules_own_names(&r->rules);
	r->finder = finder_new(r->rules.finds.at, r->shared, true, options->portable, err);
	if (!r->finder || finder_trusted(r->finder, (unsigned)r->shared - 1, text_of(trial_sample)))
		return r->finder ? 0 : -EINVAL;
	finder_free(r->finder);
	r->portable = true;
	r->finder = finder_new(r->rules.finds.at, r->shared, false, true, err);
	return r->finder ? 0 : -EINVAL;
}

/* Runs, spots, tails, as classes_hit counts them. */
static void tellers_make(struct redactor *r)
{
	size_t count = r->rules.runs.len + r->rules.spots.len + r->rules.tails.len;
	struct teller *at = r->tellers = calloc(count + 1, sizeof(*r->tellers));

	if (!at)
		abort();
	vec_each(run, &r->rules.runs)
		*at++ = (struct teller){ .rule = run->rule, .run = true };
	vec_each(spot, &r->rules.spots)
		*at++ = (struct teller){ .rule = spot->rule };
	r->placeholders = (unsigned)(at - r->tellers) - 1; /* the last spot */
	vec_each(tail, &r->rules.tails)
		*at++ = (struct teller){ .rule = tail->rule };
	for (at = r->tellers; at < r->tellers + count; at++) {
		at->form = r->rules.list.at[at->rule].form != FORM_NONE;
		at->reach = r->rules.list.at[at->rule].reach;
	}
}

struct redactor *redactor_open(const struct redact_options *options, bool examples, struct error *err)
{
	AUTO_REDACTOR r = calloc(1, sizeof(*r));
	AUTO_BUILD folder = { 0 };

	if (!r)
		abort();
	names_init(&r->names);
	r->portable = options->portable;
	r->rules.identity = options->identity;
	r->rules.want_examples = examples;
	build_fmt(&folder, "%s%s", options->rules ? options->rules : data_folder(), options->rules ? "" : "/redact");
	if (rules_read(&r->rules, folder.at, err) < 0 || open_finders(r, options, options->identity && !examples, err) < 0)
		return NULL;
	r->matcher = matcher_new(&r->rules);
	r->classes = classes_new(&r->rules, unescape_marks, options->portable);
	tellers_make(r);
	r->next = calloc(r->rules.finds.len + r->rules.runs.len + r->rules.spots.len + r->rules.tails.len + 1, sizeof(*r->next));
	if (!r->next)
		abort();
	return sweeper_make(r, err) < 0 ? NULL : TAKE(r);
}

struct redactor *redactor_new(const struct redact_options *options, struct error *err)
{
	return redactor_open(options, false, err);
}

void redactor_forget(struct redactor *r)
{
	bool swept = r->swept.len > 0;

	sweeper_drop(r);
	seen_drop(r);
	names_done(&r->names);
	names_init(&r->names);
	r->lines = 0;
	if (swept)
		finder_free(TAKE(r->sweeper));
}

void redactor_free(struct redactor *r)
{
	if (!r)
		return;
	matcher_free(r->matcher);
	finder_free(r->finder);
	finder_free(r->sweeper);
	classes_free(r->classes);
	sweeper_drop(r);
	vec_done(&r->spans);
	vec_done(&r->merged);
	unescaped_done(&r->unescaped);
	vec_done(&r->literals);
	free(r->next);
	free(r->tellers);
	seen_drop(r);
	names_done(&r->names);
	rules_done(&r->rules);
	free(r);
}

size_t redactor_rules(const struct redactor *r)
{
	return r->rules.list.len;
}

const char *redactor_engine(const struct redactor *r)
{
	return finder_engine(r->finder);
}

static int clean_windows(struct redactor *r, struct text text, struct build *out, struct error *err)
{
	size_t at = 0;

	while (at < text.len) {
		size_t stop = window_end(text, at, REDACT_WINDOW);
		size_t from = at > REDACT_AROUND ? at - REDACT_AROUND : 0;
		struct text window = text_from(text_until(text, stop + REDACT_AROUND), from);
		size_t end = stop - from;
		int code = window_clean(r, window, at - from, &end, out, err);

		if (code < 0)
			return code;
		at = from + end;
	}
	build_add(out, TEXT(""));
	return out->cut ? fail(err, -EFBIG, "the cleaned text is too long for where it goes") : 0;
}

int redact_clean(struct redactor *r, struct text text, struct build *out, struct clean *clean, struct error *err)
{
	size_t before = out->len;
	int code = out->cut ? fail(err, -EFBIG, "the text before was cut already") : clean_windows(r, text, out, err);

	*clean = (struct clean){ 0 };
	if (code < 0) {
		out->len = before;
		if (out->at)
			out->at[before] = '\0';
		return code;
	}
	clean->text = text_from(build_text(out), before);
	return 0;
}

int redact_restore(const struct redactor *r, struct text text, struct build *out, struct error *err)
{
	return names_restore(&r->names, text, out, err);
}

bool redact_known(const struct redactor *r, struct text text)
{
	size_t at, len;

	for (; text_find(text, "<", &at); text = text_from(text, at + 1)) {
		const struct name *name;

		len = placeholder_len(text_from(text, at));
		name = len ? names_find(&r->names, text_until(text_from(text, at), len)) : NULL;
		if (name && name->value.at)
			return true;
	}
	return false;
}

/* Entries that nothing stood for yet (of a loaded map, of foreign text) are no replacements. */
bool redact_report(const struct redactor *r, size_t *next, struct redacted *entry)
{
	while (*next < r->names.list.len) {
		const struct name *name = &r->names.list.at[(*next)++];

		if (!name->times)
			continue;
		*entry = (struct redacted){ .placeholder = name->placeholder, .rule = name->rule, .say = name->say,
					    .times = name->times, .line_count = name->line_count, .value = name->value };
		memcpy(entry->lines, name->lines, sizeof(entry->lines));
		return true;
	}
	return false;
}

size_t redact_total(const struct redactor *r)
{
	return r->names.total;
}

int redact_save(const struct redactor *r, const char *path, struct error *err)
{
	return names_save(&r->names, path, err);
}

int redact_load(struct redactor *r, const char *path, struct error *err)
{
	return names_load(&r->names, path, err);
}
