/* What a survey found: its figures beside what would be much of each. */
#include <math.h>
#include <string.h>
#include "base/figure.h"
#include "base/utf8.h"
#include "trace/survey/survey.h"

#define TAIL 0.99
#define NAME_SHORT 12 /* characters: two names with their shares fit beside the rest on 80 columns */
#define SNAPSHOT_LATEST 2.5 /* seconds: a map that was empty until then has no first snapshot to tell by */

/* ---- figures ---- */

static double to_ns(const char *unit)
{
	static const struct {
		const char *unit;
		double ns;
	} units[] = { { "ns", 1 }, { "us", 1e3 }, { "ms", 1e6 }, { "s", 1e9 } };

	for (size_t i = 0; unit && i < COUNT(units); i++)
		if (strcmp(unit, units[i].unit) == 0)
			return units[i].ns;
	return 0;
}

/* Attaching and detaching many probes takes a while, and longer on a busy machine: what comes then is counted, but of no
 * known time. So an amount a second is that between the first and the last snapshot; false: there are none to tell by. */
static bool between_snapshots(const struct look *look, double *total, double *seconds)
{
	double window = look->last.at - look->first.at;

	if (window <= 0 || look->first.at > SNAPSHOT_LATEST || look->last.total <= look->first.total)
		return false;
	*total = look->last.total - look->first.total;
	*seconds = window;
	return true;
}

static void judge(struct look *look, const struct result *view, double seconds, double cpus)
{
	double ns = to_ns(look->program.unit), total = view->total;
	bool ended;

	look->value = -1;
	look->stands = false;
	look->count = view->total;
	if (seconds <= 0 || total <= 0)
		return;
	if (look->figure != FIGURE_TAIL)
		between_snapshots(look, &total, &seconds);
	switch (look->figure) {
	case FIGURE_CPUS:
		look->value = ns > 0 ? total * ns / 1e9 / seconds / cpus * 100 : -1;
		break;
	case FIGURE_BUSY:
		look->value = ns > 0 ? total * ns / seconds : -1;
		break;
	case FIGURE_TAIL:
		look->value = ns > 0 ? (result_quantile(view->rows, NULL, TAIL, &ended) + 1) * ns : -1;
		break;
	case FIGURE_RATE:
		look->value = total / seconds;
		break;
	}
	look->stands = look->above >= 0 && look->value > look->above && (look->figure != FIGURE_TAIL || look->count >= look->least);
}

static const char *figure_unit(const struct look *look)
{
	switch (look->figure) {
	case FIGURE_CPUS:
		return "%";
	case FIGURE_BUSY:
		return "ns/s";
	case FIGURE_TAIL:
		return "ns";
	case FIGURE_RATE:
		break;
	}
	return arena_fmt(look->plan.arena, "%s/s", look->plan.measure == MEASURE_SUM && look->program.unit ? look->program.unit : "");
}

static void amount_say(const struct look *look, double value, struct build *out)
{
	if (look->figure == FIGURE_TAIL)
		build_put(out, "99% below ");
	/* A measured figure of one decimal is as much as it is worth. */
	figure_write(fabs(value) >= 10 ? round(value) : fabs(value) >= 0.1 ? round(value * 10) / 10 : value, figure_unit(look), out);
}

static void figure_say(const struct look *look, double cpus, struct build *out)
{
	if (look->value < 0) {
		build_put(out, "none");
		return;
	}
	amount_say(look, look->value, out);
	if (look->figure == FIGURE_CPUS)
		build_fmt(out, " of %.0f CPU%s", cpus, cpus == 1 ? "" : "s");
}

/* ---- who ---- */

static void row_name(const json_t *row, struct build *out)
{
	const json_t *cell;
	size_t i;

	json_array_foreach(json_object_get(row, "key"), i, cell) {
		build_put(out, i ? " " : "");
		if (json_is_string(cell) && json_string_length(cell))
			build_safe(out, text_of(json_string_value(cell)), false);
		else if (json_is_number(cell))
			build_fmt(out, "%.15g", json_number_value(cell));
		else
			build_put(out, "-");
	}
}

