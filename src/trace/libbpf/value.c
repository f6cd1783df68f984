/* Expressions of bpftrace as C: numbers are as wide as bpftrace takes them, and what lies in the kernel is read by CO-RE. */
#include <ctype.h>
#include <string.h>
#include "trace/libbpf/function.h"

const char *code_fmt(struct function *f, const char *format, ...)
{
	AUTO_BUILD text = { 0 };
	va_list args;

	va_start(args, format);
	build_vfmt(&text, format, args);
	va_end(args);
	return arena_text(f->l->arena, build_text(&text));
}

/* Declarations and statements stand apart, as in a C file that a person wrote. */
void row(struct function *f, const char *format, ...)
{
	static const char *const types[] = { "__u", "__s64 ", "__s32 ", "struct ", "char ", "const ", "long " };
	bool declares = false;
	va_list args;

	for (size_t i = 0; i < COUNT(types); i++)
		declares |= strncmp(format, types[i], strlen(types[i])) == 0;
	if (f->out->len && f->declared != declares && format[0] != '\t' && f->out->at[f->out->len - 1] == '\n' &&
	    (f->out->len < 2 || f->out->at[f->out->len - 2] != '\n'))
		build_char(f->out, '\n');
	f->declared = declares;

	for (unsigned i = 0; i < f->depth; i++)
		build_char(f->out, '\t');
	va_start(args, format);
	build_vfmt(f->out, format, args);
	va_end(args);
	build_char(f->out, '\n');
}

struct value cannot(struct function *f, const char *format, ...)
{
	va_list args;

	if (!f->failed && f->l->why->len == 0) {
		va_start(args, format);
		build_vfmt(f->l->why, format, args);
		va_end(args);
	}
	f->failed = true;
	return (struct value){ .kind = VALUE_NUMBER, .code = "0", .size = 8 };
}

const char *local_find(struct function *f, const char *key)
{
	vec_each(local, &f->locals)
		if (strcmp(local->key, key) == 0)
			return local->code;
	return NULL;
}

const char *local_add(struct function *f, const char *key, const char *code)
{
	vec_push(&f->locals, (struct local){ arena_text(f->l->arena, text_of(key)), code });
	return code;
}

const char *current(struct function *f, const char *name)
{
	const char *known = local_find(f, name);

	if (known)
		return known;
	if (strcmp(name, "pid") == 0) {
		row(f, "__u32 pid = bpf_get_current_pid_tgid() >> 32;");
	} else if (strcmp(name, "tid") == 0) {
		row(f, "__u32 tid = bpf_get_current_pid_tgid();");
	} else if (strcmp(name, "task") == 0) {
		row(f, "struct task_struct *task = (void *)bpf_get_current_task();");
	} else {
		row(f, "char comm[16];");
		row(f, "bpf_get_current_comm(comm, sizeof(comm));");
	}
	return local_add(f, name, name);
}

static struct value number(const char *code, unsigned size, bool is_signed)
{
	return (struct value){ .kind = VALUE_NUMBER, .code = code, .size = size, .is_signed = is_signed };
}

/* ---- places ---- */

/* A local for a pointer that is itself read ("skb->head + skb->network_header"): clang takes no such read within another. */
static const char *read_base(struct function *f, const char *code)
{
	const char *known = local_find(f, code);

	if (known)
		return known;

	const char *name = code_fmt(f, "base%zu", f->locals.len);

	row(f, "__auto_type %s = %s;", name, code);
	return local_add(f, code, name);
}

static struct value place_step(struct function *f, struct value v, const char *name, bool arrow)
{
	struct member member;
	struct type type;
	bool first;

	if (arrow && v.kind == VALUE_PLACE && kernel_type(f->l->kernel, v.type, &type) && type.kind == TYPE_POINTER) {
		v.type = type.inner; /* the chain goes on through the pointer */
		v.path = code_fmt(f, "%s, ", v.path);
	} else if (v.kind == VALUE_PLACE && !arrow) {
		v.path = code_fmt(f, "%s.", v.path);
	} else if (v.kind != VALUE_POINTER) {
		return cannot(f, "'%s' cannot be read from a value that is no structure", name);
	}
	if (!types_member(&f->l->types, v.type, name, &member))
		return cannot(f, "this kernel's type information has no '%s' where the program needs it", name);
	first = v.kind == VALUE_POINTER;
	if (first && strstr(v.code, "BPF_CORE_READ"))
		v.code = read_base(f, v.code);
	return (struct value){ .kind = VALUE_PLACE, .code = v.code, .path = first ? code_fmt(f, "%s", name) : code_fmt(f, "%s%s", v.path, name),
			       .type = member.type, .bits = member.bits, .user = v.user };
}

