/* Writing a program: the values that it measures, groups by and prints. */
#include <math.h>
#include <string.h>
#include "trace/write/writer.h"

#define BUCKETS_MOST 1000 /* of lhist() */
#define BUCKET_MOST  2147483647.0

static void remember(struct writer *w, const char *map, const char *raw, bool task, bool file)
{
	vec_each(memory, &w->memories)
		if (strcmp(memory->map, map) == 0)
			return;
	vec_push(&w->memories, (struct memory){ map, raw, task, file });
}

/* A bound role as an expression at the event; what is taken at the start is remembered. */
const char *value_at_event(struct writer *w, const char *role, const struct bound *b, bool wrapped)
{
	const char *raw = b->raw;

	if (b->site == SITE_START && w->spot.start) {
		const char *map = arena_fmt(w->plan->arena, "%s_%s", start_map(&w->spot), role);

		if (b->file)
			raw = arena_fmt(w->plan->arena, "%s\n$file->f_path.dentry->d_name.name", b->raw);
		remember(w, map, raw, b->task, b->file);
		raw = arena_fmt(w->plan->arena, "%s[%s]", map, w->spot.id);
		w->paired = true;
	} else if (b->file) {
		w->task = w->file = true;
		w->file_raw = b->raw;
		raw = "$file->f_path.dentry->d_name.name";
	} else {
		w->task |= b->task;
	}
	if (strstr(b->raw, arena_fmt(w->plan->arena, "%s[", start_map(&w->spot))))
		w->paired = true;
	return wrapped && b->wrap ? fmt(w, b->wrap, raw) : raw;
}

void bound_condition(struct writer *w, const char *role, const struct bound *b)
{
	const char *map;

	if (!b->cond || b->cond_site == SITE_EVENT || !w->spot.start) {
		late_condition(w, b->cond);
		return;
	}
	/* Only the start knows: it remembers the verdict. */
	map = arena_fmt(w->plan->arena, "%s_%s_if", start_map(&w->spot), role);
	remember(w, map, arena_fmt(w->plan->arena, "(%s) ? 1 : 0", b->cond), b->task, false);
	w->paired = true;
	late_condition(w, arena_fmt(w->plan->arena, "%s[%s]", map, w->spot.id));
}

void late_condition(struct writer *w, const char *condition)
{
	if (!condition || strstr(build_text(&w->late).at, condition))
		return;
	build_fmt(&w->late, "%s(%s)", w->late.len ? " && " : "", condition);
}

/* Numbers first, then short names, then free text, stacks last: joined keys stay readable. */
static int column_rank(const struct bound *b, const char *role)
{
	if (strcmp(b->type, "kstack") == 0 || strcmp(b->type, "ustack") == 0)
		return 3;
	if (!b->text)
		return 0;
	return strcmp(role, "process") == 0 || strcmp(b->type, "chars") == 0 ? 1 : 2;
}

static bool copies(const char *expr)
{
	return strstr(expr, "str(") || strstr(expr, "buf(");
}

/* Whether the expression reads a copy of text that was remembered. */
static bool copies_remembered(const struct writer *w, const char *expr)
{
	vec_each(memory, &w->memories)
		if (strstr(expr, memory->map) && copies(memory->raw))
			return true;
	return false;
}

int columns_write(struct writer *w, const name_list *roles, bool first)
{
	struct program *program = w->program;
	struct bound bounds[16];
	size_t count = 0;

	vec_each(name, roles) {
		if (count == COUNT(bounds))
			break;
		if (!bind_role(&w->spot, *name, &bounds[count], w->why))
			return -EOPNOTSUPP;
		count++;
	}
	w->columns[0] = NULL;
	for (size_t rank = 0, at = 0; rank < 4; rank++) {
		for (size_t i = 0; i < count; i++) {
			const char *role = roles->at[i];

			if (column_rank(&bounds[i], role) != (int)rank)
				continue;
			w->columns[at] = value_at_event(w, role, &bounds[i], true);
			/* An event is shown even when one of its values makes no sense: that is 0 then. */
			if (w->plan->measure != MEASURE_EVENTS)
				bound_condition(w, role, &bounds[i]);
			else if (bounds[i].cond && bounds[i].cond_site == SITE_EVENT && !bounds[i].text)
				w->columns[at] = arena_fmt(w->plan->arena, "%s ? %s : 0", bounds[i].cond, w->columns[at]);
			if (first)
				vec_push(&program->columns,
					 (struct column){ .role = role, .type = bounds[i].type, .unit = bounds[i].unit,
							  .symbols = bounds[i].symbols, .text = bounds[i].text,
							  .copied = copies(w->columns[at]) || copies_remembered(w, w->columns[at]),
							  .remembered = copies_remembered(w, w->columns[at]),
							  .shown = i });
			at++;
			w->columns[at < 15 ? at : 15] = NULL;
		}
	}
	return 0;
}

