/* What the words ask for: the measure, its role, failed or succeeded. */
#include <string.h>
#include "trace/plan/bind.h"
#include "trace/names/names.h"

/* Words that a filter, a time or a name has used up say nothing about the measure. */
static bool spent(const struct question *q, size_t at, size_t len)
{
	for (size_t i = at; i < at + len; i++)
		if (q->tokens.at[i].used & (USED_FILTER | USED_TIME | USED_NAME))
			return true;
	return false;
}

static bool of_subject(const struct question *q, size_t at, size_t len)
{
	for (size_t i = at; i < at + len; i++)
		if (!(q->tokens.at[i].used & USED_SUBJECT))
			return false;
	return true;
}

/* "maximum latency" and not "slowest": the amount is among the words. */
static bool names_amount(const struct question *q, size_t at, size_t len)
{
	for (size_t i = at; i < at + len; i++) {
		size_t role_len;
		const struct role *role = role_at(q, i, &role_len);

		if (role && role->kind == ROLE_NUMBER)
			return true;
	}
	return false;
}

/* "largest read latency": the amount, with nothing but words of the subject before it. */
static const char *amount_after(const struct question *q, size_t at)
{
	for (size_t i = at; i < q->tokens.len && i < at + 4; i++) {
		size_t len, other;
		const struct role *role = role_at(q, i, &len);

		if (i > 0 && q->tokens.at[i - 1].word.comma)
			return NULL;
		if (role && role->kind == ROLE_NUMBER)
			return role->name;
		if (token_is(q, i, "and") || token_is(q, i, "or") || sense_at(q, i, "key", NULL, &other) ||
		    sense_at(q, i, "measure", NULL, &other) || !(q->tokens.at[i].used & USED_SUBJECT))
			return NULL;
	}
	return NULL;
}

/* "max entries", "minimum fragments": how something is called that is set, and no statistic of what is watched. */
static bool names_setting(const struct question *q, size_t at, const struct sense *sense, size_t len)
{
	size_t next = at + len, other;
	const struct token *noun = next < q->tokens.len ? &q->tokens.at[next] : NULL;

	if (!noun || sense->value || (strcmp(sense->name, "max") != 0 && strcmp(sense->name, "min") != 0) || q->tokens.at[next - 1].word.comma)
		return false;
	return noun->word.kind == WORD_PLAIN && text_ends(noun->word.text, "s") && noun->word.text.len > 3 && !noun->used && !role_at(q, next, &other) &&
	       !sense_at(q, next, "measure", NULL, &other) && !sense_at(q, next, "key", NULL, &other) && !time_unit_at(q, next) &&
	       !token_is(q, next, "was") && !token_is(q, next, "across") && !token_is(q, next, "times") && !token_is(q, next, "values");
}

static void measure_take(struct wish *wish, size_t at, const struct sense *sense, size_t len)
{
	enum measure measure;

	if (!measure_find(text_of(sense->name), &measure))
		return;
	if (names_setting(&wish->question, at, sense, len)) {
		wish->missing = arena_fmt(wish->plan->arena, "what is watched does not tell '%.*s %.*s'", TEXT_ARG(wish->question.tokens.at[at].word.text),
					  TEXT_ARG(wish->question.tokens.at[at + len].word.text));
		return;
	}
	if (measure == MEASURE_HISTOGRAM) {
		const struct question *q = &wish->question;
		bool slow = (len == 1 && token_is(q, at, "slow")) || (token_is(q, at + len - 1, "慢") && !(at > 0 && len > 1 && token_is(q, at + len - 2, "多")));

		wish->only_slow = slow && (!wish->measures[measure] || wish->only_slow);
	}
	/* A sense that names its role says more than one that does not. */
	if (!wish->measures[measure] || (sense->value && !wish->measures[measure]->value))
		wish->measures[measure] = sense;
	vec_push(&wish->hits, (struct measure_hit){ measure, sense, at, len, !sense->value || names_amount(&wish->question, at, len),
							  amount_after(&wish->question, at + len) });
	tokens_use(&wish->question, at, len, USED_MEASURE);
}

static bool error_between(const struct question *q, size_t from, size_t to)
{
	bool there = false;
	int number;

	for (size_t i = from; i < to; i++)
		there = there || error_named(q->tokens.at[i].word.text) || error_at(q, i, &number);
	return there;
}

