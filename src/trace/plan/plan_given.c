/* Plans from JSON. Nothing in one is believed: names are looked up, text becomes literals, the policy still sees the program. */
#include "trace/plan/plan_given.h"
#include <ctype.h>
#include <string.h>
#include "base/log.h"
#include "trace/compose/compose.h"
#include "trace/direct/direct.h"
#include "trace/write/writer.h"

#define PROBES_MOST  32
#define ROLES_MOST   8
#define COLUMNS_MOST 12
#define WHERE_MOST   16
#define SECONDS_MOST 600
#define COMM_MOST    15

#define NAMES "{\"type\":\"array\",\"items\":{\"type\":\"string\"}}"
const char plan_given_schema[] =
	"{\"type\":\"object\",\"properties\":{\"subject\":{\"type\":\"string\"},\"probes\":" NAMES ",\"starts\":" NAMES
	",\"pair\":{\"type\":\"string\"},\"measure\":{\"type\":\"string\",\"enum\":[\"count\",\"sum\",\"avg\",\"min\",\"max\","
	"\"histogram\",\"events\",\"stacks\"]},\"value\":{\"type\":\"string\"},\"by\":" NAMES ",\"where\":{\"type\":\"array\",\"items\":"
	"{\"type\":\"object\",\"properties\":{\"role\":{\"type\":\"string\"},\"is\":{\"type\":\"string\",\"enum\":[\"==\",\"!=\",\">\","
	"\">=\",\"<\",\"<=\",\"starts with\",\"is or descends from\"]},\"value\":{\"type\":\"string\"}},\"required\":[\"role\",\"is\","
	"\"value\"],\"additionalProperties\":false}},\"show\":{\"type\":\"object\",\"properties\":{\"top\":{\"type\":\"integer\"},"
	"\"interval\":{\"type\":\"number\"},\"per_second\":{\"type\":\"boolean\"},\"seconds\":{\"type\":\"number\"},"
	"\"events\":{\"type\":\"integer\"},\"columns\":" NAMES "},\"required\":[\"top\",\"interval\",\"per_second\",\"seconds\","
	"\"events\",\"columns\"],\"additionalProperties\":false}},\"required\":[\"subject\",\"probes\",\"starts\",\"pair\",\"measure\","
	"\"value\",\"by\",\"where\",\"show\"],\"additionalProperties\":false}";

struct given {
	struct wish wish;
	const json_t *json;
	struct build *why;
};

static bool no(struct given *g, const char *format, ...) PRINTF(2, 3);
static bool no(struct given *g, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	build_vfmt(g->why, format, args);
	va_end(args);
	return false;
}

/* ---- the subject ---- */

/* What can stand in the name of one probe; with it no block, filter or second probe can begin. */
static bool plain(const char *name)
{
	for (const char *c = name; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("_:./+-", *c))
			return false;
	return name[0] != '\0' && strlen(name) < 300;
}

static bool probes_read(struct given *g, const char *key, name_list *out)
{
	const json_t *list = json_object_get(g->json, key), *each;
	size_t i;

	if (json_array_size(list) > PROBES_MOST) {
		no(g, "\"%s\" names %zu probes, and one plan may have %d", key, json_array_size(list), PROBES_MOST);
		return false;
	}
	json_array_foreach(list, i, each) {
		const char *name = json_is_string(each) ? json_string_value(each) : "";

		if (!plain(name)) {
			no(g, "'%.80s' in \"%s\" is not the name of one probe: no wildcard, filter or blank", name, key);
			return false;
		}
		vec_push(out, arena_text(g->wish.plan->arena, text_of(name)));
	}
	return true;
}

static bool starts_with_kind(const char *name)
{
	static const char *const kinds[] = { "tracepoint:", "kprobe:", "kretprobe:", "uprobe:", "uretprobe:", "usdt:", "software:",
					     "hardware:" };

	for (size_t i = 0; i < COUNT(kinds); i++)
		if (strncmp(name, kinds[i], strlen(kinds[i])) == 0)
			return true;
	return false;
}

static bool kind_of(struct given *g, const char *name, bool spans, enum way_kind *kind)
{
	if (strncmp(name, "syscall:", 8) == 0)
		*kind = WAY_SYSCALL;
	else if (strcmp(name, "profile") == 0)
		*kind = WAY_SAMPLE;
	else if (starts_with_kind(name))
		*kind = spans ? WAY_SPAN : WAY_EVENT;
	else if (strchr(name, ':'))
		*kind = WAY_CALL;
	else
		return no(g, "'%.80s' is no probe: tracepoint:SYSTEM:NAME, syscall:NAME, kernel:FUNCTION, OBJECT:FUNCTION, "
			  "a probe as bpftrace spells it, or profile", name);
	return true;
}

