/* Syntax that only some versions of bpftrace take (data/bpftrace/syntax), looked for in a program. */
#include <stdlib.h>
#include <string.h>
#include "base/file.h"
#include "explain/internal.h"

/* What the program uses, as KIND and NAME of the data. */
struct used {
	const char *kind;
	struct text name;
	unsigned line;
};
struct uses {
	VEC(struct used) items;
};

static void use(struct uses *uses, const char *kind, struct text name, unsigned line)
{
	vec_push(&uses->items, (struct used){ kind, name, line });
}

static void node_use(void *context, const struct node *node)
{
	struct uses *uses = context;

	if (node->kind == NODE_CALL) {
		use(uses, "call", node->text, node->line);
		if (text_is(node->text, "delete") && node->count > 1 && node->kids[0]->kind == NODE_MAP && !node->kids[0]->count && node->kids[1]->kind != NODE_MAP)
			use(uses, "form", TEXT("delete2"), node->line);
	} else if (node->kind == NODE_NAME) {
		use(uses, "name", node->text, node->line);
	} else if (node->kind == NODE_FIELD && text_is(node->kids[0]->text, "args") && text_starts(text_from(node->whole, node->kids[0]->whole.len), ".")) {
		use(uses, "form", TEXT("dot"), node->line);
	} else if (node->kind == NODE_BINARY && text_is(node->text, "..")) {
		use(uses, "form", TEXT("range"), node->line);
	}
}

static void action_use(void *context, const struct action *action)
{
	struct uses *uses = context;

	if (action->kind == ACTION_LOOP || text_is(action->word, "let"))
		use(uses, "word", action->word, action->line);
	nodes_each(action->target, node_use, uses);
	nodes_each(action->value, node_use, uses);
}

static void program_use(const struct script *script, struct uses *uses)
{
	if (script->config_line)
		use(uses, "form", TEXT("config"), script->config_line);
	if (script->macro_line)
		use(uses, "form", TEXT("macro"), script->macro_line);
	vec_each(block, &script->blocks) {
		vec_each(attach, &block->probes) {
			struct text rest = text_of(attach->name), kind;

			text_next(&rest, ':', &kind);
			use(uses, "probe", kind, attach->line);
		}
		nodes_each(block->filter, node_use, uses);
		actions_each(block->body.at, block->body.len, action_use, uses);
	}
}

/* "0.19" is 19, as in struct dialect; "-" is `otherwise`. */
static unsigned version_of(struct text t, unsigned otherwise)
{
	struct text major;
	long long a, b;

	if (!text_next(&t, '.', &major) || !text_number(major, &a) || !text_number(t, &b))
		return otherwise;
	return (unsigned)(a * 100 + b);
}

static bool line_look(struct explanation *e, struct text line, const struct uses *uses, const struct dialect *dialect)
{
	struct text words[4];
	unsigned from, until;

	for (size_t i = 0; i < COUNT(words); i++)
		if (!text_word(&line, &words[i]))
			return false;
	from = version_of(words[0], 0);
	until = version_of(words[1], ~0U);
	if (!text_trim(line).len || (from == 0 && !text_is(words[0], "-")) || (until == ~0U && !text_is(words[1], "-")))
		return false;
	if (dialect->version >= from && dialect->version < until)
		return true;
	vec_each(used, &uses->items) {
		if (!text_is(words[2], used->kind) || !text_same(words[3], used->name))
			continue;
		risk_add(e, RISK_WARNING, used->line, "%.*s%s %s bpftrace %.*s%s; %u.%u is installed here. %.*s",
			 text_is(words[3], "dot") ? 6 : text_is(words[3], "delete2") ? 17 : (int)words[3].len,
			 text_is(words[3], "dot") ? "args.x" : text_is(words[3], "delete2") ? "delete(@map, key)" : words[3].at, text_is(words[2], "call") ? "()" : "",
			 dialect->version < from ? "needs" : "is no longer for", TEXT_ARG(dialect->version < from ? words[0] : words[1]),
			 dialect->version < from ? " or later" : "", dialect->version / 100,
			 dialect->version % 100, TEXT_ARG(text_trim(line)));
		return true;
	}
	return true;
}

void syntax_risks(struct explanation *e, const struct dialect *dialect)
{
	AUTO_FREE char *path = NULL;
	AUTO_BUILD content = { 0 };
	struct uses uses = { 0 };
	struct text rest, line;

	if (asprintf(&path, "%s/bpftrace/syntax", data_folder()) < 0 || file_read(path, 1 << 20, &content, NULL) < 0) {
		risk_add(e, RISK_NOTE, 0, "Which versions of bpftrace take it could not be looked up: %s is missing.", path ? path : "data/bpftrace/syntax");
		return;
	}
	program_use(&e->script, &uses);
	rest = build_text(&content);
	for (unsigned number = 1; text_line(&rest, &line); number++)
		if (line.len && line.at[0] != '#' && !line_look(e, line, &uses, dialect))
			risk_add(e, RISK_NOTE, 0, "%s:%u is not understood: write FROM UNTIL KIND NAME SENTENCE.", path, number);
	vec_done(&uses.items);
}