static void outcome_take(struct wish *wish, size_t at, const struct sense *sense, size_t len)
{
	bool left_out = false;
	size_t other;

	/* "not counting attempts that failed"; but "除了 EAGAIN 的错误" leaves out only one error. */
	for (size_t from = at > 5 ? at - 5 : 0; from < at; from++)
		if (!token_is(&wish->question, from, "not") && sense_at(&wish->question, from, "exclude", NULL, &other) &&
		    !error_between(&wish->question, from + other, at)) {
			left_out = true;
			tokens_use(&wish->question, from, other, USED_FILTER);
		}
	if ((strcmp(sense->name, "failed") == 0) != left_out)
		wish->failed = true;
	else
		wish->succeeded = true;
	wish->outcome_at = at;
	wish->outcome_len = len;
	tokens_use(&wish->question, at, len, USED_FILTER);
}

/* The tokens of "cannot", "couldn't", "unable to" at `at`. */
static size_t unable_said(const struct question *q, size_t at)
{
	size_t len;

	if (sense_at(q, at, "unable", NULL, &len))
		return len;
	if (token_in(q, at, GRAMMAR_HURRIED))
		return 1;
	return 0;
}

/* "can't nginx open", "could not be opened", "unable to connect": the tokens that say so at `at`; 0 when what follows is
 * not what the subject does. */
static size_t unable(const struct question *q, size_t at)
{
	size_t len = unable_said(q, at);

	for (size_t i = at + len; len > 0 && i < q->tokens.len && i < at + len + 5; i++) {
		const struct token *token = &q->tokens.at[i];

		if (token->used & USED_SUBJECT && !(token->used & USED_KEY))
			return q->tokens.at[at].used & USED_SUBJECT ? 0 : len;
		if (!token->ignored && !(token->used & USED_NAME))
			return 0;
	}
	return 0;
}

/* "slowest", "largest": an extreme that implies of what; "max" alone may be a limit. */
bool superlative(const struct question *q, size_t at)
{
	size_t len;
	const struct sense *max = sense_at(q, at, "measure", "max", &len), *min = sense_at(q, at, "measure", "min", &len);

	return (max && max->value) || (min && min->value);
}

bool failure_said(const struct question *q)
{
	for (size_t i = 0; i < q->tokens.len; i++) {
		size_t len;

		if (sense_at(q, i, "outcome", "failed", &len) || unable_said(q, i))
			return true;
	}
	return false;
}

/* "biggest first", "largest total on top": only how the rows are sorted. */
static bool orders_rows(const struct question *q, size_t at, const struct sense *sense, size_t len)
{
	size_t next;
	const struct sense *after;

	if (strcmp(sense->name, "max") != 0 || !sense->value)
		return false;
	if (token_is(q, at + len, "first"))
		return true;
	after = sense_at(q, at + len, "measure", NULL, &next);
	return after && !after->value && (strcmp(after->name, "sum") == 0 || strcmp(after->name, "count") == 0);
}

/* "returns a negative number", "completions that came back negative", "返回负数" */
static void returned_negative(struct wish *wish)
{
	struct question *q = &wish->question;

	for (size_t i = 1; i < q->tokens.len; i++) {
		size_t start = i, len = token_is(q, i, "negative") ? 1 : token_is(q, i, "负") ? 1 + (token_is(q, i + 1, "数") || token_is(q, i + 1, "值")) : 0;

		if (len == 0 || q->tokens.at[i].used)
			continue;
		for (bool found = false; start > 0 && i - start < 4 && !found; start -= !found)
			found = token_in(q, start, GRAMMAR_COME_BACK);
		if (start == 0 || i - start >= 4)
			continue;
		wish_where(wish, "ret", COMPARE_LESS, NULL, 0);
		if (!(q->tokens.at[start].used & USED_SUBJECT))
			tokens_use(q, start, i + len - start, USED_FILTER);
		tokens_use(q, i, len, USED_FILTER);
	}
}

/* "pid、名字和时间": of what is listed the time is when, and not how long. */
static bool moment_listed(const struct question *q, size_t at, const struct role *role, size_t len)
{
	size_t before;

	if (strcmp(role->name, "latency") != 0 || len != 2 || !token_is(q, at, "时") || at == 0)
		return false;
	return q->tokens.at[at - 1].word.comma || token_is(q, at - 1, "和") || token_is(q, at - 1, "与") || token_is(q, at - 1, "及") ||
	       (q->tokens.at[at + 1].word.comma && role_at(q, at + 2, &before));
}

/* "count of kills and their signals", "次数和错误码": told apart by it, whatever else the key is. */
static bool beside_count(const struct wish *wish, size_t at)
{
	const struct question *q = &wish->question;

	if (!wish->measures[MEASURE_COUNT])
		return false;
	while (at > 0 && token_in(q, at - 1, GRAMMAR_WITHIN))
		at--;
	if (at > 0 && token_in(q, at - 1, GRAMMAR_AND))
		return true;
	return false;
}

