/* A question after a story that it has no need of: "Our 3 replicas lag. How long …" is what it asks, where the whole is not understood. */
#include <string.h>
#include "trace/names/names.h"
#include "trace/around/sides.h"
#include "trace/words/units.h"

/* Whether a sentence ends behind the token, and not only a clause. */
static bool sentence_ends(const struct question *q, size_t at)
{
	const struct text word = q->tokens.at[at].word.text;
	struct text rest = text_from(q->text, (size_t)(word.at + word.len - q->text.at));

	return text_starts(rest, ". ") || text_starts(rest, "; ") || text_starts(rest, ": ") || text_starts(rest, "? ") || text_starts(rest, "! ") ||
	       text_starts(rest, " - ") || text_starts(rest, "。") || text_starts(rest, "；") || text_starts(rest, "：") || text_starts(rest, "？");
}

/* Whether what is told before `end` can be passed over: it says how things are, and names nobody and nothing that would
 * narrow what is asked. */
static bool story(const struct question *q, size_t end)
{
	bool han = q->tokens.at[0].word.kind == WORD_HAN;
	size_t len, says = 0;

	if (!han && !sense_at(q, 0, "told", "opener", &len) && !sense_at(q, 0, "told", "tool", &len) && q->tokens.at[0].word.kind != WORD_PATH && !(end > 1 && q->tokens.at[1].word.kind == WORD_PATH))
		return false;
	for (size_t i = 0; i < end; i++) {
		const struct token *token = &q->tokens.at[i];
		struct text word = token->word.text;

		/* "last night, who removed it" only says when. */
		if (sense_at(q, i, "beyond", "past", &len)) {
			i += len - 1;
			continue;
		}
		/* "看看谁在 mount，列出进程": who is asked for, and no story */
		if (token->word.kind == WORD_HAN && sense_at(q, i, "ask", NULL, &len))
			return false;
		says += !token->ignored;
		if (token->famous || token->specific || token->erring || number_named("errno", word, &(double){ 0 }) || sense_at(q, i, "narrow", NULL, &len) || sense_at(q, i, "exclude", NULL, &len))
			return false;
		if (token->word.kind == WORD_PATH ? !text_starts(word, "/proc/") :
		    token->word.kind == WORD_QUOTED || (token->word.kind == WORD_NAME && !token->known && !(word.at[0] >= '0' && word.at[0] <= '9')))
			return false;
		/* Somebody's name, perhaps */
		if (token->word.kind == WORD_PLAIN && !token->known && !token->english && !token->ignored && !shouted(word) && word.len > 3)
			return false;
		/* An order or a key: it asks itself. */
		if (sense_at(q, i, "order", "print", &len) || token_is(q, i, "count") || (token_is(q, i, "by") && !(i + 1 < end && q->tokens.at[i + 1].word.kind == WORD_NUMBER)) ||
		    (token_is(q, i, "per") && !time_unit_at(q, i + 1)))
			return false;
	}
	return says > 1;
}

/* "do them", "does it read": what is asked speaks of what was told. */
static bool refers(const struct question *q, size_t from)
{
	for (size_t i = from, len; i < q->tokens.len; i++)
		if (sense_at(q, i, "told", "pronoun", &len))
			return true;
	return false;
}

char *asking_part(const struct vocabulary *v, struct text question, size_t after, struct build *took)
{
	char *part = NULL;
	struct question q;

	question_read(&q, v, question, NULL, NULL);
	for (size_t i = 0; i + 2 < q.tokens.len && !part; i++) {
		const char *next = q.tokens.at[i + 1].word.text.at;
		bool complains = false, past = false;
		size_t len;

		if (!clause_ends(&q, i) || (size_t)(next - question.at) <= after)
			continue;
		for (size_t k = 0; k <= i; k++) {
			complains |= sense_at(&q, k, "complaint", "slow", &len) != NULL || (k == 0 && sense_at(&q, k, "told", "tool", &len));
			past |= sense_at(&q, k, "beyond", "past", &len) != NULL;
		}
		/* "it vanished yesterday, who removed it" asks of yesterday. */
		if (past && !sense_at(&q, i + 1, "told", "now", &len))
			break;
		if (!story(&q, i + 1))
			continue;
		if ((sentence_ends(&q, i) || complains || sense_at(&q, i + 1, "told", "asker", &len)) && !refers(&q, i + 1)) {
			struct text told = text_trim(text_until(question, (size_t)(next - question.at)));

			part = text_copy(text_from(question, (size_t)(next - question.at)));
			build_fmt(took, "Told, and not asked: '%.*s'", TEXT_ARG(told));
		}
	}
	question_done(&q);
	return part;
}

/* "vmstat shows lots of context switches": what tells of it is not who does it. */
void tellers_pass(struct question *q)
{
	/* "a 64 core box" */
	for (size_t i = 0, len, box; i + 2 < q->tokens.len; i++)
		if (q->tokens.at[i].word.kind == WORD_NUMBER && sense_at(q, i + 1, "machine", "part", &len) && sense_at(q, i + 1 + len, "machine", "whole", &box))
			tokens_use(q, i, 1 + len + box, USED_CUE | USED_NAME);
	for (size_t i = 0, len, said; i + 1 < q->tokens.len; i++) {
		bool tells = sense_at(q, i, "told", "tool", &len) && sense_at(q, i + len, "told", "says", &said);
		size_t lead = 0;

		/* "shown in /proc/interrupts", "/proc/vmstat shows" */
		if (q->tokens.at[i].word.kind == WORD_PATH && text_starts(q->tokens.at[i].word.text, "/proc/")) {
			tells = sense_at(q, i + 1, "told", "says", &said) != NULL;
			len = 1;
		} else if (sense_at(q, i, "told", "shown", &lead) && i + lead < q->tokens.len && q->tokens.at[i + lead].word.kind == WORD_PATH &&
			   text_starts(q->tokens.at[i + lead].word.text, "/proc/")) {
			tells = true;
			len = lead + 1;
			said = 0;
		}
		if (!tells)
			continue;
		tokens_use(q, i, len + said, USED_CUE | USED_NAME);
		q->tokens.at[i].famous = false;
	}
}
