/* Writing the bpftrace program of a plan. */
#include <ctype.h>
#include <string.h>
#include "trace/write/writer.h"

#define STRINGS_LONG  200u /* the most that 0.17 takes */
#define STRINGS_SHORT 32u
#define STRINGS_KEPT  64u /* in a map from start to event */
/* What a printed tuple or a map key may take of the 512 bytes of BPF stack (found by trying 0.17: a tuple
 * is built and then copied, a key is built once). */
#define STACK_TUPLE 224u
#define STACK_KEY   352u

void program_done(struct program *program)
{
	build_done(&program->text);
	vec_done(&program->columns);
	vec_done(&program->probes);
	vec_done(&program->beside);
}

static void scratch_maps(struct writer *w)
{
	const char *names[1 + 32];
	size_t count = 0;

	if (w->paired)
		names[count++] = start_map(&w->spot);
	vec_each(memory, &w->memories)
		if (count < COUNT(names))
			names[count++] = memory->map;
	for (size_t i = 0; i < count; i++) {
		bool seen = false;

		vec_each(map, &w->maps)
			seen = seen || strcmp(*map, names[i]) == 0;
		if (!seen)
			vec_push(&w->maps, names[i]);
	}
}

/* "failed execs" are none of those that succeeded. */
static bool contradicted(const struct writer *w)
{
	static const char *const succeeded[] = { "{ret} == 0", "{ret} >= 0", "{ret} > 0" };
	bool failed = false;

	vec_each(condition, &w->plan->where)
		failed |= strcmp(condition->role, "error") == 0 && ((condition->compare == COMPARE_NOT && condition->number == 0) ||
								     (condition->compare == COMPARE_EQUAL && (condition->number != 0 || condition->text)));
	for (size_t i = 0; failed && i < COUNT(succeeded); i++)
		if (strcmp(w->spot.way->where, succeeded[i]) == 0) {
			build_fmt(w->why, "%s is watched for what succeeds only", w->spot.event);
			return true;
		}
	return false;
}

/* The way's own condition, at the site that has its fields. Of several probes, one without the fields is
 * not restricted by it ("unlink" has no flags, "unlinkat" has). */
static int where_write(struct writer *w)
{
	const struct way *way = w->spot.way;
	const char *where = bind_text(&w->spot, SITE_EVENT, way->where, &w->task);

	if (where && way->kind == WAY_SPAN) {
		/* An end that is none must not take the start away. */
		w->gate = bind_filter(&w->spot, SITE_EVENT, way->where);
		return 0;
	}
	if (where) {
		late_condition(w, where);
		return 0;
	}
	where = w->spot.start ? bind_filter(&w->spot, SITE_START, way->where) : NULL;
	if (where) {
		build_fmt(&w->early, "%s(%s)", w->early.len ? " && " : "", where);
		w->paired = true;
		return 0;
	}
	if (way->probes.len > 1)
		return 0;
	build_fmt(w->why, "%s lacks a field that '%s' needs", w->spot.event, way->where);
	return -EOPNOTSUPP;
}

/* Writes the block or the two blocks of the spot. `first`: columns are recorded. */
static int spot_write(struct writer *w, piece_list *starts, piece_list *events, bool first)
{
	const struct way *way = w->spot.way;
	const name_list *roles = w->plan->measure == MEASURE_EVENTS ? &w->plan->show : &w->plan->by;
	int code;

	vec_done(&w->memories);
	build_clear(&w->early);
	build_clear(&w->late);
	build_clear(&w->setup);
	build_clear(&w->start_if);
	build_clear(&w->start_setup);
	w->start_file = NULL;
	w->paired = way->kind == WAY_SPAN && way->start_where;
	w->task = w->file = false;
	w->value = w->file_raw = w->gate = NULL;
	if (w->options->self[0] && way->context == CONTEXT_PROCESS && way->kind != WAY_SAMPLE)
		build_fmt(&w->early, "pid != %d && pid != %d", w->options->self[0], w->options->self[1]);
	if (way->kind == WAY_SPAN && way->start_where) {
		const char *where = bind_filter(&w->spot, SITE_START, way->start_where);

		/* Of several starts, one without the fields is not restricted by it. */
		if (!where && way->starts.len < 2)
			return -EOPNOTSUPP;
		if (where)
			build_fmt(&w->early, "%s(%s)", w->early.len ? " && " : "", where);
	}
	if (way->where && (contradicted(w) || where_write(w) < 0))
		return -EOPNOTSUPP;
	code = way->untils.len ? kept_measured(w) : 0;
	if (!code)
		code = conditions_write(w);
	if (!code)
		code = columns_write(w, roles, first);
	if (!code)
		code = value_write(w);
	if (code < 0)
		return code;
	if (w->paired && w->spot.start && w->emit_start)
		start_block(w, starts);
	w->compares |= strstr(w->late.at, "str(") != NULL;
	if (w->emit_event)
		event_block(w, events);
	scratch_maps(w);
	return 0;
}

