/* What a question tells around what it asks: an order to change the machine, and what was changed before. */
#include <ctype.h>
#include <string.h>
#include "trace/names/names.h"
#include "trace/around/sides.h"
#include "trace/words/units.h"

#define CLAUSE_MOST 12

/* "after I upgraded", "since the reboot", "the restarted service": told, and not ordered. */
static bool told(const struct question *q, size_t at, size_t len)
{
	struct text word = q->tokens.at[at].word.text;

	if (at > 0 && token_in(q, at - 1, GRAMMAR_TOLD))
		return true;
	return len == 1 && (text_ends(word, "ed") || text_ends(word, "ing"));
}

/* "kill process 12", "restart nginx": a command, not a question. */
bool asks_for_change(const struct question *q)
{
	size_t len;

	for (size_t i = 0; i < q->tokens.len; i++) {
		size_t other;

		if (sense_at(q, i, "key", NULL, &other))
			return false; /* "who kills …" */
		/* "something restarts every minute" tells who does it; an order has no such ending. */
		if (sense_at(q, i, "act", "change", &len))
			return !(i > 0 && len == 1 && text_ends(q->tokens.at[i].word.text, "s")) && !sense_at(q, i + len, "outcome", NULL, &other) && !token_is(q, i + len, "signal") &&
			       !token_is(q, i + len, "syscall") && !token_is(q, i + len, "call") && !token_is(q, i + len, "request") &&
			       !token_is(q, i + len, "event") && !token_is(q, i + len, "attempt") &&
			       !token_called(q, i) && !told(q, i, len);
		if (!q->tokens.at[i].ignored)
			return false;
	}
	return false;
}

/* "cpu time of user deploy": the word before a name says nothing of what is watched. */
static void users_named(struct question *q)
{
	for (size_t i = 0; i + 1 < q->tokens.len; i++) {
		const struct token *next = &q->tokens.at[i + 1];

		if (text_is(q->tokens.at[i].word.text, "user") && !q->tokens.at[i].word.comma && !q->tokens.at[i].compound && (next->famous || (!next->known && (!next->english || next->word.joined))) &&
		    (next->word.kind == WORD_PLAIN || next->word.kind == WORD_NAME))
			tokens_use(q, i, 1, USED_NAME);
	}
}

/* "who connects to my server": what is seen of it here is that it is accepted. */
static void inbound(struct question *q)
{
	for (size_t i = 0; i < q->tokens.len; i++) {
		size_t len, at = i;

		if (!sense_at(q, i, "inbound", "connect", &len))
			continue;
		/* "does my app connect to our database": the one that connects is here too. */
		for (size_t k = 0; k < i; k++)
			if (token_is(q, k, "does") || token_is(q, k, "do") || token_is(q, k, "my") || token_is(q, k, "our"))
				at = q->tokens.len;
		if (at == q->tokens.len || q->tokens.at[i].word.kind == WORD_HAN)
			continue;
		strcpy(q->tokens.at[i].canonical, "accept");
		/* Who that is has an address here, and no name. */
		for (size_t k = 0; k < i; k++)
			if (token_is(q, k, "who"))
				strcpy(q->tokens.at[k].canonical, "address");
	}
}

/* A comma, or "the card acts up: …" */
bool clause_ends(const struct question *q, size_t at)
{
	const struct text word = q->tokens.at[at].word.text;
	struct text after = text_from(q->text, (size_t)(word.at + word.len - q->text.at));

	return q->tokens.at[at].word.comma || text_starts(after, ": ") || text_starts(after, " - ") || text_starts(after, "：");
}

bool sentence_between(const struct question *q, size_t from, size_t to)
{
	static const char *const ends[] = { ". ", "? ", "! ", "; ", "。", "？", "！", "；" };

	for (size_t i = from; i < to; i++) {
		const struct text word = q->tokens.at[i].word.text;
		struct text after = text_from(q->text, (size_t)(word.at + word.len - q->text.at));

		for (size_t e = 0; q->tokens.at[i].word.comma && e < COUNT(ends); e++)
			if (text_starts(after, ends[e]))
				return true;
	}
	return false;
}

