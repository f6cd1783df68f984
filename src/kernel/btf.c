/* BTF, the kernel's own types, read in place (Documentation/bpf/btf.rst). libbpf copies the whole of it
 * and indexes it, 9 ms and 13 MB: too much for a question. It prints types in type_show.c. */
#include <fcntl.h>
#include <linux/btf.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include "base/file.h"
#include "kernel/internal.h"
#include "kernel/types.h"

#define LIMIT (64U << 20)
#define DEPTH 16 /* anonymous structures, typedefs */
#define MEMBERS 100000 /* looked at for one lookup: damaged BTF may hold itself many times over */

struct btf_view {
	const char *types, *strings;
	size_t types_len, strings_len;
	uint32_t *at; /* offset of each type; id 1 is at[1]; NULL until a type is looked for */
	size_t count; /* ids are 1 .. count - 1 */
	void *map;    /* our own mapping or copy, or NULL */
	size_t map_len;
	char *copy;
	uint32_t last_enum; /* where the last enumerator was found: the next is likely its neighbour */
};

static const struct btf_type *type_of(const struct btf_view *view, uint32_t id)
{
	return id && id < view->count ? (const void *)(view->types + view->at[id]) : NULL;
}

/* Bytes after the common part of a type, by its kind; false for a kind that is not known. */
static bool extra_of(const struct btf_type *type, size_t *extra)
{
	size_t n = BTF_INFO_VLEN(type->info);

	switch (BTF_INFO_KIND(type->info)) {
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case BTF_KIND_DECL_TAG: *extra = 4; return true;
	case BTF_KIND_ARRAY: *extra = sizeof(struct btf_array); return true;
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION: *extra = n * sizeof(struct btf_member); return true;
	case BTF_KIND_ENUM: *extra = n * sizeof(struct btf_enum); return true;
	case BTF_KIND_ENUM64: *extra = n * 12; return true;
	case BTF_KIND_FUNC_PROTO: *extra = n * sizeof(struct btf_param); return true;
	case BTF_KIND_DATASEC: *extra = n * sizeof(struct btf_var_secinfo); return true;
	case BTF_KIND_PTR:
	case BTF_KIND_FWD:
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_CONST:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_FUNC:
	case BTF_KIND_FLOAT:
	case BTF_KIND_TYPE_TAG: *extra = 0; return true;
	default: return false;
	}
}

/* Finds where each type starts; a type that is cut or unknown ends the walk (what is before it counts). */
static void index_types(struct btf_view *view)
{
	VEC(uint32_t) starts = { 0 };
	size_t offset = 0, extra;

	if (view->at)
		return;

	vec_push(&starts, 0);
	while (offset + sizeof(struct btf_type) <= view->types_len) {
		const struct btf_type *type = (const void *)(view->types + offset);

		if (!extra_of(type, &extra) || view->types_len - offset - sizeof(*type) < extra)
			break;
		vec_push(&starts, (uint32_t)offset);
		offset += sizeof(*type) + extra;
	}
	view->at = starts.at;
	view->count = starts.len;
}

struct btf_view *btf_view_new(const void *bytes, size_t len)
{
	const struct btf_header *header = bytes;
	struct btf_view *view;

	if (len < sizeof(*header) || len > LIMIT || header->magic != BTF_MAGIC || header->version != 1 ||
	    header->hdr_len < sizeof(*header) || header->hdr_len > len || header->hdr_len % 4 ||
	    header->type_off % 4 || header->type_off > len - header->hdr_len ||
	    header->type_len > len - header->hdr_len - header->type_off ||
	    header->str_off > len - header->hdr_len ||
	    header->str_len > len - header->hdr_len - header->str_off || header->str_len == 0)
		return NULL;
	view = calloc(1, sizeof(*view));
	if (!view)
		abort();
	view->types = (const char *)bytes + header->hdr_len + header->type_off;
	view->types_len = header->type_len;
	view->strings = (const char *)bytes + header->hdr_len + header->str_off;
	view->strings_len = header->str_len;
	if (view->strings[0] != '\0' || view->strings[view->strings_len - 1] != '\0') {
		free(view);
		return NULL;
	}
	return view;
}

void btf_view_free(struct btf_view *view)
{
	if (!view)
		return;
	if (view->map)
		munmap(view->map, view->map_len);
	free(view->copy);
	free(view->at);
	free(view);
}

