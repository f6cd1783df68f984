/* Installed programs that no data file knows, found by the manual's description of them. */
#include <stdio.h>
#include <string.h>
#include "base/file.h"
#include "base/log.h"
#include "commands/tool.h"
#include "knowledge/manual.h"

static bool telling(const struct token *token)
{
	return !token->ignored && !(token->used & (USED_TIME | USED_FILTER)) && token->word.kind != WORD_HAN &&
	       token->word.kind != WORD_NUMBER && token->word.kind != WORD_SIGN;
}

/* The share of the question's telling words that the description holds; 2 when the program is named. */
static double entry_score(const struct question *q, const struct manual_entry *entry)
{
	unsigned words = 0, held = 0;

	vec_each(token, &q->tokens) {
		struct text rest = text_of(entry->says), word;
		bool found = false;

		if (text_is(token->word.text, entry->name) && !token->known)
			return 2;
		if (!telling(token))
			continue;
		words++;
		while (!found && text_word(&rest, &word)) {
			char base[64], canonical[64], lower[64];
			size_t len = word.len < sizeof(lower) ? word.len : sizeof(lower) - 1;

			for (size_t i = 0; i < len; i++)
				lower[i] = (char)(word.at[i] >= 'A' && word.at[i] <= 'Z' ? word.at[i] + 32 : word.at[i]);
			while (len && (lower[len - 1] == '.' || lower[len - 1] == ',' || lower[len - 1] == ')'))
				len--;
			word_fold((struct text){ lower, len }, base);
			vocabulary_canonical(q->vocabulary, base, canonical);
			found = same_word(canonical, token->canonical);
		}
		held += found;
	}
	return held >= 2 ? (double)held / words : 0;
}

size_t tools_of_manual(const struct question *q, struct tool_found *found, size_t most)
{
	struct error err = { 0 };
	AUTO_MANUAL manual = manual_read(&err);
	size_t count = 0;

	if (!manual) {
		log_stage("tool", "the manual cannot be searched: %s", err.text);
		return 0;
	}
	vec_each(entry, &manual->entries) {
		double score = entry_score(q, entry);
		AUTO_FREE char *path = NULL;
		size_t at = count;

		if (score < 0.6 || (count == most && score <= found[count - 1].score))
			continue;
		path = program_find(entry->name);
		if (!path)
			continue;
		while (at > 0 && found[at - 1].score < score)
			at--;
		count += count < most;
		memmove(&found[at + 1], &found[at], (count - 1 - at) * sizeof(*found));
		found[at].score = score;
		snprintf(found[at].name, sizeof(found[at].name), "%s", entry->name);
		snprintf(found[at].says, sizeof(found[at].says), "%s", entry->says);
	}
	return count;
}
