/* What the words ask for: times, and numbers with their meaning. */
#include <math.h>
#include <string.h>
#include "trace/planner.h"

#define SECONDS_MOST (366 * 86400.0)

enum unit_kind { UNIT_NONE, UNIT_TIME, UNIT_SIZE, UNIT_HERTZ };
struct unit {
	enum unit_kind kind;
	double scale; /* to ns or bytes */
	size_t len;   /* tokens after the number that name it */
};

static const struct {
	const char *name;
	enum unit_kind kind;
	double scale;
} unit_names[] = {
	{ "ns", UNIT_TIME, 1 },	      { "nanosecond", UNIT_TIME, 1 },	 { "us", UNIT_TIME, 1e3 },
	{ "usec", UNIT_TIME, 1e3 },   { "microsecond", UNIT_TIME, 1e3 }, { "ms", UNIT_TIME, 1e6 },
	{ "msec", UNIT_TIME, 1e6 },   { "millisecond", UNIT_TIME, 1e6 }, { "s", UNIT_TIME, 1e9 },
	{ "sec", UNIT_TIME, 1e9 },    { "second", UNIT_TIME, 1e9 },	 { "min", UNIT_TIME, 60e9 },
	{ "minute", UNIT_TIME, 60e9 }, { "h", UNIT_TIME, 3600e9 },	 { "hour", UNIT_TIME, 3600e9 },
	{ "秒", UNIT_TIME, 1e9 },     { "毫秒", UNIT_TIME, 1e6 },	 { "微秒", UNIT_TIME, 1e3 },
	{ "纳秒", UNIT_TIME, 1 },     { "分钟", UNIT_TIME, 60e9 },	 { "小时", UNIT_TIME, 3600e9 },
	{ "秒钟", UNIT_TIME, 1e9 },   { "b", UNIT_SIZE, 1 },		 { "byte", UNIT_SIZE, 1 },
	{ "字节", UNIT_SIZE, 1 },     { "k", UNIT_SIZE, 1024 },		 { "kb", UNIT_SIZE, 1024 },
	{ "kib", UNIT_SIZE, 1024 },   { "kilobyte", UNIT_SIZE, 1024 },	 { "mb", UNIT_SIZE, 1 << 20 },
	{ "mib", UNIT_SIZE, 1 << 20 }, { "megabyte", UNIT_SIZE, 1 << 20 }, { "gb", UNIT_SIZE, 1 << 30 },
	{ "gib", UNIT_SIZE, 1 << 30 }, { "gigabyte", UNIT_SIZE, 1 << 30 }, { "g", UNIT_SIZE, 1 << 30 },
	{ "hz", UNIT_HERTZ, 1 },      { "hertz", UNIT_HERTZ, 1 },	 { "赫兹", UNIT_HERTZ, 1 },
};

/* How many tokens from `at` spell `name` (Chinese takes one a character); 0: they do not. */
static size_t spells(const struct question *q, size_t at, const char *name)
{
	size_t used = 0, start = at;

	for (; at < q->tokens.len && name[used]; at++) {
		const char *part = q->tokens.at[at].word.kind == WORD_HAN ? q->tokens.at[at].canonical :
									     q->tokens.at[at].word.base;
		size_t len = strlen(part);

		if (strncmp(name + used, part, len) != 0)
			return 0;
		used += len;
	}
	return name[used] ? 0 : at - start;
}

/* "returned 0", "returns of zero" */
static bool returned_before(const struct question *q, size_t at, size_t *start)
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

static bool unit_names_at(const struct question *q, size_t at)
{
	for (size_t i = 0; at < q->tokens.len && i < COUNT(unit_names); i++)
		if (unit_names[i].kind == UNIT_TIME && strlen(unit_names[i].name) > 1 && spells(q, at, unit_names[i].name))
			return true;
	return false;
}

