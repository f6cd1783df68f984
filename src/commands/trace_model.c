/* Programs that a model writes: asked for, judged by the gates that ours pass too, run, and checked against the question. */
#include "commands/trace_model.h"
#include <string.h>
#include "base/log.h"
#include "llm/probe.h"
#include "trace/policy.h"

#define ATTEMPTS_DEFAULT 4
#define STEPS_MOST	 12
#define TOKENS_MOST	 200000
#define SHOWN_MOST	 8000 /* bytes of a result that the model checks */

static const char program_schema[] =
	"{\"type\":\"object\",\"properties\":{\"watches\":{\"type\":\"string\"},\"program\":{\"type\":\"string\"},"
	"\"shows\":{\"type\":\"string\",\"enum\":[\"count\",\"sum\",\"avg\",\"min\",\"max\",\"histogram\",\"events\",\"stacks\"]},"
	"\"map\":{\"type\":\"string\"},\"unit\":{\"type\":\"string\"},\"columns\":{\"type\":\"array\",\"items\":{\"type\":\"object\","
	"\"properties\":{\"name\":{\"type\":\"string\"},\"type\":{\"type\":\"string\",\"enum\":[\"number\",\"text\",\"errno\",\"signal\","
	"\"uid\",\"syscall\",\"kstack\",\"ustack\",\"ksym\",\"usym\"]},\"unit\":{\"type\":\"string\"}},"
	"\"required\":[\"name\",\"type\",\"unit\"],\"additionalProperties\":false}}},"
	"\"required\":[\"watches\",\"program\",\"shows\",\"map\",\"unit\",\"columns\"],\"additionalProperties\":false}";
static const char check_schema[] =
	"{\"type\":\"object\",\"properties\":{\"relates\":{\"type\":\"boolean\"},\"reason\":{\"type\":\"string\"},"
	"\"claims\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}},"
	"\"required\":[\"relates\",\"reason\",\"claims\"],\"additionalProperties\":false}";

struct writing {
	struct context *context;
	struct trace *trace;
	const struct trace_request *request;
	const struct model_wish *wish;
	struct agent *agent;
	double seconds; /* as the planner read the question */
};

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

/* ---- a program as a trace takes it ---- */

static void columns_take(struct trace *t, const json_t *columns, name_list *names)
{
	const json_t *each;
	size_t i;

	json_array_foreach(columns, i, each) {
		const char *type = json_get_string(each, "type"), *unit = json_get_string(each, "unit");
		char *name = arena_text(t->plan.arena, text_of(json_get_string(each, "name")));

		vec_push(names, name[0] ? name : arena_fmt(t->plan.arena, "column %zu", i + 1));
		vec_push(&t->program.columns, (struct column){ .role = names->at[i], .type = arena_text(t->plan.arena, text_of(type)),
							       .unit = unit[0] ? arena_text(t->plan.arena, text_of(unit)) : NULL,
							       .text = strcmp(type, "number") != 0, .copied = strcmp(type, "text") == 0,
							       .shown = i });
	}
	/* Numbers with a name are decoded from the number. */
	vec_each(column, &t->program.columns)
		column->text = strcmp(column->type, "text") == 0 || strstr(column->type, "stack");
}

/* The probes are what stands in front of a block, without a filter. */
static void probes_take(struct trace *t)
{
	struct text rest = build_text(&t->program.text);
	AUTO_BUILD head = { 0 };
	int depth = 0;

	for (bool quoted = false; rest.len; rest = text_from(rest, 1)) {
		char c = rest.at[0];
		size_t end;

		if (!quoted && (text_starts(rest, "//") || text_starts(rest, "/*"))) {
			end = text_find(rest, rest.at[1] == '/' ? "\n" : "*/", &end) ? end : rest.len - 1;
			rest = text_from(rest, end + (rest.at[1] == '*'));
			continue;
		}
		quoted ^= c == '"' && depth > 0;
		if (quoted || (c != '{' && c != '}')) {
			if (!depth)
				build_char(&head, c == '\n' || c == '\t' ? ' ' : c);
			continue;
		}
		if (c == '{' && depth++ == 0) {
			struct text names = build_text(&head), name;

			while (text_next(&names, ',', &name)) {
				name = text_trim(name);
				if (text_find(name, " ", &end))
					name = text_until(name, end);
				if (text_has(name, ":"))
					vec_push(&t->program.probes, arena_text(t->plan.arena, name));
			}
			build_clear(&head);
		} else if (c == '}' && depth > 0) {
			depth--;
		}
	}
}

