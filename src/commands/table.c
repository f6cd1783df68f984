/* The table of commands: every door reads it, in the order of the help. */
#include "commands/table.h"

const struct command *const command_table[] = {
	&command_trace,
	&command_tool,
	&command_probes,
	&command_recipes,
	&command_explain,
	&command_history,
	&command_chat,
	&command_doctor,
	&command_redact,
	&command_models,
	&command_help_command,
	&command_version,
	&command_completion_command,
	&command_man_command,
	&command_vocabulary_image,
	NULL,
};
