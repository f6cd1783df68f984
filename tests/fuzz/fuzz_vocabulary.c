/* Fuzzes the reader of vocabulary files: every mistake has its place, and what was read can be looked up. */
#include <stdint.h>
#include "base/file.h"
#include "trace/vocabulary/vocabulary.h"

static char folder[] = "/tmp/syswhy-fuzz-vocabulary-XXXXXX", path[80];

static void folder_drop(void)
{
	unlink(path);
	rmdir(folder);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_BUILD mistakes = { 0 };
	struct error err = { 0 };
	struct text rest;
	AUTO_FILE file = NULL;

	if (!path[0]) {
		if (!mkdtemp(folder))
			abort();
		snprintf(path, sizeof(path), "%s/x.vocab", folder);
		atexit(folder_drop);
	}
	file = fopen(path, "w");
	if (!file || fwrite(data, 1, size, file) != size || fflush(file) != 0)
		abort();
	AUTO_VOCABULARY vocabulary = vocabulary_read(folder, &mistakes, &err);
	if (!vocabulary)
		abort();
	rest = build_text(&mistakes);
	if (mistakes.len && !text_starts(rest, path))
		abort();
	vec_each(subject, &vocabulary->subjects) {
		if (!subject->opened)
			abort();
		vocabulary_subject(vocabulary, subject->name);
		vec_each(phrase, &subject->say)
			for (size_t i = 0; i < phrase->count; i++)
				if (!vocabulary_word(vocabulary, phrase->words[i]))
					abort();
	}
	return 0;
}
