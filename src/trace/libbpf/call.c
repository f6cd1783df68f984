/* Expressions of bpftrace as C: its functions, the fields of a tracepoint, conditions, texts. */
#include <ctype.h>
#include <string.h>
#include "trace/libbpf/function.h"

#define COMPARED_SHORT 4 /* characters that are compared one by one in place */

static struct value number(const char *code, unsigned size, bool is_signed)
{
	return (struct value){ .kind = VALUE_NUMBER, .code = code, .size = size, .is_signed = is_signed };
}

/* ---- fields ---- */

static void field_use(struct function *f, const char *member)
{
	unsigned id = kernel_type_find(f->l->kernel, f->context + strlen("struct "));
	struct member unused;

	if (id)
		types_member(&f->l->types, id, member, &unused);
}

/* "struct clone_args *": what it points to, as far as BTF knows it. */
static unsigned pointee(struct function *f, const char *type)
{
	struct text rest = text_of(type);
	size_t at;

	if (text_starts(rest, "const "))
		rest = text_from(rest, strlen("const "));
	if (text_starts(rest, "struct "))
		rest = text_from(rest, strlen("struct "));
	if (!text_find(rest, " *", &at) || text_find(text_from(rest, at + 2), "*", &(size_t){ 0 }))
		return 0;
	AUTO_FREE char *name = text_copy(text_until(rest, at));
	return kernel_type_find(f->l->kernel, name);
}

struct value field_value(struct function *f, const char *name)
{
	const struct field *field = f->fields ? tracepoint_field(f->fields, name) : NULL;
	bool syscalls = f->fields && strcmp(f->fields->system, "syscalls") == 0;
	struct value v = { .code = code_fmt(f, "ctx->%s", name) };

	if (!field)
		return cannot(f, "%s has no field %s", f->probe, name);
	v.size = field->size;
	v.is_signed = field->is_signed;
	if (syscalls && field->offset >= 16 && strncmp(f->fields->name, "sys_enter", 9) == 0) {
		v.code = code_fmt(f, "ctx->args[%u]", (field->offset - 16) / 8);
		field_use(f, "args");
		v.user = true;
		/* The record has all of the register; the kernel takes what its type holds. */
		if (field->kind == FIELD_NUMBER && (strcmp(field->type, "int") == 0 || strcmp(field->type, "unsigned int") == 0)) {
			v.is_signed = field->type[0] == 'i';
			return number(code_fmt(f, "(%s)%s", v.is_signed ? "__s32" : "__u32", v.code), 4, v.is_signed);
		}
		v.is_signed = strcmp(field->type, "long") == 0;
		if (v.is_signed)
			v.code = code_fmt(f, "(long)%s", v.code);
	} else if (syscalls && strcmp(name, "ret") == 0) {
		field_use(f, "ret");
		return number("ctx->ret", 8, true);
	} else if (syscalls) {
		field_use(f, "id"); /* __syscall_nr lies there */
		return number("(__u32)ctx->id", 4, false);
	} else if (field->kind != FIELD_DATA_LOC) {
		field_use(f, name);
	}
	switch (field->kind) {
	case FIELD_NUMBER:
		v.kind = VALUE_NUMBER;
		return v;
	case FIELD_CHARS:
		v.kind = VALUE_TEXT;
		v.source = TEXT_ARRAY;
		return v;
	case FIELD_DATA_LOC:
		/* The low half is where the text lies in the record. */
		name = code_fmt(f, "__data_loc_%s", name);
		field_use(f, name);
		v.code = code_fmt(f, "(void *)ctx + (ctx->%s & 0xffff)", name);
		v.kind = VALUE_TEXT;
		v.source = TEXT_POINTER;
		v.size = 0;
		return v;
	case FIELD_ARRAY:
		v.kind = VALUE_ADDRESS;
		v.element = field->size / field->length;
		v.source = TEXT_ARRAY;
		return v;
	case FIELD_STRING:
	case FIELD_POINTER:
		v.kind = VALUE_POINTER;
		v.type = pointee(f, field->type);
		v.pointers = strstr(field->type, "* *") || strstr(field->type, "**") || strstr(field->type, "*const *");
		if (syscalls || !kernel_record(f->l->kernel, f->fields))
			v.code = code_fmt(f, "(%s)%s", v.pointers ? "const char *const *" : "const void *", v.code);
		return v;
	case FIELD_OTHER:
		break;
	}
	return cannot(f, "the field %s of %s is a %s, which cannot be shown", name, f->probe, field->type);
}

