/* What a model claims, held against what it cites. */
#include <ctype.h>
#include "agent/agent.h"

/* A number that no evidence has is no citation. */
bool claim_cites(struct text claim, unsigned count)
{
	size_t at;

	while (text_find(claim, "[", &at)) {
		unsigned long number = 0;
		size_t digits = 0;

		claim = text_from(claim, at + 1);
		while (digits < claim.len && digits < 6 && isdigit((unsigned char)claim.at[digits]))
			number = number * 10 + (unsigned long)(claim.at[digits++] - '0');
		if (digits && digits < claim.len && claim.at[digits] == ']' && number >= 1 && number <= count)
			return true;
	}
	return false;
}

void agent_fence(struct text t, struct build *out)
{
	char line[24] = "----";

	for (unsigned n = 1; text_has(t, line); n++)
		snprintf(line, sizeof(line), "---- %u ----", n);
	build_fmt(out, "%s\n%.*s%s%s\n", line, TEXT_ARG(t), text_ends(t, "\n") ? "" : "\n", line);
}

void claim_add(struct text claim, unsigned count, struct build *out)
{
	claim = text_trim(claim);
	if (!claim.len)
		return;
	build_put(out, out->len ? " " : "");
	if (!claim_cites(claim, count))
		build_put(out, "Opinion, not measured: ");
	build_safe(out, claim, false);
}
