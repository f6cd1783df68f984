/* Compiled BPF programs: an ELF file's sections, functions, helper calls and maps, read without loading anything.
 * Layout: elf(5), and the kernel's Documentation/bpf/libbpf/program_types.rst and btf.rst. */
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <gelf.h>
#include <libelf.h>
#include <linux/bpf.h>
#include <string.h>
#include "explain/section.h"

enum { SECTIONS_MOST = 2000, SYMBOLS_MOST = 20000, DEPTH_MOST = 8 };

static const char *const helper_names[] = {
#define HELPER(name) "bpf_" #name
	__BPF_FUNC_MAPPER(HELPER)
#undef HELPER
};

struct reading {
	struct explanation *explanation;
	Elf *elf;
	size_t names; /* the section with the names of sections */
	Elf_Data *symbols;
	size_t symbol_count, symbol_names;
};

/* ---- programs ---- */

/* Which map a load of an address means: the symbol of the relocation there; NULL: none. */
static const char *symbol_at(struct reading *r, size_t section, size_t offset)
{
	Elf_Scn *each = NULL;

	while ((each = elf_nextscn(r->elf, each))) {
		GElf_Shdr header;
		Elf_Data *data;

		if (!gelf_getshdr(each, &header) || header.sh_type != SHT_REL || header.sh_info != section || !(data = elf_getdata(each, NULL)) || !header.sh_entsize)
			continue;
		for (size_t i = 0; i < data->d_size / header.sh_entsize && i < SYMBOLS_MOST; i++) {
			GElf_Rel relocation;
			GElf_Sym symbol;

			if (!gelf_getrel(data, (int)i, &relocation) || relocation.r_offset != offset)
				continue;
			if (r->symbols && gelf_getsym(r->symbols, (int)GELF_R_SYM(relocation.r_info), &symbol))
				return elf_strptr(r->elf, r->symbol_names, symbol.st_name);
		}
	}
	return NULL;
}

/* Written as the kernel writes it, though class and mode are both 0. */
#define LOAD_ADDRESS (BPF_LD | BPF_DW | BPF_IMM) /* NOLINT(misc-redundant-expression) */

static void code_read(struct reading *r, struct step *step, size_t section, struct text code, size_t start)
{
	const char *map = NULL;

	for (size_t at = 0; at + sizeof(struct bpf_insn) <= code.len; at += sizeof(struct bpf_insn)) {
		struct bpf_insn instruction;
		const struct helper *helper;
		const char *name;

		memcpy(&instruction, code.at + at, sizeof(instruction));
		if (instruction.code == LOAD_ADDRESS) {
			name = symbol_at(r, section, start + at);
			if (name && name[0] && store_find(r->explanation, text_of(name)))
				map = store_find(r->explanation, text_of(name))->name;
			continue;
		}
		if (instruction.code != (BPF_JMP | BPF_CALL) || instruction.src_reg != 0)
			continue;
		name = instruction.imm >= 0 && (size_t)instruction.imm < COUNT(helper_names) ? helper_names[instruction.imm] : "an unknown helper";
		helper = helper_find(text_of(name));
		if (!helper)
			step_does(r->explanation, step, 0, "calls the helper %s()", name);
		else if (helper->map)
			step_does(r->explanation, step, 0, helper->does, map ? map : "a map");
		else
			step_does(r->explanation, step, 0, "%s", helper->does);
		if (helper && helper->danger)
			risk_add(r->explanation, RISK_DANGER, 0, "%s(): %s", name, helper->danger);
	}
	if (!step->does.len)
		step_does(r->explanation, step, 0, "calls no helper of the kernel");
}

