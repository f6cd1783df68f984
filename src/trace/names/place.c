/* Where the grammar asks for the name of a process, and where it only seems to. */
#include <string.h>
#include "trace/plan/bind.h"
#include "trace/words/english.h"
#include "trace/names/names.h"

/* "its name is X": of whom was told before */
bool name_given(const struct question *q, size_t at)
{
	size_t name = at > 1 && text_is(q->tokens.at[at - 1].word.text, "is") ? at - 2 : at;

	if (name == at || text_ends(q->tokens.at[at].word.text, "ed") || text_ends(q->tokens.at[at].word.text, "ing") ||  !token_is(q, name, "name") || q->tokens.at[name].word.comma)
		return false;
	return name > 0 && (token_in(q, name - 1, GRAMMAR_WITHIN) || token_is(q, name - 1, "whose") || token_is(q, name - 1, "process"));
}

/* "the process named X" */
bool process_named(const struct question *q, size_t at)
{
	size_t len;

	/* "each process call fsync": no one's name. */
	if (at > 0 && (text_is(q->tokens.at[at - 1].word.text, "call") || text_is(q->tokens.at[at - 1].word.text, "calls")))
		return false;
	for (size_t from = at > 4 ? at - 4 : 0; from < at; from++)
		/* "which process names spawn most" names none */
		if (sense_at(q, from, "named", "process", &len) && from + len == at && !text_is(q->tokens.at[at - 1].word.text, "names"))
			return true;
	return name_given(q, at);
}

/* "a process judged guilty", "processes stalling there": what is told of it. */
static bool told_of(const struct question *q, size_t at)
{
	const struct token *token = &q->tokens.at[at];
	bool prefix;

	return english_has(q->vocabulary->english, token->word.text) && token->word.kind == WORD_PLAIN && (text_ends(token->word.text, "ed") || text_ends(token->word.text, "ing")) &&
	       !name_of_process(token->word.text, &prefix);
}

bool circumstantial(const struct question *q, size_t at)
{
	for (size_t i = at; i > 0 && i + 5 > at && !q->tokens.at[i - 1].word.comma; i--)
		if (token_in(q, i - 1, GRAMMAR_CIRCUMSTANCE))
			return true;
	return false;
}

/* "the box is idle, but …", "is java idle?": how it is, and no name of who it is. */
bool state_told(const struct question *q, size_t at)
{
	return at > 0 && english_has(q->vocabulary->english, q->tokens.at[at].word.text) &&
	       (token_in(q, at - 1, GRAMMAR_BEFORE_STATE) || (circumstantial(q, at) && q->tokens.at[at - 1].ignored)) &&
	       (q->tokens.at[at].word.comma || at + 1 >= q->tokens.len || token_in(q, at + 1, GRAMMAR_AFTER_STATE));
}

/* "columns: source, target, fstype": of what is listed with words for keys, one that nobody knows is a key as well. */
bool among_keys(const struct question *q, size_t at)
{
	size_t before = at, len;

	if (before > 1 && (token_is(q, before - 1, "and") || token_is(q, before - 1, "or")))
		before--;
	/* "by program, fsyncer left out" */
	if (before == 0 || excluded_behind(q, at + 1) || !role_at(q, before - 1, &len) || (before == at && !q->tokens.at[before - 1].word.comma))
		return false;
	return before > 1 && (q->tokens.at[before - 2].word.comma || q->tokens.at[before - 1].used & USED_KEY) && !q->tokens.at[at].famous;
}

/* "进程 X" is X's doing; "每个进程", "按进程" are all of them. */
static bool han_of_one(const struct question *q, size_t from)
{
	return q->tokens.at[from].word.kind == WORD_HAN && !(from > 0 && (token_in(q, from - 1, GRAMMAR_EVERY) || token_in(q, from - 1, GRAMMAR_BY)));
}

/* "task renames (comm changes)": what is watched, in the plural, and not a program of that name. */
static bool plural_of_subject(const struct question *q, size_t at)
{
	const struct token *token = &q->tokens.at[at];
	const struct lexeme *lexeme = vocabulary_word(q->vocabulary, token->canonical);
	bool prefix;

	return lexeme && lexeme->subjects > 0 && text_ends(token->word.text, "s") && !text_is(token->word.text, token->canonical) &&
	       !name_of_process(token->word.text, &prefix);
}

