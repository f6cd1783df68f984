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

bool is_stack(const char *role)
{
	return strcmp(role, "stack") == 0 || strcmp(role, "ustack") == 0 || strcmp(role, "callstack") == 0;
}

static bool stack_listed(const name_list *list)
{
	return listed(list, "stack") || listed(list, "ustack");
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
		if (strcmp(ends[i], "address") == 0 && bind_role(spot, "port", &b, NULL))
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

static bool kernel_named(const struct wish *wish)
{
	for (size_t i = 0; i < wish->question.tokens.len; i++)
		if (token_is(&wish->question, i, "kernel") || token_is(&wish->question, i, "内"))
			return true;
	return false;
}

static bool stacks_wanted(const struct wish *wish)
{
	return wish->plan->measure == MEASURE_STACKS || (wish->plan->measure == MEASURE_SUM && wish_said(wish, MEASURE_STACKS));
}

/* "sample user stacks": one of the two, though the subject's words say it too; NULL: both, or none. */
static const char *stack_said(const struct wish *wish)
{
	const char *said = NULL;

	for (size_t i = 0; i < wish->question.tokens.len; i++) {
		size_t len;
		const struct role *role = role_at(&wish->question, i, &len);

		if (!role || (strcmp(role->name, "stack") != 0 && strcmp(role->name, "ustack") != 0))
			continue;
		if (said && strcmp(said, role->name) != 0)
			return NULL;
		said = role->name;
	}
	return said;
}

/* "by stack": what is called in the program and, from there, in the kernel. */
static void callstack_expand(struct wish *wish, const struct way *way, const struct spot *spot)
{
	struct plan *plan = wish->plan;
	bool asked = false;
	struct bound b;
	size_t kept = 0;

	for (size_t i = 0; i < plan->by.len; i++) {
		if (strcmp(plan->by.at[i], "callstack") == 0)
			asked = true;
		else
			plan->by.at[kept++] = plan->by.at[i];
	}
	plan->by.len = kept;
	vec_each(role, &wish->mentions)
		asked |= strcmp((*role)->name, "callstack") == 0 && plan->measure != MEASURE_EVENTS;
	kept = 0;
	vec_each(name, &wish->extras) { /* "with the stack" */
		if (strcmp(*name, "callstack") == 0 && plan->measure != MEASURE_EVENTS)
			asked = true;
		else
			wish->extras.at[kept++] = *name;
	}
	wish->extras.len = kept;
	/* "stacks that fault, user stacks please", "by user stack, top 10 stacks" */
	vec_each(role, &wish->mentions)
		asked &= strcmp((*role)->name, "ustack") != 0 && strcmp((*role)->name, "stack") != 0;
	asked &= !listed(&plan->by, "ustack") && !listed(&plan->by, "stack");
	if (!asked)
		return;
	if ((way->context == CONTEXT_PROCESS || way_has(way, "ustack")) && bind_role(spot, "ustack", &b, NULL) && !listed(&plan->by, "ustack"))
		vec_push(&plan->by, "ustack");
	if (way->kind != WAY_CALL && bind_role(spot, "stack", &b, NULL) && !listed(&plan->by, "stack"))
		vec_push(&plan->by, "stack");
}

/* "print each fsync with the stack": a line has no room for one. */
static void stacks_of_lines(struct wish *wish)
{
	struct plan *plan = wish->plan;
	bool asked = false;
	size_t kept = 0;

	if (plan->measure != MEASURE_EVENTS)
		return;
	vec_each(role, &wish->mentions)
		asked |= is_stack((*role)->name);
	vec_each(name, &plan->by)
		asked |= is_stack(*name);
	vec_each(name, &wish->extras) {
		if (is_stack(*name))
			asked = true;
		else
			wish->extras.at[kept++] = *name;
	}
	wish->extras.len = kept;
	if (asked)
		vec_push(&plan->notes, "A stack is not shown with each of them: ask for their count by stack.");
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

/* Who it is stands before where it was. */
static void stacks_last(name_list *by)
{
	size_t at = 0;

	for (size_t i = 0; i < by->len; i++) {
		const char *name = by->at[i];

		if (is_stack(name))
			continue;
		memmove(&by->at[at + 1], &by->at[at], (i - at) * sizeof(by->at[0]));
		by->at[at++] = name;
	}
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

static void keys_choose(struct wish *wish, const struct subject *subject, const struct way *way,
			const struct spot *spot)
{
	struct plan *plan = wish->plan;

	bool asked = plan->by.len > 0 && !wish->fields_only; /* as such, by "by" or "which" */

	/* "off-cpu stacks": the subject's words, and a key all the same. */
	for (size_t i = 0; subject->measure != MEASURE_STACKS && i < wish->question.tokens.len; i++) {
		size_t len;
		const struct role *role = role_at(&wish->question, i, &len);

		if (role && wish->question.tokens.at[i + len - 1].used & USED_SUBJECT && !(wish->question.tokens.at[i].used & USED_FILTER) &&
		    is_stack(role->name))
			vec_push(&wish->mentions, role);
	}

	stacks_of_lines(wish);
	callstack_expand(wish, way, spot);
	for (size_t i = 0, count = plan->by.len, kept = plan->by.len = 0; i < count; i++) {
		const name_list all = { plan->by.at, count, count };
		const char *meant = name_meant(wish, way, spot, plan->by.at[i], all);

		if (!listed(&plan->by, meant))
			plan->by.at[kept++] = meant;
		plan->by.len = kept;
	}
	vec_each(token, &wish->raw_keys) {
		const char *field = token_is(&wish->question, *token, "number") ? number_meant(spot) : raw_field(wish, spot, *token);

		asked |= field != NULL;
		if (field && !listed(&plan->by, field))
			vec_push(&plan->by, field);
	}
	apart_keys(wish, spot);
	both_ends_keys(wish, spot);
	noun_before_by(wish, spot);
	other_end_key(wish, spot);
	into_key(wish, spot);
	doer_key(wish);
	starter_key(wish);
	/* Nouns elsewhere are keys only where no key was asked for as such; a stack is never meant otherwise. */
	for (size_t i = 0; i < wish->mentions.len; i++) {
		const struct role *const *role = &wish->mentions.at[i];
		struct bound b;

		if (!asked && plan->measure != MEASURE_EVENTS && (*role)->kind == ROLE_NAME && !(*role)->from && !is_stack((*role)->name) && han_mention(&wish->question, *role) &&
		    !bind_role(spot, (*role)->name, &b, NULL))
			wish->missing = arena_fmt(plan->arena, "what is watched does not tell the %s", (*role)->noun);

		/* "which programs start in containers": in which. */
		bool told = strcmp((*role)->name, "cgroup") == 0 && (word_there(wish, "container") || word_there(wish, "容"));

		if (asked && !is_stack((*role)->name) && !told)
			continue;
		/* "how long do tasks spend between A and B": of whom it speaks, and no group. */
		if (wish->named.span && (*role)->from)
			continue;
		/* What goes with every key, and is among the default ones, is none by itself. */
		if (listed(&subject->also, (*role)->name) && listed(&subject->by, (*role)->name))
			continue;
		if (plan->value && strcmp(plan->value, (*role)->name) == 0)
			continue; /* measured, and no group */
		if ((*role)->kind != ROLE_NAME || plan->measure == MEASURE_EVENTS)
			continue;

		const char *name = (*role)->name;

		/* "request types", "flock callers" */
		if (!bind_role(spot, name, &b, NULL)) {
			if (!plural_mention(&wish->question, *role))
				continue;
			name = name_meant(wish, way, spot, end_meant(wish, spot, name), plan->by);
		}
		if (!listed(&plan->by, name))
			vec_push(&plan->by, name);
	}
	done_to_key(wish, spot);
	described_keys(wish, spot);
	each_kind(wish, subject, spot);
	if (!asked && stack_listed(&plan->by))
		subject_keys(wish, subject, spot);
	which_keys(wish, spot);
	lock_key(wish, spot);
	/* What goes with the keys: default ones first, when only extras were named. */
	if (wish->extras.len && plan->by.len == 0)
		vec_each(name, &subject->by) {
			struct bound b;

			if (bind_role(spot, *name, &b, NULL))
				vec_push(&plan->by, *name);
		}
	vec_each(name, &wish->extras) {
		struct bound b;

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
	vec_each(name, &subject->also) {
		struct bound b;

		if (plan->by.len && !listed(&plan->by, *name) && bind_role(spot, *name, &b, NULL))
			vec_push(&plan->by, *name);
	}
	if (stacks_wanted(wish) && !stack_listed(&plan->by) && stack_said(wish)) {
		vec_push(&plan->by, stack_said(wish));
	} else if (stacks_wanted(wish) && !stack_listed(&plan->by)) {
		if (way->kind == WAY_CALL || way->kind == WAY_SAMPLE || way_has(way, "ustack"))
			vec_push(&plan->by, "ustack");
		if (way->kind != WAY_CALL)
			vec_push(&plan->by, "stack");
	} else if (stacks_wanted(wish) && way_has(way, "ustack") && !listed(&plan->by, "ustack") && !kernel_named(wish)) {
		vec_push(&plan->by, "ustack"); /* "where do threads block? stacks": the program's own too */
	}
	/* "average work per poll": what is measured is no group of it. */
	if (plan->value && plan->measure != MEASURE_COUNT && plan->measure != MEASURE_EVENTS && plan->by.len > 0 && listed(&plan->by, plan->value)) {
		size_t kept = 0;

		for (size_t i = 0; i < plan->by.len; i++)
			if (strcmp(plan->by.at[i], plan->value) != 0)
				plan->by.at[kept++] = plan->by.at[i];
		plan->by.len = kept;
	}
	/* A stack alone tells little without whose it is. */
	if (stack_listed(&plan->by) && plan->by.len <= 2 && !listed(&plan->by, "process")) {
		struct bound b;
		VEC(const char *) by = { 0 };

		if (bind_role(spot, "process", &b, NULL))
			vec_push(&by, "process");
		vec_each(name, &plan->by)
			vec_push(&by, *name);
		vec_done(&plan->by);
		plan->by.at = by.at;
		plan->by.len = by.len;
		plan->by.room = by.room;
	}
	stacks_last(&plan->by);
	/* "which values does it return" */
	if (plan->by.len == 0 && way->kind == WAY_CALL && plan->measure == MEASURE_COUNT && word_there(wish, "return") &&
	    word_there(wish, "value"))
		vec_push(&plan->by, "ret");
	if (plan->by.len == 0)
		object_keys(wish, spot);
	if (plan->by.len || subject->by_none) {
		thread_named(plan, spot);
		return;
	}
	vec_each(name, &subject->by) {
		struct bound b;

		/* Default keys that this kernel or way lacks are no loss. */
		if (strcmp(*name, plan->value ? plan->value : "") != 0 && bind_role(spot, *name, &b, NULL))
			vec_push(&plan->by, *name);
	}
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
