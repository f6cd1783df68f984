/* A time that a question asks for between tracepoints that it names: "from irq:softirq_raise to irq:softirq_entry". */
#include <string.h>
#include "trace/compose/compose.h"
#include "trace/direct/direct.h"
#include "trace/write/program.h"

#define SCORE_NARROW 1.2 /* below this no words ask for what narrows a way of the vocabulary */

/* ---- whether, and in which order ---- */

static bool word_in(const struct question *q, size_t from, size_t to, enum grammar list)
{
	for (size_t i = from; i < to; i++)
		if (token_in(q, i, list))
			return true;
	return false;
}

/* "from the tracepoint X": what leads to a name. */
static bool led_by(const struct question *q, size_t at, enum grammar list)
{
	for (size_t i = at; i > 0 && i + 4 > at; i--) {
		if (token_in(q, i - 1, list))
			return true;
		if (!q->tokens.at[i - 1].ignored && !word_at(q, i - 1, "next") && !word_at(q, i - 1, "tracepoint") &&
		    !word_at(q, i - 1, "event") && !word_at(q, i - 1, "corresponding") && !word_at(q, i - 1, "matching"))
			return false;
	}
	return false;
}

/* A latency by any word for it. */
static bool time_asked(const struct wish *wish)
{
	const struct question *q = &wish->question;

	vec_each(condition, &wish->plan->where)
		if (condition->role && strcmp(condition->role, "latency") == 0)
			return true;
	for (size_t i = 0; i < q->tokens.len; i++) {
		size_t len, role_len;
		const struct sense *sense = sense_at(q, i, "measure", NULL, &len);
		const struct role *role = role_at(q, i, &role_len);

		/* "mm_compaction_begin/end time" */
		if (i > 0 && wish->named.count && i == wish->named.probes[wish->named.count - 1].at + 1 && word_at(q, i, "time"))
			return true;
		if ((sense && sense->value && strcmp(sense->value, "latency") == 0) ||
		    (role && strcmp(role->name, "latency") == 0) || token_in(q, i, GRAMMAR_DURATION) || token_in(q, i, GRAMMAR_ELAPSE))
			return true;
	}
	return false;
}

static bool moment_asked(const struct wish *wish)
{
	return time_asked(wish) || words_there(&wish->question, GRAMMAR_MOMENT);
}

/* Of two names: whether a time between them is asked for; `*start` is the one where it begins. */
static bool pair_asked(const struct wish *wish, size_t *start)
{
	const struct question *q = &wish->question;
	size_t first = wish->named.probes[0].at, second = wish->named.probes[1].at;
	bool opened = led_by(q, first, GRAMMAR_SPAN_START);
	bool closed = led_by(q, second, GRAMMAR_SPAN_END) ||
		      (opened && word_in(q, first + 1, second, GRAMMAR_SPAN_END));

	*start = !opened && led_by(q, second, GRAMMAR_SPAN_START) ? 1 : 0;
	if (closed || *start || wish->named.between)
		return true;
	for (size_t i = first > 3 ? first - 3 : 0; i < first; i++)
		if (word_at(q, i, "between"))
			return true;
	return (opened && moment_asked(wish)) || time_asked(wish);
}

/* ---- what the vocabulary has ---- */

/* The subject and its span that start and end there (NULL: anywhere): the one that the words say most of. */
static const struct subject *span_known(struct wish *wish, const char *start, const char *end, struct way **found)
{
	const struct subject *best = NULL;
	double best_score = -1;
	size_t best_probes = 0;
	bool here = true; /* of the best */

	vocabulary_open_all(wish->question.vocabulary, NULL, NULL); /* mistakes are told when a subject is chosen */
	vec_each(subject, &wish->question.vocabulary->subjects) {
		bool matched[QUESTION_MOST] = { false };
		double score = -1;

		vec_each(way, &subject->ways) {
			size_t probes = way->starts.len + way->probes.len;

			if (way->kind != WAY_SPAN || (start && !probe_listed(&way->starts, start)) ||
			    (end && !probe_listed(&way->probes, end)))
				continue;
			if (score < 0)
				score = subject_score(&wish->question, subject, matched);
			if (way->where && score < SCORE_NARROW)
				continue;
			if (best && (score < best_score || (score <= best_score && probes >= best_probes && here)))
				continue;
			AUTO_BUILD why = { 0 };

			here = way_possible(way, wish->kernel, wish->plan->arena, &why);
			best = subject;
			best_score = score;
			best_probes = probes;
			*found = way;
		}
	}
	return best;
}