static void program_read(struct reading *r, Elf_Scn *section, const char *name)
{
	struct explanation *e = r->explanation;
	Elf_Data *data = elf_getdata(section, NULL);
	size_t index = elf_ndxscn(section);

	for (size_t i = 0; data && data->d_buf && i < r->symbol_count && e->steps.len < SECTIONS_MOST; i++) {
		const char *function;
		struct watch *watch = NULL;
		GElf_Sym symbol;
		size_t place = e->steps.len;

		if (!gelf_getsym(r->symbols, (int)i, &symbol) || symbol.st_shndx != index || GELF_ST_TYPE(symbol.st_info) != STT_FUNC)
			continue;
		if (symbol.st_value > data->d_size || symbol.st_size > data->d_size - symbol.st_value)
			continue;
		function = elf_strptr(r->elf, r->symbol_names, symbol.st_name);
		if (strcmp(name, ".text") != 0)
			watch = section_watch(e, text_of(name), 0);
		*vec_new(&e->steps) = (struct step){ .name = arena_text(e->arena, text_of(function ? function : "?")), .first = watch ? e->watches.len - 1 : 0, .count = watch != NULL };
		code_read(r, &e->steps.at[place], index, (struct text){ (const char *)data->d_buf + symbol.st_value, symbol.st_size }, symbol.st_value);
		if (watch)
			watches_match(e, &e->watches.at[e->watches.len - 1], 1, NULL);
	}
}

/* ---- maps: variables of the section ".maps", described by types (BTF) ---- */

static const struct btf_type *type_plain(const struct btf *btf, unsigned id)
{
	const struct btf_type *type = btf__type_by_id(btf, id);

	for (unsigned i = 0; type && i < DEPTH_MOST && (btf_is_mod(type) || btf_is_typedef(type)); i++)
		type = btf__type_by_id(btf, type->type);
	return type;
}

static const char *type_name(const struct btf *btf, const struct btf_type *type)
{
	const char *name = type ? btf__str_by_offset(btf, type->name_off) : NULL;

	return name && name[0] ? name : "a structure";
}

/* __uint(name, N) is a pointer to an array of N. */
static long member_number(const struct btf *btf, const struct btf_type *type)
{
	const struct btf_type *to = type && btf_is_ptr(type) ? type_plain(btf, type->type) : NULL;

	return to && btf_is_array(to) ? (long)btf_array(to)->nelems : -1;
}

static const char *map_kind(long type)
{
	static const char *const names[] = { "(not said)", "HASH", "ARRAY", "PROG_ARRAY", "PERF_EVENT_ARRAY", "PERCPU_HASH", "PERCPU_ARRAY", "STACK_TRACE", "CGROUP_ARRAY", "LRU_HASH",
					     "LRU_PERCPU_HASH", "LPM_TRIE", "ARRAY_OF_MAPS", "HASH_OF_MAPS", "DEVMAP", "SOCKMAP", "CPUMAP", "XSKMAP", "SOCKHASH", "CGROUP_STORAGE",
					     "REUSEPORT_SOCKARRAY", "PERCPU_CGROUP_STORAGE", "QUEUE", "STACK", "SK_STORAGE", "DEVMAP_HASH", "STRUCT_OPS", "RINGBUF", "INODE_STORAGE",
					     "TASK_STORAGE", "BLOOM_FILTER" };

	return type > 0 && type < (long)COUNT(names) ? names[type] : "(not known here)";
}

static void map_read(struct explanation *e, const struct btf *btf, const struct btf_type *variable)
{
	const struct btf_type *type = type_plain(btf, variable->type);
	const char *kind = "(not said)", *words, *name = btf__str_by_offset(btf, variable->name_off);
	const struct btf_member *members;
	struct store store = { .measure = "map", .shown = "read by its loader" };
	AUTO_BUILD holds = { 0 };
	long most = -1;
	const char *value = NULL;

	if (!type || !btf_is_struct(type) || !name || !name[0])
		return;
	members = btf_members(type);
	for (unsigned i = 0; i < btf_vlen(type); i++) {
		const char *member = btf__str_by_offset(btf, members[i].name_off);
		const struct btf_type *is = type_plain(btf, members[i].type);

		if (!member || !is)
			continue;
		if (strcmp(member, "type") == 0)
			kind = map_kind(member_number(btf, is));
		else if (strcmp(member, "max_entries") == 0)
			most = member_number(btf, is);
		else if (strcmp(member, "key") == 0 && btf_is_ptr(is))
			store.keys = arena_text(e->arena, text_of(type_name(btf, btf__type_by_id(btf, is->type))));
		else if (strcmp(member, "value") == 0 && btf_is_ptr(is))
			value = type_name(btf, btf__type_by_id(btf, is->type));
	}
	words = map_type_words(text_of(kind));
	build_fmt(&holds, "%s%s", words ? words : "a map of the type ", words ? "" : kind);
	if (value)
		build_fmt(&holds, " of %s", value);
	if (most > 0)
		build_fmt(&holds, ", at most %ld %s", most, strcmp(kind, "RINGBUF") == 0 ? "bytes" : "entries");
	store.holds = kept_text(e, &holds);
	store.name = arena_text(e->arena, text_of(name));
	*vec_new(&e->stores) = store;
}

