/* How often the probes of a program fire here: each is counted by a program of our own, which does nothing else. */
#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "explain/internal.h"
#include "trace/script/policy.h"
#include "trace/run/run.h"

enum { RUNS_MOST = 12, PROBES_MOST = 100 };
#define UPROBE_NS 1500 /* what the trap into the kernel costs, beside the program */
#define LOOK_MS	  100  /* between looks at the counts */

struct look {
	double now, first, last; /* counts: as last printed, at the first look, at the last */
};
struct counting {
	struct explanation *explanation;
	const struct tracer_facts *facts;
	double seconds;
	size_t *places; /* of the watches to count, in the order of the program */
	size_t count;	/* in this run: places[from .. from + count) */
	size_t from;
	unsigned runs;
	bool interrupted;
	/* Probes are attached, and taken off, one after the other: until the last is live the first have counted alone. So what is
	 * told is the difference of two looks, and bpftrace looks only while all are live. */
	struct look *looks; /* of each watch */
	double first, last; /* when the first and the last look were; 0: there was none */
};

/* Several blocks may have one probe: it is counted once. */
static const struct watch *same_before(const struct explanation *e, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (e->watches.at[i].counts && e->watches.at[at].counts && strcmp(e->watches.at[i].counts, e->watches.at[at].counts) == 0)
			return &e->watches.at[i];
	return NULL;
}

static void probe_write(const struct watch *watch, const struct dialect *dialect, struct build *out)
{
	AUTO_BUILD probe = { 0 };
	struct text name = text_of(watch->counts);
	size_t at;

	/* A name with what the reader takes for something else is quoted. */
	if (strpbrk(watch->counts, " (,{") && text_find(name, ":", &at) && text_find(text_from(name, at + 1), ":", &at)) {
		text_find(name, ":", &at);
		for (size_t i = at + 1; i < name.len; i++)
			if (name.at[i] == ':') {
				at = i;
				break;
			}
		build_fmt(&probe, "%.*s:\"%.*s\"", TEXT_ARG(text_until(name, at)), TEXT_ARG(text_from(name, at + 1)));
	} else {
		build_add(&probe, name);
	}
	dialect_rewrite(dialect, build_text(&probe), out);
}

static void program_write(void *context, pid_t tracer, pid_t command, struct build *out)
{
	struct counting *c = context;

	(void)tracer;
	(void)command;
	build_fmt(out, "interval:ms:%d { print(@fired); print(\"tick\"); }\n", LOOK_MS);
	for (size_t i = c->from; i < c->from + c->count; i++) {
		probe_write(&c->explanation->watches.at[c->places[i]], c->facts->dialect, out);
		build_fmt(out, " { @fired[%zu] = count(); }\n", c->places[i]);
	}
	log_stage("program", "%s", build_text(out).at);
}

static void event_take(void *context, const struct event *event)
{
	struct counting *c = context;
	json_t *value;
	const char *key;

	json_object_foreach(event->kind == EVENT_MAP ? json_object_get(event->data, "@fired") : NULL, key, value) {
		size_t place = strtoul(key, NULL, 10);

		if (place < c->explanation->watches.len)
			c->looks[place].now = json_number_value(value);
	}
	if (event->kind != EVENT_TICK)
		return;
	c->last = now();
	c->first = c->first > 0 ? c->first : c->last;
	for (size_t i = 0; i < c->explanation->watches.len; i++) {
		struct look *look = &c->looks[i];

		look->last = look->now;
		look->first = c->last > c->first ? look->first : look->now;
	}
}

/* Only what the policy lets a traced program do is counted. */
static bool permitted(struct explanation *e, struct watch *watch, const struct dialect *dialect)
{
	AUTO_BUILD program = { 0 };
	struct error why = { 0 };

	probe_write(watch, dialect, &program);
	build_put(&program, " { @fired[0] = count(); }\n");
	if (policy_check(build_text(&program), &why) == 0)
		return true;
	watch->unmeasured = arena_fmt(e->arena, "the policy does not allow it: %s", text_starts(text_of(why.text), "line 1: ") ? why.text + 8 : why.text);
	return false;
}

static void failed(struct counting *c, const struct run_report *report)
{
	struct explanation *e = c->explanation;
	struct watch *watch = &e->watches.at[c->places[c->from]];
	struct text line = text_of(report->error), first;
	size_t at;

	text_line(&line, &first);
	if (text_find(first, "ERROR: ", &at))
		first = text_from(first, at + 7);
	watch->reach = REACH_NO;
	watch->why = watch->unmeasured = arena_fmt(e->arena, "bpftrace says: %.*s", TEXT_ARG(first.len ? first : text_of(run_stage_name(report->stage))));
	if (report->stage == RUN_BUSY) {
		watch->reach = REACH_YES;
		watch->why = NULL;
		watch->unmeasured = "counting it alone took so much of a processor that it was stopped";
	}
}

