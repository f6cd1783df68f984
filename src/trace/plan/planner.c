/* The offline planner: words → subject → plan, tried until one holds on this machine. */
#include "trace/plan/planner.h"
#include <string.h>
#include "base/log.h"
#include "trace/compose/compose.h"
#include "trace/names/names.h"
#include "trace/around/sides.h"
#include "trace/write/writer.h"

#define CANDIDATES  8

void planning_done(struct planning *planning)
{
	build_done(&planning->why);
	build_done(&planning->unplaced);
}

/* Unknown words that are names on this machine are no typing errors. */
static bool machine_name(void *context, const struct token *token)
{
	struct kernel *kernel = context;
	AUTO_FREE char *name = text_copy(token->word.text);
	bool prefix;

	return error_named(token->word.text) || kernel_has_syscall(kernel, name) || name_of_process(token->word.text, &prefix);
}

void wish_done(struct wish *wish)
{
	question_done(&wish->question);
	vec_done(&wish->extras);
	vec_done(&wish->raw_keys);
	vec_done(&wish->mentions);
	vec_done(&wish->hits);
	vec_done(&wish->named.fields);
	vec_done(&wish->named.mentions);
}

static void wish_read(struct wish *wish, const struct vocabulary *vocabulary, struct kernel *kernel,
		      struct text question, const struct plan_options *options, struct plan *plan)
{
	*wish = (struct wish){ .plan = plan, .kernel = kernel, .options = options };
	question_read(&wish->question, vocabulary, question, machine_name, kernel);
	asides_pass(&wish->question, options->complaints_pass);
	compounds_mark(&wish->question);
	kinds_mark(&wish->question);
	if (options->pid)
		wish_where(wish, "pid", COMPARE_EQUAL, NULL, (double)options->pid);
	if (options->process) /* the kernel keeps 15 characters of a name */
		wish_where(wish, "process", COMPARE_EQUAL,
			   arena_text(plan->arena, text_until(text_of(options->process), 15)), 0);
	/* "read latency of sda": what is read is a disk. */
	vec_each(token, &wish->question.tokens)
		if ((!token->known || token->word.kind == WORD_NAME) && !token->english && block_device(token->word.text)) {
			strcpy(token->canonical, "disk");
			token->known = true;
		}
	/* "who talks to docker.sock": a socket, by how they are called */
	vec_each(token, &wish->question.tokens)
		if ((token->word.kind == WORD_PATH || token->word.kind == WORD_NAME) && !token->known && text_ends(token->word.text, ".sock"))
			strcpy(token->canonical, "sock_");
	interfaces_mark(&wish->question);
	flows_mark(&wish->question);
	containers_mark(wish);
	stories_pass(wish);
	started_mark(wish);
	calls_block(wish);
	wish_named(wish);
	wish_spread(wish);
	/* "system calls except futex": what is left out does not say what is watched. */
	for (size_t i = 0; i < wish->question.tokens.len; i++)
		if (exclusion(&wish->question, i) < i && !deed_without(&wish->question, i) && machine_name(kernel, &wish->question.tokens.at[i]))
			wish->question.tokens.at[i].left_out = true;
	opposites_leave_out(&wish->question);
	wish_numbers(wish);
	wish_folders(wish);
	wish_keys(wish);
	for (size_t i = 0; options->command && i < wish->question.tokens.len; i++) {
		size_t len;

		/* "this command": what follows "--", with all that it starts. */
		if (!sense_at(&wish->question, i, "this", NULL, &len))
			continue;
		wish_where(wish, "pid", COMPARE_TREE, options->command, 0);
		tokens_use(&wish->question, i, len, USED_NAME);
		break;
	}
}

static bool way_failed(const struct plan_options *options, const struct way *way)
{
	for (size_t i = 0; i < COUNT(options->failed) && options->failed[i]; i++)
		if (options->failed[i] == way)
			return true;
	return false;
}

