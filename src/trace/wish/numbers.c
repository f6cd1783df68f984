/* What the words ask for: times, and numbers with their meaning. */
#include <math.h>
#include <string.h>
#include "trace/names/names.h"
#include "trace/around/sides.h"
#include "trace/words/units.h"

#define SECONDS_MOST (366 * 86400.0)

bool returned_before(const struct question *q, size_t at, size_t *start)
{
	for (*start = at; *start > 0 && at - *start < 3; --*start) {
		if (token_is(q, *start - 1, "return")) {
			--*start;
			return true;
		}
		if (!q->tokens.at[*start - 1].ignored)
			return false;
	}
	return false;
}

/* A whole number that was asked for, within what makes sense. */
static long whole(double number)
{
	return number < 0 ? 0 : number > 1e9 ? 1000000000 : (long)number;
}

/* The sense of `class` whose words end right before `at` (articles between are passed over). */
static const struct sense *sense_before(const struct question *q, size_t at, const char *class, size_t *start)
{
	for (size_t from = at > 6 ? at - 6 : 0; from < at; from++) {
		size_t len;
		const struct sense *sense = sense_at(q, from, class, NULL, &len);

		if (!sense || from + len > at)
			continue;
		while (from + len < at && (token_is(q, from + len, "the") || token_is(q, from + len, "a") ||
					   token_is(q, from + len, "about") || token_is(q, from + len, "than") ||
					   token_is(q, from + len, "的")))
			len++;
		if (from + len != at)
			continue;
		*start = from;
		return sense;
	}
	return NULL;
}

/* The role whose words end right before `at`: "port 80", "exit code is 3". */
static const struct role *role_before(const struct question *q, size_t at, size_t *start)
{
	size_t end = at;

	/* "on each cpu, 3 samples": a number of its own; but "pid: 3" */
	if (at > 0 && q->tokens.at[at - 1].word.comma && q->tokens.at[at - 1].word.text.at[q->tokens.at[at - 1].word.text.len] != ':')
		return NULL;
	while (end > 0 && (token_is(q, end - 1, "is") || token_is(q, end - 1, "=") || token_is(q, end - 1, "number") ||
			   token_is(q, end - 1, "was") || token_is(q, end - 1, "no") || token_is(q, end - 1, "==") ||
			   token_is(q, end - 1, "是") || token_is(q, end - 1, "为")))
		end--;
	/* "nice value set to -20" */
	for (size_t to = end; end > 1 && token_is(q, end - 1, "to") && to > 0; to--) {
		size_t len;
		const struct role *role = role_at(q, to - 1, &len);

		if (role && (strcmp(role->name, "priority") == 0 || strcmp(role->name, "limit") == 0 || strcmp(role->name, "mode") == 0)) {
			*start = to - 1 - (to > 1 && role_at(q, to - 2, &len) == role);
			return role;
		}
		if (!token_is(q, to - 1, "to") && !token_is(q, to - 1, "set") && !token_is(q, to - 1, "change") && !token_is(q, to - 1, "value"))
			break;
	}
	for (size_t from = end > 4 ? end - 4 : 0; from < end; from++) {
		size_t len;
		const struct role *role = role_at(q, from, &len);

		if (!role || from + len != end)
			continue;
		*start = from;
		return role;
	}
	return NULL;
}

struct condition *wish_where(struct wish *wish, const char *role, enum compare compare, const char *text,
			     double number)
{
	struct condition *condition;

	/* "what is sudo running? commands run by sudo": said twice. */
	vec_each(said, &wish->plan->where)
		if (said->role && role && text && said->text && strcmp(said->role, role) == 0 && said->compare == compare && strcmp(said->text, text) == 0)
			return said;
	condition = vec_new(&wish->plan->where);

	*condition = (struct condition){ role, compare, text ? arena_text(wish->plan->arena, text_of(text)) : NULL,
					 number };
	return condition;
}

bool bound_included(const struct question *q, size_t at, size_t end)
{
	for (size_t len; at < end; at++)
		if (sense_at(q, at, "inclusive", NULL, &len) && at + len <= end)
			return true;
	return false;
}