static void syscall_spot(struct writer *w, const char *name)
{
	struct arena *arena = w->plan->arena;

	w->spot.syscall = name;
	w->spot.start = arena_fmt(arena, "tracepoint:syscalls:sys_enter_%s", name);
	w->spot.event = arena_fmt(arena, "tracepoint:syscalls:sys_exit_%s", name);
	w->spot.start_fields = probe_fields(w->spot.kernel, w->spot.start);
	w->spot.event_fields = probe_fields(w->spot.kernel, w->spot.event);
	w->spot.id = w->spot.start_id = "tid";
}

/* Whether the role can be told at the entry, without waiting for the exit. */
static bool known_at_entry(struct writer *w, const char *role)
{
	static const char *const anywhere[] = { "stack", "ustack", "probe" };
	struct bound b;

	if (!bind_role(&w->spot, role, &b, NULL) || b.cond)
		return false;
	/* What lies in a page that the program has not touched before cannot be read at the entry; the call itself brings it in.
	 * Only exec leaves the memory behind that held it. */
	if (b.site == SITE_START && b.wrap && strcmp(b.type, "path") == 0 && w->spot.syscall && strncmp(w->spot.syscall, "execve", 6) != 0)
		return false;
	for (size_t i = 0; i < COUNT(anywhere); i++)
		if (strcmp(role, anywhere[i]) == 0)
			return true;
	return b.site == SITE_START || b.universal;
}

/* When nothing of the exit is used, the entry alone is attached: one probe instead of two. */
static bool entry_suffices(struct writer *w)
{
	const struct plan *plan = w->plan;

	if (w->spot.way->untils.len || (w->spot.way->where && strstr(w->spot.way->where, "ret")))
		return false;
	if (plan->value && !known_at_entry(w, plan->value))
		return false;
	vec_each(condition, &plan->where)
		if (!known_at_entry(w, condition->role))
			return false;
	vec_each(name, plan->measure == MEASURE_EVENTS ? &plan->show : &plan->by)
		if (!known_at_entry(w, *name))
			return false;
	return true;
}

static int pair_spot(struct writer *w, const struct way *way, const char *start, const char *end)
{
	w->spot.start = start;
	w->spot.event = end;
	w->spot.start_fields = probe_fields(w->spot.kernel, start);
	w->spot.event_fields = probe_fields(w->spot.kernel, end);
	if (way->kind == WAY_CALL) {
		w->spot.id = w->spot.start_id = "tid";
		return 0;
	}
	w->spot.start_id = identity(w, SITE_START, way->start_id);
	w->spot.id = identity(w, SITE_EVENT, way->end_id);
	if (!w->spot.id || !w->spot.start_id) {
		build_fmt(w->why, "%s or %s lacks a field that pairs them", start, end);
		return -EOPNOTSUPP;
	}
	return 0;
}

/* Every start pairs with every end, so starts and ends are written separately and merged. `first`: of the parts of
 * a union. */
