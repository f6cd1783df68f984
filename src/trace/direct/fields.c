/* What a question says of the fields of the tracepoints that it names: conditions, what is measured, keys, columns. */
#include <ctype.h>
#include <string.h>
#include "trace/direct/direct.h"

enum part { PART_NONE, PART_KEY, PART_COLUMN };

/* ---- which words are fields ---- */

static const struct field *field_known(struct wish *wish, const char *name)
{
	for (size_t i = 0; i < wish->named.count; i++) {
		const struct tracepoint *fields = named_fields(wish, wish->named.probes[i].probe);
		const struct field *field = fields ? tracepoint_field(fields, name) : NULL;

		if (field)
			return field;
	}
	return NULL;
}

/* "by zone": where a key must stand, the one field whose name ends so ("thermal_zone"). */
static const struct field *field_ending(struct wish *wish, size_t at)
{
	const struct question *q = &wish->question;
	const struct token *token = &q->tokens.at[at];
	const struct field *found = NULL;
	size_t len;

	if (at == 0 || token->word.kind != WORD_PLAIN || token->word.text.len < 3 || role_at(q, at, &len) ||
	    !(token_in(q, at - 1, GRAMMAR_BY) || token_is(q, at - 1, "each")))
		return NULL;
	for (size_t i = 0; i < wish->named.count; i++) {
		const struct tracepoint *fields = named_fields(wish, wish->named.probes[i].probe);

		for (size_t f = 0; fields && f < fields->field_count; f++) {
			struct text name = text_of(fields->fields[f].name);

			if (name.len <= token->word.text.len + 1 || name.at[name.len - token->word.text.len - 1] != '_' ||
			    !text_same(text_from(name, name.len - token->word.text.len), token->word.text))
				continue;
			if (found)
				return NULL;
			found = &fields->fields[f];
		}
	}
	return found;
}

/* The field that the tokens from `at` spell: "nr_sector", "args.nr_sector", "dev name" for dev_name, "call_sites". */
const struct field *field_at(struct wish *wish, size_t at, size_t *len)
{
	const struct question *q = &wish->question;
	char name[128];

	for (*len = 4; *len > 1; --*len) {
		size_t used = 0;
		bool plain = at + *len <= q->tokens.len;
		const struct field *field;

		for (size_t i = at; plain && i < at + *len; i++) {
			const struct token *token = &q->tokens.at[i];

			plain = token->word.kind == WORD_PLAIN && !token->used && used + token->word.text.len + 2 < sizeof(name) &&
				!(token->word.comma && i + 1 < at + *len);
			for (size_t c = 0; plain && c < token->word.text.len; c++)
				name[used++] = (char)tolower((unsigned char)token->word.text.at[c]);
			name[used++] = i + 1 < at + *len ? '_' : '\0';
		}
		field = plain ? field_known(wish, name) : NULL;
		if (field)
			return field;
	}
	if (at < q->tokens.len && !q->tokens.at[at].used && q->tokens.at[at].word.kind != WORD_NUMBER) {
		struct text word = q->tokens.at[at].word.text;
		const struct field *field;

		word = text_starts(word, "args.") ? text_from(word, 5) : word;
		snprintf(name, sizeof(name), "%.*s", TEXT_ARG(text_until(word, sizeof(name) - 1)));
		field = field_known(wish, name);
		if (!field && strchr(name, '_') && text_ends(word, "s")) {
			name[strlen(name) - 1] = '\0';
			field = field_known(wish, name);
		}
		/* "which vectors": of a plain word only where a key must stand, as "sectors" are many of what a sector is. */
		if (!field && q->tokens.at[at].word.kind == WORD_PLAIN && text_ends(word, "s") && at > 0 &&
		    (word_at(q, at - 1, "which") || word_at(q, at - 1, "what"))) {
			name[strlen(name) - 1] = '\0';
			field = field_known(wish, name);
		}
		return field ? field : field_ending(wish, at);
	}
	return NULL;
}

/* A field's name that is no word of any language. */
bool field_distinct(const struct question *q, size_t at, size_t len, const struct field *field)
{
	const struct token *token = &q->tokens.at[at];

	return len == 1 && (strchr(field->name, '_') || text_starts(token->word.text, "args.") ||
			    (!token->known && !token->english) || token->corrected.len);
}

