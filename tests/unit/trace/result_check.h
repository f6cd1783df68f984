/* What the tests of results share: one measurement, the tracer's events for it, and its rows. */
#pragma once
#include "check.h"
#include "trace/result/result.h"

static struct fixture {
	struct plan plan;
	struct program program;
	struct subject subject;
	struct way way;
	struct result result;
} f;

static void end(void)
{
	result_done(&f.result);
	program_done(&f.program);
	plan_done(&f.plan);
}

static const json_t *take(enum event_kind kind, const char *data)
{
	struct error err = { 0 };
	AUTO_JSON json = json_parse(text_of(data), &err);
	struct event event = { .kind = kind, .data = json };

	if (!json)
		fail_msg("%s: %s", data, err.text);
	return result_take(&f.result, &event, 1);
}

static void rows_are(const char *expected)
{
	AUTO_FREE char *got = json_dumps(f.result.rows, JSON_COMPACT);

	if (strcmp(got, expected) != 0)
		fail_msg("expected\n%s\ngot\n%s", expected, got);
}
