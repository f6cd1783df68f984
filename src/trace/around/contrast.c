/* Two sides of a question that are set against each other ("voluntary vs involuntary switches"): what each of them means
 * when the other is not there. */
#include <string.h>
#include "trace/around/sides.h"

#define SIDE_MOST 4 /* words of a side that may be left out */
#define AMOUNT_FAR 6 /* tokens from a joiner to the word of an amount; of Chinese each character is one */
#define SIDE_LEAST 0.5 /* where one side fits much worse than the other, it is only a word of it */

bool word_joins(const struct question *q, size_t at)
{
	const char *base = at > 0 && at < q->tokens.len ? q->tokens.at[at - 1].word.base : "";

	if (token_in(q, at, GRAMMAR_AND_OR) || token_is(q, at, "跟") || token_is(q, at, "同"))
		return true;
	/* "voluntary compared with involuntary", "reads as opposed to writes", "重传还是复位" */
	if (token_is(q, at, "against") || (token_is(q, at, "to") && (strncmp(base, "compar", 6) == 0 || strncmp(base, "oppos", 5) == 0)) ||
	    (token_is(q, at, "是") && token_is(q, at - 1, "还")))
		return true;
	/* "compare voluntary with involuntary switches" */
	for (size_t i = 0; i < at && token_is(q, at, "with"); i++)
		if (strncmp(q->tokens.at[i].word.base, "compar", 6) == 0)
			return true;
	return false;
}

/* The subject that is meant when the tokens from `from` to `to` are not there, and that has a word of the other side. */
static struct candidate meant_without(struct question *q, size_t from, size_t to, size_t near, size_t near_to,
				      const struct subject **any)
{
	unsigned used[SIDE_MOST] = { 0 };
	struct candidate best = { 0 };
	bool matched[QUESTION_MOST] = { false }, touches = false;

	for (size_t i = from; i < to; i++) {
		used[i - from] = q->tokens.at[i].used;
		q->tokens.at[i].used |= USED_NAME;
	}
	if (subjects_rank(q, &best, 1))
		subject_phrases(q, best.subject, matched);
	*any = best.subject;
	for (size_t i = from; i < to; i++)
		q->tokens.at[i].used = used[i - from];
	for (size_t i = near; i < near_to; i++)
		touches |= matched[i];
	return touches ? best : (struct candidate){ 0 };
}

/* How many tokens there are from `at` on that may belong to a side; `step` is 1 or -1. */
static size_t side(const struct question *q, size_t at, int step)
{
	size_t len = 0;

	for (; at < q->tokens.len && len < SIDE_MOST; at += (size_t)step, len++) {
		const struct token *token = &q->tokens.at[at];

		if (token->used & (USED_KEY | USED_FILTER | USED_TIME | USED_NAME) || word_joins(q, at) || (step < 0 && token->word.comma))
			break;
		if (step > 0 && token->word.comma)
			return len + 1;
	}
	return len;
}

/* "proc.exec.args" of "proc.exec": no other side of it. */
static bool part_of(const struct subject *part, const struct subject *whole)
{
	size_t len = strlen(whole->name);

	return strncmp(part->name, whole->name, len) == 0 && part->name[len] == '.';
}

/* Whether the word at `at` is said on the other side too: "hard interrupts vs soft interrupts". */
static bool again(const struct question *q, size_t at, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (same_word(q->tokens.at[i].canonical, q->tokens.at[at].canonical))
			return true;
	return false;
}

/* Where the sides of a joiner lie. */
struct sides {
	size_t left, first, at, right; /* left … first - 1, and at + 1 … right - 1 */
};

/* Whether the words of its own side tell what is chosen from the other: not "vectored reads and writes", whose first word
 * belongs to both. */
static bool tells_apart(const struct question *q, const struct sides *sides, const struct subject *chosen, const struct subject *other,
			bool on_left, const struct subject *without)
{
	size_t near = sides->first - 1;

	if (!on_left)
		return subject_differs(q, chosen, other, sides->at + 1, sides->right);
	if (q->tokens.at[near].ignored || again(q, near, sides->at + 1, sides->right))
		return subject_differs(q, chosen, other, sides->left, sides->first);
	return without != chosen && subject_differs(q, chosen, other, near, sides->first);
}

