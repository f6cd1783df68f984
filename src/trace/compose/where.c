/* From the words and a subject to a plan: conditions. */
#include <ctype.h>
#include <dirent.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/file.h"
#include "trace/compose/compose.h"
#include "trace/around/sides.h"
#include "trace/names/names.h"
#include "trace/write/writer.h"

/* "NET_RX", and "net_rx" where the word is none of any language. */
static bool spelled_symbol(const struct token *token, char *name)
{
	bool capitals = token->word.text.len > 1;

	for (const char *c = name; *c; c++)
		capitals = capitals && !islower((unsigned char)*c);
	if (capitals)
		return true;
	if (token->known || token->english || !strchr(name, '_'))
		return false;
	for (char *c = name; *c; c++)
		*c = (char)toupper((unsigned char)*c);
	return true;
}

/* The role at `at` was a part of another word. */
static void mention_drop(struct wish *wish, size_t at)
{
	size_t len, kept = 0;
	const struct role *role = role_at(&wish->question, at, &len);

	for (size_t i = 0; role && i < wish->mentions.len; i++)
		if (wish->mentions.at[i] != role)
			wish->mentions.at[kept++] = wish->mentions.at[i];
	if (role)
		wish->mentions.len = kept;
}

/* "getenv of PATH", "the HOME variable": which one, where variables are watched. */
static void variable_mention(struct wish *wish, const struct spot *spot)
{
	struct question *q = &wish->question;
	struct bound b;

	if (!way_has(spot->way, "variable") || !bind_role(spot, "variable", &b, NULL) || !b.wrap)
		return;
	for (size_t i = 0; i < q->tokens.len; i++) {
		const struct text word = q->tokens.at[i].word.text;
		bool capitals = word.len > 1;

		for (size_t c = 0; c < word.len; c++)
			capitals = capitals && (isupper((unsigned char)word.at[c]) || isdigit((unsigned char)word.at[c]) || word.at[c] == '_');
		if (!capitals || q->tokens.at[i].used & ~(unsigned)(USED_KEY | USED_CUE) ||
		    (q->tokens.at[i].word.kind != WORD_PLAIN && q->tokens.at[i].word.kind != WORD_NAME))
			continue;
		wish_where(wish, "variable", COMPARE_EQUAL, arena_text(wish->plan->arena, word), 0);
		mention_drop(wish, i);
		tokens_use(q, i, 1, USED_FILTER);
	}
}

static bool where_names(const struct plan *plan, const char *role)
{
	vec_each(condition, &plan->where)
		if (condition->role && strcmp(condition->role, role) == 0)
			return true;
	return false;
}

/* "from ESTABLISHED", "entering the state TIME_WAIT": of two states the old or the new one; NULL: neither is said. */
static const struct sense *side_of(const struct question *q, size_t at)
{
	const struct sense *side = NULL;
	size_t len;

	for (size_t back = 1; at >= back && back < 4 && !side && !q->tokens.at[at - back].word.comma && !(back > 1 && q->tokens.at[at - back + 1].used & USED_FILTER); back++)
		side = sense_at(q, at - back, "turn", NULL, &len);
	return side;
}

/* "PROT_READ and PROT_WRITE", "O_CREAT|O_EXCL": both flags of one set; "or" leaves two conditions. */
static bool flag_joined(struct wish *wish, const char *role, const struct bound *b, size_t at, const char *name)
{
	const struct question *q = &wish->question;
	struct condition *last = wish->plan->where.len ? &wish->plan->where.at[wish->plan->where.len - 1] : NULL;
	const char *from = at > 0 ? q->tokens.at[at - 1].word.text.at : NULL;
	bool sign = from && memchr(from, '|', (size_t)(q->tokens.at[at].word.text.at - from));
	size_t before = at > 0 ? at - 1 : 0;

	if (!last || !from || b->symbols[0] != '|' || strcmp(last->role, role) != 0 || !last->text || last->compare != COMPARE_EQUAL)
		return false;
	before -= before > 0 && (token_in(q, before, GRAMMAR_AND) || token_is(q, before, "plus") || token_is(q, before, "with"));
	if ((before + 1 == at && !sign) || !(q->tokens.at[before].used & USED_FILTER))
		return false;
	last->text = arena_fmt(wish->plan->arena, "%s|%s", last->text, name);
	return true;
}

