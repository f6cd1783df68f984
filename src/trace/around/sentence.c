/* Whole sentences that only tell, before one that asks: "The LB team says it is not them, of course. Count the resets …". */
#include <string.h>
#include "trace/names/names.h"
#include "trace/around/sides.h"

static const char *const ends[] = { ". ", "? ", "! ", "; ", ".\n", "... ", "?? ", "!! ", "。", "！", "？" };

/* Whether a sentence ends behind the token. */
static bool sentence_ends(const struct question *q, size_t at)
{
	const struct text word = q->tokens.at[at].word.text;
	struct text rest = text_from(q->text, (size_t)(word.at + word.len - q->text.at));

	if (text_starts(rest, "\"") || text_starts(rest, "'") || text_starts(rest, ")"))
		rest = text_from(rest, 1);
	for (size_t i = 0; i < COUNT(ends); i++)
		if (text_starts(rest, ends[i]))
			return true;
	return false;
}

/* "which …", "count …", "so show me …": how a sentence begins that asks. */
static bool begins_asking(const struct question *q, size_t at)
{
	static const char *const classes[] = { "look", "measure", "ask", "rank" };
	size_t len;

	for (size_t end = at + 3; at < end && at < q->tokens.len; at++) {
		if (sense_at(q, at, "told", "asker", &len) || sense_at(q, at, "order", "print", &len) || sense_at(q, at, "order", "show", &len))
			return true;
		for (size_t i = 0; i < COUNT(classes); i++)
			if (sense_at(q, at, classes[i], NULL, &len))
				return true;
		if (!sense_at(q, at, "told", "lead", &len))
			return false;
	}
	return false;
}

/* "Failed opens by file, please": no verb, and what is watched with how it is told. */
static bool titles(const struct question *q, size_t at)
{
	const struct lexeme *lexeme = q->tokens.at[at].known && !q->tokens.at[at].ignored ? vocabulary_word(q->vocabulary, q->tokens.at[at].canonical) : NULL;
	bool told = false;
	size_t len;

	if (!sense_at(q, at, "outcome", NULL, &len) && !(lexeme && lexeme->subjects > 0))
		return false;
	for (size_t i = at + 1; i < q->tokens.len; i++)
		told |= sense_at(q, i, "measure", NULL, &len) || token_in(q, i, GRAMMAR_BY) || token_is(q, i, "please") || token_is(q, i, "with");
	return told;
}

/* "only writes matter", "run it for 30 seconds", "by process, please": what is said there is asked for, too. */
static bool instructs(const struct question *q, size_t from, size_t to)
{
	size_t len;

	if (begins_asking(q, from) || sense_at(q, from, "told", "bound", &len))
		return true;
	for (size_t i = from; i < to; i++)
		if (sense_at(q, i, "told", "instruct", &len))
			return true;
	return false;
}

/* "the LB", "our SRE" */
static bool acronym(struct text word)
{
	bool is = word.len > 1;

	for (size_t i = 0; i < word.len; i++)
		is &= word.at[i] >= 'A' && word.at[i] <= 'Z';
	return is;
}

/* A name that what is asked could be of: of somebody, of a signal. */
static bool name_at(const struct question *q, size_t from, size_t at)
{
	const struct token *token = &q->tokens.at[at];
	size_t len;

	if (sense_at(q, at, "told", "tool", &len))
		return false;
	if (token->famous || token->specific)
		return true;
	if (at > from && (token->word.kind == WORD_NUMBER ? token_is(q, at - 1, "process") || token_is(q, at - 1, "pid") || token_is(q, at - 1, "thread") || token_is(q, at - 1, "tid") : token_is(q, at - 1, "user")))
		return true;
	if (token->known || token->english || token->ignored || (token->word.kind != WORD_PLAIN && token->word.kind != WORD_NAME) || acronym(token->word.text))
		return false;
	return at == from || token_in(q, at - 1, GRAMMAR_DETERMINER) || token_in(q, at - 1, GRAMMAR_CALLING) || token_is(q, at - 1, "process") ||
	       token_is(q, at - 1, "called") || token_is(q, at - 1, "named") || token_is(q, at - 1, "pid");
}

/* Whether all sentences up to `end` only tell, and none is a question. */
static bool tell(const struct question *q, size_t end, bool *names)
{
	*names = false;
	for (size_t i = 0; i < end; i++) {
		const struct text word = q->tokens.at[i].word.text;
		struct text rest = text_from(q->text, (size_t)(word.at + word.len - q->text.at));

		if (text_starts(rest, "?") || text_starts(rest, "？"))
			return false;
	}
	for (size_t from = 0, to; from < end; from = to) {
		for (to = from + 1; to < end && !sentence_ends(q, to - 1);)
			to++;
		if (instructs(q, from, to))
			return false;
		for (size_t i = from; i < to; i++)
			*names |= name_at(q, from, i);
	}
	return end > 2;
}

