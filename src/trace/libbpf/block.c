/* A block of bpftrace as a function of C, and a program for each probe that it belongs to. */
#include <string.h>
#include "trace/libbpf/function.h"

/* ---- what was kept at the start ---- */

static struct kept *kept_find(struct libbpf *l, const char *name)
{
	vec_each(kept, &l->started)
		if (strcmp(kept->name, name) == 0)
			return kept;
	return NULL;
}

static void keep(struct function *f, const char *role, const struct node *expr)
{
	/* Of a few names the number is kept. */
	struct value v = is_literal(expr) ? (struct value){ .kind = VALUE_NUMBER, .size = 4, .named = true, .code = name_code(f, expr) } :
					    settled(f, value_of(f, expr));
	const char *to = code_fmt(f, "started.%s", identifier_of(f->l->arena, role, false));
	struct kept *kept = kept_find(f->l, role);

	if (f->failed)
		return;
	if (v.kind == VALUE_PLACE || v.kind == VALUE_BYTES || (v.kind == VALUE_ADDRESS && v.size != 4 && v.size != 16)) {
		cannot(f, "the %s cannot be kept from the start to the end", role);
		return;
	}
	if (!kept) {
		kept = vec_new(&f->l->started);
		*kept = (struct kept){ .name = arena_text(f->l->arena, text_of(role)), .kind = (int)v.kind, .size = v.size, .type = v.type,
				       .is_signed = v.is_signed, .user = v.user, .pointers = v.pointers, .named = v.named };
		if (v.kind == VALUE_LITERAL || (v.kind == VALUE_TEXT && (v.source == TEXT_POINTER || v.size == 0 || v.size > 32)))
			*kept = (struct kept){ .name = kept->name, .kind = VALUE_TEXT }; /* of TEXT_MOST bytes */
	}
	if (kept->named != v.named || kept->kind != (int)(v.kind == VALUE_LITERAL ? VALUE_TEXT : v.kind)) {
		cannot(f, "its starts tell the %s in forms that do not go together", role);
		return;
	}
	if (kept->kind == VALUE_NUMBER && v.size > kept->size)
		kept->size = v.size;
	switch (v.kind) {
	case VALUE_TEXT:
	case VALUE_LITERAL:
		f->texts += kept->size == 0;
		row(f, "%s;", text_read(f, v, to, code_fmt(f, "sizeof(%s)", to)));
		break;
	case VALUE_ADDRESS:
		address_store(f, v, to);
		break;
	default:
		row(f, "%s = %s;", to, v.code);
	}
}

/* ---- ids ---- */

static const char *id_make(struct function *f, const struct node *map)
{
	struct libbpf *l = f->l;
	const char *known = local_find(f, "id");

	if (known)
		return known;
	l->uses.started = true;
	if (l->id_parts && l->id_parts != map->list.len)
		return cannot(f, "its starts and ends are paired by different numbers of values").code;
	l->id_parts = (unsigned)map->list.len;
	if (l->id_parts == 1) {
		struct value v = settled(f, value_of(f, map->list.at[0]));

		row(f, "__u64 id = %s;", number_of(f, v, v.kind == VALUE_POINTER));
	} else {
		AUTO_BUILD parts = { 0 };

		for (size_t i = 0; i < map->list.len; i++) {
			struct value v = settled(f, value_of(f, map->list.at[i]));

			build_fmt(&parts, "%s%s", i ? ", " : "", number_of(f, v, v.kind == VALUE_POINTER));
		}
		row(f, "struct id id = { { %s } };", parts.at);
	}
	return local_add(f, "id", "id");
}

static bool is_start(const struct node *node)
{
	return node->kind == NODE_MAP && strncmp(node->text, "start", 5) == 0 && (!node->text[5] || node->text[5] == '_');
}

/* Any map of the start that the expression reads. */
static const struct node *start_in(const struct node *node)
{
	const struct node *found = NULL;

	if (!node)
		return NULL;
	if (is_start(node))
		return node;
	for (size_t i = 0; i < COUNT(node->at) && !found; i++)
		found = start_in(node->at[i]);
	for (size_t i = 0; i < node->list.len && !found; i++)
		found = start_in(node->list.at[i]);
	return found;
}