/* "ten seconds", "top five", "half a minute", "一分钟": numbers in words, where a number must stand. */
static void numbers_spelled(struct question *q)
{
	static const struct {
		const char *word;
		double number;
	} numerals[] = { { "one", 1 }, { "two", 2 }, { "three", 3 }, { "four", 4 }, { "five", 5 }, { "six", 6 },
			 { "seven", 7 }, { "eight", 8 }, { "nine", 9 }, { "ten", 10 }, { "twelve", 12 }, { "fifteen", 15 },
			 { "twenty", 20 }, { "thirty", 30 }, { "forty", 40 }, { "fifty", 50 }, { "sixty", 60 },
			 { "ninety", 90 }, { "zero", 0 }, { "hundred", 100 }, { "couple", 2 }, { "half", 0.5 }, { "半", 0.5 },
			 { "一", 1 }, { "两", 2 }, { "二", 2 }, { "三", 3 }, { "四", 4 }, { "五", 5 }, { "六", 6 },
			 { "七", 7 }, { "八", 8 }, { "九", 9 }, { "十", 10 } };

	for (size_t i = 0; i < q->tokens.len; i++) {
		struct token *token = &q->tokens.at[i];
		const char *written = token->word.kind == WORD_HAN ? token->canonical : token->word.base;
		struct token *next = token + 1;

		for (size_t n = 0; n < COUNT(numerals); n++) {
			size_t fillers = 0, start;

			if ((token->word.kind != WORD_PLAIN && token->word.kind != WORD_HAN) ||
			    strcmp(written, numerals[n].word) != 0)
				continue;
			/* "half a second", "a couple of minutes" */
			while (i + 1 + fillers < q->tokens.len && fillers < 2 && numerals[n].number <= 2 &&
			       (token_is(q, i + 1 + fillers, "a") || token_is(q, i + 1 + fillers, "an") ||
				token_is(q, i + 1 + fillers, "of") || token_is(q, i + 1 + fillers, "个")))
				fillers++;
			if (!unit_names_at(q, i + 1 + fillers) && !(numerals[n].number == 0 && i > 0 && returned_before(q, i, &start)) &&
			    !(i > 0 && (token_is(q, i - 1, "top") || token_is(q, i - 1, "first") || token_is(q, i - 1, "前"))))
				continue;
			/* "every one second" and "one second at a time" say it by other rules. */
			token->word.kind = WORD_NUMBER;
			token->word.number = numerals[n].number;
			token->word.unit[0] = '\0';
			for (size_t k = 0; k < fillers; k++, next++)
				tokens_use(q, i + 1 + k, 1, USED_CUE);
			/* The unit stands right behind the number for what reads on. */
			if (fillers) {
				struct token number = *token;

				memmove(token, token + 1, fillers * sizeof(*token));
				q->tokens.at[i + fillers] = number;
				i += fillers;
			}
			break;
		}
	}
}

/* The unit of the number at `at`: written together with it, or the next words. */
static struct unit unit_at(const struct question *q, size_t at, bool compared)
{
	const struct word *word = &q->tokens.at[at].word;
	struct unit best = { 0 };

	if (strcmp(word->unit, "m") == 0)
		return compared ? (struct unit){ UNIT_SIZE, 1 << 20, 0 } : (struct unit){ UNIT_TIME, 60e9, 0 };
	for (size_t i = 0; i < COUNT(unit_names); i++) {
		size_t len = word->unit[0] ? 0 : spells(q, at + 1, unit_names[i].name);

		if (word->unit[0] ? strcmp(word->unit, unit_names[i].name) == 0 : len > best.len)
			best = (struct unit){ unit_names[i].kind, unit_names[i].scale, len };
	}
	return best;
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
					   token_is(q, from + len, "about") || token_is(q, from + len, "than")))
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

	while (end > 0 && (token_is(q, end - 1, "is") || token_is(q, end - 1, "=") || token_is(q, end - 1, "number") ||
			   token_is(q, end - 1, "was") || token_is(q, end - 1, "no") || token_is(q, end - 1, "==")))
		end--;
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
	struct condition *condition = vec_new(&wish->plan->where);

	*condition = (struct condition){ role, compare, text ? arena_text(wish->plan->arena, text_of(text)) : NULL,
					 number };
	return condition;
}

static enum compare compare_of(const struct sense *sense, const struct question *q, size_t at)
{
	bool inclusive = token_is(q, at, "at") || token_is(q, at, ">=") || token_is(q, at, "<=") ||
			 token_is(q, at, "no") || token_is(q, at, "up") || token_is(q, at, "or") ||
			 token_is(q, at, "至") || token_is(q, at, "of");

	if (strcmp(sense->name, "equal") == 0)
		return COMPARE_EQUAL;
	if (strcmp(sense->name, "less") == 0)
		return inclusive ? COMPARE_AT_MOST : COMPARE_LESS;
	return inclusive ? COMPARE_AT_LEAST : COMPARE_GREATER;
}

static bool takes_time(const struct question *q, size_t at)
{
	static const char *const takes[] = { "take", "last", "wait", "latency", "block", "run", "live", "long", "slow",
					     "duration", "sleep", "stall", "anything", "longer" };

	for (size_t i = 0; i < COUNT(takes); i++)
		if (token_is(q, at, takes[i]))
			return true;
	return false;
}