/* ---- calls ---- */

static struct value argument(struct function *f, const char *name)
{
	bool usdt = strncmp(f->probe, "usdt:", 5) == 0;
	bool result = strcmp(name, "retval") == 0;
	bool user = strncmp(f->probe, "u", 1) == 0;
	struct value v = { .kind = VALUE_POINTER, .user = user, .size = 8 };

	f->l->uses.regs = true;
	if (usdt) {
		f->l->uses.usdt = true;
		if (!local_find(f, name)) {
			row(f, "long %s = 0;", name);
			row(f, "bpf_usdt_arg(ctx, %s, &%s);", name + 3, name);
			local_add(f, name, arena_text(f->l->arena, text_of(name)));
		}
		v.code = code_fmt(f, "(void *)%s", name);
		return v;
	}
	if (!result && strstr(f->probe, "retprobe:"))
		return cannot(f, "%s has no arguments any more", f->probe);
	if (!result && name[3] > '4')
		return cannot(f, "only five arguments of a function lie in registers everywhere; %s is the next", name);
	/* A local: within BPF_CORE_READ() the registers' names would be looked up too, which differ in the kernel. */
	if (!local_find(f, name)) {
		if (result)
			row(f, "const void *retval = (void *)PT_REGS_RC(ctx);");
		else
			row(f, "const void *%s = (void *)PT_REGS_PARM%d(ctx);", name, name[3] - '0' + 1);
		local_add(f, name, arena_text(f->l->arena, text_of(name)));
	}
	v.code = local_find(f, name);
	return v;
}

static struct value cgroup_id(struct function *f, const char *path)
{
	struct libbpf *l = f->l;
	size_t at = 0;

	while (at < l->cgroups.len && strcmp(l->cgroups.at[at], path) != 0)
		at++;
	if (at == l->cgroups.len)
		vec_push(&l->cgroups, path);
	return number(code_fmt(f, "settings.cgroups[%zu]", at), 8, false);
}

struct value call_value(struct function *f, const struct node *node)
{
	const char *name = node->text;
	struct value v, count;

	if (node->kind == NODE_NAME)
		return argument(f, name);
	if (strcmp(name, "reg") == 0 && node->list.len == 1 && node->list.at[0]->kind == NODE_TEXT) {
		if (!f->l->uses.sample || !strstr(f->context, "perf_event"))
			return cannot(f, "registers are only to be had where the processor is sampled");
		return number(code_fmt(f, "ctx->regs.%s", identifier_of(f->l->arena, node->list.at[0]->text, false)), 8, false);
	}
	if (strcmp(name, "cgroupid") == 0 && node->list.len == 1 && node->list.at[0]->kind == NODE_TEXT)
		return cgroup_id(f, node->list.at[0]->text);
	if (node->list.len < 1)
		return cannot(f, "%s() of bpftrace has no counterpart in a libbpf program", name);
	if (strcmp(name, "strncmp") == 0)
		return number(code_fmt(f, "(%s)", condition_of(f, node, false)), 4, false);
	v = settled(f, value_of(f, node->list.at[0]));
	if (strcmp(name, "str") == 0) {
		if (v.kind == VALUE_POINTER || v.kind == VALUE_NUMBER) {
			v.code = v.kind == VALUE_NUMBER ? code_fmt(f, "(void *)%s", operand_of(f, v, true)) : v.code;
			v.kind = VALUE_TEXT;
			v.source = TEXT_POINTER;
			v.size = 0;
		}
		return v.kind == VALUE_TEXT ? v : cannot(f, "str() of what is no text");
	}
	if (strcmp(name, "uptr") == 0 || strcmp(name, "kptr") == 0) {
		v.user = name[0] == 'u';
		return v;
	}
	if (strcmp(name, "ntop") == 0) {
		if (v.kind == VALUE_NUMBER && v.size <= 4) {
			v.kind = VALUE_ADDRESS;
			v.size = 4;
			v.source = TEXT_POINTER;
		} else if (v.kind == VALUE_NUMBER) { /* put together from bytes */
			v = (struct value){ .kind = VALUE_ADDRESS, .size = 4, .source = TEXT_POINTER, .code = code_fmt(f, "(__u32)(%s)", v.code) };
		}
		return v.kind == VALUE_ADDRESS && (v.size == 4 || v.size == 16) ? v : cannot(f, "an address of an unknown form");
	}
	if (strcmp(name, "ksym") == 0 || strcmp(name, "usym") == 0)
		return number(number_of(f, v, true), 8, false);
	if (strcmp(name, "buf") == 0 && node->list.len == 2) {
		count = settled(f, value_of(f, node->list.at[1]));
		v.code = v.kind == VALUE_NUMBER ? code_fmt(f, "(void *)%s", operand_of(f, v, true)) : v.code;
		v.kind = VALUE_BYTES;
		v.count = number_of(f, count, true);
		return v.user ? v : cannot(f, "bytes of the kernel's memory are not shown");
	}
	return cannot(f, "%s() of bpftrace has no counterpart in a libbpf program", name);
}

