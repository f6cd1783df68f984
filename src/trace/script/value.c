/* Reading the values of bpftrace programs: operators, calls, maps, casts. */
#include <ctype.h>
#include <string.h>
#include "trace/script/parse.h"

enum { PROBLEMS_MOST = 20, KIDS_MOST = 64 };

bool parse_next(struct parse *p)
{
	p->end = p->lexer.token.at ? p->lexer.token.at + p->lexer.token.len : p->lexer.rest.at;
	lexer_blank(&p->lexer);
	p->line = p->lexer.line;
	return lexer_next(&p->lexer) != MARK_END;
}

bool parse_sign(const struct parse *p, const char *what)
{
	return p->lexer.mark == MARK_SIGN && p->lexer.token.at[0] == what[0] &&
	       text_starts(p->lexer.rest, what + 1);
}

bool parse_take(struct parse *p, const char *what)
{
	if (!parse_sign(p, what))
		return false;
	for (size_t i = 0; what[i]; i++)
		parse_next(p);
	return true;
}

void parse_problem(struct parse *p, unsigned line, const char *what)
{
	struct text near = p->lexer.mark == MARK_END ? TEXT("the end") : text_until(p->lexer.token, 30);

	p->bad = true;
	if (p->script->problems.len < PROBLEMS_MOST)
		vec_push(&p->script->problems, (struct script_problem){ line, arena_fmt(p->arena, "%s near '%.*s'", what, TEXT_ARG(near)) });
}

static struct node *node_new(struct parse *p, enum node_kind kind, struct text text)
{
	struct node *node = arena_alloc(p->arena, sizeof(*node));

	*node = (struct node){ .kind = kind, .text = text, .whole = text, .line = p->line };
	return node;
}

static void node_close(const struct parse *p, struct node *node, const char *start)
{
	node->whole = (struct text){ start, p->end > start ? (size_t)(p->end - start) : 0 };
}

static void kids_set(struct parse *p, struct node *node, const struct node *const *kids, size_t count)
{
	node->kids = arena_alloc(p->arena, (count + 1) * sizeof(*kids));
	for (size_t i = 0; i < count; i++)
		node->kids[i] = kids[i];
	node->count = count;
}

/* What stands between an opening sign, which is taken already, and `close`, parted by commas. */
static void list_read(struct parse *p, struct node *node, const char *close)
{
	const struct node *kids[KIDS_MOST];
	size_t count = 0;
	bool filter = p->filter;

	p->filter = false;
	while (!p->bad && !parse_sign(p, close)) {
		const struct node *kid = parse_value(p, 0);

		if (!kid)
			break;
		if (count < KIDS_MOST)
			kids[count++] = kid;
		if (!parse_take(p, ","))
			break;
	}
	p->filter = filter;
	if (!p->bad && !parse_take(p, close))
		parse_problem(p, p->line, "something is missing");
	kids_set(p, node, kids, count);
}

static bool type_word(struct text t)
{
	static const char *const types[] = { "struct", "union", "enum", "unsigned", "signed", "int", "long", "char", "short", "void",
					     "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "u8", "u16", "u32",
					     "u64", "s8", "s16", "s32", "s64", "bool", "string", "inet", "usym_t", "ksym_t" };

	for (size_t i = 0; i < COUNT(types); i++)
		if (text_is(t, types[i]))
			return true;
	return t.len > 2 && text_ends(t, "_t") && t.at[0] != '@' && t.at[0] != '$';
}

/* "(struct sock *)" with its parentheses, when one stands here. */
static bool cast_read(struct parse *p, struct text *type)
{
	struct parse kept = *p;
	const char *start;

	parse_next(p);
	start = p->lexer.token.at;
	if (p->lexer.mark == MARK_WORD && type_word(p->lexer.token)) {
		while (p->lexer.mark == MARK_WORD || parse_sign(p, "*") || parse_sign(p, "[") || parse_sign(p, "]"))
			parse_next(p);
		*type = (struct text){ start, (size_t)(p->end - start) };
		if (parse_take(p, ")") && (p->lexer.mark != MARK_SIGN || strchr("(*&-~!+", p->lexer.token.at[0])))
			return true;
	}
	*p = kept;
	return false;
}

static const struct node *parenthesis_read(struct parse *p)
{
	const char *start = p->lexer.token.at;
	struct text type;
	struct node *node;

	if (cast_read(p, &type)) {
		const struct node *kid = parse_value(p, 11);

		node = node_new(p, NODE_CAST, type);
		kids_set(p, node, &kid, kid != NULL);
		node_close(p, node, start);
		return node;
	}
	parse_next(p);
	node = node_new(p, NODE_TUPLE, TEXT(""));
	list_read(p, node, ")");
	node_close(p, node, start);
	return node->count == 1 ? node->kids[0] : node;
}

static const struct node *word_read(struct parse *p)
{
	struct text name = p->lexer.token;
	struct node *node;
	bool type = text_is(name, "struct") || text_is(name, "union") || text_is(name, "enum");

	parse_next(p);
	if (type) {
		while (p->lexer.mark == MARK_WORD || parse_sign(p, "*"))
			parse_next(p);
		name.len = (size_t)(p->end - name.at);
	} else if (text_is(name, "$") && parse_take(p, "#")) {
		name.len = (size_t)(p->end - name.at);
	}
	if (isdigit((unsigned char)name.at[0]))
		return node_new(p, NODE_NUMBER, name);
	node = node_new(p, name.at[0] == '@' ? NODE_MAP : NODE_NAME, name);
	if (name.at[0] == '$' && name.len > 1 && !isdigit((unsigned char)name.at[1]) && name.at[1] != '#')
		node->kind = NODE_VARIABLE;
	if (node->kind == NODE_NAME && parse_take(p, "(")) {
		node->kind = NODE_CALL;
		list_read(p, node, ")");
	} else if (node->kind == NODE_MAP && parse_take(p, "[")) {
		list_read(p, node, "]");
	}
	node_close(p, node, name.at);
	return node;
}

