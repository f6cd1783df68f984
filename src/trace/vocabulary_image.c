/* The vocabulary as it is after reading, kept as one image between runs: reading it takes most of the time that
 * planning a question takes. The image holds the structures themselves, with offsets for pointers; a list of the
 * places where pointers stand makes it usable at any address. It is only ever read by the build that wrote it. */
#include <fcntl.h>
#include <stdalign.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include "base/file.h"
#include "base/log.h"
#include "trace/vocabulary_image.h"

#define MAGIC	   0x3176796877737973ULL /* "syswhyv1" */
#define IMAGE_MOST ((size_t)32 << 20)
#define FRESH	   2 /* seconds: a file that is written twice within a clock tick may keep its time */

struct head {
	uint64_t magic, key, sum; /* of all that follows */
	uint64_t len;		  /* of the whole image */
	uint64_t fixups, fixup_count; /* where pointers stand, as uint32_t */
	struct vocabulary vocabulary;
};

/* ---- what it is valid for ---- */

static uint64_t mix(uint64_t sum, uint64_t value)
{
	sum = (sum ^ value) * 0x9e3779b97f4a7c15ULL;
	return sum ^ sum >> 32;
}

static uint64_t bytes_sum(uint64_t sum, const void *bytes, size_t len)
{
	const char *at = bytes;
	uint64_t last = 0;

	for (; len >= sizeof(last); at += sizeof(last), len -= sizeof(last)) {
		memcpy(&last, at, sizeof(last));
		sum = mix(sum, last);
	}
	last = 0;
	if (len)
		memcpy(&last, at, len);
	return mix(sum, last ^ len << 56);
}

static uint64_t body_sum(const char *image, size_t len)
{
	return bytes_sum(MAGIC, image + offsetof(struct head, len), len - offsetof(struct head, len));
}

static uint64_t file_sum(uint64_t sum, const struct stat *info)
{
	sum = mix(mix(sum, (uint64_t)info->st_ino), (uint64_t)info->st_size);
	return mix(mix(sum, (uint64_t)info->st_mtim.tv_sec), (uint64_t)info->st_mtim.tv_nsec);
}

uint64_t vocabulary_image_key(const char *folder, const struct dirent *const *entries, int count)
{
	time_t today = time(NULL);
	struct stat info;
	uint64_t sum;

	if (stat("/proc/self/exe", &info) < 0)
		return 0;
	sum = file_sum(mix(MAGIC, sizeof(struct head)), &info);
	sum = bytes_sum(sum, folder, strlen(folder));
	for (int i = 0; i < count; i++) {
		AUTO_FREE char *path = NULL;

		if (asprintf(&path, "%s/%s", folder, entries[i]->d_name) < 0 || stat(path, &info) < 0 ||
		    today - info.st_mtim.tv_sec < FRESH)
			return 0;
		sum = file_sum(bytes_sum(sum, entries[i]->d_name, strlen(entries[i]->d_name)), &info);
	}
	return sum ? sum : 1;
}

static char *image_path(void)
{
	const char *folder = cache_folder();
	char *path;

	return folder && asprintf(&path, "%s/vocabulary.image", folder) >= 0 ? path : NULL;
}

/* ---- reading ---- */

static bool fixups_apply(char *image, const struct head *head)
{
	const uint32_t *fixups = (const uint32_t *)(image + head->fixups);

	for (uint64_t i = 0; i < head->fixup_count; i++) {
		uint64_t offset;

		if (fixups[i] > head->len - sizeof(offset))
			return false;
		memcpy(&offset, image + fixups[i], sizeof(offset));
		if (offset >= head->len)
			return false;
		*(char **)(image + fixups[i]) = image + offset;
	}
	return true;
}

static bool head_holds(const struct head *head, uint64_t key, size_t len)
{
	return head->magic == MAGIC && head->key == key && head->len == len && head->fixups % sizeof(uint32_t) == 0 &&
	       head->fixups < len && head->fixup_count <= (len - head->fixups) / sizeof(uint32_t) &&
	       head->sum == body_sum((const char *)head, len);
}

struct vocabulary *vocabulary_image_load(uint64_t key)
{
	AUTO_FREE char *path = key ? image_path() : NULL;
	struct vocabulary *vocabulary;
	struct stat info;
	struct head *head;
	size_t len;

