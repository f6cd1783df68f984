/* Processes whose names are words of plain English ("crawler", "backup"), here or not: names only where nothing else can
 * stand. */
#include <ctype.h>
#include <string.h>
#include "trace/words/english.h"
#include "trace/names/names.h"
#include "trace/around/sides.h"

/* "crawler", "indexer", "monitor": who does something, and one of them. */
static bool agent(const struct question *q, const struct token *token)
{
	struct text word = token->word.text;

	/* "crawler" is known by "crawl", but is no word of the question's. */
	return word.len > 4 && (english_has(q->vocabulary->english, word) || english_has(q->vocabulary->english, text_until(word, word.len - 2))) &&
	       !vocabulary_word(q->vocabulary, token->word.base) &&
	       (text_ends(word, "er") || text_ends(word, "or") || text_ends(word, "ist"));
}

/* Whether the words of a phrase end at `at`: "page faults of crawler by stack". */
bool phrase_ends(const struct question *q, size_t at)
{
	return q->tokens.at[at].word.comma || at + 1 >= q->tokens.len || q->tokens.at[at + 1].word.kind == WORD_NUMBER ||
	       token_in(q, at + 1, GRAMMAR_AFTER_NAME);
}

/* "page faults of X": what stands before "of" is watched, a key, or measured. */
static bool possessed(const struct question *q, size_t at)
{
	return at > 1 && (token_is(q, at - 1, "of") || token_is(q, at - 1, "by") || token_is(q, at - 1, "from")) &&
	       (q->tokens.at[at - 2].used & USED_SUBJECT ||
		(token_is(q, at - 1, "of") && (q->tokens.at[at - 2].used & USED_KEY || token_is(q, at - 2, "stack")))) &&
	       phrase_ends(q, at);
}

/* "which files does X open", "what is X reading" */
static bool doer(const struct question *q, size_t at)
{
	return at > 0 && at + 1 < q->tokens.len && token_in(q, at - 1, GRAMMAR_AUX) && q->tokens.at[at + 1].used & USED_SUBJECT &&
	       (text_is(q->tokens.at[at - 1].word.text, "does") || text_is(q->tokens.at[at - 1].word.text, "did") ||
		text_ends(q->tokens.at[at + 1].word.text, "ing"));
}

/* "files that X opens", "commands which X runs": who does what is told of a thing in the plural. */
static bool relative_doer(const struct question *q, size_t at)
{
	size_t len;
	const struct role *role = at > 1 ? role_at(q, at - 2, &len) : NULL;

	return role && role->kind == ROLE_NAME && (token_is(q, at - 1, "that") || token_is(q, at - 1, "which")) && at + 1 < q->tokens.len &&
	       text_ends(q->tokens.at[at - 2].word.text, "s") && q->tokens.at[at + 1].used & USED_SUBJECT &&
	       text_ends(q->tokens.at[at + 1].word.text, "s");
}

/* "the X process" */
static bool before_process(const struct question *q, size_t at)
{
	return token_in(q, at + 1, GRAMMAR_PROCESS_NOUN);
}

bool deed_place(const struct question *q, size_t at)
{
	const struct token *token = &q->tokens.at[at];

	return at > 0 && token->word.kind == WORD_PLAIN && token->word.text.len > 4 && text_ends(token->word.text, "ing") &&
	       token_in(q, at - 1, GRAMMAR_BEFORE_DEED) && !(at + 1 < q->tokens.len && q->tokens.at[at + 1].used & USED_SUBJECT);
}

/* "opens by make", "received by named": a command's name, where only who does it can stand. A participle there is one when
 * a program is called so. */
