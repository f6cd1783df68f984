/* The vocabulary as it is after reading, kept as one image between runs: reading it takes most of the time that
 * planning a question takes. The image holds the structures themselves, all subjects opened, with pointers for the one
 * address that it is mapped at: nothing of it is written to, so most of its pages are only those of the file. It is only
 * ever read by the build that wrote it. In the cache folder it goes by the times of the files, which cost nothing to look
 * at; where nothing is kept yet, built.c has one that came with the program. */
#include <fcntl.h>
#include <stdalign.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include "base/file.h"
#include "base/log.h"
#include "base/sum.h"
#include "trace/vocabulary/image.h"

#define MAGIC	   0x3276796877737973ULL /* "syswhyv2" */
#define IMAGE_MOST ((size_t)32 << 20)
#define FRESH	   2 /* seconds: a file that is written twice within a clock tick may keep its time */

/* Far from where programs, heaps, stacks and libraries are put, and within the smallest address space of 64 bits (256 GiB). */
#if defined(__SANITIZE_ADDRESS__)
#define BASE 0x200000000000ULL /* clear of its shadow */
#elif UINTPTR_MAX > 0xffffffffu
#define BASE 0x2000000000ULL
#else
#define BASE 0x60000000ULL
#endif

struct head {
	uint64_t magic, key, sum; /* of all that follows */
	uint64_t len;		  /* of the whole image */
	struct vocabulary vocabulary;
};

/* ---- what it is valid for ---- */

static uint64_t body_sum(const char *image, size_t len)
{
	return sum_bytes(MAGIC, image + offsetof(struct head, len), len - offsetof(struct head, len));
}

static uint64_t file_sum(uint64_t sum, const struct stat *info)
{
	sum = sum_number(sum_number(sum, (uint64_t)info->st_ino), (uint64_t)info->st_size);
	return sum_number(sum_number(sum, (uint64_t)info->st_mtim.tv_sec), (uint64_t)info->st_mtim.tv_nsec);
}

uint64_t vocabulary_image_sizes(void)
{
	static const size_t sizes[] = { sizeof(struct head), sizeof(struct subject), sizeof(struct way), sizeof(struct role),
					sizeof(struct sense), sizeof(struct phrase), sizeof(struct lexeme) };
	uint64_t sum = MAGIC;

	for (size_t i = 0; i < COUNT(sizes); i++)
		sum = sum_number(sum, sizes[i]);
	return sum;
}

