/* What a libbpf program keeps for each key, and how its user's half says it. */
#include <string.h>
#include "trace/libbpf/function.h"

static unsigned holds(const char *measure)
{
	static const struct {
		const char *measure;
		unsigned held;
	} all[] = { { "count", HELD_COUNT }, { "sum", HELD_TOTAL }, { "stats", HELD_COUNT | HELD_TOTAL }, { "min", HELD_MIN },
		    { "max", HELD_MAX },     { "hist", HELD_SLOTS }, { "lhist", HELD_SLOTS } };

	for (size_t i = 0; i < COUNT(all); i++)
		if (strcmp(all[i].measure, measure) == 0)
			return all[i].held;
	return 0;
}

/* ---- the kernel's half ---- */

void amount_keep(struct function *f, struct value v)
{
	v = settled(f, v);
	row(f, "__%c64 amount = %s;", v.is_signed ? 's' : 'u', number_of(f, v, false));
	f->amount = (struct value){ .kind = VALUE_NUMBER, .code = "amount", .size = 8, .is_signed = v.is_signed };
}

static void statistic_store(struct function *f, const struct node *call, struct value v)
{
	struct libbpf *l = f->l;
	unsigned held = holds(call->text);

	if (held & HELD_COUNT && !(strcmp(call->text, "count") == 0 && l->held & HELD_COUNT))
		row(f, "__sync_fetch_and_add(&value->count, 1);");
	if (held & HELD_TOTAL)
		row(f, "__sync_fetch_and_add(&value->total, %s);", number_of(f, v, false));
	if (held & (HELD_MIN | HELD_MAX))
		row(f, "keep_%s(&value->%s, %s);", call->text, call->text, number_of(f, v, false));
	if (held & HELD_SLOTS)
		row(f, "__sync_fetch_and_add(&value->slots[slot_of(%s)], 1);", number_of(f, v, false));
	for (size_t i = 0; strcmp(call->text, "lhist") == 0 && i < COUNT(l->linear) && i + 1 < call->list.len; i++) {
		const struct node *bound = call->list.at[i + 1];

		l->linear[i] = bound->kind == NODE_UNARY ? arena_fmt(l->arena, "%s%s", bound->text, bound->at[0]->text) : bound->text;
	}
	l->held |= held;
	l->value_signed |= v.is_signed;
}

void results_store(struct function *f, struct node *const *list, size_t count)
{
	struct libbpf *l = f->l;
	const struct node *map = list[0]->at[0];
	struct value values[5]; /* as many as there are measures of numbers */

	l->measure = list[0]->at[1]->text;
	l->held = 0;
	/* Values may want lines of their own, and those before all others. */
	for (size_t i = 0; i < count && i < COUNT(values); i++) {
		const struct node *call = list[i]->at[1];

		values[i] = call->list.len ? settled(f, value_of(f, call->list.at[0])) : (struct value){ .code = "1" };
	}
	row(f, "struct key key = {};");
	for (size_t i = 0; i < map->list.len && i < l->cells.len; i++)
		cell_store(f, &l->cells.at[i], map->list.at[i], "key");
	row(f, "struct value *value = slot(&key);");
	row(f, count > 1 || strcmp(l->measure, "stats") == 0 ? "if (value) {" : "if (value)");
	f->depth++;
	for (size_t i = 0; i < count && i < COUNT(values); i++)
		statistic_store(f, list[i]->at[1], values[i]);
	f->depth--;
	if (count > 1 || strcmp(l->measure, "stats") == 0)
		row(f, "}");
}

/* ---- the user's half ---- */

/* What a column shows; `scaled`: in the unit of a histogram of another scale. */
struct said {
	const char *head, *format, *value;
	bool scaled;
};

static size_t columns_said(const struct libbpf *l, struct said said[5])
{
	size_t count = 0;
	bool average = l->held & HELD_COUNT && l->held & HELD_TOTAL && strcmp(l->measure, "sum") != 0;

	if (l->held & HELD_COUNT)
		said[count++] = (struct said){ "count", "llu", "value->count", false };
	if (average)
		said[count++] = (struct said){ "average", "lld", "value->total / (long long)(value->count ? value->count : 1)", true };
	if (l->held & HELD_MIN)
		said[count++] = (struct said){ "least", "lld", "value->min", true };
	if (l->held & HELD_MAX)
		said[count++] = (struct said){ "most", "lld", "value->max", true };
	if (l->held & HELD_TOTAL)
		said[count++] = (struct said){ "total", "lld", "value->total", true };
	return count;
}

