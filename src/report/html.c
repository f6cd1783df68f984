/* The report as one HTML page that needs nothing else and is allowed nothing else. */
#include "report/html.h"
#include "report/page.h"
#include <ctype.h>

enum { JSON_DEPTH = 8, JSON_ITEMS = 200 };

void html_text(struct build *out, struct text foreign, bool lines)
{
	AUTO_BUILD safe = { 0 };

	build_safe(&safe, foreign, lines);
	for (size_t i = 0; i < safe.len; i++) {
		switch (safe.at[i]) {
		case '<':
			build_put(out, "&lt;");
			break;
		case '>':
			build_put(out, "&gt;");
			break;
		case '&':
			build_put(out, "&amp;");
			break;
		case '"':
			build_put(out, "&quot;");
			break;
		case '\'':
			build_put(out, "&#39;");
			break;
		default:
			build_char(out, safe.at[i]);
		}
	}
}

static bool evidence_shown(const struct report *report, long long number)
{
	vec_each(item, &report->items)
		if (item->block == REPORT_EVIDENCE && item->evidence->number == number)
			return true;
	return false;
}

void html_cited(const struct page *page, struct text foreign)
{
	struct text rest = foreign;
	size_t start;

	while (text_find(rest, "[", &start)) {
		size_t end = start + 1;
		long long number;

		while (end < rest.len && isdigit((unsigned char)rest.at[end]))
			end++;
		html_text(page->out, text_until(rest, start), true);
		if (end < rest.len && rest.at[end] == ']' &&
		    text_number((struct text){ rest.at + start + 1, end - start - 1 }, &number) &&
		    evidence_shown(page->report, number)) {
			build_fmt(page->out, "<a href=\"#e%lld\">[%lld]</a>", number, number);
			rest = text_from(rest, end + 1);
		} else {
			build_char(page->out, '[');
			rest = text_from(rest, start + 1);
		}
	}
	html_text(page->out, rest, true);
}

/* Base64 (RFC 4648) of a SHA-256, as a content security policy wants it. */
static void hash_add(struct build *out, const unsigned char sha256[32])
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < 32; i += 3) {
		unsigned left = 32 - i > 2 ? 3 : (unsigned)(32 - i), bits = 0;

		for (unsigned k = 0; k < 3; k++)
			bits = bits << 8 | (k < left ? sha256[i + k] : 0);
		for (unsigned k = 0; k < 4; k++)
			build_char(out, k <= left ? letters[bits >> (18 - 6 * k) & 63] : '=');
	}
}