const struct node *parse_first(struct parse *p)
{
	const char *start = p->lexer.token.at;
	struct text token = p->lexer.token;
	const struct node *kid;
	struct node *node;

	if (p->lexer.mark == MARK_STRING) {
		node = node_new(p, NODE_STRING, token);
		parse_next(p);
		return node;
	}
	if (p->lexer.mark == MARK_WORD)
		return word_read(p);
	if (parse_sign(p, "("))
		return parenthesis_read(p);
	if (p->lexer.mark != MARK_SIGN || !strchr("-+!~*&", token.at[0])) {
		parse_problem(p, p->line, "a value was expected");
		return NULL;
	}
	if (parse_sign(p, "++") || parse_sign(p, "--")) {
		token.len = 2;
		parse_next(p);
	}
	parse_next(p);
	kid = parse_value(p, 11);
	node = node_new(p, NODE_UNARY, token);
	kids_set(p, node, &kid, kid != NULL);
	node_close(p, node, start);
	return node;
}

static const struct node *after_read(struct parse *p, const struct node *node, const char *start)
{
	if (!node)
		return NULL;
	while (!p->bad) {
		struct node *outer;

		if (parse_sign(p, "..")) /* a range */
			return node;
		if (parse_take(p, "->") || parse_take(p, ".")) {
			outer = node_new(p, NODE_FIELD, p->lexer.token);
			if (p->lexer.mark != MARK_WORD)
				parse_problem(p, p->line, "the name of a field was expected");
			parse_next(p);
			kids_set(p, outer, &node, 1);
		} else if (parse_take(p, "[")) {
			outer = node_new(p, NODE_INDEX, TEXT("[]"));
			list_read(p, outer, "]");
			const struct node *pair[] = { node, outer->count ? outer->kids[0] : node };
			kids_set(p, outer, pair, 2);
		} else if (parse_sign(p, "++") || parse_sign(p, "--")) {
			outer = node_new(p, NODE_UNARY, (struct text){ p->lexer.token.at, 2 });
			parse_next(p);
			parse_next(p);
			kids_set(p, outer, &node, 1);
		} else {
			return node;
		}
		node_close(p, outer, start);
		node = outer;
	}
	return node;
}

/* How tightly the operator that stands here binds; 0: none does. */
static int operator_at(const struct parse *p, struct text *op)
{
	static const struct {
		const char *op;
		int binds;
	} ops[] = { { "||", 1 }, { "&&", 2 }, { "==", 6 }, { "!=", 6 }, { "<<", 8 }, { ">>", 8 }, { "<=", 7 }, { ">=", 7 }, { "..", 1 },
		    { "<", 7 }, { ">", 7 }, { "|", 3 }, { "^", 4 }, { "&", 5 }, { "+", 9 }, { "-", 9 }, { "*", 10 }, { "/", 10 }, { "%", 10 } };

	for (size_t i = 0; i < COUNT(ops); i++) {
		struct lexer ahead = p->lexer;
		size_t len = strlen(ops[i].op);

		if (!parse_sign(p, ops[i].op))
			continue;
		*op = (struct text){ p->lexer.token.at, len };
		if (len == 1 || strchr("<>", ops[i].op[0])) /* "+=" is no operator, "<=" is, "<<=" is not */
			if (text_starts(text_from(ahead.rest, len - 1), "=") && ops[i].op[len - 1] != '=')
				return 0;
		lexer_blank(&ahead);
		if (p->filter && ops[i].op[0] == '/' && text_starts(ahead.rest, "{"))
			return 0;
		return ops[i].binds;
	}
	return 0;
}

static const struct node *pair_new(struct parse *p, struct text op, const struct node *a, const struct node *b, const char *start)
{
	const struct node *kids[] = { a, b };
	struct node *node = node_new(p, NODE_BINARY, op);

	kids_set(p, node, kids, 2);
	node_close(p, node, start);
	return node;
}

static const struct node *choice_read(struct parse *p, const struct node *condition, const char *start)
{
	const struct node *kids[3] = { condition, parse_value(p, 0) };
	struct node *node = node_new(p, NODE_CHOICE, TEXT("?"));

	if (!p->bad && !parse_take(p, ":"))
		parse_problem(p, p->line, "a ':' is missing");
	kids[2] = p->bad ? NULL : parse_value(p, 0);
	if (p->bad || !kids[1] || !kids[2])
		return NULL;
	kids_set(p, node, kids, 3);
	node_close(p, node, start);
	return node;
}

const struct node *parse_value(struct parse *p, int least)
{
	const char *start = p->lexer.token.at;
	const struct node *node;
	struct text op;
	int binds;

	if (p->bad || p->depth >= DEPTH_MOST) {
		if (!p->bad)
			parse_problem(p, p->line, "too deeply nested");
		return NULL;
	}
	p->depth++;
	node = after_read(p, parse_first(p), start);
	while (node && !p->bad && (binds = operator_at(p, &op)) && binds >= least && least < 11) {
		const struct node *right;

		for (size_t i = 0; i < op.len; i++)
			parse_next(p);
		right = parse_value(p, binds + 1);
		node = right ? pair_new(p, op, node, right, start) : NULL;
	}
	if (node && !p->bad && least == 0 && parse_take(p, "?"))
		node = choice_read(p, node, start);
	p->depth--;
	return p->bad ? NULL : node;
}