/* Whether the subject is said by a word of its side that the other side has not: in "read calls vs pread calls" all calls are
 * not. */
static bool says_own(const struct question *q, const struct sides *sides, const struct subject *subject, bool on_left)
{
	bool matched[QUESTION_MOST] = { false };

	/* A phrase of Chinese may stand around the other side: "TCP 发送和接收". */
	if (q->tokens.at[sides->at + 1].word.kind == WORD_HAN)
		return true;
	subject_phrases(q, subject, matched);
	/* "calls and bytes for curl": whose, and nothing that is watched */
	for (size_t i = on_left ? sides->left : sides->at + 1; i < (on_left ? sides->first : sides->right); i++)
		if (matched[i] && !(q->tokens.at[i].famous && i > 0 && (token_in(q, i - 1, GRAMMAR_WHOSE) || token_is(q, i - 1, "for"))) && !again(q, i, on_left ? sides->at + 1 : sides->left, on_left ? sides->right : sides->first))
			return true;
	return false;
}

/* Of what is meant without the left side and without the right one: the one that is not chosen, where the chosen is the other. */
static const struct subject *side_fits(const struct question *q, const struct sides *sides, const struct subject *chosen,
				       const struct candidate *there, const struct candidate *here, const struct subject *without)
{
	bool on_left = here->subject == chosen;
	const struct candidate *own = on_left ? here : there, *other = on_left ? there : here;

	return other->subject && own->subject == chosen && says_own(q, sides, other->subject, !on_left) && other->subject != chosen && other->score >= SIDE_LEAST * own->score &&
			       !part_of(chosen, other->subject) && !part_of(other->subject, chosen) &&
			       tells_apart(q, sides, chosen, other->subject, on_left, without) ?
		       other->subject : NULL;
}

/* The same where the word at `lead` is what the left side is told by. */
static const struct subject *lead_fits(const struct question *q, size_t lead, size_t at, size_t end, const struct subject *chosen,
				       const struct candidate *without_lead, const struct candidate *without_right)
{
	const struct subject *left = without_right->subject, *right = without_lead->subject;
	const struct subject *other = chosen == left ? right : left;
	bool of_left[QUESTION_MOST] = { false }, of_right[QUESTION_MOST] = { false }, noun = false;

	if (!left || !right || left == right || (chosen != left && chosen != right) || part_of(left, right) || part_of(right, left))
		return NULL;
	subject_phrases(q, left, of_left);
	subject_phrases(q, right, of_right);
	for (size_t i = lead + 1; i < at; i++)
		noun |= of_left[i] && of_right[i];
	return noun && !of_right[lead] && of_left[lead] && subject_differs(q, left, right, lead, lead + 1) &&
			       subject_differs(q, right, left, at + 1, end) ? other : NULL;
}

