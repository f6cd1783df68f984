/* What of an endpoint may be shown: its URL without what is secret in it, texts without its secrets. And URLs with a query. */
#include <ctype.h>
#include "llm/config.h"

#define SECRET_LEAST 4 /* bytes: shorter ones are no secret, and stand in many a word */

/* What stands in a query and is a setting, not a key. */
static bool query_setting(struct text name)
{
	return text_is(name, "api-version") || text_is(name, "version") || text_is(name, "api_version");
}

void url_show(const char *url, struct build *out)
{
	struct text rest = text_of(url), name;
	size_t mark, start = 0, at;

	if (text_find(rest, "://", &mark))
		start = mark + 3;
	mark = start + strcspn(url + start, "?#");
	rest = text_until(rest, mark);
	for (at = start + strcspn(url + start, "/?#"); at > start && url[at - 1] != '@';)
		at--;
	if (at > start) {
		build_fmt(out, "%.*s(hidden)@", (int)start, url);
		rest = text_from(rest, at);
	}
	build_add(out, rest);
	if (!url[mark])
		return;
	build_char(out, url[mark]);
	rest = text_of(url + mark + 1);
	for (bool first = true; rest.len; first = false) {
		struct text part;

		text_next(&rest, '&', &part);
		name = text_until(part, strcspn(part.at, "=") < part.len ? strcspn(part.at, "=") : part.len);
		build_put(out, first ? "" : "&");
		if (query_setting(name))
			build_add(out, part);
		else if (name.len < part.len)
			build_fmt(out, "%.*s=(hidden)", TEXT_ARG(name));
		else
			build_put(out, "(hidden)");
	}
}

void url_join(const char *base, const char *path, struct build *out)
{
	size_t mark = strcspn(base, "?#"), end = mark;

	while (end && base[end - 1] == '/')
		end--;
	build_fmt(out, "%.*s%s%s", (int)end, base, path, base + mark);
}

/* Every place where it stands becomes "(NAME)". */
static void mask(char *text, size_t size, struct text secret, const char *name)
{
	AUTO_FREE char *one = text_copy(secret);
	AUTO_BUILD masked = { .ceiling = size - 1 };
	struct text rest = text_of(text);
	size_t at;

	if (secret.len < SECRET_LEAST || !strstr(text, one))
		return;
	while (text_find(rest, one, &at)) {
		build_fmt(&masked, "%.*s(%s)", (int)at, rest.at, name);
		rest = text_from(rest, at + secret.len);
	}
	build_add(&masked, rest);
	snprintf(text, size, "%s", masked.at);
}

void endpoint_mask(const struct llm_endpoint *endpoint, char *text, size_t size)
{
	struct text query = text_of(endpoint->base + strcspn(endpoint->base, "?")), part, name;

	if (endpoint->key.value)
		mask(text, size, text_of(endpoint->key.value), "key");
	vec_each(header, &endpoint->headers) {
		struct text value = text_of(*header);
		size_t at;

		text_next(&value, ':', &part);
		value = text_trim(value);
		mask(text, size, value, "hidden");
		/* "Bearer KEY": a server may quote the second word alone. */
		for (at = value.len; at && !isspace((unsigned char)value.at[at - 1]);)
			at--;
		mask(text, size, text_from(value, at), "hidden");
	}
	query = text_from(query, 1);
	while (text_next(&query, '&', &part)) {
		struct text value = part;

		text_next(&value, '=', &name);
		if (!query_setting(name))
			mask(text, size, value, "hidden");
	}
}
