/* Cleaning one window: find, confirm, join, replace. */
#include "redact/cleaner.h"
#include <ctype.h>

enum { SPANS_MOST = 1 << 20 };

static int confirm(struct redactor *r, unsigned rule, size_t from, size_t to)
{
	struct span span;
	int got;

	if (from < r->next[rule])
		from = r->next[rule];
	while (from <= to) {
		got = matcher_find(r->matcher, rule, r->window, from, to, &span, r->err);
		if (got <= 0)
			return got;
		if (r->spans.len >= SPANS_MOST)
			return fail(r->err, -E2BIG, "cannot redact: more than %d secrets in one piece of text", SPANS_MOST);
		vec_push(&r->spans, span);
		from = span.end > span.start ? span.end : span.end + 1;
		r->next[rule] = from;
	}
	return 0;
}

static int find_hit(void *context, unsigned which, size_t end)
{
	struct redactor *r = context;
	const struct find *find = &r->rules.finds.at[which];
	size_t reach, len;

	if (which >= r->shared - 1) { /* the placeholders' own find: "<NAME_1>" ends here */
		for (len = 4; len <= end && len < 48 && r->window.at[end - len] != '<'; len++)
			;
		if (len <= end && placeholder_len(text_from(text_until(r->window, end), end - len)) == len)
			vec_push(&r->literals, (struct span){ end - len, end, 0 });
		return 0;
	}
	reach = r->rules.list.at[find->rule].reach;
	return confirm(r, find->rule, end > reach ? end - reach : 0, end);
}

static int own_hit(void *context, unsigned which, size_t end)
{
	struct redactor *r = context;
	unsigned rule = r->rules.finds.at[r->shared + which].rule;
	size_t reach = r->rules.list.at[rule].reach;

	return confirm(r, rule, end > reach ? end - reach : 0, end);
}

static int class_hit(void *context, unsigned rule, size_t start, size_t end)
{
	return confirm(context, rule, start, end);
}

/* ---- joining ---- */

static int span_order(const void *a, const void *b)
{
	const struct span *one = a, *two = b;

	if (one->start != two->start)
		return one->start < two->start ? -1 : 1;
	if (one->end != two->end)
		return one->end > two->end ? -1 : 1;
	return one->rule < two->rule ? -1 : one->rule > two->rule;
}

void spans_join(struct redactor *r)
{
	const struct rule *rules = r->rules.list.at;
	size_t kept = 0;

	if (r->spans.len > 1)
		qsort(r->spans.at, r->spans.len, sizeof(*r->spans.at), span_order);
	for (size_t i = 0; i < r->spans.len; i++) {
		struct span span = r->spans.at[i], *last = kept ? &r->spans.at[kept - 1] : NULL;

		if (!last || span.start >= last->end) {
			r->spans.at[kept++] = span;
			continue;
		}
		/* A name within a secret is part of it; one that only touches it keeps what is its own. */
		if (rules[span.rule].rank == RANK_IDENTITY && rules[last->rule].rank < RANK_IDENTITY) {
			span.start = last->end;
			if (span.start < span.end)
				r->spans.at[kept++] = span;
			continue;
		}
		if (rules[span.rule].rank < rules[last->rule].rank)
			last->rule = span.rule;
		if (span.end > last->end)
			last->end = span.end;
	}
	r->spans.len = kept;
}

/* ---- replacing ---- */

static void lines_count(struct redactor *r, struct text t)
{
	const char *at = t.at, *end = t.at + t.len;

	while (at < end && (at = memchr(at, '\n', (size_t)(end - at)))) {
		r->lines++;
		at++;
	}
}

static void line_note(const struct redactor *r, struct name *name)
{
	if (name->line_count < REDACT_LINES && (!name->line_count || name->lines[name->line_count - 1] != r->lines + 1))
		name->lines[name->line_count++] = r->lines + 1;
}

static void replace(struct redactor *r, struct span span, struct build *out)
{
	const struct rule *rule = &r->rules.list.at[span.rule];
	struct text value = { r->window.at + span.start, span.end - span.start };
	struct name *name;

	if (value_placeholder(value))
		return build_add(out, value);
	name = names_place(&r->names, rule->as, value, rule->name, rule->say);
	if (name) {
		line_note(r, name);
		build_put(out, name->placeholder);
	} else {
		build_fmt(out, "<%s_0>", rule->as);
	}
}

static int scan(struct redactor *r, struct error *err)
{
	int code;

	r->err = err;
	r->spans.len = r->literals.len = 0;
	memset(r->next, 0, (r->rules.list.len + 1) * sizeof(*r->next));
	code = finder_scan(r->finder, r->window, find_hit, r, err);
	if (code == 0)
		code = finder_scan(r->own, r->window, own_hit, r, err);
	for (size_t i = 0; i < r->rules.runs.len && code == 0; i++)
		code = run_scan(&r->rules.runs.at[i], r->window, class_hit, r);
	r->err = NULL;
	if (code < 0)
		return fail(err, code, "cannot redact: a rule failed");
	spans_join(r);
	return window_sweep(r, err);
}

int window_clean(struct redactor *r, struct text window, size_t start, size_t *stop, struct build *out,
		 struct error *err)
{
	size_t at = start;
	int code;

	r->window = window;
	code = scan(r, err);
	if (code < 0)
		return code;
	vec_each(literal, &r->literals)
		names_reserve(&r->names, (struct text){ window.at + literal->start, literal->end - literal->start });
	vec_each(span, &r->spans) {
		if (span->start >= *stop)
			break;
		if (span->end <= at)
			continue;
		if (span->start < at) /* its beginning went out as a placeholder before */
			span->start = at;
		build_add(out, (struct text){ window.at + at, span->start - at });
		lines_count(r, (struct text){ window.at + at, span->start - at });
		replace(r, *span, out);
		lines_count(r, (struct text){ window.at + span->start, span->end - span->start });
		at = span->end;
	}
	if (at < *stop) {
		build_add(out, (struct text){ window.at + at, *stop - at });
		lines_count(r, (struct text){ window.at + at, *stop - at });
	} else {
		*stop = at;
	}
	return 0;
}

size_t window_end(struct text text, size_t start, size_t most)
{
	const char *line;

	if (text.len - start <= most)
		return text.len;
	line = memrchr(text.at + start + most - REDACT_AROUND, '\n', REDACT_AROUND);
	return line ? (size_t)(line - text.at) + 1 : start + most;
}
