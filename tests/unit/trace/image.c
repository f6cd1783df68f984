/* The vocabulary's image between runs: the same as what was read, never stale, and harmless when it is damaged. */
#include <fcntl.h>
#include <sys/stat.h>
#include "check.h"
#include "trace/vocabulary/image.h"

static char folder[40], cache[40], words[60], came[80]; /* `came`: with the program, for the texts in `words` */
static const char first[] = "role file\nsay file\nsense measure count\nsay how many | 多少\nsame delete = remove | unlink\n"
			    "ignore the | 请\n";
static const char second[] = "subject a.b\nsay zebra | striped horse 斑马 | 斑马\nwhat zebras\nway sample 1\nask count zebras\n"
			     "subject c.d\nsay delete file\nwhat files\r\nhint Some.\nway sample 2";

static int folders_make(void **state)
{
	(void)state;
	test_folder(folder);
	test_folder(cache);
	setenv("XDG_CACHE_HOME", cache, 1);
	return 0;
}

static int folders_drop(void **state)
{
	(void)state;
	if (words[0])
		test_folder_remove(words);
	test_folder_remove(folder);
	test_folder_remove(cache);
	return 0;
}

/* Written a while ago: what is fresh is not kept. */
static void put_old(const char *name, const char *text, time_t when)
{
	struct timespec times[2] = { { .tv_sec = when }, { .tv_sec = when } };
	AUTO_BUILD path = { 0 };

	put_file(folder, name, text_of(text));
	build_fmt(&path, "%s/%s", folder, name);
	assert_int_equal(utimensat(AT_FDCWD, path.at, times, 0), 0);
}

static void phrases_same(const phrase_list *a, const phrase_list *b)
{
	assert_int_equal(a->len, b->len);
	for (size_t i = 0; i < a->len; i++) {
		assert_int_equal(a->at[i].count, b->at[i].count);
		assert_int_equal(a->at[i].han, b->at[i].han);
		for (size_t w = 0; w < a->at[i].count; w++)
			assert_string_equal(a->at[i].words[w], b->at[i].words[w]);
	}
}

static void text_same_or_null(const char *a, const char *b)
{
	assert_int_equal(a == NULL, b == NULL);
	if (a)
		assert_string_equal(a, b);
}

static void subject_same(const struct subject *a, const struct subject *b)
{
	assert_string_equal(a->name, b->name);
	assert_string_equal(a->place.file, b->place.file);
	assert_int_equal(a->place.line, b->place.line);
	phrases_same(&a->say, &b->say);
	text_same_or_null(a->what, b->what);
	text_same_or_null(a->unit, b->unit);
	text_same_or_null(a->hint, b->hint);
	assert_int_equal(a->asks.len, b->asks.len);
	assert_int_equal(a->ways.len, b->ways.len);
	for (size_t i = 0; i < a->ways.len; i++) {
		assert_int_equal(a->ways.at[i].place.line, b->ways.at[i].place.line);
		assert_int_equal(a->ways.at[i].roles.len, b->ways.at[i].roles.len);
		for (size_t k = 0; k < a->ways.at[i].roles.len; k++)
			assert_string_equal(a->ways.at[i].roles.at[k].expr, b->ways.at[i].roles.at[k].expr);
	}
}

static void vocabularies_same(const struct vocabulary *a, const struct vocabulary *b)
{
	struct error err = { 0 };

	assert_int_equal(vocabulary_open_all(a, NULL, &err), 0);
	assert_int_equal(vocabulary_open_all(b, NULL, &err), 0);
	assert_int_equal(a->subjects.len, b->subjects.len);
	for (size_t i = 0; i < a->subjects.len; i++)
		subject_same(&a->subjects.at[i], &b->subjects.at[i]);
	assert_int_equal(a->roles.len, b->roles.len);
	for (size_t i = 0; i < a->roles.len; i++) {
		assert_string_equal(a->roles.at[i].name, b->roles.at[i].name);
		assert_string_equal(a->roles.at[i].plural, b->roles.at[i].plural);
		text_same_or_null(a->roles.at[i].from, b->roles.at[i].from);
		phrases_same(&a->roles.at[i].say, &b->roles.at[i].say);
	}
	assert_int_equal(a->senses.len, b->senses.len);
	for (size_t i = 0; i < a->senses.len; i++) {
		assert_string_equal(a->senses.at[i].class, b->senses.at[i].class);
		text_same_or_null(a->senses.at[i].value, b->senses.at[i].value);
		phrases_same(&a->senses.at[i].say, &b->senses.at[i].say);
	}
	assert_int_equal(a->lexicon.len, b->lexicon.len);
	for (size_t i = 0; i < a->lexicon.len; i++) {
		const struct lexeme *word = vocabulary_word(b, a->lexicon.at[i].word);

		assert_ptr_equal(word, &b->lexicon.at[i]);
		text_same_or_null(a->lexicon.at[i].same, word->same);
		assert_int_equal(a->lexicon.at[i].ignore, word->ignore);
		assert_int_equal(a->lexicon.at[i].subjects, word->subjects);
	}
	phrases_same(&a->han_ignore, &b->han_ignore);
}

