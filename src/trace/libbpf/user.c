/* What the header and the user's half of a libbpf program are filled with. */
#include <string.h>
#include "trace/libbpf/parts.h"

/* Text as the inside of a C string, and of printf(). */
static const char *escaped(struct arena *arena, const char *text, bool format)
{
	AUTO_BUILD quoted = { 0 };
	AUTO_BUILD out = { 0 };
	struct text inner;

	literal_write(text, &quoted);
	inner = text_until(text_from(build_text(&quoted), 1), quoted.len - 2);
	for (size_t i = 0; i < inner.len; i++) {
		build_char(&out, inner.at[i]);
		if (format && inner.at[i] == '%')
			build_char(&out, '%');
	}
	return arena_text(arena, build_text(&out));
}

static void tables_slots(struct libbpf *l, struct form *form)
{
	AUTO_BUILD tables = { 0 };
	AUTO_BUILD names = { 0 };
	AUTO_BUILD constants = { 0 };
	bool flags = false, enums = false;

	build_put(&tables, "");
	vec_each(cell, &l->cells) {
		struct text rest = text_of(cell->column->symbols), pair, value;
		bool is_flags = rest.len && rest.at[0] == '|';

		if (cell->kind != CELL_NUMBER || !rest.len || (strcmp(cell->column->type, "enum") != 0 && strcmp(cell->column->type, "flags") != 0))
			continue;
		*(is_flags ? &flags : &enums) = true;
		build_fmt(&tables, "\nstatic const struct name %s_names[] = {\n", cell->name);
		for (rest = text_from(rest, is_flags); text_next(&rest, ',', &pair);) {
			long long number;

			if (!text_next(&pair, '=', &value) || !text_number(value, &number))
				continue;
			build_fmt(&tables, "\t{ %lld, ", number);
			literal_write(arena_text(l->arena, pair), &tables);
			build_put(&tables, " },\n");
		}
		build_put(&tables, "\t{ 0 },\n};\n");
	}
	for (unsigned i = 0; i < l->names.len; i++) {
		build_fmt(&constants, "\t%s,\n", name_constant(l, i));
		build_put(&names, "\t");
		literal_write(l->names.at[i], &names);
		build_put(&names, ",\n");
	}
	form_text(form, "tables", &tables);
	form_text(form, "names", &names);
	form_text(form, "name_constants", &constants);
	form_flag(form, "symbols", flags || enums);
	form_flag(form, "flags", flags);
	form_flag(form, "enum", enums);
}

/* "software:page-faults:1", "profile:hz:99" */
static void samplers_slot(struct libbpf *l, struct form *form)
{
	static const struct {
		const char *name, *config;
	} events[] = {
		{ "page-faults", "SW_PAGE_FAULTS" }, { "faults", "SW_PAGE_FAULTS" }, { "minor-faults", "SW_PAGE_FAULTS_MIN" },
		{ "major-faults", "SW_PAGE_FAULTS_MAJ" }, { "context-switches", "SW_CONTEXT_SWITCHES" }, { "cs", "SW_CONTEXT_SWITCHES" },
		{ "cpu-migrations", "SW_CPU_MIGRATIONS" }, { "alignment-faults", "SW_ALIGNMENT_FAULTS" },
		{ "emulation-faults", "SW_EMULATION_FAULTS" }, { "cpu-clock", "SW_CPU_CLOCK" }, { "cpu", "SW_CPU_CLOCK" },
		{ "task-clock", "SW_TASK_CLOCK" }, { "dummy", "SW_DUMMY" }, { "cache-misses", "HW_CACHE_MISSES" },
		{ "cache-references", "HW_CACHE_REFERENCES" }, { "cpu-cycles", "HW_CPU_CYCLES" }, { "cycles", "HW_CPU_CYCLES" },
		{ "instructions", "HW_INSTRUCTIONS" }, { "branch-misses", "HW_BRANCH_MISSES" }, { "branches", "HW_BRANCH_INSTRUCTIONS" },
		{ "branch-instructions", "HW_BRANCH_INSTRUCTIONS" }, { "bus-cycles", "HW_BUS_CYCLES" }, { "ref-cycles", "HW_REF_CPU_CYCLES" },
		{ "frontend-stalls", "HW_STALLED_CYCLES_FRONTEND" }, { "backend-stalls", "HW_STALLED_CYCLES_BACKEND" },
	};
	AUTO_BUILD out = { 0 };

	vec_each(attached, &l->attached) {
		struct text rest = text_of(attached->probe), kind, name;
		bool profile;

		text_next(&rest, ':', &kind);
		text_next(&rest, ':', &name);
		profile = text_is(kind, "profile");
		if (profile)
			build_fmt(&out, "\t{ \"%s\", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK, %.*s, true },\n", attached->function, TEXT_ARG(rest));
		for (size_t i = 0; !profile && i < COUNT(events); i++)
			if (text_is(name, events[i].name) && (events[i].config[0] == 'S') == text_is(kind, "software"))
				build_fmt(&out, "\t{ \"%s\", PERF_TYPE_%sWARE, PERF_COUNT_%s, %.*s, false },\n", attached->function,
					  text_is(kind, "software") ? "SOFT" : "HARD", events[i].config, rest.len ? (int)rest.len : 7,
					  rest.len ? rest.at : "1000000");
	}
	form_text(form, "samplers", &out);
}

