/* Cutting bpftrace text, or C, into tokens. */
#include "trace/script/lexer.h"
#include <ctype.h>

void lexer_blank(struct lexer *lexer)
{
	for (;;) {
		size_t end = 0;

		if (lexer->rest.len && isspace((unsigned char)lexer->rest.at[0]))
			end = 1;
		else if (text_starts(lexer->rest, "//"))
			end = text_find(lexer->rest, "\n", &end) ? end : lexer->rest.len;
		else if (text_starts(lexer->rest, "/*"))
			end = text_find(text_from(lexer->rest, 2), "*/", &end) ? end + 4 : lexer->rest.len;
		if (end == 0)
			return;
		for (size_t i = 0; i < end; i++)
			lexer->line += lexer->rest.at[i] == '\n';
		lexer->rest = text_from(lexer->rest, end);
	}
}

bool lexer_letter(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '@' || c == '$';
}

enum mark lexer_next(struct lexer *lexer)
{
	size_t len = 1;

	lexer_blank(lexer);
	lexer->token = lexer->rest;
	if (lexer->rest.len == 0)
		return lexer->mark = MARK_END;
	if (lexer->rest.at[0] == '"') {
		while (len < lexer->rest.len && lexer->rest.at[len] != '"')
			len += lexer->rest.at[len] == '\\' ? 2 : 1;
		lexer->mark = MARK_STRING;
		len++;
	} else if (lexer_letter(lexer->rest.at[0])) {
		while (len < lexer->rest.len && lexer_letter(lexer->rest.at[len]))
			len++;
		lexer->mark = MARK_WORD;
	} else {
		lexer->mark = MARK_SIGN;
	}
	lexer->token = text_until(lexer->rest, len);
	for (size_t i = 0; i < lexer->token.len; i++)
		lexer->line += lexer->token.at[i] == '\n';
	lexer->rest = text_from(lexer->rest, len);
	return lexer->mark;
}