bool field_is_text(const struct field *field)
{
	return field->kind == FIELD_CHARS || field->kind == FIELD_DATA_LOC || field->kind == FIELD_STRING;
}

/* ---- what stands around them ---- */

bool word_at(const struct question *q, size_t at, const char *word)
{
	return at < q->tokens.len && (strcmp(q->tokens.at[at].word.base, word) == 0 || text_is(q->tokens.at[at].word.text, word));
}

static bool filler(const struct question *q, size_t at)
{
	return token_in(q, at, GRAMMAR_BEFORE_FIELD) || ((q->tokens.at[at].used & USED_CUE) && token_is(q, at, "@"));
}

/* Where the words before `at`, over fillers, end. */
size_t fillers_before(const struct question *q, size_t at)
{
	while (at > 0 && filler(q, at - 1) && !q->tokens.at[at - 1].word.comma)
		at--;
	return at;
}

/* The longest sense of `class` that ends where `end` begins. */
static const struct sense *sense_ending(const struct question *q, size_t end, const char *class, size_t *start)
{
	for (size_t from = end > 5 ? end - 5 : 0; from < end; from++) {
		size_t len;
		const struct sense *sense = sense_at(q, from, class, NULL, &len);

		if (sense && from + len == end) {
			*start = from;
			return sense;
		}
	}
	return NULL;
}

static bool joiner(const struct question *q, size_t at)
{
	return token_in(q, at, GRAMMAR_AND) || token_is(q, at, "or");
}

/* "order & migratetype", "order/migratetype": a sign joins what stands at `at` to what is before. */
bool sign_joins(const struct question *q, size_t at)
{
	const char *from, *to;

	if (at == 0 || at >= q->tokens.len)
		return false;
	from = q->tokens.at[at - 1].word.text.at + q->tokens.at[at - 1].word.text.len;
	to = q->tokens.at[at].word.text.at;
	for (; from < to; from++)
		if (strchr("&+/|", *from))
			return true;
	return false;
}

/* ---- taking them ---- */

/* A field's name is no word of the vocabulary: nothing else reads it. */
void field_words_take(struct wish *wish, size_t at, size_t len, enum token_use use)
{
	for (size_t i = at; i < at + len && i < wish->question.tokens.len; i++) {
		struct token *token = &wish->question.tokens.at[i];

		strcpy(token->canonical, "@");
		token->known = token->ignored = token->famous = false;
		token->corrected = (struct text){ 0 };
		token->used |= use;
	}
}

void field_speak(struct wish *wish, const char *name)
{
	vec_each(known, &wish->named.fields)
		if (strcmp(*known, name) == 0)
			return;
	vec_push(&wish->named.fields, name);
}

/* "args->nr_sector": what leads to the field says nothing more. */
static void arrows_take(struct wish *wish)
{
	struct question *q = &wish->question;

	for (size_t i = 0; i + 2 < q->tokens.len; i++)
		if (text_is(q->tokens.at[i].word.text, "args") && q->tokens.at[i + 1].word.kind == WORD_SIGN &&
		    text_is(q->tokens.at[i + 1].word.text, ">"))
			field_words_take(wish, i, 2, USED_KEY | USED_CUE);
}

void field_take(struct wish *wish, size_t at, size_t len, const struct field *field, enum token_use use)
{
	struct question *q = &wish->question;

	field_words_take(wish, at, len, use);
	field_speak(wish, field->name);
	/* "the rwbs string", "the reason field" */
	for (size_t i = at + len; i < at + len + 1 && i < q->tokens.len; i++)
		if (token_is(q, i, "string") || token_is(q, i, "field") || token_is(q, i, "value") || token_is(q, i, "column"))
			field_words_take(wish, i, 1, use | USED_CUE);
}

/* ---- measured, keys, columns ---- */

