/* Two or more subjects in one question: "opens and closes by process" counts both, each under its name. */
#include <stddef.h>
#include <string.h>
#include "trace/compose/compose.h"
#include "trace/direct/direct.h"
#include "trace/write/program.h"
#include "trace/around/sides.h"

/* ---- which ---- */

static bool spent(const struct token *token)
{
	return token->used & (USED_KEY | USED_FILTER | USED_TIME | USED_NAME);
}

/* Words of measuring ("次数"), of failing, of amounts, and one signal by its name: no part of a subject that "and" joins. */
static bool meant_otherwise(const struct question *q, size_t at)
{
	static const char *const classes[] = { "measure", "outcome", "rank" };

	if (q->tokens.at[at].specific)
		return true;
	for (size_t from = at > 3 ? at - 3 : 0; from <= at; from++) {
		const struct role *role;
		size_t len;

		for (size_t i = 0; i < COUNT(classes); i++)
			if (sense_at(q, from, classes[i], NULL, &len) && from + len > at)
				return true;
		role = role_at(q, from, &len);
		if (role && from + len > at && (role->kind == ROLE_NUMBER || strcmp(role->name, "error") == 0))
			return true;
	}
	return false;
}

static bool orders(const struct question *q, size_t at)
{
	size_t len;

	return sense_at(q, at, "order", "print", &len) || sense_at(q, at, "order", "show", &len);
}

/* "and print time, cpu and the state": between the order and `at` stand nothing but columns. */
static bool in_columns(const struct question *q, size_t at)
{
	for (size_t i = at, len; i > 0; i--) {
		if (orders(q, i - 1))
			return true;
		if (!q->tokens.at[i - 1].ignored && !word_joins(q, i - 1) && !role_at(q, i - 1, &len))
			return false;
	}
	return false;
}

/* What stands next to a joiner, over articles and measures ("and the number of bytes received"). `step` is 1 or -1;
 * SIZE_MAX: nothing that could be part of a subject. */
static size_t neighbour(const struct question *q, size_t at, int step)
{
	for (unsigned passed = 0; passed < 4; passed++) {
		size_t len;

		at += (size_t)step;
		if (at >= q->tokens.len || spent(&q->tokens.at[at]) || (step > 0 && orders(q, at)))
			return SIZE_MAX; /* "trace opens and print the file": what is shown of it */
		/* "calls and bytes for curl": whose they are */
		if (step > 0 && q->tokens.at[at].famous && (token_in(q, at - 1, GRAMMAR_WHOSE) || token_is(q, at - 1, "for")))
			return SIZE_MAX;
		if (q->tokens.at[at].ignored || word_joins(q, at) || (step > 0 && sense_at(q, at, "measure", NULL, &len)))
			continue;
		return meant_otherwise(q, at) ? SIZE_MAX : at;
	}
	return SIZE_MAX;
}

/* "ssl reads and ssl writes": what stands before both words belongs to either. */
static bool said_twice(const struct question *q, size_t at)
{
	for (size_t i = 0; !q->tokens.at[at].ignored && q->tokens.at[at].known && i < q->tokens.len; i++)
		if (i != at && same_word(q->tokens.at[i].canonical, q->tokens.at[at].canonical))
			return true;
	return false;
}

/* "mem.page.free" beside "mem.page.alloc": of one kind. */
static bool kin(const struct subject *a, const struct subject *b)
{
	size_t len = strcspn(a->name, ".") + 1;

	return strncmp(a->name, b->name, len) == 0;
}

#define KIN_LEAST 0.8 /* of the best: so well one of the same kind has to fit to be preferred */

/* The best subject with the word at `in` and without the one at `other`: the latter is hidden while looking. One of the kind
 * of `beside` goes before others. */
