/* Reading vocabulary files: what is right, each mistake with its place, and hostile files. */
#include "check.h"

static char folder[40];

static int folder_make_new(void **state)
{
	(void)state;
	test_folder(folder);
	return 0;
}

static int folder_drop(void **state)
{
	(void)state;
	test_folder_remove(folder);
	return 0;
}

/* Every mistake of the folder's files, one a line, without the folder's own path. */
static struct vocabulary *check_all(struct build *mistakes)
{
	AUTO_BUILD raw = { 0 };
	struct error err = { 0 };
	struct vocabulary *vocabulary = vocabulary_read(folder, &raw, &err);
	struct text rest = build_text(&raw), line;

	build_clear(mistakes);
	build_put(mistakes, "");
	while (text_line(&rest, &line)) {
		if (text_starts(line, folder))
			line = text_from(line, strlen(folder) + 1);
		if (line.len)
			build_fmt(mistakes, "%.*s\n", TEXT_ARG(line));
	}
	return vocabulary;
}

static const char subject_head[] = "subject a.b\nsay zebra\nwhat zebras\n"; /* three lines */

/* `lines` follow the head of a subject, from line 4 on. */
static void mistakes_are(const char *lines, const char *expected)
{
	AUTO_BUILD text = { 0 };
	AUTO_BUILD mistakes = { 0 };

	build_fmt(&text, "%s%s", subject_head, lines);
	put_file(folder, "x.vocab", build_text(&text));
	AUTO_VOCABULARY vocabulary = check_all(&mistakes);
	assert_non_null(vocabulary);
	if (strcmp(mistakes.at, expected) != 0)
		fail_msg("for\n%s\nexpected\n%s\ngot\n%s", lines, expected, mistakes.at);
}

/* One mistake, at this line, with these words, and no other. */
static void mistake_at(const char *lines, unsigned number, const char *words)
{
	AUTO_BUILD text = { 0 };
	AUTO_BUILD mistakes = { 0 };
	char place[40];

	build_fmt(&text, "%s%s", subject_head, lines);
	put_file(folder, "x.vocab", build_text(&text));
	AUTO_VOCABULARY vocabulary = check_all(&mistakes);
	snprintf(place, sizeof(place), "x.vocab:%u: ", number);
	if (strncmp(mistakes.at, place, strlen(place)) != 0 || !strstr(mistakes.at, words) ||
	    strchr(mistakes.at, '\n') != strrchr(mistakes.at, '\n'))
		fail_msg("for\n%s\nexpected %s…%s…\ngot\n%s", lines, place, words, mistakes.at);
}

static void right_is_silent(void **state)
{
	(void)state;
	mistakes_are("unit zebras\nmeasure sum size\nvalue size\nby process, pid\nalso cpu\nshow file error\nhint One.\nhint Two.\n"
		     "ask how many zebras\n\n# a comment\n  way event tracepoint:a:b tracepoint:a:c\n"
		     "    role size = {bytes} * 512 [bytes] if {bytes} > 0\n    role dev = dev [dev]\n    where {x} != 0\n"
		     "    context any\n    needs mount xfs\n    absent No xfs.\n    note A note.\n"
		     "  way span\n    start tracepoint:a:b id {a}, {b}\n    where {c}\n    role file = name\n"
		     "    end tracepoint:a:c id {a}, {b}\n  way syscall read write\n  way call libc:malloc\n  way sample 99\n"
		     "subject b.c\nsay 斑马\nsay 斑马 lion\nwhat lions\nway sample 1\nby none\n",
		     "x.vocab:36: 'by' is no keyword of a way\n");
}

