/* From the words and a subject to a plan: keys that the words only describe. */
#include <string.h>
#include "trace/compose/compose.h"
#include "trace/names/target.h"

void key_push(struct wish *wish, const struct spot *spot, const char *role)
{
	struct bound b;

	if (!listed(&wish->plan->by, role) && bind_role(spot, role, &b, NULL))
		vec_push(&wish->plan->by, role);
}

/* ---- "reads and writes kept apart" ---- */

static bool opposites_named(const struct question *q, enum grammar list)
{
	const struct sense *pairs = grammar_list(q->vocabulary, list);

	for (size_t i = 0; pairs && i + 1 < pairs->say.len; i += 2)
		for (size_t k = 0, there = 0; k < q->tokens.len; k++) {
			there |= phrase_at(q, k, &pairs->say.at[i]) ? 1 : phrase_at(q, k, &pairs->say.at[i + 1]) ? 2 : 0;
			if (there == 3)
				return true;
		}
	return false;
}

/* "reads and writes": the two in the plural, and nothing but "and" between. */
static bool opposites_joined(const struct wish *wish)
{
	const struct question *q = &wish->question;

	for (size_t i = 0; i + 2 < q->tokens.len; i++) {
		size_t rate = strcmp(q->tokens.at[i + 1].word.base, "/s") == 0, next = token_is(q, i + 1 + rate, "and") ? i + 2 + rate : i + 1;
		struct text first = q->tokens.at[i].word.text, second = next < q->tokens.len ? q->tokens.at[next].word.text : first;

		/* "disk reads and disk writes" */
		if (next == i + 2 && i > 0 && next + 1 < q->tokens.len && token_is(q, next, q->tokens.at[i - 1].canonical))
			second = q->tokens.at[next + 1].word.text;
		if ((text_is(first, "reads") && text_is(second, "writes")) || (text_is(first, "writes") && text_is(second, "reads")))
			return true;
	}
	return false;
}

/* "the two calls separately" */
static bool several_calls(const struct wish *wish)
{
	size_t calls = 0;

	vec_each(condition, &wish->plan->where)
		calls += condition->role && strcmp(condition->role, "syscall") == 0;
	/* "capset 和 capget 各多少次" */
	for (size_t i = 0; calls < 2 && wish->spot->way->kind == WAY_SYSCALL && i < wish->spot->way->probes.len; i++)
		vec_each(token, &wish->question.tokens)
			calls += text_is(token->word.text, wish->spot->way->probes.at[i]);
	return calls > 1 || word_there(wish, "two") || word_there(wish, "both");
}

static size_t times_said(const struct question *q, const char *word)
{
	size_t count = 0;

	for (size_t i = 0; i < q->tokens.len; i++)
		count += token_is(q, i, word);
	return count;
}

static bool apart_said(const struct wish *wish)
{
	const struct question *q = &wish->question;

	if (words_there(q, GRAMMAR_APART))
		return true;
	/* "which is greater, reads or writes" */
	if (word_there(wish, "or") && (word_there(wish, "greater") || word_there(wish, "bigger") || word_there(wish, "larger") ||
				       word_there(wish, "more") || word_there(wish, "slower") || word_there(wish, "faster")))
		return true;
	for (size_t i = 0; i + 1 < q->tokens.len; i++)
		if ((token_is(q, i, "分") && (token_is(q, i + 1, "开") || token_is(q, i + 1, "别"))) ||
		    (token_is(q, i, "各") && (token_is(q, i + 1, "自") || token_is(q, i + 1, "多") || token_is(q, i + 1, "有") || token_is(q, i + 1, "是"))) ||
		    (token_is(q, i, "对") && token_is(q, i + 1, "比")) || (token_is(q, i, "哪") && (token_is(q, i + 1, "个") || token_is(q, i + 1, "种")) && token_is(q, i + 2, "更")))
			return true;
	/* "how much was sent and how much received" */
	for (size_t i = 0; i + 2 < q->tokens.len; i++)
		if ((token_is(q, i, "in") && token_is(q, i + 2, "out")) || (token_is(q, i, "rx") && token_is(q, i + 2, "tx")) ||
		    (token_is(q, i, "进") && token_is(q, i + 1, "出")))
			return true;
	return times_said(q, "much") > 1 || times_said(q, "many") > 1;
}

