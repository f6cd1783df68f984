/* What the tests of the report share. */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include "base/json.h" /* before cmocka, whose fail() is a macro */
#include "base/utf8.h"
#include "report/report.h"
#include <cmocka.h>

/* Evidence from JSON as a person writes it, with ' for ". */
static inline struct evidence *evidence_of(struct evidence_list *list, enum evidence_kind kind, const char *quoted)
{
	struct error err = { 0 };
	char *text = text_copy(text_of(quoted));
	json_t *data;

	for (char *at = text; *at; at++)
		if (*at == '\'')
			*at = '"';
	data = json_parse(text_of(text), &err);
	free(text);
	if (!data)
		fail_msg("%s", err.text);
	return evidence_add(list, kind, "the title", data);
}

/* The widest line. */
static inline size_t columns_most(const struct build *b)
{
	struct text rest = build_text(b), line;
	size_t most = 0;

	while (text_line(&rest, &line))
		most = utf8_columns(line) > most ? utf8_columns(line) : most;
	return most;
}
