/* A kernel type as C text, from BTF by libbpf. */
#include <bpf/btf.h>
#include "kernel/internal.h"

static void drop_btf(struct btf **btf)
{
	btf__free(*btf);
}

static void drop_dump(struct btf_dump **dump)
{
	btf_dump__free(*dump);
}

static void print(void *context, const char *format, va_list args)
{
	build_vfmt(context, format, args);
}

static void show_members(const struct btf *btf, struct btf_dump *dump, const struct btf_type *type, struct build *out)
{
	const struct btf_member *members = btf_members(type);

	for (unsigned i = 0; i < btf_vlen(type); i++) {
		const char *name = btf__name_by_offset(btf, members[i].name_off);
		unsigned bits = btf_member_bitfield_size(type, i), at = btf_member_bit_offset(type, i);
		LIBBPF_OPTS(btf_dump_emit_type_decl_opts, opts, .field_name = name ? name : "", .indent_level = 1);

		build_put(out, "\t");
		btf_dump__emit_type_decl(dump, members[i].type, &opts);
		if (bits)
			build_fmt(out, ": %u", bits);
		build_fmt(out, "; /* %u */\n", at / 8);
	}
}

static void show_values(const struct btf *btf, const struct btf_type *type, struct build *out)
{
	for (unsigned i = 0; i < btf_vlen(type); i++) {
		const char *name;

		if (btf_is_enum64(type)) {
			const struct btf_enum64 *value = btf_enum64(type) + i;

			name = btf__name_by_offset(btf, value->name_off);
			build_fmt(out, "\t%s = %lld,\n", name ? name : "?", (long long)btf_enum64_value(value));
		} else {
			name = btf__name_by_offset(btf, btf_enum(type)[i].name_off);
			build_fmt(out, "\t%s = %d,\n", name ? name : "?", btf_enum(type)[i].val);
		}
	}
}

int kernel_type_show(struct kernel *kernel, const char *name, struct build *out, struct error *err)
{
	static const struct {
		const char *word;
		unsigned kind;
	} kinds[] = {
		{ "struct", BTF_KIND_STRUCT }, { "union", BTF_KIND_UNION },	{ "enum", BTF_KIND_ENUM },
		{ "enum", BTF_KIND_ENUM64 },   { "typedef", BTF_KIND_TYPEDEF }, { "", BTF_KIND_FUNC },
	};
	struct text asked = text_of(name);
	AUTO_FREE char *plain = NULL;
	size_t kind = 0;
	unsigned id = 0;

	if (!kernel_has_btf(kernel))
		return fail(err, -ENOTSUP, "this kernel does not describe its types: there is no /sys/kernel/btf/vmlinux "
			    "(CONFIG_DEBUG_INFO_BTF)");
	for (size_t i = 0; i < 3; i++)
		if (text_starts(asked, kinds[i].word))
			asked = text_trim(text_from(asked, strlen(kinds[i].word)));
	plain = text_copy(asked);
	for (size_t i = 0; i < COUNT(kinds) && !id; i++) {
		id = btf_id_of(kernel, plain, kinds[i].kind);
		kind = i;
	}
	if (!id)
		return fail(err, -ENOENT, "this kernel has no type named '%.100s'", name);

	struct btf *btf AUTO(drop_btf) = btf__load_vmlinux_btf();
	const struct btf_type *type = btf ? btf__type_by_id(btf, id) : NULL;
	struct btf_dump *dump AUTO(drop_dump) = btf ? btf_dump__new(btf, print, out, NULL) : NULL;

	if (!dump || !type)
		return fail(err, -errno, "cannot read the kernel's types: %s", strerror(errno));
	if (btf_is_composite(type)) {
		build_fmt(out, "%s %s { /* %u bytes; offsets in bytes */\n", kinds[kind].word, plain, type->size);
		show_members(btf, dump, type, out);
		build_put(out, "};\n");
	} else if (btf_is_any_enum(type)) {
		build_fmt(out, "enum %s {\n", plain);
		show_values(btf, type, out);
		build_put(out, "};\n");
	} else {
		LIBBPF_OPTS(btf_dump_emit_type_decl_opts, opts, .field_name = plain);

		build_fmt(out, "%s%s", kinds[kind].word, kinds[kind].word[0] ? " " : "");
		btf_dump__emit_type_decl(dump, type->type, &opts);
		build_put(out, ";\n");
	}
	return 0;
}
