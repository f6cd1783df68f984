/* `syswhy version`: which syswhy this is. */
#include "base/json.h"
#include "commands/table.h"

static int run(struct context *context, const void *params, struct error *err)
{
	(void)params, (void)err;
	json_object_set_new(report_json(context->report), "version", json_str(SYSWHY_VERSION));
	if (context->live)
		context->live(context->door, TEXT("syswhy " SYSWHY_VERSION "\n"));
	return EXIT_DONE;
}

const struct command command_version = {
	.name = "version",
	.summary = "Show the version of syswhy",
	.flags = COMMAND_READS,
	.run = run,
};