/* The numbers beside a histogram are of one more line under it. */
static const char *histogram_say(const struct libbpf *l, const struct said *said, size_t count, const char *unit)
{
	AUTO_BUILD out = { 0 };
	double scale = l->program->beside_scale > 0 ? l->program->beside_scale : 1;

	build_put(&out, "histogram_say(value->slots);");
	for (size_t i = 0; i < count; i++) {
		if (said[i].scaled && scale != 1)
			build_fmt(&out, "\n\tprintf(\"    %s: %%.3f %s\\n\", (%s) / %g);", said[i].head, unit, said[i].value, scale);
		else
			build_fmt(&out, "\n\tprintf(\"    %s: %%%s%s%s\\n\", %s);", said[i].head, said[i].format, said[i].scaled ? " " : "",
				  said[i].scaled ? unit : "", said[i].value);
	}
	return arena_text(l->arena, build_text(&out));
}

static void plain_slots(struct libbpf *l, struct form *form, const struct said *said, size_t count, const char *unit)
{
	bool counts = strcmp(l->measure, "count") == 0, rate = l->plan->per_second && (counts || strcmp(l->measure, "sum") == 0);
	const char *weight = counts ? "count" : strcmp(l->measure, "sum") == 0 ? "total" :
			     strcmp(l->measure, "stats") == 0 ? "total / (value->count ? value->count : 1)" : l->measure;
	AUTO_BUILD head = { 0 };
	AUTO_BUILD formats = { 0 };
	AUTO_BUILD values = { 0 };

	build_put(&head, "");
	build_put(&formats, "");
	build_put(&values, "");
	for (size_t i = 0; i < count; i++) {
		build_fmt(&head, "%s%16s", i ? " " : "", said[i].head);
		build_fmt(&formats, "%s%%16%s", i ? " " : "", said[i].format);
		build_fmt(&values, ", %s", said[i].value);
	}
	form_set(form, "weight", weight);
	form_set(form, "value_head", arena_fmt(l->arena, "%s (%s%s%s)", head.at, unit, rate ? "/" : "", rate ? plan_rate_unit(l->plan, true) : ""));
	form_set(form, "value_say", rate ? arena_fmt(l->arena, "printf(\"%%16.2f\", value->%s * %.1f / seconds);\n\tputchar('\\n');", weight, plan_rate_span(l->plan)) :
					   arena_fmt(l->arena, "printf(\"%s\"%s);\n\tputchar('\\n');", formats.at, values.at));
}

/* What a key begins with: more than any value is the least, and less the most. */
static const char *nothing_of(const struct libbpf *l)
{
	bool min = l->held & HELD_MIN, max = l->held & HELD_MAX;

	if (!min && !max)
		return "";
	return arena_fmt(l->arena, " = { %s%s%s }", min ? ".min = 0x7fffffffffffffff" : "", min && max ? ", " : "",
			 max ? ".max = -0x7fffffffffffffff - 1" : "");
}

void result_slots(struct libbpf *l, struct form *form)
{
	static const struct {
		enum held held;
		const char *declared;
	} members[] = { { HELD_COUNT, "\t__u64 count;\n" }, { HELD_TOTAL, "\t__s64 total;\n" }, { HELD_MIN, "\t__s64 min;\n" },
			{ HELD_MAX, "\t__s64 max;\n" },	    { HELD_SLOTS, "\t__u64 slots[SLOTS];\n" } };
	bool histogram = l->held & HELD_SLOTS, linear = l->linear[2] != NULL;
	const char *unit = l->unit ? l->unit : "";
	AUTO_BUILD value = { 0 };
	struct said said[5];
	size_t count = columns_said(l, said);

	build_put(&value, "");
	for (size_t i = 0; i < COUNT(members); i++)
		build_put(&value, l->held & members[i].held ? members[i].declared : "");
	form_text(form, "value", &value);
	form_flag(form, "min", l->held & HELD_MIN);
	form_flag(form, "max", l->held & HELD_MAX);
	form_flag(form, "histogram", histogram);
	form_flag(form, "log2", histogram && !linear);
	form_flag(form, "linear", histogram && linear);
	form_flag(form, "plain", !histogram);
	form_set(form, "from", linear ? l->linear[0] : "0");
	form_set(form, "to", linear ? l->linear[1] : "0");
	form_set(form, "step", linear ? l->linear[2] : "1");
	form_set(form, "nothing", nothing_of(l));
	form_set(form, "order", strcmp(l->measure, "min") == 0 ? "(x > y) - (x < y)" : "(x < y) - (x > y)");
	if (histogram) {
		form_set(form, "value_head", arena_fmt(l->arena, "(%s)", unit));
		form_set(form, "value_say", histogram_say(l, said, count, unit));
	} else {
		plain_slots(l, form, said, count, unit);
	}
}