/* "do they read", "how much of it": what is asked speaks of what was told. What it says itself before is none of that
 * ("how long they wait"), but "who writes it" is. */
static bool refers(const struct question *q, size_t from)
{
	bool said = false, deed = false;

	for (size_t i = from, len; i < q->tokens.len; i++) {
		const struct lexeme *lexeme = q->tokens.at[i].known ? vocabulary_word(q->vocabulary, q->tokens.at[i].canonical) : NULL;

		if ((!said || deed) && sense_at(q, i, "told", "pronoun", &len))
			return true;
		if (sense_at(q, i, "told", "back", &len))
			return true;
		deed = lexeme && lexeme->subjects > 0 && !q->tokens.at[i].ignored;
		said |= deed;
	}
	return false;
}

/* "the data is on nvme0n1. How large are writes to that disk": a device that is told of narrows what is asked, and so does any
 * thing that the question points at. */
static bool points_back(const struct question *q, size_t from)
{
	static const char *const pointers[] = { "that", "this", "these", "those" };
	size_t len;

	for (size_t i = 0; i < from; i++) {
		AUTO_FREE char *name = text_copy(q->tokens.at[i].word.text);

		if (device_spelled(name) && !q->tokens.at[i].english && strcspn(name, "0123456789") < strlen(name))
			return true;
	}
	for (size_t i = from; i + 1 < q->tokens.len; i++)
		for (size_t k = 0; k < COUNT(pointers); k++) {
			const struct role *role = text_is(q->tokens.at[i].word.text, pointers[k]) && !q->tokens.at[i].word.comma ? role_at(q, i + 1, &len) : NULL;

			if (role && role->kind == ROLE_NAME && i > from && !(q->tokens.at[i - 1].known && text_ends(q->tokens.at[i - 1].word.text, "s")))
				return true;
		}
	return false;
}

/* "it filled up yesterday. who wrote the most?": what is asked happened then. */
static bool past(const struct question *q, size_t next)
{
	bool told = false, asked = false;

	for (size_t i = 0, len; i < q->tokens.len; i++) {
		told |= i < next && sense_at(q, i, "beyond", "past", &len);
		asked |= i >= next && (token_in(q, i, GRAMMAR_PAST_AUX) || token_in(q, i, GRAMMAR_PAST));
	}
	return told && asked;
}

/* "which process", "by process", "谁": who does it is asked, and so not told. "per thread" is of the process that was told. */
static bool asks_who(const struct question *q, size_t from)
{
	static const char *const roles[] = { "process", "pid", "user", "parent" };

	for (size_t i = from, len; i < q->tokens.len; i++) {
		const struct role *role = role_at(q, i, &len);

		if (sense_at(q, i, "key", "process", &len))
			return true;
		for (size_t r = 0; role && i > from && r < COUNT(roles); r++)
			for (size_t back = i; strcmp(role->name, roles[r]) == 0 && back > from && i - back < 3; back--)
				if (sense_at(q, back - 1, "key", "by", &len) || sense_at(q, back - 1, "ask", NULL, &len))
					return true;
	}
	return false;
}

char *asking_sentences(const struct vocabulary *vocabulary, struct text question, size_t after, struct told *told, struct build *took)
{
	bool several = false;
	char *part = NULL;
	struct question q;

	/* Most questions are one sentence. */
	for (size_t i = 0; i < COUNT(ends); i++)
		several |= text_find(question, ends[i], NULL);
	if (!several)
		return NULL;
	question_read(&q, vocabulary, question, NULL, NULL);
	for (size_t i = 0; i + 2 < q.tokens.len && !part; i++) {
		const char *next = q.tokens.at[i + 1].word.text.at;
		size_t from = (size_t)(next - question.at);

		if (!sentence_ends(&q, i) || from <= after || !(begins_asking(&q, i + 1) || titles(&q, i + 1)) || refers(&q, i + 1) || points_back(&q, i + 1) || past(&q, i + 1) || !tell(&q, i + 1, &told->names))
			continue;
		told->who = asks_who(&q, i + 1);
		part = text_copy(text_from(question, from));
		build_fmt(took, "Told, and not asked: '%.*s'", TEXT_ARG(text_trim(text_until(question, from))));
	}
	question_done(&q);
	return part;
}
