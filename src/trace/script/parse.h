/* Between the files that read bpftrace programs. */
#pragma once
#include "trace/script/lexer.h"
#include "trace/script/script.h"

enum { DEPTH_MOST = 80 };

struct parse {
	struct lexer lexer; /* its token is the one that comes next */
	unsigned line;	    /* of that token */
	const char *end;    /* of the last token that was taken */
	struct script *script;
	struct arena *arena;
	unsigned depth;
	bool filter; /* within /…/: a slash before '{' ends it */
	bool bad;    /* the action being read is not understood */
	bool no_types; /* within what is only for kernels without types (BTF) */
	bool types_else; /* what is for them comes behind the #else */
};

bool parse_next(struct parse *p);
bool parse_sign(const struct parse *p, const char *what);
bool parse_take(struct parse *p, const char *what); /* a sign of one or more characters that stand together */
void parse_problem(struct parse *p, unsigned line, const char *what);
/* A value whose operators bind at least so tightly (0: any). NULL: not understood, and said. */
const struct node *parse_value(struct parse *p, int least);
const struct node *parse_first(struct parse *p); /* without operators */
