/* Versions of bpftrace: each fact from its version on, each rewrite, and what must stay as it is. */
#include "tests/check.h"
#include <sys/stat.h>
#include "base/file.h"
#include "trace/write/dialect.h"

static const struct {
	const char *name;
	unsigned since;
	size_t offset;
} facts[] = {
	{ "dot", 19, offsetof(struct dialect, dot) },
	{ "swap", 19, offsetof(struct dialect, swap) },
	{ "fentry", 20, offsetof(struct dialect, fentry) },
	{ "wide_histograms", 20, offsetof(struct dialect, wide_histograms) },
	{ "long_strings", 21, offsetof(struct dialect, long_strings) },
	{ "dry_run", 22, offsetof(struct dialect, dry_run) },
	{ "quoted_json", 22, offsetof(struct dialect, quoted_json) },
	{ "missing_probes", 24, offsetof(struct dialect, missing_probes) },
	{ "pid_filters_all", 24, offsetof(struct dialect, pid_filters_all) },
	{ "hex_leak", 24, offsetof(struct dialect, hex_leak) },
};

static struct dialect read_one(const char *version)
{
	struct dialect dialect;
	struct error err = { 0 };

	if (dialect_read(data_folder(), text_of(version), &dialect, &err) < 0)
		fail_msg("%s: %s", version, err.text);
	return dialect;
}

static void facts_by_version(void **state)
{
	(void)state;
	for (unsigned version = 17; version <= 40; version++) {
		char words[32];
		struct dialect dialect;

		snprintf(words, sizeof(words), "v0.%u.0", version);
		dialect = read_one(words);
		assert_int_equal(dialect.version, version);
		for (size_t i = 0; i < COUNT(facts); i++)
			if (*(bool *)((char *)&dialect + facts[i].offset) != (version >= facts[i].since))
				fail_msg("%s is %s for %s", facts[i].name, version >= facts[i].since ? "false" : "true", words);
	}
}

/* A fact of the data that this test does not know would be tested by nobody. */
static void every_fact_is_tested(void **state)
{
	AUTO_BUILD content = { 0 };
	AUTO_BUILD path = { 0 };
	struct error err = { 0 };
	struct text rest, line, since, name;
	size_t count = 0;

	(void)state;
	build_fmt(&path, "%s/bpftrace/versions", data_folder());
	assert_int_equal(file_read(path.at, 1 << 20, &content, &err), 0);
	rest = build_text(&content);
	while (text_line(&rest, &line)) {
		bool known = false;

		if (text_trim(line).len == 0 || text_starts(line, "#"))
			continue;
		text_word(&line, &since);
		text_word(&line, &name);
		for (size_t i = 0; i < COUNT(facts); i++)
			known |= text_is(name, facts[i].name);
		if (!known)
			fail_msg("'%.*s' is not tested", TEXT_ARG(name));
		count++;
	}
	assert_int_equal(count, COUNT(facts));
}

static void version_words(void **state)
{
	static const struct {
		const char *words;
		unsigned version;
	} good[] = {
		{ "bpftrace v0.17.0", 17 }, { "v0.17.0", 17 }, { "0.26.1", 26 }, { "0.26.1-dev", 26 },
		{ "bpftrace v0.24.0-57-gabcdef\n", 24 }, { "  v0.20", 20 }, { "1.0.0", 100 }, { "v2.3", 203 },
	};
	static const char *const garbage[] = { "", "v", "bpftrace", "seventeen", "v0", "0", "17", "-1.-2", ".17", "0.0.0",
					       "Segmentation fault", "\x1b[31m", "v0.x", "99999999999999999999.1",
					       "0.99999999999999999999", "0.4294967313" };

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		assert_int_equal(read_one(good[i].words).version, good[i].version);
	assert_true(read_one("1.0.0").hex_leak); /* newer than all that is known: the newest facts */
	for (size_t i = 0; i < COUNT(garbage); i++) {
		struct dialect dialect;
		struct error err = { 0 };

		if (dialect_read(data_folder(), text_of(garbage[i]), &dialect, &err) != -EINVAL)
			fail_msg("'%s' was taken for version %u", garbage[i], dialect.version);
		assert_non_null(strstr(err.text, "version"));
	}
}