void symbols_mention(struct wish *wish, const struct spot *spot)
{
	struct question *q = &wish->question;

	variable_mention(wish, spot);
	for (size_t i = 0; i < q->tokens.len; i++) {
		const struct token *token = &q->tokens.at[i];
		AUTO_FREE char *name = text_copy(token->word.text);
		bool capitals = spelled_symbol(token, name);
		const struct sense *alias;
		unsigned used = 0;
		size_t len;

		/* "ipv6" is AF_INET6 to the kernel. */
		alias = sense_at(q, i, "symbol", NULL, &len);
		/* "MADV_DONTNEED" may be a word of the subject, and is one value nevertheless. */
		if (capitals && token->used == USED_SUBJECT && memchr(token->word.text.at, '_', token->word.text.len))
			used = USED_SUBJECT;
		/* "from SYN_SENT to ESTABLISHED", as the kernel writes it; "load XDP programs" */
		if (token->used == USED_SUBJECT && ((capitals && token->word.text.len > 4) || (alias && len == 1 && way_has(spot->way, "type"))))
			used = USED_SUBJECT;
		/* "user namespaces" is no user. */
		if (alias && len > 1 && !(token->used & (USED_FILTER | USED_NAME | USED_TIME)))
			used = token->used;
		if ((!capitals && !alias) || token->used != used || (token->word.kind != WORD_PLAIN && token->word.kind != WORD_NAME && !(alias && token->word.kind == WORD_HAN)))
			continue;
		vec_each(role, &spot->way->roles) {
			struct bound b;
			double number;

			if (!bind_role(spot, role->name, &b, NULL) || b.text || !b.symbols ||
			    !symbol_number(b.symbols, alias ? alias->name : name, &number))
				continue;
			/* "state changes to CLOSE_WAIT", "ESTABLISHED -> CLOSE" */
			const struct sense *side = side_of(q, i);
			bool old = strcmp(role->name, "oldstate") == 0;
			bool becomes = old && bind_role(spot, "newstate", &b, NULL) &&
				       (side ? strcmp(side->name, "new") == 0 : where_names(wish->plan, "oldstate"));
			bool leaves = strcmp(role->name, "state") == 0 && side && strcmp(side->name, "old") == 0 && bind_role(spot, "oldstate", &b, NULL);

			if (leaves)
				continue;
			if (!flag_joined(wish, role->name, &b, i, name)) {
				size_t from = exclusion(q, i);

				wish_where(wish, becomes ? "newstate" : role->name, from < i ? COMPARE_NOT : COMPARE_EQUAL,
					   alias ? alias->name : name, 0);
				tokens_use(q, from, i - from, USED_FILTER);
			}
			if (alias && token->used & USED_KEY)
				mention_drop(wish, i);
			tokens_use(q, i, alias ? len : 1, USED_FILTER);
			break;
		}
	}
}

/* Whether it runs under another name than its file's. */
static bool renamed(const char *pid, const char *name)
{
	AUTO_BUILD comm = { 0 };
	char path[64];

	snprintf(path, sizeof(path), "/proc/%.20s/comm", pid);
	return file_read(path, 64, &comm, NULL) == 0 && !text_is(text_trim(build_text(&comm)), name);
}

/* "malloc sizes in /usr/bin/x": the processes that bear its name, and so those that start later; only where one runs under another
 * name, those that run this program now. */
