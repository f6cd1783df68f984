/* A plan as a libbpf program: the bpftrace that it becomes, block by block, in CO-RE C. */
#include <ctype.h>
#include <string.h>
#include "trace/libbpf/function.h"

void libbpf_program_done(struct libbpf_program *program)
{
	build_done(&program->kernel);
	build_done(&program->header);
	build_done(&program->user);
	build_done(&program->make);
	vec_done(&program->probes);
}

/* "file.open" as a name for files: "file-open". */
static const char *program_name(const struct plan *plan)
{
	AUTO_BUILD name = { .ceiling = 40 };

	for (const char *c = plan->subject->name; *c; c++) {
		bool plain = isalnum((unsigned char)*c) || *c == '_';

		if (plain || (name.len && name.at[name.len - 1] != '-'))
			build_char(&name, plain ? *c : '-');
	}
	while (name.len && name.at[name.len - 1] == '-')
		name.at[--name.len] = '\0';
	return name.len && isalnum((unsigned char)name.at[0]) ? arena_text(plan->arena, build_text(&name)) : "trace";
}

static void kept_slots(struct libbpf *l, struct form *form)
{
	AUTO_BUILD out = { 0 };

	build_put(&out, "");
	vec_each(kept, &l->started) {
		const char *name = identifier_of(l->arena, kept->name, false), *type;

		switch ((enum value_kind)kept->kind) {
		case VALUE_POINTER:
			type = kept->pointers ? "const char *const *" : types_spell(&l->types, kept->type);
			type = kept->pointers ? type : strcmp(type, "void") == 0 || !kept->type ? "const void *" : arena_fmt(l->arena, "%s *", type);
			build_fmt(&out, "\t%s%s;%s\n", type, name, kept->user ? " /* in the process */" : "");
			break;
		case VALUE_TEXT:
			if (kept->size)
				build_fmt(&out, "\tchar %s[%u];\n", name, (kept->size + 7) / 8 * 8);
			else
				build_fmt(&out, "\tchar %s[TEXT_MOST];\n", name);
			break;
		case VALUE_ADDRESS:
			build_fmt(&out, "\t__u8 %s[%u] __attribute__((aligned(8)));\n", name, kept->size == 16 ? 16 : 8);
			break;
		default:
			build_fmt(&out, "\t__%c64 %s;\n", kept->is_signed ? 's' : 'u', name);
		}
	}
	form_text(form, "kept", &out);
	form_set(form, "id_type", l->id_parts > 1 ? "struct id" : "__u64");
	form_set(form, "id", l->id_parts > 1 ? arena_fmt(l->arena, "struct id {\n\t__u64 part[%u];\n};\n", l->id_parts) : "");
}

/* A comment cannot end early, and no line of it be the person's. */
static const char *comment_safe(struct arena *arena, struct text foreign)
{
	AUTO_BUILD safe = { 0 };

	build_safe(&safe, foreign, false);
	for (size_t i = 0; i + 1 < safe.len; i++)
		if ((safe.at[i] == '*' && safe.at[i + 1] == '/') || (safe.at[i] == '/' && safe.at[i + 1] == '*'))
			safe.at[i] = ' ';
	while (safe.len && (safe.at[safe.len - 1] == '\\' || safe.at[safe.len - 1] == '/'))
		safe.at[--safe.len] = '\0';
	return arena_text(arena, build_text(&safe));
}

static int files_write(struct libbpf *l, const char *name, const char *question, const char *shows, struct libbpf_program *out, struct error *err)
{
	struct form form = { .arena = l->arena };
	const char *hint = l->plan->subject->hint;
	bool events = strcmp(l->measure, "print") == 0;
	AUTO_BUILD types = { 0 };
	int code;

	/* The first two are looked up by place. */
	form_set(&form, "question", question);
	form_set(&form, "shows", shows);
	form_set(&form, "name", name);
	form_set(&form, "release", kernel_machine(l->kernel)->release);
	form_set(&form, "hint", hint ? arena_fmt(l->arena, "\n * %s", comment_safe(l->arena, text_of(hint))) : "");
	form_flag(&form, "events", events);
	form_flag(&form, "results", !events);
	form_flag(&form, "started", l->uses.started);
	form_flag(&form, "regs", l->uses.regs);
	form_flag(&form, "usdt", l->uses.usdt);
	form_flag(&form, "perf_event", l->uses.perf_event);
	form_flag(&form, "same", l->uses.same);
	form_flag(&form, "append", l->uses.append);
	form_flag(&form, "stacks", l->uses.stacks);
	kept_slots(l, &form);
	user_slots(l, &form);
	build_put(&types, "");
	types_write(&l->types, &types);
	form_text(&form, "types", &types);
	build_put(&l->code, "");
	while (l->code.len > 1 && l->code.at[l->code.len - 1] == '\n' && l->code.at[l->code.len - 2] == '\n')
		l->code.at[--l->code.len] = '\0';
	form_text(&form, "code", &l->code);
	/* "@if names" asks for any, and the slot holds them. */
	if (l->names.len == 0)
		vec_each(slot, &form.slots)
			if (strcmp(slot->name, "names") == 0)
				slot->value = NULL;
	code = form_fill(&form, "kernel.bpf.c", &out->kernel, err);
	if (!code)
		code = form_fill(&form, "user.h", &out->header, err);
	if (!code)
		code = form_fill(&form, "user.c", &out->user, err);
	if (!code)
		code = form_fill(&form, "Makefile", &out->make, err);
	form_done(&form);
	return code;
}