static const char *place_read(struct function *f, struct value v)
{
	const char *comma = strrchr(v.path, ',');

	if (!v.bits)
		return code_fmt(f, "BPF_CORE_READ%s(%s, %s)", v.user ? "_USER" : "", v.code, v.path);
	if (comma)
		return code_fmt(f, "BPF_CORE_READ_BITFIELD_PROBED(BPF_CORE_READ(%s, %.*s), %s)", v.code, (int)(comma - v.path), v.path, comma + 2);
	return code_fmt(f, "BPF_CORE_READ_BITFIELD_PROBED(%s, %s)", v.code, v.path);
}

struct value settled(struct function *f, struct value v)
{
	struct type type, inner;

	if (v.kind != VALUE_PLACE || !kernel_type(f->l->kernel, v.type, &type))
		return v;
	switch (type.kind) {
	case TYPE_NUMBER:
		return number(place_read(f, v), type.size, type.is_signed);
	case TYPE_POINTER:
		return (struct value){ .kind = VALUE_POINTER, .code = place_read(f, v), .type = type.inner, .user = v.user, .size = 8 };
	case TYPE_ARRAY:
		if (!kernel_type(f->l->kernel, type.inner, &inner))
			break;
		v.size = type.length * inner.size;
		v.source = TEXT_PLACE;
		v.kind = inner.is_char ? VALUE_TEXT : VALUE_ADDRESS;
		if (v.kind == VALUE_TEXT || v.size == 4 || v.size == 16)
			return v;
		break;
	default:
		break;
	}
	return cannot(f, "'%s' is no value that can be shown", v.path);
}

/* ---- numbers ---- */

const char *number_of(struct function *f, struct value v, bool wide)
{
	v = settled(f, v);
	if (v.kind == VALUE_POINTER)
		return code_fmt(f, "(__u64)%s", v.loose ? code_fmt(f, "(%s)", v.code) : v.code);
	if (v.kind == VALUE_ADDRESS && v.size == 4 && v.source != TEXT_PLACE)
		return code_fmt(f, "*(__u32 *)%s", v.code);
	if (v.kind != VALUE_NUMBER)
		return cannot(f, "a text stands where a number is needed").code;
	if (wide && v.size < 8)
		return code_fmt(f, v.loose ? "(%s)(%s)" : "(%s)%s", v.is_signed ? "__s64" : "__u64", v.code);
	return v.code;
}

const char *operand_of(struct function *f, struct value v, bool wide)
{
	const char *code = number_of(f, v, wide);

	v = settled(f, v);
	return v.loose && v.kind == VALUE_NUMBER && !(wide && v.size < 8) ? code_fmt(f, "(%s)", code) : code;
}

static bool is_constant(const struct node *node)
{
	return node->kind == NODE_NUMBER || (node->kind == NODE_UNARY && node->at[0]->kind == NODE_NUMBER);
}

static bool is_compare(const char *name)
{
	return strlen(name) == 2 ? strcmp(name, "<<") != 0 && strcmp(name, ">>") != 0 : name[0] == '<' || name[0] == '>';
}

static struct value binary_value(struct function *f, const struct node *node)
{
	bool shift = strcmp(node->text, "<<") == 0, bits = strchr("&|^", node->text[0]) && !node->text[1];
	bool wide = !bits && strcmp(node->text, ">>") != 0;
	struct value left, right;
	const char *l, *r;

	if (is_compare(node->text)) {
		struct value v = number(condition_of(f, node, false), 4, false);

		v.loose = true;
		return v;
	}
	left = settled(f, value_of(f, node->at[0]));
	right = settled(f, value_of(f, node->at[1]));
	if (left.kind == VALUE_POINTER && strchr("+-", node->text[0])) {
		left.code = code_fmt(f, "%s %s %s", left.code, node->text, operand_of(f, right, false));
		left.loose = true;
		return left;
	}
	l = is_constant(node->at[0]) ? code_fmt(f, shift ? "%sULL" : "%s", left.code) : operand_of(f, left, wide);
	/* BPF divides without a sign, as bpftrace does. */
	if (strchr("/%", node->text[0]) && left.is_signed && !is_constant(node->at[0]))
		l = code_fmt(f, "(__u64)%s", operand_of(f, left, false));
	r = is_constant(node->at[1]) ? right.code : operand_of(f, right, wide && !shift);
	left = number(code_fmt(f, "%s %s %s", l, node->text, r), bits && left.size <= 4 && right.size <= 4 ? 4 : 8,
		      left.is_signed && right.is_signed);
	/* A difference of times or sizes may be below zero for once. */
	left.is_signed |= node->text[0] == '-';
	left.loose = true;
	return left;
}

static struct value unary_value(struct function *f, const struct node *node)
{
	struct value v = settled(f, value_of(f, node->at[0]));
	struct type type;

