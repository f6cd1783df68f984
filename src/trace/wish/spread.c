/* What the words ask for: percentiles, and histograms with buckets of one size. Their numbers are no filters and no times. */
#include <ctype.h>
#include <string.h>
#include "trace/plan/planner.h"

/* These say nothing of the subject, and no other rule may read them. */
#define TAKEN (USED_MEASURE | USED_FILTER)

static bool is_number(const struct question *q, size_t at)
{
	return at < q->tokens.len && q->tokens.at[at].word.kind == WORD_NUMBER && !q->tokens.at[at].used;
}

static void histogram_want(struct wish *wish, size_t at)
{
	struct question *q = &wish->question;

	vec_each(sense, &q->vocabulary->senses) {
		if (strcmp(sense->class, "measure") != 0 || strcmp(sense->name, "histogram") != 0 || sense->value)
			continue;
		if (!wish->measures[MEASURE_HISTOGRAM])
			wish->measures[MEASURE_HISTOGRAM] = sense;
		vec_push(&wish->hits, (struct measure_hit){ MEASURE_HISTOGRAM, sense, at, 1, true, NULL });
		return;
	}
}

/* ---- percentiles ---- */

static void percentile_add(struct wish *wish, double percent, size_t at, size_t len)
{
	struct plan *plan = wish->plan;
	size_t place = 0;

	while (place < plan->percentiles.len && plan->percentiles.at[place] < percent)
		place++;
	if (place == plan->percentiles.len || plan->percentiles.at[place] != percent) {
		vec_push(&plan->percentiles, percent);
		memmove(&plan->percentiles.at[place + 1], &plan->percentiles.at[place],
			(plan->percentiles.len - 1 - place) * sizeof(percent));
		plan->percentiles.at[place] = percent;
	}
	tokens_use(&wish->question, at, len, TAKEN);
	histogram_want(wish, at);
}

/* "p99", "p99.9", "p999" */
static bool percentile_named(struct text name, double *percent)
{
	static const char *const ends[] = { "-ish", "ish", "-like", "s" };
	bool point = false;

	/* "p99-ish", "p99s" */
	for (size_t i = 0; i < COUNT(ends); i++)
		name = text_ends(name, ends[i]) ? text_until(name, name.len - strlen(ends[i])) : name;
	if (name.len < 2 || (name.at[0] != 'p' && name.at[0] != 'P') || !isdigit((unsigned char)name.at[1]))
		return false;
	for (size_t i = 1; i < name.len; i++) {
		point |= name.at[i] == '.';
		if (!isdigit((unsigned char)name.at[i]) && name.at[i] != '.')
			return false;
	}
	if (!text_real(text_from(name, 1), percent))
		return false;
	while (!point && *percent > 100 && name.at[1] == '9')
		*percent /= 10;
	return *percent > 0 && *percent < 100;
}

/* "99th" */
static bool ordinal(struct text name, double *percent)
{
	static const char *const ends[] = { "th", "st", "nd", "rd" };

	for (size_t i = 0; i < COUNT(ends); i++)
		if (text_ends(name, ends[i]) && text_real(text_until(name, name.len - 2), percent))
			return *percent > 0 && *percent < 100;
	return false;
}

static bool percent_at(const struct question *q, size_t at, double *percent)
{
	const struct word *word = at < q->tokens.len && !q->tokens.at[at].used ? &q->tokens.at[at].word : NULL;

	if (!word || (word->kind == WORD_NUMBER && word->unit[0] && strcmp(word->unit, "%") != 0))
		return false;
	if (word->kind == WORD_NUMBER) {
		*percent = word->number;
		return *percent > 0 && *percent < 100;
	}
	return ordinal(word->text, percent);
}

static bool list_joint(const struct question *q, size_t at)
{
	return token_is(q, at, "and") || token_is(q, at, "or") || token_is(q, at, "和") || token_is(q, at, "与") ||
	       token_is(q, at, "第") || token_is(q, at, "the");
}

/* "50th, 90th and 99th percentile", "percentiles 50 and 99", "第99百分位": all numbers beside the word at `at`. */
static void percentiles_beside(struct wish *wish, size_t at, size_t len)
{
	struct question *q = &wish->question;
	double percent;

	tokens_use(q, at, len, USED_MEASURE);
	for (size_t i = at; i > 0; i--) {
		if (percent_at(q, i - 1, &percent))
			percentile_add(wish, percent, i - 1, 1);
		else if (list_joint(q, i - 1) && i > 1)
			tokens_use(q, i - 1, 1, USED_CUE);
		else
			break;
	}
	for (size_t i = at + len; i < q->tokens.len; i++) {
		if (percent_at(q, i, &percent) && !unit_at(q, i, false).kind)
			percentile_add(wish, percent, i, 1);
		else if (!(list_joint(q, i) && percent_at(q, i + 1, &percent)))
			break;
	}
}

