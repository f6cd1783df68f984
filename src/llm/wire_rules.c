/* Rules of servers and models: read from data, learned from refusals, remembered in the cache folder. */
#include "llm/wire_rules.h"
#include <fnmatch.h>
#include <math.h>
#include <time.h>
#include "base/file.h"
#include "llm/config_file.h"
#include "llm/provider.h"

#define FILE_LIMIT (1 << 20)
#define LEARNED_DAYS 30
#define LEARNED_MOST 200

void wire_rules_done(struct wire_rules *rules)
{
	vec_each(rule, &rules->list) {
		free(rule->name);
		free(rule->value);
	}
	vec_done(&rules->list);
	free(rules->protocol);
	*rules = (struct wire_rules){ 0 };
}

void wire_rules_add(struct wire_rules *rules, enum wire_rule_kind kind, const char *name, const char *value)
{
	vec_push(&rules->list, (struct wire_rule){ kind, text_copy(text_of(name)), value ? text_copy(text_of(value)) : NULL,
						 false });
	rules->schema_alone |= kind == WIRE_ALONE;
	rules->no_tools |= kind == WIRE_NO_TOOLS;
	rules->echo_reasoning |= kind == WIRE_ECHO;
}

bool wire_rules_drop(const struct wire_rules *rules, const char *name)
{
	vec_each(rule, &rules->list)
		if (rule->kind == WIRE_DROP && strcmp(rule->name, name) == 0)
			return true;
	return false;
}

void wire_rules_apply(const struct wire_rules *rules, json_t *body)
{
	vec_each(rule, &rules->list) {
		json_t *value = json_object_get(body, rule->name);

		if (rule->kind == WIRE_SET)
			json_object_set_new(body, rule->name, json_parse(text_of(rule->value), NULL));
		if (rule->kind == WIRE_RENAME && value)
			json_object_set(body, rule->value, value);
		if ((rule->kind == WIRE_DROP || rule->kind == WIRE_RENAME) && value)
			json_object_del(body, rule->name);
	}
	/* Of what is sent under its new name. */
	vec_each(rule, &rules->list)
		if (rule->kind == WIRE_MOST && json_get_number(body, rule->name, 0) > strtod(rule->value, NULL))
			json_object_set_new(body, rule->name, json_parse(text_of(rule->value), NULL));
}

/* "gpt-5*|o1*": any of the patterns, letters of either case. */
static bool fits(struct text patterns, const char *name)
{
	struct text pattern;

	while (text_next(&patterns, '|', &pattern)) {
		AUTO_FREE char *one = text_copy(pattern);

		if (fnmatch(one, name, FNM_CASEFOLD) == 0)
			return true;
	}
	return false;
}

/* The name without what resellers put in front: "openai/gpt-4o". */
static const char *plain_name(const char *name)
{
	const char *slash = strrchr(name, '/');

	return slash ? slash + 1 : name;
}

static bool is_json(const char *value)
{
	AUTO_JSON json = json_parse(text_of(value), NULL);

	return json != NULL;
}

static int take_action(struct wire_rules *rules, struct text line)
{
	struct text word, a, b;

	text_word(&line, &word);
	text_word(&line, &a);
	b = text_trim(line);
	AUTO_FREE char *name = text_copy(a);
	AUTO_FREE char *value = text_copy(b);
	if (text_is(word, "drop") && a.len && !b.len)
		wire_rules_add(rules, WIRE_DROP, name, NULL);
	else if (text_is(word, "rename") && a.len && b.len)
		wire_rules_add(rules, WIRE_RENAME, name, value);
	else if (text_is(word, "set") && a.len && b.len && is_json(value))
		wire_rules_add(rules, WIRE_SET, name, value);
	else if (text_is(word, "echo-reasoning") && !a.len)
		rules->echo_reasoning = true;
	else if (text_is(word, "schema") && text_is(a, "none") && !b.len)
		rules->schema_none = true;
	else if (text_is(word, "schema") && text_is(a, "alone") && !b.len)
		rules->schema_alone = true;
	else if (text_is(word, "no-system") && !a.len)
		rules->no_system = true;
	else if (text_is(word, "no-tools") && !a.len)
		rules->no_tools = true;
	else if (text_is(word, "protocol") && provider_find(name) && !b.len)
		free(rules->protocol), rules->protocol = text_copy(a);
	else
		return -EINVAL;
	return 0;
}

