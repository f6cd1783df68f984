/* From the words and a subject to a plan: who does it, and to whom; words for keys that mean another there ("caller", "cause"). */
#include <string.h>
#include "trace/compose/compose.h"
#include "trace/names/names.h"
#include "trace/names/target.h"

static bool process_given(const struct wish *wish)
{
	vec_each(condition, &wish->plan->where)
		if (condition->role && (strcmp(condition->role, "process") == 0 || strcmp(condition->role, "pid") == 0) &&
		    condition->compare == COMPARE_EQUAL)
			return true;
	return false;
}

/* "which process preempts mysqld", "which processes does bash wake": not the one that is named, but the other. */
void doer_key(struct wish *wish)
{
	const struct wish_ends *ends = &wish->ends;
	const char *other = ends->name ? ends->name : ends->pid;
	bool done_to = wish->acted_on && ends->name, does = ends->others && !wish->grouped_by && process_given(wish);

	/* "what preempts node" */
	if (done_to && (ends->who || word_there(wish, "what")) && wish->plan->by.len == 0 && wish->plan->measure != MEASURE_EVENTS && !wish->grouped_by)
		vec_push(&wish->plan->by, other);
	if (other && (done_to || does) && !listed(&wish->plan->by, other))
		vec_each(name, &wish->plan->by)
			if (strcmp(*name, "process") == 0)
				*name = other;
}

/* "which process is moved to which cgroup" asks for whom it is done to, and not for who does it; "by whom" for both. */
void done_to_key(struct wish *wish, const struct spot *spot)
{
	static const char *const doers[] = { "process", "tid", "pid" };
	const struct question *q = &wish->question;
	const char *other = wish->ends.name ? wish->ends.name : wish->ends.pid;
	bool does = false, suffers = false;

	if (!wish->ends.others || !other || listed(&wish->plan->by, other))
		return;
	for (size_t i = 0, len; i < q->tokens.len; i += len ? len : 1) {
		const struct role *role = sense_at(q, i, "key", "process", &len) ? vocabulary_role(q->vocabulary, "process") : role_at(q, i, &len);
		size_t who = 0;

		while (role && who < COUNT(doers) && strcmp(role->name, doers[who]) != 0)
			who++;
		if (!role || who == COUNT(doers) || !(q->tokens.at[i].used & USED_KEY))
			continue;
		if (!sufferer_asked(q, i, i + len)) {
			does = true;
			continue;
		}
		suffers = true;
		vec_each(name, &wish->plan->by)
			if (strcmp(*name, role->name) == 0)
				*name = who && wish->ends.pid ? wish->ends.pid : other;
	}
	if (suffers && does)
		key_push(wish, spot, "process");
}

/* The other end, by its name or its number: whichever the way tells. "by sender": whoever runs, but of what arrives
 * where it came from. */
/* "bpf calls by command": what is asked of the call; else the program that runs. */
const char *command_meant(const struct spot *spot)
{
	static const char *const names[] = { "command", "operation", "cmd", "op", "request", "option" };
	struct bound b;

	for (size_t i = 0; i < (spot->way->kind == WAY_SYSCALL ? COUNT(names) : 1); i++)
		if (bind_role(spot, names[i], &b, NULL))
			return names[i];
	return "process";
}

/* "caller", "调用者": who calls, where no function of a program or the kernel is told. */
static bool caller_said(const struct question *q)
{
	for (size_t i = 0, len; i < q->tokens.len; i++)
		if (sense_at(q, i, "caller", NULL, &len))
			return true;
	return false;
}

static bool code_path(const struct question *q)
{
	for (size_t i = 1; i < q->tokens.len; i++)
		if (token_is(q, i, "code") && (token_is(q, i - 1, "which") || token_is(q, i - 1, "what")))
			return true;
	return false;
}

/* "what causes", "what is causing": who does it. */
static bool caused(const struct question *q)
{
	for (size_t i = 1; i < q->tokens.len; i++)
		if (token_in(q, i, GRAMMAR_CAUSING) && (token_in(q, i - 1, GRAMMAR_WHO) || token_in(q, i - 1, GRAMMAR_BE) || token_is(q, i - 1, "that")))
			return true;
	return false;
}

/* "commands run by children of sudo": who their parent is, and no key. */
static void children_drop(const struct wish *wish, const struct spot *spot, name_list *names)
{
	size_t kept = 0;
	struct bound b;

	for (size_t i = 0; i < names->len; i++)
		if (strcmp(names->at[i], "child") != 0 || !wish->parents_end || bind_role(spot, "child", &b, NULL))
			names->at[kept++] = names->at[i];
	names->len = kept;
}