static void percentiles_read(struct wish *wish)
{
	struct question *q = &wish->question;
	double percent;
	size_t len;

	for (size_t i = 0; i < q->tokens.len; i++) {
		if (q->tokens.at[i].used)
			continue;
		if (q->tokens.at[i].word.kind != WORD_HAN && percentile_named(q->tokens.at[i].word.text, &percent))
			percentile_add(wish, percent, i, 1);
		else if ((len = tokens_in(q, i, GRAMMAR_MEDIAN)))
			percentile_add(wish, 50, i, len);
		else if ((len = tokens_in(q, i, GRAMMAR_PERCENTILE)))
			percentiles_beside(wish, i, len);
	}
}

/* ---- buckets of one size ---- */

struct amount {
	double number;
	struct unit unit;
	bool said;
};
struct bounds { /* as they are written */
	struct amount from, to, step, count;
};

static size_t amount_take(struct wish *wish, size_t at, struct amount *amount)
{
	struct question *q = &wish->question;

	*amount = (struct amount){ q->tokens.at[at].word.number, unit_at(q, at, true), true };
	tokens_use(q, at, 1 + amount->unit.len, TAKEN);
	return 1 + amount->unit.len;
}

/* Words between "step" and its number. */
static size_t fillers(const struct question *q, size_t at)
{
	size_t start = at, len;

	while ((len = tokens_in(q, at, GRAMMAR_BEFORE_STEP)))
		at += len;
	return at - start;
}

/* "in steps of 128", "bucket size 10 ms", "步长 4" */
static bool step_after(struct wish *wish, size_t at, struct bounds *bounds)
{
	struct question *q = &wish->question;
	size_t len, number, between;
	bool step = (len = tokens_in(q, at, GRAMMAR_STEP)) > 0;

	if (!step && !(len = tokens_in(q, at, GRAMMAR_BUCKET)))
		return false;
	between = fillers(q, at + len);
	number = at + len + between;
	if (!is_number(q, number) || (!step && !between && !unit_at(q, number, true).kind))
		return false;
	tokens_use(q, at, len + between, TAKEN);
	amount_take(wish, number, &bounds->step);
	return true;
}

/* "128 byte buckets", "5 ms steps", "20 buckets", "每 10 毫秒一个桶" */
static bool step_before(struct wish *wish, size_t at, struct bounds *bounds)
{
	struct question *q = &wish->question;
	struct unit unit = is_number(q, at) ? unit_at(q, at, true) : (struct unit){ 0 };
	size_t end = at + 1 + unit.len, start = at, len, word, one = 0;
	bool step, every = at > 0 && (token_is(q, at - 1, "每") || token_is(q, at - 1, "以"));

	if (!is_number(q, at) || q->tokens.at[at].word.comma)
		return false;
	one = tokens_in(q, end, GRAMMAR_ONE_BUCKET);
	word = end + one + fillers(q, end + one);
	step = (len = tokens_in(q, word, GRAMMAR_STEP)) > 0;
	if (!step && !(len = tokens_in(q, word, GRAMMAR_BUCKET)))
		return false;
	/* "0..64 step 4" */
	if (is_number(q, word + len + fillers(q, word + len)))
		return false;
	start -= every;
	tokens_use(q, start, word + len - start, TAKEN);
	amount_take(wish, at, unit.kind || every || one > 1 ? &bounds->step : &bounds->count);
	return true;
}

static bool between_marks(const struct question *q, size_t a, size_t b)
{
	const char *from = q->tokens.at[a].word.text.at + q->tokens.at[a].word.text.len;

	for (const char *at = from; at < q->tokens.at[b].word.text.at; at++)
		if ((*at == '.' && at[1] == '.') || *at == '~')
			return true;
	return false;
}

/* "from 0 to 4096", "between 4k and 64k", "0..64", "0 到 200 毫秒" */
static bool range_read(struct wish *wish, size_t at, struct bounds *bounds)
{
	struct question *q = &wish->question;
	struct unit low = unit_at(q, at, true);
	size_t second = at + 1 + low.len, len = tokens_in(q, second, GRAMMAR_RANGE_TO), start = at;

	if (!len && at > 0 && token_is(q, second, "and") && token_is(q, at - 1, "between"))
		len = 1;
	if (!is_number(q, second + len) || (len == 0 && !between_marks(q, at, second)))
		return false;
	while (start > 0 && token_in(q, start - 1, GRAMMAR_RANGE_FROM))
		start--;
	tokens_use(q, start, second + len - start, TAKEN);
	amount_take(wish, at, &bounds->from);
	amount_take(wish, second + len, &bounds->to);
	return true;
}

