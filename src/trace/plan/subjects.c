/* Which subject of the vocabulary the words mean. */
#include <stdio.h>
#include <string.h>
#include "trace/compose/compose.h"
#include "trace/names/names.h"
#include "trace/around/sides.h"

/* Filters, times and names say nothing of the subject; a key word ("by process") says little. */
static double token_share(const struct question *q, size_t at)
{
	const struct token *token = &q->tokens.at[at];

	/* "signal 9", "irq 24": which one, and what it is one of. */
	if (token->used & USED_FILTER && (token->word.kind == WORD_PLAIN || token->word.kind == WORD_HAN) && token_in(q, at, GRAMMAR_NUMBERED))
		return 0.6;
	if (token->used & (USED_FILTER | USED_TIME | USED_NAME) || token->left_out || token->denied || token->compound)
		return 0;
	if (token->word.kind == WORD_QUOTED || (token->word.kind == WORD_PATH && !token_is(q, at, "sock_")) || token->word.kind == WORD_NUMBER)
		return 0;
	/* "on which cpu" is no "on cpu" */
	if ((token->used & (USED_KEY | USED_CUE)) == (USED_KEY | USED_CUE) && token_is(q, at, "on") && !role_at(q, at + 1, &(size_t){ 0 }))
		return 0;
	/* "how many times": how often, and no time */
	if (token->erring || (at > 0 && text_is(token->word.text, "times") && (token_is(q, at - 1, "many") || token_is(q, at - 1, "much"))))
		return 0;
	/* A program's name is more often whose it is than what is asked about. */
	return token->famous ? 0.35 : token->used & USED_KEY ? 0.6 : 1;
}

static bool errs(const struct question *q)
{
	vec_each(token, &q->tokens)
		if (token->erring)
			return true;
	return false;
}

/* "cpu time by user" is no "user time": whose, and not in which mode; "files created per process" are no processes. */
static bool keyed(const struct question *q, size_t at)
{
	return at > 0 && (token_is(q, at, "user") || token_is(q, at, "process") || token_is(q, at, "directory")) && q->tokens.at[at].used & USED_KEY &&
	       (token_is(q, at - 1, "by") || token_is(q, at - 1, "per"));
}

/* "bytes in total", "faults in the cgroup": no direction, as in "bytes in". */
static bool preposition(const struct question *q, size_t at)
{
	size_t len;

	return token_is(q, at, "in") && !q->tokens.at[at].word.comma && sense_at(q, at + 1, "within", NULL, &len);
}

/* Finds every word of an English phrase, wherever it stands; the tokens go to `where`. */
static double bag_match(const struct question *q, const struct phrase *phrase, size_t where[8])
{
	double score = 0;
	size_t first = SIZE_MAX, last = 0;

	if (phrase->count > 8)
		return 0;
	for (size_t w = 0; w < phrase->count; w++) {
		double share = 0;

		for (size_t i = 0; i < q->tokens.len; i++) {
			bool taken = false;

			if (!same_word(q->tokens.at[i].canonical, phrase->words[w]))
				continue;
			for (size_t k = 0; k < w; k++)
				taken = taken || where[k] == i;
			if (taken || token_share(q, i) <= share ||
			    (phrase->count > 1 && (keyed(q, i) || (w + 1 == phrase->count && preposition(q, i)))))
				continue;
			share = token_share(q, i);
			where[w] = i;
		}
		/* "connects with EHOSTUNREACH" fail. */
		if (share == 0 && same_word(phrase->words[w], "fail") && phrase->count > 1 && errs(q)) {
			where[w] = SIZE_MAX;
			share = 0.6;
		} else if (share == 0) {
			return 0;
		} else {
			first = where[w] < first ? where[w] : first;
			last = where[w] > last ? where[w] : last;
		}
		score += share * vocabulary_weight(q->vocabulary, phrase->words[w]);
	}
	if (phrase->later && (where[phrase->later - 1] > where[phrase->later] || where[phrase->later] == SIZE_MAX))
		return 0;
	if (phrase->count > 1 && (last - first <= phrase->count || phrase->later))
		score *= 1.2; /* words that stand together, or in this order, belong together */
	/* "mallocs and frees. which one uses more memory" frees no memory pages. */
	return phrase->count > 1 && first < last && sentence_between(q, first, last) ? 0.7 * score : score;
}

