/* Questions that name a well-known tool instead of what it shows: "execsnoop for nginx" (data/vocabulary/tools.vocab). */
#include <ctype.h>
#include <string.h>
#include "trace/plan/planner.h"

static bool part_of_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '/' || c == '.' || (unsigned char)c >= 0x80;
}

static const struct sense *tool_called(const struct vocabulary *v, struct text word)
{
	char base[64];

	word_fold(word, base);
	vec_each(sense, &v->senses)
		if (strcmp(sense->class, "tool") == 0)
			vec_each(phrase, &sense->say)
				if (phrase->count == 1 && same_word(phrase->words[0], base))
					return sense;
	return NULL;
}

/* Whether the question has a word of this sense of class "telling". */
static bool tells(const struct question *q, const char *name)
{
	for (size_t i = 0, len; i < q->tokens.len; i++)
		if (sense_at(q, i, "telling", name, &len))
			return true;
	return false;
}

/* "files opened by opensnoop": the tool itself is watched. */
static bool is_watched(const struct vocabulary *v, struct text before)
{
	const char *end = before.at + before.len, *from;
	struct question q;
	bool watched;
	size_t len;

	while (end > before.at && !part_of_word(end[-1]))
		end--;
	for (from = end; from > before.at && part_of_word(from[-1]);)
		from--;
	question_read(&q, v, (struct text){ from, (size_t)(end - from) }, NULL, NULL);
	watched = q.tokens.len > 0 && sense_at(&q, 0, "telling", "doer", &len);
	question_done(&q);
	return watched;
}

char *tools_meant(const struct vocabulary *v, struct text question, struct build *took)
{
	AUTO_BUILD out = { 0 };
	const struct sense *tool = NULL;
	struct question rest;
	size_t from = 0, to = 0;
	bool amount;
	char *words;

	for (; from < question.len && !tool; from = to + 1) {
		while (from < question.len && !part_of_word(question.at[from]))
			from++;
		for (to = from; to < question.len && part_of_word(question.at[to]);)
			to++;
		while (to > from && question.at[to - 1] == '.')
			to--;
		tool = to - from > 4 ? tool_called(v, (struct text){ question.at + from, to - from }) : NULL;
		if (tool)
			break;
	}
	if (!tool || is_watched(v, text_until(question, from)))
		return NULL;
	words = text_copy(text_of(tool->name));
	for (char *c = words; *c; c++)
		*c = *c == '_' ? ' ' : *c;
	question_read(&rest, v, question, NULL, NULL);
	amount = tells(&rest, "amount");
	/* "count opensnoop by process": by no more than that. */
	if (amount && strstr(words, " with "))
		*strstr(words, " with ") = '\0';
	build_add(&out, text_until(question, from));
	if (tool->value && strcmp(tool->value, "histogram") != 0 && !amount)
		build_put(&out, "show each ");
	build_put(&out, words);
	if (tool->value && strcmp(tool->value, "histogram") == 0 && !tells(&rest, "statistic"))
		build_put(&out, " histogram");
	if (tool->value && strcmp(tool->value, "slower") == 0)
		build_put(&out, tells(&rest, "bound") ? "" : " slower than 10 ms");
	build_add(&out, text_from(question, to));
	build_fmt(took, "Took '%.*s' for what the tool shows: '%s'.", (int)(to - from), question.at + from, words);
	question_done(&rest);
	free(words);
	return text_copy(build_text(&out));
}
