/* From the words and a subject to a plan: calls by their names, and arguments. */
#include <ctype.h>
#include <string.h>
#include "trace/compose/compose.h"
#include "trace/around/sides.h"
#include "trace/write/writer.h"

/* What libc calls for a function of this name where the kernel has newer calls. */
static bool stands_for(const char *named, const char *syscall)
{
	static const char *const pairs[][2] = { { "setrlimit", "prlimit64" }, { "getrlimit", "prlimit64" }, { "semop", "semtimedop" },
						{ "fork", "clone" }, { "waitpid", "wait4" },
						{ "select", "pselect6" }, { "lstat", "newfstatat" }, { "fstat", "newfstatat" },
						{ "lstat", "statx" }, { "fstat", "statx" }, { "utimes", "utimensat" },
						{ "posix_fadvise", "fadvise64" }, { "sigaction", "rt_sigaction" },
						{ "epoll_wait", "epoll_pwait" }, { "epoll_wait", "epoll_pwait2" } };

	for (size_t i = 0; i < COUNT(pairs); i++)
		if (strcmp(pairs[i][0], named) == 0 && strcmp(pairs[i][1], syscall) == 0)
			return true;
	/* "rename" is renameat2, too; "writev" is no pwritev */
	return strstr(syscall, named) != NULL && !(syscall[0] == 'p' && strncmp(syscall + 1, named, strlen(named)) == 0);
}

/* pread: the kernel's pread64, and no preadv. */
static bool wide_twin(const char *named, const char *syscall)
{
	size_t len = strlen(named);

	return strncmp(named, syscall, len) == 0 && strcmp(syscall + len, "64") == 0;
}

/* "setuid kind of calls", "the stat family" */
static bool family_of(const struct question *q, size_t at)
{
	return token_in(q, at, GRAMMAR_FAMILY) || (token_is(q, at, "-") && token_in(q, at + 1, GRAMMAR_FAMILY));
}

const char *call_spelled(const struct question *q, const struct way *way)
{
	for (size_t i = 0; i < q->tokens.len; i++)
		vec_each(probe, &way->probes)
			if (text_is(q->tokens.at[i].word.text, *probe) && !q->tokens.at[i].left_out &&
			    !english_has(q->vocabulary->english, q->tokens.at[i].word.text))
				return *probe;
	return NULL;
}

/* "tgkill calls to nginx": a later way that sees more does not see by which call. */
static void call_lost(struct wish *wish, const struct subject *subject, const struct way *way)
{
	struct question *q = &wish->question;

	for (size_t w = 0; way->kind != WAY_SYSCALL && w < subject->ways.len && &subject->ways.at[w] != way; w++)
		vec_each(probe, &subject->ways.at[w].probes)
			for (size_t i = 0; subject->ways.at[w].kind == WAY_SYSCALL && subject->ways.at[w].probes.len > 1 && i < q->tokens.len; i++)
				if (text_is(q->tokens.at[i].word.text, *probe) && !family_of(q, i + 1) &&
				    !english_has(q->vocabulary->english, q->tokens.at[i].word.text))
					wish->missing = arena_fmt(wish->plan->arena, "by which call it happens (%s) cannot be told with this", *probe);
}

/* "select, poll", "select/poll" */
static bool list_goes_on(const struct question *q, size_t at)
{
	const struct text word = q->tokens.at[at].word.text;

	return q->tokens.at[at].word.comma || (word.at + word.len < q->text.at + q->text.len && word.at[word.len] == '/');
}

/* "fdatasync latency": of the calls that a way watches together, one by its own name. Words of English ("read") name
 * the deed, and not one call. */
void call_named(struct wish *wish, const struct subject *subject, const struct way *way)
{
	struct question *q = &wish->question;
	name_list chosen = { 0 };

	call_lost(wish, subject, way);

	for (size_t i = 0; way->kind == WAY_SYSCALL && i < q->tokens.len; i++) {
		const struct token *token = &q->tokens.at[i];
		AUTO_FREE char *written = text_copy(token->word.text);
		/* "preads" are preads, but "setns" is one. */
		const char *name = listed(&way->probes, written) ? written : token->word.base;

		if (!(token->used & USED_SUBJECT) || english_has(q->vocabulary->english, token->word.text) || token->corrected.len ||
		    family_of(q, i + 1))
			continue;
		vec_each(probe, &way->probes)
			if (wide_twin(name, *probe) && !listed(&chosen, *probe))
				vec_push(&chosen, *probe);
			else if (strcmp(*probe, name) == 0)
				vec_each(call, &way->probes)
					if (stands_for(name, *call) && !listed(&chosen, *call))
						vec_push(&chosen, *call);
	}
	/* Of several that are listed also those that are words of English: "splice, tee and vmsplice"; but "bytes read by preadv". */
	for (size_t i = 0; chosen.len && i < q->tokens.len; i++) {
		AUTO_FREE char *name = text_copy(q->tokens.at[i].word.text);

		if (!list_goes_on(q, i) && !word_joins(q, i + 1) && !(i > 0 && (list_goes_on(q, i - 1) || word_joins(q, i - 1))))
			continue;

		vec_each(call, &way->probes)
			if (strcmp(*call, name) == 0 && !listed(&chosen, *call))
				vec_push(&chosen, *call);
	}
	if (chosen.len && chosen.len < way->probes.len)
		vec_each(call, &chosen)
			wish_where(wish, "syscall", COMPARE_EQUAL, *call, (double)syscall_number(*call));
	vec_done(&chosen);
}

static bool role_is_argument(const char *role)
{
	return role && strncmp(role, "arg", 3) == 0 && isdigit((unsigned char)role[3]) && role[4] == '\0';
}

/* "the first argument as a string" */
void arguments_as_text(struct wish *wish)
{
	struct plan *plan = wish->plan;
	name_list *lists[] = { &plan->by, &plan->show };
	bool text = false;

	for (size_t i = 0; i < wish->question.tokens.len; i++)
		if (token_is(&wish->question, i, "string") || token_is(&wish->question, i, "text") ||
		    token_is(&wish->question, i, "字")) {
			tokens_use(&wish->question, i, 1, USED_KEY);
			text = true;
		}
	for (size_t l = 0; text && l < COUNT(lists); l++)
		vec_each(role, lists[l])
			if (role_is_argument(*role))
				*role = arena_fmt(plan->arena, "%s_text", *role);
}

struct spot spot_of(struct wish *wish, const struct way *way)
{
	struct arena *arena = wish->plan->arena;

	if (way->kind == WAY_UNION)
		way = way->parts.at;
	struct spot spot = { .vocabulary = wish->question.vocabulary, .kernel = wish->kernel, .arena = arena,
			     .way = way, .id = "tid", .start_id = "tid" };

	const char *named = way->kind == WAY_SYSCALL ? call_spelled(&wish->question, way) : NULL;

	vec_each(probe, &way->probes) {
		AUTO_BUILD why = { 0 };

		if (named && strcmp(named, *probe) != 0)
			continue;
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
