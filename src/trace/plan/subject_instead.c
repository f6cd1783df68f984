/* What is meant instead of the subject that the words name: what fails of it, or how long it lasts. */
#include <stdio.h>
#include <string.h>
#include "trace/plan/bind.h"
#include "trace/plan/planner.h"

/* "tcp.connect.failed" of "tcp.connect", and "uring.latency" beside "uring.submit". */
static const struct subject *sibling(const struct question *q, const struct subject *subject, const char *what)
{
	const char *last = strrchr(subject->name, '.');
	char name[128];
	const struct subject *found;

	snprintf(name, sizeof(name), "%s.%s", subject->name, what);
	found = vocabulary_subject(q->vocabulary, name);
	if (found || !last)
		return found;
	snprintf(name, sizeof(name), "%.*s.%s", (int)(last - subject->name), subject->name, what);
	found = vocabulary_subject(q->vocabulary, name);
	return found == subject ? NULL : found;
}

const struct subject *subject_failing(const struct question *q, const struct subject *subject)
{
	const struct subject *found = failure_said(q) ? sibling(q, subject, "failed") : NULL;

	/* What is checked is denied. */
	return found || !failure_said(q) ? found : sibling(q, subject, "denied");
}

static bool time_asked(const struct wish *wish)
{
	const struct question *q = &wish->question;
	bool asked = false;

	vec_each(condition, &wish->plan->where)
		asked |= condition->role && strcmp(condition->role, "latency") == 0;
	for (size_t i = 0; i < q->tokens.len; i++) {
		size_t len;
		const struct role *role = role_at(q, i, &len);
		const struct sense *measure = sense_at(q, i, "measure", NULL, &len);

		asked |= (role && strcmp(role->name, "latency") == 0) || (measure && measure->value && strcmp(measure->value, "latency") == 0);
	}
	return asked;
}

const struct subject *subject_timed(const struct wish *wish, const struct subject *subject)
{
	return time_asked(wish) ? sibling(&wish->question, subject, "latency") : NULL;
}

/* Whether all words of the phrase are there, in any order; of Chinese as they stand. */
static bool phrase_there(const struct question *q, const struct phrase *phrase)
{
	size_t there = 0;

	for (size_t i = 0; phrase->han && i < q->tokens.len; i++)
		if (phrase_at(q, i, phrase))
			return true;
	for (size_t w = 0; !phrase->han && w < phrase->count; w++)
		for (size_t i = 0; i < q->tokens.len; i++)
			if (same_word(q->tokens.at[i].canonical, phrase->words[w])) {
				there++;
				break;
			}
	return there == phrase->count;
}

/* "how long does exec take": the call itself is named, and not what it starts. */
static bool call_written(const struct question *q)
{
	vec_each(token, &q->tokens)
		if (text_starts(token->word.text, "exec") && !text_starts(token->word.text, "execu"))
			return true;
	return false;
}

const struct subject *subject_instead(const struct wish *wish, const struct subject *subject)
{
	const struct question *q = &wish->question;

	vec_each(sense, &q->vocabulary->senses) {
		bool lasts = strcmp(sense->class, "lifelong") == 0;

		if ((!lasts && strcmp(sense->class, "instead") != 0) || !sense->value || strcmp(sense->name, subject->name) != 0 ||
		    (lasts && (!time_asked(wish) || call_written(q))))
			continue;
		vec_each(phrase, &sense->say) {
			const struct subject *other = phrase_there(q, phrase) ? vocabulary_subject(q->vocabulary, sense->value) : NULL;

			if (other)
				return subject_beside(q, other) ? NULL : other;
		}
	}
	return NULL;
}

bool fallback_loses(const struct wish *wish, const struct subject *better)
{
	const struct question *q = &wish->question;
	bool matched[QUESTION_MOST] = { false };

	if (q->tokens.len > QUESTION_MOST)
		return false;
	subject_score(q, better, matched);
	for (size_t i = 0; i < q->tokens.len; i++) {
		size_t len;
		const struct role *role = matched[i] ? role_at(q, i, &len) : NULL;
		struct bound b;

		/* "off-cpu time": what turns the meaning of the word behind it. */
		if (matched[i] && token_in(q, i, GRAMMAR_TURNS) && !q->tokens.at[i].used && i + 1 < q->tokens.len && matched[i + 1] &&
		    q->tokens.at[i + 1].used & USED_SUBJECT)
			return true;
		if (role && role->kind == ROLE_NAME && !role->from && !(q->tokens.at[i].used & (USED_SUBJECT | USED_FILTER | USED_NAME)) &&
		    !bind_role(wish->spot, role->name, &b, NULL))
			return true;
	}
	return false;
}
