/* Learning from a refusal: which parameter it names, and what to do about it. */
#include "llm/wire_rules.h"
#include <ctype.h>
#include "llm/provider.h"

#define LIMIT_LEAST 256 /* tokens: smaller numbers are versions and the like */

/* Parameters that a request can do without, or say by another name. */
static const char *const known[] = { "max_tokens",	 "max_completion_tokens", "max_output_tokens", "temperature",
				     "top_p",		 "reasoning_effort",	  "reasoning",	       "response_format",
				     "text",		 "stream_options",	  "parallel_tool_calls", "tool_choice",
				     "store",		 "include",		  "thinking" };

static bool word_stands(struct text in, const char *word, size_t *where)
{
	size_t at, from = 0, len = strlen(word);

	while (text_find(text_from(in, from), word, &at)) {
		size_t start = from + at, end = start + len;
		bool left = start == 0 || !(isalnum((unsigned char)in.at[start - 1]) || in.at[start - 1] == '_');
		bool right = end >= in.len || !(isalnum((unsigned char)in.at[end]) || in.at[end] == '_');

		*where = start;
		if (left && right)
			return true;
		from = end;
	}
	return false;
}

/* The top-level parameter that the refusal is about, as our request has it. */
static const char *parameter_of(const json_t *request, const json_t *refusal, const char *message)
{
	const json_t *error = json_object_get(refusal, "error"), *one;
	const char *param = json_get_string(json_is_object(error) ? error : refusal, "param"), *found = NULL;
	size_t best = SIZE_MAX, at, i;

	for (size_t k = 0; k < COUNT(known); k++) {
		size_t len = strlen(known[k]);

		/* "text.format" and "reasoning.effort" name what stands in it. */
		if (strncmp(param, known[k], len) == 0 && strchr(".[", param[len]) && json_object_get(request, known[k]))
			return known[k];
	}
	json_array_foreach(json_is_array(json_object_get(refusal, "detail")) ? json_object_get(refusal, "detail") :
				   json_object_get(json_object_get(refusal, "message"), "detail"), i, one) {
		const char *place = json_string_value(json_array_get(json_object_get(one, "loc"), 1));

		for (size_t k = 0; place && k < COUNT(known); k++)
			if (strcmp(place, known[k]) == 0 && json_object_get(request, known[k]))
				return known[k];
	}
	/* In words: the first of ours that the sentence names. "text" and "store" are words of the language. */
	for (size_t k = 0; k < COUNT(known); k++) {
		if (strcmp(known[k], "text") == 0 || strcmp(known[k], "store") == 0 || strcmp(known[k], "include") == 0 ||
		    !json_object_get(request, known[k]) || !word_stands(text_of(message), known[k], &at) || at >= best)
			continue;
		best = at;
		found = known[k];
	}
	return found;
}

/* Whether the rules did something about it before: then this way leads nowhere. */
static bool known_rule(const struct wire_rules *rules, const char *name)
{
	vec_each(rule, &rules->list)
		if ((rule->kind == WIRE_SET && strcmp(rule->name, name) == 0) ||
		    (rule->kind == WIRE_RENAME && strcmp(rule->name, name) == 0))
			return true;
	return false;
}

