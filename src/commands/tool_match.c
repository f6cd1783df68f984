/* Which ready-made tools the words of a question mean. */
#include <math.h>
#include <string.h>
#include "base/utf8.h"
#include "commands/tool.h"

#define TOKENS_MOST 512
#define NAMED_SCORE 100.0

static bool plain(struct text t)
{
	for (size_t i = 0; i < t.len; i++)
		if ((t.at[i] < 'a' || t.at[i] > 'z') && t.at[i] != ' ')
			return false;
	return true;
}

static void word_add(struct tool_phrase *phrase, struct arena *arena, const struct vocabulary *vocabulary,
		     const char *base)
{
	char canonical[64];

	vocabulary_canonical(vocabulary, base, canonical);
	phrase->words[phrase->count++] = arena_text(arena, text_of(canonical));
}

struct tool_phrase *tool_phrase_make(struct arena *arena, const struct vocabulary *vocabulary, struct text say)
{
	struct tool_phrase *phrase = arena_alloc(arena, sizeof(*phrase));
	struct text rest = say, word;
	struct words words = { 0 };

	phrase->words = arena_alloc(arena, (say.len + 1) * sizeof(char *));
	if (plain(say)) {
		while (text_word(&rest, &word)) {
			char base[64];

			word_fold(word, base);
			word_add(phrase, arena, vocabulary, base);
		}
		return phrase;
	}
	words_split(say, &words, NULL);
	vec_each(one, &words.list) {
		rest = one->text;
		phrase->han |= one->kind == WORD_HAN;
		while (one->kind == WORD_HAN && rest.len) {
			uint32_t c;
			size_t len = utf8_next(rest, &c);

			phrase->words[phrase->count++] = arena_text(arena, text_until(rest, len));
			rest = text_from(rest, len);
		}
		if (one->kind != WORD_HAN)
			word_add(phrase, arena, vocabulary, one->base);
	}
	words_done(&words);
	return phrase;
}

void tool_index_make(struct tool_index *index, const struct toolbox *box, const struct vocabulary *vocabulary)
{
	*index = (struct tool_index){ .arena = arena_new(), .box = box };
	vec_each(tool, &box->tools) {
		vec_each(say, &tool->say)
			vec_push(&index->phrases, tool_phrase_make(index->arena, vocabulary, text_of(*say)));
		vec_push(&index->phrases, (struct tool_phrase *)NULL);
	}
}

void tool_index_done(struct tool_index *index)
{
	vec_done(&index->phrases);
	arena_free(index->arena);
	index->arena = NULL;
}

bool tool_word(const struct tool_index *index, const char *word)
{
	vec_each(phrase, &index->phrases)
		for (size_t w = 0; *phrase && w < (*phrase)->count; w++)
			if (same_word((*phrase)->words[w], word))
				return true;
	vec_each(tool, &index->box->tools) {
		if (same_word(tool->name, word))
			return true;
		vec_each(way, &tool->ways)
			vec_each(name, &way->names)
				if (same_word(*name, word))
					return true;
	}
	return false;
}

/* How much each token tells: rare words among the tools tell more; spent and filler words little. */
static void weights_find(const struct tool_index *index, const struct question *q, double weights[TOKENS_MOST])
{
	double tools = (double)index->box->tools.len + 1;

	for (size_t i = 0; i < q->tokens.len && i < TOKENS_MOST; i++) {
		const struct token *token = &q->tokens.at[i];
		bool seen = false;
		unsigned count = 0;

		vec_each(phrase, &index->phrases) {
			if (!*phrase) {
				count += seen;
				seen = false;
				continue;
			}
			for (size_t w = 0; !seen && w < (*phrase)->count; w++)
				seen = same_word((*phrase)->words[w], token->canonical);
		}
		weights[i] = log1p(tools / (1 + count)) / log1p(tools);
		if (token->word.kind == WORD_HAN)
			weights[i] *= 0.5;
		if (token->ignored)
			weights[i] *= 0.5;
		if (token->used & (USED_TIME | USED_FILTER | USED_NAME))
			weights[i] *= 0.3;
	}
}

static double bag_score(const struct question *q, const struct tool_phrase *phrase, const double *weights,
			bool matched[TOKENS_MOST])
{
	size_t where[16], first = SIZE_MAX, last = 0;
	double score = 0;

	if (phrase->count == 0 || phrase->count > COUNT(where))
		return 0;
	for (size_t w = 0; w < phrase->count; w++) {
		where[w] = SIZE_MAX;
		for (size_t i = 0; i < q->tokens.len && i < TOKENS_MOST && where[w] == SIZE_MAX; i++) {
			bool taken = false;

			for (size_t k = 0; k < w; k++)
				taken = taken || where[k] == i;
			if (!taken && same_word(q->tokens.at[i].canonical, phrase->words[w]))
				where[w] = i;
		}
		if (where[w] == SIZE_MAX)
			return 0;
		first = where[w] < first ? where[w] : first;
		last = where[w] > last ? where[w] : last;
		score += weights[where[w]];
	}
	for (size_t w = 0; w < phrase->count; w++)
		matched[where[w]] = true;
	return phrase->count > 1 && last - first <= phrase->count ? score * 1.2 : score;
}

static size_t run_find(const struct question *q, const char **words, size_t count)
{
	for (size_t i = 0; i + count <= q->tokens.len; i++) {
		size_t k = 0;

		while (k < count && same_word(q->tokens.at[i + k].canonical, words[k]))
			k++;
		if (k == count)
			return i;
	}
	return SIZE_MAX;
}