/* What ran before is over: the next program starts from nothing. */
static void trace_clear(struct trace *t)
{
	if (t->ran)
		result_done(&t->result);
	t->ran = false;
	evidence_list_done(&t->evidence);
	build_clear(&t->answer);
	program_done(&t->program);
	plan_done(&t->plan);
	plan_init(&t->plan);
	build_clear(&t->shown);
	t->program = (struct program){ 0 };
	t->run = (struct run_report){ 0 };
	t->status = TRACE_OK;
	t->why[0] = '\0';
}

static void program_take(struct writing *w, const json_t *value)
{
	struct trace *t = w->trace;
	const char *unit = json_get_string(value, "unit"), *map = json_get_string(value, "map");
	struct subject *subject;
	AUTO_BUILD what = { 0 };

	trace_clear(t);
	subject = arena_alloc(t->plan.arena, sizeof(*subject));
	build_safe(&what, text_of(json_get_string(value, "watches")), false);
	t->plan.question = arena_text(t->plan.arena, w->request->question);
	subject->name = "written by a model";
	subject->what = what.len ? arena_text(t->plan.arena, build_text(&what)) : "what the program shows";
	subject->unit = unit[0] ? arena_text(t->plan.arena, text_of(unit)) : "value";
	subject->opened = true;
	subject->ways.at = arena_alloc(t->plan.arena, sizeof(struct way));
	subject->ways.len = 1;
	t->plan.subject = subject;
	t->plan.seconds = w->seconds;
	measure_find(text_of(json_get_string(value, "shows")), &t->plan.measure);
	subject->measure = t->plan.measure;
	t->program.way = subject->ways.at;
	t->program.measure = t->plan.measure;
	t->program.unit = subject->unit;
	t->program.map = t->plan.measure == MEASURE_EVENTS || !map[0] ? NULL : arena_text(t->plan.arena, text_of(map));
	columns_take(t, json_object_get(value, "columns"), t->program.map ? &t->plan.by : &t->plan.show);
	build_put(&t->program.text, json_get_string(value, "program"));
	build_add(&t->shown, build_text(&t->program.text));
	probes_take(t);
	t->planned = t->given = true;
}

/* ---- the gates ---- */

/* What bpftrace itself would take from a file and no program of ours needs. */
static int lines_check(struct text program, struct error *err)
{
	struct text line;

	for (unsigned number = 1; text_line(&program, &line); number++) {
		line = text_trim(line);
		if (text_has(line, "--unsafe"))
			return fail(err, -EACCES, "line %u: unsafe mode is never used", number);
		if (line.len && line.at[0] == '#')
			return fail(err, -EACCES, "line %u: a preprocessor line can read any file as root; write the program without", number);
	}
	return 0;
}

static bool policy_pass(struct trace *t)
{
	struct error why = { 0 };

	if (lines_check(build_text(&t->shown), &why) == 0 && policy_check(build_text(&t->shown), &why) == 0)
		return true;
	t->status = TRACE_REFUSED;
	snprintf(t->why, sizeof(t->why), "Refused by policy: %s.", why.text);
	trace_model_attempt(t, build_text(&t->shown), "policy", why.text);
	return false;
}

static bool nothing_shown(const struct trace *t)
{
	return json_array_size(t->result.rows) == 0 && t->result.event_count == 0;
}

/* ---- the model's own check ---- */

static int result_tell(struct writing *w, struct error *err)
{
	struct trace *t = w->trace;
	AUTO_BUILD told = { 0 };
	AUTO_JSON evidence = evidence_save(t->evidence.items.at[0]);
	AUTO_FREE char *bytes = json_dumps(evidence, JSON_COMPACT);
	struct text data = text_of(bytes);
	int code = agent_prompt(w->agent, "check.txt", err);

	if (code < 0)
		return code;
	build_fmt(&told, "The question: %.*s\nWatched for %.1f s; %lu events lost. Evidence [1]%s:\n%.*s\n", TEXT_ARG(w->request->question),
		  t->run.seconds, t->run.lost, data.len > SHOWN_MOST ? ", cut to its first part" : "",
		  TEXT_ARG(text_until(data, data.len > SHOWN_MOST ? SHOWN_MOST : data.len)));
	return agent_say(w->agent, CHAT_USER, build_text(&told), err);
}