/* "sum nr_sector", "average of work", "bytes_alloc histogram" */
static bool value_take(struct wish *wish, size_t at, size_t len, const struct field *field)
{
	const struct question *q = &wish->question;
	size_t start, behind;
	size_t before = fillers_before(q, at);
	const struct sense *sense = sense_ending(q, before, "measure", &start);
	enum measure measure;

	/* "average of kmem:kmalloc bytes_alloc": over the tracepoint's name */
	for (size_t i = 0; !sense && i < wish->named.count; i++)
		if (before > 0 && wish->named.probes[i].at == before - 1 && !q->tokens.at[before - 1].word.comma)
			sense = sense_ending(q, fillers_before(q, before - 1), "measure", &start);

	if (!sense || !measure_find(text_of(sense->name), &measure) || measure == MEASURE_EVENTS || measure == MEASURE_COUNT)
		sense = q->tokens.at[at + len - 1].word.comma ? NULL : sense_at(q, at + len + token_is(q, at + len, "的"), "measure", NULL, &behind);
	if (!sense || field_is_text(field) || field->symbols || !measure_find(text_of(sense->name), &measure) || measure == MEASURE_EVENTS ||
	    measure == MEASURE_COUNT || measure == MEASURE_STACKS || wish->named.value)
		return false;
	wish->named.value = wish->measured = field->name;
	wish->named.measure = measure;
	wish->named.value_end = at + len;
	field_take(wish, at, len, field, USED_KEY);
	return true;
}

/* "the sum of work and budget": one program measures one of them. */
static bool several_measured(struct wish *wish, size_t at, const struct field *field)
{
	const struct question *q = &wish->question;
	size_t before = fillers_before(q, at);

	if (!wish->named.value || field_is_text(field) || strcmp(wish->named.value, field->name) == 0 || before == 0 ||
	    !joiner(q, before - 1) || before - 1 != wish->named.value_end)
		return false;
	wish->missing = arena_fmt(wish->plan->arena, "one field is measured at a time: ask for %s and for %s on their own",
				  wish->named.value, field->name);
	return true;
}

/* A number that is an amount, by its name. */
static bool amount(const struct field *field)
{
	static const char *const parts[] = { "bytes", "len", "size", "nr_", "runtime", "delay", "latency", "duration", "count", "length", "rate" };

	for (size_t i = 0; field->kind == FIELD_NUMBER && !field->symbols && i < COUNT(parts); i++)
		if (strstr(field->name, parts[i]))
			return strcmp(field->name, "count") != 0; /* "count by port" counts */
	return false;
}

/* Whether "by" stands behind what is ranked: "top 5 call_site by bytes_alloc" adds these up. */
static bool ranks(struct wish *wish, size_t by, const struct field *field)
{
	const struct question *q = &wish->question;
	size_t len;

	if (by == 0 || field_is_text(field) || field->symbols || wish->named.value || q->tokens.at[by - 1].word.comma ||
	    !token_is(q, by, "by"))
		return false;
	for (size_t i = by > 5 ? by - 5 : 0; i < by; i++)
		if (sense_at(q, i, "rank", NULL, &len) && i + len < by && !token_is(q, by - 1, "event"))
			return q->tokens.at[by - 1].used & USED_KEY || role_at(q, by - 1, &len);
	return false;
}

static void key_add(struct wish *wish, const char *name)
{
	vec_each(known, &wish->plan->by)
		if (strcmp(*known, name) == 0)
			return;
	vec_push(&wish->plan->by, name);
}

static void part_add(struct wish *wish, const char *name, enum part part)
{
	if (part == PART_KEY)
		key_add(wish, name);
	else
		vec_push(&wish->named.mentions, name);
}

/* What the words before `at` make of what stands there. */
static enum part part_of(struct wish *wish, size_t at, size_t *cue)
{
	const struct question *q = &wish->question;
	const struct sense *sense;
	const size_t first = fillers_before(q, at);

	*cue = first;
	/* "with its" is a key's word as a whole, "with the" is not. */
	for (sense = NULL; !sense && at > first; at--)
		sense = sense_ending(q, at, "key", cue);
	at = first;
	sense = sense ? sense : sense_ending(q, at, "key", cue);
	if (sense && strcmp(sense->name, "by") == 0)
		return token_is(q, at - 1, "with") || token_is(q, at - 1, "its") || token_is(q, at - 1, "their") ||
		       token_is(q, at - 1, "together") || token_is(q, at - 1, "along") ? PART_COLUMN : PART_KEY;
	sense = sense_ending(q, at, "measure", cue);
	if (sense && strcmp(sense->name, "events") == 0)
		return PART_COLUMN;
	if (at > 0 && (word_at(q, at - 1, "including") || word_at(q, at - 1, "include")))
		return PART_COLUMN;
	return PART_NONE;
}