/* Chinese: the phrase as a whole, or its two-character words in any place. */
static double han_score(const struct question *q, const struct tool_phrase *phrase, const double *weights,
			bool matched[TOKENS_MOST])
{
	size_t whole = run_find(q, phrase->words, phrase->count), step = whole != SIZE_MAX ? phrase->count : 2;
	double score = 0;

	if (q->tokens.len > TOKENS_MOST || (whole == SIZE_MAX && (phrase->count < 4 || phrase->count % 2)))
		return 0;
	for (size_t i = 0; i < phrase->count; i += step)
		if (run_find(q, phrase->words + i, step) == SIZE_MAX)
			return 0;
	for (size_t i = 0; i < phrase->count; i += step) {
		size_t at = run_find(q, phrase->words + i, step);

		for (size_t k = at; k < at + step; k++) {
			matched[k] = true;
			score += weights[k];
		}
	}
	return whole != SIZE_MAX ? score * 1.2 : score;
}

/* "run iostat", "strace …": a name counts where it cannot be an ordinary word. */
static bool name_counts(const struct question *q, size_t at)
{
	static const char *const cues[] = { "use", "using", "run", "with", "tool", "用", "行" };

	if (!q->tokens.at[at].known || q->tokens.at[at].word.kind == WORD_NAME || q->tokens.len == 1 ||
	    !english_has(q->vocabulary->english, q->tokens.at[at].word.text))
		return true; /* "opensnoop" is nothing else, though the vocabulary knows it */
	/* "strace pid 1": words that only tools are called. */
	if (at == 0 && (token_is(q, 1, "pid") || token_is(q, 1, "process")) && !q->tokens.at[at].ignored)
		return true;
	for (size_t i = 0; at > 0 && i < COUNT(cues); i++)
		if (token_is(q, at - 1, cues[i]) || text_is(q->tokens.at[at - 1].word.text, cues[i]))
			return true;
	return text_is(at + 1 < q->tokens.len ? q->tokens.at[at + 1].word.text : TEXT(""), "tool");
}

/* "perf stat" is named by both words: "perf" alone names none of its tools. */
static bool second_word(const struct question *q, size_t at, const struct tool *tool, const char *program)
{
	size_t len = strlen(program);

	if (strncmp(tool->name, program, len) != 0 || tool->name[len] != '-')
		return true;
	return at + 1 < q->tokens.len && text_is(q->tokens.at[at + 1].word.text, tool->name + len + 1);
}

static void named_find(const struct question *q, struct tool_hit *hit, bool matched[TOKENS_MOST])
{
	for (size_t i = 0; i < q->tokens.len && i < TOKENS_MOST; i++) {
		struct text word = q->tokens.at[i].word.text;

		if (!name_counts(q, i))
			continue;
		vec_each(way, &hit->tool->ways)
			vec_each(name, &way->names)
				if (!hit->named && text_is(word, *name) && second_word(q, i, hit->tool, *name)) {
					hit->named = way;
					matched[i] = true;
				}
		if (hit->named || text_is(word, hit->tool->name)) {
			matched[i] = true;
			hit->score += NAMED_SCORE;
			return;
		}
	}
}

static struct tool_hit hit_make(const struct question *q, const struct tool *tool, struct tool_phrase *const *phrases,
				const double *weights, bool matched[TOKENS_MOST])
{
	struct tool_hit hit = { .tool = tool };
	double best = 0, united = 0;

	for (; *phrases; phrases++) {
		double score = (*phrases)->han ? han_score(q, *phrases, weights, matched) :
						 bag_score(q, *phrases, weights, matched);

		best = score > best ? score : best;
	}
	for (size_t i = 0; i < q->tokens.len && i < TOKENS_MOST; i++)
		united += matched[i] ? weights[i] : 0;
	hit.score = best + 0.5 * (united > best ? united - best : 0);
	named_find(q, &hit, matched);
	return hit;
}

bool tool_is_named(const struct tool_hit *hit)
{
	return hit->score >= NAMED_SCORE;
}

size_t tools_rank(const struct tool_index *index, struct question *q, struct tool_hit *hits, size_t most)
{
	double weights[TOKENS_MOST] = { 0 };
	bool best[TOKENS_MOST] = { false };
	size_t count = 0;
	struct tool_phrase *const *phrases = index->phrases.at;

	weights_find(index, q, weights);
	vec_each(tool, &index->box->tools) {
		bool matched[TOKENS_MOST] = { false };
		struct tool_hit hit = hit_make(q, tool, phrases, weights, matched);
		size_t at = count;

		while (*phrases)
			phrases++;
		phrases++;
		if (hit.score < 0.4)
			continue;
		while (at > 0 && hits[at - 1].score < hit.score)
			at--;
		if (at >= most)
			continue;
		if (at == 0)
			memcpy(best, matched, sizeof(best));
		count += count < most;
		memmove(&hits[at + 1], &hits[at], (count - 1 - at) * sizeof(*hits));
		hits[at] = hit;
	}
	for (size_t i = 0; i < q->tokens.len && i < TOKENS_MOST; i++)
		if (best[i] && !(q->tokens.at[i].used & (USED_TIME | USED_FILTER)))
			tokens_use(q, i, 1, USED_SUBJECT);
	return count;
}

bool question_says(const struct question *q, struct arena *arena, const char *says)
{
	struct text rest = text_of(says), part;

	while (text_next(&rest, '|', &part)) {
		double weights[TOKENS_MOST];
		bool matched[TOKENS_MOST] = { false };
		const struct tool_phrase *phrase = tool_phrase_make(arena, q->vocabulary, text_trim(part));

		for (size_t i = 0; i < TOKENS_MOST; i++)
			weights[i] = 1;
		if ((phrase->han ? han_score(q, phrase, weights, matched) : bag_score(q, phrase, weights, matched)) > 0)
			return true;
	}
	return false;
}
