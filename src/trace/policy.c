/* The static policy on a bpftrace program. */
#include "trace/policy.h"
#include <ctype.h>
#include <string.h>
#include "base/vec.h"

#define BLOCKS_MOST 400

/* Calls that act on the machine, read files as root, or open a door for either. */
static const struct {
	const char *name, *why;
} calls[] = {
	{ "system", "runs a command as root" },
	{ "signal", "sends signals to processes" },
	{ "signal_thread", "sends signals to threads" },
	{ "override", "changes what kernel functions return" },
	{ "cat", "prints any file as root" },
	{ "write_user", "writes into the memory of processes" },
	{ "skboutput", "writes files" },
	{ "errorf", "ends the program from inside" },
	{ "unwatch", "belongs to watchpoints, which stop processes" },
};

/* Probe kinds and patterns that stop or slow the machine. */
static const struct {
	const char *start, *why;
} probes[] = {
	{ "watchpoint:", "stops the watched process at every access" },
	{ "asyncwatchpoint:", "stops the watched process at every access" },
	{ "kprobe:*", "attaches to every kernel function" },
	{ "kretprobe:*", "attaches to every kernel function" },
	{ "kfunc:*", "attaches to every kernel function" },
	{ "kretfunc:*", "attaches to every kernel function" },
	{ "fentry:*", "attaches to every kernel function" },
	{ "fexit:*", "attaches to every kernel function" },
	{ "tracepoint:*", "attaches to every tracepoint" },
	{ "rawtracepoint:*", "attaches to every tracepoint" },
};

enum mark { MARK_END, MARK_WORD, MARK_STRING, MARK_SIGN };
struct lexer {
	struct text rest;
	unsigned line;
	enum mark mark;
	struct text token;
};

static void blank_skip(struct lexer *lexer)
{
	for (;;) {
		size_t end = 0;

		if (lexer->rest.len && isspace((unsigned char)lexer->rest.at[0]))
			end = 1;
		else if (text_starts(lexer->rest, "//"))
			end = text_find(lexer->rest, "\n", &end) ? end : lexer->rest.len;
		else if (text_starts(lexer->rest, "/*"))
			end = text_find(lexer->rest, "*/", &end) ? end + 2 : lexer->rest.len;
		if (end == 0)
			return;
		for (size_t i = 0; i < end; i++)
			lexer->line += lexer->rest.at[i] == '\n';
		lexer->rest = text_from(lexer->rest, end);
	}
}

static bool word_character(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '@' || c == '$';
}

static enum mark lexer_next(struct lexer *lexer)
{
	size_t len = 1;

	blank_skip(lexer);
	lexer->token = lexer->rest;
	if (lexer->rest.len == 0)
		return lexer->mark = MARK_END;
	if (lexer->rest.at[0] == '"') {
		while (len < lexer->rest.len && lexer->rest.at[len] != '"')
			len += lexer->rest.at[len] == '\\' ? 2 : 1;
		lexer->mark = MARK_STRING;
		len++;
	} else if (word_character(lexer->rest.at[0])) {
		while (len < lexer->rest.len && word_character(lexer->rest.at[len]))
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

static int call_check(struct text name, unsigned line, struct error *err)
{
	for (size_t i = 0; i < COUNT(calls); i++)
		if (text_is(name, calls[i].name))
			return fail(err, -EACCES, "line %u: %s() %s; no traced program may", line, calls[i].name, calls[i].why);
	return 0;
}

/* Outside of blocks: the probe names, up to the '/' of a filter or the '{'. */
static int probe_check(struct text rest, unsigned line, struct error *err)
{
	rest = text_trim(rest);
	for (size_t i = 0; i < COUNT(probes); i++)
		if (text_starts(rest, probes[i].start))
			return fail(err, -EACCES, "line %u: %s… %s; name the probes one by one", line, probes[i].start, probes[i].why);
	return 0;
}

int policy_check(struct text program, struct error *err)
{
	struct lexer lexer = { .rest = program, .line = 1 };
	unsigned depth = 0, blocks = 0;
	bool head = true; /* where a probe name may begin */

	for (;;) {
		struct text before;
		struct text word;
		int code = 0;

		blank_skip(&lexer);
		before = lexer.rest;
		if (depth == 0 && head)
			code = probe_check(before, lexer.line, err);
		if (code < 0)
			return code;
		head = false;
		if (depth == 0 && text_starts(before, "#") && !text_starts(before, "#!"))
			return fail(err, -EACCES, "line %u: preprocessor lines read files of this machine; remove '#…'", lexer.line);
		if (depth == 0 && text_starts(before, "#!")) {
			struct text line;

			text_next(&lexer.rest, '\n', &line);
			lexer.line++;
			head = true;
			continue;
		}
		switch (lexer_next(&lexer)) {
		case MARK_END:
			if (depth)
				return fail(err, -EINVAL, "the program ends inside a block: a '}' is missing");
			return blocks ? 0 : fail(err, -EINVAL, "the program has no probe with a block");
		case MARK_WORD:
			word = lexer.token;
			blank_skip(&lexer);
			if (text_starts(lexer.rest, "("))
				code = call_check(word, lexer.line, err);
			if (text_is(word, "unsafe"))
				code = fail(err, -EACCES, "line %u: unsafe mode is not to be had", lexer.line);
			break;
		case MARK_STRING:
			break;
		case MARK_SIGN:
			if (lexer.token.at[0] == '{') {
				depth++;
				blocks += depth == 1;
			}
			if (lexer.token.at[0] == '}' && depth > 0 && --depth == 0)
				head = true;
			if (lexer.token.at[0] == ',' && depth == 0)
				head = true;
			break;
		}
		if (code < 0)
			return code;
		if (blocks > BLOCKS_MOST)
			return fail(err, -EACCES, "more than %d probe blocks: narrow the program", BLOCKS_MOST);
	}
}