/* "larger than 4 KB": a condition on the role that unit, words or neighbourhood tell. */
static void compared_number(struct wish *wish, size_t at, const struct unit *unit, const struct sense *sense,
			    size_t start, size_t len)
{
	struct question *q = &wish->question;
	double number = q->tokens.at[at].word.number * (unit->kind ? unit->scale : 1);
	const char *role = sense->value;
	size_t from = start;

	if (unit->kind == UNIT_TIME)
		role = "latency";
	else if (unit->kind == UNIT_SIZE)
		role = "size";
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
	wish_where(wish, role, compare_of(sense, q, start < at ? start : at + 1 + unit->len), NULL, number);
	tokens_use(q, from, start - from + len, USED_FILTER);
	/* "that slept longer than": the verb only says that it took time. */
	if (unit->kind == UNIT_TIME && from > 1 && takes_time(q, from - 1))
		tokens_use(q, from - 1, 1, USED_CUE);
}

/* "port 80, 443 or 8080": the first number is at `at`. */
static void equal_numbers(struct wish *wish, size_t at, const struct role *role, size_t start)
{
	struct question *q = &wish->question;
	const char *name = strcmp(role->name, "process") == 0 ? "pid" : role->name;
	enum compare compare = COMPARE_EQUAL;

	/* "not to port 443", "except pid 12" */
	for (size_t from = start > 3 ? start - 3 : 0; from < start; from++) {
		size_t len;

		if (!sense_at(q, from, "exclude", NULL, &len))
			continue;
		compare = COMPARE_NOT;
		start = from;
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

static bool rank_number(struct wish *wish, size_t at)
{
	struct question *q = &wish->question;
	size_t len, start = at;

	if (sense_before(q, at, "rank", &start) || token_is(q, at - 1, "first") || token_is(q, at - 1, "前") ||
	    token_is(q, at - 1, "last")) {
		tokens_use(q, start < at ? start : at - 1, at + 1 - (start < at ? start : at - 1), USED_MEASURE);
	} else if (sense_at(q, at + 1, "rank", NULL, &len) || sense_at(q, at + 1, "measure", "max", &len) ||
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

/* "between 4k and 64k": two bounds on one role. */
static bool between_read(struct wish *wish, size_t at)
{
	struct question *q = &wish->question;
	struct unit low = unit_at(q, at, true), high;
	size_t second = at + 2 + low.len;
	const char *role;

	bool range = at > 0 && (token_is(q, at - 1, "range") || token_is(q, at - 1, "from"));

	if (at == 0 || !(token_is(q, at - 1, "between") || (range && token_is(q, second - 1, "to"))) ||
	    second >= q->tokens.len || q->tokens.at[second].word.kind != WORD_NUMBER)
		return false;
	high = unit_at(q, second, true);
	if (low.kind == UNIT_NONE)
		low = high;
	role = high.kind == UNIT_TIME ? "latency" : high.kind == UNIT_SIZE ? "size" : NULL;
	wish_where(wish, role, COMPARE_AT_LEAST, NULL, q->tokens.at[at].word.number * (low.kind ? low.scale : 1));
	wish_where(wish, role, COMPARE_AT_MOST, NULL, q->tokens.at[second].word.number * (high.kind ? high.scale : 1));
	tokens_use(q, at - 1, second + 1 + high.len - (at - 1), USED_FILTER);
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
	return start > 0 && !takes_time(q, start - 1);
}

static void number_read(struct wish *wish, size_t at)
{
	struct question *q = &wish->question;
	struct plan *plan = wish->plan;
	double number = q->tokens.at[at].word.number;
	size_t start = at, after_len = 0;
	const struct sense *compare = sense_before(q, at, "compare", &start), *after;
	struct unit unit = unit_at(q, at, compare != NULL);
	size_t end = at + 1 + unit.len;
	const struct role *role;

	after = sense_at(q, end, "compare", NULL, &after_len);
	if (token_is(q, end, "or") || token_is(q, end, "以")) { /* "4 KB or more", "10 毫秒以上" */
		if (!compare && after) {
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
	} else if (token_is(q, at + 1, "sample") && unit.kind == UNIT_NONE) {
		/* "49 samples a second" */
		plan->hz = whole(number);
		for (end = at + 2; end < q->tokens.len && end < at + 4 && (q->tokens.at[end].ignored || token_is(q, end, "second"));)
			end++;
		tokens_use(q, at, 1, USED_TIME);
		tokens_use(q, at + 2, end - at - 2, USED_TIME);
	} else if (unit.kind == UNIT_TIME) {
		const struct sense *every = sense_before(q, at, "every", &start);

		if (every)
			plan->interval = fmin(number * unit.scale / 1e9, SECONDS_MOST);
		else
			plan->seconds = fmin(number * unit.scale / 1e9, SECONDS_MOST);
		if (!every)
			sense_before(q, at, "duration", &start);
		tokens_use(q, start, end - start, USED_TIME);
	} else if ((role = role_before(q, at, &start))) {
		equal_numbers(wish, at, role, start);
	} else if ((role = role_after(q, at, &end))) {
		wish_where(wish, role->name, COMPARE_EQUAL, NULL, number);
		tokens_use(q, at, end - at, USED_FILTER);
	} else if (returned_before(q, at, &start)) {
		wish_where(wish, "ret", COMPARE_EQUAL, NULL, number);
		tokens_use(q, start, at + 1 - start, USED_FILTER);
	} else if (unit.kind == UNIT_SIZE) {
		wish_where(wish, "size", COMPARE_EQUAL, NULL, number * unit.scale);
		tokens_use(q, at, end - at, USED_FILTER);
	} else if (at == 0 || !rank_number(wish, at)) {
		return; /* stays unplaced */
	}
}

/* "前三名": Chinese numerals are characters. */
static void han_rank(struct wish *wish)
{
	static const char *const numerals[] = { "一", "二", "三", "四", "五", "六", "七", "八", "九", "十" };
	struct question *q = &wish->question;

	for (size_t i = 0; i + 1 < q->tokens.len; i++)
		for (size_t n = 0; token_is(q, i, "前") && n < COUNT(numerals); n++)
			if (token_is(q, i + 1, numerals[n])) {
				wish->plan->top = (long)n + 1;
				wish->ranked = true;
				tokens_use(q, i, 2, USED_MEASURE);
			}
}

/* "for a minute", "over the next hour": one of a unit, where a duration must stand ("a minute" alone is a rate). */
static void unit_durations(struct wish *wish)
{
	static const struct {
		const char *unit;
		double seconds;
	} units[] = { { "second", 1 }, { "minute", 60 }, { "hour", 3600 } };
	struct question *q = &wish->question;

	for (size_t i = 1; i < q->tokens.len; i++)
		for (size_t u = 0; u < COUNT(units); u++) {
			size_t start = i - 1, len;

			if (strcmp(q->tokens.at[i].word.base, units[u].unit) != 0)
				continue;
			while (start > 0 && (token_is(q, start, "a") || token_is(q, start, "an") || token_is(q, start, "the") ||
					     token_is(q, start, "full") || token_is(q, start, "whole")))
				start--;
			if (!token_is(q, start, "for") && !token_is(q, start, "next") && !token_is(q, start, "during") &&
			    !token_is(q, start, "within") && !token_is(q, start, "last") && !token_is(q, start, "over") &&
			    !(token_is(q, start, "in") && start + 1 < i))
				continue;
			while (start > 0 && (token_is(q, start - 1, "over") || token_is(q, start - 1, "for") ||
					     token_is(q, start - 1, "in") || token_is(q, start - 1, "during") ||
					     token_is(q, start - 1, "the")))
				start--;
			len = i + 1 - start;
			wish->plan->seconds = units[u].seconds;
			tokens_use(q, start, len, USED_TIME);
		}
}

void wish_numbers(struct wish *wish)
{
	struct question *q = &wish->question;

	numbers_spelled(q);
	han_rank(wish);
	unit_durations(wish);

	for (size_t i = 0; i < q->tokens.len; i++)
		if (q->tokens.at[i].word.kind == WORD_NUMBER && !q->tokens.at[i].used && !between_read(wish, i))
			number_read(wish, i);
	for (size_t i = 0; i < q->tokens.len; i++) {
		size_t len, other;
		const struct sense *sense = sense_at(q, i, "rate", NULL, &len);

		/* "every second on average" is a rate, "every second" an interval: the longer phrase wins. */
		if (sense && !q->tokens.at[i].used &&
		    !(sense_at(q, i, "every", "second", &other) && other > len)) {
			wish->plan->per_second = true;
			tokens_use(q, i, len, USED_TIME);
			continue;
		}
		sense = sense_at(q, i, "every", NULL, &len);
		if (!sense || strcmp(sense->name, "interval") == 0 || q->tokens.at[i].used)
			continue;
		wish->plan->interval = strcmp(sense->name, "minute") == 0 ? 60 : 1;
		tokens_use(q, i, len, USED_TIME);
	}
}