static enum compare compare_of(const struct sense *sense, const struct question *q, size_t at, size_t end)
{
	bool inclusive = bound_included(q, at, end);

	if (strcmp(sense->name, "equal") == 0)
		return COMPARE_EQUAL;
	if (strcmp(sense->name, "less") == 0)
		return inclusive ? COMPARE_AT_MOST : COMPARE_LESS;
	return inclusive ? COMPARE_AT_LEAST : COMPARE_GREATER;
}

/* "ignoring anything under 4k", "other than those to port 443" */
static bool left_out_before(const struct question *q, size_t at, size_t *start)
{
	*start = exclude_before(q, at, GAP_ROLES | GAP_KNOWN);
	return *start < at;
}

/* "larger than 4 KB": a condition on the role that unit, words or neighbourhood tell. */
static void compared_number(struct wish *wish, size_t at, const struct unit *unit, const struct sense *sense,
			    size_t start, size_t len)
{
	struct question *q = &wish->question;
	double number = q->tokens.at[at].word.number * (unit->kind ? unit->scale : 1);
	const char *role = sense->value;
	size_t from = start, left, noun_len;

	/* "次数超过 1000 的文件": how often it occurs is known only at the end. */
	if (unit->kind == UNIT_NONE && (token_is(q, at + 1, "次") || (start > 1 && tokens_spell(q, start - 2, "次数"))))
		wish->missing = "it asks only for what occurs so often: ask for all, the most frequent stand first";

	if (unit->kind == UNIT_TIME)
		role = "latency";
	else if (unit->kind == UNIT_SIZE)
		role = "size";
	/* "whose length exceeds 32 MB": compared, and not measured */
	if (unit->kind == UNIT_SIZE && start < at) {
		const struct role *named = role_before(q, start, &from);

		from = named && named->kind == ROLE_NUMBER ? from : start;
	}
	if (!role && start > 0) {
		const struct role *named = role_before(q, start, &from);

		role = named ? named->name : NULL;
	}
	if (!role) {
		/* "more than 100 pages": the noun after it; else the subject's own value, filled in later. */
		size_t noun;
		const struct role *named = role_at(q, at + 1 + unit->len, &noun);

		role = named && named->kind == ROLE_NUMBER ? named->name : NULL;
		from = start;
	}
	if (role && strcmp(role, "latency") == 0 && unit->kind == UNIT_NONE && number > 0)
		wish->missing = arena_fmt(wish->plan->arena, "it compares a time with %.15g and does not say in which unit (\"%.15g ms\")", number, number);
	enum compare compare = start < at ? compare_of(sense, q, start, at) : compare_of(sense, q, at + 1 + unit->len, start + len);

	if (left_out_before(q, from, &left)) {
		static const enum compare others[] = { [COMPARE_EQUAL] = COMPARE_NOT, [COMPARE_GREATER] = COMPARE_AT_MOST,
						       [COMPARE_AT_LEAST] = COMPARE_LESS, [COMPARE_LESS] = COMPARE_AT_LEAST,
						       [COMPARE_AT_MOST] = COMPARE_GREATER };

		compare = others[compare];
		tokens_use(q, left, from - left, USED_FILTER);
	}
	wish->compared = unit->kind == UNIT_SIZE && (from < start || role_at(q, start, &noun_len)) ? from : wish->compared;
	wish_where(wish, role, compare, NULL, number);
	tokens_use(q, from, start - from + len, USED_FILTER);
	/* "that slept longer than": the verb only says that it took time. */
	if (unit->kind == UNIT_TIME && from > 1 && token_in(q, from - 1, GRAMMAR_TAKES_TIME))
		tokens_use(q, from - 1, 1, USED_CUE);
}