/* "it was removed last night, I want to catch it live": another clause says that it is to be watched for. */
static bool wished_now(const struct question *q, size_t from, size_t to)
{
	for (size_t i = 0, len; i < q->tokens.len; i++)
		if ((i < from || i > to) && sense_at(q, i, "wish", "now", &len))
			return true;
	return false;
}

/* "who deleted it", "did it fork": of what was done. */
static bool past_verb(const struct question *q, size_t at, bool asked)
{
	return token_in(q, at, GRAMMAR_PAST_AUX) ||
	       (asked && (token_in(q, at, GRAMMAR_PAST) || text_ends(q->tokens.at[at].word.text, "ed")));
}

/* "it vanished last night, so tell me who deletes it", "昨天丢了，接下来 60 秒谁在删": what is asked in the other clauses happens now.
 * A verb in the past after who is asked for, or nothing that asks, is of the past. */
static bool asked_now(const struct question *q, size_t from, size_t to)
{
	bool asks = false, watched = false, asked = false;

	for (size_t i = 0, len; i < q->tokens.len; i++) {
		const struct token *token = &q->tokens.at[i];
		const struct lexeme *lexeme = token->known ? vocabulary_word(q->vocabulary, token->canonical) : NULL;

		if (i >= from && i <= to) {
			asked = false;
			continue;
		}
		if (past_verb(q, i, asked))
			return false;
		asked = false;
		asked |= token_in(q, i, GRAMMAR_WHO) || token_is(q, i, "process") || text_is(token->word.text, "program");
		asks |= token_in(q, i, GRAMMAR_NOW);
		asks |= token->word.kind != WORD_HAN && (asked || text_is(token->word.text, "now") || sense_at(q, i, "order", "print", &len) || sense_at(q, i, "order", "show", &len) ||
			sense_at(q, i, "measure", NULL, &len));
		watched |= lexeme && lexeme->subjects > 0 && !token->ignored;
	}
	return asks && watched;
}

/* What the clause tells is passed over, but for what it names; where it tells of somebody, only when it was. */
static void clause_pass(struct question *q, size_t from, size_t to, size_t past, size_t len)
{
	for (size_t i = from; i <= to && i < q->tokens.len; i++)
		if (q->tokens.at[i].famous) {
			tokens_use(q, past, len, USED_CUE | USED_NAME);
			return;
		}
	for (size_t i = from; i <= to && i < q->tokens.len; i++) {
		struct token *token = &q->tokens.at[i];

		/* "an outage" */
		if (i > from && (token_is(q, i - 1, "a") || token_is(q, i - 1, "an")) && token->word.kind == WORD_PLAIN)
			tokens_use(q, i, 1, USED_CUE | USED_NAME);
		if ( (token->word.kind == WORD_PLAIN || token->word.kind == WORD_HAN || token->word.kind == WORD_NUMBER) &&
		    (token->known || token->english || token->word.kind != WORD_PLAIN))
			tokens_use(q, i, 1, USED_CUE | USED_NAME);
	}
}

/* "回环网卡 lo", "the loopback interface lo": said twice, once by its name. */
static void loopback_named(struct question *q)
{
	bool lo = false;

	for (size_t i = 0; i < q->tokens.len; i++)
		lo |= text_is(q->tokens.at[i].word.text, "lo");
	for (size_t i = 0; lo && i < q->tokens.len; i++)
		if (text_is(q->tokens.at[i].word.text, "loopback"))
			tokens_use(q, i, 1, USED_CUE | USED_NAME);
		else if (tokens_spell(q, i, "回环") || tokens_spell(q, i, "环回"))
			tokens_use(q, i, 2, USED_CUE | USED_NAME);
}

/* Whether "(name)" or "(process name)" follows the token at `at`. */
static bool bracket_follows(const struct question *q, size_t at)
{
	struct text word = q->tokens.at[at].word.text, rest = text_trim(text_from(q->text, (size_t)(word.at + word.len - q->text.at)));

	return text_starts(rest, "(") || text_starts(rest, "（");
}

