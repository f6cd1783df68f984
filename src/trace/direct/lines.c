/* Whether a question wants a line for each event of a tracepoint that it names: "pid and prio of each", "every one with …". */
#include <string.h>
#include "trace/direct/direct.h"

/* What one event is called: "per event", "of every one", "for each record". */
static bool event_noun(const struct question *q, size_t at)
{
	return token_in(q, at, GRAMMAR_EVENT_NOUN) && !word_at(q, at + 1, "site"); /* "per call site" */
}

/* Whether a field stands at `at`, over what leads to it. */
static bool field_near(struct wish *wish, size_t at)
{
	size_t len;

	while (at < wish->question.tokens.len && (word_at(&wish->question, at, "the") || word_at(&wish->question, at, "its")))
		at++;
	return field_at(wish, at, &len) != NULL;
}

static bool probe_at(const struct wish *wish, size_t at)
{
	for (size_t i = 0; i < wish->named.count; i++)
		if (wish->named.probes[i].at == at)
			return true;
	return false;
}

/* "each, with", "of each", "every one", "per event": how many tokens say that; 0: "each cpu" groups. */
static size_t singly_at(struct wish *wish, size_t at)
{
	const struct question *q = &wish->question;
	bool each = word_at(q, at, "each") || word_at(q, at, "every");

	if (q->tokens.at[at].used || !(each || word_at(q, at, "per")))
		return 0;
	if (word_at(q, at + 1, "single") && event_noun(q, at + 2))
		return 3;
	if (event_noun(q, at + 1) && !(at + 2 < q->tokens.len && word_at(q, at + 2, "type")))
		return 2;
	if (!each || field_near(wish, at + 1))
		return 0;
	if (at + 1 >= q->tokens.len || q->tokens.at[at].word.comma || probe_at(wish, at + 1))
		return 1;
	if (token_in(q, at + 1, GRAMMAR_ALONG_WITH))
		return 1;
	return 0;
}

/* The sentence ends or turns to fields at a colon: "sched_switch: prev_comm, next_comm". */
static bool colon_before(const struct question *q, size_t at)
{
	struct text before = text_until(q->text, (size_t)(q->tokens.at[at].word.text.at - q->text.at));

	while (before.len && before.at[before.len - 1] == ' ')
		before.len--;
	return text_ends(before, ":") || text_ends(before, "：") || text_ends(before, "->");
}

/* How many fields are listed from `at` on; `distinct`: one of them is no word of any language. */
size_t fields_listed(struct wish *wish, size_t at, bool *distinct)
{
	const struct question *q = &wish->question;
	size_t count = 0;

	*distinct = false;
	while (at < q->tokens.len) {
		size_t len;
		const struct field *field = field_at(wish, at, &len);
		bool comma;

		if (!field)
			return count;
		count++;
		*distinct |= field_distinct(q, at, len, field);
		at += len;
		comma = q->tokens.at[at - 1].word.comma;
		if (at < q->tokens.len && (word_at(q, at, "and") || word_at(q, at, "plus") || word_at(q, at, "和") || word_at(q, at, "与")))
			at++;
		else if (!comma)
			return count;
		while (at < q->tokens.len && (word_at(q, at, "the") || word_at(q, at, "its")))
			at++;
	}
	return count;
}

/* Whether the fields listed at `at` are columns, though no word before them says so. */
bool columns_listed(struct wish *wish, size_t at)
{
	bool distinct, told = wish->named.lines || (at > 0 && colon_before(&wish->question, at));
	size_t count = fields_listed(wish, at, &distinct);

	return count > 1 && (told || distinct);
}

/* A measure word that adds up: "count", "how many", "average", "top"; "list", "show" do not. */
static bool adds_up(struct wish *wish)
{
	const struct question *q = &wish->question;

	for (size_t i = 0; i < q->tokens.len; i++) {
		size_t len;

		/* "clk_set_rate calls, name and rate": a field that is called so */
		if (sense_at(q, i, "rate", NULL, &len) && field_at(wish, i, &len))
			continue;

		const struct sense *sense = sense_at(q, i, "measure", NULL, &len);

		if ((sense && strcmp(sense->name, "events") != 0) || sense_at(q, i, "rank", NULL, &len) || sense_at(q, i, "rate", NULL, &len))
			return true;
		/* "how long", "how much" */
		if (word_at(q, i, "how") && (word_at(q, i + 1, "long") || word_at(q, i + 1, "big") || word_at(q, i + 1, "large") ||
					     word_at(q, i + 1, "much") || word_at(q, i + 1, "slow") || word_at(q, i + 1, "late")))
			return true;
	}
	return false;
}

void lines_meant(struct wish *wish)
{
	struct question *q = &wish->question;

	for (size_t i = 0; i < q->tokens.len; i++) {
		size_t len = singly_at(wish, i);

		if (!len)
			continue;
		wish->named.lines = true;
		if (!adds_up(wish))
			wish->each = true;
		/* "of each": nothing is grouped by it. */
		field_words_take(wish, i, len, USED_MEASURE);
		for (size_t k = i; k < i + len; k++)
			q->tokens.at[k].ignored = true;
	}
}

/* "events with dev and sector", "sched_switch: prev_comm, next_comm": with nothing to add up, and no key, each is told. */
void lines_by_columns(struct wish *wish, size_t at, size_t columns)
{
	const struct question *q = &wish->question;
	size_t before = fillers_before(q, at);
	bool with = before > 0 && (word_at(q, before - 1, "with") || word_at(q, before - 1, "including"));

	if (columns > 1 && (with || (at > 0 && colon_before(q, at))) && !adds_up(wish))
		wish->each = true;
}
