/* Renders the report of a fixture file, so that tests can look at it: page FIXTURE.json html|text [COLUMNS [colour]] */
#include <stdio.h>
#include "base/file.h"
#include "report/report.h"

static const char *const blocks[] = {
	[REPORT_HEADING] = "heading", [REPORT_PARAGRAPH] = "paragraph", [REPORT_NOTE] = "note",
	[REPORT_LIST] = "list",	      [REPORT_CODE] = "code",		[REPORT_EVIDENCE] = "evidence",
	[REPORT_STATUS] = "status",
};
static const char *const marks[] = { [REPORT_OK] = "ok", [REPORT_WARN] = "warn", [REPORT_BAD] = "bad" };

static int name_find(const char *const *names, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(names[i], name))
			return (int)i;
	return -1;
}

static int block_add(struct report *report, const struct evidence_list *list, const json_t *block,
		     struct error *err)
{
	const char *text = json_get_string(block, "text");
	int kind = name_find(blocks, COUNT(blocks), json_get_string(block, "block"));
	int mark = name_find(marks, COUNT(marks), json_get_string(block, "mark"));
	double number = json_get_number(block, "number", 0);

	if (kind == REPORT_EVIDENCE) {
		if (number < 1 || number > (double)list->items.len)
			return fail(err, -EINVAL, "the fixture shows evidence %g, which it does not hold", number);
		report_show(report, list->items.at[(size_t)number - 1]);
	} else if (kind == REPORT_STATUS && mark >= 0) {
		report_status(report, (enum report_mark)mark, json_string_value(json_object_get(block, "mend")), "%s", text);
	} else if (kind >= 0 && kind != REPORT_STATUS) {
		report_say(report, (enum report_block)kind, "%s", text);
	} else {
		return fail(err, -EINVAL, "the fixture holds a block of an unknown kind");
	}
	return 0;
}

static int page(int argc, char **argv, struct error *err)
{
	AUTO_BUILD file = { .ceiling = 64 << 20 };
	AUTO_BUILD out = { 0 };
	struct evidence_list list = { 0 };
	struct report *report = report_new();
	struct report_look look = { 0 };
	const json_t *item;
	size_t i;
	int code = file_read(argv[1], 64 << 20, &file, err);
	AUTO_JSON fixture = code < 0 ? NULL : json_parse(build_text(&file), err);

	if (fixture) {
		json_object_update(report_json(report), json_object_get(fixture, "json"));
		json_array_foreach(json_object_get(fixture, "evidence"), i, item)
			code = code < 0 ? code : evidence_load(&list, item, err);
		json_array_foreach(json_object_get(fixture, "report"), i, item)
			code = code < 0 ? code : block_add(report, &list, item, err);
		if (!strcmp(argv[2], "html")) {
			report_html(report, json_get_string(fixture, "title"), &out);
		} else {
			look.width = argc > 3 ? (unsigned)atoi(argv[3]) : 0;
			look.colour = argc > 4;
			report_text(report, &look, &out);
		}
		fwrite(out.at, 1, out.len, stdout);
	}
	report_free(report);
	evidence_list_done(&list);
	return err->code;
}

int main(int argc, char **argv)
{
	struct error err = { 0 };

	if (argc < 3) {
		fprintf(stderr, "usage: page FIXTURE.json html|text [COLUMNS [colour]]\n");
		return 2;
	}
	if (page(argc, argv, &err) < 0)
		fprintf(stderr, "page: %s\n", err.text);
	return err.code ? 1 : 0;
}
