/* The report as text for a terminal or a pipe. */
#include "report/blocks.h"
#include "report/flow.h"
#include <stdio.h>

enum { PARAGRAPH_MOST = 100, STATUS_INDENT = 6 };

/* The 16 colours only, none that vanishes on a dark or a light ground. */
static const char *const tints[] = {
	[TINT_TITLE] = "1", [TINT_FAINT] = "2", [TINT_BAR] = "36",
	[TINT_NOTE] = "35", [TINT_GOOD] = "32", [TINT_BAD] = "1;31",
};

void paint_tinted(const struct paint *paint, enum tint tint, struct text t)
{
	if (paint->look->colour && t.len)
		build_fmt(paint->out, "\033[%sm", tints[tint]);
	build_add(paint->out, t);
	if (paint->look->colour && t.len)
		build_put(paint->out, "\033[0m");
}

void paint_pad(const struct paint *paint, size_t columns)
{
	static const char blanks[] = "                                                                ";

	for (; columns > sizeof(blanks) - 1; columns -= sizeof(blanks) - 1)
		build_put(paint->out, blanks);
	build_add(paint->out, (struct text){ blanks, columns });
}

size_t paint_cut(const struct paint *paint, struct text safe, size_t columns)
{
	return utf8_cut(paint->out, safe, columns);
}

/* The longest start of `t` that fits, ending where a line may break: after a blank or a wide character. */
static size_t line_fit(struct text t, size_t columns)
{
	struct text fit = utf8_fit(t, columns);
	size_t best = 0, at = 0;

	if (fit.len == t.len || (fit.len < t.len && t.at[fit.len] == ' '))
		return fit.len;
	while (at < fit.len) {
		uint32_t c;
		size_t step = utf8_next(text_from(fit, at), &c);

		if (c == ' ' && at > 0)
			best = at;
		at += step;
		if (utf8_width(c) == 2)
			best = at;
	}
	return best ? best : fit.len ? fit.len : 1;
}

/* `safe` on lines of at most `width` columns; the first line has its lead already written. */
static void paint_wrapped(const struct paint *paint, struct text safe, size_t indent, enum tint tint, bool tinted)
{
	size_t width = paint->look->width > PARAGRAPH_MOST ? PARAGRAPH_MOST : paint->look->width;
	size_t room = width > indent + 10 ? width - indent : 10;
	struct text line;
	bool first = true;

	while (text_line(&safe, &line)) {
		do {
			size_t len = width ? line_fit(line, room) : line.len;
			struct text part = text_trim(text_until(line, len));

			if (!first)
				paint_pad(paint, indent);
			first = false;
			if (tinted)
				paint_tinted(paint, tint, part);
			else
				build_add(paint->out, part);
			build_char(paint->out, '\n');
			line = text_from(line, len);
			while (line.len && line.at[0] == ' ')
				line = text_from(line, 1);
		} while (line.len);
	}
}

void paint_note(const struct paint *paint, const char *format, ...)
{
	AUTO_BUILD text = { 0 }, safe = { 0 };
	va_list args;

	va_start(args, format);
	build_vfmt(&text, format, args);
	va_end(args);
	build_safe(&safe, build_text(&text), false);
	paint_pad(paint, TEXT_INDENT);
	paint_wrapped(paint, build_text(&safe), TEXT_INDENT, TINT_FAINT, true);
}

/* A model's words. */
static void paint_marked(const struct paint *paint, struct text foreign)
{
	struct flow flow = { .marks = true, .width = paint->look->width > PARAGRAPH_MOST ? PARAGRAPH_MOST : paint->look->width };

	flow_add(&flow, foreign, paint->out);
	flow_end(&flow, paint->out);
	flow_done(&flow);
}

static void paint_code(const struct paint *paint, struct text safe)
{
	struct text line;

	while (text_line(&safe, &line)) {
		if (line.len) {
			paint_pad(paint, 4);
			build_add(paint->out, line);
		}
		build_char(paint->out, '\n');
	}
}

