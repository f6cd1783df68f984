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

/* The words that stand somewhere in it: each gateway has its own place for them. */
static void words_of(const json_t *said, int depth, struct build *out)
{
	static const char *const places[] = { "message", "Message", "msg", "detail", "error_description", "error", "errors", "title" };
	const json_t *each;
	size_t i;

	if (json_is_string(said)) {
		if (json_string_length(said))
			build_fmt(out, "%s%s", out->len ? "; " : "", json_string_value(said));
		return;
	}
	for (i = 0; json_is_object(said) && depth && i < COUNT(places); i++) {
		size_t before = out->len;

		words_of(json_object_get(said, places[i]), depth - 1, out);
		if (out->len > before)
			return;
	}
	json_array_foreach(said, i, each)
		if (depth)
			words_of(each, depth - 1, out);
}

/* A router's own words are few; those of the provider behind it come beside them, often as JSON in a text. */
static void words_behind(const json_t *error, struct build *out)
{
	const char *raw = json_get_string(json_object_get(error, "metadata"), "raw");
	AUTO_JSON inner = raw[0] ? json_parse(text_of(raw), NULL) : NULL;

	if (!raw[0])
		return;
	if (json_is_object(inner) || json_is_array(inner))
		words_of(inner, 4, out);
	else
		build_fmt(out, "; %s", raw);
}

bool provider_error(const json_t *body, char message[400], char type[80], char code[80])
{
	const json_t *error = json_object_get(body, "error"), *from = json_is_object(error) ? error : body;
	AUTO_BUILD words = { .ceiling = 2000 }, safe = { .ceiling = 4000 };
	size_t len;

	message[0] = type[0] = code[0] = '\0';
	/* Some servers wrap the object in an array. */
	if (json_is_array(body))
		return provider_error(json_array_get(body, 0), message, type, code);
	take(type, 80, json_object_get(from, "type"));
	take(code, 80, json_object_get(from, "code"));
	if (json_is_string(error)) {
		words_of(error, 1, &words);
		words_of(json_object_get(body, "error_description"), 1, &words);
	} else {
		words_of(from, 4, &words);
	}
	words_behind(error, &words);
	/* It goes into sentences, logs and terminals. */
	build_safe(&safe, words.len ? build_text(&words) : text_of(type), false);
	for (len = safe.len < 399 ? safe.len : 399; len && len < safe.len && ((unsigned char)safe.at[len] & 0xc0) == 0x80;)
		len--; /* whole characters */
	snprintf(message, 400, "%.*s", (int)len, safe.len ? safe.at : "");
	return message[0] != '\0';
}

bool provider_context_error(const char *message, const char *type, const char *code)
{
	static const char *const whole[] = { "maximum context length", "maximum prompt length", "prompt is too long", "prompt too long",
					     "input is too long", "too large for model", "too many tokens", "`inputs` tokens + ",
					     "`inputs` must have less" };
	static const char *const parts[] = { "exceed", "too long", "too large", "larger than", "longer than", "overflow", "loaded with context length" };
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