struct btf_view *kernel_btf(struct kernel *kernel)
{
	const char *path = "/sys/kernel/btf/vmlinux";
	struct stat info;

	if (kernel->btf_tried)
		return kernel->btf;
	kernel->btf_tried = true;
	AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &info) < 0 || info.st_size <= 0 || info.st_size > LIMIT)
		return NULL;
	/* Kernels before 6.16 have no mmap for it. */
	void *map = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	AUTO_BUILD copy = { .ceiling = LIMIT };
	if (map != MAP_FAILED) {
		kernel->btf = btf_view_new(map, (size_t)info.st_size);
		if (kernel->btf) {
			kernel->btf->map = map;
			kernel->btf->map_len = (size_t)info.st_size;
		} else {
			munmap(map, (size_t)info.st_size);
		}
	} else if (fd_read_all(fd, LIMIT, &copy, NULL) == 0) {
		kernel->btf = btf_view_new(copy.at, copy.len);
		if (kernel->btf)
			kernel->btf->copy = build_take(&copy);
	}
	return kernel->btf;
}

bool kernel_has_btf(struct kernel *kernel)
{
	return kernel_btf(kernel) != NULL;
}

/* Where the name stands in the string section (each stands there once), or 0. */
static uint32_t name_offset(const struct btf_view *view, struct text name)
{
	AUTO_BUILD needle = { 0 };
	const char *hit;

	if (name.len == 0 || memchr(name.at, '\0', name.len))
		return 0;
	build_char(&needle, '\0');
	build_add(&needle, name);
	build_char(&needle, '\0');
	hit = memmem(view->strings, view->strings_len, needle.at, needle.len);
	return hit ? (uint32_t)(hit + 1 - view->strings) : 0;
}

static uint32_t find_type(struct btf_view *view, struct text name, unsigned kinds)
{
	uint32_t offset = name_offset(view, name);

	if (offset)
		index_types(view);
	for (uint32_t id = 1; offset && id < view->count; id++) {
		const struct btf_type *type = type_of(view, id);

		if (type->name_off == offset && kinds & (1U << BTF_INFO_KIND(type->info)))
			return id;
	}
	return 0;
}

unsigned btf_id_of(struct kernel *kernel, const char *name, unsigned kind)
{
	struct btf_view *view = kernel_btf(kernel);

	return view ? find_type(view, text_of(name), 1U << kind) : 0;
}

/* Typedefs and qualifiers taken off; 0 for void and for a chain without an end. */
static uint32_t resolved_id(const struct btf_view *view, uint32_t id)
{
	const struct btf_type *type = type_of(view, id);

	for (unsigned depth = 0; type && depth < DEPTH; depth++) {
		switch (BTF_INFO_KIND(type->info)) {
		case BTF_KIND_TYPEDEF:
		case BTF_KIND_CONST:
		case BTF_KIND_VOLATILE:
		case BTF_KIND_RESTRICT:
		case BTF_KIND_TYPE_TAG:
			id = type->type;
			type = type_of(view, id);
			break;
		default: return id;
		}
	}
	return 0;
}

static const struct btf_type *resolved(const struct btf_view *view, uint32_t id)
{
	return type_of(view, resolved_id(view, id));
}

static bool has_members(const struct btf_type *type)
{
	unsigned kind = type ? BTF_INFO_KIND(type->info) : 0;

	return kind == BTF_KIND_STRUCT || kind == BTF_KIND_UNION;
}

/* The member, also within unnamed structures; its place in bits from `start` on. */
static const struct btf_member *find_member(const struct btf_view *view, const struct btf_type *type, uint32_t offset,
					    unsigned depth, unsigned *left, unsigned *start)
{
	const struct btf_member *members = (const void *)(type + 1);

	for (unsigned i = 0; i < BTF_INFO_VLEN(type->info); i++) {
		const struct btf_type *inner;
		const struct btf_member *found;
		unsigned here = *start + (BTF_INFO_KFLAG(type->info) ? BTF_MEMBER_BIT_OFFSET(members[i].offset) : members[i].offset);

		if (*left == 0)
			return NULL;
		--*left;

		if (members[i].name_off == offset) {
			*start = here;
			return &members[i];
		}
		inner = members[i].name_off == 0 && depth < DEPTH ? resolved(view, members[i].type) : NULL;
		found = has_members(inner) ? find_member(view, inner, offset, depth + 1, left, &here) : NULL;
		if (found) {
			*start = here;
			return found;
		}
	}
	return NULL;
}

