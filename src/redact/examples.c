/* Running the examples of the rules: what each must take, what it must leave. */
#include <ctype.h>
#include "base/utf8.h"
#include "redact/cleaner.h"

struct expansion {
	const struct example *example;
	struct text rest;
	struct example_text *out;
	uint64_t seed;
	size_t open; /* where the secret began, + 1; 0: none is open */
};

void example_done(struct example_text *text)
{
	build_done(&text->text);
	vec_done(&text->spans);
}

static int wrong(const struct example *example, struct error *err, const char *sentence)
{
	return fail(err, -EINVAL, "%s:%u: %s", example->file, example->line, sentence);
}

/* \g{16:A-Z2-7}: characters that look random and are the same each time. */
static int generate(struct expansion *e, struct error *err)
{
	struct text body, number;
	char set[256];
	size_t end, count = 0;
	long long length;

	if (!text_starts(e->rest, "{") || !text_find(e->rest, "}", &end))
		return wrong(e->example, err, "\\g is written \\g{16:A-Z2-7}");
	body = text_from(text_until(e->rest, end), 1);
	e->rest = text_from(e->rest, end + 1);
	if (!text_next(&body, ':', &number) || !text_number(number, &length) || length < 1 || length > 20000)
		return wrong(e->example, err, "\\g needs a number from 1 to 20000 and a class: \\g{16:A-Z2-7}");
	for (size_t i = 0; i < body.len; i++) {
		unsigned char from = (unsigned char)body.at[i], to = from;

		if (i + 2 < body.len && body.at[i + 1] == '-') {
			to = (unsigned char)body.at[i + 2];
			i += 2;
		}
		for (unsigned c = from; c <= to && count < sizeof(set); c++)
			set[count++] = (char)c;
	}
	if (count == 0)
		return wrong(e->example, err, "\\g needs a class of characters");
	for (long long i = 0; i < length; i++) {
		e->seed = e->seed * 6364136223846793005ULL + 1442695040888963407ULL;
		build_char(&e->out->text, set[(e->seed >> 33) % count]);
	}
	return 0;
}

static int escape(struct expansion *e, struct error *err)
{
	char c = e->rest.len ? e->rest.at[0] : '\0';
	char hex[5] = "0x";

	e->rest = text_from(e->rest, 1);
	switch (c) {
	case 'n':
		return build_char(&e->out->text, '\n'), 0;
	case 't':
		return build_char(&e->out->text, '\t'), 0;
	case 'r':
		return build_char(&e->out->text, '\r'), 0;
	case '\\':
		return build_char(&e->out->text, '\\'), 0;
	case '&':
		return 0;
	case 'g':
		return generate(e, err);
	case 'x':
		if (e->rest.len >= 2 && isxdigit((unsigned char)e->rest.at[0]) && isxdigit((unsigned char)e->rest.at[1])) {
			memcpy(hex + 2, e->rest.at, 2);
			e->rest = text_from(e->rest, 2);
			return build_char(&e->out->text, (char)strtol(hex, NULL, 16)), 0;
		}
	}
	return wrong(e->example, err, "escapes are \\n \\t \\r \\\\ \\& \\xHH \\g{N:CLASS}");
}

int example_expand(const struct example *example, struct example_text *out, struct error *err)
{
	struct expansion e = { .example = example, .rest = example->text, .out = out,
			       .seed = cache_hash(CACHE_SEED, example->text.at, example->text.len) };

	while (e.rest.len) {
		if (text_starts(e.rest, "\\")) {
			e.rest = text_from(e.rest, 1);
			if (escape(&e, err) < 0)
				return -EINVAL;
		} else if (text_starts(e.rest, "\u00ab") && !e.open) {
			e.open = out->text.len + 1;
			e.rest = text_from(e.rest, strlen("\u00ab"));
		} else if (text_starts(e.rest, "\u00bb") && e.open) {
			vec_push(&out->spans, (struct example_span){ e.open - 1, out->text.len });
			e.open = 0;
			e.rest = text_from(e.rest, strlen("\u00bb"));
		} else {
			build_char(&out->text, e.rest.at[0]);
			e.rest = text_from(e.rest, 1);
		}
	}
	if (e.open || (out->spans.len > 0) != example->secret)
		return wrong(example, err, "the secrets of a true example, and only those, stand in \u00ab \u00bb");
	return 0;
}