static void what_is_read(void **state)
{
	AUTO_BUILD mistakes = { 0 };
	const struct subject *s;
	const struct way *way;

	(void)state;
	put_file(folder, "x.vocab", TEXT("subject a.b\r\n  say zebras running | 斑马\n  what zebras\n  measure sum size\n  by process, pid\n"
					 "  hint One.\n  hint Two.\n  way span\n  start tracepoint:a:b id {x}\n  role file = name [kstr]\n"
					 "  end tracepoint:a:c tracepoint:a:d id {y}\n  role size = {n} * 2 [bytes] if {n} > 0\n"
					 "same zebra = zebroid\nrole stripe\nsay stripe\nkind number\nnoun stripe | stripes\nunit bytes\n"
					 "from $task->stripes\nsense measure count size\nsay tally\n"));
	AUTO_VOCABULARY v = check_all(&mistakes);
	assert_string_equal(mistakes.at, "");
	s = vocabulary_subject(v, "a.b");
	assert_non_null(s);
	assert_null(vocabulary_subject(v, "a.c"));
	assert_string_equal(s->what, "zebras");
	assert_string_equal(s->unit, "events");
	assert_string_equal(s->hint, "One. Two.");
	assert_int_equal(s->measure, MEASURE_SUM);
	assert_string_equal(s->measure_role, "size");
	assert_int_equal(s->by.len, 2);
	assert_string_equal(s->by.at[0], "process");
	assert_int_equal(s->say.len, 2);
	assert_string_equal(s->say.at[0].words[0], "zebra");
	assert_true(s->say.at[1].han);
	assert_int_equal(s->say.at[1].count, 2);
	assert_int_equal(s->place.line, 1);
	way = &s->ways.at[0];
	assert_int_equal(way->kind, WAY_SPAN);
	assert_int_equal(way->place.line, 8);
	assert_int_equal(way->starts.len, 1);
	assert_int_equal(way->probes.len, 2);
	assert_string_equal(way->start_id, "{x}");
	assert_true(way->roles.at[0].start);
	assert_string_equal(way->roles.at[0].type, "kstr");
	assert_string_equal(way->roles.at[1].expr, "{n} * 2");
	assert_string_equal(way->roles.at[1].type, "bytes");
	assert_string_equal(way->roles.at[1].cond, "{n} > 0");
	assert_int_equal(vocabulary_role(v, "stripe")->kind, ROLE_NUMBER);
	assert_true(vocabulary_role(v, "stripe")->btf);
	assert_string_equal(vocabulary_word(v, "zebroid")->same, "zebra");
	assert_true(vocabulary_weight(v, "zebra") > 0);
}

static void mistakes_of_subjects(void **state)
{
	(void)state;
	mistake_at("whta x\nway sample 1\n", 4, "'whta' is no keyword of a subject");
	mistake_at("measure total\nway sample 1\n", 4, "'total' is no measure");
	mistake_at("measure\nway sample 1\n", 4, "is no measure");
	mistake_at("", 1, "no way to be seen");
	mistake_at("way sample 1\nsubject c.d\nsay lion\nway sample 1\n", 5, "'c.d' has no 'what'");
	mistake_at("way sample 1\nsubject c.d\nwhat lions\nway sample 1\n", 5, "'c.d' has no phrase");
	mistake_at("way sample 1\nsubject a.b\nsay lion\nwhat lions\nway sample 1\n", 5, "stands at");
	mistake_at("say lion || tiger\nway sample 1\n", 4, "empty phrase");
	mistake_at("say ...\nway sample 1\n", 4, "holds no word");
	mistake_at("way sample 1\nsubject\nsay lion\nwhat lions\nway sample 1\n", 5, "name");
}

static void mistakes_of_ways(void **state)
{
	(void)state;
	mistake_at("way evnet tracepoint:a:b\n", 4, "'evnet' is no kind of way");
	mistake_at("way event\n", 4, "names no probe");
	mistake_at("way sample\n", 4, "HERTZ");
	mistake_at("way sample 0\n", 4, "HERTZ");
	mistake_at("way sample 99999\n", 4, "HERTZ");
	mistake_at("way sample 1\nrole size\n", 5, "role NAME = EXPRESSION");
	mistake_at("way sample 1\nrole = x\n", 5, "role NAME = EXPRESSION");
	mistake_at("way sample 1\nrole size =\n", 5, "role NAME = EXPRESSION");
	mistake_at("way sample 1\nrole size = x [bytse]\n", 5, "'bytse' is no type");
	mistake_at("way sample 1\nrole mode = {a} == 3 ? \"user\" : \"kernel\" [chars]\n", 5, "a choice between texts");
	mistake_at("way sample 1\ncontext all\n", 5, "context is");
	mistake_at("way sample 1\nneeds luck\n", 5, "'luck'");
	mistake_at("way sample 1\nneeds mount\n", 5, "mount");
	mistake_at("way sample 1\nwehre x\n", 5, "'wehre' is no keyword of a way");
	mistake_at("way sample 1\nstart tracepoint:a:b id x\n", 5, "belong to 'way span'");
	mistake_at("way span\nstart tracepoint:a:b id x\n", 4, "needs a start and an end");
	mistake_at("way span\nstart tracepoint:a:b\nend tracepoint:a:c id x\n", 5, "needs 'id EXPRESSION'");
	mistake_at("way event open\n", 4, "'open' is no probe");
	mistake_at("way event tracepoint:a\n", 4, "'tracepoint:a' is no probe");
	mistake_at("way call malloc\n", 4, "OBJECT:FUNCTION");
}