/* "发送的数据包", "写回了多少页": what stands between the characters of a phrase and changes nothing. */
static bool particle(const struct question *q, size_t at)
{
	const struct token *token = &q->tokens.at[at];

	/* "往 3306 端口发", "连 8.8.8.8 失败", "被 SIGKILL 杀死", "抢 mysqld 的 CPU" */
	if (token->word.kind == WORD_PATH || token->word.kind == WORD_NUMBER || token->word.kind == WORD_QUOTED || token->specific || token->famous ||
	    (token->word.kind == WORD_NAME && memchr(token->word.text.at, '.', token->word.text.len)))
		return true;
	return token_in(q, at, GRAMMAR_PARTICLE);
}

/* "缺页 按用户": as above, in Chinese. */
static bool han_keyed(const struct question *q, size_t at)
{
	size_t first = at > 0 && token_is(q, at, "户") ? at - 1 : at;

	return q->tokens.at[at].used & USED_KEY && first > 0 && token_is(q, first, "用") && token_is(q, first + 1, "户") &&
	       (token_is(q, first - 1, "按") || token_is(q, first - 1, "个") || token_is(q, first - 1, "每") || token_is(q, first - 1, "各"));
}

/* Where the `count` characters of a Chinese phrase stand in the question, one after the other. */
static bool han_find(const struct question *q, const char **characters, size_t count, size_t *places)
{
	for (size_t i = 0; i + count <= q->tokens.len; i++) {
		size_t k = 0, len;

		for (size_t at = i; k < count && at < q->tokens.len; at++) {
			if (same_word(q->tokens.at[at].canonical, characters[k]) && token_share(q, at) > 0 && !han_keyed(q, at))
				places[k++] = at;
			else if (k > 0 && sense_at(q, at, "between", NULL, &len))
				at += len - 1;
			else if (k == 0 || (!particle(q, at) && !(q->tokens.at[at].used & USED_NAME)))
				break;
		}
		if (k == count)
			return true;
	}
	return false;
}

/* "匿名页和文件页" is no "匿名文件": the pieces from `first` and `second` on tell two things apart that a joiner sets side by
 * side, each with the same noun. */
static bool set_side_by_side(const struct question *q, const size_t *first, const size_t *second)
{
	bool joined = false;

	for (size_t i = first[1] + 1; i < second[0]; i++)
		joined |= word_joins(q, i);
	return joined && first[1] + 1 < second[0] && second[1] + 1 < q->tokens.len &&
	       same_word(q->tokens.at[first[1] + 1].canonical, q->tokens.at[second[1] + 1].canonical);
}

/* A Chinese phrase as a whole, or as its two-character words in any place ("打开…文件"). Marks
 * the tokens. A character tells less than a word. */
static double han_match(const struct question *q, const struct phrase *phrase, bool matched[QUESTION_MOST])
{
	double score = 0;
	size_t places[16];
	bool whole;

	if (phrase->count > COUNT(places))
		return 0;
	whole = han_find(q, phrase->words, phrase->count, places);
	if (whole && phrase->count == 4 && set_side_by_side(q, places, places + 2))
		return 0;
	if (!whole && (phrase->count < 4 || phrase->count % 2))
		return 0;
	for (size_t i = 0; !whole && i < phrase->count; i += 2)
		if (!han_find(q, phrase->words + i, 2, places + i) || (i > 0 && set_side_by_side(q, places + i - 2, places + i)))
			return 0;
	for (size_t i = 0; i < phrase->count; i++) {
		const struct token *token = &q->tokens.at[places[i]];

		score += (token->word.kind == WORD_HAN ? 0.6 : 1) * token_share(q, places[i]) *
			 vocabulary_weight(q->vocabulary, token->canonical);
		matched[places[i]] = true;
	}
	return whole ? score * 1.2 : score;
}