enum outcome {
	OUTCOME_FITS,
	OUTCOME_LACKS,	    /* a way is there, but it has no such role */
	OUTCOME_IMPOSSIBLE, /* this machine has none of its ways */
};

/* "who messes with /etc/hosts": the verb that let the subject be guessed. */
static void default_words_use(struct question *q, const struct subject *subject)
{
	for (size_t i = 0; i < q->tokens.len; i++) {
		size_t len;
		const struct sense *sense = sense_at(q, i, "default", NULL, &len);

		if (sense && sense->value && vocabulary_subject(q->vocabulary, sense->value) == subject)
			tokens_use(q, i, len, USED_CUE);
	}
}

/* Tries the ways of one subject until one can show what was asked. */
static enum outcome subject_try(const struct vocabulary *vocabulary, struct kernel *kernel, struct text text,
			const struct plan_options *options, const struct subject *subject, const struct origin *origin,
			struct plan *plan, struct build *why, struct build *unplaced)
{
	static const struct dialect plain = { .version = 17 };
	struct program_options program_options = { .dialect = &plain };
	size_t ways = origin->count > 1 ? 1 : subject->ways.len;
	enum outcome outcome = OUTCOME_IMPOSSIBLE;

	for (size_t i = 0; i < ways; i++) {
		AUTO_BUILD reason = { 0 };
		AUTO_PROGRAM program = { 0 };
		struct wish wish;
		const struct way *way;
		struct spot spot;
		struct plan attempt;
		bool ok;

		plan_init(&attempt);
		wish_read(&wish, vocabulary, kernel, text, options, &attempt);
		attempt.question = arena_text(attempt.arena, text);
		errors_mark(&wish.question, origin->erring);
		if (origin->count == 0)
			subject = subject_direct(&wish, origin->exact, &reason);
		else if (origin->count > 1)
			subject = subject_unite(&wish, origin, &reason);
		if (subject && origin->count)
			subject_use(&wish.question, subject);
		if (origin->whole)
			subject_use(&wish.question, origin->whole);
		for (size_t k = 0; origin->named && k < wish.named.count; k++)
			tokens_use(&wish.question, wish.named.probes[k].at, 1, USED_SUBJECT);
		if (!subject) {
			if (why->len == 0)
				build_add(why, build_text(&reason));
			wish_done(&wish);
			plan_done(&attempt);
			return outcome;
		}
		way = &subject->ways.at[i];
		ok = !way_failed(options, way) && way_possible(way, kernel, attempt.arena, &reason);
		if (!ok && way->absent && !way_failed(options, way)) {
			build_clear(&reason);
			build_put(&reason, way->absent);
		}
		/* "kworker stacks at 99 hertz" samples, and is no count of what happens. */
		if (ok && attempt.hz && way->kind != WAY_SAMPLE) {
			build_put(&reason, "how often it is looked at is told for a profile, and this is none");
			outcome = OUTCOME_LACKS;
			ok = false;
		}
		if (ok) {
			outcome = OUTCOME_LACKS;
			spot = spot_of(&wish, way);
			raw_keys_claim(&wish, &spot);
			objects_mention(&wish, spot.way);
			wish.spot = &spot;
			fields_where(&wish);
			targets_find(&wish, subject, i);
			targets_numbered(&wish);
			symbols_mention(&wish, &spot);
			beginnings_take(&wish);
			wish_names(&wish);
			wish_files(&wish, &spot);
			if (strncmp(subject->name, "file.", 5) == 0 && folder_key(&wish.question))
				wish.missing = "it asks for each folder, and only files are told apart: ask by file, or for one folder (\"under /srv\")";
			wish_measures(&wish);
			wish.failed &= !origin->whole || origin->timed;
			plan_compose(&wish, subject, spot.way, &spot);
			attempt.way = i;
			identifiers_left(&wish);
			if (wish.missing) {
				build_put(&reason, wish.missing);
				outcome = OUTCOME_IMPOSSIBLE;
				ok = false;
			} else if (origin->better && fallback_loses(&wish, origin->better)) {
				build_put(&reason, "what it says of where it happens would be lost");
				ok = false;
			} else {
				ok = program_write(&attempt, way, vocabulary, kernel, &program_options, &program, &reason) == 0;
			}
		}
		log_detail("plan", "%s, way %zu: %s%s", subject->name, i + 1, ok ? "fits" : "no: ",
			   ok ? "" : build_text(&reason).at);
		if (ok && (asks_beyond(&wish.question, way->untils.len > 0, &reason) ||
			   (origin->count == 1 ? contrast_unmet(&wish.question, &attempt, &reason) :
					      origin->count && contrast_more(&wish.question, origin->count, &reason))))
			ok = false;
		if (ok) {
			AUTO_BUILD placed = { 0 };

			question_placed(&wish.question, &placed);
			attempt.words = arena_text(attempt.arena, build_text(&placed));
			files_tell(&attempt, &spot);
			calling_tell(&wish, &attempt);
			build_clear(unplaced);
			if (origin->guessed)
				default_words_use(&wish.question, subject);
			stories_aside(&wish.question);
			common_heed(&wish.question);
			sides_heed(&wish.question);
			log_detail("words", "%s", attempt.words);
			if (unplaced_matters(&wish.question, subject, origin->guessed)) {
				question_unplaced(&wish.question, unplaced);
			} else {
				AUTO_BUILD chatter = { 0 };

				question_unplaced(&wish.question, &chatter);
				if (chatter.len)
					vec_push(&attempt.notes, arena_fmt(attempt.arena, "Not used of the question: %s.",
									   chatter.at));
			}
			vec_each(token, &wish.question.tokens)
				if (token->corrected.len)
					vec_push(&attempt.notes, arena_fmt(attempt.arena, "Took '%.*s' for '%s'.",
									   TEXT_ARG(token->corrected), token->canonical));
			plan_done(plan);
			*plan = attempt;
			wish_done(&wish);
			return OUTCOME_FITS;
		}
		if (why->len == 0)
			build_add(why, build_text(&reason));
		wish_done(&wish);
		plan_done(&attempt);
	}
	return outcome;
}

