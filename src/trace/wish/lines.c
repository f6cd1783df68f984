/* Whether a line for each occurrence is asked for: "print pid and file of …", "whenever …, tell me", "每删一个就打印". */
#include <string.h>
#include "trace/around/sides.h"
#include "trace/wish/wish.h"

static bool order_at(const struct question *q, size_t at, size_t *len)
{
	return sense_at(q, at, "order", "print", len) || sense_at(q, at, "order", "show", len);
}

/* "Print pid and file of each …": an order to write lines, and not to count. */
static bool begins_with_order(const struct question *q)
{
	for (size_t i = 0; i < q->tokens.len; i++) {
		size_t len;

		/* "print", and not "prints by process" */
		if (sense_at(q, i, "order", "print", &len))
			return !text_ends(q->tokens.at[i].word.text, "s");
		if (!sense_at(q, i, "order", "polite", &len))
			return false;
	}
	return false;
}

/* "reads over 64 KB: process, fd, size": what is listed at the end are columns. */
static bool columns_after_colon(const struct question *q)
{
	for (size_t i = 0; i + 2 < q->tokens.len; i++) {
		struct text word = q->tokens.at[i].word.text;
		struct text after = text_from(q->text, (size_t)(word.at + word.len - q->text.at));
		size_t columns = 0, other = 0, at = i + 1, len;

		if (!text_starts(after, ":") && !text_starts(after, " ->") && !text_starts(after, " --") && !text_starts(after, " - "))
			continue;
		if (token_is(q, at, "how")) /* "balance_dirty_pages: how long …" */
			return false;
		for (; at < q->tokens.len; at++) {
			if (role_at(q, at, &len)) {
				columns++;
				at += len - 1;
			} else if (!q->tokens.at[at].ignored && q->tokens.at[at].word.kind != WORD_SIGN && ++other > 1) {
				break; /* one may be called otherwise: "pid, thread id, wait" */
			}
		}
		return at == q->tokens.len && columns >= 2;
	}
	return false;
}

/* "when a link is made, tell me its target", "as soon as one listens I'd like to see its port" */
static bool whenever_told(const struct question *q)
{
	bool when = q->tokens.len > 2 && (token_is(q, 0, "when") || token_is(q, 0, "whenever") ||
					  (token_is(q, 0, "as") && token_is(q, 2, "as")));
	size_t len;

	for (size_t i = 1; when && i < q->tokens.len; i++)
		if (sense_at(q, i, "order", "print", &len) || sense_at(q, i, "order", "show", &len))
			return true;
	return false;
}

/* Roles named one after another from `at` on: "the process and its path", "进程和路径". */
static size_t roles_listed(const struct question *q, size_t at)
{
	size_t count = 0, len;

	while (at < q->tokens.len) {
		if (role_at(q, at, &len)) {
			count++;
			at += len;
		} else if (token_in(q, at, GRAMMAR_COLUMN)) {
			at++;
		} else {
			break;
		}
	}
	return count;
}

/* "who changes limits? print process and resource": a later sentence orders the columns. */
static bool ordered_after(const struct question *q)
{
	for (size_t i = 1, len; i < q->tokens.len; i++) {
		bool print = sense_at(q, i, "order", "print", &len) != NULL, show = !print && sense_at(q, i, "order", "show", &len);

		if ((!print && !show) || !q->tokens.at[i - 1].word.comma || q->tokens.at[i + len - 1].word.comma)
			continue;
		if (roles_listed(q, i + len) >= (print ? 1 : 2))
			return true;
		/* "打印请求和目标": one of them may be no role. */
		for (size_t k = i + len, other; print && q->tokens.at[i].word.kind == WORD_HAN && k < i + len + 8 && k < q->tokens.len; k++) {
			if (q->tokens.at[k].word.kind != WORD_HAN || (sense_at(q, k, "measure", NULL, &other) && !no_measure(q, k, other)))
				break;
			if (token_in(q, k, GRAMMAR_AND) && role_at(q, k + 1, &other))
				return true;
			if (q->tokens.at[k].word.comma)
				break;
		}
	}
	return false;
}

/* "有进程被杀时打印信号", "只要有人改就报告": an order after what must happen first. */
static bool ordered_then(const struct question *q)
{
	size_t len;

	for (size_t i = 1; i < q->tokens.len; i++) {
		size_t before = i - 1;

		if (q->tokens.at[i].word.kind != WORD_HAN || !order_at(q, i, &len))
			continue;
		if (token_is(q, before, "请") && before > 0)
			before--;
		if (token_in(q, before, GRAMMAR_THEN) || token_is(q, before, "时") || token_is(q, before, "候") || token_is(q, before, "则"))
			return true;
	}
	return false;
}

/* "any block errors? dev, sector and error", "is anybody using ptrace? I want tracer, request and pid": a sentence of its own
 * that names nothing but columns. */