static const struct subject *subject_of(struct question *q, size_t in, size_t other, const struct subject *beside)
{
	struct candidate list[3];
	unsigned used = q->tokens.at[other].used;
	size_t count;

	const struct subject *found = NULL;
	bool again = false;

	/* "resets sent and resets received": a word that both have does not tell them apart. */
	vec_each(token, &q->tokens)
		again |= token != &q->tokens.at[other] && same_word(token->canonical, q->tokens.at[other].canonical);
	q->tokens.at[other].used |= USED_NAME;
	count = subjects_rank(q, list, COUNT(list));
	for (size_t i = 0; i < count && !(found && kin(found, beside)) && (!found || list[i].score >= KIN_LEAST * list[0].score); i++) {
		bool matched[QUESTION_MOST] = { false };

		subject_score(q, list[i].subject, matched);
		if (!matched[in] || (in > 0 && q->tokens.at[in].word.kind != WORD_HAN && said_twice(q, in - 1) && !matched[in - 1]))
			continue;
		q->tokens.at[other].used = used;
		memset(matched, 0, sizeof(matched));
		subject_phrases(q, list[i].subject, matched);
		q->tokens.at[other].used |= USED_NAME;
		if ((again || !matched[other]) && (!found || kin(list[i].subject, beside)))
			found = list[i].subject;
	}
	q->tokens.at[other].used = used;
	return found;
}

/* "exit codes and lifetimes": of the same, an amount. */
static bool amount_beside(const struct question *q, size_t at)
{
	const struct role *role;
	size_t len;

	if (!token_is(q, at, "and") && !token_is(q, at, "和") && !token_is(q, at, "与"))
		return false;
	for (at++; at < q->tokens.len && q->tokens.at[at].ignored && !role_at(q, at, &len);)
		at++;
	role = role_at(q, at, &len);
	return role && role->kind == ROLE_NUMBER;
}

/* "between exec and exit" */
static bool between(const struct question *q, size_t at)
{
	for (size_t i = at > 4 ? at - 4 : 0; i < at; i++)
		if (token_is(q, i, "between"))
			return true;
	return false;
}

void subjects_join(const struct question *question, struct origin *origin)
{
	struct question q = *question; /* its tokens are marked for a moment, and as they were afterwards */
	bool matched[QUESTION_MOST] = { false };

	if (q.tokens.len > QUESTION_MOST)
		return;
	subject_score(&q, origin->parts[0], matched);
	for (size_t i = 0; i + 1 < q.tokens.len && origin->count < UNION_MOST; i++) {
		struct text word = q.tokens.at[i].word.text;
		bool slash = word.at + word.len + 1 == q.tokens.at[i + 1].word.text.at && word.at[word.len] == '/'; /* "opens/closes" */
		/* A comma joins in a list that a word ends: "opens, reads and writes". */
		bool comma = slash || (i > 0 && q.tokens.at[i].word.comma && !sentence_between(&q, i, i + 1) && !word_joins(&q, i + 1) &&
			     (word_joins(&q, i + 2) || word_joins(&q, i + 3) || (i + 1 < q.tokens.len && q.tokens.at[i + 1].word.comma)));
		size_t left = comma ? i : word_joins(&q, i) ? neighbour(&q, i, -1) : SIZE_MAX;
		size_t right = comma || left != SIZE_MAX ? neighbour(&q, i, 1) : SIZE_MAX;
		const struct subject *other = NULL;
		bool known = false;
		size_t len;

		/* "process and new value": keys, though "new process" is watched as well */
		if (left != SIZE_MAX && right != SIZE_MAX && role_at(&q, left, &len) && role_at(&q, right, &len) && len > 1)
			continue;
		if (!comma && (!word_joins(&q, i) || between(&q, i) || in_columns(&q, i) || token_in(&q, i + 1, GRAMMAR_NEVER)))
			continue;
		/* "挂载和卸载": of two characters one may be the same in both words. */
		if (left != SIZE_MAX && right != SIZE_MAX && matched[left] == matched[right] && q.tokens.at[left].word.kind == WORD_HAN && left > 0 &&
		    q.tokens.at[right].word.kind == WORD_HAN && !matched[left - 1] == matched[right])
			left--;
		/* Of Chinese the next character alone is no word: both sides are taken as wholes first. */
		bool sided = !comma && !origin->fallback && !amount_beside(&q, i), han = sided && q.tokens.at[i + 1].word.kind == WORD_HAN;

		for (size_t k = 0; han && !other && k < origin->count; k++)
			other = subject_contrasted(&q, i, origin->parts[k]);
		if (!other && left != SIZE_MAX && right != SIZE_MAX && matched[left] != matched[right])
			other = matched[left] ? subject_of(&q, right, left, origin->parts[0]) : subject_of(&q, left, right, origin->parts[0]);
		for (size_t k = 0; sided && !han && !other && k < origin->count; k++)
			other = subject_contrasted(&q, i, origin->parts[k]);
		/* "reads of nginx versus writes" may be one subject already, which speaks of both. */
		for (size_t k = 0; k < origin->count; k++)
			known |= origin->parts[k] == other || (other && q.tokens.at[i + 1].word.kind != WORD_HAN && !subject_differs(&q, other, origin->parts[k], 0, q.tokens.len));
		/* What only falls back is joined to nothing of another kind. */
		if (!other || known || (origin->fallback && !kin(other, origin->parts[0])))
			continue;
		/* "tcp sends and tcp receives": the first is of tcp, too, and not of all that is sent and received. */
		if (origin->count == 1 && left != SIZE_MAX && right != SIZE_MAX && left > 0 && right + 1 < q.tokens.len && !matched[left - 1] &&
		    q.tokens.at[left].word.kind != WORD_HAN && !q.tokens.at[right].ignored && q.tokens.at[right].known &&
		    same_word(q.tokens.at[left - 1].canonical, q.tokens.at[right].canonical)) {
			const struct subject *own = subject_of(&q, left, right + 1, other);

			if (own && own != other)
				origin->parts[0] = own;
		}
		origin->parts[origin->count++] = other;
		subject_score(&q, other, matched);
	}
}

