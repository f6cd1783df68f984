/* Those to whom something is done: "signals sent to java", "who traces pid 12", "nginx gets killed by whom". */
#include <string.h>
#include "trace/plan/bind.h"
#include "trace/compose/compose.h"
#include "trace/names/names.h"
#include "trace/names/target.h"

#define PIDS_MOST 32

/* ---- what the way calls the other end ---- */

static bool is_pid(const struct bound *b)
{
	static const char *const fields[] = { "args->pid", "args->upid", "args->who" };
	bool is = strcmp(b->type, "pid") == 0;

	for (size_t i = 0; i < COUNT(fields); i++)
		is = is || (strcmp(b->type, "number") == 0 && strcmp(b->raw, fields[i]) == 0);
	return is;
}

static const char *name_end(const struct spot *spot)
{
	struct bound b;

	return bind_role(spot, "target", &b, NULL) && strcmp(b.type, "chars") == 0 && b.raw[0] != '"' ? "target" : NULL;
}

static const char *pid_end(const struct spot *spot)
{
	static const char *const roles[] = { "target_pid", "target" };
	struct bound b;

	for (size_t i = 0; i < COUNT(roles); i++)
		if (bind_role(spot, roles[i], &b, NULL) && is_pid(&b))
			return roles[i];
	return NULL;
}

static bool by_lists(const struct subject *subject, const char *role)
{
	vec_each(name, &subject->by)
		if (strcmp(*name, role) == 0)
			return true;
	return false;
}

void targets_find(struct wish *wish, const struct subject *subject, size_t way)
{
	const struct spot *spot = wish->spot;
	struct wish_ends *ends = &wish->ends;

	*ends = (struct wish_ends){ .name = name_end(spot), .pid = pid_end(spot), .others = true };
	/* Where the process is not who runs ("preempted": who left the CPU) it is the object itself. */
	vec_each(role, &spot->way->roles)
		if (strcmp(role->name, "process") == 0 && strcmp(role->expr, "(comm)") != 0)
			ends->others = false;
	/* "oom kills of nginx": who dies, and not who asked for memory. */
	ends->patient = ends->name && by_lists(subject, "target") && !by_lists(subject, "process");
	for (size_t i = way + 1; !ends->name && i < subject->ways.len; i++) {
		struct spot later = spot_of(wish, &subject->ways.at[i]);

		ends->later = ends->later || name_end(&later);
	}
	for (size_t i = 0; i < wish->question.tokens.len; i++) {
		size_t len;

		ends->who = ends->who || (!wish->grouped_by && !token_is(&wish->question, i, "whose") &&
					  sense_at(&wish->question, i, "key", "process", &len));
	}
	vec_each(name, &wish->plan->by)
		ends->who = ends->who || (!wish->grouped_by && strcmp(*name, "process") == 0);
}

/* ---- how a name stands to the deed ---- */

/* "to the process", "wakes up", "杀了进程": what may stand between the deed and whom it is done to. */
static size_t back_over(const struct question *q, size_t at)
{
	const unsigned aside = USED_CUE | USED_NAME; /* "my python app" */

	while (at > 0 && (token_in(q, at - 1, GRAMMAR_BEFORE_WHOM) || (q->tokens.at[at - 1].used & aside) == aside) && !q->tokens.at[at - 1].word.comma)
		at--;
	return at;
}

/* "killed", "woken": of whom it is done to. */
static bool suffering(const struct question *q, size_t at)
{
	return (text_ends(q->tokens.at[at].word.text, "ed") || token_in(q, at, GRAMMAR_PARTICIPLE)) && q->tokens.at[at].used & USED_SUBJECT;
}

