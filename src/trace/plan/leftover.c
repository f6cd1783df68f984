/* The words of a question that nothing has placed: whether they could change its meaning. */
#include <string.h>
#include "trace/names/names.h"
#include "trace/around/sides.h"

/* Whether the word, alone or with one that the chosen subject used, makes another subject's phrase: "read
 * ahead" is not "read", and "write back" is not "write". */
static bool makes_another(const struct question *q, const struct token *word, const struct subject *chosen)
{
	vec_each(subject, &q->vocabulary->subjects) {
		if (subject == chosen)
			continue;
		vec_each(phrase, &subject->say) {
			bool has = false, shares = false;

			for (size_t w = 0; !phrase->han && w < phrase->count; w++) {
				has |= same_word(phrase->words[w], word->canonical);
				vec_each(token, &q->tokens)
					shares |= token != word && token->used & USED_SUBJECT &&
						  same_word(phrase->words[w], token->canonical);
			}
			/* A word that is a subject by itself is no chatter: "reads of sockets". */
			if (has && (shares || phrase->count == 1))
				return true;
		}
	}
	return false;
}

static bool nearly_as_good(const struct question *q, const struct subject *subject, const struct subject *chosen)
{
	bool matched[QUESTION_MOST] = { false }, own[QUESTION_MOST] = { false };

	return q->tokens.len <= QUESTION_MOST && subject_score(q, subject, matched) >= 0.95 * subject_score(q, chosen, own);
}

/* "which inode gets synced most on ext4": the word and others of the question make the whole of another subject's phrase. */
static bool names_another(const struct question *q, size_t at, const struct subject *chosen)
{
	const char *word = q->tokens.at[at].canonical;

	vec_each(phrase, &chosen->say)
		for (size_t w = 0; w < phrase->count; w++)
			if (same_word(phrase->words[w], word))
				return false;
	vec_each(subject, &q->vocabulary->subjects)
		vec_each(phrase, &subject->say) {
			size_t there = 0;
			bool has = false;

			for (size_t w = 0; subject != chosen && !phrase->han && phrase->count > 1 && w < phrase->count; w++) {
				bool found = false;

				has |= same_word(phrase->words[w], word);
				vec_each(token, &q->tokens)
					found |= same_word(phrase->words[w], token->canonical);
				there += found;
			}
			if (has && there == phrase->count && nearly_as_good(q, subject, chosen))
				return true;
		}
	return false;
}

/* "flush requests sent to sda", "pages that are written back": what was done to the subject goes without saying. */
static bool participle(const struct question *q, size_t at)
{
	bool is = text_ends(q->tokens.at[at].word.text, "ed") || token_in(q, at, GRAMMAR_PARTICIPLE);

	for (size_t back = at; is && back > 0; back--) {
		if (q->tokens.at[back - 1].used & USED_SUBJECT)
			return true;
		if (!q->tokens.at[back - 1].ignored || q->tokens.at[back - 1].word.comma)
			return false;
	}
	return false;
}

/* Whether a word that nothing placed stands where it narrows what is asked: next to the subject's words, or
 * after a preposition. */
static bool narrows(const struct question *q, size_t at)
{
	for (size_t back = at; back > 0 && back + 3 > at; back--) {
		const struct token *before = &q->tokens.at[back - 1];

		if (before->used & USED_SUBJECT)
			return true;
		if (token_in(q, back - 1, GRAMMAR_NARROWING))
			return true;
		if (!before->ignored)
			break;
	}
	/* "frobs of files opened" */
	return at + 1 < q->tokens.len && (q->tokens.at[at + 1].used & USED_SUBJECT || token_is(q, at + 1, "of"));
}

/* "page faults of postgres": what stands right after these is whose, or of what. */
static bool after_cue(const struct question *q, size_t at)
{
	return at > 0 && (token_is(q, at - 1, "of") || token_is(q, at - 1, "by") || token_is(q, at - 1, "for") ||
			  token_is(q, at - 1, "from") || token_is(q, at - 1, "in") || token_is(q, at - 1, "without") ||
			  token_is(q, at - 1, "except") || token_is(q, at - 1, "not") || token_is(q, at - 1, "only"));
}

