/* The bpftrace of program_write() as a tree: what it writes is a small part of the language, and nothing else is read. */
#include <ctype.h>
#include <string.h>
#include "trace/libbpf/parts.h"

#define DEPTH_MOST 60

struct parser {
	struct text rest;
	struct arena *arena;
	struct error *err;
	unsigned depth;
};

static struct node *node_new(struct parser *p, enum node_kind kind, const char *text)
{
	struct node *node = arena_alloc(p->arena, sizeof(*node));

	node->kind = kind;
	node->text = text;
	return node;
}

/* Lists live as long as the arena: they grow by copying, as they are short. */
static void node_add(struct parser *p, struct node *node, struct node *item)
{
	struct node **grown = arena_alloc(p->arena, (node->list.len + 1) * sizeof(*grown));

	if (node->list.len)
		memcpy(grown, node->list.at, node->list.len * sizeof(*grown));
	grown[node->list.len++] = item;
	node->list.at = grown;
}

static struct node *wrong(struct parser *p, const char *what)
{
	fail(p->err, -EINVAL, "the program has '%.*s' where %s should stand", (int)(p->rest.len < 40 ? p->rest.len : 40),
	     p->rest.at, what);
	return NULL;
}

static void blanks(struct parser *p)
{
	while (p->rest.len && isspace((unsigned char)p->rest.at[0]))
		p->rest = text_from(p->rest, 1);
}

static bool sign(struct parser *p, const char *what)
{
	blanks(p);
	if (!text_starts(p->rest, what))
		return false;
	p->rest = text_from(p->rest, strlen(what));
	return true;
}

