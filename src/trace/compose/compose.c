/* From the words and a subject to a plan: keys and columns. */
#include <string.h>
#include "trace/compose/compose.h"
#include "trace/names/names.h"
#include "trace/names/target.h"

bool listed(const name_list *list, const char *name)
{
	vec_each(item, list)
		if (strcmp(*item, name) == 0)
			return true;
	return false;
}

/* "by rwbs": a word after "by" that is a field of the way's probe. */
static const char *raw_field(struct wish *wish, const struct spot *spot, size_t token)
{
	struct question *q = &wish->question;
	AUTO_FREE char *written = text_copy(q->tokens.at[token].word.text);
	const char *name = field_meant(spot, q->tokens.at[token].word.base);

	name = name ? name : field_meant(spot, written);
	/* "packets per napi poll": of each, and no key */
	if (token > 0 && token_is(q, token - 1, "per") && q->tokens.at[token].used & USED_SUBJECT && token + 1 < q->tokens.len &&
	    q->tokens.at[token + 1].used == USED_SUBJECT && !q->tokens.at[token].word.comma)
		return NULL;
	if (q->tokens.at[token].used & (USED_FILTER | USED_TIME | USED_NAME) || !name)
		return NULL;
	tokens_use(q, token, 1, USED_KEY);
	/* "by option name", "by clock id" */
	if (!q->tokens.at[token].word.comma && token_in(q, token + 1, GRAMMAR_FIELD_NOUN))
		tokens_use(q, token + 1, 1, USED_CUE);
	return arena_text(wish->plan->arena, text_of(name));
}

/* "to whom": the way's own name for the other end. */
static void other_end_key(struct wish *wish, const struct spot *spot)
{
	static const char *const ends[] = { "target", "target_pid", "newname", "address", "host", "function", "child", "file" };
	struct plan *plan = wish->plan;
	struct bound b;

	for (size_t i = 0; wish->other_end && i < COUNT(ends); i++) {
		if (listed(&plan->by, ends[i]) || !bind_role(spot, ends[i], &b, NULL))
			continue;
		if (plan->by.len == 0 && bind_role(spot, "process", &b, NULL))
			vec_push(&plan->by, "process");
		if (!listed(&plan->by, "file") && strcmp(ends[i], "file") != 0 && bind_role(spot, "file", &b, NULL))
			vec_push(&plan->by, "file");
		vec_push(&plan->by, ends[i]);
		if (strcmp(ends[i], "address") == 0 && !listed(&plan->by, "port") && bind_role(spot, "port", &b, NULL))
			vec_push(&plan->by, "port");
		return;
	}
}

/* "改成什么": what it is from then on. */
static void into_key(struct wish *wish, const struct spot *spot)
{
	static const char *const values[] = { "newname", "newstate", "policy", "limit", "priority", "mode", "owner", "frequency", "dest_cpu", "target" };
	struct plan *plan = wish->plan;
	struct bound b;

	for (size_t i = 0; wish->into && i < COUNT(values); i++) {
		if (!bind_role(spot, values[i], &b, NULL))
			continue;
		if (plan->by.len == 0 && bind_role(spot, "process", &b, NULL))
			vec_push(&plan->by, "process");
		if (!listed(&plan->by, values[i]))
			vec_push(&plan->by, values[i]);
		return;
	}
}

bool way_has(const struct way *way, const char *name)
{
	vec_each(own, &way->roles)
		if (strcmp(own->name, name) == 0)
			return true;
	return false;
}

/* The number of a thread alone tells a person nothing: its name goes with it. */
static void thread_named(struct plan *plan, const struct spot *spot)
{
	struct bound b;

	if (plan->by.len != 1 || strcmp(plan->by.at[0], "tid") != 0 || plan->measure == MEASURE_EVENTS ||
	    !bind_role(spot, "process", &b, NULL))
		return;
	vec_push(&plan->by, "tid");
	plan->by.at[0] = "process";
}

/* "which process connects to which unix socket path": the second one, too. */
static void which_keys(struct wish *wish, const struct spot *spot)
{
	const struct question *q = &wish->question;

	for (size_t i = 1, len; i < q->tokens.len; i++) {
		const struct role *role = role_at(q, i, &len);
		size_t back = i;
		struct bound b;

		if (!role || role->kind != ROLE_NAME || !(q->tokens.at[i].used & USED_KEY))
			continue;
		while (back > 0 && i - back < 3 && q->tokens.at[back - 1].used == USED_SUBJECT && !q->tokens.at[back - 1].word.comma)
			back--;
		if (back > 1 && back < i && (token_is(q, back - 1, "which") || token_is(q, back - 1, "what"))) {
			const char *name = strcmp(role->name, "file") == 0 && !bind_role(spot, "file", &b, NULL) ? "path" : role->name;

			if (!listed(&wish->plan->by, name) && bind_role(spot, name, &b, NULL))
				vec_push(&wish->plan->by, name);
		}
	}
}

