/* Inside the report: writing HTML. Every function escapes what it is given. */
#pragma once
#include "report/blocks.h"

struct page {
	struct build *out;
	const struct report *report;
};
/* Foreign text between tags or in a quoted attribute. */
void html_text(struct build *out, struct text foreign, bool lines);
/* The same, with "[2]" as a link to evidence 2 when the report shows it. */
void html_cited(const struct page *page, struct text foreign);
/* A model's words: the Markdown that the terminal shows (report/flow.h) as elements; all else is text. */
void html_marked(const struct page *page, struct text foreign);
void html_evidence(const struct page *page, const struct evidence *evidence);
/* A JSON value as nested lists of names and values. */
void html_json(struct build *out, const json_t *json, unsigned depth);