static struct vocabulary *read_here(bool kept)
{
	struct error err = { 0 };
	struct vocabulary *v = vocabulary_read(folder, NULL, &err);

	if (!v)
		fail_msg("%s", err.text);
	assert_int_equal(v->image != NULL, kept);
	return v;
}

static void same_as_read(void **state)
{
	(void)state;
	put_old("a.vocab", first, 1000000);
	put_old("b.vocab", second, 1000000);
	AUTO_VOCABULARY fresh = read_here(false);
	AUTO_VOCABULARY kept = read_here(true);
	vocabularies_same(fresh, kept);
}

/* The whole that is installed, in all its variety. */
static void installed(void **state)
{
	struct error err = { 0 };
	AUTO_BUILD path = { 0 };

	(void)state;
	build_fmt(&path, "%s/vocabulary", data_folder());
	AUTO_VOCABULARY fresh = vocabulary_read(path.at, NULL, &err);
	AUTO_VOCABULARY again = vocabulary_read(path.at, NULL, &err);
	assert_non_null(fresh);
	assert_non_null(again);
	vocabularies_same(fresh, again);
}

/* A pointer that the image's tables forget would be one into the memory of the reading that it was made from. */
static void no_memory_of_ours(void **state)
{
	AUTO_BUILD path = { 0 }, mistakes = { 0 }, image = { .ceiling = 32 << 20 }, other = { .ceiling = 32 << 20 };
	struct error err = { 0 };

	(void)state;
	build_fmt(&path, "%s/vocabulary", data_folder());
	AUTO_VOCABULARY a = vocabulary_read(path.at, &mistakes, &err);
	AUTO_VOCABULARY b = vocabulary_read(path.at, &mistakes, &err);
	assert_non_null(a);
	assert_non_null(b);
	assert_null(a->image);
	assert_null(b->image);
	vocabulary_image_make(a, 1, &image);
	vocabulary_image_make(b, 1, &other);
	assert_true(image.len > 1 << 20);
	assert_int_equal(image.len, other.len);
	for (size_t i = 0; i < image.len; i++)
		if (image.at[i] != other.at[i])
			fail_msg("the byte %zu of %zu tells where a reading lay", i, image.len);
}

static void never_stale(void **state)
{
	(void)state;
	put_old("a.vocab", first, 1000000);
	put_old("b.vocab", second, 1000000);
	vocabulary_free(read_here(false)); /* another folder's was kept */
	vocabulary_free(read_here(true));
	put_old("b.vocab", second, 1000001);
	vocabulary_free(read_here(false));
	put_old("c.vocab", "subject e.f\nsay lion\nwhat lions\nway sample 1\n", 1000000);
	AUTO_VOCABULARY more = read_here(false);
	assert_non_null(vocabulary_subject(more, "e.f"));
	vocabulary_free(read_here(true));
	put_file(folder, "c.vocab", text_of("subject e.g\nsay lion\nwhat lions\nway sample 1\n"));
	AUTO_VOCABULARY changed = read_here(false);
	assert_non_null(vocabulary_subject(changed, "e.g"));
	vocabulary_free(read_here(false)); /* too fresh to be told from another of the same moment */
}

static void damaged(void **state)
{
	AUTO_BUILD path = { 0 }, whole = { 0 };
	struct error err = { 0 };

	(void)state;
	put_old("a.vocab", first, 1000000);
	put_old("b.vocab", second, 1000000);
	put_old("c.vocab", "", 1000000);
	vocabulary_free(read_here(false));
	build_fmt(&path, "%s/syswhy/vocabulary.image", cache);
	assert_int_equal(file_read(path.at, 1 << 24, &whole, &err), 0);
	for (size_t i = 0; i < whole.len; i += i < 300 ? 3 : 397) {
		whole.at[i] ^= 0x55;
		assert_int_equal(file_write(path.at, build_text(&whole), 0600, &err), 0);
		whole.at[i] ^= 0x55;
		vocabulary_free(read_here(false));
	}
	for (size_t len = 0; len < whole.len; len += 409) {
		assert_int_equal(file_write(path.at, text_until(build_text(&whole), len), 0600, &err), 0);
		vocabulary_free(read_here(false));
	}
	vocabulary_free(read_here(true));
	/* others could write to it */
	assert_int_equal(chmod(path.at, 0666), 0);
	vocabulary_free(read_here(false));
}

/* ---- the one that comes with the program ---- */

static void put_word(const char *name, const char *text, time_t when)
{
	AUTO_BUILD path = { 0 };

	build_fmt(&path, "vocabulary/%s", name);
	put_old(path.at, text, when);
}