/* lhist() takes whole numbers, and 0.17 garbles those above 2^31 and takes none below zero. */
static int linear_write(struct writer *w, bool time)
{
	const struct linear *linear = &w->plan->linear;
	double parts[] = { linear->from, linear->to, linear->step };
	bool thousands = time;

	for (size_t i = 0; i < COUNT(parts); i++)
		thousands = thousands && fmod(parts[i], 1000) == 0;
	/* Steps below a microsecond are told in nanoseconds. */
	w->thousandths = time && (thousands || linear->to > BUCKET_MOST);
	for (size_t i = 0; i < COUNT(parts); i++) {
		parts[i] = round(w->thousandths ? parts[i] / 1000 : parts[i]);
		w->linear[i] = (long long)parts[i];
	}
	if (w->linear[2] < 1)
		w->linear[2] = 1;
	build_clear(w->why);
	if (linear->from < 0)
		build_put(w->why, "a linear histogram begins at 0 or above: what is below its first bucket is counted together");
	else if (linear->from >= linear->to)
		build_fmt(w->why, "a linear histogram from %.15g to %.15g has no range", linear->from, linear->to);
	else if (parts[1] > BUCKET_MOST)
		build_put(w->why, "a linear histogram ends at 2147483647: ask for one without bounds");
	else if ((w->linear[1] - w->linear[0]) / w->linear[2] > BUCKETS_MOST)
		build_fmt(w->why, "a linear histogram has at most %d buckets, and these would be %lld: ask for larger steps", BUCKETS_MOST,
			  (w->linear[1] - w->linear[0]) / w->linear[2]);
	else
		return 0;
	return -EOPNOTSUPP;
}

/* Time is shown in microseconds in histograms: 0.17 garbles JSON buckets above 2^31. */
int value_write(struct writer *w)
{
	struct program *program = w->program;
	struct bound b;

	program->unit = w->plan->subject->unit;
	w->thousandths = false;
	if (!w->plan->value)
		return 0;
	if (!bind_role(&w->spot, w->plan->value, &b, w->why))
		return -EOPNOTSUPP;
	if (b.text || strcmp(b.type, "enum") == 0 || strcmp(b.type, "dev") == 0) {
		build_fmt(w->why, "%s is a name here, not an amount that can be measured", w->plan->value);
		return -EOPNOTSUPP;
	}
	/* Of a function's result the sign is that of an int: -1 is no four thousand millions. */
	if (strcmp(b.raw, "retval") == 0)
		b.raw = "(int32)retval";
	w->value = value_at_event(w, w->plan->value, &b, !b.text);
	bound_condition(w, w->plan->value, &b);
	program->unit = b.unit ? b.unit : "";
	if (program->measure == MEASURE_HISTOGRAM) {
		w->thousandths = strcmp(b.type, "ns") == 0;
		if (w->plan->linear.step > 0 && linear_write(w, w->thousandths) < 0)
			return -EOPNOTSUPP;
	}
	if (w->thousandths) {
		program->unit = "us";
		program->beside_scale = 1000;
	}
	return 0;
}

static void keys_write(const struct writer *w, const char *map, struct build *out)
{
	build_put(out, map);
	for (size_t i = 0; w->columns[i]; i++)
		build_fmt(out, "%s%s", i ? ", " : "[", w->columns[i]);
	if (w->columns[0])
		build_char(out, ']');
}

/* Several statistics are of one value: read once, they agree. */
static void statistics_write(struct writer *w, const char *indent, struct build *out)
{
	static const char *const functions[] = { "count", "sum", "stats", "min", "max", "hist", "", "count" };
	const struct program *program = w->program;
	bool several = program->beside.len && w->value, linear = program->measure == MEASURE_HISTOGRAM && w->plan->linear.step > 0;
	const char *value = several ? "$value" : w->value ? w->value : "";

	if (several)
		build_fmt(out, "$value = %s;\n%s", w->value, indent);
	keys_write(w, program->map, out);
	build_fmt(out, " = %s(", linear ? "lhist" : functions[program->measure]);
	build_fmt(out, !w->thousandths ? "%s" : several ? "%s / 1000" : "(%s) / 1000", value);
	if (linear)
		build_fmt(out, ", %lld, %lld, %lld", w->linear[0], w->linear[1], w->linear[2]);
	build_put(out, ");");
	vec_each(beside, &program->beside) {
		build_fmt(out, "\n%s", indent);
		keys_write(w, beside->map, out);
		build_fmt(out, " = %s(%s);", functions[beside->measure], beside->measure == MEASURE_COUNT ? "" : value);
	}
}

void statement_write(struct writer *w, const char *indent, struct build *out)
{
	const struct program *program = w->program;

	if (w->spot.way->untils.len) {
		kept_write(w, indent, out);
		return;
	}
	build_put(out, indent);
	if (program->measure != MEASURE_EVENTS) {
		statistics_write(w, indent, out);
		return;
	}
	if (w->options->person) {
		build_put(out, "printf(\"%12u");
		vec_each(column, &program->columns)
			build_put(out, strcmp(column->type, "argv") == 0 ? "  %r" : column->text ? "  %-16s" : "  %8d");
		build_put(out, "\\n\", elapsed / 1000");
		for (size_t i = 0; w->columns[i]; i++)
			build_fmt(out, ", %s", w->columns[i]);
		build_put(out, ");");
		return;
	}
	build_put(out, "print((elapsed");
	for (size_t i = 0; w->columns[i]; i++)
		build_fmt(out, ", %s", w->columns[i]);
	build_put(out, "));");
}
