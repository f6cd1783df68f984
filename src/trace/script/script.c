/* Reading bpftrace programs: a recursive descent over the tokens, with a limit on its depth. */
#include <ctype.h>
#include <string.h>
#include "trace/script/parse.h"

enum { BLOCKS_MOST = 2000 };

typedef VEC(struct action) action_list;

static void actions_read(struct parse *p, void *into);

static bool word(const struct parse *p, const char *what)
{
	return p->lexer.mark == MARK_WORD && text_is(p->lexer.token, what);
}

static bool take_word(struct parse *p, const char *what)
{
	return word(p, what) && (parse_next(p), true);
}

/* ---- actions ---- */

static void body_read(struct parse *p, void *into)
{
	if (parse_take(p, "{")) {
		actions_read(p, into);
		if (!parse_take(p, "}"))
			parse_problem(p, p->line, "a '}' is missing");
	} else {
		parse_problem(p, p->line, "a '{' was expected");
	}
}

static void branch_read(struct parse *p, struct action *action)
{
	action->word = p->lexer.token;
	parse_next(p);
	if (action->kind == ACTION_LOOP && text_is(action->word, "for")) {
		bool round = parse_take(p, "(");

		action->target = parse_first(p);
		if (!p->bad && !parse_take(p, ":"))
			parse_problem(p, p->line, "a ':' is missing");
		action->value = p->bad ? NULL : parse_value(p, 0);
		if (!p->bad && round && !parse_take(p, ")"))
			parse_problem(p, p->line, "a ')' is missing");
	} else {
		action->value = parse_value(p, 0);
	}
	if (!p->bad)
		body_read(p, &action->body);
	if (action->kind == ACTION_IF && !p->bad && take_word(p, "else")) {
		if (word(p, "if") && p->depth < DEPTH_MOST) {
			struct action *inner = vec_new(&action->otherwise);

			inner->kind = ACTION_IF;
			inner->line = p->line;
			p->depth++;
			branch_read(p, inner);
			p->depth--;
		} else {
			body_read(p, &action->otherwise);
		}
	}
	if (p->bad)
		action->kind = ACTION_OTHER;
}