bool tool_name(const struct question *q, size_t at)
{
	struct text word = q->tokens.at[at].word.text;
	bool prefix, listed;
	size_t len;

	if (q->tokens.at[at].word.kind != WORD_PLAIN)
		return false;
	listed = sense_at(q, at, "name", "tool", &len) && !text_ends(word, "ing") && !text_ends(word, "ed");
	if (listed && at + 1 < q->tokens.len && q->tokens.at[at + 1].word.kind == WORD_HAN)
		return q->tokens.at[at + 1].used & USED_SUBJECT || token_is(q, at + 1, "的") || (token_is(q, at + 1, "进") && token_is(q, at + 2, "程"));
	if (at == 0 || (!listed && !text_is(word, "named") &&
			!(text_ends(word, "ed") && q->tokens.at[at].ignored && name_of_process(word, &prefix) && !prefix)))
		return false;
	/* "processes started by make that live long" */
	if (listed && at > 1 && token_is(q, at - 1, "by") && token_in(q, at - 2, GRAMMAR_START) && text_ends(q->tokens.at[at - 2].word.text, "ed"))
		return true;
	if (token_is(q, at - 1, "by") || token_is(q, at - 1, "of") || token_is(q, at - 1, "from") || token_is(q, at - 1, "in"))
		return at > 1 && phrase_ends(q, at) && (q->tokens.at[at - 2].known || q->tokens.at[at - 2].english) &&
		       !sense_at(q, at - 2, "measure", NULL, &len) && !sense_at(q, at - 2, "rank", NULL, &len);
	/* "context switches from bash to make" */
	if (listed && token_is(q, at - 1, "to") && at > 1 && phrase_ends(q, at) && q->tokens.at[at - 2].used & USED_NAME)
		return true;
	return listed && (doer(q, at) || relative_doer(q, at) || (token_in(q, at - 1, GRAMMAR_DETERMINER) && before_process(q, at)));
}

bool common_name(const struct question *q, size_t at)
{
	const struct token *token = &q->tokens.at[at];
	size_t len;
	bool listed = sense_at(q, at, "name", "generic", &len) && len == 1;

	if (tool_name(q, at) && !(token->used & USED_SUBJECT))
		return true;
	if (token->word.kind != WORD_PLAIN || token->used & USED_SUBJECT || (!listed && !agent(q, token)))
		return false;
	/* "crawler 进程打开了", "backup 读取" */
	if (at + 1 < q->tokens.len && q->tokens.at[at + 1].word.kind == WORD_HAN &&
	    (q->tokens.at[at + 1].used & USED_SUBJECT || (token_is(q, at + 1, "进") && token_is(q, at + 2, "程")) || token_is(q, at + 1, "的")))
		return true;
	/* ", ringer only", "only ringer" */
	if (!listed && phrase_ends(q, at + token_is(q, at + 1, "only")) && at > 0 && (token_is(q, at + 1, "only") ? q->tokens.at[at - 1].word.comma : token_is(q, at - 1, "only")))
		return true;
	return doer(q, at) || relative_doer(q, at) || (at > 0 && (token_in(q, at - 1, GRAMMAR_DETERMINER) || token_in(q, at - 1, GRAMMAR_WHOSE)) && before_process(q, at)) || possessed(q, at);
}

bool common_left(const struct question *q, size_t at)
{
	const struct token *token = &q->tokens.at[at];
	size_t before = at, len;
	bool ours = false;

	if (token->used || token->word.kind != WORD_PLAIN || at == 0)
		return false;
	/* "does the payment service open", "of service checkout": one of them, by a word that is no process's */
	if (sense_at(q, at, "name", "generic", &len) && !token->word.joined && !q->tokens.at[at - 1].word.joined &&
	    ((token_in(q, at - 1, GRAMMAR_DETERMINER) && !token->word.comma && token_is(q, at + 1, "service")) ||
	     (token->english && !q->tokens.at[at - 1].word.comma && text_is(q->tokens.at[at - 1].word.text, "service"))))
		return true;
	for (; before > 0 && token_in(q, before - 1, GRAMMAR_DETERMINER); before--)
		ours |= token_is(q, before - 1, "my") || token_is(q, before - 1, "our") || token_is(q, before - 1, "your");
	if (before < 2 || !token_in(q, before - 1, GRAMMAR_WHOSE) || !(q->tokens.at[before - 2].used & USED_SUBJECT))
		return false;
	if (token_is(q, before - 1, "of"))
		return (token->english && !token->known) || sense_at(q, at, "name", "generic", &len);
	/* "in my compiler", "by the update script" */
	return (ours || (before < at && !token_is(q, before - 1, "in"))) && (agent(q, token) || sense_at(q, at, "name", "generic", &len));
}

void common_heed(struct question *q)
{
	for (size_t i = 0; i < q->tokens.len; i++)
		if (q->tokens.at[i].ignored && common_left(q, i))
			q->tokens.at[i].ignored = false;
}

