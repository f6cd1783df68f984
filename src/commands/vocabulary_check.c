/* The check of the data that people extend: the vocabulary, and what stands beside it. */
#include "commands/vocabulary_check.h"
#include <dirent.h>
#include <stdio.h>
#include "base/file.h"
#include "commands/doctor.h"
#include "llm/wire_rules.h"
#include "trace/run/failures.h"
#include "trace/survey/survey.h"
#include "trace/vocabulary/vocabulary.h"

static void mistake_add(struct error *why, struct build *mistakes)
{
	if (why->code)
		build_fmt(mistakes, "%s%s", mistakes->len ? "\n" : "", why->text);
	error_clear(why);
}

static void surveys_check(struct build *mistakes)
{
	AUTO_FREE char *folder = NULL;
	struct error why = { 0 };
	struct dirent *entry;

	if (asprintf(&folder, "%s/surveys", data_folder()) < 0)
		abort();
	AUTO_DIR surveys = opendir(folder);
	while (surveys && (entry = readdir(surveys))) {
		struct text name = text_of(entry->d_name);

		if (entry->d_name[0] == '.' || !text_ends(name, ".survey"))
			continue;
		AUTO_FREE char *plain = text_copy(text_until(name, name.len - strlen(".survey")));
		struct survey *survey = survey_read(data_folder(), plain, &why);

		if (survey)
			survey_free(survey);
		mistake_add(&why, mistakes);
	}
}

/* What a model is told; each command of those that ask one reads its own. */
static void prompts_check(struct build *mistakes)
{
	static const char *const names[] = { "chat", "check", "explain", "libbpf", "trace" };

	for (size_t i = 0; i < COUNT(names); i++) {
		AUTO_FREE char *path = NULL;
		AUTO_BUILD text = { 0 };
		struct error why = { 0 };

		if (asprintf(&path, "%s/prompts/%s.txt", data_folder(), names[i]) < 0)
			abort();
		if (file_read(path, 1 << 16, &text, &why) == 0 && (text.cut || !text_trim(build_text(&text)).len))
			fail(&why, -EINVAL, "%s: a prompt has some words, and at most 64 KiB", path);
		mistake_add(&why, mistakes);
	}
}

static void ignore(void *context, struct text sentence)
{
	(void)context, (void)sentence;
}

static void beside_check(struct build *mistakes)
{
	struct error why = { 0 };

	surveys_check(mistakes);
	for (int libbpf = 0; libbpf < 2; libbpf++) {
		failure_class(data_folder(), libbpf ? "libbpf" : "bpftrace", "", TEXT(""), NULL, NULL, &why);
		mistake_add(&why, mistakes);
	}
	quirks_of("1", ignore, NULL, &why);
	mistake_add(&why, mistakes);
	wire_rules_check(&why);
	mistake_add(&why, mistakes);
	model_facts_check(&why);
	mistake_add(&why, mistakes);
	prompts_check(mistakes);
}

int vocabulary_check(struct context *context, struct error *err)
{
	AUTO_FREE char *folder = NULL;
	AUTO_BUILD mistakes = { 0 };
	AUTO_VOCABULARY vocabulary = NULL;

	if (asprintf(&folder, "%s/vocabulary", data_folder()) < 0)
		return EXIT_FAILED;
	vocabulary = vocabulary_read(folder, &mistakes, err);
	if (!vocabulary)
		return EXIT_CONFIG;
	grammar_check(vocabulary, &mistakes);
	beside_check(&mistakes);
	if (mistakes.len) {
		error_clear(err);
		report_say(context->report, REPORT_CODE, "%s", mistakes.at);
		json_object_set_new(report_json(context->report), "mistakes", json_text(build_text(&mistakes)));
		return EXIT_CONFIG;
	}
	report_say(context->report, REPORT_PARAGRAPH, "%zu subjects, %zu roles and %zu senses in %s, without a mistake.",
		   vocabulary->subjects.len, vocabulary->roles.len, vocabulary->senses.len, folder);
	json_object_set_new(report_json(context->report), "subjects", json_integer((json_int_t)vocabulary->subjects.len));
	return EXIT_DONE;
}