static const char *destination_meant(const struct spot *spot)
{
	static const char *const ends[] = { "path", "dest_cpu", "target" };
	struct bound b;

	for (size_t i = 0; i < COUNT(ends); i++)
		if (bind_role(spot, ends[i], &b, NULL))
			return ends[i];
	return "address";
}

/* "received on port 53", "by port": what arrives has the port that it came to; where it came from must be said. */
bool own_port_meant(const struct wish *wish, const struct spot *spot)
{
	struct bound b;

	return bind_role(spot, "own_port", &b, NULL) && !words_there(&wish->question, GRAMMAR_FAR_END);
}

const char *end_meant(const struct wish *wish, const struct spot *spot, const char *name)
{
	static const char *const ends[] = { "target", "target_pid" };
	struct bound b;
	bool bound = bind_role(spot, name, &b, NULL);

	if (strcmp(name, "command") == 0)
		name = command_meant(spot);
	/* "xdp exceptions by program": the one that is loaded, not who runs */
	else if (strcmp(name, "process") == 0 && word_there(wish, "program") && way_has(spot->way, "program"))
		name = "program";
	else if (strcmp(name, "file") == 0 && !bound && bind_role(spot, "path", &b, NULL))
		name = "path";
	else if (strcmp(name, "port") == 0 && own_port_meant(wish, spot))
		name = "source_port";
	/* "failed opens with the reason" */
	else if (strcmp(name, "reason") == 0 && wish->failed && !bound && bind_role(spot, "error", &b, NULL))
		name = "error";
	/* "by option", where the kernel calls it otherwise */
	else if (strcmp(name, "option") == 0 && !bound && field_alias(spot, "option"))
		name = field_alias(spot, "option");
	/* "what options it was given" */
	else if (strcmp(name, "option") == 0 && !bound && bind_role(spot, "args", &b, NULL))
		name = "args";
	/* "moved between cgroups, with the destination" */
	else if (strcmp(name, "address") == 0 && word_there(wish, "destination") && !bound)
		name = destination_meant(spot);
	/* "failed execs by caller" */
	else if (strcmp(name, "function") == 0 && spot->way->kind == WAY_SYSCALL && !bound && caller_said(&wish->question))
		name = "process";
	/* "which code sends them", where nothing ends with one */
	else if (strcmp(name, "code") == 0 && !bound && code_path(&wish->question))
		name = "callstack";
	/* "what is causing reschedule IPIs" */
	else if (strcmp(name, "reason") == 0 && !bound && bind_role(spot, "process", &b, NULL) && caused(&wish->question))
		name = "process";
	else if (strcmp(name, "sender") == 0)
		name = word_there(wish, "receive") && bind_role(spot, "address", &b, NULL) ? "address" : "process";
	for (size_t i = 0; i < COUNT(ends); i++)
		if (strcmp(name, ends[i]) == 0 && !bind_role(spot, name, &b, NULL) && bind_role(spot, ends[!i], &b, NULL))
			return ends[!i];
	/* "for which pid", where nobody else is. */
	return strcmp(name, "target_pid") == 0 && !bind_role(spot, name, &b, NULL) ? "pid" : name;
}

static void ends_rename(const struct wish *wish, const struct spot *spot, name_list *names)
{
	vec_each(name, names)
		*name = end_meant(wish, spot, *name);
}

void ends_known(struct wish *wish, const struct spot *spot)
{
	for (size_t i = 0; i < wish->mentions.len; i++) {
		const struct role **role = &wish->mentions.at[i];
		const char *name = strcmp((*role)->name, "sender") == 0 ? "process" :
				   strcmp((*role)->name, "command") == 0 ? command_meant(spot) : (*role)->name;

		struct bound b;

		/* "tracer and target pid": whichever of the two the way tells */
		if (strcmp(name, "target_pid") == 0 && !bind_role(spot, name, &b, NULL) && bind_role(spot, "target", &b, NULL))
			name = "target";
		else if (strcmp(name, "target") == 0 && !bind_role(spot, name, &b, NULL) && bind_role(spot, "target_pid", &b, NULL))
			name = "target_pid";
		/* "guest timer interrupts": not those of this machine */
		if (strcmp(name, "guest") == 0 && !bind_role(spot, name, &b, NULL))
			wish->missing = "what a virtual machine does cannot be told apart there";
		if (vocabulary_role(wish->question.vocabulary, name))
			*role = vocabulary_role(wish->question.vocabulary, name);
		else
			vec_push(&wish->extras, name);
	}
	children_drop(wish, spot, &wish->plan->by);
	ends_rename(wish, spot, &wish->plan->by);
	ends_rename(wish, spot, &wish->extras);
}