/* Whether what was left over says more than what the subject was chosen by. */
static bool mostly_unplaced(const struct question *q)
{
	double placed = 0, left = 0;

	vec_each(token, &q->tokens) {
		double weight = (token->word.kind == WORD_HAN ? 0.6 : 1) * vocabulary_weight(q->vocabulary, token->canonical);

		if (token->used & USED_SUBJECT)
			placed += weight;
		else if (!token->used && !token->ignored && token->known && token->word.kind == WORD_PLAIN)
			left += weight;
	}
	return left > placed;
}

/* Whether more words of plain English were passed over than say what is watched: "which colleagues wrote the refund
 * function" is no question of writes. Chinese: scattered characters that nothing explains. */
static bool chatter_prevails(const struct question *q)
{
	size_t placed = 0, passed = 0, han = 0;

	vec_each(token, &q->tokens) {
		placed += (token->used & (USED_SUBJECT | USED_NAME | USED_FILTER)) != 0;
		passed += !token->used && !token->ignored && token->english;
		han += !token->used && !token->ignored && token->word.kind == WORD_HAN;
	}
	return (passed >= 2 && passed > placed) || han >= 3;
}

/* Whether what was not understood is joined to what was, perhaps by a word that is said on both sides. */
static bool joined_left(const struct question *q, size_t at)
{
	bool again = false;

	for (size_t i = 0; at > 1 && i + 1 < at; i++)
		again |= same_word(q->tokens.at[i].canonical, q->tokens.at[at - 1].canonical);
	at -= again;
	return at > 1 && word_joins(q, at - 1) && q->tokens.at[at - 2].used & USED_SUBJECT && !q->tokens.at[at - 2].word.comma;
}

/* "amplification", "alignment", "locality": nouns that say what of it is asked. */
static bool nominal(struct text word)
{
	static const char *const endings[] = { "ion", "ions", "ment", "ments", "ness", "ance", "ence", "ity", "ities", "ancy", "ency" };
	bool is = false;

	for (size_t i = 0; i < COUNT(endings); i++)
		is |= text_ends(word, endings[i]);
	return is;
}

/* Whether words that nothing placed could change the meaning. Others are taken for chatter, and said. Where the subject
 * is only guessed from what is named, any such word may have said it. */
/* "context switches, CPU migrations and page faults": behind a comma or "and" another subject is named. */
static bool lists_another(const struct question *q, size_t at, const struct subject *chosen)
{
	return at > 1 && (q->tokens.at[at - 2].word.comma || token_is(q, at - 2, "and")) && pair_names(q, at, chosen);
}

/* "timer softirqs", "block interrupts": a noun of the trade right before what is watched says which of them. */
static bool adjunct(const struct question *q, size_t at)
{
	const struct token *token = &q->tokens.at[at];
	const struct lexeme *lexeme = token->known ? vocabulary_word(q->vocabulary, token->canonical) : NULL;
	size_t len;

	/* "a redis worker", "our job makes …" */
	if (sense_at(q, at, "name", "service", &len) || sense_at(q, at, "name", "generic", &len) || sense_at(q, at, "act", NULL, &len) ||
	    token_in(q, at, GRAMMAR_INSIDE))
		return false;
	/* "qdisc drops": something else that happens to it */
	if (lexeme && lexeme->subjects > 0 && !token->ignored && token->word.kind == WORD_PLAIN && at > 0 && q->tokens.at[at - 1].used & USED_SUBJECT &&
	    !q->tokens.at[at - 1].word.comma && text_ends(token->word.text, "s") && phrase_ends(q, at))
		return true;
	return lexeme && lexeme->subjects > 0 && token->word.kind == WORD_PLAIN && !token->word.comma && at + 1 < q->tokens.len &&
	       q->tokens.at[at + 1].used & USED_SUBJECT && !text_ends(token->word.text, "ed") && !text_ends(token->word.text, "ing");
}