static void defaults_slot(struct libbpf *l, struct form *form, bool events)
{
	const struct plan *plan = l->plan;
	AUTO_BUILD out = { 0 };

	build_put(&out, "");
	if (plan->seconds > 0)
		build_fmt(&out, ".seconds = %g", plan->seconds);
	if (plan->interval > 0 && !events)
		build_fmt(&out, "%s.interval = %g", out.len ? ", " : "", plan->interval);
	if (plan->top > 0 && !events)
		build_fmt(&out, "%s.rows = %ld", out.len ? ", " : "", plan->top);
	if (plan->events > 0 && events)
		build_fmt(&out, "%s.count = %ld", out.len ? ", " : "", plan->events);
	form_set(form, "defaults", out.len ? arena_text(l->arena, build_text(&out)) : "0");
	form_set(form, "seconds_default", plan->seconds > 0 ? arena_fmt(l->arena, " (default: %g)", plan->seconds) : " (default: until Ctrl-C)");
	form_set(form, "interval_default", plan->interval > 0 ? arena_fmt(l->arena, " (default: %g)", plan->interval) : "");
	form_set(form, "rows_default", plan->top > 0 ? arena_fmt(l->arena, " (default: %ld)", plan->top) : " (default: all)");
	form_set(form, "options", events ? "t:c:vh" : "t:i:n:vh");
}

void user_slots(struct libbpf *l, struct form *form)
{
	bool events = strcmp(l->measure, "print") == 0, ksym = cells_type(l, "ksym"), stacks = l->uses.stacks;
	bool text = cells_have(l, CELL_TEXT) || cells_have(l, CELL_ARGV) || l->texts, number = false;
	static const char *const named[] = { "errno", "uid", "dev", "cgroup", "syscall", "enum", "ksym" };
	bool says = stacks;
	unsigned texts = 0;
	AUTO_BUILD cells = { 0 };
	AUTO_BUILD cgroups = { 0 };

	build_put(&cells, "");
	cells_declare(l, &cells);
	form_text(form, "cells", &cells);
	cells_say(l, form);
	result_slots(l, form);
	tables_slots(l, form);
	samplers_slot(l, form);
	defaults_slot(l, form, events);
	vec_each(cell, &l->cells)
		texts += cell->kind == CELL_TEXT || cell->kind == CELL_ARGV;
	vec_each(cell, &l->cells) {
		const char *type = cell->column->type;

		says |= cell->kind != CELL_NUMBER && cell->kind != CELL_ARGV;
		for (size_t i = 0; i < COUNT(named); i++)
			says |= strcmp(type, named[i]) == 0;
	}
	vec_each(slot, &form->slots)
		number |= slot->value && strstr(slot->value, "say_number(");
	form_set(form, "text_member", texts && events ? arena_fmt(l->arena, "\tchar text[%u * TEXT_MOST]; /* one after the other, each with its end */\n", texts) : "");
	build_put(&cgroups, "");
	vec_each(path, &l->cgroups) {
		build_put(&cgroups, path == l->cgroups.at ? "" : ", ");
		literal_write(*path, &cgroups);
	}
	form_text(form, "cgroups", &cgroups);
	if (!l->cgroups.len)
		form->slots.at[form->slots.len - 1].value = NULL;
	form_set(form, "cgroup_count", arena_fmt(l->arena, "%zu", l->cgroups.len));
	form_set(form, "text_most", arena_fmt(l->arena, "%u", text_most(l)));
	form_set(form, "links", l->uses.perf_event ? "1024" : arena_fmt(l->arena, "%zu", l->attached.len));
	form_set(form, "question_string", escaped(l->arena, form->slots.at[0].value, true));
	form_set(form, "shows_string", escaped(l->arena, form->slots.at[1].value, true));
	form_flag(form, "text", text);
	form_flag(form, "number", number);
	form_flag(form, "say", says);
	form_flag(form, "hex", cells_type(l, "hex") || cells_type(l, "usym"));
	form_flag(form, "errno", cells_type(l, "errno"));
	form_flag(form, "signal", cells_type(l, "signal"));
	form_flag(form, "uid", cells_type(l, "uid"));
	form_flag(form, "dev", cells_type(l, "dev"));
	form_flag(form, "state", cells_type(l, "state"));
	form_flag(form, "cgroup", cells_type(l, "cgroup"));
	form_flag(form, "syscalls", cells_type(l, "syscall"));
	form_flag(form, "address", cells_have(l, CELL_IP4) || cells_have(l, CELL_IP6));
	form_flag(form, "argv", cells_have(l, CELL_ARGV));
	form_flag(form, "stacks_or_symbols", stacks || ksym);
	form_flag(form, "user_symbols", l->uses.ustack);
	form_flag(form, "only_kernel", !l->uses.ustack);
	form_set(form, "packages", l->uses.ustack || stacks || ksym ? ", libdw-dev" : "");
	form_set(form, "libraries", l->uses.ustack ? " -ldw" : "");
	form_set(form, "inputs", cells_type(l, "syscall") ? " syscalls.inc" : "");
}