	if (node->text[0] == '-' || node->text[0] == '~') {
		bool constant = is_constant(node->at[0]);

		v = number(code_fmt(f, "%s%s", node->text, constant ? v.code : operand_of(f, v, true)), 8, true);
		return v;
	}
	if (node->text[0] == '!') {
		v = number(condition_of(f, node, false), 4, false);
		return v;
	}
	/* What lies behind a pointer is read into a local. */
	if (v.kind == VALUE_POINTER && (v.pointers || (kernel_type(f->l->kernel, v.type, &type) && type.kind == TYPE_POINTER))) {
		const char *name = code_fmt(f, "at%zu", f->locals.len);

		row(f, "%s%s;", v.pointers ? "const char *" : types_spell(&f->l->types, v.type), code_fmt(f, v.pointers ? "%s" : " %s", name));
		row(f, "bpf_probe_read_%s(&%s, sizeof(%s), %s);", v.user ? "user" : "kernel", name, name, v.code);
		local_add(f, name, name);
		return (struct value){ .kind = VALUE_POINTER, .code = name, .user = v.user, .size = 8, .type = v.pointers ? 0 : type.inner };
	}
	if (v.kind == VALUE_POINTER && kernel_type(f->l->kernel, v.type, &type) && type.kind == TYPE_NUMBER) {
		const char *name = code_fmt(f, "at%zu", f->locals.len);

		row(f, "%s %s = 0;", types_spell(&f->l->types, v.type), name);
		row(f, "bpf_probe_read_%s(&%s, sizeof(%s), %s);", v.user ? "user" : "kernel", name, name, v.code);
		local_add(f, name, name);
		return number(name, type.size, type.is_signed);
	}
	return cannot(f, "what a pointer of an unknown type points to cannot be read");
}

/* "(struct sock *)x", "(int32)x" */
static struct value cast_value(struct function *f, const struct node *node)
{
	struct value v = settled(f, value_of(f, node->at[0]));
	size_t len = strlen(node->text);

	if (node->text[len - 1] != '*') {
		bool is_signed = node->text[0] == 'i';
		unsigned bits = (unsigned)atoi(node->text + (is_signed ? 3 : 4));

		return number(code_fmt(f, "(__%c%u)%s", is_signed ? 's' : 'u', bits, operand_of(f, v, false)), bits / 8, is_signed);
	}
	bool is_union = strncmp(node->text, "union ", 6) == 0;
	AUTO_FREE char *name = text_copy((struct text){ node->text + (is_union ? 6 : 0), len - 1 - (is_union ? 6 : 0) });
	unsigned id = kernel_type_find(f->l->kernel, name);
	const char *known, *tag = is_union ? "union" : "struct";

	if (!id)
		return cannot(f, "this kernel's type information has no %s %s", is_union ? "union" : "structure", name);
	if (node->at[0]->kind == NODE_NAME && strcmp(node->at[0]->text, "curtask") == 0)
		known = current(f, "task");
	else
		known = code_fmt(f, v.loose ? "((%s %s *)(%s))" : "((%s %s *)%s)", tag, name, v.kind == VALUE_POINTER ? v.code : number_of(f, v, true));
	return (struct value){ .kind = VALUE_POINTER, .code = known, .type = id, .user = v.user, .size = 8 };
}

static struct value index_value(struct function *f, const struct node *node)
{
	struct value v = value_of(f, node->at[0]), at = value_of(f, node->at[1]);
	struct type type;

	if (v.kind == VALUE_PLACE && kernel_type(f->l->kernel, v.type, &type) && type.kind == TYPE_ARRAY) {
		v.path = code_fmt(f, "%s[%s]", v.path, number_of(f, at, false));
		v.type = type.inner;
		return v;
	}
	if ((v.kind == VALUE_ADDRESS || v.kind == VALUE_TEXT) && v.source == TEXT_ARRAY)
		return number(code_fmt(f, "%s[%s]", v.code, number_of(f, at, false)), v.element ? v.element : 1, false);
	return cannot(f, "an element of what is no array is asked for");
}

static struct value map_value(struct function *f, const struct node *node)
{
	if (strcmp(node->text, "start") == 0)
		return number("start->time", 8, false);
	vec_each(kept, &f->l->started) {
		if (strncmp(node->text, "start_", 6) != 0 || strcmp(kept->name, node->text + 6) != 0)
			continue;
		return (struct value){ .kind = (enum value_kind)kept->kind, .code = code_fmt(f, "start->%s", identifier_of(f->l->arena, kept->name, false)),
				       .size = kept->size, .type = kept->type, .is_signed = kept->is_signed, .user = kept->user,
				       .pointers = kept->pointers, .named = kept->named, .source = TEXT_ARRAY };
	}
	return cannot(f, "'@%s' belongs to a command that is started, which a program of its own has not", node->text);
}