/* "is nginx being killed", "pid 12 gets woken", "进程 12 被谁唤醒" */
bool suffers(const struct question *q, size_t at, size_t after)
{
	bool passive = at > 0 && token_in(q, at - 1, GRAMMAR_BE);

	/* "nginx 总是被重启": an adverb may stand between */
	for (size_t i = after, said = 0, len; i < q->tokens.len && said < 5 && (q->tokens.at[i].word.kind == WORD_HAN || q->tokens.at[i].used & USED_KEY); i++) {
		if (token_is(q, i, "被"))
			return true;
		if (q->tokens.at[i].word.comma || token_is(q, i, "的"))
			break;
		/* "老是莫名其妙被": what people say around it */
		if (sense_at(q, i, "chatter", "phrase", &len)) {
			i += len - 1;
			continue;
		}
		/* "ksoftirqd 每个 CPU 被唤醒" */
		if (q->tokens.at[i].used & ~(unsigned)(USED_KEY | USED_CUE))
			break;
		said += !q->tokens.at[i].used;
	}
	after += token_is(q, after, "that") && token_in(q, after + 1, GRAMMAR_BE);
	for (; token_in(q, after, GRAMMAR_BE); after++)
		passive = true;
	return passive && after < q->tokens.len && suffering(q, after);
}

bool sufferer_asked(const struct question *q, size_t at, size_t after)
{
	if (suffers(q, at, after) || (at > 0 && !token_is(q, at, "by") && suffering(q, at - 1)))
		return true;
	/* "被唤醒次数最多的进程", "被唤醒最多的 6 个进程" */
	if (at > 1 && token_is(q, at - 1, "个") && q->tokens.at[at - 2].word.kind == WORD_NUMBER)
		at -= 2;
	for (size_t i = at; token_is(q, at - 1, "的") && i > 0 && at - i < 16 && !q->tokens.at[i - 1].word.comma; i--)
		if (token_is(q, i - 1, "被"))
			return true;
	return false;
}

/* "who moves pid 12": the verb stands between who does it and to whom it is done. */
static bool who_verb(const struct question *q, size_t back)
{
	size_t at = back, len;

	if (at < 2 || q->tokens.at[--at].word.kind != WORD_PLAIN || q->tokens.at[at].used & (USED_KEY | USED_FILTER) ||
	    (q->tokens.at[at].ignored && (!text_ends(q->tokens.at[at].word.text, "s") || q->tokens.at[at].word.text.len < 5)))
		return false;
	while (at > 1 && token_in(q, at - 1, GRAMMAR_BEFORE_VERB))
		at--;
	return sense_at(q, at - 1, "key", "process", &len) || token_is(q, at - 1, "process");
}

/* "signals nginx and redis get": what "and" joins to one that was found stands as it does. */
static bool joined(const struct wish *wish, size_t at)
{
	const struct question *q = &wish->question;
	size_t end = wish->ends.found_end;

	return end > 0 && ((end == at && q->tokens.at[at - 1].word.comma) || (end + 1 == at && (token_in(q, end, GRAMMAR_AND_OR) || token_is(q, end, "nor"))));
}

/* "tinyd keeps quitting, who sends it SIGTERM", "… 谁给它发": the name was said before. */
static bool said_again(const struct question *q, size_t after)
{
	for (size_t i = after + 1; i < q->tokens.len; i++)
		if (token_in(q, i, GRAMMAR_IT) &&
		    (token_in(q, i - 1, GRAMMAR_TO_WHOM) || (token_in(q, i - 1, GRAMMAR_GIVE) && q->tokens.at[i - 1].used & USED_SUBJECT)))
			return true;
	return false;
}

/* "our java service vanished, who sends SIGKILL to whom": what became of it. */
static bool suffered(const struct question *q, size_t after)
{
	while (after < q->tokens.len && token_in(q, after, GRAMMAR_BEFORE_FATE) && !q->tokens.at[after - 1].word.comma)
		after++;
	return after < q->tokens.len && !q->tokens.at[after - 1].word.comma && token_in(q, after, GRAMMAR_FATE);
}

static enum standing standing_said(const struct wish *wish, size_t at, size_t after)
{
	const struct question *q = &wish->question;
	size_t back = back_over(q, at), before = back;

