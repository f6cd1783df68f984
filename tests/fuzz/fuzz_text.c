/* Fuzzes the ground: making text safe, UTF-8, numbers, and JSON. */
#include <stdint.h>
#include "base/json.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text t = { (const char *)data, size }, part;
	AUTO_BUILD safe = { 0 };
	struct error err = { 0 };
	long long number;
	double real;

	build_safe(&safe, t, false);
	if (!utf8_valid(build_text(&safe)))
		abort();
	for (size_t i = 0; i < safe.len; i++)
		if ((unsigned char)safe.at[i] < 0x20 || safe.at[i] == 0x7f)
			abort();
	if (utf8_columns(utf8_fit(t, 10)) > 10)
		abort();
	text_number(t, &number);
	text_real(t, &real);
	for (struct text rest = t; text_line(&rest, &part);)
		text_trim(part);
	AUTO_JSON string = json_text(t);
	AUTO_JSON parsed = json_parse(t, &err);
	if (!string || (!parsed && !err.code))
		abort();
	return 0;
}
