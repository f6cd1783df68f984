/* One subject tried: its ways, each with the words read anew, until one can show what was asked on this machine. */
#include <string.h>
#include "base/log.h"
#include "trace/around/sides.h"
#include "trace/compose/compose.h"
#include "trace/names/names.h"
#include "trace/plan/search.h"
#include "trace/write/writer.h"

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

void wish_read(struct wish *wish, const struct vocabulary *vocabulary, struct kernel *kernel, struct text question,
	       const struct plan_options *options, struct plan *plan)
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
	goes_where(wish);
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

/* Reads the wish anew, for one attempt. Gives the subject that it comes to; NULL: none, for this reason. */
static const struct subject *attempt_begin(const struct search *s, const struct subject *subject, const struct origin *origin,
					   struct wish *wish, struct plan *attempt, struct build *reason)
{
	plan_init(attempt);
	wish_read(wish, s->vocabulary, s->kernel, s->question, s->options, attempt);
	attempt->question = arena_text(attempt->arena, s->question);
	errors_mark(&wish->question, origin->erring);
	if (origin->count == 0)
		subject = subject_direct(wish, origin->exact, reason);
	else if (origin->count > 1)
		subject = subject_unite(wish, origin, reason);
	if (subject && origin->count)
		subject_use(&wish->question, subject);
	if (origin->whole)
		subject_use(&wish->question, origin->whole);
	for (size_t k = 0; origin->named && k < wish->named.count; k++)
		tokens_use(&wish->question, wish->named.probes[k].at, 1, USED_SUBJECT);
	return subject;
}

static bool way_offered(const struct search *s, const struct way *way, struct arena *arena, struct build *reason)
{
	if (way_failed(s->options, way))
		return false;
	if (way_possible(way, s->kernel, arena, reason))
		return true;
	if (way->absent) {
		build_clear(reason);
		build_put(reason, way->absent);
	}
	return false;
}

/* Takes what the words still name, at the probes of this way, and makes the plan of it. */
static void way_compose(struct wish *wish, const struct subject *subject, size_t way, const struct origin *origin, struct spot *spot)
{
	*spot = spot_of(wish, &subject->ways.at[way]);
	raw_keys_claim(wish, spot);
	objects_mention(wish, spot->way);
	wish->spot = spot;
	fields_where(wish);
	targets_find(wish, subject, way);
	targets_numbered(wish);
	symbols_mention(wish, spot);
	beginnings_take(wish);
	wish_names(wish);
	wish_files(wish, spot);
	wish_hosts(wish, spot);
	starters_numbered(wish, spot);
	rivals_key(wish);
	if (strncmp(subject->name, "file.", 5) == 0 && folder_key(&wish->question))
		wish->missing = "it asks for each folder, and only files are told apart: ask by file, or for one folder (\"under /srv\")";
	wish_measures(wish);
	wish->failed &= !origin->whole || origin->timed;
	plan_compose(wish, subject, spot->way, spot);
	wish->plan->way = way;
	identifiers_left(wish);
}

/* Whether this way can show what was asked; else for what reason not. */
static bool way_try(const struct search *s, struct wish *wish, const struct subject *subject, size_t at, const struct origin *origin,
		    struct spot *spot, enum outcome *outcome, struct build *reason)
{
	static const struct dialect plain = { .version = 17 };
	struct program_options options = { .dialect = &plain };
	const struct way *way = &subject->ways.at[at];
	AUTO_PROGRAM program = { 0 };

	if (!way_offered(s, way, wish->plan->arena, reason))
		return false;
	*outcome = OUTCOME_LACKS;
	/* "kworker stacks at 99 hertz" samples, and is no count of what happens. */
	if (wish->plan->hz && way->kind != WAY_SAMPLE) {
		build_put(reason, "how often it is looked at is told for a profile, and this is none");
		return false;
	}
	way_compose(wish, subject, at, origin, spot);
	if (wish->missing) {
		build_put(reason, wish->missing);
		*outcome = OUTCOME_IMPOSSIBLE;
		return false;
	}
	if (origin->better && fallback_loses(wish, origin->better)) {
		build_put(reason, "what it says of where it happens would be lost");
		return false;
	}
	return program_write(wish->plan, way, s->vocabulary, s->kernel, &options, &program, reason) == 0;
}

static bool beyond_way(const struct wish *wish, const struct way *way, const struct origin *origin, struct build *reason)
{
	if (asks_beyond(&wish->question, way->untils.len > 0, reason))
		return true;
	return origin->count == 1 ? contrast_unmet(&wish->question, wish->plan, reason) :
				    origin->count && contrast_more(&wish->question, origin->count, reason);
}

/* Which words went where, and what became of the others. */
static void words_tell(struct wish *wish, const struct subject *subject, const struct origin *origin, struct build *unplaced)
{
	struct plan *plan = wish->plan;
	AUTO_BUILD placed = { 0 };

	question_placed(&wish->question, &placed);
	plan->words = arena_text(plan->arena, build_text(&placed));
	files_tell(plan, wish->spot);
	calling_tell(wish, plan);
	build_clear(unplaced);
	if (origin->guessed)
		default_words_use(&wish->question, subject);
	stories_aside(&wish->question);
	common_heed(&wish->question);
	sides_heed(&wish->question);
	log_detail("words", "%s", plan->words);
	if (unplaced_matters(&wish->question, subject, origin->guessed)) {
		question_unplaced(&wish->question, unplaced);
	} else {
		AUTO_BUILD chatter = { 0 };

		question_unplaced(&wish->question, &chatter);
		if (chatter.len)
			vec_push(&plan->notes, arena_fmt(plan->arena, "Not used of the question: %s.", chatter.at));
	}
	vec_each(token, &wish->question.tokens)
		if (token->corrected.len)
			vec_push(&plan->notes, arena_fmt(plan->arena, "Took '%.*s' for '%s'.", TEXT_ARG(token->corrected), token->canonical));
}

enum outcome subject_try(struct search *s, const struct subject *subject, const struct origin *origin, struct build *why,
			 struct build *unplaced)
{
	size_t ways = origin->count > 1 ? 1 : subject->ways.len;
	enum outcome outcome = OUTCOME_IMPOSSIBLE;

	for (size_t i = 0; subject && i < ways; i++) {
		AUTO_BUILD reason = { 0 };
		struct wish wish;
		struct spot spot;
		struct plan attempt;
		bool ok = false;

		subject = attempt_begin(s, subject, origin, &wish, &attempt, &reason);
		if (subject) {
			ok = way_try(s, &wish, subject, i, origin, &spot, &outcome, &reason);
			log_detail("plan", "%s, way %zu: %s%s", subject->name, i + 1, ok ? "fits" : "no: ", ok ? "" : build_text(&reason).at);
			ok = ok && !beyond_way(&wish, &subject->ways.at[i], origin, &reason);
		}
		if (ok) {
			words_tell(&wish, subject, origin, unplaced);
			plan_done(s->plan);
			*s->plan = attempt;
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