/* 1: it answers the question; 0: it does not, and the trace says so. */
static int result_check(struct writing *w, struct error *err)
{
	struct trace *t = w->trace;
	AUTO_JSON schema = json_parse(text_of(check_schema), err);
	AUTO_JSON value = NULL;
	AUTO_BUILD claims = { 0 };
	const json_t *each;
	size_t i;
	int code = schema ? result_tell(w, err) : err->code;

	if (code == 0)
		code = agent_ask(w->agent, schema, "check", &value, err);
	if (code < 0)
		return code;
	if (!json_is_true(json_object_get(value, "relates"))) {
		AUTO_BUILD reason = { .ceiling = 800 };

		build_safe(&reason, text_of(json_get_string(value, "reason")), false);
		trace_model_attempt(t, build_text(&t->shown), "unrelated", reason.len ? reason.at : "no reason was given");
		trace_clear(t);
		t->planned = false;
		t->status = TRACE_FAILED;
		snprintf(t->why, sizeof(t->why), "The program ran, but its result does not answer the question: %s",
			 reason.len ? reason.at : "no reason was given");
		return 0;
	}
	json_array_foreach(json_object_get(value, "claims"), i, each)
		if (json_is_string(each))
			claim_add(text_of(json_string_value(each)), (unsigned)t->evidence.items.len, &claims);
	if (claims.len)
		build_fmt(&t->answer, "%s%s", t->answer.len ? " " : "", claims.at);
	trace_model_attempt(t, build_text(&t->shown), "done", "");
	return 1;
}

/* ---- one try after the other ---- */

static void failure_tell(const struct trace *t, struct build *out)
{
	static const struct {
		const char *stage, *means;
	} stages[] = {
		{ "policy", "The static policy refuses it; nothing was run. Find a way that only watches." },
		{ "compile", "bpftrace does not accept it. A probe or field that is not there is looked up with probes_find and probe_fields." },
		{ "verify", "The kernel's verifier refuses it: fewer strings, no large keys, no loops without bounds." },
		{ "attach", "No probe could be attached: use another one that exists here." },
		{ "empty", "It ran and showed nothing: the probe is not hit, a filter is wrong, or what it printed is not the form that was described." },
		{ "crash", "The tracer died or wrote what cannot be read: write it more simply." },
		{ "busy", "It was stopped to spare the machine: filter more, or watch something rarer." },
		{ "unrelated", "Its result does not answer the question." },
	};
	const json_t *last = json_array_get(t->attempts, json_array_size(t->attempts) - 1);
	const char *stage = json_get_string(last, "stage");

	build_fmt(out, "That program failed at the stage '%s', with these words: %s\n", stage, json_get_string(last, "error"));
	for (size_t i = 0; i < COUNT(stages); i++)
		if (strcmp(stages[i].stage, stage) == 0)
			build_put(out, stages[i].means);
	build_put(out, "\nAnswer with another program.");
}

/* 1: done, whatever it came to; 0: it failed, and another program may be tried. */
static int try_program(struct writing *w, const json_t *value, struct error *err)
{
	struct trace *t = w->trace;
	int code;

	program_take(w, value);
	if (!policy_pass(t))
		return 0;
	code = trace_check(t, err);
	if (code < 0 || t->status != TRACE_OK)
		return code;
	if (w->wish->check_only)
		return 1;
	code = trace_run(t, w->request, err);
	if (code < 0)
		return code;
	if (t->run.interrupted)
		return 1;
	if (t->status == TRACE_OK && nothing_shown(t)) {
		evidence_list_done(&t->evidence);
		t->status = TRACE_NO_EVENTS;
		snprintf(t->why, sizeof(t->why), "The program printed text, but no map and no events in the form that was described.");
		trace_model_attempt(t, build_text(&t->shown), "empty", t->why);
	}
	return t->status == TRACE_OK ? result_check(w, err) : t->status == TRACE_CANNOT;
}

static int tries(struct writing *w, struct error *err)
{
	AUTO_JSON schema = json_parse(text_of(program_schema), err);
	long most = w->wish->attempts > 0 ? w->wish->attempts : ATTEMPTS_DEFAULT;

	if (!schema)
		return err->code;
	for (long i = 0; i < most; i++) {
		AUTO_JSON value = NULL;
		AUTO_BUILD told = { 0 };
		int code = agent_ask(w->agent, schema, "program", &value, err);

		if (code == 0)
			code = try_program(w, value, err);
		if (code != 0)
			return code < 0 ? code : 0;
		failure_tell(w->trace, &told);
		code = agent_say(w->agent, CHAT_USER, build_text(&told), err);
		if (code < 0)
			return code;
	}
	return 0;
}

/* ---- the whole ---- */

static int begin(struct writing *w, struct error *err)
{
	AUTO_BUILD told = { 0 };
	int code = agent_prompt(w->agent, "trace.txt", err);

	if (code < 0)
		return code;
	trace_model_facts(w->trace, w->request, &told);
	build_fmt(&told, "\nThe question: %.*s\n", TEXT_ARG(w->request->question));
	return agent_say(w->agent, CHAT_USER, build_text(&told), err);
}

static void notes_tell(struct writing *w)
{
	char *const *notes;
	size_t count = agent_notes(w->agent, &notes);

	for (size_t i = 0; i < count; i++)
		report_say(w->context->report, REPORT_NOTE, "%s", notes[i]);
}