static void start_find(struct function *f, const struct node *node)
{
	const struct node *map = start_in(node);

	if (!map || f->found)
		return;
	id_make(f, map);
	row(f, "struct started *start = bpf_map_lookup_elem(&starts, &id);");
	row(f, "if (!start)");
	row(f, "\treturn 0;");
	f->found = true;
}

/* ---- conditions: one after the other, the cheap ones first as they stand ---- */

static void only_if(struct function *f, const struct node *node)
{
	const char *condition;

	if (node->kind == NODE_BINARY && strcmp(node->text, "&&") == 0) {
		only_if(f, node->at[0]);
		only_if(f, node->at[1]);
		return;
	}
	if (is_start(node) && strcmp(node->text, "start") == 0) {
		start_find(f, node);
		return;
	}
	start_find(f, node);
	condition = condition_of(f, node, true);
	row(f, "if (%s)", condition);
	row(f, f->goes ? "\tgoto done;" : "\treturn 0;");
}

/* ---- results ---- */

static enum cell_kind cell_kind_of(const struct column *column, struct value v, const struct node *node)
{
	if (is_literal(node) || v.named)
		return CELL_NAME;
	switch (v.kind) {
	case VALUE_KSTACK: return CELL_KSTACK;
	case VALUE_USTACK: return CELL_USTACK;
	case VALUE_BYTES: return CELL_ARGV;
	case VALUE_ADDRESS: return v.size == 16 ? CELL_IP6 : CELL_IP4;
	case VALUE_TEXT: return v.source == TEXT_COMM || (v.size && v.size <= 32) ? CELL_CHARS : CELL_TEXT;
	case VALUE_LITERAL: return CELL_TEXT;
	default: return column->text && strcmp(column->type, "ksym") != 0 && strcmp(column->type, "usym") != 0 ? CELL_TEXT : CELL_NUMBER;
	}
}

/* Probes of one program may tell of a thing in different forms: the widest is taken. */
static void cell_learn(struct function *f, struct cell *cell, struct value v, const struct node *node)
{
	enum cell_kind kind = cell_kind_of(cell->column, v, node);
	bool text = kind == CELL_TEXT || kind == CELL_CHARS || kind == CELL_NAME;
	bool was_text = cell->kind == CELL_TEXT || cell->kind == CELL_CHARS || cell->kind == CELL_NAME;

	if (v.kind == VALUE_ADDRESS && v.size != 4 && v.size != 16) {
		cannot(f, "the %s is an array of numbers of its own form", cell->column->role);
	} else if (!cell->set) {
		cell->kind = kind;
		cell->size = v.size ? v.size : 8;
		cell->is_signed = v.is_signed;
	} else if (cell->kind != kind && text && was_text) {
		cell->kind = CELL_TEXT;
	} else if (cell->kind != kind) {
		cannot(f, "its probes tell the %s in forms that do not go together", cell->column->role);
	} else {
		cell->size = v.size > cell->size ? v.size : cell->size;
		cell->is_signed |= v.is_signed;
	}
	cell->set = true;
}

