/* Chinese in a question: a token for each character, and one word for its synonyms and usual slips. */
#include <string.h>
#include "base/utf8.h"
#include "trace/names/names.h"

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

/* "文件名里带 .log" */
void han_heed(struct question *q)
{
	for (size_t i = 0, len; i < q->tokens.len; i++)
		if (q->tokens.at[i].word.kind == WORD_HAN && sense_at(q, i, "narrow", NULL, &len) && len > 1)
			for (size_t k = i; k < i + len; k++)
				q->tokens.at[k].ignored = false;
}

/* "epoll_wait", "flock": a call or a lock by its name. */
static bool call_or_lock(const struct wish *wish, size_t at)
{
	const struct token *token = &wish->question.tokens.at[at];
	AUTO_FREE char *name = text_copy(token->word.text);

	const struct lexeme *lexeme = vocabulary_word(wish->question.vocabulary, token->canonical);

	if (token_in(&wish->question, at, GRAMMAR_LOCK))
		return true;
	/* "waitpid": spoken of, and nobody's name. */
	return token->word.kind != WORD_HAN && !token->famous && (kernel_has_syscall(wish->kernel, name) || (lexeme && lexeme->subjects));
}

void calls_block(struct wish *wish)
{
	struct question *q = &wish->question;

	for (size_t i = 1; i + 1 < q->tokens.len; i++) {
		size_t back = i;

		if (!tokens_spell(q, i, "阻塞"))
			continue;
		while (back > 1 && token_in(q, back - 1, GRAMMAR_BEFORE_BLOCK))
			back--;
		if (back == 0 || q->tokens.at[back - 1].word.comma || !call_or_lock(wish, back - 1))
			continue;
		tokens_use(q, i, 2, USED_CUE);
		q->tokens.at[i].denied = q->tokens.at[i + 1].denied = true;
	}
}

/* ---- keys ---- */

/* "把进程和文件也打印出来": shown beside all else. */
static void brought(struct wish *wish, size_t at)
{
	struct question *q = &wish->question;
	size_t before = wish->plan->by.len, taken = keys_from(wish, at + 1), end = at + 1 + taken, kept = 0;

	for (size_t len; (len = tokens_in(q, end, GRAMMAR_ALSO));)
		end += len;
	if (wish->plan->by.len == before)
		return;
	if (!token_in(q, end, GRAMMAR_SHOWN)) {
		wish->plan->by.len = before;
		return;
	}
	for (size_t i = before; i < wish->plan->by.len; i++, kept++)
		vec_push(&wish->extras, wish->plan->by.at[i]);
	wish->plan->by.len -= kept;
	tokens_use(q, at, end - at, USED_KEY | USED_CUE);
}

bool han_mention(const struct question *q, const struct role *role)
{
	size_t len;

	for (size_t i = 0; i < q->tokens.len; i++)
		if (role_at(q, i, &len) == role && q->tokens.at[i].word.kind == WORD_HAN && len > 1 && !(q->tokens.at[i].used & USED_SUBJECT) &&
		    !(i > 0 && q->tokens.at[i - 1].word.kind != WORD_HAN && /* "request 类型", "to_submit 参数" */
		      (q->tokens.at[i - 1].used & USED_KEY || (strcmp(role->name, "args") == 0 && token_identifier(&q->tokens.at[i - 1])))))
			return true;
	return false;
}

/* "谁唤醒了谁": to whom it is done, too. */
static void whom_mark(struct wish *wish)
{
	struct question *q = &wish->question;

	for (size_t i = 0; i + 2 < q->tokens.len; i++)
		for (size_t k = i + 2; token_is(q, i, "谁") && k < q->tokens.len && k < i + 6; k++) {
			if (q->tokens.at[k - 1].word.comma)
				break;
			if (token_is(q, k, "谁")) {
				wish->other_end = true;
				tokens_use(q, k, 1, USED_KEY);
			}
		}
}

/* "重传最多的地址和端口是哪些": what is joined to what is asked for. */
static void joined_before(struct wish *wish, size_t at)
{
	struct question *q = &wish->question;

	if (at < 2 || !(token_in(q, at - 1, GRAMMAR_AND) || q->tokens.at[at - 1].word.comma))
		return;
	for (size_t i = at > 6 ? at - 6 : 0; i < at; i++) {
		size_t len, joined = token_in(q, at - 1, GRAMMAR_AND);
		const struct role *role = role_at(q, i, &len);

		if (!role || role->kind != ROLE_NAME || i + len + joined != at || q->tokens.at[i].used & (USED_KEY | USED_FILTER))
			continue;
		joined_before(wish, i);
		key_wish(wish, role);
		tokens_use(q, i, at - i, USED_KEY);
		return;
	}
}

void han_keys(struct wish *wish)
{
	struct question *q = &wish->question;

	whom_mark(wish);
	for (size_t i = 0; i < q->tokens.len; i++) {
		size_t len, end, filler;
		const struct role *role = role_at(q, i, &len);

		if (token_is(q, i, "把") && !q->tokens.at[i].used) {
			brought(wish, i);
			continue;
		}
		/* "超时参数" is no argument of any kind. */
		if (role && role->kind == ROLE_NUMBER)
			i += len - 1;
		if (!role || role->kind != ROLE_NAME || q->tokens.at[i].used & (USED_KEY | USED_FILTER))
			continue;
		/* "文件映射缺页的文件": what the sentence ends with is asked for. */
		if (wish->plan->by.len == 0 && i > 2 && i + len == q->tokens.len && len > 1 && token_is(q, i - 1, "的") && !token_is(q, i - 2, "下") &&
		    !token_is(q, i - 2, "里") && !token_is(q, i - 2, "中") && strcmp(role->name, "process") != 0) {
			key_wish(wish, role);
			tokens_use(q, i, len, USED_KEY);
			break;
		}
		for (end = i + len; (filler = tokens_in(q, end, GRAMMAR_APIECE));)
			end += filler;
		len = tokens_in(q, end, GRAMMAR_IS_WHAT);
		if (!len || role_at(q, end + len, &filler) || strcmp(role->name, "child") == 0)
			continue;
		joined_before(wish, i);
		key_wish(wish, role);
		tokens_use(q, i, end + len - i, USED_KEY);
		i = end + len - 1;
	}
}
