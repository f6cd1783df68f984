/* Chinese in a question: a token for each character, and one word for its synonyms and usual slips. */
#include <string.h>
#include "base/utf8.h"
#include "trace/names.h"

/* Chinese is compared character by character, so each becomes a token. */
void han_add(struct question *q, const struct word *word)
{
	struct text rest = word->text;

	while (rest.len) {
		struct word one = *word;
		uint32_t c;
		size_t len = utf8_next(rest, &c);
		char base[8] = "";

		one.text = text_until(rest, len);
		memcpy(base, rest.at, len < sizeof(base) ? len : sizeof(base) - 1);
		rest = text_from(rest, len);
		one.comma = word->comma && rest.len == 0;
		token_add(q, &one, base);
	}
}

static bool comma_within(const struct question *q, size_t at, size_t len)
{
	for (size_t i = at; i + 1 < at + len; i++)
		if (q->tokens.at[i].word.comma)
			return true;
	return false;
}

/* Adds the tokens of `word` (Chinese and perhaps English), which stand for the `len` tokens of `old`. Each keeps a part
 * of what was written, so that it can be told. */
static void word_put(struct question *q, const char *word, const struct token *old, size_t len)
{
	struct words words = { 0 };
	size_t first = q->tokens.len, count;

	words_split(text_of(word), &words, NULL);
	vec_each(each, &words.list)
		if (each->kind == WORD_HAN)
			han_add(q, each);
		else
			token_add(q, each, each->base);
	words_done(&words);
	count = q->tokens.len - first;
	for (size_t i = 0; i < count; i++) {
		struct word *put = &q->tokens.at[first + i].word;
		const struct word *from = &old[i < len ? i : len - 1].word, *last = &old[len - 1].word;

		put->text = i < len ? from->text : text_from(from->text, from->text.len);
		if (i + 1 == count && i + 1 < len)
			put->text.len = (size_t)(last->text.at + last->text.len - put->text.at);
		put->comma = i + 1 == count && last->comma;
	}
}

void han_rewrite(struct question *q)
{
	struct question old = *q;

	q->tokens.at = NULL;
	q->tokens.len = q->tokens.room = 0;
	for (size_t i = 0, len; i < old.tokens.len; i += len) {
		const struct sense *sense = sense_at(&old, i, "same", NULL, &len);

		if (sense && !comma_within(&old, i, len)) {
			word_put(q, sense->name, &old.tokens.at[i], len);
			continue;
		}
		len = 1;
		vec_push(&q->tokens, old.tokens.at[i]);
	}
	question_done(&old);
}

/* "epoll_wait", "flock": a call or a lock by its name. */
static bool call_or_lock(const struct wish *wish, size_t at)
{
	static const char *const locks[] = { "mutex", "spinlock", "rwsem", "semaphore", "mmap_lock", "epoll" };
	const struct token *token = &wish->question.tokens.at[at];
	AUTO_FREE char *name = text_copy(token->word.text);

	for (size_t i = 0; i < COUNT(locks); i++)
		if (token_is(&wish->question, at, locks[i]))
			return true;
	return token->word.kind != WORD_HAN && kernel_has_syscall(wish->kernel, name);
}

void calls_block(struct wish *wish)
{
	static const char *const fillers[] = { "的", "上", "里", "调", "用", "等", "会", "都" };
	struct question *q = &wish->question;

	for (size_t i = 1; i + 1 < q->tokens.len; i++) {
		size_t back = i;

		if (!tokens_spell(q, i, "阻塞"))
			continue;
		for (size_t f = 0; f < COUNT(fillers) && back > 1; f++)
			if (token_is(q, back - 1, fillers[f])) {
				back--;
				f = 0;
			}
		if (back == 0 || q->tokens.at[back - 1].word.comma || !call_or_lock(wish, back - 1))
			continue;
		tokens_use(q, i, 2, USED_CUE);
		q->tokens.at[i].denied = q->tokens.at[i + 1].denied = true;
	}
}
