/* Tests of llm/retry: what is tried again, and after how long. */
#include "tests/check.h"
#include "llm/retry.h"

#define NOW 1792000000.0 /* 2026-10-14T17:46:40Z */

static double delay(const char *ms, const char *after, unsigned number, double chance)
{
	struct retry_facts facts = { 429, { "", 0 }, text_of(ms), text_of(after), "", "" };

	return retry_delay(&facts, number, 0.5, chance, NOW);
}

static void near(double a, double b)
{
	if (a - b > 1e-6 || b - a > 1e-6)
		fail_msg("%f, wanted %f", a, b);
}

static void hints_of_the_server_are_honoured(void **state)
{
	(void)state;
	near(delay("1500", "9", 1, 0), 1.5);
	near(delay("", "9.25", 1, 0), 9.25);
	near(delay("", "120", 1, 1), 120);
	near(delay("", "Wed, 14 Oct 2026 17:46:50 GMT", 1, 0), 10);
	/* The older forms that RFC 9110 wants understood: RFC 850 and asctime(). */
	near(delay("", "Wednesday, 14-Oct-26 17:46:50 GMT", 1, 0), 10);
	near(delay("", "Wed Oct 14 17:46:50 2026", 1, 0), 10);
}

static void other_hints_are_not(void **state)
{
	static const char *const hints[] = { "0", "-1", "120.5", "soon", "1e9", "inf", "nan", "",
					     "Wed, 14 Oct 2026 17:46:30 GMT", "Wed, 14 Oct 2027 17:46:30 GMT",
					     "Wednesday, 14-Oct-27 17:46:50 GMT", "Wed Oct 14 17:46:50 2025", "Wed Oct 14 17:46:50 2026 CET" };

	(void)state;
	for (size_t i = 0; i < COUNT(hints); i++)
		near(delay("", hints[i], 1, 0), 0.5);
}

static void delays_double_up_to_eight_seconds(void **state)
{
	static const double wanted[] = { 0.5, 1, 2, 4, 8, 8, 8 };

	(void)state;
	for (unsigned i = 0; i < COUNT(wanted); i++) {
		near(delay("", "", i + 1, 0), wanted[i]);
		near(delay("", "", i + 1, 1), wanted[i] * 0.75);
	}
	near(delay("", "", 4000000000u, 0), 8);
}

static void statuses(void **state)
{
	static const struct {
		long status;
		const char *should, *type, *code;
		bool wanted;
	} cases[] = {
		{ 0, "", "", "", true },      { 408, "", "", "", true },   { 409, "", "", "", true },  { 429, "", "", "", true },
		{ 500, "", "", "", true },    { 529, "", "", "", true },   { 400, "", "", "", false }, { 404, "", "", "", false },
		{ 200, "", "", "", false },   { 400, "true", "", "", true }, { 500, "false", "", "", false },
		{ 429, "", "insufficient_quota", "", false }, { 429, "", "", "insufficient_quota", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct retry_facts facts = { .status = cases[i].status, .should = text_of(cases[i].should),
					     .error_type = cases[i].type, .error_code = cases[i].code };

		assert_int_equal(retry_wanted(&facts), cases[i].wanted);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hints_of_the_server_are_honoured),
		cmocka_unit_test(other_hints_are_not),
		cmocka_unit_test(delays_double_up_to_eight_seconds),
		cmocka_unit_test(statuses),
	};

	return cmocka_run_group_tests_name("llm/retry", tests, NULL, NULL);
}