/* ---- texts ---- */

void literal_write(const char *text, struct build *out)
{
	build_char(out, '"');
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\')
			build_fmt(out, "\\%c", c);
		else if (c < 0x20 || c >= 0x7f || c == '?')
			build_fmt(out, "\\%03o", c); /* octal ends after three digits, whatever follows */
		else
			build_char(out, (char)c);
	}
	build_char(out, '"');
}

static const char *text_key(struct function *f, struct value v)
{
	return code_fmt(f, "text of %s %s", v.code, v.path ? v.path : "");
}

/* A text that was read once, to be compared, is what it was then: a program may change it meanwhile. */
const char *text_read(struct function *f, struct value v, const char *to, const char *size)
{
	AUTO_BUILD quoted = { 0 };
	const char *known;

	v = settled(f, v);
	if (v.kind == VALUE_POINTER) { /* kept at the start */
		v.kind = VALUE_TEXT;
		v.source = TEXT_POINTER;
	}
	if (v.kind == VALUE_LITERAL) {
		literal_write(v.code, &quoted);
		return code_fmt(f, "bpf_probe_read_kernel_str(%s, %s, %s)", to, size, quoted.at);
	}
	if (v.kind != VALUE_TEXT)
		return cannot(f, "a number stands where a text is needed").code;
	known = local_find(f, text_key(f, v));
	if (known && strcmp(known, to) != 0)
		return code_fmt(f, "bpf_probe_read_kernel_str(%s, %s, %s)", to, size, known);
	if (v.source == TEXT_COMM)
		return code_fmt(f, "bpf_get_current_comm(%s, %s)", to, size);
	if (v.source == TEXT_PLACE)
		return code_fmt(f, "BPF_CORE_READ%s_STR_INTO((char (*)[%s])%s, %s, %s)", v.user ? "_USER" : "", size, to, v.code, v.path);
	return code_fmt(f, "bpf_probe_read_%s_str(%s, %s, %s)", v.source == TEXT_POINTER && v.user ? "user" : "kernel", to, size, v.code);
}

void address_store(struct function *f, struct value v, const char *to)
{
	if (v.source == TEXT_PLACE)
		row(f, "BPF_CORE_READ%s_INTO(&%s, %s, %s);", v.user ? "_USER" : "", to, v.code, v.path);
	else if (v.source == TEXT_ARRAY)
		row(f, "bpf_probe_read_kernel(&%s, sizeof(%s), %s);", to, to, v.code);
	else
		row(f, "%s = %s;", to, v.code);
}

/* The text in a local array, to be compared. */
static const char *text_local(struct function *f, struct value v)
{
	const char *key = text_key(f, v), *known = local_find(f, key);
	const char *name;

	if (known)
		return known;
	if (v.kind == VALUE_TEXT && v.source == TEXT_COMM)
		return current(f, "comm");
	name = local_find(f, "text") ? code_fmt(f, "text%zu", f->locals.len) : local_add(f, "text", "text");
	if (v.kind == VALUE_TEXT && v.source == TEXT_ARRAY && v.size && v.size <= 32) {
		row(f, "char %s[%u] = {};", name, v.size);
		row(f, "%s;", text_read(f, v, name, code_fmt(f, "sizeof(%s)", name)));
	} else {
		row(f, "char %s[TEXT_MOST] = {};", name);
		row(f, "%s;", text_read(f, v, name, "TEXT_MOST"));
		f->texts++;
	}
	return local_add(f, key, name);
}

