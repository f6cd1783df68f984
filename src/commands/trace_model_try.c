/* What a model answers with, a plan or a program, tried behind the gates that ours pass too; its failures go back to it. */
#include <string.h>
#include "base/file.h"
#include "base/log.h"
#include "commands/trace_model.h"
#include "trace/run/failures.h"
#include "trace/plan/plan_given.h"
#include "trace/script/policy.h"

#define ATTEMPTS_DEFAULT 4
#define SHOWN_MOST	 8000  /* bytes of a result that the model checks */
#define PROGRAM_MOST	 16384 /* bytes */
#define COLUMNS_MOST	 12

#define STRING "{\"type\":\"string\"}"
static const char program_schema[] =
	"{\"type\":\"object\",\"properties\":{\"watches\":" STRING ",\"text\":" STRING ","
	"\"shows\":{\"type\":\"string\",\"enum\":[\"count\",\"sum\",\"avg\",\"min\",\"max\",\"histogram\",\"events\",\"stacks\"]},"
	"\"map\":" STRING ",\"unit\":" STRING ",\"columns\":{\"type\":\"array\",\"items\":{\"type\":\"object\","
	"\"properties\":{\"name\":" STRING ",\"type\":{\"type\":\"string\",\"enum\":[\"number\",\"text\",\"errno\",\"signal\","
	"\"uid\",\"syscall\",\"kstack\",\"ustack\",\"ksym\",\"usym\"]},\"unit\":" STRING "},"
	"\"required\":[\"name\",\"type\",\"unit\"],\"additionalProperties\":false}}},"
	"\"required\":[\"watches\",\"text\",\"shows\",\"map\",\"unit\",\"columns\"],\"additionalProperties\":false}";
static const char check_schema[] =
	"{\"type\":\"object\",\"properties\":{\"relates\":{\"type\":\"boolean\"},\"reason\":" STRING ","
	"\"claims\":{\"type\":\"array\",\"items\":" STRING "},\"confirm\":" STRING ",\"refute\":" STRING "},"
	"\"required\":[\"relates\",\"reason\",\"claims\",\"confirm\",\"refute\"],\"additionalProperties\":false}";

static json_t *answer_schema(struct error *err)
{
	AUTO_BUILD text = { 0 };

	build_fmt(&text, "{\"type\":\"object\",\"properties\":{\"plan\":{\"anyOf\":[{\"type\":\"null\"},%s]},"
		  "\"program\":{\"anyOf\":[{\"type\":\"null\"},%s]},\"cannot\":{\"type\":[\"string\",\"null\"]}},"
		  "\"required\":[\"plan\",\"program\",\"cannot\"],\"additionalProperties\":false}", plan_given_schema, program_schema);
	return json_parse(build_text(&text), err);
}

/* ---- a program as a trace takes it ---- */