static void mistakes_of_words(void **state)
{
	(void)state;
	mistake_at("way sample 1\nsame lion\n", 5, "same WORD = OTHER");
	mistake_at("way sample 1\nsame lion = big cat\n", 5, "not one word");
	mistake_at("way sample 1\nsame lion = 狮子\n", 5, "'same' is for English");
	mistake_at("way sample 1\nignore the\nwhatever\n", 6, "opens no block");
	mistake_at("way sample 1\nsense measure count\nsya x\n", 6, "'sya' is no keyword of a sense");
	mistake_at("way sample 1\nsense measure\nsay x\n", 5, "sense CLASS NAME");
	mistake_at("way sample 1\nsense written past\nsay wrote | was gone\n", 6, "'was gone' is not one word");
	mistake_at("way sample 1\nsense written past\nsay 写\n", 6, "not one word of English");
	mistake_at("way sample 1\nignore the\nrole stripe\nsya x\n", 7, "'sya' is no keyword of a role");
	mistake_at("way sample 1\nignore the\nrole stripe\nkind colour\n", 7, "kind is");
	mistake_at("way sample 1\nignore the\nrole stripe\ntype bytse\n", 7, "'bytse' is no type");
	mistake_at("way sample 1\nignore the\nrole stripe\nsay a1\nrole stripe\nsay b1\n", 8, "'stripe' stands at");
	mistake_at("way sample 1\nignore the\nrole\n", 6, "name");
}

static void many_mistakes(void **state)
{
	(void)state;
	mistakes_are("foo 1\nway event\nbar 2\nway sample x\n",
		     "x.vocab:4: 'foo' is no keyword of a subject\nx.vocab:5: this way names no probe\n"
		     "x.vocab:6: 'bar' is no keyword of a way\nx.vocab:7: write: way sample HERTZ (1 to 10000)\n");
}

/* An ordinary run stops at the first mistake of what it needs, and says where. */
static void ordinary_run(void **state)
{
	struct error err = { 0 };
	AUTO_BUILD mistakes = { 0 };

	(void)state;
	put_file(folder, "x.vocab", TEXT("subject a.b\nsay zebra\nwhat zebras\nway sample 1\nsame lion\n"));
	assert_null(vocabulary_read(folder, NULL, &err));
	assert_non_null(strstr(err.text, "x.vocab:5: "));
	error_clear(&err);
	put_file(folder, "x.vocab", TEXT("subject a.b\nsay zebra\nwhat zebras\nway smaple 1\n"));
	AUTO_VOCABULARY v = vocabulary_read(folder, NULL, &err);
	assert_non_null(v);
	assert_int_equal(vocabulary_open(v, vocabulary_subject(v, "a.b"), &err), -EINVAL);
	assert_non_null(strstr(err.text, "x.vocab:4: "));
	error_clear(&err);
	assert_null(vocabulary_read("/no/such/folder", &mistakes, &err));
	assert_non_null(strstr(err.text, "/no/such/folder"));
}