/* Each provider that is written without a wildcard is one. */
static bool providers_known(struct text patterns)
{
	struct text pattern;

	while (text_next(&patterns, '|', &pattern))
		if (!text_has(pattern, "*") && llm_kind_find(pattern) < 0)
			return false;
	return true;
}

/* "for provider=openai|azure model=gpt-5*": -EINVAL for another word. */
static int judge_condition(struct text line, const struct llm_model *model, bool *holds)
{
	struct text word;

	*holds = true;
	while (text_word(&line, &word)) {
		if (text_starts(word, "provider=") && !providers_known(text_from(word, 9)))
			return -EINVAL;
		if (text_starts(word, "provider="))
			*holds &= fits(text_from(word, 9), llm_kind_name(model->endpoint->kind));
		else if (text_starts(word, "model="))
			*holds &= fits(text_from(word, 6), plain_name(model->name));
		else if (text_starts(word, "base="))
			*holds &= fits(text_from(word, 5), model->endpoint->base);
		else
			return -EINVAL;
	}
	return 0;
}

static int data_read(const char *name, struct build *file, char path[4096], struct error *err)
{
	snprintf(path, 4096, "%s/models/%s", data_folder(), name);
	return file_read(path, FILE_LIMIT, file, err);
}

/* `every`: lines that are about other models are looked at too. */
static int rules_read(struct wire_rules *rules, const struct llm_model *model, bool every, struct error *err)
{
	AUTO_BUILD file = { 0 };
	char path[4096];
	struct text rest, line;
	unsigned number = 0;
	bool holds = false, begun = false;
	int code = data_read("quirks", &file, path, err);

	if (code < 0)
		return code;
	for (rest = build_text(&file); text_line(&rest, &line);) {
		number++;
		line = text_trim(line);
		if (!line.len || line.at[0] == '#')
			continue;
		if (text_starts(line, "for "))
			begun = true, code = judge_condition(text_from(line, 4), model, &holds);
		else if (!begun)
			code = -EINVAL; /* about no model */
		else if (holds || every)
			code = take_action(rules, line);
		if (code < 0)
			return fail(err, code, "%s:%u: '%.*s' is not understood", path, number, TEXT_ARG(text_until(line, 60)));
	}
	return 0;
}

int wire_rules_load(struct wire_rules *rules, const struct llm_model *model, struct error *err)
{
	return rules_read(rules, model, false, err);
}

int wire_rules_check(struct error *err)
{
	struct llm_endpoint endpoint = { .base = (char *)"" };
	struct llm_model model = { .endpoint = &endpoint, .name = (char *)"" };
	struct wire_rules rules = { 0 };
	int code = rules_read(&rules, &model, true, err);

	wire_rules_done(&rules);
	return code;
}

/* ---- prices ---- */
static int take_facts(struct text line, const char *name, struct model_facts *facts, bool *done)
{
	struct text pattern, word, number;
	double value;

	text_word(&line, &pattern);
	*done = fits(pattern, name);
	while (text_word(&line, &word)) {
		double *price = text_is(word, "input")	 ? &facts->price_input :
				text_is(word, "output")	 ? &facts->price_output :
				text_is(word, "cached")	 ? &facts->price_cached :
				text_is(word, "written") ? &facts->price_written :
							   NULL;
		long *limit = text_is(word, "context") ? &facts->context : text_is(word, "most") ? &facts->output : NULL;

		if (text_is(word, "as-of") && text_word(&line, &number))
			continue;
		if ((!price && !limit) || !text_word(&line, &number) || !text_real(number, &value) || value < 0)
			return -EINVAL;
		if (*done && price)
			*price = value;
		if (*done && limit)
			*limit = (long)value;
	}
	return 0;
}

/* `name` NULL: every line is looked at, and the facts are nobody's. */
static int facts_read(const char *name, struct model_facts *facts, struct error *err)
{
	AUTO_BUILD file = { 0 };
	char path[4096];
	struct text rest, line;
	unsigned number = 0;
	bool done = false;
	int code;

	*facts = (struct model_facts){ 0, 0, NAN, NAN, NAN, NAN };
	code = data_read("prices", &file, path, err);
	for (rest = build_text(&file); !code && (!done || !name) && text_line(&rest, &line);) {
		number++;
		line = text_trim(line);
		if (line.len && line.at[0] != '#')
			code = take_facts(line, name ? plain_name(name) : "", facts, &done);
		if (code < 0)
			return fail(err, code, "%s:%u: '%.*s' is not understood", path, number, TEXT_ARG(text_until(line, 60)));
	}
	return code;
}