static const char *text_compared(struct function *f, struct value v, const char *literal, size_t len, bool negated)
{
	AUTO_BUILD out = { 0 };

	v = settled(f, v);
	if (v.kind == VALUE_POINTER)
		v.kind = VALUE_TEXT;
	if (v.kind != VALUE_TEXT)
		return cannot(f, "a number is compared with a text").code;
	if (v.source == TEXT_ARRAY && len <= COMPARED_SHORT && len <= v.size && strncmp(v.code, "ctx->", 5) == 0) {
		build_put(&out, negated ? "!(" : len > 1 ? "(" : "");
		for (size_t i = 0; i < len; i++)
			build_fmt(&out, isalnum((unsigned char)literal[i]) ? "%s%s[%zu] == '%c'" : "%s%s[%zu] == %d", i ? " && " : "", v.code, i,
				  literal[i]); /* its end too */
		build_put(&out, negated || len > 1 ? ")" : "");
		return arena_text(f->l->arena, build_text(&out));
	}
	f->l->uses.same = true;
	if (v.source == TEXT_COMM && len > 16)
		len = 16;
	build_fmt(&out, "%ssame(%s, ", negated ? "!" : "", text_local(f, v));
	literal_write(literal, &out);
	build_fmt(&out, ", %zu)", len);
	return arena_text(f->l->arena, build_text(&out));
}

/* ---- conditions ---- */

static bool is_strncmp(const struct node *node)
{
	return node->kind == NODE_CALL && strcmp(node->text, "strncmp") == 0 && node->list.len == 3;
}

static const char *strncmp_condition(struct function *f, const struct node *node, bool negated)
{
	const struct node *a = node->list.at[0], *b = node->list.at[1];
	size_t len = (size_t)strtoul(node->list.at[2]->text, NULL, 0);

	if (a->kind == NODE_TEXT) {
		a = node->list.at[1];
		b = node->list.at[0];
	}
	if (b->kind != NODE_TEXT || len > strlen(b->text))
		return cannot(f, "strncmp() of two texts that are not known beforehand").code;
	return text_compared(f, value_of(f, a), b->text, len, negated);
}

static const char *compare_condition(struct function *f, const struct node *node, bool negated)
{
	static const char *const signs[] = { "==", "!=", "<", ">=", ">", "<=" };
	const char *name = node->text;
	const struct node *left = node->at[0], *right = node->at[1];
	bool equal = strcmp(name, "==") == 0;
	struct value l, r;

	if (is_strncmp(left) && (equal || strcmp(name, "!=") == 0))
		return strncmp_condition(f, left, negated == equal);
	if (right->kind == NODE_TEXT && (equal || strcmp(name, "!=") == 0)) {
		const char *sign = equal != negated ? "==" : "!=";

		l = is_literal(left) ? (struct value){ .named = true, .code = code_fmt(f, "(%s)", name_code(f, left)) } : value_of(f, left);
		if (l.named)
			return code_fmt(f, "%s %s %s", l.code, sign, name_code(f, right));
		return text_compared(f, l, right->text, strlen(right->text) + 1, negated == equal);
	}
	l = settled(f, value_of(f, left));
	r = settled(f, value_of(f, right));
	if (l.kind == VALUE_LITERAL && r.kind == VALUE_LITERAL)
		return (strcmp(l.code, r.code) == 0) == (equal != negated) ? "1" : "0";
	for (size_t i = 0; negated && i < COUNT(signs); i++)
		if (strcmp(name, signs[i]) == 0) {
			name = signs[i ^ 1];
			break;
		}
	/* A negative number against one that bpftrace takes for unsigned. */
	if (l.kind == VALUE_NUMBER && !l.is_signed && right->kind == NODE_UNARY)
		l = number(code_fmt(f, l.size < 8 ? "(__s32)%s" : "(__s64)%s", operand_of(f, l, false)), l.size, true);
	return code_fmt(f, "%s %s %s", operand_of(f, l, false), name, operand_of(f, r, false));
}