static void counted(struct counting *c, size_t from, size_t count, double seconds)
{
	/* What is printed at the end tells of the taking off, too: just a run without two looks has nothing better. */
	bool looked = c->last > c->first;

	seconds = looked ? c->last - c->first : seconds;
	for (size_t i = from; i < from + count; i++) {
		const struct look *look = &c->looks[c->places[i]];

		c->explanation->watches.at[c->places[i]].count = looked ? look->last - look->first : look->now;
		c->explanation->watches.at[c->places[i]].seconds = seconds;
	}
	c->explanation->seconds = seconds > c->explanation->seconds ? seconds : c->explanation->seconds;
}

/* One probe that cannot be attached takes all others with it: halves are tried until it is alone. */
static int count_some(struct counting *c, size_t from, size_t count, struct error *err)
{
	struct run_spec spec = { .bpftrace = c->facts->bpftrace, .dialect = c->facts->dialect, .seconds = c->seconds + 2 * LOOK_MS / 1000.0,
				 .write_program = program_write, .event = event_take, .context = c };
	struct run_report report;
	int code;

	if (!count || c->interrupted)
		return 0;
	if (c->runs++ >= RUNS_MOST) {
		for (size_t i = from; i < from + count; i++)
			c->explanation->watches.at[c->places[i]].unmeasured = "too many of the others failed";
		return 0;
	}
	c->from = from;
	c->count = count;
	c->first = c->last = 0;
	memset(c->looks, 0, c->explanation->watches.len * sizeof(*c->looks));
	for (size_t i = from; i < from + count; i++)
		if (strstr("uprobe uretprobe usdt", probe_kind_of(text_of(c->explanation->watches.at[c->places[i]].counts), NULL)))
			spec.extra_ns = UPROBE_NS;
	log_detail("explain", "counting %zu probes", count);
	code = run_program(&spec, &report, err);
	if (code < 0)
		return code;
	c->interrupted |= report.interrupted;
	if ((report.stage == RUN_DONE && !report.failed_probes) || (report.interrupted && report.seconds > 0) || (report.stage == RUN_BUSY && count == 1 && report.seconds > 0)) {
		counted(c, from, count, report.seconds);
		return 0;
	}
	if (count == 1 && !report.interrupted) {
		c->explanation->watches.at[c->places[from]].count = -1;
		failed(c, &report);
		return 0;
	}
	for (size_t i = from; i < from + count; i++)
		c->explanation->watches.at[c->places[i]].count = -1;
	code = count_some(c, from, count / 2, err);
	return code < 0 ? code : count_some(c, from + count / 2, count - count / 2, err);
}

static void places_find(struct counting *c)
{
	struct explanation *e = c->explanation;

	for (size_t i = 0; i < e->watches.len; i++) {
		struct watch *watch = &e->watches.at[i];

		if (watch->rate >= 0 || same_before(e, i) || watch->unmeasured)
			continue;
		if (watch->reach == REACH_NO)
			watch->unmeasured = "it cannot be attached here";
		else if (!watch->counts)
			watch->unmeasured = watch->why ? watch->why : "bpftrace cannot count probes of this kind";
		else if (c->count >= PROBES_MOST)
			watch->unmeasured = "only the first 100 probes are counted";
		else if (permitted(e, watch, c->facts->dialect))
			c->places[c->count++] = i;
	}
}

int explain_measure(struct explanation *e, const struct tracer_facts *facts, double seconds, struct error *err)
{
	struct counting c = { .explanation = e, .facts = facts, .seconds = seconds };
	AUTO_FREE size_t *places = calloc(e->watches.len + 1, sizeof(*places));
	AUTO_FREE struct look *looks = calloc(e->watches.len + 1, sizeof(*looks));
	size_t count;
	int code;

	if (!places || !looks)
		abort();
	c.places = places;
	c.looks = looks;
	places_find(&c);
	count = c.count;
	if (!count)
		e->measuring = e->watches.len ? "none of its probes is one that can be counted here" : "it names no probe";
	code = count_some(&c, 0, count, err);
	for (size_t i = 0; i < e->watches.len; i++) {
		const struct watch *same = same_before(e, i);

		if (same) {
			e->watches.at[i].count = same->count;
			e->watches.at[i].seconds = same->seconds;
			e->watches.at[i].unmeasured = same->unmeasured;
			e->watches.at[i].reach = same->reach;
			e->watches.at[i].why = same->why;
		}
	}
	if (code == 0 && c.interrupted)
		return fail(err, -EINTR, "interrupted");
	return code;
}
