/* Parsing a command line by a command's table of parameters. */
#include <math.h>
#include <stdio.h>
#include "base/words.h"
#include "commands/command.h"

const struct param common_params[] = {
	{ "help", 'h', PARAM_BOOL, offsetof(struct common, help), NULL, "show this help and do nothing else", NULL, false },
	{ "json", 0, PARAM_BOOL, offsetof(struct common, json), NULL, "print one JSON object and nothing else", NULL,
	  false },
	{ "html", 0, PARAM_TEXT, offsetof(struct common, html), "FILE", "also write the report as one HTML page", NULL,
	  false },
	{ "verbose", 'v', PARAM_LEVEL, offsetof(struct common, verbose), NULL,
	  "show each step on standard error; -vv shows more", NULL, false },
	{ "quiet", 'q', PARAM_BOOL, offsetof(struct common, quiet), NULL, "show no progress", NULL, false },
	{ "yes", 'y', PARAM_BOOL, offsetof(struct common, yes), NULL, "answer yes to every question", NULL, false },
	{ "chat", 'c', PARAM_BOOL, offsetof(struct common, chat), NULL, "then ask questions about the result (syswhy chat)", NULL, false },
	{ "no-history", 0, PARAM_BOOL, offsetof(struct common, no_history), NULL, "keep nothing of this in the history", NULL, false },
	{ 0 },
};

/* What one parse works on. */
struct parse {
	const struct command *command;
	const char *const *args;
	int count, at;
	char *params;
	struct common *common;
	struct command_words *words;
	struct error *err;
};

void command_words_done(struct command_words *words)
{
	vec_done(&words->list);
}

static bool whole(const struct param *param)
{
	return param->kind == PARAM_COUNT || param->kind == PARAM_FROM_ONE;
}

bool param_takes_value(const struct param *param)
{
	return param->kind == PARAM_TEXT || whole(param) || param->kind == PARAM_SECONDS || param->kind == PARAM_CHOICE;
}

static bool positional(const struct param *param)
{
	return param->kind == PARAM_WORDS || param->kind == PARAM_REST;
}

static const struct param *param_of_kind(const struct command *command, enum param_kind kind)
{
	for (const struct param *param = command->params; param && param->name; param++)
		if (param->kind == kind)
			return param;
	return NULL;
}

/* The option called `name` (without dashes) or with this letter; the command's own come first. */
static const struct param *option_find(const struct command *command, struct text name, char letter)
{
	const struct param *const tables[] = { command ? command->params : NULL, common_params };

	for (size_t i = 0; i < COUNT(tables); i++)
		for (const struct param *param = tables[i]; param && param->name; param++)
			if (!positional(param) && (letter ? param->letter == letter : text_is(name, param->name)))
				return param;
	return NULL;
}

const struct param *command_option(const struct command *command, const char *word)
{
	struct text rest = text_from(text_of(word), 2), name;

	if (strncmp(word, "--", 2) != 0)
		return word[0] == '-' && word[1] ? option_find(command, TEXT(""), word[1]) : NULL;
	text_next(&rest, '=', &name);
	return option_find(command, name, 0);
}

const char *command_nearest(const char *word, const char *const *names, size_t count)
{
	unsigned best = strlen(word) < 4 ? 1 : strlen(word) < 8 ? 2 : 3;
	const char *nearest = NULL;

	for (size_t i = 0; i < count; i++) {
		unsigned distance = word_distance(word, names[i], best);

		if (distance > best || (nearest && distance == best))
			continue;
		best = distance;
		nearest = names[i];
	}
	return nearest;
}

static int unknown_option(const struct parse *parse, struct text name)
{
	const struct param *const tables[] = { parse->command->params, common_params };
	AUTO_FREE char *word = text_copy(name);
	VEC(const char *) names = { 0 };
	const char *nearest;

	for (size_t i = 0; i < COUNT(tables); i++)
		for (const struct param *param = tables[i]; param && param->name; param++)
			if (!positional(param))
				vec_push(&names, param->name);
	nearest = command_nearest(word, names.at, names.len);
	vec_done(&names);
	if (nearest)
		return fail(parse->err, -EINVAL, "there is no option '--%.60s'; did you mean '--%s'?", word, nearest);
	return fail(parse->err, -EINVAL, "there is no option '--%.60s'; 'syswhy %s --help' lists them", word,
		    parse->command->name);
}