uint64_t vocabulary_image_key(const char *folder, const struct dirent *const *entries, int count)
{
	time_t today = time(NULL);
	struct stat info;
	uint64_t sum;

	if (stat("/proc/self/exe", &info) < 0)
		return 0;
	sum = file_sum(vocabulary_image_sizes(), &info); /* under valgrind the program is valgrind */
	sum = sum_bytes(sum, folder, strlen(folder));
	for (int i = 0; i < count; i++) {
		AUTO_FREE char *path = NULL;

		if (asprintf(&path, "%s/%s", folder, entries[i]->d_name) < 0 || stat(path, &info) < 0 ||
		    today - info.st_mtim.tv_sec < FRESH)
			return 0;
		sum = file_sum(sum_bytes(sum, entries[i]->d_name, strlen(entries[i]->d_name)), &info);
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

static bool head_holds(const struct head *head, uint64_t key, size_t len)
{
	return head->magic == MAGIC && head->key == key && head->len == len && head->sum == body_sum((const char *)head, len);
}

static bool trusted(const struct stat *info, uid_t other)
{
	return S_ISREG(info->st_mode) && (info->st_uid == geteuid() || info->st_uid == other) && !(info->st_mode & 022) &&
	       info->st_size >= (off_t)sizeof(struct head) && info->st_size <= (off_t)IMAGE_MOST;
}

struct vocabulary *vocabulary_image_map(const char *path, uint64_t key, uid_t other)
{
	AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct vocabulary *vocabulary;
	struct stat info;
	struct head *head;
	size_t len;

	/* Another user's file (sudo keeping $HOME) is not believed. */
	if (fd < 0 || fstat(fd, &info) < 0 || !trusted(&info, other))
		return NULL;
	len = (size_t)info.st_size;
	head = mmap((void *)(uintptr_t)BASE, len, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (head == MAP_FAILED)
		return NULL;
	if ((uintptr_t)head != BASE || !head_holds(head, key, len)) {
		log_detail("words", "the image %s is of another build or vocabulary, or its place is taken", path);
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

struct vocabulary *vocabulary_image_load(uint64_t key)
{
	AUTO_FREE char *path = key ? image_path() : NULL;

	return path ? vocabulary_image_map(path, key, geteuid()) : NULL;
}

/* ---- writing ---- */

#define STRINGS (1u << 16) /* a power of two, of which three quarters are used at the most */

struct image {
	struct build bytes;
	const struct vocabulary *from;
	uint32_t *words;   /* where each word of the lexicon went */
	uint32_t *strings; /* by hash where each string went: most stand in many subjects; 0 free */
	size_t string_count;
};

static uint32_t put(struct image *image, const void *bytes, size_t len)
{
	static const char zeros[alignof(max_align_t)];
	uint32_t at;

	build_add(&image->bytes, (struct text){ zeros, -image->bytes.len % sizeof(zeros) });
	at = (uint32_t)image->bytes.len;
	build_add(&image->bytes, (struct text){ bytes, len });
	return at;
}

static void point(struct image *image, size_t slot, uint32_t target)
{
	uintptr_t address = (uintptr_t)(BASE + target);

	if (!image->bytes.cut && slot + sizeof(address) <= image->bytes.len)
		memcpy(image->bytes.at + slot, &address, sizeof(address));
}

/* Where the string stands; it is put there when it is not yet. */
static uint32_t string_at(struct image *image, const char *string)
{
	size_t len = strlen(string), at = sum_bytes(0, string, len) % STRINGS;
	uint32_t place;

	for (; image->strings[at]; at = (at + 1) % STRINGS)
		if (strcmp(image->bytes.at + image->strings[at], string) == 0)
			return image->strings[at];
	place = (uint32_t)image->bytes.len;
	build_add(&image->bytes, (struct text){ string, len + 1 });
	if (!image->bytes.cut && image->string_count < STRINGS / 4 * 3) {
		image->strings[at] = place;
		image->string_count++;
	}
	return place;
}

static void put_text(struct image *image, size_t slot, const char *text)
{
	if (text)
		point(image, slot, string_at(image, text));
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
		image->words[i] = string_at(image, v->lexicon.at[i].word);
		point(image, SLOT(array, i, struct lexeme, word), image->words[i]);
		put_text(image, SLOT(array, i, struct lexeme, same), v->lexicon.at[i].same);
	}
	array = put(image, v->index, v->index_size * sizeof(*v->index));
	point(image, offsetof(struct head, vocabulary.index), array);
}

/* ---- what points to what ---- */

/* A pointer that has no line here would be kept as it was in memory: a test of two readings finds it. */
enum target { TARGET_STRING, TARGET_PHRASES, TARGET_LIST };
struct pointer {
	size_t at; /* within the element; of a list, the list */
	enum target target;
	const struct layout *of; /* of a list: its elements */
};
struct layout {
	size_t size;
	const struct pointer *pointers;
	size_t count;
};
#define STRING(type, member)	     { offsetof(type, member), TARGET_STRING, NULL }
#define PHRASES(type, member)	     { offsetof(type, member), TARGET_PHRASES, NULL }
#define LIST(type, member, elements) { offsetof(type, member), TARGET_LIST, elements }
#define LAYOUT(type, pointers)	     { sizeof(type), pointers, COUNT(pointers) }

static const struct layout way_layout;

static const struct pointer name_pointers[] = { { 0, TARGET_STRING, NULL } };
static const struct layout name_layout = LAYOUT(const char *, name_pointers);

static const struct pointer sense_pointers[] = {
	STRING(struct sense, class), STRING(struct sense, name), STRING(struct sense, value), STRING(struct sense, place.file),
	PHRASES(struct sense, say),
};
static const struct layout sense_layout = LAYOUT(struct sense, sense_pointers);

static const struct pointer role_pointers[] = {
	STRING(struct role, name), STRING(struct role, noun), STRING(struct role, plural), STRING(struct role, type),
	STRING(struct role, unit), STRING(struct role, from), STRING(struct role, place.file), PHRASES(struct role, say),
};
static const struct layout role_layout = LAYOUT(struct role, role_pointers);

static const struct pointer way_role_pointers[] = {
	STRING(struct way_role, name), STRING(struct way_role, expr), STRING(struct way_role, type), STRING(struct way_role, cond),
	STRING(struct way_role, at),
};
static const struct layout way_role_layout = LAYOUT(struct way_role, way_role_pointers);

static const struct pointer way_need_pointers[] = { STRING(struct way_need, what), STRING(struct way_need, name) };
static const struct layout way_need_layout = LAYOUT(struct way_need, way_need_pointers);

static const struct pointer way_pointers[] = {
	LIST(struct way, probes, &name_layout), LIST(struct way, starts, &name_layout), LIST(struct way, untils, &name_layout),
	STRING(struct way, start_id), STRING(struct way, end_id), STRING(struct way, where), STRING(struct way, start_where),
	STRING(struct way, absent), STRING(struct way, note), STRING(struct way, keep_id), STRING(struct way, until_id),
	LIST(struct way, roles, &way_role_layout), LIST(struct way, needs, &way_need_layout), LIST(struct way, parts, &way_layout),
	STRING(struct way, label), STRING(struct way, place.file),
};
static const struct layout way_layout = LAYOUT(struct way, way_pointers);

/* What every question is compared with stands together; of the rest little is looked at. */
static const struct pointer phrased_pointers[] = {
	STRING(struct subject, name), STRING(struct subject, place.file), PHRASES(struct subject, say),
};
static const struct layout phrased_layout = LAYOUT(struct subject, phrased_pointers);
static const struct pointer opened_pointers[] = {
	STRING(struct subject, what), STRING(struct subject, unit), STRING(struct subject, hint), STRING(struct subject, measure_role),
	STRING(struct subject, value), STRING(struct subject, timed), LIST(struct subject, by, &name_layout),
	LIST(struct subject, also, &name_layout), LIST(struct subject, show, &name_layout), LIST(struct subject, asks, &name_layout),
	LIST(struct subject, ways, &way_layout),
};
static const struct layout opened_layout = LAYOUT(struct subject, opened_pointers);

/* All lists look like this one. */
typedef VEC(char) any_list;

static uint32_t put_list(struct image *image, size_t slot, const void *list, const struct layout *layout);

/* What an element points to; the element itself is at `at` already. */
static void put_pointed(struct image *image, size_t at, const char *element, const struct layout *layout)
{
	for (size_t i = 0; i < layout->count; i++) {
		const struct pointer *pointer = &layout->pointers[i];
		const void *member = element + pointer->at;

		if (pointer->target == TARGET_STRING)
			put_text(image, at + pointer->at, *(const char *const *)member);
		else if (pointer->target == TARGET_PHRASES)
			put_phrases(image, at + pointer->at, member);
		else
			put_list(image, at + pointer->at, member, pointer->of);
	}
}

/* Gives where its elements are. */
static uint32_t put_list(struct image *image, size_t slot, const void *list, const struct layout *layout)
{
	any_list elements;
	uint32_t array;

	memcpy(&elements, list, sizeof(elements));
	if (elements.len == 0)
		return 0;
	array = put(image, elements.at, elements.len * layout->size);
	point(image, slot, array);
	for (size_t i = 0; i < elements.len; i++)
		put_pointed(image, array + i * layout->size, elements.at + i * layout->size, layout);
	return array;
}

static void put_subjects(struct image *image, size_t slot)
{
	static const struct text none;
	const struct vocabulary *v = image->from;
	uint32_t array = put_list(image, slot, &v->subjects, &phrased_layout);

	for (size_t i = 0; i < v->subjects.len; i++) {
		size_t at = array + i * sizeof(struct subject);

		put_pointed(image, at, (const char *)&v->subjects.at[i], &opened_layout);
		if (!image->bytes.cut)
			memcpy(image->bytes.at + at + offsetof(struct subject, body), &none, sizeof(none));
	}
}

static void compose(const struct vocabulary *vocabulary, uint64_t key, struct build *out)
{
	struct image image = { .bytes = { .ceiling = IMAGE_MOST }, .from = vocabulary };
	struct head head = { .magic = MAGIC, .key = key, .vocabulary = *vocabulary };

	if (!vocabulary->lexicon.len || !vocabulary->subjects.len || !vocabulary->roles.len || !vocabulary->senses.len)
		return;
	image.words = calloc(vocabulary->lexicon.len, sizeof(*image.words));
	image.strings = calloc(STRINGS, sizeof(*image.strings));
	if (!image.words || !image.strings)
		abort();
	head.vocabulary.arena = NULL;
	head.vocabulary.english = NULL;
	head.vocabulary.plausible = NULL;
	head.vocabulary.folder = NULL;
	put(&image, &head, sizeof(head));
	put_lexicon(&image, offsetof(struct head, vocabulary.lexicon));
	put_list(&image, offsetof(struct head, vocabulary.senses), &vocabulary->senses, &sense_layout);
	put_list(&image, offsetof(struct head, vocabulary.roles), &vocabulary->roles, &role_layout);
	put_phrases(&image, offsetof(struct head, vocabulary.han_ignore), &vocabulary->han_ignore);
	put_subjects(&image, offsetof(struct head, vocabulary.subjects));
	if (!image.bytes.cut) {
		memcpy(&head.vocabulary, image.bytes.at + offsetof(struct head, vocabulary), sizeof(head.vocabulary));
		head.len = image.bytes.len;
		memcpy(image.bytes.at, &head, sizeof(head));
		head.sum = body_sum(image.bytes.at, image.bytes.len);
		memcpy(image.bytes.at, &head, sizeof(head));
		*out = image.bytes;
		image.bytes = (struct build){ 0 };
	}
	free(image.words);
	free(image.strings);
	build_done(&image.bytes);
}

/* An image that was loaded is the same under another key. */
static void copy(const struct vocabulary *vocabulary, uint64_t key, struct build *out)
{
	struct head head = *(const struct head *)vocabulary->image;

	head.key = key;
	build_add(out, (struct text){ (const char *)&head, sizeof(head) });
	build_add(out, (struct text){ (const char *)vocabulary->image + sizeof(head), vocabulary->image_len - sizeof(head) });
}

void vocabulary_image_make(const struct vocabulary *vocabulary, uint64_t key, struct build *out)
{
	if (vocabulary->image)
		copy(vocabulary, key, out);
	else
		compose(vocabulary, key, out);
}

void vocabulary_image_save(const struct vocabulary *vocabulary, uint64_t key)
{
	AUTO_FREE char *path = key ? image_path() : NULL;
	AUTO_BUILD image = { .ceiling = IMAGE_MOST };
	struct error err = { 0 };

	if (!path)
		return;
	vocabulary_image_make(vocabulary, key, &image);
	if (image.len && !image.cut && file_keep(path, build_text(&image), &err) < 0)
		log_detail("words", "%s", err.text); /* without it the next question only takes longer */
}
