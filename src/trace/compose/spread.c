/* From the words and a subject to a plan: the buckets of a histogram, in the base unit of what is measured. */
#include <math.h>
#include <string.h>
#include "trace/compose/compose.h"

#define BUCKETS_USUAL 32u /* when only the range was said */
#define BUCKETS_AHEAD 50u /* when only the step was */

/* The next of 1, 2, 5, 10, 20 …; of bytes a power of two. */
static double round_step(double least, bool bytes)
{
	double step = bytes ? exp2(ceil(log2(least))) : pow(10, floor(log10(least)));

	if (!bytes)
		step *= least <= step ? 1 : least <= 2 * step ? 2 : least <= 5 * step ? 5 : 10;
	return step < 1 ? 1 : step;
}

static double scale_of(const char *type, enum unit_kind kind)
{
	static const struct {
		const char *type;
		double ns;
	} times[] = { { "ns", 1 }, { "us", 1e3 }, { "ms", 1e6 } };

	/* Histograms of time are in us, and so is a bound without a unit. */
	for (size_t i = 0; i < COUNT(times); i++)
		if (strcmp(type, times[i].type) == 0)
			return kind == UNIT_TIME ? 1 / times[i].ns : strcmp(type, "ns") == 0 ? 1e3 : 1;
	return 1;
}

static bool kind_fits(const char *type, enum unit_kind kind)
{
	bool time = strcmp(type, "ns") == 0 || strcmp(type, "us") == 0 || strcmp(type, "ms") == 0;

	return kind == UNIT_NONE || (kind == UNIT_TIME ? time : kind == UNIT_SIZE && !time);
}

/* Without bounds there is nothing to divide, and what is usual differs too much to be guessed. */
static void bounds_note(struct plan *plan, const char *type)
{
	const char *example = kind_fits(type, UNIT_TIME) ? "from 0 to 100 ms in steps of 5 ms" :
			      strcmp(type, "bytes") == 0 ? "from 0 to 4096 in steps of 128" : "from 0 to 64 in steps of 4";

	vec_push(&plan->notes, arena_fmt(plan->arena, "Its buckets are powers of two, as a linear histogram needs bounds: "
						      "add for example \"%s\".", example));
}

void linear_choose(struct wish *wish, const struct spot *spot)
{
	const struct linear_wish *linear = &wish->linear;
	struct plan *plan = wish->plan;
	double scale, from, to, step;
	struct bound b;

	if (plan->measure != MEASURE_HISTOGRAM)
		plan->percentiles.len = 0;
	if (!linear->asked || plan->measure != MEASURE_HISTOGRAM || !plan->value)
		return;
	/* "in buckets of 10 ms": a time is measured. */
	if (!bind_role(spot, plan->value, &b, NULL))
		return;
	if (!kind_fits(b.type, linear->kind)) {
		const char *meant = linear->kind == UNIT_TIME ? "latency" : "size";

		if (!bind_role(spot, meant, &b, NULL)) {
			bounds_note(plan, "");
			return;
		}
		if (!kind_fits(b.type, linear->kind)) {
			bounds_note(plan, b.type);
			return;
		}
		plan->value = meant;
	}
	scale = scale_of(b.type, linear->kind);
	from = linear->from * scale;
	to = linear->to * scale;
	step = linear->step * scale;
	if (!linear->ranged && strcmp(b.type, "percent") == 0)
		to = 100;
	else if (!linear->ranged)
		to = step * (linear->count > 0 ? linear->count : BUCKETS_AHEAD);
	if (step <= 0 && to > from)
		step = linear->count > 0 ? (to - from) / linear->count : round_step((to - from) / BUCKETS_USUAL, strcmp(b.type, "bytes") == 0);
	if (step <= 0) {
		bounds_note(plan, b.type);
		return;
	}
	plan->linear = (struct linear){ from, to, step };
}

/* ---- "large writes" ---- */

/* Whether an amount is bounded already, or measured. */
static bool amount_known(const struct wish *wish, const char *role)
{
	vec_each(condition, &wish->plan->where)
		if (condition->role && (strcmp(condition->role, role) == 0 || (wish->plan->value && strcmp(condition->role, wish->plan->value) == 0)))
			return true;
	return wish->plan->measure != MEASURE_COUNT || wish->plan->value;
}