static int part_write(struct writer *w, const struct way *way, piece_list *starts, piece_list *events, piece_list *untils, bool first)
{
	size_t written = 0, said = 0;
	int code = 0;

	w->spot.way = way;

	for (size_t i = 0; i < way->probes.len || (way->kind == WAY_SAMPLE && i == 0); i++) {
		const char *name = way->kind == WAY_SAMPLE ? NULL : way->probes.at[i];

		/* The first reason tells why; those of the other probes say it again. */
		if (said)
			build_cut(w->why, said);
		w->emit_start = w->emit_event = true;
		w->spot.start = NULL;
		w->spot.start_fields = NULL;
		/* Of old and new names of one thing the kernel has some. */
		if (name && !probe_possible(w->spot.kernel, way->kind, name, w->plan->arena, w->why)) {
			said = said ? said : w->why->len;
			continue;
		}
		if (way->kind == WAY_SYSCALL && !call_wanted(w->plan, name))
			continue;
		if (way->kind == WAY_SYSCALL) {
			syscall_spot(w, name);
			if (entry_suffices(w)) {
				w->spot.event = w->spot.start;
				w->spot.event_fields = w->spot.start_fields;
				w->spot.start = NULL;
				w->spot.start_fields = NULL;
			}
		} else if (way->kind == WAY_CALL) {
			code = pair_spot(w, way, probe_of_call(w->plan->arena, name, false),
					 probe_of_call(w->plan->arena, name, true));
			if (!code && entry_suffices(w)) {
				w->spot.event = w->spot.start;
				w->spot.start = NULL;
			}
		} else if (way->kind == WAY_SAMPLE) {
			long hz = w->plan->hz ? w->plan->hz : way->hz;

			w->spot.event = arena_fmt(w->plan->arena, "profile:hz:%s",
						  arena_fmt(w->plan->arena, "%ld", hz));
			w->spot.event_fields = NULL;
		} else if (way->kind == WAY_SPAN) {
			/* Any start pairs with any end: each is written once. */
			bool event_written = false;

			for (size_t start = 0; start < way->starts.len && !(i > 0 && event_written); start++) {
				if (!probe_possible(w->spot.kernel, way->kind, way->starts.at[start], w->plan->arena, w->why))
					continue;
				code = pair_spot(w, way, way->starts.at[start], name);
				w->emit_start = i == 0;
				w->emit_event = !event_written;
				event_written = true;
				if (!code)
					code = spot_write(w, starts, events, first && written == 0);
				if (code < 0)
					return code;
				written++;
			}
			continue;
		} else {
			w->spot.event = probe_spell(w->plan->arena, name);
			w->spot.event_fields = probe_fields(w->spot.kernel, name);
		}
		if (!code)
			code = spot_write(w, starts, events, first && written == 0);
		if (code < 0) {
			/* Of several probes one may lack what is asked for: the others show it. */
			if (first && written == 0)
				w->program->columns.len = 0;
			code = 0;
			said = said ? said : w->why->len;
			continue;
		}
		written++;
	}
	if (said && written == 0)
		build_cut(w->why, said);
	if (written == 0 || (way->untils.len && untils_write(w, untils) < 0))
		return -EOPNOTSUPP;
	build_clear(w->why);
	return 0;
}

/* Each part of a union has to show what is asked: less would be another measurement. */
static int way_write(struct writer *w, const struct way *way, piece_list *starts, piece_list *events, piece_list *untils)
{
	bool calls = true;

	if (way->kind != WAY_UNION)
		return part_write(w, way, starts, events, untils, true);
	vec_each(part, &way->parts) {
		int code;

		/* What is remembered by thread for one would be taken for the other's; of system calls a thread is in one. */
		calls = calls && part->kind == WAY_SYSCALL;
		w->spot.part = calls ? 0 : (unsigned)(part - way->parts.at);
		code = part_write(w, part, starts, events, untils, part == way->parts.at);
		if (code < 0)
			return code;
	}
	return 0;
}

/* "@opens" for the unit "opens"; what a person reads in the program's own output. */
static const char *map_name(const struct plan *plan)
{
	const char *from = plan->value ? plan->value : plan->subject->unit;
	AUTO_BUILD name = { 0 };

	build_char(&name, '@');
	for (; from && *from && name.len < 24; from++)
		build_char(&name, isalnum((unsigned char)*from) ? *from : '_');
	if (strcmp(name.at, "@start") == 0 || strcmp(name.at, "@tree") == 0)
		build_char(&name, 's');
	return arena_text(plan->arena, build_text(&name));
}

static void beside_write(const struct plan *plan, struct program *program)
{
	static const enum measure order[] = { MEASURE_COUNT, MEASURE_AVG, MEASURE_MIN, MEASURE_MAX };

	program->beside_scale = 1;
	for (size_t i = 0; program->map && i < COUNT(order); i++)
		if (plan_also(plan, order[i]))
			vec_push(&program->beside, (struct beside){ arena_fmt(plan->arena, "%s_%s", program->map, measure_name(order[i])),
								    order[i] });
}

/* Only returns of system calls are seen. */
static bool returns_only(const piece_list *starts, const piece_list *events)
{
	vec_each(piece, events)
		vec_each(probe, &piece->probes)
			if (strstr(*probe, "syscalls:sys_exit"))
				return starts->len == 0;
	return false;
}

static void tree_write(struct writer *w, bool returns, struct build *out)
{
	/* Kept programs are run with bpftrace -c, which knows its command as cpid. */
	const char *root = w->options->tree ? arena_fmt(w->plan->arena, "%d", w->options->tree) : "cpid";

	/* Both tracepoints speak of threads; of each, as any may start a process. Versions differ in how wide
	 * these numbers are, and a map's keys must be of one type. */
	if (returns) /* the read that holds the command returns after BEGIN, and is none of its own */
		build_fmt(out, "tracepoint:syscalls:sys_enter_execve\n/pid == %s/\n{\n\t@tree[(int64)pid] = 1;\n}\n\n", root);
	else
		build_fmt(out, "BEGIN\n{\n\t@tree[(int64)%s] = 1;\n}\n\n", root);
	build_put(out, "tracepoint:sched:sched_process_fork\n"
		  "/@tree[(int64)args->parent_pid]/\n{\n\t@tree[(int64)args->child_pid] = 1;\n}\n\n"
		  "tracepoint:sched:sched_process_free\n/@tree[(int64)args->pid]/\n{\n\tdelete(@tree[(int64)args->pid]);\n}\n");
	vec_push(&w->maps, "@tree");
}