static const char *list_put(struct given *g, const name_list *names)
{
	AUTO_BUILD words = { 0 };

	for (size_t i = 0; i < names->len && i < 3; i++) {
		const char *last = strrchr(names->at[i], ':');

		build_fmt(&words, "%s%s", i ? ", " : "", last ? last + 1 : names->at[i]);
	}
	if (names->len > 3)
		build_fmt(&words, " and %zu more", names->len - 3);
	return arena_text(g->wish.plan->arena, build_text(&words));
}

static const struct subject *subject_made(struct given *g, const name_list *probes, const name_list *starts)
{
	struct arena *arena = g->wish.plan->arena;
	const char *pair = json_get_string(g->json, "pair");
	struct subject *subject;
	enum way_kind kind, other;
	struct way *way;

	if (!kind_of(g, probes->at[0], starts->len > 0, &kind))
		return NULL;
	vec_each(name, probes) {
		if (!kind_of(g, *name, starts->len > 0, &other))
			return NULL;
		if (other != kind) {
			no(g, "%s and %s are of different kinds: one plan watches probes of one kind", probes->at[0], *name);
			return NULL;
		}
		if (kind == WAY_SYSCALL)
			*name += strlen("syscall:");
	}
	if (starts->len && kind != WAY_SPAN) {
		no(g, "\"starts\" belong to probes that are attached singly; %s has its entry by itself", probes->at[0]);
		return NULL;
	}
	for (const char *c = pair; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("_, ", *c)) {
			no(g, "\"pair\" is a list of fields, such as dev, sector; or empty: the thread");
			return NULL;
		}
	way = way_make(&g->wish, list_put(g, probes), arena_fmt(arena, "%s %s", list_put(g, probes), kind == WAY_EVENT ? "events" : "calls"),
		       kind, &subject);
	if (kind == WAY_SYSCALL)
		roles_borrow(&g->wish, way, syscall_way(g->wish.question.vocabulary, probes->at[0]));
	if (kind == WAY_SAMPLE)
		way->hz = 99;
	else
		probes_set(&g->wish, way, (const char **)probes->at, probes->len);
	if (kind == WAY_SPAN) {
		way->starts.at = arena_alloc(arena, sizeof(char *) * starts->len);
		memcpy(way->starts.at, starts->at, sizeof(char *) * starts->len);
		way->starts.len = way->starts.room = starts->len;
		way->start_id = way->end_id = pair[0] ? arena_text(arena, text_of(pair)) : "tid";
	}
	return subject;
}

/* NULL: `why` says what is wrong; or `err` when the vocabulary itself is. */
static const struct subject *subject_of(struct given *g, struct error *err)
{
	const char *name = json_get_string(g->json, "subject");
	const struct subject *subject = name[0] ? vocabulary_subject(g->wish.question.vocabulary, name) : NULL;
	name_list probes = { 0 }, starts = { 0 };

	if (subject)
		return vocabulary_open(g->wish.question.vocabulary, subject, err) < 0 ? NULL : subject;
	if (name[0]) {
		no(g, "there is no subject '%.80s'; recipes_find lists those near some words, or name probes instead", name);
		return NULL;
	}
	if (probes_read(g, "probes", &probes) && probes_read(g, "starts", &starts)) {
		if (probes.len)
			subject = subject_made(g, &probes, &starts);
		else
			no(g, "it names neither a subject nor probes");
	}
	vec_done(&probes);
	vec_done(&starts);
	return subject;
}

/* ---- what is measured of it ---- */

static bool role_there(struct given *g, const struct spot *spot, const char *role, struct bound *b)
{
	AUTO_BUILD reason = { 0 };

	if (plain(role) && bind_role(spot, role, b, &reason))
		return true;
	no(g, "%s", reason.len ? reason.at : "a role has no name");
	return false;
}

static bool roles_read(struct given *g, const struct spot *spot, const json_t *list, const char *key, size_t most, name_list *out)
{
	const json_t *each;
	size_t i;

	if (json_array_size(list) > most)
		return no(g, "\"%s\" has %zu roles, and %zu fit", key, json_array_size(list), most);
	json_array_foreach(list, i, each) {
		struct bound b;

		if (!role_there(g, spot, json_is_string(each) ? json_string_value(each) : "", &b))
			return false;
		vec_push(out, arena_text(g->wish.plan->arena, text_of(json_string_value(each))));
	}
	return true;
}

