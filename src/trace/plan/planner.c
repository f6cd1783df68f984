/* The offline planner: words → subject → plan, tried until one holds on this machine. */
#include <string.h>
#include "base/log.h"
#include "trace/around/sides.h"
#include "trace/plan/search.h"
#include "trace/write/program.h"

void planning_done(struct planning *planning)
{
	build_done(&planning->why);
	build_done(&planning->unplaced);
}

enum { GOES_ON, DECIDED }; /* what a step of the search comes to; or a negative errno */

static int give_up(struct search *s, enum plan_verdict verdict)
{
	struct planning *planning = s->planning;

	/* Without a reason that can be told it is what was not understood. */
	if (planning->why.len == 0)
		verdict = PLAN_UNKNOWN;
	planning->verdict = verdict;
	planning->starters = !nearest_find(s->vocabulary, &s->wish.question, planning->nearest);
	if (verdict == PLAN_UNKNOWN && planning->unplaced.len == 0) {
		wish_measures(&s->wish); /* "count" was understood, though of what was not */
		question_unplaced(&s->wish.question, &planning->unplaced);
		if (planning->unplaced.len == 0)
			build_put(&planning->unplaced, "what to watch");
	}
	if (verdict == PLAN_UNKNOWN && planning->why.len == 0)
		elsewhere_tell(&s->wish, &planning->why);
	return DECIDED;
}

/* The subjects that the words could mean, best first; where they say next to nothing, what is meant by default. */
static void candidates_find(struct search *s)
{
	s->count = subjects_choose(&s->wish.question, s->candidates, CANDIDATES, &s->erring);
	while (s->count > 0 && subject_beside(&s->wish.question, s->candidates[0].subject))
		memmove(s->candidates, s->candidates + 1, --s->count * sizeof(s->candidates[0]));
	s->guessed = s->count == 0 || s->candidates[0].score < SCORE_LEAST;
	if (s->guessed)
		s->count = subject_default(&s->wish, s->candidates);
	for (size_t i = 0; i < s->count; i++)
		log_detail("words", "%s: %.2f", s->candidates[i].subject->name, s->candidates[i].score);
}

/* Nothing else is measured where a tracepoint is named, but what it is a part of: "cpu_idle residency by state". */
static bool watching_try(struct search *s)
{
	const char *probe = s->wish.named.probes[0].probe;

	for (size_t i = 0; s->wish.named.count == 1 && !s->guessed && i < s->count && s->candidates[i].score >= SCORE_LEAST; i++) {
		const struct subject *subject = s->candidates[i].subject;
		struct origin origin = { .parts = { subject }, .count = 1, .named = true };
		AUTO_BUILD why = { 0 };
		AUTO_BUILD left = { 0 };

		if (subject_watches(s->vocabulary, subject, probe) && subject_try(s, subject, &origin, &why, &left) == OUTCOME_FITS &&
		    left.len == 0 && way_watches(&subject->ways.at[s->plan->way], probe))
			return true;
	}
	return false;
}

/* A probe, call or function that is named as it is spelled is meant before all else. */
static int named_try(struct search *s)
{
	struct planning *planning = s->planning;
	const struct subject *direct = subject_direct(&s->wish, true, &planning->why);

	if (direct && subject_try(s, direct, &(struct origin){ .exact = true }, &planning->why, s->unplaced) == OUTCOME_FITS &&
	    s->unplaced->len == 0)
		return DECIDED;
	if (watching_try(s)) {
		build_clear(&planning->why);
		return DECIDED;
	}
	if (s->wish.named.count && direct)
		build_add(&planning->unplaced, build_text(s->unplaced));
	if (s->wish.named.count || (planning->why.len && !direct))
		return give_up(s, planning->unplaced.len ? PLAN_UNKNOWN : PLAN_CANNOT);
	return GOES_ON;
}

/* What other words make of the subject comes first; and where it lacks what is asked, what fails of it, or its times. */
static int origin_try(struct search *s, struct origin *origin, enum outcome *outcome, struct error *err)
{
	const struct subject *meant = origin->count == 1 ? subject_instead(&s->wish, origin->parts[0]) : NULL, *other;
	int code;

	if (meant && vocabulary_open(s->vocabulary, meant, err) == 0) {
		origin->whole = origin->parts[0];
		origin->parts[0] = meant;
		origin->timed = true;
	}
	*outcome = subject_try(s, origin->parts[0], origin, &s->planning->why, s->unplaced);
	if (*outcome != OUTCOME_LACKS || origin->count != 1)
		return 0;
	other = subject_failing(&s->wish.question, origin->parts[0]);
	if (other && subject_beside(&s->wish.question, other))
		return 0;
	if (!other) {
		other = subject_timed(&s->wish, origin->parts[0]);
		origin->timed = other != NULL;
	}
	if (!other)
		return 0;
	origin->whole = origin->parts[0];
	origin->parts[0] = other;
	code = vocabulary_open(s->vocabulary, other, err);
	if (code == 0)
		*outcome = subject_try(s, other, origin, &s->planning->why, s->unplaced);
	return code;
}

