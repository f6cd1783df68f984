/* The offline planner: words → subject → plan, tried until one holds on this machine. */
#include "trace/planner.h"
#include <string.h>
#include "base/log.h"
#include "trace/compose.h"
#include "trace/names.h"
#include "trace/writer.h"

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

	return kernel_has_syscall(kernel, name) || name_of_process(token->word.text, &prefix);
}

struct spot spot_of(struct wish *wish, const struct way *way)
{
	struct arena *arena = wish->plan->arena;

	if (way->kind == WAY_UNION)
		way = way->parts.at;
	struct spot spot = { .vocabulary = wish->question.vocabulary, .kernel = wish->kernel, .arena = arena,
			     .way = way, .id = "tid", .start_id = "tid" };

	vec_each(probe, &way->probes) {
		AUTO_BUILD why = { 0 };

		if (!probe_possible(wish->kernel, way->kind, *probe, arena, &why))
			continue;
		if (way->kind == WAY_SYSCALL) {
			spot.syscall = *probe;
			spot.start = arena_fmt(arena, "tracepoint:syscalls:sys_enter_%s", *probe);
			spot.event = arena_fmt(arena, "tracepoint:syscalls:sys_exit_%s", *probe);
		} else if (way->kind == WAY_CALL) {
			spot.start = probe_of_call(arena, *probe, false);
			spot.event = probe_of_call(arena, *probe, true);
		} else {
			spot.event = *probe;
			spot.start = way->starts.len ? way->starts.at[0] : NULL;
		}
		break;
	}
	if (way->kind == WAY_SAMPLE)
		spot.event = "the sampling timer";
	if (!spot.event)
		spot.event = way->probes.len ? way->probes.at[0] : "";
	spot.start_fields = probe_fields(wish->kernel, spot.start);
	spot.event_fields = probe_fields(wish->kernel, spot.event);
	return spot;
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
	wish_named(wish);
	wish_spread(wish);
	/* "system calls except futex": what is left out does not say what is watched. */
	for (size_t i = 0; i < wish->question.tokens.len; i++)
		if (exclusion(&wish->question, i) < i && machine_name(kernel, &wish->question.tokens.at[i]))
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

/* "by call_site" is a field of the probe before it is a process of that name. */
static void raw_keys_claim(struct wish *wish, const struct spot *spot)
{
	struct question *q = &wish->question;

	vec_each(at, &wish->raw_keys) {
		const struct token *token = &q->tokens.at[*at];
		struct bound b;

		if (!token->used && !token->ignored && bind_role(spot, token->word.base, &b, NULL))
			tokens_use(q, *at, 1, USED_KEY);
	}
}

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
		if (ok) {
			outcome = OUTCOME_LACKS;
			spot = spot_of(&wish, way);
			raw_keys_claim(&wish, &spot);
			objects_mention(&wish, spot.way);
			wish.spot = &spot;
			targets_find(&wish, subject, i);
			targets_numbered(&wish);
			wish_names(&wish);
			wish_files(&wish, &spot);
			wish_measures(&wish);
			plan_compose(&wish, subject, spot.way, &spot);
			attempt.way = i;
			identifiers_left(&wish);
			if (wish.missing) {
				build_put(&reason, wish.missing);
				outcome = OUTCOME_IMPOSSIBLE;
				ok = false;
			} else {
				ok = program_write(&attempt, way, vocabulary, kernel, &program_options, &program, &reason) == 0;
			}
		}
		log_detail("plan", "%s, way %zu: %s%s", subject->name, i + 1, ok ? "fits" : "no: ",
			   ok ? "" : build_text(&reason).at);
		if (ok && asks_beyond(&wish.question, way->untils.len > 0, &reason))
			ok = false;
		if (ok) {
			AUTO_BUILD placed = { 0 };

			question_placed(&wish.question, &placed);
			attempt.words = arena_text(attempt.arena, build_text(&placed));
			files_tell(&attempt, &spot);
			build_clear(unplaced);
			if (origin->guessed)
				default_words_use(&wish.question, subject);
			if (unplaced_matters(&wish.question, subject, origin->guessed))
				question_unplaced(&wish.question, unplaced);
			else {
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

static bool is_chinese(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text >= 0xe3)
			return true;
	return false;
}

/* Three questions that work and are nearest in words; of the same language. */
static void nearest_find(const struct vocabulary *vocabulary, const struct question *q, const char *nearest[3])
{
	double scores[3] = { 0 };
	bool han = false;

	vec_each(token, &q->tokens)
		han |= token->word.kind == WORD_HAN;
	vocabulary_open_all(vocabulary, NULL, NULL); /* without its examples a subject is no loss here */
	vec_each(subject, &vocabulary->subjects) {
		double score = 0;
		const char *ask = NULL;
		size_t at = 3;

		vec_each(phrase, &subject->say) {
			double here = 0;

			for (size_t w = 0; w < phrase->count; w++)
				vec_each(token, &q->tokens)
					if (strcmp(token->canonical, phrase->words[w]) == 0) {
						here += vocabulary_weight(vocabulary, phrase->words[w]) / (double)phrase->count;
						break;
					}
			score = here > score ? here : score;
		}
		vec_each(line, &subject->asks)
			if (is_chinese(*line) == han)
				ask = *line;
		while (ask && at > 0 && score > scores[at - 1])
			at--;
		if (!ask || at == 3 || score == 0)
			continue;
		memmove(&scores[at + 1], &scores[at], (2 - at) * sizeof(scores[0]));
		memmove(&nearest[at + 1], &nearest[at], (2 - at) * sizeof(nearest[0]));
		scores[at] = score;
		nearest[at] = ask;
	}
	/* Nothing alike: the first examples show what a question looks like. */
	for (size_t i = 0, k = 0; i < 3 && k < vocabulary->subjects.len; k++)
		if (nearest[i])
			i++, k--;
		else if (vocabulary->subjects.at[k * 7 % vocabulary->subjects.len].asks.len)
			nearest[i++] = vocabulary->subjects.at[k * 7 % vocabulary->subjects.len].asks.at[0];
}

/* "kill process 12", "restart nginx": a command, not a question. */
static bool asks_for_change(const struct question *q)
{
	size_t len;

	for (size_t i = 0; i < q->tokens.len; i++) {
		size_t other;

		if (sense_at(q, i, "key", NULL, &other))
			return false; /* "who kills …" */
		if (sense_at(q, i, "act", "change", &len))
			return !sense_at(q, i + len, "outcome", NULL, &other) && !token_is(q, i + len, "signal") &&
			       !token_called(q, i);
		if (!q->tokens.at[i].ignored)
			return false;
	}
	return false;
}

static int give_up(const struct vocabulary *vocabulary, struct wish *wish, struct planning *planning,
		   enum plan_verdict verdict)
{
	planning->verdict = verdict;
	nearest_find(vocabulary, &wish->question, planning->nearest);
	if (verdict == PLAN_UNKNOWN && planning->unplaced.len == 0) {
		wish_measures(wish); /* "count" was understood, though of what was not */
		question_unplaced(&wish->question, &planning->unplaced);
		if (planning->unplaced.len == 0)
			build_put(&planning->unplaced, "what to watch");
	}
	wish_done(wish);
	return 0;
}

/* "who touches /etc/passwd", "requests that go to sda": where no words say what, what is named tells it. */
static size_t subject_default(struct wish *wish, struct candidate *list)
{
	const struct question *q = &wish->question;
	int number;

	for (size_t i = 0; i < q->tokens.len; i++) {
		bool one_cpu = token_is(q, i, "cpu") && i + 1 < q->tokens.len && q->tokens.at[i + 1].word.kind == WORD_NUMBER;
		const char *kind = one_cpu ? "cpu" : q->tokens.at[i].word.kind == WORD_PATH ? "path" : block_device(q->tokens.at[i].word.text) ? "device" :
				   error_named(q->tokens.at[i].word.text) || error_at(q, i, &number) ? "error" : NULL;

		const struct sense *chosen = NULL;

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
			if (said || !chosen)
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

int plan_make(const struct vocabulary *vocabulary, struct kernel *kernel, struct text question,
	      const struct plan_options *options, struct plan *plan, struct planning *planning,
	      struct error *err)
{
	struct candidate candidates[CANDIDATES];
	AUTO_BUILD unplaced = { 0 };
	struct wish wish;
	const struct subject *direct;
	bool impossible = false, guessed, erring;
	size_t count;

	*planning = (struct planning){ 0 };
	if (!kernel_tracefs(kernel, err))
		return err->code ? err->code : -ENOENT;
	wish_read(&wish, vocabulary, kernel, question, options, plan);
	if (wish.question.tokens.len == 0)
		return give_up(vocabulary, &wish, planning, PLAN_UNKNOWN);
	if (asks_for_change(&wish.question)) {
		build_put(&planning->why, "this asks to change the machine; syswhy trace only watches");
		return give_up(vocabulary, &wish, planning, PLAN_REFUSED);
	}
	count = subjects_choose(&wish.question, candidates, CANDIDATES, &erring);
	while (count > 0 && error_only(&wish.question, candidates[0].subject))
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
	/* Nothing else is measured where a tracepoint is named. */
	if (wish.named.count && direct)
		build_add(&planning->unplaced, build_text(&unplaced));
	if (wish.named.count || (planning->why.len && !direct))
		return give_up(vocabulary, &wish, planning, planning->unplaced.len ? PLAN_UNKNOWN : PLAN_CANNOT);
	for (size_t i = 0; i < count; i++) {
		struct origin origin = { .parts = { candidates[i].subject }, .count = 1, .guessed = guessed, .erring = erring };
		enum outcome outcome;
		int code = vocabulary_open(vocabulary, candidates[i].subject, err);

		if (code < 0) {
			wish_done(&wish);
			return code;
		}

		/* What the machine cannot show is not replaced by something else that sounds alike. */
		if (candidates[i].score < SCORE_LEAST ||
		    candidates[i].score < (impossible ? 0.97 : 0.4) * candidates[0].score)
			break;
		build_clear(&unplaced);
		subjects_join(&wish.question, &origin);
		outcome = subject_try(vocabulary, kernel, question, options, candidates[i].subject, &origin, plan,
				      &planning->why, &unplaced);
		impossible |= outcome == OUTCOME_IMPOSSIBLE;
		/* One of two things that were asked for is not the answer. */
		if (origin.count > 1 && outcome != OUTCOME_FITS)
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
	/* Words in the name of a tracepoint that no entry mentions. */
	build_clear(&unplaced);
	direct = subject_direct(&wish, false, &planning->why);
	if (direct && subject_try(vocabulary, kernel, question, options, direct, &(struct origin){ 0 }, plan, &planning->why,
				  &unplaced) == OUTCOME_FITS && unplaced.len == 0) {
		wish_done(&wish);
		build_clear(&planning->why);
		build_clear(&planning->unplaced);
		return 0;
	}
	return give_up(vocabulary, &wish, planning,
		       planning->why.len && planning->unplaced.len == 0 ? PLAN_CANNOT : PLAN_UNKNOWN);
}
