/* A model's words on a terminal: wrapped, and its Markdown shown, whatever the pieces they come in. */
#include "check.h"
#include "report/flow.h"

#define B "\033[1m"
#define b "\033[22m"
#define C "\033[36m"
#define c "\033[39m"

static void fed(const char *words, size_t piece, unsigned width, bool marks, struct build *out)
{
	struct flow flow = { .width = width, .marks = marks };
	struct text rest = text_of(words);

	while (rest.len) {
		uint32_t letter;
		size_t len = 0;

		while (len < rest.len && len < piece)
			len += utf8_next(text_from(rest, len), &letter);
		flow_add(&flow, text_until(rest, len), out);
		rest = text_from(rest, len);
	}
	flow_end(&flow, out);
	flow_done(&flow);
}

static void shown(const char *words, const char *wanted, unsigned width, bool marks)
{
	for (size_t piece = 1; piece < 12; piece++) {
		AUTO_BUILD out = { 0 };

		fed(words, piece == 11 ? SIZE_MAX : piece, width, marks, &out);
		assert_string_equal(out.len ? out.at : "", wanted);
	}
}

static void marks_are_shown(void **state)
{
	static const struct {
		const char *words, *shown;
	} cases[] = {
		{ "plain words", "plain words\n" },
		{ "", "" },
		{ "ended\n", "ended\n" },
		{ "a **bold word** here", "a " B "bold word" b " here\n" },
		{ "**`perf top`** shows", B C "perf top" c b " shows\n" },
		{ "run `ps -C nginx` now", "run " C "ps -C nginx" c " now\n" },
		{ "``a `tick` b``.", C "a `tick` b" c ".\n" },
		{ "# What it is\ntext", B "What it is" b "\ntext\n" },
		{ "### A **bold** `x`", B "A bold " C "x" c b "\n" },
		{ "* one\n+ two\n  - three", "- one\n- two\n  - three\n" },
		{ "1. one\n12) two", "1. one\n12) two\n" },
		{ "See:\n```c\nint **x = `y`;\n\n  # no heading\n```\nafter **it**", "See:\n    int **x = `y`;\n\n      # no heading\nafter " B "it" b "\n" },
		{ "~~~\na\n```\nb\n~~~~\nc", "    a\n    ```\n    b\nc\n" },
		{ "```\nnever closed", "    never closed\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		shown(cases[i].words, cases[i].shown, 0, true);
}

/* What only looks like a mark, as tracing has it. */
static void other_text_stays(void **state)
{
	static const char *const words[] = { "2 * 3 * 4 ** 5", "__x64_sys_read and __init__", "char **argv, char **envp", "@[comm] = count(); // *args",
					     "a `tick alone", "#include <x>", "#5 is open", "-1 and --for 3", "1.5 seconds", "1234. words", "*every* word", "**", "`", "***x***",
					     "5 < 6 & 7 > 2", "** a **", "-", "1", "1.", "####### seven" };

	(void)state;
	for (size_t i = 0; i < COUNT(words); i++) {
		AUTO_BUILD wanted = { 0 };

		build_fmt(&wanted, "%s\n", words[i]);
		shown(words[i], wanted.at, 0, true);
	}
}

static void without_marks_all_stays(void **state)
{
	(void)state;
	shown("# **a** `b`\n```\nc\n```", "# **a** `b`\n```\nc\n```\n", 0, false);
}

static void nothing_acts_on_the_terminal(void **state)
{
	(void)state;
	shown("a\033[2Jb **\033]0;x\007** `\033[31m`", "a\\x1b[2Jb " B "\\x1b]0;x\\x07" b " " C "\\x1b[31m" c "\n", 0, true);
	shown("\001\002 \003", "\\x01\\x02 \\x03\n", 0, true);
	shown("\033[2J", "\\x1b[2J\n", 0, false);
}

static void lines_are_wrapped(void **state)
{
	(void)state;
	shown("one two three four", "one two \nthree four\n", 10, false);
	/* What switches the look takes no columns. */
	shown("one **two** `three` four", "one " B "two" b " \n" C "three" c " four\n", 10, true);
	/* Below a list's words; code keeps its lines. */
	shown("- one two three four\nfive six seven", "- one two\n  three \n  four\nfive six \nseven\n", 10, true);
	shown("```\na long line of code\n```", "    a long line of code\n", 10, true);
}

static void widths(void **state)
{
	static const char words[] = "# A heading with words\n- a **bold and long run of words** in a list `with code in it`\n  1. nested 缺页缺页缺页 and so on\n\nlast";

	(void)state;
	for (unsigned width = 20; width < 90; width++) {
		AUTO_BUILD out = { 0 }, plain = { 0 };

		fed(words, 3, width, true, &out);
		for (size_t i = 0; i < out.len; i++) {
			if (out.at[i] == '\033')
				i += strcspn(out.at + i, "m");
			else
				build_char(&plain, out.at[i]);
		}
		assert_true(columns_most(&plain) <= width);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(marks_are_shown),		cmocka_unit_test(other_text_stays), cmocka_unit_test(without_marks_all_stays),
		cmocka_unit_test(nothing_acts_on_the_terminal), cmocka_unit_test(lines_are_wrapped), cmocka_unit_test(widths),
	};

	return cmocka_run_group_tests_name("report/flow", tests, NULL, NULL);
}
