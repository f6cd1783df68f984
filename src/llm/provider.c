/* What the wire protocols share. */
#include "llm/provider.h"
#include <ctype.h>

static const struct provider_ops *const providers[] = { &provider_chat, &provider_responses, &provider_messages };

const struct provider_ops *provider_find(const char *name)
{
	for (size_t i = 0; i < COUNT(providers); i++)
		if (strcmp(providers[i]->name, name) == 0)
			return providers[i];
	return NULL;
}

const struct provider_ops *provider_of(const struct llm_model *model, const struct wire_rules *rules)
{
	const struct llm_endpoint *endpoint = model->endpoint;
	const struct provider_ops *asked = endpoint->protocol ? provider_find(endpoint->protocol) : NULL;

	if (asked)
		return asked;
	if (rules->protocol && provider_find(rules->protocol))
		return provider_find(rules->protocol);
	return endpoint->kind == LLM_ANTHROPIC ? &provider_messages : &provider_chat;
}

const char *exchange_choice(const struct exchange *exchange)
{
	if (!exchange_tools(exchange))
		return NULL;
	return exchange->tool_choice ? exchange->tool_choice : "auto";
}

void exchange_system(const struct exchange *exchange, struct build *out)
{
	vec_each(turn, &exchange->chat->turns)
		if (turn->role == CHAT_SYSTEM)
			build_fmt(out, "%s%s", out->len ? "\n\n" : "", turn->text);
	if (exchange->chat->tools.len && exchange->rules->no_tools)
		build_put(out, "\n\nNo tools are at hand now, whatever was said of them above: answer from what you are told.");
	if (exchange->schema && exchange->schema_in_words) {
		AUTO_FREE char *schema = json_dumps(exchange->schema, JSON_COMPACT);

		build_fmt(out, "%sAnswer with one JSON object that fits this JSON Schema, and with nothing else:\n%s",
			  out->len ? "\n\n" : "", schema ? schema : "{}");
	}
}

static void take(char *to, size_t size, const json_t *from)
{
	if (json_is_string(from))
		snprintf(to, size, "%s", json_string_value(from));
	else if (json_is_integer(from))
		snprintf(to, size, "%lld", (long long)json_integer_value(from));
}

bool provider_error(const json_t *body, char message[400], char type[80], char code[80])
{
	const json_t *error = json_object_get(body, "error"), *detail = json_object_get(body, "detail"), *one;
	AUTO_BUILD words = { .ceiling = 380 };
	size_t i;

	message[0] = type[0] = code[0] = '\0';
	/* Some servers wrap the object in an array. */
	if (json_is_array(body))
		return provider_error(json_array_get(body, 0), message, type, code);
	if (json_is_string(error)) {
		take(message, 400, error);
	} else {
		const json_t *from = json_is_object(error) ? error : body;

		take(message, 400, json_object_get(from, "message"));
		take(type, 80, json_object_get(from, "type"));
		take(code, 80, json_object_get(from, "code"));
	}
	if (!message[0])
		take(message, 400, detail);
	json_array_foreach(detail, i, one) /* as pydantic tells of each wrong field */
		build_fmt(&words, "%s%s", i ? "; " : "", json_get_string(one, "msg"));
	if (!message[0] && words.len)
		snprintf(message, 400, "%s", words.at);
	return message[0] != '\0' || type[0] != '\0';
}

bool provider_context_error(const char *message, const char *type, const char *code)
{
	static const char *const whole[] = { "maximum context length", "maximum prompt length", "prompt is too long", "prompt too long",
					     "input is too long", "too large for model", "too many tokens" };
	static const char *const parts[] = { "exceed", "too long", "too large", "larger than", "overflow", "loaded with context length" };
	AUTO_BUILD said = { .ceiling = 400 };
	bool context;

	if (strstr(code, "context_length") || strstr(type, "context_size") || strstr(type, "context_length"))
		return true;
	build_put(&said, message);
	for (char *c = said.at; c && *c; c++)
		*c = (char)tolower((unsigned char)*c);
	for (size_t i = 0; i < COUNT(whole); i++)
		if (text_has(build_text(&said), whole[i]))
			return true;
	context = text_has(build_text(&said), "context") || text_has(build_text(&said), "input token");
	for (size_t i = 0; i < COUNT(parts) && context; i++)
		if (text_has(build_text(&said), parts[i]))
			return true;
	return false;
}
