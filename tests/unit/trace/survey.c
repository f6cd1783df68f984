/* Surveys: their files, what they plan on this kernel, and what they say of given results. */
#include "kernel_check.h"
#include <math.h>
#include "base/file.h"
#include "trace/survey/survey.h"

/* ---- the files ---- */

static void planned(const struct survey *survey, const char *question, const char *whose, const struct look *look)
{
	AUTO(plan_done) struct plan plan;
	AUTO(planning_done) struct planning planning = { 0 };
	AUTO_BUILD whole = { 0 };
	struct error err = { 0 };

	build_fmt(&whole, "%s%s", question, whose);
	plan_init(&plan);
	if (plan_make(vocabulary, kernel, build_text(&whole), &(struct plan_options){ 0 }, &plan, &planning, &err) < 0)
		fail_msg("%s: %s", whole.at, err.text);
	if (planning.verdict != PLAN_READY && planning.verdict != PLAN_CANNOT)
		fail_msg("%s: \"%s\" is not understood: %s", survey->name, whole.at, build_text(&planning.unplaced).at);
	/* What is much of it is told in what is measured. */
	if (look && look->figure == FIGURE_RATE && look->above >= 0 && planning.verdict == PLAN_READY &&
	    look->bytes != (plan.measure == MEASURE_SUM && strcmp(plan.value, "size") == 0))
		fail_msg("%s: \"%s\" is not measured in what is told to be much of it", survey->name, whole.at);
}

/* Every survey that the vocabulary names is there, and what it looks at is understood, of a process too. */
static void files(void **state)
{
	struct error err = { 0 };
	unsigned seen = 0;

	(void)state;
	if (!kernel_tracefs(kernel, &err))
		skip();
	vec_each(sense, &vocabulary->senses) {
		const char *name = strcmp(sense->class, "object") == 0 ? sense->name : seen ? NULL : "process";
		struct survey *survey = name ? survey_read(data_folder(), name, &err) : NULL;

		if (name && !survey)
			fail_msg("%s", err.text);
		for (size_t i = 0; survey && i < survey->count; i++)
			planned(survey, survey->looks[i].question, strcmp(name, "process") == 0 ? " of pid 1" : "", &survey->looks[i]);
		for (size_t i = 0; survey && i < COUNT(survey->next) && survey->next[i]; i++)
			planned(survey, survey->next[i], strcmp(name, "process") == 0 ? " of pid 1" : "", NULL);
		seen += survey != NULL;
		survey_free(survey);
	}
	assert_true(seen > 3);
}

static void mistakes(void **state)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ "what x\nlook a b\nname n\nfigure often\n", ":4: 'figure often' is not of a survey" },
		{ "what x\nlook a b\nname n\nabove 3 miles\n", ":4: 'above 3 miles' is not of a survey" },
		{ "what x\nname n\n", ":2: 'name n' is not of a survey" },
		{ "what x\nlook a b\nabove 3\nname n\nlook c\n", ":5: 'look c' is not of a survey" }, /* the first means nothing */
		{ "what x\nlook a b\n", "of a look not its name" },
		{ "look a b\nname n\n", "it says not what it is" },
		{ "what x\n", "it says not what it is" },
		{ "", "it says not what it is" },
	};
	char folder[40];

	(void)state;
	test_folder(folder);
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO_BUILD surveys = { 0 };
		struct error err = { 0 };

		build_fmt(&surveys, "%s/surveys", folder);
		mkdir(surveys.at, 0700);
		put_file(surveys.at, "x.survey", text_of(cases[i].text));
		assert_null(survey_read(folder, "x", &err));
		if (!strstr(err.text, cases[i].says))
			fail_msg("'%s' is not in: %s", cases[i].says, err.text);
		test_folder_remove(surveys.at);
	}
	rmdir(folder);
}

/* ---- what is said ---- */

static struct survey *survey;
static struct evidence_list list;

static void look_add(enum figure_kind figure, enum measure measure, const char *unit, double above)
{
	struct look *look = &survey->looks[survey->count++];

	*look = (struct look){ .question = "q", .name = "the look", .means = "it means something", .figure = figure, .above = above,
			       .planned = true, .map = "@m", .value = -1 };
	plan_init(&look->plan);
	look->plan.subject = vocabulary_subject(vocabulary, "cpu.time");
	look->plan.measure = measure;
	vec_push(&look->plan.by, "process");
	look->program = (struct program){ .map = "@m", .measure = measure, .unit = unit };
	vec_push(&look->program.columns, (struct column){ .role = "process", .type = "chars", .text = true });
}

static void survey_start(void)
{
	struct error err = { 0 };

	survey = survey_read(data_folder(), "machine", &err);
	if (!survey)
		fail_msg("%s", err.text);
	survey->count = 0;
	survey->cpus = 4;
	assert_int_equal(vocabulary_open_all(vocabulary, NULL, &err), 0);
}