	if (!path)
		return NULL;
	AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	/* Another user's file (sudo keeping $HOME) is not believed. */
	if (fd < 0 || fstat(fd, &info) < 0 || !S_ISREG(info.st_mode) || info.st_uid != geteuid() ||
	    (info.st_mode & 022) || info.st_size < (off_t)sizeof(*head) || info.st_size > (off_t)IMAGE_MOST)
		return NULL;
	len = (size_t)info.st_size;
	head = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	if (head == MAP_FAILED)
		return NULL;
	if (!head_holds(head, key, len) || !fixups_apply((char *)head, head)) {
		log_detail("words", "the image %s is of another build or vocabulary: made anew", path);
		munmap(head, len);
		return NULL;
	}
	vocabulary = malloc(sizeof(*vocabulary));
	if (!vocabulary)
		abort();
	*vocabulary = head->vocabulary;
	vocabulary->image = head;
	vocabulary->image_len = len;
	vocabulary->arena = arena_new();
	return vocabulary;
}

/* ---- writing ---- */

struct image {
	struct build bytes;
	VEC(uint32_t) fixups;
	const struct vocabulary *from;
	uint32_t *words; /* where each word of the lexicon went */
};

static uint32_t put(struct image *image, const void *bytes, size_t len)
{
	uint32_t at;

	while (image->bytes.len % alignof(max_align_t))
		build_char(&image->bytes, '\0');
	at = (uint32_t)image->bytes.len;
	build_add(&image->bytes, (struct text){ bytes, len });
	return at;
}

static void point(struct image *image, size_t slot, uint32_t target)
{
	uint64_t offset = target;

	if (image->bytes.cut || slot + sizeof(offset) > image->bytes.len)
		return;
	memcpy(image->bytes.at + slot, &offset, sizeof(offset));
	vec_push(&image->fixups, (uint32_t)slot);
}

static void put_text(struct image *image, size_t slot, const char *text)
{
	uint32_t at = (uint32_t)image->bytes.len;

	if (!text)
		return;
	build_add(&image->bytes, (struct text){ text, strlen(text) + 1 });
	point(image, slot, at);
}

#define SLOT(array, i, type, member) ((array) + (i) * sizeof(type) + offsetof(type, member))

/* Words of phrases are words of the lexicon: each is kept once. */
static void put_phrases(struct image *image, size_t slot, const phrase_list *list)
{
	uint32_t array;

	if (list->len == 0)
		return;
	array = put(image, list->at, list->len * sizeof(*list->at));
	point(image, slot, array);
	for (size_t i = 0; i < list->len; i++) {
		uint32_t words = put(image, list->at[i].words, list->at[i].count * sizeof(char *));

		point(image, SLOT(array, i, struct phrase, words), words);
		for (size_t w = 0; w < list->at[i].count; w++) {
			const struct lexeme *lexeme = vocabulary_word(image->from, list->at[i].words[w]);

			if (lexeme)
				point(image, words + w * sizeof(char *), image->words[lexeme - image->from->lexicon.at]);
			else /* of what is ignored */
				put_text(image, words + w * sizeof(char *), list->at[i].words[w]);
		}
	}
}

static void put_lexicon(struct image *image, size_t slot)
{
	const struct vocabulary *v = image->from;
	uint32_t array = put(image, v->lexicon.at, v->lexicon.len * sizeof(*v->lexicon.at));

	point(image, slot, array);
	for (size_t i = 0; i < v->lexicon.len; i++) {
		image->words[i] = (uint32_t)image->bytes.len;
		put_text(image, SLOT(array, i, struct lexeme, word), v->lexicon.at[i].word);
		put_text(image, SLOT(array, i, struct lexeme, same), v->lexicon.at[i].same);
	}
	array = put(image, v->index, v->index_size * sizeof(*v->index));
	point(image, offsetof(struct head, vocabulary.index), array);
}