static int choice_check(const struct param *param, const char *value, struct error *err)
{
	struct text rest = text_of(param->choices), choice;
	AUTO_BUILD list = { .ceiling = 300 };
	AUTO_FREE char *all = text_copy(rest);
	const char *names[32], *nearest;
	size_t count = 0;

	while (text_next(&rest, '|', &choice)) {
		if (text_is(choice, value))
			return 0;
		build_fmt(&list, "%s%.*s", list.len ? ", " : "", TEXT_ARG(choice));
	}
	for (char *save, *name = strtok_r(all, "|", &save); name && count < COUNT(names); name = strtok_r(NULL, "|", &save))
		names[count++] = name;
	nearest = command_nearest(value, names, count);
	if (nearest)
		return fail(err, -EINVAL, "'%.60s' is no %s; did you mean '%s'?", value, param->name, nearest);
	return fail(err, -EINVAL, "'%.60s' is no %s; it is one of %s", value, param->name, list.at);
}

/* "10", "1.5", "500ms", "2s", "5m", "1h" as seconds. */
static bool seconds_read(struct text t, double *seconds)
{
	static const struct {
		const char *unit;
		double factor;
	} units[] = { { "ms", 1e-3 }, { "sec", 1 }, { "min", 60 }, { "s", 1 }, { "m", 60 }, { "h", 3600 } };
	double factor = 1;

	for (size_t i = 0; i < COUNT(units); i++) {
		if (!text_ends(t, units[i].unit))
			continue;
		factor = units[i].factor;
		t = text_until(t, t.len - strlen(units[i].unit));
		break;
	}
	if (!text_real(t, seconds) || !isfinite(*seconds) || *seconds < 0)
		return false;
	*seconds *= factor;
	return *seconds <= 1e7; /* four months; keeps timers far from overflow */
}

static int value_set(const struct parse *parse, const struct param *param, char *at, const char *value)
{
	long long number;

	switch (param->kind) {
	case PARAM_CHOICE:
		if (choice_check(param, value, parse->err) < 0)
			return -EINVAL;
		*(const char **)(void *)at = value;
		return 0;
	case PARAM_COUNT:
	case PARAM_FROM_ONE:
		if (!text_number(text_of(value), &number) || number < (param->kind == PARAM_FROM_ONE))
			return fail(parse->err, -EINVAL, "--%s wants a whole number%s, not '%.60s'", param->name,
				    param->kind == PARAM_FROM_ONE ? " from 1 on" : "", value);
		*(long *)(void *)at = (long)number;
		return 0;
	case PARAM_SECONDS:
		if (!seconds_read(text_of(value), (double *)(void *)at))
			return fail(parse->err, -EINVAL,
				    "--%s wants a time like 10, 500ms, 2s or 5m, not '%.60s'", param->name, value);
		return 0;
	default:
		if (!value[0])
			return fail(parse->err, -EINVAL, "--%s wants %s, not an empty text", param->name, param->value);
		*(const char **)(void *)at = value;
		return 0;
	}
}

static char *param_place(const struct parse *parse, const struct param *param)
{
	bool common = param >= common_params && param < common_params + COUNT(common_params);

	return (common ? (char *)parse->common : parse->params) + param->offset;
}

/* `value`: what was written together with the option, or NULL. */
static int option_set(struct parse *parse, const struct param *param, const char *value)
{
	char *at = param_place(parse, param);

	if (param_takes_value(param)) {
		if (!value && parse->at < parse->count)
			value = parse->args[parse->at++];
		if (!value)
			return fail(parse->err, -EINVAL, "--%s wants %s after it", param->name,
				    param->value ? param->value : "a value");
		return value_set(parse, param, at, value);
	}
	if (value)
		return fail(parse->err, -EINVAL, "--%s takes no value", param->name);
	if (param->kind == PARAM_LEVEL)
		++*(long *)(void *)at;
	else
		*(bool *)at = true;
	return 0;
}

