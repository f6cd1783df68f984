/* Reading bpftrace's JSON lines. The defects are those of bpftrace 0.17 to 0.26: bytes above 0x7f written as
 * \uffffffXX, unquoted times and names, numbers in hexadecimal after such a byte. */
#include "trace/run/events.h"
#include <ctype.h>
#include <math.h>
#include <string.h>

#define LINE_MOST ((size_t)8 << 20)

static int hex_pair(const char *at)
{
	char pair[3] = { at[0], at[1], 0 };

	return isxdigit((unsigned char)at[0]) && isxdigit((unsigned char)at[1]) ? (int)strtol(pair, NULL, 16) : -1;
}

/* Plain bytes as the inside of a JSON string: invalid UTF-8 becomes the text \xXX. */
static void bytes_flush(struct build *bytes, struct build *out)
{
	AUTO_JSON safe = json_text(build_text(bytes));
	AUTO_FREE char *quoted = json_dumps(safe, JSON_ENCODE_ANY);

	if (quoted && bytes->len)
		build_add(out, (struct text){ quoted + 1, strlen(quoted) - 2 });
	build_clear(bytes);
}

/* The length of a correct escape at the start of `t`; 0: it is none. */
static size_t escape_length(struct text t)
{
	if (t.len < 2)
		return 0;
	if (t.at[1] != 'u')
		return t.at[1] && strchr("\"\\/bfnrt", t.at[1]) ? 2 : 0;
	if (t.len < 6 || hex_pair(t.at + 2) < 0 || hex_pair(t.at + 4) < 0)
		return 0;
	/* Halves of a surrogate pair are none of its own. */
	return (hex_pair(t.at + 2) & 0xf8) == 0xd8 ? 0 : 6;
}

/* \uffffffXX is the byte XX, sign-extended by mistake. The bytes may form UTF-8. */
static void bytes_repair(struct text string, struct build *out)
{
	AUTO_BUILD bytes = { 0 };
	size_t len;

	for (size_t i = 0; i < string.len; i += len) {
		struct text rest = text_from(string, i);
		int byte = rest.len >= 10 && text_starts(rest, "\\uffffff") ? hex_pair(rest.at + 8) : -1;

		len = byte >= 0 ? 10 : rest.at[0] == '\\' ? escape_length(rest) : 0;
		if (byte >= 0) {
			build_char(&bytes, (char)byte);
		} else if (len) {
			bytes_flush(&bytes, out);
			build_add(out, text_until(rest, len));
		} else {
			len = 1;
			build_char(&bytes, rest.at[0]);
		}
	}
	bytes_flush(&bytes, out);
}

static bool bare_is_json(struct text bare)
{
	double number;

	return text_is(bare, "true") || text_is(bare, "false") || text_is(bare, "null") ||
	       (text_real(bare, &number) && !text_starts(bare, "0x") && !text_starts(bare, "-0x") &&
		!(bare.len > 1 && bare.at[0] == '0' && isdigit((unsigned char)bare.at[1])));
}

/* A word outside quotes that JSON does not know: a hexadecimal number, or text that was not quoted. */
static void bare_repair(struct text bare, const struct dialect *dialect, struct build *out)
{
	bool hex = bare.len > 0 && bare.len <= 16;
	long long whole;
	double real;

	for (size_t i = 0; i < bare.len; i++)
		hex = hex && isxdigit((unsigned char)bare.at[i]);
	if (bare_is_json(bare)) {
		/* JSON knows no end of integers, but its reader does. */
		if (text_real(bare, &real) && fabs(real) >= 9e18 && !text_number(bare, &whole))
			build_fmt(out, "%.17g", real);
		else
			build_add(out, bare);
	} else if (hex && dialect->hex_leak) {
		AUTO_FREE char *copy = text_copy(bare);

		build_fmt(out, "%llu", strtoull(copy, NULL, 16));
	} else {
		AUTO_JSON quoted = json_text(bare);
		AUTO_FREE char *text = json_dumps(quoted, JSON_ENCODE_ANY);

		build_put(out, text ? text : "null");
	}
}

static void line_repair(struct text line, const struct dialect *dialect, struct build *out)
{
	size_t at = 0;

	while (at < line.len) {
		size_t end = at;

		if (line.at[at] == '"') {
			for (end = at + 1; end < line.len && line.at[end] != '"'; end++)
				end += line.at[end] == '\\';
			build_char(out, '"');
			bytes_repair((struct text){ line.at + at + 1, (end < line.len ? end : line.len) - at - 1 }, out);
			build_char(out, '"');
			at = end + 1;
		} else if (strchr("{}[],: \t", line.at[at])) {
			build_char(out, line.at[at++]);
		} else {
			/* A time (12:30:01) holds colons: the word ends at , } ] only. */
			while (end < line.len && !strchr(",}]", line.at[end]))
				end++;
			bare_repair(text_trim((struct text){ line.at + at, end - at }), dialect, out);
			at = end;
		}
	}
}

