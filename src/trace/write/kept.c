/* Writing a program: what pairs a start with its end, and what was obtained with where it is given back. */
#include <string.h>
#include "trace/write/writer.h"

#define KEPT_MOST 131072u /* things at a time; each map takes some ten megabytes then */

/* "start: args->dev" from an id expression list, for one site. */
static const char *id_list(struct writer *w, enum site site, const char *expr)
{
	struct text rest = text_of(expr), part;
	AUTO_BUILD out = { 0 };
	bool task = false;

	while (text_next(&rest, ',', &part)) {
		AUTO_FREE char *one = text_copy(text_trim(part));
		struct bound b;

		build_put(&out, out.len ? ", " : "");
		if (strchr(one, '{') || strchr(one, '(')) {
			const char *text = bind_text(&w->spot, site, one, &task);

			if (!text)
				return NULL;
			build_put(&out, text);
			continue;
		}
		struct spot alone = w->spot;
		struct way plain = { .kind = WAY_EVENT };

		alone.way = &plain;
		alone.start = NULL;
		if (site == SITE_START)
			alone.event_fields = w->spot.start_fields;
		if (!bind_role(&alone, one, &b, NULL)) {
			const char *text = bind_text(&w->spot, site, one, &task);

			if (!text)
				return NULL;
			build_put(&out, text);
		} else {
			build_put(&out, b.raw);
		}
	}
	return arena_text(w->plan->arena, build_text(&out));
}

/* "{pid} or {prev_pid}": probes that name the identity otherwise; the first whose fields are there. */
const char *identity(struct writer *w, enum site site, const char *expr)
{
	struct text rest = text_of(expr);
	const char *found;
	size_t at;

	while (text_find(rest, " or ", &at)) {
		found = id_list(w, site, arena_text(w->plan->arena, text_until(rest, at)));
		if (found)
			return found;
		rest = text_from(rest, at + strlen(" or "));
	}
	return id_list(w, site, arena_text(w->plan->arena, rest));
}

/* ---- what is obtained and not given back ---- */

int kept_measured(struct writer *w)
{
	enum measure measure = w->program->measure;
	unsigned others = w->plan->also & ~(1u << MEASURE_COUNT);

	if ((measure == MEASURE_COUNT || measure == MEASURE_SUM || measure == MEASURE_STACKS) && !others)
		return 0;
	build_put(w->why, "of what is obtained and not given back only the number and the total can be told");
	return -EOPNOTSUPP;
}

/* "1", or the amount: of what is obtained, as a signed number that can be taken back. */
static const char *amount(const struct writer *w)
{
	return w->program->measure == MEASURE_SUM && w->value ? w->value : "1";
}

static void row_open(const struct writer *w, const char *map, bool back, const char *id, struct build *out)
{
	build_put(out, map);
	for (size_t i = 0; i < w->program->columns.len && w->columns[i]; i++) {
		build_put(out, i ? ", " : "[");
		if (back)
			build_fmt(out, "@kept_%s[%s]", w->program->columns.at[i].role, id);
		else
			build_put(out, w->columns[i]);
	}
	build_put(out, w->columns[0] ? "] = sum(" : " = sum(");
}

/* Takes off again what was added for the thing. */
static void back_write(const struct writer *w, const char *id, const char *indent, struct build *out)
{
	row_open(w, w->program->map, true, id, out);
	build_fmt(out, "@kept[%s]);", id);
	vec_each(beside, &w->program->beside) {
		build_fmt(out, "\n%s", indent);
		row_open(w, beside->map, true, id, out);
		build_put(out, "0 - (int64)1);");
	}
}

static void keeps(struct writer *w, const char *map)
{
	vec_each(known, &w->maps)
		if (strcmp(*known, map) == 0)
			return;
	vec_push(&w->maps, map);
}

void kept_write(struct writer *w, const char *indent, struct build *out)
{
	const char *id = identity(w, SITE_EVENT, w->spot.way->keep_id);

	w->program->kept = true;
	w->program->keys = KEPT_MOST;
	if (!id)
		id = "tid"; /* untils_write() says what is missing */
	/* What gave it back was not seen: it is another thing now. */
	build_fmt(out, "%sif (@kept[%s]) {\n%s\t", indent, id, indent);
	back_write(w, id, arena_fmt(w->plan->arena, "%s\t", indent), out);
	build_fmt(out, "\n%s}\n%s@kept[%s] = 0 - (int64)(%s);\n", indent, indent, id, amount(w));
	keeps(w, "@kept");
	for (size_t i = 0; i < w->program->columns.len && w->columns[i]; i++) {
		struct column *column = &w->program->columns.at[i];
		const char *map = arena_fmt(w->plan->arena, "@kept_%s", column->role);

		build_fmt(out, "%s%s[%s] = %s;\n", indent, map, id, w->columns[i]);
		keeps(w, map);
		column->remembered |= column->copied;
	}
	/* A full map keeps nothing, and what it does not keep must not be counted. */
	build_fmt(out, "%sif (@kept[%s]) {\n%s\t", indent, id, indent);
	row_open(w, w->program->map, false, id, out);
	build_fmt(out, "(int64)(%s));\n", amount(w));
	vec_each(beside, &w->program->beside) {
		build_fmt(out, "%s\t", indent);
		row_open(w, beside->map, false, id, out);
		build_put(out, "(int64)1);\n");
	}
	build_fmt(out, "%s} else {\n%s\t" KEPT_FULL " = sum((%s) ? 1 : 0);\n%s}", indent, indent, amount(w), indent);
}

int untils_write(struct writer *w, piece_list *untils)
{
	const struct way *way = w->spot.way;

	if (!identity(w, SITE_EVENT, way->keep_id)) {
		build_fmt(w->why, "%s does not tell what it obtained", w->spot.event);
		return -EOPNOTSUPP;
	}
	vec_each(probe, &way->untils) {
		AUTO_BUILD out = { 0 };
		AUTO_BUILD why = { 0 };
		const char *id;

		if (!probe_possible(w->spot.kernel, WAY_EVENT, *probe, w->plan->arena, &why))
			continue;
		w->spot.start = NULL;
		w->spot.start_fields = NULL;
		w->spot.event = probe_spell(w->plan->arena, *probe);
		w->spot.event_fields = probe_fields(w->spot.kernel, *probe);
		id = identity(w, SITE_EVENT, way->until_id);
		if (!id) {
			build_fmt(w->why, "%s does not tell what it gives back", w->spot.event);
			return -EOPNOTSUPP;
		}
		build_fmt(&out, "\n/@kept[%s]/\n{\n\t", id);
		back_write(w, id, "\t", &out);
		build_fmt(&out, "\n\tdelete(@kept[%s]);\n", id);
		for (size_t i = 0; w->columns[i]; i++)
			build_fmt(&out, "\tdelete(@kept_%s[%s]);\n", w->program->columns.at[i].role, id);
		build_put(&out, "}\n");
		piece_add(w, untils, w->spot.event, &out);
	}
	return 0;
}