int libbpf_frame(struct libbpf_program *program, struct arena *arena, struct error *err)
{
	struct form form = { .arena = arena };
	int code;

	form_set(&form, "name", program->name);
	form_set(&form, "packages", "");
	form_set(&form, "inputs", "");
	form_set(&form, "libraries", " -lm");
	form_flag(&form, "syscalls", false);
	if (!program->header.len)
		build_put(&program->header, "#pragma once\n");
	code = form_fill(&form, "Makefile", &program->make, err);
	form_done(&form);
	return code;
}

/* Once to learn what each cell is, of all probes; and then to write it. */
static int both_passes(struct libbpf *l, const block_list *blocks)
{
	int code = 0;

	vec_each(column, &l->program->columns)
		vec_push(&l->cells, (struct cell){ .column = column, .name = identifier_of(l->arena, column->role, false) });
	for (int pass = 0; pass < 2 && code == 0; pass++) {
		l->final = pass == 1;
		vec_each(block, blocks)
			if (code == 0)
				code = block_write(l, block);
	}
	if (code == 0 && !l->measure) {
		build_put(l->why, "it measures nothing");
		code = -EOPNOTSUPP;
	}
	return code;
}

int libbpf_convert(const struct plan *plan, const struct program *bpftrace, const struct vocabulary *vocabulary, struct kernel *kernel,
		   struct text question, struct libbpf_program *program, struct build *why, struct error *err)
{
	struct libbpf l = { .plan = plan, .program = bpftrace, .kernel = kernel, .arena = plan->arena, .why = why, .unit = bpftrace->unit };
	AUTO_BUILD words = { 0 };
	block_list blocks = { 0 };
	int code;

	*program = (struct libbpf_program){ .name = program_name(plan) };
	l.types = (struct used_types){ .kernel = kernel, .arena = plan->arena };
	plan_words(plan, vocabulary, &words);
	code = blocks_parse(build_text(&bpftrace->text), plan->arena, &blocks, err);
	if (code == 0)
		code = both_passes(&l, &blocks);
	if (code == 0)
		code = files_write(&l, program->name, comment_safe(plan->arena, question), comment_safe(plan->arena, build_text(&words)), program, err);
	vec_each(attached, &l.attached)
		vec_push(&program->probes, attached->probe);
	blocks_done(&blocks);
	types_done(&l.types);
	vec_done(&l.cells);
	vec_done(&l.started);
	vec_done(&l.names);
	vec_done(&l.cgroups);
	vec_done(&l.attached);
	build_done(&l.code);
	return code;
}

int libbpf_write(const struct plan *plan, const struct way *way, const struct vocabulary *vocabulary, struct kernel *kernel,
		 struct text question, struct libbpf_program *program, struct build *why, struct error *err)
{
	static const struct dialect plainest = { .version = 17 };
	struct program_options options = { .dialect = &plainest };
	AUTO_PROGRAM bpftrace = { 0 };
	int code;

	*program = (struct libbpf_program){ .name = program_name(plan) };
	if (!kernel_has_btf(kernel)) {
		build_put(why, "a CO-RE program needs the kernel's type information (/sys/kernel/btf/vmlinux), which this kernel lacks");
		return -EOPNOTSUPP;
	}
	if (way->untils.len) {
		build_put(why, "what is obtained and not given back is watched by bpftrace programs alone: leave out --as libbpf");
		return -EOPNOTSUPP;
	}
	vec_each(condition, &plan->where)
		if (condition->compare == COMPARE_TREE) {
			build_put(why, "a program of its own watches no command that it starts: name the process with --comm or --pid instead");
			return -EOPNOTSUPP;
		}
	code = program_write(plan, way, vocabulary, kernel, &options, &bpftrace, why);
	/* Tabs in a literal are escaped: these are statements. */
	if (code == 0 && (text_has(build_text(&bpftrace.text), "\twhile (") || text_has(build_text(&bpftrace.text), "\tunroll ("))) {
		build_put(why, "it looks at each byte of a name, or at each folder above a file: ask for a file by its whole path");
		return -EOPNOTSUPP;
	}
	return code < 0 ? code : libbpf_convert(plan, &bpftrace, vocabulary, kernel, question, program, why, err);
}