/* ---- as one ---- */

/* What all parts have: default keys, columns. */
static void common_names(struct wish *wish, const struct origin *origin, size_t offset, const char *last, name_list *out)
{
	const name_list *first = (const name_list *)((const char *)origin->parts[0] + offset);
	size_t count = 0;

	out->at = arena_alloc(wish->plan->arena, sizeof(char *) * (first->len + 2));
	vec_each(name, first) {
		bool everywhere = true;

		for (size_t i = 1; i < origin->count; i++)
			everywhere &= listed((const name_list *)((const char *)origin->parts[i] + offset), *name);
		if (everywhere)
			out->at[count++] = *name;
	}
	if (count == 0)
		out->at[count++] = "process";
	if (last)
		out->at[count++] = last;
	out->len = out->room = count;
}

static void phrases_gather(struct wish *wish, const struct origin *origin, struct subject *subject)
{
	size_t count = 0;

	for (size_t i = 0; i < origin->count; i++)
		count += origin->parts[i]->say.len;
	subject->say.at = arena_alloc(wish->plan->arena, sizeof(struct phrase) * (count ? count : 1));
	for (size_t i = 0; i < origin->count; i++)
		vec_each(phrase, &origin->parts[i]->say)
			subject->say.at[subject->say.len++] = *phrase;
	subject->say.room = subject->say.len;
}

/* "bytes", "sizes": what not every way of a subject tells. */
static bool sizes_asked(const struct question *q)
{
	for (size_t i = 0, len; i < q->tokens.len; i++) {
		const struct sense *sense = sense_at(q, i, "measure", NULL, &len);
		const struct role *role = role_at(q, i, &len);

		if ((sense && sense->value && strcmp(sense->value, "size") == 0) || (role && strcmp(role->name, "size") == 0))
			return true;
	}
	return false;
}

/* The first way of the subject that this machine has, and that tells a size where one is asked for. */
static const struct way *first_possible(struct wish *wish, const struct subject *subject, struct build *why)
{
	bool sizes = sizes_asked(&wish->question);

	vec_each(way, &subject->ways) {
		AUTO_BUILD reason = { 0 };

		if (sizes && way->kind == WAY_CALL && way_has(way, "size") && way_possible(way, wish->kernel, wish->plan->arena, &reason))
			return way;
	}
	vec_each(way, &subject->ways) {
		AUTO_BUILD reason = { 0 };

		if (way_possible(way, wish->kernel, wish->plan->arena, &reason))
			return way;
		if (why->len == 0)
			build_put(why, way->absent ? way->absent : build_text(&reason).at);
	}
	return NULL;
}

/* "opens" and "closes", or, where both are "calls", what they are. */
static const char *label_of(const struct origin *origin, size_t at)
{
	const struct subject *subject = origin->parts[at];

	for (size_t i = 0; i < origin->count; i++)
		if (i != at && strcmp(origin->parts[i]->unit, subject->unit) == 0)
			return subject->what;
	return subject->unit;
}

