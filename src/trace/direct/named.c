/* Tracepoints that a question names as they are spelled, and the subject of one or several of them. */
#include <string.h>
#include "kernel/object.h"
#include "trace/compose/compose.h"
#include "trace/direct/direct.h"
#include "trace/write/writer.h"

/* ---- which ---- */

static const struct tracepoint *catalogue(struct wish *wish, size_t *count)
{
	const struct tracepoint *list;

	return kernel_tracepoints(wish->kernel, &list, count, NULL) < 0 ? NULL : list;
}

/* A tracepoint that the vocabulary watches and this kernel lacks, by its name alone. */
static const char *watched_elsewhere(struct wish *wish, const char *name)
{
	vocabulary_open_all(wish->question.vocabulary, NULL, NULL); /* mistakes are told when a subject is chosen */
	vec_each(subject, &wish->question.vocabulary->subjects)
		vec_each(way, &subject->ways) {
			const name_list *lists[] = { &way->probes, &way->starts };

			for (size_t i = 0; i < COUNT(lists); i++)
				vec_each(probe, lists[i]) {
					const char *last = strrchr(*probe, ':');

					if (strncmp(*probe, "tracepoint:", 11) == 0 && strcmp(last + 1, name) == 0)
						return *probe + strlen("tracepoint:");
				}
		}
	return NULL;
}

const struct tracepoint *tracepoint_unique(struct wish *wish, const char *name)
{
	const struct tracepoint *found = NULL, *list;
	size_t count;

	list = catalogue(wish, &count);
	for (size_t i = 0; list && i < count; i++)
		if (strcmp(list[i].name, name) == 0 && strcmp(list[i].system, "syscalls") != 0) {
			if (found)
				return NULL;
			found = &list[i];
		}
	return found;
}