/* The vocabulary's subject, seen in just this way, as a time. */
static struct subject *subject_of(struct wish *wish, const struct subject *known, struct way *way)
{
	struct subject *subject = arena_alloc(wish->plan->arena, sizeof(*subject));

	*subject = *known;
	subject->ways.at = way;
	subject->ways.len = subject->ways.room = 1;
	subject_use(&wish->question, known);
	return subject;
}

static const struct subject *timed(struct wish *wish, struct subject *subject)
{
	wish->named.span = true;
	subject->measure = MEASURE_HISTOGRAM;
	subject->measure_role = subject->value = "latency";
	subject->by = subject->also = (name_list){ 0 };
	subject->by_none = true;
	return subject;
}

/* ---- one made for the question ---- */

/* Names of fields that tell one of many from the others while it lasts. `alone`: no other is needed. */
static const struct identity {
	const char *name;
	bool alone;
	bool cpu; /* on each processor another */
} identities[] = {
	{ "req", true, false },	     { "rq", true, false },	  { "work", true, false },     { "timer", true, false },
	{ "hrtimer", true, false },  { "skbaddr", true, false },  { "skaddr", true, false },   { "bio", true, false },
	{ "ptr", true, false },	     { "urb", true, false },	  { "page", true, false },     { "folio", true, false },
	{ "pfn", true, false },	     { "vma", true, false },	  { "lock_addr", true, false }, { "cmd", true, false },
	{ "fence", true, false },    { "cb", true, false },	  { "rhp", true, false },      { "desc", true, false },
	{ "vcpu_id", true, false },  { "unique", true, false },	  { "cookie", true, false },   { "xid", true, false },
	{ "task_id", true, false },  { "handle", true, false },	  { "tag", true, false },      { "seqno", true, false },
	{ "sector", true, false },   { "ino", true, false },	  { "transaction", true, false }, { "cid", true, false },
	{ "lock", true, false },     { "vec", true, true },	  { "irq", true, true },       { "vector", true, true },
	{ "dev", false, false },     { "context", false, false }, { "qid", false, false },     { "ctrl_id", false, false },
	{ "client_id", false, false }, { "host_no", false, false }, { "channel", false, false }, { "lun", false, false },
};

/* The field of both, of the same kind. */
static const struct field *both(const struct tracepoint *start, const struct tracepoint *end, const char *name)
{
	const struct field *a = start ? tracepoint_field(start, name) : NULL, *b = end ? tracepoint_field(end, name) : NULL;

	return a && b && a->size == b->size && a->kind == b->kind && (a->kind == FIELD_NUMBER || a->kind == FIELD_POINTER) ? a : NULL;
}

/* A pointer that is no place in the code. */
static bool points(const struct field *field)
{
	static const char *const code[] = { "function", "func", "call_site", "caller", "caller_ip", "ip", "location", "callback", "fn" };

	for (size_t i = 0; i < COUNT(code); i++)
		if (strcmp(field->name, code[i]) == 0)
			return false;
	return field->kind == FIELD_POINTER;
}

/* Tasks that the two call by different names: the child that is forked is the one that executes. */
static const struct {
	const char *start, *end;
} tasks[] = { { "pid", "pid" }, { "child_pid", "pid" }, { "pid", "next_pid" }, { "child_pid", "next_pid" }, { "prev_pid", "pid" },
	      { "next_pid", "pid" }, { "tid", "tid" } };

static bool task_pair(struct wish *wish, const struct tracepoint *start, const struct tracepoint *end, const char **start_id,
		      const char **end_id)
{
	for (size_t i = 0; start && end && i < COUNT(tasks); i++)
		if (tracepoint_field(start, tasks[i].start) && tracepoint_field(end, tasks[i].end)) {
			*start_id = arena_fmt(wish->plan->arena, "{%s}", tasks[i].start);
			*end_id = arena_fmt(wish->plan->arena, "{%s}", tasks[i].end);
			return true;
		}
	return false;
}

