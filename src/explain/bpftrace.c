/* A bpftrace program: its blocks, its maps, what it prints, how it ends. */
#include <string.h>
#include "explain/internal.h"
#include "knowledge/recipes.h"

enum { BRANCH_DEPTH = 4, STORES_MOST = 500, WATCHES_MOST = 2000 };

/* Where the survey stands. */
struct survey {
	struct scope scope;
	const struct node *target; /* of the assignment at hand */
	bool end, timer, exits, guarded;
	unsigned exit_line;
	size_t step;
	bool prints; /* printf and its kin outside of BEGIN and END */
};

static struct store *store_of(struct survey *s, const struct node *map)
{
	struct explanation *e = s->scope.explanation;
	struct store *store = store_find(e, map->text);

	if (!store && e->stores.len == STORES_MOST)
		return &e->stores.at[STORES_MOST - 1];
	if (!store) {
		store = vec_new(&e->stores);
		store->name = e->stores.len == STORES_MOST ? "(further maps)" : arena_text(e->arena, map->text);
		store->line = map->line;
	}
	if (!store->key && map->count)
		store->key = map;
	return store;
}

static void node_survey(void *context, const struct node *node)
{
	struct survey *s = context;

	if (node->kind == NODE_MAP) {
		struct store *store = store_of(s, node);

		if (node != s->target && !store->read)
			store->read = node->line;
	} else if (node->kind == NODE_CALL && text_is(node->text, "exit")) {
		s->exits = true;
		s->exit_line = node->line;
	}
}

static const struct node *map_argument(const struct node *call)
{
	return call->count && call->kids[0]->kind == NODE_MAP ? call->kids[0] : NULL;
}

/* clear(@x), delete(@x[…]), print(@x): the map is no value there. */
static bool housekeeping(struct survey *s, const struct node *call)
{
	const struct node *map = map_argument(call);
	struct store *store;

	if (!map || !(text_is(call->text, "clear") || text_is(call->text, "zero") || text_is(call->text, "delete") || text_is(call->text, "print")))
		return false;
	store = store_of(s, map);
	if (text_is(call->text, "delete"))
		store->deleted = call->line;
	else if (text_is(call->text, "print"))
		store->printed = call->line;
	else if (!store->cleared || !s->end)
		store->cleared = call->line;
	if (s->end && !text_is(call->text, "zero"))
		store->ended = call->line;
	for (size_t i = 0; i < map->count; i++)
		nodes_each(map->kids[i], node_survey, s);
	for (size_t i = 1; i < call->count; i++)
		nodes_each(call->kids[i], node_survey, s);
	return true;
}

static bool literal(const struct node *node)
{
	return node && (node->kind == NODE_NUMBER || node->kind == NODE_STRING);
}

static void assign_survey(struct survey *s, const struct action *action)
{
	struct store *store;
	const struct node *value = action->value;
	const char *unit;

	if (action->target->kind == NODE_VARIABLE && value && s->scope.variable_count < COUNT(s->scope.variables)) {
		s->scope.variables[s->scope.variable_count].name = action->target->text;
		s->scope.variables[s->scope.variable_count++].unit = value_unit(&s->scope, value);
	}
	if (action->target->kind != NODE_MAP)
		return;
	store = store_of(s, action->target);
	if (!store->measure) {
		store->fixed = true;
		store->step = s->step;
	}
	store->fixed &= literal(value) && (!action->target->count || literal(action->target->kids[0]));
	store->time |= is_clock(value);
	unit = value_unit(&s->scope, value);
	if (unit)
		store->unit = unit;
	if (store->measure && strcmp(store->measure, "value") != 0)
		return;
	if (value && value->kind == NODE_CALL && is_measure(value->text)) {
		store->measure = arena_text(s->scope.explanation->arena, value->text);
		store->value = value->count ? value->kids[0] : NULL;
	} else if (!value) {
		store->measure = "counter";
	} else if (action->word.len == 2) {
		store->measure = "total";
		store->value = value;
	} else if (!store->measure) {
		store->measure = "value";
		store->value = value;
	}
}