static enum event_kind kind_of(const char *type, const json_t *data)
{
	static const struct {
		const char *type;
		enum event_kind kind;
	} kinds[] = {
		{ "attached_probes", EVENT_ATTACHED }, { "map", EVENT_MAP },	      { "hist", EVENT_HISTOGRAM },
		{ "lhist", EVENT_HISTOGRAM },	       { "tseries", EVENT_OTHER },    { "stats", EVENT_STATS },
		{ "printf", EVENT_TEXT },	       { "time", EVENT_TEXT },	      { "join", EVENT_TEXT },
		{ "cat", EVENT_TEXT },		       { "syscall", EVENT_TEXT },     { "strftime", EVENT_TEXT },
		{ "lost_events", EVENT_LOST },	       { "helper_error", EVENT_ERROR }, { "runtime_error", EVENT_ERROR },
		{ "errorf", EVENT_ERROR },	       { "warnf", EVENT_ERROR },
	};

	if (strcmp(type, "value") == 0) {
		if (json_is_array(data))
			return EVENT_TUPLE;
		return json_is_string(data) && strcmp(json_string_value(data), "tick") == 0 ? EVENT_TICK : EVENT_TEXT;
	}
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (strcmp(type, kinds[i].type) == 0)
			return kinds[i].kind;
	return EVENT_OTHER;
}

/* "key": value, as it stands in the line, into the first of `parts` that has no such key yet. */
static void pair_add(struct text pair, json_t *parts, json_t *times)
{
	AUTO_BUILD object = { 0 };
	AUTO_JSON one = NULL;
	const char *key;
	json_t *value;

	build_fmt(&object, "{%.*s}", TEXT_ARG(pair));
	one = json_parse(build_text(&object), NULL);
	json_object_foreach(one, key, value) {
		size_t part = (size_t)json_get_number(times, key, 0);

		if (part >= json_array_size(parts))
			json_array_append_new(parts, json_object());
		json_object_set(json_array_get(parts, part), key, value);
		json_object_set_new(times, key, json_integer((json_int_t)part + 1));
	}
}

/* Texts that differ only behind their end are several keys of a map, and print as one: {"@m": {"read": 36, "read": 1}}.
 * A reader of JSON keeps the last; all of them count. Leaves the first of each in the map, and gives the others. */
static json_t *repeated_keys(struct text line, json_t *data)
{
	AUTO_JSON parts = json_array();
	AUTO_JSON times = json_object();
	size_t depth = 0, from = 0;
	const char *name;
	json_t *map;

	for (size_t i = 0; i < line.len; i++) {
		char c = line.at[i];

		if (c == '"') {
			for (i++; i < line.len && line.at[i] != '"'; i++)
				i += line.at[i] == '\\';
		} else if (c == '{' || c == '[') {
			/* The line, its data, the map. */
			if (++depth == 3 && c == '{')
				from = i + 1;
		} else if (depth == 3 && from && (c == ',' || c == '}')) {
			pair_add((struct text){ line.at + from, i - from }, parts, times);
			from = c == ',' ? i + 1 : 0;
			depth -= c == '}';
		} else if (c == '}' || c == ']') {
			depth--;
		}
	}
	json_object_foreach(data, name, map)
		if (json_is_object(map))
			json_object_set(data, name, json_array_get(parts, 0));
	json_array_remove(parts, 0);
	return TAKE(parts);
}

static bool keys_repeat(struct text line)
{
	json_error_t why;
	AUTO_JSON json = json_loadb(line.at, line.len, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, &why);

	return !json && json_error_code(&why) == json_error_duplicate_key;
}

static void line_take(struct event_reader *reader, struct text line)
{
	AUTO_JSON json = NULL;
	AUTO_JSON again = NULL;
	AUTO_BUILD repaired = { 0 };
	struct event event = { .line = line, .kind = EVENT_GARBLED };

	line = text_trim(line);
	if (line.len == 0)
		return;
	if (line.at[0] == '{' && !text_has(line, "\\uffffff"))
		json = json_parse(line, NULL);
	if (!json && line.at[0] == '{') {
		line_repair(line, reader->dialect, &repaired);
		line = build_text(&repaired);
		json = json_parse(line, NULL);
	}
	if (json_is_object(json) && json_get_string(json, "type")[0]) {
		event.data = json_object_get(json, "data");
		event.kind = kind_of(json_get_string(json, "type"), event.data);
		if ((event.kind == EVENT_MAP || event.kind == EVENT_HISTOGRAM || event.kind == EVENT_STATS) && keys_repeat(line))
			event.again = again = repeated_keys(line, json_object_get(json, "data"));
	} else {
		reader->garbled++;
	}
	reader->take(reader->context, &event);
}

static void line_overlong(struct event_reader *reader)
{
	struct event event = { .kind = EVENT_GARBLED, .line = build_text(&reader->line) };

	reader->garbled++;
	reader->take(reader->context, &event);
}

void event_reader_feed(struct event_reader *reader, struct text bytes)
{
	while (bytes.len) {
		const char *newline = memchr(bytes.at, '\n', bytes.len);
		size_t len = newline ? (size_t)(newline - bytes.at) : bytes.len;

		if (reader->line.len + len > LINE_MOST)
			reader->overlong = true;
		if (!reader->overlong)
			build_add(&reader->line, text_until(bytes, len));
		bytes = text_from(bytes, len + (newline ? 1 : 0));
		if (!newline)
			return;
		if (reader->overlong)
			line_overlong(reader);
		else
			line_take(reader, build_text(&reader->line));
		reader->overlong = false;
		build_clear(&reader->line);
	}
}

void event_reader_end(struct event_reader *reader)
{
	if (reader->overlong)
		line_overlong(reader);
	else if (reader->line.len)
		line_take(reader, build_text(&reader->line));
	build_done(&reader->line);
	reader->overlong = false;
}