/* "port 80, 443 or 8080": the first number is at `at`. */
static void equal_numbers(struct wish *wish, size_t at, const struct role *role, size_t start)
{
	struct question *q = &wish->question;
	const char *name = strcmp(role->name, "process") == 0 ? "pid" : role->name;
	enum compare compare = COMPARE_EQUAL;
	size_t left;

	/* "not to port 443", "except those of pid 12", "port 53 not included" */
	if (left_out_before(q, start, &left)) {
		compare = COMPARE_NOT;
		start = left;
	} else if ((left = excluded_behind(q, at + 1))) {
		compare = COMPARE_NOT;
		tokens_use(q, at + 1, left, USED_FILTER);
	}
	wish_where(wish, name, compare, NULL, q->tokens.at[at].word.number);
	tokens_use(q, start, at + 1 - start, USED_FILTER);
	for (;;) {
		bool listed = q->tokens.at[at].word.comma;

		if (token_is(q, at + 1, "or") || token_is(q, at + 1, "and") || token_is(q, at + 1, "或") ||
		    token_is(q, at + 1, "和")) {
			at++;
			listed = true;
		}
		if (!listed || at + 1 >= q->tokens.len || q->tokens.at[at + 1].word.kind != WORD_NUMBER ||
		    unit_at(q, at + 1, false).kind)
			return;
		/* "pid 12, 49 samples a second": a number of something else. */
		if (at + 2 < q->tokens.len && !q->tokens.at[at + 1].word.comma && !q->tokens.at[at + 2].ignored &&
		    !token_is(q, at + 2, "or") && !token_is(q, at + 2, "and"))
			return;
		at++;
		wish_where(wish, name, compare, NULL, q->tokens.at[at].word.number);
		tokens_use(q, at, 1, USED_FILTER);
	}
}

static void ranked_take(struct wish *wish, size_t at)
{
	tokens_use(&wish->question, at, 1, USED_MEASURE);
	wish->plan->top = whole(wish->question.tokens.at[at].word.number);
	wish->ranked = true;
}

static bool rank_number(struct wish *wish, size_t at)
{
	struct question *q = &wish->question;
	size_t len, start = at;

	if (q->tokens.at[at].word.number > 2 && amount_of_noun(q, at)) {
		ranked_take(wish, at);
		return true;
	}
	if (at == 0 || token_is(q, at - 1, "which") || token_is(q, at - 1, "what")) {
		size_t next = at + 1 + token_is(q, at + 1, "个"); /* "5 个最慢的" */

		if (!sense_at(q, next, "rank", NULL, &len) && !superlative(q, next) && !ranked_later(q, at))
			return false;
		ranked_take(wish, at);
		return true;
	}
	if (sense_before(q, at, "rank", &start) || token_is(q, at - 1, "first") || token_is(q, at - 1, "前") ||
	    token_is(q, at - 1, "last")) {
		tokens_use(q, start < at ? start : at - 1, at + 1 - (start < at ? start : at - 1), USED_MEASURE);
	} else if (superlative(q, at - 1)) {
		tokens_use(q, at, 1, USED_MEASURE); /* "slowest 10": the word stays the measure's */
	} else if (sense_at(q, at + 1 + token_is(q, at + 1, "个"), "rank", NULL, &len) || sense_at(q, at + 1, "measure", "max", &len) ||
		   sense_at(q, at + 1, "measure", "min", &len)) {
		tokens_use(q, at, 1, USED_MEASURE);
	} else {
		return false;
	}
	/* "the first 3 files opened" came first, and are not the most. */
	if (token_is(q, at - 1, "first")) {
		wish->plan->events = whole(q->tokens.at[at].word.number);
		wish->each = true;
		return true;
	}
	wish->plan->top = whole(q->tokens.at[at].word.number);
	wish->ranked = true;
	return true;
}

/* "8080 端口": Chinese puts the number first. */
static const struct role *role_after(const struct question *q, size_t at, size_t *end)
{
	size_t len;
	const struct role *role = role_at(q, at + 1, &len);

	if (!role || q->tokens.at[at + 1].word.kind != WORD_HAN || (strcmp(role->name, "port") != 0 && strcmp(role->name, "pid") != 0))
		return NULL;
	*end = at + 1 + len;
	return role;
}