void cell_store(struct function *f, struct cell *cell, const struct node *node, const char *of)
{
	bool events = strcmp(f->l->measure, "print") == 0;
	const char *to = code_fmt(f, "%s.%s", of, cell->name), *at = "&event.text[used]";
	struct value v = { .kind = VALUE_LITERAL };

	if (node->kind == NODE_CHOICE && !is_literal(node) && cell->column->text && strcmp(cell->column->type, "ip") != 0) {
		cannot(f, "the %s is one of several texts that are not known beforehand", cell->column->role);
		return;
	}
	if (!is_literal(node))
		v = settled(f, value_of(f, node));
	if (!f->l->final)
		cell_learn(f, cell, v, node);
	switch (cell->kind) {
	case CELL_NAME:
		/* The same for all that a probe sees: probes that differ in nothing else share the function. */
		if (v.named || node->kind == NODE_CHOICE) {
			row(f, "%s = %s;", to, v.named ? v.code : name_code(f, node));
		} else {
			vec_push(&f->parameters, (struct local){ cell->name, name_code(f, node) });
			row(f, "%s = %s;", to, cell->name);
		}
		break;
	case CELL_TEXT:
		if (is_literal(node))
			v = (struct value){ .kind = VALUE_LITERAL, .code = node->kind == NODE_TEXT ? node->text : f->probe };
		if (is_literal(node) && node->kind == NODE_CHOICE)
			cannot(f, "the %s is one of several texts", cell->column->role);
		f->texts++;
		if (events) {
			row(f, "used += length_of(%s);", text_read(f, v, at, "TEXT_MOST"));
			f->l->uses.append = true;
		} else {
			row(f, "%s;", text_read(f, v, to, code_fmt(f, "sizeof(%s)", to)));
		}
		break;
	case CELL_CHARS:
		row(f, "%s;", text_read(f, v, to, code_fmt(f, "sizeof(%s)", to)));
		break;
	case CELL_IP4:
	case CELL_IP6:
		address_store(f, v, to);
		break;
	case CELL_ARGV:
		f->texts++;
		row(f, "__u64 bytes = %s;", v.count);
		row(f, "if (bytes > TEXT_MOST)");
		row(f, "\tbytes = TEXT_MOST;");
		row(f, "bpf_probe_read_user(%s, bytes, %s);", events ? at : to, v.code);
		if (events) {
			row(f, "%s_size = bytes;", to);
			row(f, "used += bytes;");
		}
		break;
	default:
		row(f, "%s = %s;", to, cell->kind == CELL_NUMBER ? number_of(f, v, false) : v.code);
		if (cell->kind == CELL_USTACK)
			row(f, "%s_pid = bpf_get_current_pid_tgid() >> 32;", to);
	}
}

static void event_store(struct function *f, const struct node *print)
{
	bool text = false;

	row(f, "struct event event = { .time = bpf_ktime_get_ns() };");
	vec_each(cell, &f->l->cells)
		text |= cell->kind == CELL_TEXT || cell->kind == CELL_ARGV;
	if (text)
		row(f, "__u32 used = 0;");
	for (size_t i = 1; i < print->list.len && i <= f->l->cells.len; i++)
		cell_store(f, &f->l->cells.at[i - 1], print->list.at[i], "event");
	row(f, "/* What is not there is not sent: the record ends with its last text. */");
	row(f, "if (bpf_ringbuf_output(&events, &event, %s, 0))", text ? "offsetof(struct event, text) + used" : "sizeof(event)");
	row(f, "\t__sync_fetch_and_add(&lost.events, 1);");
}

/* ---- statements ---- */

/* How many assignments to maps of results stand from here on: several statistics of one key. */
static size_t results_from(struct node *const *list, size_t count)
{
	size_t run = 0;

	while (run < count && list[run]->kind == NODE_ASSIGN && list[run]->at[0]->kind == NODE_MAP && !is_start(list[run]->at[0]))
		run++;
	return run;
}

static void assign(struct function *f, const struct node *node, const struct node **first)
{
	const struct node *to = node->at[0];

	if (to->kind == NODE_VARIABLE) {
		struct value v = value_of(f, node->at[1]);

		/* The task is a local already; what was read through a pointer gets its name. */
		if (strcmp(to->text, "value") == 0) {
			amount_keep(f, v);
		} else if (strcmp(to->text, "task") != 0) {
			row(f, "struct %s *%s = %s;", to->text, to->text, v.code);
		}
	} else if (is_start(to)) {
		if (!*first) {
			*first = to;
			id_make(f, to);
			row(f, "struct started started = { .time = bpf_ktime_get_ns() };");
		}
		if (to->text[5])
			keep(f, to->text + 6, node->at[1]);
	}
}

