/* Runs a table of cases and prints TAP: each case is "> input", then the lines that are expected, up to a
 * blank line. "#" starts a comment line. usage: driver words|fold|safe|number|explain FILE */
#include <stdio.h>
#include "base/file.h"
#include "base/words.h"
#include "explain/internal.h"
#include "report/report.h"

static void do_words(struct text input, struct build *out)
{
	static const char *const kinds[] = { "plain", "number", "path", "quoted", "name", "han", "sign" };
	struct words words = { 0 };

	words_split(input, &words, NULL);
	vec_each(word, &words.list) {
		build_fmt(out, "%s %s", kinds[word->kind], word->base);
		if (word->kind == WORD_NUMBER)
			build_fmt(out, " = %g%s%s", word->number, word->unit[0] ? " " : "", word->unit);
		build_put(out, word->comma ? " ,\n" : "\n");
	}
	words_done(&words);
}

static void do_fold(struct text input, struct build *out)
{
	struct text word;

	while (text_word(&input, &word)) {
		char base[64];

		word_fold(word, base);
		build_fmt(out, "%s\n", base);
	}
}

/* "\xNN" in the input is that byte. */
static void do_safe(struct text input, struct build *out)
{
	AUTO_BUILD bytes = { 0 };
	unsigned byte;

	while (input.len) {
		bool escape = text_starts(input, "\\x") && sscanf(input.at + 2, "%2x", &byte) == 1;

		build_char(&bytes, escape ? (char)byte : input.at[0]);
		input = text_from(input, escape ? 4 : 1);
	}
	build_safe(out, build_text(&bytes), false);
	build_char(out, '\n');
}

/* "VALUE UNIT" */
static void do_number(struct text input, struct build *out)
{
	struct text value;
	double number = 0;

	if (!text_word(&input, &value) || !text_real(value, &number))
		build_put(out, "not a number: ");
	AUTO_FREE char *unit = text_copy(text_trim(input));
	report_number(number, unit, out);
	build_char(out, '\n');
}

/* A bpftrace program on one line: what it does and keeps, without the vocabulary. */
static void do_explain(struct text input, struct build *out)
{
	AUTO_EXPLANATION e = { .arena = arena_new(), .kernel = kernel_new() };
	struct tracer_facts facts = { 0 };
	struct error err = { 0 };

	if (program_explain(&e, input, &facts, &err) < 0) {
		build_fmt(out, "%s\n", err.text);
		return;
	}
	vec_each(step, &e.steps) {
		build_put(out, "when ");
		step_when(&e, step, out);
		build_fmt(out, "%s%s\n", step->filter ? ", if " : "", step->filter ? step->filter : "");
		vec_each(line, &step->does)
			build_fmt(out, "- %s\n", *line);
	}
	vec_each(store, &e.stores)
		build_fmt(out, "%s: %s%s%s; %s\n", store->name, store->holds, store->keys ? ", for each " : "", store->keys ? store->keys : "", store->shown);
	vec_each(problem, &e.script.problems)
		build_fmt(out, "! %s\n", problem->text);
}

static const struct {
	const char *name;
	void (*run)(struct text input, struct build *out);
} functions[] = { { "words", do_words }, { "fold", do_fold }, { "safe", do_safe }, { "number", do_number },
		{ "explain", do_explain } };

/* The lines that answer one case: up to a blank line or the next case. */
static void expected_take(struct text *rest, struct build *out)
{
	struct text line, ahead = *rest;

	while (text_line(&ahead, &line) && line.len && line.at[0] != '>') {
		*rest = ahead;
		if (line.at[0] != '#')
			build_fmt(out, "%.*s\n", TEXT_ARG(line));
	}
}

int main(int argc, char **argv)
{
	AUTO_BUILD file = { 0 };
	struct error err = { 0 };
	size_t chosen = 0, number = 0, failed = 0;
	struct text rest, line;

	while (argc == 3 && chosen < COUNT(functions) && strcmp(functions[chosen].name, argv[1]) != 0)
		chosen++;
	if (argc != 3 || chosen == COUNT(functions) || file_read(argv[2], 1 << 20, &file, &err) < 0) {
		fprintf(stderr, "usage: driver words|fold|safe|number|explain FILE %s\n", err.text);
		return 2;
	}
	rest = build_text(&file);
	while (text_line(&rest, &line)) {
		AUTO_BUILD expected = { 0 };
		AUTO_BUILD got = { 0 };

		if (line.len == 0 || line.at[0] == '#')
			continue;
		if (!text_starts(line, "> ")) {
			printf("not ok %zu a line without its case: %.*s\n", ++number, TEXT_ARG(line));
			failed++;
			continue;
		}
		expected_take(&rest, &expected);
		functions[chosen].run(text_from(line, 2), &got);
		build_put(&expected, "");
		build_put(&got, "");
		if (text_same(build_text(&expected), build_text(&got))) {
			printf("ok %zu %.*s\n", ++number, TEXT_ARG(line));
			continue;
		}
		failed++;
		printf("not ok %zu %.*s\n# expected:\n%s# got:\n%s", ++number, TEXT_ARG(line), expected.at, got.at);
	}
	printf("1..%zu\n", number);
	return failed || !number;
}
