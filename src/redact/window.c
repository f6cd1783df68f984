/* Cleaning one window: find, confirm, join, replace. */
#include "redact/cleaner.h"

enum { SPANS_MOST = 1 << 20, PIECE = PLACEHOLDER_ROOM };

static int span_take(struct redactor *r, const struct span *span, size_t find)
{
	if (r->spans.len >= SPANS_MOST)
		return fail(r->err, -E2BIG, "cannot redact: more than %d secrets in one piece of text", SPANS_MOST);
	vec_push(&r->spans, *span);
	r->next[find] = span->end > span->start ? span->end : span->end + 1;
	return 0;
}

int window_form(struct redactor *r, unsigned rule, size_t find, size_t at)
{
	const struct rule *asked = &r->rules.list.at[rule];
	struct span span = { .rule = rule };
	int got;

	if (at < r->next[find] || !form_find(asked->form, asked->fields.at, asked->fields.len, r->window, at, &span.start, &span.end))
		return 0;
	got = seen_judge(r, &span);
	return got > 0 ? span_take(r, &span, find) : got;
}

int window_confirm(struct redactor *r, unsigned rule, size_t find, size_t from, size_t to)
{
	struct span span;
	int got;

	if (r->rules.list.at[rule].form)
		return window_form(r, rule, find, from); /* one place holds one of them */
	from = from < r->next[find] ? r->next[find] : from;
	while (from <= to) {
		got = matcher_find(r->matcher, rule, r->window, from, to, &span, r->err);
		if (got > 0)
			got = span_take(r, &span, find);
		else if (got == 0)
			return 0;
		if (got < 0)
			return got;
		from = r->next[find];
	}
	return 0;
}

static int find_hit(void *context, unsigned which, size_t end)
{
	struct redactor *r = context;
	const struct find *find = &r->rules.finds.at[which];
	size_t reach;

	if (which >= r->shared - 1) /* the trial's */
		return 0;
	reach = r->rules.list.at[find->rule].reach;
	return window_confirm(r, find->rule, which, end > reach ? end - reach : 0, end);
}

/* The placeholders' own spot: one may begin here. */
static int placeholder_found(struct redactor *r, size_t at)
{
	size_t len = r->escaped ? 0 : placeholder_len(text_from(r->window, at));

	if (len)
		vec_push(&r->literals, (struct span){ at, at + len, 0, 0 });
	return 0;
}

static int classes_found(void *context, unsigned which, size_t start, size_t end)
{
	struct redactor *r = context;
	const struct teller *teller = &r->tellers[which];

	if (teller->form)
		return window_form(r, teller->rule, which, start); /* a form knows where to look */
	if (which == r->placeholders)
		return placeholder_found(r, start);
	/* Around a byte a regex is tried. */
	if (!teller->run)
		start = start > teller->reach ? start - teller->reach : 0;
	return window_confirm(r, teller->rule, which, start, end);
}

/* ---- joining ---- */

int span_order(const void *a, const void *b)
{
	const struct span *one = a, *two = b;

	if (one->start != two->start)
		return one->start < two->start ? -1 : 1;
	if (one->end != two->end)
		return one->end > two->end ? -1 : 1;
	return one->rule < two->rule ? -1 : one->rule > two->rule;
}

static inline bool behind(const struct span *one, const struct span *two)
{
	return one->start != two->start ? one->start > two->start : span_order(one, two) > 0;
}

/* They come almost in order: each is moved a few places at most. Where that is not so, all are sorted. */
static void spans_sort(struct span *at, size_t count)
{
	size_t moves = 0;

	for (size_t i = 1; i < count; i++) {
		struct span span = at[i];
		size_t place = i;

		if (!behind(&at[i - 1], &span))
			continue;
		while (place > 0 && behind(&at[place - 1], &span) && moves < count * 8) {
			at[place] = at[place - 1];
			place--;
			moves++;
		}
		at[place] = span;
	}
	if (count && moves >= count * 8)
		qsort(at, count, sizeof(*at), span_order);
}