/* "how much threads does it create": what is counted is put so, too, and is no amount of data. */
static const struct sense *count_of(const struct question *q)
{
	vec_each(count, &q->vocabulary->senses)
		if (strcmp(count->class, "measure") == 0 && strcmp(count->name, "count") == 0 && !count->value)
			return count;
	return NULL;
}

static const struct sense *counted_much(const struct question *q, size_t at, const struct sense *sense, size_t len)
{
	size_t next = at + len, other;
	struct text noun = next < q->tokens.len ? q->tokens.at[next].word.text : (struct text){ 0 };

	/* "how much does malloc get called" */
	for (size_t i = next; strcmp(sense->name, "sum") == 0 && token_is(q, next - 1, "much") && count_of(q) && i + 1 < q->tokens.len; i++)
		if (text_is(q->tokens.at[i + 1].word.text, "called") && (token_in(q, i, GRAMMAR_BE) || text_is(q->tokens.at[i].word.text, "get") ||
									  text_is(q->tokens.at[i].word.text, "gets")))
			return count_of(q);
	if (strcmp(sense->name, "sum") != 0 || !token_is(q, next - 1, "much") || q->tokens.at[next - 1].word.comma || noun.len < 4 ||
	    q->tokens.at[next].word.kind != WORD_PLAIN || sense_at(q, next, "measure", NULL, &other) || time_unit_at(q, next))
		return sense;
	next += !text_ends(noun, "s") && q->tokens.at[next].used & USED_SUBJECT && !q->tokens.at[next].word.comma; /* "page faults" */
	noun = next < q->tokens.len ? q->tokens.at[next].word.text : noun;
	if (!text_ends(noun, "s") || text_ends(noun, "ss") || !(q->tokens.at[next].used & USED_SUBJECT))
		return sense;
	return count_of(q) ? count_of(q) : sense;
}

static const struct sense *sum_of(const struct vocabulary *vocabulary, const char *role)
{
	vec_each(sense, &vocabulary->senses)
		if (strcmp(sense->class, "measure") == 0 && strcmp(sense->name, "sum") == 0 && sense->value && strcmp(sense->value, role) == 0)
			return sense;
	return NULL;
}

/* A verb of who does it, and no noun that is counted: "which process writes", not "the most writes". */
static bool done_by(const struct question *q, size_t at)
{
	if (q->tokens.at[at].word.kind == WORD_HAN)
		return true;
	for (size_t back = at, len; back > 0 && back + 4 > at; back--) {
		const struct role *role = role_at(q, back - 1, &len);

		if (token_is(q, back - 1, "who") || q->tokens.at[back - 1].used & USED_NAME || (role && role->kind == ROLE_NAME && role->from))
			return true;
		if (!token_is(q, back - 1, "that") && !token_is(q, back - 1, "is") && !token_is(q, back - 1, "has") && !token_is(q, back - 1, "are"))
			return false;
	}
	return false;
}

/* "which process writes most to disk": of data the most is an amount. */
static void amount_meant(struct wish *wish)
{
	struct question *q = &wish->question;
	const struct sense *size = sum_of(q->vocabulary, "size");
	struct bound b;
	size_t len;
	bool said = false;

	/* "the ten files that it reads" are so many, and not those with the most bytes. */
	for (size_t i = 0; i < q->tokens.len; i++)
		said |= sense_at(q, i, "rank", NULL, &len) != NULL;
	/* "which interface sends the most packets" */
	for (size_t i = 0; i < q->tokens.len; i++)
		said &= !sense_at(q, i, "amount", "count", &len);
	if (!said || !wish->spot || wish->hits.len || wish->measured || wish->each || wish->lists || wish->plan->per_second)
		return;
	for (size_t i = 0; i < q->tokens.len; i++) {
		const struct token *token = &q->tokens.at[i];

		if (size && wish->ranked && token->used & USED_SUBJECT && sense_at(q, i, "amount", "size", &len) && done_by(q, i) &&
		    bind_role(wish->spot, "size", &b, NULL)) {
			measure_take(wish, i, size, 1);
			return;
		}
	}
}

/* "读了多少", "释放了多少": what is read or freed has an amount, where nothing is said that is counted. */
static const struct sense *amount_asked(const struct wish *wish, size_t at, const struct sense *sense, size_t len)
{
	const struct question *q = &wish->question;
	const struct sense *size = sum_of(q->vocabulary, "size");
	bool ends = at + len >= q->tokens.len || q->tokens.at[at + len - 1].word.comma || token_in(q, at + len, GRAMMAR_AMOUNT_END);
	struct bound b;

	if (!ends || at < 2 || strcmp(sense->name, "count") != 0 || tokens_spell(q, at, "多少") != len ||
	    !(token_is(q, at - 1, "了") || token_is(q, at - 1, "过") || token_is(q, at - 1, "到")))
		return sense;
	return token_in(q, at - 2, GRAMMAR_MOVES) && size && wish->spot && bind_role(wish->spot, "size", &b, NULL) ? size : sense;
}