bool wire_rules_form_refused(const struct wire_rules *rules, const json_t *request, const json_t *refusal)
{
	static const char *const forms[] = { "grammar", "json_schema", "json schema", "response_format", "response format", "text.format", "structured output" };
	const json_t *error = json_object_get(refusal, "error");
	AUTO_BUILD said = { .ceiling = 600 };
	char message[400], type[80], code[80];

	if (rules->schema_alone || !provider_error(refusal, message, type, code) || !json_array_size(json_object_get(request, "tools")) ||
	    (!json_object_get(request, "response_format") && !json_object_get(json_object_get(request, "text"), "format")))
		return false;
	build_fmt(&said, "%s %s", message, json_get_string(json_is_object(error) ? error : refusal, "param"));
	for (char *c = said.at; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	for (size_t i = 0; i < COUNT(forms); i++)
		if (text_has(build_text(&said), forms[i]))
			return text_has(build_text(&said), "tools") || text_has(build_text(&said), "tool call") || text_has(build_text(&said), "function call");
	return false;
}

bool wire_rules_tools_refused(const struct wire_rules *rules, const json_t *request, const json_t *refusal)
{
	/* Of Ollama, OpenRouter, vLLM, llama.cpp, and as anybody would say it. */
	static const char *const words[] = { "not support tool", "not support function", "support tool use", "tools are not supported", "tools is not supported",
					     "tool calling is not supported", "function calling is not supported", "--tool-call-parser", "tools param requires" };
	const json_t *error = json_object_get(refusal, "error");
	AUTO_BUILD said = { .ceiling = 600 };
	char message[400], type[80], code[80];

	if (rules->no_tools || !json_array_size(json_object_get(request, "tools")) || !provider_error(refusal, message, type, code))
		return false;
	for (const char *c = message; *c; c++)
		if (*c != '`' && *c != '\'' && *c != '"')
			build_char(&said, (char)tolower((unsigned char)*c));
	for (size_t i = 0; i < COUNT(words); i++)
		if (text_has(build_text(&said), words[i]))
			return true;
	return strcmp(json_get_string(json_is_object(error) ? error : refusal, "param"), "tools") == 0;
}

/* The largest limit below ours that the refusal names; 0: none. */
static long limit_named(const char *message, double ours)
{
	long found = 0;

	while (*message) {
		char *end = NULL;
		long number = isdigit((unsigned char)*message) ? strtol(message, &end, 10) : 0;

		if (number >= LIMIT_LEAST && (double)number < ours && number > found)
			found = number;
		message = end ? end : message + 1;
	}
	return found;
}

/* A limit of the answer that is too high for the model becomes the one that it takes. */
static bool limit_learn(struct wire_rules *rules, const json_t *request, const char *name, const char *message, char what[160])
{
	long limit = strncmp(name, "max_", 4) == 0 ? limit_named(message, json_get_number(request, name, 0)) : 0;
	char value[24];

	vec_each(rule, &rules->list)
		if (rule->kind == WIRE_MOST && strcmp(rule->name, name) == 0)
			return false;
	if (!limit)
		return false;
	snprintf(value, sizeof(value), "%ld", limit);
	wire_rules_add(rules, WIRE_MOST, name, value);
	snprintf(what, 160, "this model takes at most %ld for %s", limit, name);
	return true;
}

static bool learn(struct wire_rules *rules, json_t *request, const json_t *refusal, char what[160])
{
	char message[400], type[80], code[80];
	const char *name, *other;
	size_t at;

	/* What is too long for the model names limits that are not at fault. */
	if (!provider_error(refusal, message, type, code) || provider_context_error(message, type, code))
		return false;
	/* Nor is a parameter at fault where the words were found harmful. */
	if (strstr(code, "content_filter") || strstr(code, "content_policy"))
		return false;
	/* gpt-5.4 and later take function tools here only without reasoning. */
	if (text_has(text_of(message), "reasoning_effort") &&
	    (text_has(text_of(message), "to 'none'") || text_has(text_of(message), "to \"none\"")) &&
	    !known_rule(rules, "reasoning_effort")) {
		wire_rules_add(rules, WIRE_SET, "reasoning_effort", "\"none\"");
		snprintf(what, 160, "this model takes tools only with reasoning_effort \"none\"");
		return true;
	}
	if (wire_rules_form_refused(rules, request, refusal)) {
		wire_rules_add(rules, WIRE_ALONE, "schema", NULL);
		snprintf(what, 160, "this server takes no form together with tools; the form was asked for in words");
		return true;
	}
	if (wire_rules_tools_refused(rules, request, refusal)) {
		wire_rules_add(rules, WIRE_NO_TOOLS, "tools", NULL);
		snprintf(what, 160, "this model takes no tools; it was asked without them");
		return true;
	}
	/* Thinking that has to come back with the tools' results. */
	if (text_has(text_of(message), "reasoning_content") && !rules->echo_reasoning) {
		wire_rules_add(rules, WIRE_ECHO, "reasoning_content", NULL);
		snprintf(what, 160, "this server wants the reasoning back with the results of tools");
		return true;
	}
	name = parameter_of(request, refusal, message);
	if (!name)
		return false;
	for (size_t k = 0; k < COUNT(known); k++) {
		other = known[k];
		if (strncmp(other, "max_", 4) == 0 && strncmp(name, "max_", 4) == 0 && strcmp(other, name) != 0 &&
		    !json_object_get(request, other) && word_stands(text_of(message), other, &at) && !known_rule(rules, name)) {
			wire_rules_add(rules, WIRE_RENAME, name, other);
			snprintf(what, 160, "this server wants %s in place of %s", other, name);
			return true;
		}
	}
	if (limit_learn(rules, request, name, message, what))
		return true;
	/* Messages cannot do without it. */
	if (strcmp(name, "max_tokens") == 0 && strcmp(json_get_string(refusal, "type"), "error") == 0)
		return false;
	wire_rules_add(rules, WIRE_DROP, name, NULL);
	snprintf(what, 160, "this server does not take %s; it was left out", name);
	return true;
}

bool wire_rules_learn(struct wire_rules *rules, json_t *request, const json_t *refusal, char what[160])
{
	if (!learn(rules, request, refusal, what))
		return false;
	rules->list.at[rules->list.len - 1].learned = true;
	return true;
}