static void action_survey(void *context, const struct action *action)
{
	static const char *const printers[] = { "printf", "join", "time", "cat", "print", "errorf", "warnf" };
	struct survey *s = context;

	s->target = action->kind == ACTION_ASSIGN ? action->target : NULL;
	if (action->kind == ACTION_ASSIGN)
		assign_survey(s, action);
	if (action->kind == ACTION_DO && action->value->kind == NODE_CALL)
		for (size_t i = 0; i < COUNT(printers); i++)
			s->prints |= text_is(action->value->text, printers[i]);
	if (action->kind == ACTION_DO && action->value->kind == NODE_CALL && housekeeping(s, action->value))
		return;
	nodes_each(action->target, node_survey, s);
	s->target = NULL;
	nodes_each(action->value, node_survey, s);
}

static void filter_survey(void *context, const struct node *node)
{
	struct survey *s = context;

	if (node->kind == NODE_MAP)
		store_of(s, node)->filtered = true;
}

static bool named(const struct block *block, const char *kind)
{
	const char *is = block->probes.len ? probe_kind_of(text_of(block->probes.at[0].name), NULL) : NULL;

	return is && strcmp(is, kind) == 0;
}

static struct scope scope_of(struct explanation *e, const struct block *block, const struct step *step)
{
	return (struct scope){ .explanation = e, .block = block, .watch = step->count ? &e->watches.at[step->first] : NULL };
}

/* ---- blocks ---- */

/* How many actions from here on put literals into one map. */
static size_t table_at(const struct action *first, size_t most)
{
	size_t count = 0;

	for (; count < most; count++) {
		const struct action *action = &first[count];

		if (action->kind != ACTION_ASSIGN || action->target->kind != NODE_MAP || !action->target->count || !literal(action->value) ||
		    !literal(action->target->kids[0]) || !text_same(action->target->text, first->target->text))
			break;
	}
	return count;
}

static void line_tell(struct explanation *e, struct step *step, unsigned line, unsigned depth, struct build *clause)
{
	AUTO_BUILD words = { 0 };

	for (unsigned i = 0; i < depth; i++)
		build_put(&words, "· ");
	build_add(&words, build_text(clause));
	vec_push(&step->does, kept_text(e, &words));
	vec_push(&step->lines, line);
}

static void actions_tell(struct explanation *e, struct step *step, struct scope *scope, const struct action *actions, size_t count, unsigned depth);

/* A branch of more than a few words is told action by action. */
static bool branch_tell(struct explanation *e, struct step *step, struct scope *scope, const struct action *action, unsigned depth)
{
	AUTO_BUILD clause = { 0 };

	if ((action->kind != ACTION_IF && action->kind != ACTION_LOOP) || depth >= BRANCH_DEPTH || action->body.len + action->otherwise.len < 3 ||
	    (action->kind == ACTION_LOOP && !action->value))
		return false;
	branch_say(scope, action, &clause);
	line_tell(e, step, action->line, depth, &clause);
	actions_tell(e, step, scope, action->body.at, action->body.len, depth + 1);
	if (action->otherwise.len) {
		build_clear(&clause);
		build_put(&clause, "otherwise:");
		line_tell(e, step, action->otherwise.at[0].line, depth, &clause);
		actions_tell(e, step, scope, action->otherwise.at, action->otherwise.len, depth + 1);
	}
	return true;
}

static void actions_tell(struct explanation *e, struct step *step, struct scope *scope, const struct action *actions, size_t count, unsigned depth)
{
	for (size_t i = 0; i < count; i++) {
		const struct action *action = &actions[i];
		size_t table = table_at(action, count - i);
		AUTO_BUILD clause = { 0 };

		if (branch_tell(e, step, scope, action, depth))
			continue;
		if (table > 2)
			build_fmt(&clause, "fills the table %.*s with %zu fixed values", TEXT_ARG(action->target->text), table);
		else
			action_say(scope, action, 0, &clause);
		line_tell(e, step, action->line, depth, &clause);
		i += table > 2 ? table - 1 : 0;
	}
}

static void block_tell(struct explanation *e, const struct block *block, const char *subject)
{
	struct step *step = vec_new(&e->steps);

	step->line = block->line;
	step->first = e->watches.len;
	vec_each(attach, &block->probes)
		if (e->watches.len < WATCHES_MOST)
			watch_add(e, attach->name, attach->line);
	step->count = e->watches.len - step->first;
	if (step->count < block->probes.len)
		risk_add(e, RISK_WARNING, 0, "It names more than %d probes: the rest of them is left out here.", WATCHES_MOST);
	watches_match(e, &e->watches.at[step->first], step->count, subject);
}

