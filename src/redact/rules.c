/* Reading the rules: one keyword and its value a line. */
#include "redact/rules.h"
#include <ctype.h>
#include <dirent.h>
#include "base/file.h"

enum { RULE_MOST = 5000, FILE_MOST = 4 << 20, REACH = 256, AHEAD = 16384 };

struct reader {
	struct rules *rules;
	struct rule *rule; /* the one being read, or NULL */
	bool skip;	   /* it is left out (identity) */
	const char *file;
	unsigned line;
	size_t finders;	   /* of this rule */
};

void rules_done(struct rules *rules)
{
	vec_each(rule, &rules->list)
		vec_done(&rule->not), vec_done(&rule->fields);
	vec_done(&rules->list);
	vec_done(&rules->finds);
	vec_done(&rules->runs);
	vec_done(&rules->spots);
	vec_done(&rules->tails);
	vec_done(&rules->examples);
	vec_done(&rules->common);
	vec_done(&rules->parts);
	build_done(&rules->keep);
	arena_free(rules->arena);
	rules->arena = NULL;
}

static int wrong(const struct reader *reader, struct error *err, const char *format, ...) PRINTF(3, 4);
static int wrong(const struct reader *reader, struct error *err, const char *format, ...)
{
	AUTO_BUILD sentence = { 0 };
	va_list args;

	va_start(args, format);
	build_vfmt(&sentence, format, args);
	va_end(args);
	return fail(err, -EINVAL, "%s:%u: %s", reader->file, reader->line, sentence.at);
}

char *rules_quote(struct rules *rules, struct text literal)
{
	AUTO_BUILD out = { 0 };

	for (size_t i = 0; i < literal.len; i++) {
		unsigned char c = (unsigned char)literal.at[i];

		if (isalnum(c))
			build_char(&out, (char)c);
		else
			build_fmt(&out, "\\x%02x", c);
	}
	return arena_text(rules->arena, build_text(&out));
}

struct rule *rules_add(struct rules *rules, const char *name, const char *as, enum rule_rank rank)
{
	struct rule *rule = vec_new(&rules->list);

	rule->name = name;
	rule->as = as;
	rule->say = "";
	rule->rank = rank;
	rule->reach = REACH;
	rule->ahead = AHEAD;
	rule->file = "";
	return rule;
}

bool rules_common(const struct rules *rules, const char *name)
{
	vec_each(one, &rules->common)
		if (strcasecmp(*one, name) == 0)
			return true;
	return false;
}

/* ---- values ---- */

static void find_add(struct reader *reader, const char *regex, bool fold)
{
	vec_push(&reader->rules->finds,
		 (struct find){ .regex = regex, .fold = fold, .rule = (unsigned)(reader->rules->list.len - 1) });
	reader->finders++;
}

/* A regex with each {{name}} replaced by what it stands for; NULL: `err` tells. From the arena. */
static const char *regex_read(const struct reader *reader, struct text value, struct error *err)
{
	AUTO_BUILD out = { 0 };
	size_t at, end;

	while (text_find(value, "{{", &at) && text_find(text_from(value, at), "}}", &end)) {
		struct text name = text_until(text_from(value, at + 2), end - 2);
		const struct part *found = NULL;

		vec_each(part, &reader->rules->parts)
			if (text_is(name, part->name))
				found = part;
		if (!found) {
			wrong(reader, err, "there is no part '{{%.*s}}'; a 'let' line before this one makes it", TEXT_ARG(name));
			return NULL;
		}
		build_add(&out, text_until(value, at));
		build_put(&out, found->regex);
		value = text_from(value, at + end + 2);
	}
	build_add(&out, value);
	return arena_text(reader->rules->arena, build_text(&out));
}

static int let_read(struct reader *reader, struct text value, struct error *err)
{
	struct part part = { 0 };
	struct text name;

	text_word(&value, &name);
	part.name = arena_text(reader->rules->arena, name);
	part.regex = regex_read(reader, text_trim(value), err);
	if (part.regex && !part.regex[0])
		return wrong(reader, err, "a part is written: let NAME REGEX");
	if (part.regex)
		vec_push(&reader->rules->parts, part);
	return part.regex ? 0 : -EINVAL;
}

static int find_read(struct reader *reader, struct text value, bool fold, struct error *err)
{
	const char *regex = regex_read(reader, value, err);

	if (regex)
		find_add(reader, regex, fold);
	return regex ? 0 : -EINVAL;
}

