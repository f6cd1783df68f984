/* `syswhy trace --as libbpf`: the program as C to keep, instead of an answer. */
#include "commands/trace_libbpf.h"
#include "trace/survey/survey.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/file.h"
#include "commands/trace_model.h"

/* ---- files ---- */

struct part {
	const char *end; /* NULL: the Makefile */
	const struct build *text;
};

static void parts_of(const struct libbpf_program *program, struct part parts[4])
{
	parts[0] = (struct part){ ".bpf.c", &program->kernel };
	parts[1] = (struct part){ ".h", &program->header };
	parts[2] = (struct part){ ".c", &program->user };
	parts[3] = (struct part){ NULL, &program->make };
}

static char *part_path(const char *folder, const char *name, const char *end)
{
	char *path;

	return asprintf(&path, "%s/%s%s", folder, end ? name : "Makefile", end ? end : "") < 0 ? NULL : path;
}

/* Better said before the compiler has worked than after. */
static int place_check(const char *folder, const struct libbpf_program *program, struct error *err)
{
	struct part parts[4];

	parts_of(program, parts);
	for (size_t i = 0; i < COUNT(parts); i++) {
		AUTO_FREE char *path = part_path(folder, program->name, parts[i].end);

		if (!path)
			return fail(err, -ENOMEM, "out of memory");
		if (faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
			return fail(err, -EEXIST, "'%s' is there already, and nothing is overwritten: -o chooses another folder", path);
	}
	return 0;
}

int libbpf_save(const char *folder, const struct libbpf_program *program, struct error *err)
{
	struct part parts[4];
	bool made = false;
	size_t written = 0;
	int code;

	parts_of(program, parts);
	if (mkdir(folder, 0755) == 0)
		made = true;
	else if (errno != EEXIST)
		return fail(err, -errno, "the folder '%s' cannot be made: %s; -o chooses another", folder, strerror(errno));
	code = place_check(folder, program, err);
	for (; written < COUNT(parts) && code == 0; written++) {
		AUTO_FREE char *path = part_path(folder, program->name, parts[written].end);

		code = path ? file_write(path, build_text(parts[written].text), 0644, err) : fail(err, -ENOMEM, "out of memory");
		if (code < 0)
			break;
	}
	/* Half a program is none. */
	for (size_t i = 0; code < 0 && i < written; i++) {
		AUTO_FREE char *path = part_path(folder, program->name, parts[i].end);

		if (path)
			unlink(path);
	}
	if (code < 0 && made)
		rmdir(folder);
	return code;
}

/* ---- what is said ---- */

void libbpf_tell(struct context *context, struct trace *t, const struct libbpf_wish *wish, const struct libbpf_program *program,
		 const struct libbpf_trial *trial, const char *folder)
{
	json_t *files = json_array();
	struct part parts[4];
	AUTO_BUILD words = { 0 };

	parts_of(program, parts);
	plan_words(&t->plan, t->vocabulary, &words);
	if (wish->print) {
		report_say(context->report, REPORT_PARAGRAPH, "Plan: %s.", words.at);
		for (size_t i = 0; i < COUNT(parts); i++) {
			report_say(context->report, REPORT_PARAGRAPH, "%s%s:", parts[i].end ? program->name : "Makefile", parts[i].end ? parts[i].end : "");
			report_say(context->report, REPORT_CODE, "%s", parts[i].text->at);
		}
	}
	for (size_t i = 0; i < COUNT(parts); i++) {
		AUTO_FREE char *path = part_path(folder, program->name, parts[i].end);
		json_t *file = json_object();

		json_object_set_new(file, "name", json_str(path && !wish->print ? path : strrchr(path ? path : "/", '/') + 1));
		json_object_set_new(file, "text", json_text(build_text(parts[i].text)));
		json_array_append_new(files, file);
	}
	json_object_set_new(report_json(context->report), "files", files);
	if (trial && trial->programs)
		report_say(context->report, REPORT_PARAGRAPH, "It compiles, and the verifier of this kernel takes its %u program%s.", trial->programs,
			   trial->programs == 1 ? "" : "s");
	else if (trial)
		report_say(context->report, REPORT_NOTE, "It compiles; whether the kernel's verifier takes it was not tried, as that needs root.");
	else
		report_say(context->report, REPORT_NOTE, "It was neither compiled nor shown to the kernel's verifier (--no-check).");
	if (!wish->print)
		report_say(context->report, REPORT_PARAGRAPH, "Written to %s: %s.bpf.c (the kernel's half), %s.h, %s.c (the user's half), Makefile. "
			   "Nothing was run. To run it: cd %s && make && sudo ./%s", folder, program->name, program->name, program->name, folder, program->name);
}

/* ---- one way after the other ---- */

/* 1: `program` is fine; 0: this way does not go, and the trace says why. */
static int way_try(struct trace *t, const struct trace_request *request, const struct libbpf_wish *wish, struct libbpf_program *program,
		   struct libbpf_trial *trial, struct error *err)
{
	AUTO_BUILD why = { 0 };
	int code = libbpf_write(&t->plan, &t->plan.subject->ways.at[t->plan.way], t->vocabulary, t->kernel, request->question, program, &why, err);

	build_clear(&t->shown);
	build_add(&t->shown, build_text(&program->kernel));
	if (code == -EOPNOTSUPP) {
		build_put(&why, "");
		trace_status_set(t, TRACE_CANNOT, "This cannot be written as a libbpf program: %s.", why.at);
		trace_attempt(t, build_text(&t->shown), "write", why.at);
		return 0;
	}
	if (code < 0)
		return code;
	t->program.probes.len = 0;
	vec_each(probe, &program->probes)
		vec_push(&t->program.probes, *probe);
	code = wish->print ? 0 : place_check(wish->folder ? wish->folder : program->name, program, err);
	if (code < 0)
		return code;
	if (wish->unchecked)
		return 1;
	code = libbpf_try(program, trial, err);
	if (code < 0)
		return code;
	if (trial->stage == LIBBPF_DONE)
		return 1;
	trace_status_set(t, TRACE_FAILED, "The program does not pass the stage '%s': %.900s", libbpf_stage_name(trial->stage), trial->words.at);
	trace_attempt(t, build_text(&t->shown), libbpf_stage_name(trial->stage), trial->words.at);
	return 0;
}

/* The program that stands, into its folder. */
static int finish(struct context *context, struct trace *t, const struct libbpf_wish *wish, const struct libbpf_program *program,
		  const struct libbpf_trial *trial, struct error *err)
{
	const char *folder = wish->folder ? wish->folder : program->name;
	int code = wish->print ? 0 : libbpf_save(folder, program, err);

	if (code == 0)
		libbpf_tell(context, t, wish, program, trial, folder);
	return code;
}

static void given_done(struct libbpf_given *given)
{
	libbpf_program_done(&given->program);
	libbpf_trial_done(&given->trial);
}

/* Whether a model was asked and that decides: then `code` says how it went. */
static bool model_asked(struct context *context, struct trace *t, const struct trace_request *request, const struct libbpf_wish *wish,
			int *exit_code, int *code, struct error *err)
{
	AUTO(given_done) struct libbpf_given given = { 0 };
	struct model_wish asked = { .engine = wish->engine, .model = wish->model, .attempts = wish->attempts, .dry = wish->dry, .whole = wish->whole, .check_only = true,
				    .prompt = "libbpf.txt", .tries = trace_libbpf_tries, .into = &given };

	*code = 0;
	switch (trace_model(context, t, request, &asked, exit_code, err)) {
	case MODEL_UNUSED:
		if (wish->dry)
			report_say(context->report, REPORT_PARAGRAPH, "Nothing would be sent: no model is needed for this question.");
		return wish->dry;
	case MODEL_SHOWN:
		return true;
	case MODEL_FAILED:
		*code = err->code ? err->code : -EIO;
		return true;
	case MODEL_DECIDED:
		if (given.fine && t->status == TRACE_OK)
			*code = finish(context, t, wish, &given.program, &given.trial, err);
		return true;
	}
	return false;
}

int trace_libbpf(struct context *context, struct trace *t, const struct trace_request *request, const struct libbpf_wish *wish, int *exit_code,
		 struct error *err)
{
	struct plan_options options = request->options;
	int code;

	t->tool = "libbpf";
	code = trace_plan(t, request, err);
	if (code == 0 && t->survey) {
		trace_status_set(t, TRACE_CANNOT, "A broad question is several measurements, and --as libbpf writes one: ask for one of them, for "
				 "example \"%s\".", t->survey->looks[0].question);
		return 0;
	}
	/* A model's program must pass the verifier, which takes root. */
	if (code == 0 && geteuid() == 0 && !wish->unchecked && model_asked(context, t, request, wish, exit_code, &code, err))
		return code;
	while (code == 0 && t->planned && t->status == TRACE_OK) {
		AUTO(libbpf_program_done) struct libbpf_program program = { 0 };
		AUTO(libbpf_trial_done) struct libbpf_trial trial = { 0 };
		struct error why = { 0 };

		if (request->seconds > 0)
			t->plan.seconds = request->seconds;
		if (request->events > 0)
			t->plan.events = request->events;
		if (wish->top > 0)
			t->plan.top = wish->top;
		code = way_try(t, request, wish, &program, &trial, err);
		if (code == 1)
			return finish(context, t, wish, &program, wish->unchecked ? NULL : &trial, err);
		if (code == 0 && !trace_next_way(t, request, &options, &why))
			return why.code;
	}
	return code;
}