const struct subject *subject_contrasted(struct question *q, size_t at, const struct subject *chosen)
{
	struct candidate here[SIDE_MOST + 1] = { 0 }, there[SIDE_MOST + 1] = { 0 };
	size_t first = at > 0 && token_is(q, at, "是") ? at - 1 : at; /* "还是" */
	const struct subject *other, *any = NULL, *without = NULL; /* what is meant without the word before the joiner */
	size_t left, right;

	if (first == 0)
		return NULL;
	if (strncmp(q->tokens.at[first - 1].word.base, "compar", 6) == 0 || strncmp(q->tokens.at[first - 1].word.base, "oppos", 5) == 0)
		first--;
	if (first > 0 && token_is(q, first - 1, "as"))
		first--;
	if (first > 0 && token_is(q, first - 1, "please")) /* "involuntary switches please, versus voluntary ones" */
		first--;
	if (first == 0)
		return NULL;
	left = side(q, first - 1, -1);
	right = side(q, at + 1, 1);
	for (size_t most = 1; most <= SIDE_MOST; most++) {
		if (most <= right)
			here[most] = meant_without(q, at + 1, at + 1 + most, first - left, first, &any);
		if (most <= left)
			there[most] = meant_without(q, first - most, first, at + 1, at + 1 + right, &any);
		without = most == 1 ? any : without;
		/* "read bytes versus write bytes": each side is another than the whole, which speaks of both. */
		if (here[most].subject && there[most].subject && here[most].subject != there[most].subject &&
		    here[most].subject != chosen && there[most].subject != chosen)
			return NULL;
	}
	const struct sides sides = { first - left, first, at, at + 1 + right };

	/* A word of Chinese has two characters. */
	if (q->tokens.at[at + 1].word.kind == WORD_HAN && (other = side_fits(q, &sides, chosen, &there[2], &here[2], without)))
		return other;
	for (size_t most = 1; most <= SIDE_MOST; most++)
		for (size_t l = 1; l <= most; l++)
			for (size_t r = 1; r <= most; r++)
				if ((l == most || r == most) && (other = side_fits(q, &sides, chosen, &there[l], &here[r], without)))
					return other;
	/* "voluntary context switches vs involuntary": the noun stands once, on the left, behind what tells it apart. */
	for (size_t from = first - left; from + 1 < first && (token_is(q, at, "vs") || token_is(q, at, "versus")); from++) {
		if (q->tokens.at[from].ignored)
			continue;
		struct candidate lead = meant_without(q, from, from + 1, at + 1, at + 1 + right, &any);

		for (size_t r = 1; r <= right; r++)
			if ((other = lead_fits(q, from, at, at + 1 + right, chosen, &lead, &here[r])))
				return other;
	}
	return NULL;
}

/* "各多少", and not "各进程多少". */
static bool each_asked(const struct question *q, const struct plan *plan)
{
	for (size_t i = 0; plan->measure != MEASURE_EVENTS && i + 1 < q->tokens.len; i++)
		if (token_is(q, i, "各") && token_in(q, i + 1, GRAMMAR_EACH_ASKED))
			return true;
	return false;
}

/* How many tokens on one side of a joiner are spoken in one breath with it. */
static size_t side_of(const struct question *q, size_t at, int step)
{
	size_t len = 0;

	for (size_t i = at + (size_t)step; i < q->tokens.len && len < SIDE_MOST; i += (size_t)step, len++)
		if (q->tokens.at[i].used & (USED_KEY | USED_NAME) || (step < 0 && q->tokens.at[i].word.comma))
			break;
	return len;
}

/* "bytes requested vs allocated", "total requested and total allocated": two amounts of the same thing, of which a plan
 * measures one. */
static bool amounts_unmet(const struct question *q, const struct plan *plan, struct build *why)
{
	const struct sense *amounts = grammar_list(q->vocabulary, GRAMMAR_OPPOSITE_AMOUNT);

	for (size_t i = 1; plan->measure != MEASURE_EVENTS && i + 1 < q->tokens.len; i++) {
		size_t from = i > AMOUNT_FAR ? i - AMOUNT_FAR : 0;

		for (size_t p = 0; amounts && word_joins(q, i) && p + 1 < amounts->say.len; p += 2) {
			bool here[2] = { false }, there[2] = { false };

			for (size_t k = from; k <= i + AMOUNT_FAR && k < q->tokens.len; k++)
				for (size_t side = 0; side < 2; side++)
					if (phrase_at(q, k, &amounts->say.at[p + side]))
						*(k < i ? &here[side] : &there[side]) = true;
			if ((here[0] && there[1]) || (here[1] && there[0])) {
				build_put(why, "it asks for two amounts of the same thing, and only one of them would be measured: "
					       "ask for each on its own");
				return true;
			}
		}
	}
	return false;
}

