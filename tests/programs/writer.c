/* Writes the programs of questions: one question a line on stdin, one JSON object a line on stdout with the
 * program that would run ("run", as for a live table), the one that is kept ("keep"), or the verdict. */
#include <string.h>
#include "base/file.h"
#include "trace/plan/planner.h"
#include "trace/script/policy.h"
#include "trace/write/program.h"

static json_t *form(const struct plan *plan, const struct vocabulary *vocabulary, struct kernel *kernel,
		    const struct program_options *options, json_t *out, const char *name)
{
	AUTO_PROGRAM program = { 0 };
	AUTO_BUILD why = { 0 };
	struct error err = { 0 };
	const struct way *way = &plan->subject->ways.at[plan->way];

	if (program_write(plan, way, vocabulary, kernel, options, &program, &why) < 0)
		json_object_set_new(out, "why", json_text(build_text(&why)));
	else if (policy_check(build_text(&program.text), &err) < 0)
		json_object_set_new(out, "refused", json_text(text_of(err.text)));
	else
		json_object_set_new(out, name, json_text(build_text(&program.text)));
	json_object_set_new(out, "strings", json_integer(program.strings));
	return out;
}

static json_t *question_answer(const struct vocabulary *vocabulary, struct kernel *kernel, const struct dialect *dialect,
			       struct text question)
{
	struct program_options live = { .dialect = dialect, .self = { 2, 3 }, .tree = 4, .live = 1 };
	struct program_options person = { .dialect = dialect, .person = true };
	AUTO(planning_done) struct planning planning = { 0 };
	AUTO(plan_done) struct plan plan;
	struct plan_options options = { 0 };
	struct error err = { 0 };
	json_t *out = json_object();

	plan_init(&plan);
	if (plan_make(vocabulary, kernel, question, &options, &plan, &planning, &err) < 0) {
		json_object_set_new(out, "failed", json_text(text_of(err.text)));
	} else if (planning.verdict != PLAN_READY) {
		json_object_set_new(out, "why", json_text(build_text(planning.why.len ? &planning.why : &planning.unplaced)));
	} else {
		json_object_set_new(out, "subject", json_str(plan.subject->name));
		form(&plan, vocabulary, kernel, &live, out, "run");
		form(&plan, vocabulary, kernel, &person, out, "keep");
	}
	return out;
}

int main(int argc, char **argv)
{
	AUTO_BUILD folder = { 0 };
	AUTO_VOCABULARY vocabulary = NULL;
	AUTO_KERNEL kernel = kernel_new();
	struct dialect dialect;
	struct error err = { 0 };
	char *line = NULL;
	size_t room = 0;
	ssize_t len;

	build_fmt(&folder, "%s/vocabulary", data_folder());
	vocabulary = vocabulary_read(folder.at, NULL, &err);
	if (argc != 2 || !vocabulary || dialect_read(data_folder(), text_of(argv[1]), &dialect, &err) < 0) {
		fprintf(stderr, "usage: writer BPFTRACE-VERSION <QUESTIONS: %s\n", err.text);
		return 2;
	}
	while ((len = getline(&line, &room, stdin)) > 0) {
		AUTO_JSON out = question_answer(vocabulary, kernel, &dialect, text_trim((struct text){ line, (size_t)len }));

		json_dumpf(out, stdout, JSON_COMPACT);
		putchar('\n');
	}
	free(line);
	return 0;
}