/* Without what earlier runs kept. */
static void read_cold(bool from_image)
{
	AUTO_BUILD path = { 0 }, mistakes = { 0 };
	struct error err = { 0 };

	build_fmt(&path, "%s/syswhy/vocabulary.image", cache);
	unlink(path.at);
	AUTO_VOCABULARY found = vocabulary_read(words, NULL, &err);
	AUTO_VOCABULARY read = vocabulary_read(words, &mistakes, &err);
	if (!found || !read)
		fail_msg("%s", err.text);
	assert_int_equal(found->image != NULL, from_image);
	assert_null(read->image);
	assert_string_equal(found->folder, words);
	vocabularies_same(read, found);
}

static void built_make(void)
{
	struct error err = { 0 };

	snprintf(words, sizeof(words), "%s/vocabulary", folder);
	snprintf(came, sizeof(came), "%s/vocabulary.image", folder);
	assert_int_equal(folder_make(words, &err), 0);
	put_word("a.vocab", first, 1000000);
	put_word("b.vocab", second, 1000000);
	if (vocabulary_build(words, came, &err) < 0)
		fail_msg("%s", err.text);
}

static void built(void **state)
{
	AUTO_BUILD other = { 0 }, path = { 0 };
	struct error err = { 0 };

	(void)state;
	built_make();
	read_cold(true);
	put_word("a.vocab", first, 2000000); /* installing may set other times */
	read_cold(true);
	/* The next run needs it no more: what was kept goes by the times of the files. */
	build_fmt(&path, "%s.away", came);
	assert_int_equal(rename(came, path.at), 0);
	struct vocabulary *next = vocabulary_read(words, NULL, &err);
	assert_non_null(next);
	assert_non_null(next->image);
	vocabulary_free(next);
	read_cold(false);
	assert_int_equal(rename(path.at, came), 0);
	read_cold(true);
	/* An edit that changes neither size nor time. */
	build_put(&other, second);
	*strstr(other.at, "zebras") = 'Z';
	put_word("b.vocab", other.at, 1000000);
	read_cold(false);
	put_word("b.vocab", second, 1000000);
	read_cold(true);
	/* Files that came, went, or are called otherwise. */
	put_word("c.vocab", "", 1000000);
	read_cold(false);
	build_clear(&path);
	build_fmt(&path, "%s/c.vocab", words);
	assert_int_equal(unlink(path.at), 0);
	read_cold(true);
	build_clear(&other);
	build_fmt(&other, "%s/b.vocab", words);
	assert_int_equal(rename(other.at, path.at), 0);
	read_cold(false);
	assert_int_equal(rename(path.at, other.at), 0);
	read_cold(true);
	/* What was written a moment ago is told by what it says; it is only not kept. */
	put_file(words, "b.vocab", text_of(second));
	read_cold(true);
	assert_int_equal(unlink(came), 0);
	read_cold(false);
}

/* Nothing but what this very program wrote whole, and nobody else can write to. */
static void built_damaged(void **state)
{
	AUTO_BUILD whole = { 0 }, away = { 0 };
	struct error err = { 0 };

	(void)state;
	built_make();
	assert_int_equal(file_read(came, 1 << 24, &whole, &err), 0);
	for (size_t i = 0; i < whole.len; i += i < 300 ? 3 : 397) {
		whole.at[i] ^= 0x55;
		assert_int_equal(file_write(came, build_text(&whole), 0644, &err), 0);
		whole.at[i] ^= 0x55;
		read_cold(false);
	}
	for (size_t len = 0; len < whole.len; len += 409) {
		assert_int_equal(file_write(came, text_until(build_text(&whole), len), 0644, &err), 0);
		read_cold(false);
	}
	assert_int_equal(file_write(came, build_text(&whole), 0644, &err), 0);
	read_cold(true);
	assert_int_equal(chmod(came, 0664), 0);
	read_cold(false);
	assert_int_equal(chmod(came, 0444), 0);
	read_cold(true);
	if (geteuid() == 0) {
		assert_int_equal(chown(came, 65534, 65534), 0);
		read_cold(false);
		assert_int_equal(chown(came, 0, 0), 0);
	}
	build_fmt(&away, "%s.away", came);
	assert_int_equal(rename(came, away.at), 0);
	assert_int_equal(symlink(away.at, came), 0);
	read_cold(false);
}

/* A mistake is told by the build, with its place. */
static void built_wrong(void **state)
{
	struct error err = { 0 };

	(void)state;
	built_make();
	put_word("b.vocab", "subject x\nsay x\nwhat x\nway sample 1\nnonsense here\n", 1000000);
	assert_int_equal(unlink(came), 0);
	assert_int_equal(vocabulary_build(words, came, &err), -EINVAL);
	assert_non_null(strstr(err.text, "/vocabulary/b.vocab:5: "));
	assert_int_equal(access(came, F_OK), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_as_read), cmocka_unit_test(installed), cmocka_unit_test(no_memory_of_ours), cmocka_unit_test(never_stale),
		cmocka_unit_test(damaged), cmocka_unit_test(built), cmocka_unit_test(built_damaged), cmocka_unit_test(built_wrong),
	};

	return cmocka_run_group_tests(tests, folders_make, folders_drop);
}