void adjective_meant(struct wish *wish)
{
	struct question *q = &wish->question;

	for (size_t i = 0; i + 1 < q->tokens.len; i++) {
		size_t len;
		const struct sense *sense = sense_at(q, i, "adjective", NULL, &len);

		if (!sense || q->tokens.at[i].used || q->tokens.at[i].word.comma || !(q->tokens.at[i + len].used & USED_SUBJECT) ||
		    amount_known(wish, sense->name))
			continue;
		/* "short reads" give less than was asked for. */
		if (token_is(q, i, "short") && (token_is(q, i + 1, "read") || token_is(q, i + 1, "write"))) {
			wish->missing = "what gives less than was asked for is not told from the rest";
			return;
		}
		if (wish_said(wish, MEASURE_COUNT)) {
			wish->missing = arena_fmt(wish->plan->arena, "it says '%.*s' and not from where on: name a bound (\"%s\")",
						  TEXT_ARG(q->tokens.at[i].word.text),
						  strcmp(sense->name, "size") == 0 ? "larger than 64 KB" : "longer than 10 ms");
			return;
		}
		wish->plan->measure = MEASURE_HISTOGRAM;
		wish->plan->value = sense->name;
		tokens_use(q, i, len, USED_MEASURE);
		return;
	}
}

/* ---- "max interval of journal handles" ---- */

/* Whether the word at `at` is a field of the probe that holds a number, and nothing else. */
static const char *number_field(struct wish *wish, const struct spot *spot, size_t at)
{
	const struct question *q = &wish->question;
	size_t len;
	struct bound b;

	/* "bytes_alloc minus bytes_req": a part of what is named */
	if (at >= q->tokens.len || (at > 0 && token_is(q, at - 1, "minus")) || q->tokens.at[at].used & ~(unsigned)USED_KEY || role_at(q, at, &len) ||
	    (q->tokens.at[at].word.kind != WORD_PLAIN && q->tokens.at[at].word.kind != WORD_NAME))
		return NULL;
	AUTO_FREE char *name = text_copy(q->tokens.at[at].word.text);

	if (!bind_role(spot, name, &b, NULL) || b.text || b.symbols)
		return NULL;
	return arena_text(wish->plan->arena, text_of(name));
}

/* "maximum order of page allocations": a name elsewhere, of which there is a largest. */
static const char *number_name(struct wish *wish, const struct spot *spot, size_t at, enum measure measure)
{
	size_t len;
	const struct role *role = at < wish->question.tokens.len ? role_at(&wish->question, at, &len) : NULL;
	struct bound b;

	return role && role->kind == ROLE_NAME && !role->from && (measure == MEASURE_AVG || measure == MEASURE_MAX || measure == MEASURE_MIN) &&
			       token_is(&wish->question, at + len, "of") && bind_role(spot, role->name, &b, NULL) && !b.text && !b.symbols &&
			       strcmp(b.type, "number") == 0 ?
		       role->name : NULL;
}

/* "bytes_alloc minus bytes_req, summed": the last word of what is called so, and no field by itself. */
static const char *role_ending(struct wish *wish, const struct spot *spot, size_t at)
{
	struct bound b;

	for (size_t back = 1; back < 4 && back <= at; back++) {
		size_t len;
		const struct role *role = role_at(&wish->question, at - back, &len);

		if (role && len == back + 1 && bind_role(spot, role->name, &b, NULL) && !b.text)
			return role->name;
	}
	return NULL;
}

void field_measured(struct wish *wish, const struct spot *spot)
{
	struct question *q = &wish->question;

	vec_each(hit, &wish->hits) {
		size_t after = hit->at + hit->len, before = hit->at, at;
		const char *name = NULL;
		struct bound b;

		/* "longest interval": what is longest there, where nothing has a latency */
		if (wish->measured || wish->named.count || (hit->sense->value && bind_role(spot, hit->sense->value, &b, NULL)) || hit->measure == MEASURE_EVENTS || hit->measure == MEASURE_STACKS ||
		    hit->measure == MEASURE_COUNT)
			continue;
		after += token_is(q, after, "of");
		after += token_is(q, after, "the");
		before -= before > 0 && token_is(q, before - 1, "的");
		name = number_field(wish, spot, at = after);
		name = name || !hit->own ? name : number_name(wish, spot, after, hit->measure);
		if (!name && before > 0) {
			name = number_field(wish, spot, at = before - 1);
			name = name && role_ending(wish, spot, at) ? role_ending(wish, spot, at) : name;
		}
		if (!name)
			continue;
		wish->measured = name;
		tokens_use(q, at, 1, USED_MEASURE);
	}
}

/* "histogram of disk write sizes over 1 MiB": the noun is compared, and measured as well; but "… of writes whose size is". */
bool compared_measured(const struct wish *wish)
{
	const struct question *q = &wish->question;
	size_t len;

	for (size_t at = wish->compared; at > 0 && !q->tokens.at[at - 1].word.comma && q->tokens.at[at - 1].word.kind == WORD_PLAIN; at--) {
		const struct sense *sense = sense_at(q, at - 1, "measure", NULL, &len);

		if (sense && (strcmp(sense->name, "histogram") == 0 || strcmp(sense->name, "avg") == 0 || strcmp(sense->name, "max") == 0))
			return true;
		if (sense_at(q, at - 1, "key", NULL, &len) || token_in(q, at - 1, GRAMMAR_CONDITION) || token_is(q, at - 1, "that"))
			return false;
	}
	return false;
}