/* "超过 50ms 的进程和 CPU": beside a key, though the subject is said by the same word. */
static bool joined_key(const struct question *q, size_t at)
{
	return at > 1 && q->tokens.at[at - 2].used & USED_KEY && (token_is(q, at - 1, "和") || token_is(q, at - 1, "与") || token_is(q, at - 1, "及"));
}

void wish_measures(struct wish *wish)
{
	struct question *q = &wish->question;

	returned_negative(wish);
	wish->lists = lines_asked(q);

	for (size_t i = 0, each_end = 0; i < q->tokens.len; i++) {
		size_t len, outcome_len, role_len, rank_len, each_len, unable_len = unable(q, i);
		/* "every time it happens": "time it" is no order. */
		const struct sense *sense = i < each_end ? NULL : sense_at(q, i, "measure", NULL, &len);

		sense = sense && no_measure(q, i, len) ? NULL : sense;
		if (sense && strcmp(sense->name, "events") == 0 && order_asks(q, i) && !each_said(q, i)) {
			tokens_use(q, i, len, USED_MEASURE);
			i += len - 1;
			continue;
		}
		const struct sense *outcome = sense_at(q, i, "outcome", NULL, &outcome_len);
		const struct sense *rank = sense_at(q, i, "rank", NULL, &rank_len);
		const struct role *role = role_at(q, i, &role_len);

		each_len = each_said(q, i);
		if (each_len && !spent(q, i, each_len)) {
			/* "how long do they run each time": an amount of all the times. */
			wish->each |= !(token_is(q, 0, "how") && token_is(q, i + each_len - 1, "time"));
			tokens_use(q, i, each_len, USED_MEASURE);
			each_end = i + each_len;
		}
		/* "each write", and not "each process" */
		if (i == 0 && (token_is(q, 0, "each") || token_is(q, 0, "every")) && q->tokens.len > 1 &&
		    q->tokens.at[1].used & USED_SUBJECT &&
		    (token_is(q, 0, "every") || !role_at(q, 1, &role_len) ||
		     /* "each process exit", and not "each file opened by process and file" */
		     (!wish->grouped_by && q->tokens.len > 2 && q->tokens.at[2].used & USED_SUBJECT && !q->tokens.at[2].ignored)))
			wish->each = true;

		if (spent(q, i, 1) || q->tokens.at[i].used & USED_KEY)
			continue;
		if (unable_len) {
			wish->failed = true;
			wish->outcome_at = i;
			wish->outcome_len = unable_len;
			tokens_use(q, i, unable_len, USED_FILTER);
			i += unable_len - 1;
			continue;
		}
		if (sense && orders_rows(q, i, sense, len)) {
			wish->ranked = true;
			/* "largest sum first": of sizes */
			if (!wish->measured && !token_is(q, i + len, "first") && !sense_at(q, i + len, "measure", "count", &role_len))
				wish->measured = sense->value;
			tokens_use(q, i, len, USED_MEASURE);
			i += len - 1;
			continue;
		}
		if (rank && rank_len >= (sense ? len : 0) && !spent(q, i, rank_len)) {
			wish->ranked = true;
			tokens_use(q, i, rank_len, USED_MEASURE);
		}
		if (sense && len >= role_len && !spent(q, i, len) && (sense->value || !of_subject(q, i, len))) {
			measure_take(wish, i, counted_much(q, i, amount_asked(wish, i, sense, len), len), len);
			i += len - 1;
		} else if (role && !spent(q, i, role_len) && (!of_subject(q, i, role_len) || joined_key(q, i)) &&
			   role_len >= outcome_len && !moment_listed(q, i, role, role_len) && !(outcome && strcmp(role->name, "error") == 0 && !wish->failed)) {
			if (role->kind == ROLE_NAME && beside_count(wish, i))
				vec_push(&wish->extras, role->name);
			else
				vec_push(&wish->mentions, role);
			tokens_use(q, i, role_len, USED_KEY);
			i += role_len - 1;
		} else if (outcome && !of_subject(q, i, outcome_len)) {
			/* "次数和错误", "count and failures": how each ended */
			if (beside_count(wish, i) && strcmp(outcome->name, "failed") == 0 && text_ends(q->tokens.at[i].word.text, "ed") == 0)
				wish->succeeded = true;
			outcome_take(wish, i, outcome, outcome_len);
			i += outcome_len - 1;
		}
	}
	amount_meant(wish);
}
