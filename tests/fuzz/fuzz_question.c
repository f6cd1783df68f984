/* Fuzzes questions against the real vocabulary and this machine's catalogue: every question ends in a plan
 * whose programs pass our own policy, or in a verdict with a reason. */
#include <stdint.h>
#include <string.h>
#include "base/file.h"
#include "trace/plan/planner.h"
#include "trace/script/policy.h"
#include "trace/write/program.h"

static void programs_write(const struct plan *plan, const struct vocabulary *vocabulary, struct kernel *kernel)
{
	static const struct dialect dialects[] = { { .version = 17 }, { .version = 26, .dot = true, .fentry = true, .wide_histograms = true,
									.long_strings = true, .swap = true } };

	for (int i = 0; i < 4; i++) {
		struct program_options options = { .dialect = &dialects[i & 1], .person = i & 2, .tree = 1 };
		AUTO_PROGRAM program = { 0 };
		AUTO_BUILD why = { 0 };
		struct error err = { 0 };

		if (program_write(plan, &plan->subject->ways.at[plan->way], vocabulary, kernel, &options, &program, &why) < 0) {
			if (!why.len)
				abort();
		} else if (policy_check(build_text(&program.text), &err) < 0) {
			fprintf(stderr, "%s\n%s\n", err.text, program.text.at);
			abort();
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct vocabulary *vocabulary;
	static struct kernel *kernel;
	struct plan_options options = { .pid = size & 1 ? 1 : 0 };
	AUTO(planning_done) struct planning planning = { 0 };
	AUTO(plan_done) struct plan plan;
	struct error err = { 0 };

	if (!vocabulary) {
		AUTO_BUILD folder = { 0 };

		build_fmt(&folder, "%s/vocabulary", data_folder());
		vocabulary = vocabulary_read(folder.at, NULL, &err);
		kernel = kernel_new();
		if (!vocabulary) {
			fprintf(stderr, "%s\n", err.text);
			abort();
		}
	}
	plan_init(&plan);
	if (plan_make(vocabulary, kernel, (struct text){ (const char *)data, size }, &options, &plan, &planning, &err) < 0) {
		if (!err.text[0])
			abort();
		return 0;
	}
	if (planning.verdict == PLAN_READY) {
		AUTO_JSON json = plan_json(&plan);
		AUTO_FREE char *written = json_dumps(json, 0);
		AUTO_BUILD words = { 0 };

		plan_words(&plan, vocabulary, &words);
		if (!written || !words.len)
			abort();
		programs_write(&plan, vocabulary, kernel);
	} else if (planning.verdict == PLAN_UNKNOWN ? !planning.unplaced.len && !planning.why.len : !planning.why.len) {
		abort();
	}
	return 0;
}