static int candidate_try(struct search *s, size_t at, struct error *err)
{
	const struct candidate *candidate = &s->candidates[at], *best = &s->candidates[s->first];
	struct origin origin = { .parts = { candidate->subject }, .count = 1, .guessed = s->guessed, .erring = s->erring,
				 .fallback = at > s->first && !s->united, .better = at > s->first ? best->subject : NULL };
	struct planning *planning = s->planning;
	enum outcome outcome;
	int code;

	build_clear(s->unplaced);
	subjects_join(&s->wish.question, &origin);
	code = origin_try(s, &origin, &outcome, err);
	if (code < 0)
		return code;
	/* "my usb stick is slow, disk latency by device" */
	if (outcome == OUTCOME_IMPOSSIBLE && at == s->first && subject_only_told(&s->wish.question, candidate->subject)) {
		s->first = at + 1;
		build_clear(&planning->why);
		return GOES_ON;
	}
	s->impossible |= outcome == OUTCOME_IMPOSSIBLE;
	/* One of two things that were asked for is not the answer; but "which process creates and deletes files" forks nothing. */
	if (s->united && origin.count == 1) {
		build_clear(&planning->why);
		build_put(&planning->why, "it asks for two things, and only one of them would be measured: ask for each on its own");
		return give_up(s, PLAN_CANNOT);
	}
	s->united |= origin.count > 1;
	if (origin.count > 1 && outcome != OUTCOME_FITS && !(at + 1 < s->count && candidate[1].score >= 0.7 * best->score))
		return give_up(s, PLAN_CANNOT);
	if (outcome == OUTCOME_FITS && s->unplaced->len == 0) {
		build_clear(&planning->why);
		return DECIDED;
	}
	if (outcome == OUTCOME_FITS && planning->unplaced.len == 0)
		build_add(&planning->unplaced, build_text(s->unplaced));
	return GOES_ON;
}

static int candidates_try(struct search *s, struct error *err)
{
	int code = GOES_ON;

	for (size_t i = 0; i < s->count && code == GOES_ON; i++) {
		code = vocabulary_open(s->vocabulary, s->candidates[i].subject, err);
		if (code < 0)
			return code;
		/* What the machine cannot show is not replaced by something else that sounds alike. */
		if (s->candidates[i].score < SCORE_LEAST ||
		    s->candidates[i].score < (s->impossible ? 0.97 : 0.4) * s->candidates[s->first].score)
			break;
		code = candidate_try(s, i, err);
	}
	return code == GOES_ON && s->impossible ? give_up(s, PLAN_CANNOT) : code;
}

/* "what is kworker doing, stacks at 99 hertz": the profile, where the words mean something that is not sampled. */
static bool sampled_try(struct search *s)
{
	AUTO_BUILD unplaced = { 0 };
	AUTO_BUILD why = { 0 };
	struct candidate list[1];
	struct origin origin = { .count = 1, .guessed = true };
	struct error err = { 0 };

	if (!s->wish.plan->hz || !subject_default(&s->wish, list) || vocabulary_open(s->vocabulary, list[0].subject, &err) < 0)
		return false;
	origin.parts[0] = list[0].subject;
	if (subject_try(s, list[0].subject, &origin, &why, &unplaced) != OUTCOME_FITS || unplaced.len)
		return false;
	build_clear(&s->planning->why);
	build_clear(&s->planning->unplaced);
	return true;
}

/* Words in the name of a tracepoint that no entry mentions. */
static int resembling_try(struct search *s)
{
	struct origin origin = { .better = s->count && !s->guessed ? s->candidates[0].subject : NULL };
	struct planning *planning = s->planning;
	const struct subject *direct;

	s->wish.missing = NULL;
	build_clear(s->unplaced);
	direct = subject_direct(&s->wish, false, &planning->why);
	if (direct && subject_try(s, direct, &origin, &planning->why, s->unplaced) == OUTCOME_FITS && s->unplaced->len == 0) {
		build_clear(&planning->why);
		build_clear(&planning->unplaced);
		return DECIDED;
	}
	/* A function of the kernel by its name, where none can be watched. */
	if (!direct && s->wish.missing) {
		build_clear(&planning->why);
		build_clear(&planning->unplaced);
		build_put(&planning->why, s->wish.missing);
		return give_up(s, PLAN_CANNOT);
	}
	return give_up(s, planning->why.len && planning->unplaced.len == 0 ? PLAN_CANNOT : PLAN_UNKNOWN);
}

static int search_run(struct search *s, struct error *err)
{
	int code;

	if (s->wish.question.tokens.len == 0)
		return give_up(s, PLAN_UNKNOWN);
	if (asks_for_change(&s->wish.question)) {
		build_put(&s->planning->why, "this asks to change the machine; syswhy trace only watches");
		return give_up(s, PLAN_REFUSED);
	}
	candidates_find(s);
	code = named_try(s);
	if (code == GOES_ON)
		code = candidates_try(s, err);
	if (code == GOES_ON && !s->guessed && sampled_try(s))
		code = DECIDED;
	return code == GOES_ON ? resembling_try(s) : code;
}

int plan_read(const struct vocabulary *vocabulary, struct kernel *kernel, struct text question,
	      const struct plan_options *options, struct plan *plan, struct planning *planning, struct error *err)
{
	AUTO_BUILD unplaced = { 0 };
	AUTO(plan_done) struct plan asked = { 0 }; /* the wish's own: what is tried takes the place of the other */
	struct search search = { .vocabulary = vocabulary, .kernel = kernel, .question = question, .options = options, .plan = plan,
				 .planning = planning, .unplaced = &unplaced };
	int code;

	*planning = (struct planning){ 0 };
	if (!kernel_tracefs(kernel, err))
		return err->code ? err->code : -ENOENT;
	plan_init(&asked);
	wish_read(&search.wish, vocabulary, kernel, question, options, &asked);
	code = search_run(&search, err);
	wish_done(&search.wish);
	return code < 0 ? code : 0;
}
