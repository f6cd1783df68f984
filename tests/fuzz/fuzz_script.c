/* Fuzzes the reader of bpftrace programs: every part lies within the text, every block has a probe, nothing is endless. */
#include <stdint.h>
#include <stdlib.h>
#include "trace/script/script.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct text whole;

static void within(struct text part)
{
	/* Operators that are words of ours are not of the text. */
	if (part.len > whole.len || (part.at >= whole.at && part.at + part.len > whole.at + whole.len))
		abort();
}

static void node_seen(void *context, const struct node *node)
{
	++*(size_t *)context;
	within(node->whole);
	within(node->text);
	if (node->count && !node->kids)
		abort();
	for (size_t i = 0; i < node->count; i++)
		if (!node->kids[i])
			abort();
}

static void action_seen(void *context, const struct action *action)
{
	within(action->whole);
	nodes_each(action->target, node_seen, context);
	nodes_each(action->value, node_seen, context);
	if (action->kind == ACTION_ASSIGN && !action->target)
		abort();
	if ((action->kind == ACTION_DO || action->kind == ACTION_IF) && !action->value)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_SCRIPT script = { 0 };
	struct error err = { 0 };
	size_t nodes = 0;
	int code;

	whole = (struct text){ (const char *)data, size };
	code = script_read(whole, &script, &err);
	if ((code == 0) != (script.blocks.len > 0) || (code && !err.text[0]))
		abort();
	vec_each(block, &script.blocks) {
		if (!block->probes.len)
			abort();
		nodes_each(block->filter, node_seen, &nodes);
		actions_each(block->body.at, block->body.len, action_seen, &nodes);
	}
	if (nodes > 2 * size + 2)
		abort();
	return 0;
}
