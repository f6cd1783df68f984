/* Reading JSON that is nearly right, by writing it again as it should have been. */
#include "llm/mend.h"
#include <ctype.h>
#include "base/utf8.h"

#define DEPTH 64

struct mending {
	struct text rest;
	struct build out;
};

static char peek(const struct mending *m)
{
	return m->rest.len ? m->rest.at[0] : '\0';
}

static void skip(struct mending *m, size_t count)
{
	m->rest = text_from(m->rest, count);
}

/* Blanks and comments. */
static void blanks(struct mending *m)
{
	for (;;) {
		size_t end;

		while (m->rest.len && isspace((unsigned char)peek(m)))
			skip(m, 1);
		if (text_starts(m->rest, "//") || peek(m) == '#')
			skip(m, text_find(m->rest, "\n", &end) ? end : m->rest.len);
		else if (text_starts(m->rest, "/*"))
			skip(m, text_find(m->rest, "*/", &end) ? end + 2 : m->rest.len);
		else
			return;
	}
}

static bool string(struct mending *m)
{
	char quote = peek(m);

	skip(m, 1);
	build_char(&m->out, '"');
	while (m->rest.len && peek(m) != quote) {
		unsigned char c = (unsigned char)peek(m);
		size_t len = 1;
		uint32_t wide;

		if (c == '\\' && m->rest.len > 1) {
			char next = m->rest.at[1];

			if (strchr("\"\\/bfnrtu", next))
				build_add(&m->out, text_until(m->rest, 2));
			else if (next == '\'')
				build_char(&m->out, '\'');
			else if (next != '\n')
				build_fmt(&m->out, "\\\\%s", (char[2]){ (unsigned char)next < 0x80 ? next : '\0' });
			len = (unsigned char)next < 0x80 ? 2 : 1;
		} else if (c == '"') {
			build_put(&m->out, "\\\"");
		} else if (c < 0x20) {
			build_fmt(&m->out, "\\u%04x", c);
		} else {
			len = utf8_next(m->rest, &wide);
			if (wide == UTF8_BAD)
				build_put(&m->out, "\xef\xbf\xbd");
			else
				build_add(&m->out, text_until(m->rest, len));
		}
		skip(m, len);
	}
	if (!m->rest.len)
		return false;
	skip(m, 1);
	build_char(&m->out, '"');
	return true;
}

static struct text bare(struct mending *m)
{
	size_t len = 0;
	struct text word;

	while (len < m->rest.len && (isalnum((unsigned char)m->rest.at[len]) || strchr("_-+.$", m->rest.at[len])) &&
	       m->rest.at[len])
		len++;
	word = text_until(m->rest, len);
	skip(m, len);
	return word;
}

static bool plain(struct mending *m)
{
	static const char *const words[][2] = { { "true", "true" },   { "True", "true" }, { "false", "false" },
						{ "False", "false" }, { "null", "null" }, { "None", "null" },
						{ "undefined", "null" } };
	struct text word = bare(m);
	double number;

	for (size_t i = 0; i < COUNT(words); i++) {
		if (text_is(word, words[i][0])) {
			build_put(&m->out, words[i][1]);
			return true;
		}
	}
	if (!word.len || !text_real(word, &number))
		return false;
	build_add(&m->out, word);
	return true;
}

static bool value(struct mending *m, int depth);

static bool key(struct mending *m)
{
	struct text word;

	if (peek(m) == '"' || peek(m) == '\'')
		return string(m);
	word = bare(m);
	build_fmt(&m->out, "\"%.*s\"", TEXT_ARG(word));
	return word.len > 0;
}

static bool group(struct mending *m, char close, int depth)
{
	bool first = true;

	build_char(&m->out, peek(m));
	skip(m, 1);
	for (;;) {
		blanks(m);
		if (peek(m) == close) {
			skip(m, 1);
			build_char(&m->out, close);
			return true;
		}
		if (!first)
			build_char(&m->out, ',');
		first = false;
		if (close == '}') {
			if (!key(m))
				return false;
			blanks(m);
			if (peek(m) != ':')
				return false;
			skip(m, 1);
			build_char(&m->out, ':');
		}
		if (!value(m, depth + 1))
			return false;
		blanks(m);
		if (peek(m) == ',')
			skip(m, 1);
		else if (peek(m) != close)
			return false;
	}
}

static bool value(struct mending *m, int depth)
{
	blanks(m);
	if (depth > DEPTH || !m->rest.len)
		return false;
	if (peek(m) == '{')
		return group(m, '}', depth);
	if (peek(m) == '[')
		return group(m, ']', depth);
	if (peek(m) == '"' || peek(m) == '\'')
		return string(m);
	return plain(m);
}

/* The first object or array in the text that can be read. */
json_t *json_mend(struct text t, struct error *err)
{
	json_t *json = json_parse(text_trim(t), NULL);
	unsigned tries = 0;

	for (size_t i = 0; !json && i < t.len && tries < 16; i++) {
		struct mending m = { .rest = text_from(t, i) };

		if (t.at[i] != '{' && t.at[i] != '[')
			continue;
		tries++;
		if (value(&m, 0) && !m.out.cut)
			json = json_parse(build_text(&m.out), NULL);
		build_done(&m.out);
	}
	if (!json)
		fail(err, -EINVAL, "there is no whole JSON value in it");
	return json;
}

char *arguments_read(struct text raw, bool cut, char **broken)
{
	struct text t = text_trim(raw);
	struct error why = { 0 };
	AUTO_JSON json = NULL;

	*broken = NULL;
	if (!t.len || text_is(t, "null"))
		return text_copy(TEXT("{}"));
	json = cut ? json_parse(t, &why) : json_mend(t, &why);
	if (json_is_string(json)) {
		AUTO_JSON outer = TAKE(json);
		struct text inner = text_trim(text_of(json_string_value(outer)));

		json = inner.len ? json_mend(inner, &why) : json_object();
	}
	if (json_is_object(json)) {
		char *text = json_dumps(json, JSON_COMPACT);

		if (text)
			return text;
	}
	*broken = text_copy(cut ? TEXT("the arguments were cut off at the limit of tokens; send the call again, shorter") :
				  TEXT("the arguments are not one JSON object; send the call again"));
	return text_copy(TEXT("{}"));
}