/* So short a word that no one knows, and "by" before it: a key in somebody's shorthand; but "opened by foo" is who. */
bool shorthand_key(const struct question *q, size_t at)
{
	const struct token *token = &q->tokens.at[at];

	return at > 1 && !token->known && token->word.kind == WORD_PLAIN && token->word.text.len <= 4 &&
	       text_is(q->tokens.at[at - 1].word.text, "by") && !text_ends(q->tokens.at[at - 2].word.text, "ed");
}

/* ---- "page-server" ---- */

/* Whether the vocabulary speaks of the two together: "run queue", "read ahead". */
static bool spoken_together(const struct question *q, size_t at)
{
	const char *first = q->tokens.at[at].canonical, *second = q->tokens.at[at + 1].canonical;

	vec_each(subject, &q->vocabulary->subjects)
		vec_each(phrase, &subject->say)
			for (size_t w = 0; !phrase->han && w + 1 < phrase->count; w++)
				if (same_word(phrase->words[w], first) && same_word(phrase->words[w + 1], second))
					return true;
	return false;
}

static bool compound_place(const struct question *q, size_t at, size_t last)
{
	size_t len;

	if (at == 0)
		return false;
	if ((token_is(q, at - 1, "does") || token_is(q, at - 1, "did")) && last + 1 < q->tokens.len)
		return true;
	if (at > 1 && token_in(q, at - 1, GRAMMAR_WHOSE) && phrase_ends(q, last))
		return !sense_at(q, at - 2, "measure", NULL, &len) && !sense_at(q, at - 2, "rank", NULL, &len);
	return before_process(q, last) && (token_in(q, at - 1, GRAMMAR_DETERMINER) || token_in(q, at - 1, GRAMMAR_WHOSE));
}

/* Whether a subject is called just by the two: "kswapd wakeups". */
static bool called_so(const struct question *q, const char *first, const char *second)
{
	vec_each(subject, &q->vocabulary->subjects)
		vec_each(phrase, &subject->say) {
			bool one = false, other = false;

			for (size_t w = 0; phrase->count <= (phrase->han ? 4 : 2) && w < phrase->count; w++) {
				one |= same_word(phrase->words[w], first);
				other |= same_word(phrase->words[w], second);
			}
			if (one && other)
				return true;
		}
	return false;
}

/* "ksoftirqd cpu time", "off-cpu time of jbd2": whose it is, of what any thread does. */
static void kthreads_done(struct question *q)
{
	for (size_t i = 0; i < q->tokens.len; i++) {
		bool done = false, own = false;
		size_t len, what;

		if (!sense_at(q, i, "name", "kthread", &len))
			continue;
		for (size_t k = 0; k < q->tokens.len; k++)
			if (k != i && sense_at(q, k, "thread", "deed", &what)) {
				done = true;
				own |= called_so(q, q->tokens.at[i].canonical, q->tokens.at[k].canonical);
			}
		if (done && !own)
			q->tokens.at[i].compound = true;
	}
}

/* "kworker vs ksoftirqd": whose it is, although either is a subject's word by itself. */
static void kthreads_mark(struct question *q)
{
	kthreads_done(q);
	for (size_t i = 1; i + 1 < q->tokens.len; i++) {
		size_t len;

		if (!word_joins(q, i) || !sense_at(q, i - 1, "name", "kthread", &len) ||
		    !(sense_at(q, i + 1, "name", "kthread", &len) || q->tokens.at[i + 1].famous))
			continue;
		q->tokens.at[i - 1].compound = true;
		q->tokens.at[i + 1].compound = !q->tokens.at[i + 1].famous;
	}
}

/* "order-svc", "user-api": what services are called, whatever its first word means elsewhere. "Our web-server" may say what
 * it is. */
static bool service_name(const struct question *q, size_t at, size_t last)
{
	bool foreign = false;
	size_t len;

	for (size_t i = at; i <= last; i++)
		foreign |= !q->tokens.at[i].known && !q->tokens.at[i].english;
	if (token_in(q, at, GRAMMAR_NO_SERVICE))
		return false;
	return sense_at(q, last, "name", "service", &len) && len == 1 && (foreign || at == 0 || !token_in(q, at - 1, GRAMMAR_DETERMINER));
}