/* "the nightly cleanup script", "our import job": what somebody calls what runs there, where a sentence begins; only the name
 * of a process would tell which it is. */
static void callings_pass(struct wish *wish)
{
	struct question *q = &wish->question;

	for (size_t i = 0, len; i < q->tokens.len; i++) {
		size_t noun = i, from = i;
		bool is = q->tokens.at[i].word.kind != WORD_HAN && token_in(q, i, GRAMMAR_CALLING), article = false, led, known = true, bracket;

		bracket = is && bracket_follows(q, i);
		if (!is || q->tokens.at[i].used || (q->tokens.at[i].word.comma && !bracket))
			continue;
		while (from > 0 && noun - from < 5 && !article && !q->tokens.at[from - 1].word.comma) {
			from--;
			article = token_in(q, from, GRAMMAR_DETERMINER) || token_is(q, from, "some") || token_is(q, from, "their") || token_is(q, from, "one");
			known = known && q->tokens.at[from].word.kind == WORD_PLAIN && (bracket || !q->tokens.at[from].famous) &&
				(q->tokens.at[from].known || q->tokens.at[from].english || q->tokens.at[from].famous ||
				 sense_at(q, from, "name", "generic", &len));
		}
		/* "the service", "the 3 jobs": nothing that a name could hide in; what is after "by" or "of" is asked for. */
		led = from == 0 || q->tokens.at[from - 1].word.comma;
		/* "the postgres service reads": by its name, and no group of services. */
		if (led && article && !bracket && (from + 1 == noun || (from + 2 == noun && q->tokens.at[from + 1].famous)) &&
		    token_is(q, noun, "service"))
			tokens_use(q, noun, 1, USED_CUE | USED_NAME);
		if (!article || !known || (from + 1 == noun && !bracket))
			continue;
		led |= from > 0 && token_in(q, from - 1, GRAMMAR_STORY_LEAD);
		if (!led && !bracket)
			continue;
		tokens_use(q, from, noun + 1 - from, USED_CUE | USED_NAME);
		if (!bracket) {
			const char *start = q->tokens.at[from].word.text.at;

			wish->calling = arena_text(wish->plan->arena, (struct text){ start, (size_t)(q->tokens.at[noun].word.text.at +
						   q->tokens.at[noun].word.text.len - start) });
		}
	}
	/* "备份脚本一直在删文件", "支付服务（paysvc）" */
	for (size_t i = 0; i < q->tokens.len; i++) {
		size_t end, len = 0;

		if (q->tokens.at[i].word.kind != WORD_HAN || (i > 0 && !q->tokens.at[i - 1].word.comma) || token_is(q, i, "哪") || token_is(q, i, "每"))
			continue;
		for (end = i + 1; end < q->tokens.len && end < i + 7 && q->tokens.at[end].word.kind == WORD_HAN && len == 0; end++)
			len = tokens_in(q, end, GRAMMAR_CALLING);
		if (len && bracket_follows(q, end - 2 + len))
			tokens_use(q, i, end - 1 + len - i, USED_CUE | USED_NAME);
	}
}

/* "virtual machines", "hypervisor guests": one word for them. */
static void guests_named(struct question *q)
{
	for (size_t i = 0; i + 1 < q->tokens.len; i++) {
		struct token *token = &q->tokens.at[i];

		if (!token_is(q, i, "virtual") || !token_is(q, i + 1, "machine"))
			continue;
		strcpy(token->canonical, "guest");
		token->known = true;
		token->ignored = token->english = false;
		q->tokens.at[i + 1].used |= USED_CUE;
	}
}

/* "I upgraded yesterday, and now …": when something was changed is no question of the past. */
void calling_tell(struct wish *wish, struct plan *plan)
{
	bool one = !wish->calling;

	vec_each(condition, &plan->where)
		one |= condition->role && (strcmp(condition->role, "process") == 0 || strcmp(condition->role, "pid") == 0 ||
					   strcmp(condition->role, "parent") == 0);
	if (!one)
		vec_push(&plan->notes, arena_fmt(plan->arena, "'%s' is no name of a process, so all processes are watched: \"process NAME\" "
						 "or \"pid NUMBER\" tells which one.", wish->calling));
}

