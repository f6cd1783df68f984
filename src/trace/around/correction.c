/* What whoever asks corrects in the same breath: "by process, I mean by user" asks by user only. The question is then read
 * as if it had been asked so at once. */
#include <string.h>
#include "trace/plan/planner.h"

static void tokens_drop(struct question *q, size_t from, size_t to)
{
	memmove(q->tokens.at + from, q->tokens.at + to, (q->tokens.len - to) * sizeof(*q->tokens.at));
	q->tokens.len -= to - from;
}

static bool keyed(const struct question *q, size_t at)
{
	return token_is(q, at, "by") || token_is(q, at, "per") || token_is(q, at, "按");
}

/* "to port 80, I mean port 443", "for disk reads, no wait, disk writes": where what the corrected part begins with was
 * said before; SIZE_MAX: nowhere. */
static size_t said_before(const struct question *q, size_t i, size_t n)
{
	bool content = q->tokens.at[n].known && !q->tokens.at[n].ignored;

	for (size_t k = i; k > 0 && (content || token_in(q, n, GRAMMAR_CORRECTION_LEAD)); k--)
		if (same_word(q->tokens.at[k - 1].canonical, q->tokens.at[n].canonical) || (keyed(q, k - 1) && keyed(q, n)))
			return k - 1;
	return SIZE_MAX;
}

/* "by process"; the words of the key after it. */
static size_t key_len(const struct question *q, size_t at)
{
	size_t len;

	return 1 + (role_at(q, at + 1, &len) ? len : 1);
}

/* How many words the correction has, up to a comma or a key: so many of what stood before it go. */
static size_t said_len(const struct question *q, size_t n)
{
	size_t len = 0;

	while (n + len < q->tokens.len && (len == 0 || (!keyed(q, n + len) && !q->tokens.at[n + len - 1].word.comma)))
		len++;
	return len;
}

static bool unit_follows(const struct question *q, size_t at)
{
	return at + 1 < q->tokens.len && !q->tokens.at[at].word.comma && time_unit_at(q, at + 1);
}

/* "slower than 5 ms, I mean 50" keeps the unit. */
static bool number_corrected(struct question *q, size_t i, size_t n)
{
	struct word *new = &q->tokens.at[n].word, *old = NULL;
	size_t at = 0;
	bool unit = unit_follows(q, n);

	for (size_t k = 0; k < i; k++)
		if (q->tokens.at[k].word.kind == WORD_NUMBER) {
			old = &q->tokens.at[k].word;
			at = k;
		}
	if (new->kind != WORD_NUMBER || !old)
		return false;
	if (unit && !unit_follows(q, at) && !old->unit[0])
		return false;
	if (!new->unit[0] && !unit)
		memcpy(new->unit, old->unit, sizeof(new->unit));
	new->comma = old->comma;
	*old = *new;
	if (unit && unit_follows(q, at))
		q->tokens.at[at + 1] = q->tokens.at[n + 1];
	tokens_drop(q, i, n + 1 + unit);
	return true;
}

static bool names(const struct question *q, size_t at)
{
	const struct token *token = &q->tokens.at[at];
	size_t len;

	if (token->famous || token->word.kind == WORD_PATH || token->word.kind == WORD_QUOTED || token->word.kind == WORD_NAME)
		return true;
	return token->word.kind == WORD_PLAIN && (!token->known || (at > 0 && token_in(q, at - 1, GRAMMAR_CORRECTION_LEAD) && !role_at(q, at, &len)));
}

/* What is watched in the part that was taken back: its words that are no measure and no key. */
static size_t subjects_before(const struct question *q, size_t to, size_t *last)
{
	size_t count = 0, len;

	for (size_t i = 0; i < to; i++) {
		if (sense_at(q, i, "measure", NULL, &len)) {
			i += len - 1;
		} else if (keyed(q, i) && role_at(q, i + 1, &len)) {
			i += len;
		} else if (q->tokens.at[i].known && !q->tokens.at[i].ignored && !q->tokens.at[i].famous) {
			*last = i;
			count++;
		}
	}
	return count;
}

/* Nothing that is named or numbered there is lost. */
static bool nothing_named(const struct question *q, size_t to)
{
	for (size_t i = 0; i < to; i++)
		if (q->tokens.at[i].word.kind == WORD_NUMBER || (!q->tokens.at[i].ignored && !q->tokens.at[i].english && names(q, i) && !q->tokens.at[i].known) ||
		    q->tokens.at[i].famous || q->tokens.at[i].word.kind == WORD_PATH)
			return false;
	return true;
}

/* How it is measured and by what holds for what is meant, too. */
static void subjects_drop(struct question *q, size_t to, size_t n)
{
	size_t len;

	tokens_drop(q, to, n);
	for (size_t i = to; i > 0; i--) {
		bool keeps = false;

		for (size_t from = i > 4 ? i - 4 : 0; from < i; from++)
			keeps |= (sense_at(q, from, "measure", NULL, &len) && from + len >= i) ||
				 (keyed(q, from) && (from + 1 == i || (role_at(q, from + 1, &len) && from + 1 + len >= i)));
		if (!keeps)
			tokens_drop(q, i - 1, i);
	}
}

/* One correction: what it takes back goes. False: it cannot be told what, and it stays. */
static bool corrected(struct question *q, size_t i, size_t len, bool plainly)
{
	size_t n = i + len, from = said_before(q, i, n), last = 0, other, named = 0, count = 0;
	bool content = q->tokens.at[n].known && !q->tokens.at[n].ignored && !names(q, n) && !sense_at(q, n, "measure", NULL, &other) &&
		       !sense_at(q, n, "order", NULL, &other);

	if (number_corrected(q, i, n))
		return true;
	if (from != SIZE_MAX) {
		size_t end = from + (keyed(q, from) ? key_len(q, from) : said_len(q, n));

		tokens_drop(q, i, n);
		tokens_drop(q, from, end < i ? end : i);
		return true;
	}
	for (size_t k = 0; names(q, n) && k < i; k++)
		if (names(q, k)) {
			named = k;
			count++;
		}
	if (count == 1) {
		q->tokens.at[named] = q->tokens.at[n];
		tokens_drop(q, i, n + 1);
		return true;
	}
	if (!content || !nothing_named(q, i))
		return false;
	if (subjects_before(q, i, &last) == 1 && last == i - 1 && !role_at(q, last, &other) == !role_at(q, n, &other)) {
		tokens_drop(q, last, n);
		return true;
	}
	if (plainly)
		subjects_drop(q, i, n);
	return plainly;
}

void corrections_apply(struct question *q)
{
	for (size_t i = 1; i < q->tokens.len; i++) {
		size_t len;
		const struct sense *sense = sense_at(q, i, "correction", NULL, &len);

		if (sense && i + len < q->tokens.len && corrected(q, i, len, strcmp(sense->name, "plain") == 0))
			i--;
	}
}
