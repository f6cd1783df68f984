/* UTF-8: decoding and widths. */
#include "base/utf8.h"
#include "base/cleanup.h"

size_t utf8_next(struct text t, uint32_t *c)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *at = (const unsigned char *)t.at;
	size_t len = at[0] < 0x80 ? 1 : at[0] < 0xc2 ? 0 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : at[0] < 0xf5 ? 4 : 0;
	uint32_t value;

	*c = UTF8_BAD;
	if (len == 0 || len > t.len)
		return 1;
	value = len == 1 ? at[0] : at[0] & (0x7fu >> len);
	for (size_t i = 1; i < len; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 1;
		value = value << 6 | (at[i] & 0x3f);
	}
	if (value < least[len] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
		return 1;
	*c = value;
	return len;
}

bool utf8_valid(struct text t)
{
	while (t.len) {
		uint32_t c;
		size_t len = utf8_next(t, &c);

		if (c == UTF8_BAD)
			return false;
		t = text_from(t, len);
	}
	return true;
}

/* The East Asian Wide and Fullwidth blocks (Unicode 15, UAX #11), as ranges, and combining marks. */
int utf8_width(uint32_t c)
{
	static const struct {
		uint32_t first, last;
		int width;
	} ranges[] = {
		{ 0x0300, 0x036f, 0 },	 { 0x1100, 0x115f, 2 },	  { 0x20d0, 0x20ff, 0 },
		{ 0x2e80, 0x303e, 2 },	 { 0x3041, 0x33ff, 2 },	  { 0x3400, 0x4dbf, 2 },
		{ 0x4e00, 0x9fff, 2 },	 { 0xa000, 0xa4cf, 2 },	  { 0xac00, 0xd7a3, 2 },
		{ 0xf900, 0xfaff, 2 },	 { 0xfe00, 0xfe0f, 0 },	  { 0xfe30, 0xfe6f, 2 },
		{ 0xff00, 0xff60, 2 },	 { 0xffe0, 0xffe6, 2 },	  { 0x1f300, 0x1f64f, 2 },
		{ 0x1f900, 0x1f9ff, 2 }, { 0x20000, 0x3fffd, 2 },
	};

	if (c == UTF8_BAD || c < 0x300)
		return 1;
	for (size_t i = 0; i < COUNT(ranges); i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return ranges[i].width;
	return 1;
}

size_t utf8_columns(struct text t)
{
	size_t columns = 0;

	while (t.len) {
		uint32_t c;
		size_t len = utf8_next(t, &c);

		columns += (size_t)utf8_width(c);
		t = text_from(t, len);
	}
	return columns;
}

struct text utf8_fit(struct text t, size_t columns)
{
	struct text rest = t;
	size_t used = 0;

	while (rest.len) {
		uint32_t c;
		size_t len = utf8_next(rest, &c);

		used += (size_t)utf8_width(c);
		if (used > columns)
			break;
		rest = text_from(rest, len);
	}
	return text_until(t, t.len - rest.len);
}

size_t utf8_cut(struct build *out, struct text t, size_t columns)
{
	size_t all = utf8_columns(t), head;
	struct text front, back;

	if (columns == 0 || all <= columns) {
		build_add(out, t);
		return all;
	}
	/* The end of a path or name tells more than its start. */
	head = (columns - 1) * 2 / 5;
	front = utf8_fit(t, head);
	back = text_from(t, utf8_fit(t, all - (columns - 1 - head)).len);
	while (utf8_columns(back) > columns - 1 - head) {
		uint32_t c;

		back = text_from(back, utf8_next(back, &c));
	}
	build_add(out, front);
	build_put(out, "…");
	build_add(out, back);
	return utf8_columns(front) + 1 + utf8_columns(back);
}
