/* The script and the style of the HTML page, compiled in from data/report. */
#pragma once
#include <stddef.h>

struct page_file {
	const unsigned char *at;
	size_t size;
	unsigned char sha256[32];
};
extern const struct page_file page_script, page_style;
extern const unsigned char page_script_bytes[], page_style_bytes[];