/* Two sorted halves become one. */
static void spans_merge(struct redactor *r, size_t middle)
{
	size_t one = 0, two = middle, end = r->spans.len;
	const struct span *at = r->spans.at;

	if (middle == 0 || middle == end || span_order(&at[middle - 1], &at[middle]) <= 0)
		return;
	r->merged.len = 0;
	while (one < middle || two < end) {
		bool first = two == end || (one < middle && span_order(&at[one], &at[two]) <= 0);

		vec_push(&r->merged, at[first ? one++ : two++]);
	}
	memcpy(r->spans.at, r->merged.at, end * sizeof(*at));
}

void spans_join(struct redactor *r, size_t middle)
{
	const struct rule *rules = r->rules.list.at;
	size_t kept = 1;

	if (r->spans.len > middle)
		spans_sort(r->spans.at + middle, r->spans.len - middle);
	spans_merge(r, middle);
	/* Most touch no other. */
	while (kept < r->spans.len && r->spans.at[kept].start >= r->spans.at[kept - 1].end)
		kept++;
	if (kept >= r->spans.len)
		return;
	for (size_t i = kept; i < r->spans.len; i++) {
		struct span span = r->spans.at[i], *last = &r->spans.at[kept - 1];

		if (span.start >= last->end) {
			r->spans.at[kept++] = span;
			continue;
		}
		/* A name within a secret is part of it; one that only touches it keeps what is its own. */
		if (rules[span.rule].rank == RANK_IDENTITY && rules[last->rule].rank < RANK_IDENTITY) {
			span.start = last->end;
			span.name = 0;
			if (span.start < span.end)
				r->spans.at[kept++] = span;
			continue;
		}
		if (rules[span.rule].rank < rules[last->rule].rank)
			last->rule = span.rule;
		if (span.end > last->end) {
			last->end = span.end;
			last->name = 0;
		}
	}
	r->spans.len = kept;
}

/* ---- replacing ---- */

enum { OCTETS = 16, ROUND = 255 * OCTETS };
typedef unsigned char octets __attribute__((vector_size(OCTETS)));

/* 16 sums, which are added up before one of them can be full. */
static size_t lines_in(struct text t)
{
	size_t lines = 0;

	while (t.len >= OCTETS) {
		size_t round = t.len < ROUND ? t.len - t.len % OCTETS : ROUND;
		octets sums = { 0 };

		for (size_t at = 0; at < round; at += OCTETS) {
			octets bytes;

			memcpy(&bytes, t.at + at, OCTETS);
			sums -= (octets)(bytes == '\n');
		}
		for (size_t i = 0; i < OCTETS; i++)
			lines += sums[i];
		t = text_from(t, round);
	}
	for (size_t i = 0; i < t.len; i++)
		lines += t.at[i] == '\n';
	return lines;
}

/* Lines are counted when a number is needed, up to there. */
static void lines_count(struct redactor *r, size_t until)
{
	if (until <= r->counted)
		return;
	r->lines += lines_in((struct text){ r->window.at + r->counted, until - r->counted });
	r->counted = until;
}

static void line_note(struct redactor *r, struct name *name, size_t at)
{
	if (name->line_count >= REDACT_LINES)
		return;
	lines_count(r, at);
	if (!name->line_count || name->lines[name->line_count - 1] != r->lines + 1)
		name->lines[name->line_count++] = r->lines + 1;
}

/* As build_add(), for the many short pieces. `readable`: bytes that may be read there. */
static inline void put(struct build *out, struct text t, size_t readable)
{
	size_t end = out->len + t.len;

	if (end >= out->room || end > out->ceiling)
		return build_add(out, t);
	if (t.len <= PIECE && readable >= PIECE && out->room - out->len >= PIECE)
		memcpy(out->at + out->len, t.at, PIECE); /* of one size, whatever the piece's is: what is too much is written over */
	else
		memcpy(out->at + out->len, t.at, t.len);
	out->len = end;
	out->at[end] = '\0';
}

static void replace(struct redactor *r, struct span span, struct build *out)
{
	const struct rule *rule = &r->rules.list.at[span.rule];
	struct text value = { r->window.at + span.start, span.end - span.start };
	struct name *name;

	if (value.at[0] == '<' && value_placeholder(value))
		return build_add(out, value);
	name = span.name ? names_again(&r->names, span.name - 1) : names_place(&r->names, rule->as, value, rule->name, rule->say);
	if (name) {
		line_note(r, name, span.start);
		put(out, (struct text){ name->placeholder, name->len }, PLACEHOLDER_ROOM);
	} else {
		build_fmt(out, "<%s_0>", rule->as);
	}
}