static void block_words(struct explanation *e, const struct block *block, struct step *step)
{
	struct scope scope = scope_of(e, block, step);
	AUTO_BUILD filter = { 0 };

	if (block->filter) {
		condition_say(&scope, block->filter, &filter);
		step->filter = kept_text(e, &filter);
	}
	actions_tell(e, step, &scope, block->body.at, block->body.len, 0);
}

/* ---- maps ---- */

static const char *unit_of(const struct explanation *e, const struct store *store)
{
	if (store->unit || strcmp(store->measure, "count") != 0)
		return store->unit;
	/* A count is in the unit of what the block watches. */
	for (size_t i = 0; i < e->script.blocks.len; i++) {
		const struct block *block = &e->script.blocks.at[i];
		const struct step *step = &e->steps.at[i];

		vec_each(action, &block->body)
			if (action->kind == ACTION_ASSIGN && action->target->kind == NODE_MAP && text_is(action->target->text, store->name) &&
			    step->count && e->watches.at[step->first].subject)
				return e->watches.at[step->first].subject->unit;
	}
	return NULL;
}

/* The scope in which a map is first used with these keys. */
static struct scope store_scope(struct explanation *e, const struct store *store)
{
	unsigned line = store->key ? store->key->line : store->line;
	size_t at = 0;

	for (size_t i = 0; i < e->script.blocks.len; i++)
		if (e->script.blocks.at[i].line <= line)
			at = i;
	return scope_of(e, &e->script.blocks.at[at], &e->steps.at[at]);
}

/* A long list of probes is told once. */
static void when_say(const struct explanation *e, const struct step *step, struct build *out)
{
	if (step->count > 3)
		build_fmt(out, "one of the %zu probes of line %u fires", step->count, step->line);
	else
		step_when(e, step, out);
}

static void holds_say(struct explanation *e, struct store *store, struct build *out)
{
	static const struct {
		const char *measure, *words;
	} words[] = {
		{ "count", "how many" }, { "sum", "the sum" }, { "avg", "the average" }, { "min", "the smallest" }, { "max", "the largest" },
		{ "stats", "number, average and total" }, { "hist", "a histogram" },
		{ "lhist", "a histogram" }, { "counter", "a counter" }, { "total", "a running total" }, { "value", "the latest" },
		{ "tseries", "a series over time" },
	};
	struct scope scope = store_scope(e, store);

	if (strcmp(store->measure, "value") == 0 && (store->fixed || store->time)) {
		build_put(out, store->fixed ? store->key ? "a table of fixed values" : "a fixed value" : "the time (ns) when ");
		if (!store->fixed)
			when_say(e, &e->steps.at[store->step], out);
		return;
	}
	if (strcmp(store->measure, "value") == 0 && literal(store->value)) {
		build_fmt(out, "a mark (%.*s)", TEXT_ARG(store->value->whole));
		return;
	}
	for (size_t i = 0; i < COUNT(words); i++)
		if (strcmp(words[i].measure, store->measure) == 0)
			build_put(out, words[i].words);
	if (store->unit && strcmp(store->measure, "count") == 0)
		build_fmt(out, " %s", store->unit);
	else if (strcmp(store->measure, "count") == 0)
		build_put(out, " times");
	if (store->value) {
		bool of = !strstr("value min max", store->measure);

		build_put(out, of ? " of " : " ");
		value_say(&scope, store->value, out);
	}
	if (store->unit && strcmp(store->measure, "count") != 0)
		build_fmt(out, ", in %s", store->unit);
	if (strstr(store->measure, "hist"))
		build_put(out, store->measure[0] == 'l' ? " (equal steps)" : " (each step twice the one before)");
}

static void shown_say(const struct store *store, struct build *out)
{
	bool gathers = strcmp(store->measure, "value") != 0 || !store->read;

	if (store->ended && store->printed != store->ended)
		build_put(out, store->printed ? "printed where the program says so, emptied at the end" : "never printed: emptied at the end");
	else if (store->printed)
		build_fmt(out, "printed at line %u%s", store->printed, store->ended ? "" : ", and what is in it then at the end");
	else if (gathers || !store->deleted)
		build_put(out, "printed at the end");
	else
		build_put(out, "for the program itself; what is left in it is printed at the end");
}

static void map_seen(void *context, const struct node *node)
{
	*(bool *)context |= node->kind == NODE_MAP || node->kind == NODE_VARIABLE;
}