/* Whether any phrase of the subject holds the word, even when the phrase as a whole is not there. */
static bool belongs(const struct vocabulary *vocabulary, const struct subject *subject, const struct token *token)
{
	vec_each(phrase, &subject->say)
		for (size_t w = 0; w < phrase->count; w++)
			if (same_word(phrase->words[w], token->canonical) && !phrase_has_opposite(vocabulary, phrase, token->canonical))
				return true;
	return false;
}

/* One phrase; marks the tokens that it places. */
static double phrase_match(const struct question *q, const struct phrase *phrase, bool matched[QUESTION_MOST])
{
	size_t where[8] = { 0 };
	double score;

	if (phrase->han)
		return han_match(q, phrase, matched);
	score = bag_match(q, phrase, where);
	for (size_t w = 0; score > 0 && w < phrase->count; w++)
		if (where[w] < QUESTION_MOST)
			matched[where[w]] = true;
	return score;
}

/* The marks of all words that a phrase may find: one with others is not there. */
static uint64_t marks_of(const struct question *q)
{
	uint64_t marks = errs(q) ? mark_bit(word_mark("fail")) : 0;

	vec_each(token, &q->tokens)
		marks |= mark_bit(word_mark(token->canonical));
	return marks;
}

double subject_phrases(const struct question *q, const struct subject *subject, bool matched[QUESTION_MOST])
{
	uint64_t marks = marks_of(q);
	double best = 0;

	vec_each(phrase, &subject->say) {
		double score = phrase->marks & ~marks ? 0 : phrase_match(q, phrase, matched);

		if (score > best)
			best = score;
	}
	return best;
}

bool subject_differs(const struct question *q, const struct subject *subject, const struct subject *other, size_t from, size_t to)
{
	bool mine[QUESTION_MOST] = { false }, its[QUESTION_MOST] = { false }, differs = false;

	subject_phrases(q, subject, mine);
	subject_phrases(q, other, its);
	for (size_t i = from; i < to; i++)
		differs |= mine[i] && !its[i];
	return differs;
}

static double score_of(const struct question *q, double best, const struct subject *subject, bool matched[QUESTION_MOST])
{
	double united = 0;

	/* With one phrase there, stray words of the others speak for the subject too. */
	for (size_t i = 0; best > 0 && i < q->tokens.len && i < QUESTION_MOST; i++)
		matched[i] = matched[i] || (!q->tokens.at[i].ignored && token_share(q, i) > 0 &&
					    belongs(q->vocabulary, subject, &q->tokens.at[i]));
	for (size_t i = 0; i < q->tokens.len && i < QUESTION_MOST; i++)
		if (matched[i])
			united += token_share(q, i) * (q->tokens.at[i].word.kind == WORD_HAN ? 0.6 : 1) *
				  vocabulary_weight(q->vocabulary, q->tokens.at[i].canonical);
	/* Words placed by several phrases count, but one phrase that holds them all counts more. */
	return best + 0.5 * (united > best ? united - best : 0);
}

double subject_score(const struct question *q, const struct subject *subject, bool matched[QUESTION_MOST])
{
	return score_of(q, subject_phrases(q, subject, matched), subject, matched);
}

struct said {
	const struct subject *subject;
	const struct phrase *phrase;
};
struct plausible {
	uint64_t marks;
	VEC(struct said) phrases; /* those of a subject stand together */
};

void plausible_free(struct plausible *plausible)
{
	if (plausible)
		vec_done(&plausible->phrases);
	free(plausible);
}

/* The phrases that words of these marks may hold. One question asks again and again, for what it means without some of
 * its words: they are kept until another asks. */
static const struct plausible *plausible_find(const struct vocabulary *const_vocabulary, uint64_t marks)
{
	struct vocabulary *vocabulary = (struct vocabulary *)const_vocabulary;
	struct plausible *plausible = vocabulary->plausible;

	if (plausible && plausible->marks == marks)
		return plausible;
	if (!plausible)
		plausible = vocabulary->plausible = calloc(1, sizeof(*plausible));
	if (!plausible)
		abort();
	plausible->marks = marks;
	plausible->phrases.len = 0;
	vec_each(subject, &vocabulary->subjects)
		vec_each(phrase, &subject->say)
			if (!(phrase->marks & ~marks))
				vec_push(&plausible->phrases, (struct said){ subject, phrase });
	return plausible;
}

