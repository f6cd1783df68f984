/* Cleans planted secrets, each with a redactor that has seen nothing before, whole and as a stream cut at every place.
 * stdin: records of lengths (little-endian, 32 bits) and bytes: flags, text, count of secrets, the secrets. A secret that
 * is found in what comes out is told of by the number of its record. usage: plant < records */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "redact/cleaner.h"

enum { IDENTITY = 1, SPLITS = 2, INTACT = 4 };

static int collect(void *context, struct clean clean, struct error *err)
{
	(void)err;
	build_add(context, clean.text);
	return 0;
}

static uint32_t number(FILE *in)
{
	uint32_t value;

	if (fread(&value, sizeof(value), 1, in) != 1)
		exit(feof(in) ? 0 : 2);
	return value;
}

static struct text bytes(FILE *in)
{
	uint32_t len = number(in);
	char *at = malloc(len + 1);

	if (!at || fread(at, 1, len, in) != len)
		exit(2);
	return (struct text){ at, len };
}

static struct redactor *open_new(bool identity)
{
	struct redact_options options = { .identity = identity };
	struct error err = { 0 };
	/* Without this machine's names, which are nothing that was planted. */
	struct redactor *redactor = redactor_open(&options, true, &err);

	if (!redactor) {
		fprintf(stderr, "%s\n", err.text);
		exit(2);
	}
	return redactor;
}

static void tell(unsigned record, const char *how, size_t split, unsigned which, struct text out)
{
	printf("%u\t%s\t%zu\t%u\t", record, how, split, which);
	for (size_t i = 0; i < out.len && i < 2000; i++)
		printf(out.at[i] == '\n' || out.at[i] == '\t' || out.at[i] == '\\' ? "\\x%02x" : "%c", (unsigned char)out.at[i]);
	printf("\n");
}

static bool leaks(struct text out, struct text secret)
{
	return secret.len && memmem(out.at, out.len, secret.at, secret.len);
}

static bool judge(unsigned record, const char *how, size_t split, struct text text, struct text out, const struct text *secrets,
		  uint32_t count, unsigned flags)
{
	if (flags & INTACT && !text_same(text, out)) {
		tell(record, how, split, 0, out);
		return false;
	}
	for (uint32_t i = 0; i < count; i++) {
		if (leaks(out, secrets[i])) {
			tell(record, how, split, i, out);
			return false;
		}
	}
	return true;
}

static void stream_run(struct redactor *r, struct text text, size_t split, struct build *out)
{
	AUTO_REDACT_STREAM stream = redact_stream_new(r, collect, out);

	redactor_forget(r);
	build_clear(out);
	if (redact_push(stream, text_until(text, split), NULL) < 0 || redact_push(stream, text_from(text, split), NULL) < 0 ||
	    redact_end(stream, NULL) < 0)
		build_put(out, "FAILED");
}

int main(void)
{
	struct redactor *redactors[2] = { open_new(false), open_new(true) };

	for (unsigned record = 0;; record++) {
		unsigned flags = number(stdin);
		struct redactor *r = redactors[flags & IDENTITY];
		struct text text = bytes(stdin);
		uint32_t count = number(stdin);
		struct text *secrets = calloc(count + 1, sizeof(*secrets));
		AUTO_BUILD out = { 0 };
		struct error err = { 0 };
		struct clean clean;
		bool fine;

		for (uint32_t i = 0; i < count; i++)
			secrets[i] = bytes(stdin);
		redactor_forget(r);
		if (redact_clean(r, text, &out, &clean, &err) < 0)
			tell(record, "failed", 0, 0, text_of(err.text));
		fine = judge(record, "whole", 0, text, clean.text, secrets, count, flags);
		for (size_t split = 1; fine && flags & SPLITS && split < text.len; split++) {
			stream_run(r, text, split, &out);
			fine = judge(record, "split", split, text, build_text(&out), secrets, count, flags);
		}
		for (uint32_t i = 0; i < count; i++)
			free((char *)secrets[i].at);
		free(secrets);
		free((char *)text.at);
	}
}
