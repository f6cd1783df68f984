/* Tests of command_parse(), on a command that has every kind of parameter. */
#include "tests/check.h"
#include "commands/command.h"

struct values {
	bool deep;
	const char *output, *kind;
	long count, many;
	double seconds;
	struct param_words question, program;
};
static const struct param params[] = {
	{ "deep", 'd', PARAM_BOOL, offsetof(struct values, deep), NULL, "look deeper", NULL, false },
	{ "output", 'o', PARAM_TEXT, offsetof(struct values, output), "FILE", "write there", NULL, false },
	{ "kind", 'k', PARAM_CHOICE, offsetof(struct values, kind), "KIND", "only these", "fast|slow", false },
	{ "count", 'n', PARAM_COUNT, offsetof(struct values, count), "N", "how many", NULL, false },
	{ "many", 0, PARAM_FROM_ONE, offsetof(struct values, many), "N", "how many at least", NULL, false },
	{ "for", 0, PARAM_SECONDS, offsetof(struct values, seconds), "SECONDS", "how long", NULL, false },
	{ "question", 0, PARAM_WORDS, offsetof(struct values, question), "QUESTION", "what to ask", NULL, true },
	{ "command", 0, PARAM_REST, offsetof(struct values, program), "COMMAND", "what to run", NULL, false },
	{ 0 },
};
static const struct command command = { .name = "probe", .params = params, .params_size = sizeof(struct values) };

struct line {
	struct values values;
	struct common common;
	struct command_words words;
	struct error err;
	int code;
};

static struct line parse(const char *const *argv)
{
	struct line line = { 0 };
	int argc = 0;

	while (argv[argc])
		argc++;
	line.code = command_parse(&command, argc, argv, &line.values, &line.common, &line.words, &line.err);
	return line;
}
#define PARSE(...) parse((const char *const[]){ __VA_ARGS__, NULL })

static void words_and_options_mix(void **state)
{
	struct line line = PARSE("count", "--for", "500ms", "page", "-o", "x.bt", "faults", "-n5", "--kind=slow", "-d", "--",
				 "ls", "-l", "--json");

	(void)state;
	assert_int_equal(line.code, 0);
	assert_int_equal(line.values.question.len, 3);
	assert_string_equal(line.values.question.at[2], "faults");
	assert_null(line.values.question.at[3]);
	assert_string_equal(line.values.output, "x.bt");
	assert_string_equal(line.values.kind, "slow");
	assert_int_equal(line.values.count, 5);
	assert_true(line.values.seconds == 0.5);
	assert_true(line.values.deep);
	assert_int_equal(line.values.program.len, 3);
	assert_string_equal(line.values.program.at[1], "-l");
	assert_false(line.common.json);
	command_words_done(&line.words);
}

static void what_is_absent_has_its_mark(void **state)
{
	struct line line = PARSE("x");

	(void)state;
	assert_int_equal(line.values.count, -1);
	assert_int_equal(line.values.many, -1);
	assert_true(line.values.seconds == -1);
	assert_null(line.values.output);
	assert_int_equal(line.values.program.len, 0);
	assert_int_equal(line.common.verbose, 0);
	command_words_done(&line.words);
}

static void common_options_are_everywhere(void **state)
{
	struct line line = PARSE("-vvq", "x", "--json", "--html", "a.html", "-v", "-y");

	(void)state;
	assert_int_equal(line.code, 0);
	assert_int_equal(line.common.verbose, 3);
	assert_true(line.common.quiet && line.common.json && line.common.yes);
	assert_string_equal(line.common.html, "a.html");
	command_words_done(&line.words);
}

static void help_needs_nothing_else(void **state)
{
	struct line line = PARSE("-h");

	(void)state;
	assert_int_equal(line.code, 0);
	assert_true(line.common.help);
	command_words_done(&line.words);
}

static void times_have_units(void **state)
{
	static const struct {
		const char *written;
		double seconds;
	} times[] = { { "10", 10 }, { "1.5", 1.5 }, { "250ms", 0.25 }, { "2s", 2 }, { "2sec", 2 }, { "5m", 300 },
		      { "5min", 300 }, { "1h", 3600 }, { "0", 0 } };

	(void)state;
	for (size_t i = 0; i < COUNT(times); i++) {
		struct line line = PARSE("x", "--for", times[i].written);

		assert_int_equal(line.code, 0);
		assert_true(line.values.seconds == times[i].seconds);
		command_words_done(&line.words);
	}
}

static void wrong_lines_name_the_mistake(void **state)
{
	static const struct {
		const char *words[4];
		const char *said;
	} lines[] = {
		{ { "x", "--fro", "3" }, "'--for'" },
		{ { "x", "--outptu=3" }, "'--output'" },
		{ { "x", "--jsno" }, "'--json'" },
		{ { "x", "--zzzzzz" }, "--help" },
		{ { "x", "-Z" }, "'-Z'" },
		{ { "x", "--for" }, "SECONDS" },
		{ { "x", "--for", "soon" }, "soon" },
		{ { "x", "--for", "-1" }, "-1" },
		{ { "x", "--for", "nan" }, "nan" },
		{ { "x", "--for", "1e300" }, "1e300" },
		{ { "x", "-n", "1.5" }, "whole number" },
		{ { "x", "-n", "-2" }, "whole number" },
		{ { "x", "--many", "0" }, "from 1 on" },
		{ { "x", "--many=-1" }, "from 1 on" },
		{ { "x", "--many", "some" }, "from 1 on" },
		{ { "x", "--kind", "slwo" }, "'slow'" },
		{ { "x", "--kind", "" }, "fast, slow" },
		{ { "x", "--deep=1" }, "no value" },
		{ { "x", "--output", "" }, "FILE" },
		{ { "--deep" }, "QUESTION" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		struct line line = parse(lines[i].words);

		if (line.code >= 0 || !strstr(line.err.text, lines[i].said))
			fail_msg("line %zu: %d '%s' lacks '%s'", i, line.code, line.err.text, lines[i].said);
		command_words_done(&line.words);
	}
}

static void dashes_alone_are_words(void **state)
{
	struct line line = PARSE("-", "x");

	(void)state;
	assert_int_equal(line.code, 0);
	assert_int_equal(line.values.question.len, 2);
	command_words_done(&line.words);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_and_options_mix),
		cmocka_unit_test(what_is_absent_has_its_mark),
		cmocka_unit_test(common_options_are_everywhere),
		cmocka_unit_test(help_needs_nothing_else),
		cmocka_unit_test(times_have_units),
		cmocka_unit_test(wrong_lines_name_the_mistake),
		cmocka_unit_test(dashes_alone_are_words),
	};

	return cmocka_run_group_tests_name("commands/parse", tests, NULL, NULL);
}
