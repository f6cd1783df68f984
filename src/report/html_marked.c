/* A model's words on a page: headings, lists, fences, bold and code as elements, and everything else as text. */
#include "report/html.h"
#include <ctype.h>
#include "report/flow.h"

enum open { OPEN_NONE, OPEN_PARAGRAPH, OPEN_LIST, OPEN_NUMBERS, OPEN_CODE };

struct marked {
	const struct page *page;
	struct build *out;
	enum open open;
	char fence;
	size_t fence_len;
	bool begun; /* a line of what is open is written already */
};

static void inline_add(const struct marked *m, struct text t)
{
	while (t.len) {
		size_t plain = 0, run, end;
		bool code;

		while (plain < t.len && t.at[plain] != '`' && t.at[plain] != '*')
			plain++;
		html_cited(m->page, text_until(t, plain));
		t = text_from(t, plain);
		if (!t.len)
			return;
		code = t.at[0] == '`';
		run = mark_run(t, t.at[0]);
		end = code || (run == 2 && run < t.len && !isspace((unsigned char)t.at[run])) ? mark_closing(t, run, t.at[0], run) : t.len;
		if (end == t.len) {
			html_text(m->out, text_until(t, run), false);
			t = text_from(t, run);
			continue;
		}
		build_put(m->out, code ? "<code>" : "<b>");
		if (code)
			html_text(m->out, text_trim((struct text){ t.at + run, end - run }), false);
		else
			inline_add(m, (struct text){ t.at + run, end - run });
		build_put(m->out, code ? "</code>" : "</b>");
		t = text_from(t, end + run);
	}
}

static void close_open(struct marked *m)
{
	static const char *const ends[] = {
		[OPEN_NONE] = "", [OPEN_PARAGRAPH] = "</p>\n", [OPEN_LIST] = "</li>\n</ul>\n", [OPEN_NUMBERS] = "</li>\n</ol>\n",
		[OPEN_CODE] = "</code></pre>\n",
	};

	build_put(m->out, ends[m->open]);
	m->open = OPEN_NONE;
	m->begun = false;
}

/* Digits and what follows them ("12. "), or "- "; 0: the line is no item. */
static size_t item_mark(struct text line, bool *numbered)
{
	size_t digits = 0;

	*numbered = false;
	if (line.len > 1 && strchr("-*+", line.at[0]) && line.at[1] == ' ')
		return 2;
	while (digits < line.len && digits < 4 && isdigit((unsigned char)line.at[digits]))
		digits++;
	*numbered = digits && digits < 4 && line.len > digits + 1 && strchr(".)", line.at[digits]) && line.at[digits + 1] == ' ';
	return *numbered ? digits + 2 : 0;
}

static void item_add(struct marked *m, struct text line, size_t mark, bool numbered)
{
	enum open wanted = numbered ? OPEN_NUMBERS : OPEN_LIST;

	if (m->open == wanted) {
		build_put(m->out, "</li>\n");
	} else {
		close_open(m);
		build_put(m->out, numbered ? "<ol>\n" : "<ul>\n");
		m->open = wanted;
	}
	if (numbered)
		build_fmt(m->out, "<li value=\"%.*s\">", (int)(mark - 2), line.at);
	else
		build_put(m->out, "<li>");
	inline_add(m, text_from(line, mark));
	m->begun = true;
}

/* True: it was the line of a fence, or stands within one. */
static bool fence_line(struct marked *m, struct text whole, struct text line)
{
	size_t run = line.len && strchr("`~", line.at[0]) ? mark_run(line, line.at[0]) : 0;
	struct text behind = text_from(line, run);

	if (m->open == OPEN_CODE) {
		if (run >= m->fence_len && line.at[0] == m->fence && !behind.len) {
			close_open(m);
			return true;
		}
		html_text(m->out, whole, true);
		build_char(m->out, '\n');
		return true;
	}
	if (run < 3 || text_has(behind, "`"))
		return false;
	close_open(m);
	m->open = OPEN_CODE;
	m->fence = line.at[0];
	m->fence_len = run;
	build_put(m->out, "<pre tabindex=\"0\"><code>");
	return true;
}

static void line_add(struct marked *m, struct text whole)
{
	struct text line = text_trim(whole);
	size_t mark = line.len ? mark_run(line, '#') : 0;
	bool numbered;

	if (fence_line(m, whole, line))
		return;
	if (!line.len) {
		close_open(m);
		return;
	}
	if (mark && mark <= 6 && mark < line.len && line.at[mark] == ' ') {
		close_open(m);
		build_put(m->out, "<h3>");
		inline_add(m, text_from(line, mark + 1));
		build_put(m->out, "</h3>\n");
		return;
	}
	mark = item_mark(line, &numbered);
	if (mark) {
		item_add(m, line, mark, numbered);
		return;
	}
	if (m->open == OPEN_NONE) {
		build_put(m->out, "<p>");
		m->open = OPEN_PARAGRAPH;
	}
	if (m->begun)
		build_put(m->out, "<br>\n");
	m->begun = true;
	inline_add(m, line);
}

void html_marked(const struct page *page, struct text foreign)
{
	struct marked m = { .page = page, .out = page->out };
	struct text line;

	while (text_line(&foreign, &line))
		line_add(&m, line);
	close_open(&m);
}