/* "per ring ctx", "by slab call_site": a word that only says what the field is of. */
static enum part part_described(struct wish *wish, size_t at, size_t *cue)
{
	const struct question *q = &wish->question;
	const struct token *before = at > 1 ? &q->tokens.at[at - 1] : NULL;
	size_t len;

	if (!before || before->used || before->word.kind != WORD_PLAIN || before->word.comma || !(before->known || before->english) || joiner(q, at - 1) ||
	    field_at(wish, at - 1, &len) || sense_at(q, at - 1, "key", NULL, &len) || sense_at(q, at - 1, "measure", NULL, &len) ||
	    (role_at(q, at - 1, &len) && len == 1) || !token_in(q, at - 2, GRAMMAR_BY))
		return PART_NONE;
	return part_of(wish, at - 1, cue);
}

/* "nr counts per pid", "state counts": how often each value of it comes. */
static bool counted(const struct question *q, size_t behind)
{
	return behind > 0 && !q->tokens.at[behind - 1].word.comma && behind < q->tokens.len && !q->tokens.at[behind].used &&
	       (text_is(q->tokens.at[behind].word.text, "counts") || word_at(q, behind, "breakdown") || word_at(q, behind, "frequency"));
}

/* "mm_compaction_suitable ret by order": right behind the name, and before what is asked of it. */
static bool behind_name(const struct wish *wish, size_t at, size_t len)
{
	const struct question *q = &wish->question;
	size_t other;

	if (at == 0 || q->tokens.at[at - 1].word.comma || sense_at(q, at, "outcome", NULL, &other) || sense_at(q, at, "measure", NULL, &other) ||
	    sense_at(q, at, "rank", NULL, &other) || sense_at(q, at, "rate", NULL, &other))
		return false;
	for (size_t i = 0; i < wish->named.count; i++)
		if (wish->named.probes[i].at == at - 1)
			return token_in(q, at + len, GRAMMAR_BY) || token_is(q, at + len, "for") || at + len == q->tokens.len;
	return false;
}

/* What follows in a list: "by rwbs, dev and process". */
static void list_take(struct wish *wish, size_t at, enum part part)
{
	struct question *q = &wish->question;

	for (;;) {
		bool comma = (at > 0 && q->tokens.at[at - 1].word.comma) || sign_joins(q, at), joined = joiner(q, at);
		const struct field *field;
		const struct role *role;
		size_t len;

		if (!comma && !joined)
			return;
		at += joined;
		while (at < q->tokens.len && filler(q, at))
			at++;
		field = field_at(wish, at, &len);
		if (field && !(field_condition(wish, at, len, field) || value_take(wish, at, len, field))) {
			part_add(wish, field->name, part);
			field_take(wish, at, len, field, USED_KEY);
		} else if (!field && part == PART_KEY && (role = role_at(q, at, &len)) && role->kind == ROLE_NAME && joined) {
			key_add(wish, role->name);
			tokens_use(q, at, len, USED_KEY);
		} else {
			return;
		}
		at += len;
		while (at < q->tokens.len && q->tokens.at[at].used & USED_CUE)
			at++;
	}
}

/* "by process and rwbs": a list that begins with a word of the vocabulary. */
static enum part part_joined(struct wish *wish, size_t at, size_t *cue)
{
	const struct question *q = &wish->question;
	size_t start = at > 0 && joiner(q, at - 1) ? at - 1 : at;

	if (start == at && !(at > 0 && q->tokens.at[at - 1].word.comma))
		return PART_NONE;
	for (size_t from = start > 4 ? start - 4 : 0; from < start; from++) {
		size_t len;
		const struct role *role = role_at(q, from, &len);

		if (role && role->kind == ROLE_NAME && from + len == start)
			return part_of(wish, from, cue);
	}
	return PART_NONE;
}

