/* Reports: collecting blocks, and how the place they go to looks. */
#include "report/blocks.h"
#include <sys/ioctl.h>

struct report *report_new(void)
{
	struct report *report = calloc(1, sizeof(*report));

	if (!report)
		abort();
	report->json = json_object();
	return report;
}

void report_free(struct report *report)
{
	if (!report)
		return;
	vec_each(item, &report->items) {
		free(item->text);
		free(item->mend);
	}
	vec_done(&report->items);
	evidence_list_done(&report->owned);
	json_decref(report->json);
	free(report);
}

json_t *report_json(struct report *report)
{
	return report->json;
}

static struct report_item *item_add(struct report *report, enum report_block block, const char *format,
				    va_list args)
{
	struct report_item *item = vec_new(&report->items);
	AUTO_BUILD text = { 0 };

	build_vfmt(&text, format, args);
	item->block = block;
	item->page_only = report->page_only;
	item->marked = report->marked;
	item->text = build_take(&text);
	return item;
}

void report_say(struct report *report, enum report_block block, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	item_add(report, block, format, args);
	va_end(args);
}

void report_status(struct report *report, enum report_mark mark, const char *mend, const char *format, ...)
{
	struct report_item *item;
	va_list args;

	va_start(args, format);
	item = item_add(report, REPORT_STATUS, format, args);
	va_end(args);
	item->mark = mark;
	item->mend = mend ? text_copy(text_of(mend)) : NULL;
}

void report_show(struct report *report, const struct evidence *evidence)
{
	vec_push(&report->items, (struct report_item){ .block = REPORT_EVIDENCE, .evidence = evidence,
							.page_only = report->page_only });
}

void report_marked(struct report *report, bool on)
{
	report->marked = on;
}

void report_page_only(struct report *report, bool on)
{
	report->page_only = on;
}

void report_own(struct report *report, struct evidence_list *list)
{
	vec_each(item, &list->items)
		vec_push(&report->owned.items, *item);
	vec_done(&list->items);
}

struct report_look report_look_of(int fd)
{
	const char *none = getenv("NO_COLOR"), *term = getenv("TERM");
	struct report_look look = { 0 };
	struct winsize size;

	if (!isatty(fd))
		return look;
	look.colour = !(none && *none) && term && strcmp(term, "dumb") != 0;
	look.width = ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
	return look;
}

void report_number(double value, const char *unit, struct build *out)
{
	figure_write(value, unit, out);
}

void report_full(struct report *report)
{
	report->full = true;
}