void stories_pass(struct wish *wish)
{
	struct question *q = &wish->question;


	users_named(q);
	fates_pass(q);
	tellers_pass(q);
	callings_pass(wish);
	inbound(q);
	loopback_named(q);
	guests_named(q);
	for (size_t i = 0; i < q->tokens.len; i++) {
		size_t len, act, from = i, to;

		if (!sense_at(q, i, "beyond", "past", &len))
			continue;
		while (from > 0 && !clause_ends(q, from - 1))
			from--;
		for (to = i; to + 1 < q->tokens.len && !clause_ends(q, to);)
			to++;
		if (wished_now(q, from, to))
			tokens_use(q, i, len, USED_CUE | USED_NAME);
		else if (asked_now(q, from, to))
			clause_pass(q, from, to, i, len);
		from = i;
		while (from > 0 && i - from < CLAUSE_MOST && !q->tokens.at[from - 1].word.comma)
			from--;
		for (size_t k = from; k < i + len + 4 && k < q->tokens.len; k++)
			if (sense_at(q, k, "act", "story", &act)) {
				tokens_use(q, i, len, USED_CUE | USED_NAME);
				tokens_use(q, k, act, USED_CUE | USED_NAME);
			}
	}
	/* "after the upgrade", "since we rebooted", "升级之后" */
	for (size_t i = 0; i < q->tokens.len; i++) {
		size_t act;

		if (!sense_at(q, i, "act", "story", &act))
			continue;
		for (size_t back = i; back > 0 && i - back < 4; back--)
			if (token_is(q, back - 1, "after") || token_is(q, back - 1, "since"))
				tokens_use(q, i, act, USED_CUE | USED_NAME);
		if (token_is(q, i + act, "后") || token_is(q, i + act + 1, "后"))
			tokens_use(q, i, act, USED_CUE | USED_NAME);
	}
}

/* "why does it get EPERM, I suspect capabilities; show …": a guess about it follows, and then what is asked. */
static bool wondered(const struct question *q, size_t from, size_t to)
{
	bool guessed = false;

	for (size_t i = to + 1, len; i < q->tokens.len; i++)
		guessed |= sense_at(q, i, "opinion", NULL, &len) != NULL;
	return guessed && (token_is(q, from, "why") || text_is(q->tokens.at[from].word.text, "why") || tokens_spell(q, from, "为什么"));
}

bool only_told(const struct question *q, size_t at)
{
	size_t from = at, to = at;
	bool story = false;

	while (from > 0 && !clause_ends(q, from - 1))
		from--;
	while (to + 1 < q->tokens.len && !clause_ends(q, to))
		to++;
	for (size_t i = from, len; i <= to && i < q->tokens.len; i++)
		story |= sense_at(q, i, "opinion", NULL, &len) || sense_at(q, i, "complaint", "slow", &len);
	return story && !clause_asks(q, at);
}

/* "we deployed and now the api times out; which calls …": what a clause tells before the question. */
bool story_clause(const struct question *q, size_t at)
{
	size_t from = at, to = at;
	bool story = false;

	while (from > 0 && !q->tokens.at[from - 1].word.comma)
		from--;
	while (to + 1 < q->tokens.len && !q->tokens.at[to].word.comma)
		to++;
	for (size_t i = from, len; i <= to && i < q->tokens.len; i++) {
		if (q->tokens.at[i].used & USED_SUBJECT)
			return false;
		story |= sense_at(q, i, "act", "story", &len) != NULL;
	}
	return story || wondered(q, from, to);
}

