/* The vocabulary's image that comes with the program: made when it was built, so that not even the first question waits for
 * the text to be parsed. It goes by what the files say and by the build that wrote it: neither is changed by installing,
 * packing or copying, and an edit is seen whatever times the files have. */
#include <libgen.h>
#include <limits.h>
#include <link.h>
#include <string.h>
#include <sys/stat.h>
#include "base/file.h"
#include "base/log.h"
#include "base/sum.h"
#include "trace/vocabulary/image.h"

#define FILE_NAME "vocabulary.image"

uint64_t vocabulary_sum(uint64_t sum, const char *name, struct text content)
{
	sum = sum_bytes(sum_number(sum, content.len), name, strlen(name));
	sum = sum_bytes(sum, content.at, content.len);
	return sum ? sum : 1;
}

/* ---- this build ---- */

/* Of the program itself, which comes first: the note that the linker made of all that it linked. */
static int note_find(struct dl_phdr_info *object, size_t size, void *sum)
{
	(void)size;
	for (unsigned i = 0; i < object->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
		size_t align = segment->p_align == 8 ? 8 : 4, at = 0;

		while (segment->p_type == PT_NOTE && at + sizeof(ElfW(Nhdr)) <= segment->p_memsz) {
			const char *note = (const char *)(object->dlpi_addr + segment->p_vaddr) + at;
			const ElfW(Nhdr) *header = (const void *)note;
			size_t name = (header->n_namesz + align - 1) / align * align, rest = segment->p_memsz - at - sizeof(*header);

			if (name > rest || header->n_descsz > rest - name)
				break;
			if (header->n_type == NT_GNU_BUILD_ID && header->n_namesz == 4 && memcmp(header + 1, "GNU", 4) == 0) {
				*(uint64_t *)sum = sum_bytes(vocabulary_image_sizes(), note + sizeof(*header) + name, header->n_descsz);
				return 1;
			}
			at += sizeof(*header) + name + (header->n_descsz + align - 1) / align * align;
		}
	}
	return 1;
}

/* 0: this program does not know its build, or the texts are not known. */
static uint64_t built_key(uint64_t content)
{
	uint64_t build = 0;

	dl_iterate_phdr(note_find, &build);
	return build && content ? sum_number(build, content) : 0;
}

/* ---- reading ---- */

struct vocabulary *vocabulary_built_load(const char *folder, uint64_t content)
{
	uint64_t key = built_key(content);
	struct vocabulary *vocabulary = NULL;
	AUTO_FREE char *beside = NULL, *installed = NULL;
	char self[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	struct stat info;

	/* Whose program runs may as well say what its vocabulary is. */
	if (!key || len <= 0 || stat("/proc/self/exe", &info) < 0)
		return NULL;
	self[len] = '\0';
	if (asprintf(&beside, "%s/" FILE_NAME, dirname(self)) < 0 || asprintf(&installed, "%s/../" FILE_NAME, folder) < 0)
		abort();
	vocabulary = vocabulary_image_map(beside, key, info.st_uid);
	if (!vocabulary)
		vocabulary = vocabulary_image_map(installed, key, info.st_uid);
	if (vocabulary)
		log_detail("words", "the vocabulary of %s is the one that came with the program", folder);
	return vocabulary;
}

/* ---- writing ---- */

int vocabulary_build(const char *folder, const char *path, struct error *err)
{
	AUTO_BUILD mistakes = { 0 }, image = { 0 };
	AUTO_VOCABULARY vocabulary = vocabulary_read(folder, &mistakes, err);
	uint64_t key;

	if (!vocabulary || mistakes.len)
		return -EINVAL;
	key = built_key(vocabulary->content);
	if (key)
		vocabulary_image_make(vocabulary, key, &image);
	else
		log_stage("words", "this program was linked without a build id: its vocabulary will be read when it is first needed");
	return file_write(path, build_text(&image), 0644, err);
}