static bool columns_sentence(const struct question *q)
{
	for (size_t i = 0; i + 2 < q->tokens.len; i++) {
		size_t columns = 0, other = 0, at = i + 1, len;

		if (!sentence_between(q, i, i + 1))
			continue;
		while (at < q->tokens.len && at < i + 6 && !role_at(q, at, &len) && !token_is(q, at, "how") && !sense_at(q, at, "ask", NULL, &len) &&
		       (q->tokens.at[at].ignored || order_at(q, at, &len) || sense_at(q, at, "order", "polite", &len)))
			at++;
		for (; at < q->tokens.len; at++) {
			if (role_at(q, at, &len)) {
				columns++;
				at += len - 1;
			} else if (!token_in(q, at, GRAMMAR_COLUMN) && !sense_at(q, at, "order", "polite", &len) && ++other > 1) {
				break; /* one may be called otherwise: "tracer, request and target" */
			}
		}
		return at == q->tokens.len && columns >= 2;
	}
	return false;
}

bool lines_asked(const struct question *q)
{
	return columns_sentence(q) || begins_with_order(q) || columns_after_colon(q) || whenever_told(q) || ordered_after(q) || ordered_then(q);
}

/* "每删一个就打印", "每打开一个文件输出一行": how often, and what is then to be done. */
static size_t han_each(const struct question *q, size_t at)
{
	size_t one = at + 1, len;

	if (!token_is(q, at, "每") || q->tokens.at[at].used & USED_TIME)
		return 0;
	while (one < q->tokens.len && one < at + 6 && q->tokens.at[one].word.kind == WORD_HAN && !token_is(q, one, "一"))
		one++;
	if (one == at + 1 || !token_is(q, one, "一") || !token_in(q, one + 1, GRAMMAR_PIECE))
		return 0;
	for (size_t i = one + 2; i < q->tokens.len; i++)
		if (token_in(q, i, GRAMMAR_THEN) || order_at(q, i, &len))
			return 1;
	return 0;
}

/* "show me every file that is deleted", and not "show me each CPU". */
static size_t every_shown(const struct question *q, size_t at)
{
	size_t len, end, next;
	const struct role *role;

	if (!order_at(q, at, &len) && !((token_is(q, at, "want") || token_is(q, at, "need") || token_is(q, at, "like")) && (len = 1)))
		return 0;
	for (end = at + len; end < at + len + 3 && token_in(q, end, GRAMMAR_FOR_ME);)
		end++;
	if (end >= q->tokens.len || (!token_is(q, end, "each") && !token_is(q, end, "every")) || q->tokens.at[end].used & USED_TIME)
		return 0;
	role = role_at(q, end + 1, &next);
	/* "each process and its reads" are groups; "every process that exits" and "each process start" are not. */
	if (role && role->from && !token_in(q, end + 1 + next, GRAMMAR_CLAUSE) &&
	    !(end + 1 + next < q->tokens.len && q->tokens.at[end + 1 + next].used & USED_SUBJECT && !q->tokens.at[end + next].word.comma))
		return 0;
	return end + 1 - at;
}

bool order_asks(const struct question *q, size_t at)
{
	size_t len, next;

	if (!sense_at(q, at, "order", "show", &len) && !sense_at(q, at, "look", NULL, &len))
		return false;
	next = at + len;
	if (q->tokens.at[next - 1].word.comma)
		return false;
	while (token_is(q, next, "me") || token_is(q, next, "us"))
		next++;
	if (token_is(q, next, "how"))
		return true;
	for (; next < q->tokens.len && q->tokens.at[at].word.kind == WORD_HAN; next++) {
		if (sense_at(q, next, "howmuch", NULL, &len))
			return true;
		if (q->tokens.at[next].word.comma)
			break;
	}
	return false;
}

/* "realtime signals", "real time tasks": a kind of them, and not when they are told; and other words that only look so. */
bool no_measure(const struct question *q, size_t at, size_t len)
{
	/* "打印请求和目标" adds nothing up */
	if (token_is(q, at, "求") && at > 0 && token_is(q, at - 1, "请"))
		return true;
	/* "per call site" */
	if (at + len < q->tokens.len && token_is(q, at + len - 1, "call") && text_starts(q->tokens.at[at + len].word.text, "site"))
		return true;
	return text_starts(q->tokens.at[at].word.text, "real") && !q->tokens.at[at + len - 1].word.comma && token_in(q, at + len, GRAMMAR_REALTIME_THING);
}

/* "every update's member and size": of each of them. */
static size_t each_owns(const struct question *q, size_t at)
{
	struct text owner = at + 1 < q->tokens.len ? q->tokens.at[at + 1].word.text : TEXT("");
	size_t len;

	return (token_is(q, at, "each") || token_is(q, at, "every")) && at + 2 < q->tokens.len && !(q->tokens.at[at].used & USED_TIME) &&
	       text_starts(text_from(q->text, (size_t)(owner.at + owner.len - q->text.at)), "'s") && !role_at(q, at + 1, &len);
}

size_t each_said(const struct question *q, size_t at)
{
	size_t len, own = each_owns(q, at), more = every_shown(q, at), han = han_each(q, at);

	len = sense_at(q, at, "each", NULL, &len) ? len : 0;
	len = len && no_measure(q, at, len) ? 0 : len;
	more = own > more ? own : more;
	len = more > len ? more : len;
	return han > len ? han : len;
}
