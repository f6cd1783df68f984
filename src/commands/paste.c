/* Pasted text as one line of the editor, and back. */
#include "commands/paste.h"
#include "base/utf8.h"

#define LINE_END "\xe2\x90\x8a" /* U+240A, the picture of a line feed */

void paste_line(struct text pasted, struct build *out)
{
	while (pasted.len && strchr("\r\n", pasted.at[pasted.len - 1]))
		pasted = text_until(pasted, pasted.len - 1);
	while (pasted.len) {
		uint32_t c;
		size_t len = utf8_next(pasted, &c);

		if (text_starts(pasted, "\r\n"))
			len = 2;
		if (c == '\r' || c == '\n')
			build_put(out, LINE_END);
		else if (c == '\t')
			build_char(out, ' ');
		else if (c == UTF8_BAD)
			build_put(out, "\xef\xbf\xbd");
		else if (c >= 0x20 && c != 0x7f && !(c >= 0x80 && c < 0xa0))
			build_add(out, text_until(pasted, len));
		pasted = text_from(pasted, len);
	}
}

void paste_meant(struct text line, struct build *out)
{
	struct text end = TEXT(LINE_END);
	size_t at;

	while (text_find(line, LINE_END, &at)) {
		build_add(out, text_until(line, at));
		build_char(out, '\n');
		line = text_from(line, at + end.len);
	}
	build_add(out, line);
}