/* Two of them stand in one cell, and what is behind a name must not be cut with it. */
static void row_name_short(const json_t *row, struct build *out)
{
	AUTO_BUILD name = { 0 };
	size_t end = 0, count = 0;

	row_name(row, &name);
	while (end < name.len && count < NAME_SHORT) {
		uint32_t c;

		end += utf8_next(text_from(build_text(&name), end), &c);
		count++;
	}
	build_add(out, text_until(build_text(&name), end));
	build_put(out, end < name.len ? "…" : "");
}

/* Of what adds up the two that have most of it, of a distribution the one that waits longest. */
static void most_say(const struct look *look, const struct result *view, struct build *out)
{
	const json_t *row, *worst = NULL;
	double highest = 0, edge;
	bool ended;
	size_t i;

	if (look->plan.by.len == 0 || look->value < 0)
		return;
	if (look->figure != FIGURE_TAIL) {
		json_array_foreach(view->rows, i, row) {
			if (i == 2)
				break;
			build_put(out, i ? ", " : "");
			row_name_short(row, out);
			build_fmt(out, " %.0f%%", json_get_number(row, "value", 0) / view->total * 100);
		}
		return;
	}
	json_array_foreach(view->rows, i, row) {
		/* Of a few occurrences the longest says little. */
		if (result_count(row) < fmax(5, view->total / 100))
			continue;
		edge = result_quantile(view->rows, row, TAIL, &ended);
		if (edge > highest) {
			highest = edge;
			worst = row;
		}
	}
	if (!worst)
		return;
	row_name(worst, out);
	build_put(out, ": 99% below ");
	figure_write(highest + 1, look->program.unit, out);
}

/* ---- the table ---- */

static void row_put(json_t *rows, const struct survey *survey, const struct look *look, const struct result *view)
{
	AUTO_BUILD figure = { 0 };
	AUTO_BUILD limit = { 0 };
	AUTO_BUILD most = { 0 };
	json_t *row = json_array();

	if (look->planned)
		figure_say(look, survey->cpus, &figure);
	else
		build_put(&figure, "cannot be seen here");
	if (look->above > 0)
		amount_say(look, look->above, &limit);
	else if (look->above == 0)
		build_put(&limit, "any");
	if (view)
		most_say(look, view, &most);
	json_array_append_new(row, json_string(look->stands ? "!" : ""));
	json_array_append_new(row, json_str(look->name));
	json_array_append_new(row, json_text(build_text(&figure)));
	json_array_append_new(row, json_text(text_starts(build_text(&limit), "99% below ") ? text_from(build_text(&limit), 10) :
											    build_text(&limit)));
	json_array_append_new(row, json_text(build_text(&most)));
	json_array_append_new(rows, row);
}

struct evidence *survey_evidence(struct survey *survey, double seconds, bool over, const struct vocabulary *vocabulary,
				 struct evidence_list *list)
{
	json_t *data = json_object(), *rows = json_array(), *calm = json_array(), *columns = json_array();
	struct evidence *evidence;

	json_array_append_new(columns, evidence_column("", NULL, false));
	json_array_append_new(columns, evidence_column("looked at", NULL, true));
	json_array_append_new(columns, evidence_column("measured", NULL, false));
	json_array_append_new(columns, evidence_column("much above", NULL, false));
	json_array_append_new(columns, evidence_column("most of it", NULL, false));
	for (size_t i = 0; i < survey->count; i++) {
		struct look *look = &survey->looks[i];
		struct result view = { 0 };

		if (look->measuring) {
			result_view(&look->result, over ? look->result.rows : look->result.shot, seconds, &view);
			judge(look, &view, seconds, survey->cpus);
		}
		row_put(look->stands ? rows : calm, survey, look, look->measuring ? &view : NULL);
		json_decref(view.rows);
	}
	json_array_extend(rows, calm);
	json_decref(calm);
	json_object_set_new(data, "columns", columns);
	json_object_set_new(data, "rows", rows);
	evidence = evidence_add(list, EVIDENCE_TABLE, survey->what, data);
	for (size_t i = 0; over && i < survey->count; i++)
		if (survey->looks[i].measuring && !result_empty(&survey->looks[i].result))
			survey->looks[i].evidence = result_evidence(&survey->looks[i].result, vocabulary, list)->number;
	return evidence;
}