static bool measure_read(struct given *g, const struct subject *subject, const struct spot *spot)
{
	struct plan *plan = g->wish.plan;
	const char *value = json_get_string(g->json, "value");
	struct bound b;

	if (!measure_find(text_of(json_get_string(g->json, "measure")), &plan->measure))
		return no(g, "there is no measure '%.40s'", json_get_string(g->json, "measure"));
	if (plan->measure == MEASURE_COUNT || plan->measure == MEASURE_EVENTS || plan->measure == MEASURE_STACKS)
		return true;
	if (!value[0])
		value = subject->value ? subject->value : subject->measure_role ? subject->measure_role : spot->start ? "latency" : "";
	if (!value[0])
		return no(g, "the measure %s needs a \"value\": the number that is measured", measure_name(plan->measure));
	if (!role_there(g, spot, value, &b))
		return false;
	if (b.text)
		return no(g, "the %s is text, of which there is no %s", value, measure_name(plan->measure));
	plan->value = arena_text(plan->arena, text_of(value));
	return true;
}

static bool one_where(struct given *g, const struct spot *spot, const json_t *each)
{
	const char *role = json_get_string(each, "role"), *is = json_get_string(each, "is"), *value = json_get_string(each, "value");
	struct arena *arena = g->wish.plan->arena;
	enum compare compare = COMPARE_EQUAL;
	struct bound b;
	double number;

	while (compare <= COMPARE_TREE && strcmp(compare_sign(compare), is) != 0)
		compare++;
	if (compare > COMPARE_TREE)
		return no(g, "'%.20s' is no comparison", is);
	if (compare == COMPARE_TREE && !g->wish.options->command)
		return no(g, "\"is or descends from\" means the command that is watched, and none was given");
	if (compare == COMPARE_TREE) {
		wish_where(&g->wish, "pid", COMPARE_TREE, g->wish.options->command, 0);
		return true;
	}
	if (!role_there(g, spot, role, &b))
		return false;
	role = arena_text(arena, text_of(role));
	if (b.text || strcmp(b.type, "cgroup") == 0 || strcmp(b.type, "ip") == 0) {
		if (compare != COMPARE_EQUAL && compare != COMPARE_NOT && !(compare == COMPARE_PREFIX && b.text))
			return no(g, "the %s is text, and cannot be compared by '%s'", role, is);
		/* The kernel keeps 15 characters of a name. */
		wish_where(&g->wish, role, compare,
			   arena_text(arena, text_until(text_of(value), strcmp(role, "process") == 0 ? COMM_MOST : strlen(value))), 0);
		return true;
	}
	if (compare == COMPARE_PREFIX)
		return no(g, "the %s is a number, which starts with nothing", role);
	if (text_real(text_of(value), &number) || number_named(b.type, text_of(value), &number))
		wish_where(&g->wish, role, compare, NULL, number);
	else if (b.symbols)
		wish_where(&g->wish, role, compare, value, 0);
	else
		return no(g, "the %s is a number (%s), and '%.60s' is none", role, b.type, value);
	return true;
}

static bool where_read(struct given *g, const struct spot *spot)
{
	const struct plan_options *options = g->wish.options;
	const json_t *list = json_object_get(g->json, "where"), *each;
	size_t i;

	if (options->pid)
		wish_where(&g->wish, "pid", COMPARE_EQUAL, NULL, (double)options->pid);
	if (options->process)
		wish_where(&g->wish, "process", COMPARE_EQUAL,
			   arena_text(g->wish.plan->arena, text_until(text_of(options->process), COMM_MOST)), 0);
	if (json_array_size(list) > WHERE_MOST)
		return no(g, "more than %d conditions", WHERE_MOST);
	json_array_foreach(list, i, each)
		if (!one_where(g, spot, each))
			return false;
	return true;
}

/* Columns that nobody named: those of the subject, else the fields of the probe. */
static void columns_default(struct given *g, const struct subject *subject, const struct spot *spot)
{
	static const char *const first[] = { "process", "pid" };
	name_list *show = &g->wish.plan->show;
	struct bound b;

	vec_each(name, &subject->show)
		if (bind_role(spot, *name, &b, NULL))
			vec_push(show, *name);
	for (size_t i = 0; subject->show.len == 0 && i < COUNT(first); i++)
		if (bind_role(spot, first[i], &b, NULL))
			vec_push(show, first[i]);
	for (size_t i = 0; subject->show.len == 0 && spot->event_fields && i < spot->event_fields->field_count && show->len < COLUMNS_MOST; i++)
		if (bind_role(spot, spot->event_fields->fields[i].name, &b, NULL))
			vec_push(show, spot->event_fields->fields[i].name);
	if (!show->len)
		vec_push(show, "cpu");
}

