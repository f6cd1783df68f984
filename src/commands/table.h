/* The commands themselves, one a file (only the table names them), and what those about commands share. */
#pragma once
#include "commands/command.h"

extern const struct command command_trace, command_tool, command_probes, command_recipes, command_explain, command_doctor, command_history, command_redact, command_models, command_help_command,
	command_version, command_chat, command_completion_command, command_man_command, command_vocabulary_image;

/* Says that there is no such command, and which is the nearest. */
int command_unknown(const char *name, struct error *err);
/* For help and man: prints what `write` makes of the one command named (none: of the whole program). */
int verbatim_of(struct context *context, const struct param_words *names,
		void (*write)(const struct command *command, struct build *out), struct error *err);
