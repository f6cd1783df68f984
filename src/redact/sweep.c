/* Sweeping: a secret that was recognised once is replaced wherever else it stands, with no word around that
 * tells what it is; and so are the names of this machine. */
#include "redact/cleaner.h"
#include <ctype.h>

enum { SWEPT_MOST = 512, SHORTEST = 8, LONGEST = 512, SHORTEST_NAME = 4, JUDGED_ROOM = 1 << 14 };

void sweeper_drop(struct redactor *r)
{
	vec_each(swept, &r->swept)
		explicit_bzero((char *)swept->value.at, swept->value.len);
	vec_done(&r->swept);
	free(r->judged);
	r->judged = NULL;
	r->judged_count = r->sweeping = 0;
}

/* Frequent values are judged once. When the table is full of others, they are judged again and again. */
static bool judged_already(struct redactor *r, struct text value)
{
	uint64_t hash = cache_hash(r->names.seed, value.at, value.len) | 1;
	size_t at = (hash ^ hash >> 29) & (JUDGED_ROOM - 1);

	if (!r->judged)
		r->judged = calloc(JUDGED_ROOM, sizeof(*r->judged));
	if (!r->judged)
		abort();
	for (; r->judged[at]; at = (at + 1) & (JUDGED_ROOM - 1))
		if (r->judged[at] == hash)
			return true;
	if (r->judged_count < JUDGED_ROOM / 2) {
		r->judged[at] = hash;
		r->judged_count++;
		return false;
	}
	vec_each(one, &r->swept)
		if (text_same(one->value, value))
			return true;
	return false;
}

/* Only what is no word of any language: replacing every "production" would tell less and hide nothing. */
static bool worth_it(struct redactor *r, struct text value, const struct rule *rule)
{
	bool name = rule->rank == RANK_IDENTITY;

	if (value.len < (name ? SHORTEST_NAME : SHORTEST) || value.len > LONGEST || judged_already(r, value))
		return false;
	if (memchr(value.at, '\n', value.len) || memchr(value.at, '<', value.len))
		return false;
	if (name) {
		AUTO_FREE char *copy = text_copy(value);

		return !rules_common(&r->rules, copy);
	}
	return value_mixed(value) || value_entropy(value) > 3.6;
}

int sweeper_make(struct redactor *r, struct error *err)
{
	VEC(struct find) finds = { 0 };

	for (size_t i = r->shared; i < r->rules.finds.len; i++)
		vec_push(&finds, r->rules.finds.at[i]);
	vec_each(one, &r->swept)
		vec_push(&finds, (struct find){ rules_quote(&r->rules, one->value), false, one->rule, one->value });
	finder_free(r->sweeper);
	r->sweeper = finder_new(finds.at, finds.len, false, r->portable, err);
	vec_done(&finds);
	r->sweeping = r->swept.len;
	return r->sweeper ? 0 : -ENOMEM;
}

static bool name_byte(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-';
}

/* Whether it lies within what is a span already, which it would change nothing of. They are asked for almost in order. */
static bool known_already(struct redactor *r, const struct span *span)
{
	const struct span *known = r->spans.at;
	const struct rule *rules = r->rules.list.at;

	while (r->at_span < r->joined && known[r->at_span].end < span->end)
		r->at_span++;
	while (r->at_span > 0 && known[r->at_span - 1].end >= span->end)
		r->at_span--;
	known += r->at_span;
	return r->at_span < r->joined && span_order(known, span) <= 0 && rules[span->rule].rank >= rules[known->rule].rank;
}

/* "web7" in "web7.corp.example.com": where its domain ends, which has a dot itself ("web7.log" has none). */
static size_t domain_end(struct text t, size_t end)
{
	size_t labels = 0, label, found = end;
	bool letters;

	for (size_t at = end; at + 1 < t.len && t.at[at] == '.' && isalnum((unsigned char)t.at[at + 1]) && labels < 9; at += label + 1) {
		letters = true;
		for (label = 0; at + 1 + label < t.len && label < 63 && name_byte(t.at[at + 1 + label]) && t.at[at + 1 + label] != '_'; label++)
			letters = letters && isalpha((unsigned char)t.at[at + 1 + label]);
		labels++;
		if (labels > 1 && letters && label >= 2)
			found = at + 1 + label;
	}
	return found;
}

int swept_hit(void *context, unsigned which, size_t end)
{
	struct redactor *r = context;
	size_t own = r->rules.finds.len - r->shared;
	const struct swept *swept;
	struct span span;

	if (which < own) {
		unsigned rule = r->rules.finds.at[r->shared + which].rule;
		size_t reach = r->rules.list.at[rule].reach;

		return window_confirm(r, rule, which, end > reach ? end - reach : 0, end);
	}
	swept = &r->swept.at[which - own];
	span = (struct span){ end - swept->value.len, end, swept->rule, 0 };
	if (known_already(r, &span))
		return 0;
	/* A name is a whole word; a secret may stand in anything. */
	if (r->rules.list.at[swept->rule].rank == RANK_IDENTITY &&
	    ((span.start && name_byte(r->window.at[span.start - 1])) || (end < r->window.len && name_byte(r->window.at[end]))))
		return 0;
	if (strcmp(r->rules.list.at[swept->rule].as, "HOST") == 0)
		span.end = domain_end(r->window, end);
	vec_push(&r->spans, span);
	return 0;
}

/* Names stand in every line: one that has a placeholder is judged at its second sight for the last time. None has a placeholder
 * within it, which would have to be put back first. */
static bool known_name(struct redactor *r, struct span *span, struct text value)
{
	struct name *name = span->name ? &r->names.list.at[span->name - 1] : names_value(&r->names, value);
	bool judged = name && name->judged;

	if (!name || !name->rule[0])
		return false;
	span->name = (unsigned)(name - r->names.list.at) + 1;
	name->judged = true;
	return judged;
}

int window_sweep(struct redactor *r, struct error *err)
{
	size_t before = r->spans.len;
	int code;

	for (size_t i = 0; i < before && r->swept.len < SWEPT_MOST; i++) {
		struct span *span = &r->spans.at[i];
		const struct rule *rule = &r->rules.list.at[span->rule];
		struct text value = { r->window.at + span->start, span->end - span->start };

		if (rule->rank == RANK_IDENTITY && (!rule->swept || known_name(r, span, value)))
			continue;
		if (worth_it(r, value, rule))
			vec_push(&r->swept, (struct swept){ { memcpy(arena_alloc(r->rules.arena, value.len), value.at, value.len),
							      value.len }, span->rule });
	}
	if ((!r->sweeper || r->sweeping < r->swept.len) && sweeper_make(r, err) < 0)
		return -ENOMEM;
	r->joined = before;
	r->at_span = 0;
	code = finder_scan(r->sweeper, r->window, swept_hit, r, err);
	r->joined = r->at_span = 0;
	if (code == 0 && r->spans.len > before)
		spans_join(r, before);
	return code;
}