/* "port 80 vs port 443", "ipv4 versus ipv6": two values of one thing, which is then told beside each. */
static void values_apart(struct wish *wish, const struct spot *spot)
{
	const struct plan *plan = wish->plan;

	for (size_t i = 0; i < plan->where.len; i++)
		for (size_t k = 0; k < i; k++)
			if (plan->where.at[i].compare == COMPARE_EQUAL && plan->where.at[k].compare == COMPARE_EQUAL &&
			    plan->where.at[i].role && plan->where.at[k].role && strcmp(plan->where.at[i].role, plan->where.at[k].role) == 0)
				key_push(wish, spot, plan->where.at[i].role);
}

void apart_keys(struct wish *wish, const struct spot *spot)
{
	static const char *const kinds[] = { "operation", "syscall" };
	bool calls = several_calls(wish);
	struct bound b;

	if (apart_said(wish))
		values_apart(wish, spot);

	/* "SSL_read vs SSL_write" */
	if (apart_said(wish) && spot->way->kind == WAY_CALL && spot->way->probes.len > 1 && strcmp(wish->plan->subject->name, "function.several") == 0) {
		key_push(wish, spot, bind_role(spot, "function", &b, NULL) ? "function" : "probe");
		return;
	}
	/* Several subjects are told apart anyway. "Reads and writes per file" are two numbers for each. */
	if (!(apart_said(wish) || (wish->plan->measure == MEASURE_COUNT && opposites_joined(wish))) || !(calls || opposites_named(&wish->question, GRAMMAR_OPPOSITE_DATA) ||
	      opposites_named(&wish->question, GRAMMAR_OPPOSITE_WAY)) || bind_role(spot, "what", &b, NULL))
		return;
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (bind_role(spot, kinds[i], &b, NULL)) {
			key_push(wish, spot, kinds[i]);
			return;
		}
}

/* ---- "what is redis reading" ---- */

static bool object_asked(const struct question *q)
{
	for (size_t i = 0; i + 2 < q->tokens.len; i++) {
		const struct token *what = &q->tokens.at[i];
		size_t name = i + 1, len;
		const struct role *role = role_at(q, i, &len);
		/* "the files that redis reads" */
		bool relative = token_is(q, i + 1, "that") && role && strcmp(role->name, "file") == 0 && text_ends(what->word.text, "s");

		name += relative;
		if (!token_is(q, i, "what") && !relative)
			continue;
		name += name == i + 1 && token_in(q, name, GRAMMAR_AUX);
		while (name + 1 < q->tokens.len && (token_is(q, name, "the") || token_is(q, name, "process")))
			name++;
		/* "what's redis reading" is what it reads; "what mysqld reads" too. */
		if (name + 1 < q->tokens.len && q->tokens.at[name].used & USED_NAME && q->tokens.at[name + 1].used & USED_SUBJECT &&
		    !(what->used & USED_FILTER))
			return true;
	}
	return false;
}

void object_keys(struct wish *wish, const struct spot *spot)
{
	static const char *const objects[] = { "file", "args", "command", "address", "host", "function", "target" };
	struct bound b;

	/* What has keys of its own has them: a system call, a lock. */
	if (wish->plan->measure == MEASURE_EVENTS || !listed(&wish->plan->subject->by, "process") || !object_asked(&wish->question))
		return;
	for (size_t i = 0; i < COUNT(objects); i++)
		if (bind_role(spot, objects[i], &b, NULL)) {
			key_push(wish, spot, objects[i]);
			if (strcmp(objects[i], "address") == 0)
				key_push(wish, spot, "port");
			return;
		}
}

/* ---- "old limit by process" ---- */

/* What stands right before "by" is what is asked for, where it is none of the subject's words. */
void noun_before_by(struct wish *wish, const struct spot *spot)
{
	const struct question *q = &wish->question;

	for (size_t i = 0; wish->plan->measure == MEASURE_COUNT && i < q->tokens.len; i++) {
		size_t len;
		const struct role *role = role_at(q, i, &len);
		bool subject = true;

		/* "bpf system calls by command" */
		if (!role || role->kind != ROLE_NAME || role->from || strcmp(role->name, "syscall") == 0 || (!token_is(q, i + len, "by") && !token_is(q, i + len, "per")) ||
		    !(q->tokens.at[i + len].used & USED_KEY))
			continue;
		for (size_t k = i; k < i + len; k++)
			subject &= (q->tokens.at[k].used & (USED_SUBJECT | USED_FILTER | USED_NAME)) != 0;
		vec_each(mention, &wish->mentions)
			if (!subject && *mention == role)
				key_push(wish, spot, role->name);
	}
}