static int long_option(struct parse *parse, const char *word)
{
	const char *equals = strchr(word, '=');
	struct text name = text_until(text_of(word), equals ? (size_t)(equals - word) : SIZE_MAX);
	const struct param *param = option_find(parse->command, name, 0);

	return param ? option_set(parse, param, equals ? equals + 1 : NULL) : unknown_option(parse, name);
}

/* "-v", "-vv", "-qv", "-oFILE", "-o FILE". */
static int short_options(struct parse *parse, const char *letters)
{
	for (; *letters; letters++) {
		const struct param *param = option_find(parse->command, TEXT(""), *letters);
		int code;

		if (!param)
			return fail(parse->err, -EINVAL, "there is no option '-%.1s'; 'syswhy %s --help' lists them",
				    letters, parse->command->name);
		if (param_takes_value(param))
			return option_set(parse, param, letters[1] ? letters + 1 : NULL);
		code = option_set(parse, param, NULL);
		if (code < 0)
			return code;
	}
	return 0;
}

static void defaults_set(struct parse *parse)
{
	memset(parse->params, 0, parse->command->params_size);
	memset(parse->common, 0, sizeof(*parse->common));
	for (const struct param *param = parse->command->params; param && param->name; param++) {
		if (whole(param))
			*(long *)(void *)(parse->params + param->offset) = -1;
		else if (param->kind == PARAM_SECONDS)
			*(double *)(void *)(parse->params + param->offset) = -1;
	}
}

/* Words and what follows "--" into the parameters that take them. */
static int positional_set(struct parse *parse, int rest)
{
	const struct param *words = param_of_kind(parse->command, PARAM_WORDS);
	const struct param *after = param_of_kind(parse->command, PARAM_REST);
	size_t count = parse->words->list.len;

	if (count && !words)
		return fail(parse->err, -EINVAL, "'%s' takes no words, but got '%.60s'", parse->command->name,
			    parse->words->list.at[0]);
	vec_push(&parse->words->list, NULL);
	if (words)
		*(struct param_words *)(void *)(parse->params + words->offset) =
			(struct param_words){ parse->words->list.at, count };
	if (words && words->choices)
		for (size_t i = 0; i < count; i++)
			if (choice_check(words, parse->words->list.at[i], parse->err) < 0)
				return -EINVAL;
	if (after && rest < parse->count)
		*(struct param_words *)(void *)(parse->params + after->offset) =
			(struct param_words){ parse->args + rest, (size_t)(parse->count - rest) };
	return 0;
}

static int required_check(const struct parse *parse)
{
	for (const struct param *param = parse->command->params; param && param->name; param++) {
		const char *at = parse->params + param->offset;
		bool missing = positional(param) ? ((const struct param_words *)(const void *)at)->len == 0 :
			       whole(param) ? *(const long *)(const void *)at < 0 :
			       param->kind == PARAM_SECONDS ? *(const double *)(const void *)at < 0 :
			       param_takes_value(param) && !*(const char *const *)(const void *)at;

		if (param->required && missing)
			return fail(parse->err, -EINVAL, "'syswhy %s' wants %s%s; see 'syswhy %s --help'",
				    parse->command->name, positional(param) ? "" : "--",
				    positional(param) && param->value ? param->value : param->name,
				    parse->command->name);
	}
	return 0;
}

int command_parse(const struct command *command, int argc, const char *const *argv, void *params,
		  struct common *common, struct command_words *words, struct error *err)
{
	struct parse parse = { command, argv, argc, 0, params, common, words, err };
	bool takes_rest = param_of_kind(command, PARAM_REST) != NULL, only_words = false;
	int code, rest = argc;

	defaults_set(&parse);
	while (parse.at < argc) {
		const char *word = argv[parse.at++];

		if (only_words || word[0] != '-' || !word[1]) {
			vec_push(&words->list, word);
			continue;
		}
		if (strcmp(word, "--") == 0) {
			rest = parse.at;
			if (takes_rest)
				break;
			only_words = true;
			continue;
		}
		code = word[1] == '-' ? long_option(&parse, word + 2) : short_options(&parse, word + 1);
		if (code < 0)
			return code;
	}
	code = positional_set(&parse, rest);
	return code < 0 || common->help ? code : required_check(&parse);
}