/* "a negative res", "with nonzero rc" */
static bool field_signed(struct wish *wish, size_t at, size_t len, const struct field *field)
{
	static const struct {
		const char *word;
		enum compare compare;
	} signs[] = { { "nonzero", COMPARE_NOT }, { "non-zero", COMPARE_NOT }, { "negative", COMPARE_LESS }, { "positive", COMPARE_GREATER } };
	struct question *q = &wish->question;

	if (at == 0 || field_is_text(field) || q->tokens.at[at - 1].used || q->tokens.at[at - 1].word.comma)
		return false;
	for (size_t i = 0; i < COUNT(signs); i++) {
		if (!word_at(q, at - 1, signs[i].word))
			continue;
		wish_where(wish, field->name, signs[i].compare, NULL, 0);
		field_take(wish, at, len, field, USED_FILTER);
		field_words_take(wish, at - 1, 1, USED_FILTER);
		return true;
	}
	return false;
}

static void field_place(struct wish *wish, size_t at)
{
	struct question *q = &wish->question;
	size_t len, next_len, cue;
	const struct field *field = field_at(wish, at, &len);
	enum part part;

	if (!field || field_signed(wish, at, len, field) || field_condition(wish, at, len, field) || value_take(wish, at, len, field))
		return;
	if (several_measured(wish, at, field))
		return;
	part = part_of(wish, at, &cue);
	if (part == PART_NONE)
		part = part_joined(wish, at, &cue);
	if (part == PART_NONE)
		part = part_described(wish, at, &cue);
	if (part == PART_NONE && (counted(q, at + len) || (!field_distinct(q, at, len, field) && !amount(field) && behind_name(wish, at, len)))) {
		key_add(wish, field->name);
		field_take(wish, at, len, field, USED_KEY);
		return;
	}
	/* "by work function": the second is the key, and the first says whose. */
	if (part == PART_KEY && !field_distinct(q, at, len, field) && !q->tokens.at[at + len - 1].word.comma &&
	    (field = field_at(wish, at + len, &next_len)) && !sign_joins(q, at + len)) {
		field_words_take(wish, at, len, USED_KEY);
		at += len;
		len = next_len;
	}
	field = field_at(wish, at, &len);
	if (part == PART_KEY && ranks(wish, cue, field)) {
		wish->named.value = field->name;
		wish->named.measure = MEASURE_SUM;
		field_take(wish, at, len, field, USED_KEY);
		field_words_take(wish, cue, 1, USED_CUE);
		return;
	}
	if (part == PART_NONE && columns_listed(wish, at))
		part = PART_COLUMN;
	/* "clk_set_rate: rate by name": an amount, though its name is a word. */
	if (part == PART_NONE && !field_distinct(q, at, len, field) &&
	    !(amount(field) && at > 0 && !wish->named.value && !wish->measured && (word_at(q, at + len, "by") || word_at(q, at + len, "per"))))
		return;
	if (part != PART_KEY)
		lines_by_columns(wish, at, fields_listed(wish, at, &(bool){ 0 }));
	if (part == PART_NONE && amount(field) && !wish->measured && (word_at(q, at + len, "by") || word_at(q, at + len, "per"))) {
		wish->measured = field->name; /* "bytes_alloc by comm" */
		field_take(wish, at, len, field, USED_KEY);
		return;
	}
	part_add(wish, field->name, part == PART_KEY ? PART_KEY : PART_COLUMN);
	if (part == PART_KEY)
		tokens_use(q, cue, 1, USED_CUE);
	field_take(wish, at, len, field, USED_KEY);
	for (at += len; at < q->tokens.len && q->tokens.at[at].used & USED_CUE;)
		at++;
	list_take(wish, at, part);
}

void fields_speak(struct wish *wish)
{
	arrows_take(wish);
	field_signs(wish);
	lines_meant(wish);
	for (size_t i = 0; i < wish->question.tokens.len; i++)
		if (!wish->question.tokens.at[i].used)
			field_place(wish, i);
	for (size_t i = 0; i < wish->question.tokens.len; i++) {
		field_symbol(wish, i);
		field_absent(wish, i);
	}
}