static void statements(struct function *f, struct node *const *list, size_t count)
{
	const struct node *first = NULL;
	bool ends = false;

	for (size_t i = 0; i < count && !f->failed; i++) {
		const struct node *node = list[i];
		bool deletes = node->kind == NODE_CALL && strcmp(node->text, "delete") == 0;

		if (!deletes && !(node->kind == NODE_ASSIGN && is_start(node->at[0])))
			start_find(f, node);
		size_t results = results_from(&list[i], count - i);

		if (results) {
			results_store(f, &list[i], results);
			i += results - 1;
		} else if (node->kind == NODE_ASSIGN) {
			assign(f, node, &first);
		} else if (node->kind == NODE_IF) {
			/* What follows is only the removal of the start. */
			if (i + 1 < count)
				f->goes = true;
			only_if(f, node->at[0]);
			statements(f, node->list.at, node->list.len);
		} else if (deletes) {
			ends = true;
		} else if (node->kind == NODE_CALL && strcmp(node->text, "print") == 0) {
			f->l->measure = "print";
			event_store(f, node);
		} else {
			cannot(f, "'%s' has no counterpart in a libbpf program", node->text ? node->text : "a statement");
		}
	}
	if (first) {
		row(f, "if (bpf_map_update_elem(&starts, &id, &started, BPF_ANY))");
		row(f, "\t__sync_fetch_and_add(&lost.starts, 1);");
	}
	if (ends && f->found) {
		/* A label wants a statement: the removal is one. */
		if (f->goes)
			build_put(f->out, "done:\n");
		row(f, "bpf_map_delete_elem(&starts, &id);");
	}
}

/* ---- one probe ---- */

static bool probe_open(struct function *f)
{
	struct libbpf *l = f->l;
	struct text rest = text_of(f->probe), kind, system;

	text_next(&rest, ':', &kind);
	if (text_is(kind, "tracepoint")) {
		AUTO_FREE char *name = NULL;
		AUTO_FREE char *of = NULL;

		text_next(&rest, ':', &system);
		of = text_copy(system);
		name = text_copy(rest);
		f->fields = kernel_tracepoint(l->kernel, of, name);
		if (!f->fields)
			return false;
		f->context = arena_fmt(l->arena, "struct %s", types_record(&l->types, f->fields));
	} else if (text_is(kind, "profile") || text_is(kind, "software") || text_is(kind, "hardware")) {
		f->context = "struct bpf_perf_event_data";
		l->uses.perf_event = true;
		l->uses.sample |= text_is(kind, "profile");
	} else if (text_is(kind, "uprobe") || text_is(kind, "uretprobe") || text_is(kind, "usdt") || text_is(kind, "kprobe") ||
		   text_is(kind, "kretprobe")) {
		f->context = "struct pt_regs";
		l->uses.regs = true;
		l->uses.usdt |= text_is(kind, "usdt");
	} else {
		cannot(f, "%s is of a kind that is not written as a libbpf program", f->probe);
		return false;
	}
	return true;
}

static void body_write(struct function *f, const struct block *block)
{
	struct libbpf *l = f->l;
	const struct way *way = l->program->way;

	/* What this program does itself is left out, where the process that runs is the one that causes it. */
	if (way->context == CONTEXT_PROCESS && way->kind != WAY_SAMPLE && !(block->filter && start_in(block->filter))) {
		l->uses.self = true;
		row(f, "if (%s == settings.self)", current(f, "pid"));
		row(f, "\treturn 0;");
	}
	if (block->filter)
		only_if(f, block->filter);
	statements(f, block->body.at, block->body.len);
	row(f, "return 0;");
}

int block_write(struct libbpf *l, const struct block *block)
{
	group_list groups = { 0 };
	bool failed = false, starts = block->body.len && block->body.at[0]->kind == NODE_ASSIGN && is_start(block->body.at[0]->at[0]);

	vec_each(probe, &block->probes) {
		AUTO_BUILD body = { 0 };
		struct function f = { .l = l, .probe = *probe, .out = &body, .depth = 1 };

		build_put(&body, "");
		if (strncmp(*probe, "interval:", 9) == 0 || strcmp(*probe, "END") == 0)
			continue; /* the user's half does that */
		if (strcmp(*probe, "BEGIN") == 0)
			cannot(&f, "a command to watch is not part of a libbpf program: give its process to the question with --pid or --comm");
		else if (probe_open(&f))
			body_write(&f, block);
		failed |= f.failed;
		if (!f.failed && l->final)
			group_add(&f, arena_text(l->arena, build_text(&body)), &groups);
		l->texts = f.texts > l->texts ? f.texts : l->texts;
		vec_done(&f.locals);
		vec_done(&f.parameters);
		if (failed)
			break;
	}
	vec_each(group, &groups) {
		group_write(l, group, starts);
		vec_done(&group->probes);
		vec_done(&group->parameters);
	}
	vec_done(&groups);
	return failed ? -EOPNOTSUPP : 0;
}