static void maps_read(struct explanation *e, Elf_Data *data)
{
	struct btf *btf = data && data->d_buf && data->d_size < (1U << 30) ? btf__new(data->d_buf, (unsigned)data->d_size) : NULL;

	if (libbpf_get_error(btf) || !btf)
		return;
	for (unsigned id = 1; id < btf__type_cnt(btf) && e->stores.len < SECTIONS_MOST; id++) {
		const struct btf_type *section = btf__type_by_id(btf, id);
		const char *name = section && btf_is_datasec(section) ? btf__str_by_offset(btf, section->name_off) : NULL;

		if (!name || strcmp(name, ".maps") != 0)
			continue;
		for (unsigned i = 0; i < btf_vlen(section); i++) {
			const struct btf_type *variable = btf__type_by_id(btf, btf_var_secinfos(section)[i].type);

			if (variable && btf_is_var(variable))
				map_read(e, btf, variable);
		}
	}
	btf__free(btf);
}

/* ---- the file ---- */

static void sections_each(struct reading *r, void (*take)(struct reading *r, Elf_Scn *section, const GElf_Shdr *header, const char *name))
{
	Elf_Scn *section = NULL;

	for (unsigned i = 0; i < SECTIONS_MOST && (section = elf_nextscn(r->elf, section)); i++) {
		GElf_Shdr header;
		const char *name = gelf_getshdr(section, &header) ? elf_strptr(r->elf, r->names, header.sh_name) : NULL;

		if (name)
			take(r, section, &header, name);
	}
}

static void tables_take(struct reading *r, Elf_Scn *section, const GElf_Shdr *header, const char *name)
{
	if (header->sh_type == SHT_SYMTAB && header->sh_entsize) {
		r->symbols = elf_getdata(section, NULL);
		r->symbol_count = r->symbols ? r->symbols->d_size / header->sh_entsize : 0;
		r->symbol_count = r->symbol_count < SYMBOLS_MOST ? r->symbol_count : SYMBOLS_MOST;
		r->symbol_names = header->sh_link;
	}
	if (strcmp(name, ".BTF") == 0)
		maps_read(r->explanation, elf_getdata(section, NULL));
}

static void code_take(struct reading *r, Elf_Scn *section, const GElf_Shdr *header, const char *name)
{
	if (header->sh_type == SHT_PROGBITS && header->sh_flags & SHF_EXECINSTR && header->sh_size && r->symbols)
		program_read(r, section, name);
}

static int no_words(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level;
	(void)format;
	(void)args;
	return 0;
}

int object_explain(struct explanation *e, struct text bytes, struct error *err)
{
	struct reading r = { .explanation = e };
	AUTO_FREE char *copy = text_copy(bytes); /* libelf may write into what it reads */
	GElf_Ehdr header;

	e->what = "a compiled BPF program, an object for libbpf";
	libbpf_set_print(no_words);
	elf_version(EV_CURRENT);
	r.elf = elf_memory(copy, bytes.len);
	if (!r.elf || !gelf_getehdr(r.elf, &header) || elf_getshdrstrndx(r.elf, &r.names) != 0) {
		elf_end(r.elf);
		return fail(err, -EINVAL, "this ELF file is damaged: %s", elf_errmsg(-1) ? elf_errmsg(-1) : "its header cannot be read");
	}
	if (header.e_machine != EM_BPF) {
		elf_end(r.elf);
		return fail(err, -EINVAL, "this is a compiled program for the processor, not a BPF object; 'syswhy probes --object FILE' lists what can be watched in it");
	}
	sections_each(&r, tables_take);
	sections_each(&r, code_take);
	elf_end(r.elf);
	if (!e->steps.len)
		return fail(err, -EINVAL, "this BPF object holds no program");
	vec_push(&e->shows, "It prints nothing itself: its loader reads its maps and what it sends.");
	e->stop = "It stays attached until its loader ends.";
	sections_weigh(e);
	return 0;
}
