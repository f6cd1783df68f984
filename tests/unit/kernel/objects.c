/* ELF files: this very program with a USDT note of its own, packed symbols, and damaged files. */
#include "check.h"
#include <lzma.h>
#include "base/child.h"
#include "kernel/elf_parts.h"
#include "kernel/object.h"

/* The notes that sdt.h makes for DTRACE_PROBE(syswhy_test, hello), and one that is cut. */
__asm__(".pushsection .note.stapsdt,\"\",\"note\"\n"
	".balign 4\n.4byte 8, 2f-1f, 3\n.asciz \"stapsdt\"\n"
	"1: .8byte 0x1000, 0x2000, 0\n.asciz \"syswhy_test\"\n.asciz \"hello\"\n.asciz \"-4@%edi\"\n2: .balign 4\n"
	".4byte 8, 4f-3f, 3\n.asciz \"stapsdt\"\n3: .8byte 0x1000, 0x2000, 0\n.ascii \"cut\"\n4: .balign 4\n.popsection\n");

int planted_function(int x);
__attribute__((noinline)) int planted_function(int x)
{
	__asm__ volatile("" : "+r"(x));
	return x + 1;
}

static struct text self(struct build *bytes)
{
	struct error err = { 0 };

	assert_int_equal(file_read("/proc/self/exe", 64 << 20, bytes, &err), 0);
	return build_text(bytes);
}

static void own_file(void **state)
{
	struct error err = { 0 };
	AUTO_OBJECT object = object_open("/proc/self/exe", &err);
	const struct symbol *functions;
	const struct usdt *usdt;
	const char *nearest[3];
	size_t count;

	(void)state;
	assert_non_null(object);
	assert_int_equal(planted_function(1), 2);
	assert_non_null(object_function(object, "planted_function"));
	assert_true(object_function(object, "planted_function")->size > 0);
	assert_null(object_function(object, "planted_functio"));
	functions = object_functions(object, &count);
	for (size_t i = 1; i < count; i++)
		assert_true(strcmp(functions[i - 1].name, functions[i].name) < 0);
	usdt = object_usdt(object, &count);
	assert_int_equal(count, 1);
	assert_string_equal(usdt[0].provider, "syswhy_test");
	assert_string_equal(usdt[0].name, "hello");
	assert_true(object_nearest(object, "planted_funktion", nearest, 3) >= 1);
	assert_string_equal(nearest[0], "planted_function");
	assert_true(object_nearest(object, "planted", nearest, 3) >= 1);
	assert_int_equal(object_nearest(object, "", nearest, 0), 0);
}

static void packed_symbols(void **state)
{
	AUTO_BUILD bytes = { 0 };
	struct text whole = self(&bytes);
	size_t room = lzma_stream_buffer_bound(whole.len), len = 0;
	AUTO_FREE uint8_t *packed = malloc(room);
	AUTO_FREE char *file = NULL, *copy = NULL, *section = NULL;
	AUTO_OUTPUT output = { 0 };
	struct error err = { 0 };

	(void)state;
	assert_int_equal(lzma_easy_buffer_encode(1, LZMA_CHECK_CRC32, NULL, (const uint8_t *)whole.at, whole.len, packed, &len,
						 room), LZMA_OK);
	assert_true(asprintf(&file, "%s/packed.xz", test_folder()) > 0);
	assert_true(asprintf(&copy, "%s/stripped", test_folder()) > 0);
	assert_true(asprintf(&section, ".gnu_debugdata=%s", file) > 0);
	assert_int_equal(file_write(file, (struct text){ (char *)packed, len }, 0600, &err), 0);
	const char *argv[] = { "objcopy", "--strip-all", "--add-section", section, "/proc/self/exe", copy, NULL };
	char link[64];
	snprintf(link, sizeof(link), "/proc/%d/exe", getpid());
	argv[4] = link;
	assert_int_equal(child_run(argv, text_of(""), 4096, 30, &output, &err), 0);
	assert_int_equal(output.status, 0);
	AUTO_OBJECT object = object_open(copy, &err);
	assert_non_null(object);
	assert_non_null(object_function(object, "planted_function"));
	assert_non_null(object_function(object, "main"));
}

/* A few kilobytes that unpack to 256 MB, and packed bytes that are damaged or no ELF file. */
static void packed_bomb(void **state)
{
	size_t huge = 256U << 20, room = 1 << 20, len = 0;
	AUTO_FREE uint8_t *zeros = calloc(1, huge), *packed = malloc(room);
	Elf_Data data = { .d_buf = packed };
	struct debugdata out = { 0 };

	(void)state;
	assert_int_equal(lzma_easy_buffer_encode(0, LZMA_CHECK_NONE, NULL, zeros, huge, packed, &len, room), LZMA_OK);
	data.d_size = len;
	debugdata_unpack(&data, &out);
	assert_null(out.elf);
	len = 0;
	assert_int_equal(lzma_easy_buffer_encode(0, LZMA_CHECK_CRC32, NULL, zeros, 5000, packed, &len, room), LZMA_OK);
	for (data.d_size = 0; data.d_size <= len; data.d_size++) {
		debugdata_unpack(&data, &out);
		assert_null(out.elf);
	}
	debugdata_unpack(NULL, &out);
	assert_null(out.elf);
}