static void take(enum event_kind kind, const char *text, double at)
{
	AUTO_JSON json = json_loads(text, JSON_DECODE_ANY, NULL);

	assert_non_null(json);
	survey_take(survey, &(struct event){ .kind = kind, .data = json }, at);
}

static const json_t *cell(const struct evidence *evidence, size_t row, size_t column)
{
	return json_array_get(json_array_get(json_object_get(evidence->data, "rows"), row), column);
}

static void number(double value, const char *unit, struct build *out)
{
	build_fmt(out, "%.15g %s", value, unit);
}

static void survey_end(const char *const *parts)
{
	AUTO_BUILD out = { 0 };
	AUTO_JSON json = survey_json(survey);
	struct next_from from = { vocabulary, kernel, NULL };
	struct run_report run = { .seconds = 10 };

	survey_answer(survey, &run, &from, number, &out);
	for (; *parts; parts++)
		if (!strstr(out.at, *parts))
			fail_msg("'%s' is not in: %s", *parts, out.at);
	assert_int_equal(json_array_size(json), survey->count);
	evidence_list_done(&list);
	survey_free(survey);
}
#define SAYS(...) survey_end((const char *const[]){ __VA_ARGS__, NULL })

/* The rate is between the snapshots: what came while probes were attached and detached has no known time. */
static void of_cpus(void **state)
{
	const struct evidence *evidence;

	(void)state;
	survey_start();
	look_add(FIGURE_CPUS, MEASURE_SUM, "ns", 85);
	look_add(FIGURE_CPUS, MEASURE_SUM, "ns", 95);
	survey_begin(survey);
	take(EVENT_MAP, "{\"@m\": {\"a\": 1000000000}}", 1);
	take(EVENT_TICK, "\"tick\"", 1);
	take(EVENT_MAP, "{\"@m\": {\"a\": 15000000000, \"b\": 4000000000}}", 6);
	take(EVENT_TICK, "\"tick\"", 6);
	take(EVENT_MAP, "{\"@m\": {\"a\": 60000000000, \"b\": 20000000000}}", 11); /* of the end: no tick follows */
	survey_finish(survey, 10);
	evidence = survey_evidence(survey, 10, true, vocabulary, &list);
	assert_true(fabs(survey->looks[0].value - 90) < 0.01); /* 18 of 20 seconds */
	assert_true(survey->looks[0].stands);
	assert_false(survey->looks[1].stands);
	assert_string_equal(json_string_value(cell(evidence, 0, 0)), "!");
	assert_string_equal(json_string_value(cell(evidence, 0, 2)), "90% of 4 CPUs");
	assert_string_equal(json_string_value(cell(evidence, 0, 4)), "a 75%, b 25%");
	SAYS("What stands out: the look, 90% of 4 CPUs (a 75%, b 25%) [2]: it means something.", "Looked at 2 things at once for 10 s");
}

static void tails(void **state)
{
	(void)state;
	survey_start();
	look_add(FIGURE_TAIL, MEASURE_HISTOGRAM, "us", 10e6);
	look_add(FIGURE_TAIL, MEASURE_HISTOGRAM, "us", 10e6);
	survey->looks[1].least = 1000; /* too few to tell anything */
	survey_begin(survey);
	take(EVENT_HISTOGRAM, "{\"@m\": {\"a\": [{\"min\": 1, \"max\": 1, \"count\": 90}], \"b\": [{\"min\": 16384, \"max\": 32767, \"count\": 10}],"
	     "\"c\": [{\"min\": 65536, \"max\": 131071, \"count\": 1}]}}", 5);
	survey_finish(survey, 10);
	survey_evidence(survey, 10, true, vocabulary, &list);
	assert_true(survey->looks[0].value == 32768e3);
	assert_true(survey->looks[0].stands);
	assert_false(survey->looks[1].stands);
	SAYS("99% below 32.8 ms (b: 99% below 32.8 ms) [2]");
}

static void nothing_stands_out(void **state)
{
	(void)state;
	survey_start();
	look_add(FIGURE_RATE, MEASURE_COUNT, "calls", 100);
	look_add(FIGURE_BUSY, MEASURE_SUM, "ns", -1); /* told, and never much */
	look_add(FIGURE_RATE, MEASURE_COUNT, "calls", 0);
	survey->looks[2].planned = false;
	survey->looks[2].why = "no such thing";
	survey_begin(survey);
	take(EVENT_MAP, "{\"@m\": {\"a\": 1000}}", 5);
	survey_finish(survey, 10);
	survey_evidence(survey, 10, true, vocabulary, &list);
	assert_true(survey->looks[0].value == 100); /* not above it */
	SAYS("Nothing stands out", "[1]", "Looked at 2 things at once", "Not to be seen here: the look.");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(files), cmocka_unit_test(mistakes), cmocka_unit_test(of_cpus),
					    cmocka_unit_test(tails), cmocka_unit_test(nothing_stands_out) };

	return cmocka_run_group_tests(tests, setup, teardown);
}