bool clause_asks(const struct question *q, size_t at)
{
	size_t from = at, to = at;

	while (from > 0 && !clause_ends(q, from - 1))
		from--;
	while (to + 1 < q->tokens.len && !clause_ends(q, to))
		to++;
	for (size_t i = from; i <= to && i < q->tokens.len; i++)
		if (q->tokens.at[i].used & USED_SUBJECT && !token_is(q, i, "the") && !token_is(q, i, "a"))
			return true;
	return false;
}

/* "my usb stick is slow, disk latency by device": whether all that speaks for the subject is told in a clause that complains,
 * and another clause asks. */
bool subject_only_told(const struct question *q, const struct subject *subject)
{
	bool matched[QUESTION_MOST] = { false }, told = false, rest = false;

	if (q->tokens.len > QUESTION_MOST)
		return false;
	subject_score(q, subject, matched);
	for (size_t from = 0, to; from < q->tokens.len; from = to) {
		bool complains = false, mine = false;

		for (to = from; to < q->tokens.len && (to == from || !clause_ends(q, to - 1)); to++) {
			size_t len;

			mine |= matched[to] && !q->tokens.at[to].ignored;
			/* "is it happening?" asks */
			complains |= (sense_at(q, to, "complaint", NULL, &len) && !text_is(q->tokens.at[to].word.text, "happening")) || sense_at(q, to, "act", "story", &len);
		}
		if (mine && !complains)
			return false;
		told |= mine;
		rest |= !complains;
	}
	return told && rest;
}

/* The word and the one before it are the whole of what a subject is called: "CPU migrations", "page faults". */
bool pair_names(const struct question *q, size_t at, const struct subject *but)
{
	if (at == 0 || q->tokens.at[at - 1].word.comma)
		return false;
	vec_each(subject, &q->vocabulary->subjects)
		vec_each(phrase, &subject->say)
			for (size_t first = 0; subject != but && !phrase->han && phrase->count == 2 && first < 2; first++)
				if (same_word(phrase->words[first], q->tokens.at[at - 1].canonical) &&
				    same_word(phrase->words[1 - first], q->tokens.at[at].canonical))
					return true;
	return false;
}

/* "my job is crawling; how long do its reads take": what a clause tells that complains, or tells of a change, and has no
 * word of what is asked. */
/* "…, so count the requests": what stood before gives the reason, where what follows has words of what is asked. */
static bool reason_before(const struct question *q, size_t next)
{
	bool said = token_in(q, next, GRAMMAR_SO);

	for (size_t i = next; said && i < q->tokens.len; i++)
		if (q->tokens.at[i].used & USED_SUBJECT && !q->tokens.at[i].ignored)
			return true;
	return false;
}

void stories_aside(struct question *q)
{
	bool anything = false;

	vec_each(token, &q->tokens)
		anything |= (token->used & USED_SUBJECT) != 0;
	if (!anything)
		return; /* "migrations to cpu 1": it tells of no other than what is asked */
	for (size_t from = 0, to; from < q->tokens.len; from = to) {
		bool story = false, asks = false, reason;

		for (to = from; to < q->tokens.len && (to == from || !clause_ends(q, to - 1)); to++) {
			size_t len;

			asks |= (q->tokens.at[to].used & USED_SUBJECT) || (!q->tokens.at[to].used && to > from && pair_names(q, to, NULL));
			story |= sense_at(q, to, "complaint", "slow", &len) || sense_at(q, to, "act", "story", &len) || sense_at(q, to, "opinion", NULL, &len);
		}
		reason = reason_before(q, to);
		for (size_t i = from; ((story && !asks) || reason) && i < to; i++) {
			size_t len;

			/* "only synchronous ones matter, so count them" */
			if (reason && sense_at(q, i, "narrow", NULL, &len))
				continue;
			/* "V8 jit is slow I think": a product's name is none of a process */
			if (story && !q->tokens.at[i].used && isupper((unsigned char)q->tokens.at[i].word.text.at[0]))
				q->tokens.at[i].english = true;
			else if (!q->tokens.at[i].used && (q->tokens.at[i].english || q->tokens.at[i].known || q->tokens.at[i].word.kind == WORD_HAN))
				q->tokens.at[i].ignored = true;
		}
	}
}