/* Whether the word stands against one that was understood: "merged vs issued", "short or failed". */
static bool set_against(const struct question *q, size_t at)
{
	/* "reads or the like" */
	if (q->tokens.at[at].ignored && q->tokens.at[at].word.text.len < 5)
		return false;
	if (at > 1 && token_in(q, at - 1, GRAMMAR_SET_AGAINST) && !q->tokens.at[at - 2].word.comma && q->tokens.at[at - 2].used & (USED_SUBJECT | USED_FILTER))
		return true;
	return at + 2 < q->tokens.len && token_in(q, at + 1, GRAMMAR_SET_AGAINST) && !q->tokens.at[at].word.comma &&
	       q->tokens.at[at + 2].used & (USED_SUBJECT | USED_FILTER);
}

void sides_heed(struct question *q)
{
	for (size_t i = 0; i < q->tokens.len; i++)
		if (q->tokens.at[i].ignored && !q->tokens.at[i].used && q->tokens.at[i].word.kind == WORD_PLAIN && set_against(q, i))
			q->tokens.at[i].ignored = false;
}

bool key_left(const struct question *q, size_t at)
{
	const struct token *token = &q->tokens.at[at];
	size_t from = at, len;

	if (token->used || token->word.kind != WORD_PLAIN || token->ignored || at == 0 || token->word.text.len < 3)
		return false;
	while (from > 1 && (token_in(q, from - 1, GRAMMAR_DETERMINER) || token_in(q, from - 1, GRAMMAR_EVERY)))
		from--;
	/* "by mistake", "per se" */
	if (from == 0 || sense_at(q, at, "manner", NULL, &len) || !(token_in(q, from - 1, GRAMMAR_BY) || (token_is(q, from - 1, "for") && from < at)))
		return false;
	/* "opened by someone": who does it */
	if (from > 1 && (text_ends(q->tokens.at[from - 2].word.text, "ed") || text_ends(q->tokens.at[from - 2].word.text, "ing")))
		return false;
	return at + 1 == q->tokens.len || token->word.comma || token_in(q, at + 1, GRAMMAR_AND) || q->tokens.at[at + 1].used & USED_TIME ||
	       token_is(q, at + 1, "please") || token_is(q, at + 1, "for");
}

bool unplaced_matters(const struct question *q, const struct subject *chosen, bool guessed)
{
	bool chinese = false;

	if (mostly_unplaced(q) || chatter_prevails(q))
		return true;
	vec_each(token, &q->tokens)
		chinese |= token->word.kind == WORD_HAN;
	for (size_t i = 0; i < q->tokens.len; i++) {
		const struct token *token = &q->tokens.at[i];
		size_t len;

		/* scope.c heeds it: whose doing is measured. */
		if (sense_at(q, i, "whole", NULL, &len)) {
			i += len - 1;
			continue;
		}
		/* "i.e. who gets preempted" only says it again. */
		if (text_is(token->word.text, "i.e") || text_is(token->word.text, "ie"))
			return false;
		if (common_left(q, i))
			return true;
		/* "merged vs issued", "short or failed": one of two that are asked for */
		if (!token->used && token->word.kind == WORD_PLAIN && set_against(q, i))
			return true;
		if (token->used || token->ignored)
			continue;
		/* "nr_reclaimed": no word of plain English, whatever the vocabulary knows of it */
		if (token->word.kind != WORD_PATH && memchr(token->word.text.at, '_', token->word.text.len))
			return true;
		/* "synchronous writes" are fewer than writes; that the boss wants them changes nothing. */
		if (sense_at(q, i, "narrow", NULL, &len))
			return true;
		if (guessed || lists_another(q, i, chosen) || adjunct(q, i))
			return true;
		/* "lock waits and lock releases": another thing that is asked for. */
		if (token->word.kind == WORD_PLAIN && joined_left(q, i))
			return true;
		/* "page cache evictions": something else that happens to it. */
		if (token->english && nominal(token->word.text) && i > 0 && q->tokens.at[i - 1].used & USED_SUBJECT &&
		    !q->tokens.at[i - 1].word.comma)
			return true;
		if (key_left(q, i))
			return true;
		/* Chinese has few particles, and all are known; what is English in it is a word of the trade. */
		if (chinese)
			return true;
		if (token->word.kind != WORD_PATH && (token->english || (participle(q, i) && !names_another(q, i, chosen))))
			continue;
		if (token->word.kind != WORD_PLAIN) {
			return true;
		} else if (token->known ? makes_another(q, token, chosen) || after_cue(q, i) : narrows(q, i)) {
			return true;
		}
	}
	return false;
}