/* The identity that pairs them, in the words of the vocabulary's spans; `note` says it. */
static void identity_set(struct wish *wish, struct way *way, const struct tracepoint *start, const struct tracepoint *end)
{
	struct arena *arena = wish->plan->arena;
	AUTO_BUILD id = { 0 };
	AUTO_BUILD names = { 0 };
	bool alone = false, cpu = false;

	for (size_t i = 0; i < COUNT(identities); i++) {
		const struct identity *identity = &identities[i];
		const struct field *field = both(start, end, identity->name);

		/* A pointer says it all; numbers are joined, as a sector is of one device. */
		if (!field || (alone && (identity->alone || identity->cpu)) || (!identity->alone && !alone))
			continue;
		alone = alone || identity->alone;
		cpu = cpu || identity->cpu;
		build_fmt(&id, "%s{%s}", id.len ? ", " : "", field->name);
		build_fmt(&names, "%s%s", names.len ? ", " : "", field->name);
		if (points(field) || strcmp(field->name, "skbaddr") == 0)
			break;
	}
	for (size_t i = 0; !alone && start && i < start->field_count; i++) {
		const struct field *field = both(start, end, start->fields[i].name);

		if (!field || !points(field))
			continue;
		alone = true;
		build_fmt(&id, "{%s}", field->name);
		build_put(&names, field->name);
	}
	if (alone) {
		build_put(&id, cpu ? ", cpu" : "");
		way->start_id = way->end_id = arena_text(arena, build_text(&id));
		way->note = arena_fmt(arena, "Start and end are paired by what both tracepoints have: %s%s.", names.at,
				      cpu ? ", on the same CPU" : "");
	} else if (task_pair(wish, start, end, &way->start_id, &way->end_id)) {
		way->note = arena_fmt(arena, "Start and end are paired by the task that they speak of: %s at the start, %s at the end.",
				      way->start_id, way->end_id);
	} else {
		way->start_id = way->end_id = "tid";
		way->note = "Start and end are paired by thread: both have to happen in the same one.";
	}
}

static struct subject *span_made(struct wish *wish, size_t start_at, size_t end_at)
{
	const struct named_probe *from = &wish->named.probes[start_at], *to = &wish->named.probes[end_at];
	const char *start = wish->named.probes[start_at].probe, *end = wish->named.probes[end_at].probe;
	struct arena *arena = wish->plan->arena;
	struct way begun = { .kind = WAY_EVENT };
	struct subject *subject;
	struct way *way = way_make(wish, arena_fmt(arena, "%s:%s", to->system, arena_fmt(arena, "%s-%s", from->name, to->name)),
				   arena_fmt(arena, "times from %s to %s", from->name, to->name), WAY_SPAN, &subject);
	struct way_role *roles;
	size_t count = 0;

	subject->unit = "times";
	probes_set(wish, way, &end, 1);
	roles_known(wish, way, end);
	roles_known(wish, &begun, start);
	roles = arena_alloc(arena, sizeof(*roles) * (way->roles.len + begun.roles.len + 1));
	/* What else the vocabulary calls a latency there is not the time between the two. */
	vec_each(role, &way->roles)
		if (strcmp(role->name, "latency") != 0)
			roles[count++] = *role;
	vec_each(role, &begun.roles)
		if (strcmp(role->name, "latency") != 0) {
			roles[count] = *role;
			roles[count++].start = true;
		}
	way->roles.at = roles;
	way->roles.len = way->roles.room = count;
	if (begun.context > way->context)
		way->context = begun.context;
	way->starts.at = arena_alloc(arena, sizeof(char *));
	way->starts.at[0] = start;
	way->starts.len = way->starts.room = 1;
	identity_set(wish, way, named_fields(wish, start), named_fields(wish, end));
	return subject;
}

/* "syscalls:sys_enter_futex to syscalls:sys_exit_futex" */
static bool one_syscall(const struct named_probe *start, const struct named_probe *end)
{
	return strcmp(start->system, "syscalls") == 0 && strcmp(end->system, "syscalls") == 0 &&
	       strncmp(start->name, "sys_enter_", 10) == 0 && strncmp(end->name, "sys_exit_", 9) == 0 &&
	       strcmp(start->name + 10, end->name + 9) == 0;
}