	while (before > 0 && (token_in(q, before - 1, GRAMMAR_COPULA) || token_is(q, before - 1, "=") || token_is(q, before - 1, "==")))
		before--;
	before = before < back ? back_over(q, before) : before; /* "where the next task is bash" */
	if (back > 0 && (token_in(q, back - 1, GRAMMAR_TO_WHOM) || token_in(q, back - 1, GRAMMAR_PATIENT)))
		return STANDS_OTHER_END;
	if (before > 0 && token_in(q, before - 1, GRAMMAR_PATIENT))
		return STANDS_OTHER_END;
	if (back > 0 && token_in(q, back - 1, GRAMMAR_DOER))
		return STANDS_DOER;
	if (wish->ends.patient || ((wish->ends.name || wish->ends.pid) && (said_again(q, after) || suffered(q, after))))
		return STANDS_OTHER_END;
	if (back > 0 && token_is(q, back - 1, "把")) /* "谁把 nginx 杀了" */
		return STANDS_DONE_TO;
	/* "who keeps killing my worker? its name is celery" */
	if (wish->ends.who && (wish->ends.name || wish->ends.pid) && name_given(q, at))
		return STANDS_DONE_TO;
	if (suffers(q, back, after))
		return STANDS_DONE_TO;
	/* "affinity set for pid 12" */
	if (back > 1 && token_is(q, back - 1, "for") && (token_is(q, back - 2, "set") || token_is(q, back - 2, "change") || token_is(q, back - 2, "adjust")))
		return STANDS_DONE_TO;
	/* "prlimit calls on pid 12", "wakeups of nginx" */
	if (back > 0 && (token_is(q, back - 1, "on") ||
			 (back > 1 && token_is(q, back - 1, "of") && token_in(q, back - 2, GRAMMAR_DEED))))
		return STANDS_DONE_TO;
	/* "who changes the limits of pid 12": whoever asks who does it names another. */
	if (wish->ends.who && (wish->ends.name || wish->ends.pid) && (who_verb(q, back) || (back > 0 && token_in(q, back - 1, GRAMMAR_OF_WHOM)) || token_is(q, after, "的")))
		return STANDS_DONE_TO;
	/* "ksoftirqd wakeups": a thread of the kernel is woken for work, and wakes few. */
	if (after < q->tokens.len && q->tokens.at[at].compound && token_is(q, after, "wake") && text_ends(q->tokens.at[after].word.text, "s"))
		return STANDS_DONE_TO;
	/* "how often does bash wake up" */
	if (token_is(q, after, "wake") && !wish->ends.who && !wish->other_end && wish->plan->by.len == 0 &&
	    (after + 1 >= q->tokens.len || token_is(q, after + 1, "up")))
		return STANDS_OTHER_END;
	if (after < q->tokens.len && q->tokens.at[after].used & USED_SUBJECT && !token_is(q, after, "up"))
		return STANDS_DOER;
	return back > 0 && q->tokens.at[back - 1].used & USED_SUBJECT && !q->tokens.at[back - 1].word.comma &&
		       !text_ends(q->tokens.at[back - 1].word.text, "ed") ? STANDS_DONE_TO : STANDS_DOER;
}

enum standing standing_of(const struct wish *wish, size_t at, size_t after)
{
	return joined(wish, at) ? wish->ends.found : standing_said(wish, at, after);
}

static void found(struct wish *wish, size_t at, enum standing standing, size_t after)
{
	size_t back = back_over(&wish->question, at);

	wish->ends.found = standing;
	wish->ends.found_end = after;
	if (standing == STANDS_OTHER_END && back > 0 && !wish->question.tokens.at[back - 1].used)
		tokens_use(&wish->question, back - 1, 1, USED_CUE);
}

/* ---- conditions ---- */

/* "connections to nginx": only an address can be told of where it goes. */
static bool goes_out(const struct wish *wish)
{
	const struct question *q = &wish->question;

	for (size_t i = 0; i < q->tokens.len; i++)
		if (q->tokens.at[i].used & USED_SUBJECT && token_in(q, i, GRAMMAR_GOES_OUT))
			return true;
	return false;
}

/* "connections to redis port 6379": the number tells what the name cannot. */
static bool end_numbered(const struct wish *wish)
{
	vec_each(condition, &wish->plan->where)
		if (condition->role && condition->compare == COMPARE_EQUAL &&
		    (strcmp(condition->role, "port") == 0 || strcmp(condition->role, "address") == 0))
			return true;
	return false;
}