/* "process X" */
bool process_cue(const struct question *q, size_t at)
{
	size_t len;

	for (size_t from = at > 3 ? at - 3 : 0; from < at; from++) {
		const struct role *role = role_at(q, from, &len);

		/* "the nginx process, judged from clone3" */
		if (role && from + len == at && (strcmp(role->name, "process") == 0 || strcmp(role->name, "command") == 0))
			return (!(q->tokens.at[from].used & USED_KEY) || han_of_one(q, from)) && !q->tokens.at[at - 1].word.comma && !told_of(q, at) &&
			       !plural_of_subject(q, at);
	}
	return false;
}

bool beside_han_process(const struct question *q, size_t at)
{
	const struct token *token = &q->tokens.at[at];
	const struct lexeme *lexeme = vocabulary_word(q->vocabulary, token->canonical);
	size_t len;

	if (token->word.kind != WORD_PLAIN || (lexeme && lexeme->subjects > 0) || role_at(q, at, &len))
		return false;
	return (!token->word.comma && token_is(q, at + 1, "进") && token_is(q, at + 2, "程")) ||
	       (at > 1 && token_is(q, at - 1, "程") && token_is(q, at - 2, "进") && han_of_one(q, at - 2));
}

bool program_place(const struct wish *wish, size_t at)
{
	const struct question *q = &wish->question;
	const struct role *role;
	struct bound b;
	size_t len;

	/* Where what is watched has such a thing, that is meant: "page reclaim on node". */
	role = role_at(q, at, &len);
	return at > 1 && (token_in(q, at - 1, GRAMMAR_BEFORE_PROGRAM) || token_is(q, at - 1, "process")) && phrase_ends(q, at) && !plural_of_subject(q, at) &&
	       !(at + 1 < q->tokens.len && q->tokens.at[at + 1].word.kind == WORD_NUMBER) && wish->spot &&
	       !(role && bind_role(wish->spot, role->name, &b, NULL));
}

/* "what files ringer opens", "how many reads ringer does": whose doing is asked for, whatever its name means elsewhere. */
bool contact_doer(const struct question *q, size_t at)
{
	const struct token *token = &q->tokens.at[at], *verb = at + 1 < q->tokens.len ? &q->tokens.at[at + 1] : NULL;
	size_t from = at, len;
	bool asked = false;

	/* "ringer" is no ring, though their words are folded to one */
	if (!verb || at < 2 || token->ignored || !(token->english || !vocabulary_word(q->vocabulary, token->word.base)) || token->word.text.len < 4 || token->word.kind != WORD_PLAIN || token->word.comma || text_ends(token->word.text, "s") ||
	    text_ends(token->word.text, "ly") || !text_ends(verb->word.text, "s") || text_ends(verb->word.text, "ss") || verb->word.kind != WORD_PLAIN ||
	    !(verb->used & USED_SUBJECT || token_in(q, at + 1, GRAMMAR_DOES)))
		return false;
	if (q->tokens.at[at - 1].word.comma || !text_ends(q->tokens.at[at - 1].word.text, "s") || q->tokens.at[at - 1].word.kind != WORD_PLAIN ||
	    q->tokens.at[at - 1].used & USED_NAME)
		return false;
	/* "how many", "which", and nouns. */
	for (; from > 0 && at - from < 6 && !asked && !q->tokens.at[from - 1].word.comma; from--)
		asked = sense_at(q, from - 1, "ask", NULL, &len) || token_is(q, from - 1, "how");
	return asked;
}

bool name_place(const struct question *q, size_t at)
{
	if (at > 0 && token_in(q, at - 1, GRAMMAR_BEFORE_NAME))
		return true;
	/* "db_writer 的 fsync", "ingestd 每次 …" */
	if (token_is(q, at + 1, "的") || token_is(q, at + 1, "在") || token_is(q, at + 1, "每") || token_is(q, at + 1, "被") ||
	    token_is(q, at + 1, "通"))
		return true;
	/* "every file postgres opens": between a noun and the subject's verb. */
	return at > 0 && at + 1 < q->tokens.len && q->tokens.at[at - 1].used & (USED_KEY | USED_SUBJECT) &&
	       q->tokens.at[at + 1].used & USED_SUBJECT && q->tokens.at[at].word.text.len > 3;
}
