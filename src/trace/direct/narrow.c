/* Words beside a tracepoint's name that make its events fewer: "writes" of block_rq_issue, by what the vocabulary knows. */
#include <ctype.h>
#include <string.h>
#include "trace/direct/direct.h"
#include "trace/names/names.h"

/* The least words beside this one that a phrase of the subject has; 0: none has it. `whole`: all must stand in the question. */
static size_t phrase_has(const struct question *q, const struct subject *subject, const char *word, bool whole)
{
	size_t least = 0;

	vec_each(phrase, &subject->say) {
		bool has = false, all = true;

		for (size_t i = 0; i < phrase->count; i++) {
			bool there = false;

			has = has || same_word(phrase->words[i], word);
			vec_each(token, &q->tokens)
				there = there || same_word(token->canonical, phrase->words[i]);
			all = all && there;
		}
		if (has && (all || !whole) && (!least || phrase->count < least))
			least = phrase->count;
	}
	return least;
}

/* Words of grouping, measuring and time mean what they mean everywhere. */
static bool of_grammar(const struct question *q, size_t at)
{
	static const char *const classes[] = { "key", "duration", "every", "rate", "rank", "measure", "compare", "exclude", "ask" };
	const struct lexeme *lexeme = vocabulary_word(q->vocabulary, q->tokens.at[at].canonical);
	size_t len;

	for (size_t i = 0; i < COUNT(classes); i++)
		if (sense_at(q, at, classes[i], NULL, &len))
			return true;
	return !lexeme || lexeme->ignore;
}

/* "switches" of sched_switch */
bool of_name(const struct wish *wish, const char *word)
{
	for (size_t i = 0; i < wish->named.count; i++) {
		struct text rest = text_of(wish->named.probes[i].name), part;

		while (text_next(&rest, '_', &part))
			if (text_is(part, word))
				return true;
	}
	return false;
}

/* "reads" of block:block_rq_issue: a word for some of its events, by the conditions that the vocabulary's ways have; when
 * all of these are one, that is `where`. */
static bool narrows(struct wish *wish, size_t at, const char **where)
{
	const struct question *q = &wish->question;
	const char *word = q->tokens.at[at].canonical;
	const struct subject *first = NULL;
	bool some = false, several = false;
	size_t least = SIZE_MAX;

	*where = NULL;
	if (wish->named.count == 0 || of_grammar(q, at) || of_name(wish, word)) /* a static probe is none of these */
		return false;
	/* The vocabulary names what is broad before what is narrow: what conditions that has only keep it right. */
	vec_each(subject, &q->vocabulary->subjects)
		vec_each(way, &subject->ways)
			if (!first && way->kind == WAY_EVENT && probe_listed(&way->probes, wish->named.probes[0].probe))
				first = subject;
	vec_each(subject, &q->vocabulary->subjects) {
		bool here = false, all = subject == first, start;
		size_t words;
		const char *condition = NULL;

		for (size_t i = 0; i < wish->named.count; i++)
			vec_each(way, &subject->ways)
				if (probe_known(way, wish->named.probes[i].probe, &start)) {
					here = true;
					condition = way->kind == WAY_EVENT || !way->start_where ? way->where : way->start_where;
					all = all || (!way->where && !way->start_where);
				}
		if (here && all && phrase_has(q, subject, word, true))
			return false;
		words = here && !all ? phrase_has(q, subject, word, false) : 0;
		/* "write barrier" is of flushes: disk.write is called so itself. */
		words = words && strcmp(strrchr(subject->name, '.') ? strrchr(subject->name, '.') + 1 : "", word) == 0 ? 1 : words;
		some = some || words;
		if (words == 0 || words > least)
			continue;
		/* "disk write" says more of it than "disk write error". */
		several = !condition || (words == least && (several || (*where && strcmp(*where, condition) != 0)));
		least = words;
		*where = condition;
	}
	*where = several ? NULL : *where;
	return some;
}

/* "block_bio_queue, writes only": by the letters that block tracepoints tell the operation in. */
static const char *by_letters(struct wish *wish, size_t at)
{
	static const char *const ways[][2] = { { "read", "strncmp({rwbs}, \"R\", 1) == 0" },
					       { "write", "strncmp({rwbs}, \"W\", 1) == 0 || strncmp({rwbs}, \"FW\", 2) == 0" },
					       { "discard", "strncmp({rwbs}, \"D\", 1) == 0" } };
	const struct question *q = &wish->question;

	if (!(word_at(q, at + 1, "only") || (at > 0 && word_at(q, at - 1, "only"))) || wish->named.count == 0)
		return NULL;
	for (size_t i = 0; i < wish->named.count; i++) {
		const struct tracepoint *fields = named_fields(wish, wish->named.probes[i].probe);

		if (!fields || !tracepoint_field(fields, "rwbs"))
			return NULL;
	}
	for (size_t i = 0; i < COUNT(ways); i++)
		if (token_is(q, at, ways[i][0]))
			return ways[i][1];
	return NULL;
}

