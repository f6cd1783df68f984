/* The static policy on a bpftrace program. */
#include "trace/script/policy.h"
#include <string.h>
#include "base/vec.h"
#include "trace/script/lexer.h"

#define BLOCKS_MOST   400
#define PROBE_MOST    1000 /* bytes of a probe's name that are looked at */
#define LETTERS_LEAST 3	   /* beside a wildcard */

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

/* Kinds of probe by every name that bpftrace knows them by, and what of a pattern is too much. */
enum reach {
	REACH_NEVER,	 /* the kind itself */
	REACH_FUNCTIONS, /* of the kernel: the last part tells */
	REACH_SYSTEMS,	 /* of tracepoints: the first part tells */
	REACH_PROGRAM,	 /* of a program: the last part tells, and a few letters are enough */
};
static const struct {
	const char *kind, *alias;
	enum reach reach;
	const char *why;
} probes[] = {
	{ "watchpoint", "w", REACH_NEVER, "stops the watched process at every access" },
	{ "asyncwatchpoint", "aw", REACH_NEVER, "stops the watched process at every access" },
	{ "kprobe", "k", REACH_FUNCTIONS, "attaches to every kernel function" },
	{ "kretprobe", "kr", REACH_FUNCTIONS, "attaches to every kernel function" },
	{ "kfunc", "f", REACH_FUNCTIONS, "attaches to every kernel function" },
	{ "kretfunc", "fr", REACH_FUNCTIONS, "attaches to every kernel function" },
	{ "fentry", "f", REACH_FUNCTIONS, "attaches to every kernel function" },
	{ "fexit", "fr", REACH_FUNCTIONS, "attaches to every kernel function" },
	{ "tracepoint", "t", REACH_SYSTEMS, "attaches to every tracepoint" },
	{ "rawtracepoint", "rt", REACH_FUNCTIONS, "attaches to every tracepoint" },
	{ "uprobe", "u", REACH_PROGRAM, "attaches to every function of the program" },
	{ "uretprobe", "ur", REACH_PROGRAM, "attaches to every function of the program" },
};

const char *policy_call(struct text name)
{
	for (size_t i = 0; i < COUNT(calls); i++)
		if (text_is(name, calls[i].name))
			return calls[i].why;
	return NULL;
}

static int call_check(struct text name, unsigned line, struct error *err)
{
	const char *why = policy_call(name);

	return why ? fail(err, -EACCES, "line %u: %.*s() %s; no traced program may", line, TEXT_ARG(name), why) : 0;
}

/* A wildcard with so few letters beside it that it means about everything. */
static bool too_wide(struct text pattern, size_t letters)
{
	size_t literal = 0;
	bool wild = false;

	for (size_t i = 0; i < pattern.len; i++) {
		wild |= strchr("*?[", pattern.at[i]) != NULL;
		literal += lexer_letter(pattern.at[i]);
	}
	return wild && (literal < letters || (letters > 1 && pattern.at[0] == '*'));
}

/* Outside of blocks, where a probe may begin. bpftrace passes over blanks and comments within a name, so
 * they are taken out before it is looked at. */
static int probe_check(const struct lexer *at, struct error *err)
{
	struct lexer lexer = *at;
	AUTO_BUILD name = { .ceiling = PROBE_MOST };
	struct text rest, kind, part, last;

	while (!name.cut && lexer_next(&lexer) != MARK_END && !strchr(",{", lexer.token.at[0]))
		build_add(&name, lexer.token);
	rest = build_text(&name);
	if (!text_has(rest, ":"))
		return 0;
	text_next(&rest, ':', &kind);
	for (size_t i = 0; i < kind.len; i++)
		if (!lexer_letter(kind.at[i]) && !strchr("*[]", kind.at[i]))
			return 0; /* a filter, a path */
	if (too_wide(kind, SIZE_MAX))
		return fail(err, -EACCES, "line %u: '%.*s:' attaches to probes of any kind; name the probes one by one", at->line,
			    (int)(kind.len < 40 ? kind.len : 40), kind.at);
	for (size_t i = 0; i < COUNT(probes); i++) {
		bool wide = probes[i].reach == REACH_NEVER;

		if (!text_is(kind, probes[i].kind) && !text_is(kind, probes[i].alias))
			continue;
		/* What follows a '/' is the filter, but of a program the path. */
		if (probes[i].reach == REACH_PROGRAM)
			text_next(&rest, ':', &part);
		text_next(&rest, '/', &part);
		text_next(&part, ':', &last);
		while (probes[i].reach != REACH_SYSTEMS && part.len)
			text_next(&part, ':', &last);
		wide |= too_wide(last, probes[i].reach == REACH_PROGRAM ? 1 : LETTERS_LEAST);
		if (wide)
			return fail(err, -EACCES, "line %u: %s:%s %s; name the probes one by one", at->line, probes[i].kind,
				    probes[i].reach == REACH_NEVER ? "…" : "*", probes[i].why);
		return 0;
	}
	return 0;
}

/* Whatever a version of bpftrace calls it: allow_unsafe, BPFTRACE_UNSAFE_MODE. */
static bool setting_unsafe(struct text word)
{
	for (size_t i = 0; i + 6 <= word.len; i++)
		if (strncasecmp(word.at + i, "unsafe", 6) == 0)
			return true;
	return false;
}

int policy_check(struct text program, struct error *err)
{
	struct lexer lexer = { .rest = program, .line = 1 };
	unsigned depth = 0, blocks = 0;
	bool head = true; /* where a probe name may begin */

	for (;;) {
		struct text before;
		struct text word;
		struct lexer here;
		unsigned line;
		int code = 0;

		lexer_blank(&lexer);
		before = lexer.rest;
		here = lexer;
		line = lexer.line;
		if (depth == 0 && head && probe_check(&here, err) < 0)
			return -EACCES;
		head = false;
		if (depth == 0 && text_starts(before, "#") && !text_starts(before, "#!"))
			return fail(err, -EACCES, "line %u: preprocessor lines read files of this machine; remove '#…'", lexer.line);
		if (depth == 0 && text_starts(before, "#!")) {
			text_next(&lexer.rest, '\n', &word);
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
			lexer_blank(&lexer);
			if (text_starts(lexer.rest, "("))
				code = call_check(word, line, err);
			else if (depth == 0 && text_starts(lexer.rest, ":"))
				code = probe_check(&here, err);
			if (text_is(word, "unsafe") || (text_starts(lexer.rest, "=") && setting_unsafe(word)))
				code = fail(err, -EACCES, "line %u: unsafe mode is not to be had", line);
			if (depth == 0 && text_is(word, "import") && text_starts(lexer.rest, "\""))
				code = fail(err, -EACCES, "line %u: 'import' reads files of this machine; remove it", line);
			break;
		case MARK_STRING:
			break;
		case MARK_SIGN:
			if (lexer.token.at[0] == '{') {
				depth++;
				blocks += depth == 1;
			}
			if (lexer.token.at[0] == '}' && depth == 0)
				return fail(err, -EINVAL, "line %u: a '}' closes nothing", line);
			if (lexer.token.at[0] == '}' && --depth == 0)
				head = true;
			if ((lexer.token.at[0] == ',' || lexer.token.at[0] == ';') && depth == 0)
				head = true;
			break;
		}
		if (code < 0)
			return code;
		if (blocks > BLOCKS_MOST)
			return fail(err, -EACCES, "more than %d probe blocks: narrow the program", BLOCKS_MOST);
	}
}
