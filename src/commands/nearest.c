/* Finding a question like this one in the history. */
#include "commands/nearest.h"
#include "base/file.h"
#include "base/log.h"
#include "commands/trace_model.h"
#include "knowledge/history.h"

void nearest_past_say(struct text question, struct report *report)
{
	AUTO_ARENA arena = arena_new();
	struct error why = { 0 };
	AUTO_HISTORY history = history_open(NULL, data_folder(), true, &why);
	struct history_past past;
	size_t count = 0;

	if (!history || history_past(history, question, 1, arena, &past, &count, &why) < 0)
		log_stage("history", "not searched: %s", why.text);
	if (count)
		trace_caveat(report, "A question like this was answered before: \"%s\". Its report: syswhy history show %lld", past.question, past.id);
}
