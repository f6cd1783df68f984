/* What a block of bpftrace does: each action as one clause. */
#include <ctype.h>
#include <string.h>
#include "explain/internal.h"

enum { DEPTH_SAID = 6, FORMAT_SAID = 120 };

static void unit_say(const struct scope *scope, const struct node *value, struct build *out)
{
	const char *unit = value_unit(scope, value);

	if (unit)
		build_fmt(out, ", in %s", unit);
}

static void for_keys(const struct scope *scope, const struct node *map, struct build *out)
{
	if (!map->count)
		return;
	build_put(out, ", for each ");
	keys_say(scope, map, out);
}

/* A map that is written to, with its keys as words: it is no value there. */
static void place_say(const struct scope *scope, const struct node *node, struct build *out)
{
	bool fixed = node->count > 0;

	if (node->kind != NODE_MAP) {
		value_say(scope, node, out);
		return;
	}
	for (size_t i = 0; i < node->count; i++)
		fixed &= node->kids[i]->kind == NODE_NUMBER || node->kids[i]->kind == NODE_STRING;
	if (fixed) {
		build_add(out, node->whole);
		return;
	}
	build_add(out, node->text);
	build_put(out, node->count ? " for this " : "");
	keys_say(scope, node, out);
}

/* @x[…] = hist(…) and the like. */
static void measure_say(const struct scope *scope, const struct node *map, const struct node *call, struct build *out)
{
	static const struct {
		const char *name, *before, *after;
	} words[] = {
		{ "count", "counts one more in ", NULL }, { "sum", "adds ", " to the sum " }, { "avg", "takes ", " into the average " },
		{ "min", "keeps the smallest ", " in " }, { "max", "keeps the largest ", " in " },
		{ "stats", "takes ", " into the number, average and total " }, { "hist", "sorts ", " into the histogram " },
		{ "lhist", "sorts ", " into the histogram " }, { "tseries", "puts ", " into the time series " },
	};

	for (size_t i = 0; i < COUNT(words); i++) {
		if (!text_is(call->text, words[i].name))
			continue;
		build_put(out, words[i].before);
		if (words[i].after && call->count) {
			(strstr(words[i].name, "m") == words[i].name ? value_say : the_say)(scope, call->kids[0], out); /* "the smallest …" */
			unit_say(scope, call->kids[0], out);
			build_put(out, value_unit(scope, call->kids[0]) ? "," : "");
		}
		build_put(out, words[i].after ? words[i].after : "");
		build_add(out, map->text);
		if (text_is(call->text, "hist"))
			build_put(out, " (each step twice the one before)");
		if (text_is(call->text, "lhist") && call->count == 4)
			build_fmt(out, " (from %.*s to %.*s in steps of %.*s)", TEXT_ARG(call->kids[1]->whole), TEXT_ARG(call->kids[2]->whole),
				  TEXT_ARG(call->kids[3]->whole));
		for_keys(scope, map, out);
		return;
	}
}

static void change_say(const struct scope *scope, const struct action *action, struct build *out)
{
	const struct node *value = action->value, *target = action->target;

	if (!value) {
		build_put(out, action->word.at[0] == '+' ? "counts one up in " : action->word.at[0] == '-' ? "counts one down in " : "declares ");
	} else if (action->word.len > 1 && strchr("+-", action->word.at[0])) {
		build_put(out, action->word.at[0] == '+' ? "adds " : "takes ");
		the_say(scope, value, out);
		unit_say(scope, value, out);
		build_put(out, value_unit(scope, value) ? "," : "");
		build_put(out, action->word.at[0] == '+' ? " to " : " off ");
	} else if (target->kind == NODE_MAP && value->kind == NODE_NAME && value_unit(scope, value)) {
		build_put(out, "remembers the time in ");
	} else if (target->kind == NODE_MAP) {
		bool fixed = value->kind == NODE_NUMBER || value->kind == NODE_STRING;

		build_put(out, fixed ? "puts " : "remembers ");
		the_say(scope, value, out);
		if (!fixed)
			unit_say(scope, value, out);
		build_put(out, fixed ? " into " : value_unit(scope, value) ? ", in " : " in ");
	} else {
		build_add(out, target->whole);
		build_put(out, action->word.len == 1 || text_is(action->word, "let") ? " is " : " is changed by ");
		the_say(scope, value, out);
		unit_say(scope, value, out);
		return;
	}
	place_say(scope, target, out);
}

