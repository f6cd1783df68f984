/* The fields of every tracepoint at once: two thousand small files, so the result is cached. */
#include <stdio.h>
#include "base/log.h"
#include "kernel/internal.h"

static void save(const struct kernel *kernel, struct build *out)
{
	vec_each(tracepoint, &kernel->all) {
		build_fmt(out, "T\t%s\t%s\t%d\t%zu\n", tracepoint->system, tracepoint->name,
			  tracepoint->fields_known, tracepoint->field_count);
		for (size_t i = 0; i < tracepoint->field_count; i++) {
			const struct field *field = &tracepoint->fields[i];

			build_fmt(out, "F\t%d\t%u\t%u\t%u\t%d\t%s\t%s\t%s\n", (int)field->kind, field->offset, field->size, field->length,
				  field->is_signed, field->name, field->type, field->symbols ? field->symbols : "");
		}
	}
}

/* Cuts one line into exactly `count` parts. */
static bool parts_of(struct text *rest, const char *head, struct text parts[], size_t count)
{
	struct text line;

	if (!text_line(rest, &line) || !text_starts(line, head))
		return false;
	line = text_from(line, strlen(head));
	for (size_t i = 0; i + 1 < count; i++)
		if (!text_next(&line, '\t', &parts[i]))
			return false;
	parts[count - 1] = line;
	return !memchr(line.at, '\t', line.len);
}

static bool number(struct text t, long long most, unsigned *value)
{
	long long n;

	if (!text_number(t, &n) || n < 0 || n > most)
		return false;
	*value = (unsigned)n;
	return true;
}

static bool load_fields(struct kernel *kernel, struct text *rest, struct tracepoint *tracepoint, unsigned count)
{
	struct field *fields = arena_alloc(kernel->arena, (count + 1) * sizeof(*fields));

	for (unsigned i = 0; i < count; i++) {
		struct text parts[8];
		unsigned kind, is_signed;

		if (!parts_of(rest, "F\t", parts, COUNT(parts)) || !number(parts[0], FIELD_OTHER, &kind) ||
		    !number(parts[1], 65536, &fields[i].offset) || !number(parts[2], 65536, &fields[i].size) ||
		    !number(parts[3], 65536, &fields[i].length) || !number(parts[4], 1, &is_signed))
			return false;
		fields[i].kind = kind;
		fields[i].is_signed = is_signed;
		fields[i].name = arena_text(kernel->arena, parts[5]);
		fields[i].type = arena_text(kernel->arena, parts[6]);
		fields[i].symbols = parts[7].len ? arena_text(kernel->arena, parts[7]) : NULL;
	}
	tracepoint->fields = fields;
	tracepoint->field_count = count;
	return true;
}

/* The cache must tell of just the tracepoints that the kernel lists, in their order. */
static bool load(struct kernel *kernel, struct text rest)
{
	vec_each(tracepoint, &kernel->all) {
		struct text parts[4];
		unsigned known, count;

		if (!parts_of(&rest, "T\t", parts, COUNT(parts)) || !text_is(parts[0], tracepoint->system) ||
		    !text_is(parts[1], tracepoint->name) || !number(parts[2], 1, &known) ||
		    !number(parts[3], 512, &count) || !load_fields(kernel, &rest, tracepoint, count))
			return false;
		tracepoint->fields_known = known;
	}
	return rest.len == 0;
}

int kernel_scan(struct kernel *kernel, struct error *err)
{
	const struct machine *machine = kernel_machine(kernel);
	const struct tracepoint *list;
	AUTO_FREE char *saved = NULL;
	AUTO_BUILD body = { 0 };
	size_t count, len;
	char key[200];
	int code;

	if (kernel->scanned)
		return 0;
	code = kernel_tracepoints(kernel, &list, &count, err);
	if (code < 0)
		return code;
	kernel->scanned = true;
	snprintf(key, sizeof(key), "3/%s/%s/%llx", machine->boot_id, machine->release,
		 cache_sum(text_of(kernel->tracefs), kernel->list_sum));
	saved = cache_load("tracepoints", key, &len);
	if (saved && load(kernel, (struct text){ saved, len }))
		return 0;
	vec_each(tracepoint, &kernel->all)
		fields_read(kernel, tracepoint);
	save(kernel, &body);
	cache_save("tracepoints", key, build_text(&body));
	log_detail("kernel", "read the fields of %zu tracepoints", count);
	return 0;
}
