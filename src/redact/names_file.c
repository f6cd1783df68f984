/* The private map as a file: JSON that its owner alone may read. */
#include <fcntl.h>
#include <sys/stat.h>
#include "base/file.h"
#include "base/json.h"
#include "base/utf8.h"
#include "redact/matcher.h"
#include "redact/names.h"

enum { MAP_MOST = 256 << 20 };

/* JSON holds UTF-8 without NUL; other values are written as hex. */
static json_t *value_json(struct text value, const char **key)
{
	AUTO_BUILD hex = { 0 };

	*key = "value";
	if (utf8_valid(value) && !memchr(value.at, '\0', value.len))
		return json_text(value);
	*key = "hex";
	for (size_t i = 0; i < value.len; i++)
		build_fmt(&hex, "%02x", (unsigned char)value.at[i]);
	return json_text(build_text(&hex));
}

int names_save(const struct names *names, const char *path, struct error *err)
{
	AUTO_JSON map = json_pack("{s:s, s:i, s:[]}", "format", "syswhy redaction map", "version", 1, "entries");
	AUTO_FREE char *string = NULL;
	int code;

	vec_each(name, &names->list) {
		const char *key = NULL;
		json_t *entry = json_pack("{s:s, s:s}", "placeholder", name->placeholder, "rule", name->rule);

		if (name->value.at) {
			json_t *value = value_json(name->value, &key);

			json_object_set_new(entry, key, value);
		}
		json_array_append_new(json_object_get(map, "entries"), entry);
	}
	string = json_dumps(map, JSON_INDENT(1));
	if (!string)
		return fail(err, -ENOMEM, "no memory for the redaction map");
	code = file_write(path, text_of(string), 0600, err);
	explicit_bzero(string, strlen(string));
	return code;
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

static bool entry_value(const json_t *entry, struct build *value, bool *any)
{
	const json_t *plain = json_object_get(entry, "value");
	const char *hex = json_get_string(entry, "hex");

	*any = json_is_string(plain) || hex[0];
	if (json_is_string(plain))
		build_add(value, (struct text){ json_string_value(plain), json_string_length(plain) });
	for (; hex[0] && hex[1]; hex += 2) {
		if (hex_digit(hex[0]) < 0 || hex_digit(hex[1]) < 0)
			return false;
		build_char(value, (char)(hex_digit(hex[0]) << 4 | hex_digit(hex[1])));
	}
	return !hex[0];
}

static bool entry_load(struct names *names, const json_t *entry)
{
	struct text placeholder = text_of(json_get_string(entry, "placeholder"));
	AUTO_BUILD value = { 0 };
	bool any;

	if (placeholder_len(placeholder) != placeholder.len || placeholder.len < 4 || placeholder.len > 44 ||
	    !entry_value(entry, &value, &any))
		return false;
	if (!any)
		return names_reserve(names, placeholder), true;
	if (!value.len || names_find(names, placeholder))
		return false;
	vec_push(&names->kept, text_copy(text_of(json_get_string(entry, "rule"))));
	return names_put(names, placeholder, build_text(&value), names->kept.at[names->kept.len - 1]);
}

int names_load(struct names *names, const char *path, struct error *err)
{
	AUTO_BUILD content = { .ceiling = MAP_MOST };
	AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	AUTO_JSON map = NULL;
	struct stat info;
	json_t *entries, *entry;
	size_t i;

	if (fd < 0 || fstat(fd, &info) < 0)
		return fail(err, -errno, "cannot open the redaction map '%s': %s", path, strerror(errno));
	if (!S_ISREG(info.st_mode) || info.st_uid != geteuid() || info.st_mode & 077)
		return fail(err, -EPERM, "the redaction map '%s' holds secrets, and others may read or own it; chmod 600 it", path);
	if (fd_read_all(fd, MAP_MOST, &content, err) < 0)
		return -EIO;
	map = json_parse(build_text(&content), err);
	if (!map)
		return fail_within(err, "the redaction map '%s'", path), -EINVAL;
	entries = json_object_get(map, "entries");
	if (strcmp(json_get_string(map, "format"), "syswhy redaction map") != 0 || !json_is_array(entries))
		return fail(err, -EINVAL, "'%s' is no redaction map", path);
	json_array_foreach(entries, i, entry)
		if (!entry_load(names, entry))
			return fail(err, -EINVAL, "the redaction map '%s' is damaged at entry %zu", path, i + 1);
	explicit_bzero(content.at, content.len);
	return 0;
}
