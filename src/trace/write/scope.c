/* Whose doing a trace shows: the command's after "--", or that of processes which the question names. */
#include <sys/wait.h>
#include <string.h>
#include "base/file.h"
#include "trace/trace.h"

static bool names_somebody(const struct condition *condition)
{
	static const char *const whose[] = { "pid", "tid", "process" };

	for (size_t i = 0; i < COUNT(whose); i++)
		if (strcmp(condition->role, whose[i]) == 0 && condition->compare != COMPARE_NOT)
			return true;
	return false;
}

/* "on the whole machine", or --all. */
static bool whole_asked(const struct trace *t, const struct trace_request *request)
{
	struct question question = { 0 };
	bool said = request->whole;
	size_t len;

	if (said)
		return true;
	question_read(&question, t->vocabulary, request->question, NULL, NULL);
	for (size_t i = 0; i < question.tokens.len && !said; i++)
		said = sense_at(&question, i, "whole", NULL, &len) != NULL;
	question_done(&question);
	return said;
}

/* With a command, what it does is meant, and what all that it starts does: not where others are named, nor
 * where nobody can be told. Gives whether the condition was added. */
bool scope_add(struct trace *t, const struct trace_request *request)
{
	struct plan *plan = &t->plan;

	if (!request->command || whole_asked(t, request) || !kernel_machine(t->kernel)->initial_pid_ns ||
	    plan->subject->ways.at[plan->way].context == CONTEXT_INTERRUPTED)
		return false;
	vec_each(condition, &plan->where)
		if (names_somebody(condition))
			return false;
	vec_push(&plan->where, (struct condition){ .role = "pid", .compare = COMPARE_TREE,
						   .text = arena_text(plan->arena, text_of(request->command[0])) });
	return true;
}

/* Whose doing it was, when it was not only the command's although it might be taken for that. */
void scope_tell(struct trace *t, const struct trace_request *request)
{
	struct plan *plan = &t->plan;
	const char *why = "this happens outside the process that causes it";

	if (!request->command || whole_asked(t, request))
		return;
	if (!kernel_machine(t->kernel)->initial_pid_ns)
		why = "in a container the kernel's process numbers are not known";
	vec_each(condition, &plan->where) {
		if (condition->compare == COMPARE_TREE)
			return;
		if (names_somebody(condition)) {
			vec_push(&plan->notes, arena_fmt(plan->arena, "Not limited to %s and what it starts, as the question "
							 "itself says whose doing is meant.", request->command[0]));
			return;
		}
	}
	vec_push(&plan->notes, arena_fmt(plan->arena, "This is not only what %s and what it starts did, but the whole machine "
					 "while it ran: %s.", request->command[0], why));
}

/* What the kernel tells of a process, or of one of its threads; process 0: it is not there. */
struct process_told {
	long long process, parent, threads;
	bool ended; /* and its parent has not asked for it */
};

static struct process_told process_of(double pid)
{
	struct process_told is = { 0 };
	AUTO_BUILD status = { 0 };
	char path[48];
	struct text rest, line, name;

	snprintf(path, sizeof(path), "/proc/%.0f/status", pid);
	if (file_read(path, 8192, &status, NULL) < 0)
		return is;
	rest = build_text(&status);
	while (text_line(&rest, &line)) {
		if (!text_next(&line, ':', &name))
			continue;
		line = text_trim(line);
		if (text_is(name, "Tgid"))
			text_number(line, &is.process);
		else if (text_is(name, "PPid"))
			text_number(line, &is.parent);
		else if (text_is(name, "Threads"))
			text_number(line, &is.threads);
		else if (text_is(name, "State"))
			is.ended = text_starts(line, "Z");
	}
	is.ended &= is.threads <= 1; /* the first thread of a process may end before others */
	return is;
}

static void ended_tell(struct trace *t, double pid, long long parent)
{
	AUTO_BUILD name = { 0 };
	AUTO_BUILD safe = { 0 };
	char path[48];

	snprintf(path, sizeof(path), "/proc/%lld/comm", parent);
	if (file_read(path, 64, &name, NULL) == 0)
		build_safe(&safe, text_trim(build_text(&name)), false);
	trace_status_set(t, TRACE_FAILED, "Process %.0f has ended already, and is a zombie: its parent %s (pid %lld) has not asked how it ended.", pid,
			 safe.len ? safe.at : "process", parent);
}

static bool names_process(const struct condition *condition)
{
	return strcmp(condition->role, "pid") == 0 && !condition->text && condition->compare == COMPARE_EQUAL;
}

void scope_check(struct trace *t, const struct trace_request *request)
{
	vec_each(condition, &t->plan.where) {
		struct process_told is = { .process = -1 };

		if (names_process(condition))
			is = process_of(condition->number);
		if (is.process == 0) {
			trace_status_set(t, TRACE_FAILED, "There is no process %.0f: it may have ended; `ps` shows those that run.",
					 condition->number);
			return;
		}
		if (is.ended) {
			ended_tell(t, condition->number, is.parent);
			return;
		}
		if (is.process > 0 && (double)is.process != condition->number) {
			trace_status_set(t, TRACE_FAILED, "%.0f is a thread of process %lld: ask for process %lld, or for \"thread %.0f\".",
					 condition->number, is.process, is.process, condition->number);
			return;
		}
	}
	if (request->options.process && strlen(request->options.process) > 15)
		vec_push(&t->plan.notes, arena_fmt(t->plan.arena, "The kernel keeps 15 bytes of a name: '%.15s' was looked for.",
						   request->options.process));
}

void scope_pids(const struct trace *t, pid_t *pids, size_t room)
{
	size_t count = 0;

	vec_each(condition, &t->plan.where) {
		if (strcmp(condition->role, "pid") != 0)
			continue;
		if (!names_process(condition) || count + 1 == room) {
			pids[0] = 0;
			return;
		}
		pids[count++] = (pid_t)condition->number;
		pids[count] = 0;
	}
}

void trace_by_hand(const struct trace *t, const struct trace_request *request, const char *file, struct build *out)
{
	bool tree = false;

	vec_each(condition, &t->plan.where)
		tree |= condition->compare == COMPARE_TREE;
	build_put(out, "bpftrace ");
	if (tree) {
		build_put(out, "-c '");
		for (const char *const *word = request->command; *word; word++) {
			build_put(out, word == request->command ? "" : " ");
			build_safe(out, text_of(*word), false);
		}
		build_put(out, "' ");
	}
	build_put(out, file);
}

json_t *trace_command_json(const struct trace *t, const struct trace_request *request)
{
	const struct run_report *run = &t->run;
	json_t *json, *argv;
	bool began = t->ran && run->command_pid, ended = began && run->command_status >= 0;

	if (!request->command)
		return json_null();
	json = json_object();
	argv = json_array();
	for (const char *const *word = request->command; *word; word++)
		json_array_append_new(argv, json_str(*word));
	json_object_set_new(json, "argv", argv);
	json_object_set_new(json, "pid", began ? json_integer(run->command_pid) : json_null());
	json_object_set_new(json, "state", json_string(!began ? "not started" : ended ? "ended" : "running"));
	json_object_set_new(json, "exit_code", ended && WIFEXITED(run->command_status) ?
			    json_integer(WEXITSTATUS(run->command_status)) : json_null());
	json_object_set_new(json, "signal", ended && WIFSIGNALED(run->command_status) ?
			    json_integer(WTERMSIG(run->command_status)) : json_null());
	return json;
}