static void hostile_files(void **state)
{
	AUTO_BUILD text = { 0 };
	AUTO_BUILD mistakes = { 0 };
	static const char nul[] = "subject a.b\nsay zebra\nwhat zebras\nway sample 1\n\0\nsubject c.d\nfoo\n";

	(void)state;
	/* what stands behind a NUL is not lost in silence */
	put_file(folder, "x.vocab", (struct text){ nul, sizeof(nul) - 1 });
	{
		AUTO_VOCABULARY v = check_all(&mistakes);
		assert_true(strncmp(mistakes.at, "x.vocab:5: ", 11) == 0);
	}
	/* bytes that are no text, and lines without end */
	for (int i = 0; i < 5000; i++)
		build_char(&text, (char)(i * 37 + 11));
	put_file(folder, "x.vocab", build_text(&text));
	{
		AUTO_VOCABULARY v = check_all(&mistakes);
		struct text rest = build_text(&mistakes), line;

		assert_true(mistakes.len > 0);
		while (text_line(&rest, &line))
			if (!text_starts(line, "x.vocab:"))
				fail_msg("no place: %.*s", TEXT_ARG(line));
	}
	build_clear(&text);
	build_put(&text, "subject a.b\nwhat zebras\nway sample 1\nsubject c.d\nsay ");
	for (int i = 0; i < 100000; i++)
		build_put(&text, i % 3 ? "lion " : "狮 | ");
	put_file(folder, "x.vocab", build_text(&text));
	{
		AUTO_VOCABULARY v = check_all(&mistakes);
		assert_non_null(v);
	}
	/* cut anywhere */
	build_clear(&text);
	build_put(&text, "subject a.b\nsay zebra | 斑马\nwhat zebras\nmeasure sum size\nway span\nstart tracepoint:a:b id {x}\n"
			 "role file = name [kstr] if {x}\nend tracepoint:a:c id {y}\nsame lion = tiger\nrole stripe\nsay stripe\n");
	for (size_t cut = 0; cut <= text.len; cut++) {
		put_file(folder, "x.vocab", text_until(build_text(&text), cut));
		AUTO_VOCABULARY v = check_all(&mistakes);
		assert_non_null(v);
	}
	/* larger than what is read */
	build_clear(&text);
	build_put(&text, "subject a.b\nsay zebra\nwhat zebras\nway sample 1\n");
	while (text.len < ((size_t)4 << 20) + 100)
		build_put(&text, "# filler filler filler filler filler filler filler filler filler filler filler filler\n");
	put_file(folder, "x.vocab", build_text(&text));
	{
		AUTO_VOCABULARY v = check_all(&mistakes);
		assert_non_null(strstr(mistakes.at, "x.vocab"));
	}
}

/* Lists of words that the planner looks for: one that is missing is told, and one that it does not know. */
static void lists_of_grammar(void **state)
{
	AUTO_BUILD mistakes = { 0 };
	struct error err = { 0 };

	(void)state;
	put_file(folder, "x.vocab", TEXT("sense grammar within\nsay the\nsense grammar wihtin\nsay a\nsense written within\nsay its\n"));
	AUTO_VOCABULARY v = vocabulary_read(folder, NULL, &err);
	assert_non_null(v);
	grammar_check(v, &mistakes);
	assert_null(strstr(mistakes.at, "no 'sense grammar within'"));
	assert_non_null(strstr(mistakes.at, "no 'sense grammar and'"));
	assert_non_null(strstr(mistakes.at, "x.vocab:3: 'wihtin' is no list"));
	assert_non_null(strstr(mistakes.at, "x.vocab:5: 'within' is no list that the planner looks for, or a second one"));
	assert_null(strstr(mistakes.at, "x.vocab:1: "));
}

/* The vocabulary that is installed has no mistake, and every subject an example. */
static void installed(void **state)
{
	AUTO_BUILD mistakes = { 0 };
	AUTO_BUILD path = { 0 };
	struct error err = { 0 };

	(void)state;
	build_fmt(&path, "%s/vocabulary", data_folder());
	AUTO_VOCABULARY v = vocabulary_read(path.at, &mistakes, &err);
	grammar_check(v, &mistakes);
	if (mistakes.len)
		fail_msg("%s", mistakes.at);
	assert_true(v->subjects.len > 100);
	vec_each(subject, &v->subjects)
		if (!subject->asks.len)
			fail_msg("%s:%u: '%s' has no example question", subject->place.file, subject->place.line, subject->name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(right_is_silent), cmocka_unit_test(what_is_read), cmocka_unit_test(mistakes_of_subjects),
		cmocka_unit_test(mistakes_of_ways), cmocka_unit_test(mistakes_of_words), cmocka_unit_test(many_mistakes),
		cmocka_unit_test(ordinary_run), cmocka_unit_test(hostile_files), cmocka_unit_test(lists_of_grammar),
		cmocka_unit_test(installed),
	};

	return cmocka_run_group_tests(tests, folder_make_new, folder_drop);
}