static void put_subjects(struct image *image, size_t slot)
{
	const struct vocabulary *v = image->from;
	uint32_t array = put(image, v->subjects.at, v->subjects.len * sizeof(*v->subjects.at));

	point(image, slot, array);
	for (size_t i = 0; i < v->subjects.len; i++) {
		const struct subject *subject = &v->subjects.at[i];

		put_text(image, SLOT(array, i, struct subject, name), subject->name);
		put_text(image, SLOT(array, i, struct subject, place.file), subject->place.file);
		put_phrases(image, SLOT(array, i, struct subject, say.at), &subject->say);
	}
	/* Last, as most of them are never looked at. */
	for (size_t i = 0; i < v->subjects.len; i++) {
		uint32_t at = (uint32_t)image->bytes.len;

		/* A line's end is looked at one byte beyond. */
		build_add(&image->bytes, v->subjects.at[i].body);
		build_put(&image->bytes, "\n");
		build_char(&image->bytes, '\0');
		point(image, SLOT(array, i, struct subject, body.at), at);
	}
}

static void put_roles(struct image *image, size_t slot)
{
	const struct vocabulary *v = image->from;
	uint32_t array = put(image, v->roles.at, v->roles.len * sizeof(*v->roles.at));

	point(image, slot, array);
	for (size_t i = 0; i < v->roles.len; i++) {
		const struct role *role = &v->roles.at[i];

		put_text(image, SLOT(array, i, struct role, name), role->name);
		put_text(image, SLOT(array, i, struct role, noun), role->noun);
		put_text(image, SLOT(array, i, struct role, plural), role->plural);
		put_text(image, SLOT(array, i, struct role, type), role->type);
		put_text(image, SLOT(array, i, struct role, unit), role->unit);
		put_text(image, SLOT(array, i, struct role, from), role->from);
		put_text(image, SLOT(array, i, struct role, place.file), role->place.file);
		put_phrases(image, SLOT(array, i, struct role, say.at), &role->say);
	}
}

static void put_senses(struct image *image, size_t slot)
{
	const struct vocabulary *v = image->from;
	uint32_t array = put(image, v->senses.at, v->senses.len * sizeof(*v->senses.at));

	point(image, slot, array);
	for (size_t i = 0; i < v->senses.len; i++) {
		const struct sense *sense = &v->senses.at[i];

		put_text(image, SLOT(array, i, struct sense, class), sense->class);
		put_text(image, SLOT(array, i, struct sense, name), sense->name);
		put_text(image, SLOT(array, i, struct sense, value), sense->value);
		put_text(image, SLOT(array, i, struct sense, place.file), sense->place.file);
		put_phrases(image, SLOT(array, i, struct sense, say.at), &sense->say);
	}
}

void vocabulary_image_save(const struct vocabulary *vocabulary, uint64_t key)
{
	AUTO_FREE char *path = key ? image_path() : NULL;
	struct image image = { .bytes = { .ceiling = IMAGE_MOST }, .from = vocabulary };
	struct head head = { .magic = MAGIC, .key = key, .vocabulary = *vocabulary };
	struct error err = { 0 };

	if (!path || !vocabulary->lexicon.len || !vocabulary->subjects.len || !vocabulary->roles.len || !vocabulary->senses.len)
		return;
	image.words = calloc(vocabulary->lexicon.len, sizeof(*image.words));
	if (!image.words)
		abort();
	head.vocabulary.arena = NULL;
	head.vocabulary.english = NULL;
	put(&image, &head, sizeof(head));
	put_lexicon(&image, offsetof(struct head, vocabulary.lexicon.at));
	put_senses(&image, offsetof(struct head, vocabulary.senses.at));
	put_roles(&image, offsetof(struct head, vocabulary.roles.at));
	put_phrases(&image, offsetof(struct head, vocabulary.han_ignore.at), &vocabulary->han_ignore);
	put_subjects(&image, offsetof(struct head, vocabulary.subjects.at));
	memcpy(&head.vocabulary, image.bytes.at + offsetof(struct head, vocabulary), sizeof(head.vocabulary));
	head.fixup_count = image.fixups.len;
	head.fixups = put(&image, image.fixups.at, image.fixups.len * sizeof(*image.fixups.at));
	if (!image.bytes.cut) {
		head.len = image.bytes.len;
		memcpy(image.bytes.at, &head, sizeof(head));
		head.sum = body_sum(image.bytes.at, image.bytes.len);
		memcpy(image.bytes.at, &head, sizeof(head));
		if (file_write(path, build_text(&image.bytes), 0600, &err) < 0)
			log_detail("words", "%s", err.text); /* without it the next question only takes longer */
	}
	free(image.words);
	vec_done(&image.fixups);
	build_done(&image.bytes);
}
