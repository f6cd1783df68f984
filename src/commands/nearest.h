/* What was asked before, for a person whose question was not understood. */
#pragma once
#include "report/report.h"

/* A question like this one that was answered before, as a note in text and JSON; nothing when there is none. */
void nearest_past_say(struct text question, struct report *report);