/* What keys that were asked for are called at this probe. */
static void keys_bind(struct wish *wish, const struct way *way, const struct spot *spot)
{
	struct plan *plan = wish->plan;

	for (size_t i = 0, count = plan->by.len, kept = plan->by.len = 0; i < count; i++) {
		const name_list all = { plan->by.at, count, count };
		const char *meant = name_meant(wish, way, spot, plan->by.at[i], all);

		if (!listed(&plan->by, meant))
			plan->by.at[kept++] = meant;
		plan->by.len = kept;
	}
}

/* Words after "by" that only the probe explains; whether there is one. */
static bool raw_keys_push(struct wish *wish, const struct spot *spot)
{
	bool any = false;

	vec_each(token, &wish->raw_keys) {
		const char *field = token_is(&wish->question, *token, "number") ? number_meant(spot) : raw_field(wish, spot, *token);

		any |= field != NULL;
		if (field && !listed(&wish->plan->by, field))
			vec_push(&wish->plan->by, field);
	}
	return any;
}

/* A noun that was mentioned without being asked for as a key; `asked`: others were. */
static void mention_key(struct wish *wish, const struct subject *subject, const struct spot *spot, const struct role *role, bool asked)
{
	struct plan *plan = wish->plan;
	const char *name = role->name;
	struct bound b;

	if (!asked && plan->measure != MEASURE_EVENTS && role->kind == ROLE_NAME && !role->from && !is_stack(name) &&
	    han_mention(&wish->question, role) && !bind_role(spot, name, &b, NULL))
		wish->missing = arena_fmt(plan->arena, "what is watched does not tell the %s", role->noun);

	/* "which programs start in containers": in which. */
	bool told = strcmp(name, "cgroup") == 0 && (word_there(wish, "container") || word_there(wish, "容"));

	if (asked && !is_stack(name) && !told)
		return;
	/* "how long do tasks spend between A and B": of whom it speaks, and no group. */
	if (wish->named.span && role->from)
		return;
	/* What goes with every key, and is among the default ones, is none by itself. */
	if (listed(&subject->also, name) && listed(&subject->by, name))
		return;
	if (plan->value && strcmp(plan->value, name) == 0)
		return; /* measured, and no group */
	if (role->kind != ROLE_NAME || plan->measure == MEASURE_EVENTS)
		return;
	/* "request types", "flock callers" */
	if (!bind_role(spot, name, &b, NULL)) {
		if (!plural_mention(&wish->question, role))
			return;
		name = name_meant(wish, spot->way, spot, end_meant(wish, spot, name), plan->by);
	}
	if (!listed(&plan->by, name))
		vec_push(&plan->by, name);
}

/* Default keys that this kernel or way lacks are no loss. */
static void default_keys(struct plan *plan, const struct subject *subject, const struct spot *spot, const char *but)
{
	vec_each(name, &subject->by) {
		struct bound b;

		if (strcmp(*name, but) != 0 && bind_role(spot, *name, &b, NULL))
			vec_push(&plan->by, *name);
	}
}

/* What goes with the keys: default ones first, when only extras were named. */
static void extra_keys(struct wish *wish, const struct subject *subject, const struct spot *spot)
{
	struct plan *plan = wish->plan;
	struct bound b;

	if (wish->extras.len && plan->by.len == 0)
		default_keys(plan, subject, spot, "");
	vec_each(name, &wish->extras) {
		if (plan->measure == MEASURE_EVENTS) /* columns_choose() */
			continue;
		if (!bind_role(spot, *name, &b, NULL)) {
			const struct role *known = vocabulary_role(wish->question.vocabulary, *name);

			vec_push(&plan->notes, arena_fmt(plan->arena, "The %s is not shown: what is watched does not tell it.",
							 known ? known->noun : *name));
		} else if (!listed(&plan->by, *name)) {
			vec_push(&plan->by, *name);
		}
	}
	vec_each(name, &subject->also)
		if (plan->by.len && !listed(&plan->by, *name) && bind_role(spot, *name, &b, NULL))
			vec_push(&plan->by, *name);
}

/* "average work per poll": what is measured is no group of it. */
static void measured_key_drop(struct plan *plan)
{
	size_t kept = 0;

	if (!plan->value || plan->measure == MEASURE_COUNT || plan->measure == MEASURE_EVENTS)
		return;
	for (size_t i = 0; i < plan->by.len; i++)
		if (strcmp(plan->by.at[i], plan->value) != 0)
			plan->by.at[kept++] = plan->by.at[i];
	plan->by.len = kept;
}