static int give_up(const struct vocabulary *vocabulary, struct wish *wish, struct planning *planning,
		   enum plan_verdict verdict)
{
	/* Without a reason that can be told it is what was not understood. */
	if (planning->why.len == 0)
		verdict = PLAN_UNKNOWN;
	planning->verdict = verdict;
	planning->starters = !nearest_find(vocabulary, &wish->question, planning->nearest);
	if (verdict == PLAN_UNKNOWN && planning->unplaced.len == 0) {
		wish_measures(wish); /* "count" was understood, though of what was not */
		question_unplaced(&wish->question, &planning->unplaced);
		if (planning->unplaced.len == 0)
			build_put(&planning->unplaced, "what to watch");
	}
	if (verdict == PLAN_UNKNOWN && planning->why.len == 0)
		elsewhere_tell(wish, &planning->why);
	wish_done(wish);
	return 0;
}

/* "what is kworker doing, stacks at 99 hertz": the profile, where the words mean something that is not sampled. */
static bool plan_sampled(struct wish *wish, const struct vocabulary *vocabulary, struct kernel *kernel,
			 const struct plan_options *options, struct plan *plan, struct planning *planning)
{
	AUTO_BUILD unplaced = { 0 };
	AUTO_BUILD why = { 0 };
	struct candidate list[1];
	struct origin origin = { .count = 1, .guessed = true };
	struct error err = { 0 };

	if (!wish->plan->hz || !subject_default(wish, list) || vocabulary_open(vocabulary, list[0].subject, &err) < 0)
		return false;
	origin.parts[0] = list[0].subject;
	if (subject_try(vocabulary, kernel, wish->question.text, options, list[0].subject, &origin, plan, &why, &unplaced) !=
		    OUTCOME_FITS || unplaced.len)
		return false;
	wish_done(wish);
	build_clear(&planning->why);
	build_clear(&planning->unplaced);
	return true;
}