static struct value name_value(struct function *f, const struct node *node)
{
	static const struct {
		const char *name, *code;
		unsigned size;
	} builtins[] = {
		{ "nsecs", "bpf_ktime_get_ns()", 8 },	    { "elapsed", "bpf_ktime_get_ns()", 8 },
		{ "cpu", "bpf_get_smp_processor_id()", 4 }, { "uid", "(__u32)bpf_get_current_uid_gid()", 4 },
		{ "gid", "(__u32)(bpf_get_current_uid_gid() >> 32)", 4 }, { "rand", "bpf_get_prandom_u32()", 4 },
		{ "cgroup", "bpf_get_current_cgroup_id()", 8 }, { "numaid", "bpf_get_numa_node_id()", 4 },
	};
	const char *name = node->text;

	for (size_t i = 0; i < COUNT(builtins); i++)
		if (strcmp(name, builtins[i].name) == 0)
			return number(builtins[i].code, builtins[i].size, false);
	if (strcmp(name, "pid") == 0 || strcmp(name, "tid") == 0)
		return number(current(f, name), 4, false);
	if (strcmp(name, "comm") == 0)
		return (struct value){ .kind = VALUE_TEXT, .source = TEXT_COMM, .code = "comm", .size = 16 };
	if (strcmp(name, "probe") == 0)
		return (struct value){ .kind = VALUE_LITERAL, .code = f->probe };
	if (strcmp(name, "curtask") == 0)
		return (struct value){ .kind = VALUE_POINTER, .code = current(f, "task"), .size = 8,
				       .type = kernel_type_find(f->l->kernel, "task_struct") };
	if (strcmp(name, "kstack") == 0 || strcmp(name, "ustack") == 0) {
		bool kernel = name[0] == 'k';

		f->l->uses.stacks = true;
		*(kernel ? &f->l->uses.kstack : &f->l->uses.ustack) = true;
		return (struct value){ .kind = kernel ? VALUE_KSTACK : VALUE_USTACK, .size = 4, .is_signed = true,
				       .code = kernel ? "bpf_get_stackid(ctx, &stacks, 0)" : "bpf_get_stackid(ctx, &stacks, BPF_F_USER_STACK)" };
	}
	if (strcmp(name, "retval") == 0 || (strncmp(name, "arg", 3) == 0 && isdigit((unsigned char)name[3])))
		return call_value(f, node);
	return cannot(f, "'%s' of bpftrace has no counterpart in a libbpf program", name);
}

struct value value_of(struct function *f, const struct node *node)
{
	struct value v;

	switch (node->kind) {
	case NODE_NUMBER: {
		unsigned long long parsed = strtoull(node->text, NULL, 0);
		bool octal = node->text[0] == '0' && isdigit((unsigned char)node->text[1]);

		return number(octal ? code_fmt(f, "%llu", parsed) : node->text, parsed > INT32_MAX ? 8 : 4, true);
	}
	case NODE_TEXT:
		return (struct value){ .kind = VALUE_LITERAL, .code = node->text };
	case NODE_NAME:
		return name_value(f, node);
	case NODE_VARIABLE:
		if (strcmp(node->text, "value") == 0)
			return f->amount;
		v = (struct value){ .kind = VALUE_POINTER, .code = node->text, .size = 8 };
		v.type = kernel_type_find(f->l->kernel, strcmp(node->text, "task") == 0 ? "task_struct" : "file");
		return strcmp(node->text, "task") == 0 ? (v.code = current(f, "task"), v) : v;
	case NODE_MAP:
		return map_value(f, node);
	case NODE_CALL:
		return call_value(f, node);
	case NODE_UNARY:
		return unary_value(f, node);
	case NODE_BINARY:
		return binary_value(f, node);
	case NODE_CHOICE: {
		struct value yes, no;
		const char *condition = condition_of(f, node->at[0], false);

		yes = settled(f, value_of(f, node->at[1]));
		no = settled(f, value_of(f, node->at[2]));
		if (yes.kind != VALUE_NUMBER || no.kind != VALUE_NUMBER)
			return cannot(f, "a choice between texts that are not known beforehand");
		v = number(code_fmt(f, "%s ? %s : %s", condition, operand_of(f, yes, false), operand_of(f, no, false)),
			   yes.size > no.size ? yes.size : no.size, yes.is_signed && no.is_signed);
		v.loose = true;
		return v;
	}
	case NODE_CAST:
		return cast_value(f, node);
	case NODE_MEMBER:
		if (node->at[0]->kind == NODE_NAME && strcmp(node->at[0]->text, "args") == 0)
			return field_value(f, node->text);
		return place_step(f, value_of(f, node->at[0]), node->text, node->at[1] != NULL);
	case NODE_INDEX:
		return index_value(f, node);
	case NODE_ASSIGN:
	case NODE_IF:
		break;
	}
	return cannot(f, "a statement stands where a value is needed");
}
