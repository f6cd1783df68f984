/* The kernel's structures in a libbpf program: just the members that are used, which CO-RE finds at their places. */
#include <string.h>
#include "trace/libbpf/parts.h"

void types_done(struct used_types *types)
{
	vec_each(type, &types->types)
		vec_done(&type->members);
	vec_done(&types->types);
	vec_done(&types->raw);
}

static size_t type_use(struct used_types *types, unsigned id, const char *name)
{
	for (size_t i = 0; i < types->types.len; i++)
		if (types->types.at[i].id == id)
			return i;
	vec_push(&types->types, (struct used_type){ .id = id, .name = name });
	return types->types.len - 1;
}

bool types_member(struct used_types *types, unsigned id, const char *name, struct member *member)
{
	struct used_type *used;
	struct type type, inner;
	size_t place;

	if (!kernel_type(types->kernel, id, &type) || !kernel_type_member(types->kernel, type.id, name, member))
		return false;
	if (kernel_type(types->kernel, member->type, &inner) && (inner.kind == TYPE_STRUCT || inner.kind == TYPE_UNION))
		type_use(types, inner.id, inner.name);
	place = type_use(types, type.id, type.name);
	used = &types->types.at[place];
	vec_each(known, &used->members)
		if (strcmp(known->name, name) == 0)
			return true;
	vec_push(&used->members, (struct used_member){ arena_text(types->arena, text_of(name)), *member });
	return true;
}

const char *types_record(struct used_types *types, const struct tracepoint *tracepoint)
{
	const char *name = kernel_record(types->kernel, tracepoint);

	if (strcmp(tracepoint->system, "syscalls") == 0) {
		/* One layout for all system calls: the arguments lie where raw_syscalls has them. */
		name = strncmp(tracepoint->name, "sys_enter", 9) == 0 ? "trace_event_raw_sys_enter" : "trace_event_raw_sys_exit";
		if (!kernel_type_find(types->kernel, name))
			name = NULL;
	}
	if (name) {
		type_use(types, kernel_type_find(types->kernel, name), name);
		return name;
	}
	name = arena_fmt(types->arena, "%s_%s_record", tracepoint->system, tracepoint->name);
	vec_each(raw, &types->raw)
		if (raw->tracepoint == tracepoint)
			return raw->name;
	vec_push(&types->raw, (struct raw_record){ arena_text(types->arena, text_of(name)), tracepoint });
	return name;
}

static const char *number_name(const struct type *type)
{
	static const char *const names[2][4] = { { "__u8", "__u16", "__u32", "__u64" }, { "__s8", "__s16", "__s32", "__s64" } };
	size_t rank = type->size == 1 ? 0 : type->size == 2 ? 1 : type->size == 4 ? 2 : 3;

	return type->is_char ? "char" : names[type->is_signed][rank];
}

const char *types_spell(struct used_types *types, unsigned id)
{
	struct type type;

	if (!kernel_type(types->kernel, id, &type))
		return "void";
	switch (type.kind) {
	case TYPE_NUMBER:
		return number_name(&type);
	case TYPE_POINTER: {
		const char *inner = types_spell(types, type.inner);

		return arena_fmt(types->arena, "%s%s*", inner, inner[strlen(inner) - 1] == '*' ? "" : " ");
	}
	case TYPE_STRUCT:
	case TYPE_UNION:
		return type.name[0] ? arena_fmt(types->arena, "%s %s", type.kind == TYPE_STRUCT ? "struct" : "union", type.name) : "void";
	default:
		return "void";
	}
}

static void members_write(struct used_types *types, size_t at, unsigned depth, struct build *out);

static void member_write(struct used_types *types, const struct used_member *used, unsigned depth, struct build *out)
{
	struct type type;
	const char *name;
	AUTO_BUILD bounds = { 0 };
	unsigned id = used->member.type;

	while (kernel_type(types->kernel, id, &type) && type.kind == TYPE_ARRAY) {
		build_fmt(&bounds, "[%u]", type.length);
		id = type.inner;
	}
	for (unsigned i = 0; i < depth; i++)
		build_char(out, '\t');
	if ((type.kind == TYPE_STRUCT || type.kind == TYPE_UNION) && !type.name[0]) {
		build_fmt(out, "%s {\n", type.kind == TYPE_STRUCT ? "struct" : "union");
		members_write(types, type_use(types, type.id, type.name), depth + 1, out);
		for (unsigned i = 0; i < depth; i++)
			build_char(out, '\t');
		build_fmt(out, "} %s", used->name);
	} else if (type.kind == TYPE_NUMBER && type.is_enum) {
		/* CO-RE finds no number where the kernel has an enumeration. */
		if (type.name[0])
			build_fmt(out, "enum %s %s", type.name, used->name);
		else
			build_fmt(out, "enum { any_%s } %s", used->name, used->name);
	} else {
		name = types_spell(types, id);
		build_fmt(out, "%s%s%s", name, name[strlen(name) - 1] == '*' ? "" : " ", used->name);
	}
	if (bounds.len)
		build_put(out, bounds.at);
	if (used->member.bits)
		build_fmt(out, " : %u", used->member.bits);
	build_put(out, ";\n");
}