static void columns_take(struct trace *t, const json_t *columns, name_list *names)
{
	const json_t *each;
	size_t i;

	json_array_foreach(columns, i, each) {
		if (i == COLUMNS_MOST)
			break;
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
void trace_model_clear(struct trace *t)
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
	t->given = t->planned = false;
	json_decref(t->plan_given);
	t->plan_given = NULL;
}

static void program_take(struct writing *w, const json_t *value)
{
	struct trace *t = w->trace;
	const char *unit = json_get_string(value, "unit"), *map = json_get_string(value, "map");
	struct subject *subject;
	AUTO_BUILD what = { 0 };

	trace_model_clear(t);
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
	build_put(&t->program.text, json_get_string(value, "text"));
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

	if (lines_check(build_text(&t->shown), &why) == 0 && policy_check(build_text(&t->shown), &why) == 0 &&
	    policy_flood(build_text(&t->shown), &why) == 0)
		return true;
	t->status = TRACE_REFUSED;
	snprintf(t->why, sizeof(t->why), "Refused by policy: %s.", why.text);
	trace_attempt(t, build_text(&t->shown), "policy", why.text);
	return false;
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

/* What would show that the explanation is right, or wrong. */
static void outlook_add(const char *lead, const char *what, struct build *out)
{
	struct text said = text_trim(text_of(what));

	if (!said.len)
		return;
	build_fmt(out, "%s%s", out->len ? " " : "", lead);
	build_safe(out, said, false);
	build_put(out, text_ends(said, ".") ? "" : ".");
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
		trace_attempt(t, build_text(&t->shown), "unrelated", reason.len ? reason.at : "no reason was given");
		trace_model_clear(t);
		t->status = TRACE_FAILED;
		snprintf(t->why, sizeof(t->why), "The program ran, but its result does not answer the question: %s",
			 reason.len ? reason.at : "no reason was given");
		return 0;
	}
	json_array_foreach(json_object_get(value, "claims"), i, each)
		if (json_is_string(each))
			claim_add(text_of(json_string_value(each)), (unsigned)t->evidence.items.len, &claims);
	outlook_add("It would be confirmed by: ", json_get_string(value, "confirm"), &claims);
	outlook_add("It would be refuted by: ", json_get_string(value, "refute"), &claims);
	if (claims.len)
		build_fmt(&t->answer, "%s%s", t->answer.len ? " " : "", claims.at);
	trace_attempt(t, build_text(&t->shown), "done", "");
	return 1;
}

/* ---- one try after the other ---- */

static void failure_tell(const struct trace *t, const struct model_loop *loop, struct build *out)
{
	const json_t *last = json_array_get(t->attempts, json_array_size(t->attempts) - 1);
	const char *stage = json_get_string(last, "stage"), *error = json_get_string(last, "error");
	AUTO_BUILD means = { 0 };
	struct error ignored = { 0 }; /* its words say it too */

	failure_class(data_folder(), loop->failures, stage, text_of(error), NULL, &means, &ignored);
	build_fmt(out, "That failed at the stage '%s' (%s), with these words:\n%s\n%s\n%s", stage, json_get_string(last, "class"),
		  error, means.len ? means.at : "", loop->again);
}

/* It answered, but in prose, or with half a form: a try like any other, and its words go back. */
static void prose_fail(struct trace *t, struct error *err)
{
	struct text said = text_of(err->text), subject = TEXT("the model's answer ");
	AUTO_BUILD words = { .ceiling = 800 };

	build_add(&words, text_starts(said, subject.at) ? text_from(said, subject.len) : said);
	error_clear(err);
	trace_model_clear(t);
	trace_status_set(t, TRACE_FAILED, "The model's answer cannot be used: it %s.", words.at);
	trace_attempt(t, TEXT(""), "form", words.at);
}

int trace_model_loop(struct writing *w, const struct model_loop *loop, struct error *err)
{
	long most = w->wish->attempts > 0 ? w->wish->attempts : ATTEMPTS_DEFAULT;

	for (long i = 0; i < most; i++) {
		AUTO_JSON value = NULL;
		AUTO_BUILD told = { 0 };
		int code = agent_ask(w->agent, loop->schema, loop->name, &value, err);

		if (code == 0)
			code = loop->take(w, value, err);
		else if (code == -EBADMSG)
			prose_fail(w->trace, err), code = 0;
		if (code != 0)
			return code;
		failure_tell(w->trace, loop, &told);
		code = agent_say(w->agent, CHAT_USER, build_text(&told), err);
		if (code < 0)
			return code;
	}
	return 0;
}

int trace_model_cannot(struct trace *t, const char *reason)
{
	AUTO_BUILD safe = { .ceiling = 800 };

	build_safe(&safe, text_trim(text_of(reason)), false);
	trace_model_clear(t);
	trace_status_set(t, TRACE_CANNOT, "The model says that this machine cannot show it: %s", safe.at);
	trace_attempt(t, TEXT(""), "plan", safe.at);
	return 1;
}

/* A plan goes the way of the planner's: the same generator, and its fallbacks when a way does not run. */
static int plan_take(struct writing *w, json_t *value, struct error *err)
{
	struct trace *t = w->trace;
	AUTO_FREE char *text = json_dumps(value, JSON_COMPACT);
	int code;

	trace_model_clear(t);
	t->plan_given = json_incref(value);
	code = trace_plan_again(t, w->request, err);
	if (code < 0 && code != -EACCES && code != -EOPNOTSUPP)
		return code;
	if (code < 0) {
		trace_status_set(t, TRACE_FAILED, "%s", err->text);
		error_clear(err);
	}
	if (t->status != TRACE_OK) {
		AUTO_BUILD why = { 0 };

		build_put(&why, t->planning.why.len ? t->planning.why.at : t->why);
		trace_attempt(t, text_of(text), t->status == TRACE_REFUSED ? "policy" : "plan", why.at);
		if (t->status != TRACE_REFUSED)
			trace_status_set(t, TRACE_FAILED, "The model's plan does not hold here: %.900s.", why.at);
		return 0;
	}
	if (w->seconds > 0)
		t->plan.seconds = w->seconds;
	log_stage("plan", "%s", text);
	return 1;
}

static int form_fail(struct trace *t, const char *words)
{
	trace_model_clear(t);
	trace_status_set(t, TRACE_FAILED, "The model's answer cannot be used: %s.", words);
	trace_attempt(t, TEXT(""), "form", words);
	return 0;
}

/* 2: the model gave up; 1: there is something to run; 0: what it gave failed already. */
static int answer_take(struct writing *w, json_t *value, struct error *err)
{
	json_t *plan = json_object_get(value, "plan"), *program = json_object_get(value, "program");
	const char *cannot = json_get_string(value, "cannot");
	int count = json_is_object(plan) + json_is_object(program) + (text_trim(text_of(cannot)).len > 0);

	if (count != 1)
		return form_fail(w->trace, count ? "it holds more than one of plan, program and cannot" : "it holds neither a plan nor a program");
	if (cannot[0])
		return trace_model_cannot(w->trace, cannot) + 1;
	if (json_is_object(plan))
		return plan_take(w, plan, err);
	if (strlen(json_get_string(program, "text")) > PROGRAM_MOST)
		return form_fail(w->trace, "the program is longer than 16 KiB");
	program_take(w, program);
	return policy_pass(w->trace);
}

/* 1: done, whatever it came to; 0: it failed, and another program may be tried. */
static int answer_try(struct writing *w, json_t *value, struct error *err)
{
	struct trace *t = w->trace;
	int code = answer_take(w, value, err);

	if (code != 1)
		return code == 2 ? 1 : code;
	/* A plan's program that bpftrace refuses leaves the plan's next way: trace_run() takes it. */
	if (t->given || w->wish->check_only)
		code = trace_check(t, err);
	if (code < 0 || t->status != TRACE_OK)
		return code < 0 ? code : 0;
	if (w->wish->check_only)
		return 1;
	code = trace_run(t, w->request, err);
	if (code < 0)
		return code;
	if (t->run.interrupted)
		return 1;
	return t->status == TRACE_OK ? result_check(w, err) : 0;
}

/* Where nothing ran because of the machine, that is the verdict, and not that the program was wrong. */
static void verdict_set(struct trace *t)
{
	const json_t *last = json_array_get(t->attempts, json_array_size(t->attempts) - 1);
	AUTO_BUILD why = { .ceiling = 900 };

	if (t->status != TRACE_FAILED || strcmp(json_get_string(last, "class"), "environment") != 0)
		return;
	build_put(&why, t->why);
	trace_status_set(t, TRACE_CANNOT, "This machine cannot show it so: %s", why.at);
}

int trace_model_tries(struct writing *w, struct error *err)
{
	AUTO_JSON schema = answer_schema(err);
	struct model_loop loop = { schema, "answer", "bpftrace", "Answer with another plan or program.", answer_try };
	int code;

	if (!schema)
		return err->code;
	code = trace_model_loop(w, &loop, err);
	if (code == 0)
		verdict_set(w->trace);
	return code < 0 ? code : 0;
}
