/* Fuzzes cleaning, in one piece and as a stream, and putting back. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include "redact/cleaner.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int collect(void *context, struct clean clean, struct error *err)
{
	(void)err;
	build_add(context, clean.text);
	return 0;
}

static struct redactor *open_new(bool identity)
{
	struct redact_options options = { .identity = identity };
	struct error err = { 0 };
	struct redactor *redactor = redactor_new(&options, &err);

	if (!redactor) {
		fprintf(stderr, "%s\n", err.text);
		abort();
	}
	return redactor;
}

/* The first byte chooses: identity, and how long the pieces of the stream are. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text text = { (const char *)data + (size > 0), size - (size > 0) };
	bool identity = size && data[0] & 1;
	size_t step = 1 + (size ? data[0] >> 1 : 0);
	static struct redactor *redactors[2][2]; /* opened once: that is slower than all the rest */
	struct redactor *redactor, *second;
	AUTO_BUILD once = { 0 };
	AUTO_BUILD twice = { 0 };
	AUTO_BUILD back = { 0 };
	AUTO_BUILD streamed = { 0 };
	AUTO_REDACT_STREAM stream = NULL;
	struct clean clean, again;

	for (int i = 0; i < 2; i++) {
		if (!redactors[identity][i])
			redactors[identity][i] = open_new(identity);
		redactor_forget(redactors[identity][i]);
	}
	redactor = redactors[identity][0];
	second = redactors[identity][1];
	stream = redact_stream_new(second, collect, &streamed);

	if (redact_clean(redactor, text, &once, &clean, NULL) < 0)
		return 0;
	if (redact_restore(redactor, clean.text, &back, NULL) < 0 || !text_same(build_text(&back), text))
		abort();
	if (redact_clean(redactor, clean.text, &twice, &again, NULL) < 0)
		return 0;
	for (size_t at = 0; at < text.len; at += step)
		if (redact_push(stream, text_until(text_from(text, at), step), NULL) < 0 || redact_flush(stream, NULL) < 0)
			return 0;
	build_clear(&back);
	if (redact_end(stream, NULL) < 0)
		return 0;
	/* Pieces may be named otherwise; what is put back is the text, unless it had placeholders of its own. */
	if (redact_restore(second, build_text(&streamed), &back, NULL) < 0)
		abort();
	if (!text_has(text, "_1>") && !text_has(text, "<") && !text_same(build_text(&back), text))
		abort();
	return 0;
}