static void program_condition(struct wish *wish, size_t at, const struct stat *program)
{
	struct condition *condition = &wish->plan->where.at[at];
	AUTO_DIR proc = opendir("/proc");
	const char *path = condition->text;
	const char *name = arena_text(wish->plan->arena, text_until(text_of(strrchr(path, '/') ? strrchr(path, '/') + 1 : path), 15));
	VEC(double) pids = { 0 };
	struct dirent *entry;
	bool other = false;

	*condition = (struct condition){ "process", COMPARE_EQUAL, name, 0 };
	while (proc && (entry = readdir(proc))) {
		char link[64];
		struct stat info;
		double pid;

		snprintf(link, sizeof(link), "/proc/%.20s/exe", entry->d_name);
		if (!text_real(text_of(entry->d_name), &pid) || stat(link, &info) < 0 || info.st_ino != program->st_ino ||
		    info.st_dev != program->st_dev)
			continue;
		other |= renamed(entry->d_name, name);
		vec_push(&pids, pid);
	}
	for (size_t i = 0; other && i < pids.len; i++)
		if (i > 0)
			wish_where(wish, "pid", COMPARE_EQUAL, NULL, pids.at[i]);
		else
			wish->plan->where.at[at] = (struct condition){ "pid", COMPARE_EQUAL, NULL, pids.at[i] };
	vec_done(&pids);
}

bool part_asked(const struct question *q)
{
	return words_there(q, GRAMMAR_PART);
}

/* Whether a condition on a named tracepoint's own result says what failed. */
static bool result_compared(const struct wish *wish)
{
	static const char *const results[] = { "ret", "rc", "res", "retval", "result", "status", "error", "err", "errno" };

	for (size_t i = 0; wish->named.count && i < COUNT(results); i++)
		if (where_names(wish->plan, results[i]))
			return true;
	return false;
}

/* Whether what the tokens say is watched is all said before them, too: "opens and failed opens". */
static bool said_before(const struct question *q, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		bool again = !(q->tokens.at[i].used & USED_SUBJECT);

		for (size_t k = 0; k < from && !again; k++)
			again = q->tokens.at[k].used & USED_SUBJECT && same_word(q->tokens.at[k].canonical, q->tokens.at[i].canonical);
		if (!again)
			return false;
	}
	return true;
}

/* "how many stats were there and how many of them failed": a count of all, and beside it one of what failed. */
static bool failures_beside(const struct question *q)
{
	bool all = false;

	for (size_t from = 0, to; from < q->tokens.len; from = to + 1) {
		bool counts = false, failed = false, subject = false;

		for (to = from; to < q->tokens.len; to++) {
			size_t len;

			if (to > from && word_joins(q, to))
				break;
			counts |= sense_at(q, to, "measure", "count", &len) || (sense_at(q, to, "measure", "sum", &len) && !sense_at(q, to, "measure", "sum", &len)->value);
			failed |= sense_at(q, to, "outcome", "failed", &len) != NULL;
			subject |= (q->tokens.at[to].used & USED_SUBJECT) != 0;
			if (q->tokens.at[to].word.comma)
				break;
		}
		if (all && failed && (subject ? said_before(q, from, to) : counts))
			return true;
		all |= counts && subject && !failed;
	}
	return false;
}

/* "opens: total and failed", "opens and errors by file": what joins a mere failure to what is watched asks for both. */
static bool failures_joined(const struct question *q)
{
	bool subject = false, failed = false;

	for (size_t i = 0, len; i + 1 < q->tokens.len; i++) {
		size_t next = i + 1;

		subject |= (q->tokens.at[i].used & USED_SUBJECT) != 0;
		failed |= sense_at(q, i, "outcome", "failed", &len) != NULL;
		if (!subject || failed || !word_joins(q, i))
			continue;
		/* "and how many of them fail" */
		while (next < i + 6 && next < q->tokens.len && !sense_at(q, next, "outcome", "failed", &len) && !(q->tokens.at[next].used & USED_SUBJECT) &&
		       (q->tokens.at[next].ignored || q->tokens.at[next].used & USED_MEASURE) && !token_in(q, next, GRAMMAR_BY))
			next++;
		if (!sense_at(q, next, "outcome", "failed", &len))
			continue;
		next += len;
		if (next >= q->tokens.len || q->tokens.at[next - 1].word.comma || said_before(q, next, next + 1) || !(q->tokens.at[next].used & USED_SUBJECT))
			return true;
	}
	return false;
}

/* "did it succeed", "whether they succeed": not only those that do. */
static bool asks_whether(const struct question *q)
{
	for (size_t i = 1; i < q->tokens.len; i++)
		for (size_t k = i; token_is(q, i, "succeed") && k > 0 && k + 4 > i && !q->tokens.at[k - 1].word.comma; k--)
			if (token_in(q, k - 1, GRAMMAR_WHETHER))
				return true;
	return false;
}

