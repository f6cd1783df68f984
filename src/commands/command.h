/* A command is data: every door (shell, later MCP and web) reads this one table and knows no command
 * by name. Parsing, help, man page, completion and schema all come from it. */
#pragma once
#include "base/error.h"
#include "base/vec.h"
#include "report/report.h"

enum command_flags {
	COMMAND_READS = 1,	/* looks, changes nothing */
	COMMAND_ALTERS = 1 << 1, /* writes files or changes the machine */
	COMMAND_ROOT = 1 << 2,	/* needs root or capabilities; the door warns early */
	COMMAND_MODEL = 1 << 3, /* can use a language model */
	COMMAND_LONG = 1 << 4,	/* runs for seconds or more, shows progress */
	COMMAND_HIDDEN = 1 << 5, /* not in the help */
	COMMAND_TALKS = 1 << 7, /* takes questions about what another command found (--chat) */
	COMMAND_KEPT = 1 << 6,	/* its question, evidence and answer go into the history */
};

/* The type of the member in the command's own parameter struct. */
enum param_kind {
	PARAM_BOOL,	/* bool */
	PARAM_TEXT,	/* const char *, NULL when absent */
	PARAM_COUNT,	/* long: a whole number >= 0; -1 when absent */
	PARAM_FROM_ONE, /* long: a whole number >= 1; -1 when absent */
	PARAM_SECONDS,	/* double: "10", "500ms", "2s", "5m", "1h"; -1 when absent */
	PARAM_CHOICE,	/* const char *: one of `choices` ("a|b|c") */
	PARAM_WORDS,	/* struct param_words: all positional words, for a question without quotes */
	PARAM_REST,	/* struct param_words: what follows "--" */
	PARAM_LEVEL,	/* long: how often it was given */
};
struct param_words {
	const char *const *at; /* NULL-terminated, borrowed from the caller's arguments */
	size_t len;
};
struct param {
	const char *name; /* "for" is --for; positional ones (PARAM_WORDS, PARAM_REST) use it in the usage */
	char letter;	  /* 'o' is -o; 0: none */
	enum param_kind kind;
	size_t offset;	  /* offsetof in the parameter struct */
	const char *value; /* what the value is, for the help: "FILE", "SECONDS" */
	const char *help;  /* one sentence without a full stop */
	const char *choices;
	bool required;
};

/* What a door gives to a command that runs. */
struct context {
	struct report *report; /* to fill */
	bool json;	       /* --json: nothing but the report's object goes to stdout */
	bool terminal;	       /* stdout is a terminal: live output is welcome */
	bool quiet;	       /* -q: no progress on stderr */
	bool yes;	       /* --yes: do not ask */
	bool no_history;       /* --no-history: for what this command runs; the door sees to its own */
	bool only_looked;      /* set by the command: it measured nothing, so there is nothing to keep */
	const char *html;      /* --html FILE, or NULL; the door writes it */
	bool chat;	/* --chat: questions about what this command finds follow */
	struct report *follows; /* what the command before found, for one that talks; else NULL */
	/* Live output while the command runs, straight to the person (never under --json: then NULL).
	 * The text must have been made safe. */
	void (*live)(void *door, struct text t);
	/* Keeps in the history what the report says so far, of a command that is kept; later, the whole takes its place. */
	void (*keep)(void *door);
	/* Asks yes or no on the terminal; false when nobody can answer. */
	bool (*ask)(void *door, const char *question);
	void *door;
};

struct command {
	const char *name, *summary; /* summary: one line, starts with a verb */
	const char *details;	    /* paragraphs for --help and the man page; may be NULL */
	const char *examples;	    /* lines of "command  # what it does"; may be NULL */
	unsigned flags;
	const struct param *params; /* ends with an entry whose name is NULL */
	size_t params_size;	    /* sizeof the parameter struct */
	/* Gives an exit code (enum exit_code). On failure it sets `err`, which the door prints. */
	int (*run)(struct context *context, const void *params, struct error *err);
};

enum exit_code {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_CONFIG = 3,
	EXIT_REMOTE = 4,   /* a model or host refused us */
	EXIT_NETWORK = 5,
	EXIT_REFUSED = 6,  /* by policy */
	EXIT_BUDGET = 7,   /* budget or deadline */
	EXIT_CANNOT = 8,   /* this machine cannot do it */
	EXIT_INTERRUPTED = 130,
};

extern const struct command *const command_table[]; /* NULL-terminated, in the order of the help */
const struct command *command_find(const char *name);

/* Options that every command has (-h, --json, --html FILE, -v, -q, --yes, --no-history, -c), as a table of its own. */
extern const struct param common_params[];
struct common {
	bool help, json, quiet, yes, no_history, chat;
	long verbose;
	const char *html;
};

/* Holds the words that stood between the options. Zero-initialise. */
struct command_words {
	VEC(const char *) list;
};
void command_words_done(struct command_words *words);

/* Fills `params` (params_size bytes, zeroed and defaulted here) and `common` from argv[0..argc), the
 * words after the command's name. `params` borrows from `argv` and `words`. The error names the
 * option and the nearest right spelling. With --help nothing is required. */
int command_parse(const struct command *command, int argc, const char *const *argv, void *params,
		  struct common *common, struct command_words *words, struct error *err);
/* Finds the option that `word` (an argument beginning with "-") names; NULL when the command has none
 * such. For the door, which must tell options in front of the command's name from the name. */
const struct param *command_option(const struct command *command, const char *word);
/* Whether this parameter takes a value, as the next word or after "=". */
bool param_takes_value(const struct param *param);
/* The nearest of the names within a small spelling distance, or NULL. `count` names. */
const char *command_nearest(const char *word, const char *const *names, size_t count);

/* The usage line, options and examples; of the whole program when `command` is NULL. */
void command_help(const struct command *command, unsigned width, struct build *out);
void command_man(const struct command *command, struct build *out);	   /* roff, man(7); NULL as above */
void command_usage(const struct command *command, struct build *out);	   /* "syswhy trace [OPTION]... QUESTION..." */
void command_completion(const char *shell, struct build *out);		   /* bash, zsh, fish */
json_t *command_schema(const struct command *command); /* JSON Schema of its parameters; new reference */