static void print_write(const char *map, bool clear, struct build *out)
{
	build_fmt(out, "\tprint(%s);\n", map);
	if (clear)
		build_fmt(out, "\tclear(%s);\n", map);
}

static void tail_write(struct writer *w, struct build *out)
{
	const struct plan *plan = w->plan;
	double every = plan->interval > 0 ? plan->interval : w->options->live;
	bool clears = plan->interval > 0 && !w->program->kept;

	if (every > 0 && w->program->map) {
		build_fmt(out, "\ninterval:ms:%.0f\n{\n", every * 1000);
		print_write(w->program->map, clears, out);
		vec_each(beside, &w->program->beside)
			print_write(beside->map, clears, out);
		build_fmt(out, "%s}\n", w->options->person ? "" : "\tprint(\"tick\");\n");
	}
	if (w->maps.len == 0)
		return;
	build_put(out, "\nEND\n{\n");
	vec_each(map, &w->maps)
		build_fmt(out, "\tclear(%s);\n", *map);
	build_put(out, "}\n");
}

/* The longest strings that fit on the BPF stack with the other columns. */
static unsigned strings_fit(const struct program *program, const struct dialect *dialect, bool compared)
{
	unsigned fixed = 8 /* the time, or what the key is made of */, halves = compared ? 2 : 0, room;
	bool remembered = false;

	if (dialect->long_strings)
		return STRINGS_LONG;
	vec_each(column, &program->columns) {
		remembered |= column->remembered;
		halves += column->remembered ? 3 : column->copied ? 2 : 0;
		fixed += column->copied ? 0 : column->text ? 16 : 8;
	}
	if (halves == 0)
		return 64;
	room = program->map ? STACK_KEY : STACK_TUPLE;
	room = room > fixed ? (room - fixed) * 2 / halves / 8 * 8 : 0;
	if (remembered && room > STRINGS_KEPT)
		room = STRINGS_KEPT;
	return room < STRINGS_SHORT ? STRINGS_SHORT : room > STRINGS_LONG ? STRINGS_LONG : room;
}

void program_strings_set(struct program *program, unsigned strings)
{
	program->strings = strings;
	/* The NUL is one of these bytes. */
	vec_each(column, &program->columns)
		column->most = column->copied && strings ? strings - 1 : 0;
}

int program_write(const struct plan *plan, const struct way *way, const struct vocabulary *vocabulary,
		  struct kernel *kernel, const struct program_options *options, struct program *program,
		  struct build *why)
{
	struct writer w = { .plan = plan, .options = options, .program = program, .why = why };
	piece_list starts = { 0 }, events = { 0 }, untils = { 0 };
	AUTO_BUILD text = { 0 };
	int code;

	*program = (struct program){ .way = way, .measure = plan->measure, .note = way->note };
	w.spot = (struct spot){ .vocabulary = vocabulary, .kernel = kernel, .arena = plan->arena, .way = way };
	build_put(&w.late, "");
	build_put(&w.early, "");
	build_put(&w.setup, "");
	if (plan->measure != MEASURE_EVENTS)
		program->map = map_name(plan);
	beside_write(plan, program);
	code = way_write(&w, way, &starts, &events, &untils);
	if (!code) {
		bool tree = false;

		vec_each(condition, &plan->where)
			tree |= condition->compare == COMPARE_TREE;
		if (tree)
			tree_write(&w, returns_only(&starts, &events), &text);
		/* Probes come and go one after the other: the first and the last to be there see what is given back. */
		if (options->person && untils.len)
			build_put(&text, "// Probes come and go one by one: what is given back is watched first and last, so that nothing is missed.");
		pieces_write(&untils, &text);
		pieces_write(&starts, &text);
		pieces_write(&events, &text);
		pieces_write(&untils, &text);
		tail_write(&w, &text);
		dialect_rewrite(options->dialect, build_text(&text), &program->text);
		program_strings_set(program, strings_fit(program, options->dialect, w.compares));
	}
	pieces_done(&starts);
	pieces_done(&events);
	pieces_done(&untils);
	build_done(&w.early);
	build_done(&w.late);
	build_done(&w.setup);
	build_done(&w.start_if);
	build_done(&w.start_setup);
	vec_done(&w.memories);
	vec_done(&w.maps);
	return code;
}