/* "inside containers": told by the pid namespace; where whose it is is not told, each control group stands for itself. */
static void contained_where(struct wish *wish, const struct spot *spot)
{
	struct bound b;

	if (!wish->contained)
		return;
	vec_push(&wish->extras, "cgroup");
	if (!bind_role(spot, "contained", &b, NULL)) {
		vec_push(&wish->plan->notes, "Whether it is a container's cannot be told here: those of the machine itself are among them.");
		return;
	}
	wish_where(wish, "contained", COMPARE_GREATER, NULL, 0);
	vec_push(&wish->plan->notes, "What has a pid namespace of its own counts as a container.");
}

/* What a role that is not told by this name is called at this probe; NULL: it is not told at all. */
static const char *role_here(const struct wish *wish, const struct spot *spot, const char *role)
{
	/* "that quits with status 3"; "received from 10.0.0.1": where there is one address only, it is the other end's. */
	static const char *const others[][2] = { { "args", "arg0" }, { "state", "code" }, { "ret", "result" }, { "source", "address" } };
	struct bound b;

	for (size_t i = 0; i < COUNT(others); i++)
		if (strcmp(role, others[i][0]) == 0 && bind_role(spot, others[i][1], &b, NULL))
			return others[i][1];
	if ((strcmp(role, "command") == 0 || strcmp(role, "operation") == 0) && spot->way->kind == WAY_SYSCALL &&
	    strcmp(command_meant(spot), "process") != 0)
		return command_meant(spot);
	return strcmp(role, "target_pid") == 0 ? wish->ends.pid : NULL;
}

/* A file where no files are told: the program at whose processes is looked. */
static bool program_meant(struct wish *wish, const struct spot *spot, size_t at)
{
	const char *path = wish->plan->where.at[at].text;
	struct bound b;
	struct stat info;

	/* "malloc sizes in /usr/bin/x" */
	if (access(path, X_OK) == 0 && stat(path, &info) == 0 && S_ISREG(info.st_mode)) {
		program_condition(wish, at, &info);
		return true;
	}
	/* "malloc in ./server": a program that is not here */
	if ((strchr(path, '/') || spot->way->kind == WAY_CALL) && !bind_role(spot, "path", &b, NULL) && access(path, F_OK) < 0)
		wish->missing = arena_fmt(wish->plan->arena, "there is no program or library '%s' here", path);
	return false;
}

static void condition_bind(struct wish *wish, const struct subject *subject, const struct spot *spot, size_t at)
{
	struct plan *plan = wish->plan;
	struct condition *condition = &plan->where.at[at];
	const char *here;
	struct bound b;

	if (condition->role && strcmp(condition->role, "port") == 0 && own_port_meant(wish, spot))
		condition->role = "source_port";
	/* "forks whose parent is pid 12": who forks */
	if (condition->role && strcmp(condition->role, "ppid") == 0 && way_has(spot->way, "child") && !way_has(spot->way, "ppid"))
		condition->role = "pid";
	/* "histogram of requested sizes, under 512 bytes only": of the bytes that are measured. */
	if (condition->role && strcmp(condition->role, "size") == 0 && plan->value && strcmp(plan->value, "size") != 0 &&
	    bind_role(spot, plan->value, &b, NULL) && strcmp(b.type, "bytes") == 0)
		condition->role = plan->value;
	if (condition->role && bind_role(spot, condition->role, &b, NULL))
		return;
	here = condition->role ? role_here(wish, spot, condition->role) : NULL;
	if (here) {
		condition->role = here;
		return;
	}
	if (condition->role && strcmp(condition->role, "file") == 0 && condition->text && program_meant(wish, spot, at))
		return;
	/* "more than 100", or a size where the subject measures something else. */
	if (!condition->role || strcmp(condition->role, "size") == 0) {
		const char *value = plan->value ? plan->value : subject->value;

		if (value && (!condition->role || bind_role(spot, value, &b, NULL)))
			condition->role = value;
		/* A time has a unit. */
		if (value && bind_role(spot, value, &b, NULL) && strcmp(b.type, "ns") == 0)
			wish->missing = arena_fmt(plan->arena, "it compares with %.15g and does not say what: a time (\"%.15g ms\"), or "
						  "which argument", condition->number, condition->number);
	}
	if (!condition->role)
		condition->role = "size";
}

