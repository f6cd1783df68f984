/* The table of commands: every door reads it, in the order of the help. */
#include "commands/table.h"

const struct command *const command_table[] = {
#if __has_include("commands/trace.c")
	&command_trace,
#endif
#if __has_include("commands/tool.c")
	&command_tool,
#endif
#if __has_include("commands/probes.c")
	&command_probes,
#endif
#if __has_include("commands/doctor.c")
	&command_doctor,
#endif
	&command_help_command,
	&command_version,
	&command_completion_command,
	&command_man_command,
	NULL,
};