const char *condition_of(struct function *f, const struct node *node, bool negated)
{
	if (node->kind == NODE_UNARY && node->text[0] == '!')
		return condition_of(f, node->at[0], !negated);
	if (is_strncmp(node)) /* non-zero: they differ */
		return strncmp_condition(f, node, !negated);
	if (node->kind == NODE_BINARY && (strcmp(node->text, "&&") == 0 || strcmp(node->text, "||") == 0)) {
		bool both = (node->text[0] == '&') != negated;
		const char *parts[2];

		for (size_t i = 0; i < 2; i++) {
			const struct node *inner = node->at[i];
			bool mixed = inner->kind == NODE_BINARY && (strcmp(inner->text, "&&") == 0 || strcmp(inner->text, "||") == 0) &&
				     strcmp(inner->text, node->text) != 0;

			parts[i] = condition_of(f, inner, negated);
			if (mixed)
				parts[i] = code_fmt(f, "(%s)", parts[i]);
		}
		return code_fmt(f, "%s %s %s", parts[0], both ? "&&" : "||", parts[1]);
	}
	if (node->kind == NODE_BINARY && (strchr("<>", node->text[0]) ? node->text[1] != node->text[0] : node->text[1] == '='))
		return compare_condition(f, node, negated);
	return code_fmt(f, "%s%s", negated ? "!" : "", operand_of(f, value_of(f, node), false));
}

/* ---- names ---- */

const char *name_code(struct function *f, const struct node *node)
{
	if (node->kind == NODE_CHOICE) {
		const char *condition = condition_of(f, node->at[0], false);

		return code_fmt(f, "%s ? %s : %s", condition, name_code(f, node->at[1]), name_code(f, node->at[2]));
	}
	/* "tracepoint:syscalls:sys_enter_read": the kind is always the same. */
	const char *colon = strchr(f->probe, ':');

	return name_constant(f->l, name_intern(f->l, node->kind == NODE_TEXT ? node->text : colon ? colon + 1 : f->probe));
}

bool is_literal(const struct node *node)
{
	if (node->kind == NODE_CHOICE)
		return is_literal(node->at[1]) && is_literal(node->at[2]);
	return node->kind == NODE_TEXT || (node->kind == NODE_NAME && strcmp(node->text, "probe") == 0);
}

const char *identifier_of(struct arena *arena, const char *text, bool upper)
{
	static const char *const taken[] = { "auto", "break", "case", "char", "const", "default", "do", "double", "else", "enum", "extern", "float",
					     "for", "goto", "if", "int", "long", "register", "return", "short", "signed", "sizeof", "static",
					     "struct", "switch", "typedef", "union", "unsigned", "void", "volatile", "while" };
	AUTO_BUILD out = { 0 };

	if (!text[0] || isdigit((unsigned char)text[0]))
		build_char(&out, '_');
	for (; *text && out.len < 60; text++) {
		unsigned char c = (unsigned char)*text;

		build_char(&out, isalnum(c) ? (char)(upper ? toupper(c) : c) : '_');
	}
	for (size_t i = 0; i < COUNT(taken); i++)
		if (strcmp(out.at, taken[i]) == 0)
			build_char(&out, '_');
	return arena_text(arena, build_text(&out));
}

unsigned name_intern(struct libbpf *l, const char *literal)
{
	for (size_t i = 0; i < l->names.len; i++)
		if (strcmp(l->names.at[i], literal) == 0)
			return (unsigned)i;
	vec_push(&l->names, arena_text(l->arena, text_of(literal)));
	return (unsigned)l->names.len - 1;
}

const char *name_constant(struct libbpf *l, unsigned i)
{
	const char *name = arena_fmt(l->arena, "NAME_%s", identifier_of(l->arena, l->names.at[i], true));

	/* "a-b" and "a_b" would be the same. */
	for (unsigned before = 0; before < i; before++)
		if (strcmp(name, arena_fmt(l->arena, "NAME_%s", identifier_of(l->arena, l->names.at[before], true))) == 0)
			return arena_fmt(l->arena, "%s_%u", name, i);
	return name;
}