static bool latency_known(struct wish *wish, const char *probe)
{
	struct way way = { .kind = WAY_EVENT };

	roles_known(wish, &way, probe);
	return way_has(&way, "latency");
}

/* "from sched:sched_wakeup until the task runs": the words for the other end are no keys. */
static void end_described(struct wish *wish, size_t at)
{
	struct question *q = &wish->question;
	size_t len;

	for (at++; at < q->tokens.len && !token_in(q, at, GRAMMAR_SPAN_END); at++)
		if (q->tokens.at[at].word.comma)
			return;
	for (; at < q->tokens.len && !sense_at(q, at, "key", NULL, &len) && !sense_at(q, at, "duration", NULL, &len); at++) {
		tokens_use(q, at, 1, q->tokens.at[at].used ? 0 : USED_SUBJECT);
		if (q->tokens.at[at].word.comma)
			return;
	}
}

/* One is named: a span of the vocabulary that has its start or its end there. */
static const struct subject *half_known(struct wish *wish, struct build *why)
{
	const struct question *q = &wish->question;
	const struct named_probe *named = &wish->named.probes[0];
	const char *probe = wish->named.probes[0].probe;
	bool from = led_by(q, named->at, GRAMMAR_SPAN_START), to = led_by(q, named->at, GRAMMAR_SPAN_END);
	bool asked = time_asked(wish) || (from && word_in(q, named->at, q->tokens.len, GRAMMAR_UNTIL) && moment_asked(wish));
	const struct subject *known = NULL;
	struct way *way = NULL;

	if (!asked || wish->named.value || latency_known(wish, probe))
		return NULL;
	if (strcmp(named->system, "syscalls") == 0)
		return timed(wish, syscall_subject(wish, &(const char *){ strchr(named->name + 4, '_') + 1 }, 1));
	if (!to)
		known = span_known(wish, probe, NULL, &way);
	if (!known && !from)
		known = span_known(wish, NULL, probe, &way);
	if (known) {
		const struct subject *subject = timed(wish, subject_of(wish, known, way));

		end_described(wish, named->at);
		return subject;
	}
	build_fmt(why, "%s:%s is one moment and has no duration: name the tracepoint where the time %s as well", named->system,
		  named->name, to ? "begins" : "ends");
	return NULL;
}

/* "how long does the hypervisor spend between A and B": who it is said of. */
static void spender_pass(struct question *q)
{
	for (size_t i = 0; i + 2 < q->tokens.len; i++) {
		size_t spend = i + 1;

		if (!token_is(q, i, "do") && !token_is(q, i, "does"))
			continue;
		while (spend < q->tokens.len && spend < i + 5 && !token_is(q, spend, "spend") && !token_is(q, spend, "take") && !token_is(q, spend, "need"))
			spend++;
		if (spend + 1 < q->tokens.len && spend < i + 5 && (token_is(q, spend + 1, "between") || token_is(q, spend + 1, "from")))
			for (size_t k = i + 1; k < spend; k++)
				if (!q->tokens.at[k].famous && (q->tokens.at[k].known || q->tokens.at[k].english))
					tokens_use(q, k, 1, USED_CUE);
	}
}

const struct subject *named_span(struct wish *wish, struct build *why)
{
	const struct named *named = &wish->named;
	const struct subject *known;
	struct way *way = NULL;
	size_t start, end;

	spender_pass(&wish->question);
	if (named->count == 1)
		return half_known(wish, why);
	if (named->value || !pair_asked(wish, &start))
		return NULL;
	if (named->count > 2) {
		build_put(why, "a time is between two tracepoints, and more are named: ask for each pair on its own");
		return NULL;
	}
	end = 1 - start;
	if (one_syscall(&named->probes[start], &named->probes[end]))
		return timed(wish, syscall_subject(wish, &(const char *){ named->probes[start].name + 10 }, 1));
	known = span_known(wish, wish->named.probes[start].probe, wish->named.probes[end].probe, &way);
	return timed(wish, known ? subject_of(wish, known, way) : span_made(wish, start, end));
}