/* What was understood, but is not measured: an exclusion of what is no process, distinct values, ratios. */
/* "reads of nginx and writes of mysql": one thing of one process and another of the other. */
static bool crosses(const struct question *q)
{
	size_t first = SIZE_MAX;
	bool joined = false, between = false, before = false;

	for (size_t i = 0; i < q->tokens.len; i++) {
		const struct token *token = &q->tokens.at[i];

		if (token->used & USED_NAME && !token->left_out && (token->famous || !token->known) && token->word.kind != WORD_PATH &&
		    i > 0 && (token_is(q, i - 1, "of") || token_is(q, i - 1, "by") || token_is(q, i - 1, "in") || token_is(q, i - 1, "for"))) {
			if (first != SIZE_MAX && before && joined && between)
				return true;
			first = i;
			joined = between = false;
		} else if (first == SIZE_MAX) {
			before |= (token->used & USED_SUBJECT) != 0;
		} else if (token_is(q, i, "and") || token_is(q, i, "or")) {
			joined = true;
		} else if (joined && token->used & USED_SUBJECT) {
			between = true;
		}
	}
	return false;
}

static void beyond_say(const char *what, struct build *why)
{
	static const struct {
		const char *what, *say;
	} sentences[] = {
		{ "state", "it asks how things stand at a moment, and trace watches what happens: \"syswhy tool\" finds the program "
			   "that shows it (ps, free, df, ss)" },
		{ "past", "it asks what happened earlier, and trace sees only what happens while it watches" },
		{ "future", "it asks what will happen, and trace sees only what happens while it watches" },
		{ "leaks", "it asks what is allocated and never given back, and trace counts what happens, without matching the two: "
			   "\"syswhy tool\" finds a program that does (memleak, valgrind)" },
		{ "opinion", "it asks for a judgement, and trace only measures what happens" },
		{ "functions", "it asks for all functions of the kernel, and a watch of every one would stop the machine: name the function" },
		{ "gaps", "it asks for the time between one and the next, which trace does not measure" },
		{ "growth", "it asks how deep a stack gets, which nothing here tells" },
		{ "ratios", "it asks for a ratio, which trace does not measure" },
	};

	for (size_t i = 0; i < COUNT(sentences); i++)
		if (strcmp(sentences[i].what, what) == 0) {
			build_put(why, sentences[i].say);
			return;
		}
	build_fmt(why, "it asks for distinct values, which trace does not measure");
}

/* "is connecting to" happens while it is watched; "is connected to" is how things stand. */
static bool in_progress(const struct question *q, size_t at, size_t len)
{
	bool doing = false;

	for (size_t i = at + 1; i < at + len; i++)
		doing = doing || text_ends(q->tokens.at[i].word.text, "ing");
	return doing && (token_is(q, at, "is") || token_is(q, at, "are") || token_is(q, at, "currently") || token_is(q, at, "keep"));
}

/* "the highest RSS that it reached": how a state came to be is seen while it happens. */
static bool changes_meant(const struct question *q)
{
	return words_there(q, GRAMMAR_GROW);
}

static bool counted(const struct question *q, const char *word)
{
	for (size_t i = 0; i < q->tokens.len; i++)
		if (token_is(q, i, word) && q->tokens.at[i].used & USED_SUBJECT)
			return true;
	return false;
}

/* "processes that don't call fsync": who does it not is not seen. */
static bool denies_doing(const struct question *q)
{
	for (size_t i = 0; i < q->tokens.len; i++) {
		bool doing = token_is(q, i, "not") && (!text_is(q->tokens.at[i].word.text, "not") ||
						       (i > 0 && (token_is(q, i - 1, "do") || token_is(q, i - 1, "does") || token_is(q, i - 1, "did"))));

		if (!doing || q->tokens.at[i].used)
			continue;
		for (size_t k = i + 1; k < q->tokens.len; k++) {
			if (q->tokens.at[k].used & USED_SUBJECT)
				return true;
			if (!(q->tokens.at[k].used & USED_NAME) && !token_in(q, k, GRAMMAR_BEFORE_DENIED))
				break;
		}
	}
	return false;
}