void survey_stand(struct survey *survey, struct kernel *kernel, struct evidence_list *list)
{
	const struct evidence *evidence;

	behind_read(&survey->standstill, kernel);
	evidence = survey->stand ? standstill_evidence(&survey->standstill, survey->stand, list) : NULL;

	survey->stands = 0;
	for (size_t i = 0; evidence && i < survey->standstill.count; i++)
		if (survey->standstill.threads[i].still)
			survey->stands = evidence->number;
}

/* ---- the answer ---- */

static void stands_say(const struct survey *survey, const struct look *look, bool first, struct build *out)
{
	AUTO_BUILD most = { 0 };
	struct result view;

	build_fmt(out, "%s %s, ", first ? "What stands out:" : " Also", look->name);
	figure_say(look, survey->cpus, out);
	result_view(&look->result, look->result.rows, look->result.seconds, &view);
	most_say(look, &view, &most);
	json_decref(view.rows);
	if (most.len)
		build_fmt(out, " (%s)", most.at);
	if (look->evidence)
		build_fmt(out, " [%u]", look->evidence);
	build_fmt(out, ": %s.", look->means);
}

static unsigned propose(const struct survey *survey, const struct next_from *from, const char *question, unsigned said, struct build *out)
{
	AUTO(plan_done) struct plan plan;
	AUTO(planning_done) struct planning planning = { 0 };
	AUTO_BUILD whole = { 0 };
	struct error ignored = { 0 }; /* what cannot be planned is not proposed */

	build_fmt(&whole, "%s%s", question, survey->whose);
	plan_init(&plan);
	if (said == LOOK_PARTS || plan_make(from->vocabulary, from->kernel, build_text(&whole), &(struct plan_options){ 0 }, &plan,
					    &planning, &ignored) < 0 || planning.verdict != PLAN_READY)
		return said;
	build_fmt(out, "%s\"%s\"", said ? " or " : " Ask next: ", whole.at);
	return said + 1;
}

/* The questions that show more: of what stands out, else of what the file proposes, else of what was measured. */
static void next_say(const struct survey *survey, const struct next_from *from, struct build *out)
{
	unsigned said = 0;

	for (size_t i = 0; i < survey->count; i++)
		if (survey->looks[i].stands)
			said = propose(survey, from, survey->looks[i].question, said, out);
	for (size_t i = 0; i < COUNT(survey->next) && survey->next[i]; i++)
		said = propose(survey, from, survey->next[i], said, out);
	for (size_t i = 0; i < survey->count && said == 0; i++)
		if (survey->looks[i].value >= 0)
			said = propose(survey, from, survey->looks[i].question, said, out);
	if (said)
		build_char(out, '.');
}

/* What waits for a CPU may wait for its own quota. */
static void quota_say(const struct survey *survey, struct build *out)
{
	unsigned long long periods = survey->quota.periods - survey->quota_before.periods;
	unsigned long long throttled = survey->quota.throttled - survey->quota_before.throttled;

	/* None before: its first period came while it was watched. */
	if (!survey->quota.group[0] || throttled == 0 ||
	    (survey->quota_before.group[0] && strcmp(survey->quota.group, survey->quota_before.group) != 0))
		return;
	build_put(out, "The CPU quota of its control group ");
	build_safe(out, text_of(survey->quota.group), false);
	build_fmt(out, " held it back in %llu of %llu periods: it could use more CPU than it may. ", throttled, periods);
}