static bool show_read(struct given *g, const struct subject *subject, const struct spot *spot)
{
	const json_t *show = json_object_get(g->json, "show");
	struct plan *plan = g->wish.plan;
	double interval = json_get_number(show, "interval", 0), seconds = json_get_number(show, "seconds", 0);
	double top = json_get_number(show, "top", 0), events = json_get_number(show, "events", 0);

	plan->interval = interval >= 0.1 && interval <= SECONDS_MOST ? interval : 0;
	plan->seconds = seconds >= 0.1 ? seconds < SECONDS_MOST ? seconds : SECONDS_MOST : 0;
	plan->top = top >= 1 && top <= 100000 ? (long)top : 0;
	plan->events = events >= 1 && events <= 1000000 ? (long)events : 0;
	plan->per_second = json_is_true(json_object_get(show, "per_second")) && plan->measure <= MEASURE_SUM && !(plan->interval > 0);
	plan->rate = plan->per_second;
	if (plan->measure != MEASURE_EVENTS)
		return true;
	if (!roles_read(g, spot, json_object_get(show, "columns"), "columns", COLUMNS_MOST, &plan->show))
		return false;
	if (!plan->show.len)
		columns_default(g, subject, spot);
	return true;
}

static bool keys_read(struct given *g, const struct spot *spot)
{
	struct plan *plan = g->wish.plan;
	struct bound b;
	bool stack = false;

	if (plan->measure == MEASURE_EVENTS)
		return true;
	if (!roles_read(g, spot, json_object_get(g->json, "by"), "by", ROLES_MOST, &plan->by))
		return false;
	vec_each(name, &plan->by)
		stack |= strcmp(*name, "stack") == 0 || strcmp(*name, "ustack") == 0;
	if (plan->measure == MEASURE_STACKS && !stack)
		vec_push(&plan->by, bind_role(spot, "stack", &b, NULL) ? "stack" : "ustack");
	return true;
}

/* ---- the whole ---- */

/* One way of the subject; true: the plan holds. */
static bool way_try(struct given *g, const struct subject *subject, size_t at)
{
	static const struct dialect oldest = { .version = 17 };
	struct program_options options = { .dialect = &oldest };
	const struct way *way = &subject->ways.at[at];
	struct plan *plan = g->wish.plan;
	AUTO_PROGRAM program = { 0 };
	struct spot spot;

	for (size_t i = 0; i < COUNT(g->wish.options->failed) && g->wish.options->failed[i]; i++)
		if (g->wish.options->failed[i] == way)
			return no(g, "that way of seeing it did not run");
	if (!way_possible(way, g->wish.kernel, plan->arena, g->why))
		return false;
	spot = spot_of(&g->wish, way);
	plan->subject = subject;
	plan->way = at;
	build_clear(g->why);
	return measure_read(g, subject, &spot) && keys_read(g, &spot) && where_read(g, &spot) && show_read(g, subject, &spot) &&
	       program_write(plan, way, g->wish.question.vocabulary, g->wish.kernel, &options, &program, g->why) == 0;
}

int plan_given(const struct vocabulary *vocabulary, struct kernel *kernel, const json_t *given, struct text question,
	       const struct plan_options *options, struct plan *plan, struct planning *planning, struct error *err)
{
	planning->verdict = PLAN_CANNOT;
	for (size_t i = 0, ways = 1; i < ways; i++) {
		AUTO_BUILD why = { .ceiling = 800 };
		struct plan attempt;
		struct given g = { .wish = { .question = { .vocabulary = vocabulary }, .plan = &attempt, .kernel = kernel, .options = options },
				   .json = given, .why = &why };
		const struct subject *subject;

		plan_init(&attempt);
		attempt.question = arena_text(attempt.arena, question);
		subject = subject_of(&g, err);
		ways = subject ? subject->ways.len : 0;
		if (subject && way_try(&g, subject, i)) {
			log_detail("plan", "%s, way %zu: fits", subject->name, i + 1);
			plan_done(plan);
			*plan = attempt;
			planning->verdict = PLAN_READY;
			build_clear(&planning->why);
			return 0;
		}
		/* The first reason is that of the best way. */
		if (!planning->why.len)
			build_safe(&planning->why, build_text(&why), false);
		plan_done(&attempt);
		if (!subject && err->code)
			return err->code;
	}
	return 0;
}
