/* From the words and a subject to a plan: keys that the words only describe. */
#include <string.h>
#include "trace/compose.h"
#include "trace/target.h"

static void key_push(struct wish *wish, const struct spot *spot, const char *role)
{
	struct bound b;

	if (!listed(&wish->plan->by, role) && bind_role(spot, role, &b, NULL))
		vec_push(&wish->plan->by, role);
}

/* ---- "reads and writes kept apart" ---- */

static bool opposites_named(const struct wish *wish)
{
	static const char *const pairs[][2] = { { "read", "write" }, { "send", "receive" }, { "transmit", "receive" },
						{ "读", "写" }, { "发", "收" }, { "in", "out" }, { "rx", "tx" }, { "进", "出" } };

	for (size_t i = 0; i < COUNT(pairs); i++)
		if (word_there(wish, pairs[i][0]) && word_there(wish, pairs[i][1]))
			return true;
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
	if (!(apart_said(wish) || (wish->plan->measure == MEASURE_COUNT && opposites_joined(wish))) || !(calls || opposites_named(wish)) || bind_role(spot, "what", &b, NULL))
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

/* ---- who does it, and to whom ---- */

static bool process_given(const struct wish *wish)
{
	vec_each(condition, &wish->plan->where)
		if (condition->role && (strcmp(condition->role, "process") == 0 || strcmp(condition->role, "pid") == 0) &&
		    condition->compare == COMPARE_EQUAL)
			return true;
	return false;
}

/* "which process preempts mysqld", "which processes does bash wake": not the one that is named, but the other. */
void doer_key(struct wish *wish)
{
	const struct wish_ends *ends = &wish->ends;
	const char *other = ends->name ? ends->name : ends->pid;
	bool done_to = wish->acted_on && ends->name, does = ends->others && !wish->grouped_by && process_given(wish);

	if (other && (done_to || does) && !listed(&wish->plan->by, other))
		vec_each(name, &wish->plan->by)
			if (strcmp(*name, "process") == 0)
				*name = other;
}

/* "which process is moved to which cgroup" asks for whom it is done to, and not for who does it; "by whom" for both. */
void done_to_key(struct wish *wish, const struct spot *spot)
{
	static const char *const doers[] = { "process", "tid", "pid" };
	const struct question *q = &wish->question;
	const char *other = wish->ends.name ? wish->ends.name : wish->ends.pid;
	bool does = false, suffers = false;

	if (!wish->ends.others || !other || listed(&wish->plan->by, other))
		return;
	for (size_t i = 0, len; i < q->tokens.len; i += len ? len : 1) {
		const struct role *role = sense_at(q, i, "key", "process", &len) ? vocabulary_role(q->vocabulary, "process") : role_at(q, i, &len);
		size_t who = 0;

		while (role && who < COUNT(doers) && strcmp(role->name, doers[who]) != 0)
			who++;
		if (!role || who == COUNT(doers) || !(q->tokens.at[i].used & USED_KEY))
			continue;
		if (!sufferer_asked(q, i, i + len)) {
			does = true;
			continue;
		}
		suffers = true;
		vec_each(name, &wish->plan->by)
			if (strcmp(*name, role->name) == 0)
				*name = who && wish->ends.pid ? wish->ends.pid : other;
	}
	if (suffers && does)
		key_push(wish, spot, "process");
}

/* The other end, by its name or its number: whichever the way tells. "by sender": whoever runs, but of what arrives
 * where it came from. */
/* "bpf calls by command": what is asked of the call; else the program that runs. */
const char *command_meant(const struct spot *spot)
{
	static const char *const names[] = { "command", "operation", "cmd", "op", "request", "option" };
	struct bound b;

	for (size_t i = 0; i < (spot->way->kind == WAY_SYSCALL ? COUNT(names) : 1); i++)
		if (bind_role(spot, names[i], &b, NULL))
			return names[i];
	return "process";
}

/* "caller", "调用者": who calls, where no function of a program or the kernel is told. */
static bool caller_said(const struct question *q)
{
	for (size_t i = 0, len; i < q->tokens.len; i++)
		if (sense_at(q, i, "caller", NULL, &len))
			return true;
	return false;
}

static bool code_path(const struct question *q)
{
	for (size_t i = 1; i < q->tokens.len; i++)
		if (token_is(q, i, "code") && (token_is(q, i - 1, "which") || token_is(q, i - 1, "what")))
			return true;
	return false;
}

/* "what causes", "what is causing": who does it. */
static bool caused(const struct question *q)
{
	static const char *const verbs[] = { "causes", "causing", "caused" }, *const before[] = { "what", "who", "is", "are", "that", "which" };

	for (size_t i = 1; i < q->tokens.len; i++)
		for (size_t v = 0; v < COUNT(verbs); v++)
			if (text_is(q->tokens.at[i].word.text, verbs[v]) && token_among(q, i - 1, before, COUNT(before)))
				return true;
	return false;
}

static void ends_rename(const struct wish *wish, const struct spot *spot, name_list *names)
{
	static const char *const ends[] = { "target", "target_pid" };
	struct bound b;

	vec_each(name, names)
		if (strcmp(*name, "command") == 0)
			*name = command_meant(spot);
		/* "xdp exceptions by program": the one that is loaded, not who runs */
		else if (strcmp(*name, "process") == 0 && word_there(wish, "program") && way_has(spot->way, "program"))
			*name = "program";
		else if (strcmp(*name, "file") == 0 && !bind_role(spot, "file", &b, NULL) && bind_role(spot, "path", &b, NULL))
			*name = "path";
		/* "failed opens with the reason" */
		else if (strcmp(*name, "reason") == 0 && wish->failed && !bind_role(spot, "reason", &b, NULL) && bind_role(spot, "error", &b, NULL))
			*name = "error";
		/* "by option", where the kernel calls it otherwise */
		else if (strcmp(*name, "option") == 0 && !bind_role(spot, "option", &b, NULL) && field_alias(spot, "option"))
			*name = field_alias(spot, "option");
		/* "failed execs by caller" */
		else if (strcmp(*name, "function") == 0 && spot->way->kind == WAY_SYSCALL && !bind_role(spot, "function", &b, NULL) && caller_said(&wish->question))
			*name = "process";
		/* "which code sends them", where nothing ends with one */
		else if (strcmp(*name, "code") == 0 && !bind_role(spot, "code", &b, NULL) && code_path(&wish->question))
			*name = "callstack";
		/* "what is causing reschedule IPIs" */
		else if (strcmp(*name, "reason") == 0 && !bind_role(spot, "reason", &b, NULL) && bind_role(spot, "process", &b, NULL) && caused(&wish->question))
			*name = "process";
		else if (strcmp(*name, "sender") == 0)
			*name = word_there(wish, "receive") && bind_role(spot, "address", &b, NULL) ? "address" : "process";
	vec_each(name, names)
		for (size_t i = 0; i < COUNT(ends); i++)
			if (strcmp(*name, ends[i]) == 0 && !bind_role(spot, *name, &b, NULL) && bind_role(spot, ends[!i], &b, NULL))
				*name = ends[!i];
	/* "for which pid", where nobody else is. */
	vec_each(name, names)
		if (strcmp(*name, "target_pid") == 0 && !bind_role(spot, *name, &b, NULL))
			*name = "pid";
}

void ends_known(struct wish *wish, const struct spot *spot)
{
	for (size_t i = 0; i < wish->mentions.len; i++) {
		const struct role **role = &wish->mentions.at[i];
		const char *name = strcmp((*role)->name, "sender") == 0 ? "process" :
				   strcmp((*role)->name, "command") == 0 ? command_meant(spot) : (*role)->name;

		struct bound b;

		/* "tracer and target pid": whichever of the two the way tells */
		if (strcmp(name, "target_pid") == 0 && !bind_role(spot, name, &b, NULL) && bind_role(spot, "target", &b, NULL))
			name = "target";
		else if (strcmp(name, "target") == 0 && !bind_role(spot, name, &b, NULL) && bind_role(spot, "target_pid", &b, NULL))
			name = "target_pid";
		/* "guest timer interrupts": not those of this machine */
		if (strcmp(name, "guest") == 0 && !bind_role(spot, name, &b, NULL))
			wish->missing = "what a virtual machine does cannot be told apart there";
		if (vocabulary_role(wish->question.vocabulary, name))
			*role = vocabulary_role(wish->question.vocabulary, name);
		else
			vec_push(&wish->extras, name);
	}
	ends_rename(wish, spot, &wish->plan->by);
	ends_rename(wish, spot, &wish->extras);
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

/* The name right before or behind "distribution": "错误码的分布", "在各 CPU 上的分布". */
static const struct role *name_spread(const struct question *q, size_t at, size_t len)
{
	size_t end = at, role_len = 0, noun = at + len + 1 + token_is(q, at + len + 1, "the");
	const struct role *role = token_is(q, at + len, "of") ? role_at(q, noun, &role_len) : NULL;

	/* "distribution of process lifetimes": of those, and not of the processes. */
	if (role && noun + role_len < q->tokens.len && !q->tokens.at[noun + role_len - 1].word.comma && !q->tokens.at[noun + role_len].ignored)
		return NULL;

	while (end > 0 && token_in(q, end - 1, GRAMMAR_BEFORE_SPREAD))
		end--;
	for (size_t from = end > 4 ? end - 4 : 0; !role && from < end; from++) {
		role = role_at(q, from, &role_len);
		if (role && from + role_len != end)
			role = NULL;
		if (role && from > 0 && token_in(q, from - 1, GRAMMAR_BY))
			return NULL;
	}
	return role && role->kind == ROLE_NAME ? role : NULL;
}

void names_spread(struct wish *wish, const struct spot *spot)
{
	struct plan *plan = wish->plan;

	if (plan->measure != MEASURE_HISTOGRAM || value_said(wish, MEASURE_HISTOGRAM) || wish->linear.asked)
		return;
	vec_each(hit, &wish->hits) {
		bool said = hit->measure == MEASURE_HISTOGRAM && token_in(&wish->question, hit->at, GRAMMAR_HISTOGRAM);
		const struct role *role = said ? name_spread(&wish->question, hit->at, hit->len) : NULL;
		struct bound b;

		if (!role || !bind_role(spot, role->name, &b, NULL))
			continue;
		plan->measure = MEASURE_COUNT;
		plan->value = NULL;
		key_push(wish, spot, role->name);
		return;
	}
}

bool plural_mention(const struct question *q, const struct role *role)
{
	for (size_t i = 0, len; !is_stack(role->name) && i < q->tokens.len; i++)
		if (role_at(q, i, &len) == role && len == 1 && q->tokens.at[i].word.kind == WORD_PLAIN && text_ends(q->tokens.at[i].word.text, "s") &&
		    !(q->tokens.at[i].used & USED_SUBJECT))
			return true;
	return false;
}