static const char *names_joined(struct wish *wish, const struct origin *origin)
{
	AUTO_BUILD out = { 0 };

	for (size_t i = 0; i < origin->count; i++)
		build_fmt(&out, "%s%s", i == 0 ? "" : i + 1 < origin->count ? ", " : " and ", origin->parts[i]->what);
	return arena_text(wish->plan->arena, build_text(&out));
}

/* "socket reads and socket writes": what is said on both sides is of either, and not of "reads" alone. */
static const struct token *said_of_one(const struct question *q, const struct origin *origin)
{
	bool matched[UNION_MOST][QUESTION_MOST] = { { false } };

	if (q->tokens.len > QUESTION_MOST)
		return NULL;
	for (size_t p = 0; p < origin->count; p++)
		subject_score(q, origin->parts[p], matched[p]);
	for (size_t i = 0; i < q->tokens.len; i++)
		for (size_t k = i + 1; k < q->tokens.len; k++) {
			bool all = true, any = false;

			if (q->tokens.at[i].ignored || q->tokens.at[i].word.kind != WORD_PLAIN || spent(&q->tokens.at[i]) || spent(&q->tokens.at[k]) ||
			    !same_word(q->tokens.at[i].canonical, q->tokens.at[k].canonical))
				continue;
			for (size_t p = 0; p < origin->count; p++) {
				all &= matched[p][i] || matched[p][k];
				any |= matched[p][i] || matched[p][k];
			}
			if (any && !all)
				return &q->tokens.at[i];
		}
	return NULL;
}

const struct subject *subject_unite(struct wish *wish, const struct origin *origin, struct build *why)
{
	static const char also[] = "what";
	const struct subject *first = origin->parts[0];
	struct arena *arena = wish->plan->arena;
	struct subject *subject;
	struct error err = { 0 };
	struct way *way;
	bool alike = true;

	const struct token *alone = said_of_one(&wish->question, origin);

	if (alone) {
		build_fmt(why, "it asks for two things of '%.*s', and only of one of them it would be measured: ask for each on its own", TEXT_ARG(alone->word.text));
		return NULL;
	}
	for (size_t i = 0; i < origin->count; i++)
		if (vocabulary_open(wish->question.vocabulary, origin->parts[i], &err) < 0) {
			build_put(why, err.text);
			return NULL;
		}
	way = way_make(wish, arena_fmt(arena, "%s+%s", first->name, origin->parts[1]->name), names_joined(wish, origin),
		       WAY_UNION, &subject);
	way->parts.at = arena_alloc(arena, sizeof(struct way) * origin->count);
	way->context = CONTEXT_PROCESS;
	for (size_t i = 0; i < origin->count; i++) {
		const struct subject *part = origin->parts[i];
		const struct way *possible = first_possible(wish, part, why);
		struct way *copy;

		if (!possible)
			return NULL;
		copy = &way->parts.at[way->parts.len++];
		*copy = *possible;
		copy->label = label_of(origin, i);
		if (copy->context > way->context)
			way->context = copy->context;
		if (!way->note)
			way->note = copy->note;
		alike &= part->measure == first->measure &&
			 (part->measure_role == first->measure_role ||
			  (part->measure_role && first->measure_role && strcmp(part->measure_role, first->measure_role) == 0));
	}
	way->parts.room = way->parts.len;
	subject->unit = strcmp(label_of(origin, 0), first->unit) == 0 ? "events" : first->unit;
	/* Stacks have no place for what tells the parts apart. */
	subject->measure = alike && first->measure != MEASURE_STACKS ? first->measure : MEASURE_COUNT;
	subject->measure_role = alike ? first->measure_role : NULL;
	subject->value = first->value;
	subject->by_none = first->by_none;
	common_names(wish, origin, offsetof(struct subject, by), also, &subject->by);
	common_names(wish, origin, offsetof(struct subject, show), also, &subject->show);
	subject->also.at = arena_alloc(arena, sizeof(char *));
	subject->also.at[0] = also;
	subject->also.len = subject->also.room = 1;
	phrases_gather(wish, origin, subject);
	return subject;
}