static void versions_file(const char *text, int code, const char *words)
{
	char folder[] = "/tmp/syswhy-dialect-XXXXXX", path[80];
	struct dialect dialect;
	struct error err = { 0 };

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/bpftrace", folder);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/bpftrace/versions", folder);
	assert_int_equal(file_write(path, text_of(text), 0600, NULL), 0);
	assert_int_equal(dialect_read(folder, TEXT("0.22"), &dialect, &err), code);
	if (words && !strstr(err.text, words))
		fail_msg("'%s' does not say '%s'", err.text, words);
	unlink(path);
	if (!words)
		assert_int_equal(dialect_read(folder, TEXT("0.22"), &dialect, &err), -ENOENT);
	snprintf(path, sizeof(path), "%s/bpftrace", folder);
	rmdir(path);
	rmdir(folder);
}

static void mistakes_have_their_place(void **state)
{
	(void)state;
	versions_file("# fine\n\n  0.19 dot  \n0.20 fentry\r\n", 0, NULL);
	versions_file("0.19 dot\n0.20 dott\n", -EINVAL, "versions:2: ");
	versions_file("\n\ndot 0.19\n", -EINVAL, "versions:3: ");
	versions_file("x dot\n", -EINVAL, "versions:1: ");
	versions_file("0.19\n", -EINVAL, "versions:1: ");
	versions_file("-0.19 dot\n", -EINVAL, "versions:1: ");
	versions_file("0.19 dot fentry\n", -EINVAL, "versions:1: ");
	versions_file("\xff\xfe\n", -EINVAL, "versions:1: ");
}

static void rewrites_to(const char *version, const char *program, const char *expected)
{
	struct dialect dialect = read_one(version);
	AUTO_BUILD out = { 0 };

	dialect_rewrite(&dialect, text_of(program), &out);
	assert_string_equal(build_text(&out).at, expected);
}

static void rewrites(void **state)
{
	static const char program[] = "kfunc:f, kretfunc:g { @[args->x, str(args->y)] = retval; }";

	(void)state;
	rewrites_to("0.17", program, program);
	rewrites_to("0.18", program, program);
	rewrites_to("0.19", program, "kfunc:f, kretfunc:g { @[args.x, str(args.y)] = retval; }");
	rewrites_to("0.20", program, "fentry:f, fexit:g { @[args.x, str(args.y)] = retval; }");
	rewrites_to("0.26", program, "fentry:f, fexit:g { @[args.x, str(args.y)] = retval; }");
	/* other pointers keep their arrow, other words their letters */
	rewrites_to("0.26", "{ $a->args->b; myargs->x; args; args_->y; kfuncs; my_kfunc; kretfunc2 }",
		    "{ $a->args.b; myargs->x; args; args_->y; kfuncs; my_kfunc; kretfunc2 }");
	rewrites_to("0.26", "", "");
	rewrites_to("0.26", "args->", "args.");
	rewrites_to("0.26", "args", "args");
}

static void strings_and_comments_stay(void **state)
{
	static const char kept[] = "{ printf(\"args->x kfunc \\\" args->y\"); } // args->z kfunc\n/* args->q \" kretfunc */ /*/ kfunc */";

	(void)state;
	rewrites_to("0.26", kept, kept);
	rewrites_to("0.26", "\"args->x\" args->x", "\"args->x\" args.x");
	rewrites_to("0.26", "// \"\nargs->x", "// \"\nargs.x");
	rewrites_to("0.26", "/* \" */ args->x /* \" */", "/* \" */ args.x /* \" */");
	rewrites_to("0.26", "a / b / args->x", "a / b / args.x");
	rewrites_to("0.26", "\"args->x", "\"args->x");
	rewrites_to("0.26", "\"a\\", "\"a\\");
	rewrites_to("0.26", "/* args->x", "/* args->x");
	rewrites_to("0.26", "// args->x", "// args->x");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(facts_by_version), cmocka_unit_test(every_fact_is_tested), cmocka_unit_test(version_words),
		cmocka_unit_test(mistakes_have_their_place), cmocka_unit_test(rewrites),
		cmocka_unit_test(strings_and_comments_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