static void refused(void **state)
{
	static const char *const paths[] = { "/etc/passwd", "/etc", "/nonexistent", "/dev/zero", "/proc/self/maps", "" };

	(void)state;
	for (size_t i = 0; i < COUNT(paths); i++) {
		struct error err = { 0 };

		assert_null(object_open(paths[i], &err));
		assert_true(err.code < 0 && err.text[0]);
	}
}

static void damaged(void **state)
{
	AUTO_BUILD bytes = { 0 };
	struct text whole = self(&bytes);
	AUTO_FREE char *path = NULL;
	unsigned long long sections;

	(void)state;
	assert_true(asprintf(&path, "%s/damaged", test_folder()) > 0);
	memcpy(&sections, whole.at + 40, sizeof(sections)); /* e_shoff of a 64-bit file */
	for (size_t i = 0; i < 600; i++) {
		AUTO_FREE char *copy = malloc(whole.len);
		/* The header, the section headers, then cut ends. */
		size_t at = i < 64 ? i : sections + i * 3, len = i < 400 ? whole.len : whole.len * (i - 400) / 200;

		memcpy(copy, whole.at, whole.len);
		if (at < whole.len)
			copy[at] = (char)(i % 3 ? 0xff : copy[at] ^ 0x41);
		assert_int_equal(file_write(path, (struct text){ copy, len }, 0600, NULL), 0);
		struct error err = { 0 };
		AUTO_OBJECT object = object_open(path, &err);
		size_t count = 0;

		if (!object) {
			assert_true(err.text[0]);
			continue;
		}
		const struct symbol *functions = object_functions(object, &count);
		for (size_t j = 0; j < count; j++)
			assert_true(functions[j].name[0]);
		object_usdt(object, &count);
	}
}

static void located(void **state)
{
	AUTO_FREE char *libc = object_locate("libc"), *same = object_locate("libc.so.6"), *bash = object_locate("sh"),
		       *none = object_locate("no_such_program_or_library"), *empty = object_locate(""),
		       *gone = object_of_pid(0x7fffffff), *own = object_of_pid(getpid()), *path = object_locate("/etc/passwd");
	char exe[4096] = { 0 };
	struct error err = { 0 };

	(void)state;
	assert_non_null(libc);
	assert_non_null(strstr(libc, "/libc.so"));
	assert_string_equal(libc, same);
	assert_non_null(bash);
	assert_null(none);
	assert_null(empty);
	assert_null(gone);
	assert_string_equal(path, "/etc/passwd");
	assert_true(readlink("/proc/self/exe", exe, sizeof(exe) - 1) > 0);
	assert_string_equal(own, exe);
	AUTO_OBJECT object = object_open(libc, &err);
	assert_non_null(object);
	assert_non_null(object_function(object, "malloc"));
	assert_null(object_function(object, "strlen")); /* indirect: its symbol is only the resolver */
	assert_null(object_function(object, "memcpy")); /* indirect, and an old version that nobody calls */
}

static int remove_folder(void **state)
{
	(void)state;
	test_folder_remove();
	return 0;
}

static void version_is(const char *bytes, size_t len, const char *expected)
{
	AUTO_FREE char *exact = memcpy(malloc(len), bytes, len); /* its end is seen by valgrind and sanitizers */
	AUTO_FREE char *version = constants_version((struct text){ exact, len }, "prog ");

	assert_int_equal(version == NULL, expected == NULL);
	if (expected)
		assert_string_equal(version, expected);
}
#define VERSION_IS(bytes, expected) version_is(bytes, sizeof(bytes) - 1, expected)

/* A version is only believed where it can be no other. */
static void versions(void **state)
{
	(void)state;
	VERSION_IS("none\0prog \0v0.17.0\0db:\0", "v0.17.0");
	VERSION_IS("\0prog \0v1.22.3-12-gabc~x\0", "v1.22.3-12-gabc~x");
	VERSION_IS("\0prog \0v0.17.0\0x\0v0.17.0\0", "v0.17.0");
	VERSION_IS("\0prog \0v0.17.0\0x\0v0.18.0\0", NULL);
	VERSION_IS("\0v0.16.0\0prog \0v0.17.0\0x\0", NULL);
	VERSION_IS("\0prog \0x\0v0.17.0\0", NULL);
	VERSION_IS("\0my prog \0v0.17.0\0", NULL);
	VERSION_IS("prog \0v0.17.0\0", NULL);
	VERSION_IS("\0prog \0v0.17.0", NULL); /* cut */
	VERSION_IS("\0prog \0v0.17.0 (debug)\0", NULL);
	VERSION_IS("\0prog \0v.1\0", NULL);
	VERSION_IS("\0prog \0v", NULL);
	VERSION_IS("\0", NULL);
	assert_null(object_version("/no/such/file", "prog "));
	assert_null(object_version("/proc/self/exe", "planted_version "));
	assert_null(object_version("/proc/self/environ", "prog "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions), cmocka_unit_test(own_file), cmocka_unit_test(packed_symbols), cmocka_unit_test(packed_bomb),
		cmocka_unit_test(refused),  cmocka_unit_test(damaged),	     cmocka_unit_test(located),
	};

	return cmocka_run_group_tests(tests, NULL, remove_folder);
}