int model_facts(const char *name, struct model_facts *facts, struct error *err)
{
	return facts_read(name, facts, err);
}

int model_facts_check(struct error *err)
{
	struct model_facts facts;

	return facts_read(NULL, &facts, err);
}

/* ---- learned ---- */
static char *learned_path(void)
{
	const char *folder = cache_folder();
	char *path;

	if (!folder || asprintf(&path, "%s/models.json", folder) < 0)
		return NULL;
	return path;
}

static char *learned_key(const struct llm_model *model)
{
	char *key;

	/* A base URL may hold a key in its query. */
	if (asprintf(&key, "%s %s", model->endpoint->shown, model->name) < 0)
		abort();
	return key;
}

static json_t *learned_file(const char *path)
{
	AUTO_BUILD file = { 0 };
	json_t *json = path && file_read(path, FILE_LIMIT, &file, NULL) == 0 ? json_parse(build_text(&file), NULL) : NULL;

	if (json_is_object(json))
		return json;
	json_decref(json);
	return json_object();
}

static bool expired(const json_t *entry)
{
	return (double)time(NULL) - json_get_number(entry, "at", 0) > LEARNED_DAYS * 86400.0;
}

void learned_load(struct wire_rules *rules, const struct llm_model *model)
{
	AUTO_FREE char *path = learned_path();
	AUTO_FREE char *key = learned_key(model);
	AUTO_JSON all = learned_file(path);
	const json_t *entry = json_object_get(all, key), *rule;
	size_t i;

	if (expired(entry))
		return;
	json_array_foreach(json_object_get(entry, "rules"), i, rule) {
		const char *kind = json_get_string(rule, "kind"), *name = json_get_string(rule, "name"),
			   *value = json_get_string(rule, "value");

		if (!name[0])
			continue;
		if (strcmp(kind, "drop") == 0)
			wire_rules_add(rules, WIRE_DROP, name, NULL);
		else if (strcmp(kind, "rename") == 0 && value[0])
			wire_rules_add(rules, WIRE_RENAME, name, value);
		else if (strcmp(kind, "set") == 0 && value[0])
			wire_rules_add(rules, WIRE_SET, name, value);
		else if (strcmp(kind, "most") == 0 && value[0])
			wire_rules_add(rules, WIRE_MOST, name, value);
		else if (strcmp(kind, "alone") == 0)
			wire_rules_add(rules, WIRE_ALONE, name, NULL);
		else if (strcmp(kind, "no-tools") == 0)
			wire_rules_add(rules, WIRE_NO_TOOLS, name, NULL);
		else if (strcmp(kind, "echo") == 0)
			wire_rules_add(rules, WIRE_ECHO, name, NULL);
		else
			continue;
		rules->list.at[rules->list.len - 1].learned = true;
	}
}

void learned_save(const struct wire_rules *rules, const struct llm_model *model)
{
	static const char *const kinds[] = { "drop", "rename", "set", "alone", "most", "no-tools", "echo" };
	AUTO_FREE char *path = learned_path();
	AUTO_FREE char *key = learned_key(model);
	AUTO_JSON all = learned_file(path);
	json_t *list = json_array();
	const char *old;
	json_t *entry;
	void *next;

	if (!path) {
		json_decref(list);
		return;
	}
	json_object_foreach_safe(all, next, old, entry)
		if (expired(entry) || json_object_size(all) >= LEARNED_MOST)
			json_object_del(all, old);
	vec_each(rule, &rules->list)
		if (rule->learned)
			json_array_append_new(list, json_pack("{s:s, s:s, s:s*}", "kind", kinds[rule->kind], "name",
							      rule->name, "value", rule->value));
	json_object_set_new(all, key, json_pack("{s:I, s:o}", "at", (json_int_t)time(NULL), "rules", list));
	AUTO_FREE char *text = json_dumps(all, JSON_INDENT(1));
	/* Without the note the next process asks and learns again. */
	if (text)
		file_write(path, text_of(text), 0600, NULL);
}