/* ---- "failed mkdirs and the reason" ---- */

/* Why something failed is its error, where the way tells no reason of its own. */
void failure_reason(struct wish *wish, const struct spot *spot)
{
	const struct role *reason = vocabulary_role(wish->question.vocabulary, "reason"), *error = vocabulary_role(wish->question.vocabulary, "error");
	bool asked = word_there(wish, "why"), lines = wish->each || wish->lists;
	size_t kept = 0;
	struct bound b;

	if ((!wish->failed && !text_ends(text_of(wish->plan->subject->name), ".failed")) || !error || bind_role(spot, "reason", &b, NULL) || !bind_role(spot, "error", &b, NULL))
		return;
	for (size_t i = 0; i < wish->mentions.len; i++)
		if (wish->mentions.at[i] == reason)
			asked = true;
		else
			wish->mentions.at[kept++] = wish->mentions.at[i];
	wish->mentions.len = kept;
	if (!asked || listed(&wish->plan->by, "error"))
		return;
	if (lines) {
		vec_push(&wish->extras, "error");
		return;
	}
	vec_push(&wish->plan->by, "error");
	wish->grouped = true;
}

/* ---- "from which core to which" ---- */

void both_ends_keys(struct wish *wish, const struct spot *spot)
{
	static const char *const ends[][2] = { { "orig_cpu", "dest_cpu" }, { "oldstate", "newstate" }, { "source", "address" },
					       { "file", "target" }, { "process", "target" } };
	struct bound b;

	for (size_t i = 0; wish->both_ends && i < COUNT(ends); i++) {
		if (!bind_role(spot, ends[i][0], &b, NULL) || !bind_role(spot, ends[i][1], &b, NULL))
			continue;
		key_push(wish, spot, ends[i][0]);
		key_push(wish, spot, ends[i][1]);
		return;
	}
}

/* ---- "the reasons and the stacks" ---- */

/* The word is one of the subject's, and a key that goes without saying: beside a stack it must be said again. */
void subject_keys(struct wish *wish, const struct subject *subject, const struct spot *spot)
{
	const struct question *q = &wish->question;

	for (size_t i = 0; i < q->tokens.len; i++) {
		size_t len;
		const struct role *role = role_at(q, i, &len);

		if (role && role->kind == ROLE_NAME && q->tokens.at[i].used & USED_SUBJECT && listed(&subject->by, role->name) &&
		    text_ends(q->tokens.at[i].word.text, "s"))
			key_push(wish, spot, role->name);
	}
}

/* "clone flags by process": what is told of each, and whose. */
void described_keys(struct wish *wish, const struct spot *spot)
{
	static const char *const told[] = { "flags", "mode", "policy", "option", "operation", "protection", "priority" };
	const struct question *q = &wish->question;
	size_t len;

	for (size_t i = 0; wish->plan->measure == MEASURE_COUNT && wish->plan->by.len && i + 1 < q->tokens.len; i++) {
		const struct role *role = role_at(q, i, &len);
		size_t end = role ? i + len : 0;

		if (!role || end >= q->tokens.len || q->tokens.at[end - 1].word.comma || (!token_is(q, end, "by") && !token_is(q, end, "per")) ||
		    q->tokens.at[i].used & (USED_FILTER | USED_NAME))
			continue;
		for (size_t t = 0; t < COUNT(told); t++)
			if (strcmp(role->name, told[t]) == 0)
				key_push(wish, spot, strcmp(role->name, "operation") == 0 ? command_meant(spot) : role->name);
	}
}

/* ---- "files being read most" ---- */

/* "files being read most": what the question begins with is what is ranked, though it is the subject's word too. */
void ranked_first(struct wish *wish, const struct spot *spot)
{
	struct question *q = &wish->question;

	for (size_t i = 0; wish->plan->by.len == 0 && i < q->tokens.len; i++) {
		const struct token *token = &q->tokens.at[i];
		size_t len;
		const struct role *role = role_at(q, i, &len);
		struct bound b;

		/* "how many new files get created": what is counted */
		if (role && wish_said(wish, MEASURE_COUNT) && i > 0 &&
		    (q->tokens.at[i - 1].used & USED_MEASURE || (i > 1 && q->tokens.at[i - 2].used & USED_MEASURE)))
			return;
		if (role && role->kind == ROLE_NAME && text_ends(q->tokens.at[i + len - 1].word.text, "s") && bind_role(spot, role->name, &b, NULL) &&
		    (wish->ranked || strcmp(role->name, "file") == 0 || strcmp(role->name, "variable") == 0)) {
			vec_push(&wish->plan->by, role->name);
			return;
		}
		if (!token->ignored && !(wish->ranked && token->used & (USED_MEASURE | USED_FILTER | USED_TIME)))
			return;
	}
}