/* ---- running ---- */

struct trial {
	struct redactor *redactor;
	redact_wrong *wrong;
	void *context;
	struct redact_tally *tally;
};

static void complain(struct trial *trial, const struct example *example, const char *format, ...) PRINTF(3, 4);
static void complain(struct trial *trial, const struct example *example, const char *format, ...)
{
	AUTO_BUILD sentence = { 0 };
	va_list args;

	va_start(args, format);
	build_vfmt(&sentence, format, args);
	va_end(args);
	trial->tally->wrong++;
	trial->wrong(trial->context, example->file, example->line, sentence.at);
}

/* What the redactor made of it, cut at the marked secrets: each piece between them must be as it was. */
static void judge(struct trial *trial, const struct example *example, const struct example_text *text, struct text got)
{
	const char *name = trial->redactor->rules.list.at[example->rule].name;
	struct text whole = build_text(&text->text), rest = got;
	size_t at = 0;

	vec_each(span, &text->spans) {
		struct text plain = { whole.at + at, span->start - at };
		const struct name *entry;
		size_t len;

		if (!text_same(text_until(rest, plain.len), plain) || !(len = placeholder_len(text_from(rest, plain.len))))
			return complain(trial, example, "'%s' must take exactly the marked secret; the result is: %.*s", name,
					TEXT_ARG(got));
		entry = names_find(&trial->redactor->names, text_until(text_from(rest, plain.len), len));
		if (!entry || strcmp(entry->rule, name) != 0)
			complain(trial, example, "the rule '%s' took it, not '%s'", entry ? entry->rule : "?", name);
		rest = text_from(rest, plain.len + len);
		at = span->end;
	}
	if (!text_same(rest, text_from(whole, at)))
		complain(trial, example, text->spans.len ? "'%s' takes more than what is marked; the result is: %.*s"
							 : "the false example of '%s' is replaced: %.*s",
			 name, TEXT_ARG(got));
}

static void example_run(struct trial *trial, const struct example *example)
{
	AUTO(example_done) struct example_text text = { 0 };
	AUTO_BUILD out = { 0 };
	AUTO_BUILD back = { 0 };
	struct error err = { 0 };
	struct clean clean;

	redactor_forget(trial->redactor);
	trial->tally->examples++;
	if (example_expand(example, &text, &err) < 0 ||
	    redact_clean(trial->redactor, build_text(&text.text), &out, &clean, &err) < 0 ||
	    redact_restore(trial->redactor, clean.text, &back, &err) < 0)
		return complain(trial, example, "%s", err.text);
	judge(trial, example, &text, clean.text);
	if (!text_same(build_text(&back), build_text(&text.text)))
		complain(trial, example, "what is put back differs from what was taken");
}

/* Every rule with how many examples of each kind it has. */
static void examples_count(const struct rules *rules, struct redact_tally *tally)
{
	tally->least_true = tally->least_false = SIZE_MAX;
	for (unsigned i = 0; i < rules->list.len; i++) {
		size_t counts[2] = { 0 };

		vec_each(example, &rules->examples)
			counts[example->secret] += example->rule == i;
		if (counts[true] < tally->least_true)
			tally->least_true = counts[true];
		if (counts[false] < tally->least_false)
			tally->least_false = counts[false];
	}
}

int redact_examples(const struct redact_options *options, redact_wrong *wrong_, void *context,
		    struct redact_tally *tally, struct error *err)
{
	struct redact_options with = *options, without = *options;
	struct trial trial = { .wrong = wrong_, .context = context, .tally = tally };
	AUTO_REDACTOR secrets = NULL;
	AUTO_REDACTOR identity = NULL;

	*tally = (struct redact_tally){ 0 };
	with.identity = true;
	without.identity = false;
	identity = redactor_open(&with, true, err);
	secrets = identity ? redactor_open(&without, true, err) : NULL;
	if (!secrets || matcher_check(identity->matcher, err) < 0)
		return err->code;
	tally->rules = identity->rules.list.len;
	examples_count(&identity->rules, tally);
	vec_each(example, &secrets->rules.examples) {
		trial.redactor = secrets;
		example_run(&trial, example);
	}
	vec_each(example, &identity->rules.examples) {
		trial.redactor = identity;
		if (identity->rules.list.at[example->rule].rank == RANK_IDENTITY)
			example_run(&trial, example);
	}
	return 0;
}
