/* Fuzzes a model's words on a terminal: nothing acts on it but the four looks, no line is too wide, and however the words come in
 * pieces, the same is shown. */
#include <stdint.h>
#include <stdlib.h>
#include "base/utf8.h"
#include "report/flow.h"

#define MOST 1500 /* bytes: below what a mark waits for its other half */

static void feed(struct text t, size_t piece, unsigned width, bool marks, struct build *out)
{
	struct flow flow = { .width = width, .marks = marks };

	while (t.len) {
		size_t len = 0;
		uint32_t c;

		while (len < t.len && len < piece)
			len += utf8_next(text_from(t, len), &c);
		flow_add(&flow, text_until(t, len), out);
		t = text_from(t, len);
	}
	flow_end(&flow, out);
	flow_done(&flow);
}

static void look_at(const struct build *out)
{
	static const char *const looks[] = { "\033[1m", "\033[22m", "\033[36m", "\033[39m" };
	int bold = 0, code = 0;

	for (size_t i = 0; i < out->len; i++) {
		struct text rest = text_from(build_text(out), i);
		size_t k = 0;

		if ((unsigned char)out->at[i] >= 0x20 || strchr("\n\t", out->at[i]))
			continue;
		while (k < COUNT(looks) && !text_starts(rest, looks[k]))
			k++;
		if (k == COUNT(looks))
			abort();
		bold += (k == 0) - (k == 1);
		code += (k == 2) - (k == 3);
		i += strlen(looks[k]) - 1;
	}
	if (bold || code)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text t = { (const char *)data, size > MOST ? MOST : size };

	for (unsigned width = 0; width < 60; width += 29)
		for (int marks = 0; marks < 2; marks++) {
			AUTO_BUILD whole = { 0 }, cut = { 0 };

			feed(t, SIZE_MAX, width, marks, &whole);
			feed(t, 1, width, marks, &cut);
			if (!text_same(build_text(&whole), build_text(&cut)))
				abort();
			look_at(&whole);
		}
	return 0;
}