/* "which checks does ping trigger", "opened by mount": who does it, though the word means something watched elsewhere. */
static bool command_acts(const struct question *q, size_t at)
{
	size_t len;

	if (at == 0 || at + 1 > q->tokens.len || q->tokens.at[at].word.kind != WORD_PLAIN || !sense_at(q, at, "either", NULL, &len) || len > 1)
		return false;
	/* "who wakes up node", "what preempts ping" */
	if (at > 1 && phrase_ends(q, at) && (sense_at(q, at - 1, "deed", "object", &len) || (sense_at(q, at - 2, "deed", "object", &len) && len == 2)))
		return true;
	/* "who did chmod on files" */
	if (at > 1 && token_in(q, at - 2, GRAMMAR_WHO) && !token_is(q, at - 2, "what"))
		return false;
	if (token_is(q, at - 1, "does") || token_is(q, at - 1, "did"))
		return !phrase_ends(q, at) && at + 1 < q->tokens.len && q->tokens.at[at + 1].word.kind == WORD_PLAIN &&
		       !token_in(q, at + 1, GRAMMAR_PREPOSITION) && !sense_at(q, at + 1, "lasting", NULL, &len) &&
		       !sense_at(q, at + 1, "measure", NULL, &len);
	if (at + 1 < q->tokens.len && q->tokens.at[at + 1].word.kind == WORD_HAN)
		return sense_at(q, at + 1, "acting", NULL, &len) != NULL;
	/* "opened by mount", "done by mv"; "renames by mv", where nothing is called so that could be a key */
	return at > 1 && token_is(q, at - 1, "by") && phrase_ends(q, at) &&
	       (text_ends(q->tokens.at[at - 2].word.text, "ed") || token_in(q, at - 2, GRAMMAR_PARTICIPLE) ||
		(text_ends(q->tokens.at[at - 2].word.text, "s") && !role_at(q, at, &len)));
}

void compounds_mark(struct question *q)
{
	kthreads_mark(q);
	for (size_t at = 0; at < q->tokens.len; at++)
		if (command_acts(q, at))
			q->tokens.at[at].compound = true;
	for (size_t at = 0; at + 1 < q->tokens.len; at++) {
		size_t last = at, len;
		const struct role *role;

		if (!q->tokens.at[at].word.joined || (at > 0 && q->tokens.at[at - 1].word.joined))
			continue;
		while (last + 1 < q->tokens.len && q->tokens.at[last].word.joined)
			last++;
		role = role_at(q, last, &len);
		if (!(compound_place(q, at, last) || service_name(q, at, last)) || text_ends(q->tokens.at[last].word.text, "s") || spoken_together(q, at) ||
		    (role && role_at(q, at, &len) == role) || (role && strcmp(role->name, "cgroup") != 0))
			continue;
		for (size_t i = at; i <= last; i++)
			q->tokens.at[i].compound = true;
	}
}

/* ---- "our proxy (envoy)" ---- */

/* "our proxy (envoy)", "the script (cleanup.sh)": a name in brackets, after what it is. */
bool bracketed(const struct wish *wish, size_t at)
{
	const struct question *q = &wish->question;
	const struct token *token = &q->tokens.at[at];
	const char *from = token->word.text.at, *end = from + token->word.text.len, *last = q->text.at + q->text.len;
	size_t len;
	AUTO_FREE char *name = text_copy(token->word.text);
	bool open, shut;

	if (at == 0 || token->english || (token->known && !token->famous) || q->tokens.at[at - 1].used & (USED_SUBJECT | USED_FILTER) ||
	    q->tokens.at[at - 1].word.comma || role_at(q, at, &len) || isupper((unsigned char)*from) || strchr(name, '(') || kernel_has_syscall(wish->kernel, name))
		return false;
	open = from > q->text.at && (from[-1] == '(' || (from - q->text.at >= 3 && memcmp(from - 3, "（", 3) == 0));
	shut = end < last && (*end == ')' || (last - end >= 3 && memcmp(end, "）", 3) == 0));
	return open && shut;
}

/* "(searchd)", "process searchd": alone in brackets, or said to be one, it is a name. */
bool surely_name(const struct question *q, const struct word *word)
{
	const char *from = word->text.at, *end = from + word->text.len, *last = q->text.at + q->text.len;
	size_t at = q->tokens.len - 1;

	if (at > 0 && (strcmp(q->tokens.at[at - 1].word.base, "process") == 0 || token_in(q, at - 1, GRAMMAR_CALLING)) && text_ends(word->text, "d") && !text_ends(word->text, "ed"))
		return true;
	return from > q->text.at && end < last && from[-1] == '(' && *end == ')';
}