/* The entries of a map that many addresses filled come from far: those of spans that follow are asked for ahead. */
static inline void replace_ahead(const struct redactor *r, const struct span *span)
{
	enum { AHEAD = 8 };
	size_t left = r->spans.len - (size_t)(span - r->spans.at);

	if (left > 2 * AHEAD && span[2 * AHEAD].name) {
		const struct name *name = &r->names.list.at[span[2 * AHEAD].name - 1];

		__builtin_prefetch(name, 1);
		__builtin_prefetch(&name->lines[0]);
	}
	if (left > AHEAD && span[AHEAD].name)
		__builtin_prefetch(r->names.list.at[span[AHEAD].name - 1].placeholder);
}

/* One look at r->window with all rules. The spans are added as they come: those of each of the two passes are almost in
 * order; *middle tells where the second begins. */
static int look(struct redactor *r, size_t *middle, struct error *err)
{
	size_t finds = (r->rules.finds.len + r->rules.runs.len + r->rules.spots.len + r->rules.tails.len) * sizeof(*r->next);
	int code;

	memset(r->next, 0, finds);
	code = classes_scan(r->classes, r->window, classes_found, r);
	*middle = r->spans.len;
	memset(r->next, 0, finds);
	if (code == 0)
		code = finder_scan(r->finder, r->window, find_hit, r, err);
	memset(r->next, 0, finds);
	return code;
}

/* What is escaped is looked at as it was before, and what is found there has its place here. */
static int look_behind_escapes(struct redactor *r, struct error *err)
{
	struct text window = r->window;
	size_t before = r->spans.len, kept = before, middle;
	struct places marks[UNESCAPE_MARKS];
	int code;

	for (size_t i = 0; i < UNESCAPE_MARKS; i++)
		marks[i] = classes_blocks(r->classes, unescape_marks.at[i]);
	if (!unescaped_make(&r->unescaped, window, marks))
		return fail(err, -EFBIG, "cannot redact: too much of the text is escaped");
	if (r->unescaped.ends.len == 0)
		return 0;
	r->window = build_text(&r->unescaped.text);
	r->escaped = true;
	code = look(r, &middle, err);
	if (code == 0 && r->sweeper)
		code = finder_scan(r->sweeper, r->window, swept_hit, r, err);
	r->window = window;
	r->escaped = false;
	for (size_t i = before; i < r->spans.len && code == 0; i++) {
		struct span span = r->spans.at[i];

		if (unescaped_place(&r->unescaped, &span.start, &span.end))
			r->spans.at[kept++] = span;
	}
	r->spans.len = kept;
	if (kept > before)
		spans_join(r, before);
	return code;
}

static int scan(struct redactor *r, struct error *err)
{
	size_t middle;
	int code;

	r->err = err;
	r->spans.len = r->literals.len = 0;
	code = look(r, &middle, err);
	spans_sort(r->spans.at, middle);
	spans_join(r, middle);
	if (code == 0)
		code = look_behind_escapes(r, err);
	if (code == 0)
		code = window_sweep(r, err);
	r->err = NULL;
	return code < 0 ? fail(err, code, "cannot redact: a rule failed") : 0;
}

int window_clean(struct redactor *r, struct text window, size_t start, size_t *stop, struct build *out,
		 struct error *err)
{
	size_t at = start;
	int code;

	r->window = window;
	r->counted = start;
	code = scan(r, err);
	if (code < 0)
		return code;
	vec_each(literal, &r->literals)
		names_reserve(&r->names, (struct text){ window.at + literal->start, literal->end - literal->start });
	vec_each(span, &r->spans) {
		if (span->start >= *stop)
			break;
		replace_ahead(r, span);
		if (span->end <= at)
			continue;
		if (span->start < at) /* its beginning went out as a placeholder before */
			span->start = at, span->name = 0;
		put(out, (struct text){ window.at + at, span->start - at }, window.len - at);
		replace(r, *span, out);
		at = span->end;
	}
	if (at < *stop)
		build_add(out, (struct text){ window.at + at, *stop - at });
	else
		*stop = at;
	/* Of what was copied too much nothing stays. */
	if (out->room > out->len)
		memset(out->at + out->len, 0, out->room - out->len < PIECE ? out->room - out->len : PIECE);
	lines_count(r, *stop);
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
