/* Programs that a model writes: asked for, judged by the gates that ours pass too, run, and checked against the question. */
#include "commands/trace_model.h"
#include <string.h>
#include "base/file.h"
#include "base/log.h"
#include "commands/chat.h"
#include "knowledge/history.h"
#include "llm/probe.h"

#define EMBED_SECONDS 10.0 /* for vectors of recipes that are not there yet */
#define STEPS_MOST  12
#define TOKENS_MOST 200000

/* What the planner came to, kept until it is known that the model does better. */
struct offline {
	struct plan plan;
	struct program program;
	struct build shown;
	enum trace_status status;
	char why[sizeof(((struct trace *)0)->why)];
	bool planned;
};

static bool wanted(const struct trace *t, const struct model_wish *wish)
{
	const char *engine = wish->engine ? wish->engine : "auto";

	if (!t->vocabulary || t->planning.verdict == PLAN_REFUSED || strcmp(engine, "offline") == 0)
		return false;
	if (strcmp(engine, "model") == 0 || t->planning.verdict == PLAN_UNKNOWN)
		return true;
	vec_each(note, &t->plan.notes)
		if (text_starts(text_of(*note), "Not used of the question:"))
			return true;
	return false;
}

/* ---- the whole ---- */

static int begin(struct writing *w, struct error *err)
{
	AUTO_BUILD told = { 0 };
	int code = agent_prompt(w->agent, w->wish->prompt ? w->wish->prompt : "trace.txt", err);

	if (code < 0)
		return code;
	trace_model_facts(&w->tools, w->request, &told);
	build_fmt(&told, "\nThe question: %.*s\n", TEXT_ARG(w->request->question));
	return agent_say(w->agent, CHAT_USER, build_text(&told), err);
}

static void notes_tell(struct writing *w)
{
	char *const *notes;
	size_t count = agent_notes(w->agent, &notes);

	for (size_t i = 0; i < count; i++)
		trace_caveat(w->context->report, "%s", notes[i]);
	if (w->tools.knowledge.note[0])
		trace_caveat(w->context->report, "%s", w->tools.knowledge.note);
	if (w->requests.len)
		trace_caveat(w->context->report, "The requests stand in the order in which they would be sent. What the first ones, for vectors, bring "
			     "is not known: the recipes in the last are those found by words.");
}

/* The person sees that it was no program of ours, and what it took. */
static void tries_say(struct writing *w)
{
	AUTO_BUILD stages = { .ceiling = 300 };
	const json_t *attempt;
	size_t i;

	json_array_foreach(w->trace->attempts, i, attempt)
		if (strcmp(json_get_string(attempt, "stage"), "done") != 0)
			build_fmt(&stages, "%s%s", stages.len ? ", " : "", json_get_string(attempt, "class"));
	trace_caveat(w->context->report, "A model %s%s%s%s.", w->trace->plan_given ? "made the plan" : "wrote the program", stages.len ? "; what failed before: " : "",
		   stages.len ? stages.at : "", stages.len ? " (--json has each try)" : "");
}

static void offline_restore(struct trace *t, struct offline *kept)
{
	trace_model_clear(t);
	plan_done(&t->plan);
	build_done(&t->shown);
	t->plan = kept->plan;
	t->program = kept->program;
	t->shown = kept->shown;
	t->status = kept->status;
	t->planned = kept->planned;
	t->given = false;
	memcpy(t->why, kept->why, sizeof(t->why));
}

static void offline_done(struct offline *kept)
{
	program_done(&kept->program);
	plan_done(&kept->plan);
	build_done(&kept->shown);
}

static enum model_outcome failed(struct writing *w, struct offline *kept, int code, int *exit_code, struct error *err)
{
	bool automatic = !w->wish->engine || strcmp(w->wish->engine, "auto") == 0;

	offline_restore(w->trace, kept);
	notes_tell(w);
	if (agent_request(w->agent).len) {
		AUTO_BUILD all = { 0 };

		error_clear(err);
		build_fmt(&all, "%.*s%s%.*s", TEXT_ARG(build_text(&w->requests)), w->requests.len ? "\n" : "", TEXT_ARG(agent_request(w->agent)));
		report_say(w->context->report, REPORT_EXACT, "%s", all.at);
		json_object_set_new(report_json(w->context->report), "request", json_text(build_text(&all)));
		return MODEL_SHOWN;
	}
	*exit_code = agent_interrupted(w->agent) ? EXIT_INTERRUPTED : agent_fault(w->agent) ? fault_exit_code(agent_fault(w->agent)) : EXIT_FAILED;
	if (!automatic || agent_interrupted(w->agent)) {
		fail(err, code, "the model failed");
		return MODEL_FAILED;
	}
	trace_caveat(w->context->report, "The model could not help: %s.", err->text);
	error_clear(err);
	return MODEL_UNUSED;
}

static void waits(void *context, double seconds, const char *why)
{
	model_waits_tell(((struct model_tools *)context)->context, "trace", seconds, why);
}