/* "[0-9a-f -]" into a set; gives what stands behind it. */
static int class_read(const struct reader *reader, struct text *rest, bool set[256], struct error *err)
{
	size_t end;

	*rest = text_trim(*rest);
	if (!text_starts(*rest, "[") || !text_find(*rest, "]", &end))
		return wrong(reader, err, "a class of characters is written in brackets: [0-9a-f]");
	for (size_t i = 1; i < end; i++) {
		unsigned char from = (unsigned char)rest->at[i], to = from;

		if (i + 2 < end && rest->at[i + 1] == '-') {
			to = (unsigned char)rest->at[i + 2];
			i += 2;
		}
		for (unsigned c = from; c <= to; c++)
			set[c] = true;
	}
	*rest = text_trim(text_from(*rest, end + 1));
	return 0;
}

static int count_read(const struct reader *reader, struct text *rest, size_t *count, struct error *err)
{
	struct text word;
	long long number;

	if (!text_word(rest, &word) || !text_number(word, &number) || number < 1 || number > 1 << 20)
		return wrong(reader, err, "a number from 1 is needed here");
	*count = (size_t)number;
	return 0;
}

static int run_read(struct reader *reader, struct text value, struct error *err)
{
	struct run *run = vec_new(&reader->rules->runs);
	struct text word;

	run->rule = (unsigned)(reader->rules->list.len - 1);
	reader->finders++;
	if (count_read(reader, &value, &run->least, err) < 0 || class_read(reader, &value, run->class, err) < 0)
		return -EINVAL;
	if (run->least < 4)
		return wrong(reader, err, "a run of fewer than 4 characters is found everywhere; use 'find'");
	if (value.len == 0)
		return 0;
	if (!text_word(&value, &word) || !text_is(word, "with"))
		return wrong(reader, err, "behind the class may stand only: with N [CLASS]");
	if (count_read(reader, &value, &run->least_of, err) < 0)
		return -EINVAL;
	return class_read(reader, &value, run->of, err);
}

static void spot_add(struct reader *reader, char byte, long long count, long long within)
{
	vec_push(&reader->rules->spots, (struct spot){ byte, (unsigned char)count, (unsigned char)within,
						       (unsigned)(reader->rules->list.len - 1) });
	reader->finders++;
}

/* "@", "::", "lines", ". 2 within 4" */
static int at_read(struct reader *reader, struct text value, struct error *err)
{
	struct text mark, count, word, within;
	long long numbers[2] = { 1, 0 };
	bool plain;

	text_word(&value, &mark);
	plain = !text_word(&value, &count);
	if (plain && text_is(mark, "lines"))
		return spot_add(reader, '\n', 1, 0), 0;
	if (plain && mark.len == 2 && mark.at[0] == mark.at[1])
		return spot_add(reader, mark.at[0], 2, 1), 0;
	if (mark.len != 1 || (!plain && (!text_number(count, &numbers[0]) || !text_word(&value, &word) || !text_is(word, "within") ||
					 !text_word(&value, &within) || !text_number(within, &numbers[1]) || text_trim(value).len ||
					 numbers[0] < 2 || numbers[1] < 2 || numbers[1] > 32 || numbers[0] * numbers[1] > 36)))
		return wrong(reader, err, "'at' takes a character, the same one twice, one as in 'at . 2 within 4', or 'lines'");
	return spot_add(reader, mark.at[0], numbers[0], numbers[1]), 0;
}

static int form_read(struct reader *reader, struct text value, struct error *err)
{
	for (int i = FORM_NONE + 1; i < FORM_COUNT; i++)
		if (text_is(value, form_names[i]))
			return reader->rule->form = (enum form)i, 0;
	return wrong(reader, err, "there is no form '%.*s'", TEXT_ARG(value));
}

static void not_add(struct rule *rule, struct text word)
{
	vec_push(&rule->not, word);
	rule->not_lengths |= (uint64_t)1 << (word.len & 63);
	rule->not_letters |= (uint64_t)1 << ((word.len ? word.at[0] | 32 : 0) & 63);
}

static void not_read(struct reader *reader, struct text value)
{
	struct text word;

	while (text_next(&value, '|', &word))
		not_add(reader->rule, text_of(arena_text(reader->rules->arena, text_trim(word))));
}

/* Words, in small letters: names of fields, or what stands before a blank and a name. */
static int tails_read(struct reader *reader, struct text value, bool sign, struct error *err)
{
	struct text word;

	while (text_next(&value, '|', &word)) {
		char *tail = arena_fmt(reader->rules->arena, "%.*s%s", TEXT_ARG(text_trim(word)), sign ? "" : " ");

		if (strlen(tail) < 3)
			return wrong(reader, err, "a word of fewer than 3 characters is found everywhere");
		for (char *at = tail; *at; at++)
			*at = (char)(*at >= 'A' && *at <= 'Z' ? *at | 32 : *at);
		if (sign)
			vec_push(&reader->rule->fields, text_of(tail));
		vec_push(&reader->rules->tails, (struct tail){ text_of(tail), sign, (unsigned)(reader->rules->list.len - 1) });
		reader->finders++;
	}
	return 0;
}