bool btf_view_has(struct btf_view *view, const char *structure, const char *member)
{
	struct text name = text_of(structure), rest = text_of(member), part;
	uint32_t id, offset;

	if (text_starts(name, "struct "))
		name = text_trim(text_from(name, strlen("struct ")));
	id = find_type(view, name, 1U << BTF_KIND_STRUCT | 1U << BTF_KIND_UNION | 1U << BTF_KIND_TYPEDEF);
	if (!has_members(resolved(view, id)))
		return false;
	/* "sk_common.skc_family": each part within the type of the one before. */
	while (text_next(&rest, '.', &part)) {
		const struct btf_type *type = resolved(view, id);
		const struct btf_member *found;
		unsigned left = MEMBERS, start = 0;

		offset = name_offset(view, part);
		if (!has_members(type) || !offset)
			return false;
		found = find_member(view, type, offset, 0, &left, &start);
		if (!found)
			return false;
		id = found->type;
	}
	return true;
}

static bool enum_value(const struct btf_view *view, uint32_t id, uint32_t offset, long long *value)
{
	const struct btf_type *type = type_of(view, id);
	unsigned kind = type ? BTF_INFO_KIND(type->info) : 0;
	const uint32_t *words = (const void *)(type + 1);

	/* struct btf_enum is a name and a value; struct btf_enum64 a name and a value in two halves. */
	for (unsigned i = 0; (kind == BTF_KIND_ENUM || kind == BTF_KIND_ENUM64) && i < BTF_INFO_VLEN(type->info); i++) {
		const uint32_t *entry = words + i * (kind == BTF_KIND_ENUM ? 2 : 3);

		if (entry[0] != offset)
			continue;
		*value = kind == BTF_KIND_ENUM64 ? (long long)((uint64_t)entry[2] << 32 | entry[1]) :
			 BTF_INFO_KFLAG(type->info) ? (int32_t)entry[1] : (long long)entry[1];
		return true;
	}
	return false;
}

/* Offset of a name within one enumeration: cheaper than looking through all strings. */
static uint32_t neighbour(const struct btf_view *view, struct text name)
{
	const struct btf_type *type = type_of(view, view->last_enum);
	unsigned kind = type ? BTF_INFO_KIND(type->info) : 0;
	const uint32_t *words = (const void *)(type + 1);

	for (unsigned i = 0; type && i < BTF_INFO_VLEN(type->info); i++) {
		uint32_t offset = words[i * (kind == BTF_KIND_ENUM ? 2 : 3)];

		if (offset < view->strings_len && text_is(name, view->strings + offset))
			return offset;
	}
	return 0;
}

bool btf_number(struct btf_view *view, struct text name, long long *value)
{
	uint32_t offset = neighbour(view, name);

	if (offset)
		return enum_value(view, view->last_enum, offset, value);
	offset = name_offset(view, name);
	if (offset)
		index_types(view);
	for (uint32_t id = 1; offset && id < view->count; id++)
		if (enum_value(view, id, offset, value)) {
			view->last_enum = id;
			return true;
		}
	return false;
}

bool kernel_type_has(struct kernel *kernel, const char *structure, const char *member)
{
	struct btf_view *view = kernel_btf(kernel);

	return view && btf_view_has(view, structure, member);
}

void btf_each(struct btf_view *view, unsigned kind, bool (*take)(void *context, const char *name), void *context)
{
	index_types(view);
	for (uint32_t id = 1; id < view->count; id++) {
		const struct btf_type *type = type_of(view, id);

		if (BTF_INFO_KIND(type->info) == kind && type->name_off && type->name_off < view->strings_len &&
		    !take(context, view->strings + type->name_off))
			return;
	}
}

/* ---- types for who writes C ---- */

static const char *string_at(const struct btf_view *view, uint32_t offset)
{
	return offset < view->strings_len ? view->strings + offset : "";
}

unsigned kernel_type_find(struct kernel *kernel, const char *name)
{
	struct btf_view *view = kernel_btf(kernel);

	return view ? find_type(view, text_of(name), 1U << BTF_KIND_STRUCT | 1U << BTF_KIND_UNION | 1U << BTF_KIND_TYPEDEF) : 0;
}

