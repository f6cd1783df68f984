/* Cutting bpftrace text, or C, whose tokens are the same, into tokens. Any bytes are taken. */
#pragma once
#include "base/text.h"

enum mark {
	MARK_END,
	MARK_WORD,   /* letters, digits, '_', '@', '$' */
	MARK_STRING, /* with its quotes; the closing one may be missing at the end */
	MARK_SIGN,   /* one character */
};
/* To begin: .rest is the whole text, .line 1. */
struct lexer {
	struct text rest;
	unsigned line; /* of what comes next */
	enum mark mark;
	struct text token; /* borrowed from the text */
};
enum mark lexer_next(struct lexer *lexer);
/* Passes over blanks and comments. */
void lexer_blank(struct lexer *lexer);
bool lexer_letter(char c); /* of a word */