static void assign_say(struct scope *scope, const struct action *action, struct build *out)
{
	const struct node *target = action->target, *value = action->value;

	if (target->kind == NODE_MAP && value && value->kind == NODE_CALL && is_measure(value->text))
		measure_say(scope, target, value, out);
	else
		change_say(scope, action, out);
	if (target->kind == NODE_VARIABLE && value && scope->variable_count < COUNT(scope->variables)) {
		scope->variables[scope->variable_count].name = target->text;
		scope->variables[scope->variable_count++].unit = value_unit(scope, value);
	}
}

/* The text of a literal, without its quotes, its line ends, and what is too long. */
static void literal_say(const struct node *string, struct build *out)
{
	struct text t = text_from(string->text, 1);
	size_t said = 0;

	if (t.len && t.at[t.len - 1] == '"')
		t.len--;
	build_char(out, '"');
	for (size_t i = 0; i < t.len && said < FORMAT_SAID; i++, said++) {
		if (t.at[i] == '\\' && i + 1 < t.len && strchr("nrt", t.at[i + 1])) {
			if (t.at[++i] == 't' || i + 1 < t.len)
				build_char(out, ' ');
			continue;
		}
		build_char(out, (unsigned char)t.at[i] < ' ' ? ' ' : t.at[i]);
	}
	build_put(out, said >= FORMAT_SAID ? "…\"" : "\"");
}

static void printf_say(const struct scope *scope, const struct node *call, struct build *out)
{
	bool heads = call->count > 2;

	if (!call->count || call->kids[0]->kind != NODE_STRING) {
		build_put(out, "prints a line");
		return;
	}
	for (size_t i = 1; i < call->count; i++)
		heads &= call->kids[i]->kind == NODE_STRING;
	if (heads) {
		build_put(out, "prints the heads ");
		keys_say(scope, &(struct node){ .kids = call->kids + 1, .count = call->count - 1 }, out);
		return;
	}
	build_put(out, "prints ");
	literal_say(call->kids[0], out);
	if (call->count > 1)
		build_put(out, " with ");
	for (size_t i = 1; i < call->count; i++) {
		build_put(out, i == 1 ? "" : i + 1 == call->count ? " and " : ", ");
		value_unit_say(scope, call->kids[i], out);
	}
}

static void print_say(const struct scope *scope, const struct node *call, struct build *out)
{
	build_put(out, "prints ");
	if (call->count > 1)
		build_fmt(out, "the %.*s largest of ", TEXT_ARG(call->kids[1]->whole));
	if (call->count)
		place_say(scope, call->kids[0], out);
	if (call->count > 2)
		build_fmt(out, ", divided by %.*s", TEXT_ARG(call->kids[2]->whole));
}

/* "%H:%M:%S dropping a SYN": more than a time. */
static bool time_words(const struct node *format)
{
	struct text t = format->text;

	for (size_t i = 0; format->kind == NODE_STRING && i < t.len; i++) {
		if (strchr("%\\", t.at[i]))
			i++;
		else if (isalpha((unsigned char)t.at[i]))
			return true;
	}
	return false;
}

