/* A report kept for later: its blocks as JSON, and back. */
#include "report/blocks.h"

static const char *const block_names[] = { "heading", "paragraph", "note", "list", "code", "evidence", "status", "exact" };
static const char *const mark_names[] = { "ok", "warn", "bad" };

json_t *report_save(const struct report *report)
{
	json_t *saved = json_array();

	vec_each(item, &report->items) {
		json_t *block;

		if (item->page_only)
			continue;
		block = json_pack("{s:s}", "block", block_names[item->block]);
		if (item->text)
			json_object_set_new(block, "text", json_text(text_of(item->text)));
		if (item->block == REPORT_STATUS)
			json_object_set_new(block, "mark", json_string(mark_names[item->mark]));
		if (item->marked)
			json_object_set_new(block, "marked", json_true());
		if (item->mend)
			json_object_set_new(block, "mend", json_text(text_of(item->mend)));
		if (item->evidence)
			json_object_set_new(block, "evidence", evidence_save(item->evidence));
		json_array_append_new(saved, block);
	}
	return saved;
}

static int place_of(const char *name, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(name, names[i]) == 0)
			return (int)i;
	return -1;
}

static int block_load(struct report *report, const json_t *saved, struct error *err)
{
	const char *name = json_get_string(saved, "block"), *text = json_get_string(saved, "text");
	int block = place_of(name, block_names, COUNT(block_names)), mark;
	struct evidence_list list = { 0 };

	if (block < 0)
		return fail(err, -EINVAL, "'%.40s' is no block of a report", name);
	if (block == REPORT_EVIDENCE) {
		int code = evidence_load(&list, json_object_get(saved, "evidence"), err);

		if (code < 0)
			return code;
		list.items.at[0]->number = (unsigned)json_get_number(json_object_get(saved, "evidence"), "number", 1);
		report_show(report, list.items.at[0]);
		report_own(report, &list);
		return 0;
	}
	mark = place_of(json_get_string(saved, "mark"), mark_names, COUNT(mark_names));
	if (block == REPORT_STATUS)
		report_status(report, mark < 0 ? REPORT_BAD : (enum report_mark)mark,
			      json_object_get(saved, "mend") ? json_get_string(saved, "mend") : NULL, "%s", text);
	else {
		report_marked(report, json_is_true(json_object_get(saved, "marked")));
		report_say(report, (enum report_block)block, "%s", text);
		report_marked(report, false);
	}
	return 0;
}

int report_load(struct report *report, const json_t *saved, struct error *err)
{
	const json_t *block;
	size_t i;

	json_array_foreach(saved, i, block) {
		int code = block_load(report, block, err);

		if (code < 0)
			return code;
	}
	return 0;
}