/* The person sees that it was no program of ours, and what it took. */
static void tries_say(struct writing *w)
{
	AUTO_BUILD stages = { .ceiling = 300 };
	const json_t *attempt;
	size_t i;

	json_array_foreach(w->trace->attempts, i, attempt)
		if (strcmp(json_get_string(attempt, "stage"), "done") != 0)
			build_fmt(&stages, "%s%s", stages.len ? ", " : "", json_get_string(attempt, "stage"));
	report_say(w->context->report, REPORT_NOTE, "A model wrote the program%s%s%s.", stages.len ? "; what failed before: " : "",
		   stages.len ? stages.at : "", stages.len ? " (--json has each try)" : "");
}

static void offline_restore(struct trace *t, struct offline *kept)
{
	trace_clear(t);
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
		AUTO_FREE char *request = text_copy(agent_request(w->agent));

		error_clear(err);
		report_say(w->context->report, REPORT_CODE, "%s", request);
		json_object_set_new(report_json(w->context->report), "request", json_text(agent_request(w->agent)));
		return MODEL_SHOWN;
	}
	*exit_code = agent_interrupted(w->agent) ? EXIT_INTERRUPTED : agent_fault(w->agent) ? fault_exit_code(agent_fault(w->agent)) : EXIT_FAILED;
	if (!automatic || agent_interrupted(w->agent)) {
		fail(err, code, "the model failed");
		return MODEL_FAILED;
	}
	report_say(w->context->report, REPORT_NOTE, "The model could not help: %s.", err->text);
	error_clear(err);
	return MODEL_UNUSED;
}

static enum model_outcome ask(struct writing *w, struct llm_config *config, struct llm_model *model, int *exit_code, struct error *err)
{
	struct trace *t = w->trace;
	struct redact_options redaction = { .identity = model->endpoint->kind != LLM_REPLAY && !url_local(model->endpoint->base) };
	AUTO_REDACTOR redactor = redactor_new(&redaction, err);
	struct model_tools tools = { .trace = t };
	struct agent_spec spec = { .config = config, .model = model, .redactor = redactor, .tools = trace_tools, .tool_count = trace_tool_count,
				   .context = &tools, .steps = STEPS_MOST, .tokens = TOKENS_MOST, .refused = trace_model_refused };
	AUTO_AGENT agent = redactor ? agent_new(&spec, err) : NULL;
	struct offline kept;
	int code;

	*exit_code = EXIT_FAILED;
	if (!agent)
		return MODEL_FAILED;
	w->agent = agent;
	w->seconds = t->planned ? t->plan.seconds : 0;
	code = begin(w, err);
	kept = (struct offline){ .plan = t->plan, .program = t->program, .shown = t->shown, .status = t->status, .planned = t->planned };
	memcpy(kept.why, t->why, sizeof(kept.why));
	plan_init(&t->plan);
	t->program = (struct program){ 0 };
	t->shown = (struct build){ 0 };
	if (code == 0) {
		log_stage("model", "%s at %s", model->name, model->endpoint->name);
		code = tries(w, err);
	}
	if (code < 0 && !t->ran)
		return failed(w, &kept, code, exit_code, err);
	if (code < 0 && t->status == TRACE_OK) { /* it was measured; only the model's check is missing */
		report_say(w->context->report, REPORT_NOTE, "The model did not check this result: %s.", err->text);
		trace_model_attempt(t, build_text(&t->shown), "done", "");
	} else if (code < 0) {
		return failed(w, &kept, code, exit_code, err);
	}
	error_clear(err);
	notes_tell(w);
	/* What the planner understood is better than programs that failed. */
	if (kept.planned && kept.status == TRACE_OK && t->status != TRACE_OK && !t->run.interrupted &&
	    (!w->wish->engine || strcmp(w->wish->engine, "auto") == 0)) {
		report_say(w->context->report, REPORT_NOTE, "No program of the model answered (%s); this is what the planner understood.", t->why);
		offline_restore(t, &kept);
		return MODEL_UNUSED;
	}
	offline_done(&kept);
	if (t->status == TRACE_OK)
		tries_say(w);
	return MODEL_DECIDED;
}

enum model_outcome trace_model(struct context *context, struct trace *t, const struct trace_request *request,
			       const struct model_wish *wish, int *exit_code, struct error *err)
{
	struct llm_flags flags = { .model = wish->model, .dry_run = wish->dry };
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
	if (model)
		return ask(&w, &config, model, exit_code, err);
	if (!automatic || wish->model || wish->dry) {
		fail(err, -ENOENT, "no model is configured; 'syswhy models' says how to add one");
		return MODEL_FAILED;
	}
	if (err->code)
		report_say(context->report, REPORT_NOTE, "No model was asked: %s.", err->text);
	error_clear(err);
	return MODEL_UNUSED;
}
