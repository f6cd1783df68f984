/* A libbpf program that a model writes: judged, compiled, shown to the verifier; its failures go back to it. Nothing of it runs. */
#include <ctype.h>
#include <string.h>
#include "base/file.h"
#include "commands/trace_libbpf.h"
#include "commands/trace_model.h"
#include "trace/run/failures.h"
#include "trace/libbpf/policy.h"

#define HALF_MOST	 (64u << 10) /* bytes of one file */
#define NAME_MOST	 40

#define STRING "{\"type\":\"string\"}"
static const char answer_schema[] =
	"{\"type\":\"object\",\"properties\":{\"name\":" STRING ",\"watches\":" STRING ",\"kernel\":" STRING ",\"header\":" STRING
	",\"user\":" STRING ",\"cannot\":{\"type\":[\"string\",\"null\"]}},"
	"\"required\":[\"name\",\"watches\",\"kernel\",\"header\",\"user\",\"cannot\"],\"additionalProperties\":false}";

static bool name_fine(struct text name)
{
	if (name.len == 0 || name.len > NAME_MOST || !isalnum((unsigned char)name.at[0]))
		return false;
	for (size_t i = 0; i < name.len; i++)
		if (!islower((unsigned char)name.at[i]) && !isdigit((unsigned char)name.at[i]) && name.at[i] != '-' && name.at[i] != '_')
			return false;
	return true;
}

/* The trace as of any other program: what it watches stands in the place of a subject. */
static void answer_take(struct writing *w, const json_t *value, struct libbpf_program *program)
{
	struct trace *t = w->trace;
	struct subject *subject;
	AUTO_BUILD what = { .ceiling = 200 };

	trace_model_clear(t);
	libbpf_program_done(program);
	subject = arena_alloc(t->plan.arena, sizeof(*subject));
	build_safe(&what, text_of(json_get_string(value, "watches")), false);
	t->plan.question = arena_text(t->plan.arena, w->request->question);
	subject->name = "written by a model";
	subject->what = what.len ? arena_text(t->plan.arena, build_text(&what)) : "what the program shows";
	subject->unit = "value";
	subject->opened = true;
	subject->ways.at = arena_alloc(t->plan.arena, sizeof(struct way));
	subject->ways.len = 1;
	t->plan.subject = subject;
	t->plan.seconds = w->seconds;
	t->planned = t->given = true;
	*program = (struct libbpf_program){ .name = arena_text(t->plan.arena, text_of(json_get_string(value, "name"))) };
	build_put(&program->kernel, json_get_string(value, "kernel"));
	build_put(&program->header, json_get_string(value, "header"));
	build_put(&program->user, json_get_string(value, "user"));
	build_add(&t->shown, build_text(&program->kernel));
}

static int failed(struct trace *t, enum trace_status status, const char *stage, const char *words)
{
	trace_status_set(t, status, "The program does not pass the stage '%s': %.900s", stage, words);
	trace_attempt(t, build_text(&t->shown), stage, words);
	return 0;
}

static int form_check(const json_t *value, struct error *err)
{
	static const char *const parts[] = { "kernel", "header", "user" };

	if (!name_fine(text_of(json_get_string(value, "name"))))
		return fail(err, -EINVAL, "the name is not made of small letters, digits and '-' only");
	for (size_t i = 0; i < COUNT(parts); i++) {
		size_t len = strlen(json_get_string(value, parts[i]));

		if (len > HALF_MOST || (len == 0 && i != 1))
			return fail(err, -EINVAL, "'%s' is %s", parts[i], len ? "longer than 64 KiB" : "empty");
	}
	return 0;
}

static int policy(const struct libbpf_program *program, struct error *err)
{
	if (libbpf_policy_kernel(build_text(&program->kernel), program->name, err) < 0)
		return fail_within(err, "the kernel's half");
	if (libbpf_policy_kernel(build_text(&program->header), program->name, err) < 0 ||
	    libbpf_policy_user(build_text(&program->header), program->name, err) < 0)
		return fail_within(err, "the header");
	if (libbpf_policy_user(build_text(&program->user), program->name, err) < 0)
		return fail_within(err, "the user's half");
	return 0;
}

static void probes_take(struct trace *t, const struct libbpf_trial *trial)
{
	struct text rest = build_text(&trial->sections), line;

	while (text_line(&rest, &line))
		vec_push(&t->program.probes, arena_text(t->plan.arena, line));
}

/* 1: it holds, or there is none; 0: it failed, and another may be tried. */
static int answer_try(struct writing *w, json_t *value, struct error *err)
{
	struct libbpf_given *given = w->wish->into;
	struct trace *t = w->trace;
	const char *cannot = json_get_string(value, "cannot");
	struct error why = { 0 };
	int code;

	if (text_trim(text_of(cannot)).len)
		return trace_model_cannot(t, cannot);
	if (form_check(value, &why) < 0) {
		trace_model_clear(t);
		return failed(t, TRACE_FAILED, "form", why.text);
	}
	answer_take(w, value, &given->program);
	if (policy(&given->program, &why) < 0) {
		failed(t, TRACE_REFUSED, "policy", why.text);
		trace_status_set(t, TRACE_REFUSED, "Refused by policy: %s.", why.text);
		return 0;
	}
	code = libbpf_frame(&given->program, t->plan.arena, err);
	libbpf_trial_done(&given->trial);
	if (code == 0)
		code = libbpf_try(&given->program, &given->trial, err);
	if (code < 0)
		return code;
	if (given->trial.stage != LIBBPF_DONE)
		return failed(t, given->trial.stage == LIBBPF_POLICY ? TRACE_REFUSED : TRACE_FAILED, libbpf_stage_name(given->trial.stage),
			      given->trial.words.at);
	probes_take(t, &given->trial);
	given->fine = true;
	trace_attempt(t, build_text(&t->shown), "done", "");
	return 1;
}

int trace_libbpf_tries(struct writing *w, struct error *err)
{
	AUTO_JSON schema = json_parse(text_of(answer_schema), err);
	struct model_loop loop = { schema, "program", "libbpf", "Answer with the whole program again, mended.", answer_try };
	int code;

	if (!schema)
		return err->code;
	code = trace_model_loop(w, &loop, err);
	return code < 0 ? code : 0;
}
