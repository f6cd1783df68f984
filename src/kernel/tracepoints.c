/* Tracepoints: the list of names is one file; a format is read when that tracepoint is asked for. */
#include <ctype.h>
#include "base/file.h"
#include "kernel/internal.h"

#define LIST_LIMIT   (8U << 20)
#define FORMAT_LIMIT (256U << 10)

bool name_is_plain(const char *name)
{
	if (!name[0] || name[0] == '.' || strlen(name) > 200)
		return false;
	for (const char *c = name; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("_-.", *c))
			return false;
	return true;
}

static int by_name(const void *a, const void *b)
{
	const struct tracepoint *x = a, *y = b;
	int order = strcmp(x->system, y->system);

	return order ? order : strcmp(x->name, y->name);
}

static int list_read(struct kernel *kernel, struct error *err)
{
	AUTO_BUILD content = { .ceiling = LIST_LIMIT };
	AUTO_FREE char *path = NULL;
	const char *tracefs = kernel_tracefs(kernel, err);
	struct text rest, line, system, unused;

	if (!tracefs)
		return err && err->code ? err->code : -ENODEV;
	if (asprintf(&path, "%s/available_events", tracefs) < 0) {
		path = NULL;
		return fail(err, -ENOMEM, "out of memory");
	}
	if (file_read(path, LIST_LIMIT, &content, err) < 0)
		return fail_within(err, "cannot list the kernel's tracepoints");
	rest = build_text(&content);
	kernel->list_sum = cache_sum(rest, 0);
	while (text_line(&rest, &line)) {
		struct tracepoint tracepoint = { 0 };

		if (!text_has(line, ":"))
			continue;
		text_next(&line, ':', &system);
		text_next(&line, ' ', &unused);
		tracepoint.system = arena_text(kernel->arena, system);
		tracepoint.name = arena_text(kernel->arena, unused);
		if (name_is_plain(tracepoint.system) && name_is_plain(tracepoint.name))
			vec_push(&kernel->all, tracepoint);
	}
	if (kernel->all.len)
		qsort(kernel->all.at, kernel->all.len, sizeof(*kernel->all.at), by_name);
	return 0;
}

int kernel_tracepoints(struct kernel *kernel, const struct tracepoint **list, size_t *count, struct error *err)
{
	if (!kernel->listed) {
		int code = list_read(kernel, err);

		if (code < 0)
			return code;
		kernel->listed = true;
	}
	*list = kernel->all.at;
	*count = kernel->all.len;
	return 0;
}

bool fields_read(struct kernel *kernel, struct tracepoint *tracepoint)
{
	AUTO_BUILD format = { .ceiling = FORMAT_LIMIT };
	AUTO_FREE char *path = NULL;
	struct error err = { 0 };

	if (asprintf(&path, "%s/events/%s/%s/format", kernel->tracefs, tracepoint->system, tracepoint->name) < 0) {
		path = NULL;
		return false;
	}
	if (file_read(path, FORMAT_LIMIT, &format, &err) < 0)
		return err.code == -EACCES || err.code == -EPERM;
	tracepoint->fields_known =
		format_parse(build_text(&format), kernel_btf(kernel), kernel->arena, &tracepoint->fields,
			     &tracepoint->field_count);
	return true;
}

static struct tracepoint *list_find(struct kernel *kernel, const char *system, const char *name)
{
	struct tracepoint key = { .system = system, .name = name };

	return kernel->all.len ?
		       bsearch(&key, kernel->all.at, kernel->all.len, sizeof(key), by_name) : NULL;
}

const struct tracepoint *kernel_tracepoint(struct kernel *kernel, const char *system, const char *name)
{
	struct tracepoint *tracepoint;

	vec_each(asked, &kernel->asked)
		if (strcmp((*asked)->system, system) == 0 && strcmp((*asked)->name, name) == 0)
			return *asked;
	if (!name_is_plain(system) || !name_is_plain(name) || !kernel_tracefs(kernel, NULL))
		return NULL;
	tracepoint = list_find(kernel, system, name);
	if (tracepoint && tracepoint->fields_known)
		return tracepoint;
	if (!tracepoint) {
		tracepoint = arena_alloc(kernel->arena, sizeof(*tracepoint));
		tracepoint->system = arena_text(kernel->arena, text_of(system));
		tracepoint->name = arena_text(kernel->arena, text_of(name));
	}
	if (!fields_read(kernel, tracepoint))
		return NULL;
	vec_push(&kernel->asked, tracepoint);
	return tracepoint;
}

const struct field *tracepoint_field(const struct tracepoint *tracepoint, const char *name)
{
	for (size_t i = 0; i < tracepoint->field_count; i++)
		if (strcmp(tracepoint->fields[i].name, name) == 0)
			return &tracepoint->fields[i];
	return NULL;
}

bool kernel_has_syscall(struct kernel *kernel, const char *name)
{
	AUTO_FREE char *path = NULL;

	if (!name_is_plain(name) || !kernel_tracefs(kernel, NULL) ||
	    asprintf(&path, "%s/events/syscalls/sys_enter_%s", kernel->tracefs, name) < 0) {
		path = NULL;
		return false;
	}
	return file_exists(path);
}