/* "over 10 seconds" is how long to watch, "taking over 10 seconds" and "over 10 ms" how long it takes. */
static bool is_duration(const struct question *q, const struct unit *unit, size_t number, size_t start)
{
	if (unit->kind != UNIT_TIME || unit->scale * q->tokens.at[number].word.number < 1e9 || !token_is(q, start, "over"))
		return false;
	if (token_is(q, number + 1 + unit->len, "window") || token_is(q, number + 1 + unit->len, "period"))
		return true;
	/* "Over five seconds, add up …" */
	return start > 0 ? !token_in(q, start - 1, GRAMMAR_TAKES_TIME) : q->tokens.at[number + unit->len].word.comma;
}

static bool sampled(const struct question *q)
{
	for (size_t i = 0; i < q->tokens.len; i++)
		if (token_is(q, i, "sample") || token_is(q, i, "profile"))
			return true;
	return false;
}

/* "localhost:8080": the colon stands between the two and nothing else. */
static bool port_of_host(const struct question *q, size_t at)
{
	const struct token *before = at > 0 ? &q->tokens.at[at - 1] : NULL;
	const char *from = q->tokens.at[at].word.text.at;
	size_t len;

	return before && (before->word.kind == WORD_PLAIN || before->word.kind == WORD_NAME) && !role_at(q, at - 1, &len) &&
	       before->word.text.at + before->word.text.len + 1 == from && from[-1] == ':' && q->tokens.at[at].word.number > 0 &&
	       q->tokens.at[at].word.number < 65536;
}

