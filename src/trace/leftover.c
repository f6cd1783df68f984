/* The words of a question that nothing has placed: whether they could change its meaning. */
#include <string.h>
#include "trace/planner.h"

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

/* "flush requests sent to sda", "pages that are written back": what was done to the subject goes without saying. */
static bool participle(const struct question *q, size_t at)
{
	static const char *const irregular[] = { "sent", "made", "done", "written", "taken", "hit", "got", "given", "seen", "put" };
	struct text word = q->tokens.at[at].word.text;
	bool is = text_ends(word, "ed");

	for (size_t i = 0; i < COUNT(irregular); i++)
		is = is || text_is(word, irregular[i]);
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
	static const char *const cues[] = { "of", "by", "to", "for", "in", "on", "from", "with", "per", "during", "without",
					    "except", "only", "not", "when", "where", "which", "whose", "after", "before" };

	for (size_t back = at; back > 0 && back + 3 > at; back--) {
		const struct token *before = &q->tokens.at[back - 1];

		if (before->used & USED_SUBJECT)
			return true;
		for (size_t c = 0; c < COUNT(cues); c++)
			if (token_is(q, back - 1, cues[c]))
				return true;
		if (!before->ignored)
			break;
	}
	return at + 1 < q->tokens.len && q->tokens.at[at + 1].used & USED_SUBJECT;
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

/* Whether words that nothing placed could change the meaning. Others are taken for chatter, and said. */
bool unplaced_matters(const struct question *q, const struct subject *chosen)
{
	if (mostly_unplaced(q))
		return true;
	for (size_t i = 0; i < q->tokens.len; i++) {
		const struct token *token = &q->tokens.at[i];
		bool han = token->word.kind == WORD_HAN;
		size_t len;

		/* "i.e. who gets preempted" only says it again. */
		if (text_is(token->word.text, "i.e") || text_is(token->word.text, "ie"))
			return false;
		if (token->used || token->ignored)
			continue;
		/* "synchronous writes" are fewer than writes; that the boss wants them changes nothing. */
		if (sense_at(q, i, "narrow", NULL, &len))
			return true;
		if (token->english || participle(q, i))
			continue;
		/* One leftover character of Chinese is a particle; two are a word. */
		if (han) {
			bool next = i + 1 < q->tokens.len && q->tokens.at[i + 1].word.kind == WORD_HAN &&
				    !q->tokens.at[i + 1].used && !q->tokens.at[i + 1].ignored;

			if (next)
				return true;
		} else if (token->word.kind != WORD_PLAIN) {
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

bool asks_beyond(const struct question *q, struct build *why)
{
	if (crosses(q)) {
		build_put(why, "it asks one thing of one process and another of another: ask for each on its own");
		return true;
	}
	for (size_t i = 0; i < q->tokens.len; i++) {
		size_t len;
		const struct sense *sense = sense_at(q, i, "beyond", NULL, &len);

		bool subject = sense != NULL;

		for (size_t k = i; sense && k < i + len; k++)
			subject = subject && q->tokens.at[k].used & USED_SUBJECT;
		/* A state sounds like what changes it: "free memory". */
		if ((subject && strcmp(sense->name, "state") != 0) || q->tokens.at[i].used & USED_NAME)
			continue;
		if (sense) {
			if (strcmp(sense->name, "state") == 0)
				build_put(why, "it asks how things stand at a moment, and trace watches what happens: \"syswhy tool\" "
					       "finds the program that shows it (ps, free, df, ss)");
			else
				build_fmt(why, "it asks for %s, which trace does not measure",
					  strcmp(sense->name, "ratios") == 0 ? "a ratio" : "distinct values");
			return true;
		}
		if (sense_at(q, i, "exclude", NULL, &len) && !(len == 1 && token_is(q, i, "not"))) {
			build_put(why, "only a process can be left out (\"excluding bash\"), and none is named after these words");
			return true;
		}
	}
	return false;
}
