/* Probes as bpftrace spells them, in a question: "uprobe:/bin/bash:readline" is the function readline in /bin/bash. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include "trace/words/question.h"

/* One word of what was written, as if it stood there by itself. */
static void part_add(struct question *q, const struct word *word, struct text part, const char *base)
{
	struct word one = *word;

	one.text = part;
	one.comma = false;
	one.joined = false;
	one.kind = WORD_PLAIN;
	for (size_t i = 0; i < part.len && !base; i++)
		if (part.at[i] == '/')
			one.kind = WORD_PATH;
		else if (!isalpha((unsigned char)part.at[i]) && one.kind == WORD_PLAIN)
			one.kind = WORD_NAME;
	snprintf(one.base, sizeof(one.base), "%.*s", base ? (int)strlen(base) : (int)part.len, base ? base : part.at);
	token_add(q, &one, one.base);
}

bool probe_add(struct question *q, const struct word *word)
{
	static const struct {
		const char *type;
		bool user;
	} types[] = { { "uprobe:", true }, { "uretprobe:", true }, { "kprobe:", false }, { "kretprobe:", false } };

	for (size_t i = 0; i < COUNT(types); i++) {
		size_t len = strlen(types[i].type), colon = word->text.len;
		struct text type = text_until(word->text, len - 1), rest = text_from(word->text, len);

		if (!text_starts(word->text, types[i].type) || rest.len == 0)
			continue;
		if (!types[i].user) {
			part_add(q, word, type, "kernel");
			part_add(q, word, text_from(type, type.len), "function");
			part_add(q, word, rest, NULL);
		} else {
			while (colon > len && word->text.at[colon - 1] != ':')
				colon--;
			if (colon <= len + 1 || colon == word->text.len)
				return false;
			part_add(q, word, type, "in");
			part_add(q, word, text_until(rest, colon - 1 - len), NULL);
			part_add(q, word, text_until(text_from(word->text, colon - 1), 1), "function");
			part_add(q, word, text_from(word->text, colon), NULL);
		}
		q->tokens.at[q->tokens.len - 1].word.comma = word->comma;
		return true;
	}
	return false;
}
