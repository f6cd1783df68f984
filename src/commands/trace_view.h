/* What a person sees of a trace while it runs. */
#pragma once
#include "commands/command.h"
#include "report/live.h"
#include "trace/trace.h"

struct view {
	struct context *context;
	struct live *live;
	struct trace *trace;
};
/* Sets the request's watch; on a terminal with a live view, which the caller gives back with live_free(). */
void view_open(struct view *view, struct trace_request *request);