/* True: the name is passed over. */
static bool unseen(struct wish *wish, size_t at, size_t tokens, struct text name)
{
	if (wish->missing || wish->ends.name || wish->ends.pid)
		return false;
	if (goes_out(wish) && end_numbered(wish)) {
		vec_push(&wish->plan->notes, arena_fmt(wish->plan->arena, "The other end is told by its number: '%.*s' is passed over.", TEXT_ARG(name)));
		tokens_use(&wish->question, at, tokens, USED_NAME);
		return true;
	}
	/* "who delivers signals to pid 12": where only the receiver is seen. */
	if (wish->ends.who && !goes_out(wish))
		wish->missing = arena_fmt(wish->plan->arena, "who does it to another (%.*s) cannot be told with this", TEXT_ARG(name));
	else if (goes_out(wish))
		wish->missing = arena_fmt(wish->plan->arena, "the other end is seen by its address, not by its name or pid (%.*s): name its address or port", TEXT_ARG(name));
	return false;
}

/* Where only the number of the other end is seen: those that bear the name now. */
static void pids_where(struct wish *wish, size_t at, size_t tokens, struct text name, bool prefix)
{
	double pids[PIDS_MOST];
	size_t count = pids_running(name, prefix, pids, PIDS_MOST);

	for (size_t i = 0; i < count; i++)
		name_where(wish, at, tokens, wish->ends.pid, COMPARE_EQUAL, NULL, pids[i]);
	if (count == 0)
		wish->missing = arena_fmt(wish->plan->arena, "the other end is seen by its pid only, and no process '%.*s' runs now",
					  TEXT_ARG(name));
	tokens_use(&wish->question, at, tokens, USED_NAME);
}

bool target_take(struct wish *wish, size_t at, size_t tokens, struct text name, bool prefix)
{
	enum standing standing = standing_of(wish, at, at + tokens);
	const struct wish_ends *ends = &wish->ends;
	bool seen = standing == STANDS_OTHER_END || (standing == STANDS_DONE_TO && ends->others);

	if (standing == STANDS_DOER)
		return false;
	/* "连接 redis" has no "to". */
	if (standing == STANDS_DONE_TO && !seen && at > 1 && token_is(&wish->question, at - 2, "连") && token_is(&wish->question, at - 1, "接"))
		standing = STANDS_OTHER_END;
	found(wish, at, standing, at + tokens);
	if (standing == STANDS_OTHER_END && unseen(wish, at, tokens, name))
		return true;
	if (seen && ends->name) {
		AUTO_FREE char *copy = text_copy(name);

		name_where(wish, at, tokens, ends->name, prefix ? COMPARE_PREFIX : COMPARE_EQUAL, copy, 0);
		return true;
	}
	if (seen && ends->pid) {
		if (ends->later && wish->spot && !(wish->spot->way->kind == WAY_SYSCALL && call_spelled(&wish->question, wish->spot->way)))
			wish->missing = "this way tells the other end only by its pid";
		else
			pids_where(wish, at, tokens, name, prefix);
		return true;
	}
	wish->acted_on |= exclusion(&wish->question, at) == at;
	return false;
}

static struct condition *pid_condition(struct wish *wish, double number)
{
	vec_each(condition, &wish->plan->where)
		if (condition->role && strcmp(condition->role, "pid") == 0 && !condition->text && condition->number == number)
			return condition;
	return NULL;
}

void targets_numbered(struct wish *wish)
{
	struct question *q = &wish->question;
	const struct wish_ends *ends = &wish->ends;

	for (size_t i = 0; i < q->tokens.len; i++) {
		const struct token *token = &q->tokens.at[i];
		struct condition *condition = token->word.kind == WORD_NUMBER && token->used & USED_FILTER ?
					      pid_condition(wish, token->word.number) : NULL;
		bool bare = token->word.kind == WORD_NUMBER && !token->used && token->word.number >= 0 && ends->pid && back_over(q, i) == i;
		enum standing standing = condition || bare ? standing_of(wish, i, i + 1) : STANDS_DOER;
		bool seen = standing == STANDS_OTHER_END || (standing == STANDS_DONE_TO && ends->others);

		if (standing == STANDS_DOER)
			continue;
		if (condition && seen && ends->pid) {
			condition->role = ends->pid;
		} else if (bare && (standing == STANDS_OTHER_END || (seen && ends->who))) {
			name_where(wish, i, 1, ends->pid, COMPARE_EQUAL, NULL, token->word.number);
		} else if (condition) {
			wish->acted_on = true;
			if (standing == STANDS_OTHER_END)
				(void)unseen(wish, i, 1, token->word.text);
		}
		found(wish, i, standing, i + 1);
	}
}