static bool word_char(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static const char *word(struct parser *p)
{
	size_t len = 0;

	blanks(p);
	while (len < p->rest.len && word_char(p->rest.at[len]))
		len++;
	const char *text = arena_text(p->arena, text_until(p->rest, len));

	p->rest = text_from(p->rest, len);
	return text;
}

static struct node *expression(struct parser *p);

static bool arguments(struct parser *p, struct node *node, const char *end)
{
	if (sign(p, end))
		return true;
	do {
		struct node *item = expression(p);

		if (!item)
			return false;
		node_add(p, node, item);
	} while (sign(p, ","));
	return sign(p, end) || wrong(p, end);
}

/* A literal of program_write(): \" \\ and \xNN are its escapes. */
static struct node *quoted(struct parser *p)
{
	AUTO_BUILD text = { 0 };

	for (; p->rest.len && p->rest.at[0] != '"'; p->rest = text_from(p->rest, 1)) {
		if (p->rest.at[0] != '\\' || p->rest.len < 2) {
			build_char(&text, p->rest.at[0]);
			continue;
		}
		p->rest = text_from(p->rest, 1);
		if (p->rest.at[0] == 'x' && p->rest.len > 2) {
			char digits[3] = { p->rest.at[1], p->rest.at[2], '\0' };

			build_char(&text, (char)strtol(digits, NULL, 16));
			p->rest = text_from(p->rest, 2);
		} else {
			build_char(&text, p->rest.at[0]);
		}
	}
	if (!sign(p, "\""))
		return wrong(p, "the end of a text");
	return node_new(p, NODE_TEXT, arena_text(p->arena, build_text(&text)));
}

/* "(struct sock *)x", "(int32)x": the words of a type and stars, and then something that can begin an operand. */
static bool cast_type(struct parser *p, const char **type)
{
	static const char *const numbers[] = { "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64" };
	struct text before = p->rest;
	AUTO_BUILD name = { 0 };
	bool is_struct = text_starts(p->rest, "struct "), is_union = text_starts(p->rest, "union "), known = is_struct || is_union;
	const char *first = word(p);

	for (size_t i = 0; i < COUNT(numbers); i++)
		known |= strcmp(first, numbers[i]) == 0;
	if (is_union) /* of a structure the bare name is kept */
		build_put(&name, "union ");
	build_put(&name, is_struct || is_union ? word(p) : first);
	while (known && sign(p, "*"))
		build_char(&name, '*');
	if (!known || !sign(p, ")")) {
		p->rest = before;
		return false;
	}
	*type = arena_text(p->arena, build_text(&name));
	return true;
}

static struct node *primary(struct parser *p)
{
	struct node *node;
	const char *type;

	blanks(p);
	if (sign(p, "(")) {
		if (cast_type(p, &type)) {
			node = node_new(p, NODE_CAST, type);
			return NULL == (node->at[0] = primary(p)) ? NULL : node;
		}
		node = expression(p);
		if (node && !sign(p, ")"))
			return wrong(p, "')'");
	} else if (sign(p, "\"")) {
		node = quoted(p);
	} else if (sign(p, "@")) {
		node = node_new(p, NODE_MAP, word(p));
		if (sign(p, "[") && !arguments(p, node, "]"))
			return NULL;
		return node;
	} else if (sign(p, "$")) {
		node = node_new(p, NODE_VARIABLE, word(p));
	} else if (text_starts(p->rest, "-") || text_starts(p->rest, "!") || text_starts(p->rest, "~") || text_starts(p->rest, "*")) {
		node = node_new(p, NODE_UNARY, arena_text(p->arena, text_until(p->rest, 1)));
		p->rest = text_from(p->rest, 1);
		node->at[0] = primary(p);
		return node->at[0] ? node : NULL;
	} else if (p->rest.len && isdigit((unsigned char)p->rest.at[0])) {
		node = node_new(p, NODE_NUMBER, word(p));
	} else if (p->rest.len && word_char(p->rest.at[0])) {
		node = node_new(p, NODE_NAME, word(p));
		if (sign(p, "(")) {
			node->kind = NODE_CALL;
			if (!arguments(p, node, ")"))
				return NULL;
		}
	} else {
		return wrong(p, "a value");
	}
	while (node) {
		struct node *inner = node;

		if (sign(p, "->") || sign(p, ".")) {
			bool arrow = p->rest.at[-1] == '>';

			node = node_new(p, NODE_MEMBER, word(p));
			node->at[0] = inner;
			node->at[1] = arrow ? inner : NULL;
		} else if (sign(p, "[")) {
			node = node_new(p, NODE_INDEX, "");
			node->at[0] = inner;
			node->at[1] = expression(p);
			if (!node->at[1] || !sign(p, "]"))
				return wrong(p, "']'");
		} else {
			break;
		}
	}
	return node;
}

/* C's ranks, loosest first. */
static const char *const operators[][5] = { { "||" }, { "&&" }, { "|" }, { "^" }, { "&" }, { "==", "!=" },
					    { "<=", ">=", "<", ">" }, { "<<", ">>" }, { "+", "-" }, { "*", "/", "%" } };

static bool operator_take(struct parser *p, size_t rank, const char **found)
{
	blanks(p);
	for (size_t i = 0; i < COUNT(operators[0]) && operators[rank][i]; i++) {
		const char *name = operators[rank][i];
		size_t len = strlen(name);
		char next = p->rest.len > len ? p->rest.at[len] : '\0';

		if (!text_starts(p->rest, name))
			continue;
		/* "&" is not the start of "&&", "<" not of "<<". */
		if (len == 1 && strchr("|&<>", name[0]) && next == name[0])
			continue;
		if (len == 1 && strchr("<>", name[0]) && next == '=')
			continue;
		p->rest = text_from(p->rest, len);
		*found = name;
		return true;
	}
	return false;
}

static struct node *binary(struct parser *p, size_t rank)
{
	struct node *left = rank < COUNT(operators) ? binary(p, rank + 1) : primary(p);
	const char *name;

	while (left && rank < COUNT(operators) && operator_take(p, rank, &name)) {
		struct node *node = node_new(p, NODE_BINARY, name);

		node->at[0] = left;
		node->at[1] = binary(p, rank + 1);
		left = node->at[1] ? node : NULL;
	}
	return left;
}

static struct node *expression(struct parser *p)
{
	struct node *node;

	if (++p->depth > DEPTH_MOST)
		return wrong(p, "something less nested");
	node = binary(p, 0);
	if (node && sign(p, "?")) {
		struct node *choice = node_new(p, NODE_CHOICE, "?");

		choice->at[0] = node;
		choice->at[1] = expression(p);
		if (!choice->at[1] || !sign(p, ":"))
			return wrong(p, "':'");
		choice->at[2] = expression(p);
		node = choice->at[2] ? choice : NULL;
	}
	p->depth--;
	return node;
}

static struct node *statement(struct parser *p)
{
	struct node *node, *inner;

	if (sign(p, "if (")) {
		node = node_new(p, NODE_IF, "if");
		node->at[0] = expression(p);
		if (!node->at[0] || !sign(p, ")") || !sign(p, "{"))
			return wrong(p, "'{'");
		while (!sign(p, "}")) {
			inner = statement(p);
			if (!inner)
				return NULL;
			node_add(p, node, inner);
		}
		return node;
	}
	node = NULL;
	if (sign(p, "print((")) { /* a tuple */
		node = node_new(p, NODE_CALL, "print");
		if (!arguments(p, node, ")") || !sign(p, ")"))
			return NULL;
	} else {
		node = expression(p);
	}
	if (node && sign(p, "= ")) {
		inner = node_new(p, NODE_ASSIGN, "=");
		inner->at[0] = node;
		inner->at[1] = expression(p);
		node = inner->at[1] ? inner : NULL;
	}
	return !node || sign(p, ";") ? node : wrong(p, "';'");
}

int blocks_parse(struct text program, struct arena *arena, block_list *blocks, struct error *err)
{
	struct parser p = { .arena = arena, .err = err };
	struct text row;

	while (text_line(&program, &row)) {
		struct block *block;
		size_t end;

		if (text_trim(row).len == 0)
			continue;
		block = vec_new(blocks);
		/* Paths hold what separates elsewhere: a probe is a line. */
		for (;;) {
			vec_push(&block->probes, arena_text(arena, text_ends(row, ",") ? text_until(row, row.len - 1) : row));
			if (!text_ends(row, ",") || !text_line(&program, &row))
				break;
		}
		text_line(&program, &row);
		if (row.len > 2 && row.at[0] == '/' && row.at[row.len - 1] == '/') {
			p.rest = (struct text){ row.at + 1, row.len - 2 };
			p.depth = 0;
			block->filter = expression(&p);
			if (!block->filter)
				return err->code;
			text_line(&program, &row);
		}
		if (!text_is(row, "{") || !text_find(program, "\n}\n", &end))
			return fail(err, -EINVAL, "the program has '%.*s' where a block should begin", TEXT_ARG(row));
		p.rest = text_until(program, end);
		program = text_from(program, end + 3);
		for (blanks(&p); p.rest.len; blanks(&p)) {
			struct node *node;

			p.depth = 0;
			node = statement(&p);
			if (!node)
				return err->code;
			vec_push(&block->body, node);
		}
	}
	return 0;
}

void blocks_done(block_list *blocks)
{
	vec_each(block, blocks) {
		vec_done(&block->probes);
		vec_done(&block->body);
	}
	vec_done(blocks);
}