/* "reads vs failed reads": where only one side speaks of an outcome, only those would be counted. */
static bool failures_unmet(const struct question *q, const struct plan *plan, struct build *why)
{
	for (size_t i = 1; plan->measure != MEASURE_EVENTS && i + 1 < q->tokens.len; i++) {
		size_t left = side_of(q, i, -1), right = side_of(q, i, 1), len;
		bool here = false, there = false, spoken[2] = { false };

		if (!token_is(q, i, "vs") && !token_is(q, i, "versus"))
			continue;
		for (size_t k = i - left; k <= i + right; k++) {
			*(k < i ? &here : &there) |= sense_at(q, k, "outcome", NULL, &len) != NULL;
			spoken[k > i] |= k != i && !sense_at(q, k, "outcome", NULL, &len) && q->tokens.at[k].used & USED_SUBJECT;
		}
		if (here == there || !spoken[here ? 1 : 0])
			continue;
		build_put(why, "it sets what failed or succeeded against all, and only one of the two would be measured: ask for each on its own");
		return true;
	}
	return false;
}

/* Two sides of which the words of one are the subject's: the other was not understood as one. */
bool contrast_unmet(const struct question *q, const struct plan *plan, struct build *why)
{
	static const char *const apart[] = { "operation", "syscall", "type", "what", "error", "outcome", "ret", "state", "signal", "protocol", "family",
					     "name", "function", "mode", "code", "reason", "flags", "priority", "port" };
	const unsigned placed = USED_KEY | USED_FILTER | USED_TIME | USED_NAME | USED_MEASURE;

	if (amounts_unmet(q, plan, why) || failures_unmet(q, plan, why))
		return true;
	vec_each(key, &plan->by)
		for (size_t i = 0; i < COUNT(apart); i++)
			if (strcmp(*key, apart[i]) == 0)
				return false;
	/* "创建和退出各多少", "收发包各多少" */
	for (size_t i = 1; each_asked(q, plan) && i + 1 < q->tokens.len; i++) {
		bool two = word_joins(q, i) && !((q->tokens.at[i - 1].used | q->tokens.at[i + 1].used) & placed) &&
			   (q->tokens.at[i - 1].used | q->tokens.at[i + 1].used) & USED_SUBJECT;

		two |= opposites_at(q, i, GRAMMAR_OPPOSITE_DATA) || opposites_at(q, i, GRAMMAR_OPPOSITE_WAY);
		if (two) {
			build_put(why, "it asks for two things, and only one of them, or both as one, would be measured: ask for each on its own");
			return true;
		}
	}
	for (size_t i = 1; i + 1 < q->tokens.len; i++) {
		const struct token *left = &q->tokens.at[i - 1], *right = &q->tokens.at[i + 1];

		if (!token_is(q, i, "versus") && !token_is(q, i, "vs") && !token_is(q, i, "against"))
			continue;
		/* "voluntary vs total switches" */
		if ((left->used & USED_SUBJECT && (token_is(q, i + 1, "total") || token_is(q, i + 1, "all"))) ||
		    (right->used & USED_SUBJECT && (token_is(q, i - 1, "total") || token_is(q, i - 1, "all")))) {
			build_put(why, "it sets a part against the whole, and only one of the two would be measured: ask for each on its own");
			return true;
		}
		if (left->ignored || right->ignored || (left->used | right->used) & placed || !((left->used | right->used) & USED_SUBJECT))
			continue;
		build_fmt(why, "it sets '%.*s' against '%.*s', and only one of the two would be measured: ask for each on its own",
			  TEXT_ARG(left->word.text), TEXT_ARG(right->word.text));
		return true;
	}
	return false;
}

/* "spinlocks vs mutexes vs rwsems", of which not all were understood. */
bool contrast_more(const struct question *q, size_t parts, struct build *why)
{
	size_t sides = 1;

	for (size_t i = 0; i < q->tokens.len; i++)
		sides += token_is(q, i, "versus") || token_is(q, i, "vs");
	if (sides <= parts)
		return false;
	build_fmt(why, "it sets %zu things against each other, and only %zu of them would be measured: ask for each on its own", sides, parts);
	return true;
}
