/* What `syswhy tool` says: its JSON object, and its report for people. */
#include <stdio.h>
#include <string.h>
#include "base/json.h"
#include "commands/tool.h"

void tool_command_line(const struct tool_choice *choice, struct build *out)
{
	for (size_t i = 0; i < choice->argv.len && choice->argv.at[i]; i++) {
		if (i)
			build_char(out, ' ');
		build_shell(out, choice->argv.at[i]);
	}
}

const char *tool_file_name(const struct tool_choice *choice)
{
	const char *slash = choice->path ? strrchr(choice->path, '/') : NULL;

	return slash ? slash + 1 : choice->path ? choice->path : choice->tool->name;
}

static void json_fill(struct tool_asking *a)
{
	static const char *const names[] = { "ok", "cannot", "refused", "failed", "no_match" };
	json_t *json = report_json(a->context->report), *argv = json_array();
	bool chosen = a->choice.path != NULL;
	bool better = a->plan_ready && (!chosen || a->choice.missed.len > 0 || a->status != TOOL_OK);

	for (size_t i = 0; chosen && a->choice.argv.at[i]; i++)
		json_array_append_new(argv, json_text(text_of(a->choice.argv.at[i])));
	json_object_set_new(json, "question", json_text(a->question));
	json_object_set_new(json, "status", json_str(names[a->status]));
	json_object_set_new(json, "why", json_text(text_of(a->why)));
	json_t *candidates = json_array();

	for (size_t i = 0; i < a->hit_count; i++)
		json_array_append_new(candidates, json_str(a->hits[i].tool->name));
	json_object_set_new(json, "candidates", candidates);
	json_object_set_new(json, "match", chosen ? json_str(a->choice.tool->name) :
			    a->hit_count ? json_str(a->hits[0].tool->name) : json_null());
	json_object_set_new(json, "tool", chosen ? json_str(tool_file_name(&a->choice)) : json_null());
	json_object_set_new(json, "path", chosen ? json_str(a->choice.path) : json_null());
	json_object_set_new(json, "argv", argv);
	json_object_set_new(json, "shows", chosen ? json_str(a->choice.tool->shows) : json_null());
	json_object_set_new(json, "cost", chosen ? json_str(tool_cost_name(a->choice.tool->cost)) : json_null());
	json_t *missed = json_array();

	vec_each(part, &a->choice.missed)
		json_array_append_new(missed, json_text(text_of(*part)));
	json_object_set_new(json, "missed", missed);
	json_object_set(json, "alternatives", a->alternatives);
	json_object_set(json, "attempts", a->attempts);
	json_object_set_new(json, "output", a->ran ? json_text(build_text(&a->run.output)) : json_null());
	json_object_set_new(json, "cut", json_boolean(a->run.cut || a->run.output.cut));
	json_object_set_new(json, "exit", a->ran ? json_integer(a->run.exit) : json_null());
	json_object_set_new(json, "seconds", json_real(a->ran ? (double)(long)(a->run.seconds * 1000) / 1000 : 0));
	json_object_set_new(json, "plan", better ? json_text(a->trace_question) : json_null());
}

static void notes_say(struct tool_asking *a, struct report *report)
{
	AUTO_BUILD missed = { 0 };

	vec_each(part, &a->choice.missed)
		build_fmt(&missed, "%s%s", missed.len ? ", " : "", *part);
	if (missed.len && a->choice.path)
		report_say(report, REPORT_NOTE, "%s takes no account of: %s.", tool_file_name(&a->choice), build_text(&missed).at);
	if (a->run.cut || a->run.output.cut)
		report_say(report, REPORT_NOTE, "The output was cut: it wrote more than can be kept. Filter more, or watch for a shorter time.");
	if (a->run.interrupted && a->ran)
		report_say(report, REPORT_NOTE, "Interrupted after %.1f s.", a->run.seconds);
	if (a->run.killed)
		report_say(report, REPORT_NOTE, "It did not end when interrupted, and was killed: its last output may be missing.");
	if (!a->ran || a->status != TOOL_OK || a->run.output.len > 0)
		return;
	if (a->run.unlive)
		report_say(report, REPORT_NOTE, "It printed nothing, and was stopped after %.1f s, before it had begun to watch: that tells "
			   "nothing.", a->run.seconds);
	else if (a->run.live)
		report_say(report, REPORT_NOTE, "It printed nothing in the %.1f s that it watched: nothing of the kind happened.", a->run.seconds);
	else if (a->run.late)
		report_say(report, REPORT_NOTE, "It printed nothing in %.1f s, when it was stopped; whether it had begun to watch by then is not "
			   "known.", a->run.seconds);
	else
		report_say(report, REPORT_NOTE, "It printed nothing in %.1f s (exit code %d).", a->run.seconds, a->run.exit);
}

/* What the sentence above has said already is not said again. */
static void others_list(const struct tool_asking *a, struct report *report)
{
	bool headed = false;
	json_t *item;
	size_t i;

	json_array_foreach(a->alternatives, i, item) {
		if (strstr(a->why, json_get_string(item, "why")))
			continue;
		if (!headed)
			report_say(report, REPORT_HEADING, "Other tools");
		headed = true;
		report_say(report, REPORT_LIST, "%s: %s", json_get_string(item, "tool"), json_get_string(item, "why"));
	}
}

static void text_fill(struct tool_asking *a)
{
	struct report *report = a->context->report;
	AUTO_BUILD line = { 0 };
	AUTO_BUILD trace = { 0 };

	if (a->choice.path) {
		tool_command_line(&a->choice, &line);
		if (a->print || a->context->html)
			report_say(report, REPORT_CODE, "%s", build_text(&line).at);
		if (a->print)
			report_say(report, REPORT_PARAGRAPH, "%s shows %s.%s%s%s", tool_file_name(&a->choice), a->choice.tool->shows,
				   a->choice.tool->caution ? " Note: " : "", a->choice.tool->caution ? a->choice.tool->caution : "",
				   a->choice.tool->caution ? "." : "");
	}
	if (a->ran && a->context->html && a->run.output.len)
		report_say(report, REPORT_CODE, "%s", a->run.output.at);
	if (a->why[0])
		report_say(report, REPORT_PARAGRAPH, "%s", a->why);
	notes_say(a, report);
	if (a->print || a->status != TOOL_OK)
		others_list(a, report);
	tool_trace_line(a, &trace);
	if (a->plan_ready && a->choice.path && a->status == TOOL_OK)
		report_say(report, REPORT_PARAGRAPH, "To have it measured from the kernel: %s", trace.at);
}

void tool_tell(struct tool_asking *a)
{
	json_fill(a);
	text_fill(a);
}