static enum model_outcome ask(struct writing *w, struct llm_config *config, struct llm_model *model, int *exit_code, struct error *err)
{
	struct trace *t = w->trace;
	struct redact_options redaction = { .identity = model->endpoint->kind != LLM_REPLAY && !url_local(model->endpoint->base) };
	AUTO_REDACTOR redactor = redactor_new(&redaction, err);
	struct error shelf_failure = { 0 };
	AUTO_SHELF shelf = shelf_open(data_folder(), cache_folder(), &shelf_failure);
	AUTO_HISTORY history = history_open(NULL, data_folder(), true, NULL); /* without it nothing was answered before */
	struct agent_spec spec = { .config = config, .model = model, .redactor = redactor, .tools = trace_tools, .tool_count = trace_tool_count,
				   .context = &w->tools, .steps = STEPS_MOST, .tokens = TOKENS_MOST, .refused = trace_model_refused, .waits = waits };
	AUTO_AGENT agent = redactor ? agent_new(&spec, err) : NULL;
	struct offline kept;
	json_t *usage;
	int code;

	*exit_code = EXIT_FAILED;
	if (!agent)
		return MODEL_FAILED;
	if (shelf)
		shelf_history(shelf, history);
	else
		trace_caveat(w->context->report, "The model is shown no recipes: %s.", shelf_failure.text);
	w->agent = agent;
	w->tools = (struct model_tools){ .trace = t, .context = w->context, .knowledge = { .shelf = shelf, .config = config,
						.seconds = EMBED_SECONDS, .dry = w->wish->dry ? &w->requests : NULL } };
	w->seconds = t->planned ? t->plan.seconds : 0;
	code = begin(w, err);
	kept = (struct offline){ .plan = t->plan, .program = t->program, .shown = t->shown, .status = t->status, .planned = t->planned };
	memcpy(kept.why, t->why, sizeof(kept.why));
	plan_init(&t->plan);
	t->program = (struct program){ 0 };
	t->shown = (struct build){ 0 };
	if (code == 0) {
		log_stage("model", "%s at %s", model->name, model->endpoint->name);
		code = w->wish->tries ? w->wish->tries(w, err) : trace_model_tries(w, err);
	}
	usage = agent_usage(agent);
	json_object_set_new(report_json(w->context->report), "usage", usage); /* NULL sets nothing */
	model_usage_tell(w->context, "trace", usage);
	if (code < 0 && !t->ran)
		return failed(w, &kept, code, exit_code, err);
	if (code < 0 && t->status == TRACE_OK) { /* it was measured; only the model's check is missing */
		trace_caveat(w->context->report, "The model did not check this result: %s.", err->text);
		t->stopped = agent_interrupted(agent);
		trace_attempt(t, build_text(&t->shown), "done", "");
	} else if (code < 0) {
		return failed(w, &kept, code, exit_code, err);
	}
	error_clear(err);
	notes_tell(w);
	/* What the planner understood is better than programs that failed. */
	if (kept.planned && kept.status == TRACE_OK && t->status != TRACE_OK && !t->run.interrupted &&
	    (!w->wish->engine || strcmp(w->wish->engine, "auto") == 0)) {
		trace_caveat(w->context->report, "No program of the model answered (%s); this is what the planner understood.", t->why);
		offline_restore(t, &kept);
		return MODEL_UNUSED;
	}
	/* And what it did not understand comes with questions that work. */
	if (!kept.planned && kept.why[0] && t->status == TRACE_FAILED)
		trace_caveat(w->context->report, "%s", kept.why);
	offline_done(&kept);
	if (t->status == TRACE_OK)
		tries_say(w);
	return MODEL_DECIDED;
}

enum model_outcome trace_model(struct context *context, struct trace *t, const struct trace_request *request,
			       const struct model_wish *wish, int *exit_code, struct error *err)
{
	struct llm_flags flags = { .model = wish->model, .dry_run = wish->dry, .no_stream = wish->whole };
	bool automatic = !wish->engine || strcmp(wish->engine, "auto") == 0;
	struct writing w = { .context = context, .trace = t, .request = request, .wish = wish };
	struct llm_model *model = NULL;
	AUTO_LLM_CONFIG config = { 0 };

	if (!wanted(t, wish))
		return MODEL_UNUSED;
	*exit_code = EXIT_CONFIG;
	if (llm_config_load(&config, &flags, err) < 0 && !(automatic && !wish->model))
		return MODEL_FAILED;
	/* Without a word of the person's, no server is looked for. */
	if (!err->code && (!automatic || wish->model || config.endpoints.len || config.model))
		model = llm_choose(&config, wish->model, err);
	vec_each(note, &config.notes)
		trace_caveat(context->report, "%s.", *note);
	if (model) {
		enum model_outcome outcome = ask(&w, &config, model, exit_code, err);

		build_done(&w.requests);
		return outcome;
	}
	if (!automatic || wish->model || wish->dry) {
		fail(err, -ENOENT, "no model is configured; 'syswhy models' says how to add one");
		return MODEL_FAILED;
	}
	if (err->code)
		trace_caveat(context->report, "No model was asked: %s.", err->text);
	error_clear(err);
	return MODEL_UNUSED;
}