/* ---- "distribution of exit codes" ---- */

/* "histogram of page allocation orders", "order of page allocations, histogram": what the subject's words end with, or what
 * is said to be theirs. */
static const struct role *subjects_name(const struct question *q, size_t of)
{
	const struct role *role = NULL, *found;
	size_t len;

	for (size_t i = of; i < q->tokens.len && (q->tokens.at[i].used & USED_SUBJECT || token_is(q, i, "the") || role_at(q, i, &len)); i++) {
		found = role_at(q, i, &len);
		if (found && found->kind == ROLE_NUMBER)
			return NULL; /* "file sizes written" */
		role = !found ? role : found->from ? NULL : found;
		if (q->tokens.at[i].word.comma)
			break;
		i += found ? len - 1 : 0;
	}
	for (size_t i = 0; !role && i + 1 < q->tokens.len; i++) {
		found = role_at(q, i, &len);
		if (found && found->kind == ROLE_NAME && !found->from && token_is(q, i + len, "of") && i + len + 1 < q->tokens.len &&
		    q->tokens.at[i + len + 1 + token_is(q, i + len + 1, "the")].used & USED_SUBJECT && (i == 0 || token_is(q, i - 1, "the")))
			role = found;
	}
	return role;
}

/* The name right before or behind "distribution": "错误码的分布", "在各 CPU 上的分布". */
static const struct role *name_spread(const struct question *q, size_t at, size_t len)
{
	size_t end = at, role_len = 0, noun = at + len + 1 + token_is(q, at + len + 1, "the");
	const struct role *role = token_is(q, at + len, "of") ? role_at(q, noun, &role_len) : NULL;

	/* "distribution of process lifetimes": of those, and not of the processes. */
	if (role && noun + role_len < q->tokens.len && !q->tokens.at[noun + role_len - 1].word.comma && !q->tokens.at[noun + role_len].ignored)
		return q->tokens.at[noun + role_len].used & USED_SUBJECT ? subjects_name(q, noun) : NULL;

	while (end > 0 && token_in(q, end - 1, GRAMMAR_BEFORE_SPREAD))
		end--;
	for (size_t from = end > 4 ? end - 4 : 0; !role && from < end; from++) {
		role = role_at(q, from, &role_len);
		if (role && from + role_len != end)
			role = NULL;
		if (role && from > 0 && token_in(q, from - 1, GRAMMAR_BY))
			return NULL;
	}
	return role && role->kind == ROLE_NAME ? role : subjects_name(q, token_is(q, at + len, "of") ? at + len + 1 : q->tokens.len);
}

/* "distribution of opens across CPUs": how many are where. */
static const struct role *spread_over(const struct question *q, size_t at)
{
	for (; at + 1 < q->tokens.len && !q->tokens.at[at].word.comma; at++) {
		size_t len, next = at + 1 + (token_is(q, at + 1, "the") || token_is(q, at + 1, "all") || token_is(q, at + 1, "different"));
		const struct role *role = token_is(q, at, "over") || token_is(q, at, "across") || token_is(q, at, "among") ? role_at(q, next, &len) : NULL;

		if (role && role->kind == ROLE_NAME)
			return role;
	}
	return NULL;
}

/* Whether what is spread is a time: one is compared, or the word for it stands right before "distribution". */
static bool time_spread(const struct wish *wish)
{
	const struct question *q = &wish->question;

	vec_each(condition, &wish->plan->where)
		if (condition->role && strcmp(condition->role, "latency") == 0)
			return true;
	vec_each(hit, &wish->hits)
		if (hit->measure == MEASURE_HISTOGRAM && hit->at > 0 && (token_is(q, hit->at - 1, "lifetime") || token_is(q, hit->at - 1, "duration")) &&
		    !q->tokens.at[hit->at - 1].word.comma)
			return true;
	return false;
}