static void head_add(struct build *out, const char *title)
{
	build_put(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		       "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		       "img-src data:; style-src 'sha256-");
	hash_add(out, page_style.sha256);
	build_put(out, "'; script-src 'sha256-");
	hash_add(out, page_script.sha256);
	build_put(out, "'; base-uri 'none'; form-action 'none'\">\n"
		       "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		       "<meta name=\"referrer\" content=\"no-referrer\">\n<link rel=\"icon\" href=\"data:,\">\n<title>");
	html_text(out, text_of(title), false);
	build_put(out, "</title>\n<style>");
	build_add(out, (struct text){ (const char *)page_style.at, page_style.size });
	build_put(out, "</style>\n</head>\n<body>\n");
}

static void json_scalar(struct build *out, const json_t *json)
{
	if (json_is_string(json))
		html_text(out, (struct text){ json_string_value(json), json_string_length(json) }, true);
	else if (json_is_integer(json))
		build_fmt(out, "%" JSON_INTEGER_FORMAT, json_integer_value(json));
	else if (json_is_real(json))
		build_fmt(out, "%g", json_real_value(json));
	else
		build_put(out, json_is_true(json) ? "yes" : json_is_false(json) ? "no" : "-");
}

void html_json(struct build *out, const json_t *json, unsigned depth)
{
	const char *key;
	json_t *item;
	size_t i;

	if (depth >= JSON_DEPTH) {
		build_put(out, "…");
	} else if (json_is_object(json)) {
		build_put(out, "<dl>\n");
		json_object_foreach((json_t *)json, key, item) {
			build_put(out, "<dt>");
			html_text(out, text_of(key), false);
			build_put(out, "</dt><dd>");
			html_json(out, item, depth + 1);
			build_put(out, "</dd>\n");
		}
		build_put(out, "</dl>\n");
	} else if (json_is_array(json)) {
		json_array_foreach(json, i, item) {
			bool scalar = !json_is_object(item) && !json_is_array(item);

			if (i == JSON_ITEMS) {
				build_fmt(out, "<div>… %zu more</div>", json_array_size(json) - i);
				break;
			}
			build_put(out, scalar ? "<div class=\"mono\">" : "<div>");
			html_json(out, item, depth + 1);
			build_put(out, "</div>");
		}
	} else {
		json_scalar(out, json);
	}
}

static void status_add(struct build *out, const struct report_item *item)
{
	static const char *const marks[] = { [REPORT_OK] = "ok", [REPORT_WARN] = "warn", [REPORT_BAD] = "bad" };

	build_fmt(out, "<li class=\"%s\"><b>%s</b><span>", marks[item->mark], marks[item->mark]);
	html_text(out, text_of(item->text), true);
	build_put(out, "</span>");
	if (item->mend) {
		build_put(out, "<code>");
		html_text(out, text_of(item->mend), false);
		build_put(out, "</code>");
	}
	build_put(out, "</li>\n");
}

static void block_add(const struct page *page, const struct report_item *item)
{
	struct build *out = page->out;
	struct text text = text_of(item->text);

	switch (item->block) {
	case REPORT_HEADING:
		build_put(out, "<h2>");
		html_text(out, text, false);
		build_put(out, "</h2>\n");
		break;
	case REPORT_PARAGRAPH:
		if (item->marked) {
			html_marked(page, text);
			break;
		}
		/* fall through */
	case REPORT_NOTE:
		build_put(out, item->block == REPORT_NOTE ? "<p class=\"note\" role=\"note\">" : "<p>");
		html_cited(page, text);
		build_put(out, "</p>\n");
		break;
	case REPORT_LIST:
		build_put(out, "<li>");
		html_cited(page, text);
		build_put(out, "</li>\n");
		break;
	case REPORT_CODE:
	case REPORT_EXACT:
		build_put(out, "<pre tabindex=\"0\"><code>");
		html_text(out, text, true);
		build_put(out, "</code></pre>\n");
		break;
	case REPORT_STATUS:
		status_add(out, item);
		break;
	case REPORT_EVIDENCE:
		html_evidence(page, item->evidence);
		break;
	}
}

/* Where a block stands on a page that answers a question: the answer, what it rests on, the program. */
static int group_of(const struct report *report, size_t i)
{
	while (i + 1 < report->items.len && report->items.at[i].block == REPORT_HEADING)
		i++; /* a heading goes with what follows it */
	switch (report->items.at[i].block) {
	case REPORT_EVIDENCE:
		return 1;
	case REPORT_CODE:
		return 2;
	default:
		return 0;
	}
}

/* Blocks of one group (or, for -1, all) in their order. */
static void blocks_add(const struct page *page, int group)
{
	enum report_block open = REPORT_HEADING; /* the kind of list that is open, if one */

	for (size_t i = 0; i < page->report->items.len; i++) {
		const struct report_item *item = &page->report->items.at[i];
		bool listed = item->block == REPORT_LIST || item->block == REPORT_STATUS;

		if (group >= 0 && group_of(page->report, i) != group)
			continue;
		if (open != REPORT_HEADING && open != item->block) {
			build_put(page->out, "</ul>\n");
			open = REPORT_HEADING;
		}
		if (listed && open == REPORT_HEADING) {
			build_put(page->out, item->block == REPORT_LIST ? "<ul>\n" : "<ul class=\"status\">\n");
			open = item->block;
		}
		block_add(page, item);
	}
	if (open != REPORT_HEADING)
		build_put(page->out, "</ul>\n");
}

static bool has_block(const struct report *report, enum report_block block)
{
	vec_each(item, &report->items)
		if (item->block == block)
			return true;
	return false;
}

static void tool_line(const json_t *words, struct build *line)
{
	const json_t *word;
	size_t i;

	json_array_foreach(words, i, word)
		build_fmt(line, i ? " %s" : "%s", json_is_string(word) ? json_string_value(word) : "-");
}

/* What the object of a question tells beside its answer: program, plan, and how it was measured. */
static void question_end(const struct page *page, const json_t *json)
{
	static const char *const measured[] = { "engine", "status", "why", "tool", "probes", "seconds",
						"lost_events", "attempts" };
	const char *program = json_get_string(json, "program");
	const json_t *plan = json_object_get(json, "plan");
	AUTO_JSON how = json_object();

	if (*program && !has_block(page->report, REPORT_CODE)) {
		build_put(page->out, "<h2>Program</h2>\n<pre tabindex=\"0\"><code>");
		html_text(page->out, text_of(program), true);
		build_put(page->out, "</code></pre>\n");
	}
	if (json_is_object(plan)) {
		build_put(page->out, "<h2>Plan</h2>\n");
		html_json(page->out, plan, 0);
	}
	for (size_t i = 0; i < COUNT(measured); i++) {
		json_t *part = json_object_get(json, measured[i]);
		AUTO_BUILD line = { 0 };

		if (json_is_array(part) && !strcmp(measured[i], "tool")) {
			tool_line(part, &line);
			json_object_set_new(how, "command", json_text(build_text(&line)));
			continue;
		}
		if (part && !json_is_null(part) && !(json_is_array(part) && json_array_size(part) == 0) &&
		    !(json_is_string(part) && !*json_string_value(part)))
			json_object_set(how, strcmp(measured[i], "lost_events") ? measured[i] : "lost events", part);
	}
	if (json_object_size(how)) {
		build_put(page->out, "<h2>How it was measured</h2>\n");
		html_json(page->out, how, 0);
	}
}

void report_html(const struct report *report, const char *title, struct build *out)
{
	struct page page = { out, report };
	const char *question = json_get_string(report->json, "question");

	head_add(out, title);
	build_put(out, "<header><h1>");
	html_text(out, text_of(*question ? question : title), false);
	build_put(out, "</h1></header>\n<main>\n");
	if (*question) {
		for (int group = 0; group < 3; group++)
			blocks_add(&page, group);
		question_end(&page, report->json);
	} else {
		blocks_add(&page, -1);
	}
	build_put(out, "</main>\n<script>");
	build_add(out, (struct text){ (const char *)page_script.at, page_script.size });
	build_put(out, "</script>\n</body>\n</html>\n");
}