static void number_read(struct wish *wish, size_t at)
{
	struct question *q = &wish->question;
	struct plan *plan = wish->plan;
	double number = q->tokens.at[at].word.number;
	size_t start = at, after_len = 0;
	const struct sense *compare = sense_before(q, at, "compare", &start), *after;
	if (compare && strcmp(compare->name, "equal") == 0 && start > 0 && token_is(q, start - 1, "不")) /* "不等于 0" leaves it out */
		compare = NULL;
	struct unit unit = unit_at(q, at, compare != NULL);
	size_t end = at + 1 + unit.len;
	const struct role *role;

	/* Of a field perhaps, which is known only with the subject's probe. */
	if (!wish->spot && wish->named.count == 0 && unit.kind == UNIT_NONE && field_compared(q, start, at))
		return;
	after = sense_at(q, end, "compare", NULL, &after_len);
	if (token_is(q, end, "or") || token_is(q, end, "以") || token_is(q, end, "及") || token_is(q, end, "或") || (token_is(q, end, "and") && after_len == 2)) { /* "4 KB or more", "10 毫秒以上" */
		/* "10 秒以内" is how long to watch */
		if (!compare && after && !(unit.kind == UNIT_TIME && number * unit.scale >= 1e9 && token_is(q, end + 1, "内"))) {
			compared_number(wish, at, &unit, after, at, end + after_len - at);
			return;
		}
	}
	if (compare && !(unit.kind == UNIT_TIME && token_is(q, start, "over") &&
			 (token_is(q, start + 1, "the") || token_is(q, start + 1, "a") || is_duration(q, &unit, at, start)))) {
		compared_number(wish, at, &unit, compare, start, end - start);
	} else if (unit.kind == UNIT_HERTZ) {
		plan->hz = whole(number);
		tokens_use(q, at, end - at, USED_TIME);
		if (at > 0 && (token_is(q, at - 1, "at") || token_is(q, at - 1, "以")))
			tokens_use(q, at - 1, 1, USED_TIME);
	} else if (token_is(q, at + 1, "sample") && unit.kind == UNIT_NONE && !q->tokens.at[at].word.comma && !role_before(q, at, &start) &&
		   (sense_at(q, at + 2, "rate", "second", &after_len) ||
		    ((token_is(q, at + 2, "every") || token_is(q, at + 2, "each")) && token_is(q, at + 3, "second")))) {
		/* "49 samples a second" */
		plan->hz = whole(number);
		for (end = at + 2; end < q->tokens.len && end < at + 4 && (q->tokens.at[end].ignored || token_is(q, end, "second"));)
			end++;
		tokens_use(q, at, 1, USED_TIME);
		tokens_use(q, at + 2, end - at - 2, USED_TIME);
	} else if (unit.kind == UNIT_NONE && (token_is(q, at + 1, "time") || token_is(q, at + 1, "x")) && sampled(q) &&
		   sense_at(q, at + 2, "rate", "second", &after_len)) {
		/* "sample it 99 times a second" */
		plan->hz = whole(number);
		tokens_use(q, at, 2 + after_len, USED_TIME);
	} else if (unit.kind == UNIT_TIME) {
		const struct sense *every = sense_before(q, at, "every", &start);
		size_t cue = at;

		if (!every && number * unit.scale >= 1e9 && (token_is(q, end, "bucket") || token_is(q, end, "bin") || token_is(q, end, "slot"))) {
			plan->interval = fmin(number * unit.scale / 1e9, SECONDS_MOST); /* "in 10 second buckets" */
			tokens_use(q, at, end + 1 - at, USED_TIME);
			return;
		}
		if (!every && no_duration(q, sense_before(q, at, "duration", &cue) ? cue : at, at, end, number * unit.scale))
			return;
		/* "5 秒看一次" */
		if (!every && sense_at(q, end, "once", NULL, &after_len)) {
			every = sense_at(q, end, "once", NULL, &after_len);
			end += after_len;
		}
		if (every)
			plan->interval = fmin(number * unit.scale / 1e9, SECONDS_MOST);
		else
			plan->seconds = fmin(number * unit.scale / 1e9, SECONDS_MOST);
		if (!every)
			sense_before(q, at, "duration", &start);
		tokens_use(q, start, end - start, USED_TIME);
	} else if (unit.kind == UNIT_NONE && (port_of_host(q, at) || port_bare(q, at))) {
		wish_where(wish, "port", COMPARE_EQUAL, NULL, number);
		tokens_use(q, at, 1, USED_FILTER);
	} else if (unit.kind == UNIT_NONE && number > 0 && parent_before(q, at) < at) {
		start = parent_before(q, at); /* "children of 812", "whose parent is pid 12" */
		wish_where(wish, "ppid", COMPARE_EQUAL, NULL, number);
		tokens_use(q, start, at + 1 - start, USED_FILTER);
	} else if ((role = role_before(q, at, &start))) {
		equal_numbers(wish, at, role, start);
	} else if (sense_before(q, at, "exclude", &start) && start > 0 && (role = role_before(q, start, &start))) {
		/* "a code other than 0", "whose code is not 0" */
		wish_where(wish, role->name, COMPARE_NOT, NULL, number);
		/* "退出码不为 0" tells also what is watched. */
		if (q->tokens.at[start].word.kind == WORD_HAN)
			sense_before(q, at, "exclude", &start);
		tokens_use(q, start, at + 1 - start, USED_FILTER);
	} else if ((role = role_after(q, at, &end))) {
		size_t left = exclude_before(q, at, 0), behind = excluded_behind(q, end);

		wish_where(wish, role->name, left < at || behind ? COMPARE_NOT : COMPARE_EQUAL, NULL, number);
		tokens_use(q, left, end + behind - left, USED_FILTER);
	} else if (returned_before(q, at, &start)) {
		wish_where(wish, "ret", COMPARE_EQUAL, NULL, number);
		tokens_use(q, start, at + 1 - start, USED_FILTER);
	} else if (unit.kind == UNIT_NONE && exit_number(q, at)) {
		wish_where(wish, "code", COMPARE_EQUAL, NULL, number);
		tokens_use(q, at, 1, USED_FILTER);
	} else if (unit.kind == UNIT_SIZE && at > 0 && token_is(q, at - 1, "first")) {
		return; /* "the first 64 bytes": of each, and no filter */
	} else if (unit.kind == UNIT_SIZE && number_told(q, at)) {
		tokens_use(q, at, end - at, USED_FILTER); /* what is told, and no filter */
	} else if (unit.kind == UNIT_SIZE) {
		wish_where(wish, "size", COMPARE_EQUAL, NULL, number * unit.scale);
		tokens_use(q, at, end - at, USED_FILTER);
	} else if (!rank_number(wish, at)) {
		return; /* stays unplaced */
	}
}