/* What failed has no size to add up. */
static void failures_counted(struct plan *plan, const struct subject *subject)
{
	vec_each(condition, &plan->where)
		if (((strcmp(condition->role, "error") == 0 && subject->measure == MEASURE_SUM) ||
		     (strcmp(condition->role, "ret") == 0 && condition->number == 0)) &&
		    condition->compare == COMPARE_EQUAL && plan->measure == MEASURE_SUM && plan->value && strcmp(plan->value, "size") == 0) {
			plan->measure = MEASURE_COUNT;
			plan->value = NULL;
		}
}

/* "how many succeeded and how many failed": told apart, and none left out. */
static bool outcomes_apart(struct wish *wish, const struct spot *spot)
{
	struct plan *plan = wish->plan;
	struct bound b;

	if (!wish->failed || !bind_role(spot, "error", &b, NULL))
		return false;
	if (!wish->succeeded &&
	    (plan->measure != MEASURE_COUNT || !((plan->by.len == 0 && part_asked(&wish->question)) || failures_beside(&wish->question) ||
						 failures_joined(&wish->question))))
		return false;
	if (!bind_role(spot, "outcome", &b, NULL))
		wish->missing = "what succeeds and what fails cannot be told apart in one count: ask for each on its own";
	vec_each(name, &plan->by)
		if (strcmp(*name, "error") == 0)
			*name = "outcome";
	if (!listed(&plan->by, "outcome"))
		vec_push(&plan->by, "outcome");
	return true;
}

/* How each ended, where the way tells it by another name. */
static bool ending_key(struct wish *wish, const struct spot *spot)
{
	static const char *const endings[] = { "state", "status" };
	struct bound b;

	if (bind_role(spot, "ret", &b, NULL) || bind_role(spot, "error", &b, NULL))
		return false;
	for (size_t i = 0; i < COUNT(endings); i++)
		if (bind_role(spot, endings[i], &b, NULL)) {
			if (!listed(&wish->plan->by, endings[i]))
				vec_push(&wish->plan->by, endings[i]);
			return true;
		}
	return false;
}

/* Only what failed, or what succeeded. */
static void outcome_where(struct wish *wish, const struct spot *spot)
{
	struct plan *plan = wish->plan;
	struct bound b;

	/* "how often does it succeed and fail" */
	if (wish->failed && wish->succeeded && ending_key(wish, spot))
		return;
	/* "is it failing? net_dev_xmit with rc other than 0" */
	if (wish->failed && result_compared(wish))
		return;
	if (wish->failed && (!where_names(plan, "error") || !bind_role(spot, "error", &b, NULL)))
		wish_where(wish, "error", COMPARE_NOT, NULL, 0); /* program_write() says why not */
	/* "… and did it succeed" */
	if (wish->succeeded && asks_whether(&wish->question) && ending_key(wish, spot))
		return;
	/* What does not tell how it ended is left for the next way, which may. */
	if (wish->succeeded && where_names(plan, "error"))
		wish->missing = "what succeeds has no error: ask for what fails with it, or for what succeeds";
	else if (wish->succeeded)
		wish_where(wish, "ret", COMPARE_AT_LEAST, NULL, 0);
	/* Only what failed has an error to be grouped by: said, as the sum is not of all. */
	if (!wish->failed && plan->measure != MEASURE_EVENTS && listed(&plan->by, "error") && !where_names(plan, "error") &&
	    bind_role(spot, "error", &b, NULL) && b.cond)
		wish_where(wish, "error", COMPARE_NOT, NULL, 0);
}

void conditions_choose(struct wish *wish, const struct subject *subject, const struct spot *spot)
{
	contained_where(wish, spot);
	for (size_t i = 0; i < wish->plan->where.len; i++)
		condition_bind(wish, subject, spot, i);
	failures_counted(wish->plan, subject);
	if (!outcomes_apart(wish, spot))
		outcome_where(wish, spot);
}