/* "packets larger than the mtu", "slower than usual": a bound that nothing tells. */
static bool compares_idly(const struct question *q)
{
	for (size_t i = 0, len; i < q->tokens.len; i++) {
		const struct sense *sense = sense_at(q, i, "compare", NULL, &len);
		bool used = false;

		for (size_t k = i; sense && k < i + len; k++)
			used |= q->tokens.at[k].used != 0;
		/* "more than once", "rather than": only where an amount is compared. */
		if (sense && !used && sense->value && len > 1 && token_is(q, i + len - 1, "than"))
			return true;
	}
	return false;
}

/* "average time between reads": from one to the next, and not how long one takes. */
static bool asks_gaps(const struct question *q)
{
	for (size_t i = 0; i + 2 < q->tokens.len; i++) {
		bool ends = false;

		if (!token_is(q, i, "time") || !token_is(q, i + 1, "between") || !text_ends(q->tokens.at[i + 2 + token_is(q, i + 2, "two")].word.text, "s"))
			continue;
		for (size_t k = i + 2; k < q->tokens.len && !ends; k++)
			ends = token_is(q, k, "and");
		return !ends;
	}
	return false;
}

bool asks_beyond(const struct question *q, bool kept, struct build *why)
{
	if (asks_gaps(q)) {
		beyond_say("gaps", why);
		return true;
	}
	if (crosses(q)) {
		build_put(why, "it asks one thing of one process and another of another: ask for each on its own");
		return true;
	}
	if (denies_doing(q)) {
		build_put(why, "it asks who does not do it, and trace sees only what is done");
		return true;
	}
	if (compares_idly(q)) {
		build_put(why, "it compares with something that is no number: say how large, or how long");
		return true;
	}
	for (size_t i = 0; i < q->tokens.len; i++) {
		size_t len;
		const struct sense *sense = sense_at(q, i, "beyond", NULL, &len);

		/* "frees without malloc" */
		if (kept && i > 0 && token_is(q, i, "without") && token_in(q, i - 1, GRAMMAR_GIVE_BACK)) {
			build_put(why, "it asks for what is given back and was never obtained, and trace tells only the other way");
			return true;
		}

		bool subject = sense != NULL, given_back = false;

		for (size_t k = i; sense && k < i + len; k++)
			subject = subject && q->tokens.at[k].used & USED_SUBJECT;
		if (sense && strcmp(sense->name, "leaks") == 0 && kept)
			continue;
		/* "does it leak? frees against mallocs": both are counted. */
		if (sense && strcmp(sense->name, "leaks") == 0 && counted(q, "malloc") && counted(q, "free"))
			continue;
		/* "the cache's hit ratio" may be what is watched; a state only sounds like what changes it: "free memory". */
		if ((subject && (strcmp(sense->name, "ratios") == 0 || strcmp(sense->name, "distinct_values") == 0)) || q->tokens.at[i].used & USED_NAME)
			continue;
		if (sense && !(strcmp(sense->name, "state") == 0 && (changes_meant(q) || in_progress(q, i, len)))) {
			beyond_say(sense->name, why);
			return true;
		}
		if (q->tokens.at[i].used & (USED_FILTER | USED_NAME | USED_SUBJECT) ||
		    (q->tokens.at[i].used & USED_KEY && token_is(q, i, "minus")))
			continue;
		if (!sense_at(q, i, "exclude", NULL, &len) || (len == 1 && token_is(q, i, "not")))
			continue;
		/* "without matching frees", "but never closed" */
		for (size_t k = i + len; kept && k < q->tokens.len && k < i + len + 4; k++)
			given_back |= (q->tokens.at[k].used & USED_SUBJECT) != 0;
		if (!given_back) {
			build_put(why, "it leaves something out, and what follows these words is neither a name nor a value that can be "
				       "(\"excluding bash\", \"except port 443\", \"ignoring sizes below 4 KB\")");
			return true;
		}
	}
	return false;
}