/* "kill(2)": a section of the manual. */
static bool section(const struct question *q, size_t at)
{
	const char *from = q->tokens.at[at].word.text.at, *end = q->text.at + q->text.len;

	return at > 0 && from > q->text.at && from[-1] == '(' && q->tokens.at[at].word.text.len == 1 && *from != '0' && from + 1 < end && from[1] == ')' &&
	       q->tokens.at[at - 1].word.text.at + q->tokens.at[at - 1].word.text.len == from - 1;
}

void numbers_rest(struct wish *wish)
{
	struct question *q = &wish->question;

	for (size_t i = 0; i < q->tokens.len; i++)
		if (q->tokens.at[i].word.kind == WORD_NUMBER && !q->tokens.at[i].used && section(q, i))
			tokens_use(q, i, 1, USED_CUE);
	/* "kill -9" */
	for (size_t i = 1; i < q->tokens.len; i++)
		if (q->tokens.at[i].word.kind == WORD_NUMBER && !q->tokens.at[i].used && token_is(q, i - 1, "kill") &&
		    signbit(q->tokens.at[i].word.number) && q->tokens.at[i].word.number > -65) {
			wish_where(wish, "signal", COMPARE_EQUAL, NULL, fabs(q->tokens.at[i].word.number));
			tokens_use(q, i, 1, USED_FILTER);
		}

	for (size_t i = 0; i < q->tokens.len; i++)
		if (q->tokens.at[i].word.kind == WORD_NUMBER && !q->tokens.at[i].used && !between_read(wish, i))
			number_read(wish, i);
}

void wish_numbers(struct wish *wish)
{
	struct question *q = &wish->question;

	numbers_spelled(q);
	han_rank(wish);
	durations_of_one(wish);
	numbers_rest(wish);
	for (size_t i = 0; i < q->tokens.len; i++) {
		size_t len, other;
		const struct sense *sense = sense_at(q, i, "rate", NULL, &len);

		/* "throughput" is an amount, and a rate beside it. */
		if (sense_at(q, i, "beside", "second", &other)) {
			wish->plan->rate = true;
			if (other > 1) /* "MB/s": its "/s" is a part of it, and no path */
				tokens_use(q, i, other, USED_MEASURE);
			i += other - 1;
			continue;
		}
		/* "iops": what is counted, and its rate; "iops every second" is one for each. */
		if (sense_at(q, i, "beside", "count", &other)) {
			wish->plan->per_second = wish->plan->rate = true;
			i += other - 1;
			continue;
		}
		/* "every second on average" is a rate, "every second" an interval: the longer phrase wins. */
		/* "how long, in seconds": the unit of the answer, where one of them would be a rate; "twice a minute" tells a story */
		if (sense && !q->tokens.at[i].used && ((token_is(q, i, "in") && text_ends(q->tokens.at[i + len - 1].word.text, "s")) || rate_told(q, i))) {
			tokens_use(q, i, len, USED_CUE);
			i += len - 1;
			continue;
		}
		if (sense && !q->tokens.at[i].used &&
		    !(sense_at(q, i, "every", "second", &other) && other > len)) {
			wish->plan->per_second = wish->plan->rate = true;
			wish->plan->rate_span = strcmp(sense->name, "minute") == 0 ? 60 : strcmp(sense->name, "hour") == 0 ? 3600 :
						strcmp(sense->name, "day") == 0 ? 86400 : 1;
			tokens_use(q, i, len, USED_TIME);
			continue;
		}
		sense = sense_at(q, i, "every", NULL, &len);
		if (!sense || strcmp(sense->name, "interval") == 0 || q->tokens.at[i].used)
			continue;
		if (rate_told(q, i)) {
			tokens_use(q, i, len, USED_CUE);
			continue;
		}
		wish->plan->interval = strcmp(sense->name, "minute") == 0 ? 60 : 1;
		tokens_use(q, i, len, USED_TIME);
	}
}