static int words_read(struct reader *reader, struct text value, bool fold, struct error *err)
{
	struct text word;

	while (text_next(&value, '|', &word)) {
		word = text_trim(word);
		if (word.len < 2)
			return wrong(reader, err, "a word of fewer than 2 characters is found everywhere");
		find_add(reader, rules_quote(reader->rules, word), fold);
	}
	return 0;
}

static int checks_read(struct reader *reader, struct text value, struct error *err)
{
	static const char *const names[] = { "luhn", "iban", "mixed", "ipv6", "jwt", "entropy" };
	struct text word;

	while (text_word(&value, &word)) {
		size_t which = 0;

		while (which < COUNT(names) && !text_is(word, names[which]))
			which++;
		if (which == COUNT(names))
			return wrong(reader, err, "there is no check '%.*s'", TEXT_ARG(word));
		reader->rule->checks |= 1U << which;
		if (1U << which == CHECK_ENTROPY &&
		    (!text_word(&value, &word) || !text_real(word, &reader->rule->entropy)))
			return wrong(reader, err, "entropy needs its bits a character: entropy 3.2");
	}
	return 0;
}

static int rank_read(struct reader *reader, struct text value, struct error *err)
{
	static const char *const names[] = { "exact", "context", "guess", "identity" };

	for (size_t i = 0; i < COUNT(names); i++) {
		if (!text_is(value, names[i]))
			continue;
		reader->rule->rank = (enum rule_rank)i;
		reader->skip = i == RANK_IDENTITY && !reader->rules->identity;
		return 0;
	}
	return wrong(reader, err, "a rank is exact, context, guess or identity");
}

static int as_read(struct reader *reader, struct text value, struct error *err)
{
	for (size_t i = 0; i < value.len; i++)
		if (!isupper((unsigned char)value.at[i]) && value.at[i] != '_')
			return wrong(reader, err, "a placeholder is written in capitals: API_KEY");
	if (value.len < 2 || value.len > 24)
		return wrong(reader, err, "a placeholder has 2 to 24 letters");
	reader->rule->as = arena_text(reader->rules->arena, value);
	return 0;
}

/* ---- rules ---- */

/* A rule that is left out leaves nothing behind. */
static int rule_end(struct reader *reader, struct error *err)
{
	struct rules *rules = reader->rules;
	unsigned index = (unsigned)(rules->list.len - 1);
	const struct rule *rule = reader->rule;

	if (!rule)
		return 0;
	reader->rule = NULL;
	if (!rule->regex[REGEX_MATCH] == !rule->form || !rule->as || !rule->say[0] || reader->finders == 0)
		return fail(err, -EINVAL, "%s:%u: the rule '%s' lacks 'say', 'as', one of 'match' and 'form', or a finder (word, fold, find, seek, run, at, field, behind)",
			    rule->file, rule->line, rule->name);
	rules->list.at[index].swept = rule->rank == RANK_IDENTITY && (strcmp(rule->as, "USER") == 0 || strcmp(rule->as, "HOST") == 0);
	if (!reader->skip)
		return 0;
	while (rules->finds.len && rules->finds.at[rules->finds.len - 1].rule == index)
		rules->finds.len--;
	while (rules->runs.len && rules->runs.at[rules->runs.len - 1].rule == index)
		rules->runs.len--;
	while (rules->spots.len && rules->spots.at[rules->spots.len - 1].rule == index)
		rules->spots.len--;
	while (rules->tails.len && rules->tails.at[rules->tails.len - 1].rule == index)
		rules->tails.len--;
	while (rules->examples.len && rules->examples.at[rules->examples.len - 1].rule == index)
		rules->examples.len--;
	vec_done(&rules->list.at[index].not);
	vec_done(&rules->list.at[index].fields);
	rules->list.len--;
	return 0;
}

static int rule_start(struct reader *reader, struct text value, struct error *err)
{
	if (rule_end(reader, err) < 0)
		return -EINVAL;
	vec_each(rule, &reader->rules->list)
		if (text_is(value, rule->name))
			return wrong(reader, err, "there is a rule '%s' already, at %s:%u", rule->name, rule->file, rule->line);
	if (value.len == 0 || reader->rules->list.len >= RULE_MOST)
		return wrong(reader, err, value.len ? "too many rules" : "a rule needs a name");
	reader->rule = rules_add(reader->rules, arena_text(reader->rules->arena, value), NULL, RANK_EXACT);
	reader->rule->file = reader->file;
	reader->rule->line = reader->line;
	reader->finders = 0;
	reader->skip = false;
	return 0;
}