void names_spread(struct wish *wish, const struct spot *spot)
{
	struct plan *plan = wish->plan;

	if (plan->measure != MEASURE_HISTOGRAM || value_said(wish, MEASURE_HISTOGRAM) || wish->linear.asked)
		return;
	bool times = plan->value && strcmp(plan->value, "latency") == 0 && time_spread(wish);
	vec_each(hit, &wish->hits) {
		bool said = hit->measure == MEASURE_HISTOGRAM && token_in(&wish->question, hit->at, GRAMMAR_HISTOGRAM);
		const struct role *over = said ? spread_over(&wish->question, hit->at + hit->len) : NULL;
		const struct role *role = over ? over : said ? name_spread(&wish->question, hit->at, hit->len) : NULL;
		struct bound b;

		const char *name = role ? role->name : NULL;

		if (role && strcmp(name, "command") == 0 && !bind_role(spot, name, &b, NULL))
			name = command_meant(spot);
		if (!name || !bind_role(spot, name, &b, NULL))
			continue;
		/* "histogram of disk requests that take over 5 ms", "lifetime distribution of processes": of the times. */
		if (times && !over && (role->from || strcmp(role->name, "process") == 0 || strcmp(role->name, "device") == 0))
			continue;
		plan->measure = MEASURE_COUNT;
		plan->value = NULL;
		key_push(wish, spot, name);
		return;
	}
}

bool plural_mention(const struct question *q, const struct role *role)
{
	for (size_t i = 0, len; !is_stack(role->name) && i < q->tokens.len; i++)
		if (role_at(q, i, &len) == role && len == 1 && q->tokens.at[i].word.kind == WORD_PLAIN && text_ends(q->tokens.at[i].word.text, "s") &&
		    !text_same(q->tokens.at[i].word.text, text_of(q->tokens.at[i].canonical)) && !(q->tokens.at[i].used & USED_SUBJECT))
			return true;
	return false;
}

/* "by call_site" is a field of the probe before it is a process of that name. */
void raw_keys_claim(struct wish *wish, const struct spot *spot)
{
	struct question *q = &wish->question;

	vec_each(at, &wish->raw_keys) {
		const struct token *token = &q->tokens.at[*at];

		if (!token->used && !token->ignored && field_meant(spot, token->word.base)) {
			tokens_use(q, *at, 1, USED_KEY);
			/* "which resource" only asks for it */
			if (*at > 0 && (token_is(q, *at - 1, "by") || token_is(q, *at - 1, "per") || token_is(q, *at - 1, "按")))
				wish->grouped = wish->grouped_by = true;
		} else if (!token->used && !token->ignored) {
			role_spelled(wish, *at, spot);
		}
	}
}

/* "which kernel mutexes cost the most", "hottest spinlocks": which of them, and not whose. */
void lock_key(struct wish *wish, const struct spot *spot)
{
	static const char *const names[] = { "lock", "address" };
	const struct question *q = &wish->question;

	for (size_t i = 0; wish->plan->measure != MEASURE_EVENTS && i < q->tokens.len; i++) {
		size_t len = 1, at;
		struct bound b;

		bool han = tokens_spell(q, i, "哪个锁") || tokens_spell(q, i, "哪把锁") || tokens_spell(q, i, "哪些锁") || tokens_spell(q, i, "哪一把锁");

		if (!han && !token_is(q, i, "which") && !token_is(q, i, "what") && !token_is(q, i, "per") && !token_is(q, i, "by") && !token_is(q, i, "same") &&
		    !sense_at(q, i, "rank", NULL, &len))
			continue;
		at = i + len;
		at += at < q->tokens.len && q->tokens.at[at].word.kind == WORD_NUMBER;
		while (at < i + 5 && at < q->tokens.len && q->tokens.at[at].used & USED_SUBJECT && !token_in(q, at, GRAMMAR_LOCK_NOUN) && !q->tokens.at[at].word.comma)
			at++;
		/* "which lock holders" */
		if (!han && (at >= q->tokens.len || !token_in(q, at, GRAMMAR_LOCK_NOUN) ||
		    (!q->tokens.at[at].word.comma && !token_is(q, at + 1, "address") && at + 1 < q->tokens.len && q->tokens.at[at + 1].used & USED_SUBJECT &&
		     !text_ends(q->tokens.at[at].word.text, "s"))))
			continue;
		for (size_t k = 0; k < COUNT(names); k++)
			if (bind_role(spot, names[k], &b, NULL)) {
				if (wish->plan->by.len == 1 && strcmp(wish->plan->by.at[0], "tid") == 0 && bind_role(spot, "process", &b, NULL)) {
					wish->plan->by.at[0] = "process";
					vec_push(&wish->plan->by, "tid");
				}
				if (!listed(&wish->plan->by, names[k]))
					vec_push(&wish->plan->by, names[k]);
				return;
			}
	}
}