/* "block_rq_issue, only writes": the condition that the vocabulary has for the word. */
void narrow(struct wish *wish, struct subject *subject, struct way *way)
{
	struct question *q = &wish->question;

	for (size_t i = 0; i < q->tokens.len; i++) {
		const struct token *token = &q->tokens.at[i];
		const char *where;

		if (token->used || !token->known || token->word.kind != WORD_PLAIN || exclusion(q, i) < i)
			continue;
		if ((!narrows(wish, i, &where) || !where) && !(where = by_letters(wish, i)))
			continue;
		/* "reads and writes" are both. */
		way->where = way->where ? arena_fmt(wish->plan->arena, "(%s) || (%s)", way->where, where) : where;
		subject->what = arena_fmt(wish->plan->arena, "%s (only '%.*s')", subject->what, TEXT_ARG(token->word.text));
		tokens_use(q, i, 1, USED_FILTER);
	}
}

/* "error_code W", "for SYN", "SYN only": capitals where a value stands. */
static bool value_spelled(const struct question *q, size_t at)
{
	const struct token *token = &q->tokens.at[at];
	bool placed = token_is(q, at + 1, "only") || token_is(q, at + 1, "set");

	if (token->word.kind != WORD_PLAIN || token_is(q, at, "i") || token_is(q, at, "a"))
		return false;
	for (size_t i = 0; i < token->word.text.len; i++)
		if (!isupper((unsigned char)token->word.text.at[i]))
			return false;
	placed |= at > 0 && token_in(q, at - 1, GRAMMAR_BEFORE_VALUE);
	return placed || (at > 0 && q->tokens.at[at - 1].used & (USED_KEY | USED_FILTER) && !q->tokens.at[at - 1].word.comma);
}

/* "…, writes only": a word that some subject is named by, and that makes the events fewer. */
static bool only_some(const struct wish *wish, size_t at)
{
	const struct question *q = &wish->question;
	const struct lexeme *lexeme = vocabulary_word(q->vocabulary, q->tokens.at[at].canonical);

	return lexeme && lexeme->subjects > 0 && !of_grammar(q, at) && !of_name(wish, q->tokens.at[at].canonical) &&
	       (word_at(q, at + 1, "only") || (at > 0 && word_at(q, at - 1, "only") && (q->tokens.at[at].word.comma || at + 1 == q->tokens.len)));
}

/* "by C-state": a key that is no field and no role there. */
static bool key_lost(const struct question *q, size_t at)
{
	const struct lexeme *lexeme = vocabulary_word(q->vocabulary, q->tokens.at[at].canonical);
	size_t len;

	return at > 0 && !(lexeme && lexeme->ignore) && token_in(q, at - 1, GRAMMAR_BY) && !q->tokens.at[at].used && !q->tokens.at[at - 1].used &&
	       (q->tokens.at[at].word.kind == WORD_PLAIN || q->tokens.at[at].word.kind == WORD_NAME) && !token_in(q, at, GRAMMAR_BEFORE_FIELD) &&
	       !sense_at(q, at - 1, "rate", NULL, &len) && !sense_at(q, at, "rate", NULL, &len) && !text_ends(q->tokens.at[at].word.text, "ing");
}

void identifiers_left(struct wish *wish)
{
	AUTO_BUILD out = { 0 };

	if (wish->named.count == 0 || wish->missing)
		return;
	vec_each(token, &wish->question.tokens) {
		size_t at = (size_t)(token - wish->question.tokens.at);
		const char *where;

		if (!token->used && token->known && token->word.kind == WORD_PLAIN &&
		    (narrows(wish, at, &where) || only_some(wish, at))) {
			build_fmt(&out, "'%.*s' says which events are meant: give it as a condition on a field of ", TEXT_ARG(token->word.text));
			fields_list(wish, &out);
			wish->missing = arena_text(wish->plan->arena, build_text(&out));
			return;
		}
		if (key_lost(&wish->question, at)) {
			build_fmt(&out, "'%.*s' is no field of ", TEXT_ARG(token->word.text));
			fields_list(wish, &out);
			wish->missing = arena_text(wish->plan->arena, build_text(&out));
			return;
		}
		if (token->used || !(token_identifier(token) || value_spelled(&wish->question, at)))
			continue;
		build_fmt(&out, "'%.*s' is no value that the kernel exports, no process here, and no field of ", TEXT_ARG(token->word.text));
		fields_list(wish, &out);
		wish->missing = arena_text(wish->plan->arena, build_text(&out));
		return;
	}
}