static void plain_read(struct parse *p, struct action *action)
{
	static const char *const ops[] = { "<<=", ">>=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "=" };

	if (take_word(p, "let")) {
		action->kind = ACTION_ASSIGN;
		action->word = TEXT("let");
	}
	action->target = parse_value(p, 0);
	if (!action->target)
		return;
	if (action->kind == ACTION_ASSIGN && parse_take(p, ":"))
		while (p->lexer.mark == MARK_WORD || parse_sign(p, "*") || parse_sign(p, "[") || parse_sign(p, "]"))
			parse_next(p);
	for (size_t i = 0; i < COUNT(ops); i++)
		if (parse_take(p, ops[i])) {
			action->word = action->kind == ACTION_ASSIGN ? action->word : text_of(ops[i]); /* let $x = … */
			action->kind = ACTION_ASSIGN;
			action->value = parse_value(p, 0);
			return;
		}
	if (action->kind == ACTION_ASSIGN)
		return;
	if (action->target->kind == NODE_UNARY && action->target->text.len == 2 && action->target->count) {
		action->kind = ACTION_ASSIGN;
		action->word = action->target->text;
		action->target = action->target->kids[0];
		return;
	}
	action->kind = ACTION_DO;
	action->value = action->target;
	action->target = NULL;
}

/* To the end of what was not understood: its semicolon, or the brace that closes the block. */
static void resume(struct parse *p)
{
	unsigned depth = 0;

	for (; p->lexer.mark != MARK_END; parse_next(p)) {
		if (depth == 0 && (parse_sign(p, ";") || parse_sign(p, "}")))
			break;
		if (parse_sign(p, "{"))
			depth++;
		else if (parse_sign(p, "}"))
			depth--;
	}
	p->bad = false;
}

static void preprocessor_skip(struct parse *p)
{
	struct text line;
	const char *at = p->lexer.token.at + 1;
	struct text rest = { at, p->lexer.rest.len + (size_t)(p->lexer.rest.at - at) };
	size_t open;

	do {
		if (!text_line(&rest, &line))
			line = text_until(rest, 0);
		p->lexer.line++;
	} while (text_ends(line, "\\"));
	line = text_trim((struct text){ at, (size_t)(line.at + line.len - at) });
	if (text_starts(line, "include") && (text_find(line, "<", &open) || text_find(line, "\"", &open)))
		vec_push(&p->script->includes, (struct script_include){
			.name = arena_text(p->arena, text_until(text_from(line, open + 1), text_from(line, open + 2).len)), .no_types = p->no_types });
	if (text_starts(line, "if") && text_has(line, "BPFTRACE_HAVE_BTF")) {
		p->no_types = text_starts(line, "ifndef");
		p->types_else = text_starts(line, "ifdef");
	} else if (text_starts(line, "else") || text_starts(line, "endif")) {
		p->no_types = p->types_else && text_starts(line, "else");
		p->types_else = false;
	}
	p->lexer.rest = rest;
	p->lexer.token = text_until(rest, 0);
	parse_next(p);
}

static void action_read(struct parse *p, struct action *action)
{
	static const char *const leaves[] = { "return", "break", "continue" };
	const char *start = p->lexer.token.at;

	action->line = p->line;
	action->kind = ACTION_OTHER;
	if (word(p, "if") || word(p, "unroll") || word(p, "while") || word(p, "for")) {
		action->kind = word(p, "if") ? ACTION_IF : ACTION_LOOP;
		branch_read(p, action);
	} else {
		for (size_t i = 0; i < COUNT(leaves) && action->kind == ACTION_OTHER; i++)
			if (take_word(p, leaves[i])) {
				action->kind = ACTION_LEAVE;
				action->word = text_of(leaves[i]);
				action->value = parse_sign(p, ";") || parse_sign(p, "}") ? NULL : parse_value(p, 0);
			}
		if (action->kind == ACTION_OTHER)
			plain_read(p, action);
		if (!p->bad && !parse_sign(p, ";") && !parse_sign(p, "}"))
			parse_problem(p, p->line, "a ';' was expected");
	}
	if (p->bad) {
		action->kind = ACTION_OTHER;
		resume(p);
	}
	action->whole = (struct text){ start, p->end > start ? (size_t)(p->end - start) : 0 };
}

static void actions_read(struct parse *p, void *into)
{
	action_list *list = into;

	if (p->depth++ >= DEPTH_MOST)
		parse_problem(p, p->line, "too deeply nested");
	while (!p->bad && p->lexer.mark != MARK_END && !parse_sign(p, "}")) {
		struct action action = { 0 };

		if (parse_sign(p, "#")) {
			preprocessor_skip(p);
		} else if (!parse_take(p, ";")) {
			action_read(p, &action);
			*vec_new(list) = action;
		}
	}
	p->depth--;
}

/* ---- the top: blocks and what stands between them ---- */

/* Of a program's probe the second part is a path, whose slashes are no filter. */
static bool has_path(struct text kind)
{
	static const char *const kinds[] = { "uprobe", "uretprobe", "usdt", "u", "ur", "U" };

	for (size_t i = 0; i < COUNT(kinds); i++)
		if (text_is(kind, kinds[i]))
			return true;
	return false;
}

/* The name is no row of tokens: it is read as characters, from where the next token begins. */
static bool attach_read(struct parse *p, struct block *block)
{
	struct lexer *lexer = &p->lexer;
	AUTO_BUILD name = { .ceiling = 1000 };
	struct attach *attach;
	unsigned colons = 0;
	bool path = false;

	lexer->rest = (struct text){ lexer->token.at, lexer->rest.len + (size_t)(lexer->rest.at - lexer->token.at) };
	lexer->line = p->line;
	while (lexer->rest.len) {
		char c = lexer->rest.at[0];
		size_t end;

		if (c == '"' && text_find(text_from(lexer->rest, 1), "\"", &end)) {
			build_add(&name, text_until(text_from(lexer->rest, 1), end));
			lexer->rest = text_from(lexer->rest, end + 2);
			continue;
		}
		if (isspace((unsigned char)c) || text_starts(lexer->rest, "//") || text_starts(lexer->rest, "/*")) {
			bool open = name.len && name.at[name.len - 1] == ':';

			lexer_blank(lexer);
			if (!open && !text_starts(lexer->rest, ":"))
				break;
			continue;
		}
		if (c == ',' || c == '{' || c == '}' || c == ';' || (c == '/' && !(path && colons == 1)))
			break;
		if (c == ':' && colons++ == 0)
			path = has_path(build_text(&name));
		build_char(&name, c);
		lexer->rest = text_from(lexer->rest, 1);
	}
	attach = vec_new(&block->probes);
	attach->line = p->line;
	attach->name = arena_text(p->arena, build_text(&name));
	lexer->token = text_until(lexer->rest, 0);
	parse_next(p);
	return name.len > 0;
}

static void block_done(struct block *block);

static void block_read(struct parse *p)
{
	struct block block = { .line = p->line };
	bool named;

	do {
		if (p->lexer.mark == MARK_END || parse_sign(p, "{") || parse_sign(p, "/"))
			break; /* after a last comma */
		named = attach_read(p, &block);
	} while (named && parse_take(p, ","));
	if (parse_take(p, "/")) {
		p->filter = true;
		block.filter = parse_value(p, 0);
		p->filter = false;
		if (!p->bad && !parse_take(p, "/"))
			parse_problem(p, p->line, "the filter does not end");
		while (p->bad && p->lexer.mark != MARK_END && !parse_sign(p, "{"))
			parse_next(p);
		p->bad = false;
	}
	if (parse_sign(p, "{") && block.probes.len) {
		body_read(p, &block.body);
		p->bad = false;
		*vec_new(&p->script->blocks) = block;
		return;
	}
	parse_problem(p, p->line, "a probe with its block was expected");
	block_done(&block);
	resume(p);
	parse_next(p);
}

/* A declaration, with its braces, to its semicolon. */
static void declaration_skip(struct parse *p)
{
	unsigned depth = 0;
	bool brace = false;

	for (; p->lexer.mark != MARK_END; parse_next(p)) {
		if (parse_sign(p, "{")) {
			depth++;
			brace = true;
		} else if (parse_sign(p, "}") && depth && --depth == 0 && brace) {
			parse_next(p);
			parse_take(p, ";");
			return;
		} else if (parse_sign(p, ";") && depth == 0) {
			parse_next(p);
			return;
		} else if (parse_sign(p, "#")) {
			preprocessor_skip(p);
		}
	}
}

static void top_read(struct parse *p)
{
	if (parse_sign(p, "#")) {
		preprocessor_skip(p);
	} else if (word(p, "struct") || word(p, "union") || word(p, "enum") || word(p, "typedef")) {
		parse_next(p);
		if (p->lexer.mark == MARK_WORD && !p->no_types)
			vec_push(&p->script->structs, arena_text(p->arena, p->lexer.token));
		declaration_skip(p);
	} else if (word(p, "config") || word(p, "macro") || word(p, "fn") || word(p, "let") || word(p, "import")) {
		unsigned *line = word(p, "config") ? &p->script->config_line : &p->script->macro_line;

		if (!word(p, "let") && !word(p, "import") && !*line)
			*line = p->line;
		declaration_skip(p);
	} else if (!parse_take(p, ";") && !parse_take(p, "}")) {
		block_read(p);
	}
}

int script_read(struct text program, struct script *script, struct error *err)
{
	struct parse p = { .lexer = { .rest = program, .line = 1 }, .script = script };
	struct text rest = program, line;

	*script = (struct script){ .arena = arena_new() };
	p.arena = script->arena;
	if (text_starts(program, "#!") && text_line(&rest, &line)) {
		script->shebang = arena_text(p.arena, text_trim(text_from(line, 2)));
		p.lexer = (struct lexer){ .rest = rest, .line = 2 };
	}
	parse_next(&p);
	while (p.lexer.mark != MARK_END && script->blocks.len < BLOCKS_MOST)
		top_read(&p);
	if (p.lexer.mark != MARK_END)
		parse_problem(&p, p.line, "there are too many blocks: the rest is left out");
	return script->blocks.len ? 0 : fail(err, -EINVAL, "there is no probe with a block");
}

static void actions_done(void *list)
{
	action_list *actions = list;

	vec_each(action, actions) {
		actions_done(&action->body);
		actions_done(&action->otherwise);
	}
	vec_done(actions);
}

static void block_done(struct block *block)
{
	vec_done(&block->probes);
	actions_done(&block->body);
}

void script_done(struct script *script)
{
	vec_each(block, &script->blocks)
		block_done(block);
	vec_done(&script->blocks);
	vec_done(&script->problems);
	vec_done(&script->includes);
	vec_done(&script->structs);
	arena_free(script->arena);
	*script = (struct script){ 0 };
}

void actions_each(const struct action *actions, size_t count, void (*take)(void *context, const struct action *action), void *context)
{
	for (size_t i = 0; i < count; i++) {
		take(context, &actions[i]);
		actions_each(actions[i].body.at, actions[i].body.len, take, context);
		actions_each(actions[i].otherwise.at, actions[i].otherwise.len, take, context);
	}
}

void nodes_each(const struct node *node, void (*take)(void *context, const struct node *node), void *context)
{
	if (!node)
		return;
	take(context, node);
	for (size_t i = 0; i < node->count; i++)
		nodes_each(node->kids[i], take, context);
}