static void members_write(struct used_types *types, size_t at, unsigned depth, struct build *out)
{
	for (size_t i = 0; i < types->types.at[at].members.len; i++)
		member_write(types, &types->types.at[at].members.at[i], depth, out);
}

static void enum_write(struct used_types *types, const struct type *type, struct build *out)
{
	if (!type->name[0] || types->types.at[type_use(types, type->id, type->name)].written)
		return;
	types->types.at[type_use(types, type->id, type->name)].written = true;
	build_fmt(out, "enum %s { any_%s };\n\n", type->name, type->name);
}

/* What stands in it by value comes first. */
static void type_write(struct used_types *types, size_t at, struct build *out)
{
	struct type type, inner;

	if (types->types.at[at].written)
		return;
	types->types.at[at].written = true;
	for (size_t i = 0; i < types->types.at[at].members.len; i++) {
		if (!kernel_type(types->kernel, types->types.at[at].members.at[i].member.type, &inner))
			continue;
		if (inner.kind == TYPE_STRUCT || inner.kind == TYPE_UNION)
			type_write(types, type_use(types, inner.id, inner.name), out);
		else if (inner.is_enum)
			enum_write(types, &inner, out);
	}
	if (!types->types.at[at].name[0] || !kernel_type(types->kernel, types->types.at[at].id, &type))
		return;
	if (strcmp(types->types.at[at].name, "bpf_attr") == 0)
		return; /* <linux/bpf.h> has it, and its layout never changes */
	if (types->types.at[at].members.len == 0) {
		build_fmt(out, "%s %s;\n\n", type.kind == TYPE_UNION ? "union" : "struct", types->types.at[at].name);
		return;
	}
	build_fmt(out, "%s %s {\n", type.kind == TYPE_UNION ? "union" : "struct", types->types.at[at].name);
	members_write(types, at, 1, out);
	build_put(out, "} __attribute__((preserve_access_index));\n\n");
}

static void raw_write(const struct raw_record *raw, struct build *out)
{
	unsigned at = 0, hole = 0;

	build_fmt(out, "/* As the format file of %s:%s lays it out; BTF does not know this one. */\nstruct %s {\n", raw->tracepoint->system,
		  raw->tracepoint->name, raw->name);
	for (size_t i = 0; i < raw->tracepoint->field_count; i++) {
		const struct field *field = &raw->tracepoint->fields[i];
		struct type number = { .size = field->size, .is_signed = field->is_signed };

		if (field->offset < at)
			continue;
		if (field->offset > at)
			build_fmt(out, "\tchar hole%u[%u];\n", hole++, field->offset - at);
		if (field->kind == FIELD_CHARS)
			build_fmt(out, "\tchar %s[%u];\n", field->name, field->size);
		else if (field->kind == FIELD_DATA_LOC)
			build_fmt(out, "\t__u32 __data_loc_%s;\n", field->name);
		else if (field->kind == FIELD_NUMBER || field->kind == FIELD_POINTER || field->kind == FIELD_STRING)
			build_fmt(out, "\t%s %s;\n", number_name(&number), field->name);
		else if (field->kind == FIELD_ARRAY) {
			number.size = field->size / field->length;
			build_fmt(out, "\t%s %s[%u];\n", number_name(&number), field->name, field->length);
		} else {
			build_fmt(out, "\tchar %s[%u];\n", field->name, field->size);
		}
		at = field->offset + field->size;
	}
	build_put(out, "} __attribute__((packed));\n\n");
}

void types_write(struct used_types *types, struct build *out)
{
	if (types->types.len)
		build_put(out, "/* The kernel's structures, as far as they are used: CO-RE finds each member at its place when the program "
			       "is loaded. */\n");
	for (size_t i = 0; i < types->types.len; i++)
		type_write(types, i, out);
	vec_each(raw, &types->raw)
		raw_write(raw, out);
}
