/* Keeping in the history what a command was asked and came to. The door alone does it, from what every command fills
 * anyway: its report and its JSON object. */
#pragma once
#include "commands/command.h"
#include "knowledge/history.h"

struct record {
	const struct command *command;
	int argc;		 /* the words of the command line, without the command's name */
	const char *const *argv;
	struct text words;	 /* of the question, for commands whose object has none */
	double began, seconds;	 /* Unix time; how long it took */
	int code;		 /* the exit code */
};
/* Cleans it and adds it, unless the environment or the configuration says that none is kept (then 0). `id`: 0, or the entry
 * that it takes the place of; then the entry that it is in. The report's object must have its status. */
int record_keep(const struct record *record, struct report *report, long long *id, struct error *err);
/* What the files and the environment say of the history: false when none shall be kept. */
int record_settings(bool *wanted, struct history_limits *limits, struct error *err);
/* Appends what a model said, without the secrets that `redactor` has learned. It was shown with the originals put back, and what is no
 * secret by its form alone is known by what stood around it in the evidence. For what is kept or exported, before it is cleaned. */
void model_said_hide(const struct redactor *redactor, struct text said, struct build *out);

/* ---- what was kept, read again ---- */

/* The object and the blocks of an entry, as {"object", "blocks", "cut"?}; new reference. */
json_t *record_read(const struct history_row *row, struct error *err);
/* Its evidence; where a command has none, what it printed, as text. */
int record_evidence(const json_t *saved, struct evidence_list *list, struct error *err);
/* Says the whole report again. */
int record_say(const json_t *saved, struct report *report, struct error *err);