/* "up to 1 ms" */
static bool end_read(struct wish *wish, size_t at, struct bounds *bounds)
{
	struct question *q = &wish->question;
	bool up_to = at > 1 && token_is(q, at - 1, "to") && token_is(q, at - 2, "up");

	if (!up_to && !(at > 0 && (token_is(q, at - 1, "until") || token_is(q, at - 1, "到"))))
		return false;
	tokens_use(q, at - (up_to ? 2 : 1), up_to ? 2 : 1, TAKEN);
	amount_take(wish, at, &bounds->to);
	return true;
}

/* "0-64" is one word. */
static bool dashed_read(struct wish *wish, size_t at, struct bounds *bounds)
{
	struct text rest = wish->question.tokens.at[at].word.text, low;

	if (!text_next(&rest, '-', &low) || !text_real(low, &bounds->from.number) || !text_real(rest, &bounds->to.number))
		return false;
	bounds->from.said = bounds->to.said = true;
	tokens_use(&wish->question, at, 1, TAKEN);
	return true;
}

/* "lhist 0 64 4" */
static void triple_read(struct wish *wish, size_t at, struct bounds *bounds)
{
	struct question *q = &wish->question;
	struct amount *const parts[] = { &bounds->from, &bounds->to, &bounds->step };
	size_t place = at;

	for (size_t i = 0; i < COUNT(parts); i++, place += 1 + unit_at(q, place, true).len)
		if (!is_number(q, place))
			return;
	for (size_t i = 0; i < COUNT(parts); i++)
		at += amount_take(wish, at, parts[i]);
}

/* What is kept: in ns or bytes, where any of them has a unit that the others share. */
static void bounds_settle(const struct bounds *bounds, struct linear_wish *linear)
{
	const struct amount *parts[] = { &bounds->from, &bounds->to, &bounds->step }, *with = NULL;
	double *into[] = { &linear->from, &linear->to, &linear->step };

	for (size_t i = 0; i < COUNT(parts); i++) {
		/* "4 to 64 KB" takes its unit from what follows; "0 to 65536 step 4k" is in bytes. */
		if (parts[i]->unit.kind && (i == 1 || (!with && parts[i]->unit.kind == UNIT_TIME)))
			with = parts[i];
	}
	for (size_t i = 0; i < COUNT(parts); i++)
		*into[i] = parts[i]->number * (parts[i]->unit.kind ? parts[i]->unit.scale : with ? with->unit.scale : 1);
	linear->kind = with ? with->unit.kind : bounds->step.unit.kind;
	linear->count = bounds->count.number;
	linear->ranged = bounds->to.said;
	linear->asked = true;
}

static bool range_ahead(const struct question *q)
{
	for (size_t i = 0; i < q->tokens.len; i++) {
		size_t end = is_number(q, i) ? i + 1 + unit_at(q, i, true).len : 0;

		if (end && (token_is(q, end, "to") || token_is(q, end, "到") || token_is(q, end, "至") ||
			    (i > 0 && token_is(q, i - 1, "between"))))
			return true;
	}
	return false;
}

/* "disk latency in 100 ms buckets" */
static bool amount_said(const struct question *q)
{
	for (size_t i = 0; i < q->tokens.len; i++) {
		size_t len;
		const struct role *role = role_at(q, i, &len);

		if (role && (strcmp(role->name, "latency") == 0 || strcmp(role->name, "size") == 0))
			return true;
	}
	return false;
}

static void linear_read(struct wish *wish)
{
	struct question *q = &wish->question;
	struct bounds bounds = { 0 };
	/* "in 10 second buckets" alone says nothing of a histogram. */
	bool possible = words_there(q, GRAMMAR_HISTOGRAM) || range_ahead(q) || amount_said(q);
	size_t named = SIZE_MAX, len;

	for (size_t i = 0; i < q->tokens.len; i++)
		if ((len = tokens_in(q, i, GRAMMAR_LINEAR))) {
			named = i;
			tokens_use(q, i, len, TAKEN);
			triple_read(wish, i + len, &bounds);
		}
	for (size_t i = 0; (named != SIZE_MAX || possible) && i < q->tokens.len && !bounds.step.said; i++)
		if (step_after(wish, i, &bounds) || step_before(wish, i, &bounds))
			break;
	if (named == SIZE_MAX && !bounds.step.said && !bounds.count.said)
		return;
	for (size_t i = 0; i < q->tokens.len && !bounds.to.said; i++)
		if (is_number(q, i) && (range_read(wish, i, &bounds) || end_read(wish, i, &bounds)))
			break;
		else if (q->tokens.at[i].word.kind == WORD_NAME && !q->tokens.at[i].used)
			dashed_read(wish, i, &bounds);
	bounds_settle(&bounds, &wish->linear);
	histogram_want(wish, named == SIZE_MAX ? 0 : named);
}

void wish_spread(struct wish *wish)
{
	percentiles_read(wish);
	linear_read(wish);
}