/* What a map keeps, in words that stand wherever it is read. */
static void store_brief(struct explanation *e, struct store *store)
{
	struct scope scope = store_scope(e, store);
	AUTO_BUILD words = { 0 };
	bool seen = false;

	nodes_each(store->value, map_seen, &seen);
	if (seen || !store->value || store->time || !store->measure || strcmp(store->measure, "value") != 0 || store->value->kind == NODE_NUMBER ||
	    store->value->kind == NODE_STRING)
		return;
	value_say(&scope, store->value, &words);
	store->brief = kept_text(e, &words);
}

static void store_tell(struct explanation *e, struct store *store)
{
	AUTO_BUILD words = { 0 };
	struct scope scope = store_scope(e, store);

	if (!store->measure)
		store->measure = "nothing";
	store->unit = unit_of(e, store);
	if (strcmp(store->measure, "nothing") == 0)
		build_put(&words, "nothing: no block puts anything into it");
	else
		holds_say(e, store, &words);
	store->holds = kept_text(e, &words);
	if (store->key && !store->fixed) {
		keys_say(&scope, store->key, &words);
		store->keys = kept_text(e, &words);
	}
	shown_say(store, &words);
	store->shown = kept_text(e, &words);
}

/* ---- what is shown, and how it ends ---- */

static void shows_tell(struct explanation *e, const struct survey *s)
{
	AUTO_BUILD words = { 0 };
	size_t at_end = 0;

	for (size_t i = 0; i < e->script.blocks.len; i++) {
		const struct block *block = &e->script.blocks.at[i];
		struct survey one = { .scope = scope_of(e, block, &e->steps.at[i]) };

		actions_each(block->body.at, block->body.len, action_survey, &one);
		if (!one.prints || named(block, "BEGIN"))
			continue;
		if (named(block, "END")) {
			build_fmt(&words, "Prints when it ends, as line %u says", block->line);
		} else if (named(block, "interval")) {
			build_put(&words, "Prints each time when ");
			when_say(e, &e->steps.at[i], &words);
		} else {
			build_put(&words, "Prints as things happen: when ");
			when_say(e, &e->steps.at[i], &words);
		}
		build_put(&words, ".");
		vec_push(&e->shows, kept_text(e, &words));
	}
	vec_each(store, &e->stores)
		if (!store->ended || store->printed == store->ended)
			build_fmt(&words, "%s%s", at_end++ ? ", " : "At its end it prints what is in ", store->name);
	if (at_end) {
		build_put(&words, ".");
		vec_push(&e->shows, kept_text(e, &words));
	}
	if (!e->shows.len)
		vec_push(&e->shows, "It prints nothing by itself.");
	if (s->exits)
		e->stop = arena_fmt(e->arena, "It ends by itself where it calls exit() (line %u), and earlier with Ctrl-C.", s->exit_line);
	else
		e->stop = "It runs until Ctrl-C stops it.";
}

int program_explain(struct explanation *e, struct text text, const struct tracer_facts *facts, struct error *err)
{
	struct recipe head = { .kind = RECIPE_OWN }, tool = { .kind = RECIPE_TOOL };
	struct survey survey = { .scope = { .explanation = e } };
	bool own = recipe_head(text, e->arena, &head);
	int code = e->script.arena ? 0 : script_read(text, &e->script, err);

	if (code < 0)
		return code;
	if (!head.title)
		recipe_head(text, e->arena, &tool);
	e->title = head.title ? head.title : tool.title;
	vec_each(block, &e->script.blocks)
		block_tell(e, block, own ? head.name : NULL);
	for (size_t i = 0; i < e->script.blocks.len; i++) {
		const struct block *block = &e->script.blocks.at[i];

		survey.scope = scope_of(e, block, &e->steps.at[i]);
		survey.end = named(block, "END");
		survey.step = i;
		nodes_each(block->filter, filter_survey, &survey);
		nodes_each(block->filter, node_survey, &survey);
		actions_each(block->body.at, block->body.len, action_survey, &survey);
	}
	vec_each(store, &e->stores)
		store_brief(e, store);
	for (size_t i = 0; i < e->script.blocks.len; i++)
		block_words(e, &e->script.blocks.at[i], &e->steps.at[i]);
	vec_each(store, &e->stores)
		store_tell(e, store);
	shows_tell(e, &survey);
	program_risks(e, text, facts);
	return 0;
}
