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

/* What adds and removes tracepoints: modules, and probes that people define. False where that cannot be told, as in a
 * tree of a test. */
static bool list_key(struct kernel *kernel, char key[200])
{
	const struct machine *machine = kernel_machine(kernel);
	AUTO_BUILD defined = { 0 };
	AUTO_FREE char *path = NULL;

	if (asprintf(&path, "%s/dynamic_events", kernel->tracefs) < 0) {
		path = NULL;
		return false;
	}
	if (!machine->boot_id[0] || file_read(path, LIST_LIMIT, &defined, NULL) < 0)
		return false;
	snprintf(key, 200, "%s/%s/%llx/%llx", machine->boot_id, machine->release, modules_sum(),
		 cache_sum(text_of(kernel->tracefs), cache_sum(build_text(&defined), 0)));
	return true;
}

/* A line with their number and the sum of the kernel's list, then one for each, sorted. */
static bool list_load(struct kernel *kernel, const char *key)
{
	struct kept kept = cache_map("events", key);
	struct text rest = kept.body, head, sum, line, system;
	long long count = 0;
	char *copy, hex[32];

	if (!kept.map || !text_line(&rest, &head) || !text_next(&head, ' ', &sum) || !text_number(head, &count) || count <= 0 ||
	    (size_t)count > rest.len) {
		kept_done(&kept);
		return false;
	}
	snprintf(hex, sizeof(hex), "%.*s", TEXT_ARG(sum));
	kernel->list_sum = strtoull(hex, NULL, 16);
	copy = arena_text(kernel->arena, rest);
	rest.at = copy;
	while (text_next(&rest, '\n', &line) && line.len && text_next(&line, ':', &system) && kernel->all.len < (size_t)count) {
		copy[system.at + system.len - copy] = copy[line.at + line.len - copy] = '\0';
		vec_push(&kernel->all, (struct tracepoint){ .system = system.at, .name = line.at });
	}
	kept_done(&kept);
	if (kernel->all.len == (size_t)count)
		return true;
	vec_done(&kernel->all);
	return false;
}

static void list_save(const struct kernel *kernel, const char *key)
{
	AUTO_BUILD body = { 0 };

	build_fmt(&body, "%llx %zu\n", kernel->list_sum, kernel->all.len);
	vec_each(tracepoint, &kernel->all)
		build_fmt(&body, "%s:%s\n", tracepoint->system, tracepoint->name);
	cache_save("events", key, build_text(&body));
}

static int list_read(struct kernel *kernel, struct error *err)
{
	AUTO_BUILD content = { .ceiling = LIST_LIMIT };
	AUTO_FREE char *path = NULL;
	const char *tracefs = kernel_tracefs(kernel, err);
	struct text rest, line, system, unused;
	char key[200];
	bool keep;

	if (!tracefs)
		return err && err->code ? err->code : -ENODEV;
	keep = list_key(kernel, key);
	if (keep && list_load(kernel, key))
		return 0;
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
	if (keep && kernel->all.len)
		list_save(kernel, key);
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