bool kernel_type(struct kernel *kernel, unsigned id, struct type *out)
{
	struct btf_view *view = kernel_btf(kernel);
	const struct btf_type *type;
	const struct btf_array *array;
	uint32_t integer;

	*out = (struct type){ .kind = TYPE_OTHER, .name = "" };
	if (!view)
		return false;
	index_types(view);
	if (id == 0) {
		out->kind = TYPE_VOID;
		return true;
	}
	out->id = resolved_id(view, id);
	type = type_of(view, out->id);
	if (!type) { /* "const void" */
		out->kind = TYPE_VOID;
		return type_of(view, id) != NULL;
	}
	out->name = string_at(view, type->name_off);
	switch (BTF_INFO_KIND(type->info)) {
	case BTF_KIND_INT:
		memcpy(&integer, type + 1, sizeof(integer));
		out->kind = TYPE_NUMBER;
		out->size = type->size;
		out->is_signed = BTF_INT_ENCODING(integer) & BTF_INT_SIGNED;
		out->is_char = strcmp(out->name, "char") == 0;
		break;
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		out->kind = TYPE_NUMBER;
		out->size = type->size;
		out->is_signed = BTF_INFO_KFLAG(type->info);
		out->is_enum = true;
		break;
	case BTF_KIND_PTR:
		out->kind = TYPE_POINTER;
		out->size = sizeof(void *);
		out->inner = type->type;
		break;
	case BTF_KIND_ARRAY:
		array = (const void *)(type + 1);
		out->kind = TYPE_ARRAY;
		out->inner = array->type;
		out->length = array->nelems;
		break;
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		out->kind = BTF_INFO_KIND(type->info) == BTF_KIND_STRUCT ? TYPE_STRUCT : TYPE_UNION;
		out->size = type->size;
		break;
	default:
		break;
	}
	return true;
}

bool kernel_type_member(struct kernel *kernel, unsigned id, const char *name, struct member *member)
{
	struct btf_view *view = kernel_btf(kernel);
	const struct btf_type *type;
	const struct btf_member *found;
	uint32_t offset = view ? name_offset(view, text_of(name)) : 0;
	unsigned left = MEMBERS, start = 0;

	if (!offset)
		return false;
	index_types(view);
	type = resolved(view, id);
	found = has_members(type) ? find_member(view, type, offset, 0, &left, &start) : NULL;
	if (!found)
		return false;
	*member = (struct member){ .type = found->type, .offset = start, .bits = BTF_MEMBER_BITFIELD_SIZE(found->offset) };
	return true;
}

/* Whether the members after the common entry are the fields, by name and place. */
static bool record_fits(const struct btf_view *view, const struct btf_type *type, const struct tracepoint *tracepoint)
{
	const struct btf_member *members = (const void *)(type + 1);

	if (BTF_INFO_VLEN(type->info) < tracepoint->field_count + 1)
		return false;
	for (size_t i = 0; i < tracepoint->field_count; i++) {
		const struct field *field = &tracepoint->fields[i];
		struct text name = text_of(string_at(view, members[i + 1].name_off));
		uint32_t place = BTF_INFO_KFLAG(type->info) ? BTF_MEMBER_BIT_OFFSET(members[i + 1].offset) : members[i + 1].offset;

		if (text_starts(name, "__data_loc_"))
			name = text_from(name, strlen("__data_loc_"));
		if (!text_is(name, field->name) || place != field->offset * 8)
			return false;
	}
	return true;
}

static size_t common_start(const char *a, const char *b)
{
	size_t n = 0;

	while (a[n] && a[n] == b[n])
		n++;
	return n;
}

const char *kernel_record(struct kernel *kernel, const struct tracepoint *tracepoint)
{
	static const char start[] = "trace_event_raw_";
	struct btf_view *view = kernel_btf(kernel);
	const char *best = NULL;

	if (!view || !tracepoint->fields_known || tracepoint->field_count == 0)
		return NULL;
	index_types(view);
	/* Events of one class share a structure that bears the class's name, mostly like theirs. */
	for (uint32_t id = 1; id < view->count; id++) {
		const struct btf_type *type = type_of(view, id);
		const char *name = string_at(view, type->name_off);

		if (BTF_INFO_KIND(type->info) != BTF_KIND_STRUCT || strncmp(name, start, sizeof(start) - 1) != 0 ||
		    !record_fits(view, type, tracepoint))
			continue;
		name += sizeof(start) - 1;
		if (!best || common_start(name, tracepoint->name) > common_start(best, tracepoint->name))
			best = name;
	}
	return best ? best - (sizeof(start) - 1) : NULL;
}