static void paint_status(const struct paint *paint, const struct report_item *item, struct text safe)
{
	static const struct {
		const char *word;
		enum tint tint;
	} marks[] = {
		[REPORT_OK] = { "ok", TINT_GOOD }, [REPORT_WARN] = { "warn", TINT_NOTE }, [REPORT_BAD] = { "bad", TINT_BAD },
	};
	struct text word = text_of(marks[item->mark].word);

	paint_tinted(paint, marks[item->mark].tint, word);
	paint_pad(paint, STATUS_INDENT - word.len);
	paint_wrapped(paint, safe, STATUS_INDENT, TINT_NOTE, false);
	if (item->mend) {
		AUTO_BUILD mend = { 0 };

		build_safe(&mend, text_of(item->mend), false);
		paint_pad(paint, STATUS_INDENT);
		build_fmt(paint->out, "mend: %s\n", mend.at);
	}
}

static void paint_evidence(const struct paint *paint, const struct evidence *evidence)
{
	AUTO_BUILD title = { 0 }, safe = { 0 };
	unsigned width = paint->look->width;

	build_fmt(&title, "[%u] ", evidence->number);
	build_safe(&title, text_of(evidence->title), false);
	if (evidence->seconds > 0) {
		build_put(&title, ", ");
		report_number(evidence->seconds, "s", &title);
	}
	if (width) {
		struct paint inner = { &safe, paint->look, paint->full };

		paint_cut(&inner, build_text(&title), width);
		paint_tinted(paint, TINT_TITLE, build_text(&safe));
		build_clear(&safe);
	} else {
		paint_tinted(paint, TINT_TITLE, build_text(&title));
	}
	build_char(paint->out, '\n');
	switch (evidence->kind) {
	case EVIDENCE_TEXT:
		build_safe(&safe, text_of(json_get_string(evidence->data, "text")), true);
		paint_code(paint, build_text(&safe));
		break;
	case EVIDENCE_TABLE:
	case EVIDENCE_EVENTS:
		paint_table(paint, evidence);
		break;
	case EVIDENCE_HISTOGRAM:
		paint_histogram(paint, evidence);
		break;
	case EVIDENCE_STACKS:
		paint_stacks(paint, evidence);
		break;
	}
}

/* Items and check lines follow each other closely; everything else stands apart. */
static bool blank_between(enum report_block before, enum report_block after)
{
	if (before == REPORT_HEADING)
		return false;
	return before != after || (after != REPORT_LIST && after != REPORT_STATUS && after != REPORT_NOTE);
}

void report_text(const struct report *report, const struct report_look *look, struct build *out)
{
	struct paint paint = { out, look, report->full };
	const struct report_item *before = NULL;

	vec_each(item, &report->items) {
		bool lines = item->block != REPORT_HEADING;
		AUTO_BUILD safe = { 0 };

		if (item->page_only)
			continue;
		if (before && blank_between(before->block, item->block))
			build_char(out, '\n');
		before = item;
		build_safe(&safe, text_of(item->text), lines);
		switch (item->block) {
		case REPORT_HEADING:
			paint_wrapped(&paint, build_text(&safe), 0, TINT_TITLE, true);
			break;
		case REPORT_PARAGRAPH:
			if (item->marked && look->colour)
				paint_marked(&paint, text_of(item->text));
			else
				paint_wrapped(&paint, build_text(&safe), 0, TINT_TITLE, false);
			break;
		case REPORT_NOTE:
			paint_tinted(&paint, TINT_NOTE, TEXT("note: "));
			paint_wrapped(&paint, build_text(&safe), 6, TINT_NOTE, true);
			break;
		case REPORT_LIST:
			build_put(out, "- ");
			paint_wrapped(&paint, build_text(&safe), 2, TINT_TITLE, false);
			break;
		case REPORT_CODE:
			paint_code(&paint, build_text(&safe));
			break;
		case REPORT_EXACT:
			build_add(out, build_text(&safe));
			build_put(out, safe.len && safe.at[safe.len - 1] == '\n' ? "" : "\n");
			break;
		case REPORT_STATUS:
			paint_status(&paint, item, build_text(&safe));
			break;
		case REPORT_EVIDENCE:
			paint_evidence(&paint, item->evidence);
			break;
		}
	}
}
