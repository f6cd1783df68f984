/* Tests of what is made from the table of commands: help, manual pages, completion, schemas. */
#include "tests/check.h"
#include "base/json.h"
#include "base/utf8.h"
#include "commands/command.h"

static void every_command_is_complete(void **state)
{
	(void)state;
	for (const struct command *const *at = command_table; *at; at++) {
		const struct command *command = *at;

		assert_ptr_equal(command_find(command->name), command);
		assert_non_null(command->summary);
		assert_non_null(command->run);
		if (text_ends(text_of(command->summary), "."))
			fail_msg("the summary of %s ends with a full stop", command->name);
		for (const struct param *param = command->params; param && param->name; param++) {
			if (!param->help || text_ends(text_of(param->help), "."))
				fail_msg("the help of %s --%s is missing or ends with a full stop", command->name, param->name);
			if (param_takes_value(param) && !param->value)
				fail_msg("%s --%s does not say what its value is", command->name, param->name);
			if (param->offset >= command->params_size)
				fail_msg("%s --%s lies outside of its struct", command->name, param->name);
			for (const struct param *common = common_params; common->name; common++)
				if (strcmp(common->name, param->name) == 0 || (param->letter && common->letter == param->letter))
					fail_msg("%s --%s hides an option that every command has", command->name, param->name);
			for (const struct param *other = command->params; other != param; other++)
				if (strcmp(other->name, param->name) == 0 || (param->letter && other->letter == param->letter))
					fail_msg("%s --%s is there twice", command->name, param->name);
		}
	}
}

static void help_fits_the_width_and_names_every_option(void **state)
{
	(void)state;
	for (const struct command *const *at = command_table; *at; at++) {
		AUTO_BUILD help = { 0 };
		struct text rest, line;
		size_t examples;

		command_help(*at, 60, &help);
		for (const struct param *param = (*at)->params; param && param->name; param++)
			if (param_takes_value(param))
				assert_non_null(strstr(help.at, param->name));
		rest = build_text(&help);
		if (text_find(rest, "\nExamples:", &examples)) /* these are shown as they are typed */
			rest = text_until(rest, examples);
		text_line(&rest, &line); /* so is the usage line */
		while (text_line(&rest, &line))
			if (utf8_columns(line) > 60)
				fail_msg("%s: too wide: %.*s", (*at)->name, TEXT_ARG(line));
	}
}

static void schemas_describe_every_parameter(void **state)
{
	(void)state;
	for (const struct command *const *at = command_table; *at; at++) {
		AUTO_JSON schema = command_schema(*at);
		json_t *properties = json_object_get(schema, "properties"), *property;
		const char *name;

		assert_true(json_is_object(properties));
		for (const struct param *param = (*at)->params; param && param->name; param++)
			assert_non_null(json_object_get(properties, param->name));
		json_object_foreach(properties, name, property) {
			assert_int_not_equal(json_get_string(property, "type")[0], 0);
			assert_int_not_equal(json_get_string(property, "description")[0], 0);
		}
	}
}

static void manual_pages_guard_their_text(void **state)
{
	static const struct command tricky = { .name = "tricky", .summary = "Do\n.so /etc/passwd", .details = "'a\\b --c" };
	AUTO_BUILD page = { 0 };

	(void)state;
	command_man(&tricky, &page);
	assert_non_null(strstr(page.at, "\\&.so /etc/passwd"));
	assert_non_null(strstr(page.at, "\\&'a\\eb \\-\\-c"));
	build_clear(&page);
	command_man(NULL, &page);
	assert_non_null(strstr(page.at, ".SH COMMANDS"));
}

static void nearest_names(void **state)
{
	static const char *const names[] = { "trace", "tool", "probes", "doctor" };

	(void)state;
	assert_string_equal(command_nearest("trcae", names, 4), "trace");
	assert_string_equal(command_nearest("docter", names, 4), "doctor");
	assert_string_equal(command_nearest("tol", names, 4), "tool");
	assert_null(command_nearest("x", names, 4));
	assert_null(command_nearest("investigate", names, 4));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_command_is_complete),
		cmocka_unit_test(help_fits_the_width_and_names_every_option),
		cmocka_unit_test(schemas_describe_every_parameter),
		cmocka_unit_test(manual_pages_guard_their_text),
		cmocka_unit_test(nearest_names),
	};

	return cmocka_run_group_tests_name("commands/help", tests, NULL, NULL);
}