static void keys_choose(struct wish *wish, const struct subject *subject, const struct way *way, const struct spot *spot)
{
	struct plan *plan = wish->plan;
	bool asked = plan->by.len > 0 && !wish->fields_only; /* as such, by "by" or "which" */

	stacks_take(wish, subject, way, spot);
	keys_bind(wish, way, spot);
	asked |= raw_keys_push(wish, spot);
	apart_keys(wish, spot);
	both_ends_keys(wish, spot);
	noun_before_by(wish, spot);
	other_end_key(wish, spot);
	into_key(wish, spot);
	doer_key(wish);
	starter_key(wish);
	/* Nouns elsewhere are keys only where no key was asked for as such; a stack is never meant otherwise. */
	for (size_t i = 0; i < wish->mentions.len; i++)
		mention_key(wish, subject, spot, wish->mentions.at[i], asked);
	done_to_key(wish, spot);
	described_keys(wish, spot);
	each_kind(wish, subject, spot);
	if (!asked && stack_listed(&plan->by))
		subject_keys(wish, subject, spot);
	which_keys(wish, spot);
	lock_key(wish, spot);
	extra_keys(wish, subject, spot);
	stack_keys(wish, way);
	measured_key_drop(plan);
	stacks_order(plan, spot);
	/* "which values does it return" */
	if (plan->by.len == 0 && way->kind == WAY_CALL && plan->measure == MEASURE_COUNT && word_there(wish, "return") &&
	    word_there(wish, "value"))
		vec_push(&plan->by, "ret");
	if (plan->by.len == 0)
		object_keys(wish, spot);
	if (plan->by.len == 0 && !subject->by_none)
		default_keys(plan, subject, spot, plan->value ? plan->value : "");
	thread_named(plan, spot);
}

/* A word that is a field of the probe, a role of the way, or an argument by another name. */
static const char *mention_meant(const struct spot *spot, const struct token *token, const char *written)
{
	const char *names[] = { token->word.base, token->canonical, written };
	const struct tracepoint *sites[] = { spot->event_fields, spot->start_fields };
	struct bound b;

	for (size_t n = 0; n < COUNT(names); n++) {
		bool there = false;

		for (size_t i = 0; i < COUNT(sites); i++)
			there = there || (sites[i] && tracepoint_field(sites[i], names[n]));
		vec_each(role, &spot->way->roles)
			there = there || strcmp(role->name, names[n]) == 0;
		if (there && bind_role(spot, names[n], &b, NULL))
			return names[n];
	}
	return field_alias(spot, token->word.base);
}

/* "with its sector": words that nothing else explains and that are fields of the probe. */
static void fields_mention(struct wish *wish, const struct spot *spot)
{
	struct question *q = &wish->question;
	bool asked = wish->plan->by.len > 0;

	vec_each(name, &wish->named.mentions)
		if (wish->plan->measure == MEASURE_EVENTS)
			vec_push(&wish->plan->show, *name);
		else if (!listed(&wish->plan->by, *name))
			vec_push(&wish->plan->by, *name);
	for (size_t i = 0; i < q->tokens.len; i++) {
		const struct token *token = &q->tokens.at[i];
		AUTO_FREE char *written = text_copy(token->word.text);
		const char *name = token->used || token->ignored || token->word.kind == WORD_HAN ? NULL : mention_meant(spot, token, written);

		if (!name)
			continue;
		tokens_use(q, i, 1, USED_KEY);
		name = arena_text(wish->plan->arena, text_of(name));
		if (wish->plan->measure == MEASURE_EVENTS)
			vec_push(&wish->plan->show, name);
		else if (!listed(&wish->plan->by, name))
			vec_push(&wish->plan->by, name);
	}
	wish->fields_only = !asked && wish->plan->by.len > 0;
}

/* "libz", "libz.so", "libz.so.1" */
static bool library_same(struct text library, struct text named)
{
	size_t at;

	return text_same(library, named) || (text_find(named, ".so", &at) && text_same(library, text_until(named, at)));
}

/* "calloc calls in libc": the library that the probes are in anyway. */
void objects_mention(struct wish *wish, const struct way *way)
{
	struct question *q = &wish->question;

	for (size_t i = 0; i < q->tokens.len; i++)
		vec_each(probe, &way->probes) {
			struct text rest = text_of(*probe), part;

			if (way->kind == WAY_SYSCALL && text_same(q->tokens.at[i].word.text, rest))
				tokens_use(q, i, 1, USED_SUBJECT);
			while (text_next(&rest, ':', &part))
				if (rest.len && part.len > 2 && library_same(part, q->tokens.at[i].word.text))
					tokens_use(q, i, 1, USED_SUBJECT);
		}
}

void plan_compose(struct wish *wish, const struct subject *subject, const struct way *way,
		  const struct spot *spot)
{
	wish->plan->subject = subject;
	ends_known(wish, spot);
	cpus_of_ends(wish, spot);
	failure_reason(wish, spot);
	value_mention(wish, spot);
	field_measured(wish, spot);
	ranked_first(wish, spot);
	measure_choose(wish, subject);
	amount_asked(wish, spot);
	adjective_meant(wish);
	amounts_spread(wish);
	names_spread(wish, spot);
	value_meant(wish, spot);
	linear_choose(wish, spot);
	fields_mention(wish, spot);
	/* "setuid and setgid calls": of several subjects each keeps its own. */
	if (subject->ways.len == 0 || subject->ways.at[0].kind != WAY_UNION)
		call_named(wish, subject, way);
	identity_meant(wish, spot, way);
	conditions_choose(wish, subject, spot);
	keys_choose(wish, subject, way, spot);
	columns_choose(wish, subject, way, spot);
	arguments_as_text(wish);
}
