/* Values that a question compares fields with: numbers with units, text, and the kernel's names for numbers. */
#include <ctype.h>
#include <string.h>
#include "trace/direct/direct.h"
#include "trace/names/names.h"
#include "trace/write/writer.h"

/* Bytes or nanoseconds of one unit, written with the number or behind it; 0: none. */
static double unit_scale(const struct question *q, size_t at, size_t *len)
{
	static const struct {
		const char *name;
		double scale;
	} units[] = { { "b", 1 }, { "byte", 1 }, { "bytes", 1 }, { "k", 1024 }, { "kb", 1024 }, { "kib", 1024 },
		      { "kilobyte", 1024 }, { "m", 1 << 20 }, { "mb", 1 << 20 }, { "mib", 1 << 20 }, { "megabyte", 1 << 20 },
		      { "gb", 1 << 30 }, { "gib", 1 << 30 }, { "ns", 1 }, { "nanosecond", 1 }, { "us", 1e3 },
		      { "microsecond", 1e3 }, { "ms", 1e6 }, { "millisecond", 1e6 }, { "s", 1e9 }, { "second", 1e9 } };
	const char *unit = q->tokens.at[at].word.unit;

	*len = 0;
	if (!unit[0]) {
		if (at + 1 >= q->tokens.len || q->tokens.at[at + 1].used || q->tokens.at[at].word.comma)
			return 0;
		unit = q->tokens.at[at + 1].word.base;
		*len = 1;
	}
	for (size_t i = 0; i < COUNT(units); i++)
		if (strcmp(unit, units[i].name) == 0)
			return units[i].scale;
	*len = 0;
	return 0;
}

static bool number_spelled(const struct question *q, size_t at, double *number)
{
	static const struct {
		const char *word;
		double number;
	} words[] = { { "zero", 0 }, { "false", 0 }, { "null", 0 }, { "one", 1 }, { "true", 1 }, { "two", 2 }, { "three", 3 } };

	for (size_t i = 0; i < COUNT(words); i++)
		if (strcmp(q->tokens.at[at].word.base, words[i].word) == 0) {
			*number = words[i].number;
			return true;
		}
	return false;
}

/* The type that the vocabulary gives to this field of a named tracepoint, or NULL. */
static const char *type_known(struct wish *wish, const char *field, const char *field_type)
{
	const char *probe = wish->named.probes[0].probe;
	struct way way = { .kind = WAY_EVENT };

	if (wish->named.count == 0)
		return field_type;
	roles_known(wish, &way, probe);
	vec_each(role, &way.roles)
		if (role->type && strcmp(role->expr, field) == 0)
			return role->type;
	return NULL;
}

/* "NET_RX", "SKB_DROP_REASON_NO_SOCKET", "SIGKILL", "ENOENT", "sda": what the kernel calls a number. */
static bool name_number(struct wish *wish, const struct field *field, struct text word, struct field_value *value)
{
	AUTO_FREE char *name = text_copy(word);
	const char *type = type_known(wish, field->name, field->type);
	const char *symbols = type && strncmp(type, "names ", 6) == 0 ? type + 6 :
			      type && strncmp(type, "bits ", 5) == 0 ? type + 5 : field->symbols;
	long long number;

	if (symbols && symbol_number(symbols, name, &value->number)) {
		value->text = arena_text(wish->plan->arena, word);
		return true;
	}
	if (text_is(text_of(field->type), "dev_t") && device_number(word, &value->number))
		return true;
	if (type && number_named(type, word, &value->number))
		return true;
	if (strncmp(field->name, "sig", 3) == 0 && number_named("signal", word, &value->number))
		return true;
	/* A call gives its error as a negative number. */
	if (number_named("errno", text_starts(word, "-") ? text_from(word, 1) : word, &value->number)) {
		value->number = -value->number;
		return strcmp(field->name, "ret") == 0 || strstr(field->name, "err") || strcmp(field->name, "status") == 0 ||
		       strcmp(field->name, "rc") == 0;
	}
	if (!strchr(name, '_') || !kernel_enumerator(wish->kernel, name, &number))
		return false;
	value->number = (double)number;
	return true;
}

/* An address in the kernel's code. */
static bool is_code(struct wish *wish, const struct field *field)
{
	const char *type = type_known(wish, field->name, field->type);

	return strcmp(type ? type : field_declared(field) ? field_declared(field) : "", "ksym") == 0;
}

static bool function_there(struct wish *wish, struct text word)
{
	AUTO_FREE char *name = text_copy(word);

	return kernel_knows_function(wish->kernel, name);
}

enum value_verdict value_read(struct wish *wish, const struct field *field, size_t at, struct field_value *value)
{
	struct question *q = &wish->question;
	const struct token *token = at < q->tokens.len ? &q->tokens.at[at] : NULL;
	struct text word = token ? token->word.text : TEXT("");
	double scale;
	size_t unit;

	*value = (struct field_value){ .len = 1 };
	if (!token || token->word.kind == WORD_SIGN || token->word.kind == WORD_HAN || token->used)
		return VALUE_NONE;
	if (field_is_text(field)) {
		/* "redis-server" is several words. */
		for (; q->tokens.at[at + value->len - 1].word.joined && at + value->len < q->tokens.len; value->len++) {
			const struct text next = q->tokens.at[at + value->len].word.text;

			word.len = (size_t)(next.at + next.len - word.at);
		}
		value->text = arena_text(wish->plan->arena, word);
		return VALUE_TOLD;
	}
	if (token->word.kind == WORD_NUMBER) {
		scale = unit_scale(q, at, &unit);
		value->number = token->word.number * (scale ? scale : 1);
		value->len += unit;
		return VALUE_TOLD;
	}
	if (token->word.kind != WORD_PATH && is_code(wish, field) && function_there(wish, word)) {
		value->text = arena_text(wish->plan->arena, word);
		return VALUE_TOLD;
	}
	if (number_spelled(q, at, &value->number) || name_number(wish, field, word, value))
		return VALUE_TOLD;
	return VALUE_UNKNOWN;
}
