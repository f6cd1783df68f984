/* Runs a fuzzer's function over every file of its corpus, and over the empty input. usage: replay FOLDER */
#include <stdint.h>
#include <stdio.h>
#include "base/file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int main(int argc, char **argv)
{
	AUTO_DIR folder = argc == 2 ? opendir(argv[1]) : NULL;
	struct dirent *entry;
	size_t count = 0;

	if (!folder) {
		fprintf(stderr, "there is no corpus '%s'\n", argc == 2 ? argv[1] : "");
		return 1;
	}
	LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
	while ((entry = readdir(folder))) {
		AUTO_BUILD path = { 0 };
		AUTO_BUILD data = { 0 };
		struct error err = { 0 };

		if (entry->d_name[0] == '.')
			continue;
		build_fmt(&path, "%s/%s", argv[1], entry->d_name);
		if (file_read(path.at, 1 << 20, &data, &err) < 0) {
			fprintf(stderr, "%s\n", err.text);
			return 1;
		}
		/* An exact copy, so that the sanitizer sees a read behind the end. */
		AUTO_FREE uint8_t *exact = malloc(data.len ? data.len : 1);
		if (!exact)
			return 1;
		memcpy(exact, build_text(&data).at, data.len);
		LLVMFuzzerTestOneInput(exact, data.len);
		count++;
	}
	printf("replayed %zu inputs\n", count);
	return count == 0;
}
