/* Binding roles to the probes of this kernel, by the fields that the format files list. */
#include "trace/plan/bind.h"
#include <ctype.h>
#include <string.h>

static const struct tracepoint *fields_at(const struct spot *spot, enum site site)
{
	return site == SITE_START ? spot->start_fields : spot->event_fields;
}

static bool identifier(struct text t)
{
	if (t.len == 0 || isdigit((unsigned char)t.at[0]))
		return false;
	for (size_t i = 0; i < t.len; i++)
		if (!isalnum((unsigned char)t.at[i]) && t.at[i] != '_')
			return false;
	return true;
}

static bool builtin(const char *name)
{
	static const char *const names[] = { "comm", "pid", "tid", "uid", "gid", "cpu", "nsecs", "cgroup", "kstack",
					     "ustack", "retval", "curtask", "elapsed", "probe", "func", "rand",
					     "arg0", "arg1", "arg2", "arg3", "arg4", "arg5", "numaid" };

	for (size_t i = 0; i < COUNT(names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

const char *bind_text(const struct spot *spot, enum site site, const char *expr, bool *task)
{
	const struct tracepoint *tracepoint = fields_at(spot, site);
	AUTO_BUILD out = { 0 };
	struct text rest = text_of(expr);

	if (strstr(expr, "$task")) {
		if (!kernel_has_btf(spot->kernel))
			return NULL;
		*task = true;
	}
	while (rest.len) {
		size_t open, close;
		AUTO_FREE char *name = NULL;

		/* "${" never occurs, and a block brace does not belong into an expression. */
		if (!text_find(rest, "{", &open)) {
			build_add(&out, rest);
			break;
		}
		build_add(&out, text_until(rest, open));
		rest = text_from(rest, open + 1);
		if (!text_find(rest, "}", &close))
			return NULL;
		name = text_copy(text_until(rest, close));
		rest = text_from(rest, close + 1);
		if (!tracepoint || !tracepoint_field(tracepoint, name))
			return NULL;
		build_fmt(&out, "args->%s", name);
	}
	return arena_text(spot->arena, build_text(&out));
}

const char *bind_filter(const struct spot *spot, enum site site, const char *expr)
{
	bool task = false;
	const char *text = bind_text(spot, site, expr, &task);
	AUTO_BUILD out = { 0 };
	struct text rest = text_of(text);
	size_t at;

	if (!text || !task)
		return text;
	while (text_find(rest, "$task", &at)) {
		build_add(&out, text_until(rest, at));
		build_put(&out, "((struct task_struct *)curtask)");
		rest = text_from(rest, at + strlen("$task"));
	}
	build_add(&out, rest);
	return arena_text(spot->arena, build_text(&out));
}

/* How a value of a type is made readable in the program itself; the rest is decoded afterwards. */
static void wrap_type(struct bound *b)
{
	static const struct {
		const char *type, *wrap;
		bool text;
	} wraps[] = {
		{ "path", "str(%s)", true },
		{ "kstr", "str(%s)", true },
		{ "chars", NULL, true },
		{ "argv", NULL, true },
		{ "ip", "ntop(%s)", true },
		{ "ksym", "ksym(%s)", true },
		{ "usym", "usym(%s)", true },
		{ "port_be", "((%1$s & 255) << 8 | (%1$s >> 8 & 255))", false },
		{ "fd", "str(%s)", true },
		{ "kstack", NULL, true },
		{ "ustack", NULL, true },
		{ "probe", NULL, true },
	};
	static const char *const units[] = { "bytes", "ns", "us", "ms", "pages", "khz", "percent" };

	for (size_t i = 0; i < COUNT(wraps); i++)
		if (strcmp(b->type, wraps[i].type) == 0) {
			b->wrap = wraps[i].wrap;
			b->text = wraps[i].text;
		}
	for (size_t i = 0; i < COUNT(units); i++)
		if (strcmp(b->type, units[i]) == 0)
			b->unit = units[i];
	if (strcmp(b->type, "port_be") == 0)
		b->type = "port";
	if (strcmp(b->type, "fd") == 0)
		b->file = b->task = true;
}

/* What the kernel's own declaration and names say of a number: a device, an address of its code. */
const char *field_declared(const struct field *field)
{
	static const char *const code[] = { "function", "call_site", "caller_ip", "parent_ip", "callback", "caller", "location" };

	if (field->symbols)
		return NULL;
	if (strcmp(field->type, "dev_t") == 0)
		return "dev";
	for (size_t i = 0; i < COUNT(code); i++)
		if (strcmp(field->name, code[i]) == 0 && field->size == 8 && (field->kind == FIELD_POINTER || !field->is_signed))
			return "ksym";
	return NULL;
}

/* A field of the format, with the type that its declaration tells when none is given. */
static void bind_field(const struct spot *spot, enum site site, const struct field *field, const char *type,
		       struct bound *b)
{
	(void)site;
	type = type ? type : field_declared(field);
	b->raw = arena_fmt(spot->arena, "args->%s", field->name);
	b->symbols = field->symbols;
	b->bytes = field->kind == FIELD_ARRAY ? field->size : 0;
	switch (field->kind) {
	case FIELD_CHARS:
		b->type = "chars";
		wrap_type(b);
		return;
	case FIELD_DATA_LOC:
		/* A relative location: only valid while the event is at hand. */
		b->raw = arena_fmt(spot->arena, "str(args->%s)", field->name);
		b->type = "chars";
		wrap_type(b);
		return;
	case FIELD_STRING:
		b->type = type ? type : "path";
		break;
	case FIELD_ARRAY:
		b->type = type ? type : field->size == 4 || field->size == 16 ? "ip" : "hex";
		break;
	case FIELD_POINTER:
		b->type = type ? type : "hex";
		break;
	case FIELD_NUMBER:
	case FIELD_OTHER:
		b->type = type ? type : field->symbols ? (field->symbols[0] == '|' ? "flags" : "enum") : "number";
		break;
	}
	wrap_type(b);
}

/* "arg0", also inside "(int32)arg4" or "arg1 * arg2". */
static bool names_argument(const char *expr)
{
	for (const char *at = strstr(expr, "arg"); at; at = strstr(at + 1, "arg"))
		if (isdigit((unsigned char)at[3]) && (at == expr || (!isalnum((unsigned char)at[-1]) && at[-1] != '_')))
			return true;
	return false;
}

static bool bind_at(const struct spot *spot, enum site site, const char *expr, const char *type,
		    const char *cond, struct bound *b)
{
	const struct tracepoint *tracepoint = fields_at(spot, site);
	const struct field *field = tracepoint ? tracepoint_field(tracepoint, expr) : NULL;
	const char *names = NULL;

	*b = (struct bound){ .site = site };
	/* "names 0=READ,1=WRITE" and "bits 1=A,2=B": decoding that the kernel's format does not tell. */
	if (type && strncmp(type, "names ", 6) == 0) {
		names = type + 6;
		type = "enum";
	} else if (type && strncmp(type, "bits ", 5) == 0) {
		names = arena_fmt(spot->arena, "|%s", type + 5);
		type = "flags";
	}
	if (field) {
		bind_field(spot, site, field, type, b);
	} else {
		if (identifier(text_of(expr)) && !builtin(expr))
			return false;
		/* arg0 … belong to an entry, retval to a return. */
		if (spot->start && site == SITE_EVENT && spot->way->kind == WAY_CALL && names_argument(expr))
			return false;
		if (site == SITE_START && strstr(expr, "retval"))
			return false;
		b->raw = bind_text(spot, site, expr, &b->task);
		if (!b->raw)
			return false;
		b->type = type ? type : strcmp(expr, "comm") == 0 ? "chars" : "number";
		wrap_type(b);
	}
	if (names)
		b->symbols = names;
	if (b->file && !kernel_has_btf(spot->kernel))
		return false;
	if (cond) {
		bool task = false;

		b->cond = bind_text(spot, SITE_EVENT, cond, &task);
		b->cond_site = b->cond ? SITE_EVENT : SITE_START;
		if (!b->cond && spot->start)
			b->cond = bind_text(spot, SITE_START, cond, &task);
		if (!b->cond)
			return false;
		b->task |= task;
	}
	return true;
}

/* Roles that syscalls, calls and spans have by their nature. */
static bool bind_builtin(const struct spot *spot, const char *role, struct bound *b)
{
	enum way_kind kind = spot->way->kind;
	bool syscall = kind == WAY_SYSCALL;

	*b = (struct bound){ .site = SITE_EVENT };
	/* "arg0", and "arg0_text" where it points to text: of a function's entry, or of a static probe. */
	if (strncmp(role, "arg", 3) == 0 && isdigit((unsigned char)role[3]) &&
	    (kind == WAY_CALL || strncmp(spot->event, "usdt:", 5) == 0 || strncmp(spot->event, "uprobe:", 7) == 0 ||
	     strncmp(spot->event, "kprobe:", 7) == 0)) {
		bool text = strcmp(role + 4, "_text") == 0;

		if (role[4] && !text)
			return false;
		b->site = kind == WAY_CALL && spot->start ? SITE_START : SITE_EVENT;
		b->raw = arena_fmt(spot->arena, "%.4s", role);
		b->type = text ? "path" : "number";
		if (text)
			wrap_type(b);
		return true;
	}
	if (strcmp(role, "what") == 0 && spot->way->label) {
		b->raw = arena_fmt(spot->arena, "\"%s\"", spot->way->label);
		b->type = "chars";
		b->text = b->universal = true;
		return true;
	}
	if (strcmp(role, "latency") == 0 && spot->start) {
		b->raw = arena_fmt(spot->arena, "nsecs - %s[%s]", start_map(spot), spot->id);
		b->type = b->unit = "ns";
		return true;
	}
	if (syscall && strcmp(role, "error") == 0) {
		b->raw = "-args->ret";
		b->type = "errno";
		b->cond = "args->ret < 0";
		return true;
	}
	if (syscall && strcmp(role, "ret") == 0) {
		b->raw = "args->ret";
		b->type = "number";
		return true;
	}
	if (syscall && strcmp(role, "syscall") == 0) {
		b->raw = arena_fmt(spot->arena, "\"%s\"", spot->syscall);
		b->type = "chars";
		b->text = b->universal = true;
		return true;
	}
	if (kind == WAY_CALL && (strcmp(role, "retval") == 0 || strcmp(role, "ret") == 0) && spot->start) {
		b->raw = "retval";
		b->type = "result";
		return true;
	}
	if (kind == WAY_CALL && strcmp(role, "retval_text") == 0 && spot->start) {
		b->raw = "retval";
		b->type = "path";
		wrap_type(b);
		return true;
	}
	if (kind == WAY_CALL && strcmp(role, "function") == 0) {
		const char *name = strrchr(spot->event, ':');

		b->raw = arena_fmt(spot->arena, "\"%s\"", name ? name + 1 : spot->event);
		b->type = "chars";
		b->text = b->universal = true;
		return true;
	}
	return false;
}

/* What holds in the context of any process; not where the way says the context is another's. */
static bool bind_universal(const struct spot *spot, const char *name, struct bound *b, struct build *why)
{
	static const char *const always[] = { "cpu", "probe", "stack" };
	const struct role *role = vocabulary_role(spot->vocabulary, name);
	bool context_free = false;

	if (!role || !role->from)
		return false;
	for (size_t i = 0; i < COUNT(always); i++)
		context_free |= strcmp(name, always[i]) == 0;
	if (spot->way->context == CONTEXT_ANY && !context_free) {
		if (why)
			build_fmt(why, "it happens outside the process that causes it, so no %s can be told", role->noun);
		return false;
	}
	/* The builtin, not a field that happens to have its name: signal_generate has the target's comm. */
	struct spot plain = *spot;

	plain.event_fields = NULL;
	if (!bind_at(&plain, SITE_EVENT, role->from, role->type, NULL, b)) {
		if (why)
			build_fmt(why, "the %s needs the kernel's type information (BTF), which this kernel lacks", role->noun);
		return false;
	}
	b->universal = strcmp(name, "stack") != 0 && strcmp(name, "ustack") != 0 && strcmp(name, "probe") != 0;
	return true;
}

/* Of several calls: calloc's size is another product than malloc's. */
static bool told_at(const struct spot *spot, const struct way_role *role)
{
	const char *name = role->at ? strrchr(spot->event, ':') : NULL;

	return !name || strcmp(name + 1, role->at) == 0;
}

const char *start_map(const struct spot *spot)
{
	return spot->part ? arena_fmt(spot->arena, "@start%u", spot->part + 1) : "@start";
}

/* "flags & 64": some bits of a field. */
static bool bind_bits(const struct spot *spot, const char *role, struct bound *b, struct build *why)
{
	const char *mask = strstr(role, " & ");
	AUTO_FREE char *name = text_copy(text_until(text_of(role), (size_t)(mask - role)));

	if (!bind_role(spot, name, b, why) || b->text || b->wrap)
		return false;
	b->raw = arena_fmt(spot->arena, "(%s%s)", b->raw, mask);
	b->symbols = NULL;
	b->type = "hex";
	return true;
}

/* The error of what failed, and 0 for what succeeded, so that neither is left out. */
static bool bind_outcome(const struct spot *spot, struct bound *b, struct build *why)
{
	if (!bind_role(spot, "error", b, why) || b->text || b->wrap)
		return false;
	if (b->cond && (b->site != SITE_EVENT || b->cond_site != SITE_EVENT))
		return false;
	if (b->cond)
		b->raw = arena_fmt(spot->arena, "((%s) ? (int64)(%s) : (int64)0)", b->cond, b->raw);
	b->cond = NULL;
	return true;
}

bool bind_role(const struct spot *spot, const char *role, struct bound *b, struct build *why)
{
	static const enum site order[] = { SITE_EVENT, SITE_START };
	bool two = spot->start != NULL;

	vec_each(own, &spot->way->roles) {
		if (strcmp(own->name, role) != 0 || !told_at(spot, own))
			continue;
		if (spot->way->kind == WAY_SPAN) {
			if (bind_at(spot, own->start ? SITE_START : SITE_EVENT, own->expr, own->type, own->cond, b))
				return true;
			continue;
		}
		/* A call's arguments are known at its entry, its result at the return. A bare name is the argument
		 * of that name before it is a builtin: kill() has a pid of its own. */
		bool argument = two && spot->start_fields && tracepoint_field(spot->start_fields, own->expr) && builtin(own->expr);

		for (size_t i = 0; i < COUNT(order); i++) {
			enum site site = argument ? order[COUNT(order) - 1 - i] : order[i];

			if ((site == SITE_START && !two) || !bind_at(spot, site, own->expr, own->type, own->cond, b))
				continue;
			/* A descriptor is looked up while it is open. */
			if (site == SITE_EVENT && two && b->file)
				continue;
			return true;
		}
	}
	if (strstr(role, " & "))
		return bind_bits(spot, role, b, why);
	if (strcmp(role, "outcome") == 0)
		return bind_outcome(spot, b, why);
	if (bind_builtin(spot, role, b) || bind_universal(spot, role, b, why))
		return true;
	for (size_t i = 0; i < COUNT(order); i++) {
		const struct tracepoint *tracepoint = fields_at(spot, order[i]);

		if (tracepoint && tracepoint_field(tracepoint, role))
			return bind_at(spot, order[i], role, NULL, NULL, b);
	}
	if (why && why->len == 0) {
		const struct role *known = vocabulary_role(spot->vocabulary, role);

		build_fmt(why, "%s has no %s", spot->event, known ? known->noun : role);
	}
	return false;
}
