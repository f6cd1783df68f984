/* Functions of a libbpf program and the probes that they belong to: probes whose functions read the same share one. */
#include <string.h>
#include "trace/libbpf/function.h"

void group_add(struct function *f, const char *body, group_list *groups)
{
	struct group *group;

	vec_each(old, groups)
		if (strcmp(old->context, f->context) == 0 && strcmp(old->body, body) == 0 && old->each == f->parameters.len) {
			vec_push(&old->probes, f->probe);
			vec_each(parameter, &f->parameters)
				vec_push(&old->parameters, *parameter);
			return;
		}
	group = vec_new(groups);
	group->context = f->context;
	group->body = body;
	group->each = f->parameters.len;
	vec_push(&group->probes, f->probe);
	vec_each(parameter, &f->parameters)
		vec_push(&group->parameters, *parameter);
}

/* ---- programs ---- */

/* SEC() as libbpf understands it. */
static const char *section_of(struct libbpf *l, const char *probe)
{
	struct text rest = text_of(probe), kind, part;
	AUTO_BUILD out = { 0 };

	text_next(&rest, ':', &kind);
	if (text_is(kind, "profile") || text_is(kind, "software") || text_is(kind, "hardware"))
		return "perf_event";
	build_add(&out, text_is(kind, "tracepoint") ? TEXT("tp") : kind);
	build_char(&out, '/');
	if (text_is(kind, "tracepoint")) {
		text_next(&rest, ':', &part);
		build_fmt(&out, "%.*s/%.*s", TEXT_ARG(part), TEXT_ARG(rest));
	} else {
		for (size_t i = 0; i < rest.len; i++)
			if (rest.at[i] != '"') /* bpftrace quotes odd paths */
				build_char(&out, rest.at[i]);
	}
	return arena_text(l->arena, build_text(&out));
}

static const char *function_name(struct libbpf *l, const char *probe)
{
	const char *last = strrchr(probe, ':');
	const char *name = strncmp(probe, "profile:", 8) == 0 ? "sample" : strncmp(probe, "software:", 9) == 0 || strncmp(probe, "hardware:", 9) == 0 ?
			   probe + 9 : last ? last + 1 : probe;
	const char *plain = arena_fmt(l->arena, "on_%s", identifier_of(l->arena, name, false)); /* malloc() is one of the compiler's own */
	const char *tried = plain;

	for (size_t number = 2, i = 0; i < l->attached.len; i++)
		if (strcmp(l->attached.at[i].function, tried) == 0) {
			tried = arena_fmt(l->arena, "%s_%zu", plain, number++);
			i = SIZE_MAX; /* from the first on */
		}
	return tried;
}

static void program_add(struct libbpf *l, const struct group *group, size_t at, const char *shared)
{
	const char *probe = group->probes.at[at], *name = function_name(l, probe), *section = section_of(l, probe);

	vec_push(&l->attached, (struct attached){ name, probe, section });
	build_fmt(&l->code, "SEC(\"%s\")\nint %s(%s *ctx)\n{\n", section, name, group->context);
	if (shared) {
		build_fmt(&l->code, "\treturn %s(ctx", shared);
		for (size_t i = 0; i < group->each; i++)
			build_fmt(&l->code, ", %s", group->parameters.at[at * group->each + i].code);
		build_put(&l->code, ");\n}\n\n");
		return;
	}
	for (size_t i = 0; i < group->each; i++)
		build_fmt(&l->code, "\tconst __u32 %s = %s;\n", group->parameters.at[i].key, group->parameters.at[i].code);
	build_fmt(&l->code, "%s}\n\n", group->body);
}

void group_write(struct libbpf *l, const struct group *group, bool starts)
{
	const char *shared = NULL;

	if (group->probes.len > 1) {
		unsigned number = ++l->shared[starts];

		shared = arena_fmt(l->arena, number > 1 ? "%s_%u" : "%s", starts ? "begin" : "take", number);
		build_fmt(&l->code, "static __always_inline int %s(%s *ctx", shared, group->context);
		for (size_t i = 0; i < group->each; i++)
			build_fmt(&l->code, ", __u32 %s", group->parameters.at[i].key);
		build_fmt(&l->code, ")\n{\n%s}\n\n", group->body);
	}
	for (size_t i = 0; i < group->probes.len; i++)
		program_add(l, group, i, shared);
}