/* A name that nobody bears, and nothing was seen of. */
static bool nobody(const struct survey *survey)
{
	if (!survey->stand || !survey->named || survey->pid_count)
		return false;
	for (size_t i = 0; i < survey->count; i++)
		if (survey->looks[i].value >= 0)
			return false;
	return true;
}

void survey_answer(const struct survey *survey, const struct run_report *run, const struct next_from *from, answer_number *number,
		   struct build *out)
{
	size_t seen = 0, stand = 0;
	AUTO_BUILD still = { 0 };
	pid_t keeper = 0;

	for (size_t i = 0; i < survey->count; i++)
		seen += survey->looks[i].planned;
	if (survey->stands)
		standstill_say(&survey->standstill, &still, &keeper);
	quota_say(survey, out);
	if (nobody(survey)) {
		build_fmt(out, "Nothing%s ran while it was watched, and no process bears that name now [1].", survey->whose);
		return;
	}
	if (still.len)
		build_fmt(out, "%s [%u].%s", still.at, survey->stands, seen ? " " : "");
	for (size_t i = 0; i < survey->count; i++)
		if (survey->looks[i].stands)
			stands_say(survey, &survey->looks[i], stand++ == 0, out);
	if (!stand)
		build_put(out, still.len ? "Nothing else stands out [1]." : "Nothing stands out: no figure is above what would be much of it [1].");
	build_fmt(out, " Looked at %zu thing%s at once for ", seen, seen == 1 ? "" : "s");
	number(run->seconds < 1 ? run->seconds : run->seconds < 10 ? round(run->seconds * 10) / 10 : round(run->seconds), "s", out);
	build_put(out, run->stage == RUN_BUSY ? ", when it was stopped to spare the machine" : "");
	build_put(out, stand ? " [1]; what is much is a rule of thumb." : "; what is much is a rule of thumb.");
	for (size_t i = 0, said = 0; i < survey->count; i++)
		if (!survey->looks[i].planned)
			build_fmt(out, "%s%s", said++ ? ", " : " Not to be seen here: ", survey->looks[i].name);
	if (seen < survey->count)
		build_char(out, '.');
	if (keeper)
		build_fmt(out, " Ask next: \"why does pid %d hang\".", keeper);
	else if (!still.len || stand)
		next_say(survey, from, out);
}

/* ---- for programs ---- */

json_t *survey_json(const struct survey *survey)
{
	json_t *array = json_array();

	for (size_t i = 0; i < survey->count; i++) {
		const struct look *look = &survey->looks[i];
		json_t *json = json_object();

		json_object_set_new(json, "name", json_str(look->name));
		json_object_set_new(json, "question", json_str(look->question));
		json_object_set_new(json, "plan", look->planned ? plan_json(&look->plan) : json_null());
		json_object_set_new(json, "map", look->planned ? json_str(look->map) : json_null());
		json_object_set_new(json, "why", look->planned ? json_null() : json_str(look->why));
		json_object_set_new(json, "figure", look->planned && look->value >= 0 ? json_real(look->value) : json_null());
		json_object_set_new(json, "unit", look->planned ? json_str(figure_unit(look)) : json_null());
		json_object_set_new(json, "above", look->above >= 0 ? json_real(look->above) : json_null());
		json_object_set_new(json, "stands_out", json_boolean(look->stands));
		json_object_set_new(json, "evidence", look->evidence ? json_integer(look->evidence) : json_null());
		json_array_append_new(array, json);
	}
	return array;
}

json_t *survey_maps(const struct survey *survey)
{
	json_t *result = json_object(), *maps = json_array();

	for (size_t i = 0; i < survey->count; i++)
		if (survey->looks[i].measuring) {
			AUTO_JSON one = result_json(&survey->looks[i].result);

			json_array_extend(maps, json_object_get(one, "maps"));
		}
	json_object_set_new(result, "maps", maps);
	json_object_set_new(result, "events", json_array());
	return result;
}