size_t subjects_rank(const struct question *q, struct candidate *list, size_t most)
{
	const struct plausible *plausible;
	size_t count = 0, next;

	if (q->tokens.len > QUESTION_MOST)
		return 0;
	plausible = plausible_find(q->vocabulary, marks_of(q));
	for (size_t i = 0; i < plausible->phrases.len; i = next) {
		const struct subject *subject = plausible->phrases.at[i].subject;
		bool matched[QUESTION_MOST] = { false };
		double score = 0;
		size_t at = count;

		for (next = i; next < plausible->phrases.len && plausible->phrases.at[next].subject == subject; next++) {
			double here = phrase_match(q, plausible->phrases.at[next].phrase, matched);

			score = here > score ? here : score;
		}
		if (score <= 0)
			continue;
		score = score_of(q, score, subject, matched);
		while (at > 0 && list[at - 1].score < score)
			at--;
		if (at >= most)
			continue;
		if (count < most)
			count++;
		memmove(&list[at + 1], &list[at], (count - 1 - at) * sizeof(*list));
		list[at] = (struct candidate){ subject, score };
	}
	return count;
}

/* "connections refused are received by whom": the error is what one gets, and no data. */
static bool only_got(const struct question *q, const struct subject *subject)
{
	bool matched[QUESTION_MOST] = { false };

	if (q->tokens.len > QUESTION_MOST)
		return false;
	subject_phrases(q, subject, matched);
	for (size_t i = 0, len; i < q->tokens.len; i++) {
		const struct sense *sense = matched[i] ? sense_at(q, i, "default", "error", &len) : NULL;

		if (matched[i] && !sense)
			return false;
	}
	return true;
}

size_t subjects_choose(struct question *q, struct candidate *list, size_t most, bool *erring)
{
	size_t count;

	errors_mark(q, true);
	*erring = errs(q);
	count = subjects_rank(q, list, most);
	if (!*erring || (count > 0 && list[0].score >= SCORE_LEAST && !only_got(q, list[0].subject)))
		return count;
	errors_mark(q, *erring = false);
	return subjects_rank(q, list, most);
}

void subject_use(struct question *q, const struct subject *subject)
{
	bool matched[QUESTION_MOST] = { false };

	if (q->tokens.len > QUESTION_MOST)
		return;
	subject_score(q, subject, matched);
	for (size_t i = 0; i < q->tokens.len; i++)
		if (matched[i])
			tokens_use(q, i, 1, USED_SUBJECT);
}

/* "user stacks of python", "java at 49 hertz": the code that runs. */
static bool code_meant(const struct wish *wish)
{
	const struct question *q = &wish->question;
	bool stacks = false, named = false;
	int number;

	for (size_t i = 0; i < q->tokens.len; i++) {
		size_t len;
		const struct role *role = role_at(q, i, &len);

		stacks |= role && (strcmp(role->name, "stack") == 0 || strcmp(role->name, "ustack") == 0 || strcmp(role->name, "callstack") == 0);
		named |= q->tokens.at[i].word.kind == WORD_PATH || block_device(q->tokens.at[i].word.text) ||
			 error_named(q->tokens.at[i].word.text) || error_at(q, i, &number);
	}
	return wish->plan->hz > 0 || (stacks && !named);
}