static void example_add(struct reader *reader, struct text value, bool secret)
{
	if (reader->rules->want_examples)
		vec_push(&reader->rules->examples,
			 (struct example){ text_of(arena_text(reader->rules->arena, value)), secret, reader->file, reader->line,
					   (unsigned)(reader->rules->list.len - 1) });
}

static int rule_line(struct reader *reader, struct text key, struct text value, struct error *err)
{
	static const char *const regexes[] = { "match", "unless", "before", "after" };
	struct rule *rule = reader->rule;

	if (!rule)
		return wrong(reader, err, "'%.*s' stands before the first 'rule'", TEXT_ARG(key));
	for (size_t i = 0; i < COUNT(regexes); i++) {
		if (!text_is(key, regexes[i]))
			continue;
		rule->regex[i] = regex_read(reader, value, err);
		return rule->regex[i] ? 0 : -EINVAL;
	}
	if (text_is(key, "true") || text_is(key, "false"))
		return example_add(reader, value, text_is(key, "true")), 0;
	if (text_is(key, "say"))
		return rule->say = arena_text(reader->rules->arena, value), 0;
	if (text_is(key, "as"))
		return as_read(reader, value, err);
	if (text_is(key, "word") || text_is(key, "fold"))
		return words_read(reader, value, text_is(key, "fold"), err);
	if (text_is(key, "find") || text_is(key, "seek"))
		return find_read(reader, value, text_is(key, "find"), err);
	if (text_is(key, "at"))
		return at_read(reader, value, err);
	if (text_is(key, "form"))
		return form_read(reader, value, err);
	if (text_is(key, "field"))
		return tails_read(reader, value, true, err);
	if (text_is(key, "behind"))
		return tails_read(reader, value, false, err);
	if (text_is(key, "not"))
		return not_read(reader, value), 0;
	if (text_is(key, "run"))
		return run_read(reader, value, err);
	if (text_is(key, "check"))
		return checks_read(reader, value, err);
	if (text_is(key, "rank"))
		return rank_read(reader, value, err);
	if (text_is(key, "reach"))
		return count_read(reader, &value, &rule->reach, err);
	if (text_is(key, "ahead"))
		return count_read(reader, &value, &rule->ahead, err);
	return wrong(reader, err, "there is no keyword '%.*s' (docs/redaction.md lists them)", TEXT_ARG(key));
}

static int line_read(struct reader *reader, struct text line, struct error *err)
{
	struct text key, word;

	line = text_trim(line);
	if (line.len == 0 || line.at[0] == '#')
		return 0;
	text_word(&line, &key);
	line = text_trim(line);
	if (line.len == 0)
		return wrong(reader, err, "'%.*s' needs a value", TEXT_ARG(key));
	if (text_is(key, "rule"))
		return rule_start(reader, line, err);
	if (text_is(key, "let"))
		return let_read(reader, line, err);
	if (text_is(key, "keep"))
		return build_fmt(&reader->rules->keep, "%s(?:%.*s)", reader->rules->keep.len ? "|" : "", TEXT_ARG(line)), 0;
	if (!text_is(key, "common"))
		return rule_line(reader, key, line, err);
	while (text_word(&line, &word))
		vec_push(&reader->rules->common, arena_text(reader->rules->arena, word));
	return 0;
}

static int file_of_rules(struct rules *rules, const char *path, struct error *err)
{
	struct reader reader = { .rules = rules, .file = arena_fmt(rules->arena, "%s", path) };
	AUTO_BUILD content = { 0 };
	struct text rest, line;

	if (file_read(path, FILE_MOST, &content, err) < 0)
		return err && err->code ? err->code : -EIO;
	if (content.cut)
		return fail(err, -EFBIG, "'%s' is longer than 4 MiB", path);
	rest = build_text(&content);
	while (text_line(&rest, &line)) {
		reader.line++;
		if (line_read(&reader, line, err) < 0)
			return -EINVAL;
	}
	return rule_end(&reader, err);
}

static int is_rules(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && text_ends(text_of(entry->d_name), ".rules");
}

int rules_read(struct rules *rules, const char *folder, struct error *err)
{
	struct dirent **entries = NULL;
	int count = scandir(folder, &entries, is_rules, alphasort), code = 0;

	if (count < 0)
		return fail(err, -errno, "cannot read the redaction rules in '%s': %s", folder, strerror(errno));
	if (!rules->arena)
		rules->arena = arena_new();
	for (int i = 0; i < count; i++) {
		AUTO_BUILD path = { 0 };

		build_fmt(&path, "%s/%s", folder, entries[i]->d_name);
		if (code == 0)
			code = file_of_rules(rules, path.at, err);
		free(entries[i]);
	}
	free(entries);
	if (code == 0 && rules->list.len == 0)
		return fail(err, -ENOENT, "there are no redaction rules in '%s'", folder);
	return code;
}