static void call_do(const struct scope *scope, const struct node *call, struct build *out)
{
	static const struct {
		const char *name, *before, *after;
	} words[] = {
		{ "clear", "empties ", "" }, { "zero", "sets all of ", " to 0" }, { "delete", "forgets ", "" },
		{ "exit", "ends the program", "" }, { "time", "prints the time of day", "" }, { "join", "prints the words of ", "" },
		{ "cat", "prints the file ", "" }, { "system", "runs the command ", "" }, { "signal", "sends the signal ", " to the process" },
		{ "override", "makes the kernel's function return ", "" }, { "print", "", "" }, { "unwatch", "ends the watchpoint at ", "" },
		{ "errorf", "ends with the message ", "" }, { "warnf", "warns with the message ", "" }, { "debugf", "notes for debugging ", "" },
	};

	if (text_is(call->text, "printf")) {
		printf_say(scope, call, out);
		return;
	}
	if (text_is(call->text, "print")) {
		print_say(scope, call, out);
		return;
	}
	for (size_t i = 0; i < COUNT(words); i++) {
		if (!text_is(call->text, words[i].name))
			continue;
		build_put(out, words[i].before);
		if (call->count && words[i].before[strlen(words[i].before) - 1] == ' ') {
			place_say(scope, call->kids[0], out);
			for (size_t k = 1; k < call->count && text_is(call->text, "delete"); k++) {
				build_put(out, k == 1 ? ", " : " and ");
				place_say(scope, call->kids[k], out);
			}
		}
		build_put(out, words[i].after);
		if (text_is(call->text, "time") && call->count && time_words(call->kids[0])) {
			build_put(out, " in ");
			literal_say(call->kids[0], out);
		}
		return;
	}
	build_fmt(out, "calls %.*s", TEXT_ARG(call->whole));
}

static void list_say(struct scope *scope, const struct action *actions, size_t count, unsigned depth, struct build *out)
{
	for (size_t i = 0; i < count; i++) {
		build_put(out, i ? "; " : "");
		action_say(scope, &actions[i], depth + 1, out);
	}
	if (!count)
		build_put(out, "nothing");
}

/* "if …:", "3 times:" */
void branch_say(const struct scope *scope, const struct action *action, struct build *out)
{
	if (action->kind == ACTION_IF) {
		build_put(out, "if ");
		condition_say(scope, action->value, out);
		build_put(out, ":");
	} else if (text_is(action->word, "unroll")) {
		value_say(scope, action->value, out);
		build_put(out, " times:");
	} else if (text_is(action->word, "for") && action->target) {
		build_put(out, action->value->kind == NODE_MAP ? "for every entry " : "for every ");
		build_add(out, action->target->whole);
		build_put(out, " of ");
		value_say(scope, action->value, out);
		build_put(out, ":");
	} else {
		build_put(out, "as long as ");
		condition_say(scope, action->value, out);
		build_put(out, ":");
	}
}

void action_say(struct scope *scope, const struct action *action, unsigned depth, struct build *out)
{
	if (depth > DEPTH_SAID) {
		build_put(out, "…");
		return;
	}
	switch (action->kind) {
	case ACTION_ASSIGN:
		assign_say(scope, action, out);
		break;
	case ACTION_DO:
		if (action->value->kind == NODE_CALL) {
			call_do(scope, action->value, out);
		} else {
			build_put(out, "looks at ");
			value_say(scope, action->value, out);
		}
		break;
	case ACTION_IF:
	case ACTION_LOOP:
		branch_say(scope, action, out);
		build_put(out, depth ? " (" : " ");
		list_say(scope, action->body.at, action->body.len, depth, out);
		if (action->otherwise.len) {
			build_put(out, "; otherwise: ");
			list_say(scope, action->otherwise.at, action->otherwise.len, depth, out);
		}
		build_put(out, depth ? ")" : "");
		break;
	case ACTION_LEAVE:
		build_put(out, text_is(action->word, "return") ? "leaves the block" : text_is(action->word, "break") ? "leaves the loop" : "goes on with the next");
		break;
	case ACTION_OTHER:
		build_fmt(out, "has what is not understood here: %.*s", TEXT_ARG(text_until(action->whole, 80)));
		break;
	}
}