int plan_read(const struct vocabulary *vocabulary, struct kernel *kernel, struct text question,
	      const struct plan_options *options, struct plan *plan, struct planning *planning, struct error *err)
{
	struct candidate candidates[CANDIDATES];
	AUTO_BUILD unplaced = { 0 };
	AUTO(plan_done) struct plan asked = { 0 }; /* the wish's own: what is tried takes the place of the other */
	struct wish wish;
	const struct subject *direct;
	bool impossible = false, united = false, guessed, erring;
	size_t count;

	*planning = (struct planning){ 0 };
	if (!kernel_tracefs(kernel, err))
		return err->code ? err->code : -ENOENT;
	plan_init(&asked);
	wish_read(&wish, vocabulary, kernel, question, options, &asked);
	if (wish.question.tokens.len == 0)
		return give_up(vocabulary, &wish, planning, PLAN_UNKNOWN);
	if (asks_for_change(&wish.question)) {
		build_put(&planning->why, "this asks to change the machine; syswhy trace only watches");
		return give_up(vocabulary, &wish, planning, PLAN_REFUSED);
	}
	count = subjects_choose(&wish.question, candidates, CANDIDATES, &erring);
	while (count > 0 && subject_beside(&wish.question, candidates[0].subject))
		memmove(candidates, candidates + 1, --count * sizeof(candidates[0]));
	guessed = count == 0 || candidates[0].score < SCORE_LEAST;
	if (guessed)
		count = subject_default(&wish, candidates);
	for (size_t i = 0; i < count; i++)
		log_detail("words", "%s: %.2f", candidates[i].subject->name, candidates[i].score);
	/* A probe, call or function that is named as it is spelled is meant before all else. */
	direct = subject_direct(&wish, true, &planning->why);
	if (direct && subject_try(vocabulary, kernel, question, options, direct, &(struct origin){ .exact = true }, plan,
				  &planning->why, &unplaced) == OUTCOME_FITS && unplaced.len == 0) {
		wish_done(&wish);
		return 0;
	}
	/* Nothing else is measured where a tracepoint is named, but what it is a part of: "cpu_idle residency by state". */
	for (size_t i = 0; wish.named.count == 1 && !guessed && i < count && candidates[i].score >= SCORE_LEAST; i++) {
		struct origin origin = { .parts = { candidates[i].subject }, .count = 1, .named = true };
		AUTO_BUILD why = { 0 };
		AUTO_BUILD left = { 0 };

		if (!subject_watches(vocabulary, candidates[i].subject, wish.named.probes[0].probe))
			continue;
		if (subject_try(vocabulary, kernel, question, options, candidates[i].subject, &origin, plan, &why, &left) == OUTCOME_FITS && left.len == 0 &&
		    way_watches(&candidates[i].subject->ways.at[plan->way], wish.named.probes[0].probe)) {
			wish_done(&wish);
			build_clear(&planning->why);
			return 0;
		}
	}
	if (wish.named.count && direct)
		build_add(&planning->unplaced, build_text(&unplaced));
	if (wish.named.count || (planning->why.len && !direct))
		return give_up(vocabulary, &wish, planning, planning->unplaced.len ? PLAN_UNKNOWN : PLAN_CANNOT);
	for (size_t i = 0, first = 0; i < count; i++) {
		struct origin origin = { .parts = { candidates[i].subject }, .count = 1, .guessed = guessed, .erring = erring,
					 .fallback = i > first && !united, .better = i > first ? candidates[first].subject : NULL };
		enum outcome outcome;
		int code = vocabulary_open(vocabulary, candidates[i].subject, err);

		if (code < 0) {
			wish_done(&wish);
			return code;
		}

		/* What the machine cannot show is not replaced by something else that sounds alike. */
		if (candidates[i].score < SCORE_LEAST ||
		    candidates[i].score < (impossible ? 0.97 : 0.4) * candidates[first].score)
			break;
		build_clear(&unplaced);
		subjects_join(&wish.question, &origin);
		const struct subject *meant = origin.count == 1 ? subject_instead(&wish, origin.parts[0]) : NULL;

		if (meant && vocabulary_open(vocabulary, meant, err) == 0) {
			origin.whole = origin.parts[0];
			origin.parts[0] = meant;
			origin.timed = true;
		}
		outcome = subject_try(vocabulary, kernel, question, options, origin.parts[0], &origin, plan, &planning->why, &unplaced);
		const struct subject *other = outcome == OUTCOME_LACKS && origin.count == 1 ? subject_failing(&wish.question, origin.parts[0]) : NULL;

		if (other && subject_beside(&wish.question, other)) {
			other = NULL;
		} else if (outcome == OUTCOME_LACKS && origin.count == 1 && !other) {
			other = subject_timed(&wish, origin.parts[0]);
			origin.timed = other != NULL;
		}
		if (other) {
			origin.whole = origin.parts[0];
			origin.parts[0] = other;
			code = vocabulary_open(vocabulary, origin.parts[0], err);
			if (code < 0) {
				wish_done(&wish);
				return code;
			}
			outcome = subject_try(vocabulary, kernel, question, options, origin.parts[0], &origin, plan, &planning->why,
					      &unplaced);
		}
		/* "my usb stick is slow, disk latency by device" */
		if (outcome == OUTCOME_IMPOSSIBLE && i == first && subject_only_told(&wish.question, candidates[i].subject)) {
			first = i + 1;
			build_clear(&planning->why);
			continue;
		}
		impossible |= outcome == OUTCOME_IMPOSSIBLE;
		/* One of two things that were asked for is not the answer; but "which process creates and deletes files" forks nothing. */
		if (united && origin.count == 1) {
			build_clear(&planning->why);
			build_put(&planning->why, "it asks for two things, and only one of them would be measured: ask for each on its own");
			return give_up(vocabulary, &wish, planning, PLAN_CANNOT);
		}
		united |= origin.count > 1;
		if (origin.count > 1 && outcome != OUTCOME_FITS && !(i + 1 < count && candidates[i + 1].score >= 0.7 * candidates[first].score))
			return give_up(vocabulary, &wish, planning, PLAN_CANNOT);
		if (outcome == OUTCOME_FITS && unplaced.len == 0) {
			wish_done(&wish);
			build_clear(&planning->why);
			return 0;
		}
		if (outcome == OUTCOME_FITS && planning->unplaced.len == 0)
			build_add(&planning->unplaced, build_text(&unplaced));
	}
	if (impossible)
		return give_up(vocabulary, &wish, planning, PLAN_CANNOT);
	if (!guessed && plan_sampled(&wish, vocabulary, kernel, options, plan, planning))
		return 0;
	wish.missing = NULL;
	/* Words in the name of a tracepoint that no entry mentions. */
	build_clear(&unplaced);
	direct = subject_direct(&wish, false, &planning->why);
	if (direct && subject_try(vocabulary, kernel, question, options, direct,
				  &(struct origin){ .better = count && !guessed ? candidates[0].subject : NULL }, plan, &planning->why,
				  &unplaced) == OUTCOME_FITS && unplaced.len == 0) {
		wish_done(&wish);
		build_clear(&planning->why);
		build_clear(&planning->unplaced);
		return 0;
	}
	/* A function of the kernel by its name, where none can be watched. */
	if (!direct && wish.missing) {
		build_clear(&planning->why);
		build_clear(&planning->unplaced);
		build_put(&planning->why, wish.missing);
		return give_up(vocabulary, &wish, planning, PLAN_CANNOT);
	}
	return give_up(vocabulary, &wish, planning,
		       planning->why.len && planning->unplaced.len == 0 ? PLAN_CANNOT : PLAN_UNKNOWN);
}