/* "who touches /etc/passwd", "requests that go to sda": where no words say what, what is named tells it. */
size_t subject_default(const struct wish *wish, struct candidate *list)
{
	const struct question *q = &wish->question;
	int number;
	const struct sense *code = code_meant(wish) ? vocabulary_sense(q->vocabulary, "default", "code") : NULL;

	if (code) {
		list[0].subject = vocabulary_subject(q->vocabulary, code->value);
		list[0].score = SCORE_LEAST;
		return list[0].subject ? 1 : 0;
	}
	bool exit_code = false;

	vec_each(condition, &wish->plan->where)
		exit_code |= condition->role && strcmp(condition->role, "code") == 0;
	for (size_t i = 0; i < q->tokens.len; i++) {
		bool one_cpu = token_is(q, i, "cpu") && i + 1 < q->tokens.len && q->tokens.at[i + 1].word.kind == WORD_NUMBER;
		const char *kind = one_cpu ? "cpu" : q->tokens.at[i].word.kind == WORD_PATH ? "path" : block_device(q->tokens.at[i].word.text) ? "device" :
				   error_named(q->tokens.at[i].word.text) || error_at(q, i, &number) ? "error" : NULL;

		const struct sense *chosen = NULL;

		kind = !kind && exit_code ? "exit" : kind;
		bool root = text_is(q->tokens.at[i].word.text, "root");

		/* "what does sshd run" */
		if (!kind && q->tokens.at[i].famous && i > 0 && token_is(q, i - 1, "does") && token_is(q, i + 1, "run") && phrase_ends(q, i + 1))
			kind = "runner";
		kind = !kind && (root || (token_is(q, i, "user") && q->tokens.at[i].used & USED_NAME)) ? "user" : kind;
		vec_each(sense, &q->vocabulary->senses) {
			bool said = false;
			size_t len;

			if (!kind || strcmp(sense->class, "default") != 0 || strcmp(sense->name, kind) != 0)
				continue;
			for (size_t k = 0; k < q->tokens.len; k++)
				vec_each(phrase, &sense->say) {
					len = phrase_at(q, k, phrase);
					said |= len > 0;
				}
			if (said || (!chosen && !root))
				chosen = sense;
		}
		if (!chosen)
			continue;
		list[0].subject = vocabulary_subject(q->vocabulary, chosen->value);
		list[0].score = SCORE_LEAST;
		return list[0].subject ? 1 : 0;
	}
	return 0;
}

/* "broken pipe errors": whether all that speaks for the subject is a part of how an error is called. */
static bool error_only(const struct question *q, const struct subject *subject)
{
	bool matched[QUESTION_MOST] = { false };
	size_t all = 0;

	if (q->tokens.len > QUESTION_MOST)
		return false;
	subject_score(q, subject, matched);
	for (size_t i = 0; i < q->tokens.len; i++)
		all += matched[i];
	for (size_t i = 0; i < q->tokens.len; i++) {
		int number;
		size_t len = error_at(q, i, &number), within = 0;

		if (len < 2)
			continue;
		for (size_t k = i; k < i + len; k++)
			within += matched[k];
		if (within > 0 && within == all && within < len)
			return true;
	}
	return false;
}

/* "failed versus successful connects", "count and fail status": what failed is not all that is asked for. */
/* "how many connects, and how many of them failed": all are asked for, too. */
static bool failed_of_all(const struct question *q)
{
	bool counted = false, again = false;

	for (size_t i = 0, len; i < q->tokens.len; i++) {
		again |= counted && ((token_is(q, i, "of") && (token_is(q, i + 1, "them") || token_is(q, i + 1, "those") || token_is(q, i + 1, "these"))) ||
				     (token_is(q, i, "其") && token_is(q, i + 1, "中")));
		counted |= sense_at(q, i, "measure", "count", &len) != NULL;
	}
	return again;
}

static bool one_outcome(const struct question *q, const struct subject *subject)
{
	bool failed = false, succeeded = false;

	for (size_t i = 0, len; i < q->tokens.len; i++) {
		bool fails = sense_at(q, i, "outcome", "failed", &len) != NULL;

		failed |= fails;
		succeeded |= fails && (token_is(q, i + len, "state") || token_is(q, i + len, "status") || token_is(q, i + len, "result"));
		succeeded |= sense_at(q, i, "outcome", "succeeded", &len) != NULL;
	}
	return failed && (succeeded || part_asked(q) || failed_of_all(q)) && text_ends(text_of(subject->name), ".failed");
}

bool subject_beside(const struct question *q, const struct subject *subject)
{
	return error_only(q, subject) || one_outcome(q, subject);
}