static bool identifier_text(struct text t)
{
	for (size_t i = 0; i < t.len; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-", t.at[i]))
			return false;
	return t.len > 0;
}

/* "i2c:i2c_write": spelled as a tracepoint is, and its system is none of this kernel's. */
static void elsewhere_named(struct wish *wish, struct text word)
{
	struct text name = word, system;
	AUTO_FREE char *written = NULL;
	const char *known;
	AUTO_FREE char *object = NULL;

	if (!text_next(&name, ':', &system) || !identifier_text(name) || !identifier_text(system) || !memchr(name.at, '_', name.len))
		return;
	written = text_copy(name);
	known = watched_elsewhere(wish, written);
	if (!known && !(name.len > system.len && strncmp(name.at, system.at, system.len) == 0))
		return;
	free(written);
	written = text_copy(system);
	object = known ? NULL : object_locate(written); /* "libc:libc_foo" is a function */
	if (!object && !wish->named.absent)
		wish->named.absent = arena_fmt(wish->plan->arena, "this kernel has no tracepoint %.*s", TEXT_ARG(word));
}

/* "this kernel has no tracepoint sched:sched_wakup; the nearest is sched:sched_wakeup" */
static const char *absence(struct wish *wish, struct text system, const char *name)
{
	size_t count, at = SIZE_MAX;
	const struct tracepoint *list = catalogue(wish, &count);
	unsigned best = 4;
	AUTO_BUILD out = { 0 };

	build_fmt(&out, "this kernel has no tracepoint %.*s:%s", TEXT_ARG(system), name);
	for (size_t i = 0; list && i < count; i++) {
		unsigned distance = text_is(system, list[i].system) ? word_distance(name, list[i].name, best) : best;

		if (distance < best) {
			best = distance;
			at = i;
		}
	}
	if (at != SIZE_MAX)
		build_fmt(&out, "; the nearest is %s:%s", list[at].system, list[at].name);
	return arena_text(wish->plan->arena, build_text(&out));
}

/* "sched:sched_switch", "tracepoint:sched:sched_switch", "sched/sched_switch", "sched_switch", "sys_enter_openat". */
static bool probe_named(struct wish *wish, struct text word, struct named_probe *probe)
{
	static const char *const kinds[] = { "tracepoint:", "tp:", "t:" };
	struct text rest = word, system = { 0 };
	size_t count, found = 0;
	const struct tracepoint *list = catalogue(wish, &count);
	bool said = false, system_known = false;
	AUTO_FREE char *name = NULL;

	for (size_t i = 0; i < COUNT(kinds) && !said; i++)
		if (text_starts(rest, kinds[i])) {
			rest = text_from(rest, strlen(kinds[i]));
			said = true;
		}
	if (!text_next(&rest, text_has(rest, ":") ? ':' : '/', &system) || rest.len == 0) {
		rest = system;
		system = TEXT("");
	}
	name = text_copy(rest);
	if (!list || !identifier_text(rest) || (system.len && !identifier_text(system)))
		return false;
	if ((!system.len || text_is(system, "syscalls")) &&
	    (strncmp(name, "sys_enter_", 10) == 0 || strncmp(name, "sys_exit_", 9) == 0)) {
		*probe = (struct named_probe){ .system = "syscalls", .name = arena_text(wish->plan->arena, rest) };
		return kernel_has_syscall(wish->kernel, strchr(name + 4, '_') + 1);
	}
	for (size_t i = 0; i < count; i++) {
		system_known = system_known || text_is(system, list[i].system);
		if (strcmp(list[i].name, name) != 0 || (system.len && !text_is(system, list[i].system)))
			continue;
		*probe = (struct named_probe){ .system = list[i].system, .name = list[i].name };
		found++;
	}
	/* Without its system it must be the only one of that name, and no word of any language. */
	if (!system.len && (found != 1 || !strchr(name, '_'))) {
		const char *elsewhere = found == 0 && strchr(name, '_') ? watched_elsewhere(wish, name) : NULL;

		if (elsewhere)
			wish->named.absent = absence(wish, text_until(text_of(elsewhere), strcspn(elsewhere, ":")), name);
		return false;
	}
	if (!found && (said || (system_known && text_has(word, ":"))) && !text_has(rest, "*") && strcmp(name, "all") != 0)
		wish->named.absent = absence(wish, system, name);
	return found > 0;
}

/* "sched_stat_runtime.runtime" */
static bool dotted(struct wish *wish, size_t at)
{
	const struct text word = wish->question.tokens.at[at].word.text;
	const char *dot = memchr(word.at, '.', word.len);
	const struct tracepoint *fields;
	struct named_probe probe;
	AUTO_FREE char *field = NULL;

	if (!dot || dot == word.at || !memchr(word.at, '_', (size_t)(dot - word.at)) ||
	    !probe_named(wish, text_until(word, (size_t)(dot - word.at)), &probe))
		return false;
	field = text_copy(text_from(word, (size_t)(dot + 1 - word.at)));
	fields = named_fields(wish, arena_fmt(wish->plan->arena, "tracepoint:%s:%s", probe.system, probe.name));
	if (!fields || !tracepoint_field(fields, field))
		return false;
	token_parts(&wish->question, at, (size_t)(dot - word.at), 1);
	return true;
}

void wish_named(struct wish *wish)
{
	struct question *q = &wish->question;
	struct named *named = &wish->named;

	for (size_t i = 0; i < q->tokens.len && named->count < NAMED_MOST; i++) {
		struct token *token = &q->tokens.at[i];
		struct named_probe probe;
		bool again = false, half = false;

		if (token->word.kind != WORD_NAME && token->word.kind != WORD_PATH && token->word.kind != WORD_QUOTED &&
		    !(token->word.kind == WORD_PLAIN && (half = half_named(wish, i, &probe))))
			continue;
		if (!half && (dotted(wish, i) || pair_parts(wish, i)))
			token = &q->tokens.at[i];
		if (half)
			field_words_take(wish, i, 1, USED_SUBJECT);
		else if (probe_named(wish, token->word.text, &probe))
			probe.probe = arena_fmt(wish->plan->arena, "tracepoint:%s:%s", probe.system, probe.name);
		else if (half_named(wish, i, &probe) || ending_named(wish, i, &probe) || slip_named(wish, i, &probe))
			wish->named.absent = NULL;
		else if (!usdt_spelled(wish, token->word.text, &probe)) {
			elsewhere_named(wish, token->word.text);
			continue;
		}
		tokens_use(q, i, 1, USED_SUBJECT);
		probe.at = i;
		for (size_t k = 0; k < named->count; k++)
			again = again || strcmp(named->probes[k].probe, probe.probe) == 0;
		if (!again)
			named->probes[named->count++] = probe;
		/* "the tracepoint sched_switch", "events of …": what it is, and no key. */
		for (size_t k = i > 0 ? i - 1 : 0; k <= i + 1; k++)
			if (k != i && (token_is(q, k, "tracepoint") || token_is(q, k, "probe") || token_is(q, k, "event") ||
				       token_is(q, k, "usdt")))
				tokens_use(q, k, 1, USED_SUBJECT);
	}
	if (named->count)
		fields_speak(wish);
}

/* "LCB_F_SPIN", "sched:foo", "SPIN": spelled as no word of a language is. */
bool token_identifier(const struct token *token)
{
	struct text word = token->word.text;
	bool capitals = word.len > 1 && !token->known;

	if (token->word.kind != WORD_NAME && token->word.kind != WORD_PLAIN)
		return false;
	for (size_t i = 0; i < word.len; i++)
		capitals = capitals && strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", word.at[i]);
	return capitals || memchr(word.at, '_', word.len) || memchr(word.at, ':', word.len);
}

void fields_list(struct wish *wish, struct build *out)
{
	for (size_t i = 0; i < wish->named.count; i++) {
		const struct tracepoint *fields = named_fields(wish, wish->named.probes[i].probe);

		build_fmt(out, "%s%s:%s, which has ", i ? ", nor of " : "", wish->named.probes[i].system, wish->named.probes[i].name);
		for (size_t f = 0; fields && f < fields->field_count; f++)
			build_fmt(out, "%s%s", f ? ", " : "", fields->fields[f].name);
		build_put(out, fields && fields->field_count ? "" : "no fields");
	}
}

/* Of a static probe the program may be spelled otherwise. */
static bool same_probe(const char *a, const char *b)
{
	bool usdt = strncmp(a, "usdt:", 5) == 0 && strncmp(b, "usdt:", 5) == 0;

	return usdt ? strcmp(strchr(a + 5, ':'), strchr(b + 5, ':')) == 0 : strcmp(a, b) == 0;
}

bool probe_listed(const name_list *list, const char *probe)
{
	vec_each(one, list)
		if (same_probe(*one, probe))
			return true;
	return false;
}

/* A single probe's own way says most of it, then one of several probes, then the ends of spans. */
int probe_known(const struct way *way, const char *probe, bool *start)
{
	bool there = probe_listed(&way->probes, probe);

	*start = !there && probe_listed(&way->starts, probe);
	if (way->kind == WAY_EVENT && there)
		return way->probes.len == 1 && !way->needs.len ? 4 : 3;
	return way->kind == WAY_SPAN && there ? 2 : way->kind == WAY_SPAN && *start ? 1 : 0;
}

/* ---- what the vocabulary knows of them ---- */

/* A field that was asked for has the type that is known of it; a descriptor's number is itself, and not its file. */
static void type_give(struct way *way, size_t own, const struct way_role *known)
{
	if (known->type && strcmp(known->type, "fd") == 0)
		return;
	for (size_t i = 0; i < own; i++) {
		const char *expr = way->roles.at[i].expr;
		size_t len = strlen(known->expr);

		/* A difference is of the same kind as what it is taken from. */
		if (!way->roles.at[i].type && (strcmp(expr, known->expr) == 0 || (strncmp(expr, "(int64){", 8) == 0 && strncmp(expr + 8, known->expr, len) == 0 &&
									  strncmp(expr + 8 + len, "} - ", 4) == 0)))
			way->roles.at[i].type = known->type;
	}
}

/* What a function gave back tells its error as the kernel does: by a negative number. */
static void result_known(struct way *way, const struct tracepoint *fields)
{
	static const char *const names[] = { "ret", "retval", "err", "errno" };

	for (size_t i = 0; fields && !tracepoint_field(fields, "error") && i < COUNT(names); i++) {
		const struct field *field = tracepoint_field(fields, names[i]);
		static const char *const exprs[][2] = { { "-{ret}", "{ret} < 0" }, { "-{retval}", "{retval} < 0" }, { "-{err}", "{err} < 0" }, { "-{errno}", "{errno} < 0" } };

		if (!field || field->kind != FIELD_NUMBER || !field->is_signed || field->symbols)
			continue;
		way->roles.at[way->roles.len++] = (struct way_role){ .name = "error", .expr = exprs[i][0], .type = "errno", .cond = exprs[i][1] };
		return;
	}
}

void roles_known(struct wish *wish, struct way *way, const char *probe)
{
	const struct vocabulary *vocabulary = wish->question.vocabulary;
	enum { ROLES_MOST = 64 };

	vocabulary_open_all(vocabulary, NULL, NULL); /* mistakes are told when a subject is chosen */
	way->roles.at = arena_alloc(wish->plan->arena, sizeof(struct way_role) * ROLES_MOST);
	way->roles.room = ROLES_MOST;
	/* What the question means as a field is that field, whatever role has its name. */
	vec_each(name, &wish->named.fields) {
		const struct tracepoint *fields = named_fields(wish, probe);
		struct text mask = text_of(*name), base;
		bool masked = text_next(&mask, ' ', &base) && mask.len; /* "flags & 64", "bytes_alloc - bytes_req" */
		bool minus = text_starts(mask, "- ");
		const char *field = arena_text(wish->plan->arena, base);

		if (way->roles.len < ROLES_MOST && fields && tracepoint_field(fields, field))
			way->roles.at[way->roles.len++] = (struct way_role){
				.name = *name, .expr = minus ? arena_fmt(wish->plan->arena, "(int64){%s} - (int64){%.*s}", field, TEXT_ARG(text_from(mask, 2))) :
					masked ? arena_fmt(wish->plan->arena, "{%s} %.*s", field, TEXT_ARG(mask)) : *name };
	}
	result_known(way, named_fields(wish, probe));
	if (strncmp(probe, "tracepoint:syscalls:sys_exit_", 29) == 0 && way->roles.len < ROLES_MOST)
		way->roles.at[way->roles.len++] = (struct way_role){ .name = "error", .expr = "-{ret}", .type = "errno", .cond = "{ret} < 0" };
	if (strncmp(probe, "tracepoint:syscalls:sys_e", 25) == 0) {
		const struct way *known = syscall_way(vocabulary, strchr(probe + 25, '_') + 1);

		for (size_t i = 0; known && i < known->roles.len && way->roles.len < ROLES_MOST; i++) {
			type_give(way, way->roles.len, &known->roles.at[i]);
			way->roles.at[way->roles.len++] = known->roles.at[i];
		}
	}
	for (int rank = 4; rank > 0; rank--)
		vec_each(subject, &vocabulary->subjects)
			vec_each(known, &subject->ways) {
				bool start;
				size_t own = way->roles.len;

				if (probe_known(known, probe, &start) != rank)
					continue;
				if (known->context != CONTEXT_PROCESS && way->context == CONTEXT_PROCESS)
					way->context = CONTEXT_INTERRUPTED;
				vec_each(role, &known->roles) {
					struct way before = { .roles = way->roles };

					type_give(way, own, role);
					before.roles.len = own;
					if (role->start == start && way->roles.len < ROLES_MOST && !way_has(&before, role->name)) {
						way->roles.at[way->roles.len] = *role;
						way->roles.at[way->roles.len++].start = false;
					}
				}
			}
}

/* ---- as subjects ---- */

const struct tracepoint *named_fields(struct wish *wish, const char *probe)
{
	return probe_fields(wish->kernel, probe);
}

struct subject *probe_subject(struct wish *wish, const struct named_probe *named)
{
	struct arena *arena = wish->plan->arena;
	bool tracepoint = strncmp(named->probe, "tracepoint:", 11) == 0;
	struct subject *subject;
	struct way *way = way_make(wish, arena_fmt(arena, "%s:%s", named->system, named->name),
				   arena_fmt(arena, tracepoint ? "%s events" : "firings of the probe %s", named->name), WAY_EVENT,
				   &subject);

	probes_set(wish, way, &named->probe, 1);
	keys_set(wish, subject, "process");
	roles_known(wish, way, named->probe);
	narrow(wish, subject, way);
	return subject;
}

struct subject *tracepoint_subject(struct wish *wish, const char *system, const char *name)
{
	const char *probe = arena_fmt(wish->plan->arena, "tracepoint:%s:%s", system, name);

	return probe_subject(wish, &(struct named_probe){ .system = system, .name = name, .probe = probe });
}

/* One program for all of them; the key "probe" tells them apart. */
static struct subject *several(struct wish *wish)
{
	const struct named *named = &wish->named;
	struct arena *arena = wish->plan->arena;
	AUTO_BUILD names = { 0 };
	AUTO_BUILD events = { 0 };
	struct subject *subject;
	struct way *way;

	for (size_t i = 0; i < named->count; i++) {
		build_fmt(&names, "%s%s:%s", i ? "+" : "", named->probes[i].system, named->probes[i].name);
		build_fmt(&events, "%s%s", i == 0 ? "" : i + 1 < named->count ? ", " : " and ", named->probes[i].name);
	}
	way = way_make(wish, arena_text(arena, build_text(&names)), arena_fmt(arena, "%s events", events.at), WAY_UNION, &subject);
	way->parts.at = arena_alloc(arena, sizeof(struct way) * named->count);
	way->parts.len = way->parts.room = named->count;
	for (size_t i = 0; i < named->count; i++) {
		const char *probe = wish->named.probes[i].probe;

		way->parts.at[i] = (struct way){ .kind = WAY_EVENT, .label = named->probes[i].name };
		probes_set(wish, &way->parts.at[i], &probe, 1);
		roles_known(wish, &way->parts.at[i], probe);
		if (way->parts.at[i].context > way->context)
			way->context = way->parts.at[i].context;
	}
	subject->unit = "events";
	keys_set(wish, subject, "probe");
	subject->also = subject->by;
	return subject;
}

/* "print path and level": who, and the fields that were asked for. */
static void columns_set(struct wish *wish, struct subject *subject)
{
	static const char *const who[] = { "process", "pid" };
	const name_list *asked = &wish->named.mentions;
	size_t count = 0;

	if (asked->len == 0)
		return;
	subject->show.at = arena_alloc(wish->plan->arena, sizeof(char *) * (asked->len + COUNT(who) + 1));
	if (wish->named.count > 1)
		subject->show.at[count++] = "probe";
	for (size_t i = 0; i < COUNT(who); i++)
		subject->show.at[count++] = who[i];
	vec_each(name, asked)
		subject->show.at[count++] = *name;
	subject->show.len = subject->show.room = count;
}

/* "by comm": where the tracepoint has such a field, that is meant, and said. */
static void fields_tell(struct wish *wish)
{
	static const char *const names[] = { "comm", "pid", "tid", "cpu" };

	vec_each(name, &wish->named.fields)
		for (size_t i = 0; i < COUNT(names); i++)
			if (strcmp(*name, names[i]) == 0)
				vec_push(&wish->plan->notes,
					 arena_fmt(wish->plan->arena, "'%s' is the tracepoint's own field, which may tell of another "
						   "than the task that runs.", *name));
}

const struct subject *named_subject(struct wish *wish, struct build *why)
{
	struct question *q = &wish->question;
	struct named *named = &wish->named;
	const struct subject *span;
	struct subject *subject;
	size_t len;

	if (named->absent) {
		build_put(why, named->absent);
		return NULL;
	}
	/* "raw_syscalls sys_enter"; what else is said of it only describes it. */
	vec_each(token, &q->tokens) {
		/* "Python garbage collections (gc__start)": whose probe it is, and no process. */
		if (token->famous && strncasecmp(token->word.text.at, named->probes[0].system, token->word.text.len) == 0)
			token->used |= USED_SUBJECT;
		if (key_left(q, (size_t)(token - q->tokens.at)))
			continue;
		if ((token->known && (!sense_at(q, (size_t)(token - q->tokens.at), "narrow", NULL, &len) || of_name(wish, token->canonical))) ||
		    strcmp(token->word.base, named->probes[0].system) == 0)
			token->ignored = true;
	}
	fields_tell(wish);
	span = named_span(wish, why);
	if (span || why->len)
		return span;
	subject = named->count > 1 ? several(wish) : probe_subject(wish, &named->probes[0]);
	columns_set(wish, subject);
	return subject;
}
