/* The reader of server-sent events: lines end in CR, LF or CRLF, wherever the network cuts them. */
#include "llm/sse.h"
#include <ctype.h>
#include "base/utf8.h"

#define BARE_MOST (16 << 10)

static size_t limit_of(const struct sse *sse)
{
	return sse->limit ? sse->limit : 16 << 20;
}

static int deliver(struct sse *sse)
{
	struct sse_event event = { sse->name[0] ? sse->name : "message", build_text(&sse->data) };
	/* A blank data line is a keepalive of some servers, not an event. */
	bool blank = text_trim(event.data).len == 0 && !sse->name[0];
	int code = sse->has_data && !blank ? sse->take(sse->context, &event) : 0;

	build_clear(&sse->data);
	sse->has_data = sse->bare = false;
	sse->name[0] = '\0';
	return code;
}

/* An object with no field's name before it, in a line or several: so some servers tell of an error within a stream. */
static int take_bare(struct sse *sse, struct text line)
{
	AUTO_JSON whole = NULL;

	if (sse->data.len + line.len + 1 > BARE_MOST)
		return -EMSGSIZE;
	sse->bare = sse->has_data = true;
	build_fmt(&sse->data, "%.*s\n", TEXT_ARG(line));
	whole = sse_json(build_text(&sse->data), NULL);
	return whole ? deliver(sse) : 0;
}

static int take_line(struct sse *sse, struct text line)
{
	struct text field = line, value = { "", 0 };
	size_t colon;

	/* The byte order mark that a stream may begin with. */
	if (!sse->begun && text_starts(line, "\xef\xbb\xbf"))
		field = line = text_from(line, 3);
	sse->begun = true;
	if (line.len == 0)
		return deliver(sse);
	if ((line.at[0] == '{' && !sse->has_data) || sse->bare)
		return take_bare(sse, line);
	if (text_find(line, ":", &colon)) {
		field = text_until(line, colon);
		value = text_from(line, colon + 1);
		if (text_starts(value, " "))
			value = text_from(value, 1);
	}
	if (text_is(field, "data")) {
		if (sse->data.len + value.len + 1 > limit_of(sse))
			return -EMSGSIZE;
		if (sse->has_data)
			build_char(&sse->data, '\n');
		build_add(&sse->data, value);
		sse->has_data = true;
	} else if (text_is(field, "event")) {
		snprintf(sse->name, sizeof(sse->name), "%.*s", TEXT_ARG(value));
	}
	return 0; /* comments (an empty field), id, retry and unknown fields */
}

static int end_line(struct sse *sse)
{
	int code = take_line(sse, build_text(&sse->line));

	build_clear(&sse->line);
	return code;
}

int sse_feed(struct sse *sse, struct text bytes)
{
	int code = 0;

	while (bytes.len && !code) {
		size_t plain = 0;

		if (sse->after_cr) {
			sse->after_cr = false;
			if (bytes.at[0] == '\n') {
				bytes = text_from(bytes, 1);
				continue;
			}
		}
		while (plain < bytes.len && bytes.at[plain] != '\n' && bytes.at[plain] != '\r')
			plain++;
		if (sse->line.len + plain > limit_of(sse))
			return -EMSGSIZE;
		build_add(&sse->line, text_until(bytes, plain));
		if (plain == bytes.len)
			return 0;
		sse->after_cr = bytes.at[plain] == '\r';
		bytes = text_from(bytes, plain + 1);
		code = end_line(sse);
	}
	return code;
}

int sse_end(struct sse *sse)
{
	int code = sse->line.len ? end_line(sse) : 0;

	return code ? code : deliver(sse);
}

void sse_done(struct sse *sse)
{
	build_done(&sse->line);
	build_done(&sse->data);
}

static bool hex4(struct text t, unsigned *value)
{
	*value = 0;
	if (t.len < 6 || t.at[0] != '\\' || t.at[1] != 'u')
		return false;
	for (int i = 2; i < 6; i++) {
		unsigned char c = (unsigned char)t.at[i];

		if (!isxdigit(c))
			return false;
		*value = *value * 16 + (unsigned)(isdigit(c) ? c - '0' : tolower(c) - 'a' + 10);
	}
	return true;
}

/* Bytes and escapes that are no character become U+FFFD. */
static void characters_mend(struct text t, struct build *out)
{
	while (t.len) {
		unsigned high, low;
		uint32_t c;
		size_t len = 1;

		if (t.at[0] == '\\' && hex4(t, &high)) {
			bool pair = high >= 0xd800 && high < 0xdc00 && hex4(text_from(t, 6), &low) && low >= 0xdc00 &&
				    low < 0xe000;

			len = pair ? 12 : 6;
			if (high >= 0xd800 && high < 0xe000 && !pair)
				build_put(out, "\\ufffd");
			else
				build_add(out, text_until(t, len));
		} else if (t.at[0] == '\\' && t.len > 1 && (unsigned char)t.at[1] < 0x80) {
			build_add(out, text_until(t, len = 2));
		} else {
			len = utf8_next(t, &c);
			if (c == UTF8_BAD)
				build_put(out, "\xef\xbf\xbd");
			else
				build_add(out, text_until(t, len));
		}
		t = text_from(t, len);
	}
}

json_t *sse_json(struct text data, struct error *err)
{
	AUTO_BUILD mended = { 0 };
	json_t *json = json_parse(data, NULL);

	if (json)
		return json;
	characters_mend(data, &mended);
	return json_parse(build_text(&mended), err);
}
