/* The texts of the vocabulary's folder, before anything is made of them. */
#include "base/file.h"
#include "trace/vocabulary/reader.h"
#include "trace/vocabulary/image.h"

void sources_done(source_list *sources)
{
	vec_each(source, sources) {
		free(source->name);
		build_done(&source->content);
	}
	vec_done(sources);
}

uint64_t sources_read(const char *folder, const struct dirent *const *entries, int count, source_list *sources)
{
	uint64_t sum = 1;

	for (int i = 0; i < count; i++) {
		struct source *source = vec_new(sources);
		AUTO_FREE char *path = NULL;

		source->name = text_copy(text_of(entries[i]->d_name));
		if (asprintf(&path, "%s/%s", folder, source->name) < 0)
			abort();
		source->code = file_read(path, SOURCE_MOST, &source->content, &source->why);
		sum = source->code < 0 || source->content.cut || !sum ? 0 : vocabulary_sum(sum, source->name, build_text(&source->content));
	}
	return sum;
}
